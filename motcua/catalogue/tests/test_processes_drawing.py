"""The picture of a process tells the same as its table, to the eye and to the ear."""

import xml.etree.ElementTree as ET

from motcua.accounts.permissions import Role
from motcua.catalogue.processes import drawing
from motcua.catalogue.testing import steps
from motcua.organisations.models import UnitKind

SVG = "{http://www.w3.org/2000/svg}"


def side_by_side():
    """One-stop, two professional units side by side of which one has two steps, leaders, clerk."""
    first, work, leader, clerk = steps()
    police = {"unit_kind": UnitKind.PROFESSIONAL, "role": Role.PROCESSING_OFFICER, "hours": 3, "agency_name": "Công an"}
    table = [
        first,
        work | {"stage": 2, "branch": "a"},
        {**police, "work": "Xác minh", "stage": 2, "branch": "b"},
        {**police, "work": "Trả lời", "stage": 2, "branch": "b", "hours": 4},
        leader,
        clerk,
    ]
    return [{**row, "position": position} for position, row in enumerate(table, start=1)]


def texts(picture):
    return ["".join(text.itertext()) for text in ET.fromstring(picture).iter(f"{SVG}text")]


def test_every_step_is_a_box_in_the_lane_of_its_unit():
    picture = drawing.svg(steps(), "Quy trình đăng ký khai sinh")

    root = ET.fromstring(picture)
    assert root.find(f"{SVG}title").text == "Quy trình đăng ký khai sinh"
    assert root.find(f"{SVG}desc").text.startswith("4 bước, 4,5 giờ làm việc. Bước 1: Bộ phận Một cửa, 1 giờ.")
    boxes = [group.find(f"{SVG}title").text for group in root.iter(f"{SVG}g")]
    assert boxes[2] == "Bước 3 (phê duyệt): Xem xét, ký – Lãnh đạo cơ quan, Lãnh đạo cơ quan, 1 giờ"
    assert len([rect for rect in root.iter(f"{SVG}rect") if rect.get("class") == "lane"]) == 4
    assert "style=" not in picture


def test_branches_begin_and_meet_at_a_bar_and_stand_one_above_the_other():
    root = ET.fromstring(drawing.svg(side_by_side()))

    assert len([path for path in root.iter(f"{SVG}path") if path.get("class") == "bar"]) == 2
    assert root.find(f"{SVG}desc").text.endswith("Các bước song song: 2 song song với 3–4.")
    assert "10,5 giờ" not in root.find(f"{SVG}desc").text
    assert "9,5 giờ làm việc" in root.find(f"{SVG}desc").text


def test_what_is_missing_is_marked_and_never_invented():
    picture = drawing.svg([{"position": 1, "work": "", "hours": None}])

    root = ET.fromstring(picture)
    assert [group.get("class") for group in root.iter(f"{SVG}g")] == ["step step-missing"]
    assert "thiếu giờ" in texts(picture)
    assert "Chưa ghi bộ phận" in "".join(texts(picture))


def test_words_of_a_table_are_never_markup():
    picture = drawing.svg([steps()[0] | {"work": "<script>alert(1)</script> & “dấu”"}])

    assert "<script" not in picture
    assert "&lt;script&gt;" in picture


def test_a_long_process_goes_over_several_sheets_and_no_stage_is_cut():
    first, *rest = side_by_side()
    rows = [first, *[first] * 4, *rest]
    rows = [{**row, "position": position} for position, row in enumerate(rows, start=1)]

    pictures = [ET.fromstring(picture) for picture in drawing.sheets(rows, "Quy trình")]

    boxes = [len(list(picture.iter(f"{SVG}g"))) for picture in pictures]
    assert boxes == [5, 5]
    assert [picture.find(f"{SVG}title").text for picture in pictures] == [
        "Quy trình, phần 1 trên 2",
        "Quy trình, phần 2 trên 2",
    ]
    assert [len(list(picture.iter(f"{SVG}circle"))) for picture in pictures] == [1, 1]  # one beginning, one end
    assert len(drawing.sheets(side_by_side())) == 1


def test_a_table_without_rows_is_drawn_too():
    assert "Chưa có bước nào." in drawing.svg([])
