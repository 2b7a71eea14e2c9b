"""Reading procedures from the national database's records and from tables of facts (nhập dữ liệu TTHC)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from django.db import Error

from motcua.organisations.models import Agency, Level
from motcua.refusal import Refusal
from motcua.vietnamese import compose
from motcua.worktime.terms import HOURS_A_DAY, TermUnit

from .models import Channel, FeeKind, Procedure
from .publishing import Told, by_channel, numbered, publish

BATCH = 200
COLUMNS = {"code", "name", "field", "agency", "level", "term_value", "term_unit", "fee", "has_online_channel"}
CODE = re.compile(r"\d{1,2}\.\d{6}(\.[0-9A-Z.]+)?")
LEVELS = {"tinh": Level.PROVINCE, "xa": Level.COMMUNE, "huyen": Level.DISTRICT, "bo": Level.MINISTRY}
CHANNELS = {"direct": Channel.DIRECT, "online": Channel.ONLINE, "postal": Channel.POST}
UNITS = {
    "working_day": TermUnit.WORKING_DAYS,
    "day": TermUnit.CALENDAR_DAYS,
    "hour": TermUnit.WORKING_HOURS,
    "minute": TermUnit.WORKING_MINUTES,
    "month": TermUnit.MONTHS,
}
KINDS = {"phi": FeeKind.FEE, "le_phi": FeeKind.CHARGE, None: ""}
NATIONAL = "Cơ sở dữ liệu quốc gia về TTHC"


class BadRecord(ValueError):
    """A record that cannot be read; its words say why."""


@dataclass
class Report:
    """What an import did; `bad` holds the line and the reason of everything left out."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)

    @property
    def read(self) -> int:
        return self.created + self.changed + self.unchanged + len(self.bad)

    def count(self, said: Iterable[str]) -> None:
        for word in said:
            setattr(self, word, getattr(self, word) + 1)


def import_lines(
    lines: Iterable[str | bytes], *, day: date, progress: Callable[[Report], None] = lambda report: None
) -> Report:
    """Import national records, one JSON object a line; a bad one is reported and loses nothing else."""
    return import_told(((number, partial(read, line)) for number, line in _told_lines(lines)), day, progress)


def _told_lines(lines: Iterable[str | bytes]) -> Iterable[tuple[int, str | bytes]]:
    return ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


def import_facts(
    rows: Iterable[Mapping[str, str]], *, agencies: Mapping[str, Agency], day: date, source: str = ""
) -> Report:
    """Import a table of facts (demo/facts/README.md); a procedure already known is left as it is."""
    known = set(Procedure.objects.filter(versions__isnull=False).values_list("code", flat=True))
    report = Report()
    fresh = []
    for number, row in enumerate(rows, start=2):
        if row.get("code") in known:
            report.unchanged += 1
        else:
            fresh.append((number, partial(facts, row, agencies, source)))
    new = import_told(fresh, day)
    report.created, report.bad = new.created, new.bad
    return report


def import_told(
    records: Iterable[tuple[int, Callable[[], Told]]],
    day: date,
    progress: Callable[[Report], None] = lambda report: None,
    **more: Any,
) -> Report:
    """Publish records in batches, with `more` of what `publish` takes; a batch that is refused is done again one by one."""
    report = Report()
    lines: dict[str, int] = {}
    batch: list[tuple[int, Told]] = []
    for number, told in records:
        try:
            one = told()
            if one.code in lines:
                raise BadRecord(f"Mã {one.code} đã có ở dòng {lines[one.code]}.")
        except BadRecord as reason:
            report.bad.append((number, str(reason)))
            continue
        lines[one.code] = number
        batch.append((number, one))
        if len(batch) == BATCH:
            _publish(batch, day, report, more)
            batch = []
            progress(report)
    _publish(batch, day, report, more)
    report.bad.sort()
    return report


def _publish(batch: list[tuple[int, Told]], day: date, report: Report, more: Mapping[str, Any]) -> None:
    try:
        report.count(publish([told for _, told in batch], day=day, **more))
    except (Refusal, Error) as refusal:
        if len(batch) > 1:
            for one in batch:
                _publish([one], day, report, more)
        else:
            reason = str(refusal) if isinstance(refusal, Refusal) else f"Cơ sở dữ liệu không nhận: {refusal}"
            report.bad.append((batch[0][0], " ".join(reason.split())))


def read(line: str | bytes) -> Told:
    """One national record."""
    try:
        text = line.decode() if isinstance(line, bytes) else line
        record = json.loads(text)
    except UnicodeDecodeError:
        raise BadRecord("Dòng không phải văn bản UTF-8.") from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadRecord(f"Không đọc được JSON: {error}.") from None
    if not isinstance(record, dict):
        raise BadRecord("Dòng không phải một đối tượng JSON.")
    return _national(record)


