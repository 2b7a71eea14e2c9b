"""Through the process at the agency: hand on, do, return, approve, pay, stop (giải quyết hồ sơ; NĐ 61/2018/NĐ-CP Điều 18, 19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone

from motcua.accounts.models import Assignment, Person
from motcua.accounts.permissions import Can, Role
from motcua.accounts.standing_in import own_first
from motcua.catalogue.models import ProcessStep
from motcua.catalogue.processes import paths
from motcua.files.models import StoredFile
from motcua.files.naming import clean_name
from motcua.journal.recording import record
from motcua.organisations import offices
from motcua.organisations.calendars import calendar_of
from motcua.organisations.models import Agency, Unit, UnitKind
from motcua.refusal import Refusal
from motcua.worktime.calendar import Calendar
from motcua.worktime.due import due
from motcua.worktime.terms import Term

from . import clock, posting, rules, slips
from .lifecycle import NoReason, NotNow, NotYours, change, expect, expect_holder, last_act, move
from .models import (
    SETTLING,
    ClockOwner,
    CorrectedDecision,
    Decision,
    Dossier,
    Ending,
    Opinion,
    Outcome,
    PaperFile,
    PaymentRequest,
    SlipKind,
    State,
    StepInterval,
    SupplementMode,
)

# Ends of a step that are the work of whoever holds it.
WORKED = (Outcome.DONE, Outcome.APPROVED, Outcome.RETURNED)


class MovedOn(Refusal):
    """The page is older than the dossier: somebody ended this step (hồ sơ đã sang bước khác)."""


class HeldByColleague(NotYours):
    """Another officer of the same unit took the step or was given it (người khác đang thụ lý)."""


class NeedsApproval(Refusal):
    message = "Bước này là bước phê duyệt: hãy phê duyệt kết quả thay vì chỉ chuyển tiếp."


class NotAnApproval(Refusal):
    message = "Bước này không phải bước phê duyệt; hãy hoàn thành bước rồi trình lãnh đạo."


class LastStep(Refusal):
    message = "Đây là bước cuối của quy trình: hãy chuyển kết quả về Bộ phận Một cửa."


class SettledHere(Refusal):
    message = "Theo quy trình, thủ tục này giải quyết, trả kết quả ngay tại quầy nên không chuyển cơ quan khác."


class FirstStep(Refusal):
    message = "Hồ sơ đang ở bước đầu tiên nên không có bước nào để trả lại."


class SideBySide(Refusal):
    message = (
        "Bước này làm song song với bước của bộ phận khác nên không trả lại bước trước được; hồ sơ vẫn giữ nguyên. "
        "Xin ghi ý kiến rồi hoàn thành bước, lãnh đạo sẽ xem khi các bước đã xong."
    )


class OwnDraft(Refusal):
    message = "Người soạn kết quả không được tự phê duyệt; xin trình người khác có thẩm quyền."


class Decided(Refusal):
    message = "Kết quả đã được phê duyệt nên không thực hiện được việc này nữa."


class Awaited(Refusal):
    """An opinion is still awaited; the step waits, or says why it does not (chờ ý kiến)."""


class NoNumber(Refusal):
    message = "Cần ghi số, ký hiệu của kết quả."


class NotAResult(Refusal):
    message = (
        "Tệp này là giấy tờ người dân đã nộp trong hồ sơ, không phải kết quả giải quyết. "
        "Hãy chọn tệp kết quả đã ký; kết quả chưa được phê duyệt."
    )


class NothingToPay(Refusal):
    message = "Số tiền phải lớn hơn 0 đồng và cần ghi rõ khoản phải nộp."


class TooSoonToPay(Refusal):
    message = "Hạn nộp tiền phải sau ngày hôm nay."


class StillTheirTime(Refusal):
    """The applicant still has time to complete or to pay (còn hạn bổ sung, còn hạn nộp tiền)."""


# The steps of the process --------------------------------------------------------------------------------------------


def running_steps(dossier: Dossier) -> list[StepInterval]:
    """The steps the dossier is at, in the order of the process; more than one while branches run side by side."""
    if dossier.seen_at is not None:
        return dossier.seen_at
    return list(with_holders(dossier.step_intervals.filter(ended_at=None)).order_by("step__position", "id"))


def with_holders(running: QuerySet[StepInterval]) -> QuerySet[StepInterval]:
    """The running steps with what is asked of them: whose they are, and whether that person is still in office."""
    there = Assignment.objects.valid_on(timezone.localdate()).filter(person__is_active=True, person=OuterRef("holder"))
    there = there.filter(unit=OuterRef("unit"), role=OuterRef("step__role"))
    running = running.select_related("step", "unit", "unit__agency", "holder")
    return running.annotate(holder_there=Exists(there.values("pk")))


def look(dossier: Dossier) -> None:
    """For a page that only looks and asks of many acts: what they all ask is read once; an act locks the row anew."""
    dossier.seen_at, dossier.told_last = running_steps(dossier), last_act(dossier)
    wrong = CorrectedDecision.objects.select_related("decided_by", "corrected_by")
    prefetch_related_objects([dossier], Prefetch("corrected_decisions", wrong))


def running_step(dossier: Dossier, by: Person | None = None) -> StepInterval | None:
    """The step the dossier is at (bước đang xử lý): the one this officer holds, else the lead agency's, else the first."""
    running = running_steps(dossier)
    held = [interval for interval in running if by and holds(interval, by)]
    held.sort(key=lambda interval: by is not None and interval.holder_id not in (by.pk, None))
    lead = [interval for interval in running if interval.unit.agency_id == dossier.agency_id]
    return next(iter([*held, *lead, *running]), None)


