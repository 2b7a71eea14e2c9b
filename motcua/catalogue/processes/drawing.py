"""A process drawn as swim lanes: a lane for each unit, a box for each step with its hours (sơ đồ quy trình; SVG)."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple
from xml.sax.saxutils import escape

from django.utils.safestring import SafeString, mark_safe

from motcua.accounts.permissions import Role
from motcua.organisations.models import UnitKind

from ..models import Process
from . import words
from .issuing import rows as rows_of
from .paths import Row, longest, stages

LANE_NAME, BOX, GAP, BOX_HEIGHT, PAD, HEAD = 132, 132, 34, 84, 14, 16
ON_A_SHEET = 6  # columns that are still read on A4 across
LETTERS = 19  # of a line of text in a box
UNKNOWN = "Chưa ghi bộ phận"


class Box(NamedTuple):
    """Where a step is drawn."""

    row: Row
    x: int
    y: int


def lane_of(row: Row) -> str:
    """The lane of a step: another agency by its name, else the unit."""
    agency = str(row.get("agency") or row.get("agency_name") or "")
    kind = row.get("unit_kind")
    unit = row.get("unit_name") or (UnitKind(kind).label if kind in UnitKind.values else "")
    return " · ".join(part for part in (agency, unit) if part) or UNKNOWN


def time_of(row: Row) -> str:
    """The time of a step in words; what is missing is said to be missing."""
    if row.get("shares_time"):
        return "chung với bước trước"
    hours = row.get("hours")
    if hours is None:
        return "chưa ghi thời gian"
    return f"{words.told(Decimal(str(hours)))} giờ" if Decimal(str(hours)) else "không đặt thời hạn"


def actor_of(row: Row) -> str:
    """Who ends a step, in words."""
    role = row.get("role")
    return Role(role).label if role in Role.values else "Chưa ghi người thực hiện"


def sheets(process: Process | Sequence[Row], title: str = "Sơ đồ quy trình") -> list[SafeString]:
    """The picture cut into pieces as wide as a sheet of paper can be read, a stage never cut."""
    rows = rows_of(process) if isinstance(process, Process) else list(process)
    pieces: list[list[Row]] = [[]]
    wide = 0
    for stage in stages(rows):
        columns = max(len(branch) for branch in stage)
        if pieces[-1] and wide + columns > ON_A_SHEET:
            pieces.append([])
            wide = 0
        pieces[-1] += [row for branch in stage for row in branch]
        wide += columns
    if len(pieces) == 1:
        return [svg(rows, title)]
    last = len(pieces) - 1
    return [
        svg(piece, f"{title}, phần {nth + 1} trên {last + 1}", begins=nth == 0, ends=nth == last)
        for nth, piece in enumerate(pieces)
    ]


def svg(
    process: Process | Sequence[Row], title: str = "Sơ đồ quy trình", *, begins: bool = True, ends: bool = True
) -> SafeString:
    """The picture of a process or of a table of steps, with everything it shows also told in words."""
    rows = rows_of(process) if isinstance(process, Process) else list(process)
    boxes, tops, width, height = laid_out(rows)
    parts = [
        f'<svg class="lanes" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" font-family="system-ui, sans-serif">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(_in_words(rows))}</desc>",
    ]
    parts += _lanes(tops, width)
    parts += _arrows(rows, boxes, begins=begins, ends=ends)
    parts += [_box(box) for box in boxes.values()]
    return mark_safe("".join([*parts, "</svg>"]))  # every word of a table is escaped where it is drawn


def laid_out(rows: Sequence[Row]) -> tuple[dict[int, Box], dict[str, tuple[int, int]], int, int]:
    """Each step in its column and lane; a lane is as high as most of its boxes stand one above the other."""
    columns: dict[int, int] = {}
    column = 0
    for stage in stages(rows):
        for branch in stage:
            for place, row in enumerate(branch):
                columns[row["position"]] = column + place
        column += max(len(branch) for branch in stage)
    slots: dict[int, int] = {}
    taken: dict[tuple[str, int], int] = {}
    depth: dict[str, int] = {}
    for row in rows:
        lane, where = lane_of(row), (lane_of(row), columns[row["position"]])
        slots[row["position"]] = taken.get(where, 0)
        taken[where] = slots[row["position"]] + 1
        depth[lane] = max(depth.get(lane, 0), taken[where])
    tops: dict[str, tuple[int, int]] = {}
    top = HEAD
    for lane, deep in depth.items():
        tops[lane] = (top, deep * (BOX_HEIGHT + PAD) + PAD)
        top += tops[lane][1]
    boxes = {
        row["position"]: Box(
            row,
            LANE_NAME + GAP + columns[row["position"]] * (BOX + GAP),
            tops[lane_of(row)][0] + PAD + slots[row["position"]] * (BOX_HEIGHT + PAD),
        )
        for row in rows
    }
    return boxes, tops, LANE_NAME + GAP + max(column, 1) * (BOX + GAP) + 24, top + HEAD


def _lanes(tops: dict[str, tuple[int, int]], width: int) -> list[str]:
    parts = []
    for number, (lane, (top, height)) in enumerate(tops.items()):
        missing = " lane-missing" if lane == UNKNOWN else ""
        shade = "#f4f5f4" if number % 2 else "#ffffff"
        parts.append(
            f'<rect class="lane{missing}" x="1" y="{top}" width="{width - 2}" height="{height}" fill="{shade}" '
            'stroke="#d6dad8" stroke-width="1"/>'
        )
        parts.append(_lines(lane, 10, top + 22, limit=18, most=5, bold=True, full=True))
    return parts


def _arrows(rows: Sequence[Row], boxes: dict[int, Box], *, begins: bool, ends: bool) -> list[str]:
    """From step to step; before and after branches a bar, where they begin together and meet again."""
    parts = []
    before: list[Box] = []
    way = stages(rows)
    for stage in way:
        heads = [boxes[branch[0]["position"]] for branch in stage]
        for branch in stage:
            for first, second in zip(branch, branch[1:], strict=False):
                parts.append(_line(boxes[first["position"]], boxes[second["position"]]))
        if not before:
            parts += [_dot(head.x - GAP // 2, head, filled=True) if begins else _from_before(head) for head in heads]
        elif len(before) == 1 and len(heads) == 1:
            parts.append(_line(before[0], heads[0]))
        else:
            bar = min(head.x for head in heads) - GAP // 2
            heights = [box.y + BOX_HEIGHT // 2 for box in (*before, *heads)]
            for box in before:
                middle = box.y + BOX_HEIGHT // 2
                parts.append(f'<path d="M{box.x + BOX} {middle}H{bar}" fill="none" stroke="#55605c"/>')
            for head in heads:
                middle = head.y + BOX_HEIGHT // 2
                parts.append(f'<path d="M{bar} {middle}H{head.x}" fill="none" stroke="#55605c"/>')
                parts.append(_tip(head.x, middle))
            parts.append(
                f'<path class="bar" d="M{bar} {min(heights) - 8}V{max(heights) + 8}" fill="none" stroke="#1c2321" stroke-width="5"/>'
            )
        before = [boxes[branch[-1]["position"]] for branch in stage]
    for box in before:
        parts.append(_dot(box.x + BOX + GAP // 2, box, filled=False) if ends else _onward(box))
    return parts


def _from_before(box: Box) -> str:
    """An arrow from the sheet before."""
    y = box.y + BOX_HEIGHT // 2
    return f'<path d="M{box.x - GAP} {y}H{box.x}" fill="none" stroke="#55605c"/>{_tip(box.x, y)}'


def _onward(box: Box) -> str:
    """An arrow to the next sheet."""
    x, y = box.x + BOX + GAP, box.y + BOX_HEIGHT // 2
    return f'<path d="M{box.x + BOX} {y}H{x}" fill="none" stroke="#55605c"/>{_tip(x, y)}'


def _line(start: Box, end: Box) -> str:
    out, there = start.y + BOX_HEIGHT // 2, end.y + BOX_HEIGHT // 2
    turn = start.x + BOX + GAP // 2
    return f'<path d="M{start.x + BOX} {out}H{turn}V{there}H{end.x}" fill="none" stroke="#55605c"/>{_tip(end.x, there)}'


def _tip(x: int, y: int) -> str:
    return f'<path d="M{x} {y}l-7 -4v8z" fill="#55605c"/>'


def _dot(x: int, box: Box, *, filled: bool) -> str:
    """The beginning, or the result, as a circle joined to its box."""
    y = box.y + BOX_HEIGHT // 2
    line = f"M{x} {y}H{box.x}" if filled else f"M{box.x + BOX} {y}H{x}"
    inside = "#55605c" if filled else "#ffffff"
    return (
        f'<path d="{line}" fill="none" stroke="#55605c"/>'
        f'<circle cx="{x}" cy="{y}" r="7" fill="{inside}" stroke="#55605c" stroke-width="{1 if filled else 4}"/>'
    )


def _box(box: Box) -> str:
    row, x, y = box
    lacking = row.get("hours") is None and not row.get("shares_time") or row.get("role") not in Role.values
    work = str(row.get("work") or "").strip() or "Chưa ghi nội dung công việc"
    edge = (
        '#8a5a00" stroke-dasharray="5 3'
        if lacking
        else '#0b5d51" stroke-width="2'
        if row.get("is_approval")
        else "#55605c"
    )
    approval = " (phê duyệt)" if row.get("is_approval") else ""
    told = f"Bước {row['position']}{approval}: {work} – {lane_of(row)}, {actor_of(row)}, {time_of(row)}"
    return (
        f'<g class="step{" step-missing" if lacking else ""}"><title>{escape(told)}</title>'
        f'<rect x="{x}" y="{y}" width="{BOX}" height="{BOX_HEIGHT}" rx="6" fill="#ffffff" stroke="{edge}"/>'
        f'<text x="{x + 8}" y="{y + 16}" font-size="12" font-weight="700" fill="#1c2321">{row["position"]}'
        f"{' ✓' if row.get('is_approval') else ''}</text>"
        f'<text x="{x + BOX - 8}" y="{y + 16}" font-size="12" text-anchor="end" '
        f'fill="{"#8a5a00" if lacking else "#1c2321"}">{escape(_short_time(row))}</text>'
        f"{_lines(' '.join(work.split()), x + 8, y + 34, limit=LETTERS, most=4)}</g>"
    )


def _short_time(row: Row) -> str:
    return "chung" if row.get("shares_time") else "thiếu giờ" if row.get("hours") is None else time_of(row)


def _lines(text: str, x: int, y: int, *, limit: int, most: int, bold: bool = False, full: bool = False) -> str:
    """Text broken into lines that fit, the last one cut with an ellipsis."""
    lines = textwrap.wrap(text, limit)
    if len(lines) > most:
        lines = [*lines[: most - 1], textwrap.shorten(" ".join(lines[most - 1 :]), limit - 1, placeholder="") + "…"]
    weight = ' font-weight="600"' if bold else ""
    spans = "".join(
        f'<tspan x="{x}" dy="{14 if place else 0}">{escape(line)}</tspan>' for place, line in enumerate(lines)
    )
    whole = f"<title>{escape(text)}</title>" if full else ""
    return f'<text x="{x}" y="{y}" font-size="12"{weight} fill="#1c2321">{whole}{spans}</text>'


def _in_words(rows: Sequence[Row]) -> str:
    if not rows:
        return "Chưa có bước nào."
    steps = [f"Bước {row['position']}: {lane_of(row)}, {time_of(row)}" for row in rows]
    beside = [
        " song song với ".join("–".join(str(row["position"]) for row in branch) for branch in stage)
        for stage in stages(rows)
        if len(stage) > 1
    ]
    together = f" Các bước song song: {'; '.join(beside)}." if beside else ""
    return f"{len(rows)} bước, {words.told(longest(rows))} giờ làm việc. {'. '.join(steps)}.{together}"
