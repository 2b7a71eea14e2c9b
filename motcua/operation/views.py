"""What machines ask to watch over us, and the operator's page (trang vận hành)."""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from motcua.accounts.permissions import Can, public, requires
from motcua.refusal import Refusal

from . import figures, health, overview, queue
from .models import Trouble

MOST = 50
LITTLE_ROOM = 2 * 1024**3
NAMES = {
    "database": "Cơ sở dữ liệu",
    "migrations": "Cấu trúc bảng",
    "storage": "Kho tệp",
    "queue": "Việc nền",
    "clock": "Đồng hồ",
}
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via")


@require_safe
@public
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked, so that a database that is away restarts nobody."""
    return HttpResponse("song\n", content_type="text/plain; charset=utf-8")


@require_safe
@public
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Whether people may be sent here."""
    found = health.parts()
    well = health.ready(found)
    told = {part.name: {"well": part.well, "said": part.said, "needed": part.needed} for part in found}
    answer = {"ready": well, "parts": told}
    return JsonResponse(answer, status=200 if well else 503, json_dumps_params={"ensure_ascii": False})


@require_safe
@public
@never_cache
def figures_page(request: HttpRequest) -> HttpResponse:
    """For Prometheus: with the token of the house, or from this machine itself where none is set."""
    if not _may_read_figures(request):
        raise PermissionDenied("Số liệu giám sát chỉ đọc được bằng mã của hệ thống hoặc ngay trên máy chủ.")
    return HttpResponse(figures.page(), content_type=CONTENT_TYPE_LATEST)


def _may_read_figures(request: HttpRequest) -> bool:
    if settings.FIGURES_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.FIGURES_TOKEN}".encode())
    # Behind a proxy of this machine everybody comes from it: then the name asked for is not this machine's, or it says for whom.
    if any(name in request.headers for name in FORWARDED) or settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        return False
    return _is_here(request.META.get("REMOTE_ADDR", "")) and request.get_host().split(":")[0] in HERE


HERE = {"127.0.0.1", "localhost"}


def _is_here(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


@require_safe
@requires(Can.OPERATE)
def home(request: HttpRequest) -> HttpResponse:
    return _home(request)


@require_POST
@requires(Can.OPERATE)
def try_again(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        queue.try_again(pk, by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _home(request, refusal=str(refusal), status=422)
    messages.success(request, f"Việc nền số {pk} sẽ được chạy lại trong giây lát. Tải lại trang này để xem kết quả.")
    return redirect("operation:home")


def _home(request: HttpRequest, *, refusal: str = "", status: int = 200) -> HttpResponse:
    at = timezone.now()
    backup, place = overview.backed_up()
    kept, free = overview.kept_until(), overview.free_bytes()
    context: dict[str, Any] = {
        "title": "Vận hành",
        "now": at,
        "parts": [{"label": NAMES[part.name], "well": part.well, "said": part.said} for part in health.parts()],
        "versions": overview.versions(),
        "counted": overview.counted(at),
        "failed": queue.failed(MOST),
        "troubles": list(Trouble.objects.order_by("-last_at")[:MOST]),
        "backup": backup,
        "backup_place": place,
        "backup_old": backup is None or (at - backup).days >= 2,
        "kept": kept,
        "kept_old": kept is not None and (at - kept).total_seconds() > 60,
        "free": free,
        "total": overview.total_bytes(),
        "little_room": free < LITTLE_ROOM,
        "refusal": refusal,
    }
    return render(request, "operation/home.html", context, status=status)
