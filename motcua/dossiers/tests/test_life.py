"""Whatever people do, and whoever does it whenever, the life of a dossier keeps its rules (one-stop.md §2; tính bất biến).

A machine lets random people do random things at random moments, many of them illegal, nights and holidays and clocks set back
among them, and after each asks every rule. `MOTCUA_LIVES=2000` lets so many lives run, each time others.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from motcua.accounts.models import Person
from motcua.accounts.permissions import Role
from motcua.accounts.testing import a_citizen, an_officer
from motcua.catalogue import processes
from motcua.catalogue.testing import a_keeper, a_procedure, steps, steps_at_one_desk
from motcua.dossiers import (
    apologies,
    closures,
    correcting,
    holding,
    intake,
    moving,
    opinions,
    posting,
    processing,
    results,
    supplement,
)
from motcua.dossiers.acts import ACTS
from motcua.dossiers.lifecycle import NEXT
from motcua.dossiers.models import (
    SETTLING,
    CodeCounter,
    Dossier,
    ReturnBy,
    State,
)
from motcua.dossiers.testing import ENDED, MONDAY, VIETNAM, OneStop, a_draft, a_one_stop, a_walk_in, keeps_its_rules
from motcua.journal.models import Entry
from motcua.organisations.models import AgencyKind, Level, Unit, UnitKind
from motcua.organisations.testing import a_unit, an_agency
from motcua.refusal import Refusal

pytestmark = pytest.mark.django_db

MORE = int(os.environ.get("MOTCUA_LIVES", "0"))
LIVES = settings(
    max_examples=MORE or 25,
    stateful_step_count=25,
    derandomize=not MORE,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
# Under each rule set, before a long holiday, before a swapped Saturday, and across the day on which the rules change.
BEGINNINGS = (
    MONDAY,
    datetime(2021, 12, 3, 8, 0, tzinfo=VIETNAM),
    datetime(2023, 8, 31, 16, 20, tzinfo=VIETNAM),
    datetime(2025, 4, 24, 21, 0, tzinfo=VIETNAM),
    datetime(2025, 6, 28, 11, 45, tzinfo=VIETNAM),
)


# Who lives there ------------------------------------------------------------------------------------------------------


@dataclass
class Cast:
    """A commune whose process runs beside the police, another commune, and a department that is only asked."""

    office: OneStop
    elsewhere: OneStop
    versions: list[Any]
    units: list[Unit]
    people: list[Person]
    keeper: Person


def a_cast() -> Cast:
    office = a_one_stop()
    elsewhere = a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="1.001194")
    police = an_agency("Công an huyện", level=Level.DISTRICT, kind=AgencyKind.VERTICAL)
    desk = a_unit(police, UnitKind.PROFESSIONAL, "Đội Quản lý hành chính")
    department = an_agency("Sở Tư pháp", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT)
    asked = a_unit(department, UnitKind.PROFESSIONAL, "Phòng Hành chính tư pháp")
    second = a_unit(office.agency, UnitKind.PROFESSIONAL, "Công chức Văn hóa - Xã hội")
    first, examine, sign_, stamp = steps()
    theirs = {"unit_kind": UnitKind.PROFESSIONAL, "agency": police, "stage": 2, "branch": "b", "hours": 1}
    beside = [
        first,
        examine | {"stage": 2, "branch": "a"},
        {"work": "Xác minh", "role": Role.PROCESSING_OFFICER, **theirs},
        {"work": "Trả lời", "role": Role.HEAD_OF_UNIT, **theirs},
        sign_,
        stamp,
    ]
    processes.issue(office.version, [row | {"position": nth} for nth, row in enumerate(beside, start=1)])
    plain = a_procedure("1.001195", name="Chứng thực bản sao", same_day=True)
    at_desk = a_procedure("1.001197", name="Chứng thực chữ ký", same_day=True, process=False)
    processes.issue(at_desk, steps_at_one_desk())
    signed_last = a_procedure("1.001198", name="Cấp bản sao từ sổ gốc", process=False)
    handing = steps_at_one_desk()[2]
    processes.issue(
        signed_last, [row | {"position": nth} for nth, row in enumerate([first, examine, sign_, handing], start=1)]
    )
    endless = a_procedure("1.001196", name="Việc không có thời hạn", term=None, process=False)
    others = [
        an_officer(desk, Role.PROCESSING_OFFICER, "Lê Văn Bình"),
        an_officer(desk, Role.HEAD_OF_UNIT, "Đỗ Thị Chi"),
        an_officer(asked, Role.PROCESSING_OFFICER, "Đặng Thị Hoa"),
        an_officer(second, Role.PROCESSING_OFFICER, "Nông Văn Sơn"),
        an_officer(office.one_stop, Role.DIRECTOR, "Vi Thị Ngân"),
        a_citizen("Người lạ"),
    ]
    own = [office.reception, office.officer, office.head, office.leader, office.clerk, office.citizen]
    away = [elsewhere.reception, elsewhere.officer, elsewhere.leader, elsewhere.clerk]
    return Cast(
        office,
        elsewhere,
        [office.version, plain, endless, at_desk, signed_last],
        [second, asked, desk, office.leaders],
        own + others + away,
        a_keeper(),
    )


# What they may try ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What somebody says with an act; much of it is nothing a step should take."""

    words: str = "Lý do ghi rõ."
    amount: int = 8000
    days: int = 3
    granted: bool = True
    stale: bool = False
    nth: int = 0


