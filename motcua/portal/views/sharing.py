"""A result shared by link: made and taken back by its owner, opened by whoever has it (chia sẻ kết quả điện tử)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.accounts.attempts import bounded
from motcua.accounts.permissions import public, requires_account
from motcua.dossiers import sharing
from motcua.dossiers.models import Dossier, ResultShare
from motcua.files import storing
from motcua.refusal import Refusal


class ShareForm(forms.Form):
    """For how long, and how many times."""

    days = forms.TypedChoiceField(
        label=gettext_lazy("Liên kết dùng được trong"),
        choices=[(1, gettext_lazy("1 ngày")), (7, gettext_lazy("7 ngày")), (30, gettext_lazy("30 ngày"))],
        coerce=int,
        initial=7,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Hãy chọn liên kết dùng được trong bao lâu.")},
    )
    times = forms.TypedChoiceField(
        label=gettext_lazy("Tải được"),
        choices=[(1, gettext_lazy("1 lần")), (3, gettext_lazy("3 lần")), (10, gettext_lazy("10 lần"))],
        coerce=int,
        initial=3,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Hãy chọn liên kết tải được mấy lần.")},
    )


def _own(request, code: str) -> Dossier:
    own = sharing.of_owner(Dossier.objects.filed(), request.user)
    return get_object_or_404(own.select_related("procedure_version", "agency", "decision__file"), code=code)


@requires_account
@require_http_methods(["GET", "HEAD", "POST"])
def shares(request, code):
    """Make a link, and see each with what became of it."""
    dossier, now = _own(request, code), timezone.now()
    decision = sharing.result_of(dossier)
    if decision is None:
        raise Http404("Hồ sơ này chưa có kết quả điện tử.")
    form = ShareForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            sharing.share(dossier, by=request.user, at=now, **form.cleaned_data)
            messages.success(request, _("Đã tạo liên kết. Bạn gửi liên kết cho người cần xem."))
            return redirect("portal:shares", code)
        except Refusal as refusal:
            form.add_error(None, _(str(refusal)))
    context = {
        "dossier": dossier,
        "decision": decision,
        "form": form,
        "links": [_told(request, one, now) for one in dossier.shares.order_by("-pk")[: sharing.SHOWN]],
    }
    return render(request, "portal/shares.html", context, status=422 if form.errors else 200)


def _told(request, made: ResultShare, at) -> dict[str, object]:
    try:
        sharing.expect_open(made, at)
        over = ""
    except sharing.Gone as refusal:
        over = _(str(refusal))
    address = request.build_absolute_uri(reverse("portal:shared", args=[made.public_id]))
    return {"link": made, "over": over, "address": address}


@requires_account
@require_POST
def end(request, code, public_id):
    """From now on the link gives nothing."""
    made = get_object_or_404(ResultShare, dossier=_own(request, code), public_id=public_id)
    sharing.end(made, by=request.user, at=timezone.now())
    messages.success(request, _("Đã thu hồi liên kết; từ giờ không ai mở được nữa."))
    return redirect("portal:shares", code)


# Whoever has the link -------------------------------------------------------------------------------------------------


def _unlisted(response):
    """No search engine keeps it and no address it leads to learns of it."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response


def _shared(public_id) -> ResultShare:
    shares = ResultShare.objects.select_related(
        "dossier__decision__file", "dossier__procedure_version", "dossier__agency", "file"
    )
    return get_object_or_404(shares, public_id=public_id)


@public
@bounded("shared")
@require_safe
def shared(request, public_id):
    """What it is and from whom, before anybody takes it; a look, also by a preview, counts nothing."""
    made = _shared(public_id)
    try:
        decision = sharing.expect_open(made, timezone.now())
    except sharing.Gone as refusal:
        return _unlisted(render(request, "portal/shared_gone.html", {"why": _(str(refusal))}, status=410))
    return _unlisted(
        render(request, "portal/shared.html", {"link": made, "decision": decision, "left": made.most - made.taken})
    )


@public
@require_POST
def take(request, public_id):
    """The file itself, counted."""
    made = _shared(public_id)
    try:
        file, name = sharing.take(made, at=timezone.now())
    except sharing.Gone as refusal:
        return _unlisted(render(request, "portal/shared_gone.html", {"why": _(str(refusal))}, status=410))
    return _unlisted(storing.respond(file, name))
