"""Opinions, apologies, corrections, recall, transfer, and asking once more: what happens beside the straight way."""

from datetime import timedelta

import pytest

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.catalogue.testing import a_procedure
from motcua.dossiers import apologies, clock, correcting, moving, opinions, processing, results, supplement
from motcua.dossiers.lifecycle import NoReason, NotNow, NotYours
from motcua.dossiers.models import Apology, CorrectedDecision, Dossier, Opinion, Outcome, SlipKind, State
from motcua.dossiers.slips import pdf
from motcua.dossiers.supplement import Item
from motcua.dossiers.testing import (
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    a_dossier,
    a_one_stop,
    a_stored_file,
    at_step,
    to_the_end,
)
from motcua.journal.testing import events
from motcua.organisations.models import AgencyKind, Level, UnitKind
from motcua.organisations.testing import a_unit, an_agency

pytestmark = pytest.mark.django_db

NEXT_WEEK = MONDAY + timedelta(days=9)
ITEMS = [Item("Bản chụp rõ cả hai mặt")]


def another_department(name="Sở Tư pháp"):
    agency = an_agency(name, level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT)
    unit = a_unit(agency, UnitKind.PROFESSIONAL, "Phòng Hành chính tư pháp")
    return unit, an_officer(unit, Role.PROCESSING_OFFICER, "Đặng Thị Hoa")


def unbroken(dossier):
    """The main ledger covers the life from filing to finish without gap or overlap."""
    intervals = list(dossier.clock.order_by("started_at", "id"))
    for before, after in zip(intervals, intervals[1:], strict=False):
        assert before.ended_at == after.started_at
    assert intervals[0].started_at == dossier.submitted_at
    assert intervals[-1].ended_at == dossier.finished_at
    return True


# Opinions


def test_another_agency_is_asked_and_answers_while_the_dossier_stays_and_its_time_runs_on():
    office = a_one_stop()
    unit, hoa = another_department()
    dossier = a_dossier(office)
    due_at, holder = dossier.due_at, dossier.at_unit

    dossier = opinions.ask(dossier, unit=unit, question="Có trùng hồ sơ không?", days=2, by=office.officer, at=MONDAY)
    opinion = dossier.opinions.get()
    assert opinion.due_at == WEDNESDAY
    assert Dossier.objects.handled_by(hoa).get() == dossier  # who is asked may read it

    opinions.answer(opinion, text="Không trùng.", by=hoa, at=TUESDAY, stored=a_stored_file(), file_name="y kien.pdf")
    dossier.refresh_from_db()
    assert (dossier.due_at, dossier.at_unit, dossier.state) == (due_at, holder, State.IN_PROGRESS)
    assert dossier.clock.filter(ended_at=None).get().agency == office.agency
    assert events(dossier)[-2:] == ["dossier.opinion_asked", "dossier.opinion_given"]


def test_nothing_is_approved_while_an_opinion_is_awaited_unless_the_reason_is_written_down():
    office = a_one_stop()
    unit, hoa = another_department()
    dossier = opinions.ask(a_dossier(office), unit=unit, question="?", days=1, by=office.officer, at=MONDAY)
    opinion = dossier.opinions.get()
    dossier = processing.do_step(dossier, at_step=at_step(dossier), by=office.officer, at=TUESDAY)

    with pytest.raises(processing.Awaited, match="Phòng Hành chính tư pháp, Sở Tư pháp"):
        processing.approve(dossier, at_step=at_step(dossier), granted=True, number="1", by=office.leader, at=TUESDAY)
    with pytest.raises(NoReason):
        opinions.waive(opinion, reason=" ", by=office.leader, at=TUESDAY)
    opinions.waive(opinion, reason="Quá hạn trả lời ba ngày.", by=office.leader, at=NEXT_WEEK)

    processing.approve(dossier, at_step=at_step(dossier), granted=True, number="1", by=office.leader, at=NEXT_WEEK)
    with pytest.raises(opinions.AlreadyAnswered):
        opinions.answer(opinion, text="Muộn", by=hoa, at=NEXT_WEEK)
    assert opinions.is_late(Opinion.objects.get(), NEXT_WEEK)


