"""Taking everything of mine along, and leaving (bản sao dữ liệu, đóng tài khoản)."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from motcua.accounts.permissions import requires_account
from motcua.accounts.views.account import confirmed
from motcua.dossiers import joining
from motcua.dossiers.models import Dossier
from motcua.files import outgoing
from motcua.refusal import Refusal

from .. import own_data

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@requires_account
@never_cache
@confirmed
@GET_OR_POST
def data(request):
    """Ask for a copy of everything, and fetch it when it is made."""
    now = timezone.now()
    if request.method == "POST":
        try:
            own_data.ask(request.user, at=now)
            messages.success(request, _("Đang lập bản sao. Vài phút nữa bạn mở lại trang này để tải về."))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("portal:own_data")
    shown = {
        "ready": own_data.ready(request.user, now),
        "being_made": request.user.data_copies.filter(made_at=None).exists(),
        "days": own_data.KEPT.days,
    }
    return render(request, "portal/own_data.html", shown)


@requires_account
@never_cache
@confirmed
@require_safe
def fetch(request, public_id):
    copy = get_object_or_404(own_data.ready(request.user, timezone.now()), public_id=public_id)
    name = f"mot-cua-{timezone.localdate(copy.made_at):%Y-%m-%d}.zip"
    return outgoing.respond(own_data.name_of(copy), name, "application/zip")


@requires_account
@never_cache
@confirmed
@GET_OR_POST
def leave(request):
    """Say what goes and what the law keeps, ask once, and let go."""
    person, problem = request.user, ""
    if request.method == "POST":
        try:
            if "sure" not in request.POST:
                raise Refusal(_("Hãy đánh dấu rằng bạn đã hiểu. Chưa có gì thay đổi."))
            joining.leave(person, at=timezone.now())
        except Refusal as refusal:
            problem = str(refusal)
        else:
            own_data.forget_of(person)
            logout(request)
            messages.success(request, _("Tài khoản đã đóng. Hồ sơ đã nộp vẫn tra cứu được bằng mã hồ sơ."))
            return redirect("portal:home")
    shown = {
        "problem": problem,
        "filed": Dossier.objects.of_account(person).filed().count(),
        "drafts": Dossier.objects.drafts_of(person).count(),
    }
    return render(request, "portal/leave.html", shown, status=422 if problem else 200)
