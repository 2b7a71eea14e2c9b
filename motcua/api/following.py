"""Where dossiers are: whose turn, since when and until when, what is asked, and the result (theo dõi hồ sơ)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Path, Query, Router, Schema

from motcua.dossiers import clock, supplement, timeline
from motcua.dossiers.lifecycle import PORTAL_CODE
from motcua.dossiers.models import Dossier, PaperFile, State
from motcua.files import limits, storing
from motcua.journal.reading import read

from .models import Client
from .scopes import scoped

# Filing (filing.py) adds to the same addresses.
router = Router(tags=["following"])

PAGE = 100
WAITING = (State.AWAITING_COMPLETION, State.AWAITING_APPLICANT)
ENDED = (State.REFUSED, State.WITHDRAWN, State.STOPPED)
LISTED = ("procedure_version__procedure", "agency", "reception_agency", "at_unit")
OPENED = (*LISTED, "rule_set", "decision", "ending")

DossierCode = Annotated[
    str, Path(pattern=r"^[0-9A-Za-z.\-]{1,60}$", description="Mã hồ sơ, ví dụ 000.00.12.H60-231023-0001")
]

# What is answered is the file itself, of one of the kinds that may be stored.
A_FILE: dict[str, Any] = {
    "responses": {
        200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in limits.ALLOWED}}
    }
}


class DossierListed(Schema):
    code: str
    procedure: str
    procedure_name: str
    agency: str
    reception_agency: str
    state: State
    state_text: str
    portal_state: int
    turn: str
    submitted_at: datetime | None
    due_at: datetime | None
    cursor: UUID


class DossierPage(Schema):
    items: list[DossierListed]
    next: UUID | None


class LineTold(Schema):
    """Một diễn biến; không nêu tên người."""

    at: datetime
    event: str
    text: str
    unit: str
    work: str


class ShareTold(Schema):
    """Thời gian làm việc đã qua, của ai."""

    owner: str
    kind: str
    minutes: int
    running: bool


class FileTold(Schema):
    id: int
    name: str
    size: int
    media_type: str


class PaperTold(Schema):
    id: int
    component: str | None
    name: str
    bring_later: bool
    files: list[FileTold]


class AskedTold(Schema):
    """Một nội dung cần bổ sung: `paper` là giấy tờ, `field` là câu của biểu mẫu."""

    what: str
    paper: int | None
    field: str | None


class SupplementTold(Schema):
    reason: str
    requested_at: datetime
    answer_by: date
    items: list[AskedTold]


class PaymentTold(Schema):
    amount: int
    reason: str
    requested_at: datetime


class ResultTold(Schema):
    granted: bool
    number: str
    summary: str
    decided_at: datetime
    file_name: str | None


class EndingTold(Schema):
    reason: str
    legal_basis: str


class DossierTold(DossierListed):
    case: str
    owner_name: str
    return_by: str
    lateness: str
    reception_due_at: datetime | None
    accepted_at: datetime | None
    first_due_at: datetime | None
    renewed_due_at: datetime | None
    finished_at: datetime | None
    closed_at: datetime | None
    clock: list[ShareTold]
    timeline: list[LineTold]
    papers: list[PaperTold]
    supplement: SupplementTold | None
    payment: PaymentTold | None
    result: ResultTold | None
    ending: EndingTold | None


# Whose -------------------------------------------------------------------------------------------------------------


def visible(client: Client, scopes: list[str]) -> QuerySet[Dossier]:
    """The dossiers a client may see: those it filed, and with the scope for it those its agency receives or settles."""
    may = Q(account=client.user_id)
    if client.agency_id and "dossiers:agency" in scopes:
        may |= Q(agency=client.agency_id) | Q(reception_agency=client.agency_id)
    return Dossier.objects.filed().filter(may)


def find(request: HttpRequest, code: str) -> Dossier:
    """One of them; that an agency's system read what people filed is kept, and they see it."""
    client: Client = request.auth  # type: ignore[attr-defined]
    dossier = get_object_or_404(visible(client, request.scopes).select_related(*OPENED), code=code)  # type: ignore[attr-defined]
    if dossier.account_id != client.user_id:
        read(dossier, reader=client.user, at=timezone.now(), purpose="Hệ thống của cơ quan đọc hồ sơ qua kết nối")
    return dossier


# Told --------------------------------------------------------------------------------------------------------------


@router.get("/dossiers", response=DossierPage, auth=scoped("dossiers:read"), summary="Các hồ sơ, mới nhất trước")
def dossiers(
    request: HttpRequest,
    state: State | None = None,
    cursor: Annotated[UUID | None, Query(description="`next` của trang trước")] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE)] = 20,
):
    """Hồ sơ nộp qua hệ thống của bạn; với phạm vi `dossiers:agency` cả hồ sơ của cơ quan."""
    seen = visible(request.auth, request.scopes)  # type: ignore[attr-defined]
    found = seen.select_related(*LISTED).order_by("-pk")
    if state:
        found = found.filter(state=state)
    if cursor:
        found = found.filter(pk__lt=seen.filter(public_id=cursor).values("pk"))
    read_now = list(found[: limit + 1])
    shown = read_now[:limit]
    return {
        "items": [listed(one) for one in shown],
        "next": shown[-1].public_id if len(read_now) > limit else None,
    }


