"""The end of a counter's day on the screen and on paper (chốt ngày tại quầy)."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can, requires
from motcua.dossiers import closings
from motcua.dossiers.closings import FLOWS, MONEY, STANDING, Figure
from motcua.dossiers.models import DayClosing, Dossier, State
from motcua.organisations.models import Agency
from motcua.refusal import Refusal

from .. import frame, worklists

RECENT = 31


def _counter(request: Any) -> Agency:
    """The counter asked for among those the officer sits at or directs, else the first of them."""
    mine = sorted(worklists.desks(request.user))
    asked = request.GET.get("quay", "")
    pk = int(asked) if asked.isdecimal() else next(iter(mine), 0)
    if pk not in mine:
        raise Http404
    return Agency.objects.get(pk=pk)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if not date(2000, 1, 1) <= day <= timezone.localdate():
        raise Http404
    return day


@requires(Can.SEE_DOSSIERS)
@require_safe
def today(request):
    """The day it is, at the officer's counter."""
    _counter(request)
    query = f"?{urlencode({'quay': request.GET['quay']})}" if "quay" in request.GET else ""
    return redirect(reverse("counter:day", args=[timezone.localdate().isoformat()]) + query)


@requires(Can.SEE_DOSSIERS)
@require_safe
def day(request, on: str):
    """What was done on a day, by whom, and what is still there; each number opens the list it counts."""
    return _page(request, _counter(request), _day(on))


def _page(request: Any, counter: Agency, on: date, refusal: str = "", status: int = 200) -> Any:
    at = timezone.now()
    closing = DayClosing.objects.filter(counter=counter, day=on).select_related("closed_by").first()
    figures = closings.count(closings.Day.of(counter.pk, on, at))
    people = Person.objects.in_bulk([int(pk) for pk in figures["officers"]])
    where = {"quay": counter.pk}
    officers = sorted(figures["officers"].items(), key=lambda told: people[int(told[0])].full_name)
    context = {
        "counter": counter,
        "day": on,
        "is_today": on == timezone.localdate(at),
        "looked_at": at,
        "flows": FLOWS,
        "officers": [
            (people[int(pk)], [_cell(figure, on, numbers, where | {"can-bo": pk}) for figure in FLOWS], numbers[MONEY])
            for pk, numbers in officers
        ],
        "whole": [_cell(figure, on, figures["counter"], where) for figure in FLOWS],
        "money": figures["counter"][MONEY],
        "standing": [(figure.label, *_cell(figure, on, figures["standing"], where)) for figure in STANDING],
        "closing": closing,
        "differs": closings.since(closing, at) if closing else [],
        "may_close": closing is None and counter.pk in request.user.agencies(Can.CLOSE_DAY),
        "counters": _counters(request, counter, on),
        "recent": DayClosing.objects.filter(counter=counter).order_by("-day")[:RECENT],
        "refusal": refusal,
    }
    return frame.page(request, "counter/day.html", context, status=status, at=at, current="today_closing")


def _cell(figure: Figure, on: date, numbers: dict[str, int], where: dict[str, Any]) -> tuple[int, str]:
    """A number and the list behind it."""
    return numbers[figure.name], f"{reverse('counter:day_list', args=[on.isoformat(), figure.path])}?{urlencode(where)}"


def _counters(request: Any, current: Agency, on: date) -> list[dict[str, Any]]:
    """The counters of an officer who sits at several."""
    mine = worklists.desks(request.user)
    if len(mine) < 2:
        return []
    address = reverse("counter:day", args=[on.isoformat()])
    return [
        {"label": agency.short_name, "href": f"{address}?quay={agency.pk}", "current": agency == current}
        for agency in Agency.objects.filter(pk__in=mine).order_by("short_name")
    ]


@requires(Can.CLOSE_DAY)
@require_POST
def close(request, on: str):
    """Put the day down, once."""
    counter, on_day = _counter(request), _day(on)
    if "checked" not in request.POST:
        return _page(
            request, counter, on_day, "Hãy đối chiếu số liệu rồi đánh dấu đã đối chiếu; ngày chưa chốt.", status=422
        )
    try:
        closings.close(counter, on_day, by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _page(request, counter, on_day, str(refusal), status=422)
    return redirect(f"{reverse('counter:day', args=[on])}?quay={counter.pk}")


def _of_the_counter(counter, officer: int) -> Person:
    """Whoever works or worked at this counter; nobody else is named by their number."""
    people = Person.objects.filter(pk=officer, assignments__unit__agency=counter).distinct()
    return get_object_or_404(people)


@requires(Can.SEE_DOSSIERS)
@require_safe
def day_list(request, on: str, path: str):
    """The dossiers a number of the day counts."""
    counter, on_day = _counter(request), _day(on)
    figure = closings.BY_PATH.get(path)
    if figure is None:
        raise Http404
    asked = request.GET.get("can-bo", "")
    officer = _of_the_counter(counter, int(asked)) if asked.isdecimal() and figure in FLOWS else None
    of = closings.Day.of(counter.pk, on_day, timezone.now())
    chosen = figure.chosen(of, officer.pk if officer else None)
    handled = Dossier.objects.handled_by(request.user).filter(pk__in=chosen.values("pk"))
    found = worklists.page(
        handled, "accepted_at", after=request.GET.get("sau", ""), before=request.GET.get("truoc", "")
    )
    where = {"quay": counter.pk, **({"can-bo": officer.pk} if officer else {})}
    context = {
        "figure": figure,
        "day": on_day,
        "officer": officer,
        "rows": [(row, reverse("counter:dossier", args=[row.code]), State(row.state).label) for row in found.rows],
        "back": f"{reverse('counter:day', args=[on])}?quay={counter.pk}",
        "previous": f"?{urlencode(where | {'truoc': found.before})}" if found.before else "",
        "next": f"?{urlencode(where | {'sau': found.after})}" if found.after else "",
    }
    return frame.page(request, "counter/day_list.html", context)
