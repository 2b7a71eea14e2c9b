"""Is every stored file still what it was (kiểm tra tính toàn vẹn của tệp)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.core.files.storage import default_storage

from .models import StoredFile
from .storing import INCOMING, open_file


class Broken(NamedTuple):
    """A stored file that is gone or no longer the same."""

    sha256: str
    why: str


def sweep(before: datetime, folder: str = INCOMING) -> int:
    """Throw away what a killed process left there half written before that time; says how many pieces."""
    try:
        _, left = default_storage.listdir(folder)
    except FileNotFoundError:
        return 0
    old = [name for name in left if default_storage.get_modified_time(f"{folder}/{name}") < before]
    for name in old:
        default_storage.delete(f"{folder}/{name}")
    return len(old)


def broken() -> Iterator[Broken]:
    """Read every stored file and name those that are gone or whose content changed."""
    for stored in StoredFile.objects.order_by("pk").iterator():
        try:
            with open_file(stored) as content:
                now = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
        except FileNotFoundError:
            yield Broken(stored.sha256, "không còn trong kho")
        except OSError as error:
            yield Broken(stored.sha256, f"không đọc được: {error.strerror or error}")
        else:
            if now != stored.sha256:
                yield Broken(stored.sha256, "nội dung đã bị thay đổi")
