"""The portal's jobs: what a person asked for as a file (việc nền của cổng)."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from . import forgotten, own_data


@app.task(name="portal.make_copy", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def make_copy(copy: int) -> None:
    own_data.make(copy, at=timezone.now())


@app.periodic(cron="17 * * * *")
@app.task(name="portal.forget_copies", queueing_lock="portal.forget_copies")
def forget_copies(timestamp: int) -> None:
    own_data.forget(timezone.now())


@app.periodic(cron="11 2,4,7 * * *")
@app.task(name="portal.look_after_drafts", queueing_lock="portal.look_after_drafts", lock="portal.look_after_drafts")
def look_after_drafts(timestamp: int) -> None:
    """By day (Vietnam is seven hours ahead), for it sends messages to telephones; thrice, so that a worker that slept at nine still does it today."""
    forgotten.work(timezone.now())
