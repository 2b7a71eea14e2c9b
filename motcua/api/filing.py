"""Filing for people: papers, the dossier, what was asked for, and taking it back (nộp, bổ sung, rút hồ sơ)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from ninja import File, Schema
from ninja.files import UploadedFile
from ninja.responses import Status
from pydantic import ConfigDict, Field

from motcua.catalogue import cases, reading
from motcua.catalogue import forms as told_forms
from motcua.catalogue.models import Component, ProcedureVersion
from motcua.dossiers import intake, papers, results, supplement
from motcua.dossiers.lifecycle import refuse_now
from motcua.dossiers.models import Dossier, SupplementRequest
from motcua.files import storing
from motcua.files.naming import clean_name
from motcua.organisations.models import Agency
from motcua.refusal import Refusal

from . import idempotency
from .answers import bound
from .following import OPENED, WAITING, DossierCode, DossierTold, router, tell
from .forms import KINDS, FilingForm
from .models import Client, Upload
from .open import Fault, Wrong
from .scopes import scoped

FILING = ["filing"]
UPLOADS_KEPT = timedelta(hours=48)

Line = Annotated[str, Field(max_length=250)]
Word = Annotated[str, Field(max_length=60)]


EXAMPLE: dict[str, Any] = {
    "procedure": "1.001193",
    "agency": "H60.41.001",
    "owner": {"name": "Lý A Pao", "birth_date": "1990-09-05", "address": "Thôn Khuổi Phát, xã Hùng Đức"},
    "contact": {"phone": "0912345678"},
    "answers": {"ten_con": "Lý Gia Bảo", "ngay_sinh": "2023-10-01", "co_cha": "Không"},
    "papers": [{"component": "chung_sinh", "files": ["3f2c8a50-8f6e-4a57-9f0e-0c5c7d1d2b11"]}],
    "return_to": {"by": "COUNTER"},
}


class Sent(Schema):
    model_config = ConfigDict(extra="forbid")


class OwnerSent(Sent):
    """Chủ hồ sơ: người dân, doanh nghiệp hoặc tổ chức mà hồ sơ là của họ."""

    kind: Literal["citizen", "enterprise", "state_body", "organisation"] = "citizen"
    name: Line
    id_number: Word = ""
    birth_date: date | None = None
    address: Line


class ContactSent(Sent):
    """Nơi báo tin; bốn số cuối điện thoại dùng để tra cứu."""

    phone: Word
    email: Line = ""


class SubmitterSent(Sent):
    """Người nộp, khi không phải chính chủ hồ sơ."""

    name: Line
    id_number: Word = ""


class PaperSent(Sent):
    """Một thành phần hồ sơ: `component` là `key` trong thủ tục, `files` là mã các tệp đã gửi."""

    component: Word
    files: list[UUID] = Field(default=[], max_length=papers.MOST_FILES)
    bring_later: bool = False


class ReturnSent(Sent):
    """Nơi nhận kết quả."""

    by: Literal["COUNTER", "POST", "ONLINE"] = "COUNTER"
    address: Line = ""


class FilingSent(Sent):
    """Một hồ sơ, đủ mọi thứ thủ tục hỏi."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    procedure: str = Field(max_length=30, examples=["1.001193"])
    agency: str = Field(max_length=35, description="Mã định danh cơ quan giải quyết", examples=["H60.41.001"])
    case: str = Field(default="", max_length=1000, description="Trường hợp, nguyên văn như ở thành phần hồ sơ")
    owner: OwnerSent
    contact: ContactSent
    submitter: SubmitterSent | None = None
    answers: dict[str, Any] = Field(default={}, description="Câu trả lời theo `form` của thủ tục, theo `key`")
    papers: list[PaperSent] = Field(default=[], max_length=100)
    return_to: ReturnSent = Field(default_factory=ReturnSent)


class AskedPaperSent(Sent):
    """Tệp mới cho một giấy tờ được yêu cầu: `paper` như trong `supplement.items`."""

    paper: int = Field(ge=1, lt=2**63)
    files: list[UUID] = Field(min_length=1, max_length=papers.MOST_FILES)