def test_an_opinion_still_awaited_when_the_step_ended_is_waived_by_who_asked_or_who_holds_the_dossier_now():
    office = a_one_stop()
    units = [another_department(name)[0] for name in ("Sở Tư pháp", "Sở Nội vụ")]
    dossier = a_dossier(office)
    for unit in units:
        opinions.ask(dossier, unit=unit, question="?", days=1, by=office.officer, at=MONDAY)
    first, second = dossier.opinions.order_by("id")
    dossier = processing.do_step(dossier, at_step=at_step(dossier), by=office.officer, at=TUESDAY)

    with pytest.raises(NotYours):
        opinions.waive(first, reason="Chờ lâu.", by=office.head, at=TUESDAY)
    assert dossier.opinions.filter(waived_at=None).count() == 2
    opinions.waive(first, reason="Chờ lâu.", by=office.officer, at=TUESDAY)
    opinions.waive(second, reason="Chờ lâu.", by=office.leader, at=TUESDAY)

    processing.approve(dossier, at_step=at_step(dossier), granted=True, number="1", by=office.leader, at=TUESDAY)
    assert events(dossier).count("dossier.opinion_waived") == 2


def test_only_the_unit_that_was_asked_answers_and_only_once():
    office = a_one_stop()
    unit, hoa = another_department()
    dossier = opinions.ask(a_dossier(office), unit=unit, question="?", days=1, by=office.officer, at=MONDAY)
    opinion = dossier.opinions.get()

    with pytest.raises(NotYours):
        opinions.answer(opinion, text="Tôi trả lời thay", by=office.officer, at=MONDAY)
    opinions.answer(opinion, text="Đồng ý.", by=hoa, at=MONDAY)
    with pytest.raises(opinions.AlreadyAnswered):
        opinions.answer(opinion, text="Nghĩ lại.", by=hoa, at=MONDAY)

    assert Opinion.objects.get().answer == "Đồng ý."


def test_a_unit_is_asked_once_at_a_time_and_never_asks_itself():
    office = a_one_stop()
    unit, _ = another_department()
    dossier = a_dossier(office)

    with pytest.raises(opinions.OwnUnit):
        opinions.ask(dossier, unit=office.professional, question="?", days=1, by=office.officer, at=MONDAY)
    with pytest.raises(opinions.NothingAsked):
        opinions.ask(dossier, unit=unit, question=" ", days=1, by=office.officer, at=MONDAY)
    opinions.ask(dossier, unit=unit, question="?", days=1, by=office.officer, at=MONDAY)
    with pytest.raises(opinions.AlreadyAsked):
        opinions.ask(dossier, unit=unit, question="?", days=1, by=office.officer, at=MONDAY)

    assert dossier.opinions.count() == 1


# Apologies


def test_an_apology_is_drafted_signed_once_and_statistics_go_on_with_the_first_date():
    office = a_one_stop()
    dossier = a_dossier(office)
    promised = dossier.due_at
    renewed = promised + timedelta(days=5)

    dossier = apologies.draft(dossier, reason="Hệ thống lỗi.", renewed_due_at=renewed, by=office.officer, at=TUESDAY)
    assert dossier.renewed_due_at is None
    dossier = apologies.sign(dossier, by=office.leader, at=TUESDAY)

    assert (dossier.first_due_at, dossier.due_at, dossier.renewed_due_at) == (promised, promised, renewed)
    slip = dossier.slips.get(kind=SlipKind.APOLOGY)
    assert pdf(slip).startswith(b"%PDF")
    assert events(dossier)[-2:] == ["dossier.apology_drafted", "dossier.apologised"]
    late = promised + timedelta(days=1)
    assert clock.lateness(dossier, late) == "overdue"
    with pytest.raises(apologies.AlreadyApologised):
        apologies.draft(dossier, reason="Lại", renewed_due_at=renewed + timedelta(days=9), by=office.officer, at=late)
    with pytest.raises(apologies.AlreadyApologised):
        apologies.sign(dossier, by=office.leader, at=late)


