"""An account from its first code to its end, as a person with a telephone walks it in a real browser."""

import re

import pytest
from django.core.cache import cache

from motcua.accounts.models import Person
from motcua.accounts.testing import PASSWORD, a_citizen
from motcua.messaging.testing import run_deliveries, telephones
from motcua.portal import own_data
from motcua.ui.testing import wrong_with

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company(transactional_db):
    cache.clear()
    with telephones() as company:
        yield company


def test_an_account_is_opened_joined_copied_and_closed(page, live_server, company, settings):
    settings.OIDC = settings.OIDC | {"issuer": "https://vneid.example.vn", "client": "motcua"}
    older = a_citizen("Ma Thị Dung", "0912345678")

    def look(where=""):
        if where:
            page.goto(live_server.url + where)
        assert wrong_with(page) == [], page.url

    def press(label):
        with page.expect_navigation():
            page.get_by_role("button", name=label, exact=True).click()

    def type_code():
        run_deliveries()
        page.get_by_label("Mã 6 số").fill(re.match(r"\d{6}", company.received[-1]["text"])[0])
        press("Tiếp tục")

    look("/dang-nhap/")
    look("/dang-ky/")
    page.get_by_label("Số điện thoại").fill("0988 777 666")
    press("Gửi mã")
    look()
    type_code()
    look()
    page.get_by_label("Họ và tên").fill("Ma Thị Dung")
    press("Mở tài khoản")
    look("/tai-khoan/")
    look("/tai-khoan/so-dien-thoai/")
    look("/tai-khoan/xac-nhan/")

    look("/tai-khoan/gop/")
    page.get_by_label("Số điện thoại hoặc tên đăng nhập").fill(older.phone)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    press("Tiếp tục")
    look()
    press("Gộp")
    dung = Person.objects.get(phone="0988777666")
    assert Person.objects.get(pk=older.pk).joined_to == dung

    page.goto(f"{live_server.url}/tai-khoan/du-lieu/")
    press("Lập bản sao")
    own_data.make(dung.data_copies.get().pk, at=own_data.timezone.now())
    look("/tai-khoan/du-lieu/")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Bản sao ngày").click()
    assert fetched.value.suggested_filename.endswith(".zip")

    look("/tai-khoan/dong/")
    page.get_by_label("Tôi đã hiểu").check()
    press("Đóng tài khoản")
    assert page.get_by_text("Tài khoản đã đóng.").is_visible()
    dung.refresh_from_db()
    assert not dung.is_active
