"""Counts of what happened a day, so that no page counts dossiers (số liệu trong ngày)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from motcua.journal.models import Entry

from .models import Dossier, Tallied, Tally

COUNTED = ("dossier.submitted", "dossier.accepted", "dossier.finished", "dossier.returned")
BATCH = 5_000


@transaction.atomic
def count(entry: Entry) -> None:
    """Count one line of the journal, once however often it is told."""
    _, first_time = Tallied.objects.get_or_create(entry=entry)
    if not first_time:
        return
    agency = Dossier.objects.values_list("agency_id", flat=True).get(pk=_dossier(entry))
    of_day = dict(zip(("agency_id", "day", "event"), counted_under(entry, agency), strict=True))
    Tally.objects.bulk_create([Tally(**of_day, count=0)], ignore_conflicts=True)
    Tally.objects.filter(**of_day).update(count=F("count") + 1)


def of_day(day: date) -> dict[str, int]:
    """What happened in the whole province that day, by event; one statement over a few hundred rows."""
    rows = Tally.objects.filter(day=day).values("event").annotate(total=Sum("count"))
    return {row["event"]: row["total"] for row in rows}


@transaction.atomic
def recount() -> int:
    """Count everything anew from the journal; the figures are the same as those the listeners kept."""
    Tally.objects.all().delete()
    Tallied.objects.all().delete()
    agencies = dict(Dossier.objects.values_list("pk", "agency_id"))
    entries = Entry.objects.filter(event__in=COUNTED).order_by("pk")
    totals: Counter[tuple[int, date, str]] = Counter()
    for entry in entries.iterator(chunk_size=BATCH):
        totals[counted_under(entry, agencies[_dossier(entry)])] += 1
    Tally.objects.bulk_create(_rows(totals.items()), batch_size=BATCH)
    Tallied.objects.bulk_create((Tallied(entry=entry) for entry in entries.only("pk").iterator()), batch_size=BATCH)
    return sum(totals.values())


def counted_under(entry: Entry, agency: int) -> tuple[int, date, str]:
    """Where a line counts: at the agency that settles, on the day it was written there."""
    return agency, timezone.localdate(entry.at), entry.event


def _rows(totals: Iterable[tuple[tuple[int, date, str], int]]) -> Iterable[Tally]:
    for (agency, day, event), number in totals:
        yield Tally(agency_id=agency, day=day, event=event, count=number)


def _dossier(entry: Entry) -> int:
    return int(entry.subject.removeprefix("dossier:"))
