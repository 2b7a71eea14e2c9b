"""The watchdog: what comes due, what is late, who is silent and where nothing moves is told in time (cảnh báo; one-stop.md §2.4, §12).

It walks over the open dossiers in batches. Each warning is a line of the journal in a transaction of its own, given once for
each stage of a dossier; whoever must know is told by the journal's listeners.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain

from django.db import transaction
from django.db.models import CharField, Exists, Max, OuterRef
from django.db.models.functions import Cast
from django.utils import timezone

from motcua.journal.models import Entry
from motcua.journal.recording import record
from motcua.organisations.calendars import calendar_of
from motcua.organisations.models import Agency
from motcua.worktime.calendar import Calendar
from motcua.worktime.due import add_working_days

from . import apologies, clock, opinions
from .lifecycle import ASIDE
from .models import (
    OPEN,
    Apology,
    Dossier,
    Opinion,
    ReadingQuestion,
    State,
    StepInterval,
    SupplementRequest,
    Warned,
    WarningKind,
)

BATCH = 500
AT_WORK = (State.ACCEPTED, State.IN_PROGRESS)
WATCHED = [state for state in OPEN if state not in (State.READY, State.AWAITING_PAYMENT)]

Stage = tuple[str, str]  # the kind of warning, and of which date, request, opinion or standstill


def watch(at: datetime, *, batch: int = BATCH) -> int:
    """Go once round all open dossiers; how many warnings it gave."""
    given, last = 0, 0
    while dossiers := _after(last, batch):
        warned = set(Warned.objects.filter(dossier__in=dossiers).values_list("dossier", "kind", "stage"))
        for pk, stages in reached(dossiers, at).items():
            given += sum(warn(pk, stage, at) for stage in stages if (pk, *stage) not in warned)
        last = dossiers[-1].pk
    return given


def _after(last: int, size: int) -> list[Dossier]:
    """The next open dossiers by number; the index holds the open ones only."""
    open_ones = Dossier.objects.filter(state__in=OPEN, pk__gt=last).filter(state__in=WATCHED)
    facts = open_ones.select_related("rule_set", "agency", "reception_agency").only(
        "state", "due_at", "reception_due_at", "accepted_at", "rule_set", "agency", "reception_agency"
    )
    return list(facts.order_by("pk")[:size])


def remind_of_questions(at: datetime) -> int:
    """Whoever should say why a dossier was read and has not in the days there are for it is reminded once; how many were."""
    reminded = Warned.objects.filter(
        dossier=OuterRef("dossier"), kind=WarningKind.READING_UNEXPLAINED, stage=Cast(OuterRef("pk"), CharField())
    )
    late = ReadingQuestion.objects.filter(~Exists(reminded), answered_at=None, wanted_by__lt=timezone.localdate(at))
    return sum(_remind(pk, at) for pk in late.order_by("wanted_by", "pk").values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def _remind(pk: int, at: datetime) -> bool:
    asked = ReadingQuestion.objects.get(pk=pk)
    dossier = Dossier.objects.locked(asked.dossier_id)
    if ReadingQuestion.objects.filter(pk=pk, answered_at__isnull=False).exists():
        return False
    _, first = Warned.objects.get_or_create(
        dossier=dossier, kind=WarningKind.READING_UNEXPLAINED, stage=str(pk), defaults={"at": at}
    )
    if first:
        record("dossier.reading_unexplained", about=dossier, by=None, at=at, question=pk, unit=asked.unit_id)
    return first


# What there is to warn of ---------------------------------------------------------------------------------------------


def reached(dossiers: list[Dossier], at: datetime) -> dict[int, list[Stage]]:
    """The stages these dossiers have come to; a handful of statements for all of them."""
    found: dict[int, list[Stage]] = defaultdict(list)
    calendars: dict[int, Calendar] = {}
    every = (_late(dossiers, calendars, at), _slices(dossiers, at), _unsigned(dossiers, calendars, at))
    for pk, stage in chain(*every, _silent(dossiers, at), _still(dossiers, calendars, at)):
        found[pk].append(stage)
    return found


def _late(dossiers: list[Dossier], calendars: dict[int, Calendar], at: datetime) -> Iterator[tuple[int, Stage]]:
    """Promises that are soon due or broken: the result's, and the answer to an online filing (08 giờ làm việc)."""
    for dossier in dossiers:
        if dossier.state == State.SUBMITTED and dossier.reception_due_at and dossier.reception_due_at < at:
            yield dossier.pk, (WarningKind.RECEPTION_OVERDUE, _moment(dossier.reception_due_at))
        if dossier.state not in AT_WORK or dossier.due_at is None:
            continue
        if dossier.due_at < clock.day_began(at):
            yield dossier.pk, (WarningKind.OVERDUE, _moment(dossier.due_at))
        elif (since := warned_from(dossier, _calendar(dossier.agency, calendars))) and since <= at:
            yield dossier.pk, (WarningKind.DUE_SOON, _moment(dossier.due_at))


def warned_from(dossier: Dossier, calendar: Calendar) -> datetime | None:
    """The warning time of the rule set; a term so short that it would be due soon from its first minute is at half time."""
    since = clock.warned_from(dossier, calendar)
    if since is None or dossier.due_at is None or dossier.accepted_at is None:
        return since
    return since if since > dossier.accepted_at else dossier.accepted_at + (dossier.due_at - dossier.accepted_at) / 2


def _slices(dossiers: list[Dossier], at: datetime) -> Iterator[tuple[int, Stage]]:
    """Steps beyond their own time at agencies that take part; the lead agency is warned of the whole (§2.12)."""
    lead = {one.pk: one.agency_id for one in dossiers if one.state == State.IN_PROGRESS}
    running = StepInterval.objects.filter(dossier__in=lead, ended_at=None, due_at__lt=at)
    for pk, dossier, agency in running.values_list("pk", "dossier", "unit__agency"):
        if agency != lead[dossier]:
            yield dossier, (WarningKind.STEP_OVERDUE, str(pk))


