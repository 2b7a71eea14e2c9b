"""Which days and hours are worked, as one immutable value with everything counted out beforehand (lịch làm việc)."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from motcua.refusal import Refusal

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST, LAST = date(2015, 1, 1), date(2045, 12, 31)
FIRST_ORDINAL = FIRST.toordinal()
DAYS = LAST.toordinal() - FIRST_ORDINAL + 1
BEGINNING = datetime(2015, 1, 1, tzinfo=VIETNAM)
MINUTES_A_DAY = 24 * 60
CLOSED = -1  # a start so late in the day that it belongs to the next working day

FACTS = Path(__file__).parent / "facts" / "days.csv"


class OutsideCalendar(Refusal):
    message = f"Lịch làm việc chỉ tính được cho các ngày từ {FIRST:%d/%m/%Y} đến {LAST:%d/%m/%Y}."


@dataclass(frozen=True, slots=True)
class Hours:
    """The office hours of a day: spans of (opens, closes) in minutes since midnight (giờ làm việc)."""

    spans: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        edges = [0, *(edge for span in self.spans for edge in span), MINUTES_A_DAY - 1]
        if any(opens >= closes for opens, closes in self.spans) or any(a > b for a, b in pairwise(edges)):
            raise ValueError(f"office hours open, close, and do so in the order of the day: {self.spans}")

    @classmethod
    def between(cls, *spans: tuple[time, time]) -> Hours:
        """From times of the day, in any order."""
        return cls(tuple(sorted((a.hour * 60 + a.minute, b.hour * 60 + b.minute) for a, b in spans)))

    def __str__(self) -> str:
        return ", ".join(f"{a // 60:02}:{a % 60:02}–{b // 60:02}:{b % 60:02}" for a, b in self.spans)


@dataclass(frozen=True, slots=True)
class Season:
    """The hours of each weekday (0 = Thứ Hai) from a day of the year, "mm-dd", until the next season (mùa hè, mùa đông)."""

    from_month_day: str
    hours_by_weekday: Mapping[int, Hours]


# Giờ hành chính mặc định (one-stop.md §2.5 [F8]); an agency's own rows replace it.
DEFAULT_HOURS = Hours.between((time(7), time(11, 30)), (time(13, 30), time(17)))
DEFAULT_SEASONS = (Season("01-01", MappingProxyType(dict.fromkeys(range(5), DEFAULT_HOURS))),)


class DayPlan:
    """Tables by the minute of one kind of day, shared by all days with the same hours."""

    __slots__ = ("closes", "kept", "minute_at", "opens", "start", "total", "worked")

    def __init__(self, hours: Hours) -> None:
        self.worked: list[int] = []  # minutes worked before a minute of the day
        self.start: list[int] = []  # the working moment at which something that arrives then begins, or CLOSED
        self.kept: list[int] = []  # the clock time a promise made for that minute keeps
        self.minute_at: list[int] = []  # the minute of the day at which so many minutes have been worked
        total = 0
        for opens, closes in hours.spans:
            arrived = len(self.start)
            self.start += [opens] * (opens - arrived) + list(range(max(opens, arrived), closes + 1))
            self.worked += [total] * (opens - arrived) + list(
                range(total + max(opens, arrived) - opens, total + closes - opens + 1)
            )
            self.minute_at += list(range(opens + bool(self.minute_at), closes + 1))
            total += closes - opens
        after = MINUTES_A_DAY - len(self.start)
        self.total = total
        self.opens = hours.spans[0][0] if hours.spans else 0
        self.closes = hours.spans[-1][1] if hours.spans else 0
        self.kept = self.start + [self.closes] * after
        self.start += [CLOSED] * after
        self.worked += [total] * after


NO_HOURS = Hours(())
REST = DayPlan(NO_HOURS)


class Calendar:
    """A value that answers what is worked when; equal facts make equal calendars (lịch làm việc)."""

    __slots__ = (
        "counted",
        "counted_before",
        "minutes_before",
        "minutes_by",
        "nth",
        "plan",
        "version",
        "working_before",
    )

    version: str  # a digest of the facts
    plan: list[DayPlan]  # of each day from FIRST
    nth: list[int]  # the day of the n-th working day
    working_before: list[int]  # working days before a day
    minutes_before: list[int]  # working minutes before a day
    minutes_by: list[int]  # working minutes until the end of the n-th working day
    counted: list[int]  # the days that are not holidays, weekends among them
    counted_before: list[int]

    @staticmethod
    def build(
        days_off: Iterable[date],
        working_saturdays: Iterable[date],
        seasons: Iterable[Season] = DEFAULT_SEASONS,
        closures: Iterable[date] = (),
        later: Mapping[date, Iterable[Season]] = MappingProxyType({}),
    ) -> Calendar:
        """Count the days out once; the same facts give the same value again without counting.

        `later` are the seasons of hours that change by a decision: those of a day hold from it on.
        """
        return _build(
            frozenset(days_off) | frozenset(closures),
            frozenset(working_saturdays),
            ((date.min, _facts(seasons)), *sorted((since, _facts(changed)) for since, changed in later.items())),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self.version == other.version

    def __hash__(self) -> int:
        return hash(self.version)

    def __repr__(self) -> str:
        return f"<Calendar {self.version}>"


SeasonFacts = tuple[tuple[str, tuple[tuple[int, Hours], ...]], ...]


def _facts(seasons: Iterable[Season]) -> SeasonFacts:
    facts = tuple(sorted((s.from_month_day, tuple(sorted(s.hours_by_weekday.items()))) for s in seasons))
    if not facts:
        raise ValueError("a calendar needs the hours of at least one season")
    return facts


# A pure function of the facts, so remembering its answer in a process is no state: 169 agencies share a few calendars.
@lru_cache(maxsize=256)
def _build(off: frozenset[date], working: frozenset[date], hours: tuple[tuple[date, SeasonFacts], ...]) -> Calendar:
    plans: dict[Hours, DayPlan] = {NO_HOURS: REST}
    weeks = {
        since: {start: _week(dict(by_weekday), plans) for start, by_weekday in seasons} for since, seasons in hours
    }
    year = weeks[date.min]

    calendar = Calendar()
    facts = repr((sorted(d.isoformat() for d in off), sorted(d.isoformat() for d in working), hours))
    calendar.version = hashlib.sha256(facts.encode()).hexdigest()[:16]
    calendar.plan, calendar.nth, calendar.counted, calendar.minutes_by = [], [], [], []
    calendar.working_before, calendar.counted_before, calendar.minutes_before = [], [], []
    minutes = 0
    week = _in_force(year, f"{FIRST:%m-%d}")
    for index in range(DAYS):
        day = date.fromordinal(FIRST_ORDINAL + index)
        month_day = f"{day.month:02}-{day.day:02}"
        if day in weeks:
            year = weeks[day]
            week = _in_force(year, month_day)
        elif month_day in year:
            week = year[month_day]
        weekday = day.weekday()
        calendar.working_before.append(len(calendar.nth))
        calendar.counted_before.append(len(calendar.counted))
        calendar.minutes_before.append(minutes)
        plan = REST
        if day not in off:
            calendar.counted.append(index)
            # A morning of reception on Saturday makes no working day; a Saturday worked instead of another day
            # (làm bù) is a full one, with the hours of Friday.
            if weekday < 5:
                plan = week[weekday]
            elif day in working:
                plan = week[4]
        if plan is not REST:
            calendar.nth.append(index)
            minutes += plan.total
            calendar.minutes_by.append(minutes)
        calendar.plan.append(plan)
    return calendar


def _week(by_weekday: dict[int, Hours], plans: dict[Hours, DayPlan]) -> list[DayPlan]:
    """The plans from Monday to Friday; equal hours share one, and a day without hours is a rest day."""
    hours = [by_weekday.get(weekday, NO_HOURS) for weekday in range(5)]
    return [plans.get(of_day) or plans.setdefault(of_day, DayPlan(of_day)) for of_day in hours]


def _in_force(year: dict[str, list[DayPlan]], month_day: str) -> list[DayPlan]:
    """The season of a day; before the first start of a year the last one of the year before still runs."""
    begun = [start for start in year if start <= month_day]
    return year[max(begun or year)]


def national_facts() -> list[dict[str, str]]:
    """The shipped table of national days off and worked Saturdays (Bộ luật Lao động 2019 Điều 112)."""
    with FACTS.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


@lru_cache(maxsize=1)
def national_calendar() -> Calendar:
    """The national days of the shipped table with the default office hours; for tests, benches and a first look."""
    days: dict[bool, set[date]] = {True: set(), False: set()}
    for fact in national_facts():
        days[fact["kind"] == "SWAP_WORK"].add(date.fromisoformat(fact["date"]))
    return Calendar.build(days_off=days[False], working_saturdays=days[True])


def moment(day: int, minute: int) -> datetime:
    """The moment of a minute of a day of the table."""
    return BEGINNING + timedelta(days=day, minutes=minute)


def index_of(day: date) -> int:
    """Where a day stands in the table."""
    index = day.toordinal() - FIRST_ORDINAL
    if not 0 <= index < DAYS:
        raise OutsideCalendar
    return index


def day_at(index: int) -> date:
    return date.fromordinal(FIRST_ORDINAL + index)


EPOCH_MINUTES = int((BEGINNING - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) // 60
