"""Signing in with a password: who comes in, who does not, and what they read."""

import unicodedata
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from motcua.accounts import attempts
from motcua.accounts.models import Person
from motcua.accounts.testing import PASSWORD, sign_in

WRONG = "Tên đăng nhập, số điện thoại hoặc mật khẩu chưa đúng. Hãy kiểm tra và nhập lại."
WAIT = "Đã có nhiều lần nhập sai"


@pytest.fixture(autouse=True)
def nothing_counted_yet(db):
    cache.clear()


def enter(client, login, password=PASSWORD, **told):
    return client.post("/dang-nhap/", {"login": login, "password": password, **told.pop("also", {})}, **told)


def name_shown(client):
    response = client.get("/cua-toi/")
    return response.content.decode().removeprefix("của ") if response.status_code == 200 else None


@pytest.mark.parametrize(
    "typed", ["0912345678", "+84 912 345 678", "84912345678", "0084 912.345.678", " 0912 345-678 "]
)
def test_a_citizen_signs_in_with_the_phone_number_however_it_is_typed(client, pao, typed):
    response = enter(client, typed)

    assert (response.status_code, response["Location"]) == (302, "/")
    assert name_shown(client) == "Lý A Pao"


def test_a_user_name_may_be_typed_in_capitals(client, pao):
    enter(client, pao.username.upper())

    assert name_shown(client) == "Lý A Pao"


def test_a_password_typed_on_another_vietnamese_keyboard_is_the_same(client, pao):
    enter(client, pao.phone, unicodedata.normalize("NFD", PASSWORD))

    assert name_shown(client) == "Lý A Pao"


def test_a_wrong_password_and_an_account_that_is_not_there_read_the_same(client, pao):
    pages = [enter(client, login, "sai mật khẩu rồi") for login in (pao.phone, "0999999999", "khong.co.ai")]

    for page in pages:
        assert page.status_code == 422
        assert WRONG in page.content.decode()
    assert name_shown(client) is None


def test_an_account_that_was_closed_reads_the_same_as_one_that_is_not_there(client, pao):
    Person.objects.update(is_active=False)

    assert WRONG in enter(client, pao.phone).content.decode()


def test_what_was_typed_stays_but_the_password(client, pao):
    page = enter(client, pao.phone, "sai mật khẩu rồi").content.decode()

    assert 'value="0912345678"' in page
    assert "sai mật khẩu rồi" not in page


def test_an_empty_form_says_what_is_missing(client, db):
    page = enter(client, "", "").content.decode()

    assert "Bạn chưa nhập số điện thoại hoặc tên đăng nhập." in page and "Bạn chưa nhập mật khẩu." in page


def test_after_five_wrong_passwords_the_right_one_waits(client, pao):
    for _ in range(5):
        enter(client, pao.phone, "sai mật khẩu rồi")

    response = enter(client, pao.phone)

    assert response.status_code == 429
    assert f"{WAIT}, nên vì an toàn hãy chờ 5 phút rồi thử lại." in response.content.decode()
    assert name_shown(client) is None


def test_an_account_that_is_not_there_makes_one_wait_just_the_same(client, db):
    for _ in range(5):
        enter(client, "0999999999", "sai mật khẩu rồi")

    assert enter(client, "0999999999", "sai mật khẩu rồi").status_code == 429


def test_another_spelling_of_the_number_is_no_second_chance(client, pao):
    for _ in range(5):
        enter(client, "0912345678", "sai mật khẩu rồi")

    assert enter(client, "+84 912 345 678").status_code == 429


def test_nobody_locks_another_out_from_elsewhere(client, pao):
    for _ in range(6):
        enter(client, pao.phone, "sai mật khẩu rồi", REMOTE_ADDR="203.0.113.7")

    assert enter(client, pao.phone, REMOTE_ADDR="198.51.100.4").status_code == 302


