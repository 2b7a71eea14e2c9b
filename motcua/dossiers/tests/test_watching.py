"""The watchdog warns once for each stage, lays out the apology in time, and lets nothing stand still unseen."""

from datetime import date, datetime, timedelta

import pytest

from motcua.dossiers import apologies, opinions, processing, supplement, timeline, watching
from motcua.dossiers.models import Apology, Dossier, RuleSet, State, Warned, WarningKind
from motcua.dossiers.testing import MONDAY, TUESDAY, VIETNAM, WEDNESDAY, a_dossier, a_one_stop, it_is
from motcua.journal.testing import events

THURSDAY = MONDAY + timedelta(days=3)
FRIDAY = MONDAY + timedelta(days=4)
NEXT_MONDAY = MONDAY + timedelta(days=7)


@pytest.fixture
def office(db, monkeypatch):
    it_is(monkeypatch, MONDAY)
    return a_one_stop()


def promised(dossier: Dossier, due_at: datetime) -> Dossier:
    """The same dossier with this promise."""
    Dossier.objects.filter(pk=dossier.pk).update(due_at=due_at, first_due_at=due_at)
    dossier.refresh_from_db()
    return dossier


def warnings(dossier: Dossier) -> list[str]:
    return list(Warned.objects.filter(dossier=dossier).order_by("pk").values_list("kind", flat=True))


def test_the_apology_is_laid_out_at_the_warning_time_and_not_before(office):
    dossier = promised(a_dossier(office), NEXT_MONDAY)

    assert watching.watch(THURSDAY - timedelta(minutes=1)) == 0
    assert not Apology.objects.exists()

    assert watching.watch(THURSDAY) == 1  # two working days before
    assert events(dossier)[-2:] == ["dossier.due_soon", "dossier.apology_drafted"]


def test_the_apology_can_be_signed_and_sent_one_day_before_due(office):
    dossier = promised(a_dossier(office), NEXT_MONDAY)
    watching.watch(THURSDAY)
    assert [one.dossier for one in apologies.to_write(office.officer)] == [dossier]
    assert not apologies.to_sign(office.leader)

    renewed = NEXT_MONDAY + timedelta(days=2)
    apologies.draft(dossier, reason="Chờ xác minh.", renewed_due_at=renewed, by=office.officer, at=THURSDAY)
    assert not apologies.to_write(office.officer)
    assert [one.dossier for one in apologies.to_sign(office.leader)] == [dossier]

    apologies.sign(dossier, by=office.leader, at=FRIDAY)
    assert events(dossier)[-2:] == ["dossier.apology_written", "dossier.apologised"]
    assert not apologies.to_sign(office.leader)


def test_an_apology_nobody_signed_is_told_of_on_the_last_day_on_which_it_comes_in_time(office):
    dossier = promised(a_dossier(office), NEXT_MONDAY)
    signed = promised(a_dossier(office), NEXT_MONDAY)
    watching.watch(THURSDAY)
    renewed = NEXT_MONDAY + timedelta(days=2)
    apologies.draft(signed, reason="Chờ xác minh.", renewed_due_at=renewed, by=office.officer, at=THURSDAY)
    apologies.sign(signed, by=office.leader, at=THURSDAY)
    assert "dossier.apology_unsigned" not in events(dossier)

    watching.watch(FRIDAY)
    watching.watch(FRIDAY + timedelta(hours=1))

    assert events(dossier).count("dossier.apology_unsigned") == 1
    assert "dossier.apology_unsigned" not in events(signed)


def test_an_apology_for_a_date_that_no_longer_holds_is_not_signed(office):
    dossier = promised(a_dossier(office), NEXT_MONDAY)
    renewed = NEXT_MONDAY + timedelta(days=2)
    apologies.draft(dossier, reason="Chờ xác minh.", renewed_due_at=renewed, by=office.officer, at=THURSDAY)
    dossier = promised(dossier, NEXT_MONDAY + timedelta(days=7))

    with pytest.raises(apologies.OfAnotherDate):
        apologies.sign(dossier, by=office.leader, at=FRIDAY)

    dossier.refresh_from_db()
    assert (dossier.renewed_due_at, dossier.promised_at) == (None, NEXT_MONDAY + timedelta(days=7))
    assert not apologies.to_sign(office.leader)


