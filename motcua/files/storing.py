"""Take a file in, find it again, send it out (lưu tệp, mở tệp, gửi tệp)."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from django.core.files import File
from django.core.files.storage import default_storage
from django.http import FileResponse

from motcua.refusal import Refusal

from . import limits, sniffing
from .models import Scan, StoredFile
from .naming import clean_name, extension
from .scanning import Infected, ScannerSilent, scan

__all__ = [
    "Empty",
    "Infected",
    "ScannerSilent",
    "StorageFull",
    "StorageUnreachable",
    "TooBig",
    "TooManyPixels",
    "WrongType",
    "expect_size",
    "not_kept",
    "open_file",
    "place",
    "respond",
    "store",
]

logger = logging.getLogger(__name__)

CHUNK = 256 * 1024
MOST_PIXELS = 250_000_000  # telephones take up to two hundred million
INCOMING = "incoming"  # what is still being written; what a killed process left there is nobody's

# What a refused file is told with: what happened, what was kept, what to do (the same words in another language: portal/locale).
EMPTY = (
    "Tệp “%(name)s” không có nội dung nên chưa được lưu. Những gì đã gửi trước đó vẫn còn nguyên. "
    "Xin kiểm tra lại rồi chọn tệp khác."
)
TOO_BIG = (
    "Tệp “%(name)s” nặng %(size)s, mỗi tệp được tối đa %(most)s, nên chưa được lưu. Những gì đã gửi trước đó vẫn còn nguyên. "
    "Xin chụp ở độ phân giải thấp hơn, hoặc tách thành nhiều tệp."
)
NOT_TAKEN = (
    "Tệp “%(name)s” không thuộc loại được nhận nên chưa được lưu. Những gì đã gửi trước đó vẫn còn nguyên. "
    "Xin gửi tệp %(kinds)s."
)
WRONG_ENDING = (
    "Tệp “%(name)s” có đuôi .%(declared)s nhưng nội dung là %(kind)s, nên chưa được lưu. "
    "Những gì đã gửi trước đó vẫn còn nguyên. "
    "Xin đổi đuôi thành .%(ending)s nếu đúng là tệp cần gửi, hoặc chọn tệp khác."
)
TOO_WIDE = (
    "Ảnh “%(name)s” ghi kích thước %(width)s × %(height)s điểm ảnh, lớn hơn mọi máy ảnh, nên chưa được lưu. "
    "Những gì đã gửi trước đó vẫn còn nguyên. Xin chụp lại ảnh khác."
)
NO_ROOM = (
    "Kho lưu tệp đã hết chỗ nên chưa nhận được tệp “%(name)s”. Những gì đã gửi trước đó vẫn còn nguyên. "
    "Xin gửi lại sau ít phút; nếu vẫn chưa được, xin báo Bộ phận Một cửa."
)
NO_STORAGE = (
    "Kho lưu tệp đang gặp sự cố nên chưa nhận được tệp “%(name)s”. Những gì đã gửi trước đó vẫn còn nguyên. "
    "Xin gửi lại sau ít phút; nếu vẫn chưa được, xin báo Bộ phận Một cửa."
)


class Empty(Refusal):
    """Nothing in it (tệp rỗng)."""


class TooBig(Refusal):
    """More than the limit told beforehand (tệp quá lớn)."""


class WrongType(Refusal):
    """Not on the list, or not what its name says (sai loại tệp)."""


class TooManyPixels(Refusal):
    """A picture made to fill the memory of whoever opens it (ảnh quá khổ)."""


class StorageFull(Refusal):
    """No room left where files are kept (kho lưu tệp hết chỗ)."""


class StorageUnreachable(Refusal):
    """The place where files are kept cannot be written to (kho lưu tệp không ghi được)."""


def store(upload: File, *, at: datetime) -> StoredFile:
    """Keep this content under its SHA-256, once however often it comes; judged by what it holds, not by what it says."""
    name = clean_name(upload.name or "")
    expect_size(upload.size, name)
    content = cast(BinaryIO, upload)  # it reads and seeks like one
    media_type = _allowed(content, name)
    content.seek(0)
    sha256 = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    said = scan(content)
    try:
        _keep(content, place(sha256))
    except OSError as error:
        raise not_kept(name, error) from error
    # Two people may send the same content at once; the unique hash lets one row in and both find it.
    StoredFile.objects.bulk_create(
        [StoredFile(sha256=sha256, size=upload.size, media_type=media_type, scan=said, stored_at=at)],
        ignore_conflicts=True,
    )
    if said == Scan.CLEAN:
        StoredFile.objects.filter(sha256=sha256, scan=Scan.NOT_SCANNED).update(scan=Scan.CLEAN)
    return StoredFile.objects.get(sha256=sha256)


def expect_size(size: int, name: str) -> None:
    """Neither nothing nor too much; asked before a long upload, too."""
    if size == 0:
        raise Empty(EMPTY, name=name)
    if size > limits.MAX_BYTES:
        raise TooBig(TOO_BIG, name=name, size=limits.in_words(size), most=limits.in_words(limits.MAX_BYTES))


def open_file(stored: StoredFile) -> BinaryIO:
    """Its content, to read."""
    return cast(BinaryIO, default_storage.open(place(stored.sha256)))


def respond(stored: StoredFile, name: str, *, inline: bool = False) -> FileResponse:
    """Send it to a browser that may neither guess its type nor run anything in it nor keep it; who may read it was asked before."""
    kind = limits.kind_of(stored.media_type)
    name = clean_name(name)
    if kind.extensions and extension(name) not in kind.extensions:
        name = f"{name}.{kind.extensions[0]}"
    response = FileResponse(
        open_file(stored),
        as_attachment=not (inline and kind.shown_in_browser),
        filename=name,
        content_type=stored.media_type,
    )
    response["Content-Length"] = stored.size
    # Papers are compressed already; said here, the middleware leaves them alone and the browser knows how much is left.
    response["Content-Encoding"] = "identity"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def place(sha256: str) -> str:
    """Its name in the storage; two levels of folders keep each of them small."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _allowed(content: BinaryIO, name: str) -> str:
    """Its type, when that is on the list and its name does not pretend another.

    A picture is a picture: messengers and phones name PNG and WEBP as they like, and whoever opens it gets the right ending.
    """
    media_type = sniffing.media_type(content)
    if media_type is None or media_type not in limits.ALLOWED:
        raise WrongType(NOT_TAKEN, name=name, kinds=limits.kinds())
    declared = extension(name)
    if declared and declared not in limits.endings_like(media_type):
        kind = limits.ALLOWED[media_type]
        raise WrongType(WRONG_ENDING, name=name, declared=declared, kind=kind, ending=kind.extensions[0])
    width, height = sniffing.measures(content, media_type)
    if width * height > MOST_PIXELS:
        raise TooManyPixels(TOO_WIDE, name=name, width=width, height=height)
    return media_type


