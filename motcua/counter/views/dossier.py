"""The page of one dossier, its files and its slips (trang hồ sơ, giấy tờ, phiếu)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from motcua.accounts.permissions import Can, requires
from motcua.dossiers import declaration as printed
from motcua.dossiers import duplicates, return_note, slips
from motcua.dossiers.models import PaperFile, SlipKind
from motcua.files import storing
from motcua.refusal import Refusal

from .. import desk, frame, showing, wording
from ..opening import dossier_of, opened

# Older browsers refuse to draw a PDF in a sandbox; its type is fixed and nothing may be loaded, so nothing else can run.
SHOWN_HERE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@requires(Can.SEE_DOSSIERS)
@require_safe
def page(request, code: str):
    at = timezone.now()
    return show(request, opened(request, code, at), at)


def show(request, dossier, at, *, refusal: str = "", status: int = 200):
    """The page itself, with what was refused on top when an act came to nothing."""
    context = showing.of(
        dossier, request.user, at, chosen=request.GET.get("tep", ""), beside=request.GET.get("voi", "")
    )
    found = desk.sit_down(dossier, request.user, at)
    lying_here = {
        "at_desk": found,
        "news": [(wording.NEWS.get(event, "Có thay đổi"), moment) for event, moment in found.news],
    }
    suspects = duplicates.suspects(dossier, request.user, at)
    page = {**context, **lying_here, "suspects": suspects, "refusal": refusal, "now": at}
    return frame.page(request, "counter/dossier/page.html", page, status=status, at=at)


@requires(Can.SEE_DOSSIERS)
@require_safe
@xframe_options_sameorigin
def paper_file(request, code: str, pk: int):
    """A file of a paper, to whoever may see its dossier."""
    dossier = opened(request, code, timezone.now())
    one = get_object_or_404(PaperFile.objects.select_related("file"), pk=pk, paper__dossier=dossier)
    return _inline(storing.respond(one.file, one.name, inline=True))


@requires(Can.SEE_DOSSIERS)
@require_safe
@xframe_options_sameorigin
def result_file(request, code: str):
    """The file of the decision."""
    dossier = opened(request, code, timezone.now())
    decision = getattr(dossier, "decision", None)
    if decision is None or decision.file is None:
        raise Http404
    return _inline(storing.respond(decision.file, decision.file_name, inline=True))


@requires(Can.SEE_DOSSIERS)
@require_safe
@xframe_options_sameorigin
def opinion_file(request, code: str, pk: int):
    """The document somebody put with an opinion."""
    dossier = opened(request, code, timezone.now())
    one = get_object_or_404(dossier.opinions.select_related("file"), pk=pk)
    if one.file is None:
        raise Http404
    return _inline(storing.respond(one.file, one.file_name, inline=True))


def _inline(response):
    if response["Content-Type"] == "application/pdf":
        response["Content-Security-Policy"] = SHOWN_HERE
    return response


@requires(Can.SEE_DOSSIERS)
@require_safe
@xframe_options_sameorigin
def slip(request, code: str, pk: int):
    """A slip as it is printed, with the address where its applicant follows the dossier."""
    dossier = opened(request, code, timezone.now())
    one = get_object_or_404(dossier.slips, pk=pk)
    follow = request.build_absolute_uri(f"{reverse('portal:follow')}?ma={dossier.code}")
    response = HttpResponse(slips.pdf(one, follow_address=follow), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{dossier.code}-{one.kind.lower()}.pdf"'
    response["Content-Security-Policy"] = SHOWN_HERE
    response["Cache-Control"] = "private, no-store"
    return response


@requires(Can.SEE_DOSSIERS)
@require_safe
@xframe_options_sameorigin
def declaration(request, code: str):
    """The form as it was filed or told at the desk, to be signed or kept (tờ khai)."""
    dossier = opened(request, code, timezone.now())
    follow = request.build_absolute_uri(f"{reverse('portal:follow')}?ma={dossier.code}")
    response = HttpResponse(printed.pdf(dossier, follow_address=follow), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{dossier.code}-to-khai.pdf"'
    response["Content-Security-Policy"] = SHOWN_HERE
    response["Cache-Control"] = "private, no-store"
    return response


@requires(Can.SEE_DOSSIERS)
@require_safe
@xframe_options_sameorigin
def return_receipt(request, code: str):
    """What was handed to whom, to be signed by both (giấy biên nhận trả kết quả)."""
    dossier = opened(request, code, timezone.now())
    hand_over = getattr(dossier, "hand_over", None)
    if hand_over is None:
        raise Http404
    response = HttpResponse(return_note.pdf(hand_over), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{dossier.code}-bien-nhan.pdf"'
    response["Content-Security-Policy"] = SHOWN_HERE
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@requires(Can.SEE_DOSSIERS)
def control_slip(request, code: str):
    """Draw up the control slip as the dossier stands now (phiếu kiểm soát quá trình giải quyết hồ sơ)."""
    dossier = dossier_of(request.user, code)
    try:
        issued = slips.issue(dossier, SlipKind.CONTROL, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("counter:dossier", code)
    return redirect("counter:slip", code, issued.pk)
