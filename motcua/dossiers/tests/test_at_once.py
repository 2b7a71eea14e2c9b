"""Settled at the desk while the person waits (trả kết quả ngay; one-stop.md §2.3: 2 → 9)."""

import pytest

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.catalogue import processes
from motcua.catalogue.testing import a_procedure, steps, steps_at_one_desk
from motcua.dossiers import clock, correcting, processing, results, supplement
from motcua.dossiers.acts import acts
from motcua.dossiers.lifecycle import NotNow, NotYours
from motcua.dossiers.models import Decision, Dossier, Outcome, ReturnBy, State, StepInterval
from motcua.dossiers.register import Book, entered, entries
from motcua.dossiers.supplement import Item
from motcua.dossiers.testing import (
    MONDAY,
    PDF,
    RESULT,
    TUESDAY,
    WEDNESDAY,
    a_one_stop,
    a_stored_file,
    a_walk_in,
    at_step,
)
from motcua.journal.testing import events

pytestmark = pytest.mark.django_db


def a_desk():
    """A one-stop office that certifies signatures itself."""
    office = a_one_stop()
    office.version = a_procedure("1.001197", name="Chứng thực chữ ký", same_day=True, process=False)
    processes.issue(office.version, steps_at_one_desk())
    return office


def settle(dossier, office, *, by=None, at=TUESDAY, **told):
    step = processing.running_step(dossier)
    told = {"granted": True, "number": "12/CT", "at_step": step.pk if step else 0, **told}
    return processing.settle_at_once(dossier, by=by or office.reception, at=at, **told)


def offered(dossier, officer):
    return {act.name for act in acts(dossier, officer) if act.allowed}


def test_what_one_desk_settles_goes_from_accepted_to_ready_in_one_sitting():
    office = a_desk()
    dossier = a_walk_in(office)

    dossier = settle(dossier, office, stored=a_stored_file(RESULT), file_name="ket-qua.pdf")

    assert dossier.state == State.READY
    assert (dossier.finished_at, dossier.decision.decided_by, dossier.decision.number) == (
        TUESDAY,
        office.reception,
        "12/CT",
    )
    assert events(dossier) == ["dossier.accepted", "dossier.approved", "dossier.finished"]
    ledger = dossier.clock.get()
    assert (ledger.started_at, ledger.ended_at) == (MONDAY, TUESDAY)
    assert dossier.step_intervals.get().outcome == Outcome.APPROVED


def test_the_result_is_handed_over_to_the_person_who_waits():
    office = a_desk()
    dossier = settle(a_walk_in(office), office, at=MONDAY)

    dossier = results.hand_over(
        dossier, method=ReturnBy.COUNTER, recipient_name=dossier.owner_name, by=office.reception, at=MONDAY
    )

    assert dossier.state == State.RETURNED
    assert clock.lateness(dossier, WEDNESDAY) == "on_time"


def test_the_desk_is_offered_it_and_no_agency_to_hand_it_to():
    office = a_desk()
    dossier = a_walk_in(office)

    assert "settle_at_once" in offered(dossier, office.reception)
    assert "hand_to_agency" not in offered(dossier, office.reception)
    with pytest.raises(processing.SettledHere):
        processing.hand_to_agency(dossier, at_step=at_step(dossier), by=office.reception, at=TUESDAY)
    assert Dossier.objects.get().state == State.ACCEPTED


def test_a_refusal_to_settle_is_a_result_too_and_says_why():
    office = a_desk()
    dossier = a_walk_in(office)

    with pytest.raises(processing.NoReason):
        settle(dossier, office, granted=False)
    assert not Decision.objects.exists()

    dossier = settle(dossier, office, granted=False, summary="Người yêu cầu không xuất trình giấy tờ tùy thân.")
    assert (dossier.state, dossier.decision.granted) == (State.READY, False)


def test_a_process_with_steps_at_an_agency_has_no_result_at_the_desk():
    office = a_one_stop()
    dossier = a_walk_in(office)

    with pytest.raises(processing.NotAtOnce):
        settle(dossier, office)

    assert not Decision.objects.exists()
    assert Dossier.objects.get().state == State.ACCEPTED
    assert "settle_at_once" not in offered(dossier, office.reception)


@pytest.mark.parametrize("who", ["officer", "leader", "clerk"])
def test_nobody_but_the_desk_settles_it(who):
    office = a_desk()
    dossier = a_walk_in(office)

    with pytest.raises(NotYours):
        settle(dossier, office, by=getattr(office, who))

    assert Dossier.objects.get().state == State.ACCEPTED


