import pytest

from motcua.accounts.testing import sign_in
from motcua.dossiers.testing import MONDAY, a_one_stop, it_is


@pytest.fixture(autouse=True)
def monday(monkeypatch, settings, tmp_path, request):
    """It is Monday 23/10/2023, 9:00, in every test of the portal, and files go where they may."""
    it_is(monkeypatch, MONDAY)
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }


@pytest.fixture
def office():
    return a_one_stop()


@pytest.fixture
def pao(office, client):
    """The browser of Giàng Thị Pao, who has signed in."""
    sign_in(client, office.citizen)
    return client
