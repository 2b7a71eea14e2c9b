"""The screens of processes: every button keeps what was typed, two editors lose nothing, others' procedures stay shut."""

import csv
import re
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from motcua.accounts.permissions import Role
from motcua.accounts.testing import a_citizen, an_officer, sign_in
from motcua.catalogue import processes
from motcua.catalogue.models import Process, ProcessDraft
from motcua.catalogue.processes import reading
from motcua.catalogue.processes.tables import ROW
from motcua.catalogue.testing import a_procedure, steps
from motcua.organisations.models import Level, UnitKind
from motcua.organisations.testing import a_unit, an_agency

from .test_processes_drafts import NOW, TABLE, a_department, a_draft, a_keeper, an_editor
from .test_processes_tables import EXAMINE, HEADING, RECEIVE, SIGN, STAMP, TOTAL

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(client):
    keeper = a_keeper()
    sign_in(client, keeper)
    return keeper


def address(name, *args):
    return reverse(f"catalogue:{name}", args=args)


def a_form(rows, revision=1, do="save", **facts):
    """What the browser sends of the table."""
    posted = {"revision": revision, "count": len(rows), "do": do, "code": "1.001193", **facts}
    for nth, row in enumerate(rows):
        for name, value in row.items():
            if value is True:
                posted[f"{name}-{nth}"] = "on"
            elif value not in (False, None):
                posted[f"{name}-{nth}"] = value
    return posted


def typed_on(page):
    """The works in the fields of a page, in order."""
    return re.findall(r'<textarea id="work-\d+"[^>]*>([^<]*)</textarea>', page.content.decode())


def a_file(*rows, name="quy-trinh.csv"):
    text = StringIO()
    csv.writer(text).writerows(rows)
    return SimpleUploadedFile(name, text.getvalue().encode())


# The table


def test_a_new_process_begins_with_its_procedure(client, keeper):
    a_procedure(process=False)

    page = client.post(address("process_new"), {"code": "1.001193"})

    draft = ProcessDraft.objects.get()
    assert page.url == address("process_draft", draft.pk)
    assert (draft.title, draft.rows) == ("Đăng ký khai sinh", [ROW] * 4)


def test_a_process_of_no_procedure_is_not_begun(client, keeper):
    page = client.post(address("process_new"), {"code": "9.999999"})

    assert page.status_code == 422
    assert "Chưa có thủ tục nào đang có hiệu lực với mã này" in page.content.decode()
    assert not ProcessDraft.objects.exists()


def test_what_is_typed_is_kept_row_by_row(client, keeper):
    a_procedure(process=False)
    draft = a_draft(keeper, [ROW])
    rows = [row | {"who": "Như văn bản", "form": "Mẫu 01\nMẫu 02"} for row in TABLE]

    client.post(address("process_draft", draft.pk), a_form(rows, channel="ONLINE", case="Có xác minh", total="2 ngày"))

    draft.refresh_from_db()
    assert draft.rows == rows
    assert (draft.revision, draft.channel, draft.case, draft.total) == (2, "ONLINE", "Có xác minh", "2 ngày")


@pytest.mark.parametrize(
    ("do", "works"),
    [
        ("up:1", ["Xem", "Nhận", "Ký"]),
        ("down:1", ["Nhận", "Ký", "Xem"]),
        ("add:0", ["Nhận", "", "Xem", "Ký"]),
        ("add", ["Nhận", "Xem", "Ký", ""]),
        ("remove:0", ["Xem", "Ký"]),
        ("up:0", ["Nhận", "Xem", "Ký"]),
        ("down:2", ["Nhận", "Xem", "Ký"]),
        ("remove:99", ["Nhận", "Xem", "Ký"]),
        ("look", ["Nhận", "Xem", "Ký"]),
        ("nonsense:x", ["Nhận", "Xem", "Ký"]),
    ],
)
def test_a_button_of_the_table_changes_the_page_and_keeps_nothing_yet(client, keeper, do, works):
    a_procedure(process=False)
    draft = a_draft(keeper, [ROW])

    page = client.post(address("process_draft", draft.pk), a_form(TABLE[:3], do=do))

    assert typed_on(page) == works
    assert "chưa lưu" in page.content.decode()
    draft.refresh_from_db()
    assert (draft.rows, draft.revision) == ([ROW], 1)