def holds(interval: StepInterval, by: Person) -> bool:
    """Whether the officer is of the unit and in the role that ends the step."""
    return any(duty.unit == interval.unit_id and duty.role == interval.step.role for duty in by.duties)


def in_office(person: int | None, unit: int, role: str, day: date) -> bool:
    """Whether the person has that place in the unit; a step held by somebody who left it counts as held by nobody."""
    if person is None:
        return False
    there = Assignment.objects.valid_on(day).filter(person=person, unit=unit, role=role, person__is_active=True)
    return bool(there.exists())


def holder_of(interval: StepInterval) -> Person | None:
    """Who holds a running step, as long as they are in office (người thụ lý)."""
    return interval.holder if interval.holder_there else None  # type: ignore[attr-defined]


def expect_no_colleague(interval: StepInterval, by: Person) -> None:
    """A step that somebody took or was given is theirs; whoever stands in for them acts in their stead."""
    if interval.holder_id in (None, by.pk, by.instead_of):
        return
    if holder := holder_of(interval):
        raise HeldByColleague(
            f"Bước này do {holder} thụ lý; hồ sơ vẫn giữ nguyên. Xin đề nghị lãnh đạo chuyển người thụ lý, "
            f"hoặc khi {holder} vắng thì người được phân công thay thực hiện."
        )


def way(process: int) -> list[list[list[ProcessStep]]]:
    """The stages of a process, each with its branches; without the handing over, which is an act of its own."""
    found = ProcessStep.objects.filter(process=process).select_related("unit", "agency")
    steps = {step.position: step for step in found.order_by("position")}
    rows = [vars(step) for step in steps.values()]
    if rows and paths.is_return(rows, len(rows) - 1):
        rows.pop()
    return [[[steps[row["position"]] for row in branch] for branch in stage] for stage in paths.stages(rows)]


class Place(NamedTuple):
    """Where a step stands in the way: its stage, its branch and its place in it."""

    way: list[list[list[ProcessStep]]]
    stage: int
    branch: list[ProcessStep]
    nth: int

    @property
    def beside(self) -> bool:
        return len(self.way[self.stage]) > 1


def place_of(step: ProcessStep) -> Place:
    """Read once for a step as it was read: a process a dossier follows is never changed."""
    if "place" not in vars(step):
        vars(step)["place"] = _place_of(step)
    return vars(step)["place"]  # type: ignore[no-any-return]


