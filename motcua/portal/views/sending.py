"""Files sent piece by piece, so that a dead zone costs one piece and not the whole (gửi giấy tờ từng phần; docs/portal.md)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, JsonResponse, UnreadablePostError
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from motcua.accounts.permissions import requires_account
from motcua.dossiers import uploads
from motcua.dossiers.models import Dossier, Paper, PaperFile, State, Upload
from motcua.files import pieces, storing
from motcua.refusal import Refusal
from motcua.ui.templatetags.ui import vn_time

from ..drafts import address

CHUNK = 64 * 1024


class Announced(forms.Form):
    """A file that is about to come."""

    key = forms.UUIDField()
    name = forms.CharField(max_length=1000)
    size = forms.IntegerField(min_value=0, max_value=2**53)
    instead_of = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


@requires_account
@require_POST
def begin(request, paper):
    """Announce a file; announced again under its key it says how much of it is there."""
    papers = Paper.objects.filter(dossier__in=Dossier.objects.of_account(request.user)).select_related("dossier")
    found = get_object_or_404(papers, pk=min(paper, 2**63 - 1))
    announced = Announced(request.POST)
    if not announced.is_valid():
        return JsonResponse({"error": _("Tệp này gửi lên không đúng cách nên chưa được lưu.")}, status=400)
    told = announced.cleaned_data
    if Upload.objects.filter(key=told["key"]).exclude(sender=request.user, paper=found).exists():
        raise Http404
    try:
        upload = uploads.begin(found, **told, by=request.user, at=timezone.now())
    except Refusal as refusal:
        return JsonResponse({"error": str(refusal)}, status=413 if isinstance(refusal, storing.TooBig) else 422)
    return JsonResponse(_told(upload), status=201)


@requires_account
@require_http_methods(["GET", "HEAD", "PATCH"])
def piece(request, key):
    """How much is there; or the next piece, and with the last one the file is judged and put to its paper."""
    upload = get_object_or_404(Upload.objects.select_related("paper__dossier"), key=key, sender=request.user)
    if request.method != "PATCH":
        return JsonResponse(_told(upload))
    offset = request.headers.get("Upload-Offset", "")
    if not (offset.isascii() and offset.isdigit() and len(offset) < 16):
        return JsonResponse({"error": "Upload-Offset?"}, status=400)
    content, cut = _read(request)
    if len(content) > pieces.LARGEST:
        return JsonResponse({"error": str(uploads.TooLong())}, status=413)
    page = None
    try:
        upload = uploads.take(upload, content, offset=int(offset), at=timezone.now())
        if upload.received == upload.size and not cut:
            page = uploads.finish(upload, by=request.user, at=timezone.now())
            upload.refresh_from_db()
    except uploads.WrongOffset as refusal:
        return JsonResponse({"received": refusal.received, "saved": bool(upload.arrived_at)}, status=409)
    except uploads.TooLong as refusal:
        return JsonResponse({"error": str(refusal)}, status=413)
    except uploads.PASSING as refusal:
        return JsonResponse({"error": str(refusal), "received": upload.size}, status=503)
    except Refusal as refusal:
        return JsonResponse({"error": str(refusal)}, status=422)
    except Upload.DoesNotExist:
        raise Http404 from None  # given up meanwhile, or its draft thrown away
    return JsonResponse(_told(upload, page))


@requires_account
@require_POST
def give_up(request, key):
    """Take back a file that has not arrived; also for one whose phone is gone."""
    upload = get_object_or_404(Upload.objects.select_related("paper__dossier"), key=key, sender=request.user)
    uploads.give_up(upload)
    dossier = upload.paper.dossier
    messages.success(request, _("Đã bỏ tệp “%(name)s”.") % {"name": upload.name})
    if dossier.state == State.DRAFT:
        return redirect(f"{address(dossier, 'papers')}#giay-to-{upload.paper_id}")
    return redirect(f"{reverse('portal:answer', args=[dossier.code])}#giay-to-{upload.paper_id}")


def opening(file: PaperFile) -> str:
    """Where one's own file is opened, in a draft and in what was filed."""
    dossier = file.paper.dossier
    if dossier.state == State.DRAFT:
        return reverse("portal:draft_file", args=[dossier.public_id, file.pk])
    return reverse("portal:paper", args=[dossier.code, file.pk])


def removal(file: PaperFile) -> str:
    dossier = file.paper.dossier
    if dossier.state == State.DRAFT:
        return reverse("portal:draft_remove", args=[dossier.public_id, file.pk])
    return reverse("portal:answer_remove", args=[dossier.code, file.pk])


def shown(file: PaperFile) -> dict[str, Any]:
    """A page of a paper as its sender sees it."""
    return {
        "pk": file.pk,
        "name": file.name,
        "size": file.file.size,
        "href": opening(file),
        "remove": removal(file),
        "added_at": file.added_at,
    }


def _told(upload: Upload, page: PaperFile | None = None) -> dict[str, Any]:
    told: dict[str, Any] = {"received": upload.received, "saved": bool(upload.arrived_at)}
    if page:
        file = PaperFile.objects.select_related("file", "paper__dossier").get(pk=page.pk)
        told |= {"row": render_to_string("portal/paper_page.html", {"file": shown(file)}), "file": file.pk}
        told["saved_at"] = vn_time(timezone.now())
    return told


def _read(request) -> tuple[bytes, bool]:
    """What came of the piece before the line broke, and whether it broke."""
    read = bytearray()
    try:
        while len(read) <= pieces.LARGEST and (part := request.read(CHUNK)):
            read += part
    except UnreadablePostError:
        return bytes(read), True
    return bytes(read), False
