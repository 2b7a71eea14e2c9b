"""Sessions: signed cookies that end a working day after the sign-in, however busy they were (phiên đăng nhập)."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import signed_cookies

ENTERED_AT = "entered_at"


class SessionStore(signed_cookies.SessionStore):
    def load(self) -> dict[str, Any]:
        """Django counts the age from the last writing, so that a stolen cookie could be kept young for ever."""
        kept = super().load()
        if time.time() - kept.get(ENTERED_AT, time.time()) < settings.SESSION_COOKIE_AGE:
            return kept
        self.create()
        return {}
