"""Tables are found and read in the files provinces keep, whatever they call their columns; a wrong file is told by a sentence."""

import csv
import json
from io import BytesIO, StringIO
from pathlib import Path

import docx
import pytest
import xlsxwriter
from django.conf import settings

from motcua.accounts.permissions import Role
from motcua.catalogue.processes import paths, reading, words
from motcua.catalogue.processes.drafts import steps_of
from motcua.catalogue.processes.reading import Locked, Nothing, TooBig, Unreadable, WrongKind
from motcua.catalogue.processes.tables import MOST_STEPS, TooMany
from motcua.files import limits

REAL = Path(settings.BASE_DIR).parent / "shared" / "data" / "processes.jsonl"

HEADING = ["TT", "Nội dung công việc", "Đơn vị, người thực hiện", "Thời gian", "Biểu mẫu, kết quả"]
RECEIVE = ["1", "Nhận hồ sơ", "Cán bộ tiếp nhận", "02 giờ", "Giấy hẹn"]
EXAMINE = ["2", "Xem hồ sơ, dự thảo", "Chuyên viên", "0,5 ngày", "Dự thảo"]
SIGN = ["3", "Ký", "Lãnh đạo UBND", "½ ngày", ""]
STAMP = ["4", "Đóng dấu", "Văn thư", "30 phút", ""]
TOTAL = ["", "Tổng thời gian", "", "10,5 giờ", ""]


def read_csv(*rows, mark=",", encoding="utf-8-sig"):
    text = StringIO()
    csv.writer(text, delimiter=mark).writerows(rows)
    return reading.read("quy-trinh.csv", BytesIO(text.getvalue().encode(encoding)))


def read_sheets(*sheets, merged=()):
    """An xlsx of these sheets; `merged` are ranges of the first, each with its text."""
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        for nth, rows in enumerate(sheets):
            sheet = book.add_worksheet(f"Trang {nth + 1}")
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            for place, text in merged if nth == 0 else ():
                sheet.merge_range(place, text)
    return reading.read("quy-trinh.xlsx", content)


def read_document(build):
    document = docx.Document()
    build(document)
    content = BytesIO()
    document.save(content)
    return reading.read("quy-trinh.docx", content)


def add_table(document, *rows):
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    return table


def times(found):
    return [(row["time"], row["shares_time"]) for row in found.rows]


# Reading


def test_a_table_is_read_row_by_row():
    (found,) = read_csv(HEADING, RECEIVE, EXAMINE, SIGN, STAMP, TOTAL)

    assert [row["work"] for row in found.rows] == ["Nhận hồ sơ", "Xem hồ sơ, dự thảo", "Ký", "Đóng dấu"]
    assert [row["role"] for row in found.rows] == [
        Role.RECEPTION_OFFICER,
        Role.PROCESSING_OFFICER,
        Role.LEADER,
        Role.CLERK,
    ]
    assert times(found) == [("02 giờ", False), ("0,5 ngày", False), ("½ ngày", False), ("30 phút", False)]
    assert [row["is_approval"] for row in found.rows] == [False, False, True, False]
    assert found.rows[0]["form"] == "Giấy hẹn"
    assert found.total == "10,5 giờ"


@pytest.mark.parametrize(
    "heading",
    [
        ["STT", "Các bước thực hiện", "Trách nhiệm", "Thời gian thực hiện", "Sản phẩm"],
        ["Bước", "NỘI DUNG CÔNG VIỆC", "Bộ phận thực hiện", "Thời hạn", "Biểu mẫu/Kết quả"],
        ["Trình tự", "Nội dung", "Nguoi thuc hien", "Thoi gian (gio)", "Ghi chú"],
        ["Bước thực hiện", "Tên công việc", "Vị trí", "Số giờ", "Mẫu biểu"],
        ["B", "Hoạt động", "Cơ quan, đơn vị", "Thời gian giải quyết (giờ làm việc)", "Hồ sơ"],
    ],
)
def test_columns_are_known_by_what_provinces_call_them(heading):
    (found,) = read_csv(heading, RECEIVE, EXAMINE, SIGN, STAMP)

    assert [(row["work"], row["who"], row["time"]) for row in found.rows][1] == (
        "Xem hồ sơ, dự thảo",
        "Chuyên viên",
        "0,5 ngày",
    )
    assert found.rows[1]["form"] == "Dự thảo"


def test_a_table_of_semicolons_or_of_another_unicode_is_read_too():
    assert len(read_csv(HEADING, RECEIVE, SIGN, STAMP, mark=";")[0].rows) == 3
    assert len(read_csv(HEADING, RECEIVE, SIGN, STAMP, encoding="utf-16")[0].rows) == 3


