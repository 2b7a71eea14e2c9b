"""The counter in a real browser: the keyboard alone, no JavaScript, axe in light and dark at both sizes."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect

from motcua.accounts.testing import session_cookies
from motcua.counter.testing import address
from motcua.dossiers import processing
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.testing import MONDAY, a_dossier, a_one_stop, a_walk_in, it_is
from motcua.files import storing
from motcua.ui.testing import wrong_with

from .test_dossier_page import PNG
from .test_search import CARD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(monkeypatch):
    it_is(monkeypatch, MONDAY)
    return a_one_stop()


@pytest.fixture
def sit_down(browser, live_server):
    """This officer's own browser at the desk."""

    def opened(officer, width=1366, height=768, **how):
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=live_server.url, locale="vi-VN", **how
        )
        context.add_cookies(session_cookies(officer, live_server.url))
        context.add_init_script("window.print = () => {}")
        return context.new_page()

    return opened


@pytest.mark.long
def test_axe_finds_nothing_and_no_page_scrolls_sideways(sit_down, office):
    submitted, running = a_dossier(office, State.SUBMITTED), a_dossier(office, State.IN_PROGRESS)
    waiting, ready = a_dossier(office, State.AWAITING_COMPLETION), a_dossier(office, State.READY)
    walked_in, to_sign = a_walk_in(office), a_dossier(office, State.IN_PROGRESS)
    processing.do_step(to_sign, at_step=processing.running_step(to_sign).pk, by=office.officer, at=MONDAY)
    paper = submitted.papers.first()
    paper.name = "Tờ khai của đối tượng đề nghị hưởng trợ cấp (Mẫu số 1a, 1b, 1c, 1d hoặc 1đ)"
    paper.save(update_fields=["name"])
    picture = storing.store(ContentFile(PNG, name="trang-1.png"), at=MONDAY)
    paper.files.update(file=picture, name="trang-1.png")
    desks = {
        office.reception: [
            "/motcua/",
            "/motcua/cho-tiep-nhan/",
            "/motcua/tim/?q=231023",
            "/motcua/tim/?q=khongcoai",
            "/motcua/tiep-nhan/",
            "/motcua/tiep-nhan/?tim=khai+sinh",
            f"/motcua/tiep-nhan/{office.version.code}/",
            address(submitted),
            address(submitted, "request_supplement"),
            address(submitted, "refuse"),
            address(waiting),
            address(waiting, "record_answer"),
            address(ready, "hand_over"),
            address(walked_in, "received"),
            "/motcua/cho-nguoi-nop/",
            "/motcua/qua-han/",
        ],
        office.officer: [
            address(running),
            address(running, "request_supplement"),
            address(running, "return_step"),
            address(running, "request_payment"),
        ],
        office.leader: [address(to_sign), address(to_sign, "approve"), address(to_sign, "stop")],
    }

    found = {}
    for officer, addresses in desks.items():
        page = sit_down(officer)
        for where in addresses:
            page.goto(where)
            if wrong := wrong_with(page, dark=True):
                found[where] = wrong

    assert found == {}


