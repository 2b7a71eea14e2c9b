"""Who keeps connections lets systems in, changes what they may ask, and locks them (hệ thống kết nối)."""

import re

import pytest
from django.test import Client as Browser

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer, sign_in
from motcua.api.models import Client
from motcua.api.testing import a_system, ask_for_key
from motcua.journal.models import Entry
from motcua.organisations.models import AgencyKind, Level, UnitKind
from motcua.organisations.testing import a_unit, an_agency

pytestmark = pytest.mark.django_db
HOME = "/van-hanh/he-thong/"
SYSTEM = {"name": "Phần mềm hộ tịch", "agency": "", "scopes": ["dossiers:read"], "requests_a_minute": "60"}


@pytest.fixture
def director(client, office):
    director = an_officer(office.one_stop, Role.DIRECTOR, "Vi Thị Ngân")
    sign_in(client, director)
    return director


def text(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def secret_on(page):
    return re.search(r"<code>([^<]+)</code>", page)[1]


def test_a_system_is_let_in_and_its_secret_is_shown_once(client, office, director):
    told = {**SYSTEM, "agency": office.agency.identifier, "scopes": ["dossiers:read", "dossiers:agency"]}

    answer = client.post(f"{HOME}moi/", told)
    again = client.post(f"{HOME}moi/", told)

    made = Client.objects.get()
    page = text(client.get(f"{HOME}{made.client_id}/"))
    secret = secret_on(text(answer))
    assert ask_for_key(made, secret).status_code == 200
    assert secret not in page and "no-store" in answer["Cache-Control"]
    assert "Đã có hệ thống mang tên này" in text(again, 422)
    assert (made.agency, made.allowed) == (office.agency, ["dossiers:agency", "dossiers:read"])
    assert "Phần mềm hộ tịch" in text(client.get(HOME))
    assert Entry.objects.get(event="client.registered").actor == director


def test_scopes_limit_secret_and_lock_are_changed_with_a_line_in_the_journal(client, office, director):
    system = a_system(agency=office.agency)
    here = f"{HOME}{system.client.client_id}/"

    client.post(here, {"scopes": ["events:read"], "requests_a_minute": "7"})
    assert system.get("events").status_code == 401  # the key of the old scopes has ended
    secret = secret_on(text(client.post(f"{here}doi-mat-khau/")))
    old, new = ask_for_key(system.client, system.secret), ask_for_key(system.client, secret)
    client.post(f"{here}khoa/")
    locked = ask_for_key(system.client, secret)
    client.post(f"{here}mo-lai/")

    system.client.refresh_from_db()
    assert (system.client.allowed, system.client.requests_a_minute) == (["events:read"], 7)
    assert (old.status_code, new.status_code, locked.status_code) == (401, 200, 401)
    assert ask_for_key(system.client, secret).status_code == 200
    events = ("client.changed", "client.secret_rotated", "client.disabled", "client.enabled")
    assert all(Entry.objects.get(event=event).actor == director for event in events)


def test_what_opens_an_agencys_dossiers_is_refused_to_others_and_nothing_is_left(client, office, director):
    told = {**SYSTEM, "agency": office.agency.identifier}
    for wrong in ({"agency": "H99.99"}, {"scopes": []}, {"requests_a_minute": "0"}, {"name": ""}):
        text(client.post(f"{HOME}moi/", {**told, **wrong}), 422)

    assert not Client.objects.exists() and not Entry.objects.filter(event="client.registered").exists()


def test_each_lets_in_systems_of_their_agency_and_the_province_everybody(client, office, director):
    other = a_system(name="Của xã khác", agency=an_agency("Ủy ban nhân dân xã Phú Lương")).client
    partner = client.post(f"{HOME}moi/", SYSTEM)
    hidden = [client.get(f"{HOME}{other.client_id}/"), client.post(f"{HOME}{other.client_id}/doi-mat-khau/")]

    centre = an_agency("Trung tâm Phục vụ hành chính công", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT)
    browser = Browser()
    sign_in(browser, an_officer(a_unit(centre, kind=UnitKind.ONE_STOP), Role.DIRECTOR, "Ma Thị Hoa"))
    listed = text(browser.get(HOME))
    let_in = browser.post(f"{HOME}moi/", SYSTEM)
    refused = browser.post(f"{HOME}moi/", {**SYSTEM, "name": "Đối tác", "scopes": ["dossiers:agency"]})

    assert "đối tác do cấp tỉnh đăng ký" in text(partner, 422)
    assert [answer.status_code for answer in hidden] == [404, 404]
    assert "Của xã khác" in listed and "Của xã khác" not in text(client.get(HOME))
    assert secret_on(text(let_in)) and "chỉ dành cho hệ thống của cơ quan" in text(refused, 422)