def test_a_claimed_address_is_not_believed(client, pao):
    for number in range(6):
        last = enter(client, pao.phone, "sai mật khẩu rồi", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")

    assert last.status_code == 429


def test_five_minutes_later_the_right_password_comes_in(client, pao, monkeypatch):
    for _ in range(5):
        enter(client, pao.phone, "sai mật khẩu rồi")
    now = attempts.time.time()
    monkeypatch.setattr(attempts, "time", SimpleNamespace(time=lambda: now + 301))

    assert enter(client, pao.phone).status_code == 302


def test_one_address_may_not_try_account_after_account(client, pao):
    for number in range(60):
        enter(client, f"0911{number:06d}", "sai mật khẩu rồi")

    assert enter(client, pao.phone).status_code == 429


def test_a_right_password_forgets_the_wrong_ones_before_it(client, pao):
    for _ in range(3):
        for _ in range(4):
            enter(client, pao.phone, "sai mật khẩu rồi")
        assert enter(client, pao.phone).status_code == 302
        client.post("/dang-xuat/")


def test_only_a_failure_is_written_down(client, pao):
    with CaptureQueriesContext(
        connection,
    ) as told:
        enter(client, pao.phone)

    written = [one["sql"] for one in told if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert len(written) == 1 and "last_login" in written[0]
    assert not connection.cursor().execute("SELECT 1 FROM shared_cache").fetchall()


def test_the_way_onward_is_kept(client, pao):
    page = client.get("/dang-nhap/?next=/cua-toi/%3Fa%3D1").content.decode()
    assert '<input type="hidden" name="next" value="/cua-toi/?a=1">' in page

    assert enter(client, pao.phone, also={"next": "/cua-toi/?a=1"})["Location"] == "/cua-toi/?a=1"


@pytest.mark.parametrize(
    "bad",
    ["https://lua-dao.example/", "//lua-dao.example/", "/\\lua-dao.example/", "javascript:alert(1)", "\t//x", "lua"],
)
def test_the_way_onward_never_leaves_the_house(client, pao, bad):
    assert "lua" not in client.get("/dang-nhap/", {"next": bad}).content.decode().split("<main")[1]

    assert enter(client, pao.phone, also={"next": bad})["Location"] == "/"


def test_who_is_signed_in_already_goes_on(client, pao):
    sign_in(client, pao)

    assert client.get("/dang-nhap/?next=/cua-toi/")["Location"] == "/cua-toi/"


def test_a_page_for_people_with_an_account_leads_to_sign_in_and_back(client, db):
    assert client.get("/cua-toi/?trang=2")["Location"] == "/dang-nhap/?next=/cua-toi/%3Ftrang%3D2"


def test_what_was_being_sent_leads_back_to_the_page_it_was_sent_from(client, db):
    response = client.post("/cua-toi/", HTTP_REFERER="http://testserver/ho-so/1/")

    assert response["Location"] == "/dang-nhap/?next=/ho-so/1/"


def test_a_page_elsewhere_is_no_way_back(client, db):
    response = client.post("/cua-toi/", HTTP_REFERER="https://lua-dao.example/ho-so/1/")

    assert response["Location"] == "/dang-nhap/?next=/"


def test_a_piece_of_a_page_sends_the_whole_page_to_sign_in(client, db):
    response = client.post(
        "/motcua/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/motcua/ho-so/1/"}
    )

    assert response.status_code == 200
    assert response["HX-Redirect"] == "/dang-nhap/?next=/motcua/ho-so/1/"


def test_signing_out_is_something_one_sends(client, pao):
    sign_in(client, pao)
    assert client.get("/dang-xuat/").status_code == 405
    assert name_shown(client) == "Lý A Pao"

    client.post("/dang-xuat/")

    assert name_shown(client) is None


def test_a_form_from_elsewhere_signs_nobody_in_or_out(pao):
    client = Client(enforce_csrf_checks=True)

    assert enter(client, pao.phone).status_code == 403
    sign_in(client, pao)
    assert client.post("/dang-xuat/").status_code == 403
    assert name_shown(client) == "Lý A Pao"


def test_the_pages_around_signing_in_are_not_kept_by_the_browser(client, pao):
    sign_in(client, pao)

    for address in ("/tai-khoan/", "/tai-khoan/thong-tin/"):
        assert "no-store" in client.get(address)["Cache-Control"]


def test_nothing_else_of_the_library_can_be_reached(client, db):
    for address in ("/accounts/login/", "/login/", "/signup/", "/2fa/", "/accounts/password/reset/"):
        assert client.get(address).status_code == 404
