"""What keeps a process from being issued, every failing named with its step (điều kiện của quy trình điện tử; one-stop.md §11.5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import NamedTuple

from motcua.accounts.permissions import ROLES, Can, Role
from motcua.organisations.models import UnitKind
from motcua.refusal import Refusal
from motcua.worktime.terms import HOURS_A_DAY, TermUnit

from ..models import Channel, ProcedureVersion, TermOfChannel
from . import words
from .paths import Row, endings, longest, stages

# A month has 22 working days, a calendar week five: the table counts working hours (one-stop.md §1).
WORKING_HOURS = {
    TermUnit.WORKING_MINUTES: Fraction(1, 60),
    TermUnit.WORKING_HOURS: Fraction(1),
    TermUnit.WORKING_DAYS: Fraction(HOURS_A_DAY),
    TermUnit.CALENDAR_DAYS: words.CALENDAR_DAY,
    TermUnit.MONTHS: Fraction(HOURS_A_DAY * 22),
}
LONGEST = Decimal(10_000)  # nearly five years of work; what is told to be longer is a slip of the pen
# Hours are kept to the hundredth, so that days of the calendar cut in pieces may come out a little longer together.
ROUNDING = Decimal("0.05")
# The states of the national portal (one-stop.md §2.1); a process begins with 2 and ends with 9.
PORTAL_CODES = range(1, 11)
NO_TERM = Decimal(0)


class WrongProcess(Refusal):
    message = "Quy trình chưa đúng."


class Failing(NamedTuple):
    """One reason why a process may not be issued; `step` is its position, None where it is the table's."""

    step: int | None
    sentence: str


class Limit(NamedTuple):
    """How long the whole process may take, in working hours, and whether the law counts days of the calendar."""

    hours: Decimal
    calendar: bool


def limit(version: ProcedureVersion, channel: str = "", case: str = "") -> Limit | None:
    """The shortest term of the channel, of all where none is named; None when no term is set.

    A case may take what the wording of the term allows it: the longest duration named there ("trường hợp phải xác minh
    thì không quá 08 ngày làm việc").
    """
    limits = [found for term in _terms(version, channel) if (found := _limit(term, case))]
    return min(limits, default=None)


def _terms(version: ProcedureVersion, channel: str) -> Sequence[TermOfChannel]:
    terms = list(version.terms.all())
    if channel:
        of_channel = [term for term in terms if term.channel == channel]
        return of_channel or [term for term in terms if term.channel == Channel.DIRECT] or terms
    return terms


def _limit(term: TermOfChannel, case: str) -> Limit | None:
    if term.same_day:
        found = Limit(Decimal(HOURS_A_DAY), False)
    elif term.amount is not None:
        hours = term.amount * WORKING_HOURS[TermUnit(term.unit)]
        found = Limit(Decimal(hours.numerator) / hours.denominator, term.unit == TermUnit.CALENDAR_DAYS)
    else:
        return None
    if case:
        for told in words.durations(term.text):
            longer = words.decimal(told.hours(calendar=True))
            if longer > found.hours:
                found = Limit(longer, told.unit == "ngay")
    return found


def hours_allowed(version: ProcedureVersion, channel: str = "", case: str = "") -> Decimal | None:
    """The term a process must keep, in working hours; None when no term is set."""
    found = limit(version, channel, case)
    return found.hours if found else None


def wrong(version: ProcedureVersion, steps: Sequence[Row], *, channel: str = "", case: str = "") -> str | None:
    """Everything that is wrong with a table of steps, as sentences; None when it may be issued."""
    return " ".join(one.sentence for one in failing(version, steps, channel=channel, case=case)) or None


def failing(
    version: ProcedureVersion | None, steps: Sequence[Row], *, channel: str = "", case: str = ""
) -> list[Failing]:
    """Every failing of a table; a draft may not know its procedure yet."""
    found: list[Failing] = []
    if len(steps) < 3:
        found.append(Failing(None, "Quy trình phải có ít nhất ba bước: tiếp nhận, phê duyệt, trả kết quả."))
    if [step["position"] for step in steps] != list(range(1, len(steps) + 1)):
        found.append(Failing(None, "Các bước phải được đánh số liền nhau từ 1."))
    for step in steps:
        found += _of_step(step)
    if steps:
        found += [*_way(steps), *_side_by_side(steps)]
    if version and (reason := _too_long(version, steps, channel, case)):
        found.append(Failing(None, reason))
    return found