def _national(record: dict[str, Any]) -> Told:
    levels = [LEVELS[level] for level in _texts(record, "levels") if level in LEVELS]
    settling = [level for level in (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE, Level.MINISTRY) if level in levels]
    if not settling:
        raise BadRecord("Thiếu cấp thực hiện (levels).")
    channels = _objects(record, "channels")
    return Told(
        code=_code(record),
        name=_required(record, "name"),
        field=_required(record, "field", longest=200),
        level=str(settling[0]),
        levels=[str(level) for level in settling],
        agency_text=_text(record, "implementing_agency"),
        decision=_text(record, "decision", longest=100),
        subjects=whole(_texts(record, "subjects")),
        sequence=_paragraphs(record, "steps"),
        requirements=_paragraphs(record, "requirements"),
        online=_flag(record, "has_online_channel"),
        keywords=_text(record, "keywords"),
        terms=_terms(channels),
        components=_components(record),
        fees=_fees(channels),
        results=numbered(
            [
                {"code": _text(result, "code", longest=60), "name": _required(result, "name")}
                for result in _objects(record, "results")
            ]
        ),
        legal_bases=_legal_bases(record),
        source=NATIONAL,
    )


def _terms(channels: list[dict]) -> list[dict]:
    """One term a channel: the first that names a length; the words of all cases are kept beside it."""
    told = []
    for channel in channels:
        time = channel.get("time") or {}
        if not isinstance(time, dict):
            raise BadRecord("Thời hạn (time) không đúng kiểu.")
        amount, unit = length(time.get("value"), time.get("unit"))
        words = [_text(time, "text"), _text(channel, "note")]
        told.append({"channel": _channel(channel), "amount": amount, "unit": unit, "words": words})
    terms = []
    for name, rows in by_channel(told).items():
        named = next((row for row in rows if row["amount"] is not None), rows[0])
        said = dict.fromkeys(word for row in rows for word in row["words"] if word)
        terms.append(
            {
                "channel": str(name),
                "amount": named["amount"],
                "unit": named["unit"],
                "text": "\n".join(said),
            }
        )
    return terms


def length(value: Any, unit: Any) -> tuple[int | None, str]:
    """A term as a whole number and its unit; half a working day is four hours, half an hour thirty minutes."""
    if value is None or unit is None:
        return None, ""
    if isinstance(value, bool) or not isinstance(value, int | float) or _known(unit, UNITS) is None:
        raise BadRecord("Thời hạn (time) không đúng kiểu.")
    if unit == "working_day" and value % 1:
        value, unit = value * HOURS_A_DAY, "hour"
    if unit == "hour" and value % 1:
        value, unit = value * 60, "minute"
    if value <= 0 or value % 1 or value > 100_000:
        return None, ""
    return int(value), str(UNITS[unit].value)


def _components(record: dict) -> list[dict]:
    rows: list[dict] = []
    for case in _objects(record, "dossier"):
        for item in _objects(case, "items"):
            rows.append(
                {
                    "position": len(rows) + 1,
                    "key": f"giay_{len(rows) + 1}",
                    "case": _text(case, "case"),
                    "name": _required(item, "name"),
                    "originals": _count(item, "originals"),
                    "copies": _count(item, "copies"),
                    "template_name": "; ".join(_texts(item, "forms"))[:300],
                }
            )
    return rows


def _fees(channels: list[dict]) -> list[dict]:
    """Fees as told for each channel; the same for all channels is told once."""
    told: dict[tuple, list[str]] = {}
    for channel in channels:
        for fee in _objects(channel, "fees"):
            amount = fee.get("amount")
            if amount is not None and (isinstance(amount, bool) or not isinstance(amount, int) or amount < 0):
                raise BadRecord("Mức phí (amount) không đúng kiểu.")
            kind = _known(fee.get("kind"), KINDS)
            if kind is None:
                raise BadRecord("Loại phí (kind) không biết.")
            words = _text(fee, "note")
            if (currency := _text(fee, "currency", longest=10)) not in ("VND", "") and amount is not None:
                # Foreign money is told in words; sums are kept in đồng alone.
                words = " · ".join(part for part in (f"{amount} {currency}", words) if part)
                amount = None
            key = (str(kind), amount, words)
            names = told.setdefault(key, [])
            if (name := str(_channel(channel))) not in names:
                names.append(name)
    everywhere = {str(_channel(channel)) for channel in channels}
    rows = []
    for (kind, amount, words), names in told.items():
        for name in [""] if set(names) == everywhere else names:
            rows.append({"kind": kind, "amount": amount, "case": words, "channel": name})
    return numbered(rows)


def _legal_bases(record: dict) -> list[dict]:
    rows = [
        {"number": _text(basis, "number", longest=200), "title": _text(basis, "title")}
        for basis in _objects(record, "legal_basis")
    ]
    if not rows and (words := _text(record, "legal_basis_text")):
        rows = [{"number": "", "title": words}]
    return numbered(rows)


