"""What the public reads of the catalogue: the same rows and the same words on a page, in the API and in the download."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Q
from django.db.models.functions import Now

from motcua.organisations.models import Agency, Level, ValidQuerySet

from . import completeness, exchange, searching
from .models import Field, ProcedureVersion
from .publishing import ROW_FIELDS, told_of

# A change is told to other systems when no step that began before it can still be under way.
SETTLED = timedelta(minutes=1)
ROUNDS = 5


def in_force(day: date) -> ValidQuerySet:
    """The version of each procedure that holds on a day."""
    return ProcedureVersion.objects.valid_on(day).select_related("procedure", "field", "agency")


def in_full(versions: ValidQuerySet) -> ValidQuerySet:
    """With everything a procedure asks and gives."""
    return versions.select_related("procedure", "field", "agency").prefetch_related(*ROW_FIELDS, "processes")


def version_of(code: str, day: date) -> ProcedureVersion | None:
    """The version of one procedure that holds on a day, in full."""
    return in_full(in_force(day)).filter(procedure__code=code).order_by("-valid_from").first()


def history(code: str, *, most: int = 100) -> list[ProcedureVersion]:
    """All versions of a procedure, the newest first."""
    versions = ProcedureVersion.objects.filter(procedure__code=code).select_related("procedure")
    shown = ("name", "valid_from", "valid_to", "decision", "decided_on", "retired_by", "published_at", "changed_at")
    return list(versions.only(*shown, "procedure__code").order_by("-valid_from")[:most])


def listed(
    *,
    day: date,
    text: str = "",
    agency: Agency | None = None,
    field: Field | None = None,
    level: str = "",
    life_event: str = "",
    limit: int = 20,
    after: str = "",
) -> list[ProcedureVersion]:
    """Procedures in force, by what was typed or else by code; each gives `mark` for the page after it."""
    if text:
        return _found(
            text, day=day, agency=agency, field=field, level=level, event=life_event, limit=limit, after=after
        )
    wanted = Q()
    for name, value in (("agency", agency), ("field", field), ("levels__contains", level and [level])):
        if value:
            wanted &= Q(**{name: value})
    if life_event:
        wanted &= Q(life_events__contains=[life_event])
    if after:
        wanted &= Q(procedure__code__gt=after[:30])
    rows = in_force(day).filter(wanted).order_by("procedure__code").prefetch_related("terms", "fees")
    found = list(rows.defer("sequence", "requirements", "search_vector", "words_folded", "form", "guidance")[:limit])
    for version in found:
        version.mark, version.why = version.code, ""
    return found


def _found(
    text: str,
    *,
    day: date,
    agency: Agency | None,
    field: Field | None,
    level: str,
    event: str,
    limit: int,
    after: str,
) -> list[ProcedureVersion]:
    """What searching finds, only of a level or an event in life: those it asks about one row at a time."""
    found: list[ProcedureVersion] = []
    mark: str | None = after or None
    for _ in range(ROUNDS):
        batch = searching.search(text, day=day, agency=agency, field=field, limit=max(limit, 50), after=mark)
        found += [
            one for one in batch if (not level or level in one.levels) and (not event or event in one.life_events)
        ]
        if len(found) >= limit or len(batch) < max(limit, 50):
            break
        mark = batch[-1].mark
    return found[:limit]


# Ways in -------------------------------------------------------------------------------------------------------------


def fields(day: date) -> list[Field]:
    """Fields of administration with how many procedures in force each has."""
    counted = Field.objects.annotate(count=Count("versions", filter=_holds("versions", day))).filter(count__gt=0)
    return list(counted.order_by("name"))


def agencies(day: date) -> list[Agency]:
    """Agencies with how many procedures in force they settle."""
    counted = Agency.objects.valid_on(day).annotate(
        count=Count("procedure_versions", filter=_holds("procedure_versions", day))
    )
    return list(counted.filter(count__gt=0).order_by("name"))


def levels(day: date) -> list[tuple[str, int]]:
    """Levels at which procedures in force are settled, with how many."""
    counted = {
        level: ProcedureVersion.objects.valid_on(day).filter(levels__contains=[level]).count() for level in Level.values
    }
    return [(level, count) for level, count in counted.items() if count]


def life_events(day: date) -> list[tuple[str, int]]:
    """Events in life that procedures in force name, the commonest first."""
    counts: dict[str, int] = {}
    for events in ProcedureVersion.objects.valid_on(day).exclude(life_events=[]).values_list("life_events", flat=True):
        for event in events:
            counts[event] = counts.get(event, 0) + 1
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _holds(versions: str, day: date) -> Q:
    ends = Q(**{f"{versions}__valid_to": None}) | Q(**{f"{versions}__valid_to__gte": day})
    return Q(**{f"{versions}__valid_from__lte": day}) & ends


# What changed --------------------------------------------------------------------------------------------------------

PUBLISHED, CHANGED, RETIRED = "published", "changed", "retired"
MARK = re.compile(r"(\d{1,17})\.(\d{1,18})")


class Change(NamedTuple):
    """A version that was published, or with which its procedure ended."""

    kind: str
    version: ProcedureVersion
    day: date  # from which it holds, or has ended

    @property
    def at(self) -> datetime:
        return self.version.changed_at

    @property
    def mark(self) -> str:
        micros = int(self.at.timestamp() * 1_000_000 + 0.5)
        return f"{micros}.{self.version.pk}"


def changes(*, limit: int, before: str = "") -> list[Change]:
    """The last changes, the newest first; `before` is the mark of the last one read."""
    return _changes(before, "changed_at__lt", "pk__lt", ("-changed_at", "-pk"), limit)


def changes_since(mark: str, *, limit: int) -> list[Change]:
    """Every change after a mark in the order they came, for who keeps a copy."""
    settled = Q(changed_at__lt=Now() - SETTLED)
    return _changes(mark, "changed_at__gt", "pk__gt", ("changed_at", "pk"), limit, settled)


def _changes(mark: str, at: str, pk: str, order: tuple[str, str], limit: int, also: Q | None = None) -> list[Change]:
    versions = ProcedureVersion.objects.select_related("procedure").only(
        "name", "valid_from", "valid_to", "retired_by", "decision", "changed_at", "procedure__code"
    )
    if match := MARK.fullmatch(mark):
        moment = datetime.fromtimestamp(0, tz=UTC) + timedelta(microseconds=int(match[1]))
        versions = versions.filter(Q(**{at: moment}) | Q(changed_at=moment) & Q(**{pk: int(match[2])}))
    if also:
        versions = versions.filter(also)
    rows = list(versions.order_by(*order)[:limit])
    firsts, lasts = _ends_of([row.procedure_id for row in rows])
    return [_change(row, firsts, lasts) for row in rows]


def _ends_of(procedures: list[int]) -> tuple[set[int], set[int]]:
    """The first and the last version of each procedure."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    rows = ProcedureVersion.objects.filter(procedure__in=procedures).order_by("valid_from")
    for pk, procedure in rows.values_list("pk", "procedure"):
        first.setdefault(procedure, pk)
        last[procedure] = pk
    return set(first.values()), set(last.values())


