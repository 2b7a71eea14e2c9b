"""Personal data does not stand in the log (che dữ liệu cá nhân trong nhật ký của máy chủ).

The product names people by number and dossiers by code. But a fault quotes what it stumbled over: PostgreSQL the row it refused,
Python the value it could not read, the queue the arguments of a job. What looks like a telephone, an identity number, a mailbox or
a Vietnamese name is put out of sight before any line is written, whoever logs it.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from textwrap import indent

CAPITALS = "".join(letter for letter in map(chr, range(0x1F00)) if letter.isupper() and letter.isalpha())
CAPITALISED = rf"[{CAPITALS}][^\W\d_]*"

# Each looks at a letter a few times at most, however long a line somebody made us write.
MASKS = (
    # PostgreSQL tells the whole row here, also one that no pattern would know for a person.
    (r"\b(DETAIL|CONTEXT): .*?(?=\n\n(?:The above|During)|\Z)", r"\1: […]", re.DOTALL),
    (r"(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,255}", "[thư điện tử]", 0),
    # As people write it, 0912 345 678 or +84 912.345.678; a date, a code or a random number (uuid) is none.
    (r"(?<![\w.+-])(?<!\d:)(?:\+?84|0)(?:[ .-]?\d){9}(?![\w-])", "[điện thoại]", 0),
    (r"(?<![\w.-])(?:\d{12}|\d{9})(?![\w-])", "[số giấy tờ]", 0),
    # Two words or more with capitals, one of them with a letter only Vietnamese has.
    (rf"\b{CAPITALISED}(?:[ \u00a0]+{CAPITALISED})+", lambda found: found[0] if found[0].isascii() else "[tên]", 0),
    # What stands in quotes and is Vietnamese was typed by somebody.
    (
        r"'[^'\n]*'|\"[^\"\n]*\"|“[^”\n]*”",
        lambda found: found[0] if found[0][1:-1].isascii() else f"{found[0][0]}…{found[0][-1]}",
        0,
    ),
)
PATTERNS = [(re.compile(pattern, flags), instead) for pattern, instead, flags in MASKS]


def masked(text: str) -> str:
    """The same text without what names a person."""
    text = unicodedata.normalize("NFC", text)
    for pattern, instead in PATTERNS:
        text = pattern.sub(instead, text)
    return text


class Masking(logging.Filter):
    """Stands before every handler of the log; what comes after it finds no other text, the story of a fault included."""

    story = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        # A message has one line and the story of a fault is set in, so that nobody writes a line that looks like ours.
        record.msg, record.args = masked(record.getMessage()).replace("\r", "\\r").replace("\n", "\\n"), None
        if record.exc_info:
            record.exc_text = self.story.formatException(record.exc_info)
            record.exc_info = None
        record.exc_text = indent(masked(record.exc_text), "  ") if record.exc_text else None
        record.stack_info = masked(record.stack_info) if record.stack_info else None
        return True
