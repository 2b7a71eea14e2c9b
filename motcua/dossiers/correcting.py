"""A wrong result goes back before it is handed over (đính chính kết quả chưa trả; one-stop.md §2.3: 9 → 4)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.accounts.standing_in import own_first
from motcua.journal.recording import record
from motcua.refusal import Refusal

from . import clock, posting, processing
from .lifecycle import NoReason, NotYours, expect, move
from .models import CorrectedDecision, Dossier, Outcome, State


class NothingToCorrect(Refusal):
    message = "Hồ sơ chưa có kết quả để đính chính."


@own_first
def may_correct(dossier: Dossier, by: Person) -> None:
    expect(dossier, State.READY)
    if dossier.agency_id not in by.agencies(Can.APPROVE):
        raise NotYours("Người có thẩm quyền phê duyệt ở cơ quan giải quyết quyết định việc đính chính.")
    posting.expect_nothing_on_the_way(dossier)


@transaction.atomic
def correct(dossier: Dossier, *, reason: str, by: Person, at: datetime) -> Dossier:
    """Send a wrong result back to who drafted it; what was decided, finished and why it was wrong is kept for ever.

    The time from the finish on is the agency's again, so that the correction makes no dossier look earlier than it is.
    """
    dossier = Dossier.objects.locked(dossier.pk)
    may_correct(dossier, by)
    if not reason.strip():
        raise NoReason
    decision = getattr(dossier, "decision", None)
    if decision is None or dossier.finished_at is None:
        raise NothingToCorrect
    CorrectedDecision.objects.create(
        dossier=dossier,
        granted=decision.granted,
        number=decision.number,
        summary=decision.summary,
        decided_by=decision.decided_by,
        decided_at=decision.decided_at,
        file=decision.file,
        file_name=decision.file_name,
        finished_at=dossier.finished_at,
        reason=reason,
        corrected_by=by,
        corrected_at=at,
    )
    decision.delete()
    finished, dossier.finished_at = dossier.finished_at, None
    approved = dossier.step_intervals.filter(outcome=Outcome.APPROVED).order_by("id").last()
    assert approved is not None  # a decision was approved at a step
    move(dossier, to=State.IN_PROGRESS)
    clock.start(dossier, clock.ClockOwner.AGENCY, finished, dossier.agency)
    if approved.step.position == 1:
        # Settled at the desk: what was received and decided in one sitting is sat down to again.
        processing.enter_again(dossier, approved, at)
    else:
        processing.enter_before(dossier, approved.step, at)
    record("dossier.corrected", about=dossier, by=by, at=at, step=approved.step_id)
    return dossier
