"""Processes: a list, the table being written, files brought in, what was issued (quy trình nội bộ)."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from motcua.accounts.permissions import Can, Role, requires
from motcua.catalogue import cases
from motcua.catalogue.models import Channel, ProcedureVersion, Process, ProcessDraft
from motcua.catalogue.processes import bpmn, drafts, drawing, issuing, reading, words
from motcua.catalogue.processes.checks import hours_allowed
from motcua.catalogue.processes.paths import longest
from motcua.catalogue.processes.tables import MOST_STEPS, ROW, Found
from motcua.files.limits import MAX_BYTES, in_words
from motcua.files.naming import clean_name
from motcua.organisations.models import Agency, Level, Unit, UnitKind
from motcua.refusal import Refusal
from motcua.vietnamese import compose, fold

from ..frame import page
from ..parts import of_own_agencies

PAGE = 50
LISTS = {"": "Đang soạn", "thieu": "Còn thiếu", "san-sang": "Sẵn sàng ban hành", "da-ban-hanh": "Đã ban hành"}
LINES = {"title": 500, "decision": 100, "total": 200, "case": 500}
CELLS = {"who": 500, "unit_name": 200, "agency": 200, "time": 500, "branch": 10, "code": 10}
LONG_CELLS = {"work": 4000, "form": 4000}
CHOSEN = {"unit_kind": UnitKind.values, "role": Role.values}
SALT = "catalogue.processes.preview"
LONGEST_PREVIEW = 1_500_000
PREVIEW_AGE = 2 * 60 * 60
MOST_NAMES = 300


def of(request, pk: int) -> ProcessDraft:
    """The draft, if this officer may write it."""
    mine = ProcessDraft.objects.edited_by(request.user)
    return get_object_or_404(mine.select_related("agency", "saved_by", "issued"), pk=pk)


def issued_of(request, pk: int) -> Process:
    """The issued process, if its procedure is one this officer writes about."""
    own = ProcedureVersion.objects.filter(of_own_agencies(request.user))
    processes = Process.objects.filter(version__in=own).select_related("version__procedure", "version__agency")
    return get_object_or_404(processes, pk=pk)


# The list ------------------------------------------------------------------------------------------------------------


@requires(Can.EDIT_CATALOGUE)
@require_safe
def listed(request):
    """Drafts by code, those that lack something, those that may be issued; and what was issued."""
    asked = {name: value.replace("\x00", "") for name, value in request.GET.items()}
    text, chosen, after = compose(asked.get("q", ""))[:200], asked.get("loc", ""), asked.get("sau", "")
    chosen = chosen if chosen in LISTS else ""
    found: QuerySet[Any] = _issued(request, text) if chosen == "da-ban-hanh" else _drafts(request, text, chosen)
    code = "version__procedure__code" if chosen == "da-ban-hanh" else "code"
    last, _, pk = after.rpartition("~")
    if pk.isascii() and pk.isdigit() and len(pk) < 19:
        found = found.filter(Q(**{f"{code}__gt": last[:30]}) | Q(**{code: last[:30], "pk__gt": int(pk)}))
    rows = list(found.order_by(code, "pk")[: PAGE + 1])
    more = None
    if len(rows) > PAGE:
        rows = rows[:PAGE]
        told = rows[-1].version.procedure.code if chosen == "da-ban-hanh" else rows[-1].code
        more = "?" + urlencode({"q": text, "loc": chosen, "sau": f"{told}~{rows[-1].pk}"})
    chips = [
        {"label": label, "href": "?" + urlencode({"q": text, "loc": name}), "current": name == chosen}
        for name, label in LISTS.items()
    ]
    context = {"rows": rows, "chips": chips, "chosen": chosen, "text": text, "more": more}
    context["names"] = {} if chosen == "da-ban-hanh" else _names({row.code for row in rows})
    return page(request, "catalogue/processes.html", context, current="processes")


def _drafts(request, text: str, chosen: str) -> QuerySet[ProcessDraft]:
    found = ProcessDraft.objects.edited_by(request.user).open().select_related("agency", "saved_by")
    if chosen:
        found = found.filter(lacks__gt=0) if chosen == "thieu" else found.filter(lacks=0)
    if text:
        named = ProcedureVersion.objects.filter(name_folded__contains=fold(text)).values("procedure__code")
        found = found.filter(Q(code__icontains=text) | Q(title__icontains=text) | Q(code__in=named))
    return found


def _issued(request, text: str) -> QuerySet[Process]:
    own = ProcedureVersion.objects.valid_on(timezone.localdate()).filter(of_own_agencies(request.user))
    found = Process.objects.filter(version__in=own, general=False).select_related("version__procedure")
    if text:
        found = found.filter(Q(version__procedure__code__icontains=text) | Q(version__name_folded__contains=fold(text)))
    return found


def _names(codes: set[str]) -> dict[str, str]:
    versions = ProcedureVersion.objects.valid_on(timezone.localdate()).filter(procedure__code__in=codes)
    return dict(versions.order_by("valid_from").values_list("procedure__code", "name"))


# The table -----------------------------------------------------------------------------------------------------------


@requires(Can.EDIT_CATALOGUE)
def new(request):
    """An empty table for a procedure by its code."""
    refusal, code = "", compose(request.POST.get("code") or request.GET.get("ma", ""))[:30]
    if request.method == "POST":
        try:
            version = drafts.version_of(code)
            if version is None:
                raise drafts.NoProcedure
            draft = drafts.begin(
                code, by=request.user, at=timezone.now(), title=version.name[:500], rows=[dict(ROW) for _ in range(4)]
            )
            return redirect("catalogue:process_draft", draft.pk)
        except Refusal as told:
            refusal = str(told)
    context = {"refusal": refusal, "code": code}
    return page(request, "catalogue/process_new.html", context, current="processes", status=422 if refusal else 200)


@requires(Can.EDIT_CATALOGUE)
def draft(request, pk):
    """The table: every button sends the whole form, so that nothing typed is lost; only Lưu and Ban hành keep anything."""
    draft = of(request, pk)
    if request.method != "POST":
        return _page(request, draft, draft)
    typed = _typed(request.POST, draft)
    if draft.issued_id or draft.discarded_at:
        # What was typed meanwhile stays to be read and taken over into another draft.
        return _page(request, draft, typed, refusal=str(drafts.Closed()), status=422)
    act, _, place = request.POST.get("do", "save").partition(":")
    revision = _number(request.POST.get("revision")) or 0
    if act not in ("save", "issue"):
        _moved(typed.rows, act, _number(place))
        return _page(request, draft, typed, revision=revision, unsaved=True)
    if act == "issue" and not request.user.may(Can.PUBLISH_CATALOGUE):
        act = "save"
    facts = {name: getattr(typed, name) for name in drafts.FACTS}
    now = timezone.now()
    try:
        draft = drafts.save(draft, revision=revision, by=request.user, at=now, code=typed.code, **facts)
    except drafts.Overtaken as refusal:
        saved = refusal.saved
        return _page(request, draft, typed, revision=saved.revision, refusal=str(refusal), theirs=saved, status=422)
    except Refusal as refusal:
        return _page(request, draft, typed, revision=revision, refusal=str(refusal), status=422)
    if act == "issue":
        try:
            process = drafts.issue(draft, revision=draft.revision, by=request.user, at=now)
        except Refusal:
            why_not = "Đã lưu, chưa ban hành: quy trình còn những điều chưa đạt, ghi ngay dưới đây và ở từng bước."
            return _page(request, draft, draft, refusal=why_not, status=422)
        messages.success(
            request, "Đã ban hành. Hồ sơ mới đi theo quy trình này; hồ sơ đang giải quyết vẫn theo quy trình cũ."
        )
        return redirect("catalogue:process", process.pk)
    messages.success(request, "Đã lưu." if not draft.lacks else f"Đã lưu; còn {draft.lacks} điều chưa đạt để ban hành.")
    return redirect("catalogue:process_draft", draft.pk)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None


def _lines(text: str, most: int) -> str:
    return "\n".join(line for line in map(compose, text.splitlines()) if line)[:most]


def _typed(posted: Any, draft: ProcessDraft) -> ProcessDraft:
    """The draft as it was typed, not kept anywhere yet."""
    typed = ProcessDraft(
        pk=draft.pk, agency=draft.agency, source=draft.source, code=compose(posted.get("code", ""))[:30]
    )
    for name, most in LINES.items():
        setattr(typed, name, compose(posted.get(name, ""))[:most])
    channel = posted.get("channel", "")
    typed.channel = channel if channel in Channel.values else ""
    typed.rows = [_row(posted, nth) for nth in range(min(_number(posted.get("count")) or 0, MOST_STEPS))]
    return typed


def _row(posted: Any, nth: int) -> dict[str, Any]:
    row = dict(ROW)
    for name, most in CELLS.items():
        row[name] = compose(posted.get(f"{name}-{nth}", ""))[:most]
    for name, most in LONG_CELLS.items():
        row[name] = _lines(posted.get(f"{name}-{nth}", ""), most)
    for name, choices in CHOSEN.items():
        chosen = posted.get(f"{name}-{nth}", "")
        row[name] = chosen if chosen in choices else ""
    for name in ("shares_time", "is_approval"):
        row[name] = f"{name}-{nth}" in posted
    stage = _number(posted.get(f"stage-{nth}"))
    row["stage"] = stage if stage and stage < 1000 else None
    return row


def _moved(rows: list[dict[str, Any]], act: str, place: int | None) -> None:
    """Add, remove or move a row where a button said so."""
    if act == "add" and len(rows) < MOST_STEPS:
        rows.insert(len(rows) if place is None else place + 1, dict(ROW))
    elif place is None or place >= len(rows):
        return
    elif act == "remove":
        del rows[place]
    elif act == "up" and place > 0:
        rows[place - 1 : place + 1] = [rows[place], rows[place - 1]]
    elif act == "down" and place + 1 < len(rows):
        rows[place : place + 2] = [rows[place + 1], rows[place]]


def _page(
    request,
    draft: ProcessDraft,
    shown: ProcessDraft,
    *,
    revision: int | None = None,
    refusal: str = "",
    theirs: ProcessDraft | None = None,
    unsaved: bool = False,
    status: int = 200,
) -> HttpResponse:
    version = drafts.version_of(shown.code)
    reading = drafts.read(shown, version)
    rows = [
        row | {"nth": nth, "step": step, "failing": [one.sentence for one in reading.failing if one.step == nth + 1]}
        for nth, (row, step) in enumerate(zip(shown.rows, reading.steps, strict=True))
    ]
    saved = drafts.read(theirs).steps if theirs else None
    context = {
        "draft": draft,
        "shown": shown,
        "version": version,
        "rows": rows,
        "steps": reading.steps,
        "failing": [one for one in reading.failing if one.step is None],
        "failings": len(reading.failing),
        "remarks": reading.remarks,
        "total": words.told(longest(reading.steps)),
        "allowed": _allowed(version, shown),
        "svg": drawing.svg(reading.steps, f"Sơ đồ quy trình {shown.title or shown.code}"),
        "revision": draft.revision if revision is None else revision,
        "refusal": refusal,
        "unsaved": unsaved,
        "theirs": saved,
        "their_total": words.told(longest(saved)) if saved is not None else "",
        "their_facts": theirs,
        "channels": [("", "Mọi kênh"), *Channel.choices],
        "unit_kinds": UnitKind.choices,
        "roles": [(role.value, role.label) for role in Role if not role.value.startswith("CATALOGUE")],
        "cases": cases.of(version) if version else [],
        "units": _unit_names(version),
        "agencies": Agency.objects.valid_on(timezone.localdate())
        .filter(level__in=(Level.PROVINCE, Level.MINISTRY))
        .order_by("name")
        .values_list("name", flat=True)[:MOST_NAMES],
        "open": not (draft.issued_id or draft.discarded_at),
        "may_issue": request.user.may(Can.PUBLISH_CATALOGUE),
    }
    return page(request, "catalogue/process_draft.html", context, current="processes", status=status)


def _allowed(version: ProcedureVersion | None, draft: ProcessDraft) -> str:
    hours = hours_allowed(version, draft.channel, draft.case) if version else None
    return words.told(hours) if hours is not None else ""


def _unit_names(version: ProcedureVersion | None) -> list[str]:
    """Names of units to choose from: of the agency that settles, else of all of its level."""
    if version is None:
        return []
    units = Unit.objects.valid_on(timezone.localdate())
    units = units.filter(agency=version.agency) if version.agency_id else units.filter(agency__level=version.level)
    return list(units.order_by("name").values_list("name", flat=True).distinct()[:MOST_NAMES])


@requires(Can.EDIT_CATALOGUE)
@require_POST
def discard(request, pk):
    draft = of(request, pk)
    try:
        revision = _number(request.POST.get("revision")) or 0
        drafts.discard(draft, revision=revision, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("catalogue:process_draft", pk)
    messages.success(request, "Đã bỏ bản dự thảo.")
    return redirect("catalogue:processes")


# What was issued, paper and BPMN -------------------------------------------------------------------------------------


@requires(Can.EDIT_CATALOGUE)
@require_safe
def process(request, pk):
    """An issued process: it is only looked at; another one begins from it."""
    process = issued_of(request, pk)
    rows = issuing.rows(process)
    context = {
        "process": process,
        "steps": rows,
        "total": words.told(longest(rows)),
        "newest": process in process.version.own_processes(),
        "svg": drawing.svg(process, f"Sơ đồ quy trình {process.version.name}"),
    }
    return page(request, "catalogue/process.html", context, current="processes")


@requires(Can.EDIT_CATALOGUE)
@require_POST
def again(request, pk):
    """Begin a draft from an issued process."""
    process = issued_of(request, pk)
    version = process.version
    try:
        draft = drafts.begin(
            version.procedure.code,
            by=request.user,
            at=timezone.now(),
            source=f"Quy trình ban hành lần {process.number}" if not process.general else "Quy trình chung",
            title=version.name[:500],
            channel=process.channel,
            case=process.case,
            rows=drafts.rows_again(process),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("catalogue:process", pk)
    return redirect("catalogue:process_draft", draft.pk)


@requires(Can.EDIT_CATALOGUE)
@require_safe
def printed(request, pk):
    """The table and its picture on A4 across."""
    draft = of(request, pk)
    reading = drafts.read(draft)
    return _printed(request, _of_draft(draft), reading.steps, [one.sentence for one in reading.failing])


@requires(Can.EDIT_CATALOGUE)
@require_safe
def process_printed(request, pk):
    process = issued_of(request, pk)
    return _printed(request, _of_process(process), issuing.rows(process), [])


def _printed(request, about: dict[str, str], steps: list[dict[str, Any]], failing: list[str]) -> HttpResponse:
    context = {
        "about": about,
        "steps": steps,
        "failing": failing,
        "total": words.told(longest(steps)),
        "channel": Channel(about["channel"]).label if about["channel"] else "",
        "pictures": drawing.sheets(steps, f"Sơ đồ quy trình {about['title'] or about['code']}"),
    }
    return page(request, "catalogue/process_print.html", context)


def _of_draft(draft: ProcessDraft) -> dict[str, str]:
    return {name: getattr(draft, name) for name in ("title", "code", "channel", "case", "decision", "total")}


def _of_process(process: Process) -> dict[str, str]:
    told = {name: getattr(process, name) for name in ("channel", "case", "decision")}
    return {"title": process.version.name, "code": process.version.code, "total": "", **told}


@requires(Can.EDIT_CATALOGUE)
@require_safe
def exported(request, pk):
    """The draft as BPMN, with whatever it still lacks."""
    draft = of(request, pk)
    return _bpmn(_of_draft(draft), drafts.read(draft).steps)


@requires(Can.EDIT_CATALOGUE)
@require_safe
def process_exported(request, pk):
    process = issued_of(request, pk)
    return _bpmn(_of_process(process), issuing.rows(process))


def _bpmn(about: dict[str, str], steps: list[dict[str, Any]]) -> HttpResponse:
    answer = HttpResponse(bpmn.export(steps, **about), content_type=bpmn.MEDIA_TYPE)
    name = f"quy-trinh-{about['code'] or 'chua-co-ma'}.bpmn"
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    return answer


# Files brought in ----------------------------------------------------------------------------------------------------


@requires(Can.EDIT_CATALOGUE)
def upload(request):
    """A file is read and shown; nothing is kept before the editor has seen it."""
    refusal = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise Refusal("Chưa chọn tệp nào.")
            if file.size > MAX_BYTES:
                raise reading.TooBig
            found = reading.read(file.name, file)
            return _preview(request, clean_name(file.name), found)
        except Refusal as told:
            refusal = str(told)
    context = {
        "refusal": refusal,
        "told": f"{reading.KINDS}, tối đa {in_words(MAX_BYTES)}.",
        "accept": reading.ACCEPT,
    }
    return page(request, "catalogue/process_upload.html", context, current="processes", status=422 if refusal else 200)


def _preview(request, name: str, found: list[Found]) -> HttpResponse:
    signed = signing.dumps([name, [dataclasses.asdict(one) for one in found]], salt=SALT, compress=True)
    if len(signed) > LONGEST_PREVIEW:
        raise reading.TooBig(f"Tệp có {len(found)} quy trình, nhiều hơn một lần nhập được. Xin chia tệp rồi nhập lại.")
    shown = []
    for one in found:
        why_not = ""
        draft = ProcessDraft(code=one.code, channel=one.channel, case=one.case, total=one.total, rows=one.rows)
        try:
            draft.agency = drafts.agency_for(one.code, request.user)
            draft.rows = drafts.with_agencies(one, draft.agency)
        except Refusal as told:
            why_not = str(told)
        read = drafts.read(draft)
        shown.append({"found": one, "reading": read, "total": words.told(longest(read.steps)), "why_not": why_not})
    context = {"name": name, "shown": shown, "signed": signed}
    return page(request, "catalogue/process_preview.html", context, current="processes")


@requires(Can.EDIT_CATALOGUE)
@require_POST
def take(request):
    """Keep the processes that were chosen on the preview as drafts."""
    try:
        name, told = signing.loads(request.POST.get("signed", ""), salt=SALT, max_age=PREVIEW_AGE)
    except signing.BadSignature:
        messages.error(request, "Bản xem trước đã cũ nên chưa lưu gì; xin chọn lại tệp.")
        return redirect("catalogue:process_upload")
    chosen = set(request.POST.getlist("take"))
    found = [Found(**one) for nth, one in enumerate(told) if str(nth) in chosen]
    try:
        taken, known = drafts.take(found, by=request.user, at=timezone.now(), source=name)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("catalogue:process_upload")
    already = f" {known} quy trình đã có sẵn y như vậy nên không thêm." if known else ""
    messages.success(request, f"Đã thêm {len(taken)} bản dự thảo quy trình.{already}")
    return redirect("catalogue:processes")