def _unsigned(dossiers: list[Dossier], calendars: dict[int, Calendar], at: datetime) -> Iterator[tuple[int, Stage]]:
    """Apologies laid out and not signed on the last day on which they still come in time (NĐ 61/2018/NĐ-CP Điều 19; §12.4)."""
    promised = {one.pk: one for one in dossiers if one.state in AT_WORK and one.due_at}
    drafted = Apology.objects.filter(dossier__in=promised, signed_at=None).values_list("dossier", flat=True)
    for pk in drafted:
        dossier = promised[pk]
        assert dossier.due_at is not None  # as chosen
        day = add_working_days(_calendar(dossier.agency, calendars), timezone.localdate(dossier.due_at), -1)
        if day <= timezone.localdate(at):
            yield pk, (WarningKind.APOLOGY_UNSIGNED, _moment(dossier.due_at))


def _silent(dossiers: list[Dossier], at: datetime) -> Iterator[tuple[int, Stage]]:
    """Applicants who did not complete in their term, and units that did not say what they think; both by date."""
    today = timezone.localdate(at)
    asked = SupplementRequest.objects.filter(dossier__in=dossiers, answered_at=None, answer_by__lt=today)
    waiting = {one.pk for one in dossiers if one.state in (State.AWAITING_COMPLETION, State.AWAITING_APPLICANT)}
    for request in asked:
        if request.dossier_id in waiting:
            yield request.dossier_id, (WarningKind.APPLICANT_SILENT, str(request.pk))
    at_work = [one.pk for one in dossiers if one.state == State.IN_PROGRESS]
    owed = Opinion.objects.filter(dossier__in=at_work, answered_at=None, waived_at=None, due_at__lt=at)
    for opinion in owed:
        if opinions.is_late(opinion, at):
            yield opinion.dossier_id, (WarningKind.OPINION_OVERDUE, str(opinion.pk))


def _still(dossiers: list[Dossier], calendars: dict[int, Calendar], at: datetime) -> Iterator[tuple[int, Stage]]:
    """Dossiers an office should work on and in which nobody has done anything for as many working days as the rules say."""
    watched = {one.subject: one for one in dossiers if one.state in (State.SUBMITTED, *AT_WORK) and one.rule_set}
    acts = Entry.objects.filter(subject__in=watched, actor__isnull=False).exclude(event__in=ASIDE)
    for subject, moved_at, number in acts.values_list("subject").annotate(Max("at"), Max("number")):
        dossier = watched[subject]
        assert dossier.rule_set is not None
        where = dossier.reception_agency if dossier.state == State.SUBMITTED else dossier.agency
        here = timezone.localtime(moved_at)
        day = add_working_days(_calendar(where, calendars), here.date(), dossier.rule_set.standstill_days)
        if timezone.make_aware(datetime.combine(day, here.time())) <= at:
            yield dossier.pk, (WarningKind.NOTHING_MOVED, str(number))


def _calendar(agency: Agency, calendars: dict[int, Calendar]) -> Calendar:
    return calendars.get(agency.pk) or calendars.setdefault(agency.pk, calendar_of(agency))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


# Warning --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def warn(pk: int, stage: Stage, at: datetime) -> bool:
    """Warn of one stage, unless somebody acted meanwhile or another run was first; the apology is laid out in time (§12.4)."""
    dossier = Dossier.objects.locked(pk)
    if stage not in reached([dossier], at).get(pk, []):
        return False
    kind, which = stage
    _, first = Warned.objects.get_or_create(dossier=dossier, kind=kind, stage=which, defaults={"at": at})
    if not first:
        return False
    _tell(dossier, kind, which, at)
    if kind in (WarningKind.DUE_SOON, WarningKind.OVERDUE) and _can_be_put_off(dossier):
        apologies.draft_in_time(dossier, at=at)
    return True


def _tell(dossier: Dossier, kind: str, which: str, at: datetime) -> None:
    match kind:
        case WarningKind.DUE_SOON:
            record("dossier.due_soon", about=dossier, by=None, at=at, due=which)
        case WarningKind.OVERDUE:
            record("dossier.overdue", about=dossier, by=None, at=at, due=which)
        case WarningKind.RECEPTION_OVERDUE:
            record("dossier.reception_overdue", about=dossier, by=None, at=at, due=which)
        case WarningKind.OPINION_OVERDUE:
            unit = Opinion.objects.values_list("unit_id", flat=True).get(pk=which)
            record("dossier.opinion_overdue", about=dossier, by=None, at=at, opinion=int(which), unit=unit)
        case WarningKind.APPLICANT_SILENT:
            record("dossier.applicant_silent", about=dossier, by=None, at=at, request=int(which))
        case WarningKind.STEP_OVERDUE:
            late = StepInterval.objects.get(pk=which)
            record("dossier.step_overdue", about=dossier, by=None, at=at, step=late.step_id, unit=late.unit_id)
        case WarningKind.APOLOGY_UNSIGNED:
            record("dossier.apology_unsigned", about=dossier, by=None, at=at, due=which)
        case WarningKind.NOTHING_MOVED:
            record("dossier.nothing_moved", about=dossier, by=None, at=at, since=int(which))


def _can_be_put_off(dossier: Dossier) -> bool:
    """A result promised for the very day has no day before it on which to say sorry (NĐ 61/2018/NĐ-CP Điều 19)."""
    assert dossier.due_at is not None and dossier.accepted_at is not None
    return timezone.localdate(dossier.accepted_at) < timezone.localdate(dossier.due_at)
