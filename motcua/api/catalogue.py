"""Procedures, the ways to them, and what changed (danh mục thủ tục hành chính)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router, Schema

from motcua.accounts.permissions import public
from motcua.catalogue import reading
from motcua.catalogue.models import Field, ProcedureVersion
from motcua.organisations.models import Agency, Level

router = Router(tags=["catalogue"])

MOST = 100
Code = Annotated[str, Path(pattern=r"^[0-9A-Za-z.\-]{1,30}$", description="Mã thủ tục, ví dụ 1.001193")]
Limit = Annotated[int, Query(ge=1, le=MOST)]
Cursor = Annotated[str, Query(max_length=60, pattern="^[^\x00]*$", description="`next` của trang trước")]
Words = Annotated[str, Query(max_length=200, pattern="^[^\x00]*$")]
Identifier = Annotated[str, Query(max_length=35, pattern="^[^\x00]*$", description="Mã định danh (QĐ 20/2020/QĐ-TTg)")]


class Summary(Schema):
    code: str
    name: str
    field: str
    level: str
    levels: list[str]
    agency: str | None
    agency_name: str
    online: bool
    routing: str
    valid_from: date


class Page(Schema):
    items: list[Summary]
    next: str | None


class TermTold(Schema):
    channel: str
    level: str
    amount: int | None
    unit: str
    same_day: bool
    text: str


class ComponentTold(Schema):
    position: int
    key: str
    case: str
    name: str
    originals: int
    copies: int
    required: bool
    may_bring_later: bool
    note: str
    template_name: str


class FeeTold(Schema):
    position: int
    kind: str
    channel: str
    name: str
    amount: int | None
    case: str
    legal_basis: str


class ReliefTold(Schema):
    position: int
    kind: str
    who: str
    percent: int | None
    fee: str
    channel: str
    legal_basis: str


class ProcedureResultTold(Schema):
    position: int
    code: str
    name: str


class LegalBasisTold(Schema):
    position: int
    number: str
    title: str


class VersionTold(Schema):
    valid_from: date
    valid_to: date | None
    published_at: datetime | None
    retired_by: str


class ProcedureTold(VersionTold):
    """One procedure in full; `missing` names those of the seven parts of NĐ 63/2010/NĐ-CP that are not told."""

    format: str
    code: str
    name: str
    field: str
    level: str
    levels: list[str]
    agency: str | None
    agency_text: str
    decision: str
    decided_on: date | None
    basis_effective_on: date | None
    subjects: list[str]
    sequence: str
    requirements: str
    online: bool
    routing: str
    system_name: str
    system_url: str
    keywords: str
    guidance: str
    life_events: list[str]
    form: list[dict[str, Any]]
    terms: list[TermTold]
    components: list[ComponentTold]
    fees: list[FeeTold]
    reliefs: list[ReliefTold]
    results: list[ProcedureResultTold]
    legal_bases: list[LegalBasisTold]
    source: str
    missing: list[str]


class VersionListed(VersionTold):
    name: str
    decision: str


class FieldTold(Schema):
    id: int
    name: str
    procedures: int


class AgencyTold(Schema):
    identifier: str
    name: str
    short_name: str
    level: str
    procedures: int


class LevelTold(Schema):
    level: str
    name: str
    procedures: int


class LifeEventTold(Schema):
    name: str
    procedures: int


class ChangeTold(Schema):
    kind: Literal["published", "changed", "retired"]
    code: str
    name: str
    decision: str
    day: date
    at: datetime
    cursor: str


class Changes(Schema):
    items: list[ChangeTold]
    next: str | None


@router.get("/procedures", response=Page, summary="Tìm, hoặc liệt kê theo mã")
@public
def procedures(
    request: HttpRequest,
    text: Words = "",
    field: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    agency: Identifier = "",
    level: Literal["", "MINISTRY", "PROVINCE", "DISTRICT", "COMMUNE"] = "",
    life_event: Words = "",
    cursor: Cursor = "",
    limit: Limit = 20,
):
    """Những thủ tục đang có hiệu lực; `text` tìm như ô tìm kiếm của Cổng, không có thì theo mã."""
    today = timezone.localdate()
    found = reading.listed(
        day=today,
        text=text.strip(),
        field=_field(field),
        agency=_agency(agency, today),
        level=level,
        life_event=life_event,
        after=cursor,
        limit=limit + 1,
    )
    shown = found[:limit]
    return {"items": [reading.summary(one) for one in shown], "next": shown[-1].mark if len(found) > limit else None}


@router.get("/procedures/{code}", response=ProcedureTold, summary="Một thủ tục, đầy đủ")
@public
def procedure(request: HttpRequest, code: Code, on: date | None = None):
    """Phiên bản có hiệu lực hôm nay, hoặc vào ngày `on`."""
    return reading.record(_known(reading.version_of(code, on or timezone.localdate())))


@router.get("/procedures/{code}/versions", response=list[VersionListed], summary="Các phiên bản, mới nhất trước")
@public
def versions(request: HttpRequest, code: Code):
    found = reading.history(code)
    if not found:
        raise Http404
    return [{**reading.validity(one), "name": one.name, "decision": one.decision} for one in found]


@router.get("/fields", response=list[FieldTold], summary="Lĩnh vực")
@public
def fields(request: HttpRequest):
    return [
        {"id": one.pk, "name": one.name, "procedures": one.count}  # type: ignore[attr-defined]
        for one in reading.fields(timezone.localdate())
    ]


@router.get("/agencies", response=list[AgencyTold], summary="Cơ quan giải quyết")
@public
def agencies(request: HttpRequest):
    return [
        {
            "identifier": one.identifier,
            "name": one.name,
            "short_name": one.short_name,
            "level": one.level,
            "procedures": one.count,  # type: ignore[attr-defined]
        }
        for one in reading.agencies(timezone.localdate())
    ]


@router.get("/levels", response=list[LevelTold], summary="Cấp thực hiện")
@public
def levels(request: HttpRequest):
    return [
        {"level": level, "name": Level(level).label, "procedures": count}
        for level, count in reading.levels(timezone.localdate())
    ]


@router.get("/life-events", response=list[LifeEventTold], summary="Sự kiện trong đời")
@public
def life_events(request: HttpRequest):
    return [{"name": name, "procedures": count} for name, count in reading.life_events(timezone.localdate())]


@router.get("/changes", response=Changes, summary="Thay đổi, cũ trước mới sau")
@public
def changes(request: HttpRequest, cursor: Cursor = "", limit: Limit = MOST):
    """Thay đổi sau `cursor` của dòng cuối đã đọc; không có `cursor` thì từ đầu. Chậm hơn thực tế tối đa một phút."""
    found = reading.changes_since(cursor, limit=limit + 1)
    shown = found[:limit]
    items: Sequence[dict[str, Any]] = [
        {
            "kind": one.kind,
            "code": one.version.code,
            "name": one.version.name,
            "decision": one.version.retired_by if one.kind == reading.RETIRED else one.version.decision,
            "day": one.day,
            "at": one.at,
            "cursor": one.mark,
        }
        for one in shown
    ]
    return {"items": items, "next": shown[-1].mark if len(found) > limit else None}


def _known(version: ProcedureVersion | None) -> ProcedureVersion:
    if version is None:
        raise Http404("Không có thủ tục nào mang mã này có hiệu lực vào ngày đó.")
    return version


def _field(pk: int | None) -> Field | None:
    if pk is None:
        return None
    field = Field.objects.filter(pk=pk).first()
    if field is None:
        raise Http404("Không có lĩnh vực này.")
    return field


def _agency(identifier: str, day: date) -> Agency | None:
    if not identifier:
        return None
    agency = Agency.objects.valid_on(day).filter(identifier=identifier).first()
    if agency is None:
        raise Http404("Không có cơ quan mang mã định danh này.")
    return agency
