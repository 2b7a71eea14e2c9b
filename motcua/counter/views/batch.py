"""Several dossiers at once: what was ticked is shown first, then done one by one (xử lý hàng loạt)."""

from __future__ import annotations

from django.forms import Form
from django.http import Http404, QueryDict
from django.utils import timezone
from django.views.decorators.http import require_POST

from motcua.accounts.permissions import Can, requires
from motcua.dossiers import holding, processing

from .. import batch, frame
from ..batch import Ticked
from ..forms import AssignSeveralForm, NothingForm, SeveralForm
from ..worklists import LISTS

BOARD = "board"  # its lists are no work lists, but work is given to people from there


def _chosen(request) -> list[Ticked]:
    return batch.ticked(request.user, request.POST.getlist("chon"))


def _sent(request) -> QueryDict | None:
    """What the form of the page was sent with; nothing as long as the dossiers are only looked over."""
    return request.POST if "lam" in request.POST else None


def _page(request, name: str, chosen: list[Ticked], form: Form):
    """The ticked dossiers to look over, or with `lam` the result of doing it; asked twice, the second does nothing."""
    at, act = timezone.now(), batch.BATCHES[name]
    listed = request.POST.get("tu", "home")
    if listed not in LISTS and listed != BOARD:
        raise Http404
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
        "to": form.cleaned_data.get("holder") if results else None,
    }
    return frame.page(request, "counter/batch.html", context, at=at, current=listed)


@require_POST
@requires(Can.HAND_TO_AGENCY)
def hand_to_agency(request):
    return _page(request, "hand_to_agency", _chosen(request), SeveralForm(_sent(request)))


@require_POST
@requires(Can.DO_STEP)
def do_step(request):
    return _page(request, "do_step", _chosen(request), SeveralForm(_sent(request)))


@require_POST
@requires(Can.FINISH)
def finish(request):
    return _page(request, "finish", _chosen(request), NothingForm(_sent(request)))


@require_POST
@requires(Can.DO_STEP)
def take(request):
    return _page(request, "take", _chosen(request), NothingForm(_sent(request)))


@require_POST
@requires(Can.ASSIGN)
def assign(request):
    """All the work of somebody who is away, or a part of it, to one colleague (giao lại việc của người vắng)."""
    chosen = _chosen(request)
    steps = holding.directed([one.at_step for one in chosen], request.user)
    people = holding.people_for(*steps, at=timezone.now())
    held = any(processing.holder_of(interval) for interval in steps)
    return _page(request, "assign", chosen, AssignSeveralForm(_sent(request), people=people, held=held))


@require_POST
@requires(Can.SIGN_APOLOGY)
def sign_apology(request):
    return _page(request, "sign_apology", _chosen(request), NothingForm(_sent(request)))
