"""The head's board: what is late, what will be and where it waits, and whether it gets better (bảng lãnh đạo).

Open dossiers are counted as they are now; the past is read from the weeks that settling.py keeps. Every figure is the
size of `listed` for the same words, so that what it opens is what it counts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from motcua.accounts.models import Assignment, Person
from motcua.accounts.permissions import ROLES, Can, Role
from motcua.dossiers.models import OPEN, Dossier
from motcua.organisations.models import Unit

from .models import SettledInWeek
from .settling import Spread, monday_of, spread
from .worklists import AT_WORK, WAITING, late_steps

WEEKS = 12

# What is open, by how long there still is; the names stand in addresses.
PARTS: Mapping[str, str] = {
    "qua-han": "Quá hạn",
    "hom-nay": "Hôm nay",
    "ngay-mai": "Ngày mai",
    "2-3-ngay": "2–3 ngày",
    "4-7-ngay": "4–7 ngày",
    "dang-giu": "Đang giữ",
}
LATE_STEPS = "buoc-qua-han"  # of one's own agency, whoever settles the dossier
THIS_WEEK = ("hom-nay", "ngay-mai", "2-3-ngay", "4-7-ngay")


class Wanted(NamedTuple):
    """What one figure of the board counts."""

    part: str = ""  # of what is open; empty for what was settled
    unit: int | None = None
    role: str = ""
    officer: int | None = None
    week: date | None = None
    late: bool = False

    def query(self) -> dict[str, str]:
        told = {
            "phan": self.part,
            "don-vi": str(self.unit or ""),
            "vi-tri": self.role,
            "can-bo": str(self.officer or ""),
            "tuan": self.week.isoformat() if self.week else "",
            "cham": "1" if self.late else "",
        }
        return {key: value for key, value in told.items() if value}

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Wanted:
        """The same from an address; what is no such thing is left out."""
        week = given.get("tuan", "")
        try:
            monday = monday_of(date.fromisoformat(week)) if re.fullmatch(r"\d{4}-\d\d-\d\d", week, re.ASCII) else None
        except ValueError:
            monday = None
        return cls(
            part=given.get("phan", "") if given.get("phan") in (*PARTS, LATE_STEPS) else "",
            unit=_number(given.get("don-vi", "")),
            role=given.get("vi-tri", "") if given.get("vi-tri") in Role.values else "",
            officer=_number(given.get("can-bo", "")),
            week=monday,
            late=given.get("cham") == "1",
        )


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else None


# Whose and which ------------------------------------------------------------------------------------------------------


def scope(officer: Person, prefix: str = "") -> Q:
    """What the officer's own agency settles; for the director of a centre, what it received."""
    agencies: set[int] = set()
    counters: set[int] = set()
    for duty in officer.duties:
        if Can.SEE_BOARD in ROLES[duty.role]:
            (counters if duty.role == Role.DIRECTOR else agencies).add(duty.agency)
    whose = Q(pk__in=[])
    if agencies:
        whose |= Q(**{f"{prefix}agency__in": agencies})
    if counters:
        whose |= Q(**{f"{prefix}reception_agency__in": counters})
    return whose


def _part(name: str, at: datetime) -> Q:
    """Each open dossier at work belongs to one part of time at most; whatever does not wait for others is held."""
    if name == "dang-giu":
        return Q(state__in=OPEN) & ~Q(state__in=WAITING)
    since = {
        "hom-nay": _midnight(at, 0),
        "ngay-mai": _midnight(at, 1),
        "2-3-ngay": _midnight(at, 2),
        "4-7-ngay": _midnight(at, 4),
    }
    until = {
        "qua-han": _midnight(at, 0),
        "hom-nay": _midnight(at, 1),
        "ngay-mai": _midnight(at, 2),
        "2-3-ngay": _midnight(at, 4),
        "4-7-ngay": _midnight(at, 8),
    }
    begun = Q(due_at__gte=since[name]) if name in since else Q()
    return Q(state__in=AT_WORK, due_at__lt=until[name]) & begun


def _midnight(at: datetime, days: int) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate(at) + timedelta(days=days), time.min))


def first_week(at: datetime) -> date:
    return monday_of(timezone.localdate(at)) - timedelta(weeks=WEEKS - 1)


def listed(officer: Person, wanted: Wanted, at: datetime) -> QuerySet[Dossier]:
    """The dossiers behind a figure, as far as the officer may see them."""
    dossiers = Dossier.objects.handled_by(officer)
    if wanted.part == LATE_STEPS:
        return dossiers.filter(late_steps(officer, at), state__in=AT_WORK)
    if wanted.part:
        dossiers = dossiers.filter(scope(officer), _part(wanted.part, at))
        if wanted.unit:
            dossiers = dossiers.filter(at_unit=wanted.unit)
        if wanted.role:
            dossiers = dossiers.filter(at_role=wanted.role)
        return dossiers.filter(holder=wanted.officer) if wanted.officer else dossiers
    dossiers = dossiers.filter(scope(officer, "settled__"))
    weeks = {"settled__week": wanted.week} if wanted.week else {"settled__week__gte": first_week(at)}
    dossiers = dossiers.filter(**weeks)
    if wanted.unit:
        dossiers = dossiers.filter(settled__unit=wanted.unit)
    if wanted.officer:
        dossiers = dossiers.filter(settled__officer=wanted.officer)
    return dossiers.filter(settled__late=True) if wanted.late else dossiers


