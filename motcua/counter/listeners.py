"""What reacts to the life of a dossier at the desk; each runs as a job, at least once (việc tự động ở bàn làm việc)."""

from motcua.journal.models import Entry
from motcua.journal.recording import listens

from . import badges, settling


@listens("dossier.supplement_answered")
@listens("dossier.payment_settled")
@listens("dossier.opinion_asked")
@listens("dossier.opinion_given")
@listens("dossier.opinion_waived")
@listens("dossier.step_returned")
@listens("dossier.step_assigned")
@listens("dossier.recalled")
@listens("dossier.papers_posted")
@listens("dossier.result_came_back")
@listens("dossier.transferred")
@listens("dossier.sent_elsewhere")
@listens("dossier.supplement_allowed_again")
@listens("dossier.supplement_requested")
@listens("dossier.apology_drafted")
@listens("dossier.apologised")
@listens("dossier.corrected")
@listens("dossier.approved")
@listens("dossier.finished")
@listens("dossier.returned")
@listens("dossier.withdrawn")
@listens("dossier.stopped")
@listens("dossier.message_written")
def tell(entry: Entry) -> None:
    """Give those concerned a badge that says what changed."""
    badges.tell(entry)


@listens("dossier.finished")
@listens("dossier.corrected")
def settled(entry: Entry) -> None:
    """Keep the figures of the week."""
    settling.keep(int(entry.subject.removeprefix("dossier:")))
