"""What a file is, judged by what it holds and not by what it says (nhận dạng loại tệp)."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

import filetype

HEAD = 8192
CHUNK = 256 * 1024
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The main part names its type in the table of contents; one with macros names another type and is none of these.
MAIN_PARTS = {f"{media_type}.main+xml".encode(): media_type for media_type in (DOCX, XLSX)}
CONTENTS = "[Content_Types].xml"
LONGEST_CONTENTS = 1024 * 1024
MOST_PARTS = 10_000
MOST_UNPACKED = 512 * 1024 * 1024  # a document that swells to more is made to fill a machine


def media_type(content: BinaryIO) -> str | None:
    """The type of this content; None where it is none we know."""
    content.seek(0)
    guess = filetype.guess(content.read(HEAD))
    if guess is None:
        return None
    if guess.mime in ("application/zip", DOCX, XLSX):
        return _office(content)
    return str(guess.mime)


def measures(content: BinaryIO, media_type: str) -> tuple[int, int]:
    """Width and height a picture says it has, read and not drawn; nothing for what is no picture or says it nowhere."""
    content.seek(0)
    if media_type == "image/png":
        head = content.read(24)
        return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    if media_type == "image/webp":
        return _webp(content.read(30))
    return _jpeg(content) if media_type == "image/jpeg" else (0, 0)


def _webp(head: bytes) -> tuple[int, int]:
    if head[12:16] == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF


# The frames of a JPEG that tell its size: C0 to CF without tables (C4), extensions (C8) and conditioning (CC).
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
MOST_SEGMENTS = 1000


def _jpeg(content: BinaryIO) -> tuple[int, int]:
    content.seek(2)
    for _ in range(MOST_SEGMENTS):
        marker = content.read(2)
        if len(marker) < 2 or marker[0] != 0xFF:
            break
        length = int.from_bytes(content.read(2), "big")
        if marker[1] in FRAMES:
            frame = content.read(5)
            return int.from_bytes(frame[3:5], "big"), int.from_bytes(frame[1:3], "big")
        content.seek(max(length - 2, 0), 1)
    return 0, 0


def _office(content: BinaryIO) -> str | None:
    """The type of an office document, which is a zip whose table of contents says so; None for any other zip."""
    if _parts(content) > MOST_PARTS:  # a paper has dozens; a list of millions would fill the memory
        return None
    try:
        with zipfile.ZipFile(content) as package, package.open(CONTENTS) as contents:
            if sum(part.file_size for part in package.infolist()) > MOST_UNPACKED:
                return None
            told = contents.read(LONGEST_CONTENTS)
    except Exception:  # a broken archive breaks in many ways, and in each of them is no document
        return None
    return next((media_type for part, media_type in MAIN_PARTS.items() if part in told), None)


def _parts(content: BinaryIO) -> int:
    content.seek(0)
    parts = 0
    while chunk := content.read(CHUNK):
        parts += chunk.count(b"PK\x01\x02")
    return parts
