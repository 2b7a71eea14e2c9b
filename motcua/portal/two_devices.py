"""The same page of a draft on two devices: what each saw, what each typed, and what only its writer can choose (lưu trên hai máy).

A page carries a mark of every answer it was opened with. Saved, an answer changed here alone is taken, one changed elsewhere alone
stays, and one changed at both stands side by side until its writer has chosen. A page without marks is taken as it is.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from django.core.cache import cache
from django.http import QueryDict

SEEN = "da-doc"  # the field with the marks
CHOICE = "giu-"  # giu-<question>: which of two answers stays
THEIRS = "kia"
PAGE = ""  # under no name: which page it is
DAY = 24 * 60 * 60


class Met(NamedTuple):
    """What one saving came upon."""

    facts: dict[str, Any]  # to be stored
    both: list[str]  # changed here and elsewhere: not stored until chosen
    elsewhere: bool  # whether something else was changed elsewhere, and stays
    seen: dict[str, str]  # the marks of what the page shows now


def mark(value: Any) -> str:
    """A short mark of an answer; nothing, however it is written, has none."""
    if value in (None, "", [], {}):
        return ""
    written = json.dumps(value, default=str, sort_keys=True, ensure_ascii=False)
    return sha256(written.encode()).hexdigest()[:10]


def opened(stored: Mapping[str, Any]) -> dict[str, str]:
    """The marks of a page that shows what is stored."""
    return {PAGE: secrets.token_hex(6), **{name: told for name, value in stored.items() if (told := mark(value))}}


def written(seen: Mapping[str, str]) -> str:
    return json.dumps(seen, separators=(",", ":"))


def seen_by(posted: QueryDict) -> dict[str, str] | None:
    """The marks that came with a page; none from a page that has none, or from what is no such page."""
    try:
        told = json.loads(posted.get(SEEN, ""))
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not all(
        isinstance(two, str) and two.isascii() for one in told.items() for two in one
    ):
        return None
    return told


def meet(stored: Mapping[str, Any], typed: Mapping[str, Any], posted: QueryDict) -> Met:
    """Lay what was typed beside what is stored; the draft is locked by whoever asks."""
    seen = seen_by(posted)
    if seen is None:
        return Met(dict(typed), [], False, opened({**stored, **typed}))
    own = _own(seen)
    met = Met({}, [], False, dict(seen))
    for name, value in typed.items():
        here, there = mark(value), mark(stored.get(name))
        known = {seen.get(name, ""), own.get(name, seen.get(name, ""))}
        if here != there and there not in known:
            if here not in known and posted.get(f"{CHOICE}{name}") != THEIRS:
                met.both.append(name)
                continue
            met = met._replace(elsewhere=True)
        elif here != there and posted.get(f"{CHOICE}{name}") != THEIRS:
            met.facts[name] = value
        met.seen[name] = here
    return met


def after_choosing(met: Met, stored: Mapping[str, Any]) -> dict[str, str]:
    """The marks of the page that shows both: what is stored has been seen there."""
    return met.seen | {name: mark(stored.get(name)) for name in met.both}


def remember(met: Met) -> None:
    """What this page has saved is its own, even when the answer is lost on the way."""
    if met.facts and (page := met.seen.get(PAGE)):
        own = {name: told for name, told in met.seen.items() if name != PAGE and name not in met.both}
        cache.set(_key(page), own, DAY)


def _own(seen: Mapping[str, str]) -> dict[str, str]:
    page = seen.get(PAGE, "")
    return cache.get(_key(page), {}) if page else {}


def _key(page: str) -> str:
    return f"draft-page:{sha256(page.encode()).hexdigest()[:32]}"