SAID = st.builds(
    Told,
    words=st.sampled_from(["Lý do ghi rõ.", "", " "]),
    amount=st.sampled_from([8000, 0, -5]),
    days=st.sampled_from([3, 0, -2, 400]),
    granted=st.booleans(),
    stale=st.booleans(),
    nth=st.integers(0, 5),
)
SOUND_WORDS = Told()
SOUND = st.builds(Told, granted=st.booleans(), nth=st.integers(0, 5), days=st.integers(1, 20))


def on_page(dossier: Dossier, by: Person, told: Told) -> int:
    if told.stale:
        ended = dossier.step_intervals.exclude(ended_at=None).last()
        return ended.pk if ended else 0
    running = processing.running_step(dossier, by)
    return running.pk if running else 0


def give_to_somebody(dossier: Dossier, by: Person, at: datetime, told: Told) -> Dossier:
    interval = holding.step_to_assign(dossier, by) if dossier.state in SETTLING else None
    holder = holding.people_for(interval, at=at).first() if interval else None
    at_step = interval.pk if interval and not told.stale else 0
    return holding.assign(dossier, at_step=at_step, holder=holder or by, by=by, at=at, reason=told.words)


def ask_to_complete(dossier: Dossier, by: Person, at: datetime, told: Told) -> Dossier:
    items = [supplement.Item(told.words)]
    until = at.astimezone(VIETNAM).date() + timedelta(days=told.days)
    return supplement.request(dossier, items=items, reason=told.words, by=by, at=at, answer_by=until)


def sign(step: Callable[..., Dossier], dossier: Dossier, by: Person, at: datetime, told: Told) -> Dossier:
    return step(
        dossier,
        at_step=on_page(dossier, by, told),
        granted=told.granted,
        number=told.words,
        summary=told.words,
        by=by,
        at=at,
    )


def promise_anew(dossier: Dossier, by: Person, at: datetime, told: Told) -> Dossier:
    after = max(dossier.due_at or at, at) + timedelta(days=told.days)
    return apologies.draft(dossier, reason=told.words, renewed_due_at=after, by=by, at=at)


def hand_over(dossier: Dossier, by: Person, at: datetime, told: Told) -> Dossier:
    method = ReturnBy.POST if dossier.at_post else ReturnBy.COUNTER
    return results.hand_over(dossier, method=method, recipient_name=told.words and dossier.owner_name, by=by, at=at)