def test_the_desk_of_another_office_settles_nothing_here():
    office, elsewhere = a_desk(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    dossier = a_walk_in(office)

    with pytest.raises(NotYours):
        settle(dossier, office, by=elsewhere.reception)

    assert Dossier.objects.get().state == State.ACCEPTED


def test_it_needs_a_number_and_no_paper_of_the_applicant_is_the_result():
    office = a_desk()
    dossier = a_walk_in(office)
    paper = dossier.papers.first()
    stored = a_stored_file(PDF)
    paper.files.create(file=stored, name="giay.pdf", added_at=MONDAY)

    with pytest.raises(processing.NoNumber):
        settle(dossier, office, number=" ")
    with pytest.raises(processing.NotAResult):
        settle(dossier, office, stored=stored)

    assert not Decision.objects.exists()


def test_two_presses_settle_once():
    office = a_desk()
    dossier = a_walk_in(office)
    step = processing.running_step(dossier).pk
    settle(dossier, office)

    for page in (step, 0):
        with pytest.raises(processing.MovedOn):
            settle(dossier, office, at_step=page)

    assert events(dossier).count("dossier.finished") == 1


def test_a_wrong_result_of_the_desk_comes_back_to_the_desk_and_only_a_leader_sends_it():
    office = a_desk()
    dossier = settle(a_walk_in(office), office)

    with pytest.raises(NotYours):
        correcting.correct(dossier, reason="Sai họ tên.", by=office.reception, at=WEDNESDAY)
    dossier = correcting.correct(dossier, reason="Sai họ tên.", by=office.leader, at=WEDNESDAY)

    assert dossier.state == State.IN_PROGRESS
    assert offered(dossier, office.reception) >= {"settle_at_once"}
    assert "hand_to_agency" not in offered(dossier, office.reception)
    assert settle(dossier, office, at=WEDNESDAY).finished_at == WEDNESDAY


def test_the_desk_may_still_ask_the_person_to_complete_it():
    office = a_desk()
    dossier = a_walk_in(office)

    dossier = supplement.request(
        dossier, items=[Item("Giấy tờ tùy thân còn hạn")], reason="Hết hạn.", by=office.reception, at=MONDAY
    )
    with pytest.raises(NotNow):
        settle(dossier, office)
    dossier = supplement.answer(dossier, by=office.reception, at=TUESDAY)

    assert dossier.state == State.ACCEPTED
    assert settle(dossier, office).state == State.READY


def test_the_register_says_that_it_never_went_to_an_agency():
    office = a_desk()
    settle(a_walk_in(office), office)

    book = Book(office.agency.pk, at_counter=True)
    line = entries(entered(Dossier.objects.all(), book, MONDAY.date(), TUESDAY.date()))[0]

    assert (line.handed_at, line.came_back_at) == (None, TUESDAY)


def test_where_the_leader_signs_last_the_result_is_at_the_desk_with_the_signature():
    """Tiếp nhận, thẩm định, ký, trả kết quả: nobody is left between the signature and the hand-over."""
    office = a_one_stop()
    first, examine, sign, _stamp = steps()
    rows = [first, examine, sign, steps_at_one_desk()[2]]
    processes.issue(office.version, [row | {"position": nth} for nth, row in enumerate(rows, start=1)])
    dossier = a_walk_in(office)
    dossier = processing.hand_to_agency(dossier, at_step=at_step(dossier), by=office.reception, at=MONDAY)
    dossier = processing.do_step(dossier, at_step=processing.running_step(dossier).pk, by=office.officer, at=TUESDAY)

    dossier = processing.approve(
        dossier,
        at_step=processing.running_step(dossier).pk,
        granted=True,
        number="12/TLKS",
        by=office.leader,
        at=WEDNESDAY,
    )

    assert (dossier.state, dossier.finished_at) == (State.READY, WEDNESDAY)
    assert (dossier.at_unit, dossier.at_role) == (office.one_stop, Role.RECEPTION_OFFICER)
    assert events(dossier)[-2:] == ["dossier.approved", "dossier.finished"]
    assert not StepInterval.objects.filter(ended_at=None).exists()


def test_only_the_whole_of_a_desk_lets_the_desk_decide():
    """A process issued with one step elsewhere is refused where the officer of the desk would sign."""
    version = a_procedure(process=False)
    elsewhere = steps_at_one_desk()
    elsewhere.insert(1, {**steps()[1], "position": 2})

    with pytest.raises(processes.WrongProcess, match="Cán bộ một cửa không được giao việc “Phê duyệt kết quả”"):
        processes.issue(version, [row | {"position": nth} for nth, row in enumerate(elsewhere, start=1)])


def test_a_colleague_at_the_desk_settles_what_another_received():
    office = a_desk()
    dossier = a_walk_in(office)
    colleague = an_officer(office.one_stop, Role.RECEPTION_OFFICER, "Vi Thị Ngân")

    assert settle(dossier, office, by=colleague).decision.decided_by == colleague
