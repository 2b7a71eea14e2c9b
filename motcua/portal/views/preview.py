"""What an officer will see of a draft, before it is filed: what was declared, and the papers page by page (xem trước hồ sơ)."""

from __future__ import annotations

from typing import Any

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from motcua.catalogue import forms as told_forms
from motcua.dossiers import papers, uploads
from motcua.dossiers.models import Dossier, OwnerKind
from motcua.ui.templatetags.ui import vn_date

from ..drafts import draft_page, head
from ..forms import KIND, LABELS, Whose, whose
from .papers import of
from .sending import shown


@draft_page
@require_safe
def preview(request, dossier):
    """The form and the papers side by side as at the counter, one below the other on a phone."""
    context = {
        **head(request, dossier, "review"),
        "declared": _declared(dossier),
        "answers": told_forms.answered(
            dossier.procedure_version.form, dossier.form, papers=papers.asked_about(dossier)
        ),
        "papers": [_paper(paper) for paper in of(dossier)],
        "coming": uploads.waiting(dossier),
    }
    return render(request, "portal/draft_preview.html", context)


def _declared(dossier: Dossier) -> list[tuple[Any, Any]]:
    said = whose(dossier) or Whose.MINE
    labels = LABELS[said]
    told: list[tuple[Any, Any]] = [(labels.name, dossier.owner_name), (labels.number, dossier.owner_id_number)]
    if KIND[said] == OwnerKind.CITIZEN:
        told.append((_("Ngày sinh"), dossier.owner_birth_date and vn_date(dossier.owner_birth_date, "short")))
    told += [(labels.address, dossier.address), (_("Số điện thoại"), dossier.phone), (_("Thư điện tử"), dossier.email)]
    if dossier.submitter_name:
        told.append((_("Họ và tên người nộp"), dossier.submitter_name))
        told.append((_("Số giấy tờ tùy thân của người nộp"), dossier.submitter_id_number))
    return told


def _paper(paper: Any) -> dict[str, Any]:
    files = [
        {**shown(file), "picture": file.file.media_type.startswith("image/")}
        for file in paper.files.all()
        if file.replaced_at is None
    ]
    return {"name": paper.name, "later": paper.bring_later, "files": files}
