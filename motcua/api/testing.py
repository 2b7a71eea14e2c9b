"""Other systems for tests, with their keys (hệ thống kết nối)."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.utils import timezone

from motcua.catalogue.testing import ANSWERS
from motcua.dossiers.testing import PDF, OneStop
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
        """Send this body as JSON, under a key of its own unless one is told."""
        asked = self._asked(**{"Idempotency-Key": idempotency_key or str(uuid4())})
        return asked.post(f"/api/v1/{address}", body, content_type="application/json", **told)

    def send(self, content: bytes = PDF, name: str = "giay.pdf", *, idempotency_key: str = "") -> Any:
        """Send a paper, as a form does."""
        asked = self._asked(**{"Idempotency-Key": idempotency_key or str(uuid4())})
        return asked.post("/api/v1/papers", {"file": SimpleUploadedFile(name, content)})

    def delete(self, address: str) -> Any:
        return self._asked().delete(f"/api/v1/{address}")

    def renewed(self) -> System:
        """The same system with a new key, after the clock was moved."""
        return self._replace(key=ask_for_key(self.client, self.secret).json()["access_token"])

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
    return Browser(headers={"Authorization": f"Basic {basic}"}).post(
        TOKEN_URL, urlencode(body), content_type="application/x-www-form-urlencoded"
    )


def a_filing(office: OneStop, system: System, **told: Any) -> dict[str, Any]:
    """What a system sends to file with this office, its paper sent before; `told` replaces parts of it."""
    return {
        "procedure": office.version.procedure.code,
        "agency": office.agency.identifier,
        "owner": {
            "kind": "citizen",
            "name": "Lý A Pao",
            "id_number": "008085001234",
            "birth_date": "1990-09-05",
            "address": "Thôn Khuổi Phát, xã Hùng Đức",
        },
        "contact": {"phone": "0912 345 678", "email": "pao@example.vn"},
        "submitter": {"name": "Bưu điện huyện Hàm Yên"},
        "answers": ANSWERS,
        "papers": [
            {"component": "chung_sinh", "files": [system.send().json()["id"]]},
            {"component": "giay_to_tuy_than", "bring_later": True},
        ],
        "return_to": {"by": "COUNTER"},
    } | told
