"""Writing down what a procedure asks and gives from a day on (công bố thủ tục hành chính)."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from motcua.accounts.models import Person
from motcua.journal.recording import record
from motcua.organisations.models import Agency
from motcua.refusal import Refusal
from motcua.vietnamese import fold

from . import processes
from .models import (
    Component,
    Fee,
    Field,
    LegalBasis,
    Procedure,
    ProcedureVersion,
    Relief,
    Result,
    Routing,
    TermOfChannel,
)


class InUse(Refusal):
    message = "Phiên bản công bố cùng ngày đã có hồ sơ dùng; hãy công bố từ ngày khác."


class TooOld(Refusal):
    message = "Đã có phiên bản có hiệu lực sau ngày này."


@dataclasses.dataclass(frozen=True)
class Told:
    """All that one announcement tells about a procedure; rows of papers, terms and fees are the models' fields."""

    code: str
    name: str
    field: str
    level: str
    levels: list[str] = dataclasses.field(default_factory=list)
    agency_text: str = ""
    decision: str = ""
    subjects: list[str] = dataclasses.field(default_factory=list)
    sequence: str = ""
    requirements: str = ""
    online: bool = False
    keywords: str = ""
    guidance: str = ""
    life_events: list[str] = dataclasses.field(default_factory=list)
    form: list[dict] = dataclasses.field(default_factory=list)
    terms: list[dict] = dataclasses.field(default_factory=list)
    components: list[dict] = dataclasses.field(default_factory=list)
    fees: list[dict] = dataclasses.field(default_factory=list)
    results: list[dict] = dataclasses.field(default_factory=list)
    legal_bases: list[dict] = dataclasses.field(default_factory=list)
    source: str = ""
    agency: Agency | None = None
    reliefs: list[dict] = dataclasses.field(default_factory=list)
    routing: str = Routing.LOCAL.value
    system_name: str = ""
    system_url: str = ""
    decided_on: date | None = None
    basis_effective_on: date | None = None

    def hash(self) -> str:
        """The same announcement always has the same hash, also when an older release read it."""
        facts = vars(self) | {"agency": self.agency and self.agency.identifier}
        for name, silent in SINCE_THEN.items():
            if facts[name] == silent:
                del facts[name]
        told = json.dumps(facts, sort_keys=True, ensure_ascii=False, default=date.isoformat)
        return hashlib.sha256(told.encode()).hexdigest()

    def words(self) -> str:
        """What people may also type to find it, besides its name."""
        agency = self.agency.name if self.agency else ""
        results = (result["name"] for result in self.results)
        also = [self.field, self.keywords, *self.life_events, *results, self.agency_text, agency]
        return fold(" ".join(also))[:4000]


# What the first release did not know, and what its silence means.
SINCE_THEN: dict[str, Any] = {
    "reliefs": [],
    "routing": Routing.LOCAL,
    "system_name": "",
    "system_url": "",
    "decided_on": None,
    "basis_effective_on": None,
}
CREATED, CHANGED, UNCHANGED = "created", "changed", "unchanged"
ROWS: dict[str, Any] = {
    "terms": TermOfChannel,
    "components": Component,
    "fees": Fee,
    "reliefs": Relief,
    "results": Result,
    "legal_bases": LegalBasis,
}
ROW_FIELDS: dict[str, tuple[str, ...]] = {
    "terms": ("channel", "level", "amount", "unit", "same_day", "text"),
    "components": (
        "key",
        "case",
        "name",
        "originals",
        "copies",
        "required",
        "may_bring_later",
        "note",
        "template_name",
    ),
    "fees": ("kind", "channel", "name", "amount", "case", "legal_basis"),
    "reliefs": ("kind", "who", "percent", "fee", "channel", "legal_basis"),
    "results": ("code", "name"),
    "legal_bases": ("number", "title"),
}
OUR_OWN = ("guidance", "life_events", "form", "agency", "reliefs", "system_name", "system_url")


@transaction.atomic
def publish(
    told: Sequence[Told],
    *,
    day: date,
    by: Person | None = None,
    at: datetime | None = None,
    whole: bool = False,
) -> list[str]:
    """Announce procedures from a day on, all or none; says for each whether it was created, changed or unchanged.

    `whole`: what is told is all there is; otherwise what an announcement is silent about and we wrote ourselves stays.
    `by` and `at` name who made it public, and when; a table that is only loaded has neither.
    """
    fields = _fields({one.field for one in told})
    procedures = _procedures([one.code for one in told])
    latest = {}
    known = ProcedureVersion.objects.filter(procedure__in=procedures.values())
    for version in known.order_by("procedure", "valid_from").defer("sequence", "requirements"):
        latest[version.procedure_id] = version

    said: list[str] = []
    followed: list[tuple[ProcedureVersion, list[dict]]] = []  # with the processes of the version before
    fresh: list[tuple[Told, ProcedureVersion]] = []
    for one in told:
        procedure = procedures[one.code]
        before = latest.get(procedure.pk)
        hashed = one.hash()
        if before and before.source_hash == hashed and not (whole and before.valid_to):
            said.append(UNCHANGED)
            continue
        carried: list[dict] = []
        if before:
            ours = told_of(before)
            one = one if whole else _keep_our_own(one, ours)
            if before.valid_to is None and says_the_same(one, ours):
                said.append(UNCHANGED)
                continue
            carried = processes.carry(before)
            _end(before, day)
        said.append(CHANGED if before else CREATED)
        version = _version(one, procedure, fields[one.field], hashed, day)
        version.published_by, version.published_at = by, at
        fresh.append((one, version))
        if carried:
            followed.append((version, carried))

    ProcedureVersion.objects.bulk_create([version for _, version in fresh])
    for name, model in ROWS.items():
        model.objects.bulk_create(
            [model(version=version, **row) for one, version in fresh for row in getattr(one, name)], batch_size=5000
        )
    for version, carried in followed:
        for process in carried:
            # A new term may be too short for the old process; then the version waits for a process of its own.
            with suppress(processes.WrongProcess):
                processes.issue(version, **process)
    if by and at:
        for _, version in fresh:
            record("procedure.published", about=version.procedure, by=by, at=at, version=version.pk)
    return said


