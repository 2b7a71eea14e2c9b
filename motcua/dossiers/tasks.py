"""The jobs about dossiers: the watchdog's rounds and the letters to officers (việc nền của hồ sơ)."""

from typing import Any

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from motcua.accounts.models import Person

from . import closures, mailing, notices, uploads, watching
from .models import ClosureDeclaration

RETRY = RetryStrategy(max_attempts=5, exponential_wait=4)


@app.periodic(cron="*/10 * * * *")
@app.task(name="dossiers.watch", queueing_lock="dossiers.watch", lock="dossiers.watch")
def watch(timestamp: int) -> None:
    watching.watch(timezone.now())
    watching.remind_of_questions(timezone.now())


@app.task(name="dossiers.mail_at_once", retry=RETRY)
def mail_at_once(notice: int) -> None:
    mailing.at_once(notice, at=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="dossiers.write_digests", queueing_lock="dossiers.write_digests")
def write_digests(timestamp: int) -> None:
    """Asked every ten minutes, so that a worker that slept at half past seven still writes this morning."""
    if people := mailing.to_write_to(timezone.now()):
        jobs: list[dict[str, Any]] = [{"person": person} for person in people]
        mail_digest.batch_defer(*jobs)


@app.task(name="dossiers.mail_digest", retry=RETRY)
def mail_digest(person: int) -> None:
    mailing.digest(Person.objects.get(pk=person), at=timezone.now())


@app.periodic(cron="41 19 * * *")
@app.task(name="dossiers.forget_notices", queueing_lock="dossiers.forget_notices")
def forget_notices(timestamp: int) -> None:
    notices.forget(timezone.now())


@app.task(name="dossiers.lay_out", retry=RETRY)
def lay_out(declaration: int) -> None:
    """Move what a closure moves; begun again after a stop, it goes on where it stood."""
    closures.lay_out(ClosureDeclaration.objects.get(pk=declaration), at=timezone.now())


@app.periodic(cron="23 * * * *")
@app.task(name="dossiers.forget_uploads", queueing_lock="dossiers.forget_uploads")
def forget_uploads(timestamp: int) -> None:
    uploads.forget(timezone.now())
