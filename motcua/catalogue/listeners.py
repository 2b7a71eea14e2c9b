"""What reacts to the catalogue's own life; each runs as a job, at least once (việc tự động của danh mục)."""

from motcua.journal.models import Entry
from motcua.journal.recording import listens

from .models import ProcedureVersion
from .processes import drafts


@listens("procedure.published")
def check_drafts_of_processes(entry: Entry) -> None:
    """A new term may suit a process that failed, or be too short for one that did not."""
    version = ProcedureVersion.objects.select_related("procedure").filter(pk=entry.facts["version"]).first()
    if version:
        drafts.check_again(version.code)
