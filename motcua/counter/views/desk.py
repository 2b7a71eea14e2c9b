"""What an officer keeps at the desk: filters, columns, labels, notes, following (bàn làm việc của cán bộ)."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from motcua.accounts.permissions import Can, requires
from motcua.accounts.sessions import unattended
from motcua.refusal import Refusal

from .. import desk, frame
from ..models import Labelled, Note
from ..opening import dossier_of
from ..worklists import LISTS
from .lists import conditions


def _list(name: str):
    if name not in LISTS:
        raise Http404
    return LISTS[name]


def _back(listed: str, query: str):
    return redirect(f"{reverse(f'counter:{listed}')}{'?' if query else ''}{query}")


# Filters and columns --------------------------------------------------------------------------------------------------


@require_POST
@requires(Can.SEE_DOSSIERS)
def save_filter(request, listed: str):
    one = _list(listed)
    query = urlencode(conditions(dict(parse_qsl(request.POST.get("dieu-kien", "")[:600])), one))
    try:
        saved = desk.save_filter(request.user, name=request.POST.get("ten", ""), listed=listed, query=query)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Đã lưu bộ lọc “{saved}”. Bộ lọc nằm dưới các danh sách, ở mọi trang.")
    return _back(listed, query)


@requires(Can.SEE_DOSSIERS)
@require_safe
def filters(request):
    """The officer's own filters, to be renamed and removed."""
    saved = [(one, LISTS[one.listed].label) for one in request.user.saved_filters.all() if one.listed in LISTS]
    return frame.page(request, "counter/filters.html", {"saved": saved})


@require_POST
@requires(Can.SEE_DOSSIERS)
def rename_filter(request, pk: int):
    saved = get_object_or_404(request.user.saved_filters, pk=pk)
    try:
        desk.rename_filter(saved, name=request.POST.get("ten", ""))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Đã đổi tên thành “{saved}”.")
    return redirect("counter:filters")


@require_POST
@requires(Can.SEE_DOSSIERS)
def remove_filter(request, pk: int):
    saved = get_object_or_404(request.user.saved_filters, pk=pk)
    saved.delete()
    messages.success(request, f"Đã bỏ bộ lọc “{saved}”. Hồ sơ không thay đổi.")
    return redirect("counter:filters")


@require_POST
@requires(Can.SEE_DOSSIERS)
def choose_columns(request, listed: str):
    one = _list(listed)
    try:
        desk.choose_columns(request.user, one, request.POST.getlist("cot"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    query = conditions(dict(parse_qsl(request.POST.get("dieu-kien", "")[:600])), one)
    return _back(listed, urlencode(query))


# Labels ---------------------------------------------------------------------------------------------------------------


@requires(Can.SEE_DOSSIERS)
@require_safe
def labels(request):
    """The labels of the officer's units."""
    context = {"labels": desk.labels_of(request.user).select_related("unit").order_by("unit__name", "name")}
    return frame.page(request, "counter/labels.html", {**context, "units": desk.units_of(request.user)})


def _labels(request, act, said: str):
    try:
        act()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("counter:labels")


@require_POST
@requires(Can.SEE_DOSSIERS)
def make_label(request):
    unit = get_object_or_404(desk.units_of(request.user), pk=_number(request.POST.get("don-vi")))
    name = request.POST.get("ten", "")
    return _labels(request, lambda: desk.make_label(request.user, unit=unit.pk, name=name), "Đã thêm nhãn.")


@require_POST
@requires(Can.SEE_DOSSIERS)
def rename_label(request, pk: int):
    label = get_object_or_404(desk.labels_of(request.user), pk=pk)
    return _labels(request, lambda: desk.rename_label(label, name=request.POST.get("ten", "")), "Đã đổi tên nhãn.")


@require_POST
@requires(Can.SEE_DOSSIERS)
def remove_label(request, pk: int):
    label = get_object_or_404(desk.labels_of(request.user), pk=pk)
    return _labels(request, label.delete, f"Đã bỏ nhãn “{label}” khỏi mọi hồ sơ. Hồ sơ không thay đổi.")


@require_POST
@requires(Can.SEE_DOSSIERS)
def put_label(request, code: str):
    dossier = dossier_of(request.user, code)
    label = get_object_or_404(desk.labels_of(request.user), pk=_number(request.POST.get("nhan")))
    desk.put_label(dossier, label, by=request.user, at=timezone.now())
    return redirect("counter:dossier", code)


@require_POST
@requires(Can.SEE_DOSSIERS)
def take_label(request, code: str, pk: int):
    dossier = dossier_of(request.user, code)
    label = get_object_or_404(desk.labels_of(request.user), pk=pk)
    Labelled.objects.filter(dossier=dossier, label=label).delete()
    return redirect("counter:dossier", code)


# At one dossier -------------------------------------------------------------------------------------------------------


@require_POST
@requires(Can.SEE_DOSSIERS)
def write_note(request, code: str):
    dossier = dossier_of(request.user, code)
    units = request.user.units(Can.SEE_DOSSIERS)
    unit = _number(request.POST.get("ai-doc"))
    if unit and unit not in units:
        raise Http404
    text = request.POST.get("noi-dung", "")[:2000]
    try:
        desk.write_note(dossier, text=text, unit=unit or None, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('counter:dossier', args=[code])}#ghi-chu")


@require_POST
@requires(Can.SEE_DOSSIERS)
def remove_note(request, code: str, pk: int):
    """Only the writer takes a note back."""
    get_object_or_404(Note, pk=pk, dossier=dossier_of(request.user, code), by=request.user).delete()
    return redirect(f"{reverse('counter:dossier', args=[code])}#ghi-chu")


@require_POST
@requires(Can.SEE_DOSSIERS)
def follow(request, code: str):
    dossier = dossier_of(request.user, code)
    if request.POST.get("theo-doi") == "0":
        desk.unfollow(dossier, request.user)
    else:
        desk.follow(dossier, request.user, at=timezone.now())
    return redirect("counter:dossier", code)


@unattended
@requires(Can.SEE_DOSSIERS)
@require_safe
def present(request, code: str):
    """Asked by an open page now and then: it is still open, and who else has it open."""
    return JsonResponse({"present": desk.stay(dossier_of(request.user, code), request.user, timezone.now())})


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0
