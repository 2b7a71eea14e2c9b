"""What tests ask the journal, and the worker's part done at once."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from .models import Entry
from .recording import Subject
from .tasks import tell


def events(about: Subject) -> list[str]:
    """What the journal says happened to it, in order."""
    return list(Entry.objects.filter(subject=about.subject).order_by("number").values_list("event", flat=True))


def waiting() -> list[ProcrastinateJob]:
    """Who is still to be told of a line, in order; a job left by a test that emptied the tables has no line any more."""
    lines = set(Entry.objects.values_list("pk", flat=True))
    jobs = ProcrastinateJob.objects.filter(task_name=tell.name, status="todo").order_by("pk")
    return [job for job in jobs if job.args["entry"] in lines]


def run_jobs() -> int:
    """Tell all who are still to be told, as the worker would, and whom that leads to in turn; how many jobs it was."""
    done = 0
    while jobs := waiting():
        tell.func(**jobs[0].args)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [jobs[0].pk])
        done += 1
    return done
