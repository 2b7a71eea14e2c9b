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
    ARRAY(SELECT day FROM {Closure._meta.db_table} WHERE agency_id = %(agency)s OR agency_id IS NULL),
    (SELECT json_agg(json_build_array(
                unit_id IS NOT NULL, valid_from, valid_to, season_from, weekday, opens, closes
            ) ORDER BY season_from, weekday, opens)
       FROM {OfficeHours._meta.db_table}
      WHERE agency_id = %(agency)s AND (unit_id IS NULL OR unit_id = %(unit)s))
"""


def calendar_of(whose: Agency | Unit) -> Calendar:
    """The calendar of an agency, or of a unit whose own hours replace its agency's, as the facts are at this moment.

    The facts are read each time and are the key of the remembered value, so none can go stale in a process.
    """
    agency, unit = (whose.agency_id, whose.pk) if isinstance(whose, Unit) else (whose.pk, None)
    with connection.cursor() as cursor:
        cursor.execute(FACTS, {"agency": agency, "unit": unit})
        days_off, worked, closures, hours = cursor.fetchone()
    first, *later = _changes([_Opening.read(*row) for row in hours or ()])
    return Calendar.build(days_off, worked, first[1], closures, dict(later))


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
