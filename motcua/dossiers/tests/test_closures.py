"""A closure by decision moves what was promised, tells it, and touches nothing else (đóng cửa, nghỉ đột xuất theo quyết định)."""

from datetime import date, timedelta

import pytest

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.catalogue.testing import a_keeper
from motcua.dossiers import apologies, clock, closures, intake, opinions, processing, supplement, timeline
from motcua.dossiers.lifecycle import NotYours
from motcua.dossiers.models import ClockOwner, ClosureDeclaration, Dossier, State
from motcua.dossiers.testing import MONDAY, TUESDAY, WEDNESDAY, a_dossier, a_one_stop, to_the_end
from motcua.journal.testing import events
from motcua.journal.verifying import verify
from motcua.organisations.calendars import calendar_of
from motcua.organisations.models import Closure, UnitKind
from motcua.organisations.testing import a_unit, an_agency
from motcua.worktime.due import elapsed
from motcua.worktime.terms import Term

pytestmark = pytest.mark.django_db

THURSDAY, NEXT_MONDAY = MONDAY + timedelta(days=3), MONDAY + timedelta(days=7)
STORM = {"reason": "Bão số 5", "legal_basis": "Công điện 12/CĐ-UBND ngày 24/10/2023"}


def close(agency, first=THURSDAY, days=2, *, by, at=TUESDAY):
    """Declared, and everything moved as the worker would."""
    last = (first + timedelta(days=days - 1)).date()
    declared = closures.declare(agency, first=first.date(), last=last, by=by, at=at, **STORM)
    closures.lay_out(declared, at=at)
    declared.refresh_from_db()
    return declared


def fresh(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def test_a_promise_moves_by_the_days_that_were_closed_and_the_first_date_stays():
    office = a_one_stop(term=Term.days(5))
    dossier = a_dossier(office)  # accepted on Monday, promised for next Monday

    declared = close(office.agency, by=office.leader)

    moved = fresh(dossier)
    assert moved.due_at == dossier.due_at + timedelta(days=2)
    assert moved.first_due_at == dossier.first_due_at
    move = moved.due_date_moves.get()
    assert (move.before, move.after, move.closure) == (dossier.due_at, moved.due_at, declared)
    assert move.reason == "Bão số 5 (Công điện 12/CĐ-UBND ngày 24/10/2023)"
    assert (declared.moved, declared.laid_out_at) == (1, TUESDAY)


def test_the_applicant_is_told_from_when_to_when_and_why():
    office = a_one_stop()
    dossier = a_dossier(office)

    close(office.agency, by=office.leader)

    assert events(dossier)[-1] == "dossier.due_date_moved"
    line = timeline.lines(fresh(dossier))[-1]
    assert line.text == "Ngày hẹn trả được dời do đóng cửa theo quyết định"
    assert line.work == "10:00 30/10/2023 → 10:00 01/11/2023, Bão số 5 (Công điện 12/CĐ-UBND ngày 24/10/2023)"
    assert list(verify(dossier.subject)) == []


def test_a_date_promised_anew_moves_too_and_the_later_of_both_holds():
    office = a_one_stop(term=Term.days(5))
    dossier = a_dossier(office)
    renewed = dossier.due_at + timedelta(days=1)
    apologies.draft(dossier, reason="Chờ.", renewed_due_at=renewed, by=office.officer, at=TUESDAY)
    dossier = apologies.sign(dossier, by=office.leader, at=TUESDAY)

    close(office.agency, by=office.leader, at=WEDNESDAY)

    moved = fresh(dossier)
    assert moved.renewed_due_at == moved.promised_at == renewed + timedelta(days=2)
    assert moved.apology.renewed_due_at == renewed  # as it was signed
    assert events(dossier)[-2:] == ["dossier.renewed_date_moved", "dossier.due_date_moved"]


def test_what_no_paper_promised_moves_silently():
    office = a_one_stop()
    waiting = a_dossier(office, State.SUBMITTED, at=WEDNESDAY.replace(hour=15))
    busy = a_dossier(office, at=WEDNESDAY.replace(hour=15))
    unit = a_unit(office.agency, UnitKind.PROFESSIONAL, "Công chức Địa chính")
    busy = opinions.ask(busy, unit=unit, question="?", days=1, by=office.officer, at=WEDNESDAY.replace(hour=16))
    lines, step, opinion = len(events(waiting)), processing.running_step(busy), busy.opinions.get()

    close(office.agency, days=1, by=office.leader, at=WEDNESDAY.replace(hour=17))

    assert fresh(waiting).reception_due_at == waiting.reception_due_at + timedelta(days=1)
    assert len(events(waiting)) == lines
    assert busy.step_intervals.get(pk=step.pk).due_at == step.due_at + timedelta(days=1)
    assert busy.opinions.get().due_at == opinion.due_at + timedelta(days=1)


@pytest.mark.parametrize("state", [State.READY, State.RETURNED, State.STOPPED, State.REFUSED])
def test_what_is_settled_is_left_alone(state):
    office = a_one_stop()
    dossier = a_dossier(office, state)

    close(office.agency, by=office.leader)

    assert fresh(dossier).due_at == dossier.due_at
    assert not dossier.due_date_moves.exists()


def test_a_promise_before_the_closure_and_another_agencys_stay():
    office, other = a_one_stop(term=Term.days(2)), a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="1.001194")
    early, theirs = a_dossier(office), a_dossier(other)

    declared = close(office.agency, by=office.leader)

    assert (fresh(early).due_at, fresh(theirs).due_at) == (early.due_at, theirs.due_at)
    assert declared.moved == 0


