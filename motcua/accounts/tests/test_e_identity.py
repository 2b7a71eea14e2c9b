"""Signing in with an electronic identity, at a real provider of OpenID Connect that the tests start."""

import base64
import hashlib
import warnings
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core.cache import cache
from django.test import override_settings
from django.utils import timezone

from motcua.accounts import e_identity, registration, second_factor
from motcua.accounts.models import Identity, Person
from motcua.accounts.testing import PASSWORD, a_citizen, sign_in
from motcua.journal.testing import events

from .codes import SECRET
from .codes import code as totp

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from oidc_provider_mock import User, run_server_in_thread

DUNG = {"SoDinhDanh": "008190000123", "HoVaTen": "Ma Thị Dung", "NgayThangNamSinh": "05/09/1990", "acr": "2"}
PAO = {"SoDinhDanh": "008085000456", "HoVaTen": "Lý A Pao", "LoaiTaiKhoan": "1", "SoDienThoai": "+84912345678"}
FIRM = {"SoDinhDanh": "", "HoVaTen": "Công ty Sông Lô", "LoaiTaiKhoan": "2"}


@pytest.fixture(autouse=True)
def nothing_counted_yet(db):
    cache.clear()


@pytest.fixture(scope="module")
def running():
    people = [User(sub="dung", claims=DUNG), User(sub="pao", claims=PAO), User(sub="firm", claims=FIRM)]
    with run_server_in_thread(user_claims=people, require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def issuer(running):
    told = {"issuer": running, "client": "motcua", "secret": "bí mật", "name": "VNeID", "level_2": "acr=2"}
    with override_settings(OIDC=told):
        yield running


def ask(client, then="/cua-toi/", **told):
    """To the provider's door, as our page sends there."""
    return client.get("/dang-nhap/dinh-danh/", {"next": then} | told)["Location"]


def agree(door, who="dung", **answer):
    """The person proves themselves at the provider and is sent back."""
    back = requests.post(door, data={"sub": who} | answer, allow_redirects=False, timeout=5)
    return "/dang-nhap/dinh-danh/tra-loi/?" + urlsplit(back.headers["Location"]).query


def come_in(client, who="dung", then="/cua-toi/"):
    return client.get(agree(ask(client, then), who))


def said(response):
    return response.content.decode()


def is_in(client):
    return client.get("/cua-toi/").status_code == 200


def refused(client, response, sentence):
    page = said(client.get(response["Location"]))
    assert sentence in page, page
    assert not is_in(client)


def test_whoever_proves_who_they_are_gets_an_account_and_goes_on(client, issuer):
    assert "Đăng nhập bằng VNeID" in said(client.get("/dang-nhap/?next=/cua-toi/"))

    assert come_in(client)["Location"] == "/cua-toi/"

    dung = Person.objects.get()
    assert said(client.get("/cua-toi/")) == "của Ma Thị Dung"
    assert (dung.id_number, str(dung.birth_date)) == ("008190000123", "1990-09-05")
    assert not dung.has_usable_password() and events(dung) == ["person.registered", "person.identified"]
    assert (dung.identities.get().issuer, dung.identities.get().subject) == (issuer, "dung")


def test_the_question_carries_a_challenge_a_state_and_a_nonce(client, issuer):
    asked = parse_qs(urlsplit(ask(client)).query)
    kept = client.session[e_identity.ASKED]

    challenge = base64.urlsafe_b64encode(hashlib.sha256(kept["verifier"].encode()).digest()).rstrip(b"=").decode()
    assert asked["code_challenge"] == [challenge] and asked["code_challenge_method"] == ["S256"]
    assert asked["state"] == [kept["state"]] and asked["nonce"] == [kept["nonce"]]
    assert asked["redirect_uri"] == ["http://testserver/dang-nhap/dinh-danh/tra-loi/"]


def test_behind_a_proxy_with_https_people_are_sent_back_by_https(client, issuer, settings):
    settings.SESSION_COOKIE_SECURE = True

    assert "redirect_uri=https%3A%2F%2Ftestserver%2F" in ask(client)


def test_who_comes_again_finds_the_same_account(client, issuer):
    come_in(client)
    client.post("/dang-xuat/")

    come_in(client)

    assert is_in(client) and Person.objects.count() == Identity.objects.count() == 1


def test_the_level_of_the_sign_in_is_known_and_is_not_the_password_s(client, issuer, rf):
    come_in(client)
    dung = Person.objects.get()
    assert client.session["assured"] == [dung.pk, 2] and dung.identities.get().level == 2
    come_in_as_pao = client
    come_in_as_pao.post("/dang-xuat/")
    come_in(come_in_as_pao, "pao")
    assert client.session["assured"][1] == 1  # the provider did not say more

    client.post("/dang-xuat/")
    sign_in(client, dung)
    assert "assured" not in client.session


def test_a_level_proved_by_one_person_is_worth_nothing_to_another(client, issuer):
    come_in(client)
    second_factor.enrol_totp(Person.objects.get(), SECRET)
    client.post("/dang-xuat/")
    other = a_citizen("Lý A Pao", "0912345678")

    come_in(client)  # half: the second factor is still to come
    client.post("/dang-nhap/", {"login": other.phone, "password": PASSWORD})

    request = client.get("/cua-toi/").wsgi_request
    assert request.user == other and request.user.assured == 0


def test_a_second_factor_is_asked_for_after_an_identity_too(client, issuer):
    come_in(client)
    second_factor.enrol_totp(Person.objects.get(), SECRET)
    client.post("/dang-xuat/")

    assert come_in(client)["Location"] == "/dang-nhap/buoc-hai/?next=%2Fcua-toi%2F"
    assert not is_in(client)
    client.post("/dang-nhap/buoc-hai/", {"code": totp(), "next": "/cua-toi/"})

    assert client.get("/cua-toi/").wsgi_request.user.assured == 2


def test_an_answer_to_another_question_is_refused(client, issuer):
    back = agree(ask(client))

    refused(client, client.get(back.replace("state=", "state=x")), "không bắt đầu từ máy này")
    refused(client, client.get(back), "không bắt đầu từ máy này")  # and the question is spent
    assert not Person.objects.exists()


def test_an_answer_brought_to_another_browser_is_refused(client, issuer):
    back = agree(ask(client))
    client.cookies.clear()

    refused(client, client.get(back), "không bắt đầu từ máy này")


def test_an_answer_is_good_once_even_with_its_cookie(client, issuer):
    back = agree(ask(client))
    cookie = client.cookies["sessionid"].value
    client.get(back)
    client.cookies.clear()
    client.cookies["sessionid"] = cookie

    refused(client, client.get(back), "không bắt đầu từ máy này")


def test_a_code_of_another_question_is_refused_by_its_nonce(client, issuer):
    stolen = parse_qs(urlsplit(agree(ask(client), "pao")).query)["code"][0]
    state = parse_qs(urlsplit(ask(client)).query)["state"][0]

    answer = client.get("/dang-nhap/dinh-danh/tra-loi/", {"state": state, "code": stolen})

    refused(client, answer, "Chưa xác nhận được danh tính điện tử")
    assert not Person.objects.exists()


def test_who_presses_cancel_is_told_that_nothing_changed(client, issuer):
    door = ask(client)
    state = parse_qs(urlsplit(door).query)["state"][0]  # which this provider forgets to send back with a no

    refused(client, client.get(f"{agree(door, action='deny')}&state={state}"), "Bạn đã dừng việc đăng nhập")


def test_a_provider_that_is_somebody_else_is_not_believed(client, issuer):
    cache.set(f"e-identity-provider:{issuer}", {"issuer": "https://khac.example.vn", "authorization_endpoint": "x"}, 60)

    answer = client.get("/dang-nhap/dinh-danh/")

    assert answer["Location"] == "/dang-nhap/"
    refused(client, answer, "Chưa xác nhận được danh tính điện tử")


def test_an_answer_of_another_issuer_is_refused(client, issuer):
    back = agree(ask(client))

    refused(client, client.get(f"{back}&iss=https://khac.example.vn"), "Chưa xác nhận được danh tính điện tử")


def test_a_token_of_another_issuer_or_for_another_client_is_refused(client, issuer, settings):
    back = agree(ask(client))
    settings.OIDC = {**settings.OIDC, "client": "khac"}
    refused(client, client.get(back), "Chưa xác nhận được danh tính điện tử")


def test_a_provider_that_is_away_is_a_sentence(client, issuer, settings):
    back = agree(ask(client))
    known = cache.get(f"e-identity-provider:{issuer}")
    cache.set(f"e-identity-provider:{issuer}", known | {"token_endpoint": "http://127.0.0.1:9/"}, 60)

    refused(client, client.get(back), "nơi cấp không trả lời")


def test_the_account_of_a_firm_is_told_that_persons_sign_in_here(client, issuer):
    refused(client, client.get(agree(ask(client), "firm")), "danh tính điện tử của cá nhân")
    assert not Person.objects.exists()


def test_a_number_somebody_typed_does_not_open_their_account(client, issuer):
    typed = a_citizen("Kẻ Khác")
    Person.objects.filter(pk=typed.pk).update(id_number=DUNG["SoDinhDanh"])

    come_in(client)

    assert said(client.get("/cua-toi/")) == "của Ma Thị Dung" and Person.objects.count() == 2


def test_an_account_that_is_there_is_given_an_identity(client, issuer, pao):
    sign_in(client, pao)
    page = said(client.get("/tai-khoan/"))
    assert "Tài khoản chưa định danh" in page and "Gắn VNeID" in page

    client.get(agree(ask(client, gan=e_identity.attaching(pao)), "pao"))

    pao.refresh_from_db()
    assert pao.id_number == PAO["SoDinhDanh"] and pao.identities.get().level == 1
    assert "định danh điện tử mức độ 1" in said(client.get("/tai-khoan/"))
    with pytest.raises(registration.Identified):
        registration.correct(pao, full_name="Tên Khác", id_number=pao.id_number, at=timezone.now())


def test_no_page_elsewhere_gives_an_account_an_identity(client, issuer, pao):
    sign_in(client, pao)
    other = a_citizen("Ma Thị Dung")

    for forged in ("x", str(pao.pk), e_identity.attaching(other)):
        assert client.get("/dang-nhap/dinh-danh/", {"gan": forged})["Location"] == "/tai-khoan/"
    assert e_identity.ASKED not in client.session


@pytest.mark.parametrize("who", ["lan", "pao"])
def test_an_officer_and_a_different_number_are_refused(client, issuer, who, request):
    person = request.getfixturevalue(who)
    if who == "pao":
        Person.objects.filter(pk=person.pk).update(id_number="008085999999")
    sign_in(client, person)

    client.get(agree(ask(client, gan=e_identity.attaching(person)), "pao"))

    sentence = "Số định danh ghi trong tài khoản khác" if who == "pao" else "Tài khoản cán bộ không gắn"
    assert sentence in said(client.get("/tai-khoan/")) and not Identity.objects.exists()


def test_an_identity_of_another_account_leads_to_joining_both(client, issuer, pao, settings):
    come_in(client, "pao")
    known = Identity.objects.get().person
    client.post("/dang-xuat/")
    sign_in(client, pao)

    answer = client.get(agree(ask(client, gan=e_identity.attaching(pao)), "pao"))

    assert answer["Location"] == settings.JOIN_URL
    assert client.session["beside"][0] == known.pk and not pao.identities.exists()


def test_without_a_provider_there_is_no_such_door(client, pao):
    assert "VNeID" not in said(client.get("/dang-nhap/"))
    sign_in(client, pao)
    assert "định danh" not in said(client.get("/tai-khoan/")).replace("Số định danh", "")
    client.post("/dang-xuat/")
    assert client.get("/dang-nhap/dinh-danh/").status_code == 404
    assert client.get("/dang-nhap/dinh-danh/tra-loi/").status_code == 404
