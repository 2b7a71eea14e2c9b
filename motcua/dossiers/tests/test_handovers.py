"""Papers between a one-stop office and those who settle: each side signs for itself."""

from datetime import timedelta
from uuid import uuid4

import pytest

from motcua.accounts.models import Assignment
from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.catalogue import processes
from motcua.catalogue.testing import steps
from motcua.dossiers import correcting, handovers, moving, processing
from motcua.dossiers.models import Dossier, HandoverItem, HandoverKind, HandoverList, Outcome, ReturnBy, State
from motcua.dossiers.processing import hand_to_agency
from motcua.dossiers.testing import MONDAY, TUESDAY, WEDNESDAY, a_dossier, a_one_stop, a_walk_in, at_step, to_the_end
from motcua.journal.models import Entry
from motcua.organisations.models import UnitKind

LATER = MONDAY + timedelta(hours=5)


def waiting(kind, officer, at=LATER):
    return list(handovers.waiting(kind, officer, at))


def given(office, moved, *, kind=HandoverKind.DOSSIERS, by=None, at=LATER, unit=None, **told):
    return handovers.give(
        kind,
        office.agency,
        unit or office.professional,
        [one.pk for one in moved],
        by=by or office.reception,
        at=at,
        **{"public_id": uuid4(), **told},
    )


@pytest.fixture
def office(db):
    return a_one_stop()


def test_what_was_handed_on_waits_for_a_list_and_what_is_at_the_counter_does_not(office):
    handed = a_dossier(office)
    a_dossier(office, State.ACCEPTED)

    assert [one.dossier for one in waiting(HandoverKind.DOSSIERS, office.reception)] == [handed]
    assert waiting(HandoverKind.DOSSIERS, office.officer) == []


def test_what_lies_at_the_desk_again_is_not_listed_and_what_was_handed_on_anew_is_once(office):
    recalled, given_back = a_dossier(office), a_dossier(office)
    moving.recall(recalled, reason="Nhầm.", by=office.reception, at=LATER)
    given_back = processing.return_step(
        given_back, at_step=at_step(given_back), reason="Thiếu dấu.", by=office.officer, at=LATER
    )
    assert waiting(HandoverKind.DOSSIERS, office.reception) == []

    hand_to_agency(given_back, at_step=at_step(given_back), by=office.reception, at=LATER + timedelta(minutes=5))

    listed = waiting(HandoverKind.DOSSIERS, office.reception, LATER + timedelta(minutes=6))
    assert [one.dossier for one in listed] == [given_back]


def test_a_list_waits_for_the_other_side_until_it_is_signed(office):
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    a_dossier(office)
    one = given(office, waiting(HandoverKind.DOSSIERS, office.reception))

    assert list(handovers.to_receive(office.officer)) == [one]
    for nobody in (office.reception, other.officer, other.reception):
        assert not handovers.to_receive(nobody)
    handovers.receive(one, {}, by=office.officer, at=TUESDAY)
    assert not handovers.to_receive(office.officer)


def test_a_list_is_signed_by_whoever_gives_and_changes_no_dossier(office):
    dossier = a_dossier(office)
    before = Dossier.objects.values().get(pk=dossier.pk)

    one = given(office, waiting(HandoverKind.DOSSIERS, office.reception))

    assert (one.given_by, one.given_at, one.received_by) == (office.reception, LATER, None)
    assert waiting(HandoverKind.DOSSIERS, office.reception) == []
    assert Dossier.objects.values().get(pk=dossier.pk) == before
    line = Entry.objects.get(subject=one.subject)
    assert (line.event, line.actor, line.facts["dossiers"]) == ("handover.given", office.reception, [dossier.pk])


def test_only_what_was_ticked_is_listed_and_the_rest_waits(office):
    ticked, left = a_dossier(office), a_dossier(office)
    moved = waiting(HandoverKind.DOSSIERS, office.reception)

    one = given(office, [interval for interval in moved if interval.dossier == ticked])

    assert [item.interval.dossier for item in one.items.all()] == [ticked]
    assert [interval.dossier for interval in waiting(HandoverKind.DOSSIERS, office.reception)] == [left]