def _place_of(step: ProcessStep) -> Place:
    stages = way(step.process_id)
    for number, stage in enumerate(stages):
        for branch in stage:
            for nth, one in enumerate(branch):
                if one.pk == step.pk:
                    return Place(stages, number, branch, nth)
    raise LookupError(f"step {step.pk} is not on the way of its process")


def beyond(step: ProcessStep) -> list[ProcessStep]:
    """What begins when a step has ended: the next one of its branch, else the first of every branch of the next stage."""
    place = place_of(step)
    if place.nth + 1 < len(place.branch):
        return [place.branch[place.nth + 1]]
    following = place.way[place.stage + 1 : place.stage + 2]
    return [branch[0] for stage in following for branch in stage]


def enter_first_step(dossier: Dossier, at: datetime) -> None:
    """Begin the process at the one-stop office."""
    assert dossier.process is not None
    first = dossier.process.steps.order_by("position").first()
    assert first is not None  # a process has steps before it is issued
    _enter(dossier, [first], at)


def _enter(dossier: Dossier, steps: list[ProcessStep], at: datetime, *, whose: ClockOwner = ClockOwner.AGENCY) -> None:
    """The dossier is now at these steps: each has its unit and its own time, and begins at the same moment."""
    at = _in_order(dossier, at)
    for step in steps:
        unit = unit_of(step, dossier, at)
        StepInterval.objects.create(
            dossier=dossier, step=step, unit=unit, started_at=at, due_at=_step_due(dossier, step, unit, at)
        )
    _stand(dossier, at, whose=whose)


def enter_before(dossier: Dossier, step: ProcessStep, at: datetime) -> None:
    """Back to the step before one, as a returned dossier goes: to the unit that did it, which the process need not name."""
    before = step_before(dossier, step)
    done = dossier.step_intervals.filter(step=before, outcome=Outcome.DONE).order_by("id").last()
    unit = Unit.objects.valid_on(timezone.localdate(at)).filter(pk=done.unit_id).first() if done else None
    if unit:
        enter_at(dossier, before, unit, due_at=_step_due(dossier, before, unit, at), at=at, holder=_who_did(done, at))
    else:
        _enter(dossier, [before], at)


def enter_again(dossier: Dossier, ended: StepInterval, at: datetime) -> None:
    """Once more at a step that had ended, at the same unit and with the due time it had."""
    enter_at(dossier, ended.step, ended.unit, due_at=ended.due_at, at=at, holder=_who_did(ended, at))


def _who_did(ended: StepInterval | None, at: datetime) -> int | None:
    """Who goes on with a step that is done once more, if they are still in office."""
    if ended is None:
        return None
    person = who_did(ended)
    return person if in_office(person, ended.unit_id, ended.step.role, timezone.localdate(at)) else None


def who_did(ended: StepInterval) -> int | None:
    """Whose a step was that has ended; at the desk it is nobody's in particular."""
    return None if ended.step.position == 1 else ended.holder_id or ended.ended_for_id or ended.ended_by_id


def enter_at(
    dossier: Dossier,
    step: ProcessStep,
    unit: Unit,
    *,
    due_at: datetime | None,
    at: datetime,
    holder: int | None = None,
) -> None:
    """A step at a unit somebody chose, with a due time that is told."""
    at = _in_order(dossier, at)
    StepInterval.objects.create(dossier=dossier, step=step, unit=unit, started_at=at, due_at=due_at, holder_id=holder)
    _stand(dossier, at)


def _in_order(dossier: Dossier, at: datetime) -> datetime:
    """A step begins when the one before has ended, also where a machine's clock was set back meanwhile."""
    ended = dossier.step_intervals.aggregate(last=Max("ended_at"))["last"]
    return max(at, ended) if ended else at


def _stand(dossier: Dossier, at: datetime, *, whose: ClockOwner = ClockOwner.AGENCY) -> None:
    """One unit and role hold the dossier in lists, and one agency's time runs: the lead one's while branches run.

    While the papers are on their way by post it is the post's.
    """
    lead = running_step(dossier)
    assert lead is not None  # whoever asks has just begun a step, or left one running
    stand_at(dossier, lead)
    dossier.save(update_fields=["at_unit", "at_role", "holder"])
    clock.start(dossier, whose, at, _whose_time(dossier, lead) if whose == ClockOwner.AGENCY else None)


