"""What goes out in one of the three forms comes back the same, and what is wrong is named by its place."""

import gzip
import io
import json
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from motcua.catalogue import exchange
from motcua.catalogue.exchange.national import message
from motcua.catalogue.importing import BadRecord, import_lines
from motcua.catalogue.models import ProcedureVersion
from motcua.catalogue.publishing import told_of
from motcua.catalogue.testing import a_procedure
from motcua.organisations.models import AgencyKind, Level
from motcua.organisations.testing import an_agency
from motcua.refusal import Refusal

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parents[4] / "shared" / "data" / "procedures.jsonl.gz"


def a_rich_procedure():
    department = an_agency("Sở Tư pháp", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT)
    return a_procedure(
        "2.000635",
        agency=department,
        level=Level.PROVINCE,
        name="Cấp bản sao trích lục hộ tịch",
        sequence="Nộp hồ sơ.\nNhận kết quả.",
        requirements="Không",
        subjects=["Công dân Việt Nam", "Người nước ngoài"],
        guidance="Mang theo căn cước.",
        keywords="trích lục",
        life_events=["Kết hôn"],
        decision="12/QĐ-UBND",
        decided_on=date(2021, 12, 1),
        fees=[
            {"position": 1, "kind": "PHI", "name": "Phí cấp bản sao", "amount": 8000, "channel": "DIRECT"},
            {"position": 2, "kind": "LE_PHI", "name": "=1+1", "amount": None, "case": "Theo quy định của tỉnh"},
        ],
        reliefs=[{"position": 1, "kind": "GIAM", "percent": 50, "who": "Hộ nghèo", "legal_basis": "Luật Hộ tịch"}],
        results=[{"position": 1, "code": "KQ.1", "name": "Bản sao trích lục"}],
        legal_bases=[{"position": 1, "number": "60/2014/QH13", "title": "Luật Hộ tịch"}],
    )


def everything():
    return exchange.told(ProcedureVersion.objects.all())


def read_back(content):
    return [reader() for _, reader in exchange.readers(content)]


def test_json_lines_lose_nothing():
    a_rich_procedure()
    a_procedure()

    content = b"".join(exchange.lines(everything()))

    assert read_back(content) == list(everything())


def test_a_workbook_loses_nothing_but_the_form():
    version = a_rich_procedure()
    file = io.BytesIO()

    exchange.workbook(everything(), file)

    (back,) = read_back(file.getvalue())
    told = told_of(version)
    assert {k: v for k, v in vars(back).items() if k != "form"} == {k: v for k, v in vars(told).items() if k != "form"}


def test_the_national_message_has_the_fields_of_the_national_database():
    told = told_of(a_rich_procedure())

    said = message(told)

    assert said["MATTHC"] == "2.000635"
    assert [way["KENH"] for way in said["CACHTHUCTHUCHIEN"]] == [1, 2]
    assert said["CACHTHUCTHUCHIEN"][0]["THOIGIAN"][0]["DONVITINH"] == "Ngày làm việc"
    assert [fee["SOTIEN"] for fee in said["CACHTHUCTHUCHIEN"][0]["THOIGIAN"][0]["PHILEPHI"]] == [8000, None]
    assert [paper["SOBANCHINH"] for paper in said["THANHPHANHOSO"][0]["GIAYTO"]] == [1, 1, 0]


def test_the_national_message_comes_back_with_all_it_can_tell():
    told = told_of(a_rich_procedure())

    (back,) = read_back(b"".join(exchange.messages([told])))

    for name in (
        "code",
        "name",
        "field",
        "level",
        "agency",
        "sequence",
        "subjects",
        "online",
        "results",
        "legal_bases",
    ):
        assert getattr(back, name) == getattr(told, name), name
    assert [(t["channel"], t["amount"], t["unit"]) for t in back.terms] == [
        (t["channel"], t["amount"], t["unit"]) for t in told.terms
    ]
    assert [(f["amount"], f["channel"]) for f in back.fees] == [(8000, "DIRECT"), (None, "")]


def test_a_long_code_and_an_envelope_of_the_national_service_are_understood():
    told = message(told_of(a_rich_procedure())) | {"MATTHC": "2.000635.000.00.00.H60"}

    (back,) = read_back(json.dumps({"error_code": "0", "result": [told]}).encode())

    assert back.code == "2.000635"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Không đọc được"),
        (b"\x89PNG\r\n", "Không đọc được"),
        (b"[]", "không có thủ tục nào"),
        (b"PK\x03\x04 but no workbook", "Không mở được sổ Excel"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_a_sentence(content, words):
    with pytest.raises(Refusal, match=words):
        exchange.readers(content)


def test_a_line_that_is_no_record_is_named_and_the_others_are_read():
    told = told_of(a_procedure())

    (_, broken), (_, whole) = exchange.readers(b'{"a": ' * 5000 + b"\n" + b"".join(exchange.lines([told])))

    with pytest.raises(BadRecord, match="Không đọc được JSON"):
        broken()
    assert whole() == told


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"code": "khai-sinh"}, "Mã thủ tục"),
        ({"agency": "H99.1"}, "mã định danh H99.1"),
        ({"terms": [{"channel": "FAX"}]}, "Thời hạn giải quyết"),
        ({"fees": [{"amount": -1}]}, "Phí, lệ phí"),
        ({"decided_on": "31/12/2021"}, "Ngày ký quyết định"),
        ({"level": "VILLAGE"}, "Cấp giải quyết"),
        ({"subjects": "Công dân"}, "Đối tượng"),
        ({"form": [{"key": "X"}]}, "biểu mẫu"),
        ({"secret": 1}, "secret"),
    ],
)
def test_a_wrong_record_says_what_is_wrong(changed, words):
    record = exchange.as_record(told_of(a_rich_procedure())) | changed

    with pytest.raises(BadRecord, match=words):
        read_back(json.dumps(record).encode())


def test_a_wrong_word_in_a_workbook_is_named_with_its_column():
    wrong = io.BytesIO()
    book = xlsxwriter.Workbook(wrong)
    sheet = book.add_worksheet("Thủ tục")
    sheet.write_row(0, 0, ["Mã TTHC", "Tên thủ tục", "Lĩnh vực", "Cấp"])
    sheet.write_row(1, 0, ["1.000001", "Một thủ tục", "Hộ tịch", "Cấp thôn"])
    book.close()

    with pytest.raises(BadRecord, match="Cột “Cấp” không có lựa chọn “Cấp thôn”"):
        read_back(wrong.getvalue())


@pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not there")
def test_the_real_records_go_out_and_come_back_in_all_three_forms():
    lines = gzip.decompress(DATA.read_bytes()).splitlines()[:400]
    assert import_lines(lines, day=date(2021, 1, 1)).bad == []
    file = io.BytesIO()
    exchange.workbook(everything(), file)

    by_line = read_back(b"".join(exchange.lines(everything())))
    by_sheet = read_back(file.getvalue())
    by_message = read_back(b"".join(exchange.messages(everything())))

    assert by_line == list(everything())
    assert [one.components for one in by_sheet] == [one.components for one in by_line]
    assert [(one.code, one.name) for one in by_message] == [(one.code, one.name) for one in by_line]
