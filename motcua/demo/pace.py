"""Moments in the working time of an agency (nhịp làm việc)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from motcua.worktime.calendar import VIETNAM, Calendar
from motcua.worktime.due import add_working_days, due, elapsed
from motcua.worktime.terms import Term

A_DAY = 480  # working minutes
LEAST = 5  # between two acts


def after(calendar: Calendar, at: datetime, minutes: int) -> datetime:
    """So many working minutes later."""
    return due(calendar, at, Term.minutes(minutes))


def before(calendar: Calendar, at: datetime, minutes: int) -> datetime:
    """So many working minutes earlier."""
    dawn = midnight(add_working_days(calendar, at.astimezone(VIETNAM).date(), -(minutes // 300 + 2)))
    return after(calendar, dawn, elapsed(calendar, dawn, at) - minutes)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


def spread(calendar: Calendar, start: datetime, end: datetime, weights: Sequence[float]) -> list[datetime]:
    """Moments after `start`, the last of them `end`, with work between them by their weights, but some between any two."""
    minutes = elapsed(calendar, start, end)
    least = min(LEAST, minutes // max(len(weights), 1))
    rest = minutes - least * len(weights)
    moments, worked = [], 0.0
    for weight in weights:
        worked += least + rest * weight / sum(weights)
        moments.append(after(calendar, start, round(worked)))
    return moments


def at_home(at: datetime) -> datetime:
    """When people file from home: in the evening rather than at night."""
    at = at.astimezone(VIETNAM)
    return at - timedelta(hours=6) if at.hour < 6 else at