def stand_at(dossier: Dossier, lead: StepInterval) -> None:
    """Whose the dossier is in lists: the unit, the role and the person of the step."""
    dossier.at_unit, dossier.at_role, dossier.holder_id = lead.unit, lead.step.role, lead.holder_id


def _whose_time(dossier: Dossier, lead: StepInterval) -> Agency:
    """The agency of the step; while branches run side by side the lead agency, where it has one of them."""
    if lead.step.stage is not None:
        place = place_of(lead.step)
        beside = [step for branch in place.way[place.stage] for step in branch] if place.beside else []
        if any(step.agency_id in (None, dossier.agency_id) for step in beside):
            return dossier.agency
    return lead.unit.agency


def _step_due(dossier: Dossier, step: ProcessStep, unit: Unit, at: datetime) -> datetime | None:
    before = None
    if step.shares_time:
        before = dossier.step_intervals.filter(step__position__lt=step.position).order_by("id").last()
    return due_of(step, before, at, lambda: calendar_of(unit))


def due_of(
    step: ProcessStep, before: StepInterval | None, at: datetime, calendar: Callable[[], Calendar]
) -> datetime | None:
    """Until when the step is to be done; time shared with the step before ends when that step's would have."""
    if step.shares_time and before and before.due_at:
        return before.due_at
    term = Term.minutes(round(step.hours * 60))
    return due(calendar(), at, term) if term.amount else None


def _go_on_from(dossier: Dossier, step: ProcessStep, at: datetime) -> None:
    """After a step: its branch goes on; the next stage waits until every branch is done."""
    place = place_of(step)
    if place.beside and place.nth + 1 == len(place.branch) and running_steps(dossier):
        _stand(dossier, at)
    else:
        _enter(dossier, beyond(step), at)


def unit_of(step: ProcessStep, dossier: Dossier, at: datetime) -> Unit:
    """The unit the process names, or the one of that kind at the agency that settles; reception is where it was received."""
    if step.unit:
        return step.unit
    day = timezone.localdate(at)
    if step.unit_kind == UnitKind.ONE_STOP:
        return offices.one_stop_unit(step.agency or dossier.reception_agency, day)
    # The general process names only the kind; then any unit of that kind will do.
    name = "" if step.unit_name == UnitKind(step.unit_kind).label else step.unit_name
    return offices.unit_for(step.agency or dossier.agency, step.unit_kind, name, day)


def end_step(interval: StepInterval, outcome: Outcome, *, by: Person | None, at: datetime, note: str = "") -> None:
    ended(interval, outcome, by=by, at=at, note=note)
    interval.save(update_fields=["outcome", "ended_by", "ended_for", "ended_at", "note", "holder"])


def ended(interval: StepInterval, outcome: Outcome, *, by: Person | None, at: datetime, note: str = "") -> None:
    """How a step ends: as what, when, by whom and in whose stead; it is then of who did it."""
    interval.outcome, interval.ended_by, interval.note = outcome, by, note
    interval.ended_at = max(at, interval.started_at)
    interval.ended_for_id = by.instead_of if by else None
    theirs = {by.pk, by.instead_of} - {None} if by else set()
    if by and outcome in WORKED and interval.holder_id not in theirs:
        interval.holder_id = by.instead_of or by.pk  # who did what nobody had taken


def step_on_page(dossier: Dossier, at_step: int) -> StepInterval:
    """The running step, if it is still the one on the officer's page."""
    interval = next((interval for interval in running_steps(dossier) if interval.pk == at_step), None)
    if interval is None:
        raise MovedOn(f"Hồ sơ đã sang bước khác sau khi bạn mở trang này.{last_act(dossier)}")
    return interval


