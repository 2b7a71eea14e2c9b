"""Who is told of what happens, as each of them chose (thông báo cho cán bộ, theo lựa chọn của từng người).

A notice is made by a job from a line of the journal, never in a step; one person is told one line once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from motcua.accounts.models import Assignment, Delegation, Person
from motcua.accounts.permissions import ROLES, Can, Role
from motcua.catalogue.models import ProcessStep
from motcua.journal.models import Entry
from motcua.organisations.models import Unit

from . import processing, readings
from .models import Apology, Dossier, Notice, NoticeChoice, Opinion, Telling

PAGE = 50
KEPT = timedelta(days=90)


class Kind(NamedTuple):
    """One kind of event an officer may be told of: what the inbox calls it, when it comes, and how it is told unless chosen."""

    label: str
    when: str
    telling: str = Telling.DIGEST
    look: str = ""  # a state of time, for shape and colour


KINDS: dict[str, Kind] = {
    "due_soon": Kind("Sắp đến hạn", "Đến thời điểm cảnh báo trước ngày hẹn trả mà hồ sơ chưa xong.", look="due_soon"),
    "overdue": Kind("Quá hạn", "Qua ngày hẹn trả mà hồ sơ chưa xong.", Telling.AT_ONCE, "overdue"),
    "reception_overdue": Kind(
        "Quá hạn tiếp nhận",
        "Hồ sơ trực tuyến chưa được trả lời trong thời hạn tiếp nhận.",
        Telling.AT_ONCE,
        "overdue",
    ),
    "apology_to_write": Kind(
        "Cần ghi lý do xin lỗi",
        "Sắp đến hạn: văn bản xin lỗi đã được lập sẵn, chờ ghi lý do và ngày hẹn lại.",
        Telling.AT_ONCE,
        "due_soon",
    ),
    "apology_to_sign": Kind(
        "Văn bản xin lỗi chờ ký",
        "Văn bản xin lỗi đã ghi đủ, chờ người đứng đầu ký trước ngày hẹn trả.",
        Telling.AT_ONCE,
        "due_soon",
    ),
    "apology_unsigned": Kind(
        "Văn bản xin lỗi chưa ký",
        "Ngày cuối để ký, gửi văn bản xin lỗi trước hẹn mà chưa ký.",
        Telling.AT_ONCE,
        "overdue",
    ),
    "step_overdue": Kind(
        "Bước quá hạn",
        "Bước cơ quan bạn phối hợp làm đã quá hạn của bước.",
        Telling.AT_ONCE,
        "overdue",
    ),
    "nothing_moved": Kind("Không có diễn biến", "Nhiều ngày làm việc liền không ai làm gì với hồ sơ.", look="waiting"),
    "applicant_silent": Kind("Hết hạn bổ sung", "Người nộp chưa bổ sung khi đã hết hạn.", look="waiting"),
    "supplement_answered": Kind("Đã bổ sung", "Người nộp đã bổ sung, hoàn thiện hồ sơ."),
    "step_returned": Kind("Bị trả lại bước", "Bước sau trả hồ sơ về bước của bạn."),
    "step_assigned": Kind("Được giao việc", "Lãnh đạo giao cho bạn thụ lý một bước của hồ sơ.", Telling.AT_ONCE),
    "opinion_asked": Kind("Được hỏi ý kiến", "Bộ phận hoặc cơ quan khác hỏi ý kiến đơn vị bạn."),
    "opinion_given": Kind("Có ý kiến trả lời", "Nơi bạn hỏi ý kiến đã trả lời."),
    "opinion_overdue": Kind("Quá hạn cho ý kiến", "Ý kiến được hỏi đã qua hạn trả lời.", look="overdue"),
    "message_written": Kind("Người nộp nhắn tin", "Người nộp nhắn tin về hồ sơ bạn đang giữ.", Telling.AT_ONCE),
    "reading_questioned": Kind(
        "Hỏi về lượt xem hồ sơ",
        "Người dân hỏi vì sao cán bộ đơn vị bạn xem hồ sơ; lãnh đạo trả lời.",
        Telling.AT_ONCE,
    ),
    "reading_unexplained": Kind(
        "Chưa trả lời về lượt xem",
        "Câu hỏi của người dân về lượt xem hồ sơ đã quá số ngày nhắc mà chưa có trả lời.",
        Telling.AT_ONCE,
        "overdue",
    ),
    "delegated": Kind("Phân công thay", "Bạn được phân công thay người vắng mặt.", Telling.AT_ONCE),
}


def kind_of(entry: Entry) -> str:
    """An apology laid out by the watchdog waits for its words; one written by somebody waits for its signature."""
    if entry.event == "dossier.apology_drafted":
        return "apology_to_sign" if entry.actor_id else "apology_to_write"
    if entry.event == "dossier.apology_written":
        return "apology_to_sign"
    return entry.event.partition(".")[2]


# Telling --------------------------------------------------------------------------------------------------------------


def tell(entry: Entry) -> list[Notice]:
    """Write a notice for everybody concerned but the one who did it, as each of them chose; those that are new."""
    kind = kind_of(entry)
    dossier = _dossier_of(entry)
    people = concerned(kind, entry, dossier) - {entry.actor_id}
    chosen = dict(NoticeChoice.objects.filter(person__in=people, kind=kind).values_list("person", "telling"))
    told = set(Notice.objects.filter(entry=entry).values_list("person", flat=True))
    notices = [
        Notice(person_id=person, entry=entry, dossier=dossier, kind=kind, telling=telling, at=entry.at)
        for person in sorted(people - told)
        if (telling := chosen.get(person, KINDS[kind].telling)) != Telling.NEVER
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    return list(Notice.objects.filter(entry=entry, telling=Telling.AT_ONCE, mailed_at=None, read_at=None))


def _dossier_of(entry: Entry) -> Dossier | None:
    kind, _, pk = entry.subject.partition(":")
    if kind != "dossier":
        return None
    return Dossier.objects.select_related("agency", "reception_agency", "at_unit").get(pk=pk)


def concerned(kind: str, entry: Entry, dossier: Dossier | None) -> set[int]:
    """Who must know: holder, head and leader by steps, whoever stands in for them included (cảnh báo theo cấp)."""
    today = timezone.localdate()
    if dossier is None:
        return {entry.facts["delegate"]} & set(Person.objects.filter(is_active=True).values_list("pk", flat=True))
    match kind:
        case "due_soon" if _laid_out_with(entry, dossier):
            # Whoever must give the reason hears of that; one event is one notice.
            to_write = people(to_apologise(dossier), today)
            return people(holders(dossier) | heads(dossier), today) - to_write
        case "due_soon" | "nothing_moved":
            where = holders(dossier) | heads(dossier)
        case "overdue":
            where = holders(dossier) | heads(dossier) | leaders(dossier)
        case "reception_overdue":
            where = holders(dossier) | leaders(dossier)
        case "apology_to_write":
            where = to_apologise(dossier)
        case "apology_to_sign":
            where = Q(unit__agency=dossier.agency_id, role__in=_roles(Can.SIGN_APOLOGY))
        case "apology_unsigned":
            where = Q(unit__agency=dossier.agency_id, role__in=_roles(Can.SIGN_APOLOGY)) | to_apologise(dossier)
        case "step_overdue":
            where = _of_slice(entry)
        case "opinion_asked" | "opinion_overdue":
            where = Q(unit=entry.facts["unit"], role__in=_roles(Can.GIVE_OPINION))
            if kind == "opinion_overdue":
                where |= Q(person=_who_asked(entry))
        case "step_assigned":
            where = Q(person=entry.facts["holder"])
        case "opinion_given":
            where = Q(person=_who_asked(entry))
        case "message_written":
            where = _answering(dossier)
        case "reading_questioned" | "reading_unexplained":
            where = readings.heads(readings.questions().get(pk=entry.facts["question"]))
        case _:
            where = holders(dossier)
    return people(where, today)


def _who_asked(entry: Entry) -> int:
    return Opinion.objects.values_list("asked_by", flat=True).get(pk=entry.facts["opinion"])


def _of_slice(entry: Entry) -> Q:
    """Who does the step that is late, the head of the unit, and the leaders of its agency."""
    step = ProcessStep.objects.get(pk=entry.facts["step"])
    unit = Unit.objects.get(pk=entry.facts["unit"])
    there = Q(unit=unit, role__in=(step.role, Role.HEAD_OF_UNIT))
    return there | Q(unit__agency=unit.agency_id, role__in=(Role.LEADER, Role.DIRECTOR))


def _roles(act: Can) -> list[str]:
    return [role for role, acts in ROLES.items() if act in acts]


def _places(dossier: Dossier) -> list[tuple[int, int, str]]:
    """Unit, its agency and the role of every step that runs; before acceptance the desk that received."""
    running = processing.running_steps(dossier)
    if running:
        return [(one.unit_id, one.unit.agency_id, one.step.role) for one in running]
    if dossier.at_unit:
        return [(dossier.at_unit.pk, dossier.at_unit.agency_id, dossier.at_role)]
    return []


def holders(dossier: Dossier, *, may: Can | None = None) -> Q:
    """Whoever took a running step or was given it, else all of its position; with `may`, where that role may do such a thing."""
    held = Q(pk__in=[])
    for unit, _, role in _places(dossier):
        if may is None or may in ROLES[role]:
            held |= Q(unit=unit, role=role)
    theirs = [(one, processing.holder_of(one)) for one in processing.running_steps(dossier)]
    for one, holder in theirs:
        if holder:
            held &= ~Q(unit=one.unit_id, role=one.step.role) | Q(person=holder)
    return held


def _answering(dossier: Dossier) -> Q:
    """Whoever holds it and may write to its applicant; where only a clerk does, the desk that received it."""
    may = [role for _, _, role in _places(dossier) if Can.WRITE_TO_APPLICANT in ROLES[role]]
    desk = Q(unit__agency=dossier.reception_agency_id, role=Role.RECEPTION_OFFICER)
    return holders(dossier, may=Can.WRITE_TO_APPLICANT) if may else desk


def heads(dossier: Dossier) -> Q:
    return Q(unit__in=[unit for unit, _, _ in _places(dossier)], role=Role.HEAD_OF_UNIT) | _desk_heads(dossier)


def _desk_heads(dossier: Dossier) -> Q:
    """A one-stop desk has no head of its own: the leader of its agency, or the director of the centre, is."""
    desks = [agency for _, agency, role in _places(dossier) if role == Role.RECEPTION_OFFICER]
    return Q(unit__agency__in=desks, role__in=(Role.LEADER, Role.DIRECTOR))


def to_apologise(dossier: Dossier) -> Q:
    return holders(dossier, may=Can.DRAFT_APOLOGY) | heads(dossier)


def _laid_out_with(entry: Entry, dossier: Dossier) -> bool:
    """Whether the watchdog laid out the apology when it warned."""
    return Apology.objects.filter(dossier=dossier, drafted_at=entry.at, signed_at=None).exists()


def leaders(dossier: Dossier) -> Q:
    agencies = {agency for _, agency, _ in _places(dossier)}
    return Q(unit__agency__in=agencies, role__in=(Role.LEADER, Role.DIRECTOR))


def people(where: Q, day: date) -> set[int]:
    """Everybody assigned so today, and whoever stands in for them; one statement."""
    there = Assignment.objects.valid_on(day).filter(where, person__is_active=True)
    lent = Delegation.objects.in_force(day).filter(assignment__in=there, delegate__is_active=True)
    return set(there.values_list("person", flat=True).union(lent.values_list("delegate", flat=True)))


# The inbox ------------------------------------------------------------------------------------------------------------


def of(officer: Person) -> QuerySet[Notice]:
    """An officer's notices, about dossiers they still handle."""
    handled = Dossier.objects.handled_by(officer)
    return Notice.objects.filter(Q(dossier=None) | Q(dossier__in=handled.values("pk")), person=officer)


def unread(officer: Person) -> QuerySet[Notice]:
    return of(officer).filter(read_at=None)


def seen(notices: QuerySet[Notice], at: datetime) -> int:
    """What was opened needs no more telling, in no letter either."""
    return notices.filter(read_at=None).update(read_at=at)


def choices(officer: Person) -> dict[str, str]:
    """How the officer hears of each kind: as chosen, else by default."""
    chosen = dict(NoticeChoice.objects.filter(person=officer).values_list("kind", "telling"))
    return {key: chosen.get(key, kind.telling) for key, kind in KINDS.items()}


def choose(officer: Person, wanted: Iterable[tuple[str, str]]) -> None:
    """Keep how the officer wants to hear of these kinds from now on."""
    NoticeChoice.objects.bulk_create(
        [NoticeChoice(person=officer, kind=kind, telling=telling) for kind, telling in wanted],
        update_conflicts=True,
        unique_fields=["person", "kind"],
        update_fields=["telling"],
    )


def forget(at: datetime) -> int:
    """Notices are reminders, not records: read ones go after ninety days, the journal keeps what happened."""
    return Notice.objects.filter(read_at__lt=at - KEPT).delete()[0]
