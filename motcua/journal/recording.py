"""Write a line and tell who listens, in the step's own transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, transaction

from .models import Entry


class Subject(Protocol):
    """Anything the journal can name."""

    @property
    def subject(self) -> str: ...


class Actor(Protocol):
    pk: Any


Listener = Callable[[Entry], None]
LISTENERS: dict[str, list[Listener]] = {}


def listens(event: str) -> Callable[[Listener], Listener]:
    """Run this function as a job after each line of that event; at least once, so it asks whether it already did."""

    def declare(listener: Listener) -> Listener:
        LISTENERS.setdefault(event, []).append(listener)
        return listener

    return declare


def name_of(listener: Listener) -> str:
    return f"{listener.__module__}.{listener.__qualname__}"


def digest(previous: str, subject: str, number: int, event: str, at: datetime, actor: int | None, facts: dict) -> str:
    """The hash that ties a line to the one before it."""
    line = json.dumps(
        [previous, subject, number, event, at.timestamp(), actor, facts],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(line.encode()).hexdigest()


def record(event: str, *, about: Subject, by: Actor | None, at: datetime, **facts: Any) -> Entry:
    """Append one line about a subject whose row the caller has locked; facts hold codes and ids, never names."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A journal line belongs to the transaction of its step.")
    subject = about.subject
    last = Entry.objects.filter(subject=subject).order_by("-number").values_list("number", "hash").first()
    number, previous = (last[0] + 1, last[1]) if last else (1, "")
    actor = by.pk if by else None
    entry = Entry.objects.create(
        subject=subject,
        number=number,
        event=event,
        at=at,
        actor_id=actor,
        facts=facts,
        previous_hash=previous,
        hash=digest(previous, subject, number, event, at, actor, facts),
    )
    for listener in LISTENERS.get(event, ()):
        defer(listener, entry)
    return entry


def defer(listener: Listener, entry: Entry) -> None:
    """One job a listener, on the same connection, so that a rollback takes both."""
    from .tasks import tell  # the job framework is ready only when all apps are

    tell.defer(listener=name_of(listener), entry=entry.pk)
