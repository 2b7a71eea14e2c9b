"""A file of procedures brought in: read first, written when a keeper says so, both in the background (nhập danh mục)."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.journal.recording import record
from motcua.refusal import Refusal

from . import drafts, exchange
from .importing import BadRecord, Report, import_told
from .models import Draft, ProcedureVersion, Upload, UploadState, UploadWay
from .publishing import unchanged

LARGEST = 30 * 1024 * 1024
NAMED = 200  # bad records named one by one
KEPT = timedelta(days=7)  # for so long a file waits for somebody to say what becomes of it
NEW, CHANGED, UNCHANGED = "new", "changed", "unchanged"


class TooBig(Refusal):
    message = "Tệp lớn quá 30 MB; hãy chia thành nhiều tệp."


class AlreadyApplied(Refusal):
    message = "Tệp này đã được ghi hoặc đang được ghi; hãy xem kết quả bên dưới."


class NotYet(Refusal):
    message = "Tệp đang được đọc; hãy đợi đọc xong rồi ghi."


class NotAllowed(Refusal):
    message = "Chỉ cán bộ kiểm soát thủ tục hành chính của tỉnh mới công bố được; hãy ghi thành bản dự thảo."


@transaction.atomic
def receive(content: bytes, file_name: str, *, by: Person, at: datetime) -> Upload:
    """Keep a file and have it read; one that is none of the three forms is refused at once."""
    if len(content) > LARGEST:
        raise TooBig
    total = len(exchange.readers(content))
    Upload.objects.filter(by=by, at__lt=at - KEPT).exclude(state=UploadState.APPLYING).exclude(content=b"").update(
        content=b""
    )
    upload = Upload.objects.create(file_name=file_name[-200:], content=content, by=by, at=at, total=total)
    record("catalogue.file_received", about=upload, by=by, at=at, total=total)
    from .tasks import check_upload  # the job framework is ready only when all apps are

    check_upload.defer(upload=upload.pk)
    return upload


def check(upload: Upload) -> None:
    """Read every record and say what writing it would do; reading again says the same."""
    counted: Counter[str] = Counter()
    bad: list[list[Any]] = []
    seen: dict[str, int] = {}
    content = bytes(upload.content)
    whole = exchange.is_whole(content)
    for place, reader in exchange.readers(content):
        try:
            told = reader()
            if told.code in seen:
                raise BadRecord(f"Mã {told.code} đã có ở dòng {seen[told.code]}.")
        except BadRecord as reason:
            bad.append([place, str(reason)])
        else:
            seen[told.code] = place
            before = _newest(told.code)
            counted[NEW if before is None else UNCHANGED if unchanged(told, before, whole=whole) else CHANGED] += 1
        if sum(counted.values()) % exchange.AT_ONCE == 0:
            Upload.objects.filter(pk=upload.pk).update(done=sum(counted.values()) + len(bad))
    report = {**counted, "bad_count": len(bad), "bad": bad[:NAMED]}
    Upload.objects.filter(pk=upload.pk, state=UploadState.CHECKING).update(
        state=UploadState.CHECKED, done=upload.total, report=report
    )


def _newest(code: str) -> ProcedureVersion | None:
    versions = ProcedureVersion.objects.filter(procedure__code=code).select_related("procedure", "field", "agency")
    return versions.order_by("-valid_from").first()


@transaction.atomic
def apply(upload: Upload, *, way: str, day: date | None, by: Person, at: datetime) -> Upload:
    """Have a file that was read written, once: as drafts, or published from a day on."""
    upload = Upload.objects.select_for_update().defer("content").get(pk=upload.pk)
    if upload.state == UploadState.CHECKING:
        raise NotYet
    if upload.state != UploadState.CHECKED:
        raise AlreadyApplied
    if way == UploadWay.PUBLISH:
        if not by.may(Can.PUBLISH_CATALOGUE):
            raise NotAllowed
        if day is None or day < timezone.localdate(at):
            raise Refusal("Ngày có hiệu lực không được trước hôm nay.")
    upload.way, upload.day, upload.applied_at, upload.state, upload.done = way, day, at, UploadState.APPLYING, 0
    upload.save(update_fields=["way", "day", "applied_at", "state", "done"])
    record("catalogue.file_applied", about=upload, by=by, at=at, way=way)
    from .tasks import apply_upload  # the job framework is ready only when all apps are

    apply_upload.defer(upload=upload.pk)
    return upload


def carry_out(upload: Upload) -> None:
    """Write what was read; begun again after a crash it goes on with what is not there yet."""
    if upload.state != UploadState.APPLYING:
        return
    report = _publish(upload) if upload.way == UploadWay.PUBLISH else _draft(upload)
    written = {
        NEW: report.created,
        CHANGED: report.changed,
        UNCHANGED: report.unchanged,
        "bad_count": len(report.bad),
        "bad": [list(one) for one in report.bad[:NAMED]],
    }
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.DONE, done=upload.total, report=written, content=b"")


def _progress(upload: Upload, report: Report) -> None:
    Upload.objects.filter(pk=upload.pk).update(done=report.read)


def _publish(upload: Upload) -> Report:
    content = bytes(upload.content)
    assert upload.day
    return import_told(
        exchange.readers(content),
        upload.day,
        lambda report: _progress(upload, report),
        by=upload.by,
        at=upload.applied_at,
        whole=exchange.is_whole(content),
    )


def _draft(upload: Upload) -> Report:
    """A draft for everything that is new or differs; a procedure that somebody writes about already is named."""
    report = Report()
    at, content = upload.applied_at, bytes(upload.content)
    assert at
    whole = exchange.is_whole(content)
    for place, reader in exchange.readers(content):
        try:
            told = reader()
            before = _newest(told.code)
            if before and unchanged(told, before, whole=whole):
                report.unchanged += 1
                continue
            if not Draft.objects.filter(code=told.code, begun_by=upload.by, begun_at=at).exists():
                drafts.begin_told(told, by=upload.by, at=at)
        except (BadRecord, Refusal) as reason:
            report.bad.append((place, str(reason)))
        else:
            report.count(["changed" if before else "created"])
        if report.read % 50 == 0:
            _progress(upload, report)
    return report
