"""Through the process at the agency: hand on, do, return, approve, pay, stop (giải quyết hồ sơ; NĐ 61/2018/NĐ-CP Điều 18, 19)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.catalogue.models import ProcessStep
from motcua.files.models import StoredFile
from motcua.files.naming import clean_name
from motcua.journal.recording import record
from motcua.organisations import offices
from motcua.organisations.calendars import calendar_of
from motcua.organisations.models import Unit, UnitKind
from motcua.refusal import Refusal
from motcua.worktime.due import due
from motcua.worktime.terms import Term

from . import clock
from .lifecycle import NoReason, NotYours, expect, expect_holder, last_act, move
from .models import (
    SETTLING,
    ClockOwner,
    Decision,
    Dossier,
    Ending,
    Outcome,
    PaymentRequest,
    State,
    StepInterval,
    SupplementMode,
)


class MovedOn(Refusal):
    """The page is older than the dossier: somebody ended this step (hồ sơ đã sang bước khác)."""


class NeedsApproval(Refusal):
    message = "Bước này là bước phê duyệt: hãy phê duyệt kết quả thay vì chỉ chuyển tiếp."


class NotAnApproval(Refusal):
    message = "Bước này không phải bước phê duyệt; hãy hoàn thành bước rồi trình lãnh đạo."


class LastStep(Refusal):
    message = "Đây là bước cuối của quy trình: hãy chuyển kết quả về Bộ phận Một cửa."


class FirstStep(Refusal):
    message = "Hồ sơ đang ở bước đầu tiên nên không có bước nào để trả lại."


class OwnDraft(Refusal):
    message = "Người soạn kết quả không được tự phê duyệt; xin trình người khác có thẩm quyền."


class Decided(Refusal):
    message = "Kết quả đã được phê duyệt nên không thực hiện được việc này nữa."


class NoNumber(Refusal):
    message = "Cần ghi số, ký hiệu của kết quả."


class NothingToPay(Refusal):
    message = "Số tiền phải lớn hơn 0 đồng và cần ghi rõ khoản phải nộp."


# The steps of the process --------------------------------------------------------------------------------------------


def running_step(dossier: Dossier) -> StepInterval | None:
    """The step the dossier is at (bước đang xử lý)."""
    return (
        dossier.step_intervals.filter(ended_at=None)
        .select_related("step", "unit", "unit__agency")
        .order_by("id")
        .last()
    )


def enter_first_step(dossier: Dossier, at: datetime) -> None:
    """Begin the process at the one-stop office."""
    assert dossier.process is not None
    first = dossier.process.steps.order_by("position").first()
    assert first is not None  # a process has steps before it is issued
    _enter(dossier, first, at)


def _enter(dossier: Dossier, step: ProcessStep, at: datetime) -> None:
    """The dossier is now at this step: its unit and role hold it, its agency's time runs, its own time is counted."""
    unit = _unit_of(step, dossier, at)
    term = Term.minutes(round(step.hours * 60))
    StepInterval.objects.create(
        dossier=dossier,
        step=step,
        unit=unit,
        started_at=at,
        due_at=due(calendar_of(unit), at, term) if term.amount else None,
    )
    dossier.at_unit, dossier.at_role = unit, step.role
    dossier.save(update_fields=["at_unit", "at_role"])
    clock.start(dossier, ClockOwner.AGENCY, at, unit.agency)


def _unit_of(step: ProcessStep, dossier: Dossier, at: datetime) -> Unit:
    """The unit the process names, or the one of that kind at the agency that settles; reception is where it was received."""
    if step.unit:
        return step.unit
    day = timezone.localdate(at)
    if step.unit_kind == UnitKind.ONE_STOP:
        return offices.one_stop_unit(dossier.reception_agency, day)
    # The general process names only the kind; then any unit of that kind will do.
    name = "" if step.unit_name == UnitKind(step.unit_kind).label else step.unit_name
    return offices.unit_for(dossier.agency, step.unit_kind, name, day)


def end_step(interval: StepInterval, outcome: Outcome, *, by: Person | None, at: datetime, note: str = "") -> None:
    interval.outcome, interval.ended_by, interval.ended_at, interval.note = outcome, by, at, note
    interval.save(update_fields=["outcome", "ended_by", "ended_at", "note"])


def neighbour(step: ProcessStep, places: int) -> ProcessStep | None:
    return step.process.steps.filter(position=step.position + places).first()


def step_on_page(dossier: Dossier, at_step: int) -> StepInterval:
    """The running step, if it is still the one on the officer's page."""
    interval = running_step(dossier)
    if interval is None or interval.pk != at_step:
        raise MovedOn(f"Hồ sơ đã sang bước khác sau khi bạn mở trang này.{last_act(dossier)}")
    return interval


