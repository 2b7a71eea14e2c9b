"""Papers of a draft: several files for each, kept at once (giấy tờ kèm theo hồ sơ)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from motcua.catalogue import cases
from motcua.dossiers import papers, reusing
from motcua.dossiers.models import Dossier, Paper, PaperFile
from motcua.files import limits, storing
from motcua.refusal import Refusal
from motcua.ui.templatetags.ui import vn_time

from ..drafts import address, draft_page, head, next_page, shows_again
from .sending import shown


@shows_again
@draft_page
@require_http_methods(["GET", "HEAD", "POST"])
def lay_out(request, dossier):
    """Every paper with its files; whichever button is pressed, all chosen files are kept."""
    if request.method != "POST":
        return _page(request, dossier, {})
    if getattr(request, "not_to_be_kept", False):
        return _page(request, dossier, {}, status=422)
    refused = keep(request, of(dossier))
    for paper in of(dossier):
        wanted = f"later-{paper.pk}" in request.POST
        if f"asked-{paper.pk}" in request.POST and wanted != paper.bring_later and paper.pk not in refused:
            try:
                papers.bring_later(paper, wanted and not has_files(paper), by=request.user, at=timezone.now())
            except Refusal as refusal:
                refused[paper.pk] = [str(refusal)]
    again = "" if refused else use_again(request, dossier, refused)
    if refused:
        return _page(request, dossier, refused, status=422)
    pressed = again or arrange(request, of(dossier)) or request.POST.get("paper", "")
    if pressed.isascii() and pressed.isdigit():
        return redirect(f"{address(dossier, 'papers', back='ve' in request.GET)}#giay-to-{pressed}")
    return redirect(address(dossier, next_page(request, "papers")))


def of(dossier: Dossier) -> list[Paper]:
    return list(dossier.papers.select_related("component").prefetch_related("files__file", "uploads"))


def has_files(paper: Paper) -> bool:
    return any(file.replaced_at is None for file in paper.files.all())


def keep(request, asked: Iterable[Paper]) -> dict[int, list[str]]:
    """Store what was sent for these papers; what is refused is told by paper, and costs the others nothing."""
    refused: dict[int, list[str]] = {}
    kept = 0
    for paper in asked:
        for sent in request.FILES.getlist(f"paper-{paper.pk}"):
            try:
                stored = storing.store(sent, at=timezone.now())
                papers.add(paper, stored, name=sent.name, by=request.user, at=timezone.now())
                kept += 1
            except Refusal as refusal:
                refused.setdefault(paper.pk, []).append(str(refusal))
    if kept:
        words = ngettext("Đã lưu %(n)s tệp lúc %(time)s.", "Đã lưu %(n)s tệp lúc %(time)s.", kept)
        messages.success(request, words % {"n": kept, "time": vn_time(timezone.now())})
    return refused


def use_again(request, dossier: Dossier, refused: dict[int, list[str]]) -> str:
    """Put a paper filed before to the one where that was pressed; of which paper it was."""
    pressed, _colon, source = request.POST.get("reuse", "").partition(":")
    if not (source.isascii() and source.isdigit()):
        return ""
    for paper in of(dossier):
        if str(paper.pk) == pressed:
            try:
                reusing.reuse(paper, int(source), by=request.user, at=timezone.now())
            except Refusal as refusal:
                refused[paper.pk] = [str(refusal)]
            else:
                messages.success(request, _("Đã dùng lại giấy tờ bạn nộp trước đây. Xin mở ra xem lại."))
            return pressed
    return ""


def arrange(request, asked: Iterable[Paper]) -> str:
    """Put a page before or behind its neighbour, where that was pressed; of which paper it was."""
    pressed, _colon, way = request.POST.get("move", "").partition(":")
    for paper in asked:
        for file in paper.files.all():
            if str(file.pk) == pressed:
                papers.move(file, up=way == "up", by=request.user, at=timezone.now())
                return str(paper.pk)
    return ""


def told(paper: Paper, refused: dict[int, list[str]]) -> dict[str, Any]:
    """A paper as the page shows it, its pages in their order and those that have not arrived."""
    component = paper.component
    files = [file for file in paper.files.all() if file.replaced_at is None]
    return {
        "paper": paper,
        "component": component,
        "required": bool(component and cases.required(component, paper.dossier.case)),
        "may_come_later": bool(component and component.may_bring_later),
        "files": [shown(file) for file in files],
        "coming": [upload for upload in paper.uploads.all() if upload.arrived_at is None],
        "refused": " ".join(refused.get(paper.pk, ())),
    }


def upload_limits() -> dict[str, Any]:
    """What may be sent, told before it is chosen (files.limits.told(), in the language of the page)."""
    *most, last = (kind.words for kind in limits.ALLOWED.values())
    said = _("%(kinds)s hoặc %(last)s, tối đa %(size)s mỗi tệp.") % {
        "kinds": ", ".join(most),
        "last": last,
        "size": limits.in_words(limits.MAX_BYTES),
    }
    return {"told_limits": said, "max_bytes": limits.MAX_BYTES, "accept": limits.accept()}


def _page(request, dossier: Dossier, refused: dict[int, list[str]], *, status: int = 200):
    listed = of(dossier)
    again = reusing.offers(dossier, listed, of=request.user, day=timezone.localdate())
    context = {
        **head(request, dossier, "papers"),
        **upload_limits(),
        "papers": [told(paper, refused) | {"again": again.get(paper.pk, [])} for paper in listed],
        "again": bool(again),
        "cases": bool(cases.of(dossier.procedure_version)),
        "case_href": address(dossier, "case", back=True),
        "refused": bool(refused),
        "stale": getattr(request, "not_to_be_kept", False),
    }
    return render(request, "portal/draft_papers.html", context, status=status)


@draft_page
@require_safe
def draft_file(request, dossier, file):
    """One's own file, as it was sent."""
    return send(_file(dossier, file))


def send(found: PaperFile):
    """A picture opens in the browser; anything else is downloaded, for no viewer runs in the sandbox it is sent in."""
    return storing.respond(found.file, found.name, inline=found.file.media_type.startswith("image/"))


@draft_page
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, dossier, file):
    """Take a file back, after asking once."""
    found = _file(dossier, file)
    if request.method == "POST":
        papers.remove(found, by=request.user, at=timezone.now())
        messages.success(request, _("Đã bỏ tệp “%(name)s”.") % {"name": found.name})
        return redirect(f"{address(dossier, 'papers')}#giay-to-{found.paper_id}")
    back = f"{address(dossier, 'papers')}#giay-to-{found.paper_id}"
    return render(request, "portal/remove_file.html", {"file": found, "paper": found.paper, "back_href": back})


def _file(dossier: Dossier, file: int) -> PaperFile:
    if file > 2**63 - 1:
        raise Http404
    files = PaperFile.objects.filter(paper__dossier=dossier, replaced_at=None).select_related("file", "paper")
    return get_object_or_404(files, pk=file)
