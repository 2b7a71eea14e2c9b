"""Several procedures of one person filed together (hồ sơ liên thông; one-stop.md §2.12): each child has its own code, clock and state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction

from motcua.accounts.models import Person
from motcua.catalogue.models import ProcedureVersion
from motcua.journal.recording import record
from motcua.organisations.models import Agency
from motcua.refusal import Refusal

from . import intake, timeline, together
from .models import Bundle, Dossier
from .papers import Brought

FEWEST, MOST = 2, 10


class TooFew(Refusal):
    message = f"Hồ sơ liên thông gồm từ {FEWEST} đến {MOST} thủ tục khác nhau; xin chọn lại."


class OtherCounters(Refusal):
    message = (
        "Các thủ tục này được tiếp nhận ở những nơi khác nhau nên không nhận chung được; xin tiếp nhận từng hồ sơ. "
        "Những gì đã nhập vẫn được giữ."
    )


class Wanted(NamedTuple):
    """One procedure of the bundle: who settles it, its case, its answers, its papers."""

    version: ProcedureVersion
    agency: Agency
    papers: Sequence[Brought]
    form: dict[str, Any]
    case: str = ""


def receive_together(
    wanted: Sequence[Wanted], *, public_id: UUID, by: Person, at: datetime, title: str = "", **facts: Any
) -> Bundle:
    """Receive all of them or none; `facts` are of the person, told once, and `public_id`, given by the page, makes it once.

    The codes are taken before, as every code is: a bundle that is refused leaves gaps, never a half.
    """
    procedures = {one.version.procedure_id for one in wanted}
    if not FEWEST <= len(wanted) <= MOST or len(procedures) < len(wanted):
        raise TooFew
    if made := Bundle.objects.filter(public_id=public_id, made_by=by).first():
        return made
    children = [
        intake.enter(one.version, agency=one.agency, by=by, at=at, case=one.case, form=one.form, **facts)
        for one in wanted
    ]
    first = children[0]
    if any(child.reception_agency_id != first.reception_agency_id for child in children):
        raise OtherCounters
    bundle = Bundle(
        public_id=public_id,
        title=title or "; ".join(one.version.name for one in wanted)[:300],
        agency=first.reception_agency,
        owner_name=first.owner_name,
        owner_id_number=first.owner_id_number,
        made_by=by,
        made_at=at,
    )
    try:
        with transaction.atomic():
            bundle.save()
            for child, one in zip(children, wanted, strict=True):
                child.bundle = bundle
                intake.receive_entered(child, one.papers, by=by, at=at)
                record("dossier.bundled", about=child, by=by, at=at, bundle=bundle.pk)
                together.join(child, after=first, by=by, at=at)
            record("bundle.received", about=bundle, by=by, at=at, dossiers=[child.pk for child in children])
    except IntegrityError:
        # Pressed twice at the same moment: the other press made it.
        if made := Bundle.objects.filter(public_id=public_id, made_by=by).first():
            return made
        raise
    return bundle


# The children tell it -----------------------------------------------------------------------------------------------


class Child(NamedTuple):
    """One dossier of the bundle, and whose turn it is."""

    dossier: Dossier
    turn: str


class Told(NamedTuple):
    """A line of the journal of one of the children."""

    dossier: Dossier
    line: timeline.Line


def children(bundle: Bundle) -> list[Child]:
    """Every child as it stands now, in the order they were received."""
    dossiers = bundle.dossiers.select_related("procedure_version__procedure", "agency", "reception_agency", "at_unit")
    return [Child(one, timeline.turn(one)) for one in dossiers.order_by("pk")[:MOST]]


def sentence(those: Sequence[Child]) -> str:
    """How far the bundle has come; it has no state of its own."""
    over = sum(not one.dossier.is_open() for one in those)
    ready = sum(one.dossier.state == "READY" for one in those)
    parts = [f"{len(those) - over - ready} hồ sơ đang giải quyết"] if over + ready < len(those) else []
    parts += [f"{ready} hồ sơ đã có kết quả"] if ready else []
    parts += [f"{over} hồ sơ đã xong"] if over else []
    return ", ".join(parts)


def lines(those: Sequence[Dossier]) -> list[Told]:
    """What happened to the children, in one story, the newest last."""
    told = [
        Told(dossier, line)
        for dossier in those
        for line in timeline.lines(dossier)
        if line.event != "dossier.bundled"  # here everybody sees that
    ]
    return sorted(told, key=attrgetter("line.at"))
