import pytest

from motcua.dossiers.testing import MONDAY, it_is


@pytest.fixture(autouse=True)
def monday(monkeypatch, settings, tmp_path, request):
    """It is Monday 23/10/2023, 9:00, in every test of the portal, and files go where they may."""
    it_is(monkeypatch, MONDAY)
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }
