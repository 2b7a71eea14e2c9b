"""Who is away and who stands in (vắng mặt, phân công thay)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from motcua.accounts import standing_in
from motcua.accounts.models import Assignment, Delegation, Person
from motcua.accounts.permissions import Can, requires
from motcua.refusal import Refusal

from .. import frame
from ..forms import Form, Line, TypedDay

MOST = 500  # rows of people of one agency


class AssignmentField(forms.ModelChoiceField):
    def label_from_instance(self, assignment: Assignment) -> str:
        return f"{assignment.person} – {assignment.get_role_display()}, {assignment.unit}"


class ColleagueField(forms.ModelChoiceField):
    def label_from_instance(self, assignment: Assignment) -> str:
        return f"{assignment.person} – {assignment.get_role_display()}, {assignment.unit}"

    def to_python(self, value: object) -> Person | None:  # type: ignore[override]
        assignment = super().to_python(value)
        return assignment.person if assignment else None


class AbsenceForm(Form):
    """Whose duty, by whom, from when until when, and why."""

    assignment = AssignmentField(
        queryset=Assignment.objects.none(),
        label="Ai vắng",
        empty_label="Chọn người và vị trí",
        error_messages={"required": "Hãy chọn người vắng và vị trí cần người thay."},
    )
    delegate = ColleagueField(
        queryset=Assignment.objects.none(),
        label="Ai thay",
        empty_label="Chọn người thay",
        error_messages={"required": "Hãy chọn người thay."},
    )
    valid_from = TypedDay(label="Từ ngày")
    valid_to = TypedDay(label="Đến hết ngày")
    reason = Line(200, "Hãy ghi lý do vắng, ví dụ: đi công tác, nghỉ phép.", label="Lý do")

    def __init__(self, officer: Person, today: date, *args, **kwargs):
        super().__init__(*args, **kwargs)
        own = standing_in.assignments_of(officer, today)
        agencies = own.order_by().values("unit__agency")
        there = Assignment.objects.valid_on(today).filter(unit__agency__in=agencies, person__is_active=True)
        self.fields["valid_from"].error_messages["required"] = "Hãy ghi vắng từ ngày nào."
        self.fields["valid_to"].error_messages["required"] = "Hãy ghi vắng đến hết ngày nào."
        away: Any = self.fields["assignment"]
        stands_in: Any = self.fields["delegate"]
        away.queryset = own
        stands_in.queryset = there.select_related("person", "unit").order_by("person__full_name", "pk")


@requires(Can.SEE_DOSSIERS)
@require_http_methods(["GET", "HEAD", "POST"])
def absences(request):
    """For whom one stands in, who stands in for whom today, and naming somebody: for oneself and for one's people."""
    officer, at = request.user, timezone.now()
    today = timezone.localdate(at)
    first = {"valid_from": today, "valid_to": today + timedelta(days=1)}
    form = AbsenceForm(officer, today, request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            made = standing_in.appoint(**form.cleaned_data, by=officer, at=at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                f"{made.delegate} thay {made.person} từ {made.valid_from:%d/%m/%Y} đến hết {made.valid_to:%d/%m/%Y}. "
                "Người thay đã được báo và không cần đăng nhập lại.",
            )
            return redirect("counter:absences")
    context = {
        "form": form,
        "taken_over": standing_in.taken_over_by(officer, today),
        "today": standing_in.today_at(officer.agencies(), today)[:MOST],
        "arranged": standing_in.arranged_by(officer, today)[:MOST],
    }
    return frame.page(
        request, "counter/absences.html", context, status=422 if form.is_bound else 200, at=at, current="absences"
    )


@requires(Can.SEE_DOSSIERS)
@require_POST
def end(request, pk: int):
    """No longer: whoever was away is back, or somebody else will do it."""
    today = timezone.localdate()
    mine = Delegation.objects.filter(
        assignment__in=standing_in.assignments_of(request.user, today).order_by().values("pk")
    )
    delegation = get_object_or_404(mine.select_related("person", "delegate"), pk=min(pk, 2**63 - 1))
    try:
        standing_in.end(delegation, by=request.user, at=timezone.now())
        messages.success(request, f"{delegation.delegate} thôi thay {delegation.person} kể từ bây giờ.")
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("counter:absences")
