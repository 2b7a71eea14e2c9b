"""The page of one dossier (trang hồ sơ)."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.accounts.permissions import Can, requires
from motcua.dossiers import acts
from motcua.dossiers.models import Dossier
from motcua.journal.reading import read

from .. import frame


@requires(Can.SEE_DOSSIERS)
@require_safe
def page(request, code: str):
    dossier = get_object_or_404(
        Dossier.objects.handled_by(request.user).select_related("procedure_version", "at_unit"), code=code
    )
    read(dossier, reader=request.user, at=timezone.now(), purpose="Theo dõi hồ sơ")
    return frame.page(
        request, "counter/dossier/page.html", {"dossier": dossier, "acts": acts.acts(dossier, request.user)}
    )