def test_the_second_of_two_editors_sees_both_and_loses_nothing(client, keeper):
    a_procedure(process=False)
    draft = a_draft(keeper, [ROW])
    client.post(address("process_draft", draft.pk), a_form([TABLE[0] | {"work": "Của người đầu"}]))

    page = client.post(address("process_draft", draft.pk), a_form([TABLE[0] | {"work": "Của người sau"}], revision=1))

    told = page.content.decode()
    assert page.status_code == 422
    assert typed_on(page) == ["Của người sau"]
    assert "Của người đầu" in told
    assert "đã lưu quy trình này lúc" in told
    draft.refresh_from_db()
    assert draft.rows[0]["work"] == "Của người đầu"

    # Having seen both, the second may put the own table in its place.
    revision = re.search(r'name="revision" value="(\d+)"', told)[1]
    client.post(address("process_draft", draft.pk), a_form([TABLE[0] | {"work": "Của người sau"}], revision=revision))
    draft.refresh_from_db()
    assert draft.rows[0]["work"] == "Của người sau"


def test_what_is_missing_is_named_at_its_step_and_never_invented(client, keeper):
    a_procedure(process=False)
    draft = a_draft(keeper, [ROW])

    told = client.get(address("process_draft", draft.pk)).content.decode()

    for words in (
        "Bước 1 chưa ghi số giờ.",
        "chưa ghi thời gian",
        "chưa ghi bộ phận",
        "Văn bản chưa ghi tổng thời gian.",
    ):
        assert words in told
    assert 'value="0"' not in told


def test_the_keeper_saves_and_issues_at_once(client, keeper):
    a_procedure(process=False)
    draft = a_draft(keeper, [ROW])

    page = client.post(address("process_draft", draft.pk), a_form(TABLE, do="issue"), follow=True)

    process = Process.objects.get()
    assert page.redirect_chain[-1][0] == address("process", process.pk)
    assert [step.work for step in process.steps.all()] == [row["work"] for row in TABLE]
    closed = client.get(address("process_draft", draft.pk)).content.decode()
    assert "đã được ban hành và không sửa nữa" in closed
    assert "<textarea" not in closed


def test_what_was_typed_while_another_issued_it_stays_on_the_page(client, keeper):
    a_procedure(process=False)
    draft = a_draft(keeper)
    client.post(address("process_draft", draft.pk), a_form(TABLE, do="issue"))

    page = client.post(address("process_draft", draft.pk), a_form([TABLE[0] | {"work": "Tôi vừa gõ"}]))

    assert page.status_code == 422
    told = page.content.decode()
    assert "đã ban hành hoặc đã bỏ nên không sửa được nữa" in told
    assert "Tôi vừa gõ" in told
    draft.refresh_from_db()
    assert draft.rows[0]["work"] == "Nhận"


def test_a_failing_process_is_saved_but_not_issued(client, keeper):
    a_procedure(process=False)
    draft = a_draft(keeper, [ROW])

    page = client.post(address("process_draft", draft.pk), a_form(TABLE[:2], do="issue"))

    assert page.status_code == 422
    assert "Đã lưu, chưa ban hành" in page.content.decode()
    draft.refresh_from_db()
    assert (len(draft.rows), draft.revision) == (2, 2)
    assert not Process.objects.exists()


def test_an_editor_saves_and_never_issues(client):
    justice = a_department()
    a_procedure("1.000001", agency=justice, level=Level.PROVINCE, process=False)
    editor = an_editor(justice)
    sign_in(client, editor)
    draft = a_draft(editor, code="1.000001")

    client.post(address("process_draft", draft.pk), a_form(TABLE, do="issue", code="1.000001"))

    assert "Lưu và ban hành" not in client.get(address("process_draft", draft.pk)).content.decode()
    assert not Process.objects.exists()
    draft.refresh_from_db()
    assert draft.revision == 2


def test_a_draft_put_away_is_gone_from_the_list(client, keeper):
    a_procedure(process=False)
    draft = a_draft(keeper)

    client.post(address("process_discard", draft.pk), {"revision": 7})
    assert ProcessDraft.objects.open().exists()  # the page was older than the draft
    client.post(address("process_discard", draft.pk), {"revision": 1})

    assert not ProcessDraft.objects.open().exists()


# Who may


