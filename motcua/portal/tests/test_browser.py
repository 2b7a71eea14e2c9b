"""The portal in a real browser: by keyboard, without JavaScript, without a network, read by axe at both sizes."""

from datetime import timedelta

import pytest
from django.urls import reverse

from motcua.accounts.testing import session_cookies
from motcua.catalogue.testing import a_procedure
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.testing import MONDAY, a_dossier, a_draft, it_is
from motcua.portal.testing import JPEG
from motcua.ui.testing import wrong_with

pytestmark = pytest.mark.django_db(transaction=True)

PHOTO = {"name": "trang-1.jpg", "mimeType": "image/jpeg", "buffer": JPEG}


@pytest.fixture
def browse(browser, live_server):
    """A page of this person's own browser."""

    def opened(person=None, width=360, height=740, **how):
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=live_server.url, locale="vi-VN", **how
        )
        if person:
            context.add_cookies(session_cookies(person, live_server.url))
        return context.new_page()

    return opened


def draft_page(name, draft):
    return reverse(f"portal:draft_{name}", args=[draft.public_id])


def test_axe_finds_nothing_and_no_page_scrolls_sideways(browse, office):
    a_procedure("1.000002", name="Thủ tục có tên rất dài về việc cấp, đổi, cấp lại và gia hạn " * 15)
    draft = a_draft(office)
    filed, waiting = a_dossier(office, State.RETURNED), a_dossier(office, State.AWAITING_COMPLETION)
    page = browse(office.citizen)
    addresses = [
        "/",
        "/tim-kiem/?q=thu+tuc",
        "/tim-kiem/?q=khongcogi",
        "/linh-vuc/",
        "/co-quan/",
        f"/thu-tuc/{office.version.code}/",
        "/thu-tuc/1.000002/",
        f"/thu-tuc/{office.version.code}/nop/",
        *(
            draft_page(name, draft)
            for name in ("whose", "owner", "form", "papers", "return", "review", "preview", "discard")
        ),
        "/ho-so-cua-toi/",
        f"/ho-so/{filed.code}/",
        f"/ho-so/{waiting.code}/",
        f"/ho-so/{waiting.code}/bo-sung/",
        f"/ho-so/{waiting.code}/rut/",
        f"/ho-so/{waiting.code}/da-nop/",
        "/tra-cuu/",
        "/khong-co-trang-nay/",
    ]

    found = {}
    for address in addresses:
        page.goto(address)
        if wrong := wrong_with(page):
            found[address] = wrong

    assert found == {}


def test_a_dossier_is_filed_with_the_keyboard_alone(browse, office):
    page = browse(office.citizen)
    page.goto(f"/thu-tuc/{office.version.code}/")

    def go_to(name, role="button"):
        wanted = page.get_by_role(role, name=name).first
        for _ in range(60):
            page.keyboard.press("Tab")
            if wanted.evaluate("element => element === document.activeElement"):
                return
        pytest.fail(f"the keyboard does not reach {name}")

    go_to("Nộp hồ sơ")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cua-ai/")
    go_to("Của tôi", "radio")
    page.keyboard.press("Space")
    go_to("Lưu và tiếp tục")
    page.keyboard.press("Enter")
    page.wait_for_url("**/chu-ho-so/")

    assert page.get_by_label("Họ và tên").first.input_value() == "Lý A Pao"
    assert Dossier.objects.get().owner_kind == "1"


def test_a_dossier_is_filed_without_javascript(browse, office):
    page = browse(office.citizen, java_script_enabled=False)
    page.goto(f"/thu-tuc/{office.version.code}/")
    page.get_by_role("main").get_by_role("button", name="Nộp hồ sơ").click()
    page.get_by_label("Của tôi").check()
    page.get_by_role("button", name="Lưu và tiếp tục").click()
    page.get_by_label("Địa chỉ").first.fill("Thôn Khuổi Phát, xã Hùng Đức")
    page.get_by_role("button", name="Lưu và tiếp tục").click()
    page.get_by_label("Họ, chữ đệm, tên của con").fill("Lý Gia Bảo")
    page.get_by_label("Ngày sinh").fill("2023-10-01")
    page.get_by_label("Không", exact=True).check()
    assert page.get_by_text("Chỉ trả lời khi").is_visible()  # the condition is told where it cannot hide the question
    page.get_by_role("button", name="Lưu và tiếp tục").click()
    birth, identity, _ = Dossier.objects.get().papers.all()
    page.locator(f"#giay-to-{birth.pk} input[type=file]").set_input_files([PHOTO])
    page.locator(f"#later-{identity.pk}").check()
    page.get_by_role("button", name="Lưu và tiếp tục").click()
    page.get_by_role("button", name="Lưu và tiếp tục").click()
    page.get_by_role("button", name="Nộp hồ sơ").click()

    dossier = Dossier.objects.get()
    assert dossier.state == State.SUBMITTED
    assert page.get_by_text(dossier.code).first.is_visible()


def test_a_draft_says_when_it_saved_and_says_loudly_when_it_did_not(browse, office):
    draft = a_draft(office)
    page = browse(office.citizen)
    page.goto(draft_page("form", draft))

    page.get_by_label("Họ, chữ đệm, tên của con").fill("Lý Gia Bảo Anh")
    page.get_by_text("Đã lưu lúc 09:00").wait_for()
    page.context.set_offline(True)
    page.get_by_label("Họ, chữ đệm, tên của con").fill("Lý Gia Bảo Châu")
    page.get_by_text("Chưa lưu được").wait_for()

    draft.refresh_from_db()
    assert draft.form["ten_con"] == "Lý Gia Bảo Anh"
    page.context.set_offline(False)
    page.get_by_text("Đã lưu lúc 09:00").wait_for(timeout=15_000)  # it tries again by itself
    draft.refresh_from_db()
    assert draft.form["ten_con"] == "Lý Gia Bảo Châu"


def test_what_was_typed_after_the_session_ended_is_not_lost(browse, office, monkeypatch):
    draft = a_draft(office)
    page = browse(office.citizen)
    page.goto(draft_page("form", draft))
    page.context.clear_cookies(name="sessionid")

    page.get_by_label("Họ, chữ đệm, tên của con").fill("Lý Gia Bảo Anh")
    page.get_by_text("Chưa lưu được").wait_for()
    page.get_by_role("button", name="Lưu và tiếp tục").click()
    page.wait_for_load_state()

    assert page.get_by_text("Phiên đăng nhập đã hết").first.is_visible()
    it_is(monkeypatch, MONDAY + timedelta(minutes=5))
    page.context.add_cookies(session_cookies(office.citizen, page.url))
    page.get_by_role("button", name="Tôi đã đăng nhập, lưu lại").click()
    page.wait_for_load_state()
    if page.get_by_role("button", name="Lưu và tiếp tục").is_visible():
        page.get_by_role("button", name="Lưu và tiếp tục").click()
        page.wait_for_load_state()
    draft.refresh_from_db()
    assert draft.form["ten_con"] == "Lý Gia Bảo Anh"
