import pytest

from motcua.accounts.testing import a_citizen, an_officer
from motcua.organisations.testing import a_unit, an_agency


@pytest.fixture(autouse=True)
def own_pages(settings):
    settings.ROOT_URLCONF = "motcua.accounts.tests.urls"


@pytest.fixture
def lan(db):
    """A reception officer who has no second factor yet."""
    return an_officer(a_unit(an_agency()))


@pytest.fixture
def pao(db):
    """A citizen."""
    return a_citizen("Lý A Pao", "0912345678")


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "vi-VN"}
