"""Signing in as people do it, in a real browser: passkeys, small and wide screens, without JavaScript."""

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from motcua.accounts import second_factor
from motcua.accounts.testing import PASSWORD, session_cookies
from motcua.ui.testing import wrong_with

from .codes import SECRET, code


@pytest.fixture(autouse=True)
def nothing_counted_yet(transactional_db):
    cache.clear()


@pytest.fixture
def fingerprint(page):
    """A device that knows its owner's finger."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    number = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def recognises(owner: bool) -> None:
        device.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": owner})

    return recognises


def touch(page, label):
    page.get_by_role("button", name=label, exact=True).click()


def press(page, label):
    """Touch what sends a form, and wait for the page that answers."""
    with page.expect_navigation():
        touch(page, label)


def enter(page, live_server, person, then="/cua-toi/"):
    page.goto(f"{live_server.url}/dang-nhap/?next={then}")
    page.get_by_label("Số điện thoại hoặc tên đăng nhập").fill(person.username)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    press(page, "Đăng nhập")


def make_passkey(page, name="Máy quầy 3"):
    page.get_by_label("Tên để nhận ra khóa này").fill(name)
    touch(page, "Tạo khóa truy cập")


def shows(page, text):
    """The page says it, once it has come."""
    expect(page.locator("body")).to_contain_text(text)


def test_an_officer_sets_up_a_passkey_and_signs_in_with_it_alone(page, live_server, lan, fingerprint):
    enter(page, live_server, lan, then="/motcua/")
    page.get_by_role("link", name="Tạo khóa truy cập").click()
    make_passkey(page)
    page.wait_for_url("**/tai-khoan/ma-du-phong/**")
    press(page, "Tôi đã cất các mã này")
    shows(page, "quầy của Nguyễn Thị Lan")

    page.context.clear_cookies()
    page.goto(f"{live_server.url}/dang-nhap/?next=/motcua/")
    touch(page, "Dùng khóa truy cập")
    page.wait_for_url(live_server.url + "/motcua/")

    shows(page, "quầy của Nguyễn Thị Lan")
    [kept] = [each for each in second_factor.kept(lan) if each.type == "webauthn"]
    assert kept.wrap().name == "Máy quầy 3" and kept.last_used_at


def test_a_passkey_is_the_second_step_after_the_password(page, live_server, lan, fingerprint):
    enter(page, live_server, lan, then="/motcua/")
    page.get_by_role("link", name="Tạo khóa truy cập").click()
    make_passkey(page)
    page.wait_for_url("**/tai-khoan/ma-du-phong/**")
    page.context.clear_cookies()

    enter(page, live_server, lan, then="/motcua/")
    shows(page, "còn một bước nữa")
    touch(page, "Dùng khóa truy cập")
    page.wait_for_url(live_server.url + "/motcua/")

    shows(page, "quầy của Nguyễn Thị Lan")


def test_a_device_that_does_not_know_its_owner_opens_nothing(page, live_server, pao, fingerprint):
    page.context.add_cookies(session_cookies(pao, live_server.url))
    page.goto(f"{live_server.url}/tai-khoan/khoa/")
    make_passkey(page)
    page.wait_for_url("**/tai-khoan/ma-du-phong/")
    page.context.clear_cookies()
    fingerprint(False)

    page.goto(f"{live_server.url}/dang-nhap/")
    touch(page, "Dùng khóa truy cập")

    shows(page, "Chưa dùng được khóa truy cập. Hãy thử lại, hoặc dùng cách khác.")
    page.goto(f"{live_server.url}/cua-toi/")
    assert "/dang-nhap/" in page.url


def test_an_answer_is_good_once(page, live_server, pao, fingerprint):
    page.context.add_cookies(session_cookies(pao, live_server.url))
    page.goto(f"{live_server.url}/tai-khoan/khoa/")
    make_passkey(page)
    page.wait_for_url("**/tai-khoan/ma-du-phong/")
    page.context.clear_cookies()
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.goto(f"{live_server.url}/dang-nhap/?next=/cua-toi/")
    touch(page, "Dùng khóa truy cập")
    page.wait_for_url(live_server.url + "/cua-toi/")
    overheard = sent[-1]
    assert overheard.url.endswith("/dang-nhap/khoa/")
    with_its_cookies = overheard.all_headers()["cookie"]
    page.context.clear_cookies()

    again = page.request.post(
        overheard.url,
        data=overheard.post_data,
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": with_its_cookies,
            "Referer": page.url,
        },
        max_redirects=0,
    )

    assert again.headers["location"] == "/dang-nhap/?next=%2Fcua-toi%2F"


def test_a_removed_passkey_opens_nothing(page, live_server, pao, fingerprint):
    page.context.add_cookies(session_cookies(pao, live_server.url))
    page.goto(f"{live_server.url}/tai-khoan/khoa/")
    make_passkey(page)
    page.wait_for_url("**/tai-khoan/ma-du-phong/")
    page.goto(f"{live_server.url}/tai-khoan/")
    press(page, "Bỏ Máy quầy 3")
    shows(page, "Đã bỏ cách xác thực này.")
    page.context.clear_cookies()

    page.goto(f"{live_server.url}/dang-nhap/")
    touch(page, "Dùng khóa truy cập")

    shows(page, "Chưa xác nhận được khóa truy cập này.")


def test_one_device_keeps_one_passkey_of_an_account(page, live_server, pao, fingerprint):
    page.context.add_cookies(session_cookies(pao, live_server.url))
    page.goto(f"{live_server.url}/tai-khoan/khoa/")
    make_passkey(page)
    page.wait_for_url("**/tai-khoan/ma-du-phong/")

    page.goto(f"{live_server.url}/tai-khoan/khoa/")
    make_passkey(page, "Lần hai")

    shows(page, "Máy này đã có khóa truy cập của tài khoản này rồi.")


def test_a_password_can_be_looked_at_and_is_hidden_again_when_sent(page, live_server, pao):
    page.goto(f"{live_server.url}/dang-nhap/")
    field = page.get_by_label("Mật khẩu", exact=True)
    field.fill("một câu gì đó")

    page.get_by_role("button", name="Hiện mật khẩu").click()

    assert field.get_attribute("type") == "text"
    page.get_by_label("Số điện thoại hoặc tên đăng nhập").fill(pao.username)
    page.evaluate("document.addEventListener('submit', (event) => event.preventDefault())")
    touch(page, "Đăng nhập")
    assert field.get_attribute("type") == "password"


def test_everything_works_without_javascript(browser, live_server, lan):
    page = browser.new_context(java_script_enabled=False, locale="vi-VN").new_page()
    second_factor.enrol_totp(lan, SECRET)
    enter(page, live_server, lan, then="/motcua/")
    assert not page.get_by_role("button", name="Dùng khóa truy cập").is_visible()

    page.get_by_label("Mã xác thực").fill(code())
    press(page, "Tiếp tục")

    shows(page, "quầy của Nguyễn Thị Lan")
    page.context.close()


def test_every_page_is_accessible_and_fits(page, live_server, lan, pao):
    def look(where=None, status=None):
        if where:
            page.goto(live_server.url + where)
        assert wrong_with(page) == [], page.url

    look("/dang-nhap/?next=/cua-toi/")
    press(page, "Đăng nhập")
    look()
    look("/dang-ky/")
    press(page, "Mở tài khoản")
    look()
    enter(page, live_server, lan, then="/motcua/")
    look()
    press(page, "Bật xác thực hai bước")
    look()
    look("/dang-nhap/thiet-lap/khoa/")
    second_factor.enrol_totp(lan, SECRET)
    enter(page, live_server, lan)
    look()
    press(page, "Tiếp tục")
    look()
    page.get_by_label("Mã xác thực").fill(code())
    press(page, "Tiếp tục")
    for where in ("", "thong-tin/", "mat-khau/", "xac-nhan/", "ung-dung/", "khoa/", "ma-du-phong/"):
        look(f"/tai-khoan/{where}")
    press(page, "Tạo bộ mã mới")
    look()
