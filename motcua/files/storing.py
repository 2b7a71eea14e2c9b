"""Take a file in, find it again, send it out (lưu tệp, mở tệp, gửi tệp)."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import filetype
from django.core.files import File
from django.core.files.storage import default_storage
from django.http import FileResponse

from motcua.refusal import Refusal

from . import limits
from .models import Scan, StoredFile
from .naming import clean_name, extension
from .scanning import Infected, ScannerSilent, scan

__all__ = ["Empty", "Infected", "ScannerSilent", "TooBig", "WrongType", "open_file", "place", "respond", "store"]

CHUNK = 256 * 1024
KEPT = "Tệp này chưa được lưu; những gì đã gửi trước đó vẫn còn nguyên."


class Empty(Refusal):
    """Nothing in it (tệp rỗng)."""


class TooBig(Refusal):
    """More than the limit told beforehand (tệp quá lớn)."""


class WrongType(Refusal):
    """Not on the list, or not what its name says (sai loại tệp)."""


def store(upload: File, *, at: datetime) -> StoredFile:
    """Keep this content under its SHA-256, once however often it comes; judged by what it holds, not by what it says."""
    name = clean_name(upload.name or "")
    if upload.size == 0:
        raise Empty(f"Tệp “{name}” không có nội dung. {KEPT} Xin kiểm tra lại rồi chọn tệp khác.")
    if upload.size > limits.MAX_BYTES:
        raise TooBig(
            f"Tệp “{name}” nặng {limits.in_words(upload.size)}, mỗi tệp được tối đa {limits.in_words(limits.MAX_BYTES)}. "
            f"{KEPT} Xin chụp ở độ phân giải thấp hơn, hoặc tách thành nhiều tệp."
        )
    media_type = _sniff(upload, name)
    upload.seek(0)
    sha256 = hashlib.file_digest(upload, "sha256").hexdigest()  # type: ignore[arg-type]
    said = scan(upload)
    _keep(upload, place(sha256))
    # Two people may send the same content at once; the unique hash lets one row in and both find it.
    StoredFile.objects.bulk_create(
        [StoredFile(sha256=sha256, size=upload.size, media_type=media_type, scan=said, stored_at=at)],
        ignore_conflicts=True,
    )
    if said == Scan.CLEAN:
        StoredFile.objects.filter(sha256=sha256, scan=Scan.NOT_SCANNED).update(scan=Scan.CLEAN)
    return StoredFile.objects.get(sha256=sha256)


def open_file(stored: StoredFile) -> BinaryIO:
    """Its content, to read."""
    return default_storage.open(place(stored.sha256))


def respond(stored: StoredFile, name: str, *, inline: bool = False) -> FileResponse:
    """Send it to a browser that may neither guess its type nor run anything in it nor keep it; who may read it was asked before."""
    kind = limits.ALLOWED[stored.media_type]
    name = clean_name(name)
    if extension(name) not in kind.extensions:
        name = f"{name}.{kind.extensions[0]}"
    response = FileResponse(
        open_file(stored),
        as_attachment=not (inline and kind.shown_in_browser),
        filename=name,
        content_type=stored.media_type,
    )
    response["Content-Length"] = stored.size
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def place(sha256: str) -> str:
    """Its name in the storage; two levels of folders keep each of them small."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _sniff(upload: File, name: str) -> str:
    upload.seek(0)
    guess = filetype.guess(upload.read(8192))
    kind = limits.ALLOWED.get(guess.mime) if guess else None
    if guess is None or kind is None:
        raise WrongType(f"Tệp “{name}” không thuộc loại được nhận. {KEPT} Xin gửi tệp {limits.kinds()}.")
    declared = extension(name)
    if declared and declared not in kind.extensions:
        raise WrongType(
            f"Tệp “{name}” có đuôi .{declared} nhưng nội dung là {kind.words}. {KEPT} "
            f"Xin đổi đuôi thành .{kind.extensions[0]} nếu đúng là tệp cần gửi, hoặc chọn tệp khác."
        )
    return guess.mime


def _keep(upload: File, name: str) -> None:
    """Write aside, flush to the disk, then give the final name in one move: a reader sees all of it or nothing."""
    if default_storage.exists(name):
        return
    try:
        final = Path(default_storage.path(name))
    except NotImplementedError:  # an object store: its put is already all or nothing
        upload.seek(0)
        default_storage.save(name, upload)
        return
    aside = Path(default_storage.path("incoming"))
    aside.mkdir(parents=True, exist_ok=True)
    final.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=aside)
    try:
        with open(descriptor, "wb") as out:
            for chunk in _chunks(upload):
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(temporary, 0o440)
        try:
            os.link(temporary, final)  # unlike a rename, a link never replaces what is there
        except FileExistsError:
            return
        _flush_folder(final.parent)
    finally:
        os.unlink(temporary)


def _chunks(upload: File) -> Iterator[bytes]:
    upload.seek(0)
    while chunk := upload.read(CHUNK):
        yield chunk


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
