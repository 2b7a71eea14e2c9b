"""The one job of the journal: tell a listener."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .models import Entry
from .recording import LISTENERS, name_of


class UnknownListener(Exception):
    pass


@app.task(name="journal.tell", retry=RetryStrategy(max_attempts=10, exponential_wait=2))
def tell(listener: str, entry: int) -> None:
    """Call the listener with its line; the queue calls again when it fails."""
    line = Entry.objects.get(pk=entry)
    for candidate in LISTENERS.get(line.event, ()):
        if name_of(candidate) == listener:
            candidate(line)
            return
    raise UnknownListener(f"{listener} no longer listens to {line.event}")
