"""Where a client wants to be told, and what it was told there (nơi nhận tin báo, sổ gửi)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.journal.recording import record
from motcua.organisations.models import Agency, Level
from motcua.refusal import Refusal

from . import sealing, webhooks_posting, webhooks_signing
from .models import Client, Delivery, DeliveryState, Event, Webhook

MOST = 10
KEEPS_TRYING = timedelta(days=1)
BOTH_SECRETS = timedelta(days=1)


class TooMany(Refusal):
    message = f"Mỗi hệ thống có nhiều nhất {MOST} nơi nhận; hãy bỏ bớt nơi không dùng nữa."


class IsOff(Refusal):
    message = "Nơi nhận này đang ngừng; hãy bật lại trước khi gửi."


class StillWaiting(Refusal):
    message = "Lượt gửi này đang chờ gửi; không cần gửi lại."


# The client's own hand ------------------------------------------------------------------------------------------------


def register(client: Client, url: str, *, events: Sequence[str], contact: str, at: datetime) -> tuple[Webhook, str]:
    """Post this client's events there from now on; the secret is shown now and never again."""
    webhooks_posting.look_up(webhooks_posting.parse(url))
    secret = webhooks_signing.new_secret()
    with transaction.atomic():
        client = held(client)
        if client.webhooks.count() >= MOST:
            raise TooMany
        webhook = Webhook.objects.create(
            client=client,
            url=url,
            events=sorted(set(events)),
            contact=contact,
            secret=sealing.seal(secret),
            made_at=at,
        )
        record("webhook.registered", about=client, by=client.user, at=at, webhook=webhook.pk)
    return webhook, secret


@transaction.atomic
def remove(webhook: Webhook, *, at: datetime) -> None:
    """Post there no more; its log goes with it."""
    client = held(webhook.client)
    record("webhook.removed", about=client, by=client.user, at=at, webhook=webhook.pk)
    webhook.delete()


@transaction.atomic
def rotate(webhook: Webhook, *, at: datetime) -> str:
    """Give a new secret; for a day everything is signed with both, so that a receiver changes over without a gap."""
    client = held(webhook.client)
    webhook = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
    secret = webhooks_signing.new_secret()
    webhook.former_secret, webhook.former_until = webhook.secret, at + BOTH_SECRETS
    webhook.secret = sealing.seal(secret)
    webhook.save(update_fields=["secret", "former_secret", "former_until"])
    record("webhook.secret_rotated", about=client, by=client.user, at=at, webhook=webhook.pk)
    return secret


def secrets(webhook: Webhook, at: datetime) -> list[str]:
    """Those that are good now, the newest first; none that was sealed with another key of the house."""
    sealed, good = [webhook.secret], []
    if webhook.former_until and at < webhook.former_until:
        sealed.append(webhook.former_secret)
    for one in sealed:
        with suppress(sealing.InvalidToken):
            good.append(sealing.unseal(one))
    return good


@transaction.atomic
def switch_on(webhook: Webhook, *, at: datetime) -> Webhook:
    """Post there again; what happened meanwhile is read as events."""
    client = held(webhook.client)
    webhook = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
    if webhook.off_at is not None:
        _forgive(webhook)
        webhook.off_at = None
        webhook.save()
        record("webhook.switched_on", about=client, by=client.user, at=at, webhook=webhook.pk)
    return webhook


# What is owed ---------------------------------------------------------------------------------------------------------


def owe(client: Client, events: Sequence[Event], *, at: datetime) -> None:
    """Each address of the client that wants to hear of these events is owed them, in the transaction that tells the events."""
    if client.disabled_at is not None:
        return
    for webhook in client.webhooks.filter(off_at=None).order_by("pk"):
        wanted = [event for event in events if not webhook.events or event.entry.event in webhook.events]
        if wanted:
            Delivery.objects.bulk_create(
                Delivery(webhook=webhook, event=event, made_at=at, next_at=at, give_up_at=at + KEEPS_TRYING)
                for event in wanted
            )
            _post_soon(webhook)


@transaction.atomic
def test(webhook: Webhook, *, by: Person, at: datetime) -> Delivery:
    """Have one post made that tells of nothing, to see whether it arrives (gửi thử)."""
    client = held(webhook.client)
    webhook = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
    if webhook.off_at is not None:
        raise IsOff
    delivery = Delivery.objects.create(webhook=webhook, made_at=at, next_at=at, give_up_at=at + KEEPS_TRYING)
    Webhook.objects.filter(pk=webhook.pk).update(resume_at=None)
    record("webhook.tested", about=client, by=by, at=at, delivery=delivery.pk)
    _post_soon(webhook)
    return delivery


@transaction.atomic
def send_again(delivery: Delivery, *, by: Person, at: datetime) -> Delivery:
    """Send what was sent or given up once more, under the same name (gửi lại)."""
    client = held(delivery.webhook.client)
    webhook = Webhook.objects.select_for_update(no_key=True).get(pk=delivery.webhook_id)
    delivery = Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
    if webhook.off_at is not None:
        raise IsOff
    if delivery.state == DeliveryState.WAITING:
        raise StillWaiting
    delivery.state, delivery.ended_at, delivery.tries = DeliveryState.WAITING, None, 0
    delivery.next_at, delivery.give_up_at = at, at + KEEPS_TRYING
    delivery.save()
    Webhook.objects.filter(pk=webhook.pk).update(resume_at=None)
    record("webhook.sent_again", about=client, by=by, at=at, delivery=delivery.pk)
    _post_soon(webhook)
    return delivery


def held(client: Client) -> Client:
    """The client, held before any of its addresses and their deliveries, as long as a line about it is written."""
    return Client.objects.select_for_update(no_key=True).get(pk=client.pk)


def _forgive(webhook: Webhook) -> None:
    webhook.failures, webhook.failing_since, webhook.resume_at = 0, None, None


def _post_soon(webhook: Webhook) -> None:
    from .tasks import post_to  # the job framework is ready only when all apps are

    post_to.configure(lock=f"webhook-{webhook.pk}").defer(webhook=webhook.pk)


# Whose ----------------------------------------------------------------------------------------------------------------


def kept_by(officer: Person) -> QuerySet[Webhook]:
    """What who keeps connections sees: the addresses of systems of their agencies, and at the province every one."""
    agencies = officer.agencies(Can.KEEP_CONNECTIONS)
    kept = Webhook.objects.select_related("client__agency")
    if Agency.objects.filter(pk__in=agencies, level=Level.PROVINCE).exists():
        return kept
    return kept.filter(client__agency__in=agencies)


def log(webhook: Webhook, *, state: str = "", before: int | None = None) -> QuerySet[Delivery]:
    """What is owed and was sent, the newest first."""
    deliveries = Delivery.objects.filter(webhook=webhook).select_related("event__entry", "event__dossier")
    if state:
        deliveries = deliveries.filter(state=state)
    if before is not None:
        deliveries = deliveries.filter(pk__lt=before)
    return deliveries.order_by("-pk")
