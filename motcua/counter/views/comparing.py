"""Two dossiers that may be the same matter: compared, and told apart or ended (hồ sơ nghi trùng)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from motcua.accounts.permissions import Can, requires
from motcua.dossiers import duplicates
from motcua.refusal import Refusal

from .. import comparing, frame
from ..opening import dossier_of, opened


@requires(Can.SEE_DOSSIERS)
@require_safe
def compare(request, code: str, other: str):
    """The earlier one left, the later one right; both readings are told to their citizens."""
    if code == other:
        raise Http404
    return _page(request, code, other)


@require_POST
@requires(Can.RECEIVE, Can.DO_STEP)
def tell_apart(request, code: str, other: str):
    """They are two matters: remembered, and not asked again."""
    one, two = dossier_of(request.user, code), dossier_of(request.user, other)
    try:
        duplicates.tell_apart(one, two, by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _page(request, code, other, refusal=str(refusal), status=422)
    messages.success(request, f"Đã ghi nhận: hồ sơ {code} và {other} không trùng nhau. Sẽ không hỏi lại.")
    return redirect("counter:dossier", code)


def _page(request, code: str, other: str, *, refusal: str = "", status: int = 200):
    at = timezone.now()
    earlier, later = sorted((opened(request, code, at), opened(request, other, at)), key=lambda one: one.pk)
    alike = duplicates.are_alike(earlier, later)
    ways, why_not = comparing.ways_to_end(later, earlier, request.user) if alike else ([], "")
    left, right = comparing.papers(earlier, later)
    context = {
        "asked_from": code,
        "other": other,
        "earlier": earlier,
        "later": later,
        "alike": alike,
        "facts": comparing.facts(earlier, later),
        "answers": comparing.answers(earlier, later),
        "papers_left": left,
        "papers_right": right,
        "ways": ways,
        "why_not": why_not,
        "may_tell_apart": alike and (request.user.may(Can.RECEIVE) or request.user.may(Can.DO_STEP)),
        "refusal": refusal,
    }
    return frame.page(request, "counter/compare.html", context, status=status, at=at)
