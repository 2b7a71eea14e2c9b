"""Papers between a one-stop office and those who settle: listed, printed, signed by each side (giấy, phiếu bàn giao; one-stop.md §3.8).

A list changes no dossier: the steps did that. It proves that the papers themselves went along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.accounts.standing_in import own_first
from motcua.catalogue import cases
from motcua.catalogue.models import Channel
from motcua.journal.recording import record
from motcua.organisations.models import Agency, AgencyKind, Unit, UnitKind
from motcua.refusal import Refusal

from . import paper_forms
from .models import (
    Dossier,
    HandoverItem,
    HandoverKind,
    HandoverList,
    Outcome,
    ReturnBy,
    State,
    StepInterval,
)
from .paper_forms import DossierHandoverSheet, GivenDossier, ResultHandoverSheet, Signed
from .paper_forms.words import day_in_words, moment_in_words
from .slips import DEMONSTRATION_MARK, committee_above, counts, heading_name, place_of_signing, signer

MOST = 100  # dossiers on one list
SINCE = timedelta(days=14)  # what was handed on longer ago without a list is no longer offered
COPIES = ("Liên 1: Bộ phận Một cửa lưu", "Liên 2: cơ quan giải quyết lưu")


class NothingToList(Refusal):
    message = "Chưa chọn hồ sơ nào. Hãy đánh dấu ít nhất một hồ sơ rồi lập danh sách."


class Listed(Refusal):
    message = (
        "Trong các hồ sơ đã chọn có hồ sơ vừa được đưa vào danh sách khác, hoặc không còn ở bước này. "
        "Chưa lập danh sách; hãy xem lại các hồ sơ còn chờ bàn giao bên dưới."
    )


class NotYours(Refusal):
    """The other side signs here (không phải bên ký)."""


class OwnHands(Refusal):
    message = "Người ký giao không tự ký nhận; xin để người ở bộ phận nhận ký."


class Complete(Refusal):
    message = "Danh sách này đã được ký nhận đủ; không còn gì để ký."


class NotMissing(Refusal):
    message = "Chỉ rút được hồ sơ mà bên nhận báo thiếu."


# Whose --------------------------------------------------------------------------------------------------------------


def seen_by(officer: Person) -> QuerySet[Any]:
    """The lists of the officer's counters and units, from either side."""
    lists = HandoverList.objects.filter(
        Q(counter__in=officer.agencies(Can.RECEIVE)) | Q(unit__in=officer.units(Can.HAND_PAPERS))
    )
    return _counted(lists).select_related("counter__place", "unit__agency", "given_by", "received_by")


def to_receive(officer: Person) -> QuerySet[HandoverList]:
    """Lists that wait for a signature of the officer's side, who did not give them."""
    settling = Q(kind=HandoverKind.DOSSIERS, unit__in=officer.units(Can.HAND_PAPERS))
    counter = Q(kind=HandoverKind.RESULTS, counter__in=officer.agencies(Can.RECEIVE))
    waiting = HandoverList.objects.filter(settling | counter, received_at=None).exclude(given_by=officer.pk)
    return waiting.exclude(kind=HandoverKind.DOSSIERS, unit__kind=UnitKind.ONE_STOP)


def _counted(lists: QuerySet[HandoverList]) -> QuerySet[Any]:
    """With how many dossiers came and how many are said to be missing, so that a page of lists asks once."""
    here = Q(items__taken_back_at=None)
    return lists.annotate(
        came=Count("items", filter=Q(items__received_at__isnull=False)),
        lacking=Count("items", filter=here & Q(items__received_at=None) & ~Q(items__missing="")),
    )


def at_counter(counter: int, officer: Person) -> bool:
    return counter in officer.agencies(Can.RECEIVE)


def in_unit(unit: Unit, officer: Person) -> bool:
    """Whether they settle there; the counter itself is the other side."""
    return unit.kind != UnitKind.ONE_STOP and unit.pk in officer.units(Can.HAND_PAPERS)


@own_first
def may_give(kind: str, counter: int, unit: Unit, by: Person) -> None:
    if kind == HandoverKind.DOSSIERS and not at_counter(counter, by):
        raise NotYours("Giấy bàn giao hồ sơ do cán bộ một cửa ở nơi tiếp nhận lập.")
    if kind == HandoverKind.RESULTS and not in_unit(unit, by):
        raise NotYours(f"Phiếu bàn giao kết quả do người của {unit} lập.")


