"""Lists of what goes between a one-stop office and those who settle (giấy bàn giao hồ sơ, phiếu bàn giao kết quả)."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from motcua.accounts.permissions import Can, requires
from motcua.dossiers import handovers
from motcua.dossiers.models import HandoverKind, HandoverList
from motcua.organisations.models import Agency, Unit
from motcua.refusal import Refusal

from .. import frame
from ..opening import LONG_TEXTS

SHOWN = 50
MOST_WAITING = 300  # of what is not listed yet; what is beyond comes when these are listed


@requires(Can.HAND_PAPERS)
@require_safe
def lists(request):
    """What waits to be listed, with whom it went to, and the lists made so far."""
    return _lists(request)


def _lists(request: Any, refusal: str = "", status: int = 200) -> Any:
    officer, at = request.user, timezone.now()
    made = handovers.seen_by(officer)
    page = made.filter(pk__lt=int(request.GET["sau"])) if request.GET.get("sau", "").isdecimal() else made
    found = list(page.order_by("-id")[: SHOWN + 1])
    context = {
        "mine": [one for one in made.filter(received_at=None).order_by("id")[:SHOWN] if _is_my_turn(one, officer)],
        "refusal": refusal,
        "waiting": [
            group
            for kind in HandoverKind
            for group in _groups(kind, handovers.waiting(kind, officer, at).defer(*_long("dossier"))[:MOST_WAITING])
        ],
        "lists": [(one, handovers.state_of(one), _is_my_turn(one, officer)) for one in found[:SHOWN]],
        "next": f"?sau={found[SHOWN - 1].pk}" if len(found) > SHOWN else "",
    }
    return frame.page(request, "counter/handovers/lists.html", context, status=status, current="handovers")


def _long(dossier: str) -> list[str]:
    """What a line of a list has no use for."""
    return [f"{dossier}__{name}" for name in (*LONG_TEXTS, "form", "search_text")]


def _is_my_turn(one: HandoverList, officer: Any) -> bool:
    try:
        handovers.may_receive(one, officer)
    except Refusal:
        return False
    return True


def _groups(kind: HandoverKind, moved: Any) -> list[dict[str, Any]]:
    """What waits, by counter and unit: one list each."""
    told = []
    for _, group in groupby(moved, lambda one: (one.counter, one.unit_id)):
        intervals = list(group)[: handovers.MOST]
        told.append(
            {
                "kind": kind,
                "counter": intervals[0].dossier.reception_agency,
                "unit": intervals[0].unit,
                "intervals": intervals,
                "public_id": uuid4(),
            }
        )
    return told


@requires(Can.HAND_PAPERS)
@require_POST
def give(request):
    """Make a list of the ticked dossiers and sign for giving them."""
    told = request.POST
    numbers = [told.get("counter", ""), told.get("unit", ""), *told.getlist("interval")]
    if told.get("kind") not in HandoverKind or not all(number.isdecimal() for number in numbers):
        raise Http404
    try:
        public_id = UUID(told.get("public_id", ""))
    except ValueError:
        raise Http404 from None
    counter = get_object_or_404(Agency, pk=told["counter"])
    unit = get_object_or_404(Unit.objects.select_related("agency"), pk=told["unit"])
    try:
        made = handovers.give(
            told["kind"],
            counter,
            unit,
            map(int, told.getlist("interval")),
            public_id=public_id,
            by=request.user,
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _lists(request, str(refusal), status=422)
    return redirect("counter:handover", made.pk)


def _of(request: Any, pk: int) -> HandoverList:
    return get_object_or_404(handovers.seen_by(request.user), pk=pk)


@requires(Can.HAND_PAPERS)
@require_safe
def handover(request, pk: int):
    """One list: what is on it, who signed, and what may be signed now."""
    return _page(request, _of(request, pk))


def _page(request: Any, one: HandoverList, refusal: str = "", status: int = 200) -> Any:
    items = one.items.select_related(
        "interval__dossier__procedure_version", "received_by", "missed_by", "taken_back_by"
    )
    items = items.defer(*_long("interval__dossier")).order_by("id")
    why_not = ""
    try:
        handovers.may_receive(one, request.user)
    except Refusal as said:
        why_not = "" if one.received_at else str(said)
    try:
        handovers.may_take_back(one, request.user)
        may_take_back = True
    except Refusal:
        may_take_back = False
    context = {
        "one": one,
        "items": items,
        "state": handovers.state_of(one),
        "may_receive": not one.received_at and not why_not,
        "why_not": why_not,
        "may_take_back": may_take_back,
        "refusal": refusal,
        "typed": request.POST if refusal else {},
    }
    return frame.page(request, "counter/handovers/list.html", context, status=status)


@requires(Can.HAND_PAPERS)
@require_POST
def receive(request, pk: int):
    """Sign for what is there, and name what is not."""
    one = _of(request, pk)
    missing = {
        int(name.removeprefix("missing_")): said
        for name, said in request.POST.items()
        if name.startswith("missing_") and name.removeprefix("missing_").isdecimal()
    }
    try:
        handovers.receive(one, missing, by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _page(request, _of(request, pk), str(refusal), status=422)
    return redirect("counter:handover", pk)


@requires(Can.HAND_PAPERS)
@require_POST
def take_back(request, pk: int, item: int):
    """Take off the list what the receiver says is missing."""
    one = _of(request, pk)
    try:
        handovers.take_back(one, item, by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _page(request, _of(request, pk), str(refusal), status=422)
    return redirect("counter:handover", pk)


@requires(Can.HAND_PAPERS)
@require_safe
def printed(request, pk: int):
    """The list as it is printed."""
    one = _of(request, pk)
    response = HttpResponse(handovers.pdf(one), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="ban-giao-{one.pk}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
