"""Paper forms issued for a dossier (phiếu đã lập)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from motcua.accounts.models import Person

from . import rules
from .models import Dossier, Slip, SlipKind


def issue(dossier: Dossier, kind: SlipKind, *, by: Person, at: datetime) -> Slip:
    """Issue a slip under the form set of that day (TT 01/2018/TT-VPCP, TT 03/2025/TT-VPCP)."""
    return Slip.objects.create(
        dossier=dossier, kind=kind, form_set=rules.forms_on(timezone.localdate(at)), issued_at=at, issued_by=by
    )
