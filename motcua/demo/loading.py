"""The whole demonstration in its order: rules, days, structure, procedures, people, dossiers (dữ liệu trình diễn)."""

from __future__ import annotations

import csv
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from motcua.accounts.models import Assignment, Person
from motcua.accounts.permissions import Role
from motcua.catalogue import processes, synonyms
from motcua.catalogue.complete import load_complete
from motcua.catalogue.importing import import_facts
from motcua.catalogue.models import Procedure, ProcedureVersion
from motcua.dossiers import rules
from motcua.dossiers.models import Dossier, FormSet, RuleSet
from motcua.organisations.loading import load_structure
from motcua.organisations.models import Agency, Level, Place
from motcua.refusal import Refusal
from motcua.worktime.models import NationalDay, load_national_days

from . import around, staff
from .accounts import expect_demonstration
from .citizens import FACTS
from .stories import GENERAL_OF_AGENCY, GENERAL_OF_COMMUNES, Story, plan
from .telling import Cast, Telling, home_of, key_of, owner_of

SINCE = date(2021, 11, 1)  # the procedures of the demonstration and the assignments of its officers
SOURCE = "Danh mục trình diễn, chọn từ Cơ sở dữ liệu quốc gia về TTHC"
OPEN_ENDED = ((RuleSet.objects, "ND107_2021"), (FormSet.objects, "TT01_2018"))

Tell = Callable[[str], Any]


class OtherData(Refusal):
    message = (
        "Cơ sở dữ liệu này đã có dữ liệu khác nên không nạp dữ liệu trình diễn vào; mọi thứ giữ nguyên."
        " Hãy dùng một cơ sở dữ liệu trống, hoặc bỏ MOTCUA_DEMO=1."
    )


def load(*, now: datetime, dossiers: int | None = None, tell: Tell = lambda line: None) -> bool:
    """Load what is not there yet; whether anything was new. `dossiers` tells only so many, those of all states first.

    Each part is one transaction, each dossier as many as it has steps; a load that was cut off goes on where it was.
    """
    expect_demonstration()
    _expect_nothing_else()
    parts: tuple[tuple[str, Callable[[], int]], ...] = (
        ("Bộ quy định, bộ biểu mẫu, ngày nghỉ", load_rules),
        ("Địa giới, cơ quan, bộ phận", load_places_and_agencies),
        ("Thủ tục hành chính", load_procedures),
        ("Từ đồng nghĩa để tìm", synonyms.load),
        ("Cán bộ", lambda: staff.appoint(staff.posts(agencies_by_id()), since=SINCE, at=now)),
        ("Hồ sơ", lambda: tell_stories(now, dossiers, tell)),
        ("Việc quanh hồ sơ", lambda: do_around(now)),
    )
    changed = False
    for name, part in parts:
        began = time.monotonic()
        new = part()
        if new:
            tell(f"{name}: {new} mục mới ({time.monotonic() - began:.1f} giây)")
        changed = changed or bool(new)
    return changed


def _expect_nothing_else() -> None:
    """Rules are kept open-ended and accounts get a shared password: never beside somebody's real data."""
    ours = {row["identifier"] for row in table("agencies.csv")}
    there = set(Agency.objects.filter(valid_to=None).values_list("identifier", flat=True))
    if (Agency.objects.exists() and there != ours) or (Dossier.objects.exists() and not there):
        raise OtherData


