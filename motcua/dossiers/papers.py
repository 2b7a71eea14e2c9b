"""The papers of a dossier and their files (giấy tờ trong hồ sơ)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max

from motcua.accounts.models import Person
from motcua.catalogue import cases
from motcua.catalogue.models import Channel, Component
from motcua.files.models import StoredFile
from motcua.files.naming import clean_name
from motcua.refusal import Refusal

from .lifecycle import expect, expect_counter, refuse_now
from .models import Dossier, Paper, PaperFile, State, Upload

MOST_FILES = 50


class NotAsked(Refusal):
    message = "Giấy tờ này không nằm trong nội dung cần bổ sung nên không thay đổi được."


class TooMany(Refusal):
    message = f"Mỗi giấy tờ nhận tối đa {MOST_FILES} tệp; xin gộp các trang vào một tệp PDF. Các tệp đã gửi vẫn còn."


class MustCome(Refusal):
    message = "Giấy tờ này phải nộp kèm hồ sơ trực tuyến, không mang đến sau được."


class Brought(NamedTuple):
    """A paper put on the counter: one of the procedure's, or another one by name (giấy tờ nộp tại quầy)."""

    component: Component | None
    name: str
    originals: int
    copies: int
    files: Sequence[tuple[StoredFile, str]] = ()


def lay_out(dossier: Dossier) -> None:
    """One line for every paper its case asks; laid out again, a paper with files stays, whoever asked it (thành phần hồ sơ)."""
    asked = cases.papers(dossier.procedure_version, dossier.case)
    laid = dossier.papers.exclude(component=None).exclude(component__in=asked)
    laid.filter(files=None).exclude(uploads__in=Upload.objects.filter(arrived_at=None)).delete()
    there = {paper.component_id: paper.position for paper in dossier.papers.all()}
    Paper.objects.bulk_create(lines(dossier, asked, there))


def lines(dossier: Dossier, asked: Sequence[Component], there: Mapping[int | None, int]) -> list[Paper]:
    """The lines that are not there yet, each at the place of its component, or behind all where that is taken."""
    there, made = dict(there), []
    last = max([*there.values(), *(component.position for component in asked)], default=0)
    for component in asked:
        if component.pk in there:
            continue
        position = component.position
        if position in there.values():
            last += 1
            position = last
        made.append(
            Paper(
                dossier=dossier,
                component=component,
                position=position,
                name=component.name,
                originals=component.originals,
                copies=component.copies,
            )
        )
    return made


def there(dossier: Dossier) -> dict[str, str]:
    """What is there of each paper the procedure asks, by the key of its component, in words; only what is there."""
    told = {}
    for paper in dossier.papers.select_related("component").prefetch_related("files"):
        if paper.component is None:
            continue
        names = [file.name for file in paper.files.all() if file.replaced_at is None]
        if not names and paper.bring_later:
            names = ["sẽ mang bản giấy đến"]
        elif not names and dossier.channel != Channel.ONLINE and (paper.originals or paper.copies):
            names = ["đã nộp bản giấy"]
        if names:
            told[paper.component.key] = f"{paper.name}: {'; '.join(names)}"
    return told


def asked_about(dossier: Dossier) -> dict[str, str]:
    """The same, where its form asks about any of them."""
    asks = any(field["type"] == "paper" for field in dossier.procedure_version.form)
    return there(dossier) if asks else {}


def lay_out_brought(dossier: Dossier, brought: Sequence[Brought], *, by: Person, at: datetime) -> None:
    """The papers as the officer counted them at the counter."""
    for position, one in enumerate(brought, start=1):
        paper = brought_line(dossier, position, one)
        paper.save()
        for stored, name in one.files:
            PaperFile.objects.create(paper=paper, file=stored, name=clean_name(name), added_at=at, added_by=by)


def brought_line(dossier: Dossier, position: int, one: Brought) -> Paper:
    return Paper(
        dossier=dossier,
        component=one.component,
        position=position,
        name=one.name,
        originals=one.originals,
        copies=one.copies,
    )


