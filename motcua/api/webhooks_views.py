"""What was sent to other systems, for who looks after the connections (sổ gửi tin báo)."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from motcua.accounts.permissions import Can, requires
from motcua.dossiers.timeline import TOLD
from motcua.refusal import Refusal

from . import webhooks, webhooks_sending
from .models import Delivery, DeliveryState, Webhook

PAGE = 50
TITLE = "Tin báo cho hệ thống khác"
# How the log is narrowed: the word in the address, the state, and what stands on the chip.
STATES = {
    "khong-gui-duoc": (DeliveryState.FAILED, "Không gửi được"),
    "dang-cho": (DeliveryState.WAITING, "Đang chờ gửi"),
    "da-nhan": (DeliveryState.DELIVERED, "Đã nhận"),
}


@require_safe
@requires(Can.KEEP_CONNECTIONS)
def addresses(request: HttpRequest) -> HttpResponse:
    """Every address, those in trouble first on each page."""
    kept = webhooks.kept_by(request.user).order_by("pk")  # type: ignore[arg-type]
    found = list(_from(request, kept, "pk__gt", PAGE + 1))
    shown = found[:PAGE]
    rows = [
        {"webhook": one, "state": _state(one), "since": one.off_at or one.failing_since or one.made_at}
        for one in sorted(shown, key=_trouble)
    ]
    further = f"?sau={shown[-1].pk}" if len(found) > PAGE else ""
    return _page(request, "api/webhooks.html", {"rows": rows, "next": further})


@require_safe
@requires(Can.KEEP_CONNECTIONS)
def log(request: HttpRequest, webhook: UUID) -> HttpResponse:
    """What is owed to one address and was sent there, the newest first."""
    return _log(request, _kept(request, webhook))


@require_POST
@requires(Can.KEEP_CONNECTIONS)
def test(request: HttpRequest, webhook: UUID) -> HttpResponse:
    kept = _kept(request, webhook)
    try:
        made = webhooks.test(kept, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        return _log(request, kept, refusal=str(refusal), status=422)
    messages.success(request, "Tin thử sẽ được gửi trong giây lát. Tải lại trang này để xem kết quả.")
    return redirect("connections:delivery", webhook, made.public_id)


@require_safe
@requires(Can.KEEP_CONNECTIONS)
def delivery(request: HttpRequest, webhook: UUID, delivery: UUID) -> HttpResponse:
    """One delivery, with each time it was sent and what was answered."""
    return _delivery(request, _owed(request, webhook, delivery))


@require_POST
@requires(Can.KEEP_CONNECTIONS)
def send_again(request: HttpRequest, webhook: UUID, delivery: UUID) -> HttpResponse:
    owed = _owed(request, webhook, delivery)
    try:
        webhooks.send_again(owed, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        return _delivery(request, owed, refusal=str(refusal), status=422)
    messages.success(request, "Sẽ gửi lại trong giây lát. Tải lại trang này để xem kết quả.")
    return redirect("connections:delivery", webhook, delivery)


# Pages ------------------------------------------------------------------------------------------------------------------


def _log(request: HttpRequest, webhook: Webhook, *, refusal: str = "", status: int = 200) -> HttpResponse:
    asked = request.GET.get("tinh-trang", "")
    state = STATES[asked][0] if asked in STATES else ""
    found = list(_from(request, webhooks.log(webhook, state=state), "pk__lt", PAGE + 1))
    shown = found[:PAGE]
    here = reverse("connections:log", args=[webhook.public_id])
    chips = [{"label": "Tất cả", "href": here, "current": not state}]
    chips += [
        {"label": label, "href": f"{here}?tinh-trang={word}", "current": word == asked}
        for word, (_state, label) in STATES.items()
    ]
    further = {"sau": shown[-1].pk} | ({"tinh-trang": asked} if state else {}) if len(found) > PAGE else None
    context = {
        "webhook": webhook,
        "state": _state(webhook),
        "resting": webhook.resume_at and webhook.resume_at > timezone.now(),
        "facts": _facts(webhook),
        "chips": chips,
        "rows": [{"delivery": one, "what": what(one)} for one in shown],
        "next": f"{here}?{urlencode(further)}" if further else "",
        "narrowed": bool(state),
        "refusal": refusal,
    }
    return _page(request, "api/webhook.html", context, status=status)


def _delivery(request: HttpRequest, owed: Delivery, *, refusal: str = "", status: int = 200) -> HttpResponse:
    context = {
        "delivery": owed,
        "webhook": owed.webhook,
        "what": what(owed),
        "told": list(json.loads(webhooks_sending.body_of(owed)).items()),
        "attempts": owed.attempts.order_by("pk")[:100],
        "may_send": owed.state != DeliveryState.WAITING,
        "refusal": refusal,
    }
    return _page(request, "api/delivery.html", context, status=status)


def _page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return render(
        request, template, {"nav_items": nav("webhooks"), "desk": "Kết nối", "title": TITLE, **context}, status=status
    )


def nav(current: str) -> list[dict[str, Any]]:
    """The two lists of who keeps connections: who is let in, and what was sent."""
    lists = {"systems": ("Hệ thống kết nối", "systems:systems"), "webhooks": (TITLE, "connections:webhooks")}
    return [
        {"label": label, "href": reverse(name), "count": None, "current": key == current}
        for key, (label, name) in lists.items()
    ]


def what(delivery: Delivery) -> str:
    """What the delivery tells, in the words of the office."""
    return TOLD[delivery.event.entry.event] if delivery.event else "Tin gửi thử"


def _facts(webhook: Webhook) -> list[tuple[str, str]]:
    client = webhook.client
    return [
        ("Hệ thống", client.name),
        ("Của", str(client.agency) if client.agency else "Đối tác ngoài cơ quan"),
        ("Địa chỉ nhận", webhook.url),
        ("Nhận", ", ".join(TOLD[event].lower() for event in webhook.events) or "mọi diễn biến"),
        ("Thư người phụ trách", webhook.contact),
    ]


def _state(webhook: Webhook) -> tuple[str, str]:
    """How the address does, as a badge: its shape, and its words."""
    if webhook.off_at:
        return "overdue", "Đã ngừng gửi"
    if webhook.client.disabled_at:
        return "waiting", "Hệ thống đang bị khóa"
    if webhook.failing_since:
        return "due_soon", f"Không gửi được {webhook.failures} lần liền"
    return "on_time", "Đang gửi"


def _trouble(webhook: Webhook) -> tuple[bool, bool, int]:
    return webhook.off_at is None, webhook.failing_since is None, webhook.pk


# Whose ------------------------------------------------------------------------------------------------------------------


def _kept(request: HttpRequest, public_id: UUID) -> Webhook:
    return get_object_or_404(webhooks.kept_by(request.user), public_id=public_id)  # type: ignore[arg-type]


def _owed(request: HttpRequest, webhook: UUID, public_id: UUID) -> Delivery:
    owed = webhooks.log(_kept(request, webhook)).select_related("webhook__client__agency")
    return get_object_or_404(owed, public_id=public_id)


def _from(request: HttpRequest, rows: Any, further: str, most: int) -> Any:
    """The page after the row that was last on the one before."""
    after = request.GET.get("sau", "")
    if after.isascii() and after.isdigit() and len(after) < 19:
        rows = rows.filter(**{further: int(after)})
    return rows[:most]
