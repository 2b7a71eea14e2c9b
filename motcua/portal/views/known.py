"""The owner filled in from an earlier dossier that its sender chose; two persons are never mixed (điền từ hồ sơ đã nộp)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import QueryDict

from ..forms import OwnerForm
from ..known import WHO, Offer, clashes
from .card import Difference, fill

WHICH, WHOLE = "known", "thay"  # known=<public id>, or with :thay to write over what stands there


class Known(NamedTuple):
    """What stands on the page after an earlier dossier was chosen."""

    offer: Offer
    typed: QueryDict
    filled: list[Any]
    different: list[Difference]
    another: bool  # somebody else stands there: nothing was filled in


def chosen(posted: QueryDict, offers: list[Offer]) -> Offer | None:
    which = posted.get(WHICH, "").partition(":")[0]
    return next((one for one in offers if str(one.dossier.public_id) == which), None)


def read(posted: QueryDict, offer: Offer, form: Callable[[QueryDict], Any]) -> Known:
    """Fill what is empty for the same owner; another owner takes the place of who stands there only when that is said."""
    take = posted.get(WHICH, "").endswith(f":{WHOLE}")
    before = form(posted)
    before.is_valid()
    there = {name: before.cleaned_data.get(name) or posted.get(name, "").strip() for name in WHO}
    another = clashes(there, offer.facts)
    facts = {name: value for name, value in offer.facts.items() if name in before.fields}
    # Who is told, and whom one reaches, are two things: contact and submitter only fill what is empty.
    told = fill({name: facts.get(name) for name in OwnerForm.owner if name in before.fields}, posted, form, take=take)
    if another and not take:
        return Known(offer, posted, [], told.different, True)
    typed = told.typed
    if another:
        for name in OwnerForm.owner:
            typed[name] = str(facts.get(name) or "")
    filled = list(told.filled)
    for name in (*OwnerForm.contact, *OwnerForm.submitter):
        if facts.get(name) and name in before.fields and not posted.get(name, "").strip():
            typed[name] = facts[name]
            filled.append(before.fields[name].label)
    return Known(offer, typed, filled, told.different, False)
