"""`python -m bench.worktime`: one due date, a hundred thousand at once, and businesstimedelta beside them in the same rounds.

Processor time, not the clock on the wall: all three only compute, and whoever shares the machine is not measured.
A list of a hundred thousand holds moments of the whole year, nights and holidays too, as online filings come.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from time import process_time

import businesstimedelta
import pytz

from motcua.worktime.calendar import Calendar, national_calendar, national_facts
from motcua.worktime.due import due, due_many, minutes_since_1970
from motcua.worktime.terms import Term

ROUNDS = 15
ONE_BY_ONE = 2_000
MANY = 100_000
OF_THE_PEER = 25

# A year without worked Saturdays, which the peer's rules cannot say: so both give the same answers.
YEAR = 2023
FIVE_DAYS, FORTY_HOURS, THIRTY, TWO_MONTHS = Term.days(5), Term.hours(40), Term.calendar_days(30), Term.months(2)
PEER = "businesstimedelta 1.0.1"


class Disagreement(Exception):
    """The two give different answers, so their times mean nothing side by side."""


def measure() -> dict[str, float]:
    """Medians and best rounds by what was measured, in the unit it names; the rounds of all are interleaved."""
    calendar, beginning = national_calendar(), datetime(YEAR, 1, 1, tzinfo=UTC)
    chance = random.Random(1)
    moments = [beginning + timedelta(minutes=chance.randrange(365 * 24 * 60)) for _ in range(MANY)]
    starts = [minutes_since_1970(at) for at in moments]
    few, some = moments[:OF_THE_PEER], moments[:ONE_BY_ONE]
    peers_due = _peer()
    _agree(calendar, few, peers_due)

    def each(term: Term) -> Callable[[], object]:
        return lambda: [due(calendar, at, term) for at in some]

    def at_once(term: Term) -> Callable[[], object]:
        return lambda: due_many(calendar, starts, term)

    one, many = 1e6 / ONE_BY_ONE, 1e3
    works: dict[str, tuple[Callable[[], object], float]] = {
        "one due date, 5 working days (µs)": (each(FIVE_DAYS), one),
        "one due date, 40 working hours (µs)": (each(FORTY_HOURS), one),
        "one due date, 30 days (µs)": (each(THIRTY), one),
        "one due date, 2 months (µs)": (each(TWO_MONTHS), one),
        "100,000 at once, 5 working days (ms)": (at_once(FIVE_DAYS), many),
        "100,000 at once, 40 working hours (ms)": (at_once(FORTY_HOURS), many),
        "100,000 at once, 30 days (ms)": (at_once(THIRTY), many),
        "100,000 at once, 2 months (ms)": (at_once(TWO_MONTHS), many),
        f"{PEER}, one, 40 working hours (µs)": (lambda: [peers_due(at) for at in few], 1e6 / OF_THE_PEER),
    }
    told = _interleaved(works)
    mine, many_of_mine = told["one due date, 40 working hours (µs)"], told["100,000 at once, 40 working hours (ms)"]
    peers = told[f"{PEER}, one, 40 working hours (µs)"]
    told[f"{PEER} / ours, one, 40 working hours"] = round(peers / mine)
    told[f"{PEER} / ours, each of 100,000 at once"] = round(peers / (many_of_mine * 1e3 / MANY))
    return told


def _interleaved(works: dict[str, tuple[Callable[[], object], float]]) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, (work, scale) in works.items():
            begun = process_time()
            work()
            times[name].append((process_time() - begun) * scale)
    told: dict[str, float] = {}
    for name, taken in times.items():
        told[name] = round(median(taken), 2)
        told[f"{name}, best round"] = round(min(taken), 2)
    return told


def _peer() -> Callable[[datetime], datetime]:
    """Forty working hours by businesstimedelta, with the same hours and days off."""
    zone = pytz.timezone("Asia/Ho_Chi_Minh")
    off = {date.fromisoformat(fact["date"]) for fact in national_facts() if fact["kind"] != "SWAP_WORK"}
    rules = businesstimedelta.Rules(
        [
            businesstimedelta.WorkDayRule(time(7), time(11, 30), tz=zone),
            businesstimedelta.WorkDayRule(time(13, 30), time(17), tz=zone),
            businesstimedelta.HolidayRule(off, tz=zone),
        ]
    )
    term = businesstimedelta.BusinessTimeDelta(rules, hours=FORTY_HOURS.amount)
    return lambda at: at + term


def _agree(calendar: Calendar, moments: list[datetime], peers_due: Callable[[datetime], datetime]) -> None:
    for at in moments:
        ours, theirs = due(calendar, at, FORTY_HOURS), peers_due(at)
        if ours != theirs:
            raise Disagreement(f"{at}: {ours} here, {theirs} by {PEER}")


def main() -> None:
    told = measure()
    width = max(len(name) for name in told)
    for name, figure in told.items():
        print(f"{name:{width}}  {figure:>10,.2f}")


if __name__ == "__main__":
    main()
