"""What reacts to the life of a dossier for other systems; runs as a job, at least once (báo cho hệ thống kết nối)."""

from django.utils import timezone

from motcua.journal.models import Entry
from motcua.journal.recording import listens

from . import events_feed


@listens("dossier.submitted")
@listens("dossier.bundled")
@listens("dossier.acted_for")
@listens("dossier.accepted")
@listens("dossier.refused")
@listens("dossier.supplement_requested")
@listens("dossier.supplement_answered")
@listens("dossier.supplement_allowed_again")
@listens("dossier.handed_to_agency")
@listens("dossier.step_done")
@listens("dossier.step_returned")
@listens("dossier.step_taken")
@listens("dossier.step_assigned")
@listens("dossier.step_given_back")
@listens("dossier.recalled")
@listens("dossier.papers_posted")
@listens("dossier.papers_arrived")
@listens("dossier.result_posted")
@listens("dossier.result_came_back")
@listens("dossier.transferred")
@listens("dossier.sent_elsewhere")
@listens("dossier.opinion_asked")
@listens("dossier.opinion_given")
@listens("dossier.opinion_waived")
@listens("dossier.payment_requested")
@listens("dossier.payment_settled")
@listens("dossier.approved")
@listens("dossier.finished")
@listens("dossier.corrected")
@listens("dossier.returned")
@listens("dossier.withdrawn")
@listens("dossier.stopped")
@listens("dossier.apology_drafted")
@listens("dossier.apology_written")
@listens("dossier.apologised")
@listens("dossier.due_date_moved")
@listens("dossier.due_soon")
@listens("dossier.overdue")
@listens("dossier.reception_overdue")
@listens("dossier.opinion_overdue")
@listens("dossier.applicant_silent")
@listens("dossier.nothing_moved")
@listens("dossier.step_overdue")
@listens("dossier.apology_unsigned")
@listens("dossier.renewed_date_moved")
def tell(entry: Entry) -> None:
    """Tell the systems that may see the dossier."""
    events_feed.tell(entry, at=timezone.now())