def test_an_apology_without_reason_or_with_an_earlier_date_is_refused_and_nothing_is_left():
    office = a_one_stop()
    dossier = a_dossier(office)

    for reason, renewed, refusal in (
        (" ", dossier.due_at + timedelta(days=5), NoReason),
        ("Chậm", dossier.due_at, apologies.TooSoon),
        ("Chậm", dossier.due_at - timedelta(days=1), apologies.TooSoon),
    ):
        with pytest.raises(refusal):
            apologies.draft(dossier, reason=reason, renewed_due_at=renewed, by=office.officer, at=TUESDAY)

    assert not Apology.objects.exists()
    with pytest.raises(apologies.NotDrafted):
        apologies.sign(dossier, by=office.leader, at=TUESDAY)


def test_an_officer_does_not_sign_for_the_head_and_another_agencys_head_neither():
    office, other = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    dossier = a_dossier(office)
    renewed = dossier.due_at + timedelta(days=5)
    dossier = apologies.draft(dossier, reason="Chậm", renewed_due_at=renewed, by=office.officer, at=TUESDAY)

    for person in (office.officer, office.head, other.leader):
        with pytest.raises(NotYours):
            apologies.sign(dossier, by=person, at=TUESDAY)
    with pytest.raises(NotYours):
        apologies.draft(dossier, reason="x", renewed_due_at=renewed, by=other.officer, at=TUESDAY)

    assert Apology.objects.get().signed_at is None


# Correcting


def test_a_wrong_result_goes_back_is_decided_anew_and_the_wrong_one_is_kept():
    office = a_one_stop()
    dossier = a_dossier(office, State.READY)
    first_finish = dossier.finished_at

    dossier = correcting.correct(dossier, reason="Sai năm sinh.", by=office.leader, at=WEDNESDAY)
    assert (dossier.state, dossier.finished_at) == (State.IN_PROGRESS, None)
    assert dossier.at_unit == office.professional
    wrong = CorrectedDecision.objects.get()
    assert (wrong.number, wrong.finished_at, wrong.reason) == ("12/TLKS", first_finish, "Sai năm sinh.")

    dossier = to_the_end(dossier, office, at=NEXT_WEEK)
    assert dossier.state == State.READY
    assert unbroken(dossier)  # the days of the mistake are the agency's
    assert clock.lateness(dossier, NEXT_WEEK) == "overdue"


def test_a_result_is_corrected_before_it_is_handed_over_by_who_may_approve_and_with_a_reason():
    office, other = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    ready, returned = a_dossier(office, State.READY), a_dossier(office, State.RETURNED)

    for person in (office.officer, office.reception, other.leader):
        with pytest.raises(NotYours):
            correcting.correct(ready, reason="Sai", by=person, at=WEDNESDAY)
    with pytest.raises(NoReason):
        correcting.correct(ready, reason=" ", by=office.leader, at=WEDNESDAY)
    with pytest.raises(NotNow):
        correcting.correct(returned, reason="Sai", by=office.leader, at=WEDNESDAY)

    ready.refresh_from_db()
    assert ready.state == State.READY and ready.decision.number == "12/TLKS"
    assert not CorrectedDecision.objects.exists()


def test_a_decided_dossier_is_neither_stopped_nor_withdrawn_while_its_result_is_corrected():
    office = a_one_stop()
    dossier = correcting.correct(a_dossier(office, State.READY), reason="Sai.", by=office.leader, at=WEDNESDAY)

    with pytest.raises(processing.Decided):
        processing.stop(dossier, reason="Thôi", by=office.leader, at=WEDNESDAY)
    with pytest.raises(processing.Decided):
        results.withdraw(dossier, reason="Thôi", by=office.reception, at=WEDNESDAY)

    dossier.refresh_from_db()
    assert dossier.state == State.IN_PROGRESS
    assert to_the_end(dossier, office, at=NEXT_WEEK).state == State.READY


# Recall


