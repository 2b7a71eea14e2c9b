"""National records and tables of facts are read; a bad one is reported with its line and loses nothing else."""

import copy
import gzip
import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from motcua.catalogue.importing import BadRecord, facts, import_facts, import_lines, length, read, whole
from motcua.catalogue.models import Channel, Procedure, ProcedureVersion
from motcua.catalogue.publishing import Told
from motcua.organisations.testing import an_agency

DAY = date(2021, 12, 1)
RECORDS = Path(settings.BASE_DIR).parent / "shared" / "data" / "procedures.jsonl.gz"


def a_record(**more):
    """A national record in our own words."""
    return {
        "code": "1.001193",
        "name": "Thủ tục đăng ký khai sinh",
        "decision": "163/QĐ-BTP",
        "levels": ["xa"],
        "field": "Hộ tịch",
        "subjects": ["Công dân Việt Nam"],
        "implementing_agency": "Ủy ban nhân dân cấp xã",
        "steps": "Bước một\nBước hai",
        "requirements": None,
        "has_online_channel": True,
        "keywords": "khai sinh",
        "channels": [
            {
                "method": "direct",
                "time": {"value": 5, "unit": "working_day", "text": "5 ngày"},
                "fees": [],
                "note": None,
            },
            {"method": "online", "time": {"value": None, "unit": None, "text": ""}, "fees": [], "note": "như trên"},
        ],
        "dossier": [{"case": "", "items": [{"name": "Tờ khai", "forms": ["mau.docx"], "originals": 1, "copies": 0}]}],
        "results": [{"code": "KQ.1", "name": "Giấy khai sinh"}],
        "legal_basis": [{"number": "60/2014/QH13", "title": "Luật Hộ tịch"}],
        "legal_basis_text": None,
    } | more


def a_line(**more):
    return json.dumps(a_record(**more), ensure_ascii=False)


def a_fee(**more):
    return {"kind": "le_phi", "amount": 8000, "currency": "VND", "note": ""} | more


def a_channel(method="direct", **more):
    return {"method": method, "time": {"value": None, "unit": None, "text": ""}, "fees": [], "note": None} | more


# One record


def test_a_record_is_told_whole():
    told = read(a_line())

    assert (told.code, told.name, told.field, told.level, told.online) == (
        "1.001193",
        "Thủ tục đăng ký khai sinh",
        "Hộ tịch",
        "COMMUNE",
        True,
    )
    assert told.sequence == "Bước một\nBước hai"
    assert told.components == [
        {
            "position": 1,
            "key": "giay_1",
            "case": "",
            "name": "Tờ khai",
            "originals": 1,
            "copies": 0,
            "template_name": "mau.docx",
        }
    ]
    assert told.terms == [
        {"channel": "DIRECT", "amount": 5, "unit": "WORKING_DAYS", "text": "5 ngày"},
        {"channel": "ONLINE", "amount": None, "unit": "", "text": "như trên"},
    ]
    assert told.legal_bases == [{"position": 1, "number": "60/2014/QH13", "title": "Luật Hộ tịch"}]


def test_bytes_and_text_are_read_alike():
    assert read(a_line().encode()) == read(a_line())


def test_the_settling_level_is_the_highest_that_settles_here():
    told = read(a_line(levels=["xa", "bo", "tinh"]))

    assert (told.level, told.levels) == ("PROVINCE", ["PROVINCE", "COMMUNE", "MINISTRY"])


def test_several_cases_of_a_channel_have_one_term_and_all_words():
    told = read(
        a_line(
            channels=[
                a_channel(time={"value": None, "unit": None, "text": "ngay"}),
                a_channel(time={"value": 10, "unit": "day", "text": "mười ngày"}, note="hồ sơ khó"),
                a_channel(time={"value": 20, "unit": "day", "text": "mười ngày"}),
            ]
        )
    )

    assert told.terms == [
        {"channel": "DIRECT", "amount": 10, "unit": "CALENDAR_DAYS", "text": "ngay\nmười ngày\nhồ sơ khó"}
    ]


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (5, "working_day", (5, "WORKING_DAYS")),
        (0.5, "working_day", (4, "WORKING_HOURS")),
        (1.5, "working_day", (12, "WORKING_HOURS")),
        (0.5, "hour", (30, "WORKING_MINUTES")),
        (0.3, "working_day", (144, "WORKING_MINUTES")),
        (30, "minute", (30, "WORKING_MINUTES")),
        (2, "month", (2, "MONTHS")),
        (7, "day", (7, "CALENDAR_DAYS")),
        (2.5, "month", (None, "")),
        (0, "day", (None, "")),
        (-1, "day", (None, "")),
        (10**9, "day", (None, "")),
        (float("nan"), "day", (None, "")),
        (float("inf"), "day", (None, "")),
        (None, "day", (None, "")),
        (5, None, (None, "")),
    ],
)
def test_a_length_is_a_whole_number_of_its_unit_or_unknown(value, unit, told):
    assert length(value, unit) == told


