"""Writing a process, two editors at once, and issuing what has nothing against it (dự thảo quy trình nội bộ)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.journal.recording import record
from motcua.organisations.models import Agency, AgencyKind, Level, Unit, UnitKind
from motcua.refusal import Refusal
from motcua.vietnamese import fold

from ..models import ProcedureVersion, Process, ProcessDraft
from . import checks, words
from .checks import Failing, WrongProcess
from .issuing import issue as issue_process
from .issuing import rows as rows_of
from .tables import MOST_STEPS, ROW, Found

FACTS = ("channel", "case", "title", "decision", "total", "rows")


class Overtaken(Refusal):
    """Somebody saved the same draft in between; what was typed is kept on the page (lưu cùng lúc)."""

    def __init__(self, saved: ProcessDraft) -> None:
        self.saved = saved
        at = timezone.localtime(saved.saved_at) if saved.saved_at else None
        when = f" lúc {at:%H:%M} ngày {at:%d/%m/%Y}" if at else ""
        super().__init__(
            f"{saved.saved_by or 'Người khác'} đã lưu quy trình này{when}, sau khi bạn mở trang. Bản đã lưu ở ngay dưới "
            "đây, phần bạn nhập còn nguyên trong bảng sau đó: xin so lại, rồi bấm Lưu nếu muốn thay bản đã lưu bằng bản của bạn."
        )


class Closed(Refusal):
    message = (
        "Bản dự thảo này đã ban hành hoặc đã bỏ nên không sửa được nữa. Muốn thay đổi, xin soạn quy trình mới từ đó."
    )


class NoProcedure(Refusal):
    message = "Chưa có thủ tục nào đang có hiệu lực với mã này; xin xem lại mã thủ tục."


class NotYourProcedure(Refusal):
    message = (
        "Thủ tục này do cơ quan khác giải quyết, nên đầu mối của cơ quan đó hoặc người giữ danh mục soạn quy trình."
    )


class TooManySteps(Refusal):
    message = f"Quy trình có nhiều hơn {MOST_STEPS} bước nên chưa lưu. Phần đã nhập vẫn còn trên trang."


class Reading(NamedTuple):
    """A draft as it stands: its steps with their hours, everything that fails, and what is worth a second look."""

    steps: list[dict[str, Any]]
    failing: list[Failing]
    remarks: list[str]


def version_of(code: str) -> ProcedureVersion | None:
    """The version in force today that a process of this code would be issued for."""
    versions = ProcedureVersion.objects.valid_on(timezone.localdate()).filter(procedure__code=code)
    return versions.select_related("procedure", "agency").order_by("-valid_from").first() if code else None


def read(draft: ProcessDraft, version: ProcedureVersion | None = None) -> Reading:
    """Everything there is to say about a draft today."""
    version = version or version_of(draft.code)
    limit = checks.limit(version, draft.channel, draft.case) if version else None
    steps = steps_of(draft.rows, version, calendar=bool(limit and limit.calendar))
    failing = checks.failing(version, steps, channel=draft.channel, case=draft.case)
    if version is None:
        why = f"Chưa có thủ tục đang có hiệu lực với mã “{draft.code}”." if draft.code else "Chưa ghi mã thủ tục."
        failing.insert(0, Failing(None, why))
    return Reading(steps, failing, _remarks(draft, steps, calendar=bool(limit and limit.calendar)))


def _remarks(draft: ProcessDraft, steps: Sequence[Mapping[str, Any]], *, calendar: bool) -> list[str]:
    remarks = []
    total = words.hours(draft.total, calendar=calendar)
    counted = checks.longest(steps)
    if not draft.total:
        remarks.append("Văn bản chưa ghi tổng thời gian.")
    elif total is None:
        remarks.append(f"Không đọc được tổng thời gian “{draft.total}”.")
    elif abs(total - counted) > checks.ROUNDING:
        remarks.append(
            f"Tổng thời gian ghi trong văn bản là “{draft.total}” ({words.told(total)} giờ), "
            f"cộng các bước được {words.told(counted)} giờ."
        )
    return remarks


def steps_of(
    rows: Sequence[Mapping[str, Any]], version: ProcedureVersion | None, *, calendar: bool = False
) -> list[dict[str, Any]]:
    """The rows of a draft as steps: numbered, their time in hours, agencies and units found by their names."""
    agencies = _agencies({row["agency"] for row in rows if row["agency"]})
    steps: list[dict[str, Any]] = []
    for position, row in enumerate(rows, start=1):
        hours: Decimal | None = words.hours(row["time"], calendar=calendar)
        if row["shares_time"] and steps:
            hours = steps[-1]["hours"]
        agency = agencies.get(fold(row["agency"]))
        step = {
            **row,
            "position": position,
            "hours": hours,
            "agency": agency,
            "agency_name": row["agency"],
            "unit": None,
            "no_such_unit": False,
        }
        if row["unit_name"] and row["unit_kind"]:
            step |= _unit(row, agency, version)
        steps.append(step)
    return steps


def _agencies(names: set[str]) -> dict[str, Agency]:
    """The agencies of these names or short names, by the folded name."""
    if not names:
        return {}
    found = Agency.objects.valid_on(timezone.localdate()).filter(
        Q(name__in=names) | Q(short_name__in=names) | Q(level__in=(Level.MINISTRY, Level.PROVINCE))
    )
    by_name: dict[str, Agency] = {}
    for agency in found.order_by("-id"):
        by_name |= {fold(agency.name): agency, fold(agency.short_name): agency}
    return by_name


def _unit(row: Mapping[str, Any], agency: Agency | None, version: ProcedureVersion | None) -> dict[str, Any]:
    """The unit of that name where the step is done; committees of communes each have one of their own."""
    units = Unit.objects.valid_on(timezone.localdate()).filter(kind=row["unit_kind"], name=row["unit_name"])
    settles = agency or (version.agency if version else None)
    if settles is None:
        known = version is None or units.filter(agency__level=version.level).exists()
        return {"no_such_unit": not known}
    where = Q(agency=settles)
    if settles.at_centre and row["unit_kind"] == UnitKind.ONE_STOP:
        where |= Q(agency__kind=AgencyKind.CENTRE)
    unit = units.filter(where).order_by("agency__kind").first()
    return {"unit": unit, "no_such_unit": unit is None}


def rows_again(process: Process) -> list[dict[str, Any]]:
    """The rows of an issued process, to write another one from."""
    again = []
    for row in rows_of(process):
        kept = {name: row[name] for name in ROW if name in row}
        general = row["unit_name"] == UnitKind(row["unit_kind"]).label
        hours = "" if row["shares_time"] or not row["hours"] else f"{words.told(row['hours'])} giờ"
        again.append(
            ROW
            | kept
            | {
                "agency": row["agency"].name if row["agency"] else "",
                "unit_name": "" if general else row["unit_name"],
                "time": hours,
            }
        )
    return again


# Acts ----------------------------------------------------------------------------------------------------------------


def agency_for(code: str, by: Person) -> Agency | None:
    """Whose draft it is: the agency that settles; of the committees' procedures and unknown codes the keeper's."""
    version = version_of(code)
    own = by.agencies(Can.EDIT_CATALOGUE)
    if by.may(Can.PUBLISH_CATALOGUE):
        return version.agency if version else None
    if version is None and not code:
        return Agency.objects.filter(pk__in=own).order_by("pk").first()
    if version is None:
        raise NoProcedure
    if version.agency_id not in own:
        raise NotYourProcedure
    return version.agency


@transaction.atomic
def begin(code: str, *, by: Person, at: datetime, source: str = "", **facts: Any) -> ProcessDraft:
    """Lay out a draft for a procedure, empty or with what a table tells."""
    draft = ProcessDraft(code=code, agency=agency_for(code, by), saved_by=by, saved_at=at, source=source[:200])
    _tell(draft, facts)
    draft.save()
    record("process.drafted", about=draft, by=by, at=at, code=code)
    return draft


@transaction.atomic
def save(draft: ProcessDraft, *, revision: int, by: Person, at: datetime, code: str, **facts: Any) -> ProcessDraft:
    """Keep what was typed, failings and all; of two who save at once the second is told."""
    draft = _open(draft, revision)
    if code != draft.code:
        draft.code, draft.agency = code, agency_for(code, by)
    _tell(draft, facts)
    draft.saved_by, draft.saved_at = by, at
    draft.revision += 1
    draft.save()
    record("process.saved", about=draft, by=by, at=at, revision=draft.revision)
    return draft


@transaction.atomic
def discard(draft: ProcessDraft, *, revision: int, by: Person, at: datetime) -> None:
    """Put a draft away; nothing that was issued goes with it."""
    draft = _open(draft, revision)
    draft.discarded_at = at
    draft.save(update_fields=["discarded_at"])
    record("process.discarded", about=draft, by=by, at=at)


@transaction.atomic
def issue(draft: ProcessDraft, *, revision: int, by: Person, at: datetime) -> Process:
    """Issue the process of a draft: new dossiers follow it, those under way keep theirs (ban hành quy trình)."""
    draft = _open(draft, revision)
    version = version_of(draft.code)
    reading = read(draft, version)
    if reading.failing or version is None:
        raise WrongProcess(" ".join(one.sentence for one in reading.failing))
    told = {"decision": draft.decision, "channel": draft.channel, "case": draft.case}
    process = issue_process(version, reading.steps, **told)
    for later in version.procedure.versions.filter(valid_from__gt=timezone.localdate()):
        # A version already published for a day to come would bring back the process before this one.
        with suppress(WrongProcess):
            issue_process(later, reading.steps, **told)
    draft.issued = process
    draft.save(update_fields=["issued"])
    record("process.issued", about=version.procedure, by=by, at=at, process=process.pk, number=process.number)
    return process


def _open(draft: ProcessDraft, revision: int) -> ProcessDraft:
    """The draft, held until the end of the act, if it is still the one on the editor's page."""
    draft = ProcessDraft.objects.select_for_update(of=("self",)).select_related("saved_by").get(pk=draft.pk)
    if draft.issued_id or draft.discarded_at:
        raise Closed
    if draft.revision != revision:
        raise Overtaken(draft)
    return draft


