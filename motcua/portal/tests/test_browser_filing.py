"""What scripts add to a filing: questions that come and go, files that show how far they are, a draft that speaks (nộp hồ sơ)."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from motcua.accounts.testing import session_cookies
from motcua.dossiers.models import Dossier, PaperFile, State
from motcua.dossiers.testing import a_dossier, a_draft
from motcua.portal.testing import JPEG

pytestmark = pytest.mark.django_db(transaction=True)

PHOTO = {"name": "trang-1.jpg", "mimeType": "image/jpeg", "buffer": JPEG}
PROGRAM = {"name": "cai-dat.jpg", "mimeType": "image/jpeg", "buffer": b"MZ" + b"\0" * 40}


@pytest.fixture
def phone(browser, live_server, office):
    """The citizen's own phone, 360 px wide."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, base_url=live_server.url, locale="vi-VN")
    context.add_cookies(session_cookies(office.citizen, live_server.url))
    return context.new_page()


def at(name, draft):
    return reverse(f"portal:draft_{name}", args=[draft.public_id])


def go_to(page, locator):
    """Press Tab until it has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if locator.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"the keyboard does not reach {locator}")


def test_from_the_procedure_to_the_code_without_touching_the_screen(phone, office):
    phone.goto(f"/thu-tuc/{office.version.code}/")
    go_to(phone, phone.get_by_role("main").get_by_role("button", name="Nộp hồ sơ"))
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/cua-ai/")
    go_to(phone, phone.get_by_label("Của tôi"))
    phone.keyboard.press("Enter")  # sends the form, as everywhere
    phone.wait_for_url("**/chu-ho-so/")
    go_to(phone, phone.locator("#id_address"))
    phone.keyboard.type("Thôn Khuổi Phát, xã Hùng Đức")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/noi-dung/")
    go_to(phone, phone.locator("#id_ten_con"))
    phone.keyboard.type("Lý Gia Bảo")
    go_to(phone, phone.locator("#id_ngay_sinh"))
    phone.keyboard.type("10012023" if phone.evaluate("navigator.language") == "en-US" else "01102023")
    go_to(phone, phone.get_by_label("Có", exact=True))
    phone.keyboard.press("Space")
    phone.keyboard.press("ArrowDown")
    expect(phone.get_by_label("Không", exact=True)).to_be_checked()
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/giay-to/")
    birth, identity, _ = Dossier.objects.get().papers.all()
    phone.locator(f"#giay-to-{birth.pk} input[type=file]").set_input_files([PHOTO])  # the system's own window
    go_to(phone, phone.locator(f"#later-{identity.pk}"))
    phone.keyboard.press("Space")
    go_to(phone, phone.get_by_role("button", name="Lưu và tiếp tục"))
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/nhan-ket-qua/")
    go_to(phone, phone.get_by_role("button", name="Lưu và tiếp tục"))
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/kiem-tra/")
    go_to(phone, phone.get_by_role("button", name="Nộp hồ sơ"))
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/da-nop/")

    dossier = Dossier.objects.get()
    assert dossier.state == State.SUBMITTED
    expect(phone.get_by_text(dossier.code).first).to_be_visible()


def test_a_question_comes_and_goes_with_the_answer_before_it(phone, office):
    draft = a_draft(office, form={})
    phone.goto(at("form", draft))
    question = phone.get_by_label("Họ và tên cha")

    expect(question).to_be_hidden()
    expect(phone.get_by_text("Chỉ trả lời khi")).to_be_hidden()
    phone.get_by_label("Có", exact=True).check()
    expect(question).to_be_visible()
    phone.get_by_label("Không", exact=True).check()
    expect(question).to_be_hidden()


def test_chosen_files_are_sent_and_shown_by_themselves_and_a_refused_one_costs_no_other(phone, office):
    draft = a_draft(office)
    PaperFile.objects.all().delete()
    birth, identity, _ = draft.papers.all()
    phone.goto(at("papers", draft))
    birth_box, identity_box = (phone.locator(f"#giay-to-{paper.pk}") for paper in (birth, identity))
    expect(birth_box.get_by_role("button", name="Gửi tệp đã chọn")).to_be_hidden()

    identity_box.locator("input[type=file]").set_input_files([PROGRAM])
    birth_box.locator("input[type=file]").set_input_files([PHOTO])

    expect(birth_box.get_by_role("link", name="trang-1.jpg", exact=True)).to_be_visible()
    expect(identity_box.get_by_text("không thuộc loại được nhận")).to_be_visible()
    expect(phone.get_by_role("status").filter(has_text="Có 1 tệp không được nhận")).to_be_visible()
    assert PaperFile.objects.get().paper == birth


def test_a_browser_that_keeps_nothing_sends_files_with_a_button_and_stays_at_that_paper(phone, office):
    draft = a_draft(office)
    phone.add_init_script("Object.defineProperty(window, 'indexedDB', { get() { throw new Error('closed'); } })")
    mandate = draft.papers.last()
    phone.goto(at("papers", draft))
    box = phone.locator(f"#giay-to-{mandate.pk}")

    box.locator("summary").click()
    box.locator("input[type=file]").set_input_files([PHOTO])
    box.get_by_role("button", name="Gửi tệp đã chọn").click()

    expect(box.get_by_role("link", name="trang-1.jpg", exact=True)).to_be_visible()
    assert phone.url.endswith(f"/giay-to/#giay-to-{mandate.pk}")


def test_the_right_answers_are_saved_and_the_wrong_one_is_named(phone, office):
    draft = a_draft(office)
    phone.goto(at("owner", draft))

    phone.get_by_label("Địa chỉ").first.fill("Thôn Mới")
    phone.get_by_label("Số điện thoại").fill("09")

    expect(phone.get_by_text("Đã lưu lúc 09:00. “Số điện thoại” chưa đúng nên chưa lưu.")).to_be_visible()
    draft.refresh_from_db()
    assert (draft.address, draft.phone) == ("Thôn Mới", office.citizen.phone)


def test_after_signing_in_again_elsewhere_saving_goes_on_by_itself(phone, office, live_server):
    draft = a_draft(office)
    phone.goto(at("form", draft))
    phone.context.clear_cookies(name="sessionid")
    phone.get_by_label("Họ, chữ đệm, tên của con").fill("Lý Gia Bảo Anh")
    expect(phone.get_by_text("Chưa lưu được")).to_be_visible()

    phone.context.clear_cookies(name="csrftoken")  # signing in gives a new token to every page opened since
    phone.context.add_cookies(session_cookies(office.citizen, live_server.url))
    elsewhere = phone.context.new_page()
    elsewhere.goto("/ho-so-cua-toi/")

    expect(phone.get_by_text("Đã lưu lúc 09:00")).to_be_visible(timeout=15_000)
    draft.refresh_from_db()
    assert draft.form["ten_con"] == "Lý Gia Bảo Anh"
    phone.get_by_role("button", name="Lưu và tiếp tục").click()
    phone.wait_for_url("**/giay-to/")  # and the button has the new token too


def test_a_draft_thrown_away_in_another_tab_is_told_in_words_and_what_is_typed_stays(phone, office):
    draft = a_draft(office)
    phone.goto(at("form", draft))
    elsewhere = phone.context.new_page()
    elsewhere.goto(at("discard", draft))
    elsewhere.get_by_role("button", name="Bỏ bản nháp").click()
    elsewhere.get_by_text("Đã bỏ bản nháp.").wait_for()

    phone.get_by_label("Họ, chữ đệm, tên của con").fill("Lý Gia Bảo Anh")

    expect(phone.get_by_role("alert").filter(has_text="bản nháp này đã bị bỏ ở một trang khác")).to_be_visible()
    expect(phone.get_by_label("Họ, chữ đệm, tên của con")).to_have_value("Lý Gia Bảo Anh")


def test_two_presses_on_a_slow_line_file_once(phone, office):
    draft = a_draft(office)
    phone.goto(at("review", draft))

    phone.get_by_role("button", name="Nộp hồ sơ").dblclick()
    phone.wait_for_url("**/da-nop/")
    phone.go_back()
    phone.wait_for_load_state()
    if phone.get_by_role("button", name="Nộp hồ sơ").is_visible():
        phone.get_by_role("button", name="Nộp hồ sơ").click()
        phone.wait_for_url("**/da-nop/")

    assert Dossier.objects.count() == 1
    assert Dossier.objects.get().state == State.SUBMITTED


def test_a_supplement_is_answered_on_a_phone(phone, office):
    dossier = a_dossier(office, State.AWAITING_COMPLETION)
    phone.goto(f"/ho-so/{dossier.code}/")

    phone.get_by_role("link", name="Bổ sung ngay").click()
    phone.get_by_label("Lời nhắn cho cán bộ").fill("Tôi đã chụp lại, xin xem giúp.")
    expect(phone.get_by_text("Đã lưu lúc 09:00")).to_be_visible()
    phone.reload()
    expect(phone.get_by_label("Lời nhắn cho cán bộ")).to_have_value("Tôi đã chụp lại, xin xem giúp.")
    phone.get_by_role("button", name="Gửi phần bổ sung").click()
    phone.wait_for_url(f"**/ho-so/{dossier.code}/")

    dossier.refresh_from_db()
    assert dossier.state == State.SUBMITTED
    assert dossier.supplement_requests.get().answer_note == "Tôi đã chụp lại, xin xem giúp."
