"""What officers have to do, as lists; each number opens exactly the list it counts (danh sách việc)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from operator import or_
from typing import Any, NamedTuple, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from motcua.accounts.models import Assignment, Person
from motcua.accounts.permissions import ROLES, Can, Role
from motcua.catalogue.models import ProcedureVersion, ProcessStep
from motcua.dossiers import apologies, clock
from motcua.dossiers.models import OPEN, SETTLING, ClockInterval, Dossier, Opinion, State, StepInterval
from motcua.organisations.calendars import calendar_of
from motcua.organisations.models import Unit
from motcua.vietnamese import fold
from motcua.worktime.due import add_working_days

from .models import Badge, Follow, Labelled

PAGE = 50
MOST_COUNTED = 100  # beyond that a number says "99+" and costs no more
AT_WORK = (State.ACCEPTED, State.IN_PROGRESS)
WAITING = (State.AWAITING_COMPLETION, State.AWAITING_APPLICANT, State.AWAITING_PAYMENT)
MOST_WORDS = 8
STILL_DAYS = 3  # working days without anything that moved
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


# Whose --------------------------------------------------------------------------------------------------------------


def desks(officer: Person) -> set[int]:
    """The agencies at whose counter this officer receives, or which they direct."""
    return {duty.agency for duty in officer.duties if Can.RECEIVE in ROLES[duty.role] or duty.role == Role.DIRECTOR}


def _here(officer: Person) -> Q:
    """What the officer's agencies received at their counter or settle; one column each, so that its index serves."""
    counters = desks(officer)
    others = officer.agencies(Can.SEE_DOSSIERS) - counters
    either = [Q(reception_agency__in=counters)] if counters else []
    either += [Q(agency__in=others)] if others else []
    return _any(either)


def _mine(officer: Person) -> Q:
    """What waits for the officer's position and no colleague holds."""
    waits = _any([Q(at_unit=duty.unit, at_role=duty.role) for duty in officer.duties])
    return waits & _open_to(officer, unit="at_unit", role="at_role")


def _open_to(officer: Person, *, unit: str, role: str) -> Q:
    """Held by the officer, by whom they stand in for, by nobody, or by somebody who left that position."""
    still_there = Assignment.objects.valid_on(timezone.localdate()).filter(
        person=OuterRef("holder"), person__is_active=True, unit=OuterRef(unit), role=OuterRef(role)
    )
    return _any([Q(holder=None), Q(holder__in=[officer.pk, *officer.stands_in_for]), Q(~Exists(still_there))])


def _beside(officer: Person) -> Q:
    """Dossiers that stand elsewhere while a step of this officer, or of a unit they head, runs side by side."""
    own = _steps_of(officer).filter(step__stage__isnull=False)
    headed = {duty.unit for duty in officer.duties if duty.role == Role.HEAD_OF_UNIT}
    of_unit = StepInterval.objects.filter(unit__in=headed, ended_at=None, step__stage__isnull=False)
    theirs = Q(pk__in=of_unit.values("dossier")) & ~Q(at_unit__in=headed)
    return Q(pk__in=own.values("dossier")) & ~_mine(officer) | theirs


def _steps_of(officer: Person) -> QuerySet[StepInterval]:
    """The running steps that wait for this officer's unit and role."""
    waits = _any([Q(unit=duty.unit, step__role=duty.role) for duty in officer.duties])
    return StepInterval.objects.filter(waits & _open_to(officer, unit="unit", role="step__role"), ended_at=None)


def _to_sign(officer: Person) -> Q:
    """Results to approve at a step of the officer's, and apologies written for the head of their agency to sign."""
    results = _steps_of(officer).filter(step__is_approval=True, dossier__state__in=AT_WORK)
    return Q(pk__in=results.values("dossier").union(apologies.to_sign(officer).order_by().values("dossier")))


def _asked(officer: Person) -> Q:
    owed = Opinion.objects.filter(unit__in=officer.units(Can.GIVE_OPINION), answered_at=None, waived_at=None)
    return Q(pk__in=owed.values("dossier"))


