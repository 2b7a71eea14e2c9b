"""Recording at the counter what an applicant brought after a supplement request (ghi nhận bổ sung tại quầy)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.http import HttpRequest

from motcua.accounts.models import Person
from motcua.catalogue import forms as told
from motcua.dossiers import papers, supplement
from motcua.dossiers.models import Dossier, SupplementRequest

from . import keeping
from .forms import AnswerForm
from .keeping import Kept

Files = dict[int, list[Kept]]
Wrong = dict[int, list[str]]


def form(request: HttpRequest, dossier: Dossier, asked: SupplementRequest | None) -> AnswerForm:
    """A note, and the fields that were asked for with what stands in them now."""
    keys = {item.field for item in asked.items.all() if item.field} if asked else set()
    definition = [
        {word: value for word, value in field.items() if word != "show_if"}
        for field in told.fields(dossier.procedure_version.form)
        if field["key"] in keys
    ]
    fields = told.form_class(definition).base_fields if definition else {}
    kind = cast(type[AnswerForm], type("AnswerOfDossier", (AnswerForm,), {**fields, "definition": definition}))
    initial = {key: dossier.form.get(key) for key in keys}
    if request.method != "POST":
        return kind(initial=initial)
    changed = told.reshaped(request.POST)
    form = kind(request.POST if changed is None else changed)
    form.quiet = changed is not None
    return form


def files(request: HttpRequest, asked: SupplementRequest | None, at: datetime) -> tuple[Files, Wrong]:
    """The files sent for each asked paper, those of an earlier try included, and what could not be stored."""
    by = cast(Person, request.user)
    found: Files = {}
    wrong: Wrong = {}
    for item in asked.items.all() if asked and request.method == "POST" else ():
        if item.paper_id and item.paper_id not in found:
            sent, wrong[item.paper_id] = keeping.store(request.FILES.getlist(f"tep-{item.paper_id}"), by=by, at=at)
            found[item.paper_id] = [*keeping.again(request.POST.getlist(f"giu-{item.paper_id}"), by=by), *sent]
    return found, wrong


def lines(asked: SupplementRequest | None, found: Files, wrong: Wrong) -> list[dict[str, Any]]:
    """The request as the officer answers it, item by item."""
    return [
        {
            "item": item,
            "kept": found.get(item.paper_id or 0, []),
            "error": " ".join(wrong.get(item.paper_id or 0, [])),
            "upload": f"tep-{item.paper_id}" if item.paper_id else "",
            "keep": f"giu-{item.paper_id}",
        }
        for item in (asked.items.all() if asked else ())
    ]


@transaction.atomic
def record(dossier: Dossier, form: AnswerForm, found: Files, *, by: Person, at: datetime) -> Dossier:
    """The files and the answer together: when the answer is refused, no file stays behind."""
    by_pk = {paper.pk: paper for paper in dossier.papers.all()}
    for paper, files_of_paper in found.items():
        for file in files_of_paper:
            papers.add(by_pk[paper], file.stored, name=file.name, by=by, at=at)
    return supplement.answer(dossier, by=by, at=at, note=form.cleaned_data["note"], form=form.corrected())
