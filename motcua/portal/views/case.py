"""The question that decides which papers are asked: which case is yours (trường hợp)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.catalogue import cases
from motcua.catalogue.models import Channel, ProcedureVersion
from motcua.dossiers import intake
from motcua.refusal import Refusal
from motcua.ui.templatetags.ui import dong

from ..drafts import BACK, address, draft_page, head

UNKNOWN = "chua-ro"


def first_page(version: ProcedureVersion) -> str:
    """Where a new draft begins: with the case where there are several, else with whose it is."""
    return "case" if cases.of(version) else "whose"


@draft_page
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request, dossier):
    """One question, skipped where there is no choice; it may be answered anew until the dossier is filed."""
    version = dossier.procedure_version
    back = request.GET.get("ve") == BACK
    after = address(dossier, "review" if back else "whose")
    if not cases.of(version):
        return redirect(after)
    chosen = request.POST.get("case", "")
    case = "" if chosen == UNKNOWN else cases.named(version, chosen)
    refused = ""
    if request.method == "POST" and case is not None:
        before = dossier.case
        try:
            intake.choose_case(dossier, case, by=request.user, at=timezone.now())
        except Refusal as refusal:
            refused = str(refusal)
        else:
            if case != before and dossier.papers.filter(files__isnull=False).exists():
                messages.info(request, _("Đã đổi trường hợp. Giấy tờ bạn đã gửi vẫn còn nguyên."))
            return redirect(after)
    wrong = request.method == "POST"
    context = {
        **head(request, dossier, "owner"),
        "choices": [_choice(version, one) for one in cases.of(version)],
        "unknown": UNKNOWN,
        "chosen": cases.key(dossier.case) if dossier.case else "",
        "unchosen": wrong and not refused,
        "refused": refused,
        "number": 1,
    }
    return render(request, "portal/draft_case.html", context, status=422 if wrong else 200)


SHOWN = 6


def _choice(version: ProcedureVersion, case: str) -> dict[str, Any]:
    """A case with what it asks of its own."""
    own = [paper.name for paper in version.components.all() if paper.case == case]
    paid = [
        dong(fee.amount)
        for fee in cases.fees(version, case=case, channel=Channel.ONLINE)
        if fee.case == case and fee.amount is not None
    ]
    return {
        "key": cases.key(case),
        "case": case,
        "papers": own[:SHOWN],
        "more": max(0, len(own) - SHOWN),
        "paid": ", ".join(paid),
    }
