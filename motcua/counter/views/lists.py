"""The work lists and the one search box (danh sách việc, tìm hồ sơ)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.accounts.permissions import Can, requires
from motcua.dossiers import searching
from motcua.dossiers.models import Dossier

from .. import frame, scanning, wording, worklists
from ..worklists import CHIPS, LISTS


@requires(Can.SEE_DOSSIERS)
@require_safe
def worklist(request, listed: str):
    """Fifty dossiers of a list, narrowed by what the address says, so that it can be sent to a colleague."""
    one, officer, at = LISTS[listed], request.user, timezone.now()
    about = request.GET.get("loc", "").strip()[:200]
    chip = next((key for key, (word, _, _) in CHIPS.items() if word == request.GET.get("han")), "")
    versions = worklists.named(about)
    handled = Dossier.objects.handled_by(officer)
    parts = {key: worklists.chosen(one, officer, at, handled=handled, chip=key, versions=versions) for key in one.chips}
    around, numbers = frame.stand(request, at, current=listed, parts=parts)
    found = worklists.page(
        worklists.chosen(one, officer, at, handled=handled, chip=chip, versions=versions),
        one.by,
        after=request.GET.get("sau", ""),
        before=request.GET.get("truoc", ""),
    )
    kept = {"han": request.GET.get("han", "") if chip else "", "loc": about}
    context = {
        "list": one,
        "rows": [wording.told(row, at) for row in found.rows],
        "chips": [_chip(key, numbers[key], key == chip, kept) for key in one.chips],
        "chip": chip,
        "chip_address": CHIPS[chip][0] if chip else "",
        "about": about,
        "previous": _address(kept, truoc=found.before),
        "next": _address(kept, sau=found.after),
        "whole": reverse(f"counter:{listed}"),
    }
    return render(request, "counter/list.html", {**around, **context})


def _chip(key: str, number: int, current: bool, kept: dict[str, str]) -> dict[str, Any]:
    word, label, shape = CHIPS[key]
    return {
        "label": label,
        "count": worklists.in_words(number),
        "state": shape,
        "current": current,
        "href": "?"
        + urlencode({key: value for key, value in {**kept, "han": "" if current else word}.items() if value}),
    }


def _address(kept: dict[str, str], **mark: str) -> str:
    """The same list from another mark on; nothing where there is no further page."""
    if not all(mark.values()):
        return ""
    return "?" + urlencode({key: value for key, value in {**kept, **mark}.items() if value})


@requires(Can.SEE_DOSSIERS)
@require_safe
def search(request):
    """Dossiers by any part of code, name, phone or ID number, or by what a scanner read; a single one opens at once."""
    at = timezone.now()
    text = request.GET.get("q", "").strip()[:500]
    found = searching.find(_listed(request.user), scanning.sought(text)) if text else []
    if len(found) == 1:
        return redirect("counter:dossier", found[0].code)
    context = {"text": text, "rows": [wording.told_of(dossier, at) for dossier in found], "many": len(found) >= 50}
    return frame.page(request, "counter/search.html", context, at=at)


def _listed(officer):
    """Only what a row shows."""
    return (
        Dossier.objects.handled_by(officer)
        .select_related("procedure_version", "at_unit")
        .only(
            "code",
            "state",
            "owner_name",
            "due_at",
            "reception_due_at",
            "finished_at",
            "submitted_at",
            "procedure_version__name",
            "at_unit__name",
        )
    )
