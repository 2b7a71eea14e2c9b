"""Writing the form of a draft, question by question, with the form itself beside it (soạn biểu mẫu điện tử)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from csp.decorators import csp_replace
from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from motcua.accounts.permissions import Can, requires
from motcua.catalogue import drafts
from motcua.catalogue import forms as told_forms
from motcua.catalogue.forms import NAMES, SIMPLE, WrongForm, check
from motcua.catalogue.models import Draft
from motcua.refusal import Refusal

from .. import building
from ..building import ACTS, QuestionForm, Rows
from ..frame import page
from .drafts import of

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
LONGEST_JSON = 200_000


class NothingToUndo(Refusal):
    message = "Biểu mẫu của bản dự thảo này chưa có lần sửa nào để hoàn tác."


@requires(Can.EDIT_CATALOGUE)
@GET_OR_POST
def builder(request, pk):
    """The questions, one of them open, and the real form beside them as a phone shows it."""
    draft = of(request, pk)
    if request.method != "POST":
        return _page(request, draft, chosen=request.GET.get("muc", ""))
    act, path = request.POST.get("viec", ""), request.POST.get("muc", "")
    if act == "sua":
        return _change(request, draft, path)
    try:
        rows, chosen = _done(request, draft, act, path)
        _check(draft, rows)
        return _saved(request, draft, rows, chosen)
    except Refusal as refusal:
        return _page(request, of(request, pk), chosen=path, refusal=str(refusal))


def _done(request: Any, draft: Draft, act: str, path: str) -> tuple[Rows, str]:
    """The form after what was pressed, and the question to look at."""
    rows, kind = _rows(draft), request.POST.get("kieu", "")
    if act == "them" and kind in NAMES:
        return building.add(rows, kind, after=path, components=_components(draft))
    if act == "them-trong" and kind in SIMPLE:
        return building.add_inside(rows, path, kind)
    if act == "hoan-tac":
        return _before(draft), ""
    if act not in ACTS:
        raise Refusal("Trang này không hiểu việc vừa bấm; hãy thử lại.")
    return ACTS[act](rows, path)


def _before(draft: Draft) -> Rows:
    """The form before its last saving."""
    for change in draft.changes.all()[:200]:
        if "form" in change.changed:
            return change.changed["form"][0]
    raise NothingToUndo


def _change(request: Any, draft: Draft, path: str) -> HttpResponse:
    """One question changed; what is wrong is said at its box, and what was typed stays."""
    rows = _rows(draft)
    try:
        form = _question(draft, rows, path, request.POST)
    except Refusal as refusal:
        return _page(request, draft, refusal=f"{refusal} Bạn đã gõ: “{request.POST.get('label', '')[:500]}”.")
    if not form.is_valid():
        return _page(request, draft, chosen=path, form=form)
    try:
        after, chosen = building.replace(rows, path, form.told(building.find(rows, path).rows))
        _check(draft, after)
        return _saved(request, draft, after, chosen)
    except WrongForm as refused:
        form.add_refusal(refused, its_own=refused.path == building.find(rows, path).numbers(rows))
        return _page(request, draft, chosen=path, form=form)
    except Refusal as refusal:
        return _page(request, of(request, draft.pk), chosen=path, form=form, refusal=str(refusal))


def _check(draft: Draft, rows: Rows) -> None:
    check(rows, components=_components(draft))


def _saved(request: Any, draft: Draft, rows: Rows, chosen: str) -> HttpResponse:
    drafts.save(draft, revision=_revision(request), changes={"form": rows}, by=request.user, at=timezone.now())
    query = f"?{urlencode({'muc': chosen})}" if chosen else ""
    return redirect(reverse("catalogue:form", args=[draft.pk]) + query)


def _revision(request: Any) -> int:
    """Which saving the page was made from."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _rows(draft: Draft) -> Rows:
    return list(draft.told.get("form") or [])


def _components(draft: Draft) -> dict[str, str]:
    return {row["key"]: row["name"] for row in draft.told.get("components") or []}


def _question(draft: Draft, rows: Rows, path: str, data: Any = None) -> QuestionForm:
    here = building.find(rows, path)
    given = {} if data is None else {"data": data}
    earlier = here.rows[: here.at]
    return QuestionForm(here.field, earlier, components=_components(draft), inside=here.group is not None, **given)


