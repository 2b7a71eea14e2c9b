"""How long a procedure really took others lately, in the office's working time (thời gian giải quyết thực tế).

One row a dossier with a result, kept by the journal's listeners: a page reads the last hundred by an index. The applicant's own
time, what a declared closure took, and dossiers that are not finished say nothing about the office and do not count.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from django.db import transaction

from motcua.catalogue.models import Procedure
from motcua.organisations.calendars import calendar_of
from motcua.worktime.calendar import Calendar
from motcua.worktime.due import elapsed

from .models import ClockInterval, ClockOwner, Dossier, Duration

LAST = 100
FEWEST = 5  # fewer say more about these people than about the procedure
BATCH = 2_000


class Lately(NamedTuple):
    """Half of the last `of` dossiers took at most `median`, nine out of ten at most `ninetieth` working minutes."""

    of: int
    median: int
    ninetieth: int
    since: datetime

    @property
    def enough(self) -> bool:
        return self.of >= FEWEST


def lately(procedure: Procedure) -> Lately | None:
    """The last hundred finished ones; nothing where none has ended yet."""
    rows = Duration.objects.filter(procedure=procedure).order_by("-finished_at")[:LAST]
    found = list(rows.values_list("minutes", "finished_at"))
    if not found:
        return None
    minutes = sorted(taken for taken, _ in found)
    return Lately(len(minutes), _within(minutes, 50), _within(minutes, 90), found[-1][1])


def _within(minutes: list[int], per_cent: int) -> int:
    """The time within which at least so many in a hundred were done; a few that lay for years move it by no more than a place."""
    return minutes[-(-len(minutes) * per_cent // 100) - 1]


def worked(dossier: Dossier) -> int | None:
    """Working minutes of offices from acceptance to result, by the hours of the agency that settles; None without a result."""
    finished, accepted = dossier.finished_at, dossier.accepted_at
    if finished is None or accepted is None or getattr(dossier, "decision", None) is None:
        return None
    intervals = dossier.clock.filter(owner_kind=ClockOwner.AGENCY, started_at__lt=finished)
    return minutes_of_offices(calendar_of(dossier.agency), intervals, accepted, finished)


def minutes_of_offices(
    calendar: Calendar, intervals: Iterable[ClockInterval], accepted: datetime, finished: datetime
) -> int:
    """What offices had of the time from acceptance to result; the applicant's, and the post's, is not theirs."""
    return sum(
        max(0, elapsed(calendar, max(one.started_at, accepted), min(one.ended_at or finished, finished)))
        for one in intervals
        if one.owner_kind == ClockOwner.AGENCY and one.started_at < finished
    )


@transaction.atomic
def keep(pk: int) -> None:
    """Bring the row up to what the dossier is now: told again it is the same, a corrected result has none until it is back."""
    dossier = Dossier.objects.locked(pk)
    minutes = worked(dossier)
    if minutes is None:
        Duration.objects.filter(dossier=dossier).delete()
        return
    Duration.objects.update_or_create(dossier=dossier, defaults=facts(dossier, minutes))


def facts(dossier: Dossier, minutes: int) -> dict[str, object]:
    return {
        "procedure_id": dossier.procedure_version.procedure_id,
        "finished_at": dossier.finished_at,
        "minutes": minutes,
    }


@transaction.atomic
def recount() -> int:
    """Measure every finished dossier anew; the figures are the same as those the listeners kept."""
    Duration.objects.all().delete()
    finished = Dossier.objects.filter(finished_at__isnull=False, decision__isnull=False)
    dossiers = finished.select_related("agency", "decision", "procedure_version").iterator(chunk_size=BATCH)
    rows = (Duration(dossier=one, **facts(one, minutes)) for one in dossiers if (minutes := worked(one)) is not None)
    count = 0
    while part := list(islice(rows, BATCH)):
        count += len(Duration.objects.bulk_create(part))
    return count