def _still(officer: Person, at: datetime) -> Q:
    """At work, and for three working days no step begun, nobody else's time ended and no opinion asked or given.

    Whoever only works in a unit sees its own; whoever directs an agency sees all of it.
    """
    since = _three_working_days_before(officer, at)
    units = officer.units(Can.SEE_DOSSIERS)
    beside = StepInterval.objects.filter(unit__in=units, ended_at=None, step__stage__isnull=False)
    whose = _any([Q(at_unit__in=units), Q(pk__in=beside.values("dossier")), _led(officer)])
    of_it = OuterRef("pk")
    return (
        whose
        & Q(state__in=AT_WORK)
        & Exists(StepInterval.objects.filter(dossier=of_it, ended_at=None, started_at__lt=since))
        & ~Exists(StepInterval.objects.filter(dossier=of_it, started_at__gte=since))
        & ~Exists(ClockInterval.objects.filter(dossier=of_it, started_at__gte=since))
        & ~Exists(
            Opinion.objects.filter(
                Q(asked_at__gte=since) | Q(answered_at__gte=since) | Q(waived_at__gte=since), dossier=of_it
            )
        )
    )


def late_steps(officer: Person, at: datetime) -> Q:
    """Running steps beyond their own time: of one's unit, for whoever directs an agency all of it, whoever settles the dossier."""
    agencies = officer.agencies(Can.APPROVE)
    whose = Q(unit__in=officer.units(Can.SEE_DOSSIERS)) | Q(unit__agency__in=agencies)
    return Q(pk__in=StepInterval.objects.filter(whose, ended_at=None, due_at__lt=at).values("dossier"))


def _led(officer: Person) -> Q:
    """What the agencies settle that this officer directs, and what the centre received for its director."""
    agencies = officer.agencies(Can.APPROVE)
    counters = {duty.agency for duty in officer.duties if duty.role == Role.DIRECTOR}
    either = [Q(agency__in=agencies)] if agencies else []
    either += [Q(reception_agency__in=counters)] if counters else []
    return _any(either)


def _three_working_days_before(officer: Person, at: datetime) -> datetime:
    """The same time of day, so many working days ago, by the calendar of the officer's first unit."""
    here = timezone.localtime(at)
    unit = Unit(pk=officer.duties[0].unit, agency_id=officer.duties[0].agency)
    day = add_working_days(calendar_of(unit), here.date(), -STILL_DAYS)
    return timezone.make_aware(datetime.combine(day, here.time()))


def _any(conditions: list[Q]) -> Q:
    found = Q(pk__in=[])
    for condition in conditions:
        found = or_(found, condition)
    return found


# Which --------------------------------------------------------------------------------------------------------------

Choose = Callable[[Person, datetime], Q]


class WorkList(NamedTuple):
    """One list of the desk: what is in it, by which date it is ordered, and what to say when it is empty."""

    name: str
    path: str
    label: str
    chosen: Choose
    empty: str
    advice: str
    shape: str = ""
    by: str = "due_at"
    at_counter: bool = False  # only for whoever receives or directs a counter
    chips: tuple[str, ...] = ("overdue", "today", "later")
    over_units: bool = False  # holds dossiers of several units, so that each row says where it is
    when_any: bool = False  # stands beside the page only while there is something in it
    acts: tuple[Can, ...] = ()  # only for whoever may do one of these
    batch: tuple[str, ...] = ()  # what may be done with several at once