class SupplementSent(Sent):
    answers: dict[str, Any] = Field(default={}, description="Chỉ những câu được yêu cầu khai lại")
    papers: list[AskedPaperSent] = Field(default=[], max_length=100)
    note: str = Field(default="", max_length=2000, pattern="^[^\x00]*$")


class WithdrawalSent(Sent):
    reason: str = Field(min_length=1, max_length=2000, pattern="^[^\x00]*$")


class UploadTold(Schema):
    """Một tệp đã gửi; kèm vào hồ sơ bằng `id` trước `expires_at`."""

    id: UUID
    name: str
    size: int
    media_type: str
    sha256: str
    expires_at: datetime


# Papers ------------------------------------------------------------------------------------------------------------


@router.post(
    "/papers", response={201: UploadTold}, auth=scoped("papers:write"), tags=FILING, summary="Gửi một tệp giấy tờ"
)
def send_paper(request: HttpRequest, file: File[UploadedFile]):
    """Tệp được xem đúng loại và quét mã độc; chưa thuộc hồ sơ nào cho đến khi hồ sơ nêu `id` của nó."""
    at = timezone.now()
    stored = storing.store(file, at=at)
    sent = Upload.objects.create(client=request.auth, file=stored, name=clean_name(file.name or ""), sent_at=at)  # type: ignore[attr-defined]
    return Status(
        201,
        {
            "id": sent.public_id,
            "name": sent.name,
            "size": stored.size,
            "media_type": stored.media_type,
            "sha256": stored.sha256,
            "expires_at": at + UPLOADS_KEPT,
        },
    )


def forget(at: datetime) -> int:
    """Throw away what was sent and never put to a dossier; what was, the dossier keeps."""
    gone, _each = Upload.objects.filter(sent_at__lt=at - UPLOADS_KEPT).delete()
    return gone


class Uploads:
    """The files a request names, found at once, each fault told where it stands."""

    def __init__(self, client: Client, ids: Sequence[UUID], at: datetime) -> None:
        known = Upload.objects.filter(client=client, public_id__in=set(ids), sent_at__gt=at - UPLOADS_KEPT)
        self.known = {sent.public_id: sent for sent in known.select_related("file")}

    def missing(self, ids: Sequence[UUID], where: list[str]) -> Iterator[Fault]:
        for number, one in enumerate(ids):
            if one not in self.known:
                yield Fault([*where, str(number)], "Không có tệp nào của bạn mang mã này, hoặc tệp đã quá hạn giữ.")

    def of(self, ids: Sequence[UUID]) -> list[Upload]:
        return [self.known[one] for one in ids]


# The dossier -------------------------------------------------------------------------------------------------------


@router.post(
    "/dossiers", response={201: DossierTold}, auth=scoped("dossiers:file"), tags=FILING, summary="Nộp một hồ sơ"
)
def file_dossier(request: HttpRequest, told: FilingSent, response: HttpResponse):
    """Nộp trực tuyến, trọn trong một lần: hồ sơ đủ thì có mã ngay, thiếu thì không có gì được ghi lại."""
    client, at = request.auth, timezone.now()  # type: ignore[attr-defined]
    dossier = file(client, request.headers[idempotency.HEADER], told, at=at)
    response["Location"] = reverse("api:dossier", args=[dossier.code])
    return Status(201, tell(dossier, at))