def test_another_agency_finds_no_apology_to_write_or_to_sign(office):
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    dossier = promised(a_dossier(office), NEXT_MONDAY)
    watching.watch(THURSDAY)

    assert not apologies.to_write(other.officer)
    apologies.draft(
        dossier, reason="Chờ.", renewed_due_at=NEXT_MONDAY + timedelta(days=2), by=office.officer, at=THURSDAY
    )
    assert not apologies.to_sign(other.leader)
    assert not apologies.to_sign(office.officer)


def test_a_stage_is_warned_of_once_however_often_the_job_runs(office):
    dossier = promised(a_dossier(office), NEXT_MONDAY)

    given = [watching.watch(THURSDAY + timedelta(minutes=10 * n)) for n in range(3)]

    assert given == [1, 0, 0]
    assert events(dossier).count("dossier.due_soon") == 1


def test_two_runs_side_by_side_warn_once(office):
    """The second has seen the stage not yet warned of, and finds the row when it holds the dossier."""
    dossier = promised(a_dossier(office), WEDNESDAY)
    stage = (WarningKind.OVERDUE, next(iter(watching.reached([dossier], THURSDAY)[dossier.pk]))[1])

    assert watching.warn(dossier.pk, stage, THURSDAY)
    assert not watching.warn(dossier.pk, stage, THURSDAY)
    assert events(dossier).count("dossier.overdue") == 1


def test_whoever_acted_meanwhile_is_not_warned_of(office):
    dossier = promised(a_dossier(office), WEDNESDAY)
    stage = watching.reached([dossier], THURSDAY)[dossier.pk][0]
    processing.stop(dossier, reason="Không đủ điều kiện.", by=office.leader, at=THURSDAY)

    assert not watching.warn(dossier.pk, stage, THURSDAY)
    assert not Warned.objects.exists()


def test_a_date_moved_by_law_is_a_new_stage_and_the_unsigned_apology_is_about_it(office):
    dossier = promised(a_dossier(office), WEDNESDAY)
    watching.watch(THURSDAY)
    later = NEXT_MONDAY + timedelta(days=7)
    promised(dossier, later)
    assert not apologies.to_write(office.officer)  # it was about a date that holds no more

    watching.watch(later - timedelta(days=3))

    assert warnings(dossier).count("due_soon") == 1 and "overdue" in warnings(dossier)
    assert Apology.objects.get().due_before == later
    assert apologies.to_write(office.officer).count() == 1
    assert events(dossier).count("dossier.apology_drafted") == 1


def test_a_result_promised_for_the_day_is_due_soon_at_half_time_and_needs_no_apology(office):
    dossier = promised(a_dossier(office), MONDAY + timedelta(hours=8))
    half = dossier.accepted_at + (dossier.due_at - dossier.accepted_at) / 2

    assert watching.watch(half - timedelta(minutes=1)) == 0
    assert watching.watch(half) == 1

    assert warnings(dossier) == ["due_soon"]
    assert not Apology.objects.exists()


def test_what_waits_for_the_applicant_is_not_late(office):
    dossier = promised(a_dossier(office, State.AWAITING_APPLICANT), TUESDAY)

    watching.watch(WEDNESDAY)

    assert warnings(dossier) == []


def test_an_online_filing_not_answered_in_eight_hours_is_told(office):
    dossier = a_dossier(office, State.SUBMITTED)

    watching.watch(dossier.reception_due_at)
    assert warnings(dossier) == []
    watching.watch(dossier.reception_due_at + timedelta(minutes=10))

    assert warnings(dossier) == ["reception_overdue"]
    assert events(dossier)[-1] == "dossier.reception_overdue"


def test_each_unit_that_owes_an_opinion_is_told_by_date(office):
    dossier = promised(a_dossier(office), FRIDAY + timedelta(days=30))
    for unit in (office.clerks, office.leaders):
        opinions.ask(dossier, unit=unit, question="Đúng không?", days=1, by=office.officer, at=MONDAY)
    first = dossier.opinions.order_by("pk").first()
    opinions.answer(
        first, text="Đúng.", by=office.leader if first.unit == office.leaders else _giver(office), at=MONDAY
    )

    watching.watch(TUESDAY + timedelta(hours=2))
    assert "opinion_overdue" not in warnings(dossier)
    watching.watch(WEDNESDAY)

    assert warnings(dossier).count("opinion_overdue") == 1


