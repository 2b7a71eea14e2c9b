"""Files the house itself made for somebody to fetch within some days (tệp kết xuất): no papers, so neither kept for ever nor judged."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from django.core.files import File
from django.core.files.storage import default_storage
from django.http import FileResponse

from .naming import clean_name
from .storing import CHUNK, INCOMING

FOLDER = "outgoing"


class Kept(NamedTuple):
    size: int
    sha256: str


def keep(content: BinaryIO, name: str) -> Kept:
    """Keep it under that name, whole, in place of what a job that was broken off may have left under it."""
    content.seek(0)
    sha256 = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    size = content.tell()
    content.seek(0)
    try:
        final = Path(default_storage.path(f"{FOLDER}/{name}"))
    except NotImplementedError:  # an object store: its put is all or nothing
        remove(name)
        default_storage.save(f"{FOLDER}/{name}", File(content))
        return Kept(size, sha256)
    aside = Path(default_storage.path(INCOMING))
    for folder in (aside, final.parent):
        folder.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=aside)
    try:
        with open(descriptor, "wb") as out:
            shutil.copyfileobj(content, out, CHUNK)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(temporary, 0o440)
        os.replace(temporary, final)
    except BaseException:
        os.unlink(temporary)
        raise
    return Kept(size, sha256)


def is_kept(name: str) -> bool:
    return bool(default_storage.exists(f"{FOLDER}/{name}"))


def remove(name: str) -> None:
    """Gone for good; what is gone already may be removed again."""
    default_storage.delete(f"{FOLDER}/{name}")


def respond(name: str, as_name: str, media_type: str) -> FileResponse:
    """Send it as a download that no browser keeps; who may fetch it was asked before."""
    content = cast(BinaryIO, default_storage.open(f"{FOLDER}/{name}"))
    response = FileResponse(content, as_attachment=True, filename=clean_name(as_name), content_type=media_type)
    response["Content-Encoding"] = "identity"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