def expect_step(dossier: Dossier, by: Person, *states: State, at_step: int | None = None) -> StepInterval:
    """The running step of a dossier in one of these states, held by this officer; the one on the page where it is told."""
    expect(dossier, *states)
    posting.expect_nothing_on_the_way(dossier)
    interval = running_step(dossier, by) if at_step is None else step_on_page(dossier, at_step)
    assert interval is not None  # a dossier being settled is always at a step
    if not holds(interval, by):
        expect_holder(dossier, by)
        raise NotYours(
            f"Bước này do {interval.unit}, vị trí {Role(interval.step.role).label.lower()} thực hiện; "
            "bước của bạn là bước khác, đang làm song song."
        )
    expect_no_colleague(interval, by)
    return interval


@own_first
def may_hand_to_agency(dossier: Dossier, by: Person, at_step: int | None = None) -> None:
    step = expect_step(dossier, by, State.ACCEPTED, State.IN_PROGRESS, at_step=at_step).step
    if step.position != 1:
        raise MovedOn(f"Hồ sơ đã được chuyển đến cơ quan giải quyết.{last_act(dossier)}")
    if step.of_one_desk:
        raise SettledHere


@transaction.atomic
def hand_to_agency(
    dossier: Dossier, *, at_step: int, by: Person, at: datetime, note: str = "", postal_number: str = ""
) -> Dossier:
    """Hand the dossier from the one-stop office to the settling agency, the same working day (NĐ 61/2018 Điều 18 khoản 1).

    With the number of a postal item the papers go to another office by post, and nothing is done there before they arrive.
    """
    dossier = Dossier.objects.locked(dossier.pk)
    interval = step_on_page(dossier, at_step)
    may_hand_to_agency(dossier, by, at_step)
    following = beyond(interval.step)
    assert following  # a process has at least two steps
    end_step(interval, Outcome.DONE, by=by, at=at, note=note)
    if dossier.state == State.ACCEPTED:
        move(dossier, to=State.IN_PROGRESS)
    if postal_number.strip():
        posting.send_papers(dossier, postal_number, by=by, at=at)
    _enter(dossier, following, at, whose=ClockOwner.POST if dossier.at_post else ClockOwner.AGENCY)
    if dossier.at_post and dossier.at_unit and dossier.at_unit.agency_id == dossier.reception_agency_id:
        raise posting.OfThisHouse
    record("dossier.handed_to_agency", about=dossier, by=by, at=at, step=following[0].pk, unit=dossier.at_unit_id)
    if dossier.at_post:
        record("dossier.papers_posted", about=dossier, by=by, at=at, unit=dossier.at_unit_id)
    return dossier


@own_first
def may_note_arrival(dossier: Dossier, by: Person) -> None:
    expect(dossier, State.IN_PROGRESS)
    if not dossier.at_post:
        raise posting.NotAtThePost
    expect_holder(dossier, by)


@transaction.atomic
def note_arrival(dossier: Dossier, *, by: Person, at: datetime) -> Dossier:
    """The papers came by post: the time is the agency's again, and that of its step is counted from now (đã nhận hồ sơ giấy)."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_note_arrival(dossier, by)
    item = posting.arrive(dossier, by=by, at=at)
    _stand(dossier, at)
    _count_anew(running_steps(dossier), at)
    record("dossier.papers_arrived", about=dossier, by=by, at=at, item=item.pk, unit=dossier.at_unit_id)
    return dossier


@own_first
def may_do_step(dossier: Dossier, by: Person, at_step: int | None = None) -> None:
    step = expect_step(dossier, by, State.IN_PROGRESS, at_step=at_step).step
    if step.position == 1:
        raise FirstStep("Hồ sơ đang ở Bộ phận Một cửa: hãy chuyển đến cơ quan giải quyết.")
    if step.is_approval:
        raise NeedsApproval
    if not beyond(step):
        raise LastStep


@transaction.atomic
def do_step(dossier: Dossier, *, at_step: int, by: Person, at: datetime, note: str = "") -> Dossier:
    """End the step one holds and hand the dossier to the next one (hoàn thành bước, chuyển bước sau)."""
    dossier = Dossier.objects.locked(dossier.pk)
    interval = step_on_page(dossier, at_step)
    may_do_step(dossier, by, at_step)
    end_step(interval, Outcome.DONE, by=by, at=at, note=note)
    _go_on_from(dossier, interval.step, at)
    record("dossier.step_done", about=dossier, by=by, at=at, step=interval.step_id, unit=interval.unit_id)
    return dossier


@own_first
def may_return_step(dossier: Dossier, by: Person, at_step: int | None = None) -> None:
    step = expect_step(dossier, by, State.IN_PROGRESS, at_step=at_step).step
    if step.position == 1:
        raise FirstStep
    if is_decided(dossier):
        raise Decided
    place = place_of(step)
    if place.beside and place.nth == 0:
        raise SideBySide


def step_before(dossier: Dossier, step: ProcessStep) -> ProcessStep:
    """Where a returned dossier goes: one step back in its branch, else to the end of the lead agency's branch before."""
    place = place_of(step)
    if place.nth:
        return place.branch[place.nth - 1]
    ends = [branch[-1] for branch in place.way[place.stage - 1]]
    return next((end for end in ends if end.agency_id in (None, dossier.agency_id)), ends[0])


