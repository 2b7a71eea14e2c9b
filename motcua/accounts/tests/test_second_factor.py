"""The second step: nobody works at the counter without it, and a code opens once."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.utils import timezone

from motcua.accounts import devices, second_factor, sign_in
from motcua.accounts.testing import PASSWORD
from motcua.accounts.testing import sign_in as signed_in
from motcua.journal.models import Entry

from .codes import SECRET, code


@pytest.fixture(autouse=True)
def nothing_counted_yet(db):
    cache.clear()


@pytest.fixture
def app(lan):
    """The application on Lan's phone."""
    return second_factor.enrol_totp(lan, SECRET)


def password(client, person, **told):
    return client.post("/dang-nhap/", {"login": person.username, "password": PASSWORD, **told})


def answer(client, said, **told):
    return client.post("/dang-nhap/buoc-hai/", {"code": said, **told})


def at_the_counter(client):
    return client.get("/motcua/").status_code == 200


def test_an_officer_without_a_second_factor_makes_one_before_anything_opens(client, lan):
    assert password(client, lan, next="/motcua/")["Location"] == "/dang-nhap/thiet-lap/?next=%2Fmotcua%2F"

    assert not at_the_counter(client)
    assert client.get("/cua-toi/").status_code == client.get("/tai-khoan/").status_code == 302


def test_the_secret_is_shown_as_a_picture_and_in_text_and_counts_once_it_was_proved(client, lan):
    password(client, lan, next="/motcua/")
    page = client.get("/dang-nhap/thiet-lap/?next=/motcua/").content.decode()
    secret = re.search(r'data-copy="([A-Z2-7]{32})"', page)[1]
    assert "<svg" in page and f"secret={secret}" in page
    assert " ".join(re.findall("....", secret)) in page

    refused = client.post("/dang-nhap/thiet-lap/", {"code": "000000"})
    assert refused.status_code == 422 and "Mã chưa đúng" in refused.content.decode()
    assert secret in refused.content.decode()
    assert not Authenticator.objects.exists() and not at_the_counter(client)

    response = client.post("/dang-nhap/thiet-lap/", {"code": code(secret), "next": "/motcua/"})
    assert response["Location"] == "/tai-khoan/ma-du-phong/?next=%2Fmotcua%2F"
    assert at_the_counter(client)
    assert Entry.objects.get(subject=lan.subject).event == "person.second_factor_added"


def test_the_code_that_set_the_application_up_opens_nothing_afterwards(client, lan):
    password(client, lan)
    secret = re.search(r'data-copy="([A-Z2-7]{32})"', client.get("/dang-nhap/thiet-lap/").content.decode())[1]
    used = code(secret)
    client.post("/dang-nhap/thiet-lap/", {"code": used})
    client.post("/dang-xuat/")
    password(client, lan)

    assert answer(client, used).status_code == 422
    assert not at_the_counter(client)


def test_the_password_alone_opens_nothing(client, lan, app):
    assert password(client, lan, next="/motcua/")["Location"] == "/dang-nhap/buoc-hai/?next=%2Fmotcua%2F"

    assert not at_the_counter(client)
    assert client.get("/cua-toi/").status_code == 302


def test_who_has_a_second_factor_cannot_set_up_another_instead_of_showing_it(client, lan, app):
    password(client, lan)

    assert client.get("/dang-nhap/thiet-lap/")["Location"] == "/dang-nhap/buoc-hai/"
    assert client.post("/dang-nhap/thiet-lap/", {"code": "000000"})["Location"] == "/dang-nhap/buoc-hai/"
    assert client.get("/dang-nhap/thiet-lap/khoa/")["Location"] == "/dang-nhap/buoc-hai/"


def test_a_code_opens_the_counter(client, lan, app):
    password(client, lan)

    assert answer(client, f"{code()[:3]} {code()[3:]}", next="/motcua/")["Location"] == "/motcua/"
    assert at_the_counter(client)


def test_without_another_wish_an_officer_goes_to_the_counter(client, lan, app):
    password(client, lan)

    assert answer(client, code())["Location"] == "/motcua/"


def test_a_code_cannot_be_used_twice(client, lan, app):
    used = code()
    password(client, lan)
    answer(client, used)
    client.post("/dang-xuat/")
    password(client, lan)

    refused = answer(client, used)

    assert refused.status_code == 422 and "Mã này vừa được dùng rồi" in refused.content.decode()
    assert not at_the_counter(client)


def test_an_older_code_is_no_use_after_a_newer_one(lan, app):
    before = code()
    second_factor.accept(lan, code(later=1), at=timezone.now())

    with pytest.raises(second_factor.UsedCode):
        second_factor.accept(lan, before, at=timezone.now())


def test_a_code_of_long_ago_is_wrong(lan, app):
    with pytest.raises(second_factor.WrongCode):
        second_factor.accept(lan, code(later=-3), at=timezone.now())