LISTS: dict[str, WorkList] = {
    one.name: one
    for one in (
        WorkList(
            "home",
            "",
            "Của tôi",
            lambda officer, at: _mine(officer) & Q(state__in=AT_WORK),
            "Không có hồ sơ nào đang chờ ở vị trí này",
            "Hồ sơ chuyển đến vị trí này sẽ hiện ở đây, hồ sơ đến hạn trước đứng trước.",
            chips=("overdue", "today", "later", "unheld"),
            batch=("hand_to_agency", "do_step", "finish", "take"),
        ),
        WorkList(
            "beside",
            "song-song/",
            "Làm song song",
            lambda officer, at: _beside(officer) & Q(state__in=AT_WORK),
            "Không có hồ sơ nào cần làm song song ở vị trí này",
            "Hồ sơ do cơ quan, bộ phận khác chủ trì mà vị trí này cùng làm một bước sẽ hiện ở đây.",
            over_units=True,
            when_any=True,
            batch=("do_step",),
        ),
        WorkList(
            "sign",
            "cho-ky/",
            "Chờ ký",
            lambda officer, at: _to_sign(officer) & Q(state__in=SETTLING),
            "Không có gì chờ ký",
            "Kết quả trình phê duyệt và văn bản xin lỗi đã soạn xong sẽ hiện ở đây.",
            over_units=True,
            acts=(Can.APPROVE, Can.SIGN_APOLOGY),
            batch=("sign_apology",),
        ),
        WorkList(
            "opinions",
            "cho-y-kien/",
            "Cần cho ý kiến",
            lambda officer, at: _asked(officer) & Q(state__in=OPEN),
            "Không có hồ sơ nào chờ ý kiến của đơn vị",
            "Hồ sơ mà bộ phận khác hỏi ý kiến đơn vị sẽ hiện ở đây đến khi trả lời.",
            over_units=True,
            when_any=True,
            acts=(Can.GIVE_OPINION,),
        ),
        WorkList(
            "inbox",
            "cho-tiep-nhan/",
            "Chờ tiếp nhận",
            lambda officer, at: Q(reception_agency__in=desks(officer), state=State.SUBMITTED),
            "Không có hồ sơ trực tuyến nào chờ tiếp nhận",
            "Hồ sơ người dân nộp trực tuyến sẽ hiện ở đây; cần trả lời trong 8 giờ làm việc.",
            by="reception_due_at",
            at_counter=True,
        ),
        WorkList(
            "ready",
            "cho-tra-ket-qua/",
            "Chờ trả kết quả",
            lambda officer, at: Q(reception_agency__in=desks(officer), state=State.READY, at_post=False),
            "Không có kết quả nào chờ trả",
            "Kết quả do cơ quan giải quyết chuyển về sẽ hiện ở đây.",
            at_counter=True,
            chips=(),
        ),
        WorkList(
            "posted",
            "o-buu-dien/",
            "Ở bưu điện",
            lambda officer, at: Q(reception_agency__in=desks(officer), state__in=OPEN, at_post=True),
            "Không có gì đang ở bưu điện",
            "Kết quả đã giao bưu điện và hồ sơ giấy đang đến nơi giải quyết sẽ ở đây đến khi có người ghi nhận đã đến.",
            at_counter=True,
            chips=(),
            when_any=True,
        ),
        WorkList(
            "unit",
            "don-vi/",
            "Đơn vị tôi",
            lambda officer, at: Q(at_unit__in=officer.units(Can.SEE_DOSSIERS), state__in=OPEN),
            "Đơn vị không có hồ sơ nào đang giải quyết",
            "Hồ sơ đang ở đơn vị, dù ai giữ, sẽ hiện ở đây.",
            chips=("overdue", "today", "later", "waiting", "unheld"),
        ),
        WorkList(
            "agency",
            "co-quan/",
            "Cơ quan tôi",
            lambda officer, at: _here(officer) & Q(state__in=OPEN),
            "Cơ quan không có hồ sơ nào đang giải quyết",
            "Mọi hồ sơ cơ quan đã tiếp nhận hoặc đang giải quyết sẽ hiện ở đây.",
            chips=("overdue", "today", "later", "waiting"),
            over_units=True,
        ),
        WorkList(
            "waiting",
            "cho-nguoi-nop/",
            "Chờ người nộp",
            lambda officer, at: _here(officer) & Q(state__in=WAITING),
            "Không có hồ sơ nào chờ người nộp",
            "Hồ sơ đã yêu cầu bổ sung hoặc nộp tiền sẽ chờ ở đây đến khi người nộp thực hiện.",
            shape="waiting",
            chips=(),
            over_units=True,
        ),
        WorkList(
            "today",
            "hom-nay/",
            "Hôm nay",
            lambda officer, at: _here(officer) & Q(state__in=AT_WORK) & _chip("today", "due_at", at),
            "Hôm nay không còn hồ sơ nào đến hạn",
            "Hồ sơ hẹn trả trong hôm nay mà chưa xong sẽ hiện ở đây.",
            shape="due_soon",
            chips=(),
            over_units=True,
        ),
        WorkList(
            "overdue",
            "qua-han/",
            "Quá hạn",
            lambda officer, at: _here(officer) & Q(state__in=AT_WORK) & _chip("overdue", "due_at", at),
            "Không có hồ sơ quá hạn",
            "Hồ sơ đã qua ngày hẹn trả mà chưa xong sẽ hiện ở đây, chậm nhất đứng trước.",
            shape="overdue",
            chips=(),
            over_units=True,
        ),
        WorkList(
            "late_steps",
            "buoc-qua-han/",
            "Bước quá hạn",
            lambda officer, at: late_steps(officer, at) & Q(state__in=AT_WORK),
            "Không có bước nào quá hạn",
            "Hồ sơ có bước đang làm ở đơn vị đã quá hạn của bước, dù chưa đến ngày hẹn trả, sẽ hiện ở đây.",
            shape="overdue",
            chips=(),
            over_units=True,
            when_any=True,
        ),
        WorkList(
            "still",
            "khong-chuyen-bien/",
            "Ba ngày nằm yên",
            _still,
            "Không có hồ sơ nào nằm yên quá ba ngày làm việc",
            "Hồ sơ ba ngày làm việc liền không có bước nào bắt đầu hay kết thúc sẽ hiện ở đây.",
            over_units=True,
        ),
        WorkList(
            "news",
            "tin-moi/",
            "Có tin mới",
            lambda officer, at: Q(pk__in=Badge.objects.filter(officer=officer.pk).values("dossier")),
            "Không có tin mới",
            "Hồ sơ vừa có việc bạn cần biết sẽ hiện ở đây đến khi bạn mở hồ sơ.",
            chips=(),
            over_units=True,
            when_any=True,
        ),
        WorkList(
            "followed",
            "theo-doi/",
            "Đang theo dõi",
            lambda officer, at: Q(pk__in=Follow.objects.filter(officer=officer.pk).values("dossier")),
            "Bạn chưa theo dõi hồ sơ nào",
            "Bấm “Theo dõi” ở trang hồ sơ; khi có việc mới, hồ sơ sẽ có nhãn tin ở đây.",
            chips=(),
            over_units=True,
            when_any=True,
        ),
    )
}

