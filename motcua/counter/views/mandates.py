"""Who may act for the owner of a dossier, at the desk (ủy quyền tại quầy)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.accounts.forms import IdNumber
from motcua.accounts.permissions import Can, requires
from motcua.dossiers import mandates as rules
from motcua.dossiers.lifecycle import expect_counter
from motcua.dossiers.models import Mandate, MandateScope
from motcua.files import limits, storing
from motcua.refusal import Refusal

from .. import frame, keeping
from ..forms import Form, Line, TypedDay
from ..opening import dossier_of, opened


class MandateForm(Form):
    """What the paper says: who may act, in what, until when; its owner is the dossier's."""

    agent_name = Line(200, "Hãy ghi họ tên người được ủy quyền.", label="Người được ủy quyền")
    agent_id_number = IdNumber(
        label="Số giấy tờ của người được ủy quyền",
        error_messages={"required": "Hãy ghi số giấy tờ của người được ủy quyền."},
    )
    scope = forms.ChoiceField(
        label="Được làm", choices=MandateScope, initial=MandateScope.ALL, widget=forms.RadioSelect
    )
    for_all = forms.TypedChoiceField(
        label="Áp dụng cho",
        choices=[("", "Chỉ hồ sơ này"), ("1", "Mọi hồ sơ của người ủy quyền")],
        coerce=bool,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    valid_from = TypedDay(label="Từ ngày", required=False, help_text="Để trống: từ hôm nay.")
    valid_to = TypedDay(label="Đến hết ngày", required=False, help_text="Để trống: đến khi chấm dứt.")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Can.RECEIVE, Can.HAND_OVER)
def mandates(request, code: str):
    """Every mandate that speaks of this dossier, and room to record the paper that lies on the desk."""
    at = timezone.now()
    dossier = opened(request, code, at)
    typed = request.POST if request.method == "POST" else None
    form = MandateForm(
        typed, initial={"agent_name": dossier.submitter_name, "agent_id_number": dossier.submitter_id_number}
    )
    sent, wrong = keeping.store(request.FILES.getlist("giay")[:1], by=request.user, at=at)
    kept = (sent or keeping.again(request.POST.getlist("giu"), by=request.user))[:1]
    if typed is not None and form.is_valid() and not wrong:
        paper, name = (kept[0].stored, kept[0].name) if kept else (None, "")
        try:
            with transaction.atomic():
                made = rules.record_paper(
                    dossier, paper=paper, paper_name=name, by=request.user, at=at, **form.cleaned_data
                )
                said = _tie(dossier, made, request.user, at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said)
            return redirect("counter:mandates", code)
    context = {
        "dossier": dossier,
        "form": form,
        "kept": kept,
        "wrong": wrong,
        "listed": _listed(dossier, request.user, at),
        "may_record": dossier.is_open() and _at_its_counter(dossier, request.user),
        "told": f"{limits.told()}.",
        "accept": limits.accept(),
        "max_bytes": limits.MAX_BYTES,
    }
    return frame.page(request, "counter/mandates.html", context, status=422 if form.is_bound else 200, at=at)


def _tie(dossier, mandate: Mandate, officer, at) -> str:
    """The paper of who brought the dossier is tied to it at once."""
    may_file = mandate.scope in (MandateScope.FILE, MandateScope.ALL)
    if may_file and dossier.mandate is None and rules.is_submitter(dossier, mandate):
        rules.attach(dossier, mandate, by=officer, at=at)
        return "Đã ghi nhận ủy quyền và gắn với người nộp hồ sơ này."
    return "Đã ghi nhận ủy quyền."


def _at_its_counter(dossier, officer) -> bool:
    try:
        expect_counter(dossier, officer)
    except Refusal:
        return False
    return True


def _listed(dossier, officer, at):
    """Each mandate, why it does not hold any more, and what may be done with it."""
    today, here = timezone.localdate(at), _at_its_counter(dossier, officer)
    listed = []
    for one in rules.about(dossier).select_related("recorded_by", "ended_by")[: rules.MOST]:
        in_force = not one.ended_at and one.valid_from <= today and (not one.valid_to or one.valid_to >= today)
        may_file = one.scope in (MandateScope.FILE, MandateScope.ALL)
        fits = in_force and may_file and rules.is_submitter(dossier, one)
        listed.append(
            {
                "mandate": one,
                "in_force": in_force,
                "used_here": one.pk == dossier.mandate_id,
                "may_attach": here and fits and dossier.is_open() and one.pk != dossier.mandate_id,
                "may_end": here and not one.ended_at and one.dossier_id == dossier.pk,
            }
        )
    return listed


def _mandate(request, code: str, public_id):
    dossier = dossier_of(request.user, code)
    return dossier, get_object_or_404(rules.about(dossier), public_id=public_id)


@requires(Can.RECEIVE, Can.HAND_OVER)
@require_safe
@xframe_options_sameorigin
def mandate_paper(request, code: str, mandate):
    """The scanned paper, to whoever may see a dossier it speaks of."""
    opened(request, code, timezone.now())
    _dossier, one = _mandate(request, code, mandate)
    if one.paper is None:
        raise Http404
    return storing.respond(one.paper, one.paper_name)


@require_POST
@requires(Can.RECEIVE, Can.HAND_OVER)
def attach_mandate(request, code: str, mandate):
    """Who brought the dossier did so under this mandate."""
    dossier, one = _mandate(request, code, mandate)
    return _done(
        request,
        code,
        lambda: rules.attach(dossier, one, by=request.user, at=timezone.now()),
        "Đã gắn ủy quyền với người nộp hồ sơ này.",
    )


@require_POST
@requires(Can.RECEIVE, Can.HAND_OVER)
def end_mandate(request, code: str, mandate):
    """The owner takes it back at the desk."""
    _dossier, one = _mandate(request, code, mandate)
    why = request.POST.get("why", "")[:300]
    return _done(
        request,
        code,
        lambda: rules.end(one, why=why, by=request.user, at=timezone.now()),
        "Đã chấm dứt ủy quyền. Những việc đã làm trước đó vẫn có giá trị.",
    )


def _done(request, code: str, act, said: str):
    try:
        act()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("counter:mandates", code)
