"""Where a person has shown their second factor before (thiết bị quen): whoever knows only the password cannot shut them out there."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from .models import Person

COOKIE, SALT = f"{'__Secure-' if settings.SESSION_COOKIE_SECURE else ''}thiet-bi", "motcua.accounts.devices"
KNOWN_FOR = 180 * 24 * 3600


def known(request: HttpRequest, person: Person) -> str:
    """The name of this device, if the person has shown their second factor on it; it opens nothing by itself."""
    try:
        owner, name, revocation = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KNOWN_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return name if (owner, revocation) == (person.pk, person.revocation) else ""


def remember(response: HttpResponse, person: Person, name: str = "") -> HttpResponse:
    """From now on the tries made here are counted apart from those made elsewhere, until all sessions are ended."""
    told = signing.dumps([person.pk, name or secrets.token_hex(8), person.revocation], salt=SALT)
    response.set_cookie(
        COOKIE,
        told,
        max_age=KNOWN_FOR,
        path=settings.LOGIN_URL,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