CHIPS = {
    "overdue": ("qua-han", "Quá hạn", "overdue"),
    "today": ("hom-nay", "Hôm nay", "due_soon"),
    "later": ("sap-toi", "Sắp tới", "on_time"),
    "waiting": ("cho", "Chờ người nộp", "waiting"),
    "unheld": ("chua-ai-nhan", "Chưa ai nhận", ""),
}


def _chip(chip: str, by: str, at: datetime) -> Q:
    """A part of a list by time: late, until the end of today, later, or standing still."""
    tomorrow = timezone.make_aware(datetime.combine(timezone.localdate(at) + timedelta(days=1), time.min))
    # As clock.lateness: a result by the day, the answer to an online filing by the minute.
    since = at if by == "reception_due_at" else clock.day_began(at)
    if chip == "unheld":
        return Q(state=State.IN_PROGRESS, holder=None)
    if chip == "overdue":
        return ~Q(state__in=(*WAITING, State.READY)) & Q(**{f"{by}__lt": since})
    if chip == "today":
        return ~Q(state__in=(*WAITING, State.READY)) & Q(**{f"{by}__gte": since, f"{by}__lt": tomorrow})
    if chip == "later":
        later = Q(**{f"{by}__gte": tomorrow}) | Q(**{f"{by}__isnull": True})
        return ~Q(state__in=(*WAITING, State.READY)) & later
    return Q(state__in=WAITING)


def lists_of(officer: Person) -> list[WorkList]:
    """The lists that mean something to this officer, in the order they are worked through."""
    at_counter = bool(desks(officer))
    return [
        one
        for one in LISTS.values()
        if (at_counter or not one.at_counter) and (not one.acts or any(officer.may(act) for act in one.acts))
    ]


