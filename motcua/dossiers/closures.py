"""Closing by decision, and what was promised for those days (nghỉ, đóng cửa đột xuất theo quyết định; one-stop.md §2.5, §10.3).

A promise told to an applicant moves with a line in the journal; a date that no paper promised, of a step, an opinion or an
online filing not yet answered, moves silently. What was left when the closure began is laid out anew on the new calendar.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.accounts.standing_in import own_first
from motcua.journal.recording import record
from motcua.organisations.calendars import Days, Facts, facts_of
from motcua.organisations.models import Agency, Closure, Unit
from motcua.refusal import Refusal
from motcua.worktime.calendar import Calendar
from motcua.worktime.due import due, elapsed
from motcua.worktime.terms import Term

from . import apologies, clock
from .lifecycle import NotYours
from .models import (
    SETTLING,
    Apology,
    ClosureDeclaration,
    Dossier,
    Opinion,
    PaymentRequest,
    State,
    StepInterval,
    SupplementRequest,
)

LONGEST = 31  # days; a longer one is a decision about office hours
LATEST = 7  # days after it began: who is cut off by a storm writes it down when they are back
BATCH = 200


class NoDecision(Refusal):
    message = "Hãy ghi lý do đóng cửa và số, ngày của văn bản quyết định."


class NoPeriod(Refusal):
    message = f"Ngày cuối phải từ ngày đầu trở đi, cả đợt không quá {LONGEST} ngày; đợt dài hơn cần đổi giờ làm việc."


class TooLate(Refusal):
    message = (
        f"Đợt đóng cửa đã bắt đầu hơn {LATEST} ngày nên không khai được nữa; ngày hẹn trả đã qua được giữ như đã hẹn. "
        "Hồ sơ chậm thì cơ quan xin lỗi và hẹn lại."
    )


class RestDays(Refusal):
    message = "Những ngày này vốn là ngày nghỉ, hoặc đã được công bố đóng cửa; không ngày hẹn nào phải dời."


class StillMoving(Refusal):
    message = (
        "Hệ thống đang dời ngày hẹn theo lần công bố trước. Xin đợi ít phút rồi làm lại; nội dung đã nhập vẫn còn."
    )


class Begun(Refusal):
    message = "Đợt đóng cửa đã bắt đầu nên không rút lại được; ngày hẹn đã báo cho người dân được giữ nguyên."


class TakenBack(Refusal):
    message = "Lần công bố này đã được rút lại từ trước."


# Who ------------------------------------------------------------------------------------------------------------------


@own_first
def may_declare(agency: Agency | None, by: Person) -> None:
    """The head closes their own agency; for the whole province the Office of its People's Committee writes the decision down."""
    if agency is None:
        if not by.may(Can.CLOSE_PROVINCE):
            raise NotYours("Việc đóng cửa toàn tỉnh do Văn phòng Ủy ban nhân dân tỉnh ghi nhận theo quyết định.")
    elif agency.pk not in by.agencies(Can.CLOSE_AGENCY):
        raise NotYours("Lãnh đạo cơ quan, giám đốc Trung tâm công bố việc đóng cửa của chính cơ quan mình.")


def seen_by(officer: Person) -> QuerySet[ClosureDeclaration]:
    """The declarations of one's own agencies and of the whole province."""
    declared = ClosureDeclaration.objects.select_related("agency", "declared_by", "taken_back_by")
    if officer.may(Can.CLOSE_PROVINCE):
        return declared
    return declared.filter(Q(agency=None) | Q(agency__in=officer.agencies(Can.CLOSE_AGENCY)))


# Declaring and taking back ----------------------------------------------------------------------------------------------


def expect_sound(days: Days, *, reason: str, legal_basis: str, at: datetime) -> None:
    """What is checked before the preview and again before it is declared."""
    if not reason.strip() or not legal_basis.strip():
        raise NoDecision
    if not days.first <= days.last < days.first + timedelta(days=LONGEST):
        raise NoPeriod
    if days.first < timezone.localdate(at) - timedelta(days=LATEST):
        raise TooLate
    if not _takes_work(days):
        raise RestDays
    if Closure.objects.filter(agency=days.agency, day__range=(days.first, days.last)).exists():
        raise RestDays


def _takes_work(days: Days) -> bool:
    """Whether anybody would have worked on one of these days."""
    agency = Agency.objects.filter(pk=days.agency) if days.agency else Agency.objects.all()
    one = agency.order_by("pk").first()
    if one is None:
        return False
    calendar = facts_of(one).calendar()
    return elapsed(calendar, begins(days), ends(days)) > 0


@transaction.atomic
def declare(
    agency: Agency | None, *, first: date, last: date, reason: str, legal_basis: str, by: Person, at: datetime
) -> ClosureDeclaration:
    """Close by decision: the calendar changes at once, the dates that were given follow in the background."""
    _one_at_a_time()
    may_declare(agency, by)
    days = Days(agency.pk if agency else None, first, last)
    expect_sound(days, reason=reason, legal_basis=legal_basis, at=at)
    declared = ClosureDeclaration.objects.create(
        agency=agency,
        first_day=first,
        last_day=last,
        reason=reason.strip(),
        legal_basis=legal_basis.strip(),
        declared_by=by,
        declared_at=at,
    )
    Closure.objects.bulk_create(
        Closure(agency=agency, day=day, reason=declared.reason, legal_basis=declared.legal_basis) for day in days
    )
    record("closure.declared", about=declared, by=by, at=at)
    _follow(declared)
    return declared


