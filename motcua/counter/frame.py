"""What stands around every page of the counter: whose desk it is, and the lists with their numbers (khung trang quầy)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from motcua.dossiers.models import Dossier

from . import worklists


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    at: datetime | None = None,
) -> HttpResponse:
    """A page with its frame."""
    around, _ = stand(request, at or timezone.now())
    return render(request, template, {**around, **context}, status=status)


def stand(
    request: HttpRequest, at: datetime, *, current: str = "", parts: Mapping[str, QuerySet[Dossier]] | None = None
) -> tuple[dict[str, Any], dict[str, int]]:
    """The frame, and how many there are of each of the `parts` of the page; `current` names the list one is in."""
    officer: Any = request.user
    lists = worklists.lists_of(officer)
    handled = Dossier.objects.handled_by(officer)
    counted = {one.name: worklists.chosen(one, officer, at, handled=handled) for one in lists}
    # A part has a name of its own beside the lists.
    counted |= {f"part {name}": part for name, part in (parts or {}).items()}
    desk = officer.duties[0].unit if officer.duties else None
    numbers, name = worklists.count(counted, desk=desk)
    nav = [
        {
            "label": one.label,
            "href": reverse(f"counter:{one.name}"),
            "count": worklists.in_words(numbers[one.name]) if numbers[one.name] else None,
            "current": one.name == current,
            "state": one.shape,
        }
        for one in lists
        if numbers[one.name] or one.name == current or not one.when_any
    ]
    return {"nav_items": nav, "desk": name, "now": at}, {key: numbers[f"part {key}"] for key in parts or {}}
