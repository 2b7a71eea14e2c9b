"""Papers an account has filed before, used again when it says so (tái sử dụng giấy tờ đã nộp; TT 01/2023/TT-VPCP, DuocTaiSuDung = 1).

Only its owner decides what is used again (Luật 91/2025/QH15); what an agent filed under a mandate serves that mandate alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.core.files import File
from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.catalogue.models import Component
from motcua.files import storing
from motcua.files.models import StoredFile
from motcua.refusal import Refusal

from . import declaration, papers
from .models import Dossier, Mandate, Paper, PaperFile, State

LOOKED_AT, OFFERED = 30, 2
# An officer has said that something is wrong with it, or may still say so.
DOUBTED = (State.AWAITING_COMPLETION, State.AWAITING_APPLICANT, State.REFUSED)


class NotToReuse(Refusal):
    message = "Giấy tờ đã nộp trước không dùng lại được nữa; xin chụp và gửi lại. Những tệp đã gửi vẫn còn."


class Earlier(NamedTuple):
    """A paper of a filed dossier, with the files that hold."""

    paper: Paper
    files: list[PaperFile]


def earlier(draft: Dossier, *, of: Person, day: date) -> list[Dossier]:
    """The newest dossiers this account filed, in its own name or under the mandate of this draft."""
    if draft.mandate_id and not Mandate.objects.in_force(day).filter(pk=draft.mandate_id).exists():
        return []
    filed = Dossier.objects.of_account(of).filed().filter(mandate=draft.mandate_id)
    return list(filed.select_related("procedure_version").order_by("-saved_at", "-pk")[:LOOKED_AT])


def offers(draft: Dossier, lines: Iterable[Paper], *, of: Person, day: date) -> dict[int, list[Earlier]]:
    """For each of these papers that is without files the newest few that were filed as the same: of this procedure by key, of another by name.

    A paper to be filled in (mẫu đơn, tờ khai) says what is asked this time and is never used again.
    """
    asked = [paper for paper in lines if paper.component and _as_it_is(paper.component) and not paper.files.all()]
    known = {one.pk: one for one in earlier(draft, of=of, day=day) if one.state not in DOUBTED} if asked else {}
    if not known:
        return {}
    there = PaperFile.objects.filter(replaced_at=None).select_related("file")
    filed = Paper.objects.filter(dossier__in=known, component__isnull=False).select_related("component")
    found = [Earlier(paper, list(paper.files.all())) for paper in filed.prefetch_related(Prefetch("files", there))]
    order = list(known)
    found.sort(key=lambda line: order.index(line.paper.dossier_id))
    told: dict[int, list[Earlier]] = {}
    for line in found:
        line.paper.dossier = known[line.paper.dossier_id]
        if line.files:
            for paper in asked:
                if _same(line.paper, paper, draft):
                    told.setdefault(paper.pk, []).append(line)
    return {pk: _few(same) for pk, same in told.items()}


def _as_it_is(component: Component) -> bool:
    """Whether the paper is brought and not filled in: neither has a form of its own nor is named as one."""
    return not component.template_name and not declaration.is_one(component)


def _same(filed: Paper, asked: Paper, draft: Dossier) -> bool:
    """Both are kept with their component (offers)."""
    assert filed.component and asked.component
    before, now = filed.dossier.procedure_version.procedure_id, draft.procedure_version.procedure_id
    if before == now and filed.component.key == asked.component.key:
        return True
    return filed.component.name.casefold() == asked.component.name.casefold()


def _few(found: list[Earlier]) -> list[Earlier]:
    """The same files stand there once, as filed last."""
    few: dict[frozenset[int], Earlier] = {}
    for line in found:
        few.setdefault(frozenset(one.file_id for one in line.files), line)
    return list(few.values())[:OFFERED]


def reuse(paper: Paper, source: int, *, by: Person, at: datetime) -> Paper:
    """Put the files of the earlier paper to this one: kept once, judged and scanned like any that comes."""
    found = offers(paper.dossier, [paper], of=by, day=timezone.localdate(at)).get(paper.pk, [])
    line = next((one for one in found if one.paper.pk == source), None)
    if line is None:
        raise NotToReuse
    judged = [(_judged(one, at), one.name) for one in line.files]
    with transaction.atomic():
        for stored, name in judged:
            papers.add(paper, stored, name=name, by=by, at=at)
    return line.paper


def _judged(one: PaperFile, at: datetime) -> StoredFile:
    try:
        with storing.open_file(one.file) as content:
            return storing.store(File(content, name=one.name), at=at)
    except FileNotFoundError as error:
        raise NotToReuse from error
