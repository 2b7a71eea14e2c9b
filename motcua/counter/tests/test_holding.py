"""At the desk: whose a step is, in lists, badges and on the head's board (người thụ lý)."""

import pytest
from django.urls import reverse

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.counter import badges
from motcua.counter.models import Badge
from motcua.counter.testing import address, at_the_desk
from motcua.dossiers import holding
from motcua.dossiers.models import State
from motcua.dossiers.testing import MONDAY, a_dossier, at_step
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