def chosen(
    worklist: WorkList,
    officer: Person,
    at: datetime,
    *,
    handled: QuerySet[Dossier] | None = None,
    chip: str = "",
    versions: Sequence[int] | None = None,
    label: int | None = None,
) -> QuerySet[Dossier]:
    """The dossiers of a list, narrowed by time, procedures and a label; `handled` saves asking again what they handle."""
    if handled is None:
        handled = Dossier.objects.handled_by(officer)
    dossiers = handled.filter(worklist.chosen(officer, at))
    if chip in worklist.chips:
        dossiers = dossiers.filter(_chip(chip, worklist.by, at))
    if versions is not None:
        dossiers = dossiers.filter(procedure_version__in=versions)
    if label is not None:
        # A label of a unit sorts for its own people only; for others it finds nothing.
        put_on = Labelled.objects.filter(label=label, label__unit__in=officer.units(Can.SEE_DOSSIERS))
        dossiers = dossiers.filter(pk__in=put_on.values("dossier"))
    return dossiers


def named(about: str) -> list[int] | None:
    """Procedures with every word in their name, field, keywords or code; None when nothing was typed.

    Asked for beforehand: as a part of the query of the list it is now and then looked up anew for every dossier.
    """
    words = re.findall(r"[a-z0-9.]+", fold(about[:200]))[:MOST_WORDS]
    versions = ProcedureVersion.objects.all()
    for word in words:
        versions = versions.filter(
            Q(name_folded__contains=word) | Q(words_folded__contains=word) | Q(procedure__code__contains=word)
        )
    return list(versions.values_list("pk", flat=True)) if words else None


# How many -----------------------------------------------------------------------------------------------------------


class Counted(NamedTuple):
    """The numbers of the parts, and what stands around the page."""

    numbers: dict[str, int]
    desk: str
    saved: list[tuple[int, str, str, str]]  # saved filters: number, name, list and conditions
    labels: list[tuple[int, str]]
    columns: list[str] | None


AROUND = """
(SELECT u.name || ' · ' || a.short_name FROM organisations_unit u
    JOIN organisations_agency a ON a.id = u.agency_id WHERE u.id = %s),
(SELECT json_agg(json_build_array(id, name, listed, query) ORDER BY name) FROM counter_savedfilter WHERE officer_id = %s),
(SELECT json_agg(json_build_array(id, name) ORDER BY name, id) FROM counter_label WHERE unit_id = ANY(%s)),
(SELECT columns::text FROM counter_chosencolumns WHERE officer_id = %s AND listed = %s)"""


def count(parts: Mapping[str, QuerySet[Dossier]], officer: Person, *, listed: str = "") -> Counted:
    """How many each of them holds, counted no further than anybody reads, and what the officer keeps; in one statement."""
    columns: list[str] = []
    given: list[Any] = []
    for part in parts.values():
        try:
            sql, params = part.order_by().values("pk")[:MOST_COUNTED].query.sql_with_params()
        except EmptyResultSet:
            sql, params = "SELECT 1 WHERE false", ()
        columns.append(f"(SELECT count(*) FROM ({sql}) AS part)")
        given += params
    desk = officer.duties[0].unit if officer.duties else None
    given += [desk, officer.pk, sorted(officer.units(Can.SEE_DOSSIERS)), officer.pk, listed]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join([*columns, AROUND])}", given)
        *numbers, name, saved, labels, chosen_columns = cursor.fetchone()
    return Counted(
        dict(zip(parts, numbers, strict=True)),
        name or "",
        [(pk, name, listed, query) for pk, name, listed, query in saved or []],
        [(pk, name) for pk, name in labels or []],
        json.loads(chosen_columns) if chosen_columns else None,
    )


def in_words(number: int) -> str:
    return "99+" if number >= MOST_COUNTED else str(number)


# A page of rows -----------------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """One line of a list; plain facts, because fifty objects cost more than the query (performance.md)."""

    pk: int
    code: str
    state: str
    procedure: str
    owner: str
    unit: str | None
    step: str | None
    due_at: datetime | None
    reception_due_at: datetime | None
    finished_at: datetime | None
    submitted_at: datetime | None
    accepted_at: datetime | None = None
    field: str = ""
    channel: str = ""
    agency: str = ""
    holder: str | None = None
    labels: Sequence[str] = ()
    news: Sequence[str] = ()  # events not yet read
    held: Mapping[str, Any] | None = None  # the running step that waits for this officer and needs no decision
    sorry: bool = False  # an apology waits for this officer's signature

    def lateness(self, at: datetime) -> str:
        """The question is asked in one place for all; it needs no more of a dossier than a row has."""
        return clock.lateness(cast(Dossier, self), at)


