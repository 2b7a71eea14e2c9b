"""What an officer is told: the inbox, and how they want to hear of each kind (thông báo, lựa chọn)."""

from __future__ import annotations

import re

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.accounts import standing_in
from motcua.accounts.permissions import Can, requires
from motcua.dossiers import mailing, notices
from motcua.dossiers.models import Telling

from .. import frame, wording

LARGEST = 2**63 - 1


@requires(Can.SEE_DOSSIERS)
@require_safe
def inbox(request):
    """The unread ones, the newest first; or all of them, the read ones quiet."""
    everything = request.GET.get("xem") == "tat-ca"
    shown = notices.of(request.user) if everything else notices.unread(request.user)
    mark = request.GET.get("sau", "")
    if re.fullmatch(r"[0-9]{1,18}", mark, re.ASCII):
        shown = shown.filter(pk__lt=int(mark))
    found = list(
        shown.select_related("dossier__procedure_version")
        .only("kind", "at", "entry", "read_at", "dossier__code", "dossier__procedure_version__name")
        .order_by("-pk")[: notices.PAGE + 1]
    )
    rows, more = found[: notices.PAGE], len(found) > notices.PAGE
    absences = standing_in.told_by([one.entry_id for one in rows if one.dossier_id is None])
    context = {
        "rows": [
            (one, notices.KINDS[one.kind], wording.shape(notices.KINDS[one.kind].look), absences.get(one.entry_id))
            for one in rows
        ],
        "everything": everything,
        "first_page": not mark,
        "next": f"?{'xem=tat-ca&' if everything else ''}sau={rows[-1].pk}" if more else "",
    }
    return frame.page(request, "counter/notices.html", context, current="notices")


@requires(Can.SEE_DOSSIERS)
@require_safe
def opened(request, pk: int):
    """To exactly what it tells of; from now on it is read, with everything else told of that dossier."""
    mine = notices.of(request.user)
    one = get_object_or_404(mine.select_related("dossier"), pk=min(pk, LARGEST))
    at = timezone.now()
    if one.dossier is None:
        notices.seen(mine.filter(pk=one.pk), at)
        return redirect("counter:absences")
    notices.seen(mine.filter(dossier=one.dossier), at)
    return redirect("counter:dossier", one.dossier.code)


@requires(Can.SEE_DOSSIERS)
@require_POST
def read_all(request):
    """Everything that is unread now; what comes a moment later stays."""
    newest = request.POST.get("den", "")
    if not re.fullmatch(r"[0-9]{1,18}", newest, re.ASCII):
        raise Http404
    number = notices.seen(notices.unread(request.user).filter(pk__lte=int(newest)), timezone.now())
    messages.success(request, f"Đã đánh dấu {number} thông báo là đã xem.")
    return redirect("counter:notices")


@requires(Can.SEE_DOSSIERS)
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request):
    """At once, in the letter of the morning, or not at all: for each kind of event."""
    if request.method == "POST":
        wanted = [(kind, request.POST.get(kind, "")) for kind in notices.KINDS]
        notices.choose(request.user, [(kind, telling) for kind, telling in wanted if telling in Telling.values])
        messages.success(request, "Đã lưu cách báo tin của bạn.")
        return redirect("counter:notice_choices")
    chosen = notices.choices(request.user)
    context = {
        "kinds": [(key, kind, chosen[key]) for key, kind in notices.KINDS.items()],
        "tellings": Telling.choices,
        "mail": mailing.may_mail(request.user),
        "no_server": not mailing.is_on(),
        "account": reverse("accounts:account"),
    }
    return frame.page(request, "counter/notice_choices.html", context, current="notices")
