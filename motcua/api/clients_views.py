"""Which other systems may ask, for what and how often: for who looks after the connections (hệ thống kết nối)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.accounts.permissions import Can, requires
from motcua.refusal import Refusal

from . import clients
from .forms import AllowanceForm, SystemForm
from .models import Client
from .webhooks_views import nav

PAGE = 50
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@requires(Can.KEEP_CONNECTIONS)
def systems(request: HttpRequest) -> HttpResponse:
    """Those of one's agencies, at the province every one; fifty a page."""
    after = request.GET.get("sau", "")
    kept = clients.kept_by(request.user).select_related("agency", "usage").order_by("pk")  # type: ignore[arg-type]
    if after.isascii() and after.isdigit() and len(after) < 19:
        kept = kept.filter(pk__gt=int(after))
    found = list(kept[: PAGE + 1])
    shown = found[:PAGE]
    further = f"?sau={shown[-1].pk}" if len(found) > PAGE else ""
    return _page(request, "api/systems.html", {"rows": shown, "next": further})


@never_cache
@GET_OR_POST
@requires(Can.KEEP_CONNECTIONS)
def register(request: HttpRequest) -> HttpResponse:
    """Let a system in; its secret stands on the page that answers, and nowhere again."""
    form = SystemForm(request.user, request.POST if request.method == "POST" else None)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid():
        try:
            client, secret = clients.register(
                form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                agency=form.cleaned_data["agency"],
                requests_a_minute=form.cleaned_data["requests_a_minute"],
                by=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
            return _system(request, client, secret=secret)
        except Refusal as refusal:
            form.add_error("scopes", str(refusal))
    return _page(request, "api/system_new.html", {"form": form}, status=422 if form.errors else 200)


@GET_OR_POST
@requires(Can.KEEP_CONNECTIONS)
def system(request: HttpRequest, client_id: str) -> HttpResponse:
    """One system; what it may ask and how often is changed here."""
    client = _kept(request, client_id)
    if request.method != "POST":
        return _system(request, client)
    form = AllowanceForm(request.POST)
    if form.is_valid():
        try:
            clients.change(client, by=request.user, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
            messages.success(request, "Đã lưu phạm vi và số lần gọi; hệ thống xin khóa truy cập mới để dùng.")
            return redirect("systems:system", client_id)
        except Refusal as refusal:
            form.add_error("scopes", str(refusal))
    return _system(request, client, form=form, status=422)


@never_cache
@require_POST
@requires(Can.KEEP_CONNECTIONS)
def rotate(request: HttpRequest, client_id: str) -> HttpResponse:
    client = _kept(request, client_id)
    secret = clients.rotate(client, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return _system(request, client, secret=secret)


@require_POST
@requires(Can.KEEP_CONNECTIONS)
def disable(request: HttpRequest, client_id: str) -> HttpResponse:
    clients.disable(_kept(request, client_id), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, "Đã khóa; các khóa truy cập của hệ thống này hết hiệu lực ngay.")
    return redirect("systems:system", client_id)


@require_POST
@requires(Can.KEEP_CONNECTIONS)
def enable(request: HttpRequest, client_id: str) -> HttpResponse:
    clients.enable(_kept(request, client_id), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, "Đã mở lại, với mật khẩu đang có.")
    return redirect("systems:system", client_id)


def _kept(request: HttpRequest, client_id: str) -> Client:
    kept = clients.kept_by(request.user).select_related("agency", "usage")  # type: ignore[arg-type]
    return get_object_or_404(kept, client_id=client_id)


def _system(
    request: HttpRequest, client: Client, *, form: AllowanceForm | None = None, secret: str = "", status: int = 200
) -> HttpResponse:
    usage = getattr(client, "usage", None)
    facts = [
        ("Của", str(client.agency) if client.agency else "Đối tác ngoài cơ quan"),
        ("client_id", client.client_id),
        ("Đăng ký lúc", f"{timezone.localtime(client.created):%H:%M %d/%m/%Y}"),
        ("Gọi lần cuối", f"{timezone.localtime(usage.last_used_at):%H:%M %d/%m/%Y}" if usage else "chưa gọi"),
    ]
    initial = {"scopes": client.allowed, "requests_a_minute": client.requests_a_minute}
    context = {"client": client, "facts": facts, "secret": secret, "form": form or AllowanceForm(initial=initial)}
    return _page(request, "api/system.html", context, status=status)


def _page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    here = {"nav_items": nav("systems"), "desk": "Kết nối", **context}
    return render(request, template, here, status=status)