def test_a_closure_of_the_whole_province_moves_everybodys():
    office, other = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="1.001194")
    mine, theirs = a_dossier(office), a_dossier(other)

    declared = close(None, by=a_keeper())

    assert [fresh(one).due_at - one.due_at for one in (mine, theirs)] == [timedelta(days=2)] * 2
    assert (declared.moved, declared.where) == (2, "Toàn tỉnh")


def test_begun_again_it_goes_on_where_it_stood_and_moves_nothing_twice():
    office = a_one_stop()
    dossiers = [a_dossier(office) for _ in range(3)]
    first, last = THURSDAY.date(), THURSDAY.date()
    declared = closures.declare(office.agency, first=first, last=last, by=office.leader, at=TUESDAY, **STORM)

    closures._lay_out_some(declared.pk, at=TUESDAY, batch=2)  # and the worker is killed
    assert [one.due_date_moves.count() for one in dossiers] == [1, 1, 0]
    closures.lay_out(declared, at=TUESDAY)
    closures.lay_out(declared, at=TUESDAY)

    assert [fresh(one).due_at - one.due_at for one in dossiers] == [timedelta(days=1)] * 3
    assert [one.due_date_moves.count() for one in dossiers] == [1, 1, 1]


def test_what_was_promised_after_the_decision_knows_of_it_already():
    office = a_one_stop()
    filed = a_dossier(office, State.SUBMITTED)
    first, last = THURSDAY.date(), THURSDAY.date()
    declared = closures.declare(office.agency, first=first, last=last, by=office.leader, at=TUESDAY, **STORM)

    accepted = intake.accept(filed, by=office.reception, at=TUESDAY + timedelta(hours=1))
    closures.lay_out(declared, at=TUESDAY + timedelta(hours=2))

    assert accepted.due_at == TUESDAY + timedelta(days=8, hours=1)  # five working days without Thursday
    assert fresh(accepted).due_at == accepted.due_at


def test_a_dossier_that_waits_for_its_applicant_keeps_what_was_left():
    office = a_one_stop()
    dossier = a_dossier(office, State.AWAITING_PAYMENT)
    left = elapsed(calendar_of(office.agency), dossier.payment_requests.get().requested_at, dossier.due_at)

    close(office.agency, by=office.leader)
    paid = processing.settle_payment(dossier, receipt_number="1", by=office.reception, at=NEXT_MONDAY)

    assert elapsed(calendar_of(office.agency), NEXT_MONDAY, paid.due_at) == left


def test_taken_back_in_time_everything_moves_back_with_rows_of_its_own():
    office = a_one_stop()
    dossier = a_dossier(office)
    declared = close(office.agency, by=office.leader)

    declared = closures.take_back(declared, by=office.leader, at=WEDNESDAY)
    closures.lay_out(declared, at=WEDNESDAY)

    back = fresh(dossier)
    assert back.due_at == dossier.due_at
    assert [(move.before, move.after) for move in back.due_date_moves.order_by("pk")] == [
        (dossier.due_at, dossier.due_at + timedelta(days=2)),
        (dossier.due_at + timedelta(days=2), dossier.due_at),
    ]
    assert not Closure.objects.exists()
    with pytest.raises(closures.TakenBack):
        closures.take_back(declared, by=office.leader, at=WEDNESDAY)


