"""A file of procedures is read, shown, and written when a keeper says so."""

import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.accounts.testing import sign_in
from motcua.catalogue import drafts, exchange, uploads
from motcua.catalogue.models import Draft, ProcedureVersion, Upload, UploadState, UploadWay
from motcua.catalogue.publishing import told_of
from motcua.catalogue.tasks import apply_upload, check_upload
from motcua.catalogue.testing import a_keeper, a_procedure, an_editor
from motcua.organisations.models import AgencyKind, Level
from motcua.organisations.testing import an_agency

pytestmark = pytest.mark.django_db


@pytest.fixture
def thu(client):
    thu = a_keeper()
    sign_in(client, thu)
    return thu


def the_lines(*told):
    return b"".join(exchange.lines(told))


def told(code="1.000001", **changed):
    record = exchange.as_record(told_of(a_procedure("9.999999"))) | {"code": code, **changed}
    ProcedureVersion.objects.filter(procedure__code="9.999999").delete()
    return exchange.records.of_record(record)


def run_jobs():
    """The worker's part, done at once."""
    for job in ProcrastinateJob.objects.filter(task_name__startswith="catalogue.", status="todo").order_by("pk"):
        {check_upload.name: check_upload, apply_upload.name: apply_upload}[job.task_name].func(**job.args)


def bring_in(client, content, name="danh-muc.jsonl"):
    return client.post("/motcua/danh-muc/nhap-xuat/", {"file": SimpleUploadedFile(name, content)})


def test_a_file_is_read_in_the_background_and_nothing_is_written_yet(client, thu):
    response = bring_in(client, the_lines(told()))
    waiting = client.get(response.url).content.decode()
    run_jobs()
    shown = client.get(response.url).content.decode()

    assert "Đang đọc" in waiting
    assert "Chưa ghi gì" in shown and "Ghi 1 thủ tục" in shown
    assert not ProcedureVersion.objects.exists() and not Draft.objects.exists()


def test_what_was_read_becomes_drafts(client, thu):
    address = bring_in(client, the_lines(told(), told("1.000002"))).url
    run_jobs()

    client.post(address + "ghi/", {"way": "DRAFTS"})
    run_jobs()

    assert set(Draft.objects.values_list("code", flat=True)) == {"1.000001", "1.000002"}
    assert "Đã ghi xong" in client.get(address).content.decode()
    assert bytes(Upload.objects.get().content) == b""


def test_what_was_read_is_published_from_a_day(client, thu):
    address = bring_in(client, the_lines(told())).url
    run_jobs()
    tomorrow = timezone.localdate() + timedelta(days=1)

    client.post(address + "ghi/", {"way": "PUBLISH", "day": tomorrow.isoformat()})
    run_jobs()

    version = ProcedureVersion.objects.get()
    assert (version.code, version.valid_from, version.published_by) == ("1.000001", tomorrow, thu)


def test_a_job_that_runs_twice_writes_once(client, thu):
    address = bring_in(client, the_lines(told())).url
    run_jobs()
    client.post(address + "ghi/", {"way": "DRAFTS"})
    upload = Upload.objects.get()
    uploads.carry_out(upload)
    Upload.objects.update(state=UploadState.APPLYING, content=upload.content)

    uploads.carry_out(Upload.objects.get())

    assert Draft.objects.count() == 1
    assert Upload.objects.get().report["bad_count"] == 0


def test_pressing_twice_writes_once(client, thu):
    address = bring_in(client, the_lines(told())).url
    run_jobs()

    client.post(address + "ghi/", {"way": "DRAFTS"})
    again = client.post(address + "ghi/", {"way": "PUBLISH", "day": timezone.localdate().isoformat()}, follow=True)

    assert "đã được ghi" in again.content.decode()
    assert Upload.objects.get().way == UploadWay.DRAFTS


