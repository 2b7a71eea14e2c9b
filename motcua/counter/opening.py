"""Opening one dossier: only what the officer may see, and the reading is told to its citizen (mở xem hồ sơ)."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from motcua.accounts.models import Person
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.processing import holds as holds_step
from motcua.dossiers.processing import look, running_steps
from motcua.dossiers.together import shares_receipt
from motcua.journal.reading import read

from .worklists import AT_WORK, desks

LONG_TEXTS = tuple(
    f"procedure_version__{name}"
    for name in ("sequence", "requirements", "guidance", "search_vector", "words_folded", "name_folded", "agency_text")
)


def dossier_of(officer: Person, code: str) -> Dossier:
    """The dossier of that code among those this officer handles; any other does not exist for them (404)."""
    dossiers = Dossier.objects.handled_by(officer).select_related(
        "procedure_version__procedure",
        "procedure_version__field",
        "agency",
        "reception_agency",
        "at_unit",
        "rule_set",
        "accepted_by",
        "decision__decided_by",
        "decision__file",
        "hand_over__by",
        "ending__by",
        "bundle",
        "mandate",
    )
    return get_object_or_404(dossiers.defer(*LONG_TEXTS).annotate(shares_receipt=shares_receipt()), code=code)


def opened(request: HttpRequest, code: str, at: datetime) -> Dossier:
    """The same, with one line about who reads it and why."""
    officer: Person = request.user  # type: ignore[assignment]
    dossier = dossier_of(officer, code)
    look(dossier)
    read(dossier, reader=officer, at=at, purpose=purpose(dossier, officer))
    return dossier


def purpose(dossier: Dossier, officer: Person) -> str:
    """Why this officer opens the dossier, in words its citizen understands."""
    holds = any(duty.unit == dossier.at_unit_id and duty.role == dossier.at_role for duty in officer.duties)
    if not holds and dossier.state in AT_WORK:
        holds = any(holds_step(interval, officer) for interval in running_steps(dossier))
    if holds and dossier.state == State.SUBMITTED:
        return "Xem xét để tiếp nhận hồ sơ"
    if holds and dossier.state == State.READY:
        return "Trả kết quả"
    if holds and dossier.is_open():
        return "Giải quyết bước được giao"
    if dossier.reception_agency_id in desks(officer):
        return "Theo dõi hồ sơ đã tiếp nhận"
    return "Theo dõi hồ sơ do cơ quan giải quyết"
