"""Finding a procedure to write about, its versions and its history (thủ tục và các phiên bản)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from motcua.accounts.permissions import Can, requires
from motcua.catalogue import announcing, completeness, drafts, searching
from motcua.catalogue.announcing import deadlines_of
from motcua.catalogue.models import Draft, DraftChange, Procedure, ProcedureVersion
from motcua.catalogue.publishing import told_of
from motcua.catalogue.wording import all_lines
from motcua.journal.models import Entry
from motcua.refusal import Refusal
from motcua.worktime.calendar import national_calendar

from ..acts import NewProcedureForm, RetireForm
from ..frame import page
from ..parts import of_own_agencies

PAGE = 50
KEPT_HISTORY = 100
LISTS = {
    "": "Đang có hiệu lực",
    "thieu": "Thiếu bộ phận",
    "sap-toi": "Sắp có hiệu lực",
    "het": "Đã hết hiệu lực",
}
WHAT_HAPPENED = {
    "procedure.published": "Công bố một phiên bản",
    "procedure.retired": "Bãi bỏ",
    "process.issued": "Ban hành một quy trình",
    "procedure.reinstated": "Khôi phục hiệu lực",
    "procedure.draft_begun": "Bắt đầu một bản dự thảo",
    "procedure.draft_discarded": "Bỏ bản dự thảo",
}


@requires(Can.EDIT_CATALOGUE)
@require_safe
def find(request):
    """What was typed, else a list by code: in force, incomplete, coming, ended."""
    today = timezone.localdate()
    asked = {name: value.replace("\x00", "") for name, value in request.GET.items()}
    text, chosen, after = asked.get("q", "").strip()[: searching.LONGEST], asked.get("loc", ""), asked.get("sau", "")
    chosen = chosen if chosen in LISTS else ""
    own = of_own_agencies(request.user)
    if text:
        found = searching.search(text, day=today, limit=PAGE + 1)
        mine = set(ProcedureVersion.objects.filter(own, pk__in=[one.pk for one in found]).values_list("pk", flat=True))
        found = [one for one in found if one.pk in mine]
    else:
        listed = _listed(chosen, today).filter(own).order_by("procedure__code")
        found = list(listed.filter(procedure__code__gt=after[:30])[: PAGE + 1])
    open_now = dict(Draft.objects.open().filter(code__in=[one.code for one in found]).values_list("code", "pk"))
    rows: list[dict[str, Any]] = [{"version": one, "draft": open_now.get(one.code)} for one in found[:PAGE]]
    more = None
    if len(found) > PAGE and not text:
        more = "?" + urlencode({"loc": chosen, "sau": rows[-1]["version"].code})
    chips = [
        {"label": label, "href": f"?loc={name}" if name else "?", "current": name == chosen and not text}
        for name, label in LISTS.items()
    ]
    context = {"text": text, "rows": rows, "chips": chips, "more": more, "chosen": chosen, "many": len(found) > PAGE}
    return page(request, "catalogue/find.html", context, current="home")


def _listed(chosen: str, today: Any) -> QuerySet[ProcedureVersion]:
    versions = ProcedureVersion.objects.select_related("procedure", "field", "agency").defer(
        "sequence", "requirements", "search_vector", "words_folded", "form"
    )
    if chosen == "sap-toi":
        return versions.filter(valid_from__gt=today)
    if chosen == "het":
        later = ProcedureVersion.objects.filter(procedure=OuterRef("procedure"), valid_from__gt=OuterRef("valid_from"))
        return versions.filter(valid_to__lt=today).exclude(Exists(later))
    in_force = versions.valid_on(today)
    return completeness.incomplete(in_force) if chosen == "thieu" else in_force


@requires(Can.EDIT_CATALOGUE)
@require_safe
def procedure(request, code):
    """All about one procedure: what is in force, what misses, deadlines, versions, who did what."""
    procedure, versions = _of(request, code)
    today = timezone.localdate()
    current = next((one for one in versions if one.is_in_force(today)), versions[0])
    told = told_of(current)
    calendar = national_calendar()
    context = {
        "procedure": procedure,
        "current": current,
        "in_force": current.valid_from <= today and (current.valid_to is None or current.valid_to >= today),
        "versions": versions,
        "missing": [completeness.PARTS[part] for part in completeness.missing(told)],
        "not_told": [completeness.FURTHER[part] for part in completeness.not_told(told)],
        "lines": [(drafts.PARTS[part], lines) for part, lines in all_lines(told).items() if lines],
        "deadlines": [(one, one.kept(today, calendar)) for one in deadlines_of(current, calendar)],
        "draft": drafts.open_draft(code),
        "history": _history(procedure, code),
        "may_publish": request.user.may(Can.PUBLISH_CATALOGUE),
        "may_reinstate": current.valid_to is not None and current.valid_to >= today and current == versions[0],
    }
    return page(request, "catalogue/procedure.html", context, current="home")


def _of(request, code: str) -> tuple[Procedure, list[ProcedureVersion]]:
    """The procedure and its versions, the newest first; one of another agency is not there for an agency's editor."""
    procedure = get_object_or_404(Procedure, code=code)
    newest = get_object_or_404(ProcedureVersion.objects.filter(of_own_agencies(request.user)), pk=_newest(procedure).pk)
    versions = procedure.versions.select_related("field", "agency", "published_by", "procedure")
    return procedure, [newest, *versions.exclude(pk=newest.pk).order_by("-valid_from")[:50]]