def _tell(draft: ProcessDraft, facts: Mapping[str, Any]) -> None:
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise TypeError(f"no facts of a process: {', '.join(sorted(unknown))}")
    if len(facts.get("rows", ())) > MOST_STEPS:
        raise TooManySteps
    for name, value in facts.items():
        setattr(draft, name, value)
    draft.lacks = len(read(draft).failing)


def check_again(code: str) -> None:
    """Say anew of every open draft of a procedure how much it lacks."""
    version = version_of(code)
    for draft in ProcessDraft.objects.open().filter(code=code):
        # Only where nobody saved meanwhile: whoever saves says it themselves.
        ProcessDraft.objects.filter(pk=draft.pk, revision=draft.revision).update(
            lacks=len(read(draft, version).failing)
        )


@transaction.atomic
def take(found: Iterable[Found], *, by: Person, at: datetime, source: str) -> tuple[list[ProcessDraft], int]:
    """Keep imported processes as drafts; one that lies there already with the same rows is not laid out twice."""
    taken, known = [], 0
    for one in found:
        rows = with_agencies(one, agency_for(one.code, by))
        facts = {"channel": one.channel, "case": one.case, "title": one.title, "decision": one.decision}
        alike = ProcessDraft.objects.open().filter(code=one.code, **facts)
        if any(draft.rows == rows for draft in alike):
            known += 1
            continue
        where = " – ".join(part for part in (source, one.where) if part)
        taken.append(begin(one.code, by=by, at=at, source=where, total=one.total, rows=rows, **facts))
    return taken, known


def with_agencies(found: Found, own: Agency | None) -> list[dict[str, Any]]:
    """The rows, with another agency wherever the words name one we know besides the person; one's own is none."""
    known = Agency.objects.valid_on(timezone.localdate()).filter(level=Level.PROVINCE).exclude(kind=AgencyKind.CENTRE)
    others = {fold(agency.name): agency.name for agency in known if agency != own}
    mine = {fold(own.name), fold(own.short_name)} if own else set()
    rows = []
    for row in found.rows:
        row = dict(row)
        who = fold(row["who"])
        if fold(row["agency"]) in mine:
            row["agency"] = ""
        elif not row["agency"] and row["unit_kind"] != UnitKind.ONE_STOP:
            row["agency"] = next((name for folded, name in others.items() if folded in who), "")
        rows.append(row)
    return rows
