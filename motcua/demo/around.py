"""What officers do around the dossiers of the two offices that are shown: opinions, apologies, lists of papers, labels (việc quanh hồ sơ)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet

from motcua.accounts.models import Assignment, Person
from motcua.accounts.permissions import Role
from motcua.counter import desk
from motcua.counter.models import Label
from motcua.dossiers import apologies, bundles, handovers, opinions
from motcua.dossiers.models import Apology, Dossier, HandoverKind, HandoverList, Opinion, State
from motcua.journal.models import Entry
from motcua.organisations.calendars import calendar_of
from motcua.organisations.models import Agency, Unit, UnitKind
from motcua.worktime.due import add_working_days
from motcua.worktime.due import due as due_after
from motcua.worktime.terms import Term

from . import words
from .pace import before
from .stories import SHOWN_AGENCY, SHOWN_COMMUNE, Standing, Story
from .telling import Cast, Telling

POLICE = "CA"
BORN, COPY = "1.001193", "2.000635"  # a child is registered, and copies of the register are asked for with it
OF_THE_BUNDLE = 900  # the number of its applicant, after all of those who have a story


def do_around(cast: Cast) -> int:
    """What is not there yet; how many dossiers were touched."""
    parts: tuple[Callable[[Cast], int], ...] = (_bundle, _opinions, _apologies, _lists, _labels_and_notes)
    return sum(part(cast) for part in parts)


# One person, several procedures --------------------------------------------------------------------------------------


def _bundle(cast: Cast) -> int:
    """Parents come once and file for two procedures (hồ sơ liên thông)."""
    commune = cast.agencies[SHOWN_COMMUNE]
    if commune.bundles.exists():
        return 0
    tellings = [Telling(_arrival(code), cast) for code in (BORN, COPY)]
    at = tellings[0].begins
    wanted, facts = [], {}
    for telling in tellings:
        facts = telling.facts(at)
        wanted.append(
            bundles.Wanted(telling.version, commune, telling.brought(scanned=True), facts.pop("form"), telling.case)
        )
    officer = cast.desks[commune.pk][0]
    bundles.receive_together(wanted, public_id=uuid4(), by=officer, at=at, **facts)
    return len(wanted)


def _arrival(code: str) -> Story:
    return Story(OF_THE_BUNDLE, code, SHOWN_COMMUNE, State.ACCEPTED, Standing.ON_TIME, online=False)


# What others are asked, and what is promised anew ---------------------------------------------------------------------


@transaction.atomic
def _opinions(cast: Cast) -> int:
    """The department asks the police: two wait for the answer, one has it."""
    department = cast.agencies[SHOWN_AGENCY]
    if Opinion.objects.filter(dossier__agency=department).exists():
        return 0
    police = Unit.objects.filter(agency=cast.agencies[POLICE], kind=UnitKind.PROFESSIONAL).order_by("-pk")[0]
    found = list(_where_work_is_done(department)[: len(words.ASKED_OF_POLICE)])
    for nth, dossier in enumerate(found):
        by, at = _holder(dossier), _moment(dossier, cast)
        opinions.ask(dossier, unit=police, question=words.ASKED_OF_POLICE[nth], days=nth + 1, by=by, at=at)
        if nth == len(found) - 1:
            opinion = dossier.opinions.get()
            answerer = cast.officers[police.pk, Role.PROCESSING_OFFICER][0]
            opinions.answer(opinion, text=words.ANSWER_OF_POLICE, by=answerer, at=_moment(dossier, cast))
    return len(found)


@transaction.atomic
def _apologies(cast: Cast) -> int:
    """Two that will be late: one is written and waits for the signature, one is signed and sent."""
    touched = 0
    for agency in (cast.agencies[SHOWN_COMMUNE], cast.agencies[SHOWN_AGENCY]):
        if Apology.objects.filter(dossier__agency=agency).exclude(reason="").exists():
            continue
        soon = _where_work_is_done(agency).filter(due_at__gt=cast.now).order_by("due_at")
        for nth, dossier in enumerate(soon[: len(words.LATE_BECAUSE)]):
            assert dossier.due_at is not None
            day = add_working_days(calendar_of(agency), dossier.due_at.date(), 3)
            renewed = dossier.due_at.replace(year=day.year, month=day.month, day=day.day)
            reason = words.LATE_BECAUSE[nth]
            by, at = _holder(dossier), max(_moment(dossier, cast), before(cast.calendar(agency), cast.now, 90))
            apologies.draft(dossier, reason=reason, renewed_due_at=renewed, by=by, at=at)
            if nth:
                apologies.sign(dossier, by=cast.leaders[agency.pk][0], at=_moment(dossier, cast))
            touched += 1
    return touched


def _where_work_is_done(agency: Agency) -> QuerySet[Dossier]:
    """Dossiers at whoever examines them, the oldest first."""
    at_work = Dossier.objects.filter(agency=agency, state=State.IN_PROGRESS, at_role=Role.PROCESSING_OFFICER)
    return at_work.filter(at_unit__agency=agency).select_related("holder", "at_unit", "agency").order_by("pk")


def _holder(dossier: Dossier) -> Person:
    return dossier.holder or _people(dossier.at_unit, Role(dossier.at_role))[0]


def _people(unit: Unit | None, role: Role) -> list[Person]:
    found = Assignment.objects.filter(unit=unit, role=role, valid_to=None).select_related("person")
    return [one.person for one in found.order_by("person__username")]


def _moment(dossier: Dossier, cast: Cast) -> datetime:
    """Half an hour of work after what was done last, but not later than now."""
    last = Entry.objects.filter(subject=dossier.subject).order_by("-number").values_list("at", flat=True)[0]
    now = max(last, cast.now - timedelta(minutes=2))
    return min(due_after(cast.calendar(dossier.agency), last, Term.minutes(30)), now)


# Papers on their way ---------------------------------------------------------------------------------------------------


@transaction.atomic
def _lists(cast: Cast) -> int:
    """From the commune's desk one list is signed, one waits; results come back with a list that waits at the desk."""
    commune = cast.agencies[SHOWN_COMMUNE]
    if HandoverList.objects.filter(counter=commune).exists():
        return 0
    officer, at = cast.desks[commune.pk][0], cast.now
    touched = 0
    for unit, those in _by_unit(HandoverKind.DOSSIERS, officer, at):
        signed, waiting = those[:3], those[3:5]
        made = _give(HandoverKind.DOSSIERS, commune, unit, signed, by=officer, at=at - timedelta(minutes=5))
        lacking = {made.items.order_by("pk")[0].pk: words.LACKING_ON_LIST} if touched else {}
        handovers.receive(made, lacking, by=_people(unit, Role.PROCESSING_OFFICER)[0], at=at)
        if waiting:
            _give(HandoverKind.DOSSIERS, commune, unit, waiting, by=officer, at=at)
        touched += len(signed + waiting)
    clerk = _people(Unit.objects.get(agency=commune, kind=UnitKind.CLERK), Role.CLERK)[0]
    for unit, those in _by_unit(HandoverKind.RESULTS, clerk, at):
        _give(HandoverKind.RESULTS, commune, unit, those[:4], by=clerk, at=at)
        touched += len(those[:4])
    return touched


