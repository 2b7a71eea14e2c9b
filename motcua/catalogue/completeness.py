"""What a procedure still does not tell (bộ phận tạo thành của TTHC; NĐ 63/2010/NĐ-CP Điều 8 khoản 2)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from motcua.organisations.models import ValidQuerySet

from .models import Component, TermOfChannel
from .publishing import Told

# The seven parts that the law asks for and the portal counts (indicator 1.3 of QĐ 766/QĐ-TTg); letters as in the decree.
PARTS = {
    "name": "a) Tên thủ tục",
    "sequence": "b) Trình tự thực hiện",
    "channels": "c) Cách thức thực hiện",
    "components": "d) Thành phần, số lượng hồ sơ",
    "terms": "đ) Thời hạn giải quyết",
    "subjects": "e) Đối tượng thực hiện",
    "agency": "g) Cơ quan thực hiện",
}
# What a person looks for besides; no machine can tell whether the procedure really has none.
FURTHER = {
    "form": "Mẫu đơn, tờ khai",
    "fees": "Phí, lệ phí",
    "results": "Kết quả",
    "legal_bases": "Căn cứ pháp lý",
    "decision": "Quyết định công bố",
}


def missing(told: Told) -> list[str]:
    """Which of the seven parts are not told, by their keys in PARTS."""
    there = {
        "name": told.name,
        "sequence": told.sequence,
        "channels": told.terms,
        "components": told.components,
        "terms": any(term.get("amount") or term.get("same_day") or term.get("text") for term in told.terms),
        "subjects": told.subjects,
        "agency": told.agency or told.agency_text,
    }
    return [part for part in PARTS if not there[part]]


def not_told(told: Told) -> list[str]:
    """Which further parts are empty, by their keys in FURTHER."""
    return [part for part in FURTHER if not getattr(told, part)]


def incomplete(versions: ValidQuerySet) -> ValidQuerySet:
    """The versions of which one of the seven parts is missing."""
    terms = TermOfChannel.objects.filter(version=OuterRef("pk"))
    told = terms.filter(Q(amount__isnull=False) | Q(same_day=True) | ~Q(text=""))
    return versions.filter(
        Q(name="")
        | Q(sequence="")
        | ~Exists(told)
        | ~Exists(Component.objects.filter(version=OuterRef("pk")))
        | Q(subjects=[])
        | Q(agency=None, agency_text="")
    )