def facts(row: Mapping[str, str], agencies: Mapping[str, Agency], source: str = "") -> Told:
    """One row of a table of facts: code, name, field, agency, level, term, fee, online channel."""
    if missing := COLUMNS - row.keys():
        raise BadRecord(f"Thiếu cột {', '.join(sorted(missing))}.")
    if row["agency"] and row["agency"] not in agencies:
        raise BadRecord(f"Không có cơ quan {row['agency']}.")
    if row["level"] not in Level.values:
        raise BadRecord(f"Không có cấp {row['level']}.")
    online = row["has_online_channel"] == "1"
    amount, fee = _whole_number(row, "term_value"), _whole_number(row, "fee")
    if amount and row["term_unit"] not in list(TermUnit):
        raise BadRecord(f"Không có đơn vị thời hạn {row['term_unit']}.")
    channels = [Channel.DIRECT, *([Channel.ONLINE] if online else [])]
    return Told(
        code=_code(dict(row)),
        name=_required(dict(row), "name"),
        field=_required(dict(row), "field", longest=200),
        level=row["level"],
        agency=agencies.get(row["agency"]),
        online=online,
        terms=[
            {"channel": str(channel), "amount": amount or None, "unit": row["term_unit"] if amount else ""}
            for channel in channels
        ],
        fees=numbered([{"amount": fee}]) if fee is not None else [],
        source=source,
    )


def _whole_number(row: Mapping[str, str], key: str) -> int | None:
    """A number of a table; an empty cell is unknown."""
    text = row[key] or ""
    if text and not re.fullmatch(r"[0-9]{1,15}", text):
        raise BadRecord(f"Cột {key} phải là số: {text}.")
    return int(text) if text else None


def whole(parts: list[str]) -> list[str]:
    """Join what was cut at commas inside brackets, and a group of officials cut in three."""
    joined: list[str] = []
    for part in parts:
        if joined and joined[-1].count("(") > joined[-1].count(")"):
            joined[-1] = f"{joined[-1]}, {part}"
        else:
            joined.append(part)
    officials = ["Cán bộ", "công chức", "viên chức"]
    for start in range(len(joined) - 2):
        if joined[start : start + 3] == officials:
            joined[start : start + 3] = [", ".join(officials)]
    return joined


def _code(record: dict) -> str:
    code = _required(record, "code", longest=30)
    if not CODE.fullmatch(code):
        raise BadRecord(f"Mã thủ tục không đúng dạng: {code}.")
    return code


def _channel(channel: dict) -> Channel:
    method = _known(channel.get("method"), CHANNELS)
    if method is None:
        raise BadRecord("Cách nộp (method) không biết.")
    return method


def _known(word: Any, table: Mapping[Any, Any]) -> Any:
    """What a word of the record means; None for one that is not in the table, whatever it is."""
    return table.get(word) if word is None or isinstance(word, str) else None


def _text(record: dict, key: str, *, longest: int = 100_000) -> str:
    value = record.get(key)
    if value is None:
        return ""
    text = compose(_storable(value, key))
    if len(text) > longest:
        raise BadRecord(f"Mục {key} dài quá {longest} ký tự.")
    return text


def _storable(value: Any, key: str) -> str:
    """A text the database can hold: neither NUL nor half a character."""
    if not isinstance(value, str):
        raise BadRecord(f"Mục {key} phải là chữ.")
    if "\x00" in value:
        raise BadRecord(f"Mục {key} có ký tự rỗng (NUL).")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadRecord(f"Mục {key} có ký tự hỏng.") from None
    return value


def _paragraphs(record: dict, key: str) -> str:
    """A long text with its line breaks."""
    _text(record, key)  # refuses what cannot be stored
    lines = unicodedata.normalize("NFC", record.get(key) or "").splitlines()
    return "\n".join(line for line in map(compose, lines) if line)


def _required(record: dict, key: str, *, longest: int = 100_000) -> str:
    text = _text(record, key, longest=longest)
    if not text:
        raise BadRecord(f"Thiếu mục {key}.")
    return text


def _texts(record: dict, key: str) -> list[str]:
    values = record.get(key)
    if not isinstance(values, list):
        raise BadRecord(f"Mục {key} phải là danh sách chữ.")
    return [compose(_storable(value, key)) for value in values]


def _objects(record: dict, key: str) -> list[dict]:
    values = record.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise BadRecord(f"Mục {key} phải là danh sách.")
    return values


def _flag(record: dict, key: str) -> bool:
    value = record.get(key)
    if not isinstance(value, bool):
        raise BadRecord(f"Mục {key} phải là đúng hoặc sai.")
    return value


def _count(record: dict, key: str) -> int:
    value = record.get(key) or 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1000:
        raise BadRecord(f"Mục {key} phải là số bản.")
    return int(value)
