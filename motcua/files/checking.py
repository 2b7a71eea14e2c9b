"""Is every stored file still what it was (kiểm tra tính toàn vẹn của tệp)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from .models import StoredFile
from .storing import open_file


class Broken(NamedTuple):
    """A stored file that is gone or no longer the same."""

    sha256: str
    why: str


def broken() -> Iterator[Broken]:
    """Read every stored file and name those that are gone or whose content changed."""
    for stored in StoredFile.objects.order_by("pk").iterator():
        try:
            with open_file(stored) as content:
                now = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
        except FileNotFoundError:
            yield Broken(stored.sha256, "không còn trong kho")
        else:
            if now != stored.sha256:
                yield Broken(stored.sha256, "nội dung đã bị thay đổi")