@transaction.atomic
def return_step(dossier: Dossier, *, at_step: int, reason: str, by: Person, at: datetime) -> Dossier:
    """Give the dossier back to the step before, with a reason (chuyển trả bước trước)."""
    dossier = Dossier.objects.locked(dossier.pk)
    interval = step_on_page(dossier, at_step)
    may_return_step(dossier, by, at_step)
    if not reason.strip():
        raise NoReason
    end_step(interval, Outcome.RETURNED, by=by, at=at, note=reason)
    enter_before(dossier, interval.step, at)
    record("dossier.step_returned", about=dossier, by=by, at=at, step=interval.step_id, unit=interval.unit_id)
    return dossier


def open_opinions(dossier: Dossier) -> list[Opinion]:
    """What other units were asked and have not said yet, the one due first at the head."""
    awaited = dossier.opinions.filter(answered_at=None, waived_at=None).select_related("unit", "unit__agency")
    return list(awaited.order_by("due_at", "id"))


def _expect_no_opinion_awaited(dossier: Dossier) -> None:
    """Nothing is decided while an opinion is awaited without a documented reason (§2.12)."""
    if awaited := open_opinions(dossier):
        names = ", ".join(f"{one.unit}, {one.unit.agency.short_name}" for one in awaited)
        raise Awaited(f"Còn chờ ý kiến của {names}. Hãy đợi, hoặc ghi lý do không chờ nữa rồi làm tiếp.")


@own_first
def may_approve(dossier: Dossier, by: Person) -> None:
    interval = expect_step(dossier, by, State.IN_PROGRESS)
    if not interval.step.is_approval:
        raise NotAnApproval
    _expect_no_opinion_awaited(dossier)
    # Nobody approves what they drafted or checked, neither through somebody who stands in for them nor in somebody's stead.
    approving = {by.pk, by.instead_of} - {None}
    if any({done.ended_by_id, done.ended_for_id} & approving for done in _drafted(dossier, interval.step)):
        raise OwnDraft


def _drafted(dossier: Dossier, approval: ProcessStep) -> list[StepInterval]:
    """Each step of drafting and checking before an approval as it was done last; a leader's own assigning of work is neither."""
    done = dossier.step_intervals.filter(
        outcome=Outcome.DONE, step__position__gt=1, step__position__lt=approval.position
    ).select_related("step")
    last = {interval.step_id: interval for interval in done.order_by("id")}
    place = place_of(approval)
    before = [branch[-1] for branch in place.way[place.stage - 1]] if not place.nth else [place.branch[place.nth - 1]]
    just_before = {step.pk for step in before}
    return [one for one in last.values() if one.step.role != approval.role or one.step_id in just_before]


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
    step = sign(dossier, interval, granted, number, summary, stored, file_name, by=by, at=at)
    if beyond(interval.step):
        _go_on_from(dossier, interval.step, at)
    else:  # signed, it only waits to be handed over
        bring_back(dossier, at)
        record("dossier.finished", about=dossier, by=by, at=at, **step)
    return dossier


