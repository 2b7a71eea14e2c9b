"""One line of JSON for each thing said: what a collector of logs can read, and nothing about a person (nhật ký vận hành)."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# What a line may carry besides its words; whatever else hangs on a record stays out.
FACTS = ("method", "route", "status", "ms", "statements")
# The request this thread answers, so that every line said meanwhile names it.
answering: ContextVar[str] = ContextVar("answering", default="")


class Line(logging.Formatter):
    """At, level, logger, words, request; of a fault its kind and the places in the code, never its own words: those may quote a row."""

    def __init__(self, mask: Callable[[str], str] = str) -> None:
        super().__init__()
        self.mask = mask

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.mask(_words(record)),
        }
        if request := answering.get():
            told["request"] = request
        told |= {name: value for name in FACTS if (value := record.__dict__.get(name)) is not None}
        if record.exc_info and record.exc_info[0]:
            told["fault"] = record.exc_info[0].__qualname__
            told["where"] = where(record.exc_info[2])
        return json.dumps(told, ensure_ascii=False, default=str)


def _words(record: logging.LogRecord) -> str:
    """Django's own lines about requests end with the address, which holds codes; the pattern of it stands in `route`."""
    words = record.getMessage()
    return words.split(": ", 1)[0] if record.name.startswith("django.") and hasattr(record, "request") else words


def where(trace: TracebackType | None, most: int = 4) -> list[str]:
    """The last places in our own code, or in others' where ours was not reached, the innermost last."""
    frames = traceback.extract_tb(trace)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(ROOT / "motcua")]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in (ours or frames)[-most:]]


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else "/".join(path.parts[-2:])
