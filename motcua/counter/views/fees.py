"""Fees taken at the desk, noted with their receipt, and a receipt cancelled (thu phí, lệ phí tại quầy)."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from motcua.accounts.permissions import Can, requires
from motcua.dossiers import collecting
from motcua.dossiers.paper_forms.words import money
from motcua.refusal import Refusal

from .. import frame
from ..forms import CancelReceiptForm, FeesForm
from ..opening import opened
from .dossier import show

LABEL = "Ghi nhận thu phí, lệ phí"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Can.RECEIVE)
def collect(request, code: str):
    """Line by line what the procedure asks of this case, what was taken, and the number of the receipt."""
    at = timezone.now()
    dossier = opened(request, code, at)
    form = FeesForm(request.POST if request.method == "POST" else None, dossier=dossier)
    if form.is_bound and form.is_valid():
        number = form.cleaned_data["number"]
        try:
            receipt = collecting.collect(dossier, lines=form.lines(), number=number, by=request.user, at=at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            taken = f"Đã ghi nhận thu {money(receipt.amount)}, biên lai {receipt.number}."
            messages.success(request, taken if receipt.amount else "Đã ghi nhận được miễn, không thu tiền.")
            return redirect("counter:dossier", code)
    elif not form.is_bound:
        try:
            collecting.may_collect(dossier, request.user)
        except Refusal as refusal:
            return show(request, dossier, at, refusal=f"Chưa thực hiện được việc “{LABEL}”. {refusal}", status=422)
    context = {"dossier": dossier, "form": form, "label": LABEL}
    return frame.page(request, "counter/dossier/fees.html", context, status=422 if form.is_bound else 200, at=at)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Can.RECEIVE)
def cancel(request, code: str, pk: int):
    """A wrong receipt leaves the sums; its number and the reason stay."""
    at = timezone.now()
    dossier = opened(request, code, at)
    receipt = get_object_or_404(dossier.fee_receipts, pk=pk)
    form = CancelReceiptForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            collecting.cancel(receipt, why=form.cleaned_data["why"], by=request.user, at=at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Đã hủy biên lai {receipt.number or 'không thu tiền'}. Lý do được giữ ở hồ sơ.")
            return redirect("counter:dossier", code)
    label = f"Hủy biên lai {receipt.number}".strip()
    context = {"dossier": dossier, "form": form, "label": label, "receipt": receipt, "danger": True}
    return frame.page(
        request, "counter/dossier/cancel_receipt.html", context, status=422 if form.is_bound else 200, at=at
    )
