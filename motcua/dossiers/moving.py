"""Taking back what was just handed on, and handing it to others (thu hồi, chuyển nội bộ, chuyển phi địa giới; one-stop.md §2.3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.accounts.standing_in import own_first
from motcua.journal.recording import record
from motcua.organisations.models import Agency, Unit
from motcua.refusal import Refusal

from . import intake, posting, processing
from .lifecycle import NoReason, NotNow, NotYours, expect, expect_counter
from .models import Dossier, Outcome, State, StepInterval


class NothingToRecall(Refusal):
    message = "Chỉ người vừa chuyển hồ sơ đi mới thu hồi được, khi bên nhận chưa làm gì với hồ sơ."


class SameUnit(Refusal):
    message = "Hồ sơ đang ở chính bộ phận này."


class OtherKindOfUnit(Refusal):
    message = "Chỉ chuyển được đến bộ phận cùng loại của cùng cơ quan; việc khác cần đúng bước của quy trình."


class AtTheAgency(NotNow):
    message = "Hồ sơ đang ở cơ quan giải quyết. Khi cơ quan trả hồ sơ về Bộ phận Một cửa thì chuyển được đến nơi có thẩm quyền."


class NotCompetent(Refusal):
    message = "Cơ quan này không có thẩm quyền giải quyết thủ tục của hồ sơ, hoặc hồ sơ đang ở đó."


# Recall -------------------------------------------------------------------------------------------------------------


@own_first
def may_recall(dossier: Dossier, by: Person) -> None:
    expect(dossier, State.IN_PROGRESS)
    posting.expect_nothing_on_the_way(dossier)
    if _handed_on(dossier, by) is None or processing.is_decided(dossier):
        raise NothingToRecall


def _handed_on(dossier: Dossier, by: Person) -> StepInterval | None:
    """The step this officer ended last, if everything that began with its end is untouched."""
    ended = dossier.step_intervals.filter(ended_at__isnull=False).select_related("step", "unit")
    last = ended.order_by("ended_at", "id").last()
    if last is None or last.ended_at is None or last.ended_by_id != by.pk or last.outcome != Outcome.DONE:
        return None
    began = [interval for interval in processing.running_steps(dossier) if interval.started_at == last.ended_at]
    return last if began and not _touched(dossier, last.ended_at) else None


def _touched(dossier: Dossier, since: datetime) -> bool:
    """Whether those who got it have asked for anything: papers, money, an opinion."""
    asked = (
        dossier.supplement_requests.filter(requested_at__gte=since),
        dossier.payment_requests.filter(requested_at__gte=since),
        dossier.opinions.filter(asked_at__gte=since),
    )
    first, *others = (questions.order_by().values("pk") for questions in asked)
    return first.union(*others, all=True).exists()


@transaction.atomic
def recall(dossier: Dossier, *, reason: str, by: Person, at: datetime) -> Dossier:
    """Take back what one has just handed on, while nobody has done anything with it (thu hồi hồ sơ vừa chuyển)."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_recall(dossier, by)
    if not reason.strip():
        raise NoReason
    handed = _handed_on(dossier, by)
    assert handed is not None
    for interval in processing.running_steps(dossier):
        if interval.started_at == handed.ended_at:
            processing.end_step(interval, Outcome.RECALLED, by=by, at=at, note=reason)
    processing.enter_again(dossier, handed, at)
    record("dossier.recalled", about=dossier, by=by, at=at, step=handed.step_id, unit=handed.unit_id)
    return dossier


# To another unit of the same agency ---------------------------------------------------------------------------------


@own_first
def may_transfer(dossier: Dossier, by: Person, at_step: int | None = None) -> None:
    expect(dossier, State.IN_PROGRESS)
    posting.expect_nothing_on_the_way(dossier)
    interval = processing.running_step(dossier, by)
    if at_step is not None:
        interval = processing.step_on_page(dossier, at_step)
    assert interval is not None  # a dossier being settled is always at a step
    if interval.unit.agency_id not in by.agencies(Can.TRANSFER):
        raise NotYours(f"Lãnh đạo ở {interval.unit.agency} chuyển hồ sơ giữa các bộ phận.")
    if processing.is_decided(dossier):
        raise processing.Decided


def units_for(dossier: Dossier, by: Person, at: datetime) -> list[Unit]:
    """Where the running step may be done instead."""
    interval = processing.running_step(dossier, by)
    if interval is None:
        return []
    units = Unit.objects.valid_on(timezone.localdate(at)).filter(agency=interval.unit.agency, kind=interval.unit.kind)
    return list(units.exclude(pk=interval.unit_id).order_by("name"))


@transaction.atomic
def transfer(dossier: Dossier, *, at_step: int, unit: Unit, reason: str, by: Person, at: datetime) -> Dossier:
    """Give the running step to another unit of the agency; its own term goes on (chuyển nội bộ)."""
    dossier = Dossier.objects.locked(dossier.pk)
    interval = processing.step_on_page(dossier, at_step)
    may_transfer(dossier, by, at_step)
    if not reason.strip():
        raise NoReason
    if unit.pk == interval.unit_id:
        raise SameUnit
    if (unit.agency_id, unit.kind) != (interval.unit.agency_id, interval.unit.kind):
        raise OtherKindOfUnit
    processing.end_step(interval, Outcome.TRANSFERRED, by=by, at=at, note=reason)
    processing.enter_at(dossier, interval.step, unit, due_at=interval.due_at, at=at)
    record("dossier.transferred", about=dossier, by=by, at=at, step=interval.step_id, unit=unit.pk)
    return dossier


# To another agency of the province ------------------------------------------------------------------------------------


@own_first
def may_send_elsewhere(dossier: Dossier, by: Person) -> None:
    expect(dossier, State.ACCEPTED, State.IN_PROGRESS)
    expect_counter(dossier, by)
    if any(interval.step.position > 1 for interval in processing.running_steps(dossier)):
        raise AtTheAgency
    if processing.was_decided(dossier):
        raise processing.Decided
    if dossier.procedure_version.agency_id:
        raise NotCompetent("Thủ tục này chỉ do một cơ quan giải quyết nên không chuyển đi nơi khác được.")


@transaction.atomic
def send_elsewhere(dossier: Dossier, *, agency: Agency, reason: str, by: Person, at: datetime) -> Dossier:
    """Hand a dossier to the agency that is competent elsewhere in the province; code and dates stay (phi địa giới).

    Also one that the first agency gave back because it is not competent, as long as nothing was decided.
    """
    dossier = Dossier.objects.locked(dossier.pk)
    may_send_elsewhere(dossier, by)
    if not reason.strip():
        raise NoReason
    if agency.pk == dossier.agency_id or not intake.settles(dossier.procedure_version, agency):
        raise NotCompetent
    before, dossier.agency = dossier.agency_id, agency
    dossier.save(update_fields=["agency"])
    record("dossier.sent_elsewhere", about=dossier, by=by, at=at, before=before, agency=agency.pk)
    return dossier
