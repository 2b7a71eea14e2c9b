"""The acts of the counter for an agency's own system: the same steps, the same guards, the same journal (việc tại quầy)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from motcua.accounts.models import Person
from motcua.catalogue import forms as told_forms
from motcua.dossiers import acts, intake, moving, papers, posting, processing, results, supplement
from motcua.dossiers.models import Dossier, State
from motcua.organisations.models import Agency

from .answers import bound
from .filing import AskedPaperSent, Uploads
from .following import OPENED, DossierCode, DossierListed, listed
from .models import Client
from .open import Fault, Wrong
from .scopes import scoped

router = Router(tags=["acts"])
ACTING = scoped("acts:write")

MOST_ASKED = 100
NO_NUL = "^[^\x00]*$"
Words = Annotated[str | None, Field(max_length=2000, pattern=NO_NUL)]


class ItemSent(Schema):
    """Một nội dung phải bổ sung: `paper` là mã giấy tờ của hồ sơ, `field` là `key` của câu trong biểu mẫu, hoặc không nêu."""

    model_config = ConfigDict(extra="forbid")

    what: str = Field(min_length=1, max_length=500, pattern=NO_NUL)
    paper: int | None = Field(default=None, ge=1, lt=2**63)
    field: str = Field(default="", max_length=60, pattern=NO_NUL)


class ActSent(Schema):
    """Lời của một việc. Mỗi việc chỉ nhận những trường của nó: xem `needs` và `takes` ở danh sách việc."""

    model_config = ConfigDict(extra="forbid")

    at_step: int | None = Field(default=None, ge=1, lt=2**63, description="Bước đang chạy, như danh sách việc đã nêu")
    note: str | None = Field(default=None, max_length=1000, pattern=NO_NUL)
    reason: Words = None
    legal_basis: str | None = Field(default=None, max_length=200, pattern=NO_NUL)
    items: list[ItemSent] | None = Field(default=None, min_length=1, max_length=MOST_ASKED)
    answer_by: date | None = Field(default=None, description="Bổ sung trước hết ngày")
    answers: dict[str, Any] | None = Field(default=None, description="Những câu được yêu cầu khai lại")
    papers: list[AskedPaperSent] | None = Field(default=None, max_length=100)
    amount: int | None = Field(default=None, ge=1, le=10**12, description="Số tiền, đồng")
    pay_by: date | None = None
    receipt_number: str | None = Field(default=None, max_length=60, pattern=NO_NUL)
    granted: bool | None = Field(default=None, description="false là từ chối giải quyết, có văn bản nêu lý do")
    number: str | None = Field(default=None, max_length=60, pattern=NO_NUL, description="Số, ký hiệu của kết quả")
    summary: Words = None
    file: UUID | None = Field(default=None, description="Tệp kết quả đã gửi ở `/papers`")
    method: Literal["COUNTER", "POST", "ONLINE"] | None = None
    recipient_name: str | None = Field(default=None, max_length=200, pattern=NO_NUL)
    recipient_id_number: str | None = Field(default=None, max_length=20, pattern=NO_NUL)
    recipient_phone: str | None = Field(default=None, max_length=15, pattern=NO_NUL)
    taken_back: str | None = Field(default=None, max_length=300, pattern=NO_NUL, description="Giấy tờ gốc thu lại")
    paper_noted: str | None = Field(default=None, max_length=200, pattern=NO_NUL)
    agency: str | None = Field(default=None, max_length=35, pattern=NO_NUL, description="Mã định danh cơ quan")
    postal_number: str | None = Field(default=None, max_length=40, pattern=NO_NUL, description="Mã bưu gửi")


class Asked(NamedTuple):
    """Who asks for what, when."""

    dossier: Dossier
    sent: dict[str, Any]
    client: Client
    at: datetime

    @property
    def how(self) -> dict[str, Any]:
        """As every step is told who and when."""
        return {"by": self.client.user, "at": self.at}


# How each act is done -------------------------------------------------------------------------------------------------


def plainly(step: Callable[..., Dossier]) -> Callable[[Asked], Dossier]:
    """What was sent is what the step asks."""
    return lambda asked: step(asked.dossier, **asked.sent, **asked.how)


def _request_supplement(asked: Asked) -> Dossier:
    sent = dict(asked.sent)
    known = {paper.pk: paper for paper in asked.dossier.papers.all()}
    items, faults = [], []
    for number, one in enumerate(sent.pop("items")):
        paper = known.get(one["paper"])
        if one["paper"] and paper is None:
            faults.append(Fault(["body", "items", str(number), "paper"], "Hồ sơ không có giấy tờ này."))
        items.append(supplement.Item(one["what"], paper=paper, field=one["field"]))
    if faults:
        raise Wrong(faults)
    return supplement.request(asked.dossier, items=items, **sent, **asked.how)


def _record_answer(asked: Asked) -> Dossier:
    """What the applicant brought, its files and fields together: when the answer is refused, no file stays behind."""
    request = supplement.open_request(asked.dossier)
    items = list(request.items.all()) if request else []
    lines = {item.paper_id: item.paper for item in items if item.paper}
    brought, answers = asked.sent.get("papers") or [], asked.sent.get("answers") or {}
    uploads = Uploads(asked.client, [one for paper in brought for one in paper["files"]], asked.at)
    fresh, faults = _answers(asked.dossier, {item.field for item in items if item.field}, answers)
    for number, paper in enumerate(brought):
        where = ["body", "papers", str(number)]
        if paper["paper"] not in lines:
            faults.append(Fault([*where, "paper"], str(papers.NotAsked())))
        faults += uploads.missing(paper["files"], [*where, "files"])
    if faults and request:  # without a request the step says so itself
        raise Wrong(faults)
    with transaction.atomic():
        for paper in brought if request else ():
            for upload in uploads.of(paper["files"]):
                papers.add(lines[paper["paper"]], upload.file, name=upload.name, **asked.how)  # type: ignore[arg-type]
        return supplement.answer(asked.dossier, note=asked.sent.get("note") or "", form=fresh, **asked.how)


def _answers(dossier: Dossier, keys: set[str], given: dict[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """The asked fields that were told anew, judged by the form of the procedure."""
    faults = [
        Fault(["body", "answers", key], "Câu này không được yêu cầu khai lại.") for key in given if key not in keys
    ]
    definition = [
        {**{word: value for word, value in field.items() if word != "show_if"}, "required": True}
        for field in told_forms.fields(dossier.procedure_version.form)
        if field["key"] in keys and field["key"] in given
    ]
    if faults or not definition:
        return {}, faults
    form, faults = bound(definition, given, ["body", "answers"])
    return form.answers() if not faults else {}, faults


def _settle_at_once(asked: Asked) -> Dossier:
    sent = dict(asked.sent)
    if file := sent.pop("file", None):
        uploads = Uploads(asked.client, [file], asked.at)
        if faults := [Fault(["body", "file"], fault.detail) for fault in uploads.missing([file], [])]:
            raise Wrong(faults)
        (upload,) = uploads.of([file])
        sent |= {"stored": upload.file, "file_name": upload.name}
    return processing.settle_at_once(asked.dossier, **sent, **asked.how)


def _send_elsewhere(asked: Asked) -> Dossier:
    day = timezone.localdate(asked.at)
    agency = Agency.objects.valid_on(day).filter(identifier=asked.sent["agency"]).first()
    if agency is None:
        raise Wrong([Fault(["body", "agency"], "Không có cơ quan nào mang mã định danh này.")])
    return moving.send_elsewhere(asked.dossier, agency=agency, reason=asked.sent["reason"], **asked.how)


def _post_result(asked: Asked) -> Dossier:
    return posting.post_result(asked.dossier, number=asked.sent["postal_number"], **asked.how)


class Way(NamedTuple):
    """How an act is done, what it needs to be told, and what else it takes."""

    step: Callable[[Asked], Dossier]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()


# In the order of a dossier's life. What a person signs for the agency is not here: a system is given no such role.
WAYS: dict[str, Way] = {
    "accept": Way(plainly(intake.accept)),
    "refuse": Way(plainly(intake.refuse), ("reason",), ("legal_basis",)),
    "hand_to_agency": Way(plainly(processing.hand_to_agency), ("at_step",), ("note", "postal_number")),
    "settle_at_once": Way(_settle_at_once, ("at_step", "granted", "number"), ("summary", "file")),
    "do_step": Way(plainly(processing.do_step), ("at_step",), ("note",)),
    "return_step": Way(plainly(processing.return_step), ("at_step", "reason")),
    "recall": Way(plainly(moving.recall), ("reason",)),
    "request_supplement": Way(_request_supplement, ("items", "reason"), ("answer_by",)),
    "record_answer": Way(_record_answer, (), ("papers", "answers", "note")),
    "request_payment": Way(plainly(processing.request_payment), ("amount", "reason"), ("pay_by",)),
    "settle_payment": Way(plainly(processing.settle_payment), ("receipt_number",)),
    "finish": Way(plainly(results.finish), ("at_step",)),
    "hand_over": Way(
        plainly(results.hand_over),
        ("method", "recipient_name"),
        ("recipient_id_number", "recipient_phone", "taken_back", "paper_noted"),
    ),
    "post_result": Way(_post_result, ("postal_number",)),
    "take_back": Way(plainly(posting.take_back), ("reason",)),
    "note_arrival": Way(plainly(processing.note_arrival)),
    "send_elsewhere": Way(_send_elsewhere, ("agency", "reason")),
    "withdraw": Way(plainly(results.withdraw), ("reason",)),
}
ActName = Enum("ActName", {name: name for name in WAYS}, type=str)  # type: ignore[misc]


# What may be done, and doing it -----------------------------------------------------------------------------------------


class ActTold(Schema):
    """Một việc; `why_not` là lý do khi chưa làm được, `needs` và `takes` là các trường phải có và có thể có."""

    act: ActName
    label: str
    allowed: bool
    why_not: str
    needs: list[str]
    takes: list[str]


class ActsTold(Schema):
    dossier: str
    state: State
    at_step: int | None
    acts: list[ActTold]


@router.get(
    "/dossiers/{code}/acts", response=ActsTold, auth=ACTING, summary="Việc làm được lúc này, và vì sao việc khác chưa"
)
def list_acts(request: HttpRequest, code: DossierCode):
    """Theo đúng quyền của vị trí mà hệ thống được giao; xét như trên màn hình của cán bộ."""
    client: Client = request.auth  # type: ignore[attr-defined]
    dossier = _handled(client.user, code)
    running = processing.running_step(dossier, client.user)
    return {
        "dossier": dossier.code,
        "state": dossier.state,
        "at_step": running.pk if running else None,
        "acts": [
            {
                "act": one.name,
                "label": one.label,
                "allowed": one.allowed,
                "why_not": one.why_not,
                "needs": WAYS[one.name].needs,
                "takes": WAYS[one.name].takes,
            }
            for one in acts.acts(dossier, client.user)
            if one.name in WAYS
        ],
    }


@router.post("/dossiers/{code}/acts/{act}", response=DossierListed, auth=ACTING, summary="Làm một việc")
def do_act(request: HttpRequest, code: DossierCode, act: ActName, told: ActSent):
    """Làm trọn hoặc không làm gì: lời từ chối nói vì sao, và hồ sơ vẫn như trước."""
    client, at = request.auth, timezone.now()  # type: ignore[attr-defined]
    label, can, _guard = acts.ACTS[act.value]
    if not client.user.may(can):
        raise PermissionDenied(f"Hệ thống này chưa được giao việc “{label}”.")
    dossier = _handled(client.user, code)
    way, sent = WAYS[act.value], {name: value for name, value in told.dict().items() if value is not None}
    if faults := list(_misfits(way, sent)):
        raise Wrong(faults)
    done = way.step(Asked(dossier, sent, client, at))
    return listed(Dossier.objects.select_related(*OPENED).get(pk=done.pk))


def _handled(person: Person, code: str) -> Dossier:
    return get_object_or_404(Dossier.objects.handled_by(person).select_related(*OPENED), code=code)


def _misfits(way: Way, sent: dict[str, Any]) -> Iterator[Fault]:
    """What the act needs and was not told, and what was told and is none of its business."""
    for name in way.needs:
        if name not in sent:
            yield Fault(["body", name], "Việc này cần trường này.")
    for name in sent:
        if name not in way.needs and name not in way.takes:
            yield Fault(["body", name], "Việc này không nhận trường này.")
