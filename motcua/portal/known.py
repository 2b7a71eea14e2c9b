"""What an account told in its earlier dossiers: offered to be filled in, never taken in silence (không khai lại điều đã khai).

Only its owner decides what is used again (Luật 91/2025/QH15), so each offer names its dossier and shows every word; and what an agent
wrote under a mandate is offered under that mandate alone, as long as it is in force.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from motcua.accounts.models import Person
from motcua.catalogue import forms as told_forms
from motcua.dossiers.models import Dossier
from motcua.dossiers.reusing import earlier

from .forms import OwnerForm, Whose, whose
from .saving import OWNER

OFFERED = 3
OF_SOMEBODY = ("person", "organisation")  # answers that say themselves whom they are about
WHO = ("owner_name", "owner_id_number", "owner_birth_date")


class Offer(NamedTuple):
    """What one earlier dossier knows of what is asked now, and how it is shown."""

    dossier: Dossier
    facts: dict[str, Any]
    lines: list[tuple[str, str]] = []


def owners(draft: Dossier, *, of: Person, day: date) -> list[Offer]:
    """Owners this account filed for, each once as told last; for oneself nobody else's number is ever offered."""
    said = whose(draft)
    offers: list[Offer] = []
    seen: list[Dossier] = []
    for one in earlier(draft, of=of, day=day):
        if whose(one) != said or said == Whose.MINE and not may_be_same(one, draft):
            continue
        if any(may_be_same(one, other) for other in seen):
            continue
        seen.append(one)
        facts = {name: value for name in OWNER if (value := getattr(one, name))}
        if any(facts.get(name) and facts[name] != getattr(draft, name) for name in OwnerForm.owner):
            offers.append(Offer(one, facts))
    return offers[:OFFERED]


def answers(draft: Dossier, *, of: Person, day: date) -> list[Offer]:
    """Answers to questions still open: of the same owner, or those that name whom they are about."""
    definition = draft.procedure_version.form
    if not definition:  # the default form asks what is wanted, which is new each time
        return []
    offers: list[Offer] = []
    for one in earlier(draft, of=of, day=day):
        facts = _open(draft, dict(_fitting(one, draft)))
        if facts and not any(facts.items() <= other.facts.items() for other in offers):
            lines = [
                (field["label"], told_forms.said(field, facts[field["key"]]))
                for field in told_forms.fields(definition)
                if field["key"] in facts
            ]
            offers.append(Offer(one, facts, lines))
    return offers[:OFFERED]


def _fitting(one: Dossier, draft: Dossier) -> Iterator[tuple[str, Any]]:
    """The same question under the same key; of another procedure its words must be the same too."""
    before, after = one.procedure_version, draft.procedure_version
    old = {field["key"]: field for field in told_forms.fields(before.form)}
    new = {field["key"]: field for field in told_forms.fields(after.form)}
    same_owner = is_same(one, draft)
    for key, value in told_forms.carry(before.form, after.form, one.form)[0].items():
        if new[key]["type"] == "computed" or not (same_owner or new[key]["type"] in OF_SOMEBODY):
            continue
        if before.procedure_id == after.procedure_id or old[key]["label"].casefold() == new[key]["label"].casefold():
            yield key, value


def _open(draft: Dossier, known: dict[str, Any]) -> dict[str, Any]:
    """What of it answers a question that is asked and still open."""
    there = told_forms.with_computed(draft.procedure_version.form, {**known, **draft.form})
    return {
        key: value
        for key, value in known.items()
        if there.get(key) == value and draft.form.get(key) in told_forms.NOTHING
    }


def is_same(one: Dossier, other: Dossier) -> bool:
    """Certainly the same owner: by number, else by name and birth date."""
    if one.owner_id_number and other.owner_id_number:
        return one.owner_id_number == other.owner_id_number
    named = bool(one.owner_name) and one.owner_name.casefold() == other.owner_name.casefold()
    return named and bool(one.owner_birth_date) and one.owner_birth_date == other.owner_birth_date


def may_be_same(one: Dossier, other: Dossier) -> bool:
    """Nothing that is told of both contradicts."""
    return not clashes({name: getattr(one, name) for name in WHO}, {name: getattr(other, name) for name in WHO})


def clashes(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Name, number or birth date are told of both and differ."""
    return any(
        one.get(name) and other.get(name) and str(one[name]).casefold() != str(other[name]).casefold() for name in WHO
    )
