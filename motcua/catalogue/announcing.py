"""When a procedure must be announced and made public, and ending one (thời hạn công bố, công khai; bãi bỏ TTHC)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.journal.recording import record
from motcua.refusal import Refusal
from motcua.worktime.calendar import Calendar
from motcua.worktime.due import add_working_days

from .models import Procedure, ProcedureVersion

# A province signs the decision at least five working days before the legal basis takes effect, and makes it public
# within five working days of signing (one-stop.md §4.4, indicators 1.1 and 1.2 of QĐ 766/QĐ-TTg).
DAYS = 5
WARNED = 2  # working days before a deadline from which it is due soon


class Kept(StrEnum):
    """How a deadline stands."""

    ON_TIME = "on_time"
    LATE = "overdue"
    DUE_SOON = "due_soon"
    OPEN = "early"


@dataclass(frozen=True)
class Deadline:
    """One deadline of an announcement: its day, and the day on which it was met, if it was."""

    label: str
    due: date
    met: date | None

    def kept(self, today: date, calendar: Calendar) -> Kept:
        if self.met:
            return Kept.ON_TIME if self.met <= self.due else Kept.LATE
        if today > self.due:
            return Kept.LATE
        return Kept.DUE_SOON if add_working_days(calendar, self.due, -WARNED) <= today else Kept.OPEN


def deadlines(
    calendar: Calendar, *, basis_effective_on: date | None, decided_on: date | None, public_on: date | None
) -> list[Deadline]:
    """The deadlines that follow from what is known: of signing (công bố), and of making public (công khai)."""
    found = []
    if basis_effective_on:
        due = add_working_days(calendar, basis_effective_on, -DAYS)
        found.append(Deadline("Ký quyết định công bố", due, decided_on))
    if decided_on:
        found.append(Deadline("Công khai", add_working_days(calendar, decided_on, DAYS), public_on))
    return found


def deadlines_of(version: ProcedureVersion, calendar: Calendar) -> list[Deadline]:
    public = timezone.localdate(version.published_at) if version.published_at else None
    return deadlines(
        calendar,
        basis_effective_on=version.basis_effective_on,
        decided_on=version.decided_on,
        public_on=public,
    )


class NotInForce(Refusal):
    message = "Thủ tục này không có phiên bản nào đang có hiệu lực; có thể đã được bãi bỏ."


class ComingVersion(Refusal):
    message = "Thủ tục này đã có phiên bản có hiệu lực sau ngày bãi bỏ; hãy chọn ngày khác."


class TooEarly(Refusal):
    message = "Ngày bãi bỏ không được trước hôm nay: hồ sơ đã nộp theo bản đang có hiệu lực."


class NotRetired(Refusal):
    message = (
        "Thủ tục này không bị bãi bỏ, hoặc đã hết hiệu lực nên không khôi phục được; hãy công bố một phiên bản mới."
    )


@transaction.atomic
def retire(procedure: Procedure, *, from_day: date, decision: str, by: Person, at: datetime) -> ProcedureVersion:
    """End a procedure from a day on (bãi bỏ); dossiers already filed are settled by their own version."""
    procedure = _locked(procedure)
    today = timezone.localdate(at)
    if from_day < today:
        raise TooEarly
    versions = procedure.versions.order_by("-valid_from")
    if versions.filter(valid_from__gte=from_day).exists():
        raise ComingVersion
    version = versions.filter(valid_to=None).first()
    if version is None:
        raise NotInForce
    version.valid_to, version.retired_by, version.changed_at = from_day - timedelta(days=1), decision, at
    version.save(update_fields=["valid_to", "retired_by", "changed_at"])
    record(
        "procedure.retired", about=procedure, by=by, at=at, version=version.pk, last_day=version.valid_to.isoformat()
    )
    return version


@transaction.atomic
def reinstate(procedure: Procedure, *, by: Person, at: datetime) -> ProcedureVersion:
    """Take back a retirement whose last day has not passed."""
    procedure = _locked(procedure)
    version = procedure.versions.order_by("-valid_from").first()
    if version is None or version.valid_to is None or version.valid_to < timezone.localdate(at):
        raise NotRetired
    version.valid_to, version.retired_by, version.changed_at = None, "", at
    version.save(update_fields=["valid_to", "retired_by", "changed_at"])
    record("procedure.reinstated", about=procedure, by=by, at=at, version=version.pk)
    return version


def _locked(procedure: Procedure) -> Procedure:
    return Procedure.objects.select_for_update().get(pk=procedure.pk)
