"""Who is let in at the door of the other systems, how often, and how a fault is told."""

from datetime import timedelta

import pytest
from django.test import Client as Browser

from motcua.api import limits
from motcua.api.models import Usage
from motcua.api.testing import a_system
from motcua.dossiers.testing import MONDAY, it_is

pytestmark = pytest.mark.django_db


def test_without_a_key_nobody_enters(client):
    answer = client.get("/api/v1/dossiers")

    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"] == 'Bearer realm="motcua"'
    assert answer.json()["detail"]


@pytest.mark.parametrize("sent", ["Bearer sai", "Bearer", "Basic YTpi", "sai", "Bearer \x7f"])
def test_what_is_no_key_is_told_so(sent):
    answer = Browser(headers={"Authorization": sent}).get("/api/v1/dossiers")

    assert answer.status_code == 401


def test_a_key_in_the_address_is_no_key(client):
    system = a_system()

    assert client.get("/api/v1/dossiers", {"access_token": system.key}).status_code == 401


def test_a_key_without_the_scope_is_forbidden_and_told_which():
    answer = a_system("papers:write").get("dossiers")

    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert 'scope="dossiers:read"' in answer["WWW-Authenticate"]
    assert "dossiers:read" in answer.json()["detail"]


def test_a_method_that_is_not_there_is_told_with_those_that_are():
    system = a_system()

    answer = system._asked().delete("/api/v1/dossiers")

    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_system_asks_as_often_as_was_agreed_and_then_waits_until_the_minute_is_over(monkeypatch):
    it_is(monkeypatch, MONDAY)
    system = a_system(requests_a_minute=2)

    first, second, third = (system.get("dossiers") for _ in range(3))
    it_is(monkeypatch, MONDAY + timedelta(minutes=1))
    later = system.get("dossiers")

    assert [one.status_code for one in (first, second, third, later)] == [200, 200, 429, 200]
    assert first["RateLimit-Policy"] == '"minute";q=2;w=60'
    assert (first["RateLimit"], third["RateLimit"]) == ('"minute";r=1;t=60', '"minute";r=0;t=60')
    assert (third["Retry-After"], third["Content-Type"]) == ("60", "application/problem+json")
    assert "Retry-After" not in second


def test_one_system_does_not_wait_for_another(monkeypatch):
    it_is(monkeypatch, MONDAY)
    busy, other = a_system(requests_a_minute=1), a_system(requests_a_minute=1)
    busy.get("dossiers")

    assert busy.get("dossiers").status_code == 429
    assert other.get("dossiers").status_code == 200


def test_when_a_system_asked_last_is_kept(monkeypatch):
    system = a_system()
    assert not Usage.objects.exists()

    limits.count(system.client, MONDAY)

    assert Usage.objects.get(client=system.client).last_used_at == MONDAY


def test_answers_for_one_system_are_kept_by_no_cache_of_others():
    answer = a_system().get("dossiers")

    assert "private" in answer["Cache-Control"] and "public" not in answer["Cache-Control"]
    assert "Authorization" in answer["Vary"]
    assert "Access-Control-Allow-Origin" not in answer


def test_what_has_not_changed_is_not_sent_again():
    system = a_system()

    whole = system.get("dossiers")
    again = system._asked(**{"If-None-Match": whole["ETag"]}).get("/api/v1/dossiers")

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        (b"\xff", "application/json", 400),
        ("[]", "application/json", 422),
        ("{}", "application/json", 422),
        ("<a/>", "application/xml", 415),
        ("a=b", "application/x-www-form-urlencoded", 415),
    ],
)
def test_what_cannot_be_read_is_a_problem(body, kind, status):
    asked = a_system()._asked(**{"Idempotency-Key": "1"})

    answer = asked.post("/api/v1/dossiers", body, content_type=kind)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["detail"]


def test_what_is_too_big_is_told_before_it_is_read(settings):
    system = a_system()
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    answer = system.post("dossiers", {"procedure": "1.001193"})

    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
