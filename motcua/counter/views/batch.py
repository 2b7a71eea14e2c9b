"""Several dossiers at once: what was ticked is shown first, then done one by one (xử lý hàng loạt)."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.http import Http404
from django.utils import timezone
from django.views.decorators.http import require_POST

from motcua.accounts.permissions import Can, requires
from motcua.dossiers import holding, processing

from .. import batch, frame
from ..forms import AssignSeveralForm, NothingForm, SeveralForm
from ..worklists import LISTS

BOARD = "board"  # its lists are no work lists, but work is given to people from there


def _page(request, name: str, make_form: Callable[..., forms.Form] = NothingForm):
    """The ticked dossiers to look over, or with `lam` the result of doing it; asked twice, the second does nothing."""
    at, act = timezone.now(), batch.BATCHES[name]
    chosen = batch.ticked(request.user, request.POST.getlist("chon"))
    listed = request.POST.get("tu", "home")
    if listed not in LISTS and listed != BOARD:
        raise Http404
    form = make_form(request.POST if "lam" in request.POST else None)
    results = []
    if form.is_valid():
        results = batch.carry_out(act, chosen, by=request.user, at=at, **form.cleaned_data)
    sorry = batch.sorry_of(chosen) if name == "sign_apology" else {}
    context = {
        "act": act,
        "listed": listed,
        "back": f"counter:{listed}",
        "chosen": [(one, sorry.get(one.dossier.pk)) for one in chosen],
        "done": [one for one in results if not one.refused],
        "refused": [one for one in results if one.refused],
        "form": form,
        "carried_out": bool(results),
    }
    return frame.page(request, "counter/batch.html", context, at=at, current=listed)


@require_POST
@requires(Can.HAND_TO_AGENCY)
def hand_to_agency(request):
    return _page(request, "hand_to_agency", SeveralForm)


@require_POST
@requires(Can.DO_STEP)
def do_step(request):
    return _page(request, "do_step", SeveralForm)


@require_POST
@requires(Can.DO_STEP)
def take(request):
    return _page(request, "take")


@require_POST
@requires(Can.ASSIGN)
def assign(request):
    """All the work of somebody who is away, or a part of it, to one colleague (giao lại việc của người vắng)."""
    at = timezone.now()
    marks = batch.ticked(request.user, request.POST.getlist("chon"))
    steps = holding.directed([one.at_step for one in marks], request.user)
    people = holding.people_for(*steps, at=at)
    held = any(processing.holder_of(interval) for interval in steps)
    return _page(request, "assign", lambda sent: AssignSeveralForm(sent, people=people, held=held))


@require_POST
@requires(Can.SIGN_APOLOGY)
def sign_apology(request):
    return _page(request, "sign_apology")
