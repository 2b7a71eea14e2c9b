"""Which procedures a desk receives, and for whom (phạm vi tiếp nhận của Bộ phận Một cửa)."""

from __future__ import annotations

from datetime import date

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.catalogue import searching
from motcua.catalogue.models import ProcedureVersion
from motcua.dossiers import intake
from motcua.organisations.models import Agency, AgencyKind

ROUND = 100
MOST_ROUNDS = 5


def counters(officer: Person) -> list[Agency]:
    """The agencies at whose counter this officer receives."""
    return list(Agency.objects.filter(pk__in=officer.agencies(Can.RECEIVE)).order_by("pk"))


def settling_agency(version: ProcedureVersion, at_counters: list[Agency]) -> Agency | None:
    """Who settles what is received here: the agency the centre receives for, or the desk's own; None: not received here."""
    for counter in at_counters:
        if counter.kind == AgencyKind.CENTRE:
            if version.agency and version.agency.at_centre:
                return version.agency
        elif not counter.at_centre and intake.settles(version, counter):
            return counter
    return None


def find(text: str, at_counters: list[Agency], *, day: date, limit: int = 20) -> list[ProcedureVersion]:
    """Procedures by what was typed, only those this desk receives."""
    found: list[ProcedureVersion] = []
    after = None
    for _ in range(MOST_ROUNDS):
        batch = searching.search(text, day=day, limit=ROUND, after=after)
        found += [version for version in batch if settling_agency(version, at_counters)]
        if len(found) >= limit or len(batch) < ROUND:
            break
        after = batch[-1].mark
    return found[:limit]
