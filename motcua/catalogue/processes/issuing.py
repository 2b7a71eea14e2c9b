"""Issuing a process: numbered, never changed again, carried over to the next version (ban hành quy trình nội bộ)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction

from motcua.accounts.permissions import Role
from motcua.organisations.models import Unit, UnitKind

from ..models import ProcedureVersion, Process, ProcessStep
from .checks import LONGEST, NO_TERM, WrongProcess, hours_allowed, wrong

# The way of a dossier that no decision describes (quy trình chung): the work, where, by whom, its eighths of the term.
GENERAL = (
    ("Tiếp nhận, kiểm tra hồ sơ, chuyển cơ quan giải quyết", UnitKind.ONE_STOP, Role.RECEPTION_OFFICER, 1),
    ("Thẩm định hồ sơ, dự thảo và trình kết quả", UnitKind.PROFESSIONAL, Role.PROCESSING_OFFICER, 5),
    ("Xem xét, phê duyệt kết quả", UnitKind.LEADERS, Role.LEADER, 1),
    ("Vào sổ, đóng dấu, chuyển kết quả về Bộ phận Một cửa", UnitKind.CLERK, Role.CLERK, 1),
)
QUARTER = Decimal("0.25")


@transaction.atomic
def issue(
    version: ProcedureVersion,
    steps: Sequence[Mapping[str, Any]],
    *,
    decision: str = "",
    channel: str = "",
    case: str = "",
) -> Process:
    """Issue a process (ban hành quy trình); the same table again is the same process, another one a new number."""
    if reason := wrong(version, steps, channel=channel, case=case):
        raise WrongProcess(reason)
    _take_turns(version)
    own = version.processes.filter(general=False).order_by("-number")
    before = own.filter(channel=channel, case=case).first()
    issued = [_row(step) for step in steps]
    if before and before.decision == decision and rows(before) == issued:
        return before
    last = own.first()
    process = version.processes.create(
        number=last.number + 1 if last else 1, decision=decision, channel=channel, case=case
    )
    ProcessStep.objects.bulk_create([ProcessStep(process=process, **row) for row in issued])
    return process


def carry(before: ProcedureVersion) -> list[dict[str, Any]]:
    """The processes new dossiers of a version follow, one for each channel and case, as `issue` takes them again."""
    return [
        {"steps": rows(process), "decision": process.decision, "channel": process.channel, "case": process.case}
        for process in before.own_processes()
    ]


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
    steps = process.steps.select_related("unit", "agency")
    return [_row(vars(step) | {"unit": step.unit, "agency": step.agency}) for step in steps]


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
        "agency": step.get("agency"),
        "stage": step.get("stage"),
        "branch": step.get("branch") or "",
        "shares_time": bool(step.get("shares_time")),
        "form": step.get("form") or "",
    }
