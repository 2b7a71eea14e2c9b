"""Jobs outlive the worker that had begun them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.config.jobs import take_up_again
from motcua.journal.tasks import tell


class Context:
    """What a task is given by its worker, as far as this one asks."""

    def __init__(self, app):
        self.app = app


def a_job_in_the_hands_of_a_worker_last_heard_of(at):
    job = tell.defer(listener="nobody", entry=0)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id", [at])
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [cursor.fetchone()[0], job]
        )
    return job


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_killed_worker_is_taken_up_again_and_one_in_work_is_left_alone():
    now = timezone.now()
    given_up = a_job_in_the_hands_of_a_worker_last_heard_of(now - timedelta(minutes=2))
    in_work = a_job_in_the_hands_of_a_worker_last_heard_of(now)

    with app.replace_connector(app.connector.get_worker_connector()) as working, ThreadPoolExecutor() as thread:
        # A thread of its own: in this one the browser of other tests may keep its loop.
        thread.submit(asyncio.run, begin_again(working)).result()

    jobs = ProcrastinateJob.objects
    assert jobs.get(pk=given_up).status == "todo"
    assert jobs.get(pk=in_work).status == "doing"


async def begin_again(working):
    async with working.open_async():
        await take_up_again.func(Context(working), 0)
