import pytest

from motcua.dossiers.testing import MONDAY, a_one_stop, it_is


@pytest.fixture(autouse=True)
def files_of_their_own(settings, tmp_path):
    """What is stored in a test is stored in its own folder."""
    storage = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}


@pytest.fixture
def monday(monkeypatch):
    """It is Monday 23/10/2023, nine o'clock."""
    it_is(monkeypatch, MONDAY)
    return MONDAY


@pytest.fixture
def office(db):
    """The one-stop office of a commune with its people."""
    return a_one_stop()


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "vi-VN", "viewport": {"width": 1366, "height": 768}}