def test_bad_lines_are_named_and_the_others_written(client, thu):
    good, bad = told(), exchange.as_record(told("1.000002")) | {"level": "VILLAGE"}
    content = the_lines(good) + json.dumps(bad).encode() + b"\n" + the_lines(good)
    address = bring_in(client, content).url
    run_jobs()

    shown = client.get(address).content.decode()

    assert "Cấp giải quyết" in shown and "Mã 1.000001 đã có ở dòng 1" in shown
    assert "Ghi 1 thủ tục" in shown


def test_what_is_the_same_need_not_be_written(client, thu):
    a_procedure()
    content = the_lines(*exchange.told(ProcedureVersion.objects.all()))
    address = bring_in(client, content).url
    run_jobs()

    assert "Không có gì khác" in client.get(address).content.decode()


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"hello"])
def test_another_file_is_refused_and_not_kept(client, thu, content):
    response = bring_in(client, content, "anh.png")

    assert response.status_code == 422
    assert not Upload.objects.exists()


def test_a_huge_file_is_refused(client, thu, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST", 100)

    response = bring_in(client, the_lines(told()))

    assert "30 MB" in response.content.decode()
    assert not Upload.objects.exists()


def test_an_editor_does_not_publish_a_file_and_writes_only_about_the_own_agency(client):
    own = an_agency("Sở Tư pháp", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT)
    sign_in(client, an_editor(own))
    mine, others = told("1.000001", agency=own.identifier), told("1.000002")
    address = bring_in(client, the_lines(mine, others)).url
    run_jobs()

    refused = client.post(address + "ghi/", {"way": "PUBLISH", "day": timezone.localdate().isoformat()})
    client.post(address + "ghi/", {"way": "DRAFTS"})
    run_jobs()

    assert refused.status_code == 422
    assert not ProcedureVersion.objects.exists()
    assert list(Draft.objects.values_list("code", flat=True)) == ["1.000001"]
    assert "của cơ quan khác" in client.get(address).content.decode()


def test_a_procedure_somebody_writes_about_is_left_to_them(client, thu):
    version = a_procedure()
    drafts.begin(version, by=a_keeper("Nông Văn Tâm"), at=timezone.now())
    content = the_lines(exchange.records.of_record(exchange.as_record(told_of(version)) | {"name": "Tên khác"}))
    address = bring_in(client, content).url
    run_jobs()
    client.post(address + "ghi/", {"way": "DRAFTS"})
    run_jobs()

    assert "đang có một bản dự thảo" in client.get(address).content.decode()
    assert Draft.objects.get().told["name"] == version.name


def test_nobody_sees_what_somebody_else_brought_in(client, thu):
    address = bring_in(client, the_lines(told())).url
    sign_in(client, a_keeper("Nông Văn Tâm"))

    assert client.get(address).status_code == 404
    assert client.post(address + "ghi/", {"way": "DRAFTS"}).status_code == 404


@pytest.mark.parametrize("kind", ["jsonl", "json", "xlsx"])
def test_all_three_forms_are_taken_out_whole(client, thu, kind):
    a_procedure()
    a_procedure("1.000002")

    response = client.get(f"/motcua/danh-muc/nhap-xuat/xuat.{kind}")

    content = b"".join(response.streaming_content)
    assert f".{kind}" in response["Content-Disposition"]
    assert {reader().code for _, reader in exchange.readers(content)} == {"1.001193", "1.000002"}


def test_an_editor_takes_out_the_own_agency_only_and_one_procedure_by_its_code(client):
    own = an_agency("Sở Tư pháp", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT)
    a_procedure("1.000001", agency=own, level=Level.PROVINCE)
    a_procedure("1.000002")
    sign_in(client, an_editor(own))

    whole = b"".join(client.get("/motcua/danh-muc/nhap-xuat/xuat.jsonl").streaming_content)

    assert [json.loads(line)["code"] for line in io.BytesIO(whole)] == ["1.000001"]
    assert client.get("/motcua/danh-muc/nhap-xuat/xuat.xlsx?ma=1.000002").status_code == 404
