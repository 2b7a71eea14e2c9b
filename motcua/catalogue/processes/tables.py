"""Finding the tables of steps in a document and reading them as provinces write them (bảng quy trình nội bộ)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from motcua.accounts.permissions import Role
from motcua.organisations.models import UnitKind
from motcua.refusal import Refusal
from motcua.vietnamese import compose, fold

from ..models import Channel
from . import words

MOST_STEPS, MOST_PROCESSES = 200, 500
LONGEST_TEXT = 4000

# What one row of a draft holds; nothing that the table does not say.
ROW: dict[str, Any] = {
    "work": "",
    "who": "",
    "unit_kind": "",
    "unit_name": "",
    "role": "",
    "agency": "",
    "time": "",
    "shares_time": False,
    "is_approval": False,
    "stage": None,
    "branch": "",
    "form": "",
    "code": "",
}


class TooMany(Refusal):
    message = (
        f"Tệp có quá nhiều: mỗi lần nhập tối đa {MOST_PROCESSES} quy trình, mỗi quy trình tối đa {MOST_STEPS} bước. "
        "Chưa lưu gì; xin chia tệp rồi nhập lại."
    )


class Cell(NamedTuple):
    """One cell; of a merged one each place has its text, and says whether it continues the cell above or to the left."""

    text: str
    above: bool = False
    left: bool = False


@dataclasses.dataclass
class Block:
    """A sheet, or a table of a document with the lines above it."""

    where: str
    grid: Sequence[Sequence[Cell]]
    lines: list[str] = dataclasses.field(default_factory=list)
    # Whether "Thời gian (ngày)" tells the unit of a bare number below it; a record that says "not known" means it.
    heading_tells_unit: bool = True


@dataclasses.dataclass
class Found:
    """One process as the document tells it."""

    title: str = ""
    code: str = ""
    channel: str = ""
    case: str = ""
    decision: str = ""
    total: str = ""
    where: str = ""
    rows: list[dict[str, Any]] = dataclasses.field(default_factory=list)


class Columns(NamedTuple):
    """Where the columns of a table stand; `labels` are the whole headings of the columns of time."""

    no: int | None
    titles: tuple[int, ...]
    work: int
    who: tuple[int, ...]
    times: tuple[int, ...]
    form: tuple[int, ...]
    code: int | None
    labels: tuple[str, ...]


HEADINGS = (
    ("no", r"^(tt|stt|so tt|so thu tu|thu tu|buoc|b|buoc thu|cac buoc|ten buoc|buoc thuc hien)$"),
    ("code", r"^ma trang thai"),
    ("work", r"^(noi dung|cong viec|ten cong viec|hoat dong|trinh tu|cac buoc|buoc )"),
    ("time", r"thoi gian|thoi han|so gio|so ngay|^(gio|ngay)\b"),
    ("form", r"bieu mau|mau bieu|ket qua|san pham|ghi chu|ho so"),
    ("who", r"trach nhiem|don vi|nguoi|bo phan|vai tro|chu the|vi tri|co quan|noi thuc hien|phong"),
)
LONGEST_HEADING = 90
TOTAL = re.compile(r"^(\W|\d)*tong( cong| so| thoi gian|:|$)|^\W*cong\W*$")
DECISION = re.compile(r"\d+/QĐ-[A-ZĐ0-9]+(?:-[A-ZĐ0-9]+)*")
CHANNELS = (
    (r"^(nop |qua )?(ho so )?truc tuyen$", Channel.ONLINE),
    (r"^(nop )?(ho so )?truc tiep$", Channel.DIRECT),
    (r"^(qua )?(buu chinh|buu dien)( cong ich)?$", Channel.POST),
)


def find(blocks: Iterable[Block]) -> list[Found]:
    """Every process told by these sheets and tables, in their order."""
    found: list[Found] = []
    for block in blocks:
        for process in _read(block):
            found.append(process)
            if len(found) > MOST_PROCESSES or len(process.rows) > MOST_STEPS:
                raise TooMany
    return found


def columns_of(grid: Sequence[Sequence[Cell]], place: int) -> Columns | None:
    """The columns, where this row is the heading of a table of steps."""
    kinds: dict[str, list[int]] = {}
    row = grid[place]
    for column, cell in enumerate(row):
        folded = fold(cell.text)
        if not folded or len(folded) > LONGEST_HEADING or cell.above:
            continue
        kind = next((kind for kind, pattern in HEADINGS if re.search(pattern, folded)), None)
        if kind and not (cell.left and kind != "time"):
            kinds.setdefault(kind, []).append(column)
    if "work" not in kinds and "no" in kinds:
        # "Các bước" alone is the work itself; beside a column of numbers it is what is done.
        named = [column for column in kinds["no"] if fold(row[column].text) not in ("tt", "stt", "so tt", "b")]
        if named:
            kinds["work"] = named[-1:]
            kinds["no"].remove(named[-1])
    if len(kinds.get("work", ())) > 1 and not kinds.get("no"):
        kinds["no"] = [kinds["work"].pop(0)]
    if not kinds.get("work") or not (kinds.get("who") or kinds.get("time")):
        return None
    below = grid[place + 1] if place + 1 < len(grid) else []
    times, labels = [], []
    for column in kinds.get("time", []):
        parts = [row[column].text]
        if _is_subheading(below, kinds) and column < len(below) and not below[column].above:
            parts.append(below[column].text)
        elif row[column].left:
            continue
        times.append(column)
        labels.append(" ".join(part for part in parts if part))
    return Columns(
        no=next(iter(kinds.get("no", ())), None),
        titles=tuple(kinds["work"][:-1]),
        work=kinds["work"][-1],
        who=tuple(kinds.get("who", ())),
        times=tuple(times),
        form=tuple(kinds.get("form", ())),
        code=next(iter(kinds.get("code", ())), None),
        labels=tuple(labels),
    )


def _is_subheading(row: Sequence[Cell], kinds: dict[str, list[int]]) -> bool:
    """A second line of the heading: nothing new but under the columns of time, and no durations there."""
    times = kinds.get("time", [])
    told = {column for column, cell in enumerate(row) if cell.text and not cell.above}
    return bool(told) and told <= set(times) and not any(_is_time(row[column].text) for column in told)


def _is_time(text: str) -> bool:
    return words.has_number_only(text) or bool(re.fullmatch(r"[\d½¼¾]\D{0,25}", text.strip()))


def _read(block: Block) -> Iterator[Found]:
    lines = [line for line in map(compose, block.lines) if line]
    table: _Table | None = None
    pending: list[str] = []
    decision = _decision(lines)
    skip = -1
    for place, row in enumerate(block.grid):
        if place == skip:
            continue
        if columns := columns_of(block.grid, place):
            if table:
                yield from table.processes()
            table = _Table(block, columns, lines + pending, decision)
            lines, pending = [], []
            below = block.grid[place + 1] if place + 1 < len(block.grid) else []
            skip = place + 1 if _is_subheading(below, {"time": list(columns.times)}) else -1
            continue
        text = _only_text(row)
        if table is None:
            if text or any(cell.text for cell in row):
                lines.append(text or " ".join(compose(cell.text) for cell in row if cell.text and not cell.left))
                decision = decision or _decision(lines[-1:])
        elif table.is_total(row):
            table.total(row)
            yield from table.processes()
            table = None
        elif text is not None and not table.goes_on(row, text):
            if text:
                pending.append(text)
        else:
            if pending and fold(pending[-1]).startswith("truong hop"):
                yield from table.processes()
                table = table.again(pending[-1])
            pending = []
            table.step(row)
    if table:
        yield from table.processes()


def _only_text(row: Sequence[Cell]) -> str | None:
    """The text of a row that holds only one, "" of an empty row; None of a row with several cells."""
    texts = [compose(cell.text) for cell in row if compose(cell.text) and not cell.left and not cell.above]
    if len(texts) > 1 or any(cell.above and cell.text for cell in row):
        return None
    return texts[0] if texts else ""


def _decision(lines: Sequence[str]) -> str:
    return next((match[0] for line in lines if (match := DECISION.search(line))), "")


class _Table:
    """One table being read, row after row."""

    def __init__(self, block: Block, columns: Columns, lines: list[str], decision: str, case: str = "") -> None:
        self.block, self.columns, self.lines, self.case = block, columns, lines, case
        self.decision = decision or _decision(lines)
        self.rows: list[dict[str, Any]] = []
        self.times: list[list[tuple[str, bool]]] = [[] for _ in columns.times]
        self.totals = ["" for _ in columns.times]
        self.places: list[words.Place | None] = []

    def again(self, case: str) -> _Table:
        """The same table going on for another case."""
        return _Table(self.block, self.columns, self.lines, self.decision, case)

    def _cell(self, row: Sequence[Cell], column: int | None) -> Cell:
        return row[column] if column is not None and column < len(row) else Cell("")

    def _joined(self, row: Sequence[Cell], columns: Iterable[int], by: str) -> str:
        parts = [_text(self._cell(row, column).text) for column in columns if not self._cell(row, column).left]
        return by.join(dict.fromkeys(part for part in parts if part))

    def is_total(self, row: Sequence[Cell]) -> bool:
        first = next((cell.text for cell in row if cell.text and not cell.above), "")
        return bool(TOTAL.match(fold(first))) and not words.place(self._cell(row, self.columns.no).text)

    def total(self, row: Sequence[Cell]) -> None:
        said = next((cell.text for cell in row if cell.text), "")
        for nth, column in enumerate(self.columns.times):
            text = self._with_unit(self._cell(row, column).text, nth)
            self.totals[nth] = compose(said if fold(text).startswith("tong") else text)[:200]
        if not self.columns.times:
            self.totals = []

    def goes_on(self, row: Sequence[Cell], text: str) -> bool:
        """Whether a row with one text goes on with the work of the step above."""
        work = self._cell(row, self.columns.work)
        alone = not any(cell.left for cell in row) and compose(work.text) == text
        return bool(text) and alone and bool(self.rows) and not fold(text).startswith("truong hop")

    def step(self, row: Sequence[Cell]) -> None:
        number, work = self._cell(row, self.columns.no), self._cell(row, self.columns.work)
        place = words.place(number.text)
        titled = "" if work.above else self._joined(row, self.columns.titles, "\n")
        text = "\n".join(dict.fromkeys(part for part in (titled, _text(work.text)) if part))
        if number.text and not place and not number.above:
            text = "\n".join(part for part in (_text(number.text), text) if part)
        if not text:
            return
        goes_on = self.rows and (number.above or (self.columns.no is not None and not number.text))
        if goes_on and not work.above and not any(self._own(row, column) for column in self.columns.who):
            self.rows[-1]["work"] = f"{self.rows[-1]['work']}\n{text}"[:LONGEST_TEXT]
            return
        who = self._joined(row, self.columns.who, ", ")
        named = words.actor(who)
        self.rows.append(
            ROW
            | {
                "work": text[:LONGEST_TEXT],
                "who": who[:500],
                "unit_kind": str(named.unit_kind),
                "role": str(named.role),
                "agency": named.agency[:200],
                "form": self._joined(row, self.columns.form, "\n")[:LONGEST_TEXT],
                "code": compose(self._cell(row, self.columns.code).text)[:10],
            }
        )
        self.places.append(place)
        for nth, column in enumerate(self.columns.times):
            cell = self._cell(row, column)
            shares = cell.above and len(self.rows) > 1
            self.times[nth].append(("" if shares else self._with_unit(_text(cell.text), nth)[:500], shares))

    def _own(self, row: Sequence[Cell], column: int) -> bool:
        cell = self._cell(row, column)
        return bool(cell.text) and not cell.above

    def _with_unit(self, text: str, nth: int) -> str:
        unit = words.unit_of_heading(self.columns.labels[nth]) if self.block.heading_tells_unit else ""
        return f"{text} {unit}" if unit and words.has_number_only(text) else text

    def processes(self) -> Iterator[Found]:
        """The process, or one for each column of time."""
        if not self.rows:
            return
        rows = _marked(self.rows, self.places)
        for nth in range(max(1, len(self.columns.times))):
            label = words.case_of(self.columns.labels[nth]) if self.columns.times else ""
            channel = next((channel for pattern, channel in CHANNELS if re.search(pattern, fold(label))), "")
            times = self.times[nth] if self.columns.times else [("", False)] * len(rows)
            yield Found(
                title=_title(self.lines) or self.block.where,
                code=_code(self.lines),
                channel=str(channel),
                case=_case(self.case) or ("" if channel else label),
                decision=self.decision[:100],
                total=self.totals[nth] if self.totals else "",
                where=self.block.where,
                rows=[
                    row | {"time": time, "shares_time": shares} for row, (time, shares) in zip(rows, times, strict=True)
                ],
            )


def _text(text: str) -> str:
    """The text of a cell, its lines kept."""
    return "\n".join(line for line in map(compose, text.splitlines()) if line)


def _case(line: str) -> str:
    """ "Trường hợp 2: phải xác minh" is the case "Phải xác minh"."""
    text = re.sub(r"(?i)^\W*trường hợp\s*(\d+\s*)?[:.\-–]?\s*", "", line).strip(" :.")
    return text[:1].upper() + text[1:]


def _code(lines: Sequence[str]) -> str:
    """The code of the procedure, where the lines above the table name one and no other."""
    named = [match[0] for line in lines for match in words.CODE.finditer(line)]
    return named[-1] if named else ""


def _title(lines: Sequence[str]) -> str:
    """The line that names the process: the last one that speaks of a procedure, else the last one."""
    naming = [line for line in lines if re.search(r"\b(quy trinh|thu tuc|ten)\b", fold(line))]
    line = (naming or list(lines) or [""])[-1]
    line = words.CODE.sub("", line)
    line = re.sub(r"(?i)^\s*([IVX]+|\d+(\.\d+)*|[a-z])\s*[.)]\s*", "", line)
    line = re.sub(
        r"(?i)^(tên\s+)?(quy trình|thủ tục)(\s+(nội bộ|giải quyết|thủ tục|hành chính|TTHC))*\s*[:.]\s*", "", line
    )
    return re.sub(r"(?i)[,;(\s]*\bmã(\s+(số|tthc|thủ tục))*\s*:?\s*\)?\s*$|\(\s*\)", "", line).strip(" .:-–")[:500]


def _marked(rows: list[dict[str, Any]], places: Sequence[words.Place | None]) -> list[dict[str, Any]]:
    """The rows with what runs side by side, and the one step that decides."""
    rows = [dict(row) for row in rows]
    at = {place.number: nth for nth, place in reversed(list(enumerate(places))) if place}
    for nth, (row, place) in enumerate(zip(rows, places, strict=True)):
        if place and place.branch:
            row["stage"], row["branch"] = place.number, place.branch
            continue
        beside = words.beside(f"{row['work']} {row['form']}")
        other = None if beside is None else at.get(beside) if beside else nth - 1
        if other is not None and 0 <= other < nth:
            first = rows[other]
            if first["stage"] is None:
                first["stage"], first["branch"] = other + 1, "a"
            taken = {one["branch"] for one in rows[:nth] if one["stage"] == first["stage"]}
            row["stage"] = first["stage"]
            row["branch"] = next(letter for letter in "abcdefghijklmnopqrstuvwxyz" if letter not in taken)
    leaders = [row for row in rows if row["role"] == Role.LEADER and row["unit_kind"] == UnitKind.LEADERS]
    deciding = [row for row in leaders if words.approves(row["work"])] if len(leaders) > 1 else leaders
    if len(deciding) == 1:
        deciding[0]["is_approval"] = True
    return rows