def test_a_fee_the_same_everywhere_is_told_once():
    channels = [
        a_channel("direct", fees=[a_fee()]),
        a_channel("online", fees=[a_fee(), a_fee(amount=5000, note="giảm")]),
    ]

    assert read(a_line(channels=channels)).fees == [
        {"position": 1, "kind": "LE_PHI", "amount": 8000, "case": "", "channel": ""},
        {"position": 2, "kind": "LE_PHI", "amount": 5000, "case": "giảm", "channel": "ONLINE"},
    ]


def test_foreign_money_is_told_in_words():
    told = read(a_line(channels=[a_channel(fees=[a_fee(amount=25, currency="USD", note="một lần")])]))

    assert told.fees == [{"position": 1, "kind": "LE_PHI", "amount": None, "case": "25 USD · một lần", "channel": ""}]


@pytest.mark.parametrize(
    ("cut", "joined"),
    [
        (["Tổ chức (không bao gồm doanh nghiệp", "HTX)"], ["Tổ chức (không bao gồm doanh nghiệp, HTX)"]),
        (["Cán bộ", "công chức", "viên chức"], ["Cán bộ, công chức, viên chức"]),
        (["Công dân", "Doanh nghiệp"], ["Công dân", "Doanh nghiệp"]),
        (["A (b", "c (d", "e))", "F"], ["A (b, c (d, e))", "F"]),
        ([], []),
    ],
)
def test_what_was_cut_at_commas_is_joined(cut, joined):
    assert whole(cut) == joined


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"code": "x"}, "Mã thủ tục không đúng dạng: x."),
        ({"code": None}, "Thiếu mục code."),
        ({"code": 7}, "Mục code phải là chữ."),
        ({"name": " "}, "Thiếu mục name."),
        ({"name": "a\0b"}, "Mục name có ký tự rỗng (NUL)."),
        ({"name": "nửa \ud83d"}, "Mục name có ký tự hỏng."),
        ({"steps": "a\0"}, "Mục steps có ký tự rỗng (NUL)."),
        ({"field": "a" * 201}, "Mục field dài quá 200 ký tự."),
        ({"levels": []}, "Thiếu cấp thực hiện (levels)."),
        ({"levels": "xa"}, "Mục levels phải là danh sách chữ."),
        ({"subjects": [1]}, "Mục subjects phải là chữ."),
        ({"has_online_channel": "true"}, "Mục has_online_channel phải là đúng hoặc sai."),
        ({"channels": [{"method": "fax"}]}, "Cách nộp (method) không biết."),
        ({"channels": [a_channel(time=[1])]}, "Thời hạn (time) không đúng kiểu."),
        ({"channels": [a_channel(time={"value": "5", "unit": "day"})]}, "Thời hạn (time) không đúng kiểu."),
        ({"channels": [a_channel(time={"value": 5, "unit": ["day"]})]}, "Thời hạn (time) không đúng kiểu."),
        ({"channels": [a_channel(fees=[a_fee(amount=-1)])]}, "Mức phí (amount) không đúng kiểu."),
        ({"channels": [a_channel(fees=[a_fee(amount=1.5)])]}, "Mức phí (amount) không đúng kiểu."),
        ({"channels": [a_channel(fees=[a_fee(kind="thue")])]}, "Loại phí (kind) không biết."),
        ({"channels": [a_channel(fees=[a_fee(kind={})])]}, "Loại phí (kind) không biết."),
        ({"dossier": ["x"]}, "Mục dossier phải là danh sách."),
        ({"dossier": [{"items": [{"name": "x", "forms": [], "originals": "1"}]}]}, "Mục originals phải là số bản."),
        ({"dossier": [{"items": [{"name": "x", "forms": [], "copies": 1001}]}]}, "Mục copies phải là số bản."),
        ({"results": [{"name": ""}]}, "Thiếu mục name."),
    ],
)
def test_a_record_that_cannot_be_read_says_why(more, reason):
    with pytest.raises(BadRecord) as bad:
        read(json.dumps(a_record(**more)))

    assert str(bad.value) == reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "Không đọc được JSON"),
        ("[" * 100_000, "Không đọc được JSON"),
        ("[]", "Dòng không phải một đối tượng JSON."),
        ("7", "Dòng không phải một đối tượng JSON."),
        (b"\xff\xfe", "Dòng không phải văn bản UTF-8."),
    ],
)
def test_a_line_that_is_no_record_says_why(line, reason):
    with pytest.raises(BadRecord, match=reason):
        read(line)


