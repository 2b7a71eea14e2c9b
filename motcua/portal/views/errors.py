"""When the token of a page no longer fits (trang đã cũ)."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from motcua.accounts.handing_back import kept, signed_out, wants_json
from motcua.accounts.permissions import public


@public
@never_cache
def stale_page(request, reason=""):
    """Signing in again, or a second first visit beside this one, gives new tokens: the old page gets the new one, or comes back
    with what was typed, to be sent once more.

    Nothing is kept here. The session cookie is SameSite=Lax, so a page of another site never comes this far signed in.
    """
    if wants_json(request):
        if not request.user.is_authenticated:
            return signed_out(request)
        words = _("trang này mở từ trước lần đăng nhập mới, máy đang thử lại.")
        return JsonResponse({"error": words, "token": get_token(request)}, status=403)
    if "HX-Request" in request.headers:
        if not request.user.is_authenticated:
            return signed_out(request)
        # The page stays with what was typed, and takes the token of now (ui/counter/failures.js).
        return HttpResponse(status=403, headers={"X-New-Token": get_token(request)})
    if request.user.is_authenticated and (found := _page_shown_again(request)):
        request.not_to_be_kept = True
        return found.func(request, *found.args, **found.kwargs)
    # Django looks at the token after Origin and Referer: what fails there was sent by a page of another site, and is not offered.
    # Files cannot be handed back, and without them it would be something else that is sent.
    again = reason.startswith("CSRF") and not request.FILES
    return render(request, "403_csrf.html", {"again": again, "typed": kept(request.POST) if again else []}, status=403)


def _page_shown_again(request) -> ResolverMatch | None:
    try:
        found = resolve(request.path_info)
    except Resolver404:
        return None
    return found if getattr(found.func, "shows_again", False) else None