def _giver(office):
    from motcua.accounts.permissions import Role
    from motcua.accounts.testing import an_officer

    return an_officer(office.clerks, Role.PROCESSING_OFFICER, "Vũ Thị Thơm")


def test_an_applicant_who_stays_silent_is_told_of_when_the_term_has_ended(office):
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    request = dossier.supplement_requests.get()
    evening = datetime.combine(request.answer_by, datetime.min.time(), VIETNAM) + timedelta(hours=20)

    watching.watch(evening)
    assert warnings(dossier) == []
    watching.watch(evening + timedelta(hours=12))

    assert warnings(dossier) == ["applicant_silent"]


def test_three_working_days_without_an_act_are_a_standstill_told_once(office):
    dossier = promised(a_dossier(office), NEXT_MONDAY + timedelta(days=60))
    last = timeline.lines(dossier)[-1].at

    watching.watch(last + timedelta(days=3) - timedelta(minutes=1))
    assert warnings(dossier) == []
    for day in (3, 4, 7):
        watching.watch(last + timedelta(days=day))

    assert warnings(dossier) == ["nothing_moved"]
    assert timeline.still_since(timeline.lines(dossier)) == last


def test_a_weekend_is_no_standstill_and_a_second_one_is_told_anew(office):
    friday = FRIDAY.replace(hour=15)
    dossier = promised(a_dossier(office, at=friday), NEXT_MONDAY + timedelta(days=60))
    watching.watch(NEXT_MONDAY + timedelta(days=1))
    assert warnings(dossier) == []

    watching.watch(NEXT_MONDAY + timedelta(days=3))
    moved = NEXT_MONDAY + timedelta(days=3, hours=1)
    processing.do_step(dossier, at_step=processing.running_step(dossier).pk, by=office.officer, at=moved)
    assert timeline.still_since(timeline.lines(dossier)) is None
    watching.watch(moved + timedelta(days=5))

    assert warnings(dossier) == ["nothing_moved", "nothing_moved"]


def test_how_long_nothing_may_move_is_a_rule_and_no_constant(office):
    RuleSet.objects.update(standstill_days=5)
    dossier = promised(a_dossier(office), NEXT_MONDAY + timedelta(days=60))

    watching.watch(FRIDAY)
    assert warnings(dossier) == []
    watching.watch(NEXT_MONDAY + timedelta(hours=5))

    assert warnings(dossier) == ["nothing_moved"]


@pytest.mark.parametrize("state", [State.READY, State.AWAITING_PAYMENT, State.AWAITING_APPLICANT])
def test_where_no_office_has_anything_to_do_nothing_stands_still(office, state):
    dossier = a_dossier(office, state)

    watching.watch(MONDAY + timedelta(days=8))

    assert "nothing_moved" not in warnings(dossier)


@pytest.mark.parametrize("state", [State.RETURNED, State.WITHDRAWN, State.STOPPED, State.REFUSED, State.DRAFT])
def test_what_is_over_or_not_yet_filed_is_not_watched(office, state):
    a_dossier(office, state)

    assert watching.watch(MONDAY + timedelta(days=60)) == 0


def test_many_dossiers_are_walked_in_batches_and_none_is_left_out(office, django_assert_max_num_queries):
    dossiers = [a_dossier(office, State.SUBMITTED, at=MONDAY + timedelta(minutes=n)) for n in range(5)]
    late = TUESDAY + timedelta(hours=6)

    assert watching.watch(late, batch=2) == 5
    assert {one.dossier_id for one in Warned.objects.all()} == {one.pk for one in dossiers}
    with django_assert_max_num_queries(16):  # five for each of three batches, and one that finds nothing more
        assert watching.watch(late, batch=2) == 0


def test_an_answer_late_after_all_ends_the_silence(office):
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    long_after = datetime(2023, 12, 1, 9, tzinfo=VIETNAM)
    watching.watch(long_after)
    supplement.answer(dossier, note="Xin lỗi vì chậm.", by=office.citizen, at=long_after)

    assert watching.watch(long_after + timedelta(minutes=10)) == 0
    assert date(2023, 12, 1) > dossier.supplement_requests.get().answer_by