def file(client: Client, key: str, told: FilingSent, *, at: datetime) -> Dossier:
    """File it by the steps a person takes; begun again after a stop, the one that was begun is found."""
    day = timezone.localdate(at)
    version = reading.version_of(told.procedure, day)
    agency = Agency.objects.valid_on(day).filter(identifier=told.agency).first()
    if version is None:
        raise Wrong([Fault(["body", "procedure"], "Không có thủ tục nào mang mã này đang có hiệu lực.")])
    if agency is None:
        raise Wrong([Fault(["body", "agency"], "Không có cơ quan nào mang mã định danh này.")])
    name = idempotency.draft_of(client, key)
    mine = Dossier.objects.of_account(client.user)
    if begun := mine.filter(public_id=name).first():
        if begun.created_at < at - idempotency.KEPT_FOR:
            name = uuid4()
        elif begun.code:
            return opened(begun)
        else:
            intake.discard(begun, by=client.user)
    facts, brought = _judged(client, version, told, at)
    dossier = _draft(client, version, agency, name, told, facts, brought, at=at)
    try:
        return opened(intake.submit(dossier, by=client.user, at=at))
    except intake.Incomplete as refusal:
        faults = [Fault(_place(one.where, dossier), f"Còn thiếu: {one.what}.") for one in refusal.missing]
        intake.discard(dossier, by=client.user)
        raise Wrong(faults)
    except Refusal:
        intake.discard(dossier, by=client.user)
        raise


Brought = list[tuple[Component, PaperSent, list[Upload]]]


def _judged(
    client: Client, version: ProcedureVersion, told: FilingSent, at: datetime
) -> tuple[dict[str, Any], Brought]:
    """Everything that can be seen at once, named at once."""
    owner, submitter = told.owner, told.submitter
    form = FilingForm(
        KINDS[owner.kind],
        told.return_to.by,
        {
            "owner_name": owner.name,
            "owner_id_number": owner.id_number,
            "owner_birth_date": owner.birth_date and owner.birth_date.isoformat(),
            "address": owner.address,
            "phone": told.contact.phone,
            "email": told.contact.email,
            "submitter_name": submitter.name if submitter else "",
            "submitter_id_number": submitter.id_number if submitter else "",
            "return_address": told.return_to.address,
        },
    )
    answers, faults = bound(version.form, told.answers, ["body", "answers"])
    faults += [Fault(["body", *PLACES[name]], str(error)) for name, errors in form.errors.items() for error in errors]
    if told.case and told.case not in cases.of(version):
        faults.append(Fault(["body", "case"], str(intake.NoSuchCase())))
    components = {component.key: component for component in cases.papers(version, told.case)}
    uploads = Uploads(client, [one for paper in told.papers for one in paper.files], at)
    seen: set[str] = set()
    for number, paper in enumerate(told.papers):
        where = ["body", "papers", str(number)]
        if paper.component not in components:
            faults.append(Fault([*where, "component"], "Thủ tục không có thành phần hồ sơ này."))
        elif paper.component in seen:
            faults.append(Fault([*where, "component"], "Thành phần hồ sơ này đã nêu ở trên; hãy gộp các tệp."))
        seen.add(paper.component)
        faults += uploads.missing(paper.files, [*where, "files"])
    if faults:
        raise Wrong(faults)
    brought = [(components[paper.component], paper, uploads.of(paper.files)) for paper in told.papers]
    return form.facts() | {"form": answers.answers()}, brought


PLACES = {
    "owner_name": ("owner", "name"),
    "owner_id_number": ("owner", "id_number"),
    "owner_birth_date": ("owner", "birth_date"),
    "address": ("owner", "address"),
    "phone": ("contact", "phone"),
    "email": ("contact", "email"),
    "submitter_name": ("submitter", "name"),
    "submitter_id_number": ("submitter", "id_number"),
    "return_address": ("return_to", "address"),
}


@transaction.atomic
def _draft(
    client: Client,
    version: ProcedureVersion,
    agency: Agency,
    name: UUID,
    told: FilingSent,
    facts: dict[str, Any],
    brought: Brought,
    *,
    at: datetime,
) -> Dossier:
    """The draft with all that was sent; it is there for a moment only."""
    by = client.user
    dossier = intake.begin(version, agency=agency, by=by, at=at)
    Dossier.objects.filter(pk=dossier.pk).update(public_id=name)
    if told.case:
        intake.choose_case(dossier, told.case, by=by, at=at)
    lines = {paper.component_id: paper for paper in dossier.papers.select_related("dossier", "component")}
    for component, sent, files in brought:
        for upload in files:
            papers.add(lines[component.pk], upload.file, name=upload.name, by=by, at=at)
        if sent.bring_later and not files:
            papers.bring_later(lines[component.pk], True, by=by, at=at)
    return intake.save(dossier, by=by, at=at, **facts)