@own_first
def may_take_back(declared: ClosureDeclaration, by: Person, at: datetime) -> None:
    may_declare(declared.agency, by)
    if declared.taken_back_at:
        raise TakenBack
    if declared.first_day <= timezone.localdate(at):
        raise Begun
    if declared.laid_out_at is None:
        raise StillMoving


@transaction.atomic
def take_back(declared: ClosureDeclaration, *, by: Person, at: datetime) -> ClosureDeclaration:
    """The storm went elsewhere: the days are worked, and what was moved moves back with rows and lines of its own."""
    _one_at_a_time()
    declared = ClosureDeclaration.objects.select_related("agency").get(pk=declared.pk)
    may_take_back(declared, by, at)
    Closure.objects.filter(agency=declared.agency, day__range=(declared.first_day, declared.last_day)).delete()
    declared.taken_back_by, declared.taken_back_at = by, at
    declared.reached, declared.moved, declared.laid_out_at = 0, 0, None
    declared.save()
    record("closure.taken_back", about=declared, by=by, at=at)
    _follow(declared)
    return declared


def _one_at_a_time() -> None:
    """Two closures at once would lay out the same date twice: one waits until the other has moved everything."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {ClosureDeclaration._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
    if ClosureDeclaration.objects.filter(laid_out_at=None).exists():
        raise StillMoving


def _follow(declared: ClosureDeclaration) -> None:
    from .tasks import lay_out  # the job framework is ready only when all apps are

    lay_out.defer(declaration=declared.pk)


# What moves -------------------------------------------------------------------------------------------------------------


def begins(days: Days) -> datetime:
    return timezone.make_aware(datetime.combine(days.first, time.min))


def ends(days: Days) -> datetime:
    return timezone.make_aware(datetime.combine(days.last + timedelta(days=1), time.min))


class Move(NamedTuple):
    """A promised date as it would move."""

    dossier: Dossier
    before: datetime
    after: datetime


class Calendars:
    """The calendar before and after, of each agency or unit, read once."""

    def __init__(self, days: Days, *, declared: bool, taken_back: bool = False) -> None:
        self.days, self.declared, self.taken_back = days, declared, taken_back
        self.known: dict[tuple[type, int], tuple[Calendar, Calendar]] = {}

    def of(self, whose: Agency | Unit) -> tuple[Calendar, Calendar]:
        key = type(whose), whose.pk
        if key not in self.known:
            self.known[key] = self._before_and_after(facts_of(whose))
        return self.known[key]

    def _before_and_after(self, facts: Facts) -> tuple[Calendar, Calendar]:
        if not self.declared:
            return facts.calendar(), facts.calendar(closed=self.days)
        if self.taken_back:
            return facts.calendar(closed=self.days), facts.calendar()
        return facts.calendar(opened=self.days), facts.calendar()

    def laid_anew(self, whose: Agency | Unit, promised: datetime, *, given: datetime) -> datetime:
        """The working time left when the closure began, or when the date was given if that was later, laid out anew."""
        before, after = self.of(whose)
        since = max(begins(self.days), given)
        if promised <= since:
            return promised
        left = elapsed(before, since, promised)
        return promised if elapsed(after, since, promised) == left else _keeping_the_hour(after, since, left, promised)


def _keeping_the_hour(calendar: Calendar, since: datetime, left: int, promised: datetime) -> datetime:
    """The close of a day and the opening of the next are one working moment: of the two, the hour that was promised."""
    at_close = due(calendar, since, Term.minutes(left))
    at_opening = due(calendar, since, Term.minutes(left + 1)) - timedelta(minutes=1)
    return at_opening if timezone.localtime(at_opening).time() == timezone.localtime(promised).time() else at_close


# When the running dates of a dossier were given: at filing or acceptance, or when it came back from its applicant.
GIVEN = Greatest(
    Coalesce("accepted_at", "submitted_at"),
    Subquery(
        SupplementRequest.objects.filter(dossier=OuterRef("pk"))
        .values("dossier")
        .annotate(last=Max("answered_at"))
        .values("last")
    ),
    Subquery(
        PaymentRequest.objects.filter(dossier=OuterRef("pk"))
        .values("dossier")
        .annotate(last=Max("paid_at"))
        .values("last")
    ),
)


def promised_within(days: Days) -> QuerySet[Dossier]:
    """The open dossiers whose promised date lies on or after the closure; one whose result is there is left alone."""
    dossiers = Dossier.objects.filter(state__in=SETTLING, due_at__gte=begins(days), accepted_at__lt=ends(days))
    return dossiers.filter(agency=days.agency) if days.agency else dossiers


def preview(days: Days, dossiers: Sequence[Dossier]) -> Iterator[Move]:
    """From when to when these would move; `dossiers` are some of `promised_within`, with `given` and `agency`."""
    calendars = Calendars(days, declared=False)
    for dossier in dossiers:
        assert dossier.due_at is not None
        after = calendars.laid_anew(dossier.agency, dossier.due_at, given=dossier.given)  # type: ignore[attr-defined]
        yield Move(dossier, dossier.due_at, after)


def _concerned(days: Days) -> QuerySet[Dossier]:
    """Everything open that has a date of an agency that closes."""
    dossiers = Dossier.objects.filter(state__in=(State.SUBMITTED, *SETTLING)).annotate(given=GIVEN)
    if days.agency is None:
        return dossiers
    steps = StepInterval.objects.filter(dossier=OuterRef("pk"), ended_at=None, unit__agency=days.agency)
    asked = Opinion.objects.filter(dossier=OuterRef("pk"), answered_at=None, waived_at=None, unit__agency=days.agency)
    return dossiers.filter(
        Q(agency=days.agency) | Q(reception_agency=days.agency) | Q(Exists(steps)) | Q(Exists(asked))
    )


def lay_out(declared: ClosureDeclaration, *, at: datetime, batch: int = BATCH) -> None:
    """Move every date the closure touches, a batch a transaction; begun again, it goes on where it stood."""
    while _lay_out_some(declared.pk, at=at, batch=batch):
        pass


@transaction.atomic
def _lay_out_some(pk: int, *, at: datetime, batch: int) -> bool:
    declared = ClosureDeclaration.objects.select_for_update().get(pk=pk)
    if declared.laid_out_at is not None:
        return False
    decided_at = declared.taken_back_at or declared.declared_at
    calendars = Calendars(declared.days, declared=True, taken_back=declared.taken_back_at is not None)
    some = list(
        _concerned(declared.days)
        .filter(pk__gt=declared.reached)
        .select_related("agency", "reception_agency", "rule_set")
        .select_for_update(of=("self",))
        .order_by("pk")[:batch]
    )
    for dossier in some:
        # What was given since then was counted on the new calendar already.
        if dossier.given < decided_at:  # type: ignore[attr-defined]
            declared.moved += _move(dossier, declared, calendars, at)
    if some:
        declared.reached = some[-1].pk
    if len(some) < batch:
        declared.laid_out_at = at
    declared.save(update_fields=["reached", "moved", "laid_out_at"])
    return declared.laid_out_at is None


def _move(dossier: Dossier, declared: ClosureDeclaration, calendars: Calendars, at: datetime) -> bool:
    """Whether the promised date moved; the others follow silently."""
    given = dossier.given  # type: ignore[attr-defined]
    _move_unpromised(dossier, calendars, given)
    if dossier.state == State.SUBMITTED or dossier.due_at is None:
        return False
    _move_renewed(dossier, declared, calendars, at)
    after = calendars.laid_anew(dossier.agency, dossier.due_at, given=given)
    if after == dossier.due_at:
        return False
    what = "Không đóng cửa nữa" if declared.taken_back_at else declared.reason
    moved = clock.move_due_date(
        dossier, after, reason=f"{what} ({declared.legal_basis})"[:200], at=at, closure=declared
    )
    assert moved is not None  # the date is another one
    dossier.save(update_fields=["due_at"])
    record("dossier.due_date_moved", about=dossier, by=None, at=at, move=moved.pk, closure=declared.pk)
    return True


def _move_renewed(dossier: Dossier, declared: ClosureDeclaration, calendars: Calendars, at: datetime) -> None:
    """A date promised anew on a day that is closed now follows too; the signed apology keeps the one it was signed with."""
    if dossier.renewed_due_at is None:
        return
    signed_at = Apology.objects.values_list("signed_at", flat=True).get(dossier=dossier)
    assert signed_at is not None  # a date is promised anew by a signed apology
    after = calendars.laid_anew(dossier.agency, dossier.renewed_due_at, given=signed_at)
    if after != dossier.renewed_due_at:
        apologies.move_by_law(dossier, after, closure=declared, at=at)


def _move_unpromised(dossier: Dossier, calendars: Calendars, given: datetime) -> None:
    """Dates on no paper: of an online filing not yet answered, of running steps, of opinions awaited (§10.3)."""
    if dossier.state == State.SUBMITTED and dossier.reception_due_at:
        after = calendars.laid_anew(dossier.reception_agency, dossier.reception_due_at, given=given)
        if after != dossier.reception_due_at:
            dossier.reception_due_at = after
            dossier.save(update_fields=["reception_due_at"])
    for one in dossier.step_intervals.filter(ended_at=None, due_at__isnull=False).select_related("unit"):
        assert one.due_at is not None  # as asked for
        after = calendars.laid_anew(one.unit, one.due_at, given=max(given, one.started_at))
        if after != one.due_at:
            StepInterval.objects.filter(pk=one.pk).update(due_at=after)
    for asked in dossier.opinions.filter(answered_at=None, waived_at=None).select_related("unit"):
        after = calendars.laid_anew(asked.unit, asked.due_at, given=asked.asked_at)
        if after != asked.due_at:
            Opinion.objects.filter(pk=asked.pk).update(due_at=after)
