"""Opening the files in which provinces keep their tables: xlsx, csv, docx, and lines of JSON (nhập bảng quy trình)."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO, StringIO
from typing import Any, BinaryIO

import docx
from docx.table import Table
from docx.text.paragraph import Paragraph
from python_calamine import CalamineError, CalamineWorkbook

from motcua.files.limits import MAX_BYTES, in_words
from motcua.files.naming import extension
from motcua.files.sniffing import DOCX, XLSX, media_type
from motcua.refusal import Refusal

from . import bpmn
from .tables import Block, Cell, Found, find

KINDS = "XLSX, DOCX, CSV, JSONL hoặc BPMN"
ACCEPT = ".xlsx,.docx,.csv,.jsonl,.bpmn"
UNPACKED = 200 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 20_000, 60
OLE = b"\xd0\xcf\x11\xe0"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class Unreadable(Refusal):
    message = "Tệp bị hỏng hoặc không đúng định dạng nên không đọc được. Chưa lưu gì; xin mở tệp, lưu lại rồi thử lại."


class TooBig(Refusal):
    message = f"Tệp lớn quá {in_words(MAX_BYTES)} nên chưa đọc. Xin chia tệp rồi nhập lại."


class Locked(Refusal):
    message = "Tệp được đặt mật khẩu nên không đọc được. Xin bỏ mật khẩu rồi nhập lại; chưa lưu gì."


class WrongKind(Refusal):
    message = f"Chỉ đọc được tệp {KINDS}. Xin lưu bảng quy trình thành một trong các loại đó rồi nhập lại."


class Nothing(Refusal):
    message = (
        "Không thấy bảng quy trình nào trong tệp. Bảng cần có dòng tiêu đề, ví dụ: "
        "TT | Nội dung công việc | Đơn vị, người thực hiện | Thời gian | Biểu mẫu, kết quả."
    )


def read(name: str, content: BinaryIO) -> list[Found]:
    """Every process a file tells."""
    content.seek(0)
    told = content.read(MAX_BYTES + 1)
    if len(told) > MAX_BYTES:
        raise TooBig
    if not told.strip():
        raise Nothing("Tệp trống nên không có quy trình nào để nhập.")
    found = _opened(name, told)
    if not found:
        raise Nothing
    return found


def _opened(name: str, told: bytes) -> list[Found]:
    if told.startswith(OLE):
        raise Locked if ENCRYPTED in told else WrongKind(f"Đây là tệp Word hoặc Excel đời cũ. {WrongKind.message}")
    kind = media_type(BytesIO(told))
    ending = extension(name)
    if kind in (XLSX, DOCX):
        _expect_modest(told)
        return find(_tried(_sheets if kind == XLSX else _document, told))
    if kind is None and ending == "csv":
        return find(_csv(told))
    if kind is None and ending in ("jsonl", "json"):
        return find(_records(told))
    if ending in ("bpmn", "xml"):
        return bpmn.read(told)
    raise WrongKind


def _expect_modest(told: bytes) -> None:
    """Not a small archive that unpacks into gigabytes."""
    with zipfile.ZipFile(BytesIO(told)) as package:
        if sum(part.file_size for part in package.infolist()) > UNPACKED:
            raise TooBig(f"Nội dung trong tệp lớn quá {in_words(UNPACKED)} nên chưa đọc. Xin chia tệp rồi nhập lại.")


def _tried(reader: Callable[[bytes], Iterator[Block]], told: bytes) -> list[Block]:
    try:
        return list(reader(told))
    except (Refusal, MemoryError):
        raise
    except Exception:  # a broken document breaks in many ways, and in each of them cannot be read
        raise Unreadable


# Excel ---------------------------------------------------------------------------------------------------------------


def _sheets(told: bytes) -> Iterator[Block]:
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(told))
    except CalamineError:
        raise Unreadable
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height > MOST_ROWS:
            raise TooBig(f"Trang tính “{name}” có hơn {MOST_ROWS} dòng nên chưa đọc. Xin chia tệp rồi nhập lại.")
        values = sheet.to_python(skip_empty_area=False)
        grid = [[Cell(_value(value)) for value in row[:MOST_COLUMNS]] for row in values]
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
            for row in range(top, min(bottom, len(grid) - 1) + 1):
                for column in range(left, min(right, len(grid[row]) - 1) + 1):
                    grid[row][column] = Cell(grid[top][left].text, above=row > top, left=column > left)
        yield Block(name, grid)


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".").replace(".", ",")
    return str(value)


# Word ----------------------------------------------------------------------------------------------------------------


def _document(told: bytes) -> Iterator[Block]:
    """The tables in their order, each with the lines between it and the one before."""
    lines: list[str] = []
    number = 0
    for part in docx.Document(BytesIO(told)).iter_inner_content():
        if isinstance(part, Paragraph):
            lines.append(part.text)
        elif isinstance(part, Table):
            number += 1
            yield Block(f"Bảng {number}", _grid(part), lines)
            lines = []


def _grid(table: Table) -> list[list[Cell]]:
    """A merged cell stands in each of its places, as the same element."""
    grid: list[list[Cell]] = []
    above: list[Any] = []
    for row in table.rows:
        elements = [cell._tc for cell in row.cells[:MOST_COLUMNS]]  # noqa: SLF001  nothing public tells a merged cell
        texts = [cell.text for cell in row.cells[:MOST_COLUMNS]]
        grid.append(
            [
                Cell(
                    text,
                    above=place < len(above) and above[place] is element,
                    left=place > 0 and elements[place - 1] is element,
                )
                for place, (element, text) in enumerate(zip(elements, texts, strict=True))
            ]
        )
        above = elements
        if len(grid) > MOST_ROWS:
            raise TooBig
    return grid


# Text ----------------------------------------------------------------------------------------------------------------


def _decoded(told: bytes) -> str:
    for encoding in ("utf-16",) if told[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return told.decode(encoding)
        except UnicodeDecodeError:
            break
    raise Unreadable("Tệp không ở bảng mã Unicode (UTF-8) nên chữ Việt không đọc được. Xin lưu lại dạng “CSV UTF-8”.")


def _csv(told: bytes) -> Iterator[Block]:
    text = _decoded(told)
    mark = max(",;\t", key=text[:4000].count)
    try:
        rows = list(csv.reader(StringIO(text), delimiter=mark))
    except csv.Error:
        raise Unreadable
    if len(rows) > MOST_ROWS:
        raise TooBig(f"Tệp có hơn {MOST_ROWS} dòng nên chưa đọc. Xin chia tệp rồi nhập lại.")
    yield Block("", [[Cell(text) for text in row[:MOST_COLUMNS]] for row in rows])


def _records(told: bytes) -> Iterator[Block]:
    """One process a line, each of its variants a table: title, codes, steps with `duration`, `one_cell_for_all_steps`."""
    for number, line in enumerate(_decoded(told).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            yield from _variants(record)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Unreadable(f"Dòng {number} của tệp không phải một bản ghi quy trình; chưa lưu gì.")


def _variants(record: dict[str, Any]) -> Iterator[Block]:
    codes: Sequence[str] = record.get("procedure_codes_by_name") or []
    # Of several procedures of that name nobody but the editor knows which is meant.
    code = codes[0] if len(codes) == 1 else ""
    for variant in record["variants"]:
        grid = [[Cell("TT"), Cell("Nội dung công việc"), Cell("Trách nhiệm"), Cell(variant["label"])]]
        for nth, step in enumerate(variant["steps"]):
            time = (step["duration"] or {}).get("text") or ""
            once = bool(variant.get("one_cell_for_all_steps")) and nth > 0
            grid.append([Cell(str(step["no"])), Cell(step["work"]), Cell(step["responsible"]), Cell(time, above=once)])
        if variant.get("total"):
            grid.append([Cell("Tổng thời gian"), Cell(""), Cell(""), Cell(_balanced(variant["total"]["text"]))])
        lines = [f"Quy trình: {record['title']} {code}".strip()]
        yield Block(str(record.get("id") or ""), grid, lines, heading_tells_unit=False)


def _balanced(text: str) -> str:
    """Without the bracket that was opened before the text was cut out."""
    return text.removesuffix(")") if text.count(")") > text.count("(") else text
