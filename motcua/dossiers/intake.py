"""Into the one-stop office: drafting, filing, receiving, refusing reception (nộp, tiếp nhận hồ sơ; NĐ 61/2018/NĐ-CP Điều 17)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from motcua.accounts.models import Person
from motcua.accounts.standing_in import own_first
from motcua.catalogue import cases, forms, processes
from motcua.catalogue.models import Channel, ProcedureVersion, Routing
from motcua.journal.recording import record
from motcua.organisations import offices
from motcua.organisations.models import Agency, AgencyKind, Unit
from motcua.refusal import Refusal
from motcua.vietnamese import fold

from . import clock, codes, mandates, papers, posting, processing, rules, slips
from .lifecycle import NoReason, change, expect, expect_counter, expect_holder, move, refuse_now
from .models import ClockOwner, Dossier, Ending, MandateScope, PaperFile, ReturnBy, Role, RuleSet, SlipKind, State
from .papers import Brought
from .posting import Posted

FACTS = (
    "owner_kind",
    "owner_name",
    "owner_id_number",
    "owner_birth_date",
    "phone",
    "email",
    "address",
    "submitter_name",
    "submitter_id_number",
    "sets",
    "return_by",
    "return_address",
    "form",
)


# What is filled in where nobody has a number: it falsifies the register (one-stop.md §2.3).
MADE_UP = re.compile(r"0{5,}[0-9]{1,3}|([0-9])\1{5,}")


class NotOnline(Refusal):
    message = "Thủ tục này chưa nộp được trực tuyến; xin đến Bộ phận Một cửa."


class PortalClosed(Refusal):
    message = (
        "Theo quy định hiện nay, hồ sơ trực tuyến nộp tại Cổng Dịch vụ công quốc gia. Bản nháp của bạn vẫn được giữ."
    )


class WrongAgency(Refusal):
    message = "Cơ quan này không giải quyết thủ tục đã chọn; xin chọn lại nơi nhận hồ sơ."


class NotReceivedHere(Refusal):
    message = (
        "Theo quy định của ngày này, hồ sơ do cơ quan đó giải quyết chỉ tiếp nhận ở Bộ phận Một cửa của nơi đó. "
        "Hãy hướng dẫn người nộp đến đó; chưa có gì được lưu."
    )


class AtMinistry(Refusal):
    """A ministry settles it in a system of its own; nothing is filed or received here (hệ thống tập trung của bộ)."""

    def __init__(self, version: ProcedureVersion) -> None:
        system = version.system_name or gettext_lazy("hệ thống tập trung của bộ")
        if version.system_url:
            super().__init__(
                "Thủ tục này nộp và giải quyết trên “%(system)s” tại %(where)s, không nhận hồ sơ ở đây.",
                system=system,
                where=version.system_url,
            )
        else:
            super().__init__("Thủ tục này nộp và giải quyết trên “%(system)s”, không nhận hồ sơ ở đây.", system=system)


class NoSuchCase(Refusal):
    message = "Thủ tục không có trường hợp này; xin chọn lại. Những gì đã nhập vẫn được giữ."


class MadeUpNumber(Refusal):
    message = (
        "Số giấy tờ này không phải số thật (toàn số 0 hoặc một chữ số lặp lại). "
        "Xin ghi đúng số, hoặc để trống nếu không có; những gì đã nhập vẫn được giữ."
    )


class NewVersion(Refusal):
    message = (
        "Thủ tục đã có quy định mới nên hồ sơ chưa nộp được theo biểu mẫu cũ. "
        "Những gì bạn đã điền vẫn được giữ; xin xem lại biểu mẫu mới rồi nộp."
    )


class StillTime(Refusal):
    """The applicant's time to complete the dossier has not ended (còn hạn bổ sung)."""


class Missing(NamedTuple):
    """Something a dossier still needs: what, and where it is entered ("owner", "form:<key>", "paper:<pk>", "return")."""

    what: str
    where: str


class _Listed:
    """What is missing, one after the other, each in the language of the page where it is a thing of every filing."""

    def __init__(self, missing: list[Missing]) -> None:
        self.missing = missing

    def __str__(self) -> str:
        return "; ".join(gettext(one.what) for one in self.missing)


