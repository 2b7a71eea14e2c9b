"""The inbox, how one wants to hear, and who stands in for whom, as officers use them."""

from datetime import timedelta

import pytest

from motcua.accounts.models import Delegation, Person
from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer, sign_in
from motcua.counter.testing import address, at_the_desk
from motcua.dossiers import notices, processing, watching
from motcua.dossiers.models import Dossier, Notice, Telling
from motcua.dossiers.testing import MONDAY, WEDNESDAY, a_dossier, a_one_stop, it_is
from motcua.journal.models import Entry
from motcua.journal.testing import run_jobs
from motcua.organisations.models import UnitKind
from motcua.organisations.testing import a_unit

THURSDAY = MONDAY + timedelta(days=3)
INBOX = "/motcua/thong-bao/"
AWAY = "/motcua/vang-mat/"


@pytest.fixture
def overdue(office, monday, monkeypatch):
    """A dossier past its date of which everybody has been told; it is Thursday."""
    dossier = a_dossier(office)
    Dossier.objects.filter(pk=dossier.pk).update(due_at=WEDNESDAY, first_due_at=WEDNESDAY)
    it_is(monkeypatch, THURSDAY)
    watching.watch(THURSDAY)
    run_jobs()
    return dossier


@pytest.fixture
def quang(office):
    unit = a_unit(office.agency, UnitKind.PROFESSIONAL, "Công chức Địa chính")
    return an_officer(unit, Role.PROCESSING_OFFICER, "Lê Quang")


def said(response) -> str:
    return response.content.decode()


# The inbox


def test_the_number_beside_every_page_is_that_of_the_inbox(office, overdue):
    desk = at_the_desk(office.leader)
    unread = notices.unread(office.leader).count()

    assert unread == 1
    assert f'Thông báo<span class="count">{unread}</span>' in said(desk.get("/motcua/co-quan/"))
    assert said(desk.get(INBOX)).count("data-open") == unread
    assert "Quá hạn" in said(desk.get(INBOX)) and overdue.code in said(desk.get(INBOX))


def test_opening_a_notice_opens_exactly_its_dossier_and_all_told_of_it_is_read(office, overdue):
    desk = at_the_desk(office.officer)
    assert notices.unread(office.officer).count() > 1
    one = notices.unread(office.officer).first()

    response = desk.get(f"{INBOX}{one.pk}/")

    assert response.url == address(overdue)
    assert not notices.unread(office.officer).exists()
    assert notices.unread(office.head).exists()
    assert "Bạn đã xem hết thông báo" in said(desk.get(INBOX))
    assert "đã xem" in said(desk.get(f"{INBOX}?xem=tat-ca"))


def test_opening_the_dossier_itself_is_reading_what_was_told_of_it(office, overdue):
    at_the_desk(office.officer).get(address(overdue))

    assert not notices.unread(office.officer).exists()


def test_all_are_marked_as_read_but_what_came_after_the_page(office, overdue):
    desk = at_the_desk(office.officer)
    first = notices.unread(office.officer).order_by("pk").first()

    assert desk.post(f"{INBOX}da-xem/", {"den": str(first.pk)}).url == INBOX

    assert notices.unread(office.officer).exists()
    assert not notices.unread(office.officer).filter(pk__lte=first.pk).exists()
    assert desk.post(f"{INBOX}da-xem/", {"den": "x"}).status_code == 404


def test_a_notice_of_somebody_else_is_not_there(office, overdue):
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    one = notices.unread(office.officer).first()

    assert at_the_desk(office.head).get(f"{INBOX}{one.pk}/").status_code == 404
    assert at_the_desk(other.officer).get(f"{INBOX}{one.pk}/").status_code == 404
    assert at_the_desk(other.officer).get(f"{INBOX}{2**63}/").status_code == 404
    assert Notice.objects.get(pk=one.pk).read_at is None


def test_a_long_inbox_is_paged_and_nothing_is_shown_twice(office, overdue, monkeypatch):
    monkeypatch.setattr(notices, "PAGE", 2)
    entries = Entry.objects.filter(subject=overdue.subject).order_by("pk")[:5]
    Notice.objects.filter(person=office.clerk).delete()
    Notice.objects.bulk_create(
        Notice(person=office.clerk, entry=one, dossier=overdue, kind="overdue", telling="DIGEST", at=one.at)
        for one in entries
    )
    desk, page, seen = at_the_desk(office.clerk), "", []
    while page is not None:
        shown = desk.get(INBOX + page).context
        seen += [one.pk for one, *_ in shown["rows"]]
        page = shown["next"] or None

    assert seen == sorted(seen, reverse=True) and len(seen) == len(set(seen)) == 5


