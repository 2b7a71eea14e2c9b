"""The register of dossiers on the screen (sổ theo dõi hồ sơ)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.accounts.permissions import Can, requires
from motcua.catalogue.forms import Day
from motcua.dossiers import register as book_of_dossiers
from motcua.dossiers.models import Dossier
from motcua.dossiers.register import Entry, day_of
from motcua.organisations.models import Agency

from .. import exporting, frame
from ..forms import Form
from ..worklists import PAGE, Mark

LONGEST = 366


class SpanForm(Form):
    """Whose register, and from which day to which."""

    so = forms.ChoiceField(label="Sổ của", error_messages={"invalid_choice": "Hãy chọn một sổ được giao."})
    tu = Day(label="Từ ngày")
    den = Day(label="Đến hết ngày")

    def __init__(self, books: list[tuple[str, str]], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["so"].choices = books  # type: ignore[attr-defined]
        for name in ("tu", "den"):
            self.fields[name].error_messages["required"] = "Hãy ghi ngày."

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        first, last = told.get("tu"), told.get("den")
        if first and last and not 0 <= (last - first).days < LONGEST:
            self.add_error("den", "Ngày cuối không được trước ngày đầu, và mỗi lần xem nhiều nhất một năm.")
        return told


def _books(officer: Any) -> list[tuple[str, str]]:
    books = exporting.books_of(officer)
    names = {agency.pk: agency.name for agency in Agency.objects.filter(pk__in=[book.agency for book in books])}
    side = {True: "tiếp nhận tại", False: "giải quyết tại"}
    return [(str(book), f"Hồ sơ {side[book.at_counter]} {names[book.agency]}") for book in books]


@requires(Can.SEE_DOSSIERS)
@require_safe
def page(request):
    """Fifty dossiers of a register, in the order they were received."""
    today = timezone.localdate()
    books = _books(request.user)
    if "so" not in request.GET:
        month = {"so": books[0][0], "tu": today.replace(day=1).isoformat(), "den": today.isoformat()}
        return redirect(f"{reverse('counter:register')}?{urlencode(month)}")
    form = SpanForm(books, request.GET)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        told = form.cleaned_data
        query = {"so": told["so"], "tu": told["tu"].isoformat(), "den": told["den"].isoformat()}
        book, first, last = exporting.span_of(query, request.user)
        dossiers = book_of_dossiers.entered(Dossier.objects.handled_by(request.user), book, first, last)
        rows, before, after = _rows(dossiers, request.GET.get("sau", ""), request.GET.get("truoc", ""))
        _, form_number, title = book_of_dossiers.forms_of(today)
        context |= {
            "rows": rows,
            "form_number": form_number,
            "title": title,
            "previous": f"?{urlencode({**query, 'truoc': before})}" if before else "",
            "next": f"?{urlencode({**query, 'sau': after})}" if after else "",
            "export": f"{reverse('counter:new_export')}?{urlencode({'danh-sach': exporting.REGISTER, **query})}",
        }
    status = 200 if form.is_valid() else 422
    return frame.page(request, "counter/register.html", context, status=status, current="register")


def _rows(dossiers: Any, after: str, before: str) -> tuple[list[dict[str, Any]], str, str]:
    """A page from a mark on, or up to one; the marks to go back and on with."""
    ahead, back = Mark.read(after), Mark.read(before)
    if back and back.moment:
        found = book_of_dossiers.entries(dossiers.filter(_beyond(back, "lt")).reverse()[: PAGE + 1])
        entries = found[:PAGE][::-1]
        more_before, more_after = len(found) > PAGE, True
    else:
        if ahead and ahead.moment:
            dossiers = dossiers.filter(_beyond(ahead, "gt"))
        found = book_of_dossiers.entries(dossiers[: PAGE + 1])
        entries = found[:PAGE]
        more_before, more_after = bool(ahead), len(found) > PAGE
    first, last = (_mark(entries[0]), _mark(entries[-1])) if entries else ("", "")
    return [_told(entry) for entry in entries], first if more_before else "", last if more_after else ""


def _beyond(mark: Mark, side: str) -> Q:
    return Q(**{f"accepted_at__{side}": mark.moment}) | Q(accepted_at=mark.moment, **{f"pk__{side}": mark.pk})


def _mark(entry: Entry) -> str:
    return str(Mark(entry.accepted_at, entry.pk))


def _told(entry: Entry) -> dict[str, Any]:
    return {
        "entry": entry,
        "href": reverse("counter:dossier", args=[entry.code]),
        "days": [
            day_of(at)
            for at in (entry.accepted_at, entry.due_at, entry.handed_at, entry.came_back_at, entry.returned_at)
        ],
    }
