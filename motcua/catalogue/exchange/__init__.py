"""The catalogue in three forms, out and in: JSON lines, the national message LayThuTuc, a workbook (nhập, xuất danh mục)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from motcua.refusal import Refusal

from ..importing import read
from ..publishing import ROW_FIELDS, Told, told_of
from .national import messages, of_message
from .records import FORMAT, as_record, lines, of_record
from .workbook import of_workbook, workbook

__all__ = ["TooMany", "UnknownFile", "as_record", "lines", "messages", "is_whole", "readers", "told", "workbook"]

MOST = 10_000  # records of one file
AT_ONCE = 200

Reader = Callable[[], Told]


class UnknownFile(Refusal):
    message = (
        "Không đọc được tệp này. Hãy dùng tệp JSON từng dòng (.jsonl), thông điệp LayThuTuc (.json)"
        " hoặc sổ Excel (.xlsx) đúng mẫu."
    )


class TooMany(Refusal):
    message = f"Tệp có quá {MOST:,} thủ tục; hãy chia thành nhiều tệp.".replace(",", ".")


def told(versions: Any) -> Iterator[Told]:
    """What many versions tell, a few hundred at a time, so that a whole catalogue needs no more memory than a page."""
    listed = versions.select_related("procedure", "field", "agency").prefetch_related(*ROW_FIELDS)
    for version in listed.order_by("procedure__code").iterator(chunk_size=AT_ONCE):
        yield told_of(version)


def readers(content: bytes) -> list[tuple[int, Reader]]:
    """The procedures of a file of any of the three forms, by line, place or row; reading one may raise BadRecord."""
    if content[:4] == b"PK\x03\x04":
        found = of_workbook(content)
    else:
        found = _of_text(content)
    if len(found) > MOST:
        raise TooMany
    if not found:
        raise UnknownFile("Tệp này không có thủ tục nào.")
    return found


def _of_text(content: bytes) -> list[tuple[int, Reader]]:
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError):
        lines = [(number, line) for number, line in enumerate(content.splitlines(), start=1) if line.strip()]
        if not lines or not lines[0][1].lstrip().startswith(b"{"):
            raise UnknownFile from None
        return [(number, partial(of_line, line)) for number, line in lines]
    if isinstance(whole, dict):
        whole = next((whole[key] for key in ("result", "data") if isinstance(whole.get(key), list)), [whole])
    if not isinstance(whole, list) or not all(isinstance(one, dict) for one in whole):
        raise UnknownFile
    return [(number, partial(_of_object, one)) for number, one in enumerate(whole, start=1)]


def of_line(line: bytes) -> Told:
    """A line of ours, of LayThuTuc, or a record of the national database."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return read(line)  # which says what is wrong with it
    return _of_object(record) if isinstance(record, dict) else read(line)


def _of_object(record: dict[str, Any]) -> Told:
    if record.get("format") == FORMAT:
        return of_record(record)
    return of_message(record) if "MATTHC" in record else read(json.dumps(record))


def is_whole(content: bytes) -> bool:
    """Whether what a file is silent about is meant: lines of ours tell everything, the other forms do not."""
    first = content.lstrip()[:2000].split(b"\n", 1)[0]
    return f'"format": "{FORMAT}"'.encode() in first