def expect_step(dossier: Dossier, by: Person, *states: State) -> StepInterval:
    """The running step of a dossier in one of these states, held by this officer."""
    expect(dossier, *states)
    expect_holder(dossier, by)
    interval = running_step(dossier)
    assert interval is not None  # a dossier being settled is always at a step
    return interval


def may_hand_to_agency(dossier: Dossier, by: Person) -> None:
    if expect_step(dossier, by, State.ACCEPTED, State.IN_PROGRESS).step.position != 1:
        raise MovedOn(f"Hồ sơ đã được chuyển đến cơ quan giải quyết.{last_act(dossier)}")


@transaction.atomic
def hand_to_agency(dossier: Dossier, *, by: Person, at: datetime, note: str = "") -> Dossier:
    """Hand the dossier from the one-stop office to the settling agency, the same working day (NĐ 61/2018 Điều 18 khoản 1)."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_hand_to_agency(dossier, by)
    interval = running_step(dossier)
    assert interval is not None
    second = neighbour(interval.step, +1)
    assert second is not None  # a process has at least two steps
    end_step(interval, Outcome.DONE, by=by, at=at, note=note)
    if dossier.state == State.ACCEPTED:
        move(dossier, to=State.IN_PROGRESS)
    _enter(dossier, second, at)
    record("dossier.handed_to_agency", about=dossier, by=by, at=at, step=second.pk, unit=dossier.at_unit_id)
    return dossier


def may_do_step(dossier: Dossier, by: Person) -> None:
    step = expect_step(dossier, by, State.IN_PROGRESS).step
    if step.position == 1:
        raise FirstStep("Hồ sơ đang ở Bộ phận Một cửa: hãy chuyển đến cơ quan giải quyết.")
    if step.is_approval:
        raise NeedsApproval
    if neighbour(step, +1) is None:
        raise LastStep


@transaction.atomic
def do_step(dossier: Dossier, *, at_step: int, by: Person, at: datetime, note: str = "") -> Dossier:
    """End the step one holds and hand the dossier to the next one (hoàn thành bước, chuyển bước sau)."""
    dossier = Dossier.objects.locked(dossier.pk)
    interval = step_on_page(dossier, at_step)
    may_do_step(dossier, by)
    following = neighbour(interval.step, +1)
    assert following is not None
    end_step(interval, Outcome.DONE, by=by, at=at, note=note)
    _enter(dossier, following, at)
    record("dossier.step_done", about=dossier, by=by, at=at, step=interval.step_id, unit=interval.unit_id)
    return dossier


def may_return_step(dossier: Dossier, by: Person) -> None:
    step = expect_step(dossier, by, State.IN_PROGRESS).step
    if step.position == 1:
        raise FirstStep
    if is_decided(dossier):
        raise Decided


@transaction.atomic
def return_step(dossier: Dossier, *, at_step: int, reason: str, by: Person, at: datetime) -> Dossier:
    """Give the dossier back to the step before, with a reason (chuyển trả bước trước)."""
    dossier = Dossier.objects.locked(dossier.pk)
    interval = step_on_page(dossier, at_step)
    may_return_step(dossier, by)
    if not reason.strip():
        raise NoReason
    before = neighbour(interval.step, -1)
    assert before is not None
    end_step(interval, Outcome.RETURNED, by=by, at=at, note=reason)
    _enter(dossier, before, at)
    record("dossier.step_returned", about=dossier, by=by, at=at, step=interval.step_id, unit=interval.unit_id)
    return dossier


def may_approve(dossier: Dossier, by: Person) -> None:
    interval = expect_step(dossier, by, State.IN_PROGRESS)
    if not interval.step.is_approval:
        raise NotAnApproval
    before = dossier.step_intervals.exclude(ended_at=None).filter(outcome=Outcome.DONE).order_by("id").last()
    if before and before.ended_by_id == by.pk:
        raise OwnDraft


@transaction.atomic
def approve(
    dossier: Dossier,
    *,
    at_step: int,
    granted: bool,
    number: str,
    by: Person,
    at: datetime,
    summary: str = "",
    stored: StoredFile | None = None,
    file_name: str = "",
) -> Dossier:
    """Approve the result, a refusal to settle included (phê duyệt kết quả, văn bản từ chối giải quyết)."""
    dossier = Dossier.objects.locked(dossier.pk)
    interval = step_on_page(dossier, at_step)
    may_approve(dossier, by)
    if not number.strip():
        raise NoNumber
    if not granted and not summary.strip():
        raise NoReason("Văn bản từ chối giải quyết phải ghi rõ lý do.")
    Decision.objects.create(
        dossier=dossier,
        granted=granted,
        number=number,
        summary=summary,
        decided_by=by,
        decided_at=at,
        file=stored,
        file_name=clean_name(file_name) if stored else "",
    )
    end_step(interval, Outcome.APPROVED, by=by, at=at)
    following = neighbour(interval.step, +1)
    assert following is not None  # an approval is never the last step
    _enter(dossier, following, at)
    record(
        "dossier.approved", about=dossier, by=by, at=at, step=interval.step_id, unit=interval.unit_id, granted=granted
    )
    return dossier


def is_decided(dossier: Dossier) -> bool:
    """Whether there is a result, granted or refused."""
    return Decision.objects.filter(dossier=dossier).exists()


# A financial obligation ----------------------------------------------------------------------------------------------


def may_request_payment(dossier: Dossier, by: Person) -> None:
    expect_step(dossier, by, State.ACCEPTED, State.IN_PROGRESS)
    if is_decided(dossier):
        raise Decided


@transaction.atomic
def request_payment(dossier: Dossier, *, amount: int, reason: str, by: Person, at: datetime) -> Dossier:
    """Ask for a financial obligation; the agency's time stands still until it is met (nghĩa vụ tài chính)."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_request_payment(dossier, by)
    if amount <= 0 or not reason.strip():
        raise NothingToPay
    move(dossier, to=State.AWAITING_PAYMENT)
    clock.start(dossier, ClockOwner.APPLICANT, at)
    PaymentRequest.objects.create(dossier=dossier, amount=amount, reason=reason, requested_by=by, requested_at=at)
    record("dossier.payment_requested", about=dossier, by=by, at=at, amount=amount)
    return dossier


