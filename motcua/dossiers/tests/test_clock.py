"""Whose time runs, and whether a promise is kept, asked in one place (one-stop rules on early, on time, overdue)."""

from datetime import timedelta

import pytest

from motcua.dossiers import clock, processing, supplement
from motcua.dossiers.clock import lateness, on_time_by_the_minute
from motcua.dossiers.models import ClockOwner, State
from motcua.dossiers.testing import MONDAY, TUESDAY, VIETNAM, WEDNESDAY, a_dossier, a_one_stop, to_the_end
from motcua.worktime.terms import Term

pytestmark = pytest.mark.django_db

NEXT_MONDAY = MONDAY + timedelta(days=7)


def test_the_bar_tells_whose_days_they_were():
    office = a_one_stop()
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    asked = dossier.supplement_requests.get().requested_at
    dossier = supplement.answer(dossier, by=office.citizen, at=asked + timedelta(days=1))

    shares = clock.bar(dossier, asked + timedelta(days=1, hours=1))  # half an hour of it is lunch

    assert [(share.kind, share.running) for share in shares] == [
        (ClockOwner.AGENCY, True),
        (ClockOwner.APPLICANT, False),
    ]
    assert shares[1].minutes == 8 * 60  # the office's hours of one day
    assert shares[0].minutes == 90 + 30  # from filing to the question, and since the answer


def test_an_open_dossier_is_due_soon_in_its_last_day_and_overdue_after():
    office = a_one_stop(term=Term.days(5))
    dossier = a_dossier(office, State.IN_PROGRESS)
    due_at = dossier.due_at

    assert lateness(dossier, due_at - timedelta(hours=25)) == "on_time"
    assert lateness(dossier, due_at - timedelta(hours=24)) == "due_soon"
    assert lateness(dossier, due_at) == "due_soon"
    midnight = (due_at.astimezone(VIETNAM) + timedelta(days=1)).replace(hour=0, minute=0)
    assert lateness(dossier, midnight - timedelta(minutes=1)) == "due_soon"
    assert lateness(dossier, midnight) == "overdue"


def test_while_the_applicant_is_asked_nothing_of_the_agency_is_overdue():
    office = a_one_stop(term=Term.days(1))

    for state in (State.AWAITING_COMPLETION, State.AWAITING_APPLICANT, State.AWAITING_PAYMENT):
        assert lateness(a_dossier(office, state), NEXT_MONDAY) == "waiting"


def test_an_online_filing_is_late_after_eight_working_hours():
    office = a_one_stop()
    dossier = a_dossier(office, State.SUBMITTED)

    assert lateness(dossier, dossier.reception_due_at) == "due_soon"
    assert lateness(dossier, dossier.reception_due_at + timedelta(minutes=1)) == "overdue"


@pytest.mark.parametrize(
    ("finished", "said", "by_the_minute"),
    [
        (timedelta(days=-1), "early", True),
        (timedelta(minutes=-1), "on_time", True),
        (timedelta(hours=2), "on_time", False),  # the same day counts as on time by date, and late by the minute
        (timedelta(days=1), "overdue", False),
    ],
)
def test_a_settled_dossier_is_judged_by_date_and_by_the_minute(finished, said, by_the_minute):
    office = a_one_stop(term=Term.days(5))
    dossier = a_dossier(office, State.IN_PROGRESS)

    dossier = to_the_end(dossier, office, at=dossier.due_at + finished)

    assert lateness(dossier, NEXT_MONDAY) == said
    assert on_time_by_the_minute(dossier, NEXT_MONDAY) is by_the_minute


def test_a_procedure_without_a_term_promises_no_date():
    office = a_one_stop(term=None)
    dossier = a_dossier(office, State.ACCEPTED)

    assert (dossier.due_at, dossier.first_due_at) == (None, None)
    assert lateness(dossier, NEXT_MONDAY) == "on_time"
    assert clock.warned_from(dossier) is None


def test_a_same_day_procedure_received_after_three_is_due_the_next_day():
    office = a_one_stop(same_day=True)
    morning = a_dossier(office, State.ACCEPTED)
    afternoon = a_dossier(office, State.ACCEPTED, at=MONDAY.replace(hour=15))

    assert morning.due_at == MONDAY.replace(hour=17)
    assert afternoon.due_at == TUESDAY.replace(hour=17)


def test_the_office_is_warned_two_working_days_before():
    office = a_one_stop(term=Term.days(5))
    dossier = a_dossier(office, State.IN_PROGRESS)

    assert clock.warned_from(dossier) == dossier.due_at - timedelta(days=4)  # over a weekend


def test_a_machine_whose_clock_was_set_back_keeps_the_ledger_in_order():
    office = a_one_stop()
    dossier = a_dossier(office, State.IN_PROGRESS, at=WEDNESDAY)
    step = processing.running_step(dossier)

    dossier = supplement.request(
        dossier,
        items=[supplement.Item("Ảnh")],
        reason="Thiếu",
        by=office.officer,
        at=step.started_at - timedelta(hours=1),
    )

    first, second = dossier.clock.order_by("id")
    assert first.ended_at == second.started_at == first.started_at


def test_by_the_minute_the_time_of_a_supplement_is_taken_off_and_while_it_waits_it_counts_as_finished():
    office = a_one_stop(term=Term.days(5))
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    asked = dossier.supplement_requests.get()
    assert on_time_by_the_minute(dossier, dossier.due_at + timedelta(days=30))

    asked.requested_at = dossier.due_at + timedelta(minutes=1)
    assert not on_time_by_the_minute(dossier, asked.requested_at, [asked])

    asked.requested_at, asked.answered_at = MONDAY, MONDAY + timedelta(days=2)
    dossier.finished_at = dossier.due_at + timedelta(days=2)
    assert on_time_by_the_minute(dossier, dossier.finished_at, [asked])
    dossier.finished_at += timedelta(minutes=1)
    assert not on_time_by_the_minute(dossier, dossier.finished_at, [asked])
