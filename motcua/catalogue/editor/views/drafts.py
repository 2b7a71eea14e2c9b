"""Writing a draft page by page, comparing, publishing, undoing (bản dự thảo)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from motcua.accounts.permissions import Can, requires
from motcua.catalogue import comparing, completeness, drafts
from motcua.catalogue.announcing import deadlines
from motcua.catalogue.models import Draft
from motcua.catalogue.publishing import told_of
from motcua.catalogue.wording import all_lines, lines_of
from motcua.refusal import Refusal
from motcua.worktime.calendar import national_calendar

from .. import parts
from ..acts import PublishForm
from ..frame import page
from .procedures import named

PAGE = 50


@requires(Can.EDIT_CATALOGUE)
@require_safe
def listed(request):
    """Open drafts that one may write, those saved last first, each with its next deadline."""
    today, calendar = timezone.localdate(), national_calendar()
    mine = Draft.objects.edited_by(request.user).open().select_related("agency", "saved_by", "base")
    after = request.GET.get("sau", "")
    if after.isascii() and after.isdigit() and len(after) < 19:
        mine = mine.filter(pk__lt=int(after))
    found = list(mine.order_by("-pk")[: PAGE + 1])
    rows = []
    for draft in found[:PAGE]:
        told = drafts.told_in(draft)
        due = [one for one in _deadlines(told, calendar) if one.met is None]
        rows.append(
            {
                "draft": draft,
                "name": told.name,
                "deadline": due[0] if due else None,
                "kept": due[0].kept(today, calendar) if due else "",
                "missing": len(completeness.missing(told)),
            }
        )
    more = f"?sau={rows[-1]['draft'].pk}" if len(found) > PAGE else None
    return page(request, "catalogue/drafts.html", {"rows": rows, "more": more}, current="drafts")


def _deadlines(told: Any, calendar: Any) -> list[Any]:
    return deadlines(calendar, basis_effective_on=told.basis_effective_on, decided_on=told.decided_on, public_on=None)


def of(request, pk: int) -> Draft:
    """The draft, if this officer may write it."""
    mine = Draft.objects.edited_by(request.user)
    return get_object_or_404(mine.select_related("agency", "base", "saved_by", "begun_by"), pk=pk)


@requires(Can.EDIT_CATALOGUE)
@require_safe
def draft(request, pk):
    """The whole draft, part by part, what still keeps it from being published, and its deadlines."""
    draft = of(request, pk)
    told, today, calendar = drafts.told_in(draft), timezone.localdate(), national_calendar()
    lines = all_lines(told)
    pages = [
        {
            "page": name,
            "title": parts.title_of(name),
            "lines": [(drafts.PARTS[part], lines[part]) for part in parts.parts_on(name) if lines[part]],
            "changed": _differs(draft, told, name),
        }
        for name in parts.PAGES
    ]
    context = {
        "draft": draft,
        "told": told,
        "pages": pages,
        "questions": lines["form"],
        "problems": drafts.problems(draft),
        "deadlines": [(one, one.kept(today, calendar)) for one in _deadlines(told, calendar)],
        "may_publish": request.user.may(Can.PUBLISH_CATALOGUE),
        "last": draft.changes.select_related("by").first(),
    }
    return page(request, "catalogue/draft.html", context, current="drafts")


def _differs(draft: Draft, told: Any, name: str) -> bool:
    """Whether a page differs from the version the draft began with."""
    if draft.base is None:
        return False
    before = told_of(draft.base)
    return any(lines_of(before, part) != lines_of(told, part) for part in parts.parts_on(name))


@requires(Can.EDIT_CATALOGUE)
def part(request, pk, name):
    """One page of the draft; a saving refused because of somebody else shows both, and nothing typed is lost."""
    if name not in parts.PAGES:
        raise Http404
    draft = of(request, pk)
    rows = name in parts.ROWS
    theirs: list[tuple[str, list[str]]] = []
    refusal = ""
    status = 200
    revision = draft.revision
    if request.method == "POST":
        revision = _revision(request)
        more = 1 if "them" in request.POST else 0
        form = _form(name, draft, request, more)
        if more:
            pass
        elif form.is_valid():
            try:
                changes = _changes(name, form)
                saved = drafts.save(draft, revision=revision, changes=changes, by=request.user, at=timezone.now())
                messages.success(request, f"Đã lưu “{parts.title_of(name)}” lúc {timezone.localtime():%H:%M}.")
                return redirect("catalogue:draft", saved.pk)
            except drafts.ChangedMeanwhile as changed:
                draft = changed.draft
                refusal, revision, status = str(changed), draft.revision, 422
                told = drafts.told_in(draft)
                theirs = [(drafts.PARTS[part], lines_of(told, part)) for part in changed.parts]
            except Refusal as refused:
                refusal, status = str(refused), 422
        else:
            status = 422
    else:
        form = _form(name, draft, None, 1 if rows and not draft.told.get(parts.ROWS[name][1]) else 0, request.user)
    context = {
        "draft": draft,
        "title": parts.title_of(name),
        "name": name,
        "form": form,
        "rows": rows,
        "revision": revision,
        "refusal": refusal,
        "theirs": theirs,
    }
    template = "catalogue/part_rows.html" if rows else "catalogue/part.html"
    return page(request, template, context, current="drafts", status=status)


def _form(name: str, draft: Draft, request: Any, more: int, officer: Any = None) -> Any:
    data = request.POST if request else None
    if name in parts.ROWS:
        return parts.rows_form(name, draft, data, more=more)
    return parts.plain_form(name, draft, officer or request.user, data)


def _changes(name: str, form: Any) -> dict[str, Any]:
    if name in parts.ROWS:
        return {parts.ROWS[name][1]: parts.kept_rows(name, form.rows())}
    return parts.changes_of(form)


def _revision(request: Any) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@requires(Can.EDIT_CATALOGUE)
@require_safe
def compare(request, pk):
    """The draft beside the version in force."""
    draft = of(request, pk)
    told = drafts.told_in(draft)
    before = told_of(draft.base) if draft.base else None
    compared = comparing.compare(before, told)
    context = {
        "draft": draft,
        "told": told,
        "changed": [one for one in compared if one.changed],
        "same": [one for one in compared if not one.changed],
    }
    return page(request, "catalogue/compare.html", context, current="drafts")


@requires(Can.EDIT_CATALOGUE)
@require_safe
def history(request, pk):
    """Who changed what in this draft, the newest first."""
    draft = of(request, pk)
    changes = [{"change": change, "parts": named(change)} for change in draft.changes.select_related("by")[:200]]
    return page(request, "catalogue/history.html", {"draft": draft, "changes": changes}, current="drafts")


@requires(Can.EDIT_CATALOGUE)
@require_POST
def undo(request, pk):
    return _act(request, pk, drafts.undo, "Đã hoàn tác lần sửa cuối.", revision=_revision(request))


@requires(Can.EDIT_CATALOGUE)
@require_POST
def discard(request, pk):
    draft = of(request, pk)
    try:
        drafts.discard(draft, by=request.user, at=timezone.now())
        messages.success(request, "Đã bỏ bản dự thảo; bản đang có hiệu lực không thay đổi.")
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("catalogue:drafts")


def _act(request: Any, pk: int, step: Any, said: str, **given: Any) -> Any:
    """Do one step to a draft and go back to it with what came of it."""
    draft = of(request, pk)
    try:
        step(draft, by=request.user, at=timezone.now(), **given)
        messages.success(request, said)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("catalogue:draft", pk)


@requires(Can.PUBLISH_CATALOGUE)
def publish(request, pk):
    """Ask once more, with everything that changes, then put in force."""
    draft = of(request, pk)
    initial = {"revision": draft.revision, "valid_from": draft.valid_from or timezone.localdate()}
    form = PublishForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                version = drafts.publish_draft(draft, by=request.user, at=timezone.now(), **form.cleaned_data)
                messages.success(
                    request, f"Đã công bố {draft.code}, có hiệu lực từ ngày {version.valid_from:%d/%m/%Y}."
                )
                return redirect("catalogue:procedure", draft.code)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
                draft = of(request, pk)
                form.data = {**request.POST.dict(), "revision": str(draft.revision)}
    before = told_of(draft.base) if draft.base else None
    context = {
        "draft": draft,
        "form": form,
        "problems": drafts.problems(draft),
        "changed": [one.label for one in comparing.compare(before, drafts.told_in(draft)) if one.changed],
    }
    return page(request, "catalogue/publish.html", context, current="drafts", status=status)