def places(record, path=()):
    """Every place in a record where a value stands."""
    inner = record.items() if isinstance(record, dict) else enumerate(record) if isinstance(record, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


def test_whatever_stands_in_a_record_is_read_or_refused_with_a_reason():
    """Nonsense at every place of a record, one at a time: never anything but a record or a reason."""
    record = a_record(channels=[a_channel(fees=[a_fee()], time={"value": 5, "unit": "day", "text": "x"})])
    for path in places(record):
        for nonsense in (None, True, 7, -7, 0.5, 10**30, "", "x", [], {}, [[]], [{}], {"a": 1}, ["x"], "\0", "\ud83d"):
            changed = copy.deepcopy(record)
            holder = changed
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = nonsense
            try:
                told = read(json.dumps(changed))
            except BadRecord as bad:
                assert str(bad)
            else:
                assert isinstance(told, Told)


# A file of records


@pytest.mark.django_db
def test_a_bad_record_is_reported_with_its_line_and_loses_nothing_else():
    lines = [a_line(code="1.000001"), "", "{", a_line(code="1.000002", name=None), a_line(code="1.000003")]

    report = import_lines(lines, day=DAY)

    assert (report.created, report.changed, report.unchanged) == (2, 0, 0)
    assert [line for line, _ in report.bad] == [3, 4]
    assert report.bad[1] == (4, "Thiếu mục name.")
    assert report.read == 4
    assert set(Procedure.objects.values_list("code", flat=True)) == {"1.000001", "1.000003"}


@pytest.mark.django_db
def test_what_only_the_database_refuses_loses_nothing_else():
    wrong = [a_channel(fees=[a_fee(amount=10**30)])]
    lines = [a_line(code="1.000001"), a_line(code="1.000002", channels=wrong), a_line(code="1.000003")]

    report = import_lines(lines, day=DAY)

    assert report.created == 2
    ((line, reason),) = report.bad
    assert line == 2
    assert reason.startswith("Cơ sở dữ liệu không nhận: ")
    assert not ProcedureVersion.objects.filter(procedure__code="1.000002").exists()


@pytest.mark.django_db
def test_a_code_told_twice_is_reported_the_second_time():
    report = import_lines([a_line(), a_line(name="Khác")], day=DAY)

    assert report.bad == [(2, "Mã 1.001193 đã có ở dòng 1.")]
    assert ProcedureVersion.objects.get().name == "Thủ tục đăng ký khai sinh"


@pytest.mark.django_db
def test_an_older_day_is_refused_for_each_record_by_itself():
    import_lines([a_line(code="1.000001")], day=DAY)

    report = import_lines([a_line(code="1.000001", name="Khác"), a_line(code="1.000002")], day=date(2020, 1, 1))

    assert report.bad == [(1, "Đã có phiên bản có hiệu lực sau ngày này.")]
    assert report.created == 1


@pytest.mark.django_db
def test_batches_lose_nothing_at_their_edges(monkeypatch):
    monkeypatch.setattr("motcua.catalogue.importing.BATCH", 2)
    told = []

    report = import_lines(
        [a_line(code=f"1.{n:06d}") for n in range(5)], day=DAY, progress=lambda so_far: told.append(so_far.read)
    )

    assert report.created == 5
    assert told == [2, 4]


@pytest.fixture
def national():
    if not RECORDS.exists():
        pytest.skip(f"không có {RECORDS}")
    return RECORDS


@pytest.mark.django_db
def test_all_national_records_are_imported_and_a_second_time_changes_nothing(national):
    said = StringIO()
    call_command("import_procedures", national, day=DAY, stdout=said)

    assert "2565 mới, 0 thay đổi, 0 không đổi, 0 bị bỏ." in said.getvalue()
    assert "Đã đọc 2565 bản ghi trong " in said.getvalue()
    assert ProcedureVersion.objects.count() == 2565
    before = list(ProcedureVersion.objects.order_by("pk").values_list("pk", "valid_to", "source_hash"))

    said = StringIO()
    call_command("import_procedures", national, day=date(2022, 1, 1), stdout=said)

    assert "0 mới, 0 thay đổi, 2565 không đổi, 0 bị bỏ." in said.getvalue()
    assert list(ProcedureVersion.objects.order_by("pk").values_list("pk", "valid_to", "source_hash")) == before


@pytest.mark.django_db
def test_the_command_names_the_bad_lines(tmp_path):
    file = tmp_path / "records.jsonl.gz"
    file.write_bytes(gzip.compress(f"{a_line()}\nxấu\n".encode()))
    said, wrong = StringIO(), StringIO()

    call_command("import_procedures", file, stdout=said, stderr=wrong)

    assert "1 mới, 0 thay đổi, 0 không đổi, 1 bị bỏ." in said.getvalue()
    assert wrong.getvalue().startswith("Dòng 2: Không đọc được JSON")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content", [None, b"not gzip", gzip.compress(b"x" * 100_000)[:50]], ids=["missing", "not gzip", "cut off"]
)
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path, content):
    file = tmp_path / "records.jsonl.gz"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(CommandError, match="Không đọc được tệp"):
        call_command("import_procedures", file)


