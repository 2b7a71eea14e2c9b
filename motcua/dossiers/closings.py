"""The end of a counter's day: what was received, handed on, returned and noted, and what is still there (chốt ngày tại quầy)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import CharField, Count, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.accounts.standing_in import OthersDuty, own_first
from motcua.journal.models import Entry
from motcua.journal.recording import record
from motcua.organisations.models import Agency
from motcua.refusal import Refusal

from .models import (
    CorrectedDecision,
    DayClosing,
    Dossier,
    Ending,
    FeeReceipt,
    HandOver,
    Outcome,
    PaymentRequest,
    State,
    StepInterval,
)
from .register import midnight


class NotYet(Refusal):
    message = "Chưa đến ngày này nên chưa chốt được."


class Closed(Refusal):
    message = "Ngày này đã được chốt; mỗi quầy chốt mỗi ngày một lần. Số liệu đã chốt ở bên dưới."


class NotYourCounter(OthersDuty):
    message = "Chỉ cán bộ một cửa của quầy chốt ngày của quầy."


class Day(NamedTuple):
    """A counter's day, looked at from a moment: the end of the day, or earlier while it lasts."""

    counter: int
    start: datetime
    end: datetime

    @classmethod
    def of(cls, counter: int, day: date, until: datetime) -> Day:
        end = midnight(day + timedelta(days=1))
        return cls(counter, midnight(day), min(end, until))


# What happened ------------------------------------------------------------------------------------------------------
# Each asks the facts of the day first, by their index, and then whose dossiers they are: a counter of many years has many.


def _received(of: Day, officer: int | None) -> QuerySet[Dossier]:
    found = _here(of).filter(accepted_at__gte=of.start, accepted_at__lt=of.end)
    return found.filter(accepted_by=officer) if officer else found


def _handed_on(of: Day, officer: int | None) -> QuerySet[Dossier]:
    done = _handed(of)
    return _among(of, done.filter(ended_by=officer) if officer else done)


def _handed(of: Day) -> QuerySet[StepInterval]:
    return _first_steps(of).filter(outcome=Outcome.DONE, ended_at__gte=of.start, ended_at__lt=of.end)


def _returned(of: Day, officer: int | None) -> QuerySet[Dossier]:
    given = HandOver.objects.filter(at__gte=of.start, at__lt=of.end)
    return _among(of, given.filter(by=officer) if officer else given)


def _refused(of: Day, officer: int | None) -> QuerySet[Dossier]:
    refused = Ending.objects.filter(state=State.REFUSED, at__gte=of.start, at__lt=of.end)
    return _among(of, refused.filter(by=officer) if officer else refused)


def _paid(of: Day, officer: int | None) -> QuerySet[Dossier]:
    paid = _payments(of)
    return _among(of, paid.filter(officer=officer) if officer else paid)


def _fees(of: Day, officer: int | None) -> QuerySet[Dossier]:
    taken = _fees_taken(of)
    return _among(of, taken.filter(taken_by=officer) if officer else taken)


def _receipts_cancelled(of: Day, officer: int | None) -> QuerySet[Dossier]:
    cancelled = _fees_cancelled(of)
    return _among(of, cancelled.filter(cancelled_by=officer) if officer else cancelled)


def _fees_taken(of: Day) -> QuerySet[FeeReceipt]:
    return FeeReceipt.objects.filter(counter=of.counter, taken_at__gte=of.start, taken_at__lt=of.end).order_by()


def _fees_cancelled(of: Day) -> QuerySet[FeeReceipt]:
    """What left the sums that day, whenever it was taken: a day that is over keeps its own."""
    return FeeReceipt.objects.filter(counter=of.counter, cancelled_at__gte=of.start, cancelled_at__lt=of.end).order_by()


def _here(of: Day) -> QuerySet[Dossier]:
    return Dossier.objects.filter(reception_agency=of.counter).exclude(state=State.DRAFT)


def _among(of: Day, facts: QuerySet[Any]) -> QuerySet[Dossier]:
    return _here(of).filter(pk__in=facts.order_by().values("dossier"))


