"""What stands around every page of the counter: whose desk it is, and the lists with their numbers (khung trang quầy)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation

from motcua.organisations.models import Unit

from . import worklists

View = Callable[..., HttpResponse]


def in_vietnamese(view: View) -> View:
    """The counter speaks Vietnamese whatever language the browser asks for."""

    @wraps(view)
    def spoken(*args, **kwargs):
        with translation.override("vi"):
            response = view(*args, **kwargs)
        response.headers.setdefault("Content-Language", "vi")
        return response

    return spoken


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    current: str = "",
    at: datetime | None = None,
    numbers: Mapping[str, int] | None = None,
) -> HttpResponse:
    """A page with its frame; `current` names the list one is in, `numbers` are given where they were counted already."""
    officer, at = request.user, at or timezone.now()
    if numbers is None:
        numbers = worklists.count(of_nav(officer, at))
    frame = {"nav_items": _nav(officer, numbers, current), "desk": desk(officer), "now": at}
    return render(request, template, {**frame, **context}, status=status)


def of_nav(officer: Any, at: datetime) -> dict[str, Any]:
    """What the numbers on the left count: exactly the lists they open."""
    return {one.name: worklists.chosen(one, officer, at) for one in worklists.lists_of(officer)}


def _nav(officer: Any, numbers: Mapping[str, int], current: str) -> list[dict[str, Any]]:
    return [
        {
            "label": one.label,
            "href": reverse(f"counter:{one.name}"),
            "count": worklists.in_words(numbers[one.name]) if numbers[one.name] else None,
            "current": one.name == current,
            "state": one.shape,
        }
        for one in worklists.lists_of(officer)
    ]


def desk(officer: Any) -> str:
    """Whose desk this is: the unit and its agency."""
    if not officer.duties:
        return ""
    unit = Unit.objects.filter(pk=officer.duties[0].unit).values_list("name", "agency__short_name").get()
    return " · ".join(unit)
