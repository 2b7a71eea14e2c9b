"""The counter in tests: whose turn it is to sit down, and what the clock on the wall says."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from motcua.accounts.models import Person
from motcua.accounts.testing import sign_in
from motcua.catalogue.models import ProcedureVersion
from motcua.dossiers.models import Dossier
from motcua.dossiers.testing import OneStop, answers, owner


def at_the_desk(officer: Person) -> Client:
    """This officer's browser, signed in with the second factor."""
    client = Client()
    sign_in(client, officer)
    return client


def address(dossier: Dossier, name: str = "dossier", *more: object) -> str:
    return reverse(f"counter:{name}", args=[dossier.code, *more])


def what_is_typed(office: OneStop, version: ProcedureVersion | None = None, **told: object) -> dict[str, object]:
    """The fields of the reception page as an officer fills them for the office's citizen."""
    version = version or office.version
    facts = owner(office)
    del facts["form"]
    typed: dict[str, object] = {**facts, "owner_kind": "1", "sets": "1", "return_by": "COUNTER"}
    for key, value in answers(version).items():
        typed[f"form-{key}"] = value
    for component in version.components.all():
        typed[f"originals_{component.pk}"] = component.originals
        typed[f"copies_{component.pk}"] = component.copies
    return typed | told
