"""Who comes with what, and when: the same for the same seed and number (người đến nộp hồ sơ)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from motcua.accounts.models import Person
from motcua.catalogue import cases
from motcua.catalogue.models import Component, ProcedureVersion
from motcua.dossiers.models import OwnerKind, ReturnBy
from motcua.dossiers.papers import Brought
from motcua.organisations.models import Agency

from .. import words
from ..answers import answers
from ..citizens import Citizen, names
from ..pace import after, midnight
from ..telling import FIRMS
from .scene import Scene

ONLINE_AT_FIRST, ONLINE_A_YEAR = 0.2, 0.09  # the share of filings online, and by how much it grows
BY_POST, BY_PORTAL = 0.2, 0.35


@dataclass
class Story:
    """One dossier that will be; `random` goes on with what happens to it."""

    serial: int
    random: Random
    version: ProcedureVersion
    agency: Agency
    at: datetime
    public_id: UUID
    account: Person | None
    owner: Citizen
    case: str = ""
    photographed: list[Component] = field(default_factory=list)
    scanned: bool = False

    @property
    def online(self) -> bool:
        return self.account is not None

    def brought(self, scene: Scene) -> list[Brought]:
        """What lies on the counter: what the case requires, or a request with its papers."""
        required = [one for one in scene.asked(self.version, self.case) if cases.required(one, self.case)]
        lines: list[tuple[Component | None, str, int, int]]
        lines = [(one, one.name, one.originals, one.copies) for one in required]
        lines = lines or [(None, name, 1, 0) for name in words.BROUGHT]
        return [
            Brought(component, name, originals, copies, [scene.paper(name)] if self.scanned else [])
            for component, name, originals, copies in lines
        ]

    def facts(self, scene: Scene) -> dict[str, Any]:
        """What is typed into the dossier."""
        owner, home, code = self.owner, scene.home(self.owner), self.version.procedure.code
        facts: dict[str, Any] = {
            "owner_name": owner["full_name"],
            "owner_id_number": owner["id_number"],
            "owner_birth_date": owner["birth_date"],
            "phone": owner["phone"],
            "address": home,
            "form": answers(self.version.form, owner, self.random, day=self.at.date(), place=home),
        }
        if code in FIRMS:
            kind, name = FIRMS[code]
            facts |= {
                "owner_kind": OwnerKind(kind),
                "owner_name": f"{name} Trình diễn {self.random.choice(names()['hamlets'])}",
                "owner_birth_date": None,
                "submitter_name": owner["full_name"],
                "submitter_id_number": owner["id_number"],
            }
        back = self.random.random()
        if back < BY_POST:
            facts |= {"return_by": ReturnBy.POST, "return_address": home}
        elif back < BY_PORTAL and self.online:
            facts["return_by"] = ReturnBy.ONLINE
        return facts


class Days:
    """On which day, and how far into it, the n-th of many comes: more every year, and more on Mondays (nhịp hồ sơ)."""

    def __init__(self, first: date, last: date, *, most: int, growth: float) -> None:
        every = (first + timedelta(days=n) for n in range((last - first).days + 1))
        self.days = [day for day in every if day.weekday() < 5]
        years = [(day - first).days / 365 for day in self.days]
        weights = [
            (1 + growth * year) * (1.3 if day.weekday() == 0 else 1) for day, year in zip(self.days, years, strict=True)
        ]
        self.most, self.sums = most, list(accumulate(weights))

    def moment(self, nth: int) -> tuple[date, float]:
        reached = (nth + 0.5) / self.most * self.sums[-1]
        place = bisect_right(self.sums, reached)
        before = self.sums[place - 1] if place else 0.0
        return self.days[place], (reached - before) / (self.sums[place] - before)


def agency_of(scene: Scene, seed: int, serial: int) -> tuple[Random, ProcedureVersion, Agency]:
    """Which procedure at which agency: a few communes are much busier than the others."""
    random = Random(f"{seed} dossier {serial}")
    place = bisect_right(scene.weights, random.random() * scene.weights[-1])
    offering = scene.offerings[min(place, len(scene.offerings) - 1)]
    nth = int(len(offering.agencies) * random.random() ** 2)
    return random, offering.version, offering.agencies[nth]


def name_of(random: Random) -> UUID:
    """Its name in addresses."""
    return UUID(int=random.getrandbits(128), version=4)


class Beginning(NamedTuple):
    """When a dossier comes in, the how manieth time its life is tried, and whether all goes fast so that it is over now."""

    serial: int
    day: date
    share: float
    attempt: int
    hasty: bool


def begin(scene: Scene, chosen: tuple[Random, ProcedureVersion, Agency], begun: Beginning) -> Story:
    """What comes in on that day, at that share of it; people file from home in the evening too."""
    random, version, agency = chosen
    public_id = name_of(random)
    if begun.attempt:
        random.seed(f"{public_id} again {begun.attempt}")
    day, share = begun.day, begun.share
    wanted = ONLINE_AT_FIRST + ONLINE_A_YEAR * (day - scene.since).days / 365
    account, owner = None, random.choice(scene.applicants)
    if scene.accounts and version.online and random.random() < wanted:
        account, owner = random.choice(scene.accounts)
    case = random.choice(scene.cases(version))
    start = midnight(day)
    if account:
        at = start + timedelta(minutes=round(390 + share * 930))
    else:
        at = after(scene.calendar(scene.receiving(agency)[0]), start, 5 + round(share * 460))
    required = [one for one in scene.asked(version, case) if cases.required(one, case)]
    if random.random() < 0.5:
        required = [one for one in required if not one.may_bring_later]
    return Story(
        begun.serial, random, version, agency, at, public_id, account, owner, case, required, random.random() < 0.6
    )


def choose(random: Random, among: Sequence[Any]) -> Any:
    return among[int(random.random() * len(among))]
