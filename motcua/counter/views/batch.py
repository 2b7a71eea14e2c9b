"""Several dossiers at once: what was ticked is shown first, then done one by one (xử lý hàng loạt)."""

from __future__ import annotations

from django.http import Http404
from django.utils import timezone
from django.views.decorators.http import require_POST

from motcua.accounts.permissions import Can, requires

from .. import batch, frame
from ..forms import NoteForm
from ..worklists import LISTS


def _page(request, name: str):
    """The ticked dossiers to look over, or with `lam` the result of doing it; asked twice, the second does nothing."""
    at, act = timezone.now(), batch.BATCHES[name]
    chosen = batch.ticked(request.user, request.POST.getlist("chon"))
    listed = request.POST.get("tu", "home")
    if listed not in LISTS:
        raise Http404
    note = NoteForm(request.POST)
    note.is_valid()
    results = []
    if "lam" in request.POST:
        results = batch.carry_out(act, chosen, by=request.user, at=at, note=note.cleaned_data.get("note", ""))
    sorry = batch.sorry_of(chosen) if name == "sign_apology" else {}
    context = {
        "act": act,
        "listed": listed,
        "back": f"counter:{listed}",
        "chosen": [(one, sorry.get(one.dossier.pk)) for one in chosen],
        "done": [one for one in results if not one.refused],
        "refused": [one for one in results if one.refused],
        "carried_out": bool(results),
    }
    return frame.page(request, "counter/batch.html", context, at=at, current=listed)


@require_POST
@requires(Can.HAND_TO_AGENCY)
def hand_to_agency(request):
    return _page(request, "hand_to_agency")


@require_POST
@requires(Can.DO_STEP)
def do_step(request):
    return _page(request, "do_step")


@require_POST
@requires(Can.DO_STEP)
def take(request):
    return _page(request, "take")


@require_POST
@requires(Can.SIGN_APOLOGY)
def sign_apology(request):
    return _page(request, "sign_apology")
