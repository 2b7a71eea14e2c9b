"""What reacts to the life of a dossier; each runs as a job, at least once (việc tự động sau mỗi bước)."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from motcua.journal.models import Entry
from motcua.journal.recording import listens

from . import durations, informing, notices, tallies


@listens("dossier.submitted")
@listens("dossier.accepted")
@listens("dossier.finished")
@listens("dossier.returned")
def tally(entry: Entry) -> None:
    """Keep the counts of the day."""
    tallies.count(entry)


@listens("dossier.finished")
@listens("dossier.corrected")
def measure(entry: Entry) -> None:
    """Keep how long it took, for those who ask how long it takes."""
    durations.keep(int(entry.subject.removeprefix("dossier:")))


@listens("dossier.due_soon")
@listens("dossier.overdue")
@listens("dossier.reception_overdue")
@listens("dossier.opinion_overdue")
@listens("dossier.applicant_silent")
@listens("dossier.nothing_moved")
@listens("dossier.step_overdue")
@listens("dossier.apology_unsigned")
@listens("dossier.apology_drafted")
@listens("dossier.apology_written")
@listens("dossier.supplement_answered")
@listens("dossier.step_returned")
@listens("dossier.step_assigned")
@listens("dossier.opinion_asked")
@listens("dossier.opinion_given")
@listens("dossier.message_written")
@listens("dossier.reading_questioned")
@listens("dossier.reading_unexplained")
@listens("person.delegated")
def tell_officers(entry: Entry) -> None:
    """Put it into the inbox of everybody concerned; whoever wants a letter at once gets one by a job of its own."""
    from .tasks import mail_at_once  # the job framework is ready only when all apps are

    at_once = notices.tell(entry)
    if settings.MAIL and at_once:
        jobs: list[dict[str, Any]] = [{"notice": notice.pk} for notice in at_once]
        mail_at_once.batch_defer(*jobs)


@listens("dossier.submitted")
@listens("dossier.accepted")
@listens("dossier.supplement_requested")
@listens("dossier.payment_requested")
@listens("dossier.finished")
@listens("dossier.result_posted")
@listens("dossier.result_came_back")
@listens("dossier.apologised")
@listens("dossier.refused")
@listens("dossier.stopped")
@listens("dossier.nothing_moved")
@listens("dossier.due_date_moved")
@listens("dossier.renewed_date_moved")
@listens("dossier.message_answered")
@listens("dossier.reading_explained")
def tell_people(entry: Entry) -> None:
    """Have it sent to the people of the dossier, as they chose."""
    informing.tell(entry, at=timezone.now())