def test_the_same_page_sent_twice_makes_one_list(office):
    a_dossier(office)
    moved, page = waiting(HandoverKind.DOSSIERS, office.reception), uuid4()

    first = given(office, moved, public_id=page)
    second = given(office, moved, public_id=page)

    assert first == second
    assert HandoverList.objects.count() == HandoverItem.objects.count() == 1


def test_two_pages_do_not_list_the_same_handing_on_twice(office):
    a_dossier(office)
    moved = waiting(HandoverKind.DOSSIERS, office.reception)
    given(office, moved)

    with pytest.raises(handovers.Listed):
        given(office, moved)

    assert HandoverList.objects.count() == 1
    assert Entry.objects.filter(event="handover.given").count() == 1


def test_an_empty_list_is_refused(office):
    with pytest.raises(handovers.NothingToList):
        given(office, [])

    assert not HandoverList.objects.exists()


@pytest.mark.parametrize("who", ["officer", "head", "clerk", "leader"])
def test_the_other_side_makes_no_list_of_dossiers(office, who):
    a_dossier(office)

    with pytest.raises(handovers.NotYours):
        given(office, waiting(HandoverKind.DOSSIERS, office.reception), by=getattr(office, who))

    assert not HandoverList.objects.exists()


def test_the_receiver_signs_and_the_list_is_closed(office):
    a_dossier(office)
    one = given(office, waiting(HandoverKind.DOSSIERS, office.reception))

    one = handovers.receive(one, {}, by=office.officer, at=TUESDAY)

    assert (one.received_by, one.received_at) == (office.officer, TUESDAY)
    assert "Đã ký nhận đủ: Hoàng Văn Hùng" in handovers.state_of(one)
    assert Entry.objects.filter(subject=one.subject).latest("number").event == "handover.received"
    with pytest.raises(handovers.Complete):
        handovers.receive(one, {}, by=office.head, at=WEDNESDAY)


def test_nobody_signs_for_both_sides(office):
    a_dossier(office)
    Assignment.objects.create(
        person=office.reception, unit=office.professional, role=Role.PROCESSING_OFFICER, valid_from="2020-01-01"
    )
    del office.reception.__dict__["duties"]
    one = given(office, waiting(HandoverKind.DOSSIERS, office.reception))

    with pytest.raises(handovers.OwnHands):
        handovers.receive(one, {}, by=office.reception, at=TUESDAY)

    one.refresh_from_db()
    assert one.received_at is None
    assert not one.items.exclude(received_at=None).exists()


def test_another_unit_and_another_agency_neither_sign_nor_see(office):
    a_dossier(office)
    one = given(office, waiting(HandoverKind.DOSSIERS, office.reception))
    elsewhere = a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="2.000635")

    for stranger in (office.clerk, elsewhere.officer, elsewhere.reception, office.reception):
        with pytest.raises(handovers.NotYours):
            handovers.receive(one, {}, by=stranger, at=TUESDAY)
    for stranger in (office.clerk, elsewhere.officer, elsewhere.reception):
        assert not handovers.seen_by(stranger).exists()
    for side in (office.reception, office.officer, office.head):
        assert list(handovers.seen_by(side)) == [one]


