"""The catalogue as a workbook: a sheet for the procedures, one for each kind of rows (sổ Excel)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, BinaryIO

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from motcua.organisations.models import Level
from motcua.refusal import Refusal
from motcua.vietnamese import compose
from motcua.worktime.terms import TermUnit

from ..importing import BadRecord
from ..models import Channel, FeeKind, ReliefKind, Routing
from ..publishing import ROW_FIELDS, Told
from .national import PORTAL_UNIT
from .records import COUNTS, FLAGS, FORMAT, as_record, of_record


class NotAWorkbook(Refusal):
    message = "Không mở được sổ Excel này: tệp hỏng, có mật khẩu, hoặc không phải .xlsx."


CODE_COLUMN = "Mã TTHC"
PLAIN_COLUMNS = {
    "name": "Tên thủ tục",
    "field": "Lĩnh vực",
    "level": "Cấp",
    "agency": "Mã định danh cơ quan",
    "agency_text": "Cơ quan thực hiện",
    "subjects": "Đối tượng",
    "online": "Nộp trực tuyến",
    "sequence": "Trình tự",
    "requirements": "Yêu cầu, điều kiện",
    "guidance": "Hướng dẫn dễ hiểu",
    "life_events": "Sự kiện trong đời",
    "keywords": "Từ khóa",
    "decision": "Quyết định công bố",
    "decided_on": "Ngày ký",
    "basis_effective_on": "Văn bản có hiệu lực từ",
    "routing": "Nơi giải quyết",
    "system_name": "Hệ thống của bộ",
    "system_url": "Địa chỉ hệ thống",
    "source": "Nguồn",
}
LISTS = ("subjects", "life_events")
SHEETS = {
    "terms": "Thời hạn",
    "components": "Giấy tờ",
    "fees": "Phí, lệ phí",
    "reliefs": "Miễn, giảm",
    "results": "Kết quả",
    "legal_bases": "Căn cứ pháp lý",
}
PROCEDURES = "Thủ tục"
ROW_COLUMNS = {
    "channel": "Kênh",
    "level": "Cấp",
    "amount": "Số",
    "unit": "Đơn vị",
    "same_day": "Trong ngày",
    "text": "Nguyên văn",
    "key": "Khóa",
    "case": "Trường hợp",
    "name": "Tên",
    "originals": "Bản chính",
    "copies": "Bản sao",
    "required": "Bắt buộc",
    "may_bring_later": "Được mang đến sau",
    "note": "Ghi chú",
    "template_name": "Mẫu đơn",
    "kind": "Loại",
    "who": "Đối tượng",
    "percent": "Giảm %",
    "fee": "Khoản thu",
    "legal_basis": "Căn cứ",
    "code": "Mã kết quả",
    "number": "Số, ký hiệu",
    "title": "Tên văn bản",
}
WORDS = {"channel": Channel, "level": Level, "routing": Routing}
YES, NO = "Có", "Không"


def workbook(many: Iterable[Told], file: BinaryIO) -> None:
    """All sheets in one pass; a form is too deep for a sheet and stays with the version."""
    book = xlsxwriter.Workbook(file, {"constant_memory": False, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    heads = {PROCEDURES: [CODE_COLUMN, *PLAIN_COLUMNS.values()]} | {
        title: [CODE_COLUMN, *(ROW_COLUMNS[key] for key in ROW_FIELDS[part])] for part, title in SHEETS.items()
    }
    sheets, next_row = {}, dict.fromkeys(heads, 1)
    for title, head in heads.items():
        sheet = sheets[title] = book.add_worksheet(title)
        sheet.write_row(0, 0, head, bold)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, len(head) - 1, 28, wrapped)

    def write(title: str, cells: list[Any]) -> None:
        sheets[title].write_row(next_row[title], 0, cells)
        next_row[title] += 1

    for one in many:
        record = as_record(one)
        write(PROCEDURES, [one.code, *(_cell(name, record[name]) for name in PLAIN_COLUMNS)])
        for part, title in SHEETS.items():
            for row in record[part]:
                write(title, [one.code, *(_cell(key, row.get(key)) for key in ROW_FIELDS[part])])
    book.close()


def _cell(name: str, value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list):
        return "\n".join(value)
    if name == "unit":
        return PORTAL_UNIT[TermUnit(value)]
    if name == "kind":
        return {**dict(FeeKind.choices), **dict(ReliefKind.choices)}[value]
    return WORDS[name](value).label if name in WORDS else value


def of_workbook(content: bytes) -> list[tuple[int, Callable[[], Told]]]:
    """The procedures of a workbook by their rows; what is not in it (forms, other levels) stays as we have it."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (CalamineError, OSError, ValueError):
        raise NotAWorkbook from None
    if PROCEDURES not in book.sheet_names:
        raise NotAWorkbook(f"Sổ Excel này không có trang “{PROCEDURES}”. Hãy tải mẫu ở trang xuất dữ liệu.")
    rows = {part: _by_code(book, title) for part, title in SHEETS.items()}
    readers: list[tuple[int, Callable[[], Told]]] = []
    for number, row in _table(book, PROCEDURES):
        if any(row.values()):
            readers.append((number, partial(_of_rows, row, rows)))
    return readers