def _change(version: ProcedureVersion, firsts: set[int], lasts: set[int]) -> Change:
    if version.valid_to and version.pk in lasts:
        return Change(RETIRED, version, version.valid_to + timedelta(days=1))
    return Change(PUBLISHED if version.pk in firsts else CHANGED, version, version.valid_from)


# As JSON -------------------------------------------------------------------------------------------------------------


def record(version: ProcedureVersion) -> dict[str, Any]:
    """One version in full: the record of the download, and since when and how it holds."""
    told = told_of(version)
    return {
        **exchange.as_record(told),
        **validity(version),
        "missing": completeness.missing(told),
    }


def validity(version: ProcedureVersion) -> dict[str, Any]:
    return {
        "valid_from": version.valid_from,
        "valid_to": version.valid_to,
        "published_at": version.published_at,
        "retired_by": version.retired_by,
    }


def summary(version: ProcedureVersion) -> dict[str, Any]:
    """One version in a list."""
    return {
        "code": version.code,
        "name": version.name,
        "field": version.field.name,
        "level": version.level,
        "levels": version.levels or [version.level],
        "agency": version.agency.identifier if version.agency else None,
        "agency_name": version.agency.name if version.agency else version.agency_text,
        "online": version.online,
        "routing": version.routing,
        "valid_from": version.valid_from,
    }


def lines(day: date) -> Iterator[bytes]:
    """The whole catalogue in force as JSON lines, a few hundred procedures in memory at a time."""
    return exchange.lines(exchange.told(ProcedureVersion.objects.valid_on(day)))


def last_change() -> datetime | None:
    """When anything of the catalogue was last published or retired."""
    return ProcedureVersion.objects.order_by("-changed_at", "-pk").values_list("changed_at", flat=True).first()
