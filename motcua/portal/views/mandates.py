"""Letting somebody act for me, and acting for somebody (ủy quyền trên Cổng)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from motcua.accounts.forms import IdNumber, Phone, Words
from motcua.accounts.permissions import requires_account
from motcua.catalogue.forms import Day
from motcua.catalogue.models import Procedure
from motcua.dossiers import mandates as rules
from motcua.dossiers.models import Mandate, MandateScope
from motcua.refusal import Refusal

from ..drafts import address, draft_page, head

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
SCOPES = (
    (MandateScope.ALL, gettext_lazy("Nộp, bổ sung hồ sơ và nhận kết quả")),
    (MandateScope.FILE, gettext_lazy("Nộp hồ sơ")),
    (MandateScope.COLLECT, gettext_lazy("Nhận kết quả")),
)


class MandateForm(forms.Form):
    """Whom, for what, until when."""

    agent_name = Words(
        label=gettext_lazy("Họ và tên người được ủy quyền"),
        max_length=200,
        error_messages={"required": gettext_lazy("Hãy ghi họ tên người được ủy quyền.")},
    )
    agent_id_number = IdNumber(
        label=gettext_lazy("Số định danh của người được ủy quyền"),
        error_messages={"required": gettext_lazy("Hãy ghi số định danh của người được ủy quyền.")},
    )
    agent_phone = Phone(
        label=gettext_lazy("Số điện thoại trong tài khoản của người được ủy quyền"),
        help_text=gettext_lazy("Người đó cần có tài khoản trên cổng này."),
        error_messages={"required": gettext_lazy("Hãy ghi số điện thoại của người được ủy quyền.")},
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("Được làm gì thay bạn?"),
        choices=SCOPES,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Hãy chọn việc người đó được làm thay bạn.")},
    )
    procedure = forms.CharField(
        label=gettext_lazy("Mã thủ tục"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("Để trống nếu ủy quyền cho mọi thủ tục. Ví dụ: 1.001193."),
    )
    valid_to = Day(
        label=gettext_lazy("Đến hết ngày"),
        required=False,
        help_text=gettext_lazy("Để trống: đến khi bạn chấm dứt. Bạn chấm dứt được bất cứ lúc nào."),
    )

    def clean_procedure(self) -> Procedure | None:
        code = self.cleaned_data["procedure"].strip()
        found = Procedure.objects.filter(code=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError(_("Không có thủ tục nào mang mã này."))
        return found


@requires_account
@GET_OR_POST
def mandates(request):
    """Those I gave, those I hold, and a new one."""
    form = MandateForm(request.POST if request.method == "POST" else None, initial={"scope": MandateScope.FILE})
    if request.method == "POST" and form.is_valid():
        try:
            made = rules.give(by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, _(str(refusal)))
        else:
            messages.success(
                request,
                _("Đã ủy quyền cho %(agent)s. Mọi việc họ làm thay bạn hiện ở đây.") % {"agent": made.agent_name},
            )
            return redirect("portal:mandate", made.public_id)
    given = request.user.mandates_given.select_related("procedure", "dossier").order_by("-pk")
    held = request.user.mandates_held.select_related("procedure", "dossier").order_by("-pk")
    today = timezone.localdate()
    context = {
        "form": form,
        "given": [_told(one, today) for one in given[: rules.MOST]],
        "held": [_told(one, today) for one in held[: rules.MOST]],
        "unnamed": not request.user.id_number,
    }
    return render(request, "portal/mandates.html", context, status=422 if form.errors else 200)


def _told(mandate: Mandate, today: Any) -> dict[str, Any]:
    in_force = not mandate.ended_at and (not mandate.valid_to or mandate.valid_to >= today)
    return {
        "mandate": mandate,
        "scope": _(mandate.get_scope_display()),
        "about": mandate.procedure.code if mandate.procedure else "",
        "in_force": in_force and mandate.valid_from <= today,
    }


class EndForm(forms.Form):
    why = Words(
        label=gettext_lazy("Vì sao bạn chấm dứt?"),
        max_length=300,
        help_text=gettext_lazy("Một câu ngắn, ví dụ: tôi tự làm được."),
        error_messages={"required": gettext_lazy("Hãy ghi lý do, một câu ngắn là đủ.")},
    )


@requires_account
@GET_OR_POST
def mandate(request, public_id):
    """One I gave: every act done under it, and a way to end it at any time."""
    one = get_object_or_404(
        request.user.mandates_given.select_related("procedure", "dossier", "ended_by"), public_id=public_id
    )
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            rules.end(one, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, _(str(refusal)))
        else:
            messages.success(request, _("Đã chấm dứt ủy quyền. Những việc đã làm trước đó vẫn có giá trị."))
            return redirect("portal:mandate", public_id)
    context = {
        **_told(one, timezone.localdate()),
        "form": form,
        "acts": [{**act, "what": _(act["what"])} for act in rules.acts(one)],
    }
    return render(request, "portal/mandate.html", context, status=422 if form.errors else 200)


@draft_page
@GET_OR_POST
def choose(request, dossier):
    """For whom this draft is filed, of those who let me (nộp thay theo ủy quyền)."""
    at = timezone.now()
    held = rules.held_by(request.user, dossier.procedure_version.procedure, timezone.localdate(at))
    refused = ""
    if request.method == "POST":
        chosen = request.POST.get("mandate", "")
        found = next((one for one in held[: rules.MOST] if str(one.public_id) == chosen), None)
        try:
            if chosen and found is None:
                raise rules.NoMandate(_("Ủy quyền này không còn dùng được; hãy chọn lại."))
            rules.choose(dossier, found, by=request.user, at=at)
        except Refusal as refusal:
            refused = _(str(refusal))
        else:
            return redirect(address(dossier, "owner" if found else "whose"))
    context = {**head(request, dossier, "owner"), "held": held[: rules.MOST], "refused": refused}
    return render(request, "portal/draft_mandate.html", context, status=422 if refused else 200)
