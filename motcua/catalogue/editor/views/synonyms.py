"""What people say for the words of the law: find, try, add, change, remove (từ đồng nghĩa)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from motcua.accounts.permissions import Can, requires
from motcua.catalogue import searching, synonyms
from motcua.catalogue.models import ProcedureVersion, SearchFeedback, Synonym
from motcua.refusal import Refusal

from ..frame import page

PAGE = 50
TRIED = 8


class SynonymForm(forms.Form):
    said = forms.CharField(
        label="Người dân nói", max_length=120, help_text="Ví dụ: mất bìa đỏ. Không phân biệt hoa, thường."
    )
    means = forms.CharField(
        label="Nghĩa là (từ trong tên thủ tục)",
        max_length=300,
        help_text="Ví dụ: cấp lại giấy chứng nhận do bị mất. Nhiều nghĩa thì ngăn bằng dấu chấm phẩy.",
    )
    trial = forms.CharField(
        label="Thử với câu",
        max_length=searching.LONGEST,
        required=False,
        help_text="Để trống thì thử với chính từ ở ô trên.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


@requires(Can.EDIT_CATALOGUE)
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request):
    """The list by letters, and beside it a new line, which can be tried before it is kept."""
    if request.method == "POST":
        form = SynonymForm(request.POST)
        if form.is_valid():
            given, now = form.cleaned_data, timezone.now()

            def keep() -> Synonym:
                return synonyms.add(given["said"], given["means"], by=request.user, at=now)

            if "thu" in request.POST:
                return _list(request, form, tried=_try(form, keep))
            try:
                synonym = keep()
            except Refusal as refusal:
                form.add_error("said", str(refusal))
            else:
                messages.success(request, f"Đã thêm “{synonym.said}”.")
                return redirect(f"{reverse('catalogue:synonyms')}?{urlencode({'tim': synonym.said})}")
        return _list(request, form, status=422)
    asked = request.GET.get("noi", "").replace("\x00", "")[:120]
    return _list(request, SynonymForm(initial={"said": asked, "trial": asked}))


def _list(request, form: SynonymForm, *, tried: dict[str, Any] | None = None, status: int = 200):
    asked = {name: value.replace("\x00", "") for name, value in request.GET.items()}
    text, after = asked.get("tim", "").strip()[:120], asked.get("sau", "")
    rows = Synonym.objects.filter(removed_at=None).order_by("said")
    if text:
        rows = rows.filter(said_folded__contains=synonyms.key(text)) | rows.filter(means__icontains=text)
    if after:
        rows = rows.filter(said__gt=after[:120])
    found = list(rows.order_by("said").select_related("changed_by")[: PAGE + 1])
    more = "?" + urlencode({"tim": text, "sau": found[PAGE - 1].said}) if len(found) > PAGE else None
    about = asked.get("y-kien", "")
    context = {
        "form": form,
        "text": text,
        "rows": found[:PAGE],
        "more": more,
        "tried": tried,
        "feedback": SearchFeedback.objects.filter(pk=int(about), settled_at=None).first()
        if about.isascii() and about.isdigit() and len(about) < 18
        else None,
    }
    return page(request, "catalogue/synonyms.html", context, current="synonyms", status=status)


@requires(Can.EDIT_CATALOGUE)
@require_http_methods(["GET", "HEAD", "POST"])
def synonym(request, pk):
    """One line: try it in other words, change it, remove it."""
    line = get_object_or_404(Synonym.objects.filter(removed_at=None), pk=pk)
    tried, status = None, 200
    if request.method == "POST":
        form = SynonymForm(request.POST)
        if form.is_valid():
            given, now = form.cleaned_data, timezone.now()

            def keep() -> Synonym:
                return synonyms.change(line, given["said"], given["means"], seen=given["seen"], by=request.user, at=now)

            if "thu" in request.POST:
                tried = _try(form, keep)
            else:
                try:
                    keep()
                except synonyms.ChangedMeanwhile as refusal:
                    form.add_error(None, str(refusal))
                    # Saving once more means to replace what is said here.
                    line.refresh_from_db()
                    form.data = {**request.POST.dict(), "seen": synonyms.state(line)}
                except Refusal as refusal:
                    form.add_error("said", str(refusal))
                else:
                    messages.success(request, "Đã lưu.")
                    return redirect(f"{reverse('catalogue:synonyms')}?{urlencode({'tim': given['said']})}")
        status = 422 if form.errors else 200
    else:
        form = SynonymForm(initial={"said": line.said, "means": line.means, "seen": synonyms.state(line)})
    context = {"form": form, "line": line, "tried": tried, "seen": synonyms.state(line)}
    return page(request, "catalogue/synonym.html", context, current="synonyms", status=status)


@requires(Can.EDIT_CATALOGUE)
@require_POST
def remove(request, pk):
    line = get_object_or_404(Synonym.objects.filter(removed_at=None), pk=pk)
    try:
        synonyms.remove(line, seen=request.POST.get("seen", ""), by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("catalogue:synonym", pk)
    messages.success(request, f"Đã bỏ “{line.said}”; người dân không tìm được theo từ này nữa.")
    return redirect("catalogue:synonyms")


def _try(form: SynonymForm, keep: Any) -> dict[str, Any] | None:
    """What a search would find with this line, which is not kept."""
    text = form.cleaned_data["trial"] or form.cleaned_data["said"]
    with transaction.atomic():
        try:
            keep()
        except Refusal as refusal:
            form.add_error("said", str(refusal))
            return None
        found: list[ProcedureVersion] = searching.search(text, day=timezone.localdate(), limit=TRIED)
        transaction.set_rollback(True)
    return {"text": text, "found": found}
