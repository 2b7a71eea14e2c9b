"""Where a person goes on to after signing in: only ever an address of this house."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def is_local(address: str) -> bool:
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)


def wanted(request: HttpRequest) -> str:
    """The page this person was on the way to, or nothing."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    return address if is_local(address) else ""


def onward(request: HttpRequest) -> str:
    """The page they wanted, or the one their work begins on."""
    if address := wanted(request):
        return address
    if not getattr(request.user, "is_officer", False):
        return settings.LOGIN_REDIRECT_URL
    if getattr(request.user, "sees_dossiers", False):
        return settings.COUNTER_URL
    return settings.OPERATION_URL if request.user.operates else settings.CATALOGUE_URL  # type: ignore[union-attr]


def towards(name: str, request: HttpRequest, *, then: str = "") -> str:
    """The address of another page of this app, and where to go on to from there: the page wanted already, if no other."""
    address = then or wanted(request)
    return reverse(f"accounts:{name}") + (f"?{urlencode({'next': address})}" if address else "")


def page_of(request: HttpRequest) -> str:
    """The page a request belongs to: what was sent cannot be asked for again, the page it was sent from can."""
    if request.method in ("GET", "HEAD") and "HX-Request" not in request.headers:
        return request.get_full_path()
    sent_from = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    if sent_from.netloc != request.get_host():
        return "/"
    address = sent_from.path + (f"?{sent_from.query}" if sent_from.query else "")
    return address if is_local(address) else "/"