def told_of(version: ProcedureVersion) -> Told:
    """What a version tells, as it was announced."""
    plain: dict[str, Any] = {name: getattr(version, name) for name in PLAIN}
    rows: dict[str, Any] = {
        name: numbered([{key: getattr(row, key) for key in keys} for row in getattr(version, name).all()])
        for name, keys in ROW_FIELDS.items()
    }
    for term in rows["terms"]:
        del term["position"]
    return Told(code=version.code, field=version.field.name, **plain, **rows)


PLAIN = (
    "name",
    "level",
    "levels",
    "agency",
    "agency_text",
    "decision",
    "subjects",
    "sequence",
    "requirements",
    "online",
    "keywords",
    "guidance",
    "life_events",
    "form",
    "source",
    "routing",
    "system_name",
    "system_url",
    "decided_on",
    "basis_effective_on",
)


def _version(told: Told, procedure: Procedure, in_field: Field, hashed: str, day: date) -> ProcedureVersion:
    return ProcedureVersion(
        procedure=procedure,
        valid_from=day,
        name=told.name,
        name_folded=fold(told.name),
        words_folded=told.words(),
        field=in_field,
        level=told.level,
        levels=told.levels or [told.level],
        agency=told.agency,
        agency_text=told.agency_text,
        decision=told.decision,
        subjects=told.subjects,
        guidance=told.guidance,
        sequence=told.sequence,
        requirements=told.requirements,
        online=told.online,
        keywords=told.keywords,
        form=told.form,
        life_events=told.life_events,
        source=told.source,
        source_hash=hashed,
        routing=told.routing,
        system_name=told.system_name,
        system_url=told.system_url,
        decided_on=told.decided_on,
        basis_effective_on=told.basis_effective_on,
    )


def _keep_our_own(told: Told, ours: Told) -> Told:
    """What an announcement is silent about and we wrote ourselves goes over to the new version."""
    kept = {name: getattr(ours, name) for name in OUR_OWN if not getattr(told, name)}
    if told.routing == Routing.LOCAL:
        kept["routing"] = ours.routing
    return dataclasses.replace(told, **kept)


def unchanged(told: Told, before: ProcedureVersion, *, whole: bool) -> bool:
    """Whether publishing this would change nothing."""
    if before.source_hash == told.hash():
        return True
    ours = told_of(before)
    return says_the_same(told if whole else _keep_our_own(told, ours), ours)


def says_the_same(told: Told, ours: Told) -> bool:
    """Whether two announcements tell the same, whatever source they name and however much of a row is spelled out."""
    return _in_full(told) == _in_full(ours)


def _in_full(told: Told) -> dict[str, Any]:
    """An announcement with every cell of its rows, and the levels that are meant where none are told."""
    full = vars(told) | {"levels": told.levels or [told.level], "source": ""}
    for part, model in ROWS.items():
        silent = {name: model._meta.get_field(name).get_default() for name in ROW_FIELDS[part]}
        full[part] = [silent | {key: row[key] for key in row if key in silent} for row in full[part]]
    return full


def _end(before: ProcedureVersion, day: date) -> None:
    """The version before ends on the eve; one of the same day gives way unless a dossier uses it."""
    if before.valid_from > day:
        raise TooOld
    if before.valid_from == day:
        try:
            before.delete()
        except ProtectedError:
            raise InUse from None
        return
    eve = day - timedelta(days=1)
    if before.valid_to is None or before.valid_to > eve:
        before.valid_to = eve
        before.save(update_fields=["valid_to"])


def _fields(names: set[str]) -> dict[str, Field]:
    Field.objects.bulk_create([Field(name=name) for name in sorted(names)], ignore_conflicts=True)
    return {field.name: field for field in Field.objects.filter(name__in=names)}


def _procedures(codes: list[str]) -> dict[str, Procedure]:
    Procedure.objects.bulk_create([Procedure(code=code) for code in sorted(codes)], ignore_conflicts=True)
    # Locked in the order of their codes, so that two imports at once wait for each other instead of for ever.
    rows = Procedure.objects.filter(code__in=codes).order_by("code").select_for_update()
    return {procedure.code: procedure for procedure in rows}


def numbered(rows: Sequence[dict]) -> list[dict]:
    """Rows with their places, from 1."""
    return [{"position": position, **row} for position, row in enumerate(rows, start=1)]


def by_channel(rows: Sequence[dict]) -> dict[str, list[dict]]:
    """Rows grouped by channel, in their order."""
    ordered = sorted(rows, key=lambda row: row["channel"])
    return {channel: list(group) for channel, group in groupby(ordered, key=lambda row: row["channel"])}