# A table of facts


def a_row(**more):
    return {
        "code": "1.001193",
        "name": "Đăng ký khai sinh",
        "field": "Hộ tịch",
        "agency": "STP",
        "level": "PROVINCE",
        "term_value": "5",
        "term_unit": "WORKING_DAYS",
        "fee": "8000",
        "has_online_channel": "1",
    } | more


@pytest.mark.django_db
def test_a_table_of_facts_is_imported_and_what_is_known_is_left_alone():
    agency = an_agency()
    rows = [a_row(), a_row(code="1.000002", fee="", term_value="", term_unit="", has_online_channel="0", agency="")]

    report = import_facts(rows, agencies={"STP": agency}, day=DAY, source="bảng")

    assert (report.created, report.bad) == (2, [])
    first, second = ProcedureVersion.objects.order_by("-procedure__code")
    assert (first.agency, first.online, first.source) == (agency, True, "bảng")
    assert [(term.channel, term.amount) for term in first.terms.all()] == [(Channel.DIRECT, 5), (Channel.ONLINE, 5)]
    assert first.fees.get().amount == 8000
    assert (second.agency, second.fees.count()) == (None, 0)
    assert second.term(Channel.DIRECT).term is None

    report = import_facts([a_row(name="Khác")], agencies={"STP": agency}, day=date(2022, 1, 1))

    assert (report.created, report.unchanged) == (0, 1)
    assert ProcedureVersion.objects.filter(name="Khác").count() == 0


@pytest.mark.django_db
def test_a_bad_row_is_reported_with_its_line_in_the_file():
    rows = [a_row(code="1.000001"), a_row(code="1.000002", agency="ZZZ"), a_row(code="1.000003")]

    report = import_facts(rows, agencies={"STP": an_agency()}, day=DAY)

    assert report.created == 2
    assert report.bad == [(3, "Không có cơ quan ZZZ.")]  # the first line is the head


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"level": "VILLAGE"}, "Không có cấp VILLAGE."),
        ({"term_value": "năm"}, "Cột term_value phải là số: năm."),
        ({"term_unit": "WEEKS"}, "Không có đơn vị thời hạn WEEKS."),
        ({"fee": "-1"}, "Cột fee phải là số: -1."),
        ({"code": "abc"}, "Mã thủ tục không đúng dạng: abc."),
        ({"name": ""}, "Thiếu mục name."),
    ],
)
def test_a_row_that_cannot_be_read_says_why(more, reason):
    with pytest.raises(BadRecord) as bad:
        facts(a_row(**more), {"STP": None})

    assert str(bad.value) == reason


def test_a_row_with_columns_missing_says_which():
    row = a_row()
    del row["fee"], row["level"]

    with pytest.raises(BadRecord, match="Thiếu cột fee, level."):
        facts(row, {})