@own_first
def may_receive(handover: HandoverList, by: Person) -> None:
    if handover.received_at:
        raise Complete
    if handover.kind == HandoverKind.DOSSIERS and not in_unit(handover.unit, by):
        raise NotYours(f"Danh sách này chờ người của {handover.unit}, {handover.unit.agency.short_name} ký nhận.")
    if handover.kind == HandoverKind.RESULTS and not at_counter(handover.counter_id, by):
        raise NotYours(f"Danh sách này chờ cán bộ một cửa ở {handover.counter.short_name} ký nhận.")
    # Neither oneself nor, through somebody who stands in, the one who gave.
    if handover.given_by_id in (by.pk, by.instead_of):
        raise OwnHands


@own_first
def may_take_back(handover: HandoverList, by: Person) -> None:
    if handover.received_at:
        raise Complete
    may_give(handover.kind, handover.counter_id, handover.unit, by)


# What waits to be listed --------------------------------------------------------------------------------------------


def handed_on(counters: Iterable[int], at: datetime) -> QuerySet[Any]:
    """The steps that began with papers coming from a counter (chuyển hồ sơ đến cơ quan giải quyết)."""
    left = StepInterval.objects.filter(
        unit__agency__in=counters, step__position=1, outcome=Outcome.DONE, ended_at__gte=at - SINCE
    ).order_by()
    began_then = left.filter(dossier=OuterRef("dossier"), ended_at=OuterRef("started_at"))
    # What was recalled or given back lies at the desk again, and what was handed on anew went with that.
    back = StepInterval.objects.filter(
        dossier=OuterRef("dossier"), step__position=1, started_at__gte=OuterRef("started_at")
    )
    return StepInterval.objects.filter(
        Exists(began_then),
        ~Exists(back),
        dossier__in=left.values("dossier"),
        dossier__reception_agency__in=counters,
        step__position__gt=1,
        started_at__gte=at - SINCE,
    ).annotate(counter=F("dossier__reception_agency"), moved_at=F("started_at"))


def came_back(at: datetime) -> QuerySet[Any]:
    """The steps that ended with the result going to the counter (chuyển kết quả về Bộ phận Một cửa)."""
    later = StepInterval.objects.filter(dossier=OuterRef("dossier"), pk__gt=OuterRef("pk"))
    return StepInterval.objects.filter(
        ~Exists(later),
        outcome__in=(Outcome.DONE, Outcome.APPROVED),  # where the signature is the last step, nothing is done after it
        ended_at=F("dossier__finished_at"),
        ended_at__gte=at - SINCE,
        dossier__state__in=(State.READY, State.RETURNED),
    ).annotate(counter=F("dossier__reception_agency"), moved_at=F("ended_at"))


def waiting(kind: str, officer: Person, at: datetime) -> QuerySet[Any]:
    """What the officer's side moved and no list tells yet, side by side with whom it went to."""
    if kind == HandoverKind.DOSSIERS:
        moved = handed_on(officer.agencies(Can.RECEIVE), at).exclude(unit__kind=UnitKind.ONE_STOP)
    else:
        moved = came_back(at).filter(unit__in=officer.units(Can.HAND_PAPERS)).exclude(unit__kind=UnitKind.ONE_STOP)
    listed = HandoverItem.objects.filter(interval=OuterRef("pk"), taken_back_at=None)
    return (
        moved.exclude(Exists(listed))
        .select_related("dossier__procedure_version", "dossier__reception_agency", "unit__agency")
        .order_by("counter", "unit", "moved_at", "id")
    )


# Giving, receiving --------------------------------------------------------------------------------------------------


def give(
    kind: str,
    counter: Agency,
    unit: Unit,
    intervals: Iterable[int],
    *,
    public_id: UUID,
    by: Person,
    at: datetime,
) -> HandoverList:
    """Make a list of what was moved and sign for giving it; the same page sent twice makes one list."""
    may_give(kind, counter.pk, unit, by)
    if made := HandoverList.objects.filter(public_id=public_id, given_by=by).first():
        return made
    wanted = set(intervals)
    if not wanted:
        raise NothingToList
    if len(wanted) > MOST:
        raise Refusal(f"Mỗi danh sách tối đa {MOST} hồ sơ; hãy lập thêm danh sách cho phần còn lại.")
    try:
        return _give(kind, counter, unit, wanted, public_id=public_id, by=by, at=at)
    except IntegrityError:  # another page, or the same one pressed twice, was a moment faster
        if made := HandoverList.objects.filter(public_id=public_id, given_by=by).first():
            return made
        raise Listed from None


