"""A client's own hand on where it is told: register, try out, change the secret, and see what was sent (webhook)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from . import webhooks, webhooks_sending
from .events_feed import LEADS_TO
from .models import Client, Delivery, DeliveryState, Webhook
from .scopes import scoped

router = Router(tags=["webhooks"])

Kind = Literal[tuple(sorted(LEADS_TO))]  # type: ignore[valid-type]
MANAGE = scoped("webhooks:manage")


class WebhookSent(Schema):
    """Nơi nhận: địa chỉ https; `events` để trống là mọi diễn biến; `contact` được báo khi phải ngừng gửi."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(max_length=500, pattern="^https?://[^\x00]+$", examples=["https://nhan.example.vn/motcua"])
    events: list[Kind] = Field(default=[], max_length=len(LEADS_TO))  # type: ignore[valid-type]
    contact: str = Field(default="", max_length=254, pattern=r"^([^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+)?$")


class WebhookTold(Schema):
    id: UUID
    url: str
    events: list[str]
    contact: str
    made_at: datetime
    failures: int
    failing_since: datetime | None
    off_at: datetime | None
    former_secret_until: datetime | None


class WebhookMade(WebhookTold):
    """`secret` chỉ hiện lần này."""

    secret: str


class AttemptTold(Schema):
    """Một lần gửi; `status` trống là không có trả lời."""

    at: datetime
    status: int | None
    answer: str
    milliseconds: int | None


class DeliveryListed(Schema):
    id: UUID
    event: str
    sequence: int | None
    dossier: str | None
    state: DeliveryState
    made_at: datetime
    next_at: datetime | None
    ended_at: datetime | None
    cursor: int


class DeliveryTold(DeliveryListed):
    attempts: list[AttemptTold]


class DeliveryPage(Schema):
    items: list[DeliveryListed]
    next: int | None


@router.get("/webhooks", response=list[WebhookTold], auth=MANAGE, summary="Các nơi nhận tin báo")
def list_webhooks(request: HttpRequest):
    return [tell(one) for one in request.auth.webhooks.order_by("pk")]  # type: ignore[attr-defined]


@router.post("/webhooks", response={201: WebhookMade}, auth=MANAGE, summary="Đăng ký một nơi nhận")
def register_webhook(request: HttpRequest, told: WebhookSent, response: HttpResponse):
    """Diễn biến từ nay được gửi đến đó; dùng `secret` để kiểm tra chữ ký."""
    client: Client = request.auth  # type: ignore[attr-defined]
    made, secret = webhooks.register(client, told.url, events=told.events, contact=told.contact, at=timezone.now())
    response["Location"] = reverse("api:webhook", args=[made.public_id])
    return Status(201, tell(made) | {"secret": secret})


@router.get("/webhooks/{webhook}", response=WebhookTold, auth=MANAGE, summary="Một nơi nhận", url_name="webhook")
def read_webhook(request: HttpRequest, webhook: UUID):
    return tell(_own(request, webhook))


@router.delete("/webhooks/{webhook}", response={204: None}, auth=MANAGE, summary="Bỏ một nơi nhận", url_name="webhook")
def remove_webhook(request: HttpRequest, webhook: UUID):
    """Không gửi đến đó nữa; sổ gửi của nơi ấy cũng bỏ."""
    webhooks.remove(_own(request, webhook), at=timezone.now())
    return Status(204, None)


@router.post("/webhooks/{webhook}/secret", response=WebhookMade, auth=MANAGE, summary="Đổi mã bí mật")
def renew_webhook_secret(request: HttpRequest, webhook: UUID):
    """Trong một ngày mỗi tin có hai chữ ký, của mã mới và mã cũ."""
    secret = webhooks.rotate(_own(request, webhook), at=timezone.now())
    return tell(_own(request, webhook)) | {"secret": secret}


