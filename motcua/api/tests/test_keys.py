"""How other systems are let in, and how they are not."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from oauth2_provider.models import AccessToken

from motcua.accounts.models import Person
from motcua.accounts.sign_in import find
from motcua.api import clients
from motcua.api.models import Client
from motcua.api.scopes import TOKEN_URL
from motcua.api.testing import a_system, ask_for_key
from motcua.journal.models import Entry
from motcua.organisations.testing import an_agency

pytestmark = pytest.mark.django_db


def test_a_system_gets_a_key_for_what_it_was_registered_for():
    system = a_system("dossiers:read", "papers:write")

    answer = ask_for_key(system.client, system.secret)

    told = answer.json()
    assert (answer.status_code, told["token_type"], told["expires_in"]) == (200, "Bearer", 3600)
    assert set(told["scope"].split()) == {"dossiers:read", "papers:write"}
    assert "no-store" in answer["Cache-Control"]


def test_a_system_may_ask_for_less_but_not_for_more():
    system = a_system("dossiers:read", "papers:write")

    less = ask_for_key(system.client, system.secret, scope="papers:write")
    more = ask_for_key(system.client, system.secret, scope="papers:write dossiers:file")

    assert less.json()["scope"] == "papers:write"
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")


def test_neither_the_secret_nor_a_key_is_kept_as_it_is():
    system = a_system()

    kept = Client.objects.get().client_secret
    assert system.secret not in kept and "$" in kept
    assert AccessToken.objects.get().token == ""


def test_a_wrong_secret_and_an_unknown_name_are_told_alike_and_soon_have_to_wait(client):
    system = a_system()
    unknown = Client(client_id="x" * 40)

    refused = [ask_for_key(system.client, "sai"), ask_for_key(unknown, "sai")]
    for _ in range(9):
        ask_for_key(system.client, "sai")
    waits = ask_for_key(system.client, system.secret)

    assert [(one.status_code, one.json()["error"]) for one in refused] == [(401, "invalid_client")] * 2
    assert (waits.status_code, waits["Content-Type"]) == (429, "application/problem+json")
    assert int(waits["Retry-After"]) > 0
    assert AccessToken.objects.count() == 1  # the one it had before


@pytest.mark.parametrize(
    "grant", ["password", "authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code", ""]
)
def test_no_other_grant_is_there(grant):
    system = a_system()

    answer = ask_for_key(system.client, system.secret, grant_type=grant, username="lan", password="x", code="x")

    assert answer.status_code == 400
    assert AccessToken.objects.count() == 1


def test_the_token_address_takes_only_posts(client):
    assert (client.get(TOKEN_URL).status_code, client.get(TOKEN_URL)["Allow"]) == (405, "POST")


def test_nothing_else_of_the_library_is_reachable(client):
    for address in ("authorize", "revoke_token", "introspect", "applications", "device", "register"):
        for where in (f"/api/v1/oauth/{address}/", f"/o/{address}/", f"/api/v1/oauth/{address}"):
            assert client.get(where).status_code == 404


def test_a_new_secret_ends_the_old_one_and_its_keys(django_capture_on_commit_callbacks):
    system = a_system()

    new = clients.rotate(system.client, by=None, at=system.client.created)

    assert ask_for_key(system.client, system.secret).status_code == 401
    assert ask_for_key(system.client, new).status_code == 200
    assert system.get("dossiers").status_code == 401


def test_a_disabled_system_is_out_at_once_until_it_is_enabled():
    system = a_system()
    clients.disable(system.client, by=None, at=system.client.created)

    assert system.get("dossiers").status_code == 401
    assert ask_for_key(system.client, system.secret).status_code == 401
    clients.enable(system.client, by=None, at=system.client.created)
    assert ask_for_key(system.client, system.secret).status_code == 200
    assert [entry.event for entry in Entry.objects.filter(subject=system.client.subject).order_by("number")] == [
        "client.registered",
        "client.disabled",
        "client.enabled",
    ]


def test_only_a_system_of_an_agency_may_see_what_that_agency_does():
    with pytest.raises(clients.ForAgencies):
        a_system("dossiers:agency")

    assert not Client.objects.exists() and not Person.objects.exists()
    assert a_system("dossiers:agency", agency=an_agency()).client.allowed == ["dossiers:agency"]


def test_a_word_that_is_no_scope_is_refused():
    with pytest.raises(clients.NoSuchScope):
        a_system("dossiers:all")


def test_nobody_signs_in_as_a_system():
    person = a_system().person

    assert not person.has_usable_password()
    assert not person.is_officer
    assert find(person.username) is None or not find(person.username).check_password("")


def test_the_operator_registers_renews_and_closes_with_commands(capsys):
    agency = an_agency()
    call_command("api_client", "register", "Phần mềm hộ tịch", "--agency", agency.identifier, "--scope", "acts:write")
    told = dict(line.split(":", 1) for line in capsys.readouterr().out.splitlines() if line.startswith("client_"))
    client = Client.objects.get()

    assert ask_for_key(client, told["client_secret"].strip()).status_code == 200
    call_command("api_client", "rotate", client.client_id)
    assert ask_for_key(client, told["client_secret"].strip()).status_code == 401
    call_command("api_client", "disable", client.client_id)
    call_command("api_client", "list")
    assert "đã khóa" in capsys.readouterr().out
    call_command("api_client", "enable", client.client_id)
    with pytest.raises(CommandError, match="Không có hệ thống nào"):
        call_command("api_client", "disable", "không-có")
    with pytest.raises(CommandError, match="chỉ dành cho hệ thống của cơ quan"):
        call_command("api_client", "register", "Đối tác", "--scope", "acts:write")


def test_an_expired_key_is_no_key():
    system = a_system()
    token = AccessToken.objects.get()
    AccessToken.objects.update(expires=token.expires - timedelta(hours=2))

    answer = system.get("dossiers")

    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert 'error="invalid_token"' in answer["WWW-Authenticate"]