@transaction.atomic
def _give(
    kind: str, counter: Agency, unit: Unit, wanted: set[int], *, public_id: UUID, by: Person, at: datetime
) -> HandoverList:
    moved = list(waiting(kind, by, at).filter(pk__in=wanted, counter=counter.pk, unit=unit))
    if len(moved) != len(wanted):
        raise Listed
    handover = HandoverList.objects.create(
        kind=kind, counter=counter, unit=unit, public_id=public_id, given_by=by, given_at=at
    )
    HandoverItem.objects.bulk_create([HandoverItem(handover=handover, interval=one) for one in moved])
    record(
        "handover.given",
        about=handover,
        by=by,
        at=at,
        kind=kind,
        counter=counter.pk,
        unit=unit.pk,
        dossiers=[one.dossier_id for one in moved],
    )
    return handover


def _locked(handover: HandoverList) -> HandoverList:
    return (
        HandoverList.objects.select_for_update(of=("self",))
        .select_related("counter", "unit__agency")
        .get(pk=handover.pk)
    )


def on_the_way(handover: HandoverList) -> QuerySet[HandoverItem]:
    """What was given and neither received nor taken back."""
    return handover.items.filter(received_at=None, taken_back_at=None)


@transaction.atomic
def receive(handover: HandoverList, missing: Mapping[int, str], *, by: Person, at: datetime) -> HandoverList:
    """Sign for what is there and name what is not, item by item; a list with something missing stays open."""
    handover = _locked(handover)
    may_receive(handover, by)
    got, missed = [], []
    for item in on_the_way(handover).select_related("interval"):
        said = " ".join(missing.get(item.pk, "").split())
        if said:
            item.missing, item.missed_by, item.missed_at = said[:300], by, at
            missed.append(item)
        else:
            item.received_by, item.received_at = by, at
            got.append(item)
    HandoverItem.objects.bulk_update(got, ["received_by", "received_at"])
    HandoverItem.objects.bulk_update(missed, ["missing", "missed_by", "missed_at"])
    if got:
        record("handover.received", about=handover, by=by, at=at, dossiers=_dossiers(got))
    if missed:
        record("handover.missed", about=handover, by=by, at=at, dossiers=_dossiers(missed))
    _close_if_whole(handover, by=by, at=at)
    return handover


@transaction.atomic
def take_back(handover: HandoverList, item: int, *, by: Person, at: datetime) -> HandoverList:
    """Take off the list what the receiver says is missing; it may be given with another list (bên giao rút lại)."""
    handover = _locked(handover)
    may_take_back(handover, by)
    one = on_the_way(handover).exclude(missing="").select_related("interval").filter(pk=item).first()
    if one is None:
        raise NotMissing
    one.taken_back_by, one.taken_back_at = by, at
    one.save(update_fields=["taken_back_by", "taken_back_at"])
    record("handover.taken_back", about=handover, by=by, at=at, dossiers=_dossiers([one]))
    last = handover.items.exclude(received_at=None).select_related("received_by").order_by("-received_at").first()
    if last and last.received_by:
        _close_if_whole(handover, by=last.received_by, at=at)
    return handover


def _close_if_whole(handover: HandoverList, *, by: Person, at: datetime) -> None:
    if not on_the_way(handover).exists():
        handover.received_by, handover.received_at = by, at
        handover.save(update_fields=["received_by", "received_at"])


def _dossiers(items: Iterable[HandoverItem]) -> list[int]:
    return [item.interval.dossier_id for item in items]


def state_of(handover: HandoverList) -> str:
    """Where it stands, in one sentence."""
    if not hasattr(handover, "came"):
        handover = _counted(HandoverList.objects.filter(pk=handover.pk)).select_related("received_by").get()
    came, lacking = handover.came, handover.lacking  # type: ignore[attr-defined]
    if handover.received_at and handover.received_by:
        if not came:
            return "Bên giao đã rút hết."
        return f"Đã ký nhận đủ: {handover.received_by}, {moment_in_words(handover.received_at)}."
    if lacking:
        return f"Còn mở: bên nhận báo thiếu {lacking} hồ sơ. Bên giao bổ sung để ký nhận, hoặc rút khỏi danh sách."
    return "Chờ bên nhận kiểm đếm và ký nhận."


