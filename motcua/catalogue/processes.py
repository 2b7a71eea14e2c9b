"""The internal process of a procedure, written as provinces write it: a table (quy trình nội bộ, quy trình điện tử)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django.db import transaction

from motcua.accounts.permissions import ROLES, Can, Role
from motcua.organisations.models import Unit, UnitKind
from motcua.refusal import Refusal
from motcua.worktime.terms import HOURS_A_DAY, TermUnit

from .models import ProcedureVersion, Process, ProcessStep

# A month has 22 working days, a calendar week five: the table counts working hours (one-stop.md §1).
WORKING_HOURS = {
    TermUnit.WORKING_MINUTES: Fraction(1, 60),
    TermUnit.WORKING_HOURS: Fraction(1),
    TermUnit.WORKING_DAYS: Fraction(HOURS_A_DAY),
    TermUnit.CALENDAR_DAYS: Fraction(HOURS_A_DAY * 5, 7),
    TermUnit.MONTHS: Fraction(HOURS_A_DAY * 22),
}
# The way of a dossier that no decision describes (quy trình chung): the work, where, by whom, its eighths of the term.
GENERAL = (
    ("Tiếp nhận, kiểm tra hồ sơ, chuyển cơ quan giải quyết", UnitKind.ONE_STOP, Role.RECEPTION_OFFICER, 1),
    ("Thẩm định hồ sơ, dự thảo và trình kết quả", UnitKind.PROFESSIONAL, Role.PROCESSING_OFFICER, 5),
    ("Xem xét, phê duyệt kết quả", UnitKind.LEADERS, Role.LEADER, 1),
    ("Vào sổ, đóng dấu, chuyển kết quả về Bộ phận Một cửa", UnitKind.CLERK, Role.CLERK, 1),
)
QUARTER = Decimal("0.25")
NO_TERM = Decimal(0)
LONGEST = Decimal(10_000)  # nearly five years of work; what is told to be longer is a slip of the pen


class WrongProcess(Refusal):
    message = "Quy trình chưa đúng."


def hours_allowed(version: ProcedureVersion) -> Decimal | None:
    """The shortest term of the version in working hours; None when no term is set."""
    allowed = []
    for term in version.terms.all():
        if term.same_day:
            allowed.append(Decimal(HOURS_A_DAY))
        elif term.amount is not None:
            hours = term.amount * WORKING_HOURS[TermUnit(term.unit)]
            allowed.append(Decimal(hours.numerator) / hours.denominator)
    return min(allowed, default=None)


def wrong(version: ProcedureVersion, steps: Sequence[Mapping[str, Any]]) -> str | None:
    """What is wrong with a table of steps, as a sentence; None when it may be issued."""
    if len(steps) < 3:
        return "Quy trình phải có ít nhất ba bước: tiếp nhận, phê duyệt, trả kết quả."
    if [step["position"] for step in steps] != list(range(1, len(steps) + 1)):
        return "Các bước phải được đánh số liền nhau từ 1."
    for step in steps:
        nth = f"Bước {step['position']}"
        if not str(step.get("work", "")).strip():
            return f"{nth} chưa ghi nội dung công việc."
        if step.get("unit_kind") not in UnitKind.values:
            return f"{nth} chưa ghi bộ phận thực hiện."
        if step.get("role") not in Role.values:
            return f"{nth} chưa ghi người thực hiện."
        try:
            hours = Decimal(str(step.get("hours")))
        except InvalidOperation:
            return f"{nth} chưa ghi số giờ."
        if not hours.is_finite() or not 0 < hours < LONGEST:
            return f"{nth} phải có số giờ lớn hơn 0."
    return _wrong_way(steps) or _too_long(version, steps)


def _wrong_way(steps: Sequence[Mapping[str, Any]]) -> str | None:
    """A dossier comes in at the one-stop office, is approved once on its way, and somebody may end every step."""
    if steps[0]["unit_kind"] != UnitKind.ONE_STOP:
        return "Bước 1 phải ở Bộ phận Một cửa."
    approvals = [step["position"] for step in steps if step.get("is_approval")]
    if len(approvals) != 1 or approvals[0] in (1, len(steps)):
        return "Quy trình phải có đúng một bước phê duyệt, sau bước đầu và trước bước cuối."
    for step in steps:
        ends = Can.DO_STEP
        if step["position"] == 1:
            ends = Can.HAND_TO_AGENCY
        elif step.get("is_approval"):
            ends = Can.APPROVE
        elif step["position"] == len(steps):
            ends = Can.FINISH
        if ends not in ROLES[step["role"]]:
            return f"Bước {step['position']}: {Role(step['role']).label} không được giao việc “{ends.value}”."
    return None


def _too_long(version: ProcedureVersion, steps: Sequence[Mapping[str, Any]]) -> str | None:
    allowed = hours_allowed(version)
    total = sum((Decimal(str(step["hours"])) for step in steps), Decimal(0))
    if allowed is None or total <= allowed:
        return None
    return f"Tổng thời gian các bước ({_told(total)} giờ) vượt thời hạn giải quyết ({_told(allowed)} giờ làm việc)."


def _told(hours: Decimal) -> str:
    return f"{hours:.2f}".rstrip("0").rstrip(".").replace(".", ",")


@transaction.atomic
def issue(version: ProcedureVersion, steps: Sequence[Mapping[str, Any]], *, decision: str = "") -> Process:
    """Issue a process (ban hành quy trình); the same table again is the same process, another one a new number."""
    if reason := wrong(version, steps):
        raise WrongProcess(reason)
    _take_turns(version)
    before = version.process()
    issued = [_row(step) for step in steps]
    if before and not before.general and before.decision == decision and rows(before) == issued:
        return before
    process = version.processes.create(number=before.number + 1 if before else 1, decision=decision)
    ProcessStep.objects.bulk_create([ProcessStep(process=process, **row) for row in issued])
    return process


@transaction.atomic
def general(version: ProcedureVersion) -> Process:
    """The general process (quy trình chung) of a version without its own, written out once; units are found by their kind."""
    _take_turns(version)
    process, made = version.processes.get_or_create(number=0, defaults={"general": True})
    if made:
        ProcessStep.objects.bulk_create(
            ProcessStep(
                process=process,
                position=position,
                work=work,
                unit_kind=kind,
                unit_name=kind.label,
                role=role,
                hours=hours,
                is_approval=role == Role.LEADER,
            )
            for position, ((work, kind, role, _), hours) in enumerate(
                zip(GENERAL, shares(hours_allowed(version)), strict=True), start=1
            )
        )
    return process


def shares(allowed: Decimal | None) -> list[Decimal]:
    """The hours of the general steps in quarter hours, together within the term; 0 sets a step no time of its own."""
    if allowed is None or allowed < QUARTER * len(GENERAL):
        return [NO_TERM] * len(GENERAL)
    allowed = min(allowed, LONGEST)
    hours = [max(QUARTER, _quarters(allowed * eighths / 8)) for *_, eighths in GENERAL]
    # What rounding added is taken from the longest step, the professional unit's.
    longest = hours.index(max(hours))
    hours[longest] -= max(NO_TERM, _quarters(sum(hours) - allowed, ROUND_CEILING))
    return hours


def _quarters(hours: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    return (hours / QUARTER).quantize(Decimal(1), rounding) * QUARTER


def _take_turns(version: ProcedureVersion) -> None:
    """Hold the version while a process is written; a weaker lock, because dossiers of the version go on being filed."""
    ProcedureVersion.objects.select_for_update(no_key=True).only("pk").get(pk=version.pk)


def rows(process: Process | None) -> list[dict[str, Any]]:
    """The table of a process."""
    if process is None:
        return []
    return [_row(vars(step) | {"unit": step.unit}) for step in process.steps.select_related("unit")]


def _row(step: Mapping[str, Any]) -> dict[str, Any]:
    unit: Unit | None = step.get("unit")
    return {
        "position": step["position"],
        "work": step["work"],
        "unit": unit,
        "unit_kind": str(step["unit_kind"]),
        "unit_name": step.get("unit_name") or (unit.name if unit else ""),
        "role": str(step["role"]),
        "hours": Decimal(str(step["hours"])).quantize(Decimal("0.01")),
        "is_approval": bool(step.get("is_approval")),
    }
