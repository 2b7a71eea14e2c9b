"""The queue of jobs: how much waits, how long, what failed, and trying that again (hàng đợi việc nền)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.journal.recording import Actor, record
from motcua.refusal import Refusal

QUEUE = """
SELECT count(*) FILTER (WHERE status = 'todo' AND due), count(*) FILTER (WHERE status = 'todo' AND NOT due),
    count(*) FILTER (WHERE status = 'doing'), count(*) FILTER (WHERE status = 'failed'),
    (SELECT extract(epoch FROM now() - min(last_heartbeat)) FROM (SELECT max(last_heartbeat) AS last_heartbeat FROM procrastinate_workers) AS w)
FROM (SELECT status, coalesce(scheduled_at <= now(), true) AS due FROM procrastinate_jobs
    WHERE status IN ('todo', 'doing', 'failed')) AS jobs
"""
# The oldest by number has waited longest, but for those put off; a few are looked at, not all.
OLDEST = """
SELECT extract(epoch FROM now() - max_at) FROM (
    SELECT coalesce(job.scheduled_at, (SELECT min(at) FROM procrastinate_events WHERE job_id = job.id)) AS max_at
    FROM procrastinate_jobs AS job WHERE status = 'todo' AND coalesce(scheduled_at <= now(), true) ORDER BY id LIMIT 20
) AS few ORDER BY max_at LIMIT 1
"""
FAILED = """
SELECT job.id, job.task_name, job.attempts, (SELECT max(at) FROM procrastinate_events WHERE job_id = job.id)
FROM procrastinate_jobs AS job WHERE status = 'failed' ORDER BY id DESC LIMIT %s
"""


class Queue(NamedTuple):
    """How the queue stands; seconds are None where nothing waits, or where no worker was ever heard."""

    due: int
    later: int
    doing: int
    failed: int
    worker_heard: float | None
    oldest: float | None


class Failed(NamedTuple):
    """A job that was tried as often as it may be."""

    number: int
    task: str
    attempts: int
    at: datetime | None


class NotFailed(Refusal):
    message = "Việc nền này không còn ở trạng thái hỏng: có người đã cho chạy lại, hoặc nó đã xong."


class Job(NamedTuple):
    """What the journal names."""

    number: int

    @property
    def subject(self) -> str:
        return f"job:{self.number}"


def stands() -> Queue:
    due, later, doing, failed, heard = _row(QUEUE)
    oldest = _row(OLDEST) if due else None
    return Queue(due, later, doing, failed, _seconds(heard), _seconds(oldest[0]) if oldest else None)


def failed(most: int) -> list[Failed]:
    """The newest first."""
    with connection.cursor() as cursor:
        cursor.execute(FAILED, [most])
        return [Failed(*row) for row in cursor.fetchall()]


@transaction.atomic
def try_again(number: int, *, by: Actor, at: datetime) -> None:
    """Give a failed job back to the queue, once more; the journal says who."""
    job = ProcrastinateJob.objects.select_for_update().filter(pk=number, status="failed").first()
    if job is None:
        raise NotFailed
    app.job_manager.retry_job_by_id(number, retry_at=at)
    record("job.tried_again", about=Job(number), by=by, at=at, task=job.task_name, attempts=job.attempts)


def _row(question: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def _seconds(value: Any) -> float | None:
    return None if value is None else max(0.0, float(value))