def test_what_was_just_handed_on_is_taken_back_with_the_due_time_it_had():
    office = a_one_stop()
    dossier = a_dossier(office)
    first = processing.running_step(dossier)
    dossier = processing.do_step(dossier, at_step=first.pk, by=office.officer, at=TUESDAY)

    dossier = moving.recall(dossier, reason="Quên đính kèm.", by=office.officer, at=TUESDAY)

    again = processing.running_step(dossier)
    assert (again.step, again.unit, again.due_at) == (first.step, first.unit, first.due_at)
    assert (dossier.at_unit, dossier.at_role) == (office.professional, Role.PROCESSING_OFFICER)
    assert dossier.step_intervals.filter(outcome=Outcome.RECALLED).count() == 1
    results_of = to_the_end(dossier, office, at=WEDNESDAY)
    assert unbroken(results_of)


def test_nobody_recalls_what_others_handed_on_or_have_worked_on():
    office = a_one_stop()
    dossier = a_dossier(office)
    dossier = processing.do_step(dossier, at_step=at_step(dossier), by=office.officer, at=TUESDAY)

    with pytest.raises(moving.NothingToRecall):
        moving.recall(dossier, reason="Không phải của tôi", by=office.reception, at=TUESDAY)
    dossier = processing.approve(
        dossier, at_step=at_step(dossier), granted=True, number="1", by=office.leader, at=TUESDAY
    )
    with pytest.raises(moving.NothingToRecall):
        moving.recall(dossier, reason="Muộn rồi", by=office.officer, at=TUESDAY)

    assert not dossier.step_intervals.filter(outcome=Outcome.RECALLED).exists()


@pytest.mark.parametrize("did", ["money", "opinion"])
def test_what_the_next_one_has_begun_to_work_on_is_not_recalled(did):
    office = a_one_stop()
    unit, _ = another_department()
    dossier = a_dossier(office)
    if did == "money":
        dossier = processing.request_payment(dossier, amount=9000, reason="Phí", by=office.officer, at=TUESDAY)
        dossier = processing.settle_payment(dossier, receipt_number="BL-1", by=office.officer, at=WEDNESDAY)
    else:
        dossier = opinions.ask(dossier, unit=unit, question="?", days=1, by=office.officer, at=TUESDAY)

    with pytest.raises(moving.NothingToRecall):
        moving.recall(dossier, reason="Nhầm.", by=office.reception, at=WEDNESDAY)

    assert not dossier.step_intervals.filter(outcome=Outcome.RECALLED).exists()


# Transfer


def test_what_comes_back_goes_to_the_unit_that_did_it_and_not_to_the_one_of_the_process():
    office = a_one_stop()
    second = a_unit(office.agency, UnitKind.PROFESSIONAL, "Công chức Văn hóa - Xã hội")
    van = an_officer(second, Role.PROCESSING_OFFICER, "Quan Thị Vân")
    dossier = a_dossier(office)
    dossier = moving.transfer(
        dossier, at_step=at_step(dossier), unit=second, reason="Đi học.", by=office.leader, at=TUESDAY
    )
    dossier = processing.do_step(dossier, at_step=at_step(dossier), by=van, at=TUESDAY)

    dossier = processing.return_step(dossier, at_step=at_step(dossier), reason="Thiếu.", by=office.leader, at=WEDNESDAY)

    assert processing.running_step(dossier).unit == dossier.at_unit == second


def test_a_head_gives_the_step_to_another_unit_and_its_term_goes_on():
    office = a_one_stop()
    second = a_unit(office.agency, UnitKind.PROFESSIONAL, "Công chức Văn hóa - Xã hội")
    dossier = a_dossier(office)
    before = processing.running_step(dossier)

    dossier = moving.transfer(dossier, at_step=before.pk, unit=second, reason="Đi học.", by=office.leader, at=TUESDAY)

    after = processing.running_step(dossier)
    assert (after.unit, after.step, after.due_at) == (second, before.step, before.due_at)
    assert dossier.at_unit == second


