"""Bringing the catalogue in and taking it out (nhập, xuất danh mục)."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from typing import Any, BinaryIO

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from motcua.accounts.permissions import Can, requires
from motcua.catalogue import exchange, uploads
from motcua.catalogue.forms import Day
from motcua.catalogue.models import ProcedureVersion, Upload, UploadState, UploadWay
from motcua.refusal import Refusal

from ..frame import page
from ..parts import Form, of_own_agencies

SHOWN = 20
STREAMED: dict[str, tuple[str, Callable[..., Any]]] = {
    "jsonl": ("application/jsonl", exchange.lines),
    "json": ("application/json", exchange.messages),
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FileForm(Form):
    file = forms.FileField(
        label="Tệp danh mục",
        help_text="JSON từng dòng (.jsonl), thông điệp LayThuTuc (.json) hoặc sổ Excel (.xlsx) đúng mẫu; không quá 30 MB.",
        error_messages={"required": "Hãy chọn tệp.", "empty": "Tệp này rỗng."},
    )


class ApplyForm(Form):
    way = forms.ChoiceField(
        label="Ghi như thế nào?",
        choices=UploadWay.choices,
        widget=forms.RadioSelect,
        initial=UploadWay.DRAFTS,
        error_messages={"required": "Hãy chọn một cách."},
    )
    day = Day(label="Có hiệu lực từ ngày", help_text="Chỉ cần khi công bố ngay.", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("way") == UploadWay.PUBLISH and not cleaned.get("day") and "day" not in self.errors:
            self.add_error("day", "Hãy ghi ngày có hiệu lực.")
        return cleaned


@requires(Can.EDIT_CATALOGUE)
def files(request):
    """The three ways out, a file to bring in, and what was brought in lately."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > uploads.LARGEST:
                raise uploads.TooBig
            upload = uploads.receive(file.read(), file.name, by=request.user, at=timezone.now())
            return redirect("catalogue:upload", upload.pk)
        except Refusal as refusal:
            form.add_error("file", str(refusal))
    context = {
        "form": form,
        "uploads": Upload.objects.filter(by=request.user).defer("content").select_related("by")[:SHOWN],
        "count": _chosen(request).count(),
    }
    return page(request, "catalogue/files.html", context, current="files", status=422 if form.is_bound else 200)


def _chosen(request: Any) -> Any:
    """What an officer takes out: what is in force and theirs."""
    return ProcedureVersion.objects.valid_on(timezone.localdate()).filter(of_own_agencies(request.user))


@requires(Can.EDIT_CATALOGUE)
@require_safe
def take_out(request, kind):
    """All procedures in force, or one by its code, in one of the three forms."""
    versions = _chosen(request)
    name = f"danh-muc-tthc-{timezone.localdate():%Y-%m-%d}"
    if code := request.GET.get("ma", "")[:30]:
        versions = versions.filter(procedure__code=code)
        name = f"tthc-{code}-{timezone.localdate():%Y-%m-%d}"
        if not versions.exists():
            raise Http404
    if kind == "xlsx":
        return FileResponse(
            _workbook(exchange.told(versions)), filename=f"{name}.xlsx", as_attachment=True, content_type=XLSX
        )
    media_type, written = STREAMED[kind]
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return StreamingHttpResponse(written(exchange.told(versions)), content_type=media_type, headers=headers)


def _workbook(told: Any) -> BinaryIO:
    file = tempfile.TemporaryFile()  # noqa: SIM115  it is sent after this has ended
    exchange.workbook(told, file)
    file.seek(0)
    return file


def _of(request: Any, pk: int) -> Upload:
    return get_object_or_404(Upload.objects.filter(by=request.user).defer("content"), pk=pk)


@requires(Can.EDIT_CATALOGUE)
@require_safe
def upload(request, pk):
    """How far a file has come, what it would change, and how it may be written."""
    return _upload_page(request, _of(request, pk), ApplyForm(initial={"day": timezone.localdate()}))


def _upload_page(request: Any, upload: Upload, form: ApplyForm, status: int = 200) -> Any:
    report = upload.report
    context = {
        "upload": upload,
        "form": form,
        "running": upload.state in (UploadState.CHECKING, UploadState.APPLYING),
        "figures": [
            ("Mới", report.get(uploads.NEW, 0)),
            ("Thay đổi", report.get(uploads.CHANGED, 0)),
            ("Không đổi", report.get(uploads.UNCHANGED, 0)),
            ("Không đọc được, không ghi được", report.get("bad_count", 0)),
        ],
        "to_write": report.get(uploads.NEW, 0) + report.get(uploads.CHANGED, 0),
        "bad": report.get("bad", ()),
    }
    return page(request, "catalogue/upload.html", context, current="files", status=status)


@requires(Can.EDIT_CATALOGUE)
@require_POST
def apply(request, pk):
    upload = _of(request, pk)
    form = ApplyForm(request.POST)
    if form.is_valid():
        day: date | None = form.cleaned_data["day"] if form.cleaned_data["way"] == UploadWay.PUBLISH else None
        try:
            uploads.apply(upload, way=form.cleaned_data["way"], day=day, by=request.user, at=timezone.now())
            return redirect("catalogue:upload", pk)
        except uploads.AlreadyApplied as refusal:
            messages.info(request, str(refusal))
            return redirect("catalogue:upload", pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return _upload_page(request, upload, form, status=422)
