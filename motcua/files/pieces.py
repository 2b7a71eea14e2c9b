"""Files that come piece by piece over a bad line: each piece an object of its own until all of it is there (tệp gửi từng phần).

An object store cannot append, and the next piece may come to another process: so nothing is kept but objects under names nobody
else uses, and whoever knows the names in their order has the file.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from .storing import CHUNK, not_kept

FOLDER = "pieces"  # what a killed process left here is swept (checking.sweep)
LARGEST = 1024 * 1024


class Lost(Exception):
    """A piece is gone or is not what it was: the file has to be sent from its beginning."""


def keep(content: bytes, of: str) -> str:
    """Keep this piece of the file so named; its name in the storage."""
    name = uuid4().hex
    try:
        default_storage.save(f"{FOLDER}/{name}", ContentFile(content))
    except OSError as error:
        raise not_kept(of, error) from error
    return name


def remove(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(f"{FOLDER}/{name}")


@contextmanager
def whole(names: Iterable[str], *, size: int, name: str) -> Iterator[File]:
    """The pieces behind each other, as an uploaded file."""
    with tempfile.TemporaryFile() as joined:
        for piece in names:
            try:
                with default_storage.open(f"{FOLDER}/{piece}") as content:
                    shutil.copyfileobj(content, joined, CHUNK)
            except FileNotFoundError:
                raise Lost from None
        if joined.tell() != size:
            raise Lost
        joined.seek(0)
        yield File(joined, name=name)
