"""Saying sorry before the day comes, and promising once more (xin lỗi và hẹn lại ngày trả kết quả; NĐ 61/2018/NĐ-CP Điều 19 khoản 9)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.accounts.standing_in import own_first
from motcua.journal.recording import record
from motcua.refusal import Refusal

from . import slips
from .lifecycle import NoReason, NotYours, expect
from .models import SETTLING, Apology, ClosureDeclaration, Dossier, SlipKind


class NoDueDate(Refusal):
    message = "Hồ sơ này không có ngày hẹn trả nên không cần xin lỗi và hẹn lại."


class AlreadyApologised(Refusal):
    message = "Hồ sơ đã xin lỗi và hẹn lại một lần; theo quy định chỉ được hẹn lại một lần."


class TooSoon(Refusal):
    message = "Ngày hẹn lại phải sau ngày hẹn trả ghi trên giấy hẹn và sau hôm nay."


@own_first
def may_draft(dossier: Dossier, by: Person) -> None:
    expect(dossier, *SETTLING)
    if dossier.due_at is None:
        raise NoDueDate
    if dossier.agency_id not in by.agencies(Can.DRAFT_APOLOGY):
        raise NotYours("Cơ quan giải quyết hồ sơ soạn văn bản xin lỗi.")
    if Apology.objects.filter(dossier=dossier, signed_at__isnull=False).exists():
        raise AlreadyApologised


def draft_in_time(dossier: Dossier, *, at: datetime) -> Apology | None:
    """Lay out the apology when the warning time has come, for somebody to give the reason; nothing where there is one (§12.4)."""
    if dossier.due_at is None or dossier.state not in SETTLING:
        return None
    apology, made = Apology.objects.get_or_create(
        dossier=dossier, defaults={"due_before": dossier.due_at, "drafted_at": at}
    )
    if not made:
        _stand_by_the_new_date(apology, dossier.due_at)
        return None
    record("dossier.apology_drafted", about=dossier, by=None, at=at)
    return apology


def _stand_by_the_new_date(apology: Apology, due_at: datetime) -> None:
    """The law moved the date after the apology was laid out: what is not signed yet is about the new one."""
    if apology.signed_at or apology.due_before == due_at:
        return
    apology.due_before = due_at
    if apology.renewed_due_at and apology.renewed_due_at <= due_at:
        apology.renewed_due_at = None
    apology.save(update_fields=["due_before", "renewed_due_at"])


def _waiting(officer: Person, act: Can) -> QuerySet[Apology]:
    """Not signed yet and about the date that holds, at the agencies for which the officer may do the act."""
    return Apology.objects.filter(
        signed_at=None,
        due_before=F("dossier__due_at"),
        dossier__state__in=SETTLING,
        dossier__agency__in=officer.agencies(act),
    ).order_by("due_before", "pk")


def to_write(officer: Person) -> QuerySet[Apology]:
    """Apologies that wait for somebody of the agency to give the reason and the new date, the most urgent first."""
    return _waiting(officer, Can.DRAFT_APOLOGY).filter(Q(reason="") | Q(renewed_due_at=None))


def to_sign(officer: Person) -> QuerySet[Apology]:
    """Apologies that wait for the signature of the head of the agency, the most urgent first."""
    return _waiting(officer, Can.SIGN_APOLOGY).filter(renewed_due_at__isnull=False).exclude(reason="")


@transaction.atomic
def draft(dossier: Dossier, *, reason: str, renewed_due_at: datetime, by: Person, at: datetime) -> Dossier:
    """Write why the result will be late and until when it is promised anew, for the head to sign."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_draft(dossier, by)
    if not reason.strip():
        raise NoReason
    assert dossier.due_at is not None
    if renewed_due_at <= dossier.due_at or timezone.localdate(renewed_due_at) <= timezone.localdate(at):
        raise TooSoon
    apology, made = Apology.objects.get_or_create(
        dossier=dossier, defaults={"due_before": dossier.due_at, "drafted_at": at}
    )
    apology.reason, apology.renewed_due_at = reason, renewed_due_at
    apology.drafted_by, apology.due_before = by, dossier.due_at
    apology.save()
    if made:
        record("dossier.apology_drafted", about=dossier, by=by, at=at)
    else:
        record("dossier.apology_written", about=dossier, by=by, at=at)
    return dossier


class NotDrafted(Refusal):
    message = "Chưa có văn bản xin lỗi ghi đủ lý do và ngày hẹn lại để ký."


class OfAnotherDate(Refusal):
    message = (
        "Ngày hẹn trả đã dời sau khi soạn văn bản xin lỗi nên chưa ký được. "
        "Hãy soạn lại theo ngày hẹn mới; lý do đã ghi vẫn còn."
    )


@own_first
def may_sign(dossier: Dossier, by: Person) -> None:
    expect(dossier, *SETTLING)
    if dossier.agency_id not in by.agencies(Can.SIGN_APOLOGY):
        raise NotYours("Người đứng đầu cơ quan giải quyết hồ sơ ký văn bản xin lỗi.")
    apology = Apology.objects.filter(dossier=dossier).first()
    if apology and apology.signed_at:
        raise AlreadyApologised
    if apology is None or not apology.reason or apology.renewed_due_at is None:
        raise NotDrafted
    if apology.due_before != dossier.due_at:
        raise OfAnotherDate


@transaction.atomic
def sign(dossier: Dossier, *, by: Person, at: datetime) -> Dossier:
    """Sign and send the apology: the new date is told beside the promised one, which statistics go on to use (§2.8)."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_sign(dossier, by)
    apology = Apology.objects.get(dossier=dossier)
    assert apology.renewed_due_at is not None
    if timezone.localdate(apology.renewed_due_at) <= timezone.localdate(at):
        raise TooSoon
    apology.signed_by, apology.signed_at = by, at
    apology.slip = slips.issue(dossier, SlipKind.APOLOGY, by=by, at=at)
    apology.save(update_fields=["signed_by", "signed_at", "slip"])
    dossier.renewed_due_at = apology.renewed_due_at
    dossier.save(update_fields=["renewed_due_at"])
    record("dossier.apologised", about=dossier, by=by, at=at, slip=apology.slip.pk)
    return dossier


def move_by_law(dossier: Dossier, after: datetime, *, closure: ClosureDeclaration, at: datetime) -> None:
    """The agency is closed by decision: what was promised anew follows, and the applicant is told."""
    dossier.renewed_due_at = after
    dossier.save(update_fields=["renewed_due_at"])
    record("dossier.renewed_date_moved", about=dossier, by=None, at=at, closure=closure.pk)
