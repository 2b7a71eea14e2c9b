"""The register of dossiers, from day to day (sổ theo dõi hồ sơ: mẫu số 06, từ 15/9/2025 mẫu số 07; one-stop.md §3.7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from motcua.organisations.models import Agency

from . import rules
from .models import Dossier, FeeReceipt, FormSet, Outcome, ReturnBy, State, StepInterval
from .paper_forms.words import money

REGISTER = "REGISTER"
COLUMNS = (
    "Mã hồ sơ",
    "Tên thủ tục hành chính",
    "Số lượng hồ sơ (bộ)",
    "Tên cá nhân, tổ chức",
    "Địa chỉ, số điện thoại",
    "Cơ quan chủ trì giải quyết",
    "Ngày tiếp nhận",
    "Ngày hẹn trả kết quả",
    "Ngày chuyển hồ sơ đến cơ quan giải quyết",
    "Ngày nhận kết quả từ cơ quan giải quyết",
    "Ngày trả kết quả",
    "Phương thức nhận kết quả",
    "Ký nhận",
    "Ghi chú",
)
HANDED = StepInterval.objects.filter(dossier=OuterRef("pk"), step__position=1, outcome=Outcome.DONE)
TAKEN = FeeReceipt.objects.filter(dossier=OuterRef("pk"), cancelled_at=None, amount__gt=0)
FIELDS = (
    "pk",
    "code",
    "procedure_version__name",
    "sets",
    "owner_name",
    "address",
    "phone",
    "agency__name",
    "accepted_at",
    "first_due_at",
    "due_at",
    "renewed_due_at",
    "state",
    "finished_at",
    "closed_at",
    "hand_over__at",
    "hand_over__method",
    "hand_over__recipient_name",
)


class Book(NamedTuple):
    """Whose register it is: a counter's holds what it received, an agency's what it settles."""

    agency: int
    at_counter: bool

    def __str__(self) -> str:
        return f"{'quay' if self.at_counter else 'co-quan'}-{self.agency}"


class Entry(NamedTuple):
    """One dossier as it is entered."""

    pk: int
    code: str
    procedure: str
    sets: int
    owner: str
    address: str
    phone: str
    agency: str
    accepted_at: datetime
    first_due_at: datetime | None
    due_at: datetime | None
    renewed_due_at: datetime | None
    state: str
    finished_at: datetime | None
    closed_at: datetime | None
    returned_at: datetime | None
    method: str | None
    recipient: str | None
    handed_at: datetime | None
    fees: list[dict[str, Any]]

    @property
    def where(self) -> str:
        return ", ".join(filter(None, (self.address, self.phone)))

    @property
    def came_back_at(self) -> datetime | None:
        """When the result came from those who settle; what was withdrawn or stopped never came back."""
        return self.finished_at if self.state in (State.READY, State.RETURNED) else None

    @property
    def method_name(self) -> str:
        return ReturnBy(self.method).label if self.method else ""

    @property
    def note(self) -> str:
        told = []
        if self.first_due_at and self.due_at != self.first_due_at:
            told.append(f"Hẹn lần đầu {day_of(self.first_due_at)}")
        if self.renewed_due_at:
            told.append(f"Xin lỗi, hẹn lại {day_of(self.renewed_due_at)}")
        if self.state in (State.WITHDRAWN, State.STOPPED):
            told.append(f"{State(self.state).label} {day_of(self.closed_at)}")
        elif self.state in (State.AWAITING_APPLICANT, State.AWAITING_PAYMENT):
            told.append(State(self.state).label)
        told += [f"Thu {money(fee['amount'])}, biên lai {fee['number']}" for fee in self.fees]
        return "; ".join(told)

    def cells(self) -> list[str | int | datetime | None]:
        """In the order of the columns."""
        return [
            self.code,
            self.procedure,
            self.sets,
            self.owner,
            self.where,
            self.agency,
            self.accepted_at,
            self.due_at,
            self.handed_at,
            self.came_back_at,
            self.returned_at,
            self.method_name,
            self.recipient or "",
            self.note,
        ]


def entered(dossiers: QuerySet[Dossier], book: Book, first: date, last: date) -> QuerySet[Dossier]:
    """What was received from the first day to the last, in the order it was received; drafts and refusals never were."""
    whose = {"reception_agency": book.agency} if book.at_counter else {"agency": book.agency}
    span = {"accepted_at__gte": midnight(first), "accepted_at__lt": midnight(last + timedelta(days=1))}
    return dossiers.filter(**whose, **span).order_by("accepted_at", "id")


def entries(dossiers: QuerySet[Dossier]) -> list[Entry]:
    """The facts of each; plain rows, because a register has many."""
    handed = Subquery(HANDED.order_by("id").values("ended_at")[:1])
    fees = ArraySubquery(TAKEN.order_by("id").values(told=JSONObject(number="number", amount="amount")))
    return [Entry(*row) for row in dossiers.values_list(*FIELDS, handed, fees)]


def in_order(pks: Sequence[int]) -> list[Entry]:
    """The same for dossiers that are known, in the order they are named."""
    found = {entry.pk: entry for entry in entries(Dossier.objects.filter(pk__in=pks))}
    return [found[pk] for pk in pks if pk in found]


def forms_of(day: date) -> tuple[FormSet, str, str]:
    """The form set of the day the register is made, the number of its form and its title."""
    forms = rules.forms_on(day)
    form = forms.slips[REGISTER]
    return forms, f"Mẫu số {form['number']} – {forms.legal_basis}", form["title"]


def title_of(book: Book, day: date) -> list[str]:
    """Whose it is and what it is called on that day."""
    agency = Agency.objects.get(pk=book.agency)
    _, form, title = forms_of(day)
    return [form, agency.name, title]


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def day_of(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%d/%m/%Y}" if at else ""
