"""Is the journal still what was written? (kiểm tra nhật ký)"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .models import Entry
from .recording import digest


class Break(NamedTuple):
    """A place where the chain no longer holds."""

    subject: str
    number: int
    what: str


def verify(subject: str | None = None) -> Iterator[Break]:
    """Walk every chain once; nothing yielded means nothing was altered, dropped from the middle or put in."""
    entries = Entry.objects.order_by("subject", "number")
    if subject is not None:
        entries = entries.filter(subject=subject)
    before = Entry(subject="", number=0, hash="")
    for entry in entries.iterator(chunk_size=5_000):
        if entry.subject != before.subject:
            before = Entry(subject=entry.subject, number=0, hash="")
        if entry.number != before.number + 1:
            yield Break(entry.subject, entry.number, f"thiếu dòng {before.number + 1}")
        elif entry.previous_hash != before.hash:
            yield Break(entry.subject, entry.number, "không nối với dòng trước")
        expected = digest(
            entry.previous_hash, entry.subject, entry.number, entry.event, entry.at, entry.actor_id, entry.facts
        )
        if entry.hash != expected:
            yield Break(entry.subject, entry.number, "nội dung không khớp mã băm")
        before = entry
