"""What settling takes, week by week, so that no board counts dossiers of the past (số liệu giải quyết theo tuần)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.dossiers import clock, durations
from motcua.dossiers.models import Dossier, Outcome
from motcua.organisations.models import Unit

from .models import Settled, SettledInWeek

BATCH = 2_000
KEY = ("week", "agency_id", "reception_agency_id", "unit_id", "officer_id", "hours")


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def rounded(minutes: int) -> int:
    """Working time in whole hours, from a day on in whole days of eight hours; fine enough for any term of the law."""
    if minutes <= clock.WORKING_DAY:
        return max(1, -(-minutes // 60))
    return -(-minutes // clock.WORKING_DAY) * (clock.WORKING_DAY // 60)


@transaction.atomic
def keep(pk: int) -> None:
    """Bring one dossier's part of the figures up to what it is now; told again or too late, nothing is counted twice."""
    dossier = Dossier.objects.locked(pk)
    before = Settled.objects.filter(dossier=dossier).first()
    now = measured(dossier)
    if before and now and _facts(before) == _facts(now):
        return
    if before:
        _count(before, -1)
        before.delete()
    if now:
        now.save(force_insert=True)
        _count(now, 1)


def measured(dossier: Dossier) -> Settled | None:
    """What settling took, if there is a result (giờ làm việc của cơ quan từ khi tiếp nhận đến khi có kết quả)."""
    finished, minutes = dossier.finished_at, durations.worked(dossier)
    if finished is None or minutes is None:
        return None
    unit, officer = _whose_work(dossier, dossier.decision.decided_by_id)
    return Settled(
        dossier=dossier,
        week=monday_of(timezone.localdate(finished)),
        agency_id=dossier.agency_id,
        reception_agency_id=dossier.reception_agency_id,
        unit_id=unit,
        officer_id=officer,
        hours=rounded(minutes),
        late=clock.lateness(dossier, finished) == clock.Lateness.OVERDUE,
    )


def _whose_work(dossier: Dossier, signed_by: int) -> tuple[int, int]:
    """The unit and officer of the last work before the signature; where nobody worked before it, those who signed."""
    ended = dossier.step_intervals.filter(ended_by__isnull=False).order_by("-ended_at", "-id")
    approved = ended.filter(outcome=Outcome.APPROVED).first()
    assert approved is not None  # a result was approved at a step
    done = ended.filter(outcome=Outcome.DONE, step__position__gt=1, pk__lt=approved.pk)
    last = done.first()
    return (last.unit_id, last.ended_by_id) if last else (approved.unit_id, signed_by)  # type: ignore[return-value]


def _facts(one: Settled) -> tuple[Any, ...]:
    return (*_key(one), one.late)


def _key(one: Settled) -> tuple[Any, ...]:
    return tuple(getattr(one, name) for name in KEY)


def _count(one: Settled, by: int) -> None:
    key = dict(zip(KEY, _key(one), strict=True))
    SettledInWeek.objects.bulk_create([SettledInWeek(**key)], ignore_conflicts=True)
    # One statement: the late are never more than all, at no moment.
    SettledInWeek.objects.filter(**key).update(count=F("count") + by, late=F("late") + by * one.late)
    SettledInWeek.objects.filter(**key, count=0).delete()


@transaction.atomic
def recount() -> int:
    """Measure every finished dossier anew; the figures are the same as those the listeners kept."""
    SettledInWeek.objects.all().delete()
    Settled.objects.all().delete()
    totals: Counter[tuple[Any, ...]] = Counter()
    late: Counter[tuple[Any, ...]] = Counter()
    found = 0
    for part in _in_parts(_all()):
        for one in part:
            totals[_key(one)] += 1
            late[_key(one)] += one.late
        Settled.objects.bulk_create(part)
        found += len(part)
    SettledInWeek.objects.bulk_create(
        (
            SettledInWeek(**dict(zip(KEY, key, strict=True)), count=number, late=late[key])
            for key, number in totals.items()
        ),
        batch_size=BATCH,
    )
    return found


def _all() -> Iterator[Settled]:
    finished = Dossier.objects.filter(finished_at__isnull=False, decision__isnull=False)
    for dossier in finished.select_related("agency", "decision").iterator(chunk_size=BATCH):
        if one := measured(dossier):
            yield one


def _in_parts(rows: Iterable[Settled]) -> Iterator[list[Settled]]:
    part: list[Settled] = []
    for row in rows:
        part.append(row)
        if len(part) == BATCH:
            yield part
            part = []
    if part:
        yield part


# What the weeks say ---------------------------------------------------------------------------------------------------


class Spread(NamedTuple):
    """How long it took: half of them, nine out of ten, and how many kept their date."""

    settled: int
    late: int
    median: int  # working hours
    ninetieth: int

    @property
    def share(self) -> int:
        """On time, in whole per cent, never rounded up to all of them."""
        return (self.settled - self.late) * 100 // self.settled if self.settled else 0


def spread(parts: Iterable[tuple[int, int, int]]) -> Spread:
    """From (hours, how many, how many late) to the figures; `hours` is the time within which so many were done."""
    rows = sorted(parts)
    total = sum(number for _, number, _ in rows)
    return Spread(total, sum(late for _, _, late in rows), _within(rows, total, 50), _within(rows, total, 90))


def _within(rows: list[tuple[int, int, int]], total: int, per_cent: int) -> int:
    so_far = 0
    for hours, number, _ in rows:
        so_far += number
        if so_far * 100 >= total * per_cent:
            return hours
    return 0


def names_of(model: type[Unit] | type[Person], ids: Iterable[int]) -> dict[int, str]:
    return {one.pk: str(one) for one in model.objects.filter(pk__in=set(ids))}
