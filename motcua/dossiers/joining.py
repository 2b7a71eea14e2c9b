"""Two accounts of one person become one, and a person leaves: what becomes of their dossiers, drafts and mandates (gộp, đóng tài khoản)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from motcua.accounts import closing
from motcua.accounts.models import Person
from motcua.journal.recording import record

from . import intake
from .models import Bundle, Dossier, InformChoice, Mandate


@transaction.atomic
def join(kept: Person, other: Person, *, at: datetime) -> Person:
    """Everything of the other account moves to the one that is kept; both were proved by the same person just now.

    Filed dossiers keep what they say of owner and submitter; only whose account they are in changes.
    """
    kept, other = closing.absorb(kept, other, at=at)
    dossiers = list(Dossier.objects.of_account(other).order_by("pk").values_list("pk", flat=True))
    Dossier.objects.filter(pk__in=dossiers).update(account=kept)
    Bundle.objects.filter(account=other).update(account=kept)
    Mandate.objects.filter(owner_account=other).update(owner_account=kept)
    Mandate.objects.filter(agent_account=other).update(agent_account=kept)
    record("person.joined", about=kept, by=kept, at=at, other=other.pk, dossiers=dossiers)
    record("person.closed", about=other, by=kept, at=at, joined_to=kept.pk)
    return kept


@transaction.atomic
def leave(person: Person, *, at: datetime) -> None:
    """A person leaves: drafts go and mandates end; what was filed is a record and stays where it is, followed by its code."""
    for draft in Dossier.objects.drafts_of(person):
        intake.discard(draft, by=person)
    for mandate in _given(person, timezone.localdate(at)):
        mandate.ended_at, mandate.ended_by, mandate.ended_why = at, person, closing.NAMELESS
        mandate.save(update_fields=["ended_at", "ended_by", "ended_why"])
        record("mandate.ended", about=mandate, by=person, at=at)
    InformChoice.objects.filter(person=person).delete()
    closing.leave(person, at=at)


def _given(person: Person, day: date) -> list[Mandate]:
    given = Mandate.objects.select_for_update(of=("self",)).filter(owner_account=person, ended_at=None)
    return list(given.exclude(valid_to__lt=day).order_by("pk"))
