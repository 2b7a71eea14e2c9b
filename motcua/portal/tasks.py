"""The portal's jobs: what a person asked for as a file (việc nền của cổng)."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from . import own_data


@app.task(name="portal.make_copy", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def make_copy(copy: int) -> None:
    own_data.make(copy, at=timezone.now())


@app.periodic(cron="17 * * * *")
@app.task(name="portal.forget_copies", queueing_lock="portal.forget_copies")
def forget_copies(timestamp: int) -> None:
    own_data.forget(timezone.now())