def may_settle_payment(dossier: Dossier, by: Person) -> None:
    expect(dossier, State.AWAITING_PAYMENT)
    if not {dossier.agency_id, dossier.reception_agency_id} & by.agencies(Can.REQUEST_PAYMENT):
        raise NotYours("Việc này do cơ quan giải quyết hoặc Bộ phận Một cửa đã tiếp nhận hồ sơ thực hiện.")


@transaction.atomic
def settle_payment(dossier: Dossier, *, receipt_number: str, by: Person, at: datetime) -> Dossier:
    """Confirm that the obligation is met: the agency gets its time back (xác nhận nghĩa vụ tài chính)."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_settle_payment(dossier, by)
    asked = dossier.payment_requests.get(paid_at=None)
    asked.paid_at, asked.receipt_number = at, receipt_number
    asked.save(update_fields=["paid_at", "receipt_number"])
    go_on(dossier, since=asked.requested_at, at=at, mode=SupplementMode.PAUSE, reason="Đã thực hiện nghĩa vụ tài chính")
    record("dossier.payment_settled", about=dossier, by=by, at=at)
    return dossier


def go_on(dossier: Dossier, *, since: datetime, at: datetime, mode: str, reason: str) -> None:
    """Back from the applicant to the step that waited, its own time counted anew (§2.6)."""
    interval = running_step(dossier)
    assert interval is not None
    clock.resume(dossier, since=since, at=at, mode=mode, reason=reason)
    move(dossier, to=State.ACCEPTED if interval.step.position == 1 and not was_handed(dossier) else State.IN_PROGRESS)
    clock.start(dossier, ClockOwner.AGENCY, at, interval.unit.agency)
    if interval.due_at:
        calendar = calendar_of(interval.unit)
        interval.due_at = due(calendar, at, Term.minutes(round(interval.step.hours * 60)))
        interval.save(update_fields=["due_at"])


def was_handed(dossier: Dossier) -> bool:
    return dossier.step_intervals.filter(step__position__gt=1).exists()


# Stopping ------------------------------------------------------------------------------------------------------------


def may_stop(dossier: Dossier, by: Person) -> None:
    expect(dossier, *SETTLING)
    if dossier.agency_id not in by.agencies(Can.STOP):
        raise NotYours("Chỉ lãnh đạo của cơ quan giải quyết được dừng giải quyết hồ sơ.")
    if is_decided(dossier):
        raise Decided


@transaction.atomic
def stop(dossier: Dossier, *, reason: str, by: Person, at: datetime, legal_basis: str = "") -> Dossier:
    """Stop settling for good; an end, never a pause (thông báo dừng giải quyết hồ sơ)."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_stop(dossier, by)
    if not reason.strip():
        raise NoReason
    break_off(dossier, State.STOPPED, reason=reason, legal_basis=legal_basis, by=by, at=at)
    record("dossier.stopped", about=dossier, by=by, at=at)
    return dossier


def break_off(dossier: Dossier, to: State, *, reason: str, by: Person, at: datetime, legal_basis: str = "") -> None:
    """End without a result: the running step, the clock and the open requests end with it."""
    for interval in dossier.step_intervals.filter(ended_at=None):
        end_step(interval, Outcome.BROKEN_OFF, by=by, at=at)
    dossier.closed_at = at
    if dossier.accepted_at:
        dossier.finished_at = at
    move(dossier, to=to)
    clock.stop(dossier, at)
    Ending.objects.create(dossier=dossier, state=to, reason=reason, legal_basis=legal_basis, by=by, at=at)
