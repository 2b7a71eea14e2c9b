"""The jobs of accounts (việc nền của tài khoản)."""

from django.utils import timezone
from procrastinate.contrib.django import app

from . import one_time_codes


@app.periodic(cron="37 * * * *")
@app.task(name="accounts.forget_codes", queueing_lock="accounts.forget_codes")
def forget_codes(timestamp: int) -> None:
    one_time_codes.forget(timezone.now())