def test_axe_finds_nothing_on_pages_that_were_refused(sit_down, office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    page = sit_down(office.officer)
    found = {}

    for where, press in (
        (address(dossier, "request_supplement"), "Yêu cầu bổ sung"),
        (address(dossier, "return_step"), "Trả lại bước trước"),
    ):
        page.goto(where)
        page.evaluate("document.querySelectorAll('form').forEach((form) => { form.noValidate = true; })")
        page.get_by_role("button", name=press).click()
        page.locator(".error-summary").wait_for()
        found[where] = wrong_with(page, dark=True)
    page = sit_down(office.reception)
    page.goto(f"/motcua/tiep-nhan/{office.version.code}/")
    page.evaluate("document.querySelectorAll('form').forEach((form) => { form.noValidate = true; })")
    page.get_by_role("button", name="Tiếp nhận và in giấy hẹn").click()
    page.locator(".error-summary").wait_for()
    found["reception"] = wrong_with(page, dark=True)

    assert {where: wrong for where, wrong in found.items() if wrong} == {}


def test_a_person_is_received_from_n_to_the_receipt_by_the_keyboard_alone(sit_down, office):
    page = sit_down(office.reception)
    keys = page.keyboard
    papers = [f"originals_{component.pk}" for component in office.version.components.filter(required=True)]
    page.goto("/motcua/")

    keys.press("n")
    page.wait_for_url("**/tiep-nhan/")
    page.locator("#thu-tuc:focus").wait_for()
    keys.type("khai sinh")
    keys.press("Enter")
    page.wait_for_url("**tim=khai+sinh")
    keys.press("ArrowDown")
    keys.press("Enter")
    page.wait_for_url(f"**/tiep-nhan/{office.version.code}/")
    page.locator("[name=qr]:focus").wait_for()
    keys.type(CARD)  # the scanner, into the field that waits for it
    keys.press("Enter")
    page.get_by_text("Đã đọc thẻ căn cước.").wait_for()
    expect(page.locator("[name=phone]")).to_be_focused()
    keys.type("0912345678")
    for stop in ("address", *papers, "form-ten_con"):
        keys.press("Enter")
        assert focused(page) == stop
    keys.type("Hoàng Gia Bảo")
    keys.press("Enter")
    keys.type("10102023")  # the same in every order of day and month
    keys.press("Enter")
    keys.press("ArrowDown")  # from "Có" to "Không"
    keys.press("Control+Enter")
    page.wait_for_url("**/da-tiep-nhan/**")

    dossier = Dossier.objects.get()
    assert dossier.owner_name == "Hoàng Văn Sơn"
    assert dossier.form["ten_con"] == "Hoàng Gia Bảo"
    expect(page.get_by_text(dossier.code).first).to_be_visible()
    assert page.evaluate("location.search") == ""  # the receipt asked to be printed once
    keys.press("n")
    page.wait_for_url("**/tiep-nhan/")


def focused(page):
    return page.evaluate("document.activeElement.name || ''")


def test_the_first_row_is_opened_and_its_step_done_with_the_keyboard(sit_down, office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    page = sit_down(office.officer)
    page.goto("/motcua/")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{dossier.code}/")
    page.keyboard.press("x")
    page.get_by_text("Hồ sơ đã chuyển đến").wait_for()

    assert Dossier.objects.get().at_unit == office.leaders


def test_a_letter_typed_into_a_field_is_a_letter(sit_down, office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    page = sit_down(office.officer)
    page.goto(address(dossier))

    page.get_by_label("Ý kiến kèm theo").fill("")
    page.get_by_label("Ý kiến kèm theo").press_sequentially("xong, xin trình")

    assert page.get_by_label("Ý kiến kèm theo").input_value() == "xong, xin trình"
    assert Dossier.objects.get().at_unit == office.professional


def test_a_filing_is_accepted_and_handed_on_without_javascript(sit_down, office):
    dossier = a_dossier(office, State.SUBMITTED)
    page = sit_down(office.reception, java_script_enabled=False)
    page.goto("/motcua/cho-tiep-nhan/")
    page.get_by_role("main").get_by_role("link", name="Đăng ký khai sinh").click()
    page.get_by_role("button", name="Tiếp nhận").click()
    page.get_by_role("button", name="Chuyển cơ quan giải quyết").click()

    dossier.refresh_from_db()
    assert dossier.state == State.IN_PROGRESS
    assert page.get_by_text("Hồ sơ đã chuyển đến").is_visible()


# The card of somebody whose name and address hold the letters of acts.
SCANNED = "008885123456||Ly xuan bach|02091992|Nam|xa bach xa|01102021"


@pytest.fixture
def at_a_dossier(sit_down, office):
    """An officer before a dossier, no field having the focus, and time going on only when a test says so."""
    dossier = a_dossier(office, State.IN_PROGRESS)
    page = sit_down(office.officer)
    page.clock.install()
    page.goto(address(dossier))
    page.clock.pause_at(page.evaluate("Date.now()") + 60_000)

    def typed(keys, *, gap):
        for key in keys:
            page.keyboard.type(key)
            page.clock.run_for(gap)

    page.typed = typed
    return page


def test_a_scanner_presses_no_letter_and_finds_the_dossier(at_a_dossier, office):
    page, dossier = at_a_dossier, Dossier.objects.get()

    page.typed(SCANNED, gap=10)
    with page.expect_navigation(url=f"**/{dossier.code}/"):
        page.keyboard.press("Enter")

    assert Dossier.objects.get().at_unit == office.professional


@pytest.mark.parametrize(
    ("text", "stutters_before"), [(SCANNED, "x"), (SCANNED, "b"), (f"x{SCANNED}", "8"), (f"xb{SCANNED}", "xa")]
)
def test_a_scan_that_stutters_presses_no_letter_and_is_read_whole(at_a_dossier, office, text, stutters_before):
    page = at_a_dossier
    page.route("**/tim/**", lambda route: route.fulfill(body="tìm"))
    read = text.index(stutters_before, 3)

    page.typed(text[:read], gap=10)
    page.clock.run_for(200)
    page.typed(text[read:], gap=10)
    with page.expect_request("**/tim/**") as search:
        page.keyboard.press("Enter")

    assert parse_qs(urlsplit(search.value.url).query) == {"q": [text]}
    assert Dossier.objects.get().at_unit == office.professional


def test_one_letter_is_pressed_a_tenth_of_a_second_later(at_a_dossier, office):
    page = at_a_dossier
    page.route("**/*", lambda route: route.abort())

    page.typed("x", gap=90)
    assert not page.evaluate("document.querySelector('form[data-sent]')")
    with page.expect_request(lambda request: request.method == "POST"):
        page.clock.run_for(10)


def test_letters_typed_slowly_are_all_pressed(sit_down, office, at_a_dossier):
    a_dossier(office, State.IN_PROGRESS), a_dossier(office, State.IN_PROGRESS)
    page = at_a_dossier
    page.goto("/motcua/")

    page.typed("jjj", gap=150)
    third = page.evaluate("document.activeElement.href")
    page.typed("k", gap=150)

    assert page.locator("[data-row] [data-open]").count() == 3
    assert third == page.locator("[data-row] [data-open]").nth(2).evaluate("(link) => link.href")
    assert page.evaluate("document.activeElement.href") != third


def test_another_paper_is_looked_at_without_losing_what_is_being_written(sit_down, office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    page = sit_down(office.officer)
    page.goto(address(dossier, "request_supplement"))
    page.get_by_label("Giấy chứng sinh").first.fill("Chụp cả mặt sau")

    page.get_by_role("link", name="Giấy tờ tùy thân").click()
    page.locator("#papers a[aria-current=true]", has_text="Giấy tờ tùy thân").wait_for()

    expect(page.get_by_label("Giấy chứng sinh").first).to_have_value("Chụp cả mặt sau")


def test_a_person_is_received_without_javascript(sit_down, office):
    page = sit_down(office.reception, java_script_enabled=False)
    page.goto("/motcua/tiep-nhan/?tim=khai sinh")
    page.get_by_role("main").get_by_role("link", name="Đăng ký khai sinh").click()
    page.get_by_label("Quét mã QR").fill(CARD)
    page.get_by_label("Quét mã QR").press("Enter")  # Enter reads the card and never receives by accident
    expect(page.get_by_label("Họ và tên chủ hồ sơ")).to_have_value("Hoàng Văn Sơn")
    page.get_by_label("Họ, chữ đệm, tên của con").fill("Hoàng Gia Bảo")
    page.locator("[name=form-ngay_sinh]").fill("2023-10-20")
    page.get_by_label("Không", exact=True).check()
    page.get_by_role("button", name="Tiếp nhận và in giấy hẹn").click()
    page.wait_for_url("**/da-tiep-nhan/**")

    assert Dossier.objects.get().form["ten_con"] == "Hoàng Gia Bảo"


def test_everything_of_a_dossier_stands_on_one_screen_of_the_desk(sit_down, office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    page = sit_down(office.officer)
    page.goto(address(dossier))

    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    for title in ("Nội dung hồ sơ", "Giấy tờ", "Việc có thể làm", "Hẹn trả", "Diễn biến"):
        expect(page.get_by_role("heading", name=title).first).to_be_in_viewport()
