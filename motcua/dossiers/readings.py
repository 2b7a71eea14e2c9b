"""Who read a dossier, for which unit and why, and what its people ask about it (ai đã xem hồ sơ).

A question goes to the head of the reader's unit; about what a head read, and where a unit has none, to the head of the agency.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from motcua.accounts.models import Assignment, Delegation, Person
from motcua.accounts.permissions import ROLES, Can, Role
from motcua.accounts.standing_in import own_first
from motcua.journal.models import Reading
from motcua.journal.recording import record
from motcua.organisations.calendars import calendar_of
from motcua.organisations.models import Unit
from motcua.refusal import Refusal
from motcua.worktime.due import add_working_days

from .conversation import of_applicant, said
from .lifecycle import NotYours
from .models import Dossier, ReadingQuestion

PAGE = 30
A_DAY = 10  # questions about one dossier
REMINDED_AFTER = 5  # working days; a reminder of this house, the law sets no term

AGENCY_HEADS = (Role.LEADER, Role.DIRECTOR)


class AlreadyAsked(Refusal):
    message = "Bạn đã hỏi về lượt xem này rồi; câu hỏi và trả lời ở ngay đây."


class TooMany(Refusal):
    message = f"Mỗi ngày hỏi được về {A_DAY} lượt xem của một hồ sơ; câu này chưa gửi. Xin hỏi tiếp vào ngày mai."


class AlreadyAnswered(Refusal):
    message = "Câu hỏi này đã được trả lời; người dân đã đọc được câu trả lời đó."


class Told(NamedTuple):
    """One reading: who, for which unit, when and why, and what was asked about it."""

    reading: Reading
    unit: Unit | None
    question: ReadingQuestion | None


def of(dossier: Dossier, *, after: tuple[datetime, int] | None = None, most: int = PAGE) -> tuple[list[Told], bool]:
    """The newest first, and whether there are older ones; a handful of statements however many officers read it."""
    rows = Reading.objects.filter(subject=dossier.subject)
    if after:
        rows = rows.filter(Q(hour__lt=after[0]) | Q(hour=after[0], pk__lt=after[1]))
    found = list(rows.select_related("reader").order_by("-hour", "-pk")[: most + 1])
    shown = found[:most]
    units = units_of(dossier, shown)
    asked = {one.reading_id: one for one in dossier.reading_questions.filter(reading__in=shown)}
    return [Told(one, units.get(one.pk), asked.get(one.pk)) for one in shown], len(found) > most


def units_of(dossier: Dossier, readings: Iterable[Reading]) -> dict[int, Unit]:
    """For which unit each of them read: the assignment of that day, first at an agency the dossier is with; also one lent."""
    readings = list(readings)
    readers = {one.reader_id for one in readings}
    roles = [role for role, acts in ROLES.items() if Can.SEE_DOSSIERS in acts]
    own = Assignment.objects.filter(person__in=readers, role__in=roles).select_related("unit__agency")
    lent = Delegation.objects.filter(delegate__in=readers).select_related("assignment__unit__agency")
    places = [(one.person_id, one.unit, one.valid_from, one.valid_to) for one in own.order_by("pk")]
    places += [(one.delegate_id, one.assignment.unit, one.valid_from, one.valid_to) for one in lent.order_by("pk")]
    with_it = (dossier.agency_id, dossier.reception_agency_id)
    found: dict[int, Unit] = {}
    for one in readings:
        day = timezone.localdate(one.hour)
        there = [
            unit
            for person, unit, first, last in places
            if person == one.reader_id and first <= day and (last is None or day <= last)
        ]
        if there:
            found[one.pk] = next((unit for unit in there if unit.agency_id in with_it), there[0])
    return found


# Asked ----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(dossier: Dossier, reading: Reading, *, question: str, by: Person, at: datetime) -> ReadingQuestion:
    """Ask once about one reading of one's own dossier (hỏi vì sao hồ sơ được xem)."""
    dossier = Dossier.objects.locked(dossier.pk)
    own = of_applicant(Dossier.objects.filed().filter(pk=dossier.pk), by).exists()
    unit = units_of(dossier, [reading]).get(reading.pk)
    if not own or reading.subject != dossier.subject or unit is None:
        raise NotYours("Chỉ tài khoản đã nộp hồ sơ, hoặc người đã ủy quyền, hỏi được về lượt xem hồ sơ này.")
    if ReadingQuestion.objects.filter(reading=reading).exists():
        raise AlreadyAsked
    words = said(question)
    if dossier.reading_questions.filter(asked_at__gt=at - timedelta(days=1)).count() >= A_DAY:
        raise TooMany
    asked = ReadingQuestion.objects.create(
        reading=reading,
        dossier=dossier,
        unit=unit,
        question=words,
        asked_by=by,
        asked_at=at,
        wanted_by=add_working_days(calendar_of(unit.agency), timezone.localdate(at), REMINDED_AFTER),
    )
    record("dossier.reading_questioned", about=dossier, by=by, at=at, question=asked.pk, unit=unit.pk)
    return asked


# Answered -------------------------------------------------------------------------------------------------------------


def heads(asked: ReadingQuestion) -> Q:
    """Whose assignments answer: the unit's head, else the agency's; nobody explains their own reading while another head can."""
    reader = asked.reading.reader_id
    today = timezone.localdate()
    of_unit = Q(unit=asked.unit_id, role=Role.HEAD_OF_UNIT)
    of_agency = Q(unit__agency=asked.unit.agency_id, role__in=AGENCY_HEADS)
    others = Assignment.objects.valid_on(today).filter(person__is_active=True).exclude(person=reader)
    for place in (of_unit, of_agency):
        if others.filter(place).exists():
            return place & ~Q(person=reader)
    return of_agency


def may_explain(asked: ReadingQuestion, by: Person) -> None:
    """The head, or who stands in for them; never who read it, in whose stead ever."""
    _may_explain(asked, by)
    if asked.answered_at:
        raise AlreadyAnswered


@own_first
def _may_explain(asked: ReadingQuestion, by: Person) -> None:
    whose = by.instead_of or by.pk
    own = Assignment.objects.valid_on(timezone.localdate()).filter(heads(asked), person=whose)
    if not own.exists() or (by.instead_of and by.pk == asked.reading.reader_id):
        raise NotYours(
            f"Câu hỏi này do lãnh đạo {asked.unit} trả lời; nơi đó không có lãnh đạo, hoặc chính lãnh đạo đã xem, "
            "thì người đứng đầu cơ quan trả lời."
        )


@transaction.atomic
def explain(asked: ReadingQuestion, *, answer: str, by: Person, at: datetime) -> ReadingQuestion:
    """The head says why the dossier was read; its people read the answer (trả lời về lượt xem)."""
    dossier = Dossier.objects.locked(asked.dossier_id)
    asked = questions().select_for_update(of=("self",)).get(pk=asked.pk)
    may_explain(asked, by)
    asked.answer, asked.answered_by, asked.answered_at = said(answer), by, at
    asked.save(update_fields=["answer", "answered_by", "answered_at"])
    record("dossier.reading_explained", about=dossier, by=by, at=at, question=asked.pk, unit=asked.unit_id)
    return asked


def questions() -> QuerySet[ReadingQuestion]:
    return ReadingQuestion.objects.select_related("reading__reader", "unit__agency", "answered_by")