def _of_step(step: Row) -> Iterator[Failing]:
    position = step["position"]
    nth = f"Bước {position}"
    if not str(step.get("work", "")).strip():
        yield Failing(position, f"{nth} chưa ghi nội dung công việc.")
    if step.get("unit_kind") not in UnitKind.values:
        yield Failing(position, f"{nth} chưa ghi bộ phận thực hiện.")
    if step.get("role") not in Role.values:
        yield Failing(position, f"{nth} chưa ghi người thực hiện.")
    if step.get("agency_name") and not step.get("agency"):
        yield Failing(position, f"{nth}: không có cơ quan “{step['agency_name']}” trong danh mục cơ quan.")
    if step.get("no_such_unit"):
        yield Failing(position, f"{nth}: không có bộ phận “{step['unit_name']}” ở cơ quan thực hiện.")
    if step.get("code") and step["code"] not in {str(code) for code in PORTAL_CODES}:
        yield Failing(
            position,
            f"{nth}: mã trạng thái “{step['code']}” không có trong danh mục của Cổng Dịch vụ công quốc gia (1 đến 10).",
        )
    if step.get("shares_time") and position == 1:
        yield Failing(position, f"{nth} không có bước trước để chung thời gian.")
    hours = _hours(step)
    if hours is None:
        yield Failing(position, f"{nth} chưa ghi số giờ.")
    elif not hours.is_finite() or not 0 < hours < LONGEST:
        yield Failing(position, f"{nth} phải có số giờ lớn hơn 0.")


def _hours(step: Row) -> Decimal | None:
    try:
        return Decimal(str(step.get("hours")))
    except InvalidOperation:
        return None


def _way(steps: Sequence[Row]) -> Iterator[Failing]:
    """A dossier comes in at the one-stop office, is approved once on its way, and somebody may end every step."""
    if steps[0].get("unit_kind") != UnitKind.ONE_STOP:
        yield Failing(steps[0]["position"], "Bước 1 phải ở Bộ phận Một cửa.")
    approvals = [place for place, step in enumerate(steps) if step.get("is_approval")]
    if len(approvals) != 1 or approvals[0] in (0, len(steps) - 1):
        yield Failing(None, "Quy trình phải có đúng một bước phê duyệt, sau bước đầu và trước bước cuối.")
    for step, ends in zip(steps, endings(steps), strict=True):
        role = step.get("role")
        if role in ROLES and ends not in ROLES[role]:
            nth = step["position"]
            yield Failing(nth, f"Bước {nth}: {Role(role).label} không được giao việc “{ends.value}”.")
        if ends is Can.HAND_OVER and step.get("agency"):
            nth = step["position"]
            yield Failing(nth, f"Bước {nth}: kết quả trả tại Bộ phận Một cửa đã tiếp nhận, không ở cơ quan khác.")


def _side_by_side(steps: Sequence[Row]) -> Iterator[Failing]:
    """Branches begin together after a common step and meet again in one, so that every path reaches the result (9)."""
    seen: set[int] = set()
    last = None
    for step in steps:
        stage = step.get("stage")
        if stage is not None and stage != last and stage in seen:
            yield Failing(
                step["position"], f"Bước {step['position']}: các bước song song của chặng {stage} phải đứng liền nhau."
            )
        if stage is not None:
            seen.add(stage)
        last = stage
    ends = dict(zip((step["position"] for step in steps), endings(steps), strict=True))
    for stage_rows in stages(steps):
        if len(stage_rows) == 1:
            continue
        for step in (step for branch in stage_rows for step in branch):
            nth, end = step["position"], ends[step["position"]]
            if end is not Can.DO_STEP:
                yield Failing(nth, f"Bước {nth} (“{end.value}”) là bước chung, không chạy song song với bước khác.")


def _too_long(version: ProcedureVersion, steps: Sequence[Row], channel: str, case: str) -> str | None:
    allowed = hours_allowed(version, channel, case)
    known = [step for step in steps if (hours := _hours(step)) is not None and hours.is_finite()]
    total = longest(known)
    if allowed is None or total <= allowed + ROUNDING:
        return None
    return (
        f"Tổng thời gian các bước ({words.told(total)} giờ) vượt thời hạn giải quyết "
        f"({words.told(allowed)} giờ làm việc)."
    )