# On paper -----------------------------------------------------------------------------------------------------------


def pdf(handover: HandoverList) -> bytes:
    return paper_forms.pdf(sheet(handover))


def sheet(handover: HandoverList) -> DossierHandoverSheet | ResultHandoverSheet:
    """What stands on the paper of this list; the signatures that were given electronically stand on it with their time."""
    items = list(
        handover.items.filter(taken_back_at=None).select_related(
            "interval__dossier__procedure_version",
            "interval__dossier__agency",
            "interval__dossier__decision",
        )
    )
    counter = f"Bộ phận Một cửa, {handover.counter.name}"
    if handover.counter.kind == AgencyKind.CENTRE:
        counter = handover.counter.name
    settling = f"{handover.unit.name}, {handover.unit.agency.name}"
    gives_counter = handover.kind == HandoverKind.DOSSIERS
    giving = handover.counter if gives_counter else handover.unit.agency
    by_itself = giving.parent is None or giving.kind == AgencyKind.PEOPLES_COMMITTEE
    common: dict[str, Any] = {
        "code": "",
        "title": HandoverKind(handover.kind).label,
        "mark": DEMONSTRATION_MARK if settings.DEMONSTRATION else "",
        "above": heading_name(giving if by_itself else committee_above(giving)),
        "office": ("Bộ phận Một cửa" if gives_counter else handover.unit.name) if by_itself else giving.name,
        "number": str(handover.pk),
        "place": place_of_signing(handover.counter),
        "day": day_in_words(timezone.localdate(handover.given_at)),
        "giver": counter if gives_counter else settling,
        "taker": settling if gives_counter else counter,
        "given": Signed(name=handover.given_by.full_name, at=moment_in_words(handover.given_at)),
        "received": Signed(
            name=handover.received_by.full_name if handover.received_by else "",
            at=moment_in_words(handover.received_at),
        ),
    }
    if gives_counter:
        return DossierHandoverSheet(**common, copies=list(COPIES), rows=[_given(item) for item in items])
    return ResultHandoverSheet(**common, rows=[_result(number, item) for number, item in enumerate(items, 1)])


def _given(item: HandoverItem) -> GivenDossier:
    dossier = item.interval.dossier
    term = dossier.procedure_version.term(dossier.channel, dossier.agency.level)
    decision = getattr(dossier, "decision", None)
    back = dossier.state in (State.READY, State.RETURNED)
    return GivenDossier(
        code=dossier.code or "",
        content=dossier.procedure_name,
        submitter=signer(dossier),
        owner=dossier.owner_name,
        received_at=_short(dossier.accepted_at),
        term=str(term) if term else "",
        due_at=_short(dossier.due_at),
        papers=_papers(dossier),
        note=_note(item),
        result=decision.number if decision and back else "",
        result_at=_short(dossier.finished_at) if back else "",
    )


def _papers(dossier: Dossier) -> list[paper_forms.PaperLine]:
    if dossier.channel == Channel.ONLINE:
        papers = dossier.papers.filter(files__replaced_at=None, files__isnull=False).distinct().order_by("position")
        return [paper_forms.PaperLine(name=f"{paper.name} (bản điện tử)") for paper in papers]
    return [
        paper_forms.PaperLine(name=paper.name, counts=counts(paper)) for paper in dossier.papers.order_by("position")
    ]


def _result(number: int, item: HandoverItem) -> list[str]:
    dossier = item.interval.dossier
    decision = getattr(dossier, "decision", None)
    told = f"{'Từ chối giải quyết: ' if not decision.granted else ''}{decision.number}" if decision else ""
    return [
        str(number),
        dossier.code or "",
        dossier.procedure_name,
        told,
        dossier.owner_name,
        dossier.address,
        "X" if dossier.payment_requests.exists() or _has_fee(dossier) else "",
        "X" if dossier.return_by == ReturnBy.POST else "",
        _note(item),
    ]


def _has_fee(dossier: Dossier) -> bool:
    fees = cases.fees(dossier.procedure_version, case=dossier.case, channel=dossier.channel)
    return any(fee.amount for fee in fees)


def _note(item: HandoverItem) -> str:
    return f"Báo thiếu: {item.missing}" if item.missing and item.received_at is None else ""


def _short(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%H:%M %d/%m/%Y}" if at else ""