def test_a_duration_in_one_cell_for_several_steps_counts_once():
    (found,) = read_sheets([HEADING, RECEIVE, EXAMINE, SIGN, STAMP], merged=[("D2:D4", "1 ngày làm việc")])

    assert times(found) == [("1 ngày làm việc", False), ("", True), ("", True), ("30 phút", False)]
    steps = steps_of(found.rows, None)
    assert paths.longest(steps) == words.hours("1 ngày 30 phút")
    assert [step["hours"] for step in steps[:3]] == [8, 8, 8]


def test_a_merged_duration_of_a_document_counts_once_too():
    def build(document):
        document.add_paragraph("1. Thủ tục: Đăng ký việc mẫu (mã số: 1.234567)")
        table = add_table(document, HEADING, RECEIVE, EXAMINE, SIGN, STAMP, TOTAL)
        table.cell(2, 3).merge(table.cell(3, 3)).text = "01 ngày"

    (found,) = read_document(build)

    assert (found.code, found.title) == ("1.234567", "Đăng ký việc mẫu")
    assert times(found) == [("02 giờ", False), ("01 ngày", False), ("", True), ("30 phút", False)]


def test_several_tables_of_a_file_are_several_processes_each_under_its_name():
    def build(document):
        document.add_paragraph("Phê duyệt kèm theo Quyết định số 663/QĐ-TTPVHCC")
        document.add_paragraph("I. Quy trình: Việc thứ nhất, mã 1.000001")
        add_table(document, HEADING, RECEIVE, SIGN, STAMP, TOTAL)
        document.add_paragraph("II. Quy trình: Việc thứ hai, mã 1.000002")
        add_table(document, HEADING, RECEIVE, EXAMINE, SIGN, STAMP)

    first, second = read_document(build)

    assert (first.code, first.decision, len(first.rows)) == ("1.000001", "663/QĐ-TTPVHCC", 3)
    assert (second.code, second.title, len(second.rows)) == ("1.000002", "Việc thứ hai", 4)


def test_tables_one_below_the_other_on_a_sheet_are_told_apart():
    name = ["Quy trình: Việc thứ hai", "", "", "", ""]

    found = read_sheets([HEADING, RECEIVE, SIGN, STAMP, TOTAL, name, HEADING, RECEIVE, EXAMINE], [HEADING, SIGN])

    assert [(one.where, one.title, len(one.rows)) for one in found] == [
        ("Trang 1", "Trang 1", 3),
        ("Trang 1", "Việc thứ hai", 2),
        ("Trang 2", "Trang 2", 1),
    ]


def test_each_column_of_time_is_a_case_or_a_channel_of_its_own():
    heading = ["TT", "Nội dung", "Trách nhiệm", "Thời gian", "", ""]
    below = ["", "", "", "Không xác minh", "Có xác minh", "Trực tuyến"]
    rows = [["1", "Nhận", "Một cửa", "1 giờ", "2 giờ", "1 giờ"], ["2", "Ký", "Lãnh đạo", "3 giờ", "9 giờ", "2 giờ"]]

    found = read_sheets([heading, below, *rows], merged=[("D1:F1", "Thời gian")])

    assert [(one.case, one.channel, times(one)[1][0]) for one in found] == [
        ("Không xác minh", "", "3 giờ"),
        ("Có xác minh", "", "9 giờ"),
        ("", "ONLINE", "2 giờ"),
    ]


def test_a_line_naming_a_case_begins_another_process():
    first, second = read_csv(HEADING, RECEIVE, SIGN, ["Trường hợp phải xác minh"], RECEIVE, EXAMINE, SIGN)

    assert (first.case, len(first.rows)) == ("", 2)
    assert (second.case, len(second.rows)) == ("Phải xác minh", 3)


def test_steps_with_letters_run_side_by_side():
    (found,) = read_csv(
        HEADING, RECEIVE, ["2a", *EXAMINE[1:]], ["2b", "Hỏi ý kiến", "Công an tỉnh", "1 ngày", ""], SIGN
    )

    assert [(row["stage"], row["branch"]) for row in found.rows] == [(None, ""), (2, "a"), (2, "b"), (None, "")]
    assert found.rows[2]["agency"] == "Công an tỉnh"


def test_a_step_that_says_beside_which_it_runs_stands_there():
    beside = ["3", "Hỏi ý kiến, song song với bước 2", "Chuyên viên", "1 ngày", ""]

    (found,) = read_csv(HEADING, RECEIVE, EXAMINE, beside, ["4", *SIGN[1:]])

    assert [(row["stage"], row["branch"]) for row in found.rows] == [(None, ""), (2, "a"), (2, "b"), (None, "")]


def test_bare_numbers_take_the_unit_of_their_heading():
    (found,) = read_csv(["TT", "Nội dung", "Trách nhiệm", "Thời gian (ngày)"], ["1", "Nhận", "Một cửa", "0,5"])

    assert found.rows[0]["time"] == "0,5 ngày"


def test_numbers_of_a_sheet_are_read_with_a_decimal_comma():
    (found,) = read_sheets([["TT", "Nội dung", "Trách nhiệm", "Số giờ (giờ)"], [1, "Nhận", "Một cửa", 0.5]])

    assert found.rows[0]["time"] == "0,5 giờ"


