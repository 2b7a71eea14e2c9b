"""What another system is told of its dossiers: everything, once, in an order that is final, and nothing of anybody else's."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event as Signal

import pytest
from django.db import connection, transaction

from motcua.api import events_feed, listeners
from motcua.api.models import Event
from motcua.api.testing import a_filing, a_system, ask_for_key
from motcua.dossiers import correcting, intake, moving, processing, results, supplement
from motcua.dossiers.models import Dossier, ReturnBy, State
from motcua.dossiers.testing import (
    MONDAY,
    TUESDAY,
    a_dossier,
    a_one_stop,
    a_walk_in,
    at_step,
    to_the_end,
)
from motcua.journal.models import Entry
from motcua.journal.recording import LISTENERS
from motcua.journal.testing import run_jobs, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def system(office):
    return a_system(agency=office.agency)


def told(system, **asked):
    """The lines a system reads, all pages of them."""
    lines, page = [], system.get("events", **asked).json()
    while True:
        lines += page["items"]
        if page["next"] is None:
            return lines
        page = system.get("events", **asked | {"cursor": page["next"]}).json()


def happened(lines, dossier=None):
    return [(one["event"], one["state"]) for one in lines if dossier is None or one["dossier"] == dossier.code]


def test_a_system_is_told_the_whole_story_of_its_dossier(office):
    system = a_system()
    code = system.post("dossiers", a_filing(office, system)).json()["code"]
    intake.accept(Dossier.objects.get(code=code), by=office.reception, at=TUESDAY)
    run_jobs()

    lines = told(system)

    assert happened(lines) == [("dossier.submitted", "SUBMITTED"), ("dossier.accepted", "ACCEPTED")]
    assert [one["sequence"] for one in lines] == [1, 2]
    assert lines[1] == {
        "sequence": 2,
        "event": "dossier.accepted",
        "dossier": code,
        "state": "ACCEPTED",
        "portal_state": 2,
        "at": "2023-10-24T02:00:00Z",
    }


def test_whoever_goes_on_from_a_cursor_misses_nothing_and_gets_nothing_twice(office, system):
    first, second = a_dossier(office, State.RETURNED), a_dossier(office, State.ACCEPTED)
    run_jobs()
    everything = told(system)

    page = system.get("events", limit=3).json()
    rest = told(system, cursor=page["next"], limit=2)
    later = told(system, cursor=everything[-1]["sequence"])
    processing.hand_to_agency(second, at_step=at_step(second), by=office.reception, at=TUESDAY)
    run_jobs()

    assert page["items"] + rest == everything
    assert [one["sequence"] for one in everything] == list(range(1, len(everything) + 1))
    assert happened(everything, first)[-1] == ("dossier.returned", "RETURNED")
    assert later == []
    assert happened(told(system, cursor=everything[-1]["sequence"])) == [("dossier.handed_to_agency", "IN_PROGRESS")]


def test_nobody_is_told_of_anothers_dossiers(office, system):
    partner = a_system()
    elsewhere = a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="1.001194")
    a_dossier(elsewhere, State.ACCEPTED)
    here = a_dossier(office, State.ACCEPTED)
    run_jobs()

    assert told(partner) == []
    assert {one["dossier"] for one in told(system)} == {here.code}
    assert not Event.objects.filter(client=partner.client).exists()


def test_a_key_without_the_agencys_scope_reads_none_of_its_lines(office, system):
    a_dossier(office, State.ACCEPTED)
    run_jobs()
    key = ask_for_key(system.client, system.secret, scope="events:read").json()["access_token"]
    narrow = system._replace(key=key)

    page = narrow.get("events", limit=1).json()

    assert page == {"items": [], "next": 1}  # it goes on, and is shown nothing
    assert told(narrow) == []
    assert told(system)


def test_without_the_scope_there_is_nothing_to_read(office):
    system = a_system("dossiers:read")

    answer = system.get("events")

    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


def test_lines_hold_no_personal_data(office, system):
    dossier = a_dossier(office, State.RETURNED)
    run_jobs()

    words = json.dumps(told(system), ensure_ascii=False)

    people = (dossier.owner_name, dossier.owner_id_number, dossier.phone, office.reception.full_name, dossier.address)
    assert not any(one in words for one in people)
    assert str(office.reception.pk) not in {str(value) for one in told(system) for value in one.values()}


def test_a_dossier_that_comes_to_an_agency_brings_its_story(office, system):
    there = a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="1.001193")
    dossier = a_dossier(there, State.ACCEPTED)
    run_jobs()
    assert told(system) == []

    moving.send_elsewhere(dossier, agency=office.agency, reason="Phi địa giới", by=there.reception, at=TUESDAY)
    run_jobs()

    assert [one["event"] for one in told(system)] == [
        "dossier.submitted",
        "dossier.accepted",
        "dossier.sent_elsewhere",
    ]


def test_lines_told_out_of_order_or_twice_are_read_in_order_and_once(office, system):
    dossier = a_dossier(office, State.IN_PROGRESS)
    lines = list(Entry.objects.filter(subject=dossier.subject, event__in=events_feed.LEADS_TO).order_by("-number"))

    for line in [*lines, *lines]:
        events_feed.tell(line, at=TUESDAY)

    assert [one["event"] for one in told(system)] == [
        "dossier.submitted",
        "dossier.accepted",
        "dossier.handed_to_agency",
    ]


def test_the_state_after_each_line_is_the_one_the_dossier_had(office):
    """Read from the journal alone, against what each step really left."""
    had = []

    def note(dossier):
        had.append((dossier.pk, State(dossier.state)))
        return dossier

    at, desk = TUESDAY, office.reception
    dossier = note(a_dossier(office, State.SUBMITTED))
    item = supplement.Item("Bản chụp rõ")
    note(supplement.request(dossier, items=[item], reason="Mờ.", by=desk, at=MONDAY + timedelta(hours=1)))
    note(supplement.answer(dossier, by=desk, at=MONDAY + timedelta(hours=2)))
    note(intake.accept(dossier, by=desk, at=at))
    note(processing.request_payment(dossier, amount=8000, reason="Lệ phí", by=desk, at=at))
    note(processing.settle_payment(dossier, receipt_number="7", by=desk, at=at))
    at += timedelta(minutes=1)
    note(processing.hand_to_agency(dossier, at_step=at_step(dossier), by=desk, at=at))
    note(moving.recall(dossier, reason="Nhầm", by=desk, at=at))
    note(processing.hand_to_agency(dossier, at_step=at_step(dossier), by=desk, at=at))
    note(processing.request_payment(dossier, amount=8000, reason="Lệ phí", by=office.officer, at=at))
    dossier = note(processing.settle_payment(dossier, receipt_number="8", by=office.officer, at=at))
    dossier = note(to_the_end(dossier, office, at=at))
    dossier = note(correcting.correct(dossier, reason="Sai tên", by=office.leader, at=at))
    dossier = note(to_the_end(dossier, office, at=at))
    recipient = dossier.owner_name
    note(results.hand_over(dossier, method=ReturnBy.COUNTER, recipient_name=recipient, by=desk, at=at))
    for state in (State.REFUSED, State.WITHDRAWN, State.STOPPED, State.AWAITING_APPLICANT, State.AWAITING_PAYMENT):
        note(a_dossier(office, state))
    note(a_walk_in(office))

    for pk in {pk for pk, _state in had}:
        lines = Entry.objects.filter(subject=f"dossier:{pk}").order_by("number").values_list("event", flat=True)
        after = list(events_feed.states(lines))
        seen = [state for its, state in had if its == pk]
        assert after[-1] == seen[-1]
        assert subsequence(seen, after), (seen, after)


def subsequence(few, many):
    rest = iter(many)
    return all(one in rest for one in few)


def test_every_line_with_a_state_is_listened_to_and_no_other():
    heard = {event for event, who in LISTENERS.items() if listeners.tell in who}

    assert heard == events_feed.LEADS_TO.keys()


def test_a_page_costs_the_same_however_long_the_history_is(office, system, django_assert_max_num_queries):
    for _ in range(3):
        a_dossier(office, State.RETURNED)
    run_jobs()

    with django_assert_max_num_queries(12):
        assert len(system.get("events", limit=3).json()["items"]) == 3
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows would be read from end to end
    asked = Event.objects.filter(client=system.client, number__gt=10).select_related("entry").order_by("number")
    plan = asked[:100].explain()
    assert "a_place_in_a_feed_is_taken_once" in plan and "journal_entry_pkey" in plan and "Sort" not in plan


# Several at once ------------------------------------------------------------------------------------------------------


def in_another_connection(work, *args, **named):
    """Done by another process, as far as the database can tell."""

    def done():
        try:
            return work(*args, **named)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(done).result(timeout=30)


@pytest.mark.django_db(transaction=True)
def test_a_step_that_ends_late_is_still_told_though_its_line_is_older(office, system):
    slow, quick = a_dossier(office, State.SUBMITTED), a_dossier(office, State.SUBMITTED)
    run_jobs()
    before = told(system)[-1]["sequence"]

    with transaction.atomic():
        intake.accept(slow, by=office.reception, at=TUESDAY)  # its line has its number, and nobody sees it yet
        in_another_connection(intake.accept, quick, by=office.reception, at=TUESDAY)
        assert in_another_connection(run_jobs) > 0
        read = in_another_connection(told, system, cursor=before)
        assert happened(read) == [("dossier.accepted", "ACCEPTED")] and read[0]["dossier"] == quick.code
    run_jobs()
    older, newer = (Entry.objects.get(subject=one.subject, event="dossier.accepted") for one in (slow, quick))

    assert older.pk < newer.pk
    assert [one["dossier"] for one in told(system, cursor=read[-1]["sequence"])] == [slow.code]
    assert [one["dossier"] for one in told(system, cursor=before)] == [quick.code, slow.code]


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_at_once_wait_for_each_other_and_no_reader_sees_a_gap(office, system):
    one, two = a_dossier(office, State.SUBMITTED), a_dossier(office, State.SUBMITTED)
    lines = [Entry.objects.get(subject=dossier.subject, event="dossier.submitted") for dossier in (one, two)]
    begun = Signal()

    def second():
        try:
            begun.set()
            events_feed.tell(lines[1], at=TUESDAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            events_feed.tell(lines[0], at=TUESDAY)
            waiting = thread.submit(second)
            begun.wait(10)
            assert in_another_connection(told, system) == []
            assert not waiting.done()
        waiting.result(timeout=30)

    assert [(line["sequence"], line["dossier"]) for line in told(system)] == [(1, one.code), (2, two.code)]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_told_to_nobody(office, system):
    dossier = a_dossier(office, State.SUBMITTED)
    run_jobs()
    before = told(system)

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        intake.accept(dossier, by=office.reception, at=TUESDAY)
        raise ZeroDivisionError
    run_jobs()

    assert told(system) == before
    assert waiting() == []
