"""What the portal's tests share: a clock that stands, papers to send, and the pages of a filing filled in."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.dossiers.models import Dossier
from motcua.dossiers.testing import OneStop

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + b"\x00" * 64 + bytes.fromhex("ffd9")


def a_photo(name: str = "trang-1.jpg", *, salt: str = "") -> SimpleUploadedFile:
    """A picture as a phone sends it; another `salt` is another picture."""
    return SimpleUploadedFile(name, JPEG + salt.encode(), content_type="image/jpeg")


def begin(client: Client, office: OneStop) -> Dossier:
    """Press "Nộp hồ sơ" on the procedure's page."""
    client.post(reverse("portal:file", args=[office.version.code]), {"agency": office.agency.pk})
    return Dossier.objects.drafts_of(office.citizen).latest("pk")


def page(name: str, dossier: Dossier) -> str:
    return reverse(f"portal:draft_{name}", args=[dossier.public_id])


OWNER: dict[str, Any] = {
    "owner_name": "Lý A Pao",
    "owner_id_number": "008 085 001 234",
    "owner_birth_date": "1990-09-05",
    "address": "Thôn Khuổi Phát, xã Hùng Đức",
    "phone": "0912 345 678",
    "email": "",
}
ANSWERS: dict[str, Any] = {"ten_con": "Lý Gia Bảo", "ngay_sinh": "2023-10-01", "co_cha": "Không"}


def fill(client: Client, dossier: Dossier) -> Any:
    """Every page of a filing for oneself, papers included, up to the check."""
    client.post(page("whose", dossier), {"whose": "mine"})
    client.post(page("owner", dossier), OWNER)
    client.post(page("form", dossier), ANSWERS)
    birth, identity, _mandate = dossier.papers.all()
    client.post(
        page("papers", dossier),
        {f"paper-{birth.pk}": a_photo(), f"asked-{identity.pk}": "1", f"later-{identity.pk}": "on"},
    )
    client.post(page("return", dossier), {"return_by": "COUNTER", "return_address": ""})
    return client.get(page("review", dossier))


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())