def _newest(procedure: Procedure) -> ProcedureVersion:
    return get_object_or_404(procedure.versions.order_by("-valid_from")[:1])


def _history(procedure: Procedure, code: str) -> list[dict[str, Any]]:
    """What was done to the procedure and to its drafts, the newest first."""
    subjects = [procedure.subject, *(draft.subject for draft in Draft.objects.filter(code=code).order_by("-pk")[:20])]
    told = Entry.objects.filter(subject__in=subjects, event__in=WHAT_HAPPENED).select_related("actor")
    lines: list[dict[str, Any]] = [
        {"at": entry.at, "who": entry.actor, "text": WHAT_HAPPENED[entry.event]}
        for entry in told.order_by("-at", "-pk")[:KEPT_HISTORY]
    ]
    changes = DraftChange.objects.filter(draft__code=code).select_related("by").order_by("-at", "-pk")
    lines += [
        {"at": change.at, "who": change.by, "text": "Sửa: " + ", ".join(named(change))}
        for change in changes[:KEPT_HISTORY]
    ]
    return sorted(lines, key=lambda line: line["at"], reverse=True)[:KEPT_HISTORY]


def named(change: DraftChange) -> list[str]:
    return [label for part, label in drafts.PARTS.items() if part in change.changed]


@requires(Can.EDIT_CATALOGUE)
@require_POST
def begin(request, code):
    """Open a draft of the newest version, or the one that is open already."""
    _, versions = _of(request, code)
    try:
        draft = drafts.begin(versions[0], by=request.user, at=timezone.now())
    except drafts.AlreadyInDraft:
        draft = Draft.objects.open().get(code=code)
        messages.info(request, "Thủ tục này đang có bản dự thảo; đây là bản đó.")
    return redirect("catalogue:draft", draft.pk)


@requires(Can.EDIT_CATALOGUE)
def new(request):
    """A procedure the catalogue does not have yet."""
    form = NewProcedureForm(request.POST or None, officer=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            draft = drafts.begin_new(by=request.user, at=timezone.now(), **form.cleaned_data)
            return redirect("catalogue:draft", draft.pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    status = 422 if form.is_bound else 200
    return page(request, "catalogue/new.html", {"form": form}, current="home", status=status)


@requires(Can.PUBLISH_CATALOGUE)
def retire(request, code):
    """End a procedure from a day on, after asking once."""
    procedure, versions = _of(request, code)
    form = RetireForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            announcing.retire(procedure, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Đã bãi bỏ thủ tục {code} từ ngày {form.cleaned_data['from_day']:%d/%m/%Y}.")
            return redirect("catalogue:procedure", code)
    status = 422 if form.is_bound else 200
    context = {"form": form, "version": versions[0]}
    return page(request, "catalogue/retire.html", context, current="home", status=status)


@requires(Can.PUBLISH_CATALOGUE)
@require_POST
def reinstate(request, code):
    procedure, _ = _of(request, code)
    try:
        announcing.reinstate(procedure, by=request.user, at=timezone.now())
        messages.success(request, "Thủ tục có hiệu lực trở lại, như chưa bị bãi bỏ.")
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("catalogue:procedure", code)
