"""What people ask the office about their dossier: messages, and why it was read (tin nhắn, hỏi về lượt xem hồ sơ)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.accounts.permissions import public, requires_account
from motcua.catalogue.forms import LongText
from motcua.dossiers import conversation as talk
from motcua.dossiers import readings
from motcua.dossiers.models import Dossier, Message
from motcua.journal.models import Reading
from motcua.refusal import Refusal

from ..drafts import shows_again
from ..following import visible

LARGEST = 2**63 - 1
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


class WordsForm(forms.Form):
    """A few words; how many are allowed is told beforehand."""

    text = LongText(
        talk.LONGEST,
        label=gettext_lazy("Lời nhắn của bạn"),
        help_text=gettext_lazy("Tối đa 1.000 chữ cái. Không cần ghi lại tên hay số giấy tờ."),
        error_messages={"required": gettext_lazy("Hãy viết vài chữ trước khi gửi.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _own(request, code: str) -> Dossier:
    own = talk.of_applicant(Dossier.objects.filed(), request.user)
    return get_object_or_404(
        own.select_related("procedure_version", "agency", "reception_agency", "mandate"), code=code
    )


# Messages -------------------------------------------------------------------------------------------------------------


@shows_again
@requires_account
@GET_OR_POST
def conversation(request, code):
    """Write to whoever handles the dossier, and read what they answered; it changes nothing in the dossier."""
    dossier, now = _own(request, code), timezone.now()
    form = WordsForm(request.POST if request.method == "POST" else None)
    stale = getattr(request, "not_to_be_kept", False)
    if request.method == "POST" and form.is_valid() and not stale:
        try:
            talk.write(dossier, text=form.cleaned_data["text"], by=request.user, at=now)
            messages.success(request, _("Đã gửi tin nhắn. Cán bộ đang giữ hồ sơ được báo ngay; trả lời hiện ở đây."))
            return redirect("portal:conversation", code)
        except Refusal as refusal:
            form.add_error(None, _(str(refusal)))
    talk.read_by_applicant(dossier, by=request.user, at=now)
    before = request.GET.get("truoc", "")
    rows, older = talk.page(dossier, int(before) if re.fullmatch(r"[0-9]{1,18}", before, re.ASCII) else None)
    context = {
        "dossier": dossier,
        "form": form,
        "stale": stale,
        "rows": rows,
        "older": f"?truoc={older}" if older else "",
        "why_not": _why_not(dossier, request.user, now),
    }
    return render(request, "portal/conversation.html", context, status=422 if form.is_bound else 200)


def _why_not(dossier: Dossier, person, at: datetime) -> str:
    try:
        talk.may_write(dossier, person, at)
    except Refusal as refusal:
        return _(str(refusal))
    return ""


@requires_account
@require_POST
def remove_message(request, code, message):
    """Take the words of one's own message back; that it was written stays."""
    own = Message.objects.filter(dossier=_own(request, code), by=request.user, unit=None)
    talk.remove(get_object_or_404(own, pk=min(message, LARGEST)), by=request.user, at=timezone.now())
    messages.success(request, _("Đã xóa nội dung tin nhắn."))
    return redirect("portal:conversation", code)


# Readings -------------------------------------------------------------------------------------------------------------

MARK = re.compile(r"(\d{10})\.(\d{1,18})", re.ASCII)


@public
@require_safe
def read_by(request, code):
    """Every reading by an officer, the newest first: who, for which unit, when and why (ai đã xem hồ sơ)."""
    dossier = get_object_or_404(visible(request).select_related("procedure_version"), code=code)
    told, more = readings.of(dossier, after=_mark(request.GET.get("sau", "")))
    last = told[-1].reading if told else None
    context = {
        "dossier": dossier,
        "readings": told,
        "may_ask": may_ask(request, dossier),
        "next": f"?sau={last.hour.astimezone(UTC):%Y%m%d%H}.{last.pk}" if more and last else "",
    }
    return render(request, "portal/readings.html", context)


def _mark(text: str) -> tuple[datetime, int] | None:
    mark = MARK.fullmatch(text)
    if mark is None:
        return None
    try:
        return datetime.strptime(mark[1], "%Y%m%d%H").replace(tzinfo=UTC), int(mark[2])
    except ValueError:
        raise Http404


def may_ask(request, dossier: Dossier) -> bool:
    """Whoever follows by code reads who read it; asking is for the account."""
    own = Dossier.objects.filter(pk=dossier.pk)
    return request.user.is_authenticated and talk.of_applicant(own, request.user).exists()


@shows_again
@requires_account
@GET_OR_POST
def reading(request, code, reading):
    """Ask the head of that unit why it was read, once, and read the answer."""
    dossier = _own(request, code)
    found = Reading.objects.filter(subject=dossier.subject).select_related("reader")
    one = get_object_or_404(found, pk=min(reading, LARGEST))
    form = WordsForm(request.POST if request.method == "POST" else None)
    form.fields["text"].label = _("Bạn muốn hỏi gì về lượt xem này?")
    stale = getattr(request, "not_to_be_kept", False)
    if request.method == "POST" and form.is_valid() and not stale:
        try:
            readings.ask(dossier, one, question=form.cleaned_data["text"], by=request.user, at=timezone.now())
            messages.success(request, _("Đã gửi câu hỏi đến lãnh đạo đơn vị; trả lời hiện ở đây."))
            return redirect("portal:reading", code, one.pk)
        except readings.AlreadyAsked as refusal:
            messages.info(request, _(str(refusal)))
            return redirect("portal:reading", code, one.pk)
        except Refusal as refusal:
            form.add_error(None, _(str(refusal)))
    context = {
        "dossier": dossier,
        "reading": one,
        "unit": readings.units_of(dossier, [one]).get(one.pk),
        "asked": readings.questions().filter(reading=one).first(),
        "form": form,
        "stale": stale,
        "back": reverse("portal:read_by", args=[code]),
    }
    return render(request, "portal/reading.html", context, status=422 if form.is_bound else 200)
