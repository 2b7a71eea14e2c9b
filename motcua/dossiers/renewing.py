"""A draft meets a new version of its procedure, and nothing that was filled in is lost (bản nháp gặp quy định mới)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from motcua.accounts.models import Person
from motcua.catalogue import cases, forms
from motcua.catalogue.models import ProcedureVersion
from motcua.refusal import Refusal

from . import intake, papers
from .intake import NotOnline, expect_local, settles, today
from .lifecycle import expect, refuse_now
from .models import Dossier, Paper, State

ROOM = 10_000  # papers step aside by this much while they are put in their new order


class Retired(Refusal):
    """The procedure is no longer in force (thủ tục đã bị bãi bỏ)."""

    def __init__(self, since: date | None) -> None:
        if since is None:
            super().__init__("Thủ tục này đã bị bãi bỏ nên không nộp được nữa. Bản nháp vẫn được giữ để bạn xem lại.")
        else:
            super().__init__(
                "Thủ tục này đã bị bãi bỏ từ ngày %(day)s nên không nộp được nữa. Bản nháp vẫn được giữ để bạn xem lại.",
                day=f"{since:%d/%m/%Y}",
            )


class Elsewhere(Refusal):
    message = (
        "Theo quy định mới, cơ quan bạn đã chọn không còn giải quyết thủ tục này. Xin tạo hồ sơ mới ở nơi có thẩm quyền. "
        "Bản nháp vẫn được giữ để bạn xem lại."
    )


def version_in_force(dossier: Dossier, day: date) -> ProcedureVersion | None:
    """The version of its procedure that holds on that day."""
    versions = ProcedureVersion.objects.filter(procedure=dossier.procedure_version.procedure_id)
    return versions.valid_on(day).order_by("-valid_from").first()


def is_old(dossier: Dossier, day: date) -> bool:
    """Whether this is a draft under rules that no longer hold."""
    if dossier.state != State.DRAFT:
        return False
    newest = version_in_force(dossier, day)
    return newest is None or newest.pk != dossier.procedure_version_id


@transaction.atomic
def meet_new_version(dossier: Dossier, *, by: Person, at: datetime) -> Dossier:
    """Move a draft to the version in force: answers and papers by their keys, the rest to `left_over`; refused, it stays as it is."""
    dossier = Dossier.objects.locked(dossier.pk)
    if dossier.account_id != by.pk:
        raise refuse_now(dossier)
    expect(dossier, State.DRAFT)
    before, day = dossier.procedure_version, today(at)
    after = version_in_force(dossier, day)
    if after is None:
        raise Retired(_ended(before))
    if after.pk == before.pk:
        return dossier
    expect_local(after)
    if not after.online:
        raise NotOnline
    if not settles(after, dossier.agency):
        raise Elsewhere
    kept, left = forms.carry(before.form, after.form, dossier.form)
    if dossier.case and dossier.case not in cases.of(after):
        left.append(["Trường hợp", dossier.case])
        dossier.case = ""
    dossier.form = kept
    dossier.left_over = _with(dossier.left_over, left)
    dossier.procedure_version, dossier.saved_at = after, at
    dossier.save(update_fields=["form", "left_over", "case", "procedure_version", "saved_at"])
    _bring_papers(dossier)
    return dossier


@transaction.atomic
def bring(dossier: Dossier, answers: dict[str, Any], *, told: ProcedureVersion, by: Person, at: datetime) -> Dossier:
    """What was typed on a page of an older version after the draft had moved on: it goes where it fits, the rest to `left_over`."""
    dossier = Dossier.objects.locked(dossier.pk)
    kept, left = forms.carry(told.form, dossier.procedure_version.form, answers)
    facts = {"form": forms.with_computed(dossier.procedure_version.form, dossier.form | kept)}
    Dossier.objects.filter(pk=dossier.pk).update(left_over=_with(dossier.left_over, left))
    return intake.save(dossier, by=by, at=at, **facts)


def _with(rows: list[list[str]], more: Iterable[list[str]]) -> list[list[str]]:
    return [*rows, *(row for row in more if row not in rows)]


def _ended(version: ProcedureVersion) -> date | None:
    """The first day without any version of the procedure."""
    last = ProcedureVersion.objects.filter(procedure=version.procedure_id).order_by("-valid_from").first()
    return last.valid_to + timedelta(days=1) if last and last.valid_to else None


def _bring_papers(dossier: Dossier) -> None:
    """Papers go over by the key of their component; one no longer asked stays with its files as a paper brought besides."""
    known = {component.key: component for component in dossier.procedure_version.components.all()}
    dossier.papers.update(position=F("position") + ROOM)
    last = max((component.position for component in known.values()), default=0)
    moved: list[Paper] = []
    for paper in dossier.papers.select_related("component").prefetch_related("files"):
        component = known.get(paper.component.key) if paper.component else None
        if component:
            paper.component, paper.name, paper.position = component, component.name, component.position
            paper.originals, paper.copies = component.originals, component.copies
            paper.bring_later = paper.bring_later and component.may_bring_later
        elif paper.files.all():
            last += 1
            paper.component, paper.position, paper.bring_later = None, last, False
        else:
            paper.delete()
            continue
        moved.append(paper)
    Paper.objects.bulk_update(moved, ["component", "name", "position", "originals", "copies", "bring_later"])
    papers.lay_out(dossier)
