"""Answering a supplement request: exactly what was asked, nothing else (bổ sung, hoàn thiện hồ sơ)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from motcua.accounts.permissions import requires_account
from motcua.catalogue import forms as told_forms
from motcua.catalogue.forms import LongText
from motcua.dossiers import papers, supplement
from motcua.dossiers.intake import Incomplete
from motcua.dossiers.models import Dossier, Paper, PaperFile, State, SupplementItem, SupplementRequest
from motcua.refusal import Refusal
from motcua.ui.templatetags.ui import vn_datetime, vn_time

from ..drafts import shows_again
from ..forms import in_language
from ..models import AnswerDraft
from .papers import arrange, keep, told, upload_limits

WAITING = (State.AWAITING_COMPLETION, State.AWAITING_APPLICANT)
NOTE = 2000


class NoteForm(forms.Form):
    note = LongText(
        NOTE,
        label=gettext_lazy("Lời nhắn cho cán bộ"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@shows_again
@requires_account
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, code):
    """What was asked, one by one, and one button that sends it all back."""
    dossier = _own(request, code)
    asked = supplement.open_request(dossier) if dossier.state in WAITING else None
    if asked is None:
        return redirect("portal:dossier", code)
    if request.method != "POST":
        return _page(request, dossier, asked, *_forms(dossier, asked))
    sends = "send" in request.POST
    changed = told_forms.reshaped(request.POST)
    fields, note = _forms(dossier, asked, request.POST if changed is None else changed, draft=not sends)
    if getattr(request, "not_to_be_kept", False):
        return _page(request, dossier, asked, fields, note, stale=True, status=422)
    refused = keep(request, _papers(asked))
    arrange(request, _papers(asked))
    _save(request.POST if changed is None else changed, dossier, asked)
    right = fields.is_valid() and note.is_valid()
    if refused or not right or not sends:
        # 422 also when nothing is wrong: the page comes back as it is, with what was typed, and says what is kept.
        return _page(request, dossier, asked, in_language(fields), note, refused=refused, status=422)
    try:
        supplement.answer(
            dossier, by=request.user, at=timezone.now(), note=note.cleaned_data["note"], form=fields.answers()
        )
    except Incomplete as refusal:
        return _page(request, dossier, asked, fields, note, lacking=refusal.missing, status=422)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("portal:dossier", code)
    AnswerDraft.objects.filter(request=asked).delete()
    messages.success(request, _("Đã gửi phần bổ sung. Bộ phận Một cửa xem lại; bạn không phải làm gì thêm lúc này."))
    return redirect("portal:dossier", code)


@requires_account
@require_POST
def save(request, code):
    """The answer saves itself while one types (tự lưu phần bổ sung)."""
    dossier = _own(request, code)
    asked = supplement.open_request(dossier) if dossier.state in WAITING else None
    if asked is None:
        return JsonResponse({"error": _("phần bổ sung này đã gửi, không sửa được nữa.")}, status=409)
    wrong = _save(request.POST, dossier, asked)
    said = {"saved_at": vn_time(timezone.now())}
    if wrong:
        said["except"] = _("“%(questions)s” chưa đúng nên chưa lưu") % {"questions": "”, “".join(wrong[:3])}
    return JsonResponse(said)


@requires_account
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, code, file):
    """Take a file back, after asking once; what an officer has read already is kept as replaced."""
    dossier = _own(request, code)
    files = PaperFile.objects.filter(paper__dossier=dossier, replaced_at=None).select_related("paper", "file")
    found = get_object_or_404(files, pk=min(file, 2**63 - 1))
    back = f"{reverse('portal:answer', args=[code])}#giay-to-{found.paper_id}"
    if request.method == "POST":
        try:
            papers.remove(found, by=request.user, at=timezone.now())
            messages.success(request, _("Đã bỏ tệp “%(name)s”.") % {"name": found.name})
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect(back)
    return render(request, "portal/remove_file.html", {"file": found, "paper": found.paper, "back_href": back})


def _own(request, code: str) -> Dossier:
    dossiers = Dossier.objects.filed().of_account(request.user)
    return get_object_or_404(dossiers.select_related("procedure_version__procedure", "reception_agency"), code=code)


def _papers(asked: SupplementRequest) -> list[Paper]:
    wanted = Paper.objects.filter(pk__in=[item.paper_id for item in asked.items.all() if item.paper_id])
    return list(wanted.select_related("component", "dossier").prefetch_related("files__file", "uploads"))


def _definition(dossier: Dossier, asked: SupplementRequest) -> list[dict[str, Any]]:
    """The asked fields of the form, each needed now and none hidden any more."""
    keys = {item.field for item in asked.items.all() if item.field}
    known = told_forms.fields(dossier.procedure_version.form)
    return [
        {**{word: value for word, value in field.items() if word != "show_if"}, "required": True}
        for field in known
        if field["key"] in keys
    ]


def _forms(
    dossier: Dossier, asked: SupplementRequest, data: Any = None, *, draft: bool = False
) -> tuple[Any, NoteForm]:
    definition = _definition(dossier, asked)
    if not definition:
        fields: Any = told_forms.AnswersForm(data) if data is not None else told_forms.AnswersForm()
    else:
        made = told_forms.form_class(definition, places=reverse("portal:places"), draft=draft)
        fields = made(data) if data is not None else made(initial=dossier.form | _kept(asked).form)
    return fields, NoteForm(data) if data is not None else NoteForm(initial={"note": _kept(asked).note})


def _kept(asked: SupplementRequest) -> AnswerDraft:
    return AnswerDraft.objects.filter(request=asked).first() or AnswerDraft(request=asked)


def _save(data: Any, dossier: Dossier, asked: SupplementRequest) -> list[str]:
    """Keep what is right of the answer; says which questions were not."""
    fields, note = _forms(dossier, asked, data, draft=True)
    fields.is_valid(), note.is_valid()
    before = _kept(asked)
    AnswerDraft.objects.update_or_create(
        request=asked,
        defaults={
            "form": fields.kept(before.form),
            "note": note.cleaned_data.get("note", before.note),
            "saved_at": timezone.now(),
        },
    )
    return [str(form.fields[name].label) for form in (fields, note) for name in form.errors if name in form.fields]


def _page(
    request,
    dossier: Dossier,
    asked: SupplementRequest,
    fields: Any,
    note: NoteForm,
    *,
    refused: dict[int, list[str]] | None = None,
    lacking: Any = (),
    stale: bool = False,
    status: int = 200,
):
    by_paper = {paper.pk: paper for paper in _papers(asked)}
    missing = {one.where for one in lacking}
    questions = told_forms.questions(fields)
    items = []
    for item in asked.items.all():
        shown: dict[str, Any] = {"item": item, "lacking": _where(item) in missing}
        if item.paper_id:
            shown |= told(by_paper[item.paper_id], refused or {})
            shown["old"] = [file for file in shown["files"] if file["added_at"] < asked.requested_at]
            shown["new"] = [file for file in shown["files"] if file["added_at"] >= asked.requested_at]
            if shown["lacking"] and not shown["refused"]:
                shown["refused"] = _("Chưa có tệp mới cho giấy tờ này.")
        elif item.field in fields.fields:
            shown["questions"] = [one for one in questions if one["field"].name == item.field]
        items.append(shown)
    context = {
        **upload_limits(),
        "dossier": dossier,
        "asked": asked,
        "until": vn_datetime(asked.requested_at),
        "items": items,
        "form": fields,
        "note": note["note"],
        "has_groups": any(one["kind"] == "group" for one in questions),
        "lacking": [
            {"what": one.what, "href": f"#{one.where.replace('paper:', 'giay-to-').replace('form:', 'id_')}"}
            for one in lacking
        ],
        "refused": bool(refused),
        "stale": stale,
        "save_url": reverse("portal:answer_save", args=[dossier.code]),
    }
    return render(request, "portal/answer.html", context, status=status)


def _where(item: SupplementItem) -> str:
    return f"paper:{item.paper_id}" if item.paper_id else f"form:{item.field}"
