"""Files sent with a page that was refused are not sent again: the page remembers them by a signed word (giữ lại tệp đã gửi)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.core import signing
from django.core.files import File

from motcua.accounts.models import Person
from motcua.files import storing
from motcua.files.models import StoredFile
from motcua.files.naming import clean_name
from motcua.refusal import Refusal

SALT = "counter.kept"
LONGEST = 24 * 3600  # seconds a page may lie open


class Kept(NamedTuple):
    """A file that is stored already, and the word that names it to the next try."""

    stored: StoredFile
    name: str
    word: str


def store(uploads: Sequence[File], *, by: Person, at: datetime) -> tuple[list[Kept], list[str]]:
    """Store what was sent; each refused file says why, the others are kept."""
    kept, wrong = [], []
    for upload in uploads:
        try:
            stored = storing.store(upload, at=at)
        except Refusal as refusal:
            wrong.append(str(refusal))
            continue
        name = clean_name(upload.name or "")
        kept.append(Kept(stored, name, signing.dumps([by.pk, stored.pk, name], salt=SALT)))
    return kept, wrong


def again(said: Iterable[str], *, by: Person) -> list[Kept]:
    """The files this officer's own page named; a word that is forged, old or another's names nothing."""
    named = {}
    for word in said:
        try:
            officer, pk, name = signing.loads(word, salt=SALT, max_age=LONGEST)
        except signing.BadSignature:
            continue
        if officer == by.pk:
            named[pk, name] = word
    stored = StoredFile.objects.in_bulk({pk for pk, _ in named})
    return [Kept(stored[pk], name, word) for (pk, name), word in named.items() if pk in stored]