@router.get("/dossiers/{code}", response=DossierTold, auth=scoped("dossiers:read"), summary="Một hồ sơ")
def dossier(request: HttpRequest, code: DossierCode):
    """Đang ở đâu, đến lượt ai, hẹn khi nào, cần bổ sung gì, và kết quả khi đã có."""
    return tell(find(request, code), timezone.now())


@router.get(
    "/dossiers/{code}/papers/{file}",
    auth=scoped("dossiers:read"),
    summary="Một tệp của hồ sơ",
    url_name="paper",
    openapi_extra=A_FILE,
)
def paper(request: HttpRequest, code: DossierCode, file: Annotated[int, Path(ge=1, lt=2**63)]):
    dossier = find(request, code)
    files = PaperFile.objects.filter(paper__dossier=dossier, replaced_at=None).select_related("file")
    found = get_object_or_404(files, pk=file)
    return storing.respond(found.file, found.name)


@router.get(
    "/dossiers/{code}/result",
    auth=scoped("dossiers:read"),
    summary="Kết quả điện tử",
    url_name="result",
    openapi_extra=A_FILE,
)
def result(request: HttpRequest, code: DossierCode):
    decision = decided(find(request, code))
    if decision is None or decision.file is None:
        raise Http404("Hồ sơ này chưa có kết quả điện tử.")
    return storing.respond(decision.file, decision.file_name)


def listed(dossier: Dossier) -> dict[str, Any]:
    return {
        "code": dossier.code,
        "procedure": dossier.procedure_version.procedure.code,
        "procedure_name": dossier.procedure_version.name,
        "agency": dossier.agency.identifier,
        "reception_agency": dossier.reception_agency.identifier,
        "state": dossier.state,
        "state_text": dossier.get_state_display(),
        "portal_state": PORTAL_CODE[State(dossier.state)],
        "turn": timeline.turn(dossier),
        "submitted_at": dossier.submitted_at,
        "due_at": dossier.due_at,
        "cursor": dossier.public_id,
    }


def tell(dossier: Dossier, at: datetime) -> dict[str, Any]:
    """Everything its applicant is told."""
    decision, ending = decided(dossier), getattr(dossier, "ending", None) if dossier.state in ENDED else None
    return listed(dossier) | {
        "case": dossier.case,
        "owner_name": dossier.owner_name,
        "return_by": dossier.return_by,
        "lateness": clock.lateness(dossier, at),
        "reception_due_at": dossier.reception_due_at,
        "accepted_at": dossier.accepted_at,
        "first_due_at": dossier.first_due_at,
        "renewed_due_at": dossier.renewed_due_at,
        "finished_at": dossier.finished_at,
        "closed_at": dossier.closed_at,
        "clock": [
            {"owner": share.label, "kind": share.kind, "minutes": share.minutes, "running": share.running}
            for share in clock.bar(dossier, at)
        ],
        "timeline": [
            {"at": line.at, "event": line.event, "text": line.text, "unit": line.unit, "work": line.work}
            for line in timeline.lines(dossier)
        ],
        "papers": _papers(dossier),
        "supplement": _asked(dossier),
        "payment": _payment(dossier),
        "result": decision
        and {
            "granted": decision.granted,
            "number": decision.number,
            "summary": decision.summary,
            "decided_at": decision.decided_at,
            "file_name": decision.file_name if decision.file_id else None,
        },
        "ending": ending and {"reason": ending.reason, "legal_basis": ending.legal_basis},
    }


def decided(dossier: Dossier) -> Any:
    """The result, once it has come back to the one-stop office; before that it is not yet given out."""
    return getattr(dossier, "decision", None) if dossier.state in (State.READY, State.RETURNED) else None


def _papers(dossier: Dossier) -> list[dict[str, Any]]:
    return [
        {
            "id": paper.pk,
            "component": paper.component.key if paper.component else None,
            "name": paper.name,
            "bring_later": paper.bring_later,
            "files": [
                {"id": file.pk, "name": file.name, "size": file.file.size, "media_type": file.file.media_type}
                for file in paper.files.all()
                if file.replaced_at is None
            ],
        }
        for paper in dossier.papers.select_related("component").prefetch_related("files__file")
    ]


def _asked(dossier: Dossier) -> dict[str, Any] | None:
    asked = supplement.open_request(dossier) if dossier.state in WAITING else None
    if asked is None:
        return None
    return {
        "reason": asked.reason,
        "requested_at": asked.requested_at,
        "answer_by": asked.answer_by,
        "items": [
            {"what": item.what, "paper": item.paper_id, "field": item.field or None} for item in asked.items.all()
        ],
    }


def _payment(dossier: Dossier) -> dict[str, Any] | None:
    asked = dossier.payment_requests.filter(paid_at=None).first() if dossier.state == State.AWAITING_PAYMENT else None
    if asked is None:
        return None
    return {"amount": asked.amount, "reason": asked.reason, "requested_at": asked.requested_at}