def hand_on(dossier: Dossier, by: Person, at: datetime, told: Told) -> Dossier:
    by_post = told.nth % 2 and dossier.agency_id != dossier.reception_agency_id
    return processing.hand_to_agency(
        dossier, at_step=on_page(dossier, by, told), by=by, at=at, postal_number="CP 123" if by_post else ""
    )


def give_opinion(dossier: Dossier, by: Person, at: datetime, told: Told) -> Dossier:
    if (opinion := dossier.opinions.order_by("answered_at", "pk").last()) is None:
        raise Refusal
    return opinions.answer(opinion, text=told.words, by=by, at=at)


def wait_no_longer(dossier: Dossier, by: Person, at: datetime, told: Told) -> Dossier:
    if (opinion := dossier.opinions.order_by("answered_at", "pk").last()) is None:
        raise Refusal
    return opinions.waive(opinion, reason=told.words, by=by, at=at)


def draft_in_time(dossier: Dossier, by: Person, at: datetime, told: Told) -> Dossier:
    with transaction.atomic():
        apologies.draft_in_time(dossier, at=at)
    return dossier


Try = Callable[[Dossier, Person, datetime, Told, Cast], Dossier]
TRIES: dict[str, Try] = {
    "accept": lambda d, by, at, told, cast: intake.accept(d, by=by, at=at),
    "refuse": lambda d, by, at, told, cast: intake.refuse(d, reason=told.words, by=by, at=at),
    "hand_to_agency": lambda d, by, at, told, cast: hand_on(d, by, at, told),
    "settle_at_once": lambda d, by, at, told, cast: sign(processing.settle_at_once, d, by, at, told),
    "do_step": lambda d, by, at, told, cast: processing.do_step(d, at_step=on_page(d, by, told), by=by, at=at),
    "return_step": lambda d, by, at, told, cast: processing.return_step(
        d, at_step=on_page(d, by, told), reason=told.words, by=by, at=at
    ),
    "approve": lambda d, by, at, told, cast: sign(processing.approve, d, by, at, told),
    "finish": lambda d, by, at, told, cast: results.finish(d, at_step=on_page(d, by, told), by=by, at=at),
    "hand_over": lambda d, by, at, told, cast: hand_over(d, by, at, told),
    "post_result": lambda d, by, at, told, cast: posting.post_result(d, number=told.words, by=by, at=at),
    "take_back": lambda d, by, at, told, cast: posting.take_back(d, reason=told.words, by=by, at=at),
    "note_arrival": lambda d, by, at, told, cast: processing.note_arrival(d, by=by, at=at),
    "request_supplement": lambda d, by, at, told, cast: ask_to_complete(d, by, at, told),
    "allow_supplement_again": lambda d, by, at, told, cast: supplement.allow_again(d, reason=told.words, by=by, at=at),
    "record_answer": lambda d, by, at, told, cast: supplement.answer(d, by=by, at=at),
    "request_payment": lambda d, by, at, told, cast: processing.request_payment(
        d, amount=told.amount, reason=told.words, by=by, at=at
    ),
    "settle_payment": lambda d, by, at, told, cast: processing.settle_payment(d, receipt_number="01", by=by, at=at),
    "ask_opinion": lambda d, by, at, told, cast: opinions.ask(
        d, unit=cast.units[told.nth % len(cast.units)], question=told.words, days=told.days, by=by, at=at
    ),
    "draft_apology": lambda d, by, at, told, cast: promise_anew(d, by, at, told),
    "sign_apology": lambda d, by, at, told, cast: apologies.sign(d, by=by, at=at),
    "take": lambda d, by, at, told, cast: holding.take(d, at_step=on_page(d, by, told), by=by, at=at),
    "give_back": lambda d, by, at, told, cast: holding.give_back(
        d, at_step=on_page(d, by, told), reason=told.words, by=by, at=at
    ),
    "assign": lambda d, by, at, told, cast: give_to_somebody(d, by, at, told),
    "recall": lambda d, by, at, told, cast: moving.recall(d, reason=told.words, by=by, at=at),
    "transfer": lambda d, by, at, told, cast: moving.transfer(
        d,
        at_step=on_page(d, by, told),
        unit=cast.units[told.nth % len(cast.units)],
        reason=told.words,
        by=by,
        at=at,
    ),
    "send_elsewhere": lambda d, by, at, told, cast: moving.send_elsewhere(
        d, agency=(cast.elsewhere.agency, cast.office.agency)[told.nth % 2], reason=told.words, by=by, at=at
    ),
    "correct": lambda d, by, at, told, cast: correcting.correct(d, reason=told.words, by=by, at=at),
    "withdraw": lambda d, by, at, told, cast: results.withdraw(d, reason=told.words, by=by, at=at),
    "stop": lambda d, by, at, told, cast: processing.stop(d, reason=told.words, by=by, at=at),
    "give_opinion": lambda d, by, at, told, cast: give_opinion(d, by, at, told),
    "waive_opinion": lambda d, by, at, told, cast: wait_no_longer(d, by, at, told),
    "draft_in_time": lambda d, by, at, told, cast: draft_in_time(d, by, at, told),
}
ENDS = ("refuse", "withdraw", "stop")
FORWARD: dict[str, tuple[str, ...]] = {
    State.SUBMITTED: ("accept",),
    State.AWAITING_COMPLETION: ("record_answer",),
    State.ACCEPTED: ("hand_to_agency", "settle_at_once"),
    State.IN_PROGRESS: ("note_arrival", "approve", "finish", "do_step", "hand_to_agency", "settle_at_once"),
    State.AWAITING_APPLICANT: ("record_answer",),
    State.AWAITING_PAYMENT: ("settle_payment",),
    State.READY: ("hand_over",),
}
ASIDE = tuple(name for name in ACTS if name not in {*ENDS, *(name for names in FORWARD.values() for name in names)})
# What a guard lets through may still ask for other words than these people find: another unit, another moment, another day.
CHOOSY = {
    "assign",
    "ask_opinion",
    "transfer",
    "send_elsewhere",
    "sign_apology",
    "refuse",
    "record_answer",
    "draft_apology",
}


