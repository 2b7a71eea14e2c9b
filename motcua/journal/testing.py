"""What tests ask the journal, and the worker's part done at once."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from .models import Entry
from .recording import Subject


def events(about: Subject) -> list[str]:
    """What the journal says happened to it, in order."""
    return list(Entry.objects.filter(subject=about.subject).order_by("number").values_list("event", flat=True))


def run_jobs() -> int:
    """Do all that was deferred, in its order, as the worker would, and what that defers in turn; how many jobs it was."""
    done = 0
    while job := ProcrastinateJob.objects.filter(status="todo").order_by("pk").first():
        app.tasks[job.task_name].func(**job.args)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])
        done += 1
    return done