def table(name: str) -> Iterator[dict[str, str]]:
    with (FACTS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def complete() -> list[dict[str, Any]]:
    """The procedures told in full."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted((FACTS / "complete").glob("*.json"))]


@transaction.atomic
def load_rules() -> int:
    """The rules and forms of 2021 without an end: the demonstration plays them on today's clock."""
    new = 0
    if not all(rows.filter(key=key, valid_to=None).exists() for rows, key in OPEN_ENDED):
        rules.load_rules()
    for rows, key in OPEN_ENDED:
        held = rows.get(key=key)
        later, _ = rows.filter(valid_from__gt=held.valid_from).delete()
        new += later + rows.filter(pk=held.pk).exclude(valid_to=None).update(valid_to=None)
    if not NationalDay.objects.exists():
        load_national_days()
        new += NationalDay.objects.count()
    return new


@transaction.atomic
def load_places_and_agencies() -> int:
    if Agency.objects.exists():
        return 0
    return len(load_structure(table("places.csv"), table("agencies.csv"), table("units.csv"), open_ended=True))


def agencies_by_id() -> dict[str, Agency]:
    """The agencies by their id in the tables of facts."""
    by_identifier = {agency.identifier: agency for agency in Agency.objects.all()}
    return {row["id"]: by_identifier[row["identifier"]] for row in table("agencies.csv")}


@transaction.atomic
def load_procedures() -> int:
    """Those told in full first, then the rest of the tables, which leave what is known as it is."""
    told = [*table("procedures.csv"), *table("procedures_communes.csv")]
    missing = len(told) - Procedure.objects.filter(code__in=[row["code"] for row in told]).count()
    if not missing:
        return 0
    agencies = agencies_by_id()
    for one in complete():
        load_complete(one, agency=agencies[one["agency"]] if one["agency"] else None, day=SINCE)
    report = import_facts(told, agencies=agencies, day=SINCE, source=SOURCE)
    if report.bad:
        raise ValueError(f"rows of the demonstration's own tables are wrong: {report.bad}")
    return missing


def tell_stories(now: datetime, most: int | None, tell: Tell) -> int:
    """Make the dossiers that are not there yet, by the real steps, in the order in which they enter."""
    agencies = agencies_by_id()
    told_in_full = {one["code"]: one["agency"] for one in complete()}
    versions = versions_of(told_in_full)
    stories = plan(versions, told_in_full)[:most]
    known = set(Dossier.objects.values_list("owner_id_number", "procedure_version__procedure__code"))
    fresh = [story for story in stories if key_of(story) not in known]
    if not fresh:
        return 0
    cast = cast_of(fresh, agencies, versions, now)
    # A crash may lose the last of them; the next load tells those again.
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    try:
        for number, telling in enumerate(sorted((Telling(story, cast) for story in fresh), key=_begins), start=1):
            telling.tell()
            if number % 50 == 0:
                tell(f"  {number}/{len(fresh)} hồ sơ")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
    return len(fresh)


def do_around(now: datetime) -> int:
    """What officers do besides, once there are dossiers to do it with."""
    told_in_full = {one["code"]: one["agency"] for one in complete()}
    return around.do_around(cast_of([], agencies_by_id(), versions_of(told_in_full), now))


def _begins(telling: Telling) -> datetime:
    return telling.begins


def versions_of(told_in_full: dict[str, str | None]) -> dict[str, ProcedureVersion]:
    """The procedures that stories are about, each with a process: the general one is written out where there is none."""
    codes = [*told_in_full, *GENERAL_OF_COMMUNES, *GENERAL_OF_AGENCY]
    found = ProcedureVersion.objects.filter(procedure__code__in=codes, valid_to=None)
    versions = {
        version.procedure.code: version
        for version in found.select_related("procedure", "agency").prefetch_related(
            "terms", "components", "fees", "results"
        )
    }
    for version in versions.values():
        if version.process() is None:
            processes.general(version)
    return versions


def cast_of(
    stories: list[Story], agencies: dict[str, Agency], versions: dict[str, ProcedureVersion], now: datetime
) -> Cast:
    """Everybody the stories need; citizens who file online get their account here."""
    places = {place.code: place for place in Place.objects.filter(level=Level.COMMUNE).select_related("parent")}
    filers = {story.serial: story for story in stories if story.online}
    staff.register(
        ((owner_of(story), home_of(story, agencies, places)) for story in filers.values()),
        at=now,
    )
    officers: dict[tuple[int, str], list[Person]] = defaultdict(list)
    desks: dict[int, list[Person]] = defaultdict(list)
    leaders: dict[int, list[Person]] = defaultdict(list)
    assignments = Assignment.objects.filter(unit__agency__in=agencies.values(), valid_to=None)
    for assignment in assignments.select_related("person", "unit").order_by("person__username"):
        unit, person = assignment.unit, assignment.person
        officers[unit.pk, assignment.role].append(person)
        if assignment.role == Role.RECEPTION_OFFICER:
            desks[unit.agency_id].append(person)
        elif assignment.role == Role.LEADER:
            leaders[unit.agency_id].append(person)
    return Cast(
        agencies=agencies,
        versions=versions,
        officers=officers,
        desks=desks,
        leaders=leaders,
        places=places,
        accounts={person.phone: person for person in Person.objects.exclude(phone="")},
        now=now,
    )
