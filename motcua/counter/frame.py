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

from motcua.accounts.permissions import Can
from motcua.dossiers import handovers, notices
from motcua.dossiers.models import Dossier

from . import worklists
from .worklists import Counted


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    at: datetime | None = None,
    current: str = "",
) -> HttpResponse:
    """A page with its frame."""
    around, _ = stand(request, at or timezone.now(), current=current)
    return render(request, template, {**around, **context}, status=status)


def stand(
    request: HttpRequest, at: datetime, *, current: str = "", parts: Mapping[str, QuerySet[Dossier]] | None = None
) -> tuple[dict[str, Any], Counted]:
    """The frame, and how many there are of each of the `parts` of the page; `current` names the list one is in."""
    officer: Any = request.user
    lists = worklists.lists_of(officer)
    handled = Dossier.objects.handled_by(officer)
    counted: dict[str, QuerySet[Any]] = {one.name: worklists.chosen(one, officer, at, handled=handled) for one in lists}
    # A part has a name of its own beside the lists.
    counted |= {f"part {name}": part for name, part in (parts or {}).items()}
    counted["notices"] = notices.unread(officer)
    counted["handovers"] = handovers.to_receive(officer)
    told = worklists.count(counted, officer, listed=current)
    nav = [
        {
            "label": one.label,
            "href": reverse(f"counter:{one.name}"),
            "count": worklists.in_words(told.numbers[one.name]) if told.numbers[one.name] else None,
            "current": one.name == current,
            "state": one.shape,
        }
        for one in lists
        if told.numbers[one.name] or one.name == current or not one.when_any
    ]
    unread = worklists.in_words(told.numbers["notices"]) if told.numbers["notices"] else None
    nav += [*_board(officer, current), *_told(unread, current), *_books(officer, told.numbers["handovers"], current)]
    nav += _saved(request, told.saved, current)
    return {"nav_items": nav, "desk": told.desk, "now": at, "notices": unread}, told._replace(
        numbers={key: told.numbers[f"part {key}"] for key in parts or {}}
    )


def _board(officer: Any, current: str) -> list[dict[str, Any]]:
    if not officer.may(Can.SEE_BOARD):
        return []
    return [{"label": "Bảng lãnh đạo", "href": reverse("counter:board"), "current": current == "board"}]


def _told(unread: str | None, current: str) -> list[dict[str, Any]]:
    """What one was told and has not seen, and who is away."""
    return [
        {
            "label": "Thông báo",
            "href": reverse("counter:notices"),
            "count": unread,
            "current": current == "notices",
        },
        {"label": "Vắng mặt, thay", "href": reverse("counter:absences"), "current": current == "absences"},
    ]


def _books(officer: Any, lists: int, current: str) -> list[dict[str, Any]]:
    """What the office keeps for itself, as far as the officer has to do with it."""
    books = (
        ("handovers", "Bàn giao", officer.hands_papers, worklists.in_words(lists) if lists else None),
        ("register", "Sổ theo dõi", officer.sees_dossiers, None),
        ("today_closing", "Chốt ngày", officer.has_counter, None),
    )
    items: list[dict[str, Any]] = [
        {"label": label, "href": reverse(f"counter:{name}"), "count": count, "current": current == name}
        for name, label, theirs, count in books
        if theirs
    ]
    if items:
        items[0]["group"] = "Sổ sách"
    return items


def _saved(request: HttpRequest, saved: list[tuple[int, str, str, str]], current: str) -> list[dict[str, Any]]:
    """The officer's own filters below the lists; a list they no longer have is left out."""
    here = request.META.get("QUERY_STRING", "")
    items: list[dict[str, Any]] = [
        {
            "label": name,
            "href": f"{reverse(f'counter:{listed}')}?{query}",
            "current": listed == current and query == here,
        }
        for _, name, listed, query in saved
        if listed in worklists.LISTS
    ]
    if items:
        items[0]["group"] = "Bộ lọc của tôi"
    return items
