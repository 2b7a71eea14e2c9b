"""Other systems for tests, with their keys (hệ thống kết nối)."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any, NamedTuple

from django.test import Client as Browser
from django.utils import timezone

from motcua.organisations.models import Agency

from . import clients
from .models import Client
from .scopes import OF_AGENCIES, SCOPES, TOKEN_URL

OF_ALL = tuple(scope for scope in SCOPES if scope not in OF_AGENCIES)


class System(NamedTuple):
    """A client with its secret and a key: `system.get("dossiers")`, `system.post("papers", …)`."""

    client: Client
    secret: str
    key: str

    @property
    def person(self):
        return self.client.user

    def get(self, address: str, **told: Any) -> Any:
        return self._asked().get(f"/api/v1/{address}", told)

    def post(self, address: str, body: Any = None, *, idempotency_key: str = "", **told: Any) -> Any:
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return self._asked(**headers).post(f"/api/v1/{address}", body, content_type="application/json", **told)

    def _asked(self, **headers: str) -> Browser:
        return Browser(headers={"Authorization": f"Bearer {self.key}", **headers})


def a_system(
    *scopes: str,
    name: str = "Phần mềm của Bưu điện",
    agency: Agency | None = None,
    requests_a_minute: int = 300,
    at: datetime | None = None,
) -> System:
    """A registered system that has got its key; without scopes it has all that one of its kind may have."""
    client, secret = clients.register(
        name,
        scopes=scopes or (tuple(SCOPES) if agency else OF_ALL),
        agency=agency,
        requests_a_minute=requests_a_minute,
        by=None,
        at=at or timezone.now(),
    )
    return System(client, secret, ask_for_key(client, secret).json()["access_token"])


def ask_for_key(client: Client, secret: str, **told: str) -> Any:
    """What the token address answers to this identifier and secret."""
    basic = base64.b64encode(f"{client.client_id}:{secret}".encode()).decode()
    body = {"grant_type": "client_credentials"} | told
    return Browser(headers={"Authorization": f"Basic {basic}"}).post(TOKEN_URL, body)
