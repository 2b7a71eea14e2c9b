"""Accounts by telephone or mailbox, with a code sent there."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from motcua.accounts import one_time_codes, registration
from motcua.accounts.models import CodeTask, OneTimeCode, Person
from motcua.accounts.testing import PASSWORD, a_citizen, sign_in
from motcua.journal.models import Entry
from motcua.journal.testing import events
from motcua.messaging.models import Message
from motcua.messaging.testing import mailboxes, run_deliveries, telephones

from .codes import SECRET

NUMBER = "0988777666"
BOX = "dung@example.vn"


@pytest.fixture(autouse=True)
def nothing_counted_yet(db):
    cache.clear()


@pytest.fixture
def company(db):
    """The telephone company this house sends messages by."""
    with telephones() as company:
        yield company


def said(response):
    return response.content.decode()


def newest_code(company):
    run_deliveries()
    return re.match(r"\d{6}", company.received[-1]["text"])[0]


def ask(client, to=NUMBER, **told):
    return client.post("/dang-nhap/ma/", {"to": to} | told)


def enter(client, code, **told):
    return client.post("/dang-nhap/ma/nhap/", {"code": code} | told)


def by_code(client, company, to=NUMBER, **told):
    ask(client, to, **told)
    return enter(client, newest_code(company), **told)


def is_in(client):
    return client.get("/cua-toi/").status_code == 200


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_who_has_a_telephone_opens_an_account_without_a_password(client, company):
    assert "Không phải đặt mật khẩu" in said(client.get("/dang-ky/?next=/cua-toi/"))

    client.post("/dang-ky/", {"to": "+84 988 777 666", "next": "/cua-toi/"})
    named = enter(client, newest_code(company), next="/cua-toi/")
    assert named["Location"] == "/dang-ky/ten/?next=%2Fcua-toi%2F"
    opened = client.post("/dang-ky/ten/", {"full_name": "Ma Thị Dung", "next": "/cua-toi/"})

    dung = Person.objects.get()
    assert opened["Location"] == "/cua-toi/" and is_in(client)
    assert (dung.phone, dung.full_name) == (NUMBER, "Ma Thị Dung") and dung.phone_verified_at
    assert not dung.has_usable_password() and events(dung) == ["person.registered"]


def test_the_code_is_told_to_the_telephone_and_kept_nowhere(client, company):
    ask(client)
    code = newest_code(company)

    assert f"{code} la ma Mot Cua" in company.received[-1]["text"]
    assert code not in OneTimeCode.objects.get().made_of and not Message.objects.get().text
    assert code not in Message.objects.get().title and code not in client.cookies["sessionid"].value


def test_who_has_an_account_signs_in_by_code(client, company, pao):
    registration.take_address(pao, pao.phone, at=timezone.now())

    assert by_code(client, company, pao.phone, next="/cua-toi/")["Location"] == "/cua-toi/"

    assert said(client.get("/cua-toi/")) == "của Lý A Pao"


def test_nothing_tells_whether_there_is_an_account(client, company, pao):
    registration.take_address(pao, pao.phone, at=timezone.now())

    there, away = ask(client, pao.phone), ask(client, "0999888777")
    cache.clear()
    pages = [re.sub(r"value=\"\w{64}\"", "", said(ask_and_see(client, to))) for to in (pao.phone, "0999888777")]

    assert (there.status_code, there["Location"]) == (away.status_code, away["Location"])
    assert pages[0].replace("0912 ••• 678", "…") == pages[1].replace("0999 ••• 777", "…")
    assert Message.objects.filter(to=pao.phone).count() == Message.objects.filter(to="0999888777").count()


def ask_and_see(client, to):
    ask(client, to)
    return client.get("/dang-nhap/ma/nhap/")


def test_a_code_is_good_once_and_for_ten_minutes(client, company):
    ask(client)
    code, pk = newest_code(company), OneTimeCode.objects.get().pk
    now = timezone.now()

    with pytest.raises(one_time_codes.SpentOneTimeCode):
        one_time_codes.prove(pk, code, CodeTask.SIGN_IN, at=now + timedelta(minutes=10))
    with pytest.raises(one_time_codes.SpentOneTimeCode):
        one_time_codes.prove(pk, code, CodeTask.CONFIRM, at=now)
    assert one_time_codes.prove(pk, code, CodeTask.SIGN_IN, at=now) == NUMBER
    with pytest.raises(one_time_codes.SpentOneTimeCode):
        one_time_codes.prove(pk, code, CodeTask.SIGN_IN, at=now)


def test_after_five_wrong_tries_the_right_code_is_wrong_too(client, company, pao):
    ask(client, pao.phone)
    code = newest_code(company)

    answers = [enter(client, wrong(code)) for _ in range(5)]

    assert {answer.status_code for answer in answers} == {422} and "Mã chưa đúng" in said(answers[0])
    assert enter(client, code).status_code == 429
    cache.clear()
    assert "không còn dùng được" in said(enter(client, code)) and not is_in(client)


def test_a_code_asked_for_in_one_browser_opens_nothing_in_another(client, company, pao):
    ask(client, pao.phone)
    code = newest_code(company)
    client.cookies.clear()

    assert enter(client, code)["Location"] == "/dang-nhap/ma/" and not is_in(client)


def test_a_telephone_is_not_flooded(client, company):
    assert [ask(client).status_code for _ in range(3)] == [302] * 3

    refused = ask(client)

    assert refused.status_code == 429 and "Đã gửi nhiều mã" in said(refused)
    assert Message.objects.count() == 3


def test_a_number_nobody_proved_opens_an_account_only_with_its_name(client, company, pao):
    assert by_code(client, company, pao.phone)["Location"] == "/dang-nhap/ma/ten/"
    assert "chưa ai xác minh" in said(client.get("/dang-nhap/ma/ten/"))

    refused = client.post("/dang-nhap/ma/ten/", {"full_name": "Ma Thị Dung"})
    assert refused.status_code == 422 and "Tên chưa khớp" in said(refused) and not is_in(client)

    assert client.post("/dang-nhap/ma/ten/", {"full_name": "ly a pao"}).status_code == 302
    pao.refresh_from_db()
    assert is_in(client) and pao.phone_verified_at


def test_an_officer_does_not_sign_in_by_code(client, company, lan):
    Person.objects.filter(pk=lan.pk).update(phone=NUMBER, phone_verified_at=timezone.now())

    refused = by_code(client, company)

    assert refused.status_code == 422 and "Tài khoản cán bộ đăng nhập bằng tên" in said(refused)
    assert not is_in(client) and client.get("/dang-nhap/thiet-lap/").status_code == 302


def test_a_second_factor_is_asked_for_after_a_code_too(client, company, pao):
    from motcua.accounts import second_factor

    registration.take_address(pao, pao.phone, at=timezone.now())
    second_factor.enrol_totp(pao, SECRET)

    assert by_code(client, company, pao.phone)["Location"] == "/dang-nhap/buoc-hai/"
    assert not is_in(client)


def test_a_forgotten_password_is_set_anew_after_a_code(client, company, pao):
    registration.take_address(pao, pao.phone, at=timezone.now())
    assert "/dang-nhap/ma/?next=%2Ftai-khoan%2Fmat-khau%2F" in said(client.get("/dang-nhap/"))

    by_code(client, company, pao.phone, next="/tai-khoan/mat-khau/")
    assert "Mật khẩu hiện tại" not in said(client.get("/tai-khoan/mat-khau/"))
    client.post("/tai-khoan/mat-khau/", {"password": "một câu dài và khác hẳn"})

    pao.refresh_from_db()
    assert pao.check_password("một câu dài và khác hẳn") and is_in(client)


def test_without_a_code_the_old_password_is_asked_for(client, company, pao):
    sign_in(client, pao)

    assert "Mật khẩu hiện tại" in said(client.get("/tai-khoan/mat-khau/"))
    assert client.post("/tai-khoan/mat-khau/", {"password": "một câu dài và khác hẳn"}).status_code == 422
    pao.refresh_from_db()
    assert pao.check_password(PASSWORD)


def test_a_new_number_is_taken_once_its_code_is_typed_and_the_old_one_is_told(client, company, pao):
    sign_in(client, pao)
    assert 'name="phone"' not in said(client.get("/tai-khoan/thong-tin/"))

    client.post("/tai-khoan/so-dien-thoai/", {"to": NUMBER})
    pao.refresh_from_db()
    assert pao.phone == "0912345678"
    client.post("/tai-khoan/so-dien-thoai/ma/", {"code": newest_code(company)})
    run_deliveries()

    pao.refresh_from_db()
    assert pao.phone == NUMBER and pao.phone_verified_at
    assert company.received[-1]["to"] == "0912345678" and "vua doi dia chi" in company.received[-1]["text"]
    assert Entry.objects.get(event="person.address_verified").facts == {"kind": "phone"}


def test_a_number_of_another_account_stays_there(client, company, pao):
    other = a_citizen("Ma Thị Dung", NUMBER)
    sign_in(client, pao)

    client.post("/tai-khoan/so-dien-thoai/", {"to": NUMBER})
    refused = client.post("/tai-khoan/so-dien-thoai/ma/", {"code": newest_code(company)})

    pao.refresh_from_db(), other.refresh_from_db()
    assert refused.status_code == 422 and "thuộc một tài khoản khác" in said(refused)
    assert (pao.phone, other.phone) == ("0912345678", NUMBER)


def test_who_has_no_password_confirms_by_code(client, company):
    dung = registration.register(full_name="Ma Thị Dung", phone=NUMBER, verified=True, at=timezone.now())
    sign_in(client, dung)
    session = client.session
    session["confirmed_at"] = 0
    session.save()
    client.cookies["sessionid"] = session.session_key

    assert client.get("/tai-khoan/khoa/")["Location"].startswith("/tai-khoan/xac-nhan/")
    page = said(client.get("/tai-khoan/xac-nhan/?next=/tai-khoan/khoa/"))
    assert "Gửi mã đến 0988 ••• 666" in page and 'name="password"' not in page
    client.post("/tai-khoan/xac-nhan/ma/", {"send": "1", "to": "0911222333", "next": "/tai-khoan/khoa/"})
    assert Message.objects.get().to == NUMBER  # never where the page asks, only where the account says
    done = client.post("/tai-khoan/xac-nhan/ma/", {"code": newest_code(company), "next": "/tai-khoan/khoa/"})

    assert done["Location"] == "/tai-khoan/khoa/" and client.get("/tai-khoan/khoa/").status_code == 200


def test_a_mailbox_opens_an_account_and_signs_in_with_code_or_password(client, db):
    with mailboxes() as boxes:
        ask(client, "Dung@Example.vn")
        run_deliveries()
        code = re.match(r"\d{6}", boxes.letters[-1].get_content())[0]
        enter(client, code)
        client.post("/dang-ky/ten/", {"full_name": "Ma Thị Dung"})

        assert "0912" not in said(client.get("/dang-nhap/ma/")) and is_in(client)
        dung = Person.objects.get()
        assert (dung.email, dung.phone) == (BOX, "") and dung.email_verified_at
        client.post("/tai-khoan/mat-khau/", {"password": PASSWORD})
        client.post("/dang-xuat/")
        client.post("/dang-nhap/", {"login": "DUNG@example.vn", "password": PASSWORD})

        assert is_in(client)
        assert ask(client, NUMBER).status_code == 302  # signed in already


def test_a_mailbox_somebody_only_typed_opens_nothing(client, pao):
    Person.objects.filter(pk=pao.pk).update(email=BOX)

    client.post("/dang-nhap/", {"login": BOX, "password": PASSWORD})

    assert not is_in(client) and one_time_codes.owner_of(BOX) is None


def test_where_nothing_is_set_up_no_page_offers_a_code(client, pao):
    pages = [said(client.get(where)) for where in ("/dang-nhap/", "/dang-ky/")]
    sign_in(client, pao)
    pages += [said(client.get(where)) for where in ("/tai-khoan/", "/tai-khoan/xac-nhan/", "/tai-khoan/thong-tin/")]

    assert not any("nhận mã" in page.lower() or "gửi mã" in page.lower() for page in pages)
    assert "Đặt mật khẩu" in pages[1] and 'name="phone"' in pages[4]
    client.post("/dang-xuat/")
    assert client.get("/dang-nhap/ma/").status_code == 404
    assert client.get("/tai-khoan/so-dien-thoai/").status_code == 302


def test_codes_are_kept_for_a_day(client, company):
    ask(client)

    one_time_codes.forget(timezone.now() + timedelta(hours=23))
    assert OneTimeCode.objects.exists()
    one_time_codes.forget(timezone.now() + timedelta(hours=25))
    assert not OneTimeCode.objects.exists()
