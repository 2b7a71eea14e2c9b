"""Is the journal still what was written? (kiểm tra nhật ký)"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Q

from .models import Entry
from .recording import digest

BATCH = 2_000


class Break(NamedTuple):
    """A place where the chain no longer holds."""

    subject: str
    number: int
    what: str


def verify(subject: str | None = None) -> Iterator[Break]:
    """Walk every chain once and name each place where it no longer holds.

    Seen: a line altered, put in, moved, or dropped from the beginning or the middle of its chain. Not seen: the last lines of a
    chain dropped, a whole chain dropped, or every hash from some line on computed anew. Triggers and rights keep the product from
    all of these; whoever owns the database is caught by comparing with a backup or a copy of the last hashes kept elsewhere.
    """
    before = Entry(subject="", number=0, hash="")
    for entry in _lines(subject):
        if entry.subject != before.subject:
            before = Entry(subject=entry.subject, number=0, hash="")
        if entry.number != before.number + 1:
            yield Break(entry.subject, entry.number, f"thiếu dòng {before.number + 1}")
        elif entry.previous_hash != before.hash:
            yield Break(entry.subject, entry.number, "không nối với dòng trước")
        if entry.hash != digest(entry):
            yield Break(entry.subject, entry.number, "nội dung không khớp mã băm")
        before = entry


def _lines(subject: str | None) -> Iterator[Entry]:
    """All lines in the order of their chains, a batch in memory at a time and no statement that runs long."""
    entries = Entry.objects.order_by("subject", "number")
    if subject is not None:
        entries = entries.filter(subject=subject)
    batch = list(entries[:BATCH])
    while batch:
        yield from batch
        last = batch[-1]
        further = Q(subject__gt=last.subject) | Q(subject=last.subject, number__gt=last.number)
        batch = list(entries.filter(further, subject__gte=last.subject)[:BATCH])