def _page(request: Any, draft: Draft, *, chosen: str = "", form: QuestionForm | None = None, refusal: str = "") -> Any:
    rows = _rows(draft)
    if chosen and form is None:
        try:
            form = _question(draft, rows, chosen)
        except building.Gone as gone:
            chosen, refusal = "", refusal or str(gone)
    context = {
        "draft": draft,
        "name": draft.told.get("name", ""),
        "rows": list(building.listed(rows)),
        "chosen": chosen,
        "form": form,
        "group": form.field["key"] if form and form.kind == "group" else "",
        "refusal": refusal,
        "types": [(kind, name) for kind, name in NAMES.items()],
        "simple": [(kind, NAMES[kind]) for kind in SIMPLE],
        "inside": "." in chosen,
        "may_undo": any("form" in change.changed for change in draft.changes.all()[:200]),
    }
    status = 422 if refusal or (form and form.errors) else 200
    return page(request, "catalogue/form.html", context, current="drafts", status=status)


@requires(Can.EDIT_CATALOGUE)
@GET_OR_POST
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})  # type: ignore[arg-type]
def preview(request, pk):
    """The real form of the draft, as a person fills it in; it may be tried, and nothing of it is kept."""
    draft = of(request, pk)
    definition = _rows(draft)
    names = {key: f"{name}: (ví dụ) giay.pdf" for key, name in _components(draft).items()}
    changed = told_forms.reshaped(request.POST) if request.method == "POST" else None
    made = told_forms.form_class(definition, papers=names, draft=changed is not None)
    if request.method != "POST":
        form = made()
    else:
        form = made(request.POST if changed is None else changed)
        form.is_valid()
    questions = told_forms.questions(form)
    context = {
        "draft": draft,
        "questions": questions,
        "has_groups": any(one["kind"] == "group" for one in questions),
        "faults": [f"{where}: {error}" if where else error for _field, where, error in told_forms.faults(form)],
        "passed": request.method == "POST" and changed is None and not form.errors,
        "own": bool(definition),
    }
    return render(request, "catalogue/form_preview.html", context, status=422 if form.errors else 200)


class JsonForm(forms.Form):
    """The whole form as text, for who would rather write it than press."""

    definition = forms.CharField(
        label="Biểu mẫu, JSON",
        max_length=LONGEST_JSON,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": "code"}),
        error_messages={
            "required": "Hãy dán biểu mẫu vào đây.",
            "max_length": "Dài quá; biểu mẫu nào cũng ngắn hơn nhiều.",
        },
    )

    def clean_definition(self) -> Any:
        try:
            return json.loads(self.cleaned_data["definition"])
        except ValueError as wrong:
            where = f" (dòng {wrong.lineno})" if isinstance(wrong, json.JSONDecodeError) else ""
            raise forms.ValidationError(f"Không đọc được JSON{where}; xem lại dấu ngoặc, dấu phẩy, dấu nháy.") from None
        except RecursionError:
            raise forms.ValidationError("Không đọc được JSON: lồng nhau quá sâu.") from None


@requires(Can.EDIT_CATALOGUE)
@GET_OR_POST
def as_json(request, pk):
    """The form as JSON, to take away and to bring in (docs/forms.md)."""
    draft = of(request, pk)
    written = json.dumps(_rows(draft), ensure_ascii=False, indent=2)
    form = JsonForm(request.POST if request.method == "POST" else None, initial={"definition": written})
    if request.method == "POST" and form.is_valid():
        try:
            rows = form.cleaned_data["definition"]
            _check(draft, rows)
            return _saved(request, draft, rows, "")
        except Refusal as refusal:
            form.add_error("definition", str(refusal))
            draft = of(request, pk)
    context = {"draft": draft, "form": form}
    return page(request, "catalogue/form_json.html", context, current="drafts", status=422 if form.errors else 200)


@requires(Can.EDIT_CATALOGUE)
@require_safe
def download(request, pk):
    """The form as a file."""
    draft = of(request, pk)
    response = HttpResponse(
        json.dumps(_rows(draft), ensure_ascii=False, indent=2) + "\n", content_type="application/json; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{draft.code}-bieu-mau.json"'
    return response