@router.post("/webhooks/{webhook}/on", response=WebhookTold, auth=MANAGE, summary="Bật lại nơi đã ngừng")
def switch_webhook_on(request: HttpRequest, webhook: UUID):
    """Những gì xảy ra trong lúc ngừng thì đọc ở `/events`."""
    return tell(webhooks.switch_on(_own(request, webhook), at=timezone.now()))


@router.post("/webhooks/{webhook}/test", response={202: DeliveryTold}, auth=MANAGE, summary="Gửi thử một tin")
def test_webhook(request: HttpRequest, webhook: UUID):
    """Tin thử có `event` là `webhook.tested` và không kể điều gì; xem kết quả ở sổ gửi."""
    client: Client = request.auth  # type: ignore[attr-defined]
    return Status(202, tell_delivery(webhooks.test(_own(request, webhook), by=client.user, at=timezone.now())))


@router.get("/webhooks/{webhook}/deliveries", response=DeliveryPage, auth=MANAGE, summary="Sổ gửi, mới trước")
def list_deliveries(
    request: HttpRequest,
    webhook: UUID,
    state: DeliveryState | None = None,
    cursor: Annotated[int | None, Query(ge=1, lt=2**63, description="`next` của trang trước")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
):
    found = list(webhooks.log(_own(request, webhook), state=state or "", before=cursor)[: limit + 1])
    shown = found[:limit]
    return {
        "items": [list_delivery(one) for one in shown],
        "next": shown[-1].pk if len(found) > limit else None,
    }


@router.get(
    "/webhooks/{webhook}/deliveries/{delivery}",
    response=DeliveryTold,
    auth=MANAGE,
    summary="Một lượt gửi, với từng lần gửi",
)
def read_delivery(request: HttpRequest, webhook: UUID, delivery: UUID):
    return tell_delivery(_delivery(request, webhook, delivery))


@router.post(
    "/webhooks/{webhook}/deliveries/{delivery}/again",
    response={202: DeliveryTold},
    auth=MANAGE,
    summary="Gửi lại một lượt",
)
def send_delivery_again(request: HttpRequest, webhook: UUID, delivery: UUID):
    """Cùng `id`, cùng nội dung; nơi nhận nhận ra tin đã nhận."""
    client: Client = request.auth  # type: ignore[attr-defined]
    owed = webhooks.send_again(_delivery(request, webhook, delivery), by=client.user, at=timezone.now())
    return Status(202, tell_delivery(owed))


def _own(request: HttpRequest, public_id: UUID) -> Webhook:
    return get_object_or_404(Webhook, client=request.auth, public_id=public_id)  # type: ignore[attr-defined]


def _delivery(request: HttpRequest, webhook: UUID, public_id: UUID) -> Delivery:
    return get_object_or_404(webhooks.log(_own(request, webhook)), public_id=public_id)


def tell(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.public_id,
        "url": webhook.url,
        "events": webhook.events,
        "contact": webhook.contact,
        "made_at": webhook.made_at,
        "failures": webhook.failures,
        "failing_since": webhook.failing_since,
        "off_at": webhook.off_at,
        "former_secret_until": webhook.former_until,
    }


def list_delivery(delivery: Delivery) -> dict[str, Any]:
    event = delivery.event
    return {
        "id": delivery.public_id,
        "event": webhooks_sending.kind(delivery),
        "sequence": event.number if event else None,
        "dossier": event.dossier.code if event else None,
        "state": delivery.state,
        "made_at": delivery.made_at,
        "next_at": delivery.next_at,
        "ended_at": delivery.ended_at,
        "cursor": delivery.pk,
    }


def tell_delivery(delivery: Delivery) -> dict[str, Any]:
    attempts = delivery.attempts.order_by("pk")
    return list_delivery(delivery) | {
        "attempts": [
            {"at": one.at, "status": one.status, "answer": one.answer, "milliseconds": one.milliseconds}
            for one in attempts
        ]
    }
