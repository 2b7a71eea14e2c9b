"""Sending what is owed to an address: at least once, again and again for a day, and not for ever (gửi tin báo).

Each post is a row before it is made; a worker killed midway leaves the row without an answer, and the delivery is sent again under
the same name. An address that fails three times in a row is let rest, a little longer each time, so that a dead receiver costs one
short wait in a while and not one for each thing it is owed; all that waits goes out once it answers again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import F

from motcua.journal.recording import record
from motcua.messaging import sending as messages
from motcua.messaging.models import Channel, Purpose
from motcua.refusal import Refusal

from . import events_feed, webhooks, webhooks_posting, webhooks_signing
from .models import Client, Delivery, DeliveryAttempt, DeliveryState, Event, Webhook

MINUTE = timedelta(minutes=1)
# Between one try of a delivery and the next; together less than the day it has.
PAUSES = [MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 180 * MINUTE, 360 * MINUTE, 720 * MINUTE]
# How long an address rests that has failed as often as that in a row, and once more, and once more.
IN_A_ROW = 3
RESTS = [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE, 15 * MINUTE]
FAILS_FOR = timedelta(days=5)
FAILS_OFTEN = 20
ROUND = 20  # seconds one address may keep the worker before others have their turn
TESTED = "webhook.tested"
NO_SECRET = "Mã bí mật không còn đọc được vì khóa của nơi gửi đã đổi; hệ thống nhận cần lấy mã mới."
DELIVERED_IS_KEPT = timedelta(days=30)
FAILED_IS_KEPT = timedelta(days=90)
AT_ONCE = 1_000

Clock = Callable[[], datetime]


def run(webhook: int, *, now: Clock) -> bool:
    """Send what the address is owed now, one after the other; whether there is more than one round could do."""
    began = monotonic()
    while (delivery := due(webhook, now())) is not None:
        send(delivery, now=now)
        if monotonic() - began > ROUND:
            return True
    return False


def due(webhook: int, at: datetime) -> Delivery | None:
    """What the address is owed first, unless it is off, its client shut out, or it rests."""
    owed = Delivery.objects.filter(
        webhook=webhook,
        webhook__off_at=None,
        webhook__client__disabled_at=None,
        state=DeliveryState.WAITING,
        next_at__lte=at,
    ).exclude(webhook__resume_at__gt=at)
    owed = owed.select_related("webhook__client", "event__entry", "event__dossier")
    return owed.order_by("next_at", "pk").first()


def send(delivery: Delivery, *, now: Clock) -> None:
    """Post one delivery outside any transaction, and note what was answered."""
    at = now()
    attempt = DeliveryAttempt.objects.create(delivery=delivery, at=at)
    Delivery.objects.filter(pk=delivery.pk).update(tries=F("tries") + 1)
    began = monotonic()
    try:
        answer = _post(delivery, at)
    except (webhooks_posting.NotReached, Refusal) as error:
        attempt.answer, taken = str(error)[: webhooks_posting.LONGEST_ANSWER], False
    else:
        attempt.status, attempt.answer, taken = answer.status, answer.words, answer.is_yes
    attempt.milliseconds = int((monotonic() - began) * 1000)
    note(attempt, taken, at=now())


def _post(delivery: Delivery, at: datetime) -> webhooks_posting.Answer:
    secrets, body = webhooks.secrets(delivery.webhook, at), body_of(delivery)
    if not secrets:
        raise webhooks_posting.NotReached(NO_SECRET)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "motcua-webhooks/1",
        "Motcua-Delivery": str(delivery.public_id),
        "Motcua-Event": kind(delivery),
        webhooks_signing.HEADER: webhooks_signing.signature(secrets, body, at=at),
    }
    return webhooks_posting.post(delivery.webhook.url, body, headers)


def kind(delivery: Delivery) -> str:
    return delivery.event.entry.event if delivery.event else TESTED


def body_of(delivery: Delivery) -> bytes:
    """What is posted: the event as it is read, and the delivery's own name; a test has nothing more to tell."""
    told: dict[str, Any] = {"event": TESTED, "sequence": None, "at": delivery.made_at}
    if delivery.event:
        told = events_feed.told(delivery.event, delivery.event.dossier.code or "")
    return json.dumps({"id": str(delivery.public_id)} | told, cls=DjangoJSONEncoder, ensure_ascii=False).encode()


