"""Signing in with a password: who comes in, who does not, and what they read."""

import pytest

from motcua.accounts.testing import PASSWORD, sign_in

WRONG = "Tên đăng nhập, số điện thoại hoặc mật khẩu chưa đúng"


def test_a_citizen_signs_in_with_the_phone_number_however_it_is_typed(client, pao):
    response = client.post("/dang-nhap/", {"login": "+84 912 345 678", "password": PASSWORD})

    assert response.status_code == 302 and response["Location"] == "/"
    assert client.get("/cua-toi/").content.decode() == "của Lý A Pao"


def test_pages(client, lan, pao):
    for p in ["/dang-nhap/", "/dang-ky/"]:
        assert client.get(p).status_code == 200
    sign_in(client, lan)
    for p in ["", "thong-tin/", "mat-khau/", "xac-nhan/", "ung-dung/", "khoa/", ]:
        assert client.get("/tai-khoan/"+p).status_code == 200
    assert client.get("/motcua/").status_code == 200
