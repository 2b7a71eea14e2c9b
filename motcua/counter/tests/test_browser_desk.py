"""Lists, batches, labels, notes and the head's board in a real browser: keyboard, no JavaScript, axe at both sizes."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from motcua.counter import desk
from motcua.counter.testing import address
from motcua.dossiers import supplement
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.testing import MONDAY, TUESDAY, WEDNESDAY, a_dossier, it_is, to_the_end
from motcua.journal.testing import run_jobs
from motcua.ui.testing import wrong_with

from .test_browser import office, sit_down  # noqa: F401  the same desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def busy(office, monkeypatch):  # noqa: F811
    """A dossier with news, a label, notes and a colleague; others late, settled and waiting."""
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    a_dossier(office, State.ACCEPTED)
    to_the_end(a_dossier(office, State.IN_PROGRESS), office, at=WEDNESDAY)
    late = a_dossier(office, State.IN_PROGRESS)
    Dossier.objects.filter(pk=late.pk).update(due_at=TUESDAY, first_due_at=TUESDAY)
    supplement.answer(dossier, by=office.reception, at=TUESDAY)
    run_jobs()
    it_is(monkeypatch, WEDNESDAY + timedelta(hours=2))
    label = desk.make_label(office.officer, unit=office.professional.pk, name="Hộ nghèo")
    desk.put_label(dossier, label, by=office.officer, at=WEDNESDAY)
    desk.make_label(office.officer, unit=office.professional.pk, name="Chờ xác minh")
    desk.save_filter(office.officer, name="Khai sinh gấp", listed="home", query="loc=khai+sinh")
    desk.write_note(dossier, text="Đã gọi người nộp", unit=office.professional.pk, by=office.officer, at=WEDNESDAY)
    desk.stay(dossier, office.head, WEDNESDAY + timedelta(hours=2))
    return dossier


def test_axe_finds_nothing_and_no_page_scrolls_sideways(sit_down, office, busy):  # noqa: F811
    desks = {
        office.officer: ["/motcua/", "/motcua/bo-loc/", "/motcua/nhan/", address(busy)],
        office.leader: ["/motcua/bang-lanh-dao/", "/motcua/bang-lanh-dao/danh-sach/?phan=qua-han"],
    }
    found = {}
    for officer, pages in desks.items():
        page = sit_down(officer)
        for where in pages:
            page.goto(where)
            for menu in page.locator(".list-tools details").all():
                menu.evaluate("menu => { menu.open = true; }")
            if wrong := wrong_with(page, dark=True):
                found[where] = wrong
        if officer == office.officer:
            page.goto("/motcua/")
            page.get_by_role("button", name="Hoàn thành bước, chuyển tiếp…").click()
            if wrong := wrong_with(page, dark=True):
                found["batch"] = wrong

    assert found == {}


def test_rows_are_ticked_and_done_with_the_keyboard_alone(sit_down, office, busy):  # noqa: F811
    page = sit_down(office.officer)
    page.goto("/motcua/")
    expect(page.get_by_text("Mới: Bổ sung đã về")).to_be_visible()

    for number in (1, 2):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("v")
        expect(page.get_by_text(f"Đã chọn {number} hồ sơ:")).to_be_visible()
    page.get_by_role("button", name="Hoàn thành bước, chuyển tiếp…").press("Enter")
    page.get_by_label("Ý kiến kèm theo").press("Enter")

    expect(page.get_by_role("heading", name="Đã làm: 2 hồ sơ")).to_be_visible()
    assert set(Dossier.objects.filter(state=State.IN_PROGRESS).values_list("at_unit", flat=True)) == {office.leaders.pk}


def test_everything_at_the_desk_works_without_javascript(sit_down, office, busy):  # noqa: F811
    page = sit_down(office.officer, java_script_enabled=False)
    page.goto(address(busy))
    expect(page.get_by_text("Ma Thị Dung đang mở hồ sơ này")).to_be_visible()

    page.get_by_role("button", name="Theo dõi").click()
    expect(page.get_by_role("button", name="Đang theo dõi · thôi")).to_be_visible()
    page.get_by_role("button", name="Gỡ nhãn “Hộ nghèo”").click()
    page.get_by_label("Ghi chú", exact=True).fill("Chờ bản chính")
    page.get_by_role("button", name="Ghi chú", exact=True).click()
    expect(page.get_by_text("Chờ bản chính")).to_be_visible()

    page.goto("/motcua/")
    page.get_by_text("Lưu bộ lọc").click()
    page.get_by_label("Tên bộ lọc").fill("Việc của tôi")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_role("link", name="Việc của tôi")).to_be_visible()
    page.get_by_text("Cột", exact=True).click()
    page.get_by_label("Kênh nộp").check()
    page.get_by_role("button", name="Dùng các cột này").click()
    expect(page.get_by_role("columnheader", name="Kênh nộp")).to_be_visible()
    page.get_by_label(f"Chọn {busy.code}").check()
    page.get_by_role("button", name="Hoàn thành bước, chuyển tiếp…").click()
    page.get_by_role("button", name="Hoàn thành bước, chuyển tiếp").click()
    expect(page.get_by_role("heading", name="Đã làm: 1 hồ sơ")).to_be_visible()


def test_an_open_page_learns_who_else_came(sit_down, office, busy):  # noqa: F811
    page = sit_down(office.officer)
    page.clock.install()
    page.goto(address(busy))
    expect(page.get_by_text("Ma Thị Dung đang mở hồ sơ này")).to_be_visible()

    desk.stay(busy, office.leader, MONDAY + timedelta(days=2, hours=2))
    page.clock.run_for(46_000)

    expect(page.get_by_text("Ma Thị Dung, Trần Quốc Toản đang mở hồ sơ này")).to_be_visible()


def test_a_figure_of_the_board_is_followed_with_the_keyboard(sit_down, office, busy):  # noqa: F811
    page = sit_down(office.leader)
    page.goto("/motcua/bang-lanh-dao/")

    page.get_by_role("heading", name="Đang quá hạn").get_by_role("link").press("Enter")

    expect(page.get_by_role("heading", level=1, name="Quá hạn")).to_be_visible()
    expect(page.locator("[data-row]")).to_have_count(1)
