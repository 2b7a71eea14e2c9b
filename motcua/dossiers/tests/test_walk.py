"""The main job, end to end: filed, received, settled over two units, handed over (vòng đời hồ sơ)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.dossiers import clock, intake, papers, processing, results, supplement
from motcua.dossiers.acts import ACTS, acts
from motcua.dossiers.lifecycle import NEXT, PORTAL_CODE, TURN, NotNow, NotYours
from motcua.dossiers.models import (
    ClockInterval,
    ClockOwner,
    Decision,
    Dossier,
    Outcome,
    ReturnBy,
    Slip,
    SlipKind,
    State,
)
from motcua.dossiers.supplement import Item
from motcua.dossiers.testing import (
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    a_dossier,
    a_draft,
    a_one_stop,
    a_stored_file,
    a_walk_in,
    at_step,
    owner,
    to_the_end,
)
from motcua.journal.testing import events
from motcua.journal.verifying import verify
from motcua.organisations.models import UnitKind
from motcua.organisations.testing import a_unit
from motcua.worktime.terms import Term

pytestmark = pytest.mark.django_db


def ledger(dossier):
    """The main ledger as owner kinds, having checked that it has neither gap nor overlap."""
    intervals = list(dossier.clock.order_by("started_at", "id"))
    for before, after in zip(intervals, intervals[1:], strict=False):
        assert before.ended_at == after.started_at
    return [interval.owner_kind for interval in intervals]


def test_every_state_says_where_it_leads_whose_turn_it_is_and_its_code_on_the_portal():
    assert NEXT.keys() == set(State)
    assert PORTAL_CODE.keys() == set(State)
    assert TURN.keys() == set(State)


def test_a_dossier_walks_from_filing_to_return():
    office = a_one_stop()
    dossier = a_dossier(office, State.RETURNED)

    assert events(dossier) == [
        "dossier.drafted",
        "dossier.submitted",
        "dossier.accepted",
        "dossier.handed_to_agency",
        "dossier.step_done",
        "dossier.approved",
        "dossier.finished",
        "dossier.returned",
    ]
    assert ledger(dossier) == [ClockOwner.AGENCY]
    interval = dossier.clock.get()
    assert (interval.started_at, interval.ended_at) == (dossier.submitted_at, dossier.finished_at)
    assert dossier.decision.granted
    assert dossier.hand_over.recipient_name == "Lý A Pao"
    assert clock.lateness(dossier, WEDNESDAY) == "early"
    assert list(verify()) == []


def test_the_process_goes_over_two_units_each_with_its_own_time():
    office = a_one_stop()
    second = a_unit(office.agency, UnitKind.PROFESSIONAL, "Công chức Văn hóa - Xã hội")
    son = an_officer(second, Role.PROCESSING_OFFICER, "Hoàng Văn Sơn")
    from motcua.catalogue.testing import a_procedure

    office.version = a_procedure("1.000894", professional=(office.professional, second))
    dossier = a_dossier(office, State.IN_PROGRESS)
    first = processing.running_step(dossier)

    dossier = processing.do_step(dossier, at_step=first.pk, by=office.officer, at=TUESDAY)

    assert (dossier.at_unit, dossier.at_role) == (second, Role.PROCESSING_OFFICER)
    running = processing.running_step(dossier)
    assert running.started_at == TUESDAY
    assert running.due_at == TUESDAY + timedelta(hours=2)
    with pytest.raises(NotYours):
        processing.do_step(dossier, at_step=running.pk, by=office.officer, at=TUESDAY)
    processing.do_step(dossier, at_step=running.pk, by=son, at=TUESDAY)
    assert dossier.step_intervals.filter(outcome=Outcome.DONE).count() == 3


def test_filing_gives_a_code_and_eight_working_hours_to_answer():
    office = a_one_stop()
    dossier = a_dossier(office, State.SUBMITTED, at=MONDAY - timedelta(minutes=30))

    assert dossier.code == f"{office.agency.qcvn_identifier}-231023-0001"
    assert dossier.submitted_at == MONDAY
    assert dossier.reception_due_at == TUESDAY  # nine to nine: eight hours of work a day
    assert dossier.at_unit == office.one_stop
    assert dossier.rule_set.key == "ND107_2021"


def test_numbers_of_the_day_are_the_agencys_own():
    hung_duc, minh_huong = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")

    codes = [a_dossier(office, State.SUBMITTED).code for office in (hung_duc, hung_duc, minh_huong)]

    assert [code[-4:] for code in codes] == ["0001", "0002", "0001"]


def test_acceptance_promises_a_date_and_prints_a_receipt():
    office = a_one_stop(term=Term.days(5))
    dossier = a_dossier(office, State.SUBMITTED)

    dossier = intake.accept(dossier, by=office.reception, at=MONDAY)

    assert dossier.due_at == dossier.first_due_at == MONDAY + timedelta(days=7)
    assert dossier.accepted_by == office.reception
    assert Slip.objects.get().kind == SlipKind.RECEIPT


def test_a_person_at_the_counter_is_received_in_one_step():
    office = a_one_stop()

    dossier = a_walk_in(office, phone="0900000001")

    assert dossier.state == State.ACCEPTED
    assert dossier.code.endswith("-231023-0001")
    assert dossier.papers.count() == 3
    assert events(dossier) == ["dossier.accepted"]
    assert ledger(dossier) == [ClockOwner.AGENCY]
    assert processing.running_step(dossier).step.position == 1


def test_a_draft_is_filed_only_when_it_is_complete():
    office = a_one_stop()
    dossier = intake.begin(office.version, agency=office.agency, by=office.citizen, at=MONDAY)

    with pytest.raises(intake.Incomplete) as refusal:
        intake.submit(dossier, by=office.citizen, at=MONDAY)

    asked = [one.where.partition(":")[0] for one in refusal.value.missing]
    assert asked == ["owner", "owner", "owner", "form", "form", "form", "paper", "paper"]
    dossier.refresh_from_db()
    assert (dossier.state, dossier.code) == (State.DRAFT, None)
    assert events(dossier) == ["dossier.drafted"]


def test_filing_twice_files_once():
    office = a_one_stop()
    draft = a_draft(office)
    stale = Dossier.objects.get(pk=draft.pk)
    intake.submit(draft, by=office.citizen, at=MONDAY)

    with pytest.raises(NotNow, match="Lý A Pao đã nộp hồ sơ trực tuyến lúc 09:00"):
        intake.submit(stale, by=office.citizen, at=MONDAY)

    assert Dossier.objects.filed().count() == 1
    assert events(draft).count("dossier.submitted") == 1


def test_somebody_elses_draft_cannot_be_touched():
    office, other = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    draft = a_draft(office)

    for act in (
        lambda: intake.save(draft, by=other.citizen, at=MONDAY, owner_name="Kẻ khác"),
        lambda: intake.submit(draft, by=other.citizen, at=MONDAY),
        lambda: intake.discard(draft, by=other.citizen),
        lambda: papers.add(draft.papers.first(), a_stored_file(), name="a.pdf", by=other.citizen, at=MONDAY),
    ):
        with pytest.raises(NotNow):
            act()

    draft.refresh_from_db()
    assert (draft.state, draft.owner_name) == (State.DRAFT, "Lý A Pao")


def test_the_portal_takes_no_filings_under_the_decree_of_2025():
    office = a_one_stop()
    in_2025 = MONDAY.replace(year=2025)
    draft = a_draft(office)

    with pytest.raises(intake.PortalClosed):
        intake.begin(office.version, agency=office.agency, by=office.citizen, at=in_2025)
    with pytest.raises(intake.PortalClosed):
        intake.submit(draft, by=office.citizen, at=in_2025)

    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_a_dossier_received_since_july_2025_carries_the_new_code():
    office = a_one_stop()

    dossier = a_walk_in(office, at=MONDAY.replace(year=2025, month=7, day=1))

    assert dossier.code == f"{office.agency.identifier}-250701-0001"
    assert dossier.rule_set.key == "ND118_2025"


def test_an_office_refuses_reception_with_a_reason():
    office = a_one_stop()
    dossier = a_dossier(office, State.SUBMITTED)

    with pytest.raises(intake.NoReason):
        intake.refuse(dossier, reason="  ", by=office.reception, at=MONDAY)
    assert events(dossier)[-1] == "dossier.submitted"
    dossier = intake.refuse(dossier, reason="Không thuộc thẩm quyền.", by=office.reception, at=TUESDAY)

    assert dossier.ending.reason == "Không thuộc thẩm quyền."
    assert ledger(dossier) == [ClockOwner.AGENCY]
    assert not ClockInterval.objects.filter(ended_at=None).exists()
    assert Slip.objects.get().kind == SlipKind.REFUSAL


def test_a_dossier_never_completed_is_refused_after_its_time_and_not_before():
    office = a_one_stop()
    dossier = a_dossier(office, State.AWAITING_COMPLETION)
    asked = dossier.supplement_requests.get()

    with pytest.raises(intake.StillTime):
        intake.refuse(dossier, reason="Không bổ sung.", by=office.reception, at=MONDAY + timedelta(days=10))
    assert events(dossier)[-1] == "dossier.supplement_requested"
    dossier = intake.refuse(dossier, reason="Không bổ sung.", by=office.reception, at=MONDAY + timedelta(days=11))

    assert asked.answer_by == (MONDAY + timedelta(days=10)).date()
    assert dossier.state == State.REFUSED
    assert ledger(dossier) == [ClockOwner.AGENCY, ClockOwner.APPLICANT]


def test_an_office_may_ask_only_once():
    office = a_one_stop()
    dossier = a_dossier(office, State.AWAITING_COMPLETION)
    dossier = supplement.answer(dossier, by=office.citizen, at=TUESDAY)

    with pytest.raises(supplement.AlreadyAsked):
        supplement.request(dossier, items=[Item("Ảnh 4×6")], reason="Thiếu ảnh.", by=office.reception, at=TUESDAY)

    assert dossier.supplement_requests.count() == 1
    dossier.refresh_from_db()
    assert dossier.state == State.SUBMITTED


def test_a_supplement_before_acceptance_gives_the_office_eight_hours_again():
    office = a_one_stop()
    dossier = a_dossier(office, State.AWAITING_COMPLETION)

    dossier = supplement.answer(dossier, by=office.citizen, at=TUESDAY)

    assert dossier.reception_due_at == WEDNESDAY
    assert ledger(dossier) == [ClockOwner.AGENCY, ClockOwner.APPLICANT, ClockOwner.AGENCY]


def test_a_supplement_after_acceptance_counts_the_term_again_and_keeps_both_dates():
    office = a_one_stop(term=Term.days(5))
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    first = dossier.first_due_at

    dossier = supplement.answer(dossier, by=office.citizen, at=WEDNESDAY)

    assert dossier.state == State.IN_PROGRESS
    assert dossier.due_at == WEDNESDAY + timedelta(days=7)
    assert dossier.first_due_at == first
    move = dossier.due_date_moves.get()
    assert (move.before, move.after) == (first, dossier.due_at)
    assert ledger(dossier) == [ClockOwner.AGENCY, ClockOwner.APPLICANT, ClockOwner.AGENCY]


def test_an_answer_holds_exactly_what_was_asked():
    office = a_one_stop()
    dossier = a_dossier(office, State.SUBMITTED)
    asked, other = dossier.papers.all()[:2]
    dossier = supplement.request(
        dossier,
        items=[Item("Chụp lại cho rõ", paper=asked), Item("Ghi đủ họ tên", field="ten_con")],
        reason="Ảnh mờ, tên thiếu.",
        by=office.reception,
        at=MONDAY,
    )

    with pytest.raises(intake.Incomplete):
        supplement.answer(dossier, by=office.citizen, at=TUESDAY)
    with pytest.raises(papers.NotAsked):
        papers.add(other, a_stored_file(), name="khac.pdf", by=office.citizen, at=TUESDAY)
    papers.add(asked, a_stored_file(b"%PDF-1.4 moi"), name="ro.pdf", by=office.citizen, at=TUESDAY)
    dossier = supplement.answer(
        dossier, by=office.citizen, at=TUESDAY, form={"ten_con": "Lý Gia Bảo Anh", "ngay_sinh": "1999-01-01"}
    )

    assert dossier.form["ten_con"] == "Lý Gia Bảo Anh"
    assert dossier.form["ngay_sinh"] == "2022-04-01"  # was not asked for, so it stays


def test_a_request_says_what_and_why():
    office = a_one_stop()
    dossier = a_dossier(office, State.SUBMITTED)
    foreign = a_dossier(office, State.SUBMITTED).papers.first()

    for items, reason in (
        ([], "Thiếu"),
        ([Item(" ")], "Thiếu"),
        ([Item("CCCD")], ""),
        ([Item("x", paper=foreign)], "x"),
    ):
        with pytest.raises(supplement.NothingAsked):
            supplement.request(dossier, items=items, reason=reason, by=office.reception, at=MONDAY)

    dossier.refresh_from_db()
    assert dossier.state == State.SUBMITTED
    assert not dossier.supplement_requests.exists()


def test_a_payment_stops_the_clock_and_gives_the_time_back():
    office = a_one_stop(term=Term.days(5))
    dossier = a_dossier(office, State.AWAITING_PAYMENT)
    promised = dossier.due_at
    asked_at = dossier.payment_requests.get().requested_at

    dossier = processing.settle_payment(
        dossier, receipt_number="BL-0012", by=office.reception, at=asked_at + timedelta(days=2)
    )

    assert dossier.state == State.IN_PROGRESS
    assert dossier.due_at == promised + timedelta(days=2)
    assert ledger(dossier) == [ClockOwner.AGENCY, ClockOwner.APPLICANT, ClockOwner.AGENCY]


def test_a_step_is_returned_with_a_reason_to_the_unit_before():
    office = a_one_stop()
    dossier = a_dossier(office, State.IN_PROGRESS)
    dossier = processing.do_step(dossier, at_step=processing.running_step(dossier).pk, by=office.officer, at=MONDAY)
    step = at_step(dossier)

    with pytest.raises(processing.NoReason):
        processing.return_step(dossier, at_step=step, reason="", by=office.leader, at=TUESDAY)
    dossier = processing.return_step(dossier, at_step=step, reason="Thiếu căn cứ.", by=office.leader, at=TUESDAY)

    assert dossier.at_unit == office.professional
    assert dossier.step_intervals.get(outcome=Outcome.RETURNED).note == "Thiếu căn cứ."


def test_a_dossier_returned_to_the_counter_is_handed_on_again():
    office = a_one_stop()
    dossier = a_dossier(office, State.IN_PROGRESS)
    step = processing.running_step(dossier).pk
    dossier = processing.return_step(dossier, at_step=step, reason="Thiếu dấu.", by=office.officer, at=MONDAY)
    assert (dossier.state, dossier.at_unit) == (State.IN_PROGRESS, office.one_stop)

    dossier = processing.hand_to_agency(dossier, at_step=at_step(dossier), by=office.reception, at=TUESDAY)

    assert (dossier.state, dossier.at_unit) == (State.IN_PROGRESS, office.professional)


def test_an_old_page_does_not_hand_on_anew_what_came_back():
    office = a_one_stop()
    dossier = a_dossier(office, State.ACCEPTED)
    seen = at_step(dossier)
    dossier = processing.hand_to_agency(dossier, at_step=seen, by=office.reception, at=MONDAY)
    dossier = processing.return_step(
        dossier, at_step=at_step(dossier), reason="Thiếu dấu.", by=office.officer, at=MONDAY
    )

    with pytest.raises(processing.MovedOn):
        processing.hand_to_agency(dossier, at_step=seen, by=office.reception, at=TUESDAY)

    assert events(dossier).count("dossier.handed_to_agency") == 1


def test_an_old_page_does_not_end_a_step_it_never_showed():
    office = a_one_stop()
    dossier = a_dossier(office, State.IN_PROGRESS)
    seen = processing.running_step(dossier).pk
    processing.do_step(dossier, at_step=seen, by=office.officer, at=MONDAY)

    with pytest.raises(processing.MovedOn, match="Hoàng Văn Hùng đã hoàn thành một bước xử lý"):
        processing.do_step(dossier, at_step=seen, by=office.officer, at=MONDAY)

    assert events(dossier).count("dossier.step_done") == 1


def test_nobody_approves_what_they_drafted():
    office = a_one_stop()
    office.officer.assignments.create(unit=office.leaders, role=Role.LEADER, valid_from=MONDAY.date())
    office.officer.__dict__.pop("duties", None)
    dossier = a_dossier(office, State.IN_PROGRESS)
    dossier = processing.do_step(dossier, at_step=processing.running_step(dossier).pk, by=office.officer, at=MONDAY)

    with pytest.raises(processing.OwnDraft):
        processing.approve(
            dossier,
            at_step=processing.running_step(dossier).pk,
            granted=True,
            number="1",
            by=office.officer,
            at=MONDAY,
        )

    assert not hasattr(Dossier.objects.get(pk=dossier.pk), "decision")


def test_an_approval_step_cannot_be_passed_without_approving():
    office = a_one_stop()
    dossier = a_dossier(office, State.IN_PROGRESS)
    dossier = processing.do_step(dossier, at_step=processing.running_step(dossier).pk, by=office.officer, at=MONDAY)
    at_step = processing.running_step(dossier).pk

    with pytest.raises(processing.NeedsApproval):
        processing.do_step(dossier, at_step=at_step, by=office.leader, at=MONDAY)
    with pytest.raises(processing.NoNumber):
        processing.approve(dossier, at_step=at_step, granted=True, number=" ", by=office.leader, at=MONDAY)
    with pytest.raises(processing.NoReason):
        processing.approve(dossier, at_step=at_step, granted=False, number="7", by=office.leader, at=MONDAY)

    assert processing.running_step(dossier).pk == at_step


def test_a_refusal_to_settle_is_a_result_that_is_handed_over():
    office = a_one_stop()
    dossier = a_dossier(office, State.IN_PROGRESS)
    dossier = processing.do_step(dossier, at_step=processing.running_step(dossier).pk, by=office.officer, at=MONDAY)
    dossier = processing.approve(
        dossier,
        at_step=processing.running_step(dossier).pk,
        granted=False,
        number="15/TB-UBND",
        summary="Chưa đủ điều kiện.",
        by=office.leader,
        at=MONDAY,
    )

    dossier = to_the_end(dossier, office, at=MONDAY)

    assert dossier.state == State.READY
    assert not dossier.decision.granted


def test_after_approval_nothing_goes_back_stops_or_is_withdrawn():
    office = a_one_stop()
    dossier = a_dossier(office, State.IN_PROGRESS)
    dossier = processing.do_step(dossier, at_step=processing.running_step(dossier).pk, by=office.officer, at=MONDAY)
    at_step = processing.running_step(dossier).pk
    dossier = processing.approve(dossier, at_step=at_step, granted=True, number="7", by=office.leader, at=MONDAY)
    at_step = processing.running_step(dossier).pk

    for act in (
        lambda: processing.return_step(dossier, at_step=at_step, reason="Sai", by=office.clerk, at=TUESDAY),
        lambda: processing.stop(dossier, reason="Sai", by=office.leader, at=TUESDAY),
        lambda: results.withdraw(dossier, reason="Đổi ý", by=office.reception, at=TUESDAY),
    ):
        with pytest.raises(processing.Decided):
            act()

    assert events(dossier)[-1] == "dossier.approved"


def test_the_citizen_withdraws_before_acceptance_and_asks_the_office_after():
    office = a_one_stop()
    early, late = a_dossier(office, State.SUBMITTED), a_dossier(office, State.ACCEPTED)

    early = results.withdraw(early, reason="Đổi ý", by=office.citizen, at=MONDAY)
    with pytest.raises(results.AskTheOffice):
        results.withdraw(late, reason="Đổi ý", by=office.citizen, at=TUESDAY)
    late = results.withdraw(late, reason="Người nộp đề nghị", by=office.reception, at=TUESDAY)

    assert (early.state, early.finished_at) == (State.WITHDRAWN, None)
    assert (late.state, late.finished_at) == (State.WITHDRAWN, TUESDAY)
    assert not ClockInterval.objects.filter(ended_at=None).exists()
    assert processing.running_step(late) is None


def test_a_stranger_can_do_nothing():
    office, other = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    strangers = [other.reception, other.officer, other.leader, other.clerk, other.citizen]

    for state in State:
        if state == State.DRAFT:
            continue
        dossier = a_dossier(office, state)
        for stranger in strangers:
            assert [act.name for act in acts(dossier, stranger) if act.allowed] == []
            assert not Dossier.objects.handled_by(stranger).filter(pk=dossier.pk).exists()


def test_every_act_tells_why_it_is_not_possible():
    office = a_one_stop()
    dossier = a_dossier(office, State.RETURNED)

    refused = {act.name: act.why_not for act in acts(dossier, office.reception)}

    assert set(refused) == {
        "accept",
        "settle_at_once",
        "hand_to_agency",
        "do_step",
        "take",
        "give_back",
        "hand_over",
        "post_result",
        "take_back",
        "note_arrival",
        "record_answer",
        "request_supplement",
        "request_payment",
        "settle_payment",
        "recall",
        "send_elsewhere",
        "refuse",
        "withdraw",
    }
    assert all("Đã trả kết quả" in why for why in refused.values())
    assert set(refused) < set(ACTS)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_officers_at_once_exactly_one_wins_and_the_others_read_who():
    office = a_one_stop()
    dossier = a_dossier(office, State.SUBMITTED)
    officers = [an_officer(office.one_stop, Role.RECEPTION_OFFICER, f"Cán bộ số {n}") for n in range(20)]
    for officer in officers:
        assert officer.duties
    told, start = [], threading.Barrier(20)

    def accept(officer):
        start.wait()
        try:
            intake.accept(dossier, by=officer, at=MONDAY)
            told.append((officer.full_name, ""))
        except NotNow as refusal:
            told.append((officer.full_name, str(refusal)))
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=(officer,)) for officer in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    winners = [name for name, sentence in told if not sentence]
    assert len(winners) == 1
    assert len(told) == 20
    assert all(f"{winners[0]} đã tiếp nhận hồ sơ" in sentence for _, sentence in told if sentence)
    assert events(dossier).count("dossier.accepted") == 1
    assert Slip.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_filings_at_once_have_twenty_codes():
    office = a_one_stop()
    drafts = [a_draft(office) for _ in range(20)]
    start = threading.Barrier(20)

    def file(draft):
        start.wait()
        try:
            intake.submit(draft, by=office.citizen, at=MONDAY)
        finally:
            connection.close()

    threads = [threading.Thread(target=file, args=(draft,)) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    codes = set(Dossier.objects.filed().values_list("code", flat=True))
    assert {code[-4:] for code in codes} == {f"{n:04d}" for n in range(1, 21)}


def test_handing_over_needs_a_recipient():
    office = a_one_stop()
    dossier = a_dossier(office, State.READY)

    with pytest.raises(results.NoRecipient):
        results.hand_over(dossier, method=ReturnBy.COUNTER, recipient_name=" ", by=office.reception, at=TUESDAY)

    dossier.refresh_from_db()
    assert dossier.state == State.READY
    assert owner(office)["owner_name"] == dossier.owner_name


def test_a_paper_taken_back_between_the_check_and_the_filing_is_missed():
    office = a_one_stop()
    draft = a_draft(office)
    shown = Dossier.objects.get(pk=draft.pk)
    paper = draft.papers.get(component__required=True, component__may_bring_later=False)
    papers.remove(paper.files.get(), by=office.citizen, at=TUESDAY)

    with pytest.raises(intake.Incomplete):
        intake._submit(
            shown,
            "000.00.00.H60-231024-0001",
            shown.rule_set or intake.rules.rules_on(TUESDAY.date()),
            by=office.citizen,
            at=TUESDAY,
        )

    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_a_draft_of_an_older_version_is_not_filed_under_the_new_one():
    office = a_one_stop()
    draft = a_draft(office)
    from motcua.catalogue.testing import a_procedure

    a_procedure("1.001193", name="Đăng ký khai sinh (mới)", valid_from=MONDAY.date())

    with pytest.raises(intake.NewVersion):
        intake.submit(draft, by=office.citizen, at=MONDAY)

    draft.refresh_from_db()
    assert (draft.state, draft.code) == (State.DRAFT, None)


def test_a_result_goes_through_the_portal_only_as_a_file_and_to_an_account():
    office = a_one_stop()
    dossier = a_dossier(office, State.READY)
    through_the_portal = {
        "method": ReturnBy.ONLINE,
        "recipient_name": dossier.owner_name,
        "by": office.reception,
        "at": WEDNESDAY,
    }

    with pytest.raises(results.NotOnline):
        results.hand_over(dossier, **through_the_portal)
    Decision.objects.update(file=a_stored_file(), file_name="kq.pdf")
    Dossier.objects.filter(pk=dossier.pk).update(account=None)
    with pytest.raises(results.NotOnline):
        results.hand_over(dossier, **through_the_portal)
    assert Dossier.objects.get(pk=dossier.pk).state == State.READY

    Dossier.objects.filter(pk=dossier.pk).update(account=office.citizen)
    assert results.hand_over(dossier, **through_the_portal).state == State.RETURNED
