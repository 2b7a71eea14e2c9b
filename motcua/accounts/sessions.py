"""Sessions: signed cookies that end a working day after the sign-in, and sooner when nobody asks for anything (phiên đăng nhập)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import signed_cookies
from django.http import HttpRequest, HttpResponse

ENTERED_AT, NAME = "entered_at", "session"
SEEN_AT, RESTS_FOR = "seen_at", "rests_for"
# The cookie is written anew at most so often: an idle session ends up to this much sooner.
NOTED_EVERY = 5 * 60

View = Callable[..., HttpResponse]


class SessionStore(signed_cookies.SessionStore):
    def load(self) -> dict[str, Any]:
        """Django counts the age from the last writing, so that a stolen cookie could be kept young for ever."""
        kept = super().load()
        now = time.time()
        old = now - kept.get(ENTERED_AT, now) >= settings.SESSION_COOKIE_AGE
        idle = RESTS_FOR in kept and now - kept[SEEN_AT] >= kept[RESTS_FOR]
        if not old and not idle:
            return kept
        self.create()
        return {}


def begun(*, officer: bool) -> dict[str, Any]:
    """What a session knows of itself from its sign-in on; the name says when it began, so that it need not be remembered for ever."""
    now = int(time.time())
    return {
        NAME: f"{now}-{secrets.token_hex(8)}",
        ENTERED_AT: now,
        SEEN_AT: now,
        RESTS_FOR: settings.SESSION_RESTS_FOR["officer" if officer else "citizen"],
    }


def still_remembered(ended: list[str]) -> list[str]:
    """The names among these whose cookies would still be taken; the others have ended by themselves."""
    return [name for name in ended if time.time() - int(name.partition("-")[0]) < settings.SESSION_COOKIE_AGE]


def unattended(view: View) -> View:
    """An open page asks this by itself, so it does not show that anybody is there."""
    view.unattended = True  # type: ignore[attr-defined]
    return view


def somebody_is_there(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a session in use stays awake. Only the cookie is written, at most every five minutes."""

    def answer_and_note(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        session = request.session
        asked_by_itself = request.resolver_match and getattr(request.resolver_match.func, "unattended", False)
        if session.accessed and not asked_by_itself:
            now = int(time.time())
            if now - session.get(SEEN_AT, now) >= NOTED_EVERY:
                session[SEEN_AT] = now
        return response

    return answer_and_note
