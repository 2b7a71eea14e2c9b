"""The counter's jobs: files that officers asked for (việc nền của quầy)."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from . import desk, exporting

RETRY = RetryStrategy(max_attempts=5, exponential_wait=3)


@app.task(name="counter.make_export", retry=RETRY)
def make_export(export: int) -> None:
    exporting.make(export, at=timezone.now())


@app.periodic(cron="11 * * * *")
@app.task(name="counter.forget_exports", queueing_lock="counter.forget_exports")
def forget_exports(timestamp: int) -> None:
    exporting.forget(timezone.now())


@app.periodic(cron="40 3 * * *")
@app.task(name="counter.clear_desks", queueing_lock="counter.clear_desks")
def clear_desks(timestamp: int) -> None:
    """Put away who was present yesterday and news nobody reads any more."""
    desk.clear(timezone.now())