def sign(
    dossier: Dossier,
    interval: StepInterval,
    granted: bool,
    number: str,
    summary: str,
    stored: StoredFile | None,
    file_name: str,
    *,
    by: Person,
    at: datetime,
) -> dict[str, int]:
    """Put the result down as it is signed and end the step it was signed at, which is named as the journal names it."""
    if not number.strip():
        raise NoNumber
    if not granted and not summary.strip():
        raise NoReason("Văn bản từ chối giải quyết phải ghi rõ lý do.")
    if stored and PaperFile.objects.filter(paper__dossier=dossier, file=stored).exists():
        raise NotAResult
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
    step = {"step": interval.step_id, "unit": interval.unit_id}
    record("dossier.approved", about=dossier, by=by, at=at, granted=granted, **step)
    return step


def bring_back(dossier: Dossier, at: datetime) -> None:
    """The result is at the one-stop office that received the dossier; the clock stops for good (đã xử lý xong)."""
    finished(dossier, clock.stop(dossier, at), offices.one_stop_unit(dossier.reception_agency, timezone.localdate(at)))
    dossier.save()


def finished(dossier: Dossier, at: datetime, desk: Unit) -> None:
    """Done at that moment; what is left is the desk's, and nobody's there in particular."""
    dossier.finished_at, dossier.at_unit = at, desk
    dossier.at_role, dossier.holder = Role.RECEPTION_OFFICER, None
    change(dossier, to=State.READY)


def was_decided(dossier: Dossier) -> bool:
    """Whether there is a result, or was one that is being corrected: then it is corrected and returned, nothing else (9 → 4)."""
    return is_decided(dossier) or dossier.corrected_decisions.exists()


def is_decided(dossier: Dossier) -> bool:
    """Whether there is a result, granted or refused; a page that only looks has read it with the dossier."""
    if dossier.seen_at is not None:
        return hasattr(dossier, "decision")
    return Decision.objects.filter(dossier=dossier).exists()


# At the desk, while the person waits ----------------------------------------------------------------------------------


class NotAtOnce(NotNow):
    message = "Quy trình của thủ tục này còn bước ở cơ quan giải quyết nên chưa có kết quả ngay tại quầy được."


@own_first
def may_settle_at_once(dossier: Dossier, by: Person) -> None:
    step = expect_step(dossier, by, State.ACCEPTED, State.IN_PROGRESS).step
    if step.position != 1 or not step.of_one_desk:
        raise NotAtOnce
    _expect_no_opinion_awaited(dossier)


