"""What reacts to the life of a dossier; each runs as a job, at least once (việc tự động sau mỗi bước)."""

from motcua.journal.models import Entry
from motcua.journal.recording import listens

from . import tallies


@listens("dossier.submitted")
@listens("dossier.accepted")
@listens("dossier.finished")
@listens("dossier.returned")
def tally(entry: Entry) -> None:
    """Keep the counts of the day."""
    tallies.count(entry)