def _by_unit(kind: str, officer: Person, at: datetime) -> list[tuple[Unit, list[int]]]:
    """What was moved and is on no list yet, by the unit of the other side."""
    moved = handovers.waiting(kind, officer, at)
    return [(unit, [one.pk for one in those]) for unit, those in groupby(moved, key=lambda one: one.unit)]


def _give(kind: str, counter: Agency, unit: Unit, steps: list[int], *, by: Person, at: datetime) -> HandoverList:
    return handovers.give(kind, counter, unit, steps, public_id=uuid4(), by=by, at=at)


# What a unit keeps for itself ------------------------------------------------------------------------------------------


@transaction.atomic
def _labels_and_notes(cast: Cast) -> int:
    """Words by which the commune's registrars sort their work, notes of theirs, and what the chairman follows."""
    commune = cast.agencies[SHOWN_COMMUNE]
    at_work = list(_where_work_is_done(commune)[:6])
    if not at_work or Label.objects.filter(unit__agency=commune).exists():
        return 0
    by_unit: Mapping[int, Unit] = {one.at_unit.pk: one.at_unit for one in at_work if one.at_unit}
    labels = {
        pk: [desk.make_label(_people(unit, Role.PROCESSING_OFFICER)[0], unit=pk, name=name) for name in words.LABELS]
        for pk, unit in by_unit.items()
    }
    for nth, dossier in enumerate(at_work):
        by, at = _holder(dossier), cast.now - timedelta(minutes=90 - 10 * nth)
        desk.put_label(dossier, labels[dossier.at_unit_id or 0][nth % len(words.LABELS)], by=by, at=at)
        if nth < len(words.DESK_NOTES):
            unit = dossier.at_unit_id if nth % 2 == 0 else None
            desk.write_note(dossier, text=words.DESK_NOTES[nth], unit=unit, by=by, at=at)
    desk.follow(at_work[0], cast.leaders[commune.pk][0], at=cast.now)
    return len(at_work)
