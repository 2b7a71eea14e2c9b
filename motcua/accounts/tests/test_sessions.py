"""What a signed cookie is worth, what it costs, and how it ends."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.contrib.sessions.serializers import JSONSerializer
from django.core import signing
from django.utils import timezone

from motcua.accounts import sign_in
from motcua.accounts.models import Assignment, Person
from motcua.accounts.permissions import Can, Role
from motcua.accounts.sessions import ENTERED_AT
from motcua.accounts.testing import PASSWORD, a_session, an_officer, session_cookies
from motcua.accounts.testing import sign_in as signed_in
from motcua.journal.models import Entry
from motcua.journal.verifying import verify
from motcua.organisations.testing import a_unit, an_agency


def opens(client):
    return client.get("/cua-toi/").status_code == 200


def test_a_visitor_costs_no_statement(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/dang-nhap/")


def test_a_page_of_a_citizen_costs_one_statement(client, pao, django_assert_num_queries):
    signed_in(client, pao)

    with django_assert_num_queries(1):
        assert opens(client)


def test_a_page_of_the_counter_costs_two(client, lan, django_assert_num_queries):
    signed_in(client, lan)

    with django_assert_num_queries(2):
        assert client.get("/motcua/").status_code == 200


def test_a_closed_account_is_out_at_once(client, pao):
    signed_in(client, pao)
    Person.objects.filter(pk=pao.pk).update(is_active=False)

    assert not opens(client)


def test_a_session_ends_a_working_day_after_the_sign_in_however_often_it_was_written(client, pao):
    client.post("/dang-nhap/", {"login": pao.phone, "password": PASSWORD})
    session = client.session
    begun = session[ENTERED_AT]
    assert opens(client)

    session[ENTERED_AT] = begun - settings.SESSION_COOKIE_AGE + 60
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    assert opens(client)
    session[ENTERED_AT] = begun - settings.SESSION_COOKIE_AGE
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key

    assert not opens(client)


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(client, pao):
    signed_in(client, pao)
    elsewhere = a_session(pao)

    client.post("/tai-khoan/mat-khau/", {"current": PASSWORD, "password": "một câu dài và khác hẳn"})

    assert opens(client)
    client.cookies[settings.SESSION_COOKIE_NAME] = elsewhere
    assert not opens(client)


def test_signing_out_everywhere_ends_every_session(client, pao):
    signed_in(client, pao)
    here, elsewhere = client.cookies[settings.SESSION_COOKIE_NAME].value, a_session(pao)

    page = client.post("/tai-khoan/dang-xuat-moi-noi/", follow=True)

    assert "Đã đăng xuất khỏi mọi thiết bị" in page.content.decode()
    for cookie in (here, elsewhere):
        client.cookies[settings.SESSION_COOKIE_NAME] = cookie
        assert not opens(client)
    assert Entry.objects.get(subject=pao.subject).event == "person.sessions_ended"


def test_a_cookie_somebody_wrote_themselves_is_nothing(client, pao, lan):
    signed_in(client, pao)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value

    client.cookies[settings.SESSION_COOKIE_NAME] = value[:-4] + "AAAA"

    assert not opens(client)


def test_a_session_ends_after_twelve_hours(client, pao, monkeypatch):
    signed_in(client, pao)
    now = time.time()
    monkeypatch.setattr(signing, "time", SimpleNamespace(time=lambda: now + 12 * 3600 + 5))

    assert not opens(client)


def test_the_cookie_cannot_be_read_by_scripts_or_sent_from_elsewhere(client, pao):
    client.post("/dang-nhap/", {"login": pao.phone, "password": PASSWORD})

    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["max-age"] == 12 * 3600


def test_the_cookie_does_not_tell_the_password(pao):
    content = signing.loads(a_session(pao), salt=SessionStore.__module__, serializer=JSONSerializer)

    assert content["_auth_user_id"] == str(pao.pk)
    assert pao.password not in str(content)


def test_an_assignment_counts_only_in_its_period(client, db):
    unit, today = a_unit(an_agency()), timezone.localdate()
    day = timedelta(days=1)
    periods = {
        (today - day, None): True,
        (today, today): True,
        (today + day, None): False,
        (today - 9 * day, today - day): False,
    }
    for (start, end), works in periods.items():
        officer = an_officer(unit, valid_from=start, valid_to=end)
        signed_in(client, officer, second_factor=True)
        assert (client.get("/motcua/").status_code == 200) is works


def test_an_officer_works_where_they_are_assigned_and_in_that_role_only(db):
    here, there = a_unit(an_agency()), a_unit(an_agency("Sở Tư pháp"))
    lan = an_officer(here)
    Assignment.objects.create(person=lan, unit=there, role=Role.LEADER, valid_from=timezone.localdate())

    assert lan.agencies() == {here.agency_id, there.agency_id}
    assert lan.agencies(Can.RECEIVE) == {here.agency_id}
    assert lan.units(Can.APPROVE) == {there.pk}


def test_the_journal_of_an_account_stays_whole(pao):
    sign_in.change_password(pao, "một câu dài và khác hẳn", by=pao, at=timezone.now())
    sign_in.end_everywhere(pao, by=pao, at=timezone.now())

    assert Entry.objects.filter(subject=pao.subject).count() == 2
    assert not list(verify())


@pytest.mark.parametrize("person", ["pao", "lan"])
def test_a_browser_can_be_given_the_session(person, request):
    [cookie] = session_cookies(request.getfixturevalue(person), "http://localhost:1")

    assert cookie["name"] == settings.SESSION_COOKIE_NAME and cookie["url"] == "http://localhost:1"
