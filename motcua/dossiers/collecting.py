"""Fees taken at the desk, and the receipt given for them (thu phí, lệ phí tại quầy; biên lai: one-stop.md §3.8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction

from motcua.accounts.models import Person
from motcua.accounts.standing_in import own_first
from motcua.journal.recording import record
from motcua.refusal import Refusal

from .lifecycle import NoReason, expect, expect_counter
from .models import OPEN, Dossier, FeeReceipt
from .paper_forms.words import money


class NothingTaken(Refusal):
    message = "Chưa ghi khoản thu nào. Hãy ghi số tiền đã thu, hoặc chọn đối tượng được miễn, giảm."


class NoReceipt(Refusal):
    message = "Đã thu tiền thì phải có biên lai: hãy ghi số biên lai đã giao người nộp. Những gì đã nhập vẫn được giữ."


class ReceiptUsed(Refusal):
    """The counter has given this number before (số biên lai đã dùng)."""


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
    amount, number = sum(line.taken for line in lines), number.strip()
    if amount and not number:
        raise NoReceipt
    counter = dossier.reception_agency
    try:
        with transaction.atomic():
            receipt = FeeReceipt.objects.create(
                dossier=dossier,
                counter=counter,
                number=number,
                lines=[line._asdict() for line in lines],
                amount=amount,
                taken_by=by,
                taken_at=at,
            )
    except IntegrityError:
        other = FeeReceipt.objects.select_related("dossier").get(counter=counter, number=number)
        raise ReceiptUsed(
            f"Số biên lai {number} đã ghi cho hồ sơ {other.dossier}{' và đã hủy' if other.cancelled_at else ''}; "
            "mỗi số chỉ dùng một lần. Những gì đã nhập vẫn được giữ."
        ) from None
    record("dossier.fee_collected", about=dossier, by=by, at=at, receipt=receipt.pk, amount=amount)
    return receipt


@own_first
def may_cancel(dossier: Dossier, by: Person) -> None:
    expect_counter(dossier, by)


@transaction.atomic
def cancel(receipt: FeeReceipt, *, why: str, by: Person, at: datetime) -> FeeReceipt:
    """Take a wrong receipt out of the sums; its number and why stay for ever (hủy biên lai)."""
    dossier = Dossier.objects.locked(receipt.dossier_id)
    may_cancel(dossier, by)
    receipt = FeeReceipt.objects.get(pk=receipt.pk)
    if receipt.cancelled_at:
        raise Cancelled
    if not why.strip():
        raise NoReason("Hãy ghi lý do hủy biên lai, một câu ngắn là đủ.")
    receipt.cancelled_by, receipt.cancelled_at, receipt.cancelled_why = by, at, why.strip()[:300]
    receipt.save(update_fields=["cancelled_by", "cancelled_at", "cancelled_why"])
    record("dossier.fee_cancelled", about=dossier, by=by, at=at, receipt=receipt.pk, amount=receipt.amount)
    return receipt