def test_a_closure_that_has_begun_is_not_taken_back():
    office = a_one_stop()
    dossier = a_dossier(office)
    declared = close(office.agency, by=office.leader)

    with pytest.raises(closures.Begun):
        closures.take_back(declared, by=office.leader, at=THURSDAY)

    assert fresh(dossier).due_date_moves.count() == 1


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"reason": " "}, closures.NoDecision),
        ({"legal_basis": ""}, closures.NoDecision),
        ({"last": date(2023, 10, 25)}, closures.NoPeriod),
        ({"last": date(2023, 12, 31)}, closures.NoPeriod),
        ({"first": date(2023, 10, 10)}, closures.TooLate),
        ({"first": date(2023, 10, 28), "last": date(2023, 10, 29)}, closures.RestDays),
    ],
)
def test_a_closure_needs_its_decision_a_period_and_days_that_are_worked(told, refusal):
    office = a_one_stop()
    days = {"first": THURSDAY.date(), "last": THURSDAY.date()}

    with pytest.raises(refusal):
        closures.declare(office.agency, by=office.leader, at=TUESDAY, **{**days, **STORM, **told})

    assert not ClosureDeclaration.objects.exists()
    assert not Closure.objects.exists()


def test_the_head_closes_only_their_own_agency_and_the_provinces_office_all_of_them():
    office, elsewhere = a_one_stop(), an_agency("Ủy ban nhân dân xã Minh Dân")
    director = an_officer(office.one_stop, Role.DIRECTOR, "Vi Thị Ngân")
    keeper = a_keeper()

    for agency, by in [
        (elsewhere, office.leader),
        (None, office.leader),
        (office.agency, office.officer),
        (None, director),
        (office.agency, keeper),
    ]:
        with pytest.raises(NotYours):
            closures.may_declare(agency, by)

    closures.may_declare(office.agency, office.leader)
    closures.may_declare(office.agency, director)
    closures.may_declare(None, keeper)


def test_one_closure_waits_until_the_other_has_moved_everything():
    office = a_one_stop()
    days = {"first": THURSDAY.date(), "last": THURSDAY.date()}
    closures.declare(office.agency, by=office.leader, at=TUESDAY, **days, **STORM)

    with pytest.raises(closures.StillMoving):
        closures.declare(None, by=a_keeper(), at=TUESDAY, **days, **STORM)


def test_two_closures_one_after_the_other_both_count():
    office = a_one_stop()
    dossier = a_dossier(office)

    close(office.agency, THURSDAY, 1, by=office.leader)
    close(None, THURSDAY + timedelta(days=1), 1, by=a_keeper())

    assert fresh(dossier).due_at == dossier.due_at + timedelta(days=2)


def test_the_preview_tells_exactly_what_then_moves():
    office = a_one_stop()
    dossiers = [a_dossier(office), a_dossier(office, State.AWAITING_APPLICANT), a_dossier(office, State.READY)]
    days = closures.Days(office.agency.pk, THURSDAY.date(), THURSDAY.date())

    told = closures.preview(days, closures.promised_within(days).annotate(given=closures.GIVEN))
    told = {move.dossier.pk: (move.before, move.after) for move in told}
    close(office.agency, days=1, by=office.leader)

    assert told == {one.pk: (move.before, move.after) for one in dossiers for move in one.due_date_moves.all()}
    assert len(told) == 2


def test_an_opening_hour_that_was_promised_stays_one():
    office = a_one_stop()
    filed = a_dossier(office, State.SUBMITTED)
    dossier = intake.accept(filed, by=office.reception, at=TUESDAY.replace(hour=6))  # before the office opens
    assert dossier.due_at == (TUESDAY + timedelta(days=7)).replace(hour=7)

    close(office.agency, days=1, by=office.leader, at=TUESDAY.replace(hour=8))

    assert fresh(dossier).due_at == (TUESDAY + timedelta(days=8)).replace(hour=7)


def test_the_bar_shows_what_a_closure_took_as_a_share_of_its_own():
    office = a_one_stop()
    dossier = a_dossier(office)
    friday = THURSDAY + timedelta(days=1)
    before = {share.kind: share.minutes for share in clock.bar(dossier, friday)}

    close(office.agency, THURSDAY, 1, by=office.leader)

    after = {share.kind: share.minutes for share in clock.bar(dossier, friday)}
    assert after[ClockOwner.OUTSIDE] == 8 * 60
    assert after[ClockOwner.AGENCY] + after[ClockOwner.OUTSIDE] == before[ClockOwner.AGENCY]


def test_what_was_answered_late_after_a_closure_is_judged_by_the_moved_date():
    office = a_one_stop()
    dossier = a_dossier(office)
    promised = dossier.due_at
    close(office.agency, days=1, by=office.leader)

    dossier = to_the_end(fresh(dossier), office, at=promised + timedelta(days=1))

    assert clock.lateness(dossier, NEXT_MONDAY) == "on_time"
    assert clock.on_time_by_the_minute(dossier, NEXT_MONDAY)


def test_a_supplement_after_a_closure_starts_the_term_on_the_new_calendar():
    office = a_one_stop()
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    close(office.agency, days=1, by=office.leader)

    dossier = supplement.answer(fresh(dossier), by=office.citizen, at=WEDNESDAY)

    assert dossier.due_at == WEDNESDAY + timedelta(days=8)
