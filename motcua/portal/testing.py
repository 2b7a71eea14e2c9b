"""What the portal's tests share: a clock that stands, papers to send, and the pages of a filing filled in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.catalogue.publishing import numbered
from motcua.catalogue.testing import FEES, PAPERS, a_procedure
from motcua.dossiers.models import Dossier
from motcua.dossiers.testing import MONDAY, OneStop, a_one_stop
from motcua.organisations.models import Agency, AgencyKind, Level
from motcua.organisations.testing import an_agency

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


# The public catalogue ------------------------------------------------------------------------------------------------

PARTS: dict[str, Any] = {
    "sequence": "Bước 1: Nộp tờ khai.\nBước 2: Nhận giấy khai sinh.",
    "requirements": "Trẻ sinh ra có khai báo.",
    "subjects": ["Công dân Việt Nam"],
    "decision": "12/QĐ-UBND",
    "decided_on": date(2020, 12, 1),
    "results": [{"position": 1, "name": "Giấy khai sinh"}],
    "legal_bases": [{"position": 1, "number": "60/2014/QH13", "title": "Luật Hộ tịch"}],
    "fees": numbered(
        [
            {"kind": "LE_PHI", "name": "Lệ phí khai sinh", "amount": 8000, "legal_basis": "85/2019/TT-BTC"},
            {"kind": "LE_PHI", "name": "Lệ phí khai sinh", "amount": 4000, "channel": "ONLINE"},
        ]
    ),
    "reliefs": numbered(
        [
            {"kind": "MIEN", "who": "Người có công", "legal_basis": "Luật Hộ tịch, Điều 11"},
            {"kind": "GIAM", "percent": 50, "who": "Trẻ em", "channel": "ONLINE", "legal_basis": "NQ 05/2021"},
        ]
    ),
}
LONG = "Thủ tục có tên rất dài về việc cấp, đổi, cấp lại và gia hạn giấy phép " * 15
LONG_CASE = "Trường hợp doanh nghiệp chấm dứt hoạt động theo quy định tại điểm a khoản 1 Điều 17 " * 10


def a_public_catalogue() -> OneStop:
    """A commune whose procedure has three cases and a coming version, a department with a very long name to read, thirty communes."""
    told = {name: value for name, value in PARTS.items() if name != "fees"}
    third = {"key": "quyet_dinh", "name": "Quyết định chấm dứt", "case": LONG_CASE}
    office = a_one_stop(components=[*PAPERS, third], fees=FEES, life_events=["Có con nhỏ"], **told)
    department = an_agency("Sở Tư pháp", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT)
    a_procedure("3.000333", agency=department, level=Level.PROVINCE, name=LONG, process=False)
    a_procedure(name="Đăng ký khai sinh, bản mới", valid_from=MONDAY.date() + timedelta(days=7))
    a_procedure("1.000009", valid_from=MONDAY.date() + timedelta(days=7), process=False)
    for number in range(30):
        an_agency(f"Ủy ban nhân dân xã Phú Lương {number}")
    return office


def public_addresses(office: OneStop) -> list[str]:
    code = office.version.code
    return [
        "/",
        f"/thu-tuc/{code}/",
        "/thu-tuc/3.000333/",
        "/thu-tuc/1.000009/",
        f"/thu-tuc/{code}/phien-ban/2023-10-30/",
        f"/thu-tuc/{code}/in/",
        "/linh-vuc/",
        "/co-quan/",
        f"/co-quan/{Agency.objects.get(name='Sở Tư pháp').pk}/",
        "/cap/xa/",
        "/su-kien/",
        "/su-kien/co-con-nho/",
        "/thay-doi/",
        "/du-lieu/",
    ]
