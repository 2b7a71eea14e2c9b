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


def media_type(content: BinaryIO) -> str | None:
    """The type of this content; None where it is none we know."""
    content.seek(0)
    guess = filetype.guess(content.read(HEAD))
    if guess is None:
        return None
    if guess.mime in ("application/zip", DOCX, XLSX):
        return _office(content)
    return str(guess.mime)


def _office(content: BinaryIO) -> str | None:
    """The type of an office document, which is a zip whose table of contents says so; None for any other zip."""
    if _parts(content) > MOST_PARTS:  # a paper has dozens; a list of millions would fill the memory
        return None
    try:
        with zipfile.ZipFile(content) as package, package.open(CONTENTS) as contents:
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
