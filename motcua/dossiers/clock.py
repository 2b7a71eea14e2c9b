"""Whose time runs, and is the dossier early, on time or overdue (sổ thời gian; one-stop.md §2.5–2.7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from motcua.organisations.calendars import calendar_of, facts_of
from motcua.organisations.models import Agency
from motcua.worktime.calendar import Calendar
from motcua.worktime.due import add_working_days, due, elapsed, same_day_due
from motcua.worktime.terms import Term, TermUnit

from .models import (
    OPEN,
    SETTLING,
    ClockInterval,
    ClockOwner,
    ClosureDeclaration,
    Dossier,
    DueDateMove,
    State,
    SupplementMode,
    SupplementRequest,
)

WORKING_DAY = 8 * 60  # minutes


def start(dossier: Dossier, owner: ClockOwner, at: datetime, agency: Agency | None = None) -> None:
    """From now on the time is theirs: close the running interval and open the next at the same moment."""
    running = ClockInterval.objects.filter(dossier=dossier, ended_at=None).first()
    begun = turn(running, dossier, owner, at, agency)
    if begun is None:
        return
    if running:
        running.save(update_fields=["ended_at"])
    begun.save()


def begin(dossier: Dossier, owner: ClockOwner, at: datetime, agency: Agency | None = None) -> None:
    """The first interval of a ledger that is empty."""
    begun = turn(None, dossier, owner, at, agency)
    assert begun is not None
    begun.save()


def turn(
    running: ClockInterval | None, dossier: Dossier, owner: ClockOwner, at: datetime, agency: Agency | None = None
) -> ClockInterval | None:
    """The interval that begins when the time becomes theirs, the running one ended there; None where it is theirs already."""
    if running and (running.owner_kind, running.agency_id) == (owner, agency and agency.pk):
        return None
    return ClockInterval(
        dossier=dossier, owner_kind=owner, agency=agency, started_at=end(running, at) if running else at
    )


def stop(dossier: Dossier, at: datetime) -> datetime:
    """Nobody's time runs any more, from the moment that is told: where the ledger ends the dossier is finished."""
    for running in ClockInterval.objects.filter(dossier=dossier, ended_at=None):
        at = end(running, at)
        running.save(update_fields=["ended_at"])
    return at


def end(running: ClockInterval, at: datetime) -> datetime:
    """End an interval; a machine whose clock was set back ends it where it began, so that the ledger keeps its order."""
    running.ended_at = max(at, running.started_at)
    return running.ended_at


def reception_due(dossier: Dossier, at: datetime, calendar: Calendar | None = None) -> datetime:
    """Until when an online filing is answered (08 giờ làm việc, NĐ 45/2020/NĐ-CP)."""
    assert dossier.rule_set is not None
    calendar = calendar or calendar_of(dossier.reception_agency)
    return due(calendar, at, Term(dossier.rule_set.reception_hours, TermUnit.WORKING_HOURS))


def settlement_due(dossier: Dossier, at: datetime, calendar: Calendar | None = None) -> datetime | None:
    """When the result is promised if the complete dossier came in now; None where the procedure sets no term."""
    assert dossier.rule_set is not None
    term = dossier.procedure_version.term(dossier.channel, dossier.agency.level)
    if term is None:
        return None
    calendar = calendar or calendar_of(dossier.agency)
    if term.same_day:
        return same_day_due(calendar, at, dossier.rule_set.same_day_until)
    return due(calendar, at, term.term) if term.term else None


def move_due_date(
    dossier: Dossier, after: datetime, *, reason: str, at: datetime, closure: ClosureDeclaration | None = None
) -> DueDateMove | None:
    """Move the promised date by law and keep both dates."""
    move = moved(dossier, after, reason=reason, at=at, closure=closure)
    if move:
        move.save()
    return move


def moved(
    dossier: Dossier, after: datetime, *, reason: str, at: datetime, closure: ClosureDeclaration | None = None
) -> DueDateMove | None:
    """Another promised date with the one before it, None where it is the same; the first one printed never changes."""
    if dossier.due_at is None or after == dossier.due_at:
        return None
    before, dossier.due_at = dossier.due_at, after
    return DueDateMove(dossier=dossier, before=before, after=after, reason=reason, moved_at=at, closure=closure)


def resume(dossier: Dossier, *, since: datetime, at: datetime, mode: str, reason: str) -> None:
    """Give the agency its time back after the applicant's."""
    if dossier.due_at is not None:
        after = resumed(dossier, since=since, at=at, mode=mode)
        move_due_date(dossier, after, reason=reason, at=at)


def resumed(
    dossier: Dossier, *, since: datetime, at: datetime, mode: str, calendar: Calendar | None = None
) -> datetime:
    """Until when the result is promised after the applicant's time: from the beginning, or what was left (§2.6)."""
    calendar = calendar or calendar_of(dossier.agency)
    if mode == SupplementMode.RESTART:
        after = settlement_due(dossier, at, calendar)
        assert after is not None
        return after
    assert dossier.due_at is not None
    waited = elapsed(calendar, since, at)
    return due(calendar, dossier.due_at, Term(waited, TermUnit.WORKING_MINUTES))