def test_another_agencys_editor_finds_nothing_here(client):
    justice, land = a_department(), a_department("Sở Tài nguyên và Môi trường")
    version = a_procedure("1.000001", agency=justice, level=Level.PROVINCE, process=False)
    draft = a_draft(an_editor(justice), code="1.000001")
    process = processes.issue(version, steps())
    sign_in(client, an_editor(land))

    assert "1.000001" not in client.get(address("processes")).content.decode()
    assert "1.000001" not in client.get(address("processes") + "?loc=da-ban-hanh").content.decode()
    for name in ("process_draft", "process_draft_print", "process_draft_bpmn"):
        assert client.get(address(name, draft.pk)).status_code == 404
    for name in ("process", "process_print", "process_bpmn"):
        assert client.get(address(name, process.pk)).status_code == 404
    assert client.post(address("process_draft", draft.pk), a_form(TABLE)).status_code == 404
    assert client.post(address("process_discard", draft.pk), {"revision": 1}).status_code == 404
    assert client.post(address("process_again", process.pk)).status_code == 404
    draft.refresh_from_db()
    assert draft.revision == 1


def test_who_keeps_no_catalogue_does_not_enter(client):
    officer = an_officer(a_unit(an_agency(), UnitKind.ONE_STOP), Role.RECEPTION_OFFICER)
    for person, status in ((officer, 403), (a_citizen(), 403), (None, 302)):
        client.logout()
        if person:
            sign_in(client, person)
        assert client.get(address("processes")).status_code == status


# The list


def test_the_list_is_found_by_code_and_name_and_by_what_it_lacks(client, keeper):
    a_procedure("1.000001", name="Đăng ký khai tử", process=False)
    a_procedure("1.000002", name="Đăng ký kết hôn", process=False)
    a_draft(keeper, code="1.000001")
    a_draft(keeper, [ROW], code="1.000002")
    version = a_procedure("1.000003", name="Đăng ký giám hộ")

    def shown(query):
        return re.findall(r'class="number">(1\.\d{6})<', client.get(address("processes") + query).content.decode())

    assert shown("") == ["1.000001", "1.000002"]
    assert shown("?q=ket+hon") == ["1.000002"]
    assert shown("?q=1.000001") == ["1.000001"]
    assert shown("?loc=thieu") == ["1.000002"]
    assert shown("?loc=san-sang") == ["1.000001"]
    assert shown("?loc=da-ban-hanh") == [version.code]
    assert shown("?loc=da-ban-hanh&q=khai+tu") == []
    assert shown("?q=%00%27&loc=x&sau=x~99999999999999999999") == []


def test_a_long_list_is_read_page_by_page(client, keeper):
    ProcessDraft.objects.bulk_create([ProcessDraft(code=f"1.{nth // 2:06d}", saved_at=NOW) for nth in range(120)])

    seen, query = [], ""
    while query is not None:
        told = client.get(address("processes") + query).content.decode()
        seen += re.findall(r'href="/motcua/danh-muc/quy-trinh/du-thao/(\d+)/"', told)
        following = re.search(r'href="(\?[^"]*sau=[^"]*)"', told)
        query = following[1].replace("&amp;", "&") if following else None

    assert len(seen) == len(set(seen)) == 120


# Files


def test_a_file_is_shown_before_anything_is_kept(client, keeper):
    a_procedure(process=False)
    title = ["Quy trình: Việc mẫu, mã 1.001193"]

    page = client.post(
        address("process_upload"), {"file": a_file(title, HEADING, RECEIVE, EXAMINE, SIGN, STAMP, TOTAL)}
    )

    told = page.content.decode()
    assert "Xem trước: 1 quy trình trong quy-trinh.csv" in told
    assert "Việc mẫu" in told
    assert "văn bản ghi “10,5 giờ”" in told
    assert not ProcessDraft.objects.exists()

    signed = re.search(r'name="signed" value="([^"]+)"', told)[1]
    client.post(address("process_take"), {"signed": signed, "take": ["0"]})

    draft = ProcessDraft.objects.get()
    assert (draft.code, draft.title, len(draft.rows), draft.source) == ("1.001193", "Việc mẫu", 4, "quy-trinh.csv")


def test_the_browser_sends_the_file_by_itself(client, keeper):
    """What watches a file's size sends it behind the page and wants a redirect; a preview is an answer of its own."""
    assert "data-limit" not in client.get(address("process_upload")).content.decode()


