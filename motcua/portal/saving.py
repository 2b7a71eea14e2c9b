"""A page of a draft as it stands stored, as it was sent, and saved without writing over another device (lưu bản nháp).

It knows no request and shows nothing: the pages are in `views/filing.py`, what two devices did to each other in `two_devices.py`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.http import QueryDict

from motcua.accounts.models import Person
from motcua.catalogue import forms as told_forms
from motcua.dossiers import intake
from motcua.dossiers.models import Dossier, ReturnBy
from motcua.ui.templatetags.ui import vn_date

from . import two_devices
from .forms import OwnerForm, ReturnForm, Whose, answers_form, ways_to_return, whose

OWNER = (*OwnerForm.owner, *OwnerForm.contact, *OwnerForm.submitter)
RETURN = ("return_by", "return_address")


def form_of(dossier: Dossier, page: str, data: Any = None, *, draft: bool = False) -> Any:
    """The form of a page, with what is stored or with `data`; a draft may leave everything open."""
    given = {"data": data, "draft": draft}
    if page == "owner":
        initial = {name: getattr(dossier, name) for name in OWNER}
        return OwnerForm(whose(dossier) or Whose.MINE, initial=initial, **given)
    if page == "return":
        initial = {"return_by": dossier.return_by, "return_address": dossier.return_address or dossier.address}
        return ReturnForm(counter=dossier.reception_agency.name, initial=initial, **given)
    return answers_form(dossier, data, draft=draft)


class Saved(NamedTuple):
    """What became of a page that was sent: the draft, the questions that were not right, and what another device had saved."""

    dossier: Dossier
    wrong: list[str]
    met: two_devices.Met
    stored: dict[str, Any]


@transaction.atomic
def save(dossier: Dossier, page: str, lenient: Any, posted: QueryDict, *, by: Person, at: datetime) -> Saved:
    """What another device saved since the page was opened stays, and is asked about where both changed the same."""
    now = Dossier.objects.locked(dossier.pk)
    there = stored(now, page)
    given = typed(lenient, now, page)
    met = two_devices.meet(there, given, posted)
    facts = met.facts
    if page == "form":
        answers = {key: value for key, value in {**now.form, **facts}.items() if value is not None}
        facts = {"form": told_forms.recomputed(dossier.procedure_version.form, answers)}
    saved = intake.save(dossier, by=by, at=at, **facts)
    two_devices.remember(met)
    wrong = [str(lenient.fields[name].label) for name in lenient.errors if name in lenient.fields]
    return Saved(saved, wrong, met, there)


def stored(dossier: Dossier, page: str) -> dict[str, Any]:
    """The answers of a page as the draft holds them."""
    if page == "form":
        computed = _computed(dossier)
        return {key: value for key, value in dossier.form.items() if key not in computed}
    return {name: getattr(dossier, name) for name in (OWNER if page == "owner" else RETURN)}


def typed(lenient: Any, dossier: Dossier, page: str) -> dict[str, Any]:
    """The answers as a page was sent; of the procedure's form every one, those left empty too."""
    if page != "form":
        return lenient.facts()
    kept, computed = lenient.kept(dossier.form), _computed(dossier)
    return {key: kept.get(key) for key in {**dossier.form, **kept} if key not in computed}


def _computed(dossier: Dossier) -> set[str]:
    return {one["key"] for one in told_forms.fields(dossier.procedure_version.form) if one["type"] == "computed"}


def in_words(dossier: Dossier, page: str, name: str, value: Any) -> str:
    """An answer as a person reads it."""
    if value in (None, "", [], {}):
        return ""
    if page == "form":
        field = next(one for one in told_forms.fields(dossier.procedure_version.form) if one["key"] == name)
        return told_forms.said(field, value)
    if name == "return_by":
        return str(ways_to_return(dossier.reception_agency.name)[ReturnBy(value)])
    return vn_date(value, "short") if name == "owner_birth_date" else str(value)
