"""What a signed cookie is worth, what it costs, and how it ends."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.contrib.sessions.serializers import JSONSerializer
from django.core import signing
from django.test import Client
from django.utils import timezone

from motcua.accounts import sign_in
from motcua.accounts.models import Assignment, Person
from motcua.accounts.permissions import Can, Role
from motcua.accounts.sessions import ENTERED_AT, NAME, NOTED_EVERY, SEEN_AT
from motcua.accounts.sign_in import ENDED_AT_MOST
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


def grown_idle(client, seconds):
    """As if nobody had asked for anything for so long."""
    session = client.session
    session[SEEN_AT] = int(time.time()) - seconds
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key


@pytest.mark.parametrize(("person", "hours"), [("lan", 1), ("pao", 4)])
def test_a_session_nobody_uses_ends_sooner_for_an_officer(client, person, hours, request):
    signed_in(client, request.getfixturevalue(person))

    grown_idle(client, hours * 3600 - 60)
    assert opens(client)
    grown_idle(client, hours * 3600)
    assert not opens(client)
    assert not opens(client)  # and stays ended


def test_a_session_in_use_stays_awake_and_writes_its_cookie_at_most_every_five_minutes(
    client, pao, django_assert_num_queries
):
    signed_in(client, pao)
    with django_assert_num_queries(1):
        fresh = client.get("/cua-toi/")
    grown_idle(client, NOTED_EVERY)
    with django_assert_num_queries(1):
        used = client.get("/cua-toi/")

    assert settings.SESSION_COOKIE_NAME not in fresh.cookies
    assert settings.SESSION_COOKIE_NAME in used.cookies
    assert time.time() - client.session[SEEN_AT] < 60


def test_what_an_open_page_asks_by_itself_keeps_no_session_awake(client, lan):
    signed_in(client, lan)
    grown_idle(client, NOTED_EVERY)

    asked_by_itself = client.get("/motcua/co-mat/")

    assert asked_by_itself.status_code == 200
    assert settings.SESSION_COOKIE_NAME not in asked_by_itself.cookies


def test_a_copy_of_the_cookie_is_worth_nothing_once_its_session_was_signed_out(client, pao, django_assert_num_queries):
    client.post("/dang-nhap/", {"login": pao.phone, "password": PASSWORD})
    copied, elsewhere = client.cookies[settings.SESSION_COOKIE_NAME].value, a_session(pao)
    grown_idle(client, NOTED_EVERY)
    opens(client)
    written_anew = client.cookies[settings.SESSION_COOKIE_NAME].value

    client.post("/dang-xuat/")

    for cookie in (copied, written_anew):
        client.cookies[settings.SESSION_COOKIE_NAME] = cookie
        assert not opens(client)
    client.cookies[settings.SESSION_COOKIE_NAME] = elsewhere
    with django_assert_num_queries(1):
        assert opens(client)  # another device goes on, and asking costs no statement more


def test_what_was_signed_out_is_remembered_no_longer_than_its_cookie_would_be_taken(client, pao):
    Person.objects.filter(pk=pao.pk).update(ended_sessions=[f"{int(time.time()) - settings.SESSION_COOKIE_AGE}-alt"])
    signed_in(client, pao)
    name = client.session[NAME]

    client.post("/dang-xuat/")

    pao.refresh_from_db()
    assert (pao.ended_sessions, pao.revocation) == ([name], 0)


@pytest.mark.parametrize("why", ["no name", "in and out all day"])
def test_where_one_session_cannot_be_ended_alone_all_are(client, pao, why):
    elsewhere = a_session(pao)
    signed_in(client, pao)
    if why == "no name":
        session = client.session
        del session[NAME]
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    else:
        day = [f"{int(time.time())}-{number}" for number in range(ENDED_AT_MOST)]
        Person.objects.filter(pk=pao.pk).update(ended_sessions=day)
    assert opens(client)

    client.post("/dang-xuat/")

    client.cookies[settings.SESSION_COOKIE_NAME] = elsewhere
    assert not opens(client)
    pao.refresh_from_db()
    assert pao.ended_sessions == []


# What was typed when the session had ended


def test_what_an_officer_typed_is_handed_back_and_can_be_sent_after_signing_in(lan):
    client = Client(enforce_csrf_checks=True)
    token = str(client.get("/dang-nhap/").context["csrf_token"])
    signed_in(client, lan)
    grown_idle(client, 3600)

    page = client.post("/motcua/", {"csrfmiddlewaretoken": token, "reason": "Nghỉ “ốm” & về quê"})

    assert page.status_code == 401
    text = page.content.decode()
    assert "Phiên đăng nhập đã hết" in text and token not in text
    assert 'name="reason" value="Nghỉ “ốm” &amp; về quê"' in text


def test_a_piece_of_a_page_that_was_sent_leaves_the_page_as_it_is(client, lan):
    signed_in(client, lan)
    grown_idle(client, 3600)

    answer = client.post("/motcua/", {"reason": "Nghỉ ốm"}, headers={"HX-Request": "true"})

    assert (answer.status_code, answer.content) == (401, b"")
    assert "HX-Redirect" not in answer.headers


def test_a_password_and_an_empty_form_are_not_handed_back(client, pao):
    for where, typed in {"/tai-khoan/mat-khau/": {"current": PASSWORD, "password": "x"}, "/cua-toi/": {}}.items():
        answer = client.post(where, typed)

        assert answer.status_code == 302 and answer["Location"].startswith(settings.LOGIN_URL)


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