@transaction.atomic
def settle_at_once(
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
    """Settle at the desk what its process lets the desk settle (trả kết quả ngay; one-stop.md §2.3: 2 → 9).

    The process, issued by decision, names the officer of the desk who decides; receiving and deciding are one sitting.
    """
    dossier = Dossier.objects.locked(dossier.pk)
    interval = step_on_page(dossier, at_step)
    may_settle_at_once(dossier, by)
    step = sign(dossier, interval, granted, number, summary, stored, file_name, by=by, at=at)
    bring_back(dossier, at)
    record("dossier.finished", about=dossier, by=by, at=at, **step)
    return dossier


# A financial obligation ----------------------------------------------------------------------------------------------


@own_first
def may_request_payment(dossier: Dossier, by: Person) -> None:
    expect_step(dossier, by, State.ACCEPTED, State.IN_PROGRESS)
    if is_decided(dossier):
        raise Decided


@transaction.atomic
def request_payment(
    dossier: Dossier, *, amount: int, reason: str, by: Person, at: datetime, pay_by: date | None = None
) -> Dossier:
    """Ask for a financial obligation; the agency's time stands still until it is met (nghĩa vụ tài chính)."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_request_payment(dossier, by)
    if amount <= 0 or not reason.strip():
        raise NothingToPay
    if pay_by and pay_by <= timezone.localdate(at):
        raise TooSoonToPay
    move(dossier, to=State.AWAITING_PAYMENT)
    clock.start(dossier, ClockOwner.APPLICANT, at)
    PaymentRequest.objects.create(
        dossier=dossier, amount=amount, reason=reason, requested_by=by, requested_at=at, pay_by=pay_by
    )
    record("dossier.payment_requested", about=dossier, by=by, at=at, amount=amount)
    return dossier


@own_first
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
    """Back from the applicant to the steps that waited, the time of each counted anew (§2.6)."""
    running = running_steps(dossier)
    clock.resume(dossier, since=since, at=at, mode=mode, reason=reason)
    move(dossier, to=state_after_waiting(running, lambda: was_handed(dossier)))
    _stand(dossier, at)
    _count_anew(running, at)


def state_after_waiting(running: list[StepInterval], handed: Callable[[], bool]) -> State:
    """Where a dossier goes on that waited for its applicant: at the desk that never handed it on it is only accepted."""
    first = any(interval.step.position == 1 for interval in running)
    return State.ACCEPTED if first and not handed() else State.IN_PROGRESS


def _count_anew(running: list[StepInterval], at: datetime) -> None:
    for interval in running:
        if interval.due_at:
            counted_anew(interval, at, calendar_of(interval.unit))
            interval.save(update_fields=["due_at"])


def counted_anew(interval: StepInterval, at: datetime, calendar: Calendar) -> None:
    """What waited has its whole time from now on, where it has one."""
    if interval.due_at:
        interval.due_at = due(calendar, at, Term.minutes(round(interval.step.hours * 60)))


def was_handed(dossier: Dossier) -> bool:
    return dossier.step_intervals.filter(step__position__gt=1).exists()


# Stopping ------------------------------------------------------------------------------------------------------------


@own_first
def may_stop(dossier: Dossier, by: Person) -> None:
    expect(dossier, *SETTLING)
    if dossier.agency_id not in by.agencies(Can.STOP):
        raise NotYours("Chỉ lãnh đạo của cơ quan giải quyết được dừng giải quyết hồ sơ.")
    if was_decided(dossier):
        raise Decided


@transaction.atomic
def stop(dossier: Dossier, *, reason: str, by: Person, at: datetime, legal_basis: str = "") -> Dossier:
    """Stop settling for good; an end, never a pause (thông báo dừng giải quyết hồ sơ)."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_stop(dossier, by)
    if not reason.strip():
        raise NoReason
    _expect_their_time_over(dossier, at)
    break_off(dossier, State.STOPPED, reason=reason, legal_basis=legal_basis, by=by, at=at)
    if SlipKind.STOP in rules.forms_on(timezone.localdate(at)).slips:  # since TT 03/2025/TT-VPCP
        slips.issue(dossier, SlipKind.STOP, by=by, at=at)
    record("dossier.stopped", about=dossier, by=by, at=at)
    return dossier


def _expect_their_time_over(dossier: Dossier, at: datetime) -> None:
    """What waits for the applicant is stopped only when they let their term pass (one-stop.md §2.3: 5 → 8, 6 → 8)."""
    asked = dossier.supplement_requests.filter(answered_at=None).first()
    owed = dossier.payment_requests.filter(paid_at=None).first()
    what, until = ("bổ sung", asked.answer_by) if asked else ("nộp tiền", owed.pay_by if owed else None)
    if until and until >= timezone.localdate(at):
        raise StillTheirTime(
            f"Người nộp còn được {what} đến hết ngày {until:%d/%m/%Y}; hồ sơ vẫn chờ. "
            "Người nộp muốn thôi thì ghi nhận rút hồ sơ."
        )


def break_off(dossier: Dossier, to: State, *, reason: str, by: Person, at: datetime, legal_basis: str = "") -> None:
    """End without a result: the running step, the clock and the open requests end with it."""
    for interval in dossier.step_intervals.filter(ended_at=None):
        end_step(interval, Outcome.BROKEN_OFF, by=by, at=at)
    if dossier.at_post:
        posting.call_back(dossier, why=reason, by=by, at=at)
    broken_off(dossier, to, clock.stop(dossier, at))
    dossier.save()
    Ending.objects.create(dossier=dossier, state=to, reason=reason, legal_basis=legal_basis, by=by, at=at)


def broken_off(dossier: Dossier, to: State, at: datetime) -> None:
    """Closed at that moment; what had been accepted counts as finished then (II.06)."""
    dossier.closed_at = at
    if dossier.accepted_at:
        dossier.finished_at = at
    change(dossier, to=to)