class Incomplete(Refusal):
    """Not everything is there yet (hồ sơ chưa đủ); `missing` names each thing."""

    def __init__(self, missing: list[Missing]) -> None:
        self.missing = missing
        super().__init__("Hồ sơ còn thiếu: %(missing)s. Những gì đã nhập vẫn được giữ.", missing=_Listed(missing))


def today(at: datetime) -> date:
    return timezone.localdate(at)


def expect_local(version: ProcedureVersion) -> None:
    """What a ministry settles in its own system is neither filed nor received here."""
    if version.routing == Routing.MINISTRY:
        raise AtMinistry(version)


def settles(version: ProcedureVersion, agency: Agency) -> bool:
    """Whether this agency settles the procedure: its own, or every committee of its level (thẩm quyền giải quyết)."""
    if version.agency_id:
        return version.agency_id == agency.pk
    return agency.level == version.level and agency.kind == AgencyKind.PEOPLES_COMMITTEE


# A draft -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def begin(version: ProcedureVersion, *, agency: Agency, by: Person, at: datetime) -> Dossier:
    """Lay out a draft to file online (bản nháp hồ sơ trực tuyến)."""
    expect_local(version)
    if not version.online:
        raise NotOnline
    if not rules.rules_on(today(at)).portal_takes_filings:
        raise PortalClosed
    if not settles(version, agency):
        raise WrongAgency
    dossier = Dossier(
        procedure_version=version,
        channel=Channel.ONLINE,
        agency=agency,
        reception_agency=offices.reception_agency(agency, today(at)),
        account=by,
        created_at=at,
        saved_at=at,
    )
    dossier.save()
    papers.lay_out(dossier)
    record("dossier.drafted", about=dossier, by=by, at=at)
    return dossier


@transaction.atomic
def save(dossier: Dossier, *, by: Person, at: datetime, **facts: Any) -> Dossier:
    """Keep what was typed into a draft; `facts` are some of FACTS."""
    dossier = Dossier.objects.locked(dossier.pk)
    _expect_own(dossier, by)
    expect(dossier, State.DRAFT)
    _tell(dossier, facts)
    dossier.saved_at = at
    dossier.save()
    return dossier


@transaction.atomic
def choose_case(dossier: Dossier, case: str, *, by: Person, at: datetime) -> Dossier:
    """Say which case the draft is of, or with "" that it is not known: its papers are asked, what was sent stays (trường hợp)."""
    dossier = Dossier.objects.locked(dossier.pk)
    _expect_own(dossier, by)
    expect(dossier, State.DRAFT)
    _expect_case(dossier.procedure_version, case)
    dossier.case, dossier.saved_at = case, at
    dossier.save(update_fields=["case", "saved_at"])
    papers.lay_out(dossier)
    return dossier


@transaction.atomic
def discard(dossier: Dossier, *, by: Person) -> None:
    """Throw a draft away, its papers with it."""
    dossier = Dossier.objects.locked(dossier.pk)
    _expect_own(dossier, by)
    expect(dossier, State.DRAFT)
    dossier.delete()


def missing(dossier: Dossier) -> list[Missing]:
    """Everything the dossier still needs before it can be filed, in the order it is asked."""
    lacking = []
    for name, what in (("owner_name", "họ tên chủ hồ sơ"), ("phone", "số điện thoại"), ("address", "địa chỉ")):
        if not getattr(dossier, name):
            lacking.append(Missing(what, "owner"))
    form = dossier.procedure_version.form
    for field, what in forms.lacking(form, dossier.form):
        lacking.append(Missing(what, f"form:{field['key']}"))
    needed = forms.needed_papers(form, dossier.form)
    there = Exists(PaperFile.objects.filter(paper=OuterRef("pk"), replaced_at=None))
    for paper in dossier.papers.select_related("component").annotate(there=there):
        required = paper.component and (cases.required(paper.component, dossier.case) or paper.component.key in needed)
        if required and not paper.there and not paper.bring_later:
            lacking.append(Missing(paper.name, f"paper:{paper.pk}"))
    if dossier.return_by == ReturnBy.POST and not dossier.return_address:
        lacking.append(Missing("địa chỉ nhận kết quả qua bưu điện", "return"))
    return lacking


# Filing and receiving -----------------------------------------------------------------------------------------------


