"""Telling a story by the real steps, at times that end now (hồ sơ trình diễn đi qua các bước thật)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from motcua.accounts.models import Person
from motcua.accounts.permissions import Role
from motcua.catalogue import cases
from motcua.catalogue.models import Channel, Component, ProcedureVersion, ProcessStep
from motcua.counter.opening import purpose
from motcua.dossiers import holding, intake, papers, posting, processing, results, rules, supplement
from motcua.dossiers.models import Dossier, OwnerKind, ReturnBy, RuleSet, State
from motcua.dossiers.papers import Brought
from motcua.files import storing
from motcua.files.models import StoredFile
from motcua.journal import reading
from motcua.organisations import offices
from motcua.organisations.calendars import calendar_of
from motcua.organisations.models import Agency, Place
from motcua.worktime.calendar import VIETNAM, Calendar
from motcua.worktime.due import add_working_days, due, elapsed, same_day_due

from . import words
from .answers import answers
from .citizens import Citizen, citizen, names
from .pace import A_DAY, after, at_home, before, midnight, spread
from .papers import scanned_paper
from .stories import Standing, Story

# Minutes of work from an act to the one after it, before the term that counts has begun.
GAPS = {
    "submit": (20, 440),
    "accept": (15, 150),
    "receive": (15, 150),
    "hand": (60, 400),
    "ask": (240, 1400),
    "answer": (20, 300),
}
DESK_ANSWERS_WITHIN = 470  # of the 480 minutes an office has
BRIEF = 12  # minutes of work an act needs at least
# The day promised, in working days from today, or from the day it was finished.
PROMISED = {
    Standing.EARLY: (1, 4),
    Standing.ON_TIME: (2, 8),
    Standing.SOON: (1, 1),
    Standing.TODAY: (0, 0),
    Standing.LATE: (-2, 0),  # before that day
    Standing.FRESH: (0, 3),
}
# How long ago, in minutes of work, the last act of a dossier that waits or is over was done.
LAST_ACT = {
    State.AWAITING_COMPLETION: (60, 1900),
    State.REFUSED: (60, 6000),
    State.AWAITING_APPLICANT: (60, 2400),
    State.AWAITING_PAYMENT: (60, 1900),
    State.WITHDRAWN: (200, 7000),
    State.STOPPED: (200, 7000),
    State.READY: (30, 1400),
    State.RETURNED: (1000, 9500),
}
# Procedures that citizens do not ask for, with what their owners are called; the first ten digits name nobody.
FIRMS = {
    "1.000703": (OwnerKind.ENTERPRISE, "Công ty TNHH Vận tải"),
    "1.001029": (OwnerKind.ENTERPRISE, "Công ty TNHH Âm nhạc"),
    "1.002001": (OwnerKind.ENTERPRISE, "Công ty TNHH Giải trí số"),
    "1.012606": (OwnerKind.ORGANISATION, "Tổ chức tôn giáo"),
    "1.012994": (OwnerKind.ENTERPRISE, "Công ty TNHH Xây dựng"),
    "1.013859": (OwnerKind.ORGANISATION, "Phòng Công chứng"),
    "1.014076": (OwnerKind.ENTERPRISE, "Công ty TNHH Dược"),
    "2.000212": (OwnerKind.ENTERPRISE, "Hợp tác xã Nông nghiệp"),
    "2.000591": (OwnerKind.ENTERPRISE, "Công ty TNHH Thực phẩm"),
    "2.002029": (OwnerKind.ENTERPRISE, "Công ty TNHH Thương mại"),
    "2.002288": (OwnerKind.ENTERPRISE, "Hợp tác xã Vận tải"),
    "2.002728": (OwnerKind.ENTERPRISE, "Công ty Hạ tầng khu công nghiệp"),
    "2.002729": (OwnerKind.ENTERPRISE, "Công ty TNHH Vật liệu"),
}
PATIENCE = 90  # working days back in which a beginning is looked for


@dataclass
class Cast:
    """Everybody and everything stories are told with; asked of the database once."""

    agencies: Mapping[str, Agency]
    versions: Mapping[str, ProcedureVersion]
    officers: Mapping[tuple[int, str], list[Person]]  # by unit and role
    desks: Mapping[int, list[Person]]  # reception officers by agency
    leaders: Mapping[int, list[Person]]  # by agency
    places: Mapping[str, Place]  # communes by code
    accounts: Mapping[str, Person]  # citizens by phone
    now: datetime
    calendars: dict[int, Calendar] = field(default_factory=dict)
    files: dict[tuple[str, int], tuple[StoredFile, str]] = field(default_factory=dict)

    def calendar(self, agency: Agency) -> Calendar:
        if agency.pk not in self.calendars:
            self.calendars[agency.pk] = calendar_of(agency)
        return self.calendars[agency.pk]

    @cached_property
    def rule_set(self) -> RuleSet:
        return rules.rules_on(self.now.astimezone(VIETNAM).date())

    def paper(self, title: str, *, seed: int = 0) -> tuple[StoredFile, str]:
        """A real file for a paper; few contents for all, each made and stored once."""
        if (title, seed) not in self.files:
            kind = "png" if title.startswith(("Ảnh", "Giấy tờ tùy thân")) else "pdf"
            name, made = scanned_paper(title, "Người khai (mẫu)", kind=kind, seed=seed)
            self.files[title, seed] = storing.store(ContentFile(made, name=name), at=self.now), name
        return self.files[title, seed]


def owner_of(story: Story) -> Citizen:
    """The applicant, the same whenever the story is told."""
    return citizen(Random(f"applicant {story.serial}"), story.serial)


def home_of(story: Story, agencies: Mapping[str, Agency], places: Mapping[str, Place]) -> str:
    """Where the applicant lives: in the commune whose office they go to."""
    owner, agency = owner_of(story), agencies[story.agency]
    codes = {place.pk: code for code, place in places.items()}
    return address(owner, places[codes.get(agency.place_id or 0, owner["commune"])], f"home {story.serial}")


def address(owner: Citizen, place: Place, seed: str) -> str:
    random = Random(seed)
    inside = (
        f"Thôn {random.choice(names()['hamlets'])}"
        if place.name.startswith("Xã")
        else f"Tổ dân phố {random.randint(1, 20)}"
    )
    return ", ".join([inside, in_words(place), "tỉnh Tuyên Quang"])


def in_words(place: Place) -> str:
    """A commune with its district as one writes it in an address."""
    parts = [place.name, place.parent.name] if place.parent else [place.name]
    return ", ".join(part[0].lower() + part[1:] for part in parts)


def key_of(story: Story) -> tuple[str, str]:
    """What tells the story's dossier from every other: the number of its owner, and the procedure."""
    number = f"0009{story.serial:06d}" if story.code in FIRMS else owner_of(story)["id_number"]
    return number, story.code


