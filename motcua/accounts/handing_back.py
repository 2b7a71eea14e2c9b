"""A page sent after the session has ended is handed back to be sent again, not thrown away (không mất phần vừa gõ)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from .addresses import page_of

# What is not to stand on a page again.
SECRET = {"password", "current", "code"}


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; with what was typed, only once that is safe."""
    if wants_json(request) or _typed(request):
        return signed_out(request)
    return _there_and_back(request)


def _there_and_back(request: HttpRequest) -> HttpResponse:
    """A piece of a page asked for by htmx sends the whole page there."""
    to_login = redirect_to_login(page_of(request), settings.LOGIN_URL)
    return HttpResponseClientRedirect(to_login.url) if "HX-Request" in request.headers else to_login


def _typed(request: HttpRequest) -> bool:
    if request.method != "POST" or SECRET & request.POST.keys():
        return False
    return bool(request.FILES) or any(value.strip() for _name, value in kept(request.POST))


def signed_out(request: HttpRequest) -> HttpResponse:
    """What was typed stands on the page, hidden, until it can be sent (phiên đăng nhập đã hết)."""
    if wants_json(request):
        words = _("phiên đăng nhập đã hết. Hãy đăng nhập lại ở một trang khác rồi quay lại đây.")
        return JsonResponse({"error": words}, status=401)
    if "HX-Request" in request.headers:
        # The page itself still holds it, files too: it stays, and says what to do (ui/counter/failures.js).
        return HttpResponse(status=401)
    # 422 with files: the script that sends them shows such an answer as it is.
    context = {"typed": kept(request.POST), "files": bool(request.FILES)}
    return render(request, "accounts/signed_out.html", context, status=422 if request.FILES else 401)


def kept(posted: QueryDict) -> list[tuple[str, str]]:
    return [(name, value) for name in posted if name != "csrfmiddlewaretoken" for value in posted.getlist(name)]


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
