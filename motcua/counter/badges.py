"""What is new about a dossier, for whoever holds or follows it; it says what changed and goes when read (nhãn tin)."""

from __future__ import annotations

from django.utils import timezone

from motcua.accounts.models import Assignment, Delegation, Person
from motcua.accounts.permissions import ROLES, Can
from motcua.dossiers.models import Dossier, Opinion, StepInterval
from motcua.journal.models import Entry

from .models import Badge, Follow, Presence

# For whoever holds the dossier now, as well as for its followers; the rest is told to followers alone.
FOR_HOLDERS = frozenset(
    {
        "dossier.supplement_answered",
        "dossier.payment_settled",
        "dossier.opinion_given",
        "dossier.step_returned",
        "dossier.step_assigned",
        "dossier.transferred",
        "dossier.sent_elsewhere",
        "dossier.supplement_allowed_again",
        "dossier.apology_drafted",
        "dossier.corrected",
        "dossier.message_written",
    }
)
MOST_TOLD = 200  # people of one step; a unit is smaller


def tell(entry: Entry) -> None:
    """Give a badge to everybody concerned but the one who did it; once, and not where it has been read since."""
    dossier = Dossier.objects.get(pk=int(entry.subject.removeprefix("dossier:")))
    people = set(Follow.objects.filter(dossier=dossier).values_list("officer", flat=True)[:MOST_TOLD])
    if entry.event in FOR_HOLDERS:
        people |= holders(dossier)
    if entry.event in ("dossier.opinion_asked", "dossier.opinion_given"):
        people |= _asking_or_asked(entry)
    people -= {entry.actor_id}
    # Whoever had the page open a moment after the line has seen it there.
    people -= set(Presence.objects.filter(dossier=dossier, at__gt=entry.at).values_list("officer", flat=True))
    allowed = [person.pk for person in Person.objects.filter(pk__in=people) if _handles(person, dossier)]
    Badge.objects.bulk_create(
        [
            Badge(officer_id=officer, dossier=dossier, entry=entry, event=entry.event, at=entry.at)
            for officer in sorted(allowed)
        ],
        ignore_conflicts=True,
    )


def _handles(person: Person, dossier: Dossier) -> bool:
    """Whoever may no longer open the dossier is told nothing about it."""
    return Dossier.objects.handled_by(person).filter(pk=dossier.pk).exists()


def holders(dossier: Dossier) -> set[int]:
    """The officers of the units and roles whose step runs."""
    at_step = StepInterval.objects.filter(dossier=dossier, ended_at=None).values_list("unit", "step__role", "holder")
    return {person for unit, role, holder in at_step for person in _holding(unit, role, holder)}


def _holding(unit: int, role: str, holder: int | None) -> set[int]:
    """Who took the step or was given it and who stands in for them; all of the position while nobody there did."""
    people = _at(unit, [role])
    if holder not in people:
        return people
    lent = Delegation.objects.in_force(timezone.localdate()).filter(person=holder)
    return {holder, *lent.values_list("delegate", flat=True)} & people


def _asking_or_asked(entry: Entry) -> set[int]:
    """Who asked hears the answer; who may answer hears the question."""
    opinion = Opinion.objects.filter(pk=entry.facts.get("opinion")).first()
    if opinion is None:
        return set()
    if entry.event == "dossier.opinion_given":
        return {opinion.asked_by_id}
    return _at(opinion.unit_id, [role for role, acts in ROLES.items() if Can.GIVE_OPINION in acts])


def _at(unit: int, roles: list[str]) -> set[int]:
    """Who has such a role at a unit today, and whoever stands in for them."""
    today = timezone.localdate()
    own = Assignment.objects.valid_on(today).filter(unit=unit, role__in=roles)
    lent = Delegation.objects.in_force(today).filter(assignment__unit=unit, assignment__role__in=roles)
    return {
        *own.values_list("person", flat=True)[:MOST_TOLD],
        *lent.values_list("delegate", flat=True)[:MOST_TOLD],
    }
