"""The jobs of messages (việc nền của tin gửi đi)."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from . import sending


@app.task(name="messaging.deliver", retry=RetryStrategy(max_attempts=sending.ATTEMPTS, exponential_wait=4))
def deliver(message: int) -> None:
    sending.deliver(message, at=timezone.now())


@app.periodic(cron="23 * * * *")
@app.task(name="messaging.forget", queueing_lock="messaging.forget")
def forget(timestamp: int) -> None:
    sending.forget(timezone.now())