# What is open, and where it waits -------------------------------------------------------------------------------------


class Held(NamedTuple):
    """What one officer took or was given in a position; without officer, what waits for whoever takes it."""

    officer: int | None
    numbers: dict[str, int]


class Place(NamedTuple):
    """One position of a unit: what lies there, how many people it has, and who of them holds how much."""

    unit: int
    role: str
    numbers: dict[str, int]
    people: int
    held: list[Held]

    @property
    def this_week(self) -> int:
        return sum(self.numbers[name] for name in THIS_WEEK)

    @property
    def each(self) -> float | None:
        """How much there is for each person; nothing where nobody is assigned."""
        return round(self.numbers["dang-giu"] / self.people, 1) if self.people else None


def places(officer: Person, at: datetime) -> list[Place]:
    """Every position that holds something, the one with most to lose this week first; open dossiers only."""
    counted = {f"n_{name.replace('-', '_')}": Count("pk", filter=_part(name, at)) for name in PARTS}
    rows = (
        Dossier.objects.filter(scope(officer), state__in=OPEN, at_unit__isnull=False)
        .values("at_unit", "at_role", "holder")
        .annotate(**counted)
        .order_by()
    )
    found: dict[tuple[int, str], list[Held]] = defaultdict(list)
    for row in rows:
        told: dict[str, Any] = dict(row)
        numbers = {name: told[f"n_{name.replace('-', '_')}"] for name in PARTS}
        if any(numbers.values()):
            found[told["at_unit"], told["at_role"]].append(Held(told["holder"], numbers))
    people = _people({unit for unit, _ in found}, timezone.localdate(at))
    every = [
        Place(
            unit,
            role,
            {name: sum(one.numbers[name] for one in held) for name in PARTS},
            people.get((unit, role), 0),
            sorted((one for one in held if one.officer), key=_latest_first),
        )
        for (unit, role), held in found.items()
    ]
    return sorted(every, key=lambda one: (-one.numbers["qua-han"] - one.this_week, -one.numbers["dang-giu"], one.unit))


def _latest_first(one: Held) -> tuple[int, int, int]:
    return -one.numbers["qua-han"], -one.numbers["dang-giu"], one.officer or 0


def _people(units: Iterable[int], day: date) -> dict[tuple[int, str], int]:
    assigned = Assignment.objects.valid_on(day).filter(unit__in=units).values("unit", "role")
    rows = assigned.annotate(people=Count("person", distinct=True)).order_by()
    return {(row["unit"], row["role"]): row["people"] for row in rows}


def units_of(ids: Iterable[int]) -> dict[int, Unit]:
    return Unit.objects.select_related("agency").in_bulk(set(ids))


# Is it getting better -------------------------------------------------------------------------------------------------


class Week(NamedTuple):
    monday: date
    spread: Spread


def weeks(officer: Person, at: datetime) -> list[Week]:
    """The last twelve weeks, this one last; a week in which nothing was settled is there too."""
    parts: dict[date, list[tuple[int, int, int]]] = defaultdict(list)
    for row in _kept(officer, at, "week"):
        parts[row["week"]].append((row["hours"], row["settled"], row["overdue"]))
    mondays = [first_week(at) + timedelta(weeks=number) for number in range(WEEKS)]
    return [Week(monday, spread(parts[monday])) for monday in mondays]


class Work(NamedTuple):
    """What one unit, or one officer of it, settled in the twelve weeks."""

    unit: int
    officer: int | None
    spread: Spread


def work(officer: Person, at: datetime) -> list[Work]:
    """By unit, each followed by its officers, those who settled most first."""
    units: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    people: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
    for row in _kept(officer, at, "unit", "officer"):
        part = (row["hours"], row["settled"], row["overdue"])
        units[row["unit"]].append(part)
        people[row["unit"], row["officer"]].append(part)
    of_units = sorted((Work(unit, None, spread(parts)) for unit, parts in units.items()), key=_most_first)
    lines = []
    for unit in of_units:
        own = [Work(at_unit, who, spread(parts)) for (at_unit, who), parts in people.items() if at_unit == unit.unit]
        lines += [unit, *sorted(own, key=_most_first)]
    return lines


def _most_first(one: Work) -> tuple[int, int, int]:
    return -one.spread.settled, one.unit, one.officer or 0


def _kept(officer: Person, at: datetime, *by: str) -> QuerySet[SettledInWeek, dict[str, Any]]:
    rows = SettledInWeek.objects.filter(scope(officer), week__gte=first_week(at))
    return rows.values(*by, "hours").annotate(settled=Sum("count"), overdue=Sum("late")).order_by()