def test_every_act_of_the_house_is_tried():
    assert set(ACTS) <= set(TRIES)


# The rules ------------------------------------------------------------------------------------------------------------


TABLES = [
    model._meta.db_table
    for app in ("dossiers", "journal")
    for model in apps.get_app_config(app).get_models()
    if model is not CodeCounter  # numbers may be skipped: taking one is no part of the step
]


def everything() -> list[tuple[str, str]]:
    """A digest of every row that a step could have touched, and of the jobs it would have left."""
    parts = [
        f"SELECT '{table}', coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t"
        for table in (*TABLES, "procrastinate_jobs")
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION ALL '.join(parts)} ORDER BY 1")  # which table is read first is the planner's affair
        return cursor.fetchall()


# The machine ----------------------------------------------------------------------------------------------------------


class Life(RuleBasedStateMachine):
    """One life of one or two dossiers; what it writes is taken back at its end."""

    cast: ClassVar[Cast]

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around._from_testcase = True  # a code is taken in a transaction of its own
        self.around.__enter__()
        self.now = MONDAY
        self.dossiers: list[int] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    @initialize(
        beginning=st.sampled_from(BEGINNINGS), nth=st.integers(0, 4), online=st.booleans(), far=st.integers(0, 9)
    )
    def somebody_comes(self, beginning: datetime, nth: int, online: bool, far: int) -> None:
        self.now = beginning
        self._begin(nth, online, far)

    @precondition(lambda self: len(self.dossiers) < 2)
    @rule(nth=st.integers(0, 4), online=st.booleans(), far=st.integers(0, 9))
    def another_comes(self, nth: int, online: bool, far: int) -> None:
        self._begin(nth, online, far)

    def _begin(self, nth: int, online: bool, far: int) -> None:
        office = self.cast.office
        office.version = self.cast.versions[nth]
        try:
            came = posting.Posted("CP 9", timezone.localdate(self.now) - timedelta(days=far)) if far % 3 == 2 else None
            made = a_draft(office, at=self.now) if online else a_walk_in(office, at=self.now, posted=came)
        except intake.PortalClosed:
            made = a_walk_in(office, at=self.now)
        self.dossiers.append(made.pk)
        self._look_at(made)
        if far and made.state == State.DRAFT:
            self._try(made, lambda: intake.submit(made, by=office.citizen, at=self.now))
        self.it_goes_forward(len(self.dossiers) - 1, far, SOUND_WORDS, 20)

    @rule(minutes=st.one_of(st.integers(1, 600), st.sampled_from([1440, 2880, 4320, 20160]), st.integers(-90, 0)))
    def time_passes(self, minutes: int) -> None:
        """Nights and holidays too; sometimes a machine's clock is set back a little."""
        self.now += timedelta(minutes=minutes)

    @rule(which=st.integers(0, 1), who=st.integers(0, 15))
    def it_is_filed(self, which: int, who: int) -> None:
        dossier = self._dossier(which)
        by = self.cast.office.citizen if who else self.cast.people[-1]
        self._try(dossier, lambda: intake.submit(dossier, by=by, at=self.now))

    @rule(which=st.integers(0, 1), name=st.sampled_from(sorted(TRIES)), who=st.integers(0, 15), told=SAID)
    def anybody_tries_anything(self, which: int, name: str, who: int, told: Told) -> None:
        dossier, by = self._dossier(which), self.cast.people[who % len(self.cast.people)]
        self._try(dossier, lambda: TRIES[name](dossier, by, self.now, told, self.cast), act=name)

    @rule(which=st.integers(0, 1), times=st.integers(1, 4), told=SOUND, later=st.integers(0, 300))
    def it_goes_forward(self, which: int, times: int, told: Told, later: int) -> None:
        """The straight way on, by whoever is offered it."""
        for _ in range(times):
            dossier = self._dossier(which)
            self.now += timedelta(minutes=later)
            if not self._first_that_may(dossier, FORWARD.get(dossier.state, ()), told):
                return

    @rule(which=st.integers(0, 1), names=st.permutations(ASIDE), told=SOUND, later=st.integers(-30, 300))
    def something_happens_besides(self, which: int, names: list[str], told: Told, later: int) -> None:
        self.now += timedelta(minutes=later)
        self._first_that_may(self._dossier(which), names, told)

    def _first_that_may(self, dossier: Dossier, names: Sequence[str], told: Told) -> bool:
        """Somebody does what they may; what a page offers is then done, not refused."""
        for name in names:
            if by := self._who_may(name, dossier):
                done = self._try(
                    dossier, lambda n=name, p=by: TRIES[n](dossier, p, self.now, told, self.cast), act=name
                )
                assert done or name in CHOOSY, f"{name} was offered to {by} and refused"
                return done
        return False

    @rule(which=st.integers(0, 1), name=st.sampled_from(ENDS), told=SOUND)
    def it_ends(self, which: int, name: str, told: Told) -> None:
        dossier = self._dossier(which)
        if by := self._who_may(name, dossier):
            self._try(dossier, lambda: TRIES[name](dossier, by, self.now, told, self.cast), act=name)

    @rule(ahead=st.integers(-3, 6), days=st.integers(1, 3), all_of_them=st.booleans(), back=st.booleans())
    def a_storm_closes(self, ahead: int, days: int, all_of_them: bool, back: bool) -> None:
        """What was promised moves, and back again where the storm went elsewhere; nothing else changes."""
        before = [Dossier.objects.get(pk=pk) for pk in self.dossiers]
        first = timezone.localdate(self.now) + timedelta(days=ahead)
        agency = None if all_of_them else self.cast.office.agency
        by = self.cast.keeper if all_of_them else self.cast.office.leader
        told = {"last": first + timedelta(days=days - 1), "reason": "Bão", "legal_basis": "Công điện 12"}
        try:
            declared = closures.declare(agency, first=first, by=by, at=self.now, **told)
        except Refusal:
            return
        closures.lay_out(declared, at=self.now, batch=1)
        self._closed(before, grown=True)
        if back and ahead > 0:
            declared = closures.take_back(declared, by=by, at=self.now)
            closures.lay_out(declared, at=self.now, batch=1)
            self._closed(before, grown=False)

    def _closed(self, before: list[Dossier], *, grown: bool) -> None:
        for was in before:
            now = Dossier.objects.get(pk=was.pk)
            same = ("state", "code", "first_due_at", "renewed_due_at", "finished_at", "closed_at", "accepted_at")
            assert [getattr(now, name) for name in same] == [getattr(was, name) for name in same]
            if was.due_at is None or was.state not in SETTLING or not grown:
                assert now.due_at == was.due_at
            else:
                assert now.due_at >= was.due_at
            self._look_at(now)

    def _dossier(self, which: int) -> Dossier:
        return Dossier.objects.get(pk=self.dossiers[which % len(self.dossiers)])

    def _who_may(self, name: str, dossier: Dossier) -> Person | None:
        _, can, guard = ACTS[name]
        for person in self.cast.people:
            if person.may(can) or person == self.cast.office.citizen:
                try:
                    guard(dossier, person)
                except Refusal:
                    continue
                return person
        return None

    def _try(self, before: Dossier, step: Callable[[], Dossier], act: str = "") -> bool:
        """Done, or refused and nothing left behind."""
        rows, lines = everything(), Entry.objects.filter(subject=before.subject).count()
        try:
            step()
        except Refusal:
            assert everything() == rows, "a refusal left something behind"
            return False
        after = Dossier.objects.get(pk=before.pk)
        if act != "draft_in_time" and act != "draft_apology":
            # Who signs last brings the result to the desk in the same act, who hands on may send the papers by post.
            told = lines + 1 + (act in ("approve", "settle_at_once") and after.state == State.READY)
            told += act == "hand_to_agency" and after.at_post
            assert Entry.objects.filter(subject=before.subject).count() == told
        self._changed_lawfully(before, after, act)
        self._look_at(after)
        return True

    def _look_at(self, dossier: Dossier) -> None:
        keeps_its_rules(dossier)

    def _changed_lawfully(self, before: Dossier, after: Dossier, act: str) -> None:
        """What one act may change of what was promised."""
        assert after.state == before.state or after.state in NEXT[State(before.state)]
        assert before.code in (None, after.code)
        assert before.submitted_at in (None, after.submitted_at)
        assert before.accepted_at in (None, after.accepted_at)
        if before.accepted_at:
            assert after.first_due_at == before.first_due_at
            assert after.due_at == before.due_at or act in ("record_answer", "settle_payment")
        assert before.renewed_due_at == after.renewed_due_at or (
            act == "sign_apology" and before.renewed_due_at is None
        )
        if before.finished_at and after.finished_at != before.finished_at:
            assert (act, after.finished_at) == ("correct", None)
            assert after.corrected_decisions.last().finished_at == before.finished_at
        assert before.closed_at in (None, after.closed_at)

    @precondition(lambda self: self.dossiers)
    @rule(which=st.integers(0, 1))
    def nobody_holds_what_is_closed(self, which: int) -> None:
        dossier = self._dossier(which)
        if dossier.state in ENDED:
            assert not any(self._who_may(name, dossier) for name in ACTS)


@pytest.mark.long
def test_whatever_people_do_the_life_of_a_dossier_keeps_its_rules():
    Life.cast = a_cast()

    run_state_machine_as_test(Life, settings=LIVES)