def not_kept(name: str, error: OSError) -> Refusal:
    """What to tell a person whose file the storage did not take; the operator reads the rest in the log."""
    logger.error("A file could not be stored: %s", error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(NO_ROOM, name=name)
    return StorageUnreachable(NO_STORAGE, name=name)


def _keep(content: BinaryIO, name: str) -> None:
    """Write aside, flush to the disk, then give the final name in one move: a reader sees all of it or nothing."""
    if default_storage.exists(name):
        return
    try:
        final = Path(default_storage.path(name))
    except NotImplementedError:  # an object store: its put is already all or nothing
        content.seek(0)
        default_storage.save(name, File(content))
        return
    aside = Path(default_storage.path(INCOMING))
    aside.mkdir(parents=True, exist_ok=True)
    final.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=aside)
    try:
        with open(descriptor, "wb") as out:
            for chunk in _chunks(content):
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(temporary, 0o440)
        try:
            os.link(temporary, final)  # unlike a rename, a link never replaces what is there
        except FileExistsError:
            return
        for folder in (final.parent, final.parent.parent, aside.parent):  # the folders may be new as well
            _flush_folder(folder)
    finally:
        os.unlink(temporary)


def _chunks(content: BinaryIO) -> Iterator[bytes]:
    content.seek(0)
    while chunk := content.read(CHUNK):
        yield chunk


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