def test_after_five_wrong_codes_the_right_one_waits_wherever_it_comes_from(client, lan, app):
    password(client, lan)
    for _ in range(5):
        answer(client, "000000")

    refused = client.post("/dang-nhap/buoc-hai/", {"code": code()}, REMOTE_ADDR="198.51.100.4")

    assert refused.status_code == 429 and "hãy chờ 5 phút" in refused.content.decode()
    assert not at_the_counter(client)


def test_who_knows_only_the_password_shuts_nobody_out_of_their_own_device(client, lan, app):
    password(client, lan)
    answer(client, code())
    client.post("/dang-xuat/")
    stranger = Client()
    password(stranger, lan)
    for _ in range(5):
        answer(stranger, "000000")
    assert answer(stranger, code(later=1)).status_code == 429

    password(client, lan)
    answer(client, code(later=1))

    assert at_the_counter(client)


def test_on_a_known_device_too_five_wrong_codes_make_one_wait(client, lan, app):
    password(client, lan)
    answer(client, code())
    client.post("/dang-xuat/")
    password(client, lan)
    for _ in range(5):
        answer(client, "000000")

    assert answer(client, code(later=1)).status_code == 429


@pytest.mark.parametrize("why", ["of another", "all sessions ended", "made up"])
def test_a_device_is_known_for_its_person_until_all_sessions_are_ended(client, lan, pao, app, why):
    password(client, lan)
    cookie = answer(client, code()).cookies["thiet-bi"]
    assert cookie["httponly"] and cookie["path"] == "/dang-nhap/" and cookie["samesite"] == "Lax"
    asked = RequestFactory().get("/dang-nhap/buoc-hai/")
    asked.COOKIES["thiet-bi"] = cookie.value[:-1] if why == "made up" else cookie.value
    lan.refresh_from_db()
    assert devices.known(asked, lan) or why == "made up"
    if why == "all sessions ended":
        lan = sign_in.end_everywhere(lan, by=lan, at=timezone.now())

    assert devices.known(asked, pao if why == "of another" else lan) == ""


def test_signing_in_with_the_password_again_is_no_second_chance(client, lan, app):
    password(client, lan)
    for _ in range(5):
        answer(client, "000000")
    password(client, lan)

    assert answer(client, code()).status_code == 429


def test_the_second_step_needs_a_first_one(client, lan, app):
    assert client.get("/dang-nhap/buoc-hai/")["Location"] == "/dang-nhap/"
    assert answer(client, code())["Location"] == "/dang-nhap/"
    assert client.get("/dang-nhap/thiet-lap/")["Location"] == "/dang-nhap/"
    assert client.get("/dang-nhap/khoa/tao/").status_code == 403


def test_the_first_step_is_forgotten_after_a_quarter_of_an_hour(client, lan, app, monkeypatch):
    password(client, lan)
    monkeypatch.setattr(sign_in, "HALF_HOLDS", -1)

    assert answer(client, code())["Location"] == "/dang-nhap/"


def test_a_new_password_ends_a_sign_in_that_was_halfway(client, lan, app):
    password(client, lan)
    sign_in.change_password(lan, "một mật khẩu khác hẳn", by=lan, at=timezone.now())

    assert answer(client, code())["Location"] == "/dang-nhap/"


def test_a_person_who_becomes_an_officer_is_asked_before_the_counter_opens(client, lan, app):
    signed_in(client, lan, second_factor=False)

    assert client.get("/motcua/")["Location"] == "/dang-nhap/?next=/motcua/"
    assert client.get("/dang-nhap/?next=/motcua/")["Location"] == "/dang-nhap/buoc-hai/?next=%2Fmotcua%2F"
    assert answer(client, code(), next="/motcua/")["Location"] == "/motcua/"
    assert at_the_counter(client)


def test_a_recovery_code_opens_once(client, lan, app):
    second_factor.renew_codes(lan, at=timezone.now())
    spare = second_factor.codes_to_show(lan)[0]
    password(client, lan)
    assert answer(client, spare)["Location"] == "/motcua/"
    client.post("/dang-xuat/")
    password(client, lan)

    assert answer(client, spare).status_code == 422
    assert len(second_factor.codes_to_show(lan)) == 9


def test_recovery_codes_are_shown_until_they_are_kept_and_never_again(client, lan, app):
    second_factor.renew_codes(lan, at=timezone.now())
    signed_in(client, lan)
    first = second_factor.codes_to_show(lan)[0]
    assert f"{first[:4]} {first[4:]}" in client.get("/tai-khoan/ma-du-phong/").content.decode()

    client.post("/tai-khoan/ma-du-phong/", {"kept": "1"})

    assert first[4:] not in client.get("/tai-khoan/ma-du-phong/").content.decode()


