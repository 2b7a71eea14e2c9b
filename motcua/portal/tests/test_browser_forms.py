"""A form on a phone: persons repeated, questions that wait for several answers, a page that saves itself (biểu mẫu)."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from motcua.accounts.testing import session_cookies
from motcua.dossiers.testing import a_draft, a_one_stop
from motcua.organisations.models import Level
from motcua.organisations.testing import a_place
from motcua.ui.testing import wrong_with

pytestmark = pytest.mark.django_db(transaction=True)

YES_NO = {"type": "choice", "required": True, "options": ["Có", "Không"]}
FORM = [
    {"key": "co_con", "label": "Có con chung?", **YES_NO},
    {"key": "da_ly_hon", "label": "Đã ly hôn?", **YES_NO},
    {
        "key": "thoa_thuan",
        "type": "text",
        "label": "Ai nuôi con",
        "required": True,
        "show_if": {"co_con": "Có", "da_ly_hon": "Có"},
    },
    {
        "key": "con",
        "type": "group",
        "label": "Các con",
        "required": False,
        "item": "người con",
        "show_if": {"co_con": "Có"},
        "fields": [
            {"key": "ten", "type": "text", "label": "Họ tên con", "required": True},
            {"key": "di_hoc", "label": "Đang đi học?", **YES_NO},
            {"key": "truong", "type": "text", "label": "Trường", "required": True, "show_if": {"di_hoc": "Có"}},
        ],
    },
]


@pytest.fixture
def office():
    return a_one_stop(form=FORM)


@pytest.fixture
def phone(browser, live_server, office):
    """The citizen's own phone, 360 px wide."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, base_url=live_server.url, locale="vi-VN")
    context.add_cookies(session_cookies(office.citizen, live_server.url))
    return context.new_page()


def open_form(phone, draft):
    phone.goto(reverse("portal:draft_form", args=[draft.public_id]))


def test_a_question_waits_for_all_its_answers(phone, office):
    open_form(phone, a_draft(office, form={}))
    question = phone.get_by_label("Ai nuôi con")

    phone.locator("[name=co_con][value=Có]").check()
    expect(question).to_be_hidden()
    phone.locator("[name=da_ly_hon][value=Có]").check()
    expect(question).to_be_visible()
    phone.locator("[name=co_con][value=Không]").check()
    expect(question).to_be_hidden()


def test_children_are_told_one_after_the_other_and_all_is_kept(phone, office):
    draft = a_draft(office, form={})
    open_form(phone, draft)
    phone.locator("[name=co_con][value=Có]").check()
    phone.locator("[name=da_ly_hon][value=Không]").check()
    phone.get_by_role("button", name="Khai một người con").click()
    phone.locator("[name=con-0-ten]").fill("Lý Gia An")
    expect(phone.locator("[name=con-0-truong]")).to_be_hidden()
    phone.locator("[name=con-0-di_hoc][value=Có]").check()
    phone.locator("[name=con-0-truong]").fill("Tiểu học Hùng Đức")

    phone.get_by_role("button", name="Thêm một người con").click()
    phone.locator("[name=con-1-ten]").fill("Lý Gia Lộc")
    phone.get_by_role("button", name="Thêm một người con").click()
    expect(phone.locator("[name=con-2-ten]")).to_be_visible()
    expect(phone.locator("[name=con-0-ten]")).to_have_value("Lý Gia An")
    phone.get_by_role("button", name="Bỏ người con thứ 1").click()
    expect(phone.get_by_role("group", name="Người con thứ 3")).to_be_hidden()

    expect(phone.get_by_text("Đã lưu lúc")).to_be_visible()  # what was typed is back from this browser, and saved
    expect(phone.locator("[name=con-1-ten]")).to_have_value("Lý Gia Lộc")
    phone.locator("[name=con-1-di_hoc][value=Không]").check()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.get_by_role("button", name="Lưu và tiếp tục").click()
    phone.wait_for_url("**/giay-to/")
    draft.refresh_from_db()
    assert draft.form["con"] == [{"ten": "Lý Gia Lộc", "di_hoc": "Không"}]


def test_enter_sends_the_page_and_adds_nobody(phone, office):
    draft = a_draft(office, form={"co_con": "Có", "da_ly_hon": "Không", "con": [{"ten": "An", "di_hoc": "Không"}]})
    open_form(phone, draft)

    phone.locator("[name=con-0-ten]").press("Enter")

    phone.wait_for_url("**/giay-to/")
    draft.refresh_from_db()
    assert len(draft.form["con"]) == 1


def test_a_commune_typed_without_its_marks_is_suggested_behind_the_hamlet(phone, office):
    district = a_place("Huyện Hàm Yên", level=Level.DISTRICT)
    a_place("Xã Hùng Đức", parent=district)
    phone.goto(reverse("portal:draft_owner", args=[a_draft(office).public_id]))

    phone.locator("#id_address").fill("Thôn Khuổi Phát, hung d")

    expect(phone.locator("#address-places option")).to_have_attribute(
        "value", "Thôn Khuổi Phát, Xã Hùng Đức, Huyện Hàm Yên"
    )


FULL = [
    *FORM,
    {"key": "cha", "type": "person", "label": "Người cha", "required": True, "parts": ["name", "birth", "sex"]},
    {"key": "so_con", "type": "computed", "label": "Số con", "required": False, "expression": "count(con)"},
    {"key": "kem", "type": "paper", "label": "Giấy chứng sinh", "required": True, "component": "chung_sinh"},
]


@pytest.mark.parametrize("path", ["noi-dung", "kiem-tra"])
def test_axe_finds_nothing_in_a_form_with_everything_in_it(phone, office, path):
    office.version.form = FULL
    office.version.save()
    draft = a_draft(office, form={"co_con": "Có", "con": [{"ten": "An"}, {"ten": "Lộc"}], "cha": {"birth": "1952"}})
    phone.goto(f"/ho-so-nhap/{draft.public_id}/{path}/")
    if path == "noi-dung":
        phone.get_by_role("button", name="Lưu và tiếp tục").click()
        expect(phone.get_by_role("alert")).to_be_visible()

    assert wrong_with(phone, every_size=False) == []