def _place(where: str, dossier: Dossier) -> list[str]:
    """Where in the request stands what intake found missing."""
    kind, _colon, name = where.partition(":")
    if kind == "paper":
        component = dossier.papers.select_related("component").get(pk=name).component
        return ["body", "papers", component.key if component else name]
    return ["body", *{"form": ["answers", name], "return": ["return_to"]}.get(kind, [kind])]


# Afterwards --------------------------------------------------------------------------------------------------------


@router.post(
    "/dossiers/{code}/supplement",
    response=DossierTold,
    auth=scoped("dossiers:file"),
    tags=FILING,
    summary="Gửi phần được yêu cầu bổ sung",
)
def answer_supplement(request: HttpRequest, code: DossierCode, told: SupplementSent):
    """Gửi mọi thứ được yêu cầu trong một lần; thiếu thì không có gì thay đổi."""
    client, at = request.auth, timezone.now()  # type: ignore[attr-defined]
    dossier = _own(client, code)
    asked = supplement.open_request(dossier) if dossier.state in WAITING else None
    if asked is None:
        raise refuse_now(dossier)
    return tell(opened(_answer(client, dossier, asked, told, at=at)), at)


def _answer(
    client: Client, dossier: Dossier, asked: SupplementRequest, told: SupplementSent, *, at: datetime
) -> Dossier:
    items = list(asked.items.all())
    keys = {item.field for item in items if item.field}
    definition = [
        {**{word: value for word, value in field.items() if word != "show_if"}, "required": True}
        for field in told_forms.fields(dossier.procedure_version.form)
        if field["key"] in keys
    ]
    fresh: dict[str, Any] = {}
    faults: list[Fault] = []
    if definition:
        form, faults = bound(definition, told.answers, ["body", "answers"])
        fresh = form.answers() if not faults else {}
    else:
        faults = [Fault(["body", "answers", key], "Câu này không được yêu cầu khai lại.") for key in told.answers]
    lines = {item.paper_id: item.paper for item in items if item.paper}
    uploads = Uploads(client, [one for paper in told.papers for one in paper.files], at)
    for number, paper in enumerate(told.papers):
        where = ["body", "papers", str(number)]
        if paper.paper not in lines:
            faults.append(Fault([*where, "paper"], str(papers.NotAsked())))
        faults += uploads.missing(paper.files, [*where, "files"])
    if faults:
        raise Wrong(faults)
    try:
        with transaction.atomic():
            for paper in told.papers:
                for upload in uploads.of(paper.files):
                    papers.add(lines[paper.paper], upload.file, name=upload.name, by=client.user, at=at)  # type: ignore[arg-type]
            return supplement.answer(dossier, by=client.user, at=at, note=told.note, form=fresh)
    except intake.Incomplete as refusal:
        raise Wrong([Fault(_place(one.where, dossier), f"Còn thiếu: {one.what}.") for one in refusal.missing])


@router.post(
    "/dossiers/{code}/withdrawal", response=DossierTold, auth=scoped("dossiers:file"), tags=FILING, summary="Rút hồ sơ"
)
def withdraw(request: HttpRequest, code: DossierCode, told: WithdrawalSent):
    """Chỉ khi hồ sơ chưa được tiếp nhận; sau đó việc rút do Bộ phận Một cửa ghi nhận."""
    client, at = request.auth, timezone.now()  # type: ignore[attr-defined]
    dossier = results.withdraw(_own(client, code), reason=told.reason, by=client.user, at=at)
    return tell(opened(dossier), at)


def _own(client: Client, code: str) -> Dossier:
    """Only what the system filed itself, whatever else it may read."""
    own = Dossier.objects.filed().of_account(client.user)
    return get_object_or_404(own.select_related(*OPENED), code=code)


def opened(dossier: Dossier) -> Dossier:
    """With all that is told of it."""
    return Dossier.objects.select_related(*OPENED).get(pk=dossier.pk)
