"""Fees taken at the desk, and the receipt given for them (thu phí, lệ phí tại quầy; biên lai: one-stop.md §3.8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.standing_in import own_first
from motcua.journal.recording import record
from motcua.refusal import Refusal

from . import together
from .lifecycle import NoReason, expect, expect_counter
from .models import OPEN, Dossier, FeeReceipt
from .paper_forms.words import money


class NothingTaken(Refusal):
    message = "Chưa ghi khoản thu nào. Hãy ghi số tiền đã thu, hoặc chọn đối tượng được miễn, giảm."


class NoReceipt(Refusal):
    message = "Đã thu tiền thì phải có biên lai: hãy ghi số biên lai đã giao người nộp. Những gì đã nhập vẫn được giữ."


class ReceiptUsed(Refusal):
    """The counter has given this number before (số biên lai đã dùng)."""


class AlreadyTaken(Refusal):
    """The same is paid for twice (đã thu khoản này)."""


class WhyLess(Refusal):
    """Less was taken than the catalogue asks, and nobody says why."""


class Cancelled(Refusal):
    message = "Biên lai này đã được hủy từ trước."


class Line(NamedTuple):
    """One thing paid for: how much the catalogue asks (None: it names no sum), how much was taken, and why less."""

    what: str
    due: int | None
    taken: int
    relief: str = ""


@own_first
def may_collect(dossier: Dossier, by: Person) -> None:
    expect(dossier, *OPEN)
    expect_counter(dossier, by)


@transaction.atomic
def collect(dossier: Dossier, *, lines: Sequence[Line], number: str, by: Person, at: datetime) -> FeeReceipt:
    """Note what was taken at the desk under one receipt; who is exempt pays nothing and needs none (ghi nhận đã thu)."""
    number = number.strip()
    # A receipt is held before the dossiers it stands for, here as in `cancel`.
    _noted_first(dossier.reception_agency_id, number).first()
    dossier = Dossier.objects.locked(dossier.pk)
    may_collect(dossier, by)
    if not lines or any(line.taken < 0 for line in lines):
        raise NothingTaken
    for line in lines:
        if line.due is not None and line.taken < line.due and not line.relief.strip():
            raise WhyLess(
                f"“{line.what}” thu ít hơn mức {money(line.due)}: hãy chọn đối tượng miễn, giảm. "
                "Những gì đã nhập vẫn được giữ."
            )
    amount = sum(line.taken for line in lines)
    if amount and not number:
        raise NoReceipt
    _expect_not_taken_yet(dossier, lines)
    receipt = FeeReceipt(
        dossier=dossier,
        counter=dossier.reception_agency,
        number=number,
        lines=[line._asdict() for line in lines],
        amount=amount,
        taken_by=by,
        taken_at=at,
    )
    try:
        with transaction.atomic():
            receipt.save()
    except IntegrityError:
        receipt.first = _of_the_same_visit(receipt)
        receipt.save()
    record("dossier.fee_collected", about=dossier, by=by, at=at, receipt=receipt.pk, amount=amount)
    return receipt


def _expect_not_taken_yet(dossier: Dossier, lines: Sequence[Line]) -> None:
    """What the catalogue asks is taken once; a wrong receipt is cancelled first."""
    taken = {
        line["what"]: receipt.number
        for receipt in dossier.fee_receipts.filter(cancelled_at=None)
        for line in receipt.lines
        if line["due"] is not None
    }
    for line in lines:
        if line.what in taken:
            where = f" theo biên lai {taken[line.what]}" if taken[line.what] else ""
            raise AlreadyTaken(
                f"Khoản “{line.what}” của hồ sơ này đã ghi nhận{where}. Nếu lần trước ghi sai, hãy hủy biên lai đó "
                "rồi ghi lại. Những gì đã nhập vẫn được giữ."
            )


def _noted_first(counter: int, number: str) -> QuerySet[FeeReceipt]:
    """The receipt a number was first noted with at a counter, held until the end of the step."""
    numbered = FeeReceipt.objects.filter(counter=counter, number=number, first=None).exclude(number="")
    return numbered.select_for_update(of=("self",)).select_related("dossier")


def _of_the_same_visit(receipt: FeeReceipt) -> FeeReceipt:
    """The receipt this number was first noted with: it may stand for what the same officer received together that day."""
    first = _noted_first(receipt.counter_id, receipt.number).get()
    visit = {one.pk for one in together.all_of(first.dossier)} - {first.dossier_id}
    same_officer_and_day = first.taken_by_id == receipt.taken_by_id and timezone.localdate(
        first.taken_at
    ) == timezone.localdate(receipt.taken_at)
    noted = first.others.filter(dossier=receipt.dossier_id).exists()
    if first.cancelled_at or noted or not same_officer_and_day or receipt.dossier_id not in visit:
        raise ReceiptUsed(
            f"Số biên lai {receipt.number} đã ghi cho hồ sơ {first.dossier}{' và đã hủy' if first.cancelled_at else ''}; "
            "một số chỉ dùng chung cho các hồ sơ tiếp nhận cùng một lượt, trong ngày. Những gì đã nhập vẫn được giữ."
        )
    return first


@own_first
def may_cancel(dossier: Dossier, by: Person) -> None:
    expect_counter(dossier, by)


@transaction.atomic
def cancel(receipt: FeeReceipt, *, why: str, by: Person, at: datetime) -> FeeReceipt:
    """Take a wrong receipt out of the sums, for every dossier it stands for; its number and why stay for ever (hủy biên lai)."""
    first = FeeReceipt.objects.select_for_update().get(pk=receipt.first_id or receipt.pk)
    whole = FeeReceipt.objects.filter(Q(pk=first.pk) | Q(first=first)).order_by("dossier")
    dossiers = {pk: Dossier.objects.locked(pk) for pk in whole.values_list("dossier", flat=True)}
    may_cancel(dossiers[receipt.dossier_id], by)
    if not why.strip():
        raise NoReason("Hãy ghi lý do hủy biên lai, một câu ngắn là đủ.")
    for one in whole:
        if one.cancelled_at:
            raise Cancelled
        one.cancelled_by, one.cancelled_at, one.cancelled_why = by, at, why.strip()[:300]
        one.save(update_fields=["cancelled_by", "cancelled_at", "cancelled_why"])
        record("dossier.fee_cancelled", about=dossiers[one.dossier_id], by=by, at=at, receipt=one.pk, amount=one.amount)
    return FeeReceipt.objects.get(pk=receipt.pk)