def test_what_is_missing_keeps_the_list_open_until_it_comes(office):
    there, lost = a_dossier(office), a_dossier(office)
    one = given(office, waiting(HandoverKind.DOSSIERS, office.reception))
    item = one.items.get(interval__dossier=lost)

    one = handovers.receive(one, {item.pk: "Thiếu bản chính giấy chứng sinh"}, by=office.officer, at=TUESDAY)

    assert one.received_at is None
    assert handovers.state_of(one).startswith("Còn mở: bên nhận báo thiếu 1 hồ sơ")
    assert [item.interval.dossier for item in one.items.exclude(received_at=None)] == [there]
    events = list(Entry.objects.filter(subject=one.subject).order_by("number").values_list("event", "facts__dossiers"))
    assert events[1:] == [("handover.received", [there.pk]), ("handover.missed", [lost.pk])]

    one = handovers.receive(one, {}, by=office.head, at=WEDNESDAY)

    assert one.received_by == office.head
    item.refresh_from_db()
    assert (item.received_by, item.missing) == (office.head, "Thiếu bản chính giấy chứng sinh")


def test_the_giver_takes_back_what_is_missing_and_lists_it_anew(office):
    a_dossier(office)
    lost = a_dossier(office)
    one = given(office, waiting(HandoverKind.DOSSIERS, office.reception))
    item = one.items.get(interval__dossier=lost)
    with pytest.raises(handovers.NotMissing):
        handovers.take_back(one, item.pk, by=office.reception, at=TUESDAY)
    handovers.receive(one, {item.pk: "Không có trong túi"}, by=office.officer, at=TUESDAY)
    with pytest.raises(handovers.NotYours):
        handovers.take_back(one, item.pk, by=office.officer, at=WEDNESDAY)

    one = handovers.take_back(one, item.pk, by=office.reception, at=WEDNESDAY)

    assert one.received_by == office.officer  # who signed for all that is left
    again = waiting(HandoverKind.DOSSIERS, office.reception, WEDNESDAY)
    assert [interval.dossier for interval in again] == [lost]
    assert given(office, again, at=WEDNESDAY).items.get().interval == item.interval


def test_a_dossier_handed_on_again_is_listed_again(office):
    dossier = a_dossier(office)
    given(office, waiting(HandoverKind.DOSSIERS, office.reception))
    dossier = moving.recall(dossier, reason="Chuyển nhầm.", by=office.reception, at=LATER + timedelta(minutes=5))
    assert waiting(HandoverKind.DOSSIERS, office.reception) == []

    hand_to_agency(dossier, at_step=at_step(dossier), by=office.reception, at=LATER + timedelta(minutes=9))

    assert [one.dossier for one in waiting(HandoverKind.DOSSIERS, office.reception, TUESDAY)] == [dossier]


def test_results_go_back_the_other_way(office):
    ready = a_dossier(office, State.READY)
    gone = a_dossier(office, State.RETURNED)
    a_dossier(office, State.STOPPED)
    moved = waiting(HandoverKind.RESULTS, office.clerk)
    assert [one.dossier for one in moved] == [ready, gone]
    assert waiting(HandoverKind.RESULTS, office.reception) == waiting(HandoverKind.RESULTS, office.officer) == []

    one = given(office, moved, kind=HandoverKind.RESULTS, unit=office.clerks, by=office.clerk)
    with pytest.raises(handovers.NotYours):
        handovers.receive(one, {}, by=office.officer, at=TUESDAY)
    one = handovers.receive(one, {}, by=office.reception, at=TUESDAY)

    assert one.received_by == office.reception
    assert waiting(HandoverKind.RESULTS, office.clerk) == []


def test_the_counter_makes_no_list_of_results(office):
    a_dossier(office, State.READY)

    with pytest.raises(handovers.NotYours):
        given(
            office,
            waiting(HandoverKind.RESULTS, office.clerk),
            kind=HandoverKind.RESULTS,
            unit=office.clerks,
            by=office.reception,
        )

    assert not HandoverList.objects.exists()