def submit(dossier: Dossier, *, by: Person, at: datetime) -> Dossier:
    """File a complete draft online: it gets its code and the office eight working hours to answer (nộp hồ sơ trực tuyến)."""
    _expect_own(dossier, by)
    expect(dossier, State.DRAFT)
    expect_local(dossier.procedure_version)
    if not dossier.procedure_version.is_in_force(today(at)):
        raise NewVersion
    if lacking := missing(dossier):
        raise Incomplete(lacking)
    mandates.expect_filing(dossier, by, today(at))
    in_force = rules.rules_on(today(at))
    if not in_force.portal_takes_filings:
        raise PortalClosed
    rules.expect_account(in_force, by)
    code = codes.take(dossier.agency, today(at), in_force.code_pattern)
    return _submit(dossier, code, in_force, by=by, at=at)


@transaction.atomic
def _submit(draft: Dossier, code: str, in_force: RuleSet, *, by: Person, at: datetime) -> Dossier:
    dossier = Dossier.objects.locked(draft.pk)
    expect(dossier, State.DRAFT)
    dossier.procedure_version = draft.procedure_version
    # Whatever changes a draft or its papers says when; judged a moment ago, it need not be judged again.
    if dossier.saved_at != draft.saved_at and (lacking := missing(dossier)):
        raise Incomplete(lacking)
    mandates.expect_filing(dossier, by, today(at))
    dossier.code, dossier.rule_set, dossier.submitted_at = code, in_force, at
    _wait_at_counter(dossier, at)
    describe(dossier)
    dossier.reception_due_at = clock.reception_due(dossier, at)
    move(dossier, to=State.SUBMITTED)
    clock.begin(dossier, ClockOwner.AGENCY, at, dossier.reception_agency)
    record("dossier.submitted", about=dossier, by=by, at=at, code=code)
    if dossier.mandate:
        mandates.use(dossier.mandate, dossier, MandateScope.FILE, by=by, at=at)
    return dossier


def receive(
    version: ProcedureVersion,
    *,
    agency: Agency,
    by: Person,
    at: datetime,
    papers: Sequence[Brought],
    channel: str = Channel.DIRECT,
    public_id: UUID | None = None,
    case: str = "",
    posted: Posted | None = None,
    received_at: Agency | None = None,
    **facts: Any,
) -> Dossier:
    """Receive a person at the counter: the dossier is accepted as it is made; `public_id`, given by the page, makes it once (tiếp nhận trực tiếp).

    What came by post is received alike; its time began when the person gave it to the post.
    """
    channel = Channel.POST if posted else channel
    dossier = enter(
        version,
        agency=agency,
        by=by,
        at=at,
        channel=channel,
        public_id=public_id,
        case=case,
        received_at=received_at,
        **facts,
    )
    return receive_entered(dossier, papers, by=by, at=at, posted=posted)


def enter(
    version: ProcedureVersion,
    *,
    agency: Agency,
    by: Person,
    at: datetime,
    channel: str = Channel.DIRECT,
    public_id: UUID | None = None,
    case: str = "",
    received_at: Agency | None = None,
    **facts: Any,
) -> Dossier:
    """What stands before the desk, judged and with its code, not yet kept.

    `received_at` is a desk that does not receive for that agency by itself: the rules of the day may let it (phi địa giới).
    """
    expect_local(version)
    if not settles(version, agency):
        raise WrongAgency
    _expect_case(version, case)
    in_force = rules.rules_on(today(at))
    if received_at and not in_force.any_desk_receives:
        raise NotReceivedHere
    dossier = Dossier(
        case=case,
        public_id=public_id or uuid4(),
        procedure_version=version,
        channel=channel,
        agency=agency,
        reception_agency=received_at or offices.reception_agency(agency, today(at)),
        rule_set=in_force,
        created_at=at,
        saved_at=at,
    )
    _tell(dossier, facts)
    _wait_at_counter(dossier, at)
    expect_holder(dossier, by)
    if lacking := [
        Missing(what, "owner")
        for name, what in (("owner_name", "họ tên chủ hồ sơ"), ("address", "địa chỉ"))
        if not getattr(dossier, name)
    ]:
        raise Incomplete(lacking)
    dossier.code = codes.take(agency, today(at), in_force.code_pattern)
    return dossier


@transaction.atomic
def receive_entered(
    dossier: Dossier, brought: Sequence[Brought], *, by: Person, at: datetime, posted: Posted | None = None
) -> Dossier:
    """Keep it, accepted, with its papers and its receipt."""
    describe(dossier)
    dossier.submitted_at = posting.given_at(posted, at) if posted else at
    _accept(dossier, by=by, at=at, posted=posted)
    papers.lay_out_brought(dossier, brought, by=by, at=at)
    return dossier


