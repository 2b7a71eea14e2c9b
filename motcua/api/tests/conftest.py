import pytest

from motcua.dossiers.testing import MONDAY, a_one_stop, it_is


@pytest.fixture(autouse=True)
def monday(monkeypatch):
    """It is Monday 23/10/2023, 9:00, in every test of the API."""
    it_is(monkeypatch, MONDAY)


@pytest.fixture
def office():
    return a_one_stop()