class Telling:
    """One story being told."""

    def __init__(self, story: Story, cast: Cast) -> None:
        self.story, self.cast = story, cast
        self.random = Random(f"story {story.serial} {story.code}")
        self.owner = owner_of(story)
        self.version = cast.versions[story.code]
        self.case = self.random.choice(cases.of(self.version) or [""])
        self.agency = cast.agencies[story.agency]
        self.calendar = cast.calendar(self.agency)
        self.now = cast.now - timedelta(minutes=6)
        self.acts = self._schedule()
        self.dossier: Dossier
        self.at: datetime

    @property
    def begins(self) -> datetime:
        """When the dossier enters; stories are told in this order, so that the codes of a day ascend."""
        return self.acts[0][1]

    def tell(self) -> None:
        for act, at in self.acts:
            self.at = at
            getattr(self, act)()
        self._take()

    # Which acts ------------------------------------------------------------------------------------------------------

    def _plot(self) -> tuple[list[str], list[str]]:
        """The acts up to the one with which the term that counts begins, and those after it."""
        story = self.story
        entry = ["submit", "accept"] if story.online else ["receive"]
        match story.state:
            case State.DRAFT:
                return ["draft"], []
            case State.SUBMITTED:
                return ["submit"], []
            case State.AWAITING_COMPLETION:
                return ["submit", "ask"], []
            case State.REFUSED:
                return ["submit", "refuse"], []
            case State.ACCEPTED:
                return entry, []
        if story.asked_before:
            entry = ["submit", "ask", "answer", "accept"]
        if story.asked:
            return [*entry, "hand", "ask", "answer"], self._way(2)
        return entry, self._way(1)

    def _way(self, position: int) -> list[str]:
        """From this step of the process to where the dossier is."""
        story, steps = self.story, self.steps
        acts = []
        ends = {
            State.AWAITING_APPLICANT: (2, "ask"),
            State.AWAITING_PAYMENT: (2, "charge"),
            State.WITHDRAWN: (2, "withdraw"),
            State.STOPPED: (2, "stop"),
            State.IN_PROGRESS: (story.position, ""),
        }
        last, end = ends.get(story.state, (len(steps), "finish"))
        while position < last:
            acts.append("hand" if position == 1 else "approve" if steps[position - 1].is_approval else "do")
            position += 1
            if position == 3 and story.given_back:
                acts += ["give_back", "do"]
            if position == 2 and story.paid:
                acts += ["charge", "pay"]
        acts += [end] if end else []
        return [*acts, "hand_over"] if story.state == State.RETURNED else acts

    @cached_property
    def steps(self) -> list[ProcessStep]:
        process = self.version.process()
        assert process is not None  # written out before stories are planned
        return list(process.steps.order_by("position"))

    # And when ---------------------------------------------------------------------------------------------------------

    def _schedule(self) -> list[tuple[str, datetime]]:
        entry, way = self._plot()
        given = way[-1:] == ["hand_over"]
        settled = way[:-1] if given else way
        hours = self._hours(settled)
        start, end = self._span(len(settled) * BRIEF + BRIEF, round(sum(hours) * 60))
        moments = spread(self.calendar, start, end, hours)
        if given:
            moments.append(min(after(self.calendar, end, self.random.randint(30, 900)), self.now))
        return [*zip(entry, self._entered(entry, start), strict=True), *zip(way, moments, strict=True)]

    def _hours(self, acts: list[str]) -> list[float]:
        """How long each act should take: about the hours its step has."""
        position, hours = (2 if self.story.asked else 1), []
        for act in acts:
            hours.append(float(self.steps[position - 1].hours or 1) * self.random.uniform(0.6, 1.4))
            position += {"hand": 1, "do": 1, "approve": 1, "give_back": -1}.get(act, 0)
        return hours

    def _span(self, room: int, worked: int) -> tuple[datetime, datetime]:
        """When the term that counts began, and when the last act was done."""
        story, random, calendar = self.story, self.random, self.calendar
        match story.state:
            case State.DRAFT:
                start = at_home(self.now - timedelta(hours=random.uniform(1, 60)))
                return start, start
            case State.SUBMITTED:
                start = self._filed()
                return start, start
            case State.ACCEPTED:
                start = self._beginning(self.now, room)
                return start, start
            case State.IN_PROGRESS:
                # At the pace of the process: a dossier that is late waits at the step where it is.
                start = self._beginning(self.now, room * 2)
                until_now = round(elapsed(calendar, start, self.now) * 0.9)
                return start, after(calendar, start, max(room, min(worked, until_now)))
        end = before(calendar, self.now, random.randint(*LAST_ACT[story.state]))
        if story.state in (State.READY, State.RETURNED):
            return self._beginning(end, room), end
        if story.state in (State.REFUSED, State.AWAITING_COMPLETION):
            return end, end
        return before(calendar, end, room + random.randint(30, 600)), end

    def _filed(self) -> datetime:
        """So that the office has still most of its eight hours, little, or none."""
        match self.story.standing:
            case Standing.TODAY:
                return before(self.calendar, self.now, self.random.randint(330, 450))
            case Standing.LATE:
                return before(self.calendar, self.now, self.random.randint(500, 900))
        return at_home(self.now - timedelta(hours=self.random.uniform(0.2, 9)))

    def _beginning(self, end: datetime, room: int) -> datetime:
        """A moment from which the day wanted is promised, or one soon after; for a late one, the last that promised an earlier day.

        The acts have time from there until `end`; where that cannot be, the latest moment that leaves them time.
        """
        random, calendar, standing = self.random, self.calendar, self.story.standing
        # An open dossier stands to today, or to the next working day; a settled one to the day it was finished.
        if self.story.state in (State.READY, State.RETURNED) and standing == Standing.ON_TIME:
            standing = Standing.TODAY
        day = add_working_days(calendar, end.astimezone(VIETNAM).date(), 0)
        wanted = add_working_days(calendar, day, random.randint(*PROMISED[standing]))
        found: list[datetime] = []
        for back in range(PATIENCE):
            dawn = midnight(add_working_days(calendar, day, -back))
            starts = [after(calendar, dawn, minute - random.randint(0, 15)) for minute in range(A_DAY - 5, 15, -20)]
            starts = [start for start in starts if elapsed(calendar, start, end) >= room]
            kept = [start for start in starts if self._keeps(start, wanted)]
            if standing == Standing.LATE:
                found = [start for start in starts if start not in kept]
            elif kept or not found:
                found = kept or starts
                continue
            if found:
                break
        # What is due today is due in its last hours rather than this morning.
        return found[0] if standing == Standing.TODAY else random.choice(found)

    def _keeps(self, start: datetime, wanted: date) -> bool:
        """Whether what begins then is promised for that day or later; without a term anything recent will do."""
        promised = self._promised(start)
        return promised.date() >= wanted if promised else elapsed(self.calendar, start, self.now) < 10 * A_DAY

    def _promised(self, start: datetime) -> datetime | None:
        term = self.version.term(Channel.ONLINE if self.story.online else Channel.DIRECT)
        if term is None or (term.term is None and not term.same_day):
            return None
        if term.same_day:
            return same_day_due(self.calendar, start, self.cast.rule_set.same_day_until)
        return due(self.calendar, start, term.term) if term.term else None

    def _entered(self, entry: list[str], start: datetime) -> list[datetime]:
        """The times of the acts before, counted back from the last of them."""
        moments = [start]
        for act in reversed(entry[:-1]):
            following = moments[0]
            at = before(self.calendar, following, self.random.randint(*GAPS[act]))
            if act == "submit" and self.random.random() < 0.4:
                evening = at_home(following - timedelta(hours=self.random.uniform(2, 15)))
                at = evening if elapsed(self.calendar, evening, following) < DESK_ANSWERS_WITHIN else at
            moments.insert(0, at)
        return moments

    # The acts ---------------------------------------------------------------------------------------------------------

    def draft(self) -> None:
        """What was typed and photographed so far."""
        self._lay_out(self.at, self._required_of_case()[:1])

    def submit(self) -> None:
        required = self._required_of_case()
        if self.random.random() < 0.5:
            required = [component for component in required if not component.may_bring_later]
        self._lay_out(self.at - timedelta(minutes=self.random.randint(12, 50)), required)
        self.dossier = intake.submit(self.dossier, by=self.account, at=self.at)

    def _lay_out(self, at: datetime, photographed: list[Component]) -> None:
        with transaction.atomic():
            self.dossier = intake.begin(self.version, agency=self.agency, by=self.account, at=at)
            if self.case:
                self.dossier = intake.choose_case(self.dossier, self.case, by=self.account, at=at)
            at += timedelta(minutes=6)
            self.dossier = intake.save(self.dossier, by=self.account, at=at, **self.facts(self.at))
            for paper in self.dossier.papers.select_related("component"):
                if paper.component in photographed:
                    stored, name = self.cast.paper(paper.name)
                    papers.add(paper, stored, name=name, by=self.account, at=at)
                elif self.story.state != State.DRAFT and paper.component and paper.component.may_bring_later:
                    papers.bring_later(paper, True, by=self.account, at=at)

    def receive(self) -> None:
        officer = self._anybody(self.cast.desks[offices.reception_agency(self.agency, self.at.date()).pk])
        self.dossier = intake.receive(
            self.version,
            agency=self.agency,
            by=officer,
            at=self.at,
            papers=self.brought(scanned=self.random.random() < 0.6),
            case=self.case,
            **self.facts(self.at),
        )

    def brought(self, *, scanned: bool) -> list[Brought]:
        """The papers laid on the desk."""
        asked: list[tuple[Component | None, str, int, int]] = [
            (component, component.name, component.originals, component.copies) for component in self._required_of_case()
        ]
        return [
            Brought(component, name, originals, copies, [self.cast.paper(name)] if scanned else [])
            for component, name, originals, copies in asked or [(None, name, 1, 0) for name in words.BROUGHT]
        ]

    def accept(self) -> None:
        self.dossier = intake.accept(self.dossier, by=self._read(self._desk()), at=self.at)

    def refuse(self) -> None:
        self.dossier = intake.refuse(
            self.dossier,
            reason=self.random.choice(words.NOT_RECEIVED),
            legal_basis=words.NOT_RECEIVED_BASIS,
            by=self._read(self._desk()),
            at=self.at,
        )

    def ask(self) -> None:
        """For one of its papers anew."""
        given = list(self.dossier.papers.filter(files__isnull=False).distinct()) or list(self.dossier.papers.all())
        paper = self.random.choice(given)
        written = paper.name.startswith(words.BEGINNINGS_OF_WRITTEN)
        reason, wanted = self.random.choice(words.WRITTEN if written else words.GIVEN)
        item = supplement.Item(wanted.format(paper=paper.name), paper)
        self.dossier = supplement.request(
            self.dossier, items=[item], reason=reason, by=self._read(self._holder()), at=self.at
        )

    def answer(self) -> None:
        """By the applicant's account, or at the counter for whoever came there."""
        online = self.dossier.account_id is not None
        by = self.account if online else self._desk()
        asked = supplement.open_request(self.dossier)
        assert asked is not None  # the act before this one asked
        for item in asked.items.all():
            if item.paper:
                for page in item.paper.files.filter(replaced_at=None):
                    papers.remove(page, by=by, at=self.at)
                stored, name = self.cast.paper(item.paper.name, seed=1)
                papers.add(item.paper, stored, name=name, by=by, at=self.at)
        note = self.random.choice(words.COMPLETED if online else words.RECORDED)
        self.dossier = supplement.answer(self.dossier, by=by, at=self.at, note=note)

    def hand(self) -> None:
        note = self.random.choice(words.NOTES[Role.RECEPTION_OFFICER])
        self.dossier = processing.hand_to_agency(
            self.dossier, at_step=self._step(), by=self._holder(), at=self.at, note=note
        )

    def do(self) -> None:
        note = self.random.choice(words.NOTES[self.dossier.at_role])
        self.dossier = processing.do_step(
            self.dossier, at_step=self._step(), by=self._read(self._holder()), at=self.at, note=note
        )

    def _take(self) -> None:
        """Of what lies at the agency now, most has somebody who works on it."""
        step = processing.running_step(self.dossier) if self.dossier.state == State.IN_PROGRESS else None
        if step and step.step.position > 1 and not step.holder and self.random.random() < 0.6:
            self.dossier = holding.take(self.dossier, at_step=step.pk, by=self._holder(), at=self.at)

    def give_back(self) -> None:
        self.dossier = processing.return_step(
            self.dossier,
            at_step=self._step(),
            reason=self.random.choice(words.GIVEN_BACK),
            by=self._read(self._holder()),
            at=self.at,
        )

    def approve(self) -> None:
        """With its electronic result for most of those granted."""
        granted = self.story.granted
        sign = words.SIGNS.get(self.story.code, words.RESULT) if granted else words.REFUSAL
        stored, name = None, ""
        if granted and self.random.random() < 0.7:
            result = next((result.name for result in self.version.results.all()), "Kết quả giải quyết")
            stored, name = self.cast.paper(result, seed=2)  # what is issued is no copy of what was handed in
        self.dossier = processing.approve(
            self.dossier,
            at_step=self._step(),
            granted=granted,
            number=f"{self.random.randint(12, 980)}/{sign}",
            summary="" if granted else self.random.choice(words.REFUSED_RESULT),
            by=self._read(self._holder()),
            at=self.at,
            stored=stored,
            file_name=name,
        )

    def charge(self) -> None:
        fees = cases.fees(self.version, case=self.case, channel=self.dossier.channel)
        amount, reason = next(((fee.amount, fee.name) for fee in fees if fee.amount), (30_000, "Lệ phí giải quyết"))
        self.dossier = processing.request_payment(
            self.dossier, amount=amount, reason=reason, by=self._read(self._holder()), at=self.at
        )

    def pay(self) -> None:
        self.dossier = processing.settle_payment(
            self.dossier, receipt_number=f"BL{self.random.randint(1, 99999):05d}", by=self._desk(), at=self.at
        )

    def finish(self) -> None:
        self.dossier = results.finish(self.dossier, at_step=self._step(), by=self._holder(), at=self.at)

    def hand_over(self) -> None:
        if self.dossier.return_by == ReturnBy.POST and not self.dossier.at_post:
            self.post_result()
        brought = bool(self.dossier.submitter_name)
        person = self.dossier.submitter_name if brought else self.dossier.owner_name
        self.dossier = results.hand_over(
            self.dossier,
            method=self.dossier.return_by,
            recipient_name=person,
            recipient_id_number=self.dossier.submitter_id_number if brought else self.dossier.owner_id_number,
            by=self._desk(),
            at=self.at,
        )

    def post_result(self) -> None:
        number = f"CT{self.random.randint(0, 999_999_999):09d}VN"
        self.dossier = posting.post_result(self.dossier, number=number, by=self._desk(), at=self.at)

    def withdraw(self) -> None:
        reason = self.random.choice(words.WITHDRAWN)
        self.dossier = results.withdraw(self.dossier, reason=reason, by=self._read(self._desk()), at=self.at)

    def stop(self) -> None:
        leader = self._read(self._anybody(self.cast.leaders[self.agency.pk]))
        reason = self.random.choice(words.STOPPED)
        self.dossier = processing.stop(self.dossier, reason=reason, by=leader, at=self.at)

    # With whom and with what -----------------------------------------------------------------------------------------

    @property
    def account(self) -> Person:
        return self.cast.accounts[self.owner["phone"]]

    def _anybody(self, among: list[Person]) -> Person:
        return self.random.choice(among)

    def _desk(self) -> Person:
        """A reception officer of the office that received the dossier."""
        return self._anybody(self.cast.desks[self.dossier.reception_agency_id])

    def _holder(self) -> Person:
        """An officer of the unit and role at which the dossier is; who took the step, where somebody did."""
        if self.dossier.holder:
            return self.dossier.holder
        first, *others = self.cast.officers[self.dossier.at_unit_id or 0, self.dossier.at_role]
        # Where work is divided, most lies with the officer whose account is printed.
        return self._anybody([first, first, *others])

    def _read(self, officer: Person) -> Person:
        """Whoever acts on a dossier has opened it first."""
        reading.read(self.dossier, reader=officer, at=self.at, purpose=purpose(self.dossier, officer))
        return officer

    def _step(self) -> int:
        interval = processing.running_step(self.dossier)
        assert interval is not None  # stories go on only with dossiers that are at a step
        return interval.pk

    def _required_of_case(self) -> list[Component]:
        return [component for component in self.version.components.all() if cases.required(component, self.case)]

    def facts(self, at: datetime) -> dict[str, Any]:
        """What the applicant tells."""
        owner, home = self.owner, home_of(self.story, self.cast.agencies, self.cast.places)
        facts: dict[str, Any] = {
            "owner_name": owner["full_name"],
            "owner_id_number": key_of(self.story)[0],
            "owner_birth_date": owner["birth_date"],
            "phone": owner["phone"],
            "address": home,
            "form": answers(self.version.form, owner, self.random, day=at.date(), place=home),
        }
        if self.story.code in words.ASKED:
            facts["form"]["noi_dung"] = words.ASKED[self.story.code]
        if self.story.code in FIRMS:
            kind, name = FIRMS[self.story.code]
            called = f"{name} Trình diễn {self.random.choice(names()['hamlets'])}"
            if "ten_to_chuc" in facts["form"]:
                facts["form"]["ten_to_chuc"] = called
            facts |= {
                "owner_kind": kind,
                "owner_name": called,
                "owner_birth_date": None,
                "submitter_name": owner["full_name"],
                "submitter_id_number": owner["id_number"],
            }
        back = self.random.random()
        if back < 0.2:
            facts |= {"return_by": ReturnBy.POST, "return_address": home}
        elif back < 0.3 and self.story.online:
            facts["return_by"] = ReturnBy.ONLINE
        return facts
