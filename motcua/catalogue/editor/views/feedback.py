"""What people searched and did not find, as work for the editor (ý kiến tra cứu)."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from motcua.accounts.permissions import Can, requires
from motcua.catalogue import feedback
from motcua.catalogue.models import ProcedureVersion, SearchFeedback
from motcua.refusal import Refusal

from ..frame import page

PAGE = 30
LISTS = {"": "Mới nhất", "nhieu": "Nhiều lần nhất", "xong": "Đã xử lý"}


@requires(Can.EDIT_CATALOGUE)
@require_safe
def listed(request):
    """Open feedback, the newest or the most frequent first; what is settled in a list of its own."""
    chosen = request.GET.get("xep", "")
    chosen = chosen if chosen in LISTS else ""
    found = list(_listed(chosen, request.GET.get("sau", ""))[: PAGE + 1])
    rows = found[:PAGE]
    names = _names({code for row in rows for code in row.shown[:5]})
    more = None
    if len(found) > PAGE:
        last = rows[-1]
        more = "?" + urlencode({"xep": chosen, "sau": f"{last.times}.{last.pk}"})
    chips = [
        {"label": label, "href": f"?xep={name}" if name else "?", "current": name == chosen}
        for name, label in LISTS.items()
    ]
    context = {
        "rows": [{"told": row, "shown": [(code, names.get(code, "")) for code in row.shown[:5]]} for row in rows],
        "chips": chips,
        "more": more,
        "settled": chosen == "xong",
    }
    return page(request, "catalogue/feedback.html", context, current="feedback")


def _listed(chosen: str, after: str):
    lines = SearchFeedback.objects.filter(settled_at__isnull=chosen != "xong").select_related("settled_by")
    mark = re.fullmatch(r"(\d{1,9})\.(\d{1,18})", after)
    if chosen == "nhieu":
        if mark:
            times, pk = int(mark[1]), int(mark[2])
            lines = lines.filter(Q(times__lt=times) | Q(times=times, pk__lt=pk))
        return lines.order_by("-times", "-pk")
    if mark:
        lines = lines.filter(pk__lt=int(mark[2]))
    return lines.order_by("-pk")


def _names(codes: set[str]) -> dict[str, str]:
    versions = ProcedureVersion.objects.valid_on(timezone.localdate()).filter(procedure__code__in=codes)
    return dict(versions.values_list("procedure__code", "name"))


@requires(Can.EDIT_CATALOGUE)
@require_POST
def settle(request, pk):
    told = get_object_or_404(SearchFeedback, pk=pk)
    try:
        feedback.settle(told, request.POST.get("answer", "").replace("\x00", ""), by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Đã xử lý ý kiến về “{told.typed}”.")
    return redirect("catalogue:feedback")