def test_a_step_is_not_given_to_another_agency_or_another_kind_of_unit():
    office = a_one_stop()
    elsewhere, _ = another_department()
    dossier = a_dossier(office)

    for unit, refusal in (
        (elsewhere, moving.OtherKindOfUnit),
        (office.clerks, moving.OtherKindOfUnit),
        (office.professional, moving.SameUnit),
    ):
        with pytest.raises(refusal):
            moving.transfer(dossier, at_step=at_step(dossier), unit=unit, reason="x", by=office.leader, at=TUESDAY)
    with pytest.raises(NotYours):
        moving.transfer(
            dossier, at_step=at_step(dossier), unit=office.clerks, reason="x", by=office.officer, at=TUESDAY
        )

    assert dossier.step_intervals.filter(outcome=Outcome.TRANSFERRED).count() == 0


def test_an_accepted_dossier_goes_to_the_commune_that_is_competent_and_keeps_code_and_dates():
    office, other = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    dossier = a_dossier(office, State.ACCEPTED)
    code, due_at = dossier.code, dossier.due_at

    dossier = moving.send_elsewhere(
        dossier, agency=other.agency, reason="Người dân cư trú ở Minh Hương.", by=office.reception, at=TUESDAY
    )
    dossier = processing.hand_to_agency(dossier, at_step=at_step(dossier), by=office.reception, at=TUESDAY)

    assert (dossier.code, dossier.due_at) == (code, due_at)
    assert dossier.at_unit == other.professional
    assert Dossier.objects.handled_by(other.officer).get() == dossier
    assert to_the_end(dossier, other, at=WEDNESDAY).at_unit == office.one_stop  # handed over where it was received


def test_a_dossier_does_not_go_where_nobody_is_competent_nor_after_it_is_being_settled():
    office = a_one_stop()
    province, _ = another_department()
    accepted, settling = a_dossier(office, State.ACCEPTED), a_dossier(office)

    with pytest.raises(moving.NotCompetent):
        moving.send_elsewhere(accepted, agency=province.agency, reason="x", by=office.reception, at=TUESDAY)
    with pytest.raises(moving.NotCompetent):
        moving.send_elsewhere(accepted, agency=office.agency, reason="x", by=office.reception, at=TUESDAY)
    with pytest.raises(NotNow):
        moving.send_elsewhere(settling, agency=office.agency, reason="x", by=office.reception, at=TUESDAY)

    accepted.refresh_from_db()
    assert accepted.agency == office.agency


def test_what_the_agency_gave_back_to_the_desk_goes_to_the_one_that_is_competent():
    office, other = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    dossier = a_dossier(office)
    with pytest.raises(moving.AtTheAgency):
        moving.send_elsewhere(dossier, agency=other.agency, reason="x", by=office.reception, at=TUESDAY)
    dossier = processing.return_step(
        dossier, at_step=at_step(dossier), reason="Cư trú ở Minh Hương.", by=office.officer, at=TUESDAY
    )

    dossier = moving.send_elsewhere(
        dossier, agency=other.agency, reason="Cư trú ở Minh Hương.", by=office.reception, at=TUESDAY
    )

    dossier = processing.hand_to_agency(dossier, at_step=at_step(dossier), by=office.reception, at=TUESDAY)
    assert dossier.at_unit == other.professional
    assert to_the_end(dossier, other, at=WEDNESDAY).state == State.READY


# Asking once more


def a_dossier_asked_once(office):
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    return supplement.answer(dossier, by=office.reception, at=TUESDAY)


def test_the_applicant_is_asked_again_only_with_the_heads_written_leave_and_then_counts_as_overdue():
    office = a_one_stop()
    dossier = a_dossier_asked_once(office)

    with pytest.raises(supplement.AlreadyAsked, match="tính quá hạn"):
        supplement.request(dossier, items=ITEMS, reason="Lại mờ.", by=office.officer, at=TUESDAY)
    dossier = supplement.allow_again(dossier, reason="Giấy tờ mới có sai lệch.", by=office.leader, at=TUESDAY)
    dossier = supplement.request(dossier, items=ITEMS, reason="Lại mờ.", by=office.officer, at=TUESDAY)

    assert dossier.supplement_requests.count() == 2
    dossier = supplement.answer(dossier, by=office.reception, at=WEDNESDAY)
    with pytest.raises(supplement.AlreadyAsked):  # one leave is for one request
        supplement.request(dossier, items=ITEMS, reason="Nữa.", by=office.officer, at=WEDNESDAY)
    dossier = to_the_end(dossier, office, at=WEDNESDAY)
    assert clock.lateness(dossier, WEDNESDAY) == "early"
    assert not clock.on_time_by_the_minute(dossier, WEDNESDAY)


