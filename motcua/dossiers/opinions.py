"""Asking other units and agencies what they think while one's own time runs on (lấy ý kiến cơ quan phối hợp; one-stop.md §2.6, §2.12)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.accounts.standing_in import own_first
from motcua.files.models import StoredFile
from motcua.files.naming import clean_name
from motcua.journal.recording import record
from motcua.organisations.calendars import calendar_of
from motcua.organisations.models import Unit
from motcua.refusal import Refusal
from motcua.worktime.due import due
from motcua.worktime.terms import Term

from . import processing
from .lifecycle import NoReason, NotYours, expect
from .models import SETTLING, Dossier, Opinion, State

MOST_DAYS = 60


class NothingAsked(Refusal):
    message = "Hãy ghi rõ cần ý kiến về việc gì và trong mấy ngày làm việc."


class OwnUnit(Refusal):
    message = "Bộ phận này đang giữ hồ sơ; hãy chọn bộ phận hoặc cơ quan khác để lấy ý kiến."


class AlreadyAsked(Refusal):
    message = "Đã hỏi bộ phận này và đang chờ ý kiến."


class AlreadyAnswered(Refusal):
    message = "Ý kiến này đã được trả lời, hoặc không còn cần nữa."


class NoLongerNeeded(Refusal):
    message = "Hồ sơ đã có kết quả hoặc đã kết thúc nên không còn cần ý kiến này; xin cảm ơn."


@own_first
def may_ask(dossier: Dossier, by: Person) -> None:
    processing.expect_step(dossier, by, State.IN_PROGRESS)
    if processing.is_decided(dossier):
        raise processing.Decided


@transaction.atomic
def ask(dossier: Dossier, *, unit: Unit, question: str, days: int, by: Person, at: datetime) -> Dossier:
    """Ask a unit here or elsewhere for its opinion; the dossier stays and its time runs on."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_ask(dossier, by)
    if not question.strip() or not 0 < days <= MOST_DAYS:
        raise NothingAsked
    if unit.pk in {interval.unit_id for interval in processing.running_steps(dossier)}:
        raise OwnUnit
    if dossier.opinions.filter(unit=unit, answered_at=None, waived_at=None).exists():
        raise AlreadyAsked
    opinion = Opinion.objects.create(
        dossier=dossier,
        unit=unit,
        question=question,
        asked_by=by,
        asked_at=at,
        due_at=due(calendar_of(unit), at, Term.days(days)),
    )
    record("dossier.opinion_asked", about=dossier, by=by, at=at, opinion=opinion.pk, unit=unit.pk)
    return dossier


@own_first
def may_answer(opinion: Opinion, by: Person) -> None:
    expect_awaited(opinion)
    if opinion.unit_id not in by.units(Can.GIVE_OPINION):
        raise NotYours(f"Cán bộ của {opinion.unit}, {opinion.unit.agency} trả lời ý kiến này.")


def expect_awaited(opinion: Opinion) -> None:
    """An answer is of use only as long as nobody gave one and the dossier is being settled."""
    if opinion.answered_at or opinion.waived_at:
        raise AlreadyAnswered
    if opinion.dossier.state not in (*SETTLING, State.AWAITING_APPLICANT, State.AWAITING_PAYMENT):
        raise NoLongerNeeded


@transaction.atomic
def answer(
    opinion: Opinion,
    *,
    text: str,
    by: Person,
    at: datetime,
    stored: StoredFile | None = None,
    file_name: str = "",
) -> Dossier:
    """Say what one's unit thinks; a document may be put with it."""
    dossier = Dossier.objects.locked(opinion.dossier_id)
    opinion = Opinion.objects.select_related("unit", "unit__agency").get(pk=opinion.pk)
    may_answer(opinion, by)
    if not text.strip():
        raise NoReason("Hãy ghi ý kiến.")
    opinion.answer, opinion.answered_by, opinion.answered_at = text, by, at
    opinion.file, opinion.file_name = stored, clean_name(file_name) if stored else ""
    opinion.save(update_fields=["answer", "answered_by", "answered_at", "file", "file_name"])
    record("dossier.opinion_given", about=dossier, by=by, at=at, opinion=opinion.pk, unit=opinion.unit_id)
    return dossier


@own_first
def may_waive(opinion: Opinion, by: Person) -> None:
    """Whoever asked, or whoever holds the dossier by now: the step may have ended while the opinion was awaited (§2.12)."""
    expect_awaited(opinion)
    expect(opinion.dossier, State.IN_PROGRESS)
    if processing.is_decided(opinion.dossier):
        raise processing.Decided
    if opinion.asked_by_id not in (by.pk, by.instead_of):
        processing.expect_step(opinion.dossier, by, State.IN_PROGRESS)


@transaction.atomic
def waive(opinion: Opinion, *, reason: str, by: Person, at: datetime) -> Dossier:
    """Go on without an opinion that did not come; the reason is kept, and the silence is seen (§2.6)."""
    dossier = Dossier.objects.locked(opinion.dossier_id)
    opinion = Opinion.objects.get(pk=opinion.pk)
    opinion.dossier = dossier
    may_waive(opinion, by)
    if not reason.strip():
        raise NoReason
    opinion.waived_at, opinion.waived_by, opinion.waived_reason = at, by, reason
    opinion.save(update_fields=["waived_at", "waived_by", "waived_reason"])
    record("dossier.opinion_waived", about=dossier, by=by, at=at, opinion=opinion.pk, unit=opinion.unit_id)
    return dossier


def is_late(opinion: Opinion, at: datetime) -> bool:
    """By date, as all that is early, on time or overdue."""
    return timezone.localdate(opinion.answered_at or opinion.waived_at or at) > timezone.localdate(opinion.due_at)
