"""A process goes out as BPMN that another program walks the same way, and comes back the same."""

import xml.etree.ElementTree as ET
from io import BytesIO

import pytest
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from motcua.catalogue.processes import bpmn, reading
from motcua.catalogue.processes.bpmn import NotOurs
from motcua.catalogue.processes.drafts import steps_of
from motcua.catalogue.processes.tables import ROW
from motcua.catalogue.testing import steps

from .test_processes_drawing import side_by_side

B = f"{{{bpmn.BPMN}}}"


def walked(told):
    """The steps as another program gives them out: those that lie ready together, and again until the end."""
    parser = BpmnParser()
    parser.add_bpmn_io(BytesIO(told))
    workflow = BpmnWorkflow(parser.get_spec("quy_trinh"))
    together = []
    while not workflow.is_completed():
        workflow.do_engine_steps()
        ready = [task for task in workflow.get_tasks(state=TaskState.READY) if task.task_spec.manual]
        if not ready:
            break
        together.append(sorted(int(task.task_spec.name.removeprefix("buoc_")) for task in ready))
        for task in ready:
            task.run()
    assert workflow.is_completed()
    return together


def test_another_program_walks_the_steps_in_their_order():
    assert walked(bpmn.export(steps())) == [[1], [2], [3], [4]]


def test_branches_are_given_out_together_and_waited_for():
    assert walked(bpmn.export(side_by_side())) == [[1], [2, 3], [4], [5], [6]]


def test_three_branches_and_two_stages_one_after_the_other():
    table = side_by_side()
    more = [
        *table[:4],
        *(table[3] | {"stage": 3, "branch": branch} for branch in "abc"),
        *table[4:],
    ]
    rows = [{**row, "position": position} for position, row in enumerate(more, start=1)]

    assert walked(bpmn.export(rows)) == [[1], [2, 3], [4], [5, 6, 7], [8], [9]]


def test_our_own_file_comes_back_the_same():
    rows = [
        ROW
        | {"work": "Nhận <hồ sơ> & “giấy”\n- kiểm tra", "who": "Một cửa", "unit_kind": "ONE_STOP", "time": "½ ngày"},
        ROW | {"work": "Hỏi", "agency": "Công an tỉnh", "role": "CLERK", "stage": 2, "branch": "a", "form": "Mẫu 1"},
        ROW | {"work": "Xem", "stage": 2, "branch": "b", "time": "", "shares_time": True, "code": "4"},
        ROW | {"work": "Ký", "role": "LEADER", "unit_name": "Lãnh đạo", "is_approval": True, "time": "chưa rõ"},
    ]
    facts = {"channel": "ONLINE", "case": "Có xác minh", "decision": "12/QĐ-UBND", "total": "3 ngày"}

    told = bpmn.export(
        steps_of([row | {"agency": ""} for row in rows], None), title="Việc mẫu", code="1.000001", **facts
    )
    (found,) = reading.read("a.bpmn", BytesIO(told))

    assert found.rows == [row | {"agency": ""} for row in rows]
    assert (found.title, found.code) == ("Việc mẫu", "1.000001")
    assert {name: getattr(found, name) for name in facts} == facts


def test_other_tools_find_where_everything_is_drawn():
    root = ET.fromstring(bpmn.export(side_by_side()))

    process = root.find(f"{B}process")
    drawn = {shape.get("bpmnElement") for shape in root.iter(f"{{{bpmn.DI}}}BPMNShape")}
    things = {element.get("id") for element in process if element.get("id") and not element.tag.endswith("Flow")}
    assert drawn == (things - {"lan"}) | {lane.get("id") for lane in root.iter(f"{B}lane")}
    edges = {edge.get("bpmnElement") for edge in root.iter(f"{{{bpmn.DI}}}BPMNEdge")}
    assert edges == {flow.get("id") for flow in process.iter(f"{B}sequenceFlow")}
    placed = [ref.text for ref in root.iter(f"{B}flowNodeRef")]
    assert sorted(placed) == sorted(things - {"lan"})


def test_a_step_tells_the_state_of_the_portal_and_the_end_its_result():
    root = ET.fromstring(bpmn.export(steps()))

    states = [step.get("state") for step in root.iter(f"{{{bpmn.OURS}}}step")]
    assert states == ["2", "4", "4", "4"]
    assert root.find(f".//{B}endEvent//{{{bpmn.OURS}}}state").get("code") == "9"


def test_an_empty_table_is_a_way_without_steps():
    assert walked(bpmn.export([])) == []


@pytest.mark.parametrize(
    "told",
    [
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
        b"not xml",
        f'<definitions xmlns="{bpmn.BPMN}"><process id="p"><userTask id="t"/></process></definitions>'.encode(),
        f'<definitions xmlns="{bpmn.BPMN}"><process id="p"><startEvent id="t"/></process></definitions>'.encode(),
    ],
)
def test_what_we_did_not_export_is_told_by_a_sentence(told):
    with pytest.raises(NotOurs, match="Chưa lưu gì"):
        reading.read("a.bpmn", BytesIO(told))
