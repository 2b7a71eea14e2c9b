"""Write a line and tell who listens, in the step's own transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import connection, transaction

from .models import Entry

Fact = str | int | bool | None | list[int] | list[str]


class Subject(Protocol):
    """Anything the journal can name."""

    @property
    def subject(self) -> str: ...


class Actor(Protocol):
    pk: Any


Listener = Callable[[Entry], None]
LISTENERS: dict[str, list[Listener]] = {}

# The number and the hash before are read by the statement that writes the line: one way to the database and back.
APPEND = """
WITH before AS (
    SELECT number, hash FROM journal_entry WHERE subject = %(subject)s
    UNION ALL SELECT 0, ''
    ORDER BY number DESC LIMIT 1
)
INSERT INTO journal_entry (subject, number, event, at, actor_id, facts, previous_hash, hash)
SELECT %(subject)s, number + 1, %(event)s, %(at)s, %(actor)s, %(facts)s, hash,
    encode(sha256(convert_to(concat(hash, number + 1, %(told)s::text), 'UTF8')), 'hex')
FROM before
RETURNING id, number, previous_hash, hash
"""


def listens(event: str) -> Callable[[Listener], Listener]:
    """Run this function as a job after each line of that event; at least once, so it asks whether it already did."""

    def declare(listener: Listener) -> Listener:
        LISTENERS.setdefault(event, []).append(listener)
        return listener

    return declare


def name_of(listener: Listener) -> str:
    return f"{listener.__module__}.{listener.__qualname__}"


def record(event: str, *, about: Subject, by: Actor | None, at: datetime, **facts: Fact) -> Entry:
    """Append one line about a subject whose row the caller has locked; facts hold codes and ids, never names.

    Whoever acts in somebody's stead is the actor, and the line says for whom (`instead_of`).
    Without that lock two lines at once would want the same number, and the database lets only one of them in.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A journal line belongs to the transaction of its step.")
    if whom := getattr(by, "instead_of", None):
        facts = {**facts, "instead_of": whom}
    line: dict[str, Any] = {"subject": about.subject, "event": event, "at": at, "actor": by.pk if by else None}
    told = spelled(line["subject"], event, at, line["actor"], facts)
    with connection.cursor() as cursor:
        cursor.execute(APPEND, line | {"facts": json.dumps(facts, ensure_ascii=False), "told": told})
        pk, number, previous, hashed = cursor.fetchone()
    entry = Entry(
        pk=pk,
        subject=line["subject"],
        number=number,
        event=event,
        at=at,
        actor_id=line["actor"],
        facts=facts,
        previous_hash=previous,
        hash=hashed,
    )
    if listeners := LISTENERS.get(event):
        defer(listeners, entry)
    return entry


def defer(listeners: list[Listener], entry: Entry) -> None:
    """One job a listener, in one statement on the same connection, so that a rollback takes line and jobs."""
    from .tasks import tell  # the job framework is ready only when all apps are

    jobs: list[dict[str, Any]] = [{"listener": name_of(listener), "entry": entry.pk} for listener in listeners]
    tell.batch_defer(*jobs)


def spelled(subject: str, event: str, at: datetime, actor: int | None, facts: Mapping[str, Any]) -> str:
    """What happened, spelled in one way only, so that the same line always has the same hash."""
    line = [subject, event, at.astimezone(UTC).isoformat(timespec="microseconds"), actor, facts]
    return json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(entry: Entry) -> str:
    """The hash that ties a line to the one before it; the database computes the same when the line is written."""
    told = spelled(entry.subject, entry.event, entry.at, entry.actor_id, entry.facts)
    return hashlib.sha256(f"{entry.previous_hash}{entry.number}{told}".encode()).hexdigest()