class Page(NamedTuple):
    rows: list[Row]
    before: str  # the mark to go back with, empty on the first page
    after: str  # the mark to go on with, empty on the last page


class Mark(NamedTuple):
    """Where a page ends: the date its list is ordered by, and the dossier (keyset)."""

    moment: datetime | None
    pk: int

    def __str__(self) -> str:
        return f"{'' if self.moment is None else (self.moment - EPOCH) // MICROSECOND}.{self.pk}"

    @classmethod
    def read(cls, text: str) -> Mark | None:
        match = re.fullmatch(r"(\d{0,16})\.(\d{1,18})", text, re.ASCII)
        if match is None:
            return None
        moment = EPOCH + int(match[1]) * MICROSECOND if match[1] else None
        return cls(moment, int(match[2]))


RUNNING = StepInterval.objects.filter(dossier=OuterRef("pk"), ended_at=None).order_by("-id").values("step__work")[:1]
FACTS = (
    "pk",
    "code",
    "state",
    "procedure_version__name",
    "owner_name",
    "at_unit__name",
    Subquery(RUNNING),
    "due_at",
    "reception_due_at",
    "finished_at",
    "submitted_at",
    "accepted_at",
    "procedure_version__field__name",
    "channel",
    "agency__short_name",
    "holder__full_name",
)


def _own(officer: Person) -> tuple[Any, ...]:
    """What a row tells only this officer: labels of the unit, what they have not read, and which step is theirs to end."""
    of_it = OuterRef("pk")
    labels = Labelled.objects.filter(dossier=of_it, label__unit__in=officer.units(Can.SEE_DOSSIERS))
    news = Badge.objects.filter(dossier=of_it, officer=officer.pk).order_by("pk")
    held = _steps_of(officer).filter(dossier=of_it, step__is_approval=False).order_by("step__position", "pk")
    further = ProcessStep.objects.filter(
        process=OuterRef("step__process"), position__gt=OuterRef("step__position")
    ).order_by()
    return (
        ArraySubquery(labels.order_by("label__name").values("label__name")),
        ArraySubquery(news.values("event")),
        Subquery(
            held.values(
                told=JSONObject(step="pk", position="step__position", due="due_at", last=~Exists(further)),
            )[:1]
        ),
        Exists(apologies.to_sign(officer).order_by().filter(dossier=of_it)),
    )


def page(
    dossiers: QuerySet[Dossier],
    by: str,
    *,
    officer: Person | None = None,
    after: str = "",
    before: str = "",
    size: int = PAGE,
) -> Page:
    """Fifty rows, the most urgent first and those without a date last; pages neither overlap nor leave anything out."""
    ahead, back = Mark.read(after), Mark.read(before)
    backwards = back is not None
    if mark := back or ahead:
        dossiers = dossiers.filter(_beyond(by, mark, backwards))
    dossiers = dossiers.order_by(f"-{by}", "-id") if backwards else dossiers.order_by(by, "id")
    own = _own(officer) if officer else ()
    found = [Row(*row) for row in dossiers.values_list(*FACTS, *own)[: size + 1]]
    more, rows = len(found) > size, found[:size]
    if backwards:
        rows.reverse()
    first, last = (_mark(rows[0], by), _mark(rows[-1], by)) if rows else ("", "")
    return Page(
        rows,
        before=first if (more if backwards else mark is not None) else "",
        after=last if (more or backwards) else "",
    )


def _mark(row: Row, by: str) -> str:
    return str(Mark(getattr(row, by), row.pk))


def _beyond(by: str, mark: Mark, backwards: bool) -> Q:
    """What comes after the mark, or before it; no date is later than any date."""
    undated = Q(**{f"{by}__isnull": True})
    if mark.moment is None:
        return ~undated | Q(pk__lt=mark.pk) if backwards else undated & Q(pk__gt=mark.pk)
    side, edge = ("lt", "lte") if backwards else ("gt", "gte")
    beyond = Q(**{f"{by}__{edge}": mark.moment}) & (Q(**{f"{by}__{side}": mark.moment}) | Q(**{f"pk__{side}": mark.pk}))
    return beyond if backwards else beyond | undated
