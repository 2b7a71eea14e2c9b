"""Who holds a running step: take it, give it to somebody, give it back (nhận việc, giao việc, trả việc)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from motcua.accounts.models import Assignment, Person
from motcua.accounts.permissions import ROLES, Can, Role
from motcua.accounts.standing_in import own_first
from motcua.journal.recording import record
from motcua.refusal import Refusal

from . import processing
from .lifecycle import NoReason, NotYours, expect
from .models import SETTLING, Dossier, HolderChange, StepInterval


class AlreadyYours(Refusal):
    message = "Bạn đang thụ lý bước này rồi; hồ sơ vẫn giữ nguyên."


class NotHeld(NotYours):
    message = "Bạn không thụ lý bước này nên không có gì để trả lại; hồ sơ vẫn giữ nguyên."


class NotOfTheUnit(Refusal):
    message = "Chỉ giao được cho người đang giữ đúng vị trí của bước ở bộ phận đó. Hãy chọn người khác."


class TheSamePerson(Refusal):
    message = "Người này đang thụ lý bước này rồi. Hãy chọn người khác."


def _step_of(dossier: Dossier, by: Person, at_step: int | None) -> StepInterval:
    expect(dossier, *SETTLING)
    interval = processing.running_step(dossier, by) if at_step is None else processing.step_on_page(dossier, at_step)
    assert interval is not None  # a dossier being settled is always at a step
    return interval


@own_first
def may_take(dossier: Dossier, by: Person, at_step: int | None = None) -> None:
    interval = _step_of(dossier, by, at_step)
    processing.expect_step(dossier, by, *SETTLING, at_step=interval.pk)
    if interval.holder_id in (by.pk, by.instead_of) and interval.holder_id:
        raise AlreadyYours


@transaction.atomic
def take(dossier: Dossier, *, at_step: int, by: Person, at: datetime) -> Dossier:
    """Take a step that waits at one's unit; whoever stands in takes it for the absent colleague (nhận việc)."""
    dossier = Dossier.objects.locked(dossier.pk)
    interval = processing.step_on_page(dossier, at_step)
    may_take(dossier, by, at_step)
    _pass_on(interval, by.instead_of or by.pk, "", by=by, at=at)
    record("dossier.step_taken", about=dossier, by=by, at=at, step=interval.step_id, unit=interval.unit_id)
    return dossier


@own_first
def may_assign(dossier: Dossier, by: Person, at_step: int | None = None) -> None:
    expect(dossier, *SETTLING)
    step_to_assign(dossier, by, at_step)


def step_to_assign(dossier: Dossier, by: Person, at_step: int | None = None) -> StepInterval:
    """The running step at a unit this officer heads, or of an agency they direct."""
    running = processing.running_steps(dossier) if at_step is None else [processing.step_on_page(dossier, at_step)]
    directed = next((interval for interval in running if _directs(interval, by)), None)
    if directed is None:
        raise NotYours("Lãnh đạo bộ phận đang giữ bước này, hoặc lãnh đạo cơ quan, giao việc cho từng người.")
    return directed


def _directs(interval: StepInterval, by: Person) -> bool:
    return any(
        duty.unit == interval.unit_id if duty.role == Role.HEAD_OF_UNIT else duty.agency == interval.unit.agency_id
        for duty in by.duties
        if Can.ASSIGN in ROLES[duty.role]
    )


def directed(steps: Sequence[int], by: Person) -> list[StepInterval]:
    """Those of the running steps that this officer may give to somebody."""
    running = StepInterval.objects.filter(pk__in=steps, ended_at=None)
    return [interval for interval in processing.with_holders(running) if _directs(interval, by)]


def at_hand(dossiers: Sequence[int], by: Person) -> dict[int, int]:
    """By dossier the running step at which it stands, where this officer may give it to somebody."""
    leading = StepInterval.objects.filter(
        dossier__in=dossiers,
        dossier__state__in=SETTLING,
        dossier__at_unit=F("unit"),
        dossier__at_role=F("step__role"),
        ended_at=None,
    )
    return {one.dossier_id: one.pk for one in leading.select_related("step", "unit") if _directs(one, by)}


def people_for(*intervals: StepInterval, at: datetime) -> QuerySet[Person]:
    """Who may hold one of the steps: the people of its unit in its role, but whoever holds them all."""
    places = [Q(unit=one.unit_id, role=one.step.role) for one in intervals]
    there = Assignment.objects.valid_on(timezone.localdate(at)).filter(reduce(or_, places, Q(pk__in=[])))
    people = Person.objects.filter(is_active=True, pk__in=there.values("person"))
    holders = {one.holder_id or 0 for one in intervals}
    return people.exclude(pk__in=holders if len(holders) == 1 else []).order_by("full_name", "pk")


@transaction.atomic
def assign(dossier: Dossier, *, at_step: int, holder: Person, by: Person, at: datetime, reason: str = "") -> Dossier:
    """Give a step to one of the unit's people; taken from a colleague only with a reason (giao việc, chuyển người thụ lý)."""
    dossier = Dossier.objects.locked(dossier.pk)
    interval = processing.step_on_page(dossier, at_step)
    may_assign(dossier, by, at_step)
    if interval.holder_id == holder.pk:
        raise TheSamePerson
    if not people_for(interval, at=at).filter(pk=holder.pk).exists():
        raise NotOfTheUnit
    if not reason.strip() and processing.holder_of(interval):
        raise NoReason("Bước này đang có người thụ lý: cần ghi rõ lý do chuyển cho người khác.")
    _pass_on(interval, holder.pk, reason, by=by, at=at)
    facts = {"step": interval.step_id, "unit": interval.unit_id, "holder": holder.pk}
    record("dossier.step_assigned", about=dossier, by=by, at=at, **facts)
    return dossier


@own_first
def may_give_back(dossier: Dossier, by: Person, at_step: int | None = None) -> None:
    interval = _step_of(dossier, by, at_step)
    if interval.holder_id is None or interval.holder_id not in (by.pk, by.instead_of):
        raise NotHeld


@transaction.atomic
def give_back(dossier: Dossier, *, at_step: int, reason: str, by: Person, at: datetime) -> Dossier:
    """Hold it no longer: the step waits at the unit for somebody to take it (trả việc)."""
    dossier = Dossier.objects.locked(dossier.pk)
    interval = processing.step_on_page(dossier, at_step)
    may_give_back(dossier, by, at_step)
    if not reason.strip():
        raise NoReason("Cần ghi rõ lý do trả việc để lãnh đạo bộ phận biết mà giao người khác.")
    _pass_on(interval, None, reason, by=by, at=at)
    record("dossier.step_given_back", about=dossier, by=by, at=at, step=interval.step_id, unit=interval.unit_id)
    return dossier


def _pass_on(interval: StepInterval, to: int | None, reason: str, *, by: Person, at: datetime) -> None:
    HolderChange.objects.create(
        interval=interval, before_id=interval.holder_id, after_id=to, reason=reason.strip(), by=by, at=at
    )
    interval.holder_id = to
    interval.save(update_fields=["holder"])
    # The dossier's row was locked by the step; it names the holder of the step it stands at.
    Dossier.objects.filter(pk=interval.dossier_id, at_unit=interval.unit_id, at_role=interval.step.role).update(
        holder=to
    )
