"""The head's board and the lists behind its figures (bảng lãnh đạo)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can, Role, requires
from motcua.dossiers import holding

from .. import batch, board, desk, frame, wording, worklists
from ..board import LATE_STEPS, PARTS, THIS_WEEK, Wanted
from ..settling import Spread, names_of

LATE_SHOWN = 10
BAR = 240  # the width of the longest bar
CHART_HEIGHT = 120
COLUMNS = ("owner", "step", "unit")


@requires(Can.SEE_BOARD)
@require_safe
def page(request):
    """What is late now, what will be this week and where it waits, and is it getting better."""
    officer, at = request.user, timezone.now()
    places, weeks, work = board.places(officer, at), board.weeks(officer, at), board.work(officer, at)
    units = board.units_of([place.unit for place in places] + [one.unit for one in work])
    holding = [one.officer for place in places for one in place.held if one.officer]
    people = names_of(Person, [*holding, *(one.officer for one in work if one.officer)])
    several = len({unit.agency_id for unit in units.values()}) > 1
    late = worklists.page(board.listed(officer, Wanted("qua-han"), at), "due_at", officer=officer, size=LATE_SHOWN)

    def name(unit: int) -> str:
        return f"{units[unit]} · {units[unit].agency.short_name}" if several else str(units[unit])

    longest = max((place.this_week for place in places), default=0)
    settled = [one.spread for one in weeks if one.spread.settled]
    context = {
        "late": _figure(sum(place.numbers["qua-han"] for place in places), Wanted("qua-han")),
        "late_rows": [wording.told(row, at, columns=COLUMNS) for row in late.rows],
        "late_steps": _figure(board.listed(officer, Wanted(LATE_STEPS), at).count(), Wanted(LATE_STEPS)),
        "columns": _columns(),
        "this_week": [
            _figure(sum(place.numbers[part] for place in places), Wanted(part), label=PARTS[part]) for part in THIS_WEEK
        ],
        "parts": list(PARTS.values()),
        "places": [
            {
                "name": name(place.unit),
                "role": Role(place.role).label if place.role else "",
                "figures": [
                    _figure(number, Wanted(part, unit=place.unit, role=place.role))
                    for part, number in place.numbers.items()
                ],
                "bar": _bar([place.numbers[part] for part in THIS_WEEK], longest),
                "people": place.people,
                "each": place.each,
                "held": [
                    {
                        "name": people.get(one.officer or 0, ""),
                        "figures": [
                            _figure(number, Wanted(part, unit=place.unit, role=place.role, officer=one.officer))
                            for part, number in one.numbers.items()
                        ],
                    }
                    for one in place.held
                ],
            }
            for place in places
        ],
        "weeks": [
            {"monday": one.monday, **_spread(one.spread, week=one.monday), "current": one is weeks[-1]} for one in weeks
        ][::-1],
        "chart": _chart([one.spread for one in weeks]),
        "first_week": weeks[0].monday,
        "longest": max((one.ninetieth for one in settled), default=0) * 60,
        "settled": bool(settled),
        "work": [
            {
                "name": people.get(one.officer, "") if one.officer else name(one.unit),
                "of_unit": one.officer is None,
                **_spread(one.spread, unit=one.unit, officer=one.officer),
            }
            for one in work
        ],
    }
    return frame.page(request, "counter/board.html", context, at=at, current="board")


def _columns() -> list[tuple[str, str]]:
    return [(name, desk.COLUMNS[name]) for name in COLUMNS]


def _figure(number: int, wanted: Wanted, label: str = "") -> dict[str, Any]:
    """A number and the list it opens."""
    return {"number": number, "label": label, "href": f"{reverse('counter:board_list')}?{urlencode(wanted.query())}"}


def _spread(spread: Spread, **wanted: Any) -> dict[str, Any]:
    return {
        "settled": _figure(spread.settled, Wanted(**wanted)),
        "overdue": _figure(spread.late, Wanted(**wanted, late=True)),
        "share": spread.share,
        "median": spread.median * 60,
        "ninetieth": spread.ninetieth * 60,
    }


def _bar(numbers: list[int], longest: int) -> list[dict[str, int]]:
    """The pieces of a bar side by side, as wide as their numbers against the longest bar."""
    pieces, x = [], 0
    for number in numbers:
        width = round(number * BAR / longest) if longest else 0
        pieces.append({"x": x, "width": width})
        x += width
    return pieces


def _chart(spreads: list[Spread]) -> list[dict[str, int]]:
    """A column a week: within how long half, and nine out of ten, were done."""
    highest = max((one.ninetieth for one in spreads), default=0) or 1
    return [
        {
            "x": 8 + number * 40,
            "middle": 8 + number * 40 + 12,
            "tall": round(one.ninetieth * CHART_HEIGHT / highest),
            "top": CHART_HEIGHT - round(one.ninetieth * CHART_HEIGHT / highest),
            "half": round(one.median * CHART_HEIGHT / highest),
            "half_top": CHART_HEIGHT - round(one.median * CHART_HEIGHT / highest),
        }
        for number, one in enumerate(spreads)
    ]


@requires(Can.SEE_BOARD)
@require_safe
def dossiers(request):
    """The dossiers behind one figure of the board."""
    at, wanted = timezone.now(), Wanted.read(request.GET)
    found = worklists.page(
        board.listed(request.user, wanted, at),
        "due_at" if wanted.part else "finished_at",
        officer=request.user,
        after=request.GET.get("sau", ""),
        before=request.GET.get("truoc", ""),
    )
    query = wanted.query()
    steps: dict[int, int] = {}
    if wanted.part and request.user.may(Can.ASSIGN):
        steps = holding.at_hand([row.pk for row in found.rows], request.user)
    rows = [wording.told(row, at, columns=COLUMNS, to_assign=steps.get(row.pk)) for row in found.rows]
    context = {
        "title": _title(wanted),
        "rows": rows,
        "batch": [batch.BATCHES["assign"]] if steps else [],
        "columns": _columns(),
        "previous": f"?{urlencode({**query, 'truoc': found.before})}" if found.before else "",
        "next": f"?{urlencode({**query, 'sau': found.after})}" if found.after else "",
    }
    return frame.page(request, "counter/board_list.html", context, at=at, current="board")


def _title(wanted: Wanted) -> str:
    """The figure in words."""
    units = board.units_of([wanted.unit] if wanted.unit else [])
    where = [str(unit) for unit in units.values()]
    if wanted.role and wanted.part:
        where.append(Role(wanted.role).label.lower())
    if wanted.officer:
        # Officers only: nobody learns from an address who has the account of that number.
        where += map(str, Person.objects.filter(pk=wanted.officer, assignments__isnull=False).distinct())
    if wanted.part == LATE_STEPS:
        what = "Bước quá hạn"
    elif wanted.part:
        what = f"Đến hạn {PARTS[wanted.part].lower()}" if wanted.part in THIS_WEEK else PARTS[wanted.part]
    else:
        what = "Đã giải quyết, quá hạn" if wanted.late else "Đã giải quyết"
        when = f"tuần từ {wanted.week:%d/%m/%Y}" if wanted.week else f"{board.WEEKS} tuần qua"
        where.append(when)
    return " · ".join([what, *where])
