"""Writing down what a procedure asks and gives from a day on (công bố thủ tục hành chính)."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from motcua.organisations.models import Agency
from motcua.refusal import Refusal
from motcua.vietnamese import fold

from . import processes
from .models import Component, Fee, Field, LegalBasis, Procedure, ProcedureVersion, Result, TermOfChannel


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

    def hash(self) -> str:
        """The same announcement always has the same hash."""
        facts = vars(self) | {"agency": self.agency and self.agency.identifier}
        return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def words(self) -> str:
        """What people may also type to find it, besides its name."""
        also = [self.field, self.keywords, *self.life_events, *(result["name"] for result in self.results)]
        return fold(" ".join(also))[:4000]


CREATED, CHANGED, UNCHANGED = "created", "changed", "unchanged"
ROWS: dict[str, Any] = {
    "terms": TermOfChannel,
    "components": Component,
    "fees": Fee,
    "results": Result,
    "legal_bases": LegalBasis,
}
OUR_OWN = ("guidance", "life_events", "form", "agency")


@transaction.atomic
def publish(told: Sequence[Told], *, day: date) -> list[str]:
    """Announce procedures from a day on, all or none; says for each whether it was created, changed or unchanged."""
    fields = _fields({one.field for one in told})
    procedures = _procedures([one.code for one in told])
    latest = {}
    known = ProcedureVersion.objects.filter(procedure__in=procedures.values())
    for version in known.order_by("procedure", "valid_from").defer("sequence", "requirements"):
        latest[version.procedure_id] = version

    said: list[str] = []
    followed: list[tuple[ProcedureVersion, list[dict]]] = []
    fresh: list[tuple[Told, ProcedureVersion]] = []
    for one in told:
        procedure = procedures[one.code]
        before = latest.get(procedure.pk)
        hashed = one.hash()
        if before and before.source_hash == hashed:
            said.append(UNCHANGED)
            continue
        steps: list[dict] = []
        if before:
            one = _keep_our_own(one, before)
            steps = processes.rows(before.own_process())
            _end(before, day)
        said.append(CHANGED if before else CREATED)
        version = _version(one, procedure, fields[one.field], hashed, day)
        fresh.append((one, version))
        if steps:
            followed.append((version, steps))

    ProcedureVersion.objects.bulk_create([version for _, version in fresh])
    for name, model in ROWS.items():
        model.objects.bulk_create(
            [model(version=version, **row) for one, version in fresh for row in getattr(one, name)], batch_size=5000
        )
    for version, steps in followed:
        # A new term may be too short for the old process; then the version waits for a process of its own.
        if processes.wrong(version, steps) is None:
            processes.issue(version, steps)
    return said


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
        form=told.form,
        life_events=told.life_events,
        source=told.source,
        source_hash=hashed,
    )


def _keep_our_own(told: Told, before: ProcedureVersion) -> Told:
    """What an announcement is silent about and we wrote ourselves goes over to the new version."""
    return dataclasses.replace(told, **{name: getattr(before, name) for name in OUR_OWN if not getattr(told, name)})


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
