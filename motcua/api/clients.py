"""Registering, renewing and closing the keys of other systems (đăng ký hệ thống kết nối)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from oauth2_provider.generators import generate_client_id, generate_client_secret

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.journal.recording import record
from motcua.organisations.models import Agency, Level
from motcua.refusal import Refusal

from .models import Client
from .scopes import OF_AGENCIES, SCOPES


class NoSuchScope(Refusal):
    """A word that names no scope."""


class ForAgencies(Refusal):
    """What opens dossiers of an agency is for systems of that agency only."""


@transaction.atomic
def register(
    name: str, *, scopes: Sequence[str], agency: Agency | None, requests_a_minute: int, by: Person | None, at: datetime
) -> tuple[Client, str]:
    """Let a system in: its client and its secret, which is shown now and never again."""
    _expect_scopes(scopes, agency)
    client_id, secret = generate_client_id(), generate_client_secret()
    actor = Person(username=f"he-thong-{client_id.lower()}", full_name=name[:120])
    actor.set_unusable_password()
    actor.save()
    client = Client.objects.create(
        client_id=client_id,
        client_secret=secret,  # hashed as it is saved
        user=actor,
        name=name,
        client_type=Client.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Client.GRANT_CLIENT_CREDENTIALS,
        agency=agency,
        allowed=sorted(set(scopes)),
        requests_a_minute=requests_a_minute,
    )
    record("client.registered", about=client, by=by, at=at, scopes=client.allowed, agency=agency.pk if agency else None)
    return client, secret


def _expect_scopes(scopes: Sequence[str], agency: Agency | None) -> None:
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        raise NoSuchScope(f"Không có phạm vi “{', '.join(unknown)}”. Các phạm vi: {', '.join(SCOPES)}.")
    if agency is None and (wanted := [scope for scope in scopes if scope in OF_AGENCIES]):
        raise ForAgencies(f"Phạm vi “{', '.join(wanted)}” chỉ dành cho hệ thống của cơ quan; hãy nêu cơ quan nào.")


@transaction.atomic
def change(client: Client, *, scopes: Sequence[str], requests_a_minute: int, by: Person | None, at: datetime) -> None:
    """Say anew what it may ask and how often; keys given for another scope end."""
    client = Client.objects.select_for_update(of=("self",)).select_related("agency").get(pk=client.pk)
    _expect_scopes(scopes, client.agency)
    if (client.allowed, client.requests_a_minute) == (sorted(set(scopes)), requests_a_minute):
        return
    if client.allowed != sorted(set(scopes)):
        _end_keys(client)
    client.allowed, client.requests_a_minute = sorted(set(scopes)), requests_a_minute
    client.save(update_fields=["allowed", "requests_a_minute", "updated"])
    record("client.changed", about=client, by=by, at=at, scopes=client.allowed, requests_a_minute=requests_a_minute)


@transaction.atomic
def rotate(client: Client, *, by: Person | None, at: datetime) -> str:
    """Give a new secret; the old one and every key it gave end at once."""
    client = Client.objects.select_for_update().get(pk=client.pk)
    secret = generate_client_secret()
    client.client_secret = secret
    client.save(update_fields=["client_secret", "updated"])
    _end_keys(client)
    record("client.secret_rotated", about=client, by=by, at=at)
    return secret


@transaction.atomic
def disable(client: Client, *, by: Person | None, at: datetime) -> None:
    """Let the system in no more; what it filed stays."""
    client = Client.objects.select_for_update().get(pk=client.pk)
    if client.disabled_at is None:
        client.disabled_at = at
        client.save(update_fields=["disabled_at", "updated"])
        _end_keys(client)
        record("client.disabled", about=client, by=by, at=at)


@transaction.atomic
def enable(client: Client, *, by: Person | None, at: datetime) -> None:
    """Let it in again, with the secret it had."""
    client = Client.objects.select_for_update().get(pk=client.pk)
    if client.disabled_at is not None:
        client.disabled_at = None
        client.save(update_fields=["disabled_at", "updated"])
        record("client.enabled", about=client, by=by, at=at)


def kept_by(officer: Person) -> QuerySet[Client]:
    """What who keeps connections sees: systems of their agencies, and at the province every one."""
    if agencies := agencies_of(officer):
        return Client.objects.filter(agency__in=agencies)
    return Client.objects.all() if may_let_in_anybody(officer) else Client.objects.none()


def agencies_of(officer: Person) -> list[int]:
    """For which agencies they let systems in; nothing at the province, where it is every one."""
    return [] if may_let_in_anybody(officer) else list(officer.agencies(Can.KEEP_CONNECTIONS))


def may_let_in_anybody(officer: Person) -> bool:
    return Agency.objects.filter(pk__in=officer.agencies(Can.KEEP_CONNECTIONS), level=Level.PROVINCE).exists()


def _end_keys(client: Client) -> None:
    client.accesstoken_set.all().delete()
