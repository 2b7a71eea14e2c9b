"""How many statements the requests send that most people wait for: counts carry no noise, so they hold speed (docs/performance.md)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from motcua.accounts.testing import sign_in
from motcua.dossiers.models import State
from motcua.dossiers.testing import MONDAY, a_dossier, a_draft, a_one_stop, at_step, it_is

pytestmark = pytest.mark.django_db

# Not what the application asks: the frame of a transaction.
FRAME = ("BEGIN", "COMMIT", "SET", "SAVEPOINT", "RELEASE")
NOW = MONDAY + timedelta(hours=3)


@pytest.fixture
def office(db, settings, tmp_path, monkeypatch):
    storage = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    it_is(monkeypatch, NOW)
    return a_one_stop()


def statements(request, status):
    """How many a complete request sends: session, permission, form, rules, journal and jobs included."""
    with CaptureQueriesContext(connection) as sent:
        answer = request()
    assert answer.status_code == status
    return sum(not query["sql"].startswith(FRAME) for query in sent.captured_queries)


def test_filing_a_complete_draft(client, office):
    draft = a_draft(office)
    sign_in(client, office.citizen)

    assert statements(lambda: client.post(f"/ho-so-nhap/{draft.public_id}/nop/"), 302) == 13


def test_a_step_of_the_life_cycle(client, office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    told = {"at_step": at_step(dossier), "note": "Đã kiểm tra."}
    sign_in(client, office.officer)

    assert statements(lambda: client.post(f"/motcua/ho-so/{dossier.code}/xong-buoc/", told), 302) == 19


def test_following_by_code(client, office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    asked = {"code": dossier.code, "second_fact": dossier.phone[-4:]}
    page = f"/ho-so/{dossier.code}/"

    assert statements(lambda: client.post("/tra-cuu/", asked), 302) == 2
    assert statements(lambda: client.get(page), 200) == 13


def test_a_work_list_asks_as_much_for_many_as_for_one(client, office):
    a_dossier(office, State.IN_PROGRESS)
    sign_in(client, office.officer)
    for_one = statements(lambda: client.get("/motcua/"), 200)
    for _ in range(9):
        a_dossier(office, State.IN_PROGRESS)

    assert statements(lambda: client.get("/motcua/"), 200) == for_one == 5
