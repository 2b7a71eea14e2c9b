"""Messages between an applicant and the officers who handle the dossier (tin nhắn về hồ sơ).

They explain and change nothing: what a dossier lacks is asked for by a slip, what happened is told by its journal, which keeps that
a message was written and not what it says.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.permissions import ROLES, Can
from motcua.accounts.standing_in import own_first
from motcua.journal.recording import record
from motcua.refusal import Refusal
from motcua.vietnamese import compose

from . import mandates
from .lifecycle import NotYours
from .models import Dossier, Message, State
from .processing import running_steps

PAGE = 20
LONGEST = 1000
AN_HOUR, A_DAY = 5, 20  # messages an applicant may write about one dossier
OPEN_AFTER_THE_END = timedelta(days=30)
TAPPED_TWICE = timedelta(minutes=10)


class NothingSaid(Refusal):
    message = "Hãy viết vài chữ trước khi gửi."


class TooLong(Refusal):
    message = f"Tin nhắn dài quá {LONGEST} chữ nên chưa gửi. Hãy rút gọn; phần đã viết vẫn còn."


class TooMany(Refusal):
    message = (
        "Bạn đã nhắn nhiều tin liền nhau nên tin này chưa gửi; phần đã viết vẫn còn. "
        "Cán bộ đã được báo, xin chờ trả lời hoặc gửi lại sau một giờ."
    )


class Over(Refusal):
    """The dossier ended some time ago (đã khép lại)."""

    def __init__(self, dossier: Dossier) -> None:
        assert dossier.closed_at is not None
        super().__init__(
            "Hồ sơ đã khép lại từ %(day)s, quá %(days)s ngày, nên không nhắn thêm được. Xin hỏi %(agency)s.",
            day=f"{timezone.localtime(dossier.closed_at):%d/%m/%Y}",
            days=OPEN_AFTER_THE_END.days,
            agency=dossier.reception_agency.name,
        )


class NothingToAnswer(Refusal):
    message = "Người nộp chưa nhắn gì nên chưa có gì để trả lời. Cần người nộp bổ sung thì lập phiếu yêu cầu bổ sung."


# Written by the applicant ---------------------------------------------------------------------------------------------


def of_applicant(dossiers: QuerySet[Dossier], person: Person) -> QuerySet[Dossier]:
    """Whose messages an account may read and write: those it filed, and those filed under a mandate it gave."""
    return dossiers.filter(Q(account=person) | Q(mandate__owner_account=person))


def may_write(dossier: Dossier, by: Person, at: datetime) -> None:
    if dossier.state == State.DRAFT or not of_applicant(Dossier.objects.filter(pk=dossier.pk), by).exists():
        raise NotYours("Chỉ tài khoản đã nộp hồ sơ, hoặc người đã ủy quyền, nhắn được về hồ sơ này.")
    if dossier.mandate and dossier.mandate.agent_account_id == by.pk:
        mandates.expect_usable(dossier.mandate, dossier, dossier.mandate.scope, timezone.localdate(at))
    _expect_time(dossier, at)


def _expect_time(dossier: Dossier, at: datetime) -> None:
    if dossier.closed_at and dossier.closed_at + OPEN_AFTER_THE_END < at:
        raise Over(dossier)


@transaction.atomic
def write(dossier: Dossier, *, text: str, by: Person, at: datetime) -> Message:
    """An applicant writes to whoever handles the dossier; sent twice by a second tap it is one message."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_write(dossier, by, at)
    text = said(text)
    own = dossier.conversation.filter(by=by, unit=None)
    again = own.filter(text=text, at__gt=at - TAPPED_TWICE).order_by("-pk").first()
    if again:
        return again
    if (
        own.filter(at__gt=at - timedelta(hours=1)).count() >= AN_HOUR
        or own.filter(at__gt=at - timedelta(days=1)).count() >= A_DAY
    ):
        raise TooMany
    message = Message.objects.create(dossier=dossier, by=by, text=text, at=at)
    record("dossier.message_written", about=dossier, by=by, at=at, message=message.pk)
    return message


def said(text: str) -> str:
    """What was written, in the stored spelling, line by line."""
    text = "\n".join(compose(line) for line in text.splitlines()).strip()
    if not text:
        raise NothingSaid
    if len(text) > LONGEST:
        raise TooLong
    return text


@transaction.atomic
def remove(message: Message, *, by: Person, at: datetime) -> None:
    """Who wrote as an applicant takes the words back; that something was written stays."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.by_id != by.pk or not message.of_applicant:
        raise NotYours("Chỉ người viết mới xóa được nội dung tin nhắn của mình.")
    if message.removed_at is None:
        message.text, message.removed_at = "", at
        message.save(update_fields=["text", "removed_at"])


# Answered by an officer ------------------------------------------------------------------------------------------------


@own_first
def may_answer(dossier: Dossier, by: Person) -> None:
    """Officers of the agency that settles or received the dossier; who was only asked for an opinion does not speak for it."""
    if _unit_of(dossier, by) is None:
        raise NotYours("Cán bộ ở nơi tiếp nhận hoặc cơ quan giải quyết trả lời tin nhắn của người nộp.")


def _unit_of(dossier: Dossier, by: Person) -> int | None:
    """For which unit this officer speaks: the one that holds the dossier before any other of theirs."""
    agencies = {dossier.agency_id, dossier.reception_agency_id}
    own = [duty.unit for duty in by.duties if duty.agency in agencies and Can.WRITE_TO_APPLICANT in ROLES[duty.role]]
    holding = {one.unit_id for one in running_steps(dossier)} | {dossier.at_unit_id}
    return next((unit for unit in own if unit in holding), own[0] if own else None)


@transaction.atomic
def answer(dossier: Dossier, *, text: str, by: Person, at: datetime) -> Message:
    """An officer answers in the name of their unit; the applicant reads who it was."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_answer(dossier, by)
    text = said(text)
    if not dossier.conversation.filter(unit=None).exists():
        raise NothingToAnswer
    _expect_time(dossier, at)
    again = dossier.conversation.filter(by=by, text=text, at__gt=at - TAPPED_TWICE).exclude(unit=None).first()
    if again:
        return again
    message = Message.objects.create(
        dossier=dossier, by=by, unit_id=_unit_of(dossier, by.acting(by.instead_of)), text=text, at=at
    )
    read_by_office(dossier, by=by, at=at)
    record("dossier.message_answered", about=dossier, by=by, at=at, message=message.pk, unit=message.unit_id)
    return message


# Read -----------------------------------------------------------------------------------------------------------------


def read_by_office(dossier: Dossier, *, by: Person, at: datetime) -> None:
    """An officer who may answer has the applicant's messages before them."""
    dossier.conversation.filter(unit=None, read_at=None).update(read_by=by, read_at=at)


def read_by_applicant(dossier: Dossier, *, by: Person, at: datetime) -> None:
    dossier.conversation.exclude(unit=None).filter(read_at=None).update(read_by=by, read_at=at)


def page(dossier: Dossier, before: int | None = None) -> tuple[list[Message], int | None]:
    """The newest messages, and the mark after which older ones begin."""
    rows = dossier.conversation.select_related("by", "unit", "read_by").order_by("-pk")
    found = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None