def test_how_one_wants_to_hear_is_chosen_for_each_kind(office, monday):
    desk = at_the_desk(office.officer)
    page = said(desk.get(f"{INBOX}lua-chon/"))
    assert all(kind.label in page for kind in notices.KINDS.values())
    assert "chưa được cài đặt để gửi thư" in page

    desk.post(f"{INBOX}lua-chon/", {"overdue": "NEVER", "due_soon": "AT_ONCE", "delegated": "SHOUT", "other": "NEVER"})

    chosen = notices.choices(office.officer)
    assert (chosen["overdue"], chosen["due_soon"], chosen["delegated"]) == ("NEVER", "AT_ONCE", Telling.AT_ONCE)
    assert notices.choices(office.head)["overdue"] == Telling.AT_ONCE


@pytest.mark.parametrize("door", [INBOX, f"{INBOX}lua-chon/", AWAY])
def test_a_citizen_does_not_enter(office, client, door):
    sign_in(client, office.citizen, second_factor=True)

    assert client.get(door).status_code == 403


# Who is away


def filled(office, delegate, whose=None, **told):
    return {
        "assignment": (whose or office.officer).assignments.get().pk,
        "delegate": delegate.assignments.get().pk,
        "valid_from": "23/10/2023",
        "valid_to": "27/10/2023",
        "reason": "Đi tập huấn",
        **told,
    }


def test_a_head_names_who_stands_in_and_the_work_is_there_without_signing_in_anew(office, quang, monday):
    dossier = a_dossier(office)
    desk = at_the_desk(quang)
    assert dossier.code not in said(desk.get("/motcua/"))

    response = at_the_desk(office.head).post(AWAY, filled(office, quang), follow=True)
    assert "Lê Quang thay Hoàng Văn Hùng từ 23/10/2023 đến hết 27/10/2023" in said(response)

    home = said(desk.get("/motcua/"))
    assert dossier.code in home and "thay Hoàng Văn Hùng" in home
    assert "Hôm nay bạn thay Hoàng Văn Hùng" in said(desk.get(AWAY))
    run_jobs()
    assert "Bạn thay Hoàng Văn Hùng, từ 23/10/2023 đến hết 27/10/2023" in said(desk.get(INBOX))
    step = processing.running_step(dossier)
    desk.post(address(dossier, "do_step"), {"at_step": step.pk})
    assert "Lê Quang, thay Hoàng Văn Hùng" in said(desk.get(address(dossier)))


def test_ones_own_work_is_marked_as_nobodys(office, quang, monday):
    dossier = a_dossier(office)
    at_the_desk(quang).post(AWAY, filled(office, office.officer, whose=quang))

    home = said(at_the_desk(office.officer).get("/motcua/"))

    assert dossier.code in home and "thay Lê Quang" not in home


def test_everybody_of_the_agency_sees_who_stands_in_today_and_nobody_elsewhere(office, quang, monday):
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    at_the_desk(office.officer).post(AWAY, filled(office, quang))

    assert "Lê Quang" in said(at_the_desk(office.clerk).get(AWAY))
    assert "Lê Quang" not in said(at_the_desk(other.leader).get(AWAY))


def test_a_refusal_keeps_what_was_typed(office, monday):
    beside = an_officer(office.professional, Role.PROCESSING_OFFICER, "Đặng Thị Hoa")

    response = at_the_desk(office.head).post(AWAY, filled(office, beside))

    assert response.status_code == 422
    assert "lãnh đạo giao lại cho người này" in said(response) and "Đi tập huấn" in said(response)
    assert not Delegation.objects.exists()


def test_nobody_of_another_agency_is_offered_or_taken(office, quang, monday):
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    desk = at_the_desk(office.leader)

    assert f'value="{other.officer.assignments.get().pk}"' not in said(desk.get(AWAY))
    response = desk.post(AWAY, filled(office, other.officer))
    assert response.status_code == 422
    foreign = at_the_desk(other.leader).post(AWAY, filled(office, other.officer))
    assert foreign.status_code == 422
    assert not Delegation.objects.exists()


def test_a_delegation_is_ended_by_who_may_make_it(office, quang, monday):
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    at_the_desk(office.officer).post(AWAY, filled(office, quang))
    made = Delegation.objects.get()

    for stranger in (office.clerk, other.leader, quang):
        assert at_the_desk(stranger).post(f"{AWAY}{made.pk}/thoi/").status_code == 404
    assert Person.objects.get(pk=quang.pk).stands_in_for == [office.officer.pk]

    response = at_the_desk(office.head).post(f"{AWAY}{made.pk}/thoi/", follow=True)
    assert "thôi thay Hoàng Văn Hùng" in said(response)
    assert Person.objects.get(pk=quang.pk).stands_in_for == []
