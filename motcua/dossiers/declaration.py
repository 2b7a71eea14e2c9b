"""The filled form as its applicant signs it (tờ khai, đơn đề nghị): every answer, numbered, over the signature."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.utils import timezone

from motcua.catalogue import forms
from motcua.catalogue.models import Component
from motcua.ui.templatetags.ui import vn_date
from motcua.vietnamese import fold

from . import paper_forms, papers
from .models import Dossier, OwnerKind, State
from .paper_forms import Answer, DeclarationSheet
from .paper_forms.words import day_in_words
from .slips import DEMONSTRATION_MARK, place_of_signing, signer

# How the papers begin that an applicant fills in and signs; what stands behind the name says only where to find it.
DECLARATIONS = re.compile(r"(to khai|don|giay de nghi|phieu|van ban de nghi|ban khai|giay dang ky)\b")
BEHIND = re.compile(r"\s*(\(|\btheo mẫu\b|\bmẫu số\b|[;:,]).*$", re.IGNORECASE | re.DOTALL)
UNTITLED = "Tờ khai, đơn đề nghị"
LONGEST_TITLE = 120


def pdf(dossier: Dossier, *, follow_address: str = "") -> bytes:
    """The declaration to print, sign or keep."""
    return paper_forms.pdf(sheet(dossier, follow_address=follow_address))


def sheet(dossier: Dossier, *, follow_address: str = "") -> DeclarationSheet:
    """What stands on the declaration; a draft has no code and no day yet."""
    draft = dossier.state == State.DRAFT
    day = None if draft else dossier.submitted_at or dossier.accepted_at
    name = title(dossier)
    return DeclarationSheet(
        title=name,
        under=dossier.procedure_name if name == UNTITLED else "",
        code=dossier.code or "",
        to=dossier.agency.name,
        person=_person(dossier),
        answers=[_answer(one) for one in _written(dossier)],
        papers=list(papers.there(dossier).values()),
        place=place_of_signing(dossier.reception_agency),
        day=day_in_words(timezone.localdate(day)) if day else "",
        signer=signer(dossier),
        draft=draft,
        follow_address=follow_address,
        mark=DEMONSTRATION_MARK if settings.DEMONSTRATION else "",
    )


def is_one(component: Component) -> bool:
    """Whether a paper is filled in and signed by the applicant, judged by how its name begins."""
    return bool(DECLARATIONS.match(fold(component.name)))


def title(dossier: Dossier) -> str:
    """The name of the form among the papers, else a common one over the name of the procedure."""
    for component in dossier.procedure_version.components.all():
        name = BEHIND.sub("", component.name).strip()
        if is_one(component) and 0 < len(name) <= LONGEST_TITLE:
            return name
    return UNTITLED


def _person(dossier: Dossier) -> list[tuple[str, str]]:
    """Whose dossier it is, how to reach them, and who files it for them."""
    citizen = dossier.owner_kind == OwnerKind.CITIZEN
    birth = vn_date(dossier.owner_birth_date, "short") if dossier.owner_birth_date else ""
    told = [
        ("Họ, chữ đệm, tên" if citizen else "Tên tổ chức", dossier.owner_name),
        *([("Ngày sinh", birth)] if citizen else []),
        ("Số căn cước hoặc giấy tờ tùy thân" if citizen else "Mã số", dossier.owner_id_number),
        ("Địa chỉ", dossier.address),
        ("Số điện thoại", dossier.phone),
    ]
    if dossier.email:
        told.append(("Thư điện tử", dossier.email))
    if dossier.submitter_name:
        number = f", giấy tờ số {dossier.submitter_id_number}" if dossier.submitter_id_number else ""
        told.append(("Người nộp thay", f"{dossier.submitter_name}{number}"))
    if dossier.case:
        told.append(("Trường hợp", dossier.case))
    return told


def _written(dossier: Dossier) -> list[Any]:
    return forms.written(dossier.procedure_version.form, dossier.form, papers=papers.there(dossier))


def _answer(one: forms.Written) -> Answer:
    return Answer(label=one.label, text=one.text, facts=one.facts, head=one.head, rows=one.rows)
