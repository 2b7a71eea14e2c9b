"""Opening an account and keeping it right."""

import gettext
import re
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone

from motcua import accounts
from motcua.accounts import registration, standing_in
from motcua.accounts.models import Person
from motcua.accounts.permissions import Role
from motcua.accounts.testing import PASSWORD, a_citizen, an_officer, sign_in
from motcua.journal.models import Entry
from motcua.organisations.models import UnitKind
from motcua.organisations.testing import a_unit, an_agency

DUNG = {"full_name": "Ma Thị Dung", "phone": "+84 988 777 666", "password": "chiều mưa ở Na Hang"}


@pytest.fixture(autouse=True)
def nothing_counted_yet(db):
    cache.clear()


def register(client, **told):
    return client.post("/dang-ky/", DUNG | told)


def said(response):
    return response.content.decode()


def test_a_citizen_opens_an_account_and_goes_on_to_what_they_wanted(client):
    assert '<input type="hidden" name="next" value="/cua-toi/">' in said(client.get("/dang-ky/?next=/cua-toi/"))

    assert register(client, next="/cua-toi/")["Location"] == "/cua-toi/"

    assert said(client.get("/cua-toi/")) == "của Ma Thị Dung"
    dung = Person.objects.get()
    assert (dung.phone, dung.email, dung.id_number) == ("0988777666", "", "")
    assert not dung.is_officer
    assert Entry.objects.get().event == "person.registered" and "Dung" not in str(Entry.objects.get().facts)


def test_sign_in_and_registration_lead_to_one_another_with_the_way_onward(client):
    assert "/dang-ky/?next=%2Fcua-toi%2F" in said(client.get("/dang-nhap/?next=/cua-toi/"))
    assert "/dang-nhap/?next=%2Fcua-toi%2F" in said(client.get("/dang-ky/?next=/cua-toi/"))


def test_who_opened_an_account_signs_in_with_it(client):
    register(client)
    client.post("/dang-xuat/")

    client.post("/dang-nhap/", {"login": "0988777666", "password": DUNG["password"]})

    assert client.get("/cua-toi/").status_code == 200


def test_a_number_that_has_an_account_is_told_and_nothing_changes(client, pao):
    response = register(client, phone=pao.phone)

    assert response.status_code == 422
    assert "Số điện thoại này đã có tài khoản. Nếu là số của bạn, hãy đăng nhập." in said(response)
    assert Person.objects.get() == pao
    assert client.get("/cua-toi/").status_code == 302


def test_asking_number_after_number_ends(client, pao):
    for _ in range(20):
        register(client, phone=pao.phone)

    assert register(client, phone=pao.phone).status_code == 429
    assert register(client).status_code == 429
    assert Person.objects.get() == pao


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"full_name": ""}, "Bạn chưa nhập họ và tên."),
        ({"full_name": "123"}, "Họ và tên cần có chữ cái."),
        ({"phone": ""}, "Bạn chưa nhập số điện thoại."),
        ({"phone": "12345"}, "Số điện thoại gồm 10 hoặc 11 chữ số, bắt đầu bằng 0."),
        ({"email": "dung"}, "Địa chỉ thư điện tử chưa đúng."),
        ({"id_number": "0123"}, "Số định danh gồm 12 chữ số"),
        ({"password": ""}, "Bạn chưa đặt mật khẩu."),
        ({"password": "ngắn"}, "Mật khẩu quá ngắn, cần ít nhất 10 ký tự."),
        ({"password": "1234567890"}, "Mật khẩu này quá phổ biến."),
        ({"password": "0988777666"}, "Mật khẩu quá giống với số điện thoại."),
        ({"password": "Ma Thị Dung"}, "Mật khẩu quá giống với họ và tên."),
    ],
)
def test_what_is_wrong_is_said_in_a_kind_sentence_and_nothing_is_opened(client, told, sentence):
    response = register(client, **told)

    assert response.status_code == 422
    assert sentence in said(response)
    assert not Person.objects.exists()


def test_two_people_who_register_one_number_at_once_get_one_account():
    facts = {"phone": "0988777666", "password": PASSWORD, "at": timezone.now()}
    registration.register(full_name="Ma Thị Dung", **facts)

    with pytest.raises(registration.PhoneTaken):
        registration.register(full_name="Ma Thị Mai", **facts)

    assert Person.objects.get().full_name == "Ma Thị Dung"
    assert Entry.objects.count() == 1


def test_the_account_page_shows_what_is_known(client, pao, django_assert_max_num_queries):
    sign_in(client, pao)

    with django_assert_max_num_queries(5):
        page = said(client.get("/tai-khoan/"))

    assert "Lý A Pao" in page and "0912345678" in page
    assert "Việc được giao" not in page


def test_an_officer_reads_what_they_are_assigned_to(client, lan):
    sign_in(client, lan)

    page = said(client.get("/tai-khoan/"))

    assert "Cán bộ một cửa" in page and "Bộ phận Một cửa, Ủy ban nhân dân xã Hùng Đức · từ 01/01/2020" in page
    assert "Tiếp nhận hồ sơ" in page and "Phê duyệt kết quả" not in page


