"""A procedure as the national database tells it: the answer of LayThuTuc (one-stop.md §4.4)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from motcua.organisations.models import Agency, Level
from motcua.vietnamese import compose
from motcua.worktime.terms import TermUnit

from ..importing import CODE, BadRecord
from ..models import Channel, FeeKind, ProcedureVersion
from ..publishing import Told, numbered

PORTAL_CHANNEL = {Channel.DIRECT: 1, Channel.ONLINE: 2, Channel.POST: 3}
PORTAL_UNIT = {
    TermUnit.WORKING_DAYS: "Ngày làm việc",
    TermUnit.CALENDAR_DAYS: "Ngày",
    TermUnit.WORKING_HOURS: "Giờ làm việc",
    TermUnit.WORKING_MINUTES: "Phút làm việc",
    TermUnit.MONTHS: "Tháng",
}
SAME_DAY = "Trong ngày"


def message(one: Told) -> dict[str, Any]:
    """One procedure as LayThuTuc tells it; only what that message has a place for."""
    return {
        "MATTHC": one.code,
        "TENTTHC": one.name,
        "MACOQUANCONGBO": one.agency.identifier if one.agency else "",
        "TRANGTHAI": 1,
        "YEUCAU": one.requirements,
        "MOTADOITUONGTHUCHIEN": "",
        "LINHVUCTHUCHIEN": [{"MALINHVUC": "", "TENLINHVUC": one.field}],
        "COQUANTHUCHIEN": [
            {
                "MADONVI": one.agency.identifier if one.agency else "",
                "TENDONVI": one.agency.name if one.agency else one.agency_text,
            }
        ],
        "DOITUONGTHUCHIEN": [{"TENDOITUONG": name} for name in one.subjects],
        "TRINHTUTHUCHIEN": [{"TRUONGHOP": "", "TRINHTU": [{"TENTRINHTU": line} for line in one.sequence.splitlines()]}],
        "CACHTHUCTHUCHIEN": [_way(one, channel) for channel in PORTAL_CHANNEL if _used(one, channel)],
        "THANHPHANHOSO": [
            {"TRUONGHOP": case, "GIAYTO": [_paper(row) for row in rows]}
            for case, rows in groupby(one.components, key=lambda row: row.get("case", ""))
        ],
        "KETQUATHUCHIEN": [{"MAKETQUA": row.get("code", ""), "TENKETQUA": row["name"]} for row in one.results],
        "CANCUPHAPLY": [
            {"SOVANBAN": row.get("number", ""), "TENVANBAN": row.get("title", "")} for row in one.legal_bases
        ],
    }


def _used(one: Told, channel: str) -> bool:
    return any(row["channel"] == channel for row in one.terms)


def _way(one: Told, channel: str) -> dict[str, Any]:
    """A channel with its terms; the fees of the channel stand under each."""
    fees = [
        {
            "MAPHILEPHI": row.get("kind", ""),
            "SOTIEN": row.get("amount"),
            "DONVI": "đồng",
            "MOTA": ". ".join(filter(None, (row.get("name", ""), row.get("case", "")))),
        }
        for row in one.fees
        if row.get("channel", "") in ("", channel)
    ]
    times = [
        {
            "THOIGIANGIAIQUYET": row.get("amount"),
            "DONVITINH": SAME_DAY if row.get("same_day") else PORTAL_UNIT.get(row.get("unit", ""), ""),  # type: ignore[call-overload]
            "MOTA": row.get("text", ""),
            "PHILEPHI": fees,
        }
        for row in one.terms
        if row["channel"] == channel
    ]
    return {"KENH": PORTAL_CHANNEL[Channel(channel)], "THOIGIAN": times}


def _paper(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "MAGIAYTO": row["key"],
        "TENGIAYTO": row["name"],
        "TENMAUDON": row.get("template_name", ""),
        "URL": "",
        "SOBANCHINH": row.get("originals", 0),
        "SOBANSAO": row.get("copies", 0),
    }


def messages(many: Iterable[Told]) -> Iterator[bytes]:
    """A file of messages: a list, told piece by piece."""
    yield b"["
    for number, one in enumerate(many):
        yield (b",\n" if number else b"\n") + json.dumps(message(one), ensure_ascii=False).encode()
    yield b"\n]\n"


def of_message(message: Mapping[str, Any]) -> Told:
    """One procedure out of a LayThuTuc answer; what it has no place for stays as we have it."""
    code = _said(message, "MATTHC")
    code = ".".join(code.split(".")[:2])  # the long form goes on with the announcing agency (§4.3)
    if not CODE.fullmatch(code):
        raise BadRecord(f"Mã thủ tục không đúng dạng: {code}.")
    agencies = _items(message, "COQUANTHUCHIEN")
    settling = [found for row in agencies if (found := _known_agency(_said(row, "MADONVI")))]
    ways = _items(message, "CACHTHUCTHUCHIEN")
    known = ProcedureVersion.objects.filter(procedure__code=code).order_by("-valid_from").first()
    level = settling[0].level if settling else known.level if known else Level.COMMUNE
    fields = [_said(row, "TENLINHVUC") for row in _items(message, "LINHVUCTHUCHIEN")]
    told = Told(
        code=code,
        name=_said(message, "TENTTHC"),
        field=(fields or [""])[0][:200],
        level=str(level),
        levels=[str(level)],
        agency=settling[0] if settling else None,
        agency_text="; ".join(filter(None, (_said(row, "TENDONVI") for row in agencies))),
        subjects=[name for row in _items(message, "DOITUONGTHUCHIEN") if (name := _said(row, "TENDOITUONG"))],
        sequence="\n".join(
            line
            for case in _items(message, "TRINHTUTHUCHIEN")
            for line in (_said(case, "TRUONGHOP"), *(_said(row, "TENTRINHTU") for row in _items(case, "TRINHTU")))
            if line
        ),
        requirements=_said(message, "YEUCAU"),
        online=any(row.get("KENH") in (2, "2") for row in ways),
        terms=_terms(ways),
        components=numbered(_papers(message)),
        fees=numbered(_fees(ways)),
        results=numbered(
            [
                {"code": _said(row, "MAKETQUA")[:60], "name": _said(row, "TENKETQUA")}
                for row in _items(message, "KETQUATHUCHIEN")
                if _said(row, "TENKETQUA")
            ]
        ),
        legal_bases=numbered(
            [
                {"number": _said(row, "SOVANBAN")[:200], "title": _said(row, "TENVANBAN")}
                for row in _items(message, "CANCUPHAPLY")
            ]
        ),
        source="LayThuTuc, Cổng Dịch vụ công quốc gia",
    )
    if not told.name or not told.field:
        raise BadRecord("Thiếu tên (TENTTHC) hoặc lĩnh vực (TENLINHVUC).")
    return told


def _terms(ways: list[dict]) -> list[dict[str, Any]]:
    """One term a channel: the first that names a length; further ones are kept in words."""
    units = {name: unit for unit, name in PORTAL_UNIT.items()}
    terms: dict[str, dict[str, Any]] = {}
    for way in ways:
        channel = next((one for one, number in PORTAL_CHANNEL.items() if str(number) == str(way.get("KENH"))), None)
        if channel is None:
            raise BadRecord(f"Không có kênh (KENH) {way.get('KENH')}.")
        row = terms.setdefault(
            str(channel), {"channel": str(channel), "amount": None, "unit": "", "same_day": False, "text": ""}
        )
        for time in _items(way, "THOIGIAN"):
            amount, unit, words = time.get("THOIGIANGIAIQUYET"), _said(time, "DONVITINH"), _said(time, "MOTA")
            if isinstance(amount, str) and amount.isdigit():
                amount = int(amount)
            if row["amount"] is None and not row["same_day"]:
                if unit == SAME_DAY:
                    row["same_day"] = True
                elif isinstance(amount, int) and 0 < amount < 100_000 and unit in units:
                    row |= {"amount": amount, "unit": units[unit].value}
            if words and words not in row["text"].split("\n"):
                row["text"] = f"{row['text']}\n{words}".strip()
    return list(terms.values())


def _fees(ways: list[dict]) -> list[dict[str, Any]]:
    """Each sum once; one that stands under every channel belongs to all."""
    found: dict[tuple[str, int | None, str], set[str]] = {}
    channels: set[str] = set()
    for way in ways:
        channel = next(str(one) for one, number in PORTAL_CHANNEL.items() if str(number) == str(way.get("KENH")))
        channels.add(channel)
        for time in _items(way, "THOIGIAN"):
            for fee in _items(time, "PHILEPHI"):
                amount = fee.get("SOTIEN")
                amount = int(amount) if isinstance(amount, int | str) and str(amount).isdigit() else None
                kind = _said(fee, "MAPHILEPHI")
                key = (kind if kind in FeeKind.values else "", amount, _said(fee, "MOTA"))
                found.setdefault(key, set()).add(channel)
    return [
        {"kind": kind, "amount": amount, "case": words, "channel": channel}
        for (kind, amount, words), where in found.items()
        for channel in ([""] if where == channels else sorted(where))
    ]


def _papers(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for case in _items(message, "THANHPHANHOSO"):
        for paper in _items(case, "GIAYTO"):
            if not (name := _said(paper, "TENGIAYTO")):
                raise BadRecord("Một giấy tờ (GIAYTO) thiếu tên (TENGIAYTO).")
            rows.append(
                {
                    "key": f"giay_{len(rows) + 1}",
                    "case": _said(case, "TRUONGHOP"),
                    "name": name,
                    "originals": _number(paper.get("SOBANCHINH")),
                    "copies": _number(paper.get("SOBANSAO")),
                    "template_name": _said(paper, "TENMAUDON")[:300],
                }
            )
    return rows


def _number(value: Any) -> int:
    return int(value) if isinstance(value, int | str) and str(value).isdigit() and int(value) <= 1000 else 0


def _said(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, str | int):
        raise BadRecord(f"Mục {key} phải là chữ.")
    return "\n".join(filter(None, (compose(line) for line in str(value).splitlines())))


def _items(row: Mapping[str, Any], key: str) -> list[dict]:
    value = row.get(key) or []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise BadRecord(f"Mục {key} phải là danh sách.")
    return value


def _known_agency(identifier: str) -> Agency | None:
    return Agency.objects.filter(identifier=identifier).order_by("-valid_from").first() if identifier else None
