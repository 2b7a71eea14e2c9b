"""At the desk: whose a step is, in lists, badges and on the head's board (người thụ lý)."""

import re

import pytest
from django.urls import reverse

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.counter import badges
from motcua.counter.models import Badge
from motcua.counter.testing import address, at_the_desk
from motcua.dossiers import holding, processing
from motcua.dossiers.models import Dossier, HolderChange, State
from motcua.dossiers.testing import MONDAY, a_dossier, a_one_stop, at_step
from motcua.journal.models import Entry

pytestmark = pytest.mark.usefixtures("monday")


def text(response):
    return response.content.decode()


def a_colleague(office):
    return an_officer(office.professional, Role.PROCESSING_OFFICER, "Nông Văn Sơn")


def test_what_was_taken_stands_in_the_list_of_its_holder_alone_and_in_that_of_the_unit(office):
    dossier, son = a_dossier(office, State.IN_PROGRESS), a_colleague(office)
    mine, theirs = at_the_desk(office.officer), at_the_desk(son)
    assert dossier.code in text(mine.get(reverse("counter:home"))) and dossier.code in text(
        theirs.get(reverse("counter:home"))
    )

    said = mine.post(address(dossier, "take"), {"at_step": at_step(dossier)}, follow=True)

    assert "Hoàng Văn Hùng thụ lý" in text(said)
    assert dossier.code in text(mine.get(reverse("counter:home")))
    assert dossier.code not in text(theirs.get(reverse("counter:home")))
    assert dossier.code in text(theirs.get(reverse("counter:unit")))
    assert dossier.code not in text(theirs.get(reverse("counter:unit"), {"han": "chua-ai-nhan"}))
    refused = theirs.post(address(dossier, "do_step"), {"at_step": at_step(dossier)})
    assert refused.status_code == 422
    assert "Bước này do Hoàng Văn Hùng thụ lý" in text(refused)


def test_several_are_taken_at_once(office):
    dossiers = [a_dossier(office, State.IN_PROGRESS) for _ in range(2)]
    desk = at_the_desk(office.officer)
    ticks = [f"{one.code} {at_step(one)}" for one in dossiers]

    assert "Nhận việc" in text(desk.get(reverse("counter:home")))
    desk.post(reverse("counter:batch_take"), {"chon": ticks, "lam": "1"})

    for one in dossiers:
        one.refresh_from_db()
    assert {one.holder for one in dossiers} == {office.officer}


def test_the_head_gives_work_and_the_one_who_got_it_has_a_badge(office):
    dossier, son = a_dossier(office, State.IN_PROGRESS), a_colleague(office)
    desk = at_the_desk(office.head)
    page = text(desk.get(address(dossier, "assign")))
    assert "Nông Văn Sơn" in page

    done = desk.post(address(dossier, "assign"), {"at_step": at_step(dossier), "holder": son.pk})
    badges.tell(Entry.objects.get(event="dossier.step_assigned"))

    assert done.status_code == 302
    assert [badge.officer for badge in Badge.objects.all()] == [son]
    assert "Được giao việc" in text(at_the_desk(son).get(reverse("counter:home")))


def test_the_board_tells_who_holds_how_much_and_each_number_opens_its_list(office):
    held, free = a_dossier(office, State.IN_PROGRESS), a_dossier(office, State.IN_PROGRESS)
    holding.take(held, at_step=at_step(held), by=office.officer, at=MONDAY)
    desk = at_the_desk(office.leader)

    board = text(desk.get(reverse("counter:board")))
    listed = text(
        desk.get(
            reverse("counter:board_list"),
            {"phan": "dang-giu", "don-vi": office.professional.pk, "can-bo": office.officer.pk},
        )
    )

    assert 'Hoàng Văn Hùng <span class="quiet">thụ lý</span>' in board
    assert held.code in listed
    assert free.code not in listed


def ticks(page):
    return re.findall(r'name="chon" value="([^"]+)"', text(page))


def test_all_the_work_of_somebody_who_is_away_goes_to_a_colleague_in_one_act_with_a_reason(office):
    dossiers, son = [a_dossier(office, State.IN_PROGRESS) for _ in range(3)], a_colleague(office)
    for one in dossiers:
        holding.take(one, at_step=at_step(one), by=office.officer, at=MONDAY)
    desk = at_the_desk(office.leader)
    held_by_hung = {"phan": "dang-giu", "don-vi": office.professional.pk, "can-bo": office.officer.pk}
    chosen = {"chon": ticks(desk.get(reverse("counter:board_list"), held_by_hung)), "tu": "board"}
    holding.give_back(dossiers[2], at_step=at_step(dossiers[2]), reason="Trùng lịch", by=office.officer, at=MONDAY)

    asked = desk.post(reverse("counter:batch_assign"), chosen)
    without = desk.post(reverse("counter:batch_assign"), {**chosen, "lam": "1", "holder": son.pk})
    assert "Nông Văn Sơn" in text(asked) and "Hãy ghi rõ lý do" in text(without)
    assert not HolderChange.objects.filter(after=son).exists()
    done = desk.post(reverse("counter:batch_assign"), {**chosen, "lam": "1", "holder": son.pk, "reason": "Đi học"})

    assert "Đã giao cho Nông Văn Sơn: 3 hồ sơ" in text(done)
    assert {one.holder for one in Dossier.objects.all()} == {son}
    assert set(HolderChange.objects.filter(after=son).values_list("reason", flat=True)) == {"Đi học"}
    again = desk.post(reverse("counter:batch_assign"), {**chosen, "lam": "1", "holder": son.pk, "reason": "Đi học"})
    assert "Hãy chọn một người trong danh sách" in text(again)


def test_work_is_given_in_one_act_only_by_whoever_directs_it_and_only_to_people_of_its_unit(office):
    dossier, son = a_dossier(office, State.IN_PROGRESS), a_colleague(office)
    chosen = {"chon": [f"{dossier.code} {at_step(dossier)}"], "tu": "board", "lam": "1"}
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")

    refused = at_the_desk(office.officer).post(reverse("counter:batch_assign"), {**chosen, "holder": son.pk})
    elsewhere = at_the_desk(other.leader).post(reverse("counter:batch_assign"), {**chosen, "holder": son.pk})
    stranger = at_the_desk(office.leader).post(reverse("counter:batch_assign"), {**chosen, "holder": other.officer.pk})

    assert refused.status_code == 403
    assert "Chưa chọn hồ sơ nào" in text(elsewhere)
    assert "Hãy chọn một người trong danh sách" in text(stranger)
    assert not HolderChange.objects.exists()


def test_of_a_page_grown_old_only_what_still_waits_there_is_given(office):
    moved, waiting, son = (
        a_dossier(office, State.IN_PROGRESS),
        a_dossier(office, State.IN_PROGRESS),
        a_colleague(office),
    )
    chosen = {"chon": [f"{one.code} {at_step(one)}" for one in (moved, waiting)], "tu": "board"}
    processing.do_step(moved, at_step=at_step(moved), by=office.officer, at=MONDAY)

    done = text(
        at_the_desk(office.leader).post(reverse("counter:batch_assign"), {**chosen, "lam": "1", "holder": son.pk})
    )

    assert "Đã giao cho Nông Văn Sơn: 1 hồ sơ" in done and "Chưa làm được: 1 hồ sơ" in done
    assert [change.interval.dossier for change in HolderChange.objects.filter(after=son)] == [waiting]
