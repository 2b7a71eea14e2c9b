"""Who stands in for whom while somebody is away, and in whose stead an act is done (vắng mặt, ủy quyền, phân công thay)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from motcua.journal.models import Entry
from motcua.journal.recording import record
from motcua.refusal import Refusal

from .models import Assignment, Delegation, Person
from .permissions import ROLES, Can, Role

LONGEST = 366  # days; who is away for longer is given another assignment


class OthersDuty(Refusal):
    """The act belongs to another unit or role (việc của vị trí khác)."""


class NotYourPeople(Refusal):
    message = (
        "Người vắng tự chọn người thay, hoặc lãnh đạo phòng, lãnh đạo cơ quan của người đó phân công. "
        "Chưa có gì thay đổi."
    )


class Themself(Refusal):
    message = "Người thay phải là người khác, không phải chính người vắng."


class NoPeriod(Refusal):
    message = f"Hãy chọn từ ngày nào đến hết ngày nào; ngày cuối không được đã qua và cả đợt không quá {LONGEST} ngày."


class WhyAway(Refusal):
    message = "Hãy ghi lý do vắng, ví dụ: đi công tác, nghỉ phép."


class OtherAgency(Refusal):
    message = "Người thay phải đang làm việc tại cùng cơ quan với người vắng. Hãy chọn người khác."


class AlreadyTheirs(Refusal):
    message = (
        "Người này đang giữ đúng vị trí đó ở bộ phận đó nên đã làm được việc chưa ai nhận; "
        "việc người vắng đã nhận thì lãnh đạo giao lại cho người này."
    )


class AlreadyLent(Refusal):
    """The same assignment is lent to somebody in that time already (đã có người thay)."""


class AlsoAway(Refusal):
    message = "Người được chọn cũng vắng và đã có người thay trong thời gian đó. Hãy chọn người khác."


class Ended(Refusal):
    message = "Lần phân công thay này đã thôi từ trước."


# Who may lend whose duty ----------------------------------------------------------------------------------------------


def assignments_of(officer: Person, day: date) -> QuerySet[Assignment]:
    """The assignments for which this officer may name who stands in: their own, and those of their people."""
    own = [duty for duty in officer.duties if duty.instead_of is None and Can.DELEGATE in ROLES[duty.role]]
    units = [duty.unit for duty in own if duty.role == Role.HEAD_OF_UNIT]
    agencies = [duty.agency for duty in own if duty.role != Role.HEAD_OF_UNIT]
    theirs = Q(person=officer) | Q(unit__in=units) | Q(unit__agency__in=agencies)
    return (
        Assignment.objects.filter(theirs, Q(valid_to__isnull=True) | Q(valid_to__gte=day), person__is_active=True)
        .select_related("person", "unit__agency")
        .order_by("unit__agency", "unit", "person__full_name", "pk")
    )


def colleagues(assignment: Assignment, day: date) -> QuerySet[Person]:
    """Who may stand in: the people of the same agency who are not already in that very place."""
    there = Assignment.objects.valid_on(day).filter(unit__agency=assignment.unit.agency_id)
    same = there.filter(unit=assignment.unit_id, role=assignment.role)
    people = Person.objects.filter(is_active=True, pk__in=there.values("person")).exclude(pk__in=same.values("person"))
    return people.exclude(pk=assignment.person_id).order_by("full_name", "pk")


@transaction.atomic
def appoint(
    assignment: Assignment,
    *,
    delegate: Person,
    valid_from: date,
    valid_to: date,
    reason: str,
    by: Person,
    at: datetime,
) -> Delegation:
    """Let somebody stand in for a person who is away; from the first day on they have that duty, with no new sign-in."""
    assignment = Assignment.objects.select_for_update(of=("self",)).select_related("unit").get(pk=assignment.pk)
    today = timezone.localdate(at)
    if not assignments_of(by, today).filter(pk=assignment.pk).exists():
        raise NotYourPeople
    if delegate.pk == assignment.person_id:
        raise Themself
    if not today <= valid_to or not valid_from <= valid_to <= valid_from + timedelta(days=LONGEST):
        raise NoPeriod
    if not reason.strip():
        raise WhyAway
    _expect_a_colleague(assignment, delegate, max(valid_from, today))
    _expect_nobody_yet(assignment, delegate, valid_from, valid_to)
    person = Person.objects.select_for_update().get(pk=assignment.person_id)
    delegation = Delegation.objects.create(
        person=person,
        delegate=delegate,
        assignment=assignment,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason.strip(),
        made_by=by,
        made_at=at,
    )
    record("person.delegated", about=person, by=by, at=at, delegation=delegation.pk, delegate=delegate.pk)
    return delegation


def _expect_a_colleague(assignment: Assignment, delegate: Person, day: date) -> None:
    there = Assignment.objects.valid_on(day).filter(person=delegate, unit__agency=assignment.unit.agency_id)
    if not delegate.is_active or not there.exists():
        raise OtherAgency
    if there.filter(unit=assignment.unit_id, role=assignment.role).exists():
        raise AlreadyTheirs


def _expect_nobody_yet(assignment: Assignment, delegate: Person, valid_from: date, valid_to: date) -> None:
    meanwhile = Delegation.objects.filter(ended_at=None, valid_from__lte=valid_to, valid_to__gte=valid_from)
    if other := meanwhile.filter(assignment=assignment).select_related("delegate").first():
        raise AlreadyLent(
            f"{other.delegate} đã được phân công thay vị trí này từ {other.valid_from:%d/%m/%Y} đến hết "
            f"{other.valid_to:%d/%m/%Y}. Hãy chọn thời gian khác, hoặc cho thôi lần phân công đó trước."
        )
    if meanwhile.filter(person=delegate).exists():
        raise AlsoAway


@transaction.atomic
def end(delegation: Delegation, *, by: Person, at: datetime) -> Delegation:
    """Back before the day, or somebody else after all: from now on the duty is lent no longer."""
    delegation = Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
    if not assignments_of(by, timezone.localdate(at)).filter(pk=delegation.assignment_id).exists():
        raise NotYourPeople
    if delegation.ended_at:
        raise Ended
    delegation.ended_by, delegation.ended_at = by, at
    delegation.save(update_fields=["ended_by", "ended_at"])
    person = Person.objects.select_for_update().get(pk=delegation.person_id)
    record("person.delegation_ended", about=person, by=by, at=at, delegation=delegation.pk)
    return delegation


# Lists ----------------------------------------------------------------------------------------------------------------


def today_at(agencies: set[int], day: date) -> QuerySet[Delegation]:
    """Who stands in for whom that day at these agencies."""
    return _told(Delegation.objects.in_force(day).filter(assignment__unit__agency__in=agencies))


def arranged_by(officer: Person, day: date) -> QuerySet[Delegation]:
    """What this officer may still end: of their own and of their people, now and to come."""
    lent = Delegation.objects.filter(ended_at=None, valid_to__gte=day)
    return _told(lent.filter(assignment__in=assignments_of(officer, day).order_by().values("pk")))


def taken_over_by(officer: Person, day: date) -> QuerySet[Delegation]:
    """For whom this officer stands in that day."""
    return _told(Delegation.objects.in_force(day).filter(delegate=officer))


def lent_by(person: Person, day: date) -> QuerySet[Delegation]:
    """Who stands in for this person, now and to come."""
    return _told(Delegation.objects.filter(person=person, ended_at=None, valid_to__gte=day))


def told_by(entries: list[int]) -> dict[int, Delegation]:
    """The delegations these lines of the journal tell of."""
    if not entries:
        return {}
    lines = dict(Entry.objects.filter(pk__in=entries).values_list("pk", "facts__delegation"))
    delegations = Delegation.objects.select_related("person").in_bulk(set(lines.values()))
    return {entry: delegations[pk] for entry, pk in lines.items() if pk in delegations}


def _told(delegations: QuerySet[Delegation]) -> QuerySet[Delegation]:
    people = delegations.select_related("person", "delegate", "made_by", "assignment__unit__agency")
    return people.order_by("valid_from", "pk")


# In whose stead an act is done ----------------------------------------------------------------------------------------

Guard = Callable[..., None]


def own_first(guard: Guard) -> Guard:
    """Judge a person by their own duties, and only where the act is another's by those of whom they stand in for.

    What was found stands in `by.instead_of`, from where the step and its journal line take it.
    """

    @wraps(guard)
    def judge(*asked: Any, **told: Any) -> None:
        by = next(one for one in (*asked, *told.values()) if isinstance(one, Person))

        def in_stead_of(whom: int | None) -> None:
            acting = by.acting(whom)
            guard(
                *(acting if one is by else one for one in asked),
                **{name: acting if one is by else one for name, one in told.items()},
            )

        others = by.stands_in_for
        if not others:
            by.instead_of = None
            return guard(*asked, **told)
        for whom in (None, *others):
            by.instead_of = whom
            try:
                return in_stead_of(whom)
            except OthersDuty as refusal:
                refused = refusal
        by.instead_of = None
        raise refused

    return judge
