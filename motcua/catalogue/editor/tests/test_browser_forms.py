"""The form builder in a real browser: the form beside it follows each saving, with scripts and without (soạn biểu mẫu)."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from motcua.accounts.testing import session_cookies
from motcua.catalogue import drafts
from motcua.catalogue.testing import a_keeper, a_procedure
from motcua.ui.testing import wrong_with

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft():
    return drafts.begin(a_procedure(), by=a_keeper(), at=timezone.now())


def a_desk(browser, live_server, draft, **more):
    context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=live_server.url, **more)
    context.add_cookies(session_cookies(draft.begun_by, live_server.url))
    page = context.new_page()
    page.goto(reverse("catalogue:form", args=[draft.pk]))
    return page


@pytest.mark.parametrize("scripts", [True, False])
def test_the_form_beside_follows_each_saving(browser, live_server, draft, scripts):
    page = a_desk(browser, live_server, draft, java_script_enabled=scripts)
    shown = page.frame_locator("iframe")

    page.get_by_role("link", name="Họ và tên cha").click()
    page.get_by_label("Câu hỏi", exact=True).fill("Họ tên người cha")
    page.get_by_role("button", name="Lưu câu hỏi").click()
    expect(page.get_by_text("lưu lần 2")).to_be_visible()
    expect(shown.get_by_label("Họ tên người cha")).to_have_count(1)

    page.get_by_role("button", name="Hoàn tác lần lưu cuối").click()
    expect(page.get_by_text("lưu lần 3")).to_be_visible()
    expect(shown.get_by_label("Họ và tên cha")).to_have_count(1)


def test_a_refused_question_keeps_what_was_typed_and_says_what_is_wrong(browser, live_server, draft):
    page = a_desk(browser, live_server, draft)
    page.get_by_role("link", name="Khai cả phần cha?").click()

    page.get_by_label("Các lựa chọn").fill("Có")
    page.get_by_role("button", name="Lưu câu hỏi").click()

    expect(page.get_by_role("alert").filter(has_text="ít nhất hai lựa chọn")).to_be_visible()
    expect(page.get_by_label("Các lựa chọn")).to_have_value("Có")


def test_axe_finds_nothing_in_the_builder_and_its_preview_is_a_phone(browser, live_server, draft):
    page = a_desk(browser, live_server, draft)
    page.get_by_role("link", name="Họ và tên cha").click()
    expect(page.get_by_role("heading", name="Câu hỏi đang mở")).to_be_visible()

    assert wrong_with(page, every_size=False) == []
    assert page.locator("iframe").evaluate("frame => frame.clientWidth") <= 360
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
