"""The same person with the same procedure twice: seen side by side, and an officer decides (nghi trùng hồ sơ)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from motcua.accounts.models import Person
from motcua.catalogue.models import Procedure
from motcua.journal.recording import record
from motcua.refusal import Refusal
from motcua.vietnamese import fold

from .lifecycle import refuse_now
from .models import OPEN, Dossier, PaperFile, State, ToldApart

LATELY = timedelta(days=90)
MOST = 10
# A dossier refused or withdrawn was meant to be filed again; nobody is suspected for doing so.
FILED_ONCE = (*OPEN, State.RETURNED, State.STOPPED)


class NotAlike(Refusal):
    message = "Hai hồ sơ này không phải của cùng một người với cùng thủ tục, nên không có gì phải phân biệt."


class Suspects(NamedTuple):
    """Dossiers that may be the same matter: those the officer may open, and whether others lie elsewhere."""

    here: list[Dossier]
    elsewhere: bool

    def __bool__(self) -> bool:
        return bool(self.here) or self.elsewhere


NOBODY = Suspects([], elsewhere=False)


def suspects(dossier: Dossier, officer: Person, at: datetime) -> Suspects:
    """Which other dossiers are suspected to be the same as this one; none once it has ended."""
    if not dossier.is_open():
        return NOBODY
    told_apart = ToldApart.objects.filter(
        Q(earlier=OuterRef("pk"), later=dossier.pk) | Q(earlier=dossier.pk, later=OuterRef("pk"))
    )
    found = _alike(dossier, dossier.procedure_version.procedure, at).exclude(pk=dossier.pk)
    return _split(found.exclude(Exists(told_apart)), dossier, officer)


def of_person(person: Dossier, procedure: Procedure, officer: Person, at: datetime) -> Suspects:
    """The same asked before there is a dossier; `person` holds the facts that were typed, and is never saved."""
    return _split(_alike(person, procedure, at), person, officer)


def _split(found: QuerySet[Dossier], of: Dossier, officer: Person) -> Suspects:
    """A few at most, the newest first; one statement when there are none."""
    alike = [one for one in found.order_by("-pk")[: MOST * 5] if _same_owner(one, of)][:MOST]
    if not alike:
        return NOBODY
    mine = set(
        Dossier.objects.handled_by(officer).filter(pk__in=[one.pk for one in alike]).values_list("pk", flat=True)
    )
    return Suspects([one for one in alike if one.pk in mine], elsewhere=len(mine) < len(alike))


def _alike(of: Dossier, procedure: Procedure, at: datetime) -> QuerySet[Dossier]:
    """Open or lately ended, of the same procedure and perhaps the same owner."""
    return Dossier.objects.filter(
        _maybe_of(of),
        Q(closed_at=None) | Q(closed_at__gte=at - LATELY),
        procedure_version__procedure=procedure,
        state__in=FILED_ONCE,
    ).select_related("agency")


def _maybe_of(owner: Dossier) -> Q:
    """The same number, or the same name with the same phone or birth date; each finds its index."""
    nobody = Q(pk__in=[])
    phone = Q(phone=owner.phone) if owner.phone else nobody
    birth = Q(owner_birth_date=owner.owner_birth_date) if owner.owner_birth_date else nobody
    name = fold(owner.owner_name)
    named = Q(search_text__contains=name) & (phone | birth) if name else nobody
    return Q(owner_id_number=owner.owner_id_number) | named if owner.owner_id_number else named


def _same_owner(one: Dossier, other: Dossier) -> bool:
    """The search text only narrowed it down; two different numbers are two people, whatever their name."""
    if one.owner_id_number and other.owner_id_number:
        return one.owner_id_number == other.owner_id_number
    same_name = fold(one.owner_name) == fold(other.owner_name)
    same_birth = bool(one.owner_birth_date) and one.owner_birth_date == other.owner_birth_date
    return same_name and (same_birth or (bool(one.phone) and one.phone == other.phone))


def are_alike(one: Dossier, other: Dossier) -> bool:
    same_procedure = one.procedure_version.procedure_id == other.procedure_version.procedure_id
    return one.pk != other.pk and same_procedure and _same_owner(one, other)


# What the officer decides -------------------------------------------------------------------------------------------


@transaction.atomic
def tell_apart(one: Dossier, other: Dossier, *, by: Person, at: datetime) -> ToldApart:
    """Not the same matter: it is remembered, and nobody is asked again; said twice, it is said once."""
    earlier, later = (Dossier.objects.locked(pk) for pk in sorted((one.pk, other.pk)))
    if not are_alike(earlier, later):
        raise NotAlike
    told, new = ToldApart.objects.get_or_create(earlier=earlier, later=later, defaults={"by": by, "at": at})
    if new:
        record("dossier.told_apart", about=earlier, by=by, at=at, other=later.pk)
        record("dossier.told_apart", about=later, by=by, at=at, other=earlier.pk)
    return told


def reason(dossier: Dossier, other: Dossier) -> str:
    """What the slip says when a dossier is ended because the same one was filed before."""
    if not are_alike(dossier, other):
        raise NotAlike
    if not other.is_open() and other.state != State.RETURNED:
        raise refuse_now(other)
    return (
        f"Hồ sơ trùng với hồ sơ {other.code} của cùng chủ hồ sơ, cùng thủ tục, đã nộp trước. "
        f"Hồ sơ {other.code} vẫn được giải quyết; người nộp không phải nộp lại."
        if other.is_open()
        else f"Hồ sơ trùng với hồ sơ {other.code} của cùng chủ hồ sơ, cùng thủ tục, đã có kết quả và đã trả."
    )


def same_files(one: Dossier, other: Dossier) -> set[int]:
    """The stored files both have: the same content, whatever its name."""
    files = [
        set(PaperFile.objects.filter(paper__dossier=dossier, replaced_at=None).values_list("file", flat=True))
        for dossier in (one, other)
    ]
    return files[0] & files[1]
