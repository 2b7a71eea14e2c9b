"""The work lists and the one search box (danh sách việc, tìm hồ sơ)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.accounts.permissions import Can, requires
from motcua.dossiers import searching
from motcua.dossiers.models import Dossier

from .. import batch, desk, frame, scanning, stead, wording, worklists
from ..worklists import CHIPS, LISTS, WorkList

FOUND = 50  # of a search; who finds more is told how to find fewer


@requires(Can.SEE_DOSSIERS)
@require_safe
def worklist(request, listed: str):
    """Fifty dossiers of a list, narrowed by what the address says, so that it can be sent to a colleague."""
    one, officer, at = LISTS[listed], request.user, timezone.now()
    asked = conditions(request.GET, one)
    handled = Dossier.objects.handled_by(officer)
    narrow: dict[str, Any] = {
        "handled": handled,
        "versions": worklists.named(asked.get("loc", "")),
        "label": int(asked["nhan"]) if "nhan" in asked else None,
    }
    chip = next((key for key in one.chips if CHIPS[key][0] == asked.get("han")), "")
    parts = {key: worklists.chosen(one, officer, at, chip=key, **narrow) for key in one.chips}
    around, counted = frame.stand(request, at, current=listed, parts=parts)
    found = worklists.page(
        worklists.chosen(one, officer, at, chip=chip, **narrow),
        one.by,
        officer=officer,
        after=request.GET.get("sau", ""),
        before=request.GET.get("truoc", ""),
    )
    columns = desk.columns(one, counted.columns, labels=bool(counted.labels))
    whose = stead.instead_of(officer, found.rows)
    rows = [
        wording.told(row, at, columns=columns, batch=one.batch, instead_of=whose.get(row.pk, "")) for row in found.rows
    ]
    context = {
        "list": one,
        "rows": rows,
        "columns": [(key, desk.COLUMNS[key]) for key in columns],
        "every_column": [(key, label, key in columns) for key, label in desk.COLUMNS.items()],
        "chips": [_chip(key, counted.numbers[key], key == chip, asked) for key in one.chips],
        "chip": chip,
        "asked": asked,
        "query": urlencode(asked),
        "about": asked.get("loc", ""),
        "labels": [(str(pk), name) for pk, name in counted.labels],
        "foreign_label": "nhan" in asked and int(asked["nhan"]) not in dict(counted.labels),
        "saved": next((name for _, name, *kept in counted.saved if kept == [listed, urlencode(asked)]), ""),
        "batch": batch.offered(officer, one, found.rows),
        "previous": _address(asked, truoc=found.before),
        "next": _address(asked, sau=found.after),
        "whole": reverse(f"counter:{listed}"),
    }
    return render(request, "counter/list.html", {**around, **context})


def conditions(given: Mapping[str, str], one: WorkList) -> dict[str, str]:
    """What an address says a list is narrowed by, in one spelling; whatever else stands in it is left out."""
    about, label = given.get("loc", "").strip()[:200], given.get("nhan", "")
    chip = given.get("han", "")
    asked = {
        "han": chip if chip in [CHIPS[key][0] for key in one.chips] else "",
        "loc": about,
        "nhan": label if re.fullmatch(r"[0-9]{1,9}", label, re.ASCII) else "",
    }
    return {key: value for key, value in asked.items() if value}


def _chip(key: str, number: int, current: bool, kept: dict[str, str]) -> dict[str, Any]:
    word, label, shape = CHIPS[key]
    conditions = {**kept, "han": "" if current else word}
    asked = [(name, conditions.get(name)) for name in ("han", "loc", "nhan")]
    return {
        "label": label,
        "count": worklists.in_words(number),
        "state": shape,
        "current": current,
        "href": "?" + urlencode([(name, value) for name, value in asked if value]),
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
    found = searching.find(_listed(request.user), scanning.sought(text), limit=FOUND + 1) if text else []
    if len(found) == 1:
        return redirect("counter:dossier", found[0].code)
    context = {
        "text": text,
        "rows": [wording.told_of(dossier, at) for dossier in found[:FOUND]],
        "columns": [(name, desk.COLUMNS[name]) for name in wording.SEARCHED],
        "many": FOUND if len(found) > FOUND else 0,
    }
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
            "accepted_at",
            "procedure_version__name",
            "at_unit__name",
        )
    )