def correct(client, **told):
    facts = {"full_name": "Lý A Pao", "phone": "0912345678", "birth_date": "05/09/1990", "address": "Thôn Khuổi Phát"}
    return client.post("/tai-khoan/thong-tin/", facts | told)


def test_a_citizen_corrects_their_facts(client, pao):
    sign_in(client, pao)

    assert correct(client, full_name="Lý  A Páo")["Location"] == "/tai-khoan/"

    pao.refresh_from_db()
    assert (pao.full_name, f"{pao.birth_date}", pao.address) == ("Lý A Páo", "1990-09-05", "Thôn Khuổi Phát")
    assert Entry.objects.get().facts == {"changed": ["address", "birth_date", "full_name"]}


def test_a_citizen_cannot_do_without_the_number_they_sign_in_with(client, pao):
    sign_in(client, pao)

    assert correct(client, phone="").status_code == 422
    pao.refresh_from_db()
    assert pao.phone == "0912345678"


def test_a_number_of_another_account_is_not_taken_over(client, pao):
    other = a_citizen("Ma Thị Dung")
    sign_in(client, pao)

    response = correct(client, phone=other.phone)

    assert response.status_code == 422 and "thuộc một tài khoản khác" in said(response)
    pao.refresh_from_db()
    assert pao.phone == "0912345678" and not Entry.objects.exists()


def test_an_officer_does_not_rename_themselves(client, lan):
    sign_in(client, lan)

    correct(client, full_name="Trần Văn Khác", phone="0911222333")

    lan.refresh_from_db()
    assert (lan.full_name, lan.phone) == ("Nguyễn Thị Lan", "0911222333")


def test_a_password_is_changed_by_who_knows_the_old_one(client, pao):
    sign_in(client, pao)
    wrong = client.post("/tai-khoan/mat-khau/", {"current": "sai", "password": "một câu dài và khác hẳn"})
    assert wrong.status_code == 422 and "Mật khẩu chưa đúng" in said(wrong)
    same = client.post("/tai-khoan/mat-khau/", {"current": PASSWORD, "password": PASSWORD})
    assert "Mật khẩu mới cần khác mật khẩu hiện tại." in said(same)
    pao.refresh_from_db()
    assert pao.check_password(PASSWORD)

    right = client.post("/tai-khoan/mat-khau/", {"current": PASSWORD, "password": "một câu dài và khác hẳn"})

    assert right["Location"] == "/tai-khoan/"
    pao.refresh_from_db()
    assert pao.check_password("một câu dài và khác hẳn")


def test_the_old_password_is_not_guessed_at_the_page_that_changes_it(client, pao):
    sign_in(client, pao)
    for _ in range(5):
        client.post("/tai-khoan/mat-khau/", {"current": "sai", "password": "một câu dài và khác hẳn"})

    last = client.post("/tai-khoan/mat-khau/", {"current": PASSWORD, "password": "một câu dài và khác hẳn"})

    assert last.status_code == 429
    pao.refresh_from_db()
    assert pao.check_password(PASSWORD)


def test_the_pages_speak_english_to_who_chose_it(client, pao):
    client.post("/ngon-ngu/", {"language": "en", "next": "/dang-nhap/"})
    page = said(client.get("/dang-nhap/"))
    assert "Phone number or user name" in page and "No account yet?" in page

    refused = client.post("/dang-nhap/", {"login": pao.phone, "password": "sai"})
    assert "The user name, phone number or password is not right." in said(refused)


def test_the_compiled_english_words_are_those_of_the_readable_file():
    folder = Path(accounts.__file__).parent / "locale/en/LC_MESSAGES"
    written = re.findall(
        r'^msgid "(.+)"\nmsgstr "(.+)"$', (folder / "django.po").read_text(encoding="utf-8"), re.MULTILINE
    )
    with (folder / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    assert len(written) > 100
    assert [compiled.gettext(vietnamese) for vietnamese, _ in written] == [english for _, english in written]


def test_every_word_of_the_pages_has_its_english():
    here = Path(accounts.__file__).parent
    known = (here / "locale/en/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    shown = [
        word
        for page in here.glob("templates/**/*.html")
        for word in re.findall(r'{% translate "([^"]+)"', page.read_text(encoding="utf-8"))
    ]

    assert len(shown) > 80
    assert [word for word in shown if f'msgid "{word}"\n' not in known] == []


def test_the_account_says_who_stands_in_for_whom(client, db):
    today = timezone.localdate()
    office = an_agency()
    hung = an_officer(a_unit(office, UnitKind.PROFESSIONAL, "Tư pháp"), Role.PROCESSING_OFFICER, "Hoàng Văn Hùng")
    quang = an_officer(a_unit(office, UnitKind.CLERK, "Văn phòng"), Role.CLERK, "Lê Quang")
    standing_in.appoint(
        hung.assignments.get(),
        delegate=quang,
        valid_from=today,
        valid_to=today,
        reason="Đi họp",
        by=hung,
        at=timezone.now(),
    )

    sign_in(client, quang)
    assert "Hoàng Văn Hùng – Chuyên viên, Tư pháp" in said(client.get("/tai-khoan/"))
    sign_in(client, hung)
    page = said(client.get("/tai-khoan/"))
    assert "Lê Quang – Chuyên viên, Tư pháp" in page
    assert "/motcua/vang-mat/" in page