@own_first
def may_accept(dossier: Dossier, by: Person) -> None:
    expect(dossier, State.SUBMITTED)
    expect_counter(dossier, by)


@transaction.atomic
def accept(dossier: Dossier, *, by: Person, at: datetime) -> Dossier:
    """Accept an online filing: the term begins and the receipt is issued (tiếp nhận hồ sơ, Mẫu số 01)."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_accept(dossier, by)
    _accept(dossier, by=by, at=at)
    return dossier


def _accept(dossier: Dossier, *, by: Person, at: datetime, posted: Posted | None = None) -> None:
    version = dossier.procedure_version
    dossier.process = version.process(dossier.channel, dossier.case) or processes.general(version)
    promise(dossier, clock.settlement_due(dossier, at), by=by, at=at)
    dossier.save()
    if posted:
        posting.begin(dossier, posted, by=by, at=at)
    processing.enter_first_step(dossier, at)
    slips.issue(dossier, SlipKind.RECEIPT, by=by, at=at)
    record("dossier.accepted", about=dossier, by=by, at=at, code=dossier.code, channel=dossier.channel)


def promise(dossier: Dossier, due_at: datetime | None, *, by: Person, at: datetime) -> None:
    """Accepted at that moment, with the date that stands on the receipt."""
    dossier.accepted_at, dossier.accepted_by = at, by
    dossier.first_due_at = dossier.due_at = due_at
    change(dossier, to=State.ACCEPTED)


@own_first
def may_refuse(dossier: Dossier, by: Person) -> None:
    expect(dossier, State.SUBMITTED, State.AWAITING_COMPLETION)
    expect_counter(dossier, by)


@transaction.atomic
def refuse(dossier: Dossier, *, reason: str, by: Person, at: datetime, legal_basis: str = "") -> Dossier:
    """Refuse reception, with a reason in law; while the applicant completes the dossier, only after that term (Mẫu số 03)."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_refuse(dossier, by)
    if not reason.strip():
        raise NoReason
    asked = dossier.supplement_requests.filter(answered_at=None).first()
    if asked and asked.answer_by >= today(at):
        raise StillTime(f"Người nộp còn được bổ sung đến hết ngày {asked.answer_by:%d/%m/%Y}; hồ sơ vẫn chờ.")
    dossier.closed_at = clock.stop(dossier, at)
    move(dossier, to=State.REFUSED)
    Ending.objects.create(dossier=dossier, state=State.REFUSED, reason=reason, legal_basis=legal_basis, by=by, at=at)
    slips.issue(dossier, SlipKind.REFUSAL, by=by, at=at)
    record("dossier.refused", about=dossier, by=by, at=at)
    return dossier


# What is common -----------------------------------------------------------------------------------------------------


def _expect_own(dossier: Dossier, by: Person) -> None:
    if dossier.account_id != by.pk:
        raise refuse_now(dossier)


def _expect_case(version: ProcedureVersion, case: str) -> None:
    if case and case not in cases.of(version):
        raise NoSuchCase


def _tell(dossier: Dossier, facts: dict[str, Any]) -> None:
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise TypeError(f"no facts of a dossier: {', '.join(sorted(unknown))}")
    if any(MADE_UP.fullmatch(facts.get(name, "")) for name in ("owner_id_number", "submitter_id_number")):
        raise MadeUpNumber
    for name, value in facts.items():
        setattr(dossier, name, value)


def _wait_at_counter(dossier: Dossier, at: datetime) -> None:
    wait_at(dossier, offices.one_stop_unit(dossier.reception_agency, today(at)))


def wait_at(dossier: Dossier, desk: Unit) -> None:
    dossier.at_unit, dossier.at_role = desk, Role.RECEPTION_OFFICER


def describe(dossier: Dossier) -> None:
    """What it is called in lists, and everything one may find it by."""
    dossier.summary = f"{dossier.procedure_version.name} – {dossier.owner_name}"[:1000]
    known = (
        dossier.code,
        dossier.owner_name,
        dossier.submitter_name,
        dossier.phone,
        dossier.owner_id_number,
        dossier.submitter_id_number,
    )
    dossier.search_text = " | ".join(fold(word) for word in known if word)