@transaction.atomic
def note(attempt: DeliveryAttempt, taken: bool, *, at: datetime) -> None:
    """What became of the post, for the delivery and for the address."""
    attempt.save(update_fields=["status", "answer", "milliseconds"])
    client = webhooks.held(attempt.delivery.webhook.client)
    webhook = Webhook.objects.select_for_update(no_key=True).get(pk=attempt.delivery.webhook_id)
    delivery = Delivery.objects.select_for_update(no_key=True).get(pk=attempt.delivery_id)
    if taken:
        _end(delivery, DeliveryState.DELIVERED, at)
        if webhook.failures:
            Webhook.objects.filter(pk=webhook.pk).update(failures=0, failing_since=None, resume_at=None)
        if webhook.failures >= IN_A_ROW:  # it was the address; after fewer failures it may be what was sent
            webhook.deliveries.filter(state=DeliveryState.WAITING).update(next_at=at)
        return
    if delivery.tries > len(PAUSES) or at >= delivery.give_up_at:
        _end(delivery, DeliveryState.FAILED, at)
    else:
        Delivery.objects.filter(pk=delivery.pk).update(next_at=at + PAUSES[delivery.tries - 1])
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or at
    if webhook.failures >= IN_A_ROW:
        webhook.resume_at = at + RESTS[min(webhook.failures - IN_A_ROW, len(RESTS) - 1)]
    webhook.save(update_fields=["failures", "failing_since", "resume_at"])
    if webhook.failures >= FAILS_OFTEN and webhook.failing_since <= at - FAILS_FOR:
        _switch_off(client, webhook, at)


def _end(delivery: Delivery, state: DeliveryState, at: datetime) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(state=state, next_at=None, ended_at=at)


def _switch_off(client: Client, webhook: Webhook, at: datetime) -> None:
    """An address that has answered nothing for days is left alone, and whoever looks after it is written to."""
    Webhook.objects.filter(pk=webhook.pk).update(off_at=at)
    last = (
        Event.objects.filter(deliveries__webhook=webhook, deliveries__state=DeliveryState.DELIVERED)
        .order_by("number")
        .last()
    )
    record("webhook.switched_off", about=client, by=None, at=at, webhook=webhook.pk, failures=webhook.failures)
    if webhook.contact:
        text = (
            f"Đã {FAILS_FOR.days} ngày không gửi được tin báo đến {webhook.url} của hệ thống “{client.name}”, nên từ nay "
            "ngừng gửi đến đó. Không mất diễn biến nào: sau khi sửa, hãy đọc GET /api/v1/events từ cursor="
            f"{last.number if last else 0}, rồi bật lại nơi nhận (POST /api/v1/webhooks/{webhook.public_id}/on).\n"
        )
        messages.send(
            Channel.EMAIL,
            webhook.contact,
            text,
            purpose=Purpose.ACCOUNT,
            title="Một Cửa: đã ngừng gửi tin báo đến hệ thống của bạn",
            about=client.subject,
            at=at,
        )


def owed_to(at: datetime) -> list[int]:
    """The addresses to which something is to be sent now."""
    owed = Delivery.objects.filter(
        state=DeliveryState.WAITING, next_at__lte=at, webhook__off_at=None, webhook__client__disabled_at=None
    ).exclude(webhook__resume_at__gt=at)
    return list(owed.order_by("webhook").values_list("webhook", flat=True).distinct())


def give_up(at: datetime) -> int:
    """What could not be sent for a day has failed, also where its turn never came."""
    late = Delivery.objects.filter(state=DeliveryState.WAITING, give_up_at__lte=at)
    return late.update(state=DeliveryState.FAILED, next_at=None, ended_at=at)


def forget(at: datetime) -> None:
    """The log of what arrived goes after thirty days, of what did not after ninety; some at a time (thời hạn lưu)."""
    for state, kept in ((DeliveryState.DELIVERED, DELIVERED_IS_KEPT), (DeliveryState.FAILED, FAILED_IS_KEPT)):
        old = Delivery.objects.filter(state=state, ended_at__lt=at - kept).order_by("ended_at")
        while some := list(old.values_list("pk", flat=True)[:AT_ONCE]):
            Delivery.objects.filter(pk__in=some).delete()
