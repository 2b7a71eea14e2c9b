"""The jobs of the API: posting what is owed, and throwing away what nobody asks for any more (gửi tin báo, dọn dẹp)."""

from contextlib import suppress

from django.utils import timezone
from oauth2_provider.models import clear_expired
from procrastinate import exceptions
from procrastinate.contrib.django import app

from . import filing, idempotency, webhooks_sending


@app.periodic(cron="17 19 * * *")
@app.task(name="api.forget", queueing_lock="api.forget")
def forget(timestamp: int) -> None:
    """Answers kept long enough, papers that came to no dossier, keys that have expired."""
    at = timezone.now()
    idempotency.forget(at)
    filing.forget(at)
    clear_expired()
    webhooks_sending.forget(at)


@app.task(name="api.post_to", priority=-1)
def post_to(webhook: int) -> None:
    """What is owed to one address; after twenty seconds others have their turn."""
    if webhooks_sending.run(webhook, now=timezone.now):
        post_to.configure(lock=f"webhook-{webhook}").defer(webhook=webhook)


@app.periodic(cron="* * * * *")
@app.task(name="api.post_what_is_due", queueing_lock="api.post_what_is_due")
def post_what_is_due(timestamp: int) -> None:
    """Asked every minute: what failed before is due again, and what has waited for a day has failed."""
    at = timezone.now()
    webhooks_sending.give_up(at)
    for webhook in webhooks_sending.owed_to(at):
        again = post_to.configure(lock=f"webhook-{webhook}", queueing_lock=f"webhook-{webhook}")
        with suppress(exceptions.AlreadyEnqueued):
            again.defer(webhook=webhook)
