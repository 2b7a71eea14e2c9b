"""Early, on time and overdue are one answer, whoever is asked: badge, rows, lists, board, export, citizen's page (one-stop.md §2.7)."""

from datetime import timedelta

import pytest

from motcua.accounts.testing import sign_in
from motcua.counter import board, exporting, settling, worklists
from motcua.counter.board import Wanted
from motcua.counter.worklists import LISTS
from motcua.dossiers import clock, processing, results
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.testing import a_dossier, a_one_stop, it_is, to_the_end

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WORDS = exporting.LATENESS


def everywhere(client, office, dossier, at, monkeypatch) -> dict[str, str]:
    """What each place says of the dossier at this moment."""
    it_is(monkeypatch, at)
    sign_in(client, office.leader)
    row = worklists.page(Dossier.objects.filter(pk=dossier.pk), "due_at").rows[0]
    line = exporting.Line(*Dossier.objects.filter(pk=dossier.pk).values_list(*exporting.LINE_FIELDS).get())
    said = {
        "the ledger": clock.lateness(dossier, at),
        "the dossier's page": client.get(f"/motcua/ho-so/{dossier.code}/").context["lateness"],
        "a row": row.lateness(at),
        "an export": next(look for look, words in WORDS.items() if words == line.cells(at, contacts=False)[2]),
    }
    sign_in(client, office.citizen)
    said["the citizen's page"] = client.get(f"/ho-so/{dossier.code}/").context["late"]
    return said


@pytest.mark.parametrize(
    ("from_due", "look"),
    [
        (-2 * DAY, "on_time"),
        (-2 * HOUR, "due_soon"),
        (timedelta(0), "due_soon"),
        (HOUR, "due_soon"),  # finished that day it would be on time
        (DAY, "overdue"),
        (2 * DAY, "overdue"),
    ],
)
def test_of_an_open_dossier_every_place_says_the_same(client, monkeypatch, from_due, look):
    office = a_one_stop()
    dossier = a_dossier(office)
    at = dossier.due_at + from_due

    assert set(everywhere(client, office, dossier, at, monkeypatch).values()) == {look}

    late = look == "overdue"
    assert worklists.chosen(LISTS["overdue"], office.leader, at).exists() == late
    assert worklists.chosen(LISTS["agency"], office.leader, at, chip="overdue").exists() == late
    assert board.listed(office.leader, Wanted("qua-han"), at).exists() == late


@pytest.mark.parametrize(
    ("from_due", "look", "by_the_minute"),
    [
        (-DAY, "early", True),
        (timedelta(0), "on_time", True),
        (HOUR, "on_time", False),  # the same day is on time by date, and late by the minute
        (DAY, "overdue", False),
    ],
)
def test_of_a_settled_dossier_every_place_says_the_same_for_ever(client, monkeypatch, from_due, look, by_the_minute):
    office = a_one_stop()
    dossier = a_dossier(office)
    dossier = to_the_end(dossier, office, at=dossier.due_at + from_due)
    later = dossier.due_at + 30 * DAY

    assert set(everywhere(client, office, dossier, later, monkeypatch).values()) == {look}
    assert settling.measured(dossier).late == (look == "overdue")
    assert clock.on_time_by_the_minute(dossier, later) is by_the_minute
    assert not worklists.chosen(LISTS["overdue"], office.leader, later).exists()
    assert not board.listed(office.leader, Wanted("qua-han"), later).exists()


def test_whoever_waits_for_the_applicant_is_late_nowhere(client, monkeypatch):
    office = a_one_stop()
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    at = dossier.due_at + 5 * DAY

    said = everywhere(client, office, dossier, at, monkeypatch)

    assert said.pop("the citizen's page") == "none"  # there the state itself says who waits
    assert set(said.values()) == {"waiting"}
    assert not worklists.chosen(LISTS["overdue"], office.leader, at).exists()
    assert not board.listed(office.leader, Wanted("qua-han"), at).exists()


@pytest.mark.parametrize("end", [State.STOPPED, State.WITHDRAWN])
def test_what_was_stopped_or_withdrawn_counts_as_kept_however_late_it_was(client, monkeypatch, end):
    office = a_one_stop()
    dossier = a_dossier(office)
    at = dossier.due_at + 5 * DAY
    if end == State.STOPPED:
        dossier = processing.stop(dossier, reason="Tòa án đang giải quyết.", by=office.leader, at=at)
    else:
        dossier = results.withdraw(dossier, reason="Không còn nhu cầu.", by=office.reception, at=at)

    assert set(everywhere(client, office, dossier, at + DAY, monkeypatch).values()) == {"on_time"}


def test_what_was_withdrawn_before_it_was_received_was_never_promised():
    office = a_one_stop()
    dossier = a_dossier(office, State.SUBMITTED)
    dossier = results.withdraw(dossier, reason="Nộp nhầm.", by=office.citizen, at=dossier.submitted_at + DAY)

    assert clock.lateness(dossier, dossier.closed_at) == "none"
