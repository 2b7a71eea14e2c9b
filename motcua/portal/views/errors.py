"""When the token of a page no longer fits (trang đã cũ)."""

from __future__ import annotations

from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from motcua.accounts.permissions import public

from ..drafts import signed_out, wants_json


@public
def stale_page(request, reason=""):
    """Signing in again gives new tokens: an old page gets the new one, or comes back with what was typed, to be sent once more.

    Nothing is kept here. The session cookie is SameSite=Lax, so a page of another site never comes this far signed in.
    """
    if not request.user.is_authenticated:
        if wants_json(request):
            return signed_out(request)
        return render(request, "403_csrf.html", status=403)
    if wants_json(request):
        words = _("trang này mở từ trước lần đăng nhập mới, máy đang thử lại.")
        return JsonResponse({"error": words, "token": get_token(request)}, status=403)
    try:
        found = resolve(request.path_info)
    except Resolver404:
        found = None
    if found and getattr(found.func, "shows_again", False):
        request.not_to_be_kept = True
        return found.func(request, *found.args, **found.kwargs)
    return render(request, "403_csrf.html", status=403)