def test_only_the_chosen_processes_are_kept(client, keeper):
    file = a_file(HEADING, RECEIVE, SIGN, TOTAL, ["Quy trình: Việc sau"], HEADING, RECEIVE, EXAMINE, SIGN)
    told = client.post(address("process_upload"), {"file": file}).content.decode()

    client.post(
        address("process_take"), {"signed": re.search(r'name="signed" value="([^"]+)"', told)[1], "take": ["1", "9"]}
    )

    assert [draft.title for draft in ProcessDraft.objects.all()] == ["Việc sau"]


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (None, "Chưa chọn tệp nào."),
        (SimpleUploadedFile("a.csv", b" "), "Tệp trống"),
        (SimpleUploadedFile("a.pdf", b"%PDF-1.7"), "Chỉ đọc được tệp XLSX"),
        (SimpleUploadedFile("a.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le")), "mật khẩu"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_by_a_sentence(client, keeper, file, sentence):
    page = client.post(address("process_upload"), {"file": file} if file else {})

    assert page.status_code == 422
    assert sentence in page.content.decode()


def test_a_huge_file_is_told_by_a_sentence(client, keeper, monkeypatch):
    monkeypatch.setattr("motcua.catalogue.editor.views.processes.MAX_BYTES", 3)

    page = client.post(address("process_upload"), {"file": a_file(HEADING, RECEIVE)})

    assert page.status_code == 422
    assert str(reading.TooBig.message) in page.content.decode()


def test_an_editor_is_told_which_processes_of_a_file_are_not_theirs(client):
    justice = a_department()
    a_procedure("1.000001", agency=justice, level=Level.PROVINCE, process=False)
    a_procedure("1.000002", process=False)
    sign_in(client, an_editor(justice))
    file = a_file(
        ["Quy trình: Một, mã 1.000001"], HEADING, RECEIVE, TOTAL, ["Quy trình: Hai, mã 1.000002"], HEADING, SIGN
    )

    told = client.post(address("process_upload"), {"file": file}).content.decode()
    assert "Thủ tục này do cơ quan khác giải quyết" in told
    assert re.findall(r'name="take" value="(\d)"', told) == ["0"]

    # Sent all the same, it is refused and nothing is kept.
    signed = re.search(r'name="signed" value="([^"]+)"', told)[1]
    page = client.post(address("process_take"), {"signed": signed, "take": ["0", "1"]}, follow=True)
    assert "Thủ tục này do cơ quan khác giải quyết" in page.content.decode()
    assert not ProcessDraft.objects.exists()


def test_a_preview_somebody_changed_is_not_kept(client, keeper):
    page = client.post(address("process_take"), {"signed": "x:y:z", "take": ["0"]}, follow=True)

    assert "Bản xem trước đã cũ nên chưa lưu gì" in page.content.decode()


# What was issued, paper and BPMN


def test_an_issued_process_is_shown_drawn_printed_and_taken_away(client, keeper):
    process = a_procedure().process()

    for name in ("process", "process_print"):
        told = client.get(address(name, process.pk)).content.decode()
        assert "<svg" in told
        assert "4,5 giờ" in told
        assert "style=" not in told
    file = client.get(address("process_bpmn", process.pk))
    assert file["Content-Disposition"] == 'attachment; filename="quy-trinh-1.001193.bpmn"'
    back = client.post(address("process_upload"), {"file": SimpleUploadedFile("a.bpmn", file.content)})
    assert "Đăng ký khai sinh" in back.content.decode()
    assert "cộng được 4,5 giờ" in back.content.decode()


def test_another_process_begins_from_an_issued_one(client, keeper):
    process = a_procedure().process()

    page = client.post(address("process_again", process.pk), follow=True)

    assert page.status_code == 200
    assert [row["work"] for row in ProcessDraft.objects.get().rows] == [step.work for step in process.steps.all()]
    assert process.steps.count() == 4


def test_a_draft_is_printed_with_what_it_lacks(client, keeper):
    a_procedure(process=False)
    draft = a_draft(keeper, [ROW])

    told = client.get(address("process_draft_print", draft.pk)).content.decode()

    assert "Bản dự thảo, chưa ban hành được" in told
    assert "chưa ghi thời gian" in told
    assert client.get(address("process_draft_bpmn", draft.pk)).status_code == 200
