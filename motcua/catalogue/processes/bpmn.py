"""A process as BPMN 2.0, for other tools to open, and our own files back (trao đổi quy trình; ISO/IEC 19510)."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from motcua.accounts.permissions import Can
from motcua.refusal import Refusal

from . import words
from .drawing import BOX, BOX_HEIGHT, GAP, LANE_NAME, Box, laid_out, lane_of
from .paths import Row, endings, stages
from .tables import LONGEST_TEXT, MOST_STEPS, ROW, Found, TooMany

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
LINE = "http://www.omg.org/spec/DD/20100524/DI"
OURS = "https://motcua.vn/bpmn/quy-trinh/1"
PREFIXES = {"bpmn": BPMN, "bpmndi": DI, "dc": DC, "di": LINE, "motcua": OURS}
for prefix, namespace in PREFIXES.items():
    ET.register_namespace(prefix, namespace)
MEDIA_TYPE = "application/xml"
RECEIVED, SETTLING, DONE = "2", "4", "9"  # states of the national portal (one-stop.md §2.1)
# How the facts of a row are named in our namespace; all others of the row are texts of the same name.
TEXTS = ("who", "unit_kind", "unit_name", "role", "agency", "time", "branch", "form", "code")
TRUTHS = ("shares_time", "is_approval")
ROUND = 36


class NotOurs(Refusal):
    message = (
        "Chỉ đọc lại được tệp BPMN do Một Cửa xuất ra: tệp này không có các thông tin của bảng quy trình "
        "(bộ phận, người thực hiện, thời gian). Chưa lưu gì; xin nhập bằng bảng XLSX, DOCX hoặc CSV."
    )


class Node(NamedTuple):
    """Something on the way: its element, and where it is drawn."""

    id: str
    x: int
    y: int
    width: int
    height: int


def export(rows: Sequence[Row], *, title: str = "", code: str = "", **facts: str) -> bytes:
    """The table as a BPMN file; `facts` are the channel, case, decision and total of the process."""
    root = ET.Element(_bpmn("definitions"), {"id": "motcua", "targetNamespace": OURS})
    process = ET.SubElement(
        root, _bpmn("process"), {"id": "quy_trinh", "name": title or code or "Quy trình", "isExecutable": "true"}
    )
    told = {name: text for name, text in {"code": code, "title": title, **facts}.items() if text}
    extension = ET.SubElement(process, _bpmn("extensionElements"))
    ET.SubElement(extension, _ours("process"), told)
    boxes, tops, width, _ = laid_out(rows)
    lanes = _lanes(process, rows)
    nodes = _nodes(process, rows, boxes)
    flows = _flows(process, rows)
    if lanes:
        _place_the_rest(lanes, nodes, rows)
    _draw(root, nodes, flows, tops, width)
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _bpmn(name: str) -> str:
    return f"{{{BPMN}}}{name}"


def _ours(name: str) -> str:
    return f"{{{OURS}}}{name}"


def _step(row: Row) -> str:
    return f"buoc_{row['position']}"


def _lanes(process: ET.Element, rows: Sequence[Row]) -> list[ET.Element]:
    if not rows:
        return []
    lane_set = ET.SubElement(process, _bpmn("laneSet"), {"id": "lan"})
    lanes: dict[str, ET.Element] = {}
    for row in rows:
        name = lane_of(row)
        if name not in lanes:
            lanes[name] = ET.SubElement(lane_set, _bpmn("lane"), {"id": f"lan_{len(lanes) + 1}", "name": name})
        ET.SubElement(lanes[name], _bpmn("flowNodeRef")).text = _step(row)
    return list(lanes.values())


def _place_the_rest(lanes: list[ET.Element], nodes: dict[str, Node], rows: Sequence[Row]) -> None:
    """The beginning and the gateways stand in the first lane, the end in the lane of the last step."""
    last = next(lane for lane in lanes if any(ref.text == _step(rows[-1]) for ref in lane))
    for node in nodes.values():
        if not node.id.startswith("buoc_"):
            ET.SubElement(last if node.id == "ket_thuc" else lanes[0], _bpmn("flowNodeRef")).text = node.id


def _nodes(process: ET.Element, rows: Sequence[Row], boxes: dict[int, Box]) -> dict[str, Node]:
    nodes: dict[str, Node] = {}

    def add(kind: str, node: Node, **more: str) -> ET.Element:
        nodes[node.id] = node
        return ET.SubElement(process, _bpmn(kind), {"id": node.id, **more})

    middle = BOX_HEIGHT // 2 - ROUND // 2
    first = boxes[rows[0]["position"]] if rows else None
    add(
        "startEvent", Node("bat_dau", LANE_NAME, (first.y if first else 0) + middle, ROUND, ROUND), name="Hồ sơ nộp đến"
    )
    for row, end in zip(rows, endings(rows), strict=True):
        box = boxes[row["position"]]
        task = add("userTask", Node(_step(row), box.x, box.y, BOX, BOX_HEIGHT), name=_name(row))
        ET.SubElement(task, _bpmn("documentation")).text = str(row.get("work") or "")
        extension = ET.SubElement(task, _bpmn("extensionElements"))
        ET.SubElement(extension, _ours("step"), _facts(row, end))
    for nth, stage in enumerate(stages(rows)):
        if len(stage) > 1:
            top = min(boxes[branch[0]["position"]].y for branch in stage) + middle
            left = boxes[stage[0][0]["position"]].x - GAP // 2 - ROUND // 2
            right = max(boxes[branch[-1]["position"]].x for branch in stage) + BOX + GAP // 2 - ROUND // 2
            add("parallelGateway", Node(f"tach_{nth}", left, top, ROUND, ROUND), gatewayDirection="Diverging")
            add("parallelGateway", Node(f"gop_{nth}", right, top, ROUND, ROUND), gatewayDirection="Converging")
    last = boxes[rows[-1]["position"]] if rows else None
    x, y = (last.x + BOX + GAP, last.y + middle) if last else (LANE_NAME + BOX, middle)
    ending = add("endEvent", Node("ket_thuc", x, y, ROUND, ROUND), name="Trả kết quả")
    ET.SubElement(ET.SubElement(ending, _bpmn("extensionElements")), _ours("state"), {"code": DONE})
    return nodes


def _name(row: Row) -> str:
    return f"{row['position']}. {' '.join(str(row.get('work') or 'Chưa ghi nội dung công việc').split())}"


def _facts(row: Row, end: Can) -> dict[str, str]:
    """The facts of a row as attributes; what is missing is left out."""
    texts = {name: str(row.get(name) or "") for name in TEXTS}
    texts["agency"] = texts["agency"] or str(row.get("agency_name") or "")
    hours = row.get("hours")
    if hours is not None and not row.get("shares_time"):
        texts["hours"] = f"{Decimal(str(hours)):.2f}"
        texts["time"] = texts["time"] or f"{words.told(Decimal(str(hours)))} giờ"
    facts = {name: text for name, text in texts.items() if text}
    facts |= {name: "true" for name in TRUTHS if row.get(name)}
    if row.get("stage") is not None:
        facts["stage"] = str(row["stage"])
    return {
        "position": str(row["position"]),
        "state": RECEIVED if row["position"] == 1 else SETTLING,
        "ends": end.name,
        **facts,
    }


def _flows(process: ET.Element, rows: Sequence[Row]) -> list[tuple[str, str, str]]:
    """From node to node; a gateway before and after each stage with several branches."""
    pairs: list[tuple[str, str]] = []
    ends = ["bat_dau"]
    for nth, stage in enumerate(stages(rows)):
        if len(stage) > 1:
            pairs += [(end, f"tach_{nth}") for end in ends]
            ends = [f"tach_{nth}"]
        for branch in stage:
            pairs += [(end, _step(branch[0])) for end in ends]
            pairs += [(_step(one), _step(other)) for one, other in zip(branch, branch[1:], strict=False)]
        if len(stage) > 1:
            pairs += [(_step(branch[-1]), f"gop_{nth}") for branch in stage]
            ends = [f"gop_{nth}"]
        else:
            ends = [_step(stage[0][-1])]
    pairs += [(end, "ket_thuc") for end in ends]
    flows = [(f"duong_{nth}", one, other) for nth, (one, other) in enumerate(pairs, start=1)]
    by_id = {element.get("id"): element for element in process}
    for name, one, other in flows:
        ET.SubElement(process, _bpmn("sequenceFlow"), {"id": name, "sourceRef": one, "targetRef": other})
        ET.SubElement(by_id[one], _bpmn("outgoing")).text = name
        ET.SubElement(by_id[other], _bpmn("incoming")).text = name
    # The order of the schema: what is told about an element comes before its flows, arrivals before departures.
    for element in by_id.values():
        arrivals = element.findall(_bpmn("incoming"))
        departures = element.findall(_bpmn("outgoing"))
        for flow in (*arrivals, *departures):
            element.remove(flow)
        element.extend([*arrivals, *departures])
    return flows


def _draw(
    root: ET.Element,
    nodes: dict[str, Node],
    flows: list[tuple[str, str, str]],
    tops: dict[str, tuple[int, int]],
    width: int,
) -> None:
    """Where everything stands, so that other tools show the same picture (BPMN DI)."""
    diagram = ET.SubElement(root, f"{{{DI}}}BPMNDiagram", {"id": "so_do"})
    plane = ET.SubElement(diagram, f"{{{DI}}}BPMNPlane", {"id": "mat_phang", "bpmnElement": "quy_trinh"})

    def shape(of: str, x: int, y: int, wide: int, high: int, **more: str) -> None:
        element = ET.SubElement(plane, f"{{{DI}}}BPMNShape", {"id": f"hinh_{of}", "bpmnElement": of, **more})
        bounds = {"x": x, "y": y, "width": wide, "height": high}
        ET.SubElement(element, f"{{{DC}}}Bounds", {name: str(number) for name, number in bounds.items()})

    for nth, (top, height) in enumerate(tops.values(), start=1):
        shape(f"lan_{nth}", 0, top, width, height, isHorizontal="true")
    for node in nodes.values():
        shape(node.id, node.x, node.y, node.width, node.height)
    for name, one, other in flows:
        edge = ET.SubElement(plane, f"{{{DI}}}BPMNEdge", {"id": f"net_{name}", "bpmnElement": name})
        start, end = nodes[one], nodes[other]
        out, there = start.y + start.height // 2, end.y + end.height // 2
        turn = (start.x + start.width + end.x) // 2
        for x, y in ((start.x + start.width, out), (turn, out), (turn, there), (end.x, there)):
            ET.SubElement(edge, f"{{{LINE}}}waypoint", {"x": str(x), "y": str(y)})


# Back ----------------------------------------------------------------------------------------------------------------


def read(told: bytes) -> list[Found]:
    """The processes of a file we exported."""
    if b"<!DOCTYPE" in told or b"<!ENTITY" in told:
        raise NotOurs
    try:
        root = ET.fromstring(told)
    except ET.ParseError:
        raise NotOurs("Tệp không phải XML đúng nên không đọc được. Chưa lưu gì.")
    found = []
    for process in root.iter(_bpmn("process")):
        rows = sorted(_rows(process), key=lambda row: row[0])
        if not rows:
            raise NotOurs
        if len(rows) > MOST_STEPS:
            raise TooMany
        about = process.find(f"{_bpmn('extensionElements')}/{_ours('process')}")
        facts = about.attrib if about is not None else {}
        names = ("title", "code", "channel", "case", "decision", "total")
        found.append(Found(**{name: facts.get(name, "")[:500] for name in names}, rows=[row for _, row in rows]))
    return found


def _rows(process: ET.Element) -> list[tuple[int, dict[str, Any]]]:
    rows = []
    for task in process.iter(_bpmn("userTask")):
        facts = task.find(f"{_bpmn('extensionElements')}/{_ours('step')}")
        if facts is None:
            raise NotOurs
        try:
            position, stage = int(facts.get("position", "")), facts.get("stage")
            row = ROW | {
                "work": (task.findtext(_bpmn("documentation")) or "")[:LONGEST_TEXT],
                **{name: facts.get(name, "")[:LONGEST_TEXT] for name in TEXTS},
                **{name: facts.get(name) == "true" for name in TRUTHS},
                "stage": int(stage) if stage else None,
            }
        except ValueError:
            raise NotOurs
        rows.append((position, row))
    return rows
