"""Several dossiers of one person received one after the other, and the one receipt for them all (giấy hẹn chung; one-stop.md §3.2).

Each keeps its own code, clock and slip; what belongs to one matter filed at once is another thing (liên thông).
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.refusal import Refusal

from . import paper_forms, slips
from .models import Dossier, ReceivedTogether, Slip, SlipKind
from .paper_forms import ReceiptSheet, ReceiptsSheet, ReceivedDossier, Sheet

MOST = 20  # dossiers on one receipt


class Apart(Refusal):
    """Not of one visit at the desk: each has its own receipt."""

    message = "Giấy hẹn chung chỉ ghi những hồ sơ cùng một cán bộ tiếp nhận trong ngày tại một nơi."


class Full(Refusal):
    message = f"Giấy hẹn chung đã đủ {MOST} hồ sơ; hồ sơ tiếp theo có giấy hẹn riêng."


def all_of(dossier: Dossier) -> list[Dossier]:
    """Every dossier on the receipt of this one, the first one first; alone it stands by itself."""
    line = ReceivedTogether.objects.filter(dossier=dossier).first()
    first = line.first_id if line else dossier.pk
    others = ReceivedTogether.objects.filter(first=first).values_list("dossier", flat=True)
    dossiers = Dossier.objects.filter(pk__in=[first, *others]).order_by("pk")
    return list(
        dossiers.select_related("procedure_version__procedure", "agency__place", "reception_agency__place", "rule_set")
    )


def shares_receipt() -> Exists:
    """Whether others stand on the receipt of a dossier; asked with the dossier itself."""
    return Exists(ReceivedTogether.objects.filter(Q(dossier=OuterRef("pk")) | Q(first=OuterRef("pk"))))


def seen_whole(dossier: Dossier, officer: Person) -> list[Dossier]:
    """Every dossier on the receipt, where the officer may see each of them; else nothing, for the receipt tells of all."""
    every = all_of(dossier)
    seen = Dossier.objects.handled_by(officer).filter(pk__in=[one.pk for one in every])
    return every if len(every) > 1 and seen.count() == len(every) else []


def may_join(first: Dossier, by: Person, at: datetime) -> None:
    """Whether what is received now goes on the receipt of that dossier."""
    if (
        first.accepted_by_id != by.pk
        or first.accepted_at is None
        or timezone.localdate(first.accepted_at) != timezone.localdate(at)
        or first.submitted_at != first.accepted_at  # filed online, its owner is not at the desk
    ):
        raise Apart
    if len(all_of(first)) >= MOST:
        raise Full


@transaction.atomic
def join(dossier: Dossier, *, after: Dossier, by: Person, at: datetime) -> None:
    """Put a dossier just received on the receipt of the one before; done twice it is done once."""
    if dossier.pk == after.pk or ReceivedTogether.objects.filter(dossier=dossier).exists():
        return
    line = ReceivedTogether.objects.filter(dossier=after).select_related("first").first()
    first = Dossier.objects.locked(line.first_id if line else after.pk)
    may_join(first, by, at)
    may_join(dossier, by, at)
    if dossier.reception_agency_id != first.reception_agency_id:
        raise Apart
    ReceivedTogether.objects.create(dossier=dossier, first=first)


# The receipt ---------------------------------------------------------------------------------------------------------


def pdf(dossiers: list[Dossier], *, follow_addresses: list[str]) -> bytes:
    """The receipt to print; each address follows one of the dossiers, for its QR."""
    return paper_forms.pdf(sheet(dossiers, follow_addresses=follow_addresses))


def sheet(dossiers: list[Dossier], *, follow_addresses: list[str]) -> ReceiptsSheet:
    """Mẫu số 01 of several dossiers: "Số lượng hồ sơ: N (kèm theo danh sách)", and the list."""
    issued = Slip.objects.filter(dossier__in=dossiers, kind=SlipKind.RECEIPT).select_related("form_set", "issued_by")
    slip_of = {slip.dossier_id: slip for slip in issued.order_by("-issued_at")}
    receipts = []
    for dossier, address in zip(dossiers, follow_addresses, strict=True):
        slip_of[dossier.pk].dossier = dossier
        receipts.append(slips.sheet(slip_of[dossier.pk], follow_address=address))
    first = receipts[0]
    assert isinstance(first, ReceiptSheet)
    shared = {field.name: getattr(first, field.name) for field in fields(Sheet)}
    return ReceiptsSheet(
        **shared,
        office_label=first.office_label,
        office_name=first.office_name,
        id_number=first.id_number,
        rows=[_row(*one) for one in zip(dossiers, receipts, strict=True)],
        submitter=first.submitter,
        officer=first.officer,
        as_table=first.as_table,
    )


def _row(dossier: Dossier, receipt: Sheet) -> ReceivedDossier:
    """What the dossier's own receipt says, shorter."""
    assert isinstance(receipt, ReceiptSheet)
    return ReceivedDossier(
        code=dossier.code or "",
        request=receipt.request,
        agency=dossier.agency.name,
        received_at=_short(dossier.accepted_at),
        due_at=_short(dossier.first_due_at),
        term=receipt.term,
        sets=receipt.sets,
        owner=receipt.owner,
        return_at=receipt.return_at,
        papers=receipt.papers,
        fee=receipt.fee,
        qr=paper_forms.qr(receipt.follow_address),
    )


def _short(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%H:%M %d/%m/%Y}" if at else ""
