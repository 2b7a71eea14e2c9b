"""When something is due, and how much working time has passed (cách tính thời hạn; Bộ luật Dân sự 2015 Điều 147, 148).

Whole minutes count and seconds are dropped. What arrives outside office hours begins when the office opens next.
"""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from .calendar import (
    BEGINNING,
    CLOSED,
    DAYS,
    EPOCH_MINUTES,
    MINUTES_A_DAY,
    Calendar,
    DayPlan,
    OutsideCalendar,
    day_at,
    index_of,
)
from .terms import Term, TermUnit

# In the zone in which the database and the clock tell moments: between two of one zone no offset is looked up.
BEGUN = BEGINNING.astimezone(UTC)

# Members by their own names: reading them from the class costs as much as counting the days does.
WORKING_MINUTES = TermUnit.WORKING_MINUTES
WORKING_HOURS = TermUnit.WORKING_HOURS
WORKING_DAYS = TermUnit.WORKING_DAYS
CALENDAR_DAYS = TermUnit.CALENDAR_DAYS
MONTHS = TermUnit.MONTHS


def due(calendar: Calendar, at: datetime, term: Term, *, skip_holidays: bool = False) -> datetime:
    """When a term that begins now ends.

    Working days keep the clock time; working hours are worked off; calendar days and months run to the close of their
    last day, or of the next working day where that is none (Điều 148). With `skip_holidays` only weekends count among
    calendar days, not the holidays inside the period.
    """
    since = at - BEGUN
    day, minute = _ends(calendar, since.days, since.seconds // 60, term, skip_holidays)
    return BEGINNING + timedelta(day, minute * 60)


def _ends(calendar: Calendar, day: int, minute: int, term: Term, skip_holidays: bool) -> tuple[int, int]:
    """The day of the table and its minute on which a term ends that begins on such a day at such a minute."""
    if day < 0:
        raise OutsideCalendar
    try:
        minute = calendar.plan[day].start[minute]
        if minute == CLOSED:
            day = calendar.nth[calendar.working_before[day + 1]]
            minute = calendar.plan[day].opens
        unit = term.unit
        if unit is WORKING_DAYS:
            day = calendar.nth[calendar.working_before[day] + term.amount]
            return day, calendar.plan[day].kept[minute]
        if unit is WORKING_HOURS or unit is WORKING_MINUTES:
            amount = term.amount * 60 if unit is WORKING_HOURS else term.amount
            if not amount:
                return day, minute
            wanted = calendar.minutes_before[day] + calendar.plan[day].worked[minute] + amount
            day = calendar.nth[bisect_left(calendar.minutes_by, wanted)]
            return day, calendar.plan[day].minute_at[wanted - calendar.minutes_before[day]]
        if unit is CALENDAR_DAYS:
            day = calendar.counted[calendar.counted_before[day] + term.amount] if skip_holidays else day + term.amount
        else:
            day = _months_later(day, term.amount)
        day = calendar.nth[calendar.working_before[day]]
        return day, calendar.plan[day].closes
    except IndexError:
        raise OutsideCalendar


def _months_later(day: int, months: int) -> int:
    """The same day of a later month, or its last day where it has no such day (Điều 148 khoản 3)."""
    begun = day_at(day)
    years, month = divmod(begun.month - 1 + months, 12)
    year, month = begun.year + years, month + 1
    if year > date.max.year:
        raise OutsideCalendar
    return index_of(date(year, month, min(begun.day, monthrange(year, month)[1])))


def due_many(calendar: Calendar, starts: Sequence[int], term: Term, *, skip_holidays: bool = False) -> list[int]:
    """`due` for very many starts with one term, in whole minutes since 1970 (UTC), in and out.

    Not datetimes: taking one apart and putting one together costs more than the answer. PostgreSQL gives such minutes
    with `floor(extract(epoch from received_at) / 60)`; `minutes_since_1970` and `moment_of` turn single ones.
    """
    ways, beginning, a_day = _Ways(calendar, term, skip_holidays), EPOCH_MINUTES, MINUTES_A_DAY
    try:
        return [start + ways[(since := start - beginning) // a_day][since % a_day] for start in starts]
    except OutsideCalendar:
        # The last days of the table, whose mornings may have an answer where their evenings have none: one by one.
        return [_due_minutes(calendar, start, term, skip_holidays) for start in starts]


def _due_minutes(calendar: Calendar, start: int, term: Term, skip_holidays: bool) -> int:
    day, minute = divmod(start - EPOCH_MINUTES, MINUTES_A_DAY)
    day, minute = _ends(calendar, day, minute, term, skip_holidays)
    return EPOCH_MINUTES + day * MINUTES_A_DAY + minute


class _Ways(dict[int, list[int]]):
    """How far it is from each minute of a day to the end of its term; days that are alike share one list."""

    def __init__(self, calendar: Calendar, term: Term, skip_holidays: bool) -> None:
        self.calendar, self.term, self.skip_holidays = calendar, term, skip_holidays
        self.alike: dict[tuple[object, ...], list[int]] = {}

    def __missing__(self, day: int) -> list[int]:
        if not 0 <= day < DAYS:
            raise OutsideCalendar
        plan = self.calendar.plan[day]
        first, opening = _ends(self.calendar, day, plan.opens, self.term, self.skip_holidays)
        last, evening = _ends(self.calendar, day + 1, 0, self.term, self.skip_holidays)
        # From the answer for the opening to that for the evening only the hours of the days in between make a difference.
        between = tuple(self.calendar.plan[first : last + 1])
        key = (plan, first - day, opening, between)
        way = self.alike.get(key)
        if way is None:
            answers = self._answers(plan, (first - day) * MINUTES_A_DAY + opening, between)
            answers.append((last - day) * MINUTES_A_DAY + evening)  # where a start that is CLOSED, -1, looks
            way = self.alike[key] = [answers[start] - minute for minute, start in enumerate(plan.start)]
        self[day] = way
        return way

    def _answers(self, plan: DayPlan, opening: int, between: tuple[DayPlan, ...]) -> list[int]:
        """Where the term ends for a start at each minute until the close, in minutes from that day's midnight."""
        starts = plan.closes + 1 if plan.total else 0
        unit = self.term.unit
        if unit is CALENDAR_DAYS or unit is MONTHS:
            return [opening] * starts
        midnight = opening - opening % MINUTES_A_DAY
        if unit is WORKING_DAYS or not self.term.amount:
            return [midnight + minute for minute in between[0].kept[:starts]]
        # Worked off: minute by minute of work here the end moves on by a minute of work there.
        ends: list[int] = []
        worked = between[0].worked[opening % MINUTES_A_DAY]
        for target in between:
            ends += [midnight + minute for minute in target.minute_at[worked:]]
            midnight, worked = midnight + MINUTES_A_DAY, 1
        return [ends[done] for done in plan.worked[:starts]]


def minutes_since_1970(at: datetime) -> int:
    """A moment as `due_many` takes it."""
    return int(at.timestamp()) // 60


def moment_of(minutes: int) -> datetime:
    """A moment as `due_many` gives it, in the time of Vietnam."""
    return BEGINNING + timedelta(minutes=minutes - EPOCH_MINUTES)


def same_day_due(calendar: Calendar, at: datetime, until: time) -> datetime:
    """The close of the day, or of the next working day for what comes in after `until` (trong ngày; NĐ 61/2018 Điều 18)."""
    since = at - BEGUN
    day, minute = since.days, since.seconds // 60
    if day < 0:
        raise OutsideCalendar
    try:
        if calendar.plan[day].start[minute] == CLOSED or minute > until.hour * 60 + until.minute:
            day = calendar.nth[calendar.working_before[day + 1]]
        return BEGINNING + timedelta(day, calendar.plan[day].closes * 60)
    except IndexError:
        raise OutsideCalendar


def add_working_days(calendar: Calendar, day: date, n: int) -> date:
    """The n-th working day after a day, or before it for a negative n; with 0 the day itself or the first one after it."""
    index = index_of(day)
    before = calendar.working_before[index]
    # On a rest day the working day that follows is already the first one after it.
    position = before + n - (n > 0 and not calendar.plan[index].total)
    if not 0 <= position < len(calendar.nth):
        raise OutsideCalendar
    return day_at(calendar.nth[position])


def elapsed(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Working minutes from one moment to another; negative where the end comes first."""
    return _worked_until(calendar, end) - _worked_until(calendar, start)


def _worked_until(calendar: Calendar, at: datetime) -> int:
    since = at - BEGUN
    if not 0 <= since.days < DAYS:
        raise OutsideCalendar
    return calendar.minutes_before[since.days] + calendar.plan[since.days].worked[since.seconds // 60]
