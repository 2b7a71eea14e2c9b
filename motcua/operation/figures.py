"""Figures for Prometheus: what each web process counted, and what the database knows (số liệu giám sát).

What happened to requests is counted by prometheus_client in files that all processes of a machine share; everything else is asked
of the database at the moment of the question, so that no process has to remember anything.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from motcua.dossiers import tallies

from . import health, overview

SHARED = "PROMETHEUS_MULTIPROC_DIR"
own = CollectorRegistry()
SECONDS = Histogram(
    "motcua_request_seconds",
    "How long people waited for an answer",
    ["face"],
    registry=own,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
ANSWERS = Counter("motcua_requests", "Answers by face and status", ["face", "status"], registry=own)
ERRORS = Counter("motcua_errors", "Answers of 500 and above by address", ["view"], registry=own)
STATEMENTS = Counter("motcua_statements", "Statements sent to the database while answering", ["face"], registry=own)
FACES = {"portal", "counter", "api", "accounts", "catalogue", "operation"}


def answered(view: str, status: int, seconds: float, statements: int) -> None:
    """Count one answer."""
    space = view.split(":", 1)[0]
    face = space if space in FACES else "other"
    SECONDS.labels(face).observe(seconds)
    ANSWERS.labels(face, str(status)).inc()
    STATEMENTS.labels(face).inc(statements)
    if status >= 500:
        ERRORS.labels(view or "none").inc()


class Asked(Collector):
    """What is true now, wherever it is asked."""

    def collect(self) -> Iterator[Metric]:
        try:
            found = dict(_of_the_database())
        except (DatabaseError, InterfaceError):
            found = {}
        yield GaugeMetricFamily("motcua_database_up", "Whether the database answers", value=1 if found else 0)
        for name, (told, value) in (found | dict(_of_this_machine())).items():
            if isinstance(value, dict):
                family = GaugeMetricFamily(f"motcua_{name}", told, labels=["event"])
                for event, number in value.items():
                    family.add_metric([event], number)
                yield family
            elif value is not None:
                yield GaugeMetricFamily(f"motcua_{name}", told, value=float(value))


def _of_the_database() -> Iterator[tuple[str, tuple[str, Any]]]:
    at = timezone.now()
    now = overview.counted(at)
    yield "jobs_due", ("Jobs that wait to be done now", now.queue.due)
    yield "jobs_later", ("Jobs put off", now.queue.later)
    yield "jobs_doing", ("Jobs in work", now.queue.doing)
    yield "jobs_failed", ("Jobs tried as often as they may be", now.queue.failed)
    yield "oldest_job_seconds", ("How long the oldest due job has waited", now.queue.oldest or 0)
    yield "worker_heard_seconds", ("How long ago a worker gave a sign", now.queue.worker_heard)
    yield "dossiers_open", ("Dossiers at work", now.open)
    yield "dossiers_overdue", ("Of those, overdue", now.overdue)
    yield "messages_waiting", ("Messages to telephones and mailboxes not yet sent", now.messages)
    yield "webhooks_waiting", ("Events owed to other systems", now.webhooks)
    yield "clock_apart_seconds", ("How far this machine's clock is before the database's", health.clock_apart())
    yield "dossier_events_today", ("What happened to dossiers today", tallies.of_day(timezone.localdate(at)))


def _of_this_machine() -> Iterator[tuple[str, tuple[str, Any]]]:
    kept, backed_up = overview.kept_until(), overview.backed_up()
    yield "storage_free_bytes", ("Room left where files are kept", overview.free_bytes())
    yield "kept_age_seconds", ("How old the newest change is that would be lost with this disk", _age(kept))
    yield "backup_age_seconds", ("How old the last backup is that was made here", _age(backed_up[0]))


def _age(moment: datetime | None) -> float | None:
    return None if moment is None else time.time() - moment.timestamp()


def page() -> bytes:
    """All of it in Prometheus' own words."""
    registry: CollectorRegistry = CollectorRegistry()
    if os.environ.get(SHARED):
        MultiProcessCollector(registry)
    registry.register(Asked())
    text: bytes = generate_latest(registry)
    return text if os.environ.get(SHARED) else generate_latest(own) + text
