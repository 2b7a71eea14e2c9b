"""The parts of a procedure as an officer reads them, a line for each thing told (các phần của thủ tục, thành lời)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from motcua.organisations.models import Level
from motcua.worktime.terms import TermUnit

from .drafts import DATES, PARTS
from .models import Channel, FeeKind, ReliefKind, Routing
from .publishing import ROW_FIELDS, Told

Row = Mapping[str, Any]


def lines_of(told: Told, part: str) -> list[str]:
    """What one part tells, line by line; nothing told is no line."""
    value = getattr(told, part)
    if part in ROW_FIELDS:
        return [ROWS[part](row) for row in value]
    if part == "form":
        return [_question(field) for field in value]
    if part == "agency":
        return [value.name] if value else []
    if part == "online":
        return ["Nộp được trực tuyến" if value else "Không nộp trực tuyến"]
    if part in DATES:
        return [f"{value:%d/%m/%Y}"] if isinstance(value, date) else []
    if part == "routing":
        return [Routing(value).label]
    if part in ("level", "levels"):
        levels = value if isinstance(value, list) else [value]
        return [str(Level(level).label) for level in levels]
    if isinstance(value, list):
        return [str(one) for one in value]
    return str(value).splitlines()


def all_lines(told: Told) -> dict[str, list[str]]:
    return {part: lines_of(told, part) for part in PARTS}


def _joined(*words: Any) -> str:
    return " · ".join(str(word) for word in words if word)


def _channel(row: Row) -> str:
    return str(Channel(row["channel"]).label) if row.get("channel") else ""


def _case(row: Row) -> str:
    return f"trường hợp: {row['case']}" if row.get("case") else ""


def _basis(row: Row) -> str:
    return f"căn cứ: {row['legal_basis']}" if row.get("legal_basis") else ""


def _term(row: Row) -> str:
    if row.get("same_day"):
        length = "trong ngày"
    elif row.get("amount"):
        length = f"{row['amount']} {TermUnit(row['unit']).label}"
    else:
        length = "không ghi thành số"
    level = str(Level(row["level"]).label) if row.get("level") else ""
    return _joined(f"{_channel(row)}: {length}", level, " ".join(row.get("text", "").split()))


def _component(row: Row) -> str:
    counts = [f"{row[key]} {word}" for key, word in (("originals", "bản chính"), ("copies", "bản sao")) if row.get(key)]
    return _joined(
        row["name"],
        ", ".join(counts),
        "" if row.get("required", True) else "không bắt buộc",
        "được mang đến sau" if row.get("may_bring_later") else "",
        f"mẫu {row['template_name']}" if row.get("template_name") else "",
        _case(row),
        row.get("note"),
    )


def _fee(row: Row) -> str:
    amount = row.get("amount")
    money = "theo quy định" if amount is None else "miễn phí" if amount == 0 else f"{amount:,} đ".replace(",", ".")
    kind = str(FeeKind(row["kind"]).label) if row.get("kind") else "Phí, lệ phí"
    return _joined(f"{row.get('name') or kind}: {money}", _channel(row), _case(row), _basis(row))


def _relief(row: Row) -> str:
    kind = str(ReliefKind(row["kind"]).label)
    much = f" {row['percent']} %" if row.get("percent") else ""
    return _joined(f"{kind}{much}: {row['who']}", row.get("fee"), _channel(row), _basis(row))


def _question(field: Row) -> str:
    asked = "bắt buộc" if field.get("required") else "không bắt buộc"
    return _joined(f"{field.get('label', field.get('key'))} ({field.get('type')}, {asked})", field.get("help"))


ROWS: dict[str, Callable[[Row], str]] = {
    "terms": _term,
    "components": _component,
    "fees": _fee,
    "reliefs": _relief,
    "results": lambda row: _joined(row["name"], row.get("code")),
    "legal_bases": lambda row: _joined(row.get("number"), row.get("title")),
}
