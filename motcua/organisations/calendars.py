"""The working calendar of an agency or a unit: national days, its hours, its closures (lịch làm việc)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db import connection

from motcua.worktime.calendar import DEFAULT_SEASONS, Calendar, Hours, Season
from motcua.worktime.models import NationalDay

from .models import Agency, Closure, OfficeHours, Unit

# All facts of a calendar in one statement and one row.
FACTS = f"""
SELECT
    ARRAY(SELECT day FROM {NationalDay._meta.db_table} WHERE kind <> 'SWAP_WORK'),
    ARRAY(SELECT day FROM {NationalDay._meta.db_table} WHERE kind = 'SWAP_WORK'),
    ARRAY(SELECT day FROM {Closure._meta.db_table} WHERE agency_id = %(agency)s),
    ARRAY(SELECT day FROM {Closure._meta.db_table} WHERE agency_id IS NULL),
    (SELECT json_agg(json_build_array(
                unit_id IS NOT NULL, valid_from, valid_to, season_from, weekday, opens, closes
            ) ORDER BY season_from, weekday, opens)
       FROM {OfficeHours._meta.db_table}
      WHERE agency_id = %(agency)s AND (unit_id IS NULL OR unit_id = %(unit)s))
"""


@dataclass(frozen=True, slots=True)
class Days:
    """Days on which one agency, or with none named the whole province, is closed (những ngày đóng cửa)."""

    agency: int | None
    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class Facts:
    """What makes the calendar of an agency or a unit, as it stands in the tables at one moment."""

    agency: int
    days_off: list[date]
    worked: list[date]
    own_closures: frozenset[date]
    closures_of_all: frozenset[date]
    changes: list[tuple[date, tuple[Season, ...]]]

    def calendar(self, *, closed: Days | None = None, opened: Days | None = None) -> Calendar:
        """The calendar; with some days closed besides, or with a closure that is not yet, or no longer, one."""
        own, of_all = self.own_closures, self.closures_of_all
        if opened:
            own = own - {*opened} if opened.agency == self.agency else own
            of_all = of_all - {*opened} if opened.agency is None else of_all
        besides = {*closed} if closed and closed.agency in (None, self.agency) else set()
        return self._build(own | of_all | besides)

    def never_closed(self) -> Calendar:
        """The calendar as it would be without any closure by decision."""
        return self._build(frozenset())

    def _build(self, closures: Iterable[date]) -> Calendar:
        first, *later = self.changes
        return Calendar.build(self.days_off, self.worked, first[1], closures, dict(later))


def calendar_of(whose: Agency | Unit) -> Calendar:
    """The calendar of an agency, or of a unit whose own hours replace its agency's, as the facts are at this moment.

    The facts are read each time and are the key of the remembered value, so none can go stale in a process.
    """
    return facts_of(whose).calendar()


def facts_of(whose: Agency | Unit) -> Facts:
    agency, unit = (whose.agency_id, whose.pk) if isinstance(whose, Unit) else (whose.pk, None)
    with connection.cursor() as cursor:
        cursor.execute(FACTS, {"agency": agency, "unit": unit})
        days_off, worked, own, of_all, hours = cursor.fetchone()
    changes = list(_changes([_Opening.read(*row) for row in hours or ()]))
    return Facts(agency, days_off, worked, frozenset(own), frozenset(of_all), changes)


@dataclass(frozen=True, slots=True)
class _Opening:
    """One row of office hours."""

    of_unit: bool
    valid_from: date
    valid_to: date | None
    season_from: str
    weekday: int
    opens: time
    closes: time

    @classmethod
    def read(
        cls, of_unit: bool, valid_from: str, valid_to: str | None, season: str, weekday: int, opens: str, closes: str
    ) -> _Opening:
        return cls(
            of_unit,
            date.fromisoformat(valid_from),
            date.fromisoformat(valid_to) if valid_to else None,
            season,
            weekday,
            time.fromisoformat(opens),
            time.fromisoformat(closes),
        )

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def _changes(openings: list[_Opening]) -> Iterator[tuple[date, tuple[Season, ...]]]:
    """The seasons from the beginning on, and from each day on which a decision changes them."""
    ended = {o.valid_to + timedelta(days=1) for o in openings if o.valid_to and o.valid_to < date.max}
    for day in sorted({date.min, *(o.valid_from for o in openings), *ended}):
        held = [o for o in openings if o.holds_on(day)]
        own = [o for o in held if o.of_unit]
        yield day, _seasons(own or held) if held else DEFAULT_SEASONS


def _seasons(openings: Iterable[_Opening]) -> tuple[Season, ...]:
    spans: dict[str, dict[int, list[tuple[time, time]]]] = {}
    for o in openings:
        spans.setdefault(o.season_from, {}).setdefault(o.weekday, []).append((o.opens, o.closes))
    return tuple(
        Season(start, {weekday: Hours.between(*_joined(of_day)) for weekday, of_day in week.items()})
        for start, week in spans.items()
    )


def _joined(spans: list[tuple[time, time]]) -> list[tuple[time, time]]:
    """Spans in the order of the day, those that overlap made one: two rows may tell the same hour."""
    joined: list[tuple[time, time]] = []
    for opens, closes in sorted(spans):
        if joined and opens <= joined[-1][1]:
            opens, closes = joined[-1][0], max(closes, joined.pop()[1])
        joined.append((opens, closes))
    return joined
