"""What lives are made of: offices, people, procedures, rules; each asked of the database once (bối cảnh)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from random import Random
from zlib import crc32

from django.core.files.base import ContentFile

from motcua.accounts.models import Assignment, Person
from motcua.accounts.permissions import Role
from motcua.catalogue import cases, processes
from motcua.catalogue.models import Component, ProcedureVersion, Process, ProcessStep, Routing
from motcua.dossiers import intake, processing, rules
from motcua.dossiers.models import Dossier, FormSet, RuleSet
from motcua.files import storing
from motcua.files.models import StoredFile
from motcua.organisations import offices
from motcua.organisations.calendars import calendar_of
from motcua.organisations.models import Agency, Level, Place, Unit
from motcua.worktime.calendar import Calendar

from ..citizens import Citizen, citizen
from ..papers import scanned_paper
from ..telling import address

# Contents of papers: few for all, because a stored file is kept once.
TITLES = ("Tờ khai", "Đơn đề nghị", "Giấy tờ tùy thân", "Giấy xác nhận", "Bản sao giấy tờ", "Bản vẽ", "Ảnh chân dung")
FIRST_SERIAL, SERIALS = 20_000, 60_000  # of applicants; the demonstration's own stand below
SHARE_WITH_ACCOUNT = 4  # one in so many has an account
File = tuple[StoredFile, str]  # with the name it was given
DAILY = 40  # how much more often people come for what the demonstration tells in full


@dataclass(frozen=True)
class Offering:
    """A procedure with its process, and who settles it."""

    version: ProcedureVersion
    agencies: list[Agency]
    weight: float


class Scene:
    """Asked of the database before lives begin; what an answer depends on does not change in the time they are lived in."""

    def __init__(self, since: date, *, procedures: int) -> None:
        self.since = since
        self.officers: dict[tuple[int, str], list[Person]] = defaultdict(list)
        self.desks: dict[int, list[Person]] = defaultdict(list)
        self.leaders: dict[int, list[Person]] = defaultdict(list)
        self.people: dict[int, Person] = {}
        self._appointed()
        self.places = list(Place.objects.filter(level=Level.COMMUNE).select_related("parent").order_by("code"))
        self.offerings = list(self._offerings(procedures))
        self.weights = list(accumulate(one.weight for one in self.offerings))
        self._calendars: dict[tuple[type, int], Calendar] = {}
        self._units: dict[tuple[object, ...], Unit] = {}
        self._beyond: dict[int, list[ProcessStep]] = {}
        self._before: dict[tuple[int, int], ProcessStep] = {}
        self._processes: dict[tuple[int, str, str], Process] = {}
        self._firsts: dict[int, ProcessStep] = {}
        self._asked: dict[tuple[int, str], list[Component]] = {}
        self._cases: dict[int, list[str]] = {}
        self._rules: dict[date, RuleSet] = {}
        self._forms: dict[date, FormSet] = {}
        self._receiving: dict[int, tuple[Agency, Unit]] = {}

    def _appointed(self) -> None:
        """Officers who were in office all the time, by user name."""
        there = Assignment.objects.filter(valid_from__lte=self.since, valid_to=None, person__is_active=True)
        for one in there.select_related("person", "unit").order_by("person__username", "pk"):
            self.people[one.person_id] = one.person
            self.officers[one.unit_id, one.role].append(one.person)
            if one.role == Role.RECEPTION_OFFICER:
                self.desks[one.unit.agency_id].append(one.person)
            elif one.role == Role.LEADER:
                self.leaders[one.unit.agency_id].append(one.person)

    # Procedures ------------------------------------------------------------------------------------------------------

    def _offerings(self, most: int) -> Iterator[Offering]:
        """What the offices here settle step after step; the general process is written out where there is no other."""
        agencies = list(Agency.objects.valid_on(self.since).filter(valid_to=None).order_by("identifier"))
        manned = [agency for agency in agencies if agency.pk in self.leaders]
        versions = ProcedureVersion.objects.filter(valid_from__lte=self.since, valid_to=None)
        versions = versions.exclude(routing=Routing.MINISTRY).select_related("procedure", "agency")
        versions = versions.prefetch_related("terms", "components", "fees", "results", "processes")
        ordered = sorted(versions, key=lambda one: (not any(not p.general for p in one.processes.all()), one.code))
        found = 0
        for version in ordered:
            settling = [agency for agency in manned if intake.settles(version, agency)]
            own = any(not process.general for process in version.processes.all())
            if found == most or not settling:
                continue
            if not own:
                processes.general(version)
            if self._one_after_the_other(version):
                found += 1
                yield Offering(version, settling, (DAILY if own else 1) * (6 if len(settling) > 100 else 1))

    def _one_after_the_other(self, version: ProcedureVersion) -> bool:
        """Branches side by side, and what a desk settles while the person waits, are not lived here."""
        ways = Process.objects.filter(version=version).prefetch_related("steps")
        return all(
            (steps := list(way.steps.all()))
            and not any(step.stage is not None for step in steps)
            and not steps[0].of_one_desk
            for way in ways
        )

    def process(self, version: ProcedureVersion, channel: str, case: str) -> Process:
        key = version.pk, channel, case
        if key not in self._processes:
            self._processes[key] = version.process(channel, case) or processes.general(version)
        return self._processes[key]

    def first_step(self, process: Process) -> ProcessStep:
        if process.pk not in self._firsts:
            self._firsts[process.pk] = process.steps.order_by("position")[0]
        return self._firsts[process.pk]

    def beyond(self, step: ProcessStep) -> list[ProcessStep]:
        if step.pk not in self._beyond:
            self._beyond[step.pk] = processing.beyond(step)
        return self._beyond[step.pk]

    def step_before(self, dossier: Dossier, step: ProcessStep) -> ProcessStep:
        key = step.pk, dossier.agency_id
        if key not in self._before:
            self._before[key] = processing.step_before(dossier, step)
        return self._before[key]

    def asked(self, version: ProcedureVersion, case: str) -> list[Component]:
        key = version.pk, case
        if key not in self._asked:
            self._asked[key] = cases.papers(version, case)
        return self._asked[key]

    def cases(self, version: ProcedureVersion) -> list[str]:
        if version.pk not in self._cases:
            self._cases[version.pk] = cases.of(version) or [""]
        return self._cases[version.pk]

    # Offices ---------------------------------------------------------------------------------------------------------

    def calendar(self, whose: Agency | Unit) -> Calendar:
        key = type(whose), whose.pk
        if key not in self._calendars:
            self._calendars[key] = calendar_of(whose)
        return self._calendars[key]

    def receiving(self, agency: Agency) -> tuple[Agency, Unit]:
        """Where dossiers of an agency are received, and the desk there."""
        if agency.pk not in self._receiving:
            where = offices.reception_agency(agency, self.since)
            self._receiving[agency.pk] = where, offices.one_stop_unit(where, self.since)
        return self._receiving[agency.pk]

    def unit_of(self, step: ProcessStep, dossier: Dossier, at: datetime) -> Unit:
        told = step.unit_id, step.unit_kind, step.unit_name, step.agency_id
        key = (*told, dossier.agency_id, dossier.reception_agency_id)
        if key not in self._units:
            unit = processing.unit_of(step, dossier, at)
            self._units[key] = Unit.objects.select_related("agency").get(pk=unit.pk)
        return self._units[key]

    # Rules of a day --------------------------------------------------------------------------------------------------

    def rules_on(self, day: date) -> RuleSet:
        if day not in self._rules:
            self._rules[day] = rules.rules_on(day)
        return self._rules[day]

    def forms_on(self, day: date) -> FormSet:
        if day not in self._forms:
            self._forms[day] = rules.forms_on(day)
        return self._forms[day]

    # People and papers -----------------------------------------------------------------------------------------------

    def settle(self, people: int, *, now: datetime) -> None:
        """People who come, some of them with an account, and the contents of the papers they bring."""
        many = max(40, min(people, SERIALS))
        numbers = range(FIRST_SERIAL, FIRST_SERIAL + many)
        self.applicants = [citizen(Random(f"applicant {number}"), number) for number in numbers]
        with_account = self.applicants[::SHARE_WITH_ACCOUNT]
        wanted = [self._account(one, now) for one in with_account]
        Person.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=2_000)
        names = [one.username for one in wanted]
        known = {one.username: one for one in Person.objects.filter(username__in=names)}
        self.accounts = [
            (known[one.username], told) for one, told in zip(wanted, with_account, strict=True) if one.username in known
        ]
        self.files = {(title, seed): self._file(title, seed, now) for title in TITLES for seed in range(3)}

    def _account(self, one: Citizen, now: datetime) -> Person:
        """An account that nobody can open: it has no password."""
        person = Person(
            username=f"cd-lichsu-{one['phone'][-6:]}",
            full_name=one["full_name"],
            phone=one["phone"],
            id_number=one["id_number"],
            birth_date=one["birth_date"],
            address=self.home(one),
            created_at=now,
        )
        person.set_unusable_password()
        return person

    def _file(self, title: str, seed: int, now: datetime) -> File:
        name, made = scanned_paper(title, "Người khai (mẫu)", kind="pdf", seed=seed)
        return storing.store(ContentFile(made, name=name), at=now), name

    def paper(self, title: str, seed: int = 0) -> File:
        return self.files[TITLES[crc32(title.encode()) % len(TITLES)], seed]

    def home(self, one: Citizen) -> str:
        place = self.places[crc32(one["commune"].encode()) % len(self.places)]
        return address(one, place, f"home {one['id_number']}")
