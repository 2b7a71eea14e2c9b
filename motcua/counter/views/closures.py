"""Declaring a closure: what it would move is seen first, then moved in the background (công bố ngày đóng cửa)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can, requires
from motcua.catalogue.forms import Day
from motcua.dossiers import closures
from motcua.dossiers.models import ClosureDeclaration, Dossier
from motcua.organisations.calendars import Days
from motcua.organisations.models import Agency
from motcua.refusal import Refusal
from motcua.ui.templatetags.ui import vn_datetime

from .. import frame
from ..forms import Form, Line
from ..worklists import PAGE, Mark

PROVINCE = "tinh"
closing = requires(Can.CLOSE_AGENCY, Can.CLOSE_PROVINCE)


class ClosureForm(Form):
    """Which agency, which days, why and by which decision."""

    o = forms.ChoiceField(label="Nơi đóng cửa", error_messages={"invalid_choice": "Hãy chọn một nơi được giao."})
    tu = Day(label="Từ ngày")
    den = Day(label="Đến hết ngày")
    ly_do = Line(200, "Hãy ghi lý do, ví dụ: bão số 5.", label="Lý do", help_text="Người nộp hồ sơ đọc được lý do này.")
    can_cu = Line(200, "Hãy ghi số, ngày của văn bản quyết định.", label="Căn cứ")

    def __init__(self, officer: Person, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.agencies = {
            str(one.pk): one
            for one in Agency.objects.filter(pk__in=officer.agencies(Can.CLOSE_AGENCY)).order_by("name")
        }
        places = [(key, one.name) for key, one in self.agencies.items()]
        places += [(PROVINCE, "Toàn tỉnh")] if officer.may(Can.CLOSE_PROVINCE) else []
        self.fields["o"].choices = places  # type: ignore[attr-defined]
        for name in ("tu", "den"):
            self.fields[name].error_messages["required"] = "Hãy ghi ngày."

    def told(self) -> tuple[Agency | None, Days, dict[str, str]]:
        """The agency, or none for the whole province, the days, and the words."""
        given = self.cleaned_data
        agency = self.agencies.get(given["o"])
        words = {"reason": given["ly_do"], "legal_basis": given["can_cu"]}
        return agency, Days(agency.pk if agency else None, given["tu"], given["den"]), words


@closing
@require_safe
def declared(request: HttpRequest) -> HttpResponse:
    """What was declared, the newest first."""
    found = closures.seen_by(request.user).order_by("-pk")  # type: ignore[arg-type]
    if mark := Mark.read(request.GET.get("sau", "")):
        found = found.filter(pk__lt=mark.pk)
    rows = list(found[: PAGE + 1])
    context = {
        "rows": rows[:PAGE],
        "next": f"?sau={Mark(None, rows[PAGE - 1].pk)}" if len(rows) > PAGE else "",
    }
    return frame.page(request, "counter/closures/list.html", context)


@closing
@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: HttpRequest) -> HttpResponse:
    """The form; filled in, what would move; sent, declared."""
    at, officer = timezone.now(), request.user
    given = request.POST if request.method == "POST" else request.GET
    form = ClosureForm(officer, given if "tu" in given or request.method == "POST" else None)  # type: ignore[arg-type]
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        agency, days, words = form.told()
        try:
            if request.method == "POST":
                made = closures.declare(agency, first=days.first, last=days.last, by=officer, at=at, **words)  # type: ignore[arg-type]
                messages.success(request, "Đã công bố. Các ngày hẹn đang được dời, người nộp hồ sơ được báo.")
                return redirect("counter:closure", made.pk)
            closures.may_declare(agency, officer)  # type: ignore[arg-type]
            closures.expect_sound(days, **words, at=at)
            context |= _preview(request, days, form)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return frame.page(
        request, "counter/closures/declare.html", context, status=422 if form.is_bound and form.errors else 200, at=at
    )


def _preview(request: HttpRequest, days: Days, form: ClosureForm) -> dict[str, Any]:
    """Fifty of the dates as they would move, the one due first at the head, and how many there are."""
    every = closures.promised_within(days)
    found = _page_of(every.select_related("agency", "procedure_version"), request.GET.get("sau", ""))
    moves = list(closures.preview(days, found[:PAGE]))
    kept = {name: form.data.get(name, "") for name in form.fields}
    last = found[PAGE - 1] if len(found) > PAGE else None
    return {
        "moves": moves,
        "count": every.count(),
        "may_open": request.user.may(Can.SEE_DOSSIERS),  # type: ignore[union-attr]
        "kept": kept,
        "next": f"?{urlencode({**kept, 'sau': str(Mark(last.due_at, last.pk))})}" if last else "",
    }


def _page_of(dossiers: Any, after: str) -> list[Dossier]:
    mark = Mark.read(after)
    if mark and mark.moment:
        dossiers = dossiers.filter(Q(due_at__gt=mark.moment) | Q(due_at=mark.moment, pk__gt=mark.pk))
    return list(dossiers.annotate(given=closures.GIVEN).order_by("due_at", "pk")[: PAGE + 1])


@closing
@require_safe
def closure(request: HttpRequest, pk: int) -> HttpResponse:
    """One declaration: its decision, how far its dates are moved, and which, to whoever may see those dossiers."""
    at = timezone.now()
    one = get_object_or_404(closures.seen_by(request.user), pk=pk)  # type: ignore[arg-type]
    seen = Dossier.objects.handled_by(request.user)  # type: ignore[arg-type]
    moves = one.moves.filter(dossier__in=seen).select_related("dossier__procedure_version").order_by("-pk")
    if mark := Mark.read(request.GET.get("sau", "")):
        moves = moves.filter(pk__lt=mark.pk)
    rows = list(moves[: PAGE + 1])
    context = {
        "closure": one,
        "facts": _facts(one),
        "moves": rows[:PAGE],
        "may_open": True,
        "next": f"?sau={Mark(None, rows[PAGE - 1].pk)}" if len(rows) > PAGE else "",
        "may_take_back": _may_take_back(one, request.user, at),
    }
    return frame.page(request, "counter/closures/closure.html", context, at=at)


def _facts(one: ClosureDeclaration) -> list[tuple[str, str]]:
    facts = [
        ("Nơi đóng cửa", one.agency.name if one.agency else one.where),
        ("Lý do", one.reason),
        ("Căn cứ", one.legal_basis),
        ("Công bố", f"{one.declared_by}, {vn_datetime(one.declared_at)}"),
    ]
    if one.taken_back_at:
        facts.append(("Rút lại", f"{one.taken_back_by}, {vn_datetime(one.taken_back_at)}"))
    return [*facts, ("Ngày hẹn trả đã dời", f"{one.moved}" if one.laid_out_at else f"{one.moved}, đang dời tiếp")]


def _may_take_back(one: ClosureDeclaration, officer: Any, at: Any) -> bool:
    try:
        closures.may_take_back(one, officer, at)
    except Refusal:
        return False
    return True


@require_POST
@closing
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The days are worked after all."""
    one = get_object_or_404(closures.seen_by(request.user), pk=pk)  # type: ignore[arg-type]
    try:
        closures.take_back(one, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Đã rút lại. Các ngày hẹn đang được dời trở về, người nộp hồ sơ được báo.")
    return redirect("counter:closure", pk)