def _first_steps(of: Day) -> QuerySet[StepInterval]:
    """The dossiers' time at the counter itself (bước tiếp nhận)."""
    return StepInterval.objects.filter(unit__agency=of.counter, step__position=1).order_by()


# What is still there ------------------------------------------------------------------------------------------------


def _to_receive(of: Day, officer: int | None = None) -> QuerySet[Dossier]:
    """Filed online and neither accepted nor over at that moment, those that wait for their applicant included."""
    filed = _here(of).filter(submitted_at__lt=of.end)
    still = filed.filter(state__in=(State.SUBMITTED, State.AWAITING_COMPLETION))
    since = filed.filter(accepted_at__gte=of.end)
    ended = filed.filter(accepted_at=None, pk__in=Ending.objects.filter(at__gte=of.end).values("dossier"))
    return _here(of).filter(pk__in=still.values("pk").union(since.values("pk"), ended.values("pk")))


def _to_hand_on(of: Day, officer: int | None = None) -> QuerySet[Dossier]:
    """At the first step at that moment."""
    begun = _first_steps(of).filter(started_at__lt=of.end)
    running, ended_since = begun.filter(ended_at=None), begun.filter(ended_at__gte=of.end)
    return _here(of).filter(pk__in=running.values("dossier").union(ended_since.values("dossier")))


def _to_return(of: Day, officer: int | None = None) -> QuerySet[Dossier]:
    """With a result that was not handed over at that moment; one corrected since was there until it went back."""
    there = _here(of).filter(finished_at__lt=of.end)
    ready = there.filter(state=State.READY)
    given = there.filter(pk__in=HandOver.objects.filter(at__gte=of.end).values("dossier"))
    corrected = CorrectedDecision.objects.filter(
        finished_at__lt=of.end, corrected_at__gte=of.end, dossier__reception_agency=of.counter
    )
    kept = ready.values("pk").union(given.values("pk"), corrected.order_by().values("dossier"))
    return _here(of).filter(pk__in=kept)


class Figure(NamedTuple):
    """One number of the day and the list it counts."""

    name: str
    path: str
    label: str
    chosen: Callable[[Day, int | None], QuerySet[Dossier]]


FLOWS = (
    Figure("received", "tiep-nhan", "Tiếp nhận", _received),
    Figure("handed_on", "chuyen-di", "Chuyển đến cơ quan giải quyết", _handed_on),
    Figure("returned", "da-tra", "Trả kết quả", _returned),
    Figure("refused", "tu-choi", "Từ chối tiếp nhận", _refused),
    Figure("fees", "da-thu-phi", "Thu phí, lệ phí", _fees),
    Figure("receipts_cancelled", "da-huy-bien-lai", "Hủy biên lai", _receipts_cancelled),
    Figure("paid", "da-thu", "Ghi nhận nghĩa vụ tài chính", _paid),
)
STANDING = (
    Figure("to_receive", "chua-tiep-nhan", "Chưa tiếp nhận, kể cả chờ bổ sung", _to_receive),
    Figure("to_hand_on", "chua-chuyen", "Chưa chuyển đi", _to_hand_on),
    Figure("to_return", "chua-tra", "Chưa trả kết quả", _to_return),
)
BY_PATH = {figure.path: figure for figure in (*FLOWS, *STANDING)}
MONEY = "money"

Figures = dict[str, Any]


def count(of: Day) -> Figures:
    """The whole day in numbers: for each officer who did anything, for the counter, and what is still there."""
    officers: dict[str, dict[str, int]] = {}
    for figure in FLOWS:
        for officer, number in _by_officer(figure.name, of):
            officers.setdefault(str(officer), dict.fromkeys(_all(), 0))[figure.name] = number
    for who, amount in _money_by_officer(of):
        officers.setdefault(str(who), dict.fromkeys(_all(), 0))[MONEY] += amount
    whole = {figure.name: figure.chosen(of, None).count() for figure in FLOWS}
    whole[MONEY] = sum(amount for _officer, amount in _money_by_officer(of, also_nobodys=True))
    return {
        "officers": officers,
        "counter": whole,
        "standing": {figure.name: figure.chosen(of, None).count() for figure in STANDING},
    }


def _all() -> list[str]:
    return [*(figure.name for figure in FLOWS), MONEY]


