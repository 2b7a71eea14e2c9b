"""The owner filled in from the QR code of an identity card; what was typed is never written over in silence (thẻ căn cước)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from django.http import QueryDict

from motcua.accounts import cards


class Difference(NamedTuple):
    """The card tells something else than what stands in a field."""

    label: Any
    typed: str
    told: str


class Read(NamedTuple):
    """What stands on the page after a card, or an earlier dossier, was read."""

    text: str
    typed: QueryDict
    filled: list[Any]
    different: list[Difference]


def text_of(posted: QueryDict) -> str:
    """The code that was pasted, scanned or seen; empty when none was."""
    again = posted.get("card_text", "") if posted.get("card") == "take" else ""
    return posted.get("card_code", "").strip() or again.strip()


def read(posted: QueryDict, form: Callable[[QueryDict], Any]) -> Read:
    """Fill what is empty; what differs stays, unless its sender said that the card is right."""
    text = text_of(posted)
    card = cards.card(text)
    told: dict[str, Any] = {
        "owner_name": card.name,
        "owner_id_number": card.id_number,
        "owner_birth_date": card.birth_date,
        "address": card.address,
    }
    filled = fill(told, posted, form, take=posted.get("card") == "take")
    for name in ("card", "card_code", "card_text"):
        filled.typed.pop(name, None)
    return filled._replace(text=text)


def fill(told: dict[str, Any], posted: QueryDict, form: Callable[[QueryDict], Any], *, take: bool) -> Read:
    """What is empty is filled in; what was typed differently stays and is told, or with `take` gives way."""
    before = form(posted)
    before.is_valid()
    typed, filled, different = posted.copy(), [], []
    for name, value in told.items():
        label, stands = before.fields[name].label, " ".join(posted.get(name, "").split())
        known = str(before.cleaned_data.get(name) or stands)
        if not value or known.casefold() == str(value).casefold():
            continue
        if not stands or take:
            typed[name] = str(value)
            filled.append(label)
        else:
            different.append(Difference(label, _in_words(before.cleaned_data.get(name)) or stands, _in_words(value)))
    return Read("", typed, filled, different)


def _in_words(value: Any) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value or "")