def _table(book: CalamineWorkbook, title: str) -> Iterator[tuple[int, dict[str, Any]]]:
    if title not in book.sheet_names:
        return
    head: list[str] = []
    for number, cells in enumerate(book.get_sheet_by_name(title).to_python(skip_empty_area=False), start=1):
        if number == 1:
            head = [compose(str(cell)) for cell in cells]
        else:
            yield number, dict(zip(head, cells, strict=False))


def _by_code(book: CalamineWorkbook, title: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for _, row in _table(book, title):
        if any(row.values()):
            found.setdefault(compose(str(row.get(CODE_COLUMN, ""))), []).append(row)
    return found


def _of_rows(row: Mapping[str, Any], rows: Mapping[str, Mapping[str, list[dict[str, Any]]]]) -> Told:
    code = compose(str(row.get(CODE_COLUMN, "")))
    record: dict[str, Any] = {"format": FORMAT, "code": code}
    for name, title in PLAIN_COLUMNS.items():
        record[name] = _read(name, row.get(title), title)
    record["level"] = record["level"] or Level.COMMUNE.value
    record["levels"] = [record["level"]]
    record["routing"] = record["routing"] or Routing.LOCAL.value
    record["online"] = bool(record["online"])
    record |= {name: record[name] or [] for name in LISTS}
    for part in SHEETS:
        record[part] = [
            {key: _read(key, cells.get(ROW_COLUMNS[key]), ROW_COLUMNS[key]) for key in ROW_FIELDS[part]}
            for cells in rows[part].get(code, [])
        ]
    for number, paper in enumerate(record["components"], start=1):
        paper["key"] = paper["key"] or f"giay_{number}"
        paper["required"] = paper["required"] is not False
        paper["may_bring_later"] = bool(paper["may_bring_later"])
        paper |= {count: paper[count] or 0 for count in ("originals", "copies")}
    for term in record["terms"]:
        term["same_day"] = bool(term["same_day"])
    return of_record(record)


def _read(name: str, cell: Any, title: str) -> Any:
    """A cell as the record tells it; a word that is not of its list is named."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if hasattr(cell, "isoformat"):
        cell = cell.isoformat()[:10]
    text = "\n".join(filter(None, (compose(line) for line in str(cell).splitlines()))) if cell is not None else ""
    if name in LISTS:
        return text.splitlines()
    if name in COUNTS:
        if not text:
            return None
        if not text.isdigit():
            raise BadRecord(f"Cột “{title}” phải là số: {text}.")
        return int(text)
    if name in FLAGS or name == "online":
        if text not in ("", YES, NO):
            raise BadRecord(f"Cột “{title}” phải là {YES} hoặc {NO}: {text}.")
        return text == YES if text else None
    if name in WORDS or name in ("unit", "kind"):
        return _known_word(name, text, title)
    return text


def _known_word(name: str, text: str, title: str) -> str:
    known: dict[str, str] = {"": ""}
    if name == "unit":
        known |= {label: unit.value for unit, label in PORTAL_UNIT.items()}
    elif name == "kind":
        known |= {label: value for value, label in (*FeeKind.choices, *ReliefKind.choices)}
    else:
        known |= {str(label): value for value, label in WORDS[name].choices}
    if text not in known:
        raise BadRecord(f"Cột “{title}” không có lựa chọn “{text}”.")
    return known[text]
