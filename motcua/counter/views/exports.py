"""Taking a list out as a file, and the officer's own files (xuất dữ liệu)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.accounts.permissions import Can, requires
from motcua.dossiers.models import Export, ExportFormat, ExportState
from motcua.refusal import Refusal

from .. import exporting, frame
from ..exporting import REGISTER, SEARCH
from ..forms import Form, Line
from ..worklists import LISTS

SHOWN = 50


class ExportForm(Form):
    """In which form, with which columns, and what for."""

    format = forms.ChoiceField(label="Dạng tệp", widget=forms.RadioSelect, error_messages={"required": "Hãy chọn."})
    purpose = Line(
        200,
        "Hãy ghi dùng tệp này để làm gì.",
        label="Mục đích sử dụng",
        help_text="Tệp có dữ liệu cá nhân; mục đích được lưu cùng tên người xuất. Ví dụ: báo cáo tuần của Trung tâm.",
    )
    contacts = forms.BooleanField(label="Kèm địa chỉ, số điện thoại, thư điện tử", required=False)

    def __init__(self, what: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        forms_of_it = [one for one in ExportFormat if what == REGISTER or one != ExportFormat.PDF]
        choices = [(one.value, one.label) for one in forms_of_it]
        self.fields["format"].choices = choices  # type: ignore[attr-defined]
        self.fields["format"].initial = ExportFormat.XLSX
        if what == REGISTER:
            del self.fields["contacts"]


@requires(Can.SEE_DOSSIERS)
@require_safe
def mine(request):
    """The officer's own files, the newest first."""
    exports = [_told(export) for export in Export.objects.filter(by=request.user)[:SHOWN]]
    return frame.page(request, "counter/exports/mine.html", {"exports": exports})


@requires(Can.SEE_DOSSIERS)
def new(request):
    """Say in which form and what for; then a job makes the file."""
    what = request.GET.get("danh-sach", "")
    try:
        query = exporting.asked(what, request.GET)
        name = exporting.name_of(what, query)
        exporting.chosen(what, query, request.user, timezone.now())
    except (exporting.NoList, KeyError, ValueError):
        raise Http404 from None
    form = ExportForm(what, request.POST or None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            told = form.cleaned_data
            export = exporting.ask(
                what,
                query,
                format=told["format"],
                purpose=told["purpose"],
                contacts=told.get("contacts", False),
                by=request.user,
                at=timezone.now(),
            )
            return redirect("counter:export", export.public_id)
        except Refusal as said:
            refusal = str(said)
    context = {
        "form": form,
        "name": name,
        "refusal": refusal,
        "back": _where(what, query),
        "columns": exporting.columns(what, False),
        "contacts": "" if what == REGISTER else ", ".join(exporting.CONTACT_COLUMNS).lower(),
        "most_printed": exporting.MOST_PRINTED if what == REGISTER else None,
        "days": exporting.KEPT_DAYS,
    }
    return frame.page(request, "counter/exports/new.html", context, status=422 if form.errors or refusal else 200)


def _where(what: str, query: dict[str, Any]) -> str:
    """The page the list stands on."""
    name = {SEARCH: "search", REGISTER: "register"}.get(what, what)
    told = {key: value for key, value in query.items() if isinstance(value, str)}
    return f"{reverse(f'counter:{name}')}?{urlencode(told)}" if told else reverse(f"counter:{name}")


def _of(request: Any, public_id: UUID) -> Export:
    """Only its maker knows that it exists."""
    return get_object_or_404(Export, public_id=public_id, by=request.user)


def _told(export: Export) -> dict[str, Any]:
    known = export.what in LISTS or export.what in (SEARCH, REGISTER)
    gone = export.state == ExportState.GONE or bool(export.expires_at and export.expires_at <= timezone.now())
    return {
        "export": export,
        "name": exporting.name_of(export.what, export.query) if known else export.what,
        "gone": gone,
        "ready": export.state == ExportState.DONE and not gone,
    }


@requires(Can.SEE_DOSSIERS)
@require_safe
def export(request, public_id: UUID):
    """How far it has come, and the link until its day."""
    return _page(request, _of(request, public_id))


def _page(request: Any, export: Export, refusal: str = "", status: int = 200) -> Any:
    context = {**_told(export), "refusal": refusal, "again": _again(export)}
    return frame.page(request, "counter/exports/export.html", context, status=status)


def _again(export: Export) -> str:
    """The page where the same question is asked anew."""
    told = {key: value for key, value in export.query.items() if isinstance(value, str)}
    return f"{reverse('counter:new_export')}?{urlencode({'danh-sach': export.what, **told})}"


@requires(Can.SEE_DOSSIERS)
@require_safe
def file(request, public_id: UUID):
    """The file itself, to its maker who may still see what is in it."""
    export = _of(request, public_id)
    try:
        export = exporting.fetch(export, by=request.user, at=timezone.now())
    except exporting.Gone as gone:
        return _page(request, export, str(gone), status=410)
    except Refusal as refusal:
        return _page(request, export, str(refusal), status=403)
    return exporting.respond(export)