def test_leave_to_ask_again_is_the_heads_and_only_where_it_is_needed():
    office = a_one_stop()
    fresh, asked = a_dossier(office), a_dossier_asked_once(office)

    with pytest.raises(supplement.NeedlessLeave):
        supplement.allow_again(fresh, reason="Phòng xa", by=office.leader, at=TUESDAY)
    with pytest.raises(NotYours):
        supplement.allow_again(asked, reason="Tự cho phép", by=office.officer, at=TUESDAY)
    with pytest.raises(NoReason):
        supplement.allow_again(asked, reason=" ", by=office.leader, at=TUESDAY)

    assert not asked.supplement_leaves.exists()


# Stopping


def test_a_stop_since_september_2025_has_its_notice():
    office = a_one_stop()
    before = a_dossier(office, State.STOPPED)

    assert not before.slips.filter(kind=SlipKind.STOP).exists()
    dossier = a_dossier(office)
    later = MONDAY.replace(year=2025, month=10, day=6)
    dossier = processing.stop(dossier, reason="Không đủ điều kiện.", by=office.leader, at=later)
    assert pdf(dossier.slips.get(kind=SlipKind.STOP)).startswith(b"%PDF")


def test_a_procedure_of_one_agency_goes_nowhere_else():
    office = a_one_stop()
    office.version = a_procedure("1.000894", agency=office.agency)
    dossier = a_dossier(office, State.ACCEPTED)

    with pytest.raises(moving.NotCompetent, match="chỉ do một cơ quan"):
        moving.send_elsewhere(dossier, agency=office.agency, reason="x", by=office.reception, at=TUESDAY)


def test_what_is_forbidden_nobody_can_do():
    """No step rewrites a finish, a first promise or a code: the words stand nowhere but where they are set once."""
    office = a_one_stop()
    dossier = a_dossier(office, State.RETURNED)
    before = (dossier.code, dossier.first_due_at, dossier.due_at, dossier.finished_at, dossier.closed_at)

    for person in (office.reception, office.officer, office.head, office.leader, office.clerk):
        for step in (
            lambda by: correcting.correct(dossier, reason="x", by=by, at=NEXT_WEEK),
            lambda by: apologies.draft(dossier, reason="x", renewed_due_at=NEXT_WEEK, by=by, at=TUESDAY),
            lambda by: apologies.sign(dossier, by=by, at=NEXT_WEEK),
            lambda by: moving.recall(dossier, reason="x", by=by, at=NEXT_WEEK),
            lambda by: results.withdraw(dossier, reason="x", by=by, at=NEXT_WEEK),
            lambda by: processing.stop(dossier, reason="x", by=by, at=NEXT_WEEK),
        ):
            with pytest.raises(NotNow):
                step(person)

    dossier.refresh_from_db()
    assert before == (dossier.code, dossier.first_due_at, dossier.due_at, dossier.finished_at, dossier.closed_at)


def test_an_opinion_is_no_longer_given_once_the_dossier_is_over():
    office = a_one_stop()
    other = an_officer(a_unit(office.agency, UnitKind.PROFESSIONAL, "Công chức Địa chính"), Role.PROCESSING_OFFICER)
    dossier = a_dossier(office)
    unit = other.assignments.get().unit
    dossier = opinions.ask(dossier, unit=unit, question="Đất này của ai?", days=3, by=office.officer, at=TUESDAY)
    results.withdraw(dossier, reason="Không còn nhu cầu.", by=office.reception, at=TUESDAY)

    with pytest.raises(opinions.NoLongerNeeded):
        opinions.answer(dossier.opinions.get(), text="Của ông Pao.", by=other, at=WEDNESDAY)

    assert dossier.opinions.get().answer == ""
