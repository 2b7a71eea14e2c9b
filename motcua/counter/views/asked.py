"""What people ask at the counter's other side: messages of applicants, questions about readings (tin nhắn, hỏi về lượt xem)."""

from __future__ import annotations

import re

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from motcua.accounts.permissions import Can, requires
from motcua.catalogue.forms import LongText
from motcua.dossiers import conversation as talk
from motcua.dossiers import readings
from motcua.dossiers.models import Dossier
from motcua.refusal import Refusal

from .. import frame
from ..forms import Form
from ..opening import dossier_of, opened

LARGEST = 2**63 - 1


class AnswerForm(Form):
    """Words to a citizen, who reads who wrote them and for which unit."""

    text = LongText(
        talk.LONGEST,
        label="Trả lời",
        error_messages={"required": "Hãy viết trả lời trước khi gửi."},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Can.SEE_DOSSIERS)
def conversation(request, code: str):
    """The applicant's messages, and room to answer; whoever may answer has read them by opening this page."""
    at = timezone.now()
    dossier = opened(request, code, at)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            talk.answer(dossier, text=form.cleaned_data["text"], by=request.user, at=at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Đã gửi trả lời; người nộp đọc được tên và đơn vị của bạn.")
            return redirect("counter:conversation", code)
    why_not = _why_not(dossier, request.user)
    if not why_not:
        talk.read_by_office(dossier, by=request.user, at=at)
    before = request.GET.get("truoc", "")
    rows, older = talk.page(dossier, int(before) if re.fullmatch(r"[0-9]{1,18}", before, re.ASCII) else None)
    context = {
        "dossier": dossier,
        "form": form,
        "rows": rows,
        "older": f"?truoc={older}" if older else "",
        "why_not": why_not,
    }
    return frame.page(request, "counter/conversation.html", context, status=422 if form.is_bound else 200, at=at)


def _why_not(dossier: Dossier, officer) -> str:
    try:
        talk.may_answer(dossier, officer)
        if not dossier.conversation.filter(unit=None).exists():
            raise talk.NothingToAnswer
    except Refusal as refusal:
        return str(refusal)
    return ""


@require_http_methods(["GET", "HEAD"])
@requires(Can.EXPLAIN_READING)
def questions(request, code: str):
    """What people asked about readings of this dossier, and who answers each."""
    at = timezone.now()
    dossier = opened(request, code, at)
    return frame.page(request, "counter/questions.html", _questions(dossier, request.user), at=at)


@require_POST
@requires(Can.EXPLAIN_READING)
def explain(request, code: str, pk: int):
    """The head answers one question, once."""
    at = timezone.now()
    dossier = dossier_of(request.user, code)
    asked = get_object_or_404(readings.questions(), dossier=dossier, pk=min(pk, LARGEST))
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            readings.explain(asked, answer=form.cleaned_data["text"], by=request.user, at=at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Đã gửi trả lời; người dân đọc được trên trang hồ sơ.")
            return redirect("counter:questions", code)
    context = _questions(dossier, request.user, sent=(asked.pk, form))
    return frame.page(request, "counter/questions.html", context, status=422, at=at)


def _questions(dossier: Dossier, officer, sent=None) -> dict[str, object]:
    listed = list(readings.questions().filter(dossier=dossier).select_related("asked_by").order_by("-pk")[:50])
    if not listed:
        raise Http404
    rows = []
    for one in listed:
        why_not = ""
        try:
            readings.may_explain(one, officer)
        except Refusal as refusal:
            why_not = str(refusal)
        number, form = sent or (0, None)
        form = form if number == one.pk else AnswerForm(auto_id=f"id_{one.pk}_%s")
        rows.append({"asked": one, "why_not": why_not, "form": form})
    return {"dossier": dossier, "rows": rows, "wrong": sent[1] if sent else None}
