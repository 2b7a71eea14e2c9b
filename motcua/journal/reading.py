"""Who read a dossier and why (lượt xem hồ sơ)."""

from datetime import datetime

from .models import Reading
from .recording import Actor, Subject


def read(about: Subject, *, reader: Actor, at: datetime, purpose: str) -> None:
    """Keep one line an officer, subject and hour; the citizen sees it."""
    Reading.objects.bulk_create(
        [
            Reading(
                subject=about.subject,
                reader_id=reader.pk,
                hour=at.replace(minute=0, second=0, microsecond=0),
                purpose=purpose,
            )
        ],
        ignore_conflicts=True,
    )