def test_the_sheet_of_dossiers_tells_what_the_agency_is_asked_for_and_until_when(office):
    dossier = a_walk_in(office)
    hand_to_agency(dossier, at_step=at_step(dossier), by=office.reception, at=MONDAY + timedelta(minutes=20))
    one = given(office, waiting(HandoverKind.DOSSIERS, office.reception))

    sheet = handovers.sheet(one)

    (row,) = sheet.rows
    assert (row.code, row.owner, row.content) == (dossier.code, "Lý A Pao", dossier.procedure_name)
    assert row.received_at == "09:00 23/10/2023"
    assert row.due_at == handovers._short(dossier.due_at)
    assert [paper.name for paper in row.papers] == [paper.name for paper in dossier.papers.all()]
    assert row.papers[0].counts
    assert sheet.giver == "Bộ phận Một cửa, Ủy ban nhân dân xã Hùng Đức"
    assert sheet.taker == "Công chức Tư pháp - Hộ tịch, Ủy ban nhân dân xã Hùng Đức"
    assert len(sheet.copies) == 2
    assert sheet.given.name == "Nguyễn Thị Lan"
    assert sheet.received.name == ""
    assert handovers.pdf(one).startswith(b"%PDF")


def test_the_sheet_of_results_marks_fees_and_post(office):
    a_dossier(office, State.READY, return_by=ReturnBy.POST, return_address="Tổ 5")
    one = given(
        office,
        waiting(HandoverKind.RESULTS, office.clerk),
        kind=HandoverKind.RESULTS,
        unit=office.clerks,
        by=office.clerk,
    )
    handovers.receive(one, {}, by=office.reception, at=TUESDAY)

    sheet = handovers.sheet(handovers.seen_by(office.reception).get())

    assert sheet.title == "Phiếu bàn giao kết quả giải quyết thủ tục hành chính"
    assert sheet.rows[0][3] == "12/TLKS"
    assert sheet.rows[0][7] == "X"
    assert (sheet.given.name, sheet.received.name) == ("Phùng Thị Mai", "Nguyễn Thị Lan")
    assert handovers.pdf(one).startswith(b"%PDF")


def test_what_is_missing_stands_on_the_paper_too(office):
    a_dossier(office)
    one = given(office, waiting(HandoverKind.DOSSIERS, office.reception))
    handovers.receive(one, {one.items.get().pk: "thiếu tờ khai"}, by=office.officer, at=TUESDAY)

    assert handovers.sheet(one).rows[0].note == "Báo thiếu: thiếu tờ khai"


def test_a_colleague_at_the_same_counter_sees_and_lists_too(office):
    a_dossier(office)
    colleague = an_officer(office.one_stop, Role.RECEPTION_OFFICER, "Bàn Thị Mùi")

    one = given(office, waiting(HandoverKind.DOSSIERS, colleague), by=colleague)

    assert list(handovers.seen_by(office.reception)) == [one]


def test_a_result_corrected_and_finished_again_is_listed_again(office):
    dossier = a_dossier(office, State.READY)
    first = waiting(HandoverKind.RESULTS, office.clerk)
    given(office, first, kind=HandoverKind.RESULTS, unit=office.clerks, by=office.clerk)
    dossier = correcting.correct(dossier, reason="Sai họ tên.", by=office.leader, at=TUESDAY)
    assert waiting(HandoverKind.RESULTS, office.clerk, WEDNESDAY) == []

    to_the_end(dossier, office, at=WEDNESDAY)

    assert [one.dossier for one in waiting(HandoverKind.RESULTS, office.clerk, WEDNESDAY)] == [dossier]


def test_a_result_whose_signature_was_the_last_step_goes_back_with_a_list_too(office):
    first, examine, sign = steps()[:3]
    give = {"work": "Trả kết quả", "unit_kind": UnitKind.ONE_STOP, "role": Role.RECEPTION_OFFICER, "hours": 0.5}
    processes.issue(office.version, [first, examine, sign, give | {"position": 4}])
    dossier = to_the_end(a_dossier(office), office, at=TUESDAY)
    assert dossier.step_intervals.latest("pk").outcome == Outcome.APPROVED

    listed = waiting(HandoverKind.RESULTS, office.leader, WEDNESDAY)

    assert [one.dossier for one in listed] == [dossier]