def test_new_recovery_codes_make_the_old_ones_worthless(client, lan, app):
    second_factor.renew_codes(lan, at=timezone.now())
    old = second_factor.codes_to_show(lan)[0]
    signed_in(client, lan)

    client.post("/tai-khoan/ma-du-phong/")

    with pytest.raises(second_factor.WrongCode):
        second_factor.accept(lan, old, at=timezone.now())


def test_a_copy_of_the_database_holds_no_secret(lan):
    second_factor.enrol_totp(lan, SECRET)
    second_factor.renew_codes(lan, at=timezone.now())

    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in kept
    assert not any(each in kept for each in second_factor.codes_to_show(lan))


def test_another_application_takes_the_place_of_the_first(lan):
    second_factor.enrol_totp(lan, SECRET)
    second_factor.enrol_totp(lan, SECRET[::-1].replace("1", "A"))

    with pytest.raises(second_factor.WrongCode):
        second_factor.accept(lan, code(), at=timezone.now())


def test_an_officer_keeps_at_least_one(client, lan, app):
    signed_in(client, lan)

    page = client.post(f"/tai-khoan/buoc-hai/{app.pk}/bo/", follow=True).content.decode()

    assert "Cán bộ luôn cần một cách xác thực thứ hai" in page
    assert second_factor.has_one(lan)
    assert not Entry.objects.filter(subject=lan.subject).exists()


def test_a_citizen_may_do_without(client, pao):
    theirs = second_factor.enrol_totp(pao, SECRET)
    second_factor.renew_codes(pao, at=timezone.now())
    signed_in(client, pao, second_factor=True)

    client.post(f"/tai-khoan/buoc-hai/{theirs.pk}/bo/")

    assert not second_factor.kept(pao)


def test_nobody_removes_what_is_anothers(client, pao, lan, app):
    signed_in(client, pao)

    assert client.post(f"/tai-khoan/buoc-hai/{app.pk}/bo/").status_code == 404
    assert second_factor.has_one(lan)


def test_a_citizen_who_turned_it_on_is_asked_for_it(client, pao):
    second_factor.enrol_totp(pao, SECRET)

    assert password(client, pao)["Location"] == "/dang-nhap/buoc-hai/"
    assert answer(client, code(), next="/cua-toi/")["Location"] == "/cua-toi/"


def test_what_opens_an_account_is_changed_only_after_the_password_was_said_again(client, lan, app, monkeypatch):
    signed_in(client, lan)
    monkeypatch.setattr(sign_in, "CONFIRMATION_HOLDS", -1)

    for address in ("ung-dung/", "khoa/", "ma-du-phong/"):
        path = f"/tai-khoan/{address}"
        assert client.get(path)["Location"] == f"/tai-khoan/xac-nhan/?next={path.replace('/', '%2F')}"
    assert client.post(f"/tai-khoan/buoc-hai/{app.pk}/bo/")["Location"].startswith("/tai-khoan/xac-nhan/")
    assert second_factor.has_one(lan)


def test_the_password_said_again_leads_on(client, lan, app):
    signed_in(client, lan)
    wrong = client.post("/tai-khoan/xac-nhan/", {"password": "sai", "next": "/tai-khoan/khoa/"})
    assert wrong.status_code == 422 and "Mật khẩu chưa đúng" in wrong.content.decode()

    right = client.post("/tai-khoan/xac-nhan/", {"password": PASSWORD, "next": "/tai-khoan/khoa/"})

    assert right["Location"] == "/tai-khoan/khoa/"


def test_a_session_that_never_showed_the_second_factor_changes_nothing(client, lan, app):
    signed_in(client, lan, second_factor=False)

    assert client.get("/tai-khoan/ung-dung/")["Location"] == "/dang-nhap/buoc-hai/?next=%2Ftai-khoan%2Fung-dung%2F"


def test_an_answer_that_is_no_passkey_is_refused_kindly(client, db):
    client.get("/dang-nhap/khoa/cau-hoi/")

    for told in ("", "{", "[]", '{"id": "x"}', '{"response": {"userHandle": "MQ"}}'):
        page = client.post("/dang-nhap/khoa/", {"credential": told}, follow=True)
        assert "Chưa xác nhận được khóa truy cập này" in page.content.decode()
        client.get("/dang-nhap/khoa/cau-hoi/")


def test_lost_factors_are_forgotten_by_the_operator_and_sessions_end(client, lan, app, capsys):
    signed_in(client, lan)

    call_command("reset_sign_in", lan.username, "--second-factor", "--password")

    told = re.search(r"Mật khẩu mới của Nguyễn Thị Lan: (\S+)", capsys.readouterr().out)[1]
    assert not at_the_counter(client)
    response = client.post("/dang-nhap/", {"login": lan.username, "password": told})
    assert response["Location"] == "/dang-nhap/thiet-lap/"
    assert {entry.event for entry in Entry.objects.filter(subject=lan.subject)} == {
        "person.second_factors_forgotten",
        "person.sessions_ended",
        "person.password_changed",
    }