def _by_officer(name: str, of: Day) -> list[tuple[int, int]]:
    """How many dossiers each officer moved; a dossier handed on twice in a day is one dossier."""
    facts: dict[str, tuple[QuerySet[Any], str]] = {
        "received": (_received(of, None), "accepted_by"),
        "handed_on": (_handed(of).filter(dossier__reception_agency=of.counter), "ended_by"),
        "returned": (_returned(of, None), "hand_over__by"),
        "refused": (_refused(of, None), "ending__by"),
        "fees": (_fees_taken(of), "taken_by"),
        "receipts_cancelled": (_fees_cancelled(of), "cancelled_by"),
        "paid": (_payments(of), "officer"),
    }
    rows, who = facts[name]
    what = "pk" if rows.model is Dossier else "dossier"
    told = rows.order_by().values_list(who).annotate(n=Count(what, distinct=True))
    return [(officer, number) for officer, number in told if officer is not None]


def _payments(of: Day) -> QuerySet[Any]:
    """What was paid, and who noted it, which stands in the journal."""
    noted = Entry.objects.filter(
        event="dossier.payment_settled",
        at=OuterRef("paid_at"),
        subject=Concat(Value("dossier:"), Cast(OuterRef("dossier_id"), CharField())),
    )
    paid = PaymentRequest.objects.filter(
        dossier__reception_agency=of.counter, paid_at__gte=of.start, paid_at__lt=of.end
    )
    return paid.annotate(officer=Subquery(noted.order_by("number").values("actor")[:1])).order_by()


def _money_by_officer(of: Day, *, also_nobodys: bool = False) -> list[tuple[int | None, int]]:
    """What came in by each, obligations and fees; a cancelled receipt is taken off where it was cancelled."""
    rows = [
        *_payments(of).values_list("officer").annotate(sum=Sum("amount")),
        *_fees_taken(of).values_list("taken_by").annotate(sum=Sum("amount")),
        *(
            (who, -amount)
            for who, amount in _fees_cancelled(of).values_list("cancelled_by").annotate(sum=Sum("amount"))
        ),
    ]
    return [(officer, amount) for officer, amount in rows if also_nobodys or officer is not None]


# Closing ------------------------------------------------------------------------------------------------------------


@own_first
def may_close(counter: int, by: Person) -> None:
    if counter not in by.agencies(Can.CLOSE_DAY):
        raise NotYourCounter


@transaction.atomic
def close(counter: Agency, day: date, *, by: Person, at: datetime) -> DayClosing:
    """Put the day down, once; two who press at once make one closing."""
    may_close(counter.pk, by)
    if day > timezone.localdate(at):
        raise NotYet
    figures = count(Day.of(counter.pk, day, at))
    try:
        with transaction.atomic():
            closing = DayClosing.objects.create(counter=counter, day=day, figures=figures, closed_by=by, closed_at=at)
    except IntegrityError:
        raise Closed from None
    record(
        "closing.recorded",
        about=closing,
        by=by,
        at=at,
        counter=counter.pk,
        day=day.isoformat(),
        **{key: number for part in ("counter", "standing") for key, number in figures[part].items()},
    )
    return closing


def since(closing: DayClosing, at: datetime) -> list[tuple[str, int, int]]:
    """What the steps say of that day now and the closing did not: label, then, now.

    Steps keep their times, so a day that is over stays as it was; what differs was done after the closing, on that very day.
    """
    now = count(Day.of(closing.counter_id, closing.day, at))["counter"]
    standing = count_standing(Day.of(closing.counter_id, closing.day, closing.closed_at))
    then = closing.figures
    # What was not counted yet when a day was put down is counted as nothing.
    told = [(figure.label, then["counter"].get(figure.name, 0), now[figure.name]) for figure in FLOWS]
    told.append(("Số tiền đã ghi nhận", then["counter"][MONEY], now[MONEY]))
    told += [(figure.label, then["standing"][figure.name], standing[figure.name]) for figure in STANDING]
    return [(label, before, after) for label, before, after in told if before != after]


def count_standing(of: Day) -> dict[str, int]:
    return {figure.name: figure.chosen(of, None).count() for figure in STANDING}
