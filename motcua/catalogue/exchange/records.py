"""A procedure as one JSON object, nothing lost: the line of our own files (bản ghi JSON)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from motcua.organisations.models import Agency, Level
from motcua.refusal import Refusal
from motcua.worktime.terms import TermUnit

from .. import forms
from ..drafts import DATES, PARTS, written
from ..importing import CODE, BadRecord
from ..models import Channel, FeeKind, ReliefKind, Routing
from ..publishing import ROW_FIELDS, Told, numbered

FORMAT = "motcua-1"  # the mark of our own lines
TEXTS = ("subjects", "life_events", "levels")


def as_record(one: Told) -> dict[str, Any]:
    """All that is told, as JSON; agencies by their identifier (QĐ 20/2020/QĐ-TTg)."""
    return {
        "format": FORMAT,
        "code": one.code,
        "agency": one.agency.identifier if one.agency else None,
        **written(one),
    }


def lines(many: Iterable[Told]) -> Iterator[bytes]:
    for one in many:
        yield json.dumps(as_record(one), ensure_ascii=False).encode() + b"\n"


def of_record(record: Mapping[str, Any]) -> Told:
    """An announcement read back from its record; whatever is not of its kind is named."""
    told: dict[str, Any] = {"code": record.get("code"), "agency": _agency(record.get("agency"))}
    if not isinstance(told["code"], str) or not CODE.fullmatch(told["code"]):
        raise BadRecord(f"Mã thủ tục không đúng dạng: {told['code']}.")
    empty = written(Told(code="", name="", field="", level=""))
    if unknown := set(record) - set(empty) - {"format", "code", "agency"}:
        raise BadRecord(f"Không hiểu mục {', '.join(sorted(unknown))}.")
    for name, nothing in empty.items():
        told[name] = _part(name, record.get(name, nothing), nothing)
    if not told["name"] or not told["field"]:
        raise BadRecord("Thiếu tên hoặc lĩnh vực.")
    if told["level"] not in Level.values or told["routing"] not in Routing.values:
        raise BadRecord("Cấp giải quyết hoặc nơi giải quyết không đúng.")
    try:
        forms.check(told["form"])
    except Refusal as refusal:
        raise BadRecord(str(refusal)) from None
    return Told(**told)


def _part(name: str, value: Any, nothing: Any) -> Any:
    if name in DATES:
        return _day(name, value)
    if name in ROW_FIELDS:
        rows = _rows(name, value)
        return rows if name == "terms" else numbered(rows)
    wrong = type(value) is not type(nothing)
    if name in TEXTS and not wrong:
        wrong = not all(isinstance(one, str) for one in value)
    if wrong or "\\u0000" in json.dumps(value):
        raise BadRecord(f"Mục “{PARTS.get(name, name)}” không đúng kiểu.")
    return value


def _rows(part: str, value: Any) -> list[dict[str, Any]]:
    known = {*ROW_FIELDS[part], "position"}
    if not isinstance(value, list) or not all(isinstance(row, dict) and set(row) <= known for row in value):
        raise BadRecord(f"Mục “{PARTS[part]}” không đúng mẫu.")
    rows = [{key: row[key] for key in ROW_FIELDS[part] if key in row} for row in value]
    for row in rows:
        for key, cell in row.items():
            if not _fits(key, cell):
                raise BadRecord(f"Mục “{PARTS[part]}”: {key} không đúng: {cell}.")
    return rows


CHOICES: dict[str, Iterable[str]] = {
    "channel": ["", *Channel.values],
    "level": ["", *Level.values],
    "unit": ["", *(unit.value for unit in TermUnit)],
    "kind": ["", *FeeKind.values, *ReliefKind.values],
}
COUNTS = ("amount", "originals", "copies", "percent")
FLAGS = ("same_day", "required", "may_bring_later")


def _fits(key: str, cell: Any) -> bool:
    if key in CHOICES:
        return cell in CHOICES[key]
    if key in COUNTS:
        return cell is None or (isinstance(cell, int) and not isinstance(cell, bool) and 0 <= cell < 10**15)
    if key in FLAGS:
        return isinstance(cell, bool)
    return isinstance(cell, str) and "\x00" not in cell


def _agency(identifier: Any) -> Agency | None:
    if not identifier:
        return None
    agency = Agency.objects.filter(identifier=str(identifier)).order_by("-valid_from").first()
    if agency is None:
        raise BadRecord(f"Không có cơ quan mang mã định danh {identifier}.")
    return agency


def _day(name: str, value: Any) -> Any:
    try:
        return date.fromisoformat(value) if value else None
    except (TypeError, ValueError):
        raise BadRecord(f"Mục “{PARTS[name]}” không phải ngày: {value}.") from None
