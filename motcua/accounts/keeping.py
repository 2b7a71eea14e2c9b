"""What is somebody's is kept by no browser and no proxy on the way (không lưu lại trang riêng)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .permissions import PUBLIC


def personal_pages_are_not_kept(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: on a shared computer nothing is found by pressing Back after signing out. A view that says how long its answer
    may be kept has said it itself (places, the open API)."""

    def answer_and_say(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        if "Cache-Control" not in response and _is_somebodys(request):
            response["Cache-Control"] = "private, no-store"
        return response

    return answer_and_say


def _is_somebodys(request: HttpRequest) -> bool:
    """Behind a guarded door, made of what was sent, or shown to who is signed in or follows a dossier."""
    view = request.resolver_match.func if request.resolver_match else None
    guarded = getattr(view, "permission", PUBLIC) != PUBLIC
    sent = request.method not in ("GET", "HEAD")
    return guarded or sent or (request.session.accessed and not request.session.is_empty())
