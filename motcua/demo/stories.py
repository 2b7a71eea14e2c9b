"""Which dossiers the demonstration tells: of what, where, how far they came and how they stand (hồ sơ trình diễn)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import cycle, islice
from random import Random

from motcua.catalogue.models import ProcedureVersion
from motcua.dossiers.models import State


class Standing(Enum):
    """How a dossier stands to its promise: today for an open one, on the day it was finished for another."""

    FRESH = auto()
    EARLY = auto()
    ON_TIME = auto()
    SOON = auto()
    TODAY = auto()
    LATE = auto()


@dataclass(frozen=True)
class Story:
    """One dossier to tell; `serial` is the number of its applicant (citizens.citizen)."""

    serial: int
    code: str
    agency: str  # id in facts/agencies.csv
    state: State
    standing: Standing
    online: bool
    position: int = 2  # of the step at which a dossier in progress is
    asked_before: bool = False  # completed once before acceptance
    asked: bool = False  # completed once while it was settled
    given_back: bool = False  # once from a step to the one before
    paid: bool = False
    granted: bool = True


Wanted = tuple[State, Standing]
S, T = State, Standing

SHOWN_COMMUNE, SHOWN_AGENCY = "UBND-02425", "STP"
OTHER_COMMUNES = ("UBND-02203", "UBND-02200", "UBND-02545", "UBND-02269", "UBND-02473", "UBND-02374")
# What people come for every day.
DAILY_AT_COMMUNES = ("1.001193", "2.000635", "1.004873", "2.000815", "1.000894")
DAILY_AT_AGENCY = ("3.000333",)
# Without a process of their own, so that the general one is seen at work.
GENERAL_OF_COMMUNES = ("1.004837", "1.004845", "2.001023")
GENERAL_OF_AGENCY = ("2.000587", "1.002153")

# What lies where at the commune that is shown, so that each list of its officers is worth looking at.
AT_COMMUNE: dict[Wanted, int] = {
    (S.DRAFT, T.FRESH): 2,
    (S.SUBMITTED, T.FRESH): 6,
    (S.SUBMITTED, T.TODAY): 2,
    (S.SUBMITTED, T.LATE): 1,
    (S.AWAITING_COMPLETION, T.FRESH): 5,
    (S.REFUSED, T.FRESH): 3,
    (S.ACCEPTED, T.TODAY): 3,
    (S.ACCEPTED, T.ON_TIME): 3,
    (S.IN_PROGRESS, T.ON_TIME): 8,
    (S.IN_PROGRESS, T.SOON): 3,
    (S.IN_PROGRESS, T.TODAY): 6,
    (S.IN_PROGRESS, T.LATE): 3,
    (S.AWAITING_APPLICANT, T.FRESH): 5,
    (S.AWAITING_PAYMENT, T.FRESH): 5,
    (S.READY, T.EARLY): 2,
    (S.READY, T.ON_TIME): 4,
    (S.READY, T.LATE): 1,
    (S.RETURNED, T.EARLY): 4,
    (S.RETURNED, T.ON_TIME): 7,
    (S.RETURNED, T.LATE): 1,
    (S.WITHDRAWN, T.FRESH): 2,
    (S.STOPPED, T.FRESH): 1,
}
AT_AGENCY: dict[Wanted, int] = {
    (S.SUBMITTED, T.FRESH): 4,
    (S.SUBMITTED, T.TODAY): 1,
    (S.SUBMITTED, T.LATE): 1,
    (S.AWAITING_COMPLETION, T.FRESH): 2,
    (S.REFUSED, T.FRESH): 1,
    (S.ACCEPTED, T.ON_TIME): 2,
    (S.IN_PROGRESS, T.ON_TIME): 10,
    (S.IN_PROGRESS, T.SOON): 5,
    (S.IN_PROGRESS, T.TODAY): 5,
    (S.IN_PROGRESS, T.LATE): 2,
    (S.AWAITING_APPLICANT, T.FRESH): 4,
    (S.AWAITING_PAYMENT, T.FRESH): 2,
    (S.READY, T.EARLY): 2,
    (S.READY, T.ON_TIME): 2,
    (S.RETURNED, T.EARLY): 4,
    (S.RETURNED, T.ON_TIME): 2,
    (S.RETURNED, T.LATE): 1,
    (S.WITHDRAWN, T.FRESH): 1,
    (S.STOPPED, T.FRESH): 1,
}
# What the other offices take in turns; each takes the next few.
ROTA: tuple[Wanted, ...] = (
    (S.SUBMITTED, T.FRESH),
    (S.IN_PROGRESS, T.ON_TIME),
    (S.RETURNED, T.EARLY),
    (S.ACCEPTED, T.ON_TIME),
    (S.READY, T.EARLY),
    (S.IN_PROGRESS, T.SOON),
    (S.RETURNED, T.ON_TIME),
    (S.AWAITING_APPLICANT, T.FRESH),
    (S.IN_PROGRESS, T.TODAY),
    (S.RETURNED, T.EARLY),
    (S.AWAITING_COMPLETION, T.FRESH),
    (S.IN_PROGRESS, T.LATE),
    (S.READY, T.ON_TIME),
    (S.SUBMITTED, T.TODAY),
    (S.RETURNED, T.EARLY),
    (S.AWAITING_PAYMENT, T.FRESH),
    (S.IN_PROGRESS, T.ON_TIME),
    (S.REFUSED, T.FRESH),
    (S.RETURNED, T.LATE),
    (S.WITHDRAWN, T.FRESH),
    (S.IN_PROGRESS, T.TODAY),
    (S.STOPPED, T.FRESH),
    (S.RETURNED, T.ON_TIME),
)
# At which step dossiers in progress are, one after the other: most with those who examine them.
WHERE = (2, 3, 4, 2, 5, 2, 3, 4, 2, 5)
EACH_AGENCY, EACH_COMMUNE = 7, 6

# What the citizen whose account is printed has filed, each procedure once.
CITIZEN = 1
OWN: tuple[tuple[str, str, State, Standing], ...] = (
    ("1.001456", "CA", S.DRAFT, T.FRESH),
    ("1.001193", SHOWN_COMMUNE, S.SUBMITTED, T.FRESH),
    ("1.004873", SHOWN_COMMUNE, S.AWAITING_COMPLETION, T.FRESH),
    ("3.000333", SHOWN_AGENCY, S.IN_PROGRESS, T.ON_TIME),
    ("3.000348", "SGTVT", S.AWAITING_APPLICANT, T.FRESH),
    ("2.000635", SHOWN_COMMUNE, S.READY, T.ON_TIME),
    ("1.001613", "BHXH", S.RETURNED, T.EARLY),
)

FILED_ONLINE = (S.DRAFT, S.SUBMITTED, S.AWAITING_COMPLETION, S.REFUSED)
PAST_THE_DESK = (S.IN_PROGRESS, S.READY, S.RETURNED)


def plan(versions: Mapping[str, ProcedureVersion], complete: Mapping[str, str | None]) -> list[Story]:
    """Every story of the demonstration, always the same; the first dozen stand in all twelve states.

    `complete` names the agency of each procedure told in full, or None for those of communes.
    """
    random = Random("Tuyên Quang")
    codes_of: dict[str, list[str]] = defaultdict(list)
    for code, of_agency in complete.items():
        codes_of[of_agency or ""].append(code)
    of_communes = [*DAILY_AT_COMMUNES * 2, *codes_of.pop("")]
    of_agency_shown = [*DAILY_AT_AGENCY * 3, *codes_of.pop(SHOWN_AGENCY), *GENERAL_OF_AGENCY]
    wanted = [
        *((code, agency, state, standing, CITIZEN) for code, agency, state, standing in OWN),
        *_at(SHOWN_COMMUNE, [*of_communes, *GENERAL_OF_COMMUNES], _each(AT_COMMUNE), versions, random),
        *_at(SHOWN_AGENCY, of_agency_shown, _each(AT_AGENCY), versions, random),
    ]
    turns = cycle(ROTA)
    for agency, codes in codes_of.items():
        wanted += _at(agency, codes, islice(turns, EACH_AGENCY), versions, random)
    for agency in OTHER_COMMUNES:
        wanted += _at(agency, of_communes, islice(turns, EACH_COMMUNE), versions, random)
    stories = []
    there: Counter[str] = Counter()
    for number, (code, agency, state, standing, serial) in enumerate(wanted, start=CITIZEN + 1):
        desk = agency if agency in (SHOWN_COMMUNE, SHOWN_AGENCY) else "others"
        there[desk] += state == S.IN_PROGRESS
        at = WHERE[there[desk] % len(WHERE)]
        stories.append(_story(serial or number, code, agency, state, standing, at, versions[code], random))
    return _each_state_first(stories)


def _each(counts: Mapping[Wanted, int]) -> Iterator[Wanted]:
    for wanted, count in counts.items():
        yield from [wanted] * count


Chosen = tuple[str, str, State, Standing, int]


def _at(
    agency: str,
    codes: Sequence[str],
    wanted: Iterable[Wanted],
    versions: Mapping[str, ProcedureVersion],
    random: Random,
) -> Iterator[Chosen]:
    """For each wanted dossier a procedure of the office that can come to stand like that; first those not told yet."""
    told: set[str] = set()
    for state, standing in wanted:
        fitting = [code for code in codes if _fits(versions[code], state, standing)]
        if not fitting:
            state, standing, fitting = S.IN_PROGRESS, T.ON_TIME, list(codes)
        code = random.choice([code for code in fitting if code not in told] or fitting)
        told.add(code)
        yield code, agency, state, standing, 0


def _fits(version: ProcedureVersion, state: State, standing: Standing) -> bool:
    if state in FILED_ONLINE and not _online(version):
        return False
    if state == S.AWAITING_PAYMENT:
        return any(fee.amount for fee in version.fees.all())
    # What is settled the same day is never due tomorrow and never ready a day early.
    return standing not in (T.EARLY, T.SOON, T.ON_TIME) or state in (S.READY, S.RETURNED) or not _same_day(version)


def _online(version: ProcedureVersion) -> bool:
    """Those told in full; the others have no papers that could be sent."""
    return version.online and bool(version.components.all())


def _same_day(version: ProcedureVersion) -> bool:
    return any(term.same_day for term in version.terms.all())


def _story(
    serial: int,
    code: str,
    agency: str,
    state: State,
    standing: Standing,
    at: int,
    version: ProcedureVersion,
    random: Random,
) -> Story:
    """With the turns that some dossiers take: asked to complete, given back, paid, refused."""
    online = _online(version) and (state in FILED_ONLINE or serial == CITIZEN or random.random() < 0.45)
    process = version.process()
    steps = process.steps.count() if process else 4
    asked_once = state in PAST_THE_DESK and random.random() < 0.25
    before = asked_once and online and random.random() < 0.4
    priced = any(fee.amount for fee in version.fees.all())
    return Story(
        serial=serial,
        code=code,
        agency=agency,
        state=state,
        standing=standing,
        online=online,
        position=min(at, steps),
        asked_before=before,
        asked=asked_once and not before and not _same_day(version),
        given_back=state in PAST_THE_DESK and random.random() < 0.12,
        paid=state in (S.READY, S.RETURNED) and priced and random.random() < 0.3,
        granted=state not in PAST_THE_DESK or random.random() > 0.1,
    )


def _each_state_first(stories: list[Story]) -> list[Story]:
    """The first of every state, then the second of every state, and so on: any beginning shows as many as it can."""
    seen: Counter[State] = Counter()
    rounds = []
    for story in stories:
        seen[story.state] += 1
        rounds.append(seen[story.state])
    return [story for _, story in sorted(zip(rounds, stories, strict=True), key=lambda pair: pair[0])]