def test_what_is_not_written_stays_empty():
    (found,) = read_csv(HEADING, ["1", "Nhận hồ sơ", "", "", ""], ["2", "Ký", "Người có thẩm quyền", "sớm", ""])

    assert [(row["unit_kind"], row["role"]) for row in found.rows] == [("", ""), ("", "")]
    assert [words.hours(row["time"]) for row in found.rows] == [None, None]


def test_a_line_without_a_number_goes_on_with_the_step_above():
    (found,) = read_csv(HEADING, RECEIVE, ["", "- đủ thì nhận", "", "", ""], SIGN)

    assert [row["work"] for row in found.rows] == ["Nhận hồ sơ\n- đủ thì nhận", "Ký"]


def test_a_step_with_a_name_and_a_content_keeps_both():
    heading = ["TT", "Trình tự", "Nội dung công việc", "Trách nhiệm", "Thời gian"]

    (found,) = read_csv(heading, ["1", "Tiếp nhận", "Kiểm tra giấy tờ", "Một cửa", "1 giờ"])

    assert found.rows[0]["work"] == "Tiếp nhận\nKiểm tra giấy tờ"


def test_steps_numbered_within_a_step_follow_one_another():
    (found,) = read_csv(HEADING, RECEIVE, ["2.1", *EXAMINE[1:]], ["2.2", *EXAMINE[1:]], ["III", *SIGN[1:]])

    assert [row["work"] for row in found.rows] == ["Nhận hồ sơ", "Xem hồ sơ, dự thảo", "Xem hồ sơ, dự thảo", "Ký"]
    assert {row["stage"] for row in found.rows} == {None}


# Refusals


@pytest.mark.parametrize(
    ("name", "content", "refusal", "sentence"),
    [
        ("a.csv", b"", Nothing, "Tệp trống"),
        ("a.csv", b"mot,hai\n1,2\n", Nothing, "Không thấy bảng quy trình nào"),
        ("a.csv", "Nội dung,Thời gian".encode("utf-16-le"), Unreadable, "UTF-8"),
        ("a.csv", b"N\xf4i dung,Tr\xe1ch nhi\xeam", Unreadable, "UTF-8"),
        ("a.jsonl", b'{"title": "x"}', Unreadable, "Dòng 1 của tệp"),
        ("a.jsonl", b"[1, 2]", Unreadable, "Dòng 1 của tệp"),
        ("a.pdf", b"%PDF-1.7 ...", WrongKind, "XLSX, DOCX, CSV"),
        ("a.exe", b"MZ....", WrongKind, "XLSX, DOCX, CSV"),
        ("a.xlsx", b"PK\x03\x04 broken", WrongKind, "XLSX, DOCX, CSV"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"Workbook", WrongKind, "đời cũ"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), Locked, "mật khẩu"),
        ("a.bpmn", b"<x/>", Nothing, "Không thấy"),
        ("a.csv", b"a" * (limits.MAX_BYTES + 1), TooBig, "20 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "",
)
def test_a_wrong_file_is_told_by_a_sentence(name, content, refusal, sentence):
    with pytest.raises(refusal, match=sentence):
        reading.read(name, BytesIO(content))


def test_a_sheet_that_unpacks_into_gigabytes_is_not_opened(monkeypatch):
    monkeypatch.setattr(reading, "UNPACKED", 1000)

    with pytest.raises(TooBig, match="Nội dung trong tệp"):
        read_sheets([HEADING, RECEIVE])


def test_a_table_without_end_is_refused():
    with pytest.raises(TooMany):
        read_csv(HEADING, *[RECEIVE] * (MOST_STEPS + 1))


# The real tables


@pytest.mark.skipif(not REAL.exists(), reason="the folder ../shared/data is not here")
def test_all_real_processes_are_read_and_their_sums_agree():
    records = [json.loads(line) for line in REAL.read_text(encoding="utf-8").splitlines()]
    with REAL.open("rb") as file:
        found = iter(reading.read(REAL.name, file))

    assert len(records) == 35
    for record in records:
        for variant in record["variants"]:
            one = next(found)
            assert one.where == record["id"]
            assert len(one.rows) == len(variant["steps"])
            steps = steps_of([row | {"agency": "", "unit_name": ""} for row in one.rows], None)
            first = variant["steps"][0]["duration"]
            if variant["one_cell_for_all_steps"]:
                assert paths.longest(steps) == 8 * words.decimal(words.Fraction(first["value"]))
            elif variant["sum"] is not None:
                assert paths.longest(steps) == 8 * words.decimal(words.Fraction(variant["sum"]))
            for step, told in zip(steps, variant["steps"], strict=True):
                known = told["duration"] is not None and told["duration"]["value"] is not None
                assert (step["hours"] is not None) == known
            assert bool(one.total) == (variant["total"] is not None)
    assert next(found, None) is None
