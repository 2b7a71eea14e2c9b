"""Answers as a person reads them, on the screen and on paper (nội dung đã khai)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from .vocabulary import NOTHING, Answers, Definition, Field, asked, inner

Papers = Mapping[str, str]


def answered(definition: Definition | None, answers: Answers, *, papers: Papers | None = None) -> list[tuple[str, str]]:
    """Labels and answers as a person reads them; unanswered and hidden fields are left out."""
    told = ((field["label"], _told(field, answers, papers or {})) for field in asked(definition, answers))
    return [(label, text) for label, text in told if text]


def _told(field: Field, answers: Answers, papers: Papers) -> str:
    if field["type"] == "paper":
        return papers.get(field["component"], "")
    return said(field, answers.get(field["key"]))


def said(field: Field, value: Any) -> str:
    """One answer as a person reads it."""
    if value in NOTHING:
        return ""
    match field["type"]:
        case "date" | "partial_date":
            return "/".join(reversed(str(value).split("-")))
        case "money":
            return _money(value)
        case "number":
            return _number(value)
        case "computed":
            kind = field.get("result", "number")
            return _money(value) if kind == "money" else _number(value) if kind == "number" else str(value)
        case "choices":
            return "; ".join(value)
        case "person" | "organisation":
            return "\n".join(f"{label}: {text}" for label, text in answered(inner(field), value))
        case "group":
            return "\n".join(
                f"{place}. {_in_a_line(field['fields'], item)}" for place, item in enumerate(value, start=1)
            )
    return str(value)


def _in_a_line(definition: Definition, answers: Answers) -> str:
    return "; ".join(f"{label}: {text}" for label, text in answered(definition, answers))


def _money(value: Any) -> str:
    return f"{int(value):,} đ".replace(",", ".")


def _number(value: Any) -> str:
    whole, _, part = f"{Decimal(str(value)):,f}".partition(".")
    return ",".join(filter(None, [whole.replace(",", "."), part]))


# On paper


class Written(NamedTuple):
    """One numbered answer of a printed form: words, or the facts of somebody, or a table of what is repeated."""

    label: str
    text: str = ""
    facts: list[tuple[str, str]] = []
    head: list[str] = []
    rows: list[list[str]] = []


MOST_COLUMNS = 5


def written(definition: Definition | None, answers: Answers, *, papers: Papers | None = None) -> list[Written]:
    """Every question that was asked, as it stands on the declaration; one left open keeps its line."""
    return [_written(field, answers, papers or {}) for field in asked(definition, answers)]


def _written(field: Field, answers: Answers, papers: Papers) -> Written:
    label, value = field["label"].rstrip(":. "), answers.get(field["key"])
    if field["type"] in ("person", "organisation") and value:
        return Written(label, facts=answered(inner(field), value))
    if field["type"] != "group" or not value:
        return Written(label, text=_told(field, answers, papers))
    inside = field["fields"]
    if len(inside) > MOST_COLUMNS:
        item = field.get("item", "mục")
        facts = [
            (f"{item[:1].upper()}{item[1:]} thứ {place}", _in_a_line(inside, one))
            for place, one in enumerate(value, start=1)
        ]
        return Written(label, facts=facts)
    rows = []
    for one in value:
        open_to = {id(field) for field in asked(inside, one)}
        rows.append([said(field, one.get(field["key"])) if id(field) in open_to else "" for field in inside])
    return Written(label, head=[field["label"].rstrip(":?. ") for field in inside], rows=rows)
