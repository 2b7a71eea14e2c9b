"""The case at the desk in a real browser: chosen by the keyboard, its papers and fees at once, what was typed stays."""

import pytest

from motcua.catalogue.models import Relief
from motcua.catalogue.testing import FEES, LOST, PAPERS, SPOILED
from motcua.dossiers.testing import MONDAY, a_one_stop, it_is
from motcua.ui.testing import wrong_with

from .test_browser import sit_down  # noqa: F401  the fixture

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_officer_chooses_the_case_and_sees_its_papers_and_fees(sit_down, monkeypatch):  # noqa: F811
    it_is(monkeypatch, MONDAY)
    office = a_one_stop(components=PAPERS, fees=FEES)
    Relief.objects.create(version=office.version, kind="MIEN", who="Trẻ em", legal_basis="85/2019/TT-BTC")
    page = sit_down(office.reception)
    page.goto(f"/motcua/tiep-nhan/{office.version.code}/")
    page.get_by_label("Họ và tên chủ hồ sơ").fill("Lý A Pao")

    page.get_by_label(LOST).focus()
    page.keyboard.press("Space")
    page.get_by_role("rowheader", name="Giấy cũ").wait_for(state="detached")

    assert page.get_by_text("Đơn trình báo mất giấy").first.is_visible()
    assert page.locator("#promises").get_by_text("400.000 đ").is_visible()
    assert not page.locator("#promises").get_by_text("200.000 đ").is_visible()
    assert page.locator("#promises").get_by_text("Trẻ em").is_visible()
    assert page.get_by_label("Họ và tên chủ hồ sơ").input_value() == "Lý A Pao"
    assert page.evaluate("document.activeElement.name") == "case"  # the arrows go on from here
    page.keyboard.press("ArrowDown")
    page.get_by_role("rowheader", name="Giấy cũ").wait_for()
    assert page.get_by_label(SPOILED).is_checked()
    assert wrong_with(page, every_size=False) == []
