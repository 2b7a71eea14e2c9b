"""Who may act for the owner of a dossier, in what and until when (ủy quyền; NĐ 118/2025/NĐ-CP, one-stop.md §9.3)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from motcua.accounts import phones
from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.catalogue.models import Procedure
from motcua.files.models import StoredFile
from motcua.files.naming import clean_name
from motcua.journal.models import Entry
from motcua.journal.recording import record
from motcua.refusal import Refusal
from motcua.vietnamese import compose, fold

from .lifecycle import NoReason, expect, expect_counter
from .models import OPEN, Dossier, Mandate, MandateScope, State

MOST = 50  # mandates, and acts under one, that a page shows


class NoMandate(Refusal):
    """The mandate at hand does not cover this act; the sentence says which of its bounds is passed."""


class Themself(Refusal):
    message = "Người được ủy quyền phải là người khác với người ủy quyền; xin xem lại số giấy tờ."


class NoNumber(Refusal):
    message = "Cần ghi số giấy tờ của cả người ủy quyền và người được ủy quyền. Những gì đã nhập vẫn được giữ."


class NoPaper(Refusal):
    message = "Cần tệp quét giấy ủy quyền. Những gì đã nhập vẫn được giữ."


class NotTheOwner(Refusal):
    message = "Người ủy quyền không phải chủ hồ sơ này; xin đối chiếu lại số giấy tờ trên giấy ủy quyền."


class WrongDays(Refusal):
    message = "Ngày hết hạn ủy quyền phải từ hôm nay trở đi và không trước ngày bắt đầu."


class Unnamed(Refusal):
    message = (
        "Tài khoản của bạn chưa có số định danh nên chưa ủy quyền được. "
        "Hãy bổ sung số định danh ở trang tài khoản rồi quay lại."
    )


class NoSuchAgent(Refusal):
    message = (
        "Không tìm thấy tài khoản có số điện thoại, họ tên và số định danh này. "
        "Hãy hỏi lại người được ủy quyền; họ cần có tài khoản trên cổng, ghi đủ số định danh."
    )


class NotYourMandate(Refusal):
    message = "Chỉ người đã ủy quyền, hoặc cán bộ một cửa theo đề nghị của họ, mới chấm dứt được ủy quyền này."


class Ended(Refusal):
    """The mandate has ended before."""

    def __init__(self, mandate: Mandate) -> None:
        assert mandate.ended_at is not None
        at = timezone.localtime(mandate.ended_at)
        super().__init__("Ủy quyền này đã chấm dứt từ %(at)s.", at=f"{at:%H:%M %d/%m/%Y}")


# Given --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_paper(
    dossier: Dossier,
    *,
    agent_name: str,
    agent_id_number: str,
    scope: str,
    paper: StoredFile | None,
    paper_name: str,
    by: Person,
    at: datetime,
    for_all: bool = False,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Mandate:
    """Keep the paper the owner of this dossier signed, at the counter that received it (ghi nhận giấy ủy quyền).

    It is for this dossier, or `for_all` of the owner's; a paper shown again is a paper again, not an error.
    """
    dossier = Dossier.objects.locked(dossier.pk)
    expect(dossier, *OPEN)
    expect_counter(dossier, by)
    if paper is None:
        raise NoPaper
    return _give(
        Mandate(
            owner_name=dossier.owner_name,
            owner_id_number=dossier.owner_id_number,
            agent_name=compose(agent_name),
            agent_id_number=agent_id_number,
            scope=MandateScope(scope),
            dossier=None if for_all else dossier,
            paper=paper,
            paper_name=clean_name(paper_name),
            valid_from=valid_from or timezone.localdate(at),
            valid_to=valid_to,
            recorded_by=by,
            recorded_at=at,
        ),
        by=by,
        at=at,
    )


@transaction.atomic
def give(
    *,
    agent_name: str,
    agent_id_number: str,
    agent_phone: str,
    scope: str,
    by: Person,
    at: datetime,
    procedure: Procedure | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Mandate:
    """A person with an account lets another account act for them (ủy quyền trực tuyến).

    The agent is named by phone, name and number together, so that nobody learns from a phone alone who has an account.
    """
    if not by.id_number:
        raise Unnamed
    if agent_id_number == by.id_number:
        raise Themself
    number = phones.normal(agent_phone)
    agent = Person.objects.filter(phone=number, is_active=True).first() if number else None
    if agent is None or fold(agent.full_name) != fold(agent_name) or agent.id_number != agent_id_number:
        raise NoSuchAgent
    return _give(
        Mandate(
            owner_name=by.full_name,
            owner_id_number=by.id_number,
            owner_account=by,
            agent_name=agent.full_name,
            agent_id_number=agent.id_number,
            agent_account=agent,
            scope=MandateScope(scope),
            procedure=procedure,
            valid_from=valid_from or timezone.localdate(at),
            valid_to=valid_to,
            recorded_by=by,
            recorded_at=at,
        ),
        by=by,
        at=at,
    )


def _give(mandate: Mandate, *, by: Person, at: datetime) -> Mandate:
    if not mandate.owner_id_number or not mandate.agent_id_number or not mandate.agent_name:
        raise NoNumber
    if mandate.owner_id_number == mandate.agent_id_number:
        raise Themself
    if mandate.valid_to and mandate.valid_to < max(mandate.valid_from, timezone.localdate(at)):
        raise WrongDays
    mandate.save()
    record("mandate.given", about=mandate, by=by, at=at, scope=mandate.scope)
    return mandate


@transaction.atomic
def end(mandate: Mandate, *, why: str, by: Person, at: datetime) -> Mandate:
    """The owner takes it back, at any time; what was done under it before stands (chấm dứt ủy quyền)."""
    mandate = _locked(mandate)
    at_counter = mandate.dossier and by.may(Can.RECEIVE) and _may_be_ended_at(mandate.dossier, by)
    if mandate.owner_account_id != by.pk and not at_counter:
        raise NotYourMandate
    if mandate.ended_at:
        raise Ended(mandate)
    if not why.strip():
        raise NoReason("Hãy ghi lý do chấm dứt, một câu ngắn là đủ.")
    mandate.ended_at, mandate.ended_by, mandate.ended_why = at, by, compose(why)
    mandate.save(update_fields=["ended_at", "ended_by", "ended_why"])
    record("mandate.ended", about=mandate, by=by, at=at)
    return mandate


def _may_be_ended_at(dossier: Dossier, by: Person) -> bool:
    return dossier.reception_agency_id in by.agencies(Can.RECEIVE)


def _locked(mandate: Mandate) -> Mandate:
    """The row, held until the end of the act, so that what ends at this moment is not used at this moment."""
    return Mandate.objects.select_for_update(of=("self",)).select_related("dossier", "procedure").get(pk=mandate.pk)


# What it allows -----------------------------------------------------------------------------------------------------


def about(dossier: Dossier) -> QuerySet[Mandate]:
    """Mandates that could speak of this dossier, the newest first, whether in force or not.

    What an account said of itself counts for its own dossiers only: anybody may write any number into an account.
    """
    may = Q(dossier=dossier)
    if dossier.owner_id_number:
        may |= Q(owner_id_number=dossier.owner_id_number, dossier=None, paper__isnull=False)
        if dossier.account_id:
            may |= Q(owner_id_number=dossier.owner_id_number, dossier=None, owner_account=dossier.account_id)
    if dossier.mandate_id:
        may |= Q(pk=dossier.mandate_id)
    of_procedure = Q(procedure=None) | Q(procedure=dossier.procedure_version.procedure_id)
    return Mandate.objects.filter(may, of_procedure).select_related("dossier", "procedure").order_by("-pk")


def usable(dossier: Dossier, scope: str, day: date) -> list[Mandate]:
    """Those in force that day which allow the act."""
    return list(about(dossier).in_force(day).filter(scope__in=(scope, MandateScope.ALL))[:MOST])  # type: ignore[attr-defined]


def expect_usable(mandate: Mandate, dossier: Dossier, scope: str, day: date) -> None:
    """The mandate covers this act on this dossier today; else the sentence says what it lacks."""
    if mandate.ended_at:
        raise NoMandate(str(Ended(mandate)))
    if mandate.valid_from > day:
        raise NoMandate("Ủy quyền này chỉ có hiệu lực từ ngày %(day)s.", day=f"{mandate.valid_from:%d/%m/%Y}")
    if mandate.valid_to and mandate.valid_to < day:
        raise NoMandate(
            "Ủy quyền này đã hết hạn từ ngày %(day)s; cần giấy ủy quyền mới.", day=f"{mandate.valid_to:%d/%m/%Y}"
        )
    if mandate.scope not in (scope, MandateScope.ALL):
        allowed, wanted = (gettext(str(MandateScope(one).label)).lower() for one in (mandate.scope, scope))
        raise NoMandate(
            "Ủy quyền này chỉ cho phép “%(allowed)s”, không gồm việc “%(wanted)s”.", allowed=allowed, wanted=wanted
        )
    if not about(dossier).filter(pk=mandate.pk).exists():
        raise NoMandate(
            "Ủy quyền này không áp dụng cho hồ sơ đang làm; nó chỉ dành cho “%(about)s”.", about=mandate.about
        )


def is_agent(mandate: Mandate, name: str, id_number: str) -> bool:
    """The person in front of the desk is the one the mandate names, by number and name."""
    return mandate.agent_id_number == id_number and fold(mandate.agent_name) == fold(name)


def is_submitter(dossier: Dossier, mandate: Mandate) -> bool:
    """Who brought the dossier is the one the mandate names; a number that was not written down is not compared."""
    number = dossier.submitter_id_number
    same_name = bool(dossier.submitter_name) and fold(dossier.submitter_name) == fold(mandate.agent_name)
    return same_name and (not number or number == mandate.agent_id_number)


def use(mandate: Mandate, dossier: Dossier, scope: str, *, by: Person, at: datetime) -> Mandate:
    """Act under it: judged with both rows held, told in both journals, so that who gave it sees every act."""
    mandate = _locked(mandate)
    expect_usable(mandate, dossier, scope, timezone.localdate(at))
    record("dossier.acted_for", about=dossier, by=by, at=at, mandate=mandate.pk, act=scope)
    record("mandate.used", about=mandate, by=by, at=at, dossier=dossier.pk, act=scope)
    return mandate


@transaction.atomic
def attach(dossier: Dossier, mandate: Mandate, *, by: Person, at: datetime) -> Dossier:
    """At the counter: the submitter brought this dossier under that mandate (người nộp được ủy quyền)."""
    dossier = Dossier.objects.locked(dossier.pk)
    expect(dossier, *OPEN)
    expect_counter(dossier, by)
    if dossier.mandate_id == mandate.pk:
        return dossier
    if not dossier.submitter_name:
        raise NoMandate("Hồ sơ do chính chủ hồ sơ nộp nên không cần giấy ủy quyền.")
    if not is_submitter(dossier, mandate):
        raise NoMandate(
            "Ủy quyền này cho %(agent)s, không phải người nộp hồ sơ là %(submitter)s.",
            agent=mandate.agent_name,
            submitter=dossier.submitter_name,
        )
    use(mandate, dossier, MandateScope.FILE, by=by, at=at)
    dossier.mandate = mandate
    dossier.save(update_fields=["mandate"])
    return dossier


# Online: an agent files for the owner ---------------------------------------------------------------------------------


def held_by(agent: Person, procedure: Procedure, day: date) -> QuerySet[Mandate]:
    """Under which this account may file that procedure for somebody today."""
    of_procedure = Q(procedure=None) | Q(procedure=procedure)
    filing = Q(scope__in=(MandateScope.FILE, MandateScope.ALL))
    return (
        Mandate.objects.in_force(day).filter(of_procedure, filing, agent_account=agent, dossier=None).order_by("-pk")  # type: ignore[attr-defined]
    )


@transaction.atomic
def choose(dossier: Dossier, mandate: Mandate | None, *, by: Person, at: datetime) -> Dossier:
    """A draft is filed under this mandate, its owner being who gave it; or under none (nộp thay theo ủy quyền)."""
    dossier = Dossier.objects.locked(dossier.pk)
    expect(dossier, State.DRAFT)
    if dossier.account_id != by.pk:
        raise NotTheOwner
    dossier.mandate, dossier.saved_at = mandate, at
    if mandate:
        _expect_own(mandate, by)
        dossier.owner_name, dossier.owner_id_number = mandate.owner_name, mandate.owner_id_number
        dossier.submitter_name, dossier.submitter_id_number = mandate.agent_name, mandate.agent_id_number
        expect_usable(mandate, dossier, MandateScope.FILE, timezone.localdate(at))
    dossier.save()
    return dossier


def expect_filing(dossier: Dossier, by: Person, day: date) -> None:
    """The draft says it is filed under a mandate: it is this person's, in force, and of the owner that stands there now."""
    if dossier.mandate is None:
        return
    _expect_own(dossier.mandate, by)
    if dossier.owner_id_number != dossier.mandate.owner_id_number or fold(dossier.owner_name) != fold(
        dossier.mandate.owner_name
    ):
        raise NotTheOwner(
            "Chủ hồ sơ đã sửa không còn là người ủy quyền cho bạn. "
            "Hãy sửa lại chủ hồ sơ, hoặc chọn nộp không theo ủy quyền. Bản nháp vẫn được giữ."
        )
    expect_usable(dossier.mandate, dossier, MandateScope.FILE, day)


def _expect_own(mandate: Mandate, agent: Person) -> None:
    if mandate.agent_account_id != agent.pk:
        raise NoMandate("Ủy quyền này không phải cho bạn.")


# Told ---------------------------------------------------------------------------------------------------------------

TOLD = {
    "mandate.given": "Ủy quyền",
    "mandate.ended": "Chấm dứt ủy quyền",
    "mandate.used": "Đã dùng",
}


def acts(mandate: Mandate) -> list[dict[str, Any]]:
    """Everything done under it, the newest first: what, on which dossier, by whom (ai đã làm gì theo ủy quyền)."""
    entries = list(Entry.objects.filter(subject=mandate.subject).select_related("actor").order_by("-number")[:MOST])
    dossiers = Dossier.objects.filter(pk__in={one.facts["dossier"] for one in entries if "dossier" in one.facts})
    known = dossiers.select_related("procedure_version").in_bulk()
    return [
        {
            "at": entry.at,
            "what": MandateScope(entry.facts["act"]).label if "act" in entry.facts else TOLD[entry.event],
            "dossier": known.get(entry.facts.get("dossier")),
            "who": entry.actor.full_name if entry.actor else "",
        }
        for entry in entries
    ]