@dataclass(frozen=True)
class Share:
    """One owner's part of the dossier's life, in working minutes."""

    label: str
    kind: str
    minutes: int
    running: bool


def bar(dossier: Dossier, at: datetime) -> list[Share]:
    """Whose days they were, in order of first appearance; what a declared closure took is nobody's and stands apart.

    Time is counted by the hours of the agency that settles the dossier, an agency's own by that agency's.
    """
    shares: dict[tuple[str, str], list[int]] = {}
    calendars: dict[int, tuple[Calendar, Calendar]] = {}
    closed = 0
    for interval in dossier.clock.select_related("agency").order_by("started_at", "id"):
        whose = interval.agency or dossier.agency
        if whose.pk not in calendars:
            facts = facts_of(whose)
            calendars[whose.pk] = facts.calendar(), facts.never_closed()
        label = interval.agency.short_name if interval.agency else ClockOwner(interval.owner_kind).label
        share = shares.setdefault((label, interval.owner_kind), [0, 0])
        ended = max(interval.ended_at or at, interval.started_at)
        worked, open_throughout = (elapsed(one, interval.started_at, ended) for one in calendars[whose.pk])
        closed += open_throughout - worked
        share[0] += worked
        share[1] |= interval.ended_at is None
    if closed:
        shares[ClockOwner.OUTSIDE.label, ClockOwner.OUTSIDE] = [closed, 0]
    return [Share(label, kind, minutes, bool(running)) for (label, kind), (minutes, running) in shares.items()]


class Lateness:
    EARLY = "early"
    ON_TIME = "on_time"
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    WAITING = "waiting"
    NONE = "none"


def lateness(dossier: Dossier, at: datetime) -> str:
    """Early, on time or overdue by date, as report II.06 asks (§2.7); a dossier still open may be due soon or waiting."""
    if dossier.state in (State.AWAITING_APPLICANT, State.AWAITING_PAYMENT, State.AWAITING_COMPLETION):
        return Lateness.WAITING
    if dossier.state == State.SUBMITTED:
        return _standing(dossier.reception_due_at, at, broken_before=at)
    if dossier.state in SETTLING:
        return _standing(dossier.due_at, at, broken_before=day_began(at))
    if dossier.state in (State.STOPPED, State.WITHDRAWN):
        # Counted as kept by report II.06, whenever it was; what was never received was never promised.
        return Lateness.ON_TIME if dossier.accepted_at else Lateness.NONE
    if dossier.state in (State.READY, State.RETURNED) and dossier.finished_at:
        if dossier.due_at is None:
            return Lateness.ON_TIME
        finished, promised = timezone.localdate(dossier.finished_at), timezone.localdate(dossier.due_at)
        return Lateness.EARLY if finished < promised else Lateness.ON_TIME if finished == promised else Lateness.OVERDUE
    return Lateness.NONE


def day_began(at: datetime) -> datetime:
    """A result promised for today is late when the day is over, whether it is finished by then or not (II.06, §2.7)."""
    return timezone.make_aware(datetime.combine(timezone.localdate(at), time.min))


def _standing(due_at: datetime | None, at: datetime, *, broken_before: datetime) -> str:
    """How a promise stands: kept so far, due within 24 hours, or broken; hours promised for an answer are kept by the minute."""
    if due_at is None:
        return Lateness.ON_TIME
    if due_at < broken_before:
        return Lateness.OVERDUE
    return Lateness.DUE_SOON if due_at - at <= timedelta(hours=24) else Lateness.ON_TIME


def on_time_by_the_minute(dossier: Dossier, at: datetime, asked: Sequence[SupplementRequest] | None = None) -> bool:
    """The question of QĐ 766/QĐ-TTg and the national portal: finish ≤ due, by timestamp (one-stop.md §2.6, §2.7).

    Asked twice to complete is overdue; the time of the one request is taken off, and while it is open the dossier counts
    as finished when it was made. `asked` are the requests, where they have been read already.
    """
    requests = list(dossier.supplement_requests.all()[:2]) if asked is None else asked
    if len(requests) > 1:
        return False
    if dossier.due_at is None:
        return True
    finished, waited = dossier.finished_at or at, timedelta(0)
    for one in requests:
        if one.answered_at:
            waited = one.answered_at - one.requested_at
        else:
            finished = min(finished, one.requested_at)
    return finished - waited <= dossier.due_at


def warned_from(dossier: Dossier, calendar: Calendar | None = None) -> datetime | None:
    """From when on the agency must prepare its apology (rule set, working days before due)."""
    if dossier.due_at is None or dossier.rule_set is None or dossier.state not in OPEN:
        return None
    day = add_working_days(
        calendar or calendar_of(dossier.agency), timezone.localdate(dossier.due_at), -dossier.rule_set.warning_days
    )
    return timezone.make_aware(datetime.combine(day, timezone.localtime(dossier.due_at).time()))
