"""Answers of an older form brought to a newer one, without losing a word (chuyển nội dung đã khai sang biểu mẫu mới)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .asking import LONGEST
from .showing import said
from .vocabulary import NOTHING, Answers, Definition, Field, asked, fields, inner, most, with_computed

# A stored answer of the first type is one of the second as it stands.
ALSO = {
    ("text", "long_text"),
    ("text", "place"),
    ("place", "text"),
    ("place", "long_text"),
    ("phone", "text"),
    ("phone", "long_text"),
    ("long_text", "text"),
    ("date", "partial_date"),
    ("number", "text"),
    ("choice", "text"),
}


def carry(
    before: Definition | None, after: Definition | None, answers: Answers
) -> tuple[dict[str, Any], list[list[str]]]:
    """The answers that still have a place, by key where type and options fit, and the rest as [label, said]."""
    known = {field["key"]: field for field in fields(after)}
    kept: dict[str, Any] = {}
    left: list[list[str]] = []
    for field in asked(before, answers):
        value = answers.get(field["key"])
        if value in NOTHING or field["type"] in ("paper", "computed"):
            continue
        fitting, rest = _fit(field, known.get(field["key"]), value)
        if fitting not in NOTHING:
            kept[field["key"]] = fitting
        if rest not in NOTHING:
            left.append([field["label"], said(field, rest)])
    there = with_computed(after, kept)
    # An answer to a question the new form does not ask under these conditions is not lost either.
    for key in kept.keys() - there.keys():
        left.append([known[key]["label"], said(known[key], kept[key])])
    return there, left


def _fit(field: Field, new: Field | None, value: Any) -> tuple[Any, Any]:
    """What of an answer fits the new question, and what does not."""
    if new is None:
        return None, value
    old_kind, kind = field["type"], new["type"]
    if kind == "choices" and old_kind in ("choice", "choices"):
        given = value if isinstance(value, list) else [value]
        fits = [one for one in given if one in new["options"]]
        rest = [one for one in given if one not in fits]
        return fits, rest if old_kind == "choices" else "".join(rest)
    if kind == "choice" and old_kind in ("choice", "text"):
        return (value, None) if value in new["options"] else (None, value)
    if kind == old_kind == "group":
        return _fit_items(field, new, value)
    if kind == old_kind and kind in ("person", "organisation"):
        return _fit_inside(inner(field), inner(new), value)
    if kind == old_kind or (old_kind, kind) in ALSO:
        whole = not isinstance(value, str) or (
            len(value) <= LONGEST.get(kind, 500) and (kind == "long_text" or "\n" not in value)
        )
        return (value, None) if whole else (None, value)
    return None, value


def _fit_items(field: Field, new: Field, items: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    fits: list[Any] = []
    rest: list[Any] = []
    for item in items:
        kept, left = _fit_inside(field["fields"], new["fields"], item)
        if len(fits) >= most(new):
            kept, left = {}, item
        if kept:
            fits.append(kept)
        if left:
            rest.append(left)
    return fits, rest


def _fit_inside(before: Definition, after: Definition, answers: Answers) -> tuple[dict[str, Any], dict[str, Any]]:
    known = {field["key"]: field for field in after}
    kept: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for field in before:
        key = field["key"]
        if (value := answers.get(key)) in NOTHING:
            continue
        fitting, left = _fit(field, known.get(key), value)
        if fitting not in NOTHING:
            kept[key] = fitting
        if left not in NOTHING:
            rest[key] = left
    return kept, rest