def may_change(paper: Paper, by: Person) -> None:
    """The owner of a draft changes its files; of a filed one the owner or its counter, and only of papers just asked for."""
    dossier = paper.dossier
    if dossier.state not in (State.AWAITING_COMPLETION, State.AWAITING_APPLICANT):
        expect(dossier, State.DRAFT)
        if dossier.account_id != by.pk:
            raise refuse_now(dossier)
        return
    if dossier.account_id != by.pk:
        expect_counter(dossier, by)
    if not dossier.supplement_requests.filter(answered_at=None, items__paper=paper).exists():
        raise NotAsked


@transaction.atomic
def add(
    paper: Paper, stored: StoredFile, *, name: str, by: Person, at: datetime, position: int | None = None
) -> PaperFile:
    """Put a file to a paper, behind its pages or where its page was kept free; the same content once however often it is sent."""
    dossier = Dossier.objects.locked(paper.dossier_id)
    paper = dossier.papers.get(pk=paper.pk)
    may_change(paper, by)
    files = paper.files.filter(replaced_at=None)
    known = files.filter(file=stored).first()
    if known:
        return known
    expect_room(paper)
    if paper.bring_later:
        paper.bring_later = False
        paper.save(update_fields=["bring_later"])
    Dossier.objects.filter(pk=dossier.pk).update(saved_at=at)
    if position is None:
        position = next_position(paper)
    return PaperFile.objects.create(
        paper=paper, file=stored, name=clean_name(name), added_at=at, added_by=by, position=position
    )


def expect_room(paper: Paper, *, coming: int = 0) -> None:
    if paper.files.filter(replaced_at=None).count() + coming >= MOST_FILES:
        raise TooMany


def next_position(paper: Paper) -> int:
    """Behind every page that is there or on its way."""
    last = (rows.aggregate(last=Max("position"))["last"] or 0 for rows in (paper.files, paper.uploads))
    return max(last) + 1


@transaction.atomic
def move(paper_file: PaperFile, *, up: bool, by: Person, at: datetime) -> None:
    """One page before or behind its neighbour; at the end of the row it stays (thứ tự trang)."""
    dossier = Dossier.objects.locked(paper_file.paper.dossier_id)
    paper = dossier.papers.get(pk=paper_file.paper_id)
    may_change(paper, by)
    files = list(paper.files.filter(replaced_at=None))
    here = next((place for place, file in enumerate(files) if file.pk == paper_file.pk), None)
    there = None if here is None else here + (-1 if up else 1)
    if here is None or there is None or not 0 <= there < len(files):
        return
    files[here], files[there] = files[there], files[here]
    for position, file in enumerate(files, start=1):
        file.position = position
    PaperFile.objects.bulk_update(files, ["position"])
    Dossier.objects.filter(pk=dossier.pk).update(saved_at=at)


@transaction.atomic
def remove(paper_file: PaperFile, *, by: Person, at: datetime) -> None:
    """Take a file back; what an officer may have read already stays, marked as replaced."""
    dossier = Dossier.objects.locked(paper_file.paper.dossier_id)
    paper = dossier.papers.get(pk=paper_file.paper_id)
    may_change(paper, by)
    if dossier.state == State.DRAFT:
        PaperFile.objects.filter(pk=paper_file.pk).delete()
    else:
        PaperFile.objects.filter(pk=paper_file.pk, replaced_at=None).update(replaced_at=at)
    Dossier.objects.filter(pk=dossier.pk).update(saved_at=at)


@transaction.atomic
def bring_later(paper: Paper, yes: bool, *, by: Person, at: datetime) -> None:
    """Say that the paper itself comes to the counter, where the procedure allows it."""
    dossier = Dossier.objects.locked(paper.dossier_id)
    expect(dossier, State.DRAFT)
    paper = dossier.papers.select_related("component").get(pk=paper.pk)
    may_change(paper, by)
    if yes and not (paper.component and paper.component.may_bring_later):
        raise MustCome
    paper.bring_later = yes
    paper.save(update_fields=["bring_later"])
    Dossier.objects.filter(pk=dossier.pk).update(saved_at=at)
