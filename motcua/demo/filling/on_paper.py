"""A dossier lived through on paper: the acts of the steps without a database, by the same rules (sống một vòng đời).

Each act here does what the step of that name keeps (`intake.submit`, `processing.do_step` …): what it computes comes from the
functions the steps call, and where the way leads from the table of states. Guards are not asked here, since a plot lets only those
act who may; that both leave the same rows, and that the steps let these acts through, is what the tests of this package ask.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import models
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.catalogue.models import Channel, ProcessStep
from motcua.dossiers import clock, durations, intake, lifecycle, papers, posting, processing, slips, supplement, tallies
from motcua.dossiers.models import (
    Apology,
    ClockInterval,
    ClockOwner,
    Decision,
    Dossier,
    DueDateMove,
    Duration,
    Ending,
    HandOver,
    Outcome,
    Paper,
    PaperFile,
    PaymentRequest,
    PostalItem,
    ReturnBy,
    Slip,
    SlipKind,
    State,
    StepInterval,
    SupplementItem,
    SupplementMode,
    SupplementRequest,
    Tallied,
)
from motcua.files.naming import clean_name
from motcua.journal.models import Entry
from motcua.journal.recording import digest
from motcua.organisations.models import Agency

from .scene import File, Scene
from .story import Story

Row = TypeVar("Row", bound=models.Model)
# In the order in which rows need each other.
TABLES: tuple[type[models.Model], ...] = (
    Dossier,
    Entry,
    Tallied,
    ClockInterval,
    StepInterval,
    Paper,
    PaperFile,
    SupplementRequest,
    SupplementItem,
    DueDateMove,
    PaymentRequest,
    PostalItem,
    Decision,
    HandOver,
    Ending,
    Slip,
    Apology,
    Duration,
)
Numbers = Callable[[type[models.Model]], int]
TakeCode = Callable[[Agency, datetime, str], str]


class OnPaper:
    """One dossier and all its rows; `number` gives each row its own, `take_code` the dossier its code."""

    def __init__(self, scene: Scene, story: Story, *, number: Numbers, take_code: TakeCode) -> None:
        self.scene, self.story, self._number, self._take_code = scene, story, number, take_code
        self.rows: dict[type[models.Model], list[Any]] = {table: [] for table in TABLES}
        self.dossier: Dossier
        self.running: ClockInterval | None = None
        self.interval: StepInterval | None = None
        self.asked: SupplementRequest | None = None
        self.owed: PaymentRequest | None = None
        self.posted: PostalItem | None = None
        self.apology: Apology | None = None
        self.decision: Decision | None = None

    @property
    def step(self) -> ProcessStep | None:
        return self.interval.step if self.interval else None

    @property
    def holder(self) -> Person | None:
        return self.scene.people[self.dossier.holder_id] if self.dossier.holder_id else None

    # Into the office -------------------------------------------------------------------------------------------------

    def draft(self, *, by: Person, at: datetime, saved_at: datetime, facts: dict[str, Any]) -> None:
        """What was typed and photographed (intake.begin, choose_case, save; papers.add, bring_later)."""
        story = self.story
        self._made(Channel.ONLINE, account=by, at=at)
        self.dossier.saved_at = saved_at
        for name, value in facts.items():
            setattr(self.dossier, name, value)
        for paper in papers.lines(self.dossier, self.scene.asked(story.version, story.case), {}):
            self._keep(paper)
            if paper.component in story.photographed:
                self._file(paper, self.scene.paper(paper.name), by=by, at=saved_at, position=1)
            elif paper.component and paper.component.may_bring_later:
                paper.bring_later = True
        self._tell("dossier.drafted", by=by, at=at)

    def submit(self, *, by: Person, at: datetime) -> None:
        dossier = self.dossier
        in_force = self.scene.rules_on(intake.today(at))
        dossier.code = self._take_code(dossier.agency, at, in_force.code_pattern)
        dossier.rule_set, dossier.submitted_at = in_force, at
        intake.wait_at(dossier, self.scene.receiving(dossier.agency)[1])
        intake.describe(dossier)
        self._answer_is_due(at)
        lifecycle.change(dossier, State.SUBMITTED)
        self._time_of(ClockOwner.AGENCY, at, dossier.reception_agency)
        self._tell("dossier.submitted", by=by, at=at, code=dossier.code)

    def receive(self, *, by: Person, at: datetime, facts: dict[str, Any]) -> None:
        """At the counter: accepted as it is made (intake.enter, receive_entered)."""
        story = self.story
        in_force = self.scene.rules_on(intake.today(at))
        self._made(Channel.DIRECT, account=None, at=at)
        dossier = self.dossier
        dossier.rule_set = in_force
        for name, value in facts.items():
            setattr(dossier, name, value)
        intake.wait_at(dossier, self.scene.receiving(dossier.agency)[1])
        dossier.code = self._take_code(dossier.agency, at, in_force.code_pattern)
        intake.describe(dossier)
        dossier.submitted_at = at
        self._accept(by=by, at=at)
        for position, one in enumerate(story.brought(self.scene), start=1):
            paper = self._keep(papers.brought_line(dossier, position, one))
            for file in one.files:
                self._file(paper, file, by=by, at=at)

    def accept(self, *, by: Person, at: datetime) -> None:
        self._accept(by=by, at=at)

    def _accept(self, *, by: Person, at: datetime) -> None:
        dossier, version = self.dossier, self.story.version
        dossier.process = self.scene.process(version, dossier.channel, dossier.case)
        intake.promise(dossier, clock.settlement_due(dossier, at, self._calendar), by=by, at=at)
        self._enter(self.scene.first_step(dossier.process), at)
        self._issue(SlipKind.RECEIPT, by=by, at=at)
        self._tell("dossier.accepted", by=by, at=at, code=dossier.code, channel=dossier.channel)

    def refuse(self, *, reason: str, legal_basis: str, by: Person, at: datetime) -> None:
        self.dossier.closed_at = self._no_time(at)
        lifecycle.change(self.dossier, State.REFUSED)
        self._end(State.REFUSED, reason, legal_basis, by=by, at=at)
        self._issue(SlipKind.REFUSAL, by=by, at=at)
        self._tell("dossier.refused", by=by, at=at)

    # Asking the applicant --------------------------------------------------------------------------------------------

    def ask(self, *, nth: int | None, what: str, reason: str, by: Person, at: datetime) -> None:
        """For one of the papers anew, or where there is none for something in words (supplement.request)."""
        dossier = self.dossier
        assert dossier.rule_set is not None
        before = dossier.state == State.SUBMITTED
        lifecycle.change(dossier, supplement.waiting_state(before))
        self._time_of(ClockOwner.APPLICANT, at)
        self.asked = self._keep(
            SupplementRequest(
                dossier_id=dossier.pk,
                before_acceptance=before,
                reason=reason,
                requested_by_id=by.pk,
                requested_at=at,
                answer_by=supplement.last_day(dossier.rule_set, at),
            )
        )
        self._keep(SupplementItem(request_id=self.asked.pk, paper=self._paper(nth), what=what))
        self._issue(SlipKind.SUPPLEMENT, by=by, at=at)
        self._tell("dossier.supplement_requested", by=by, at=at, request=self.asked.pk, items=1)

    def answer(self, *, nth: int | None, note: str, by: Person, at: datetime) -> None:
        """With that paper anew (papers.add, supplement.answer)."""
        dossier, asked = self.dossier, self.asked
        assert asked is not None and dossier.rule_set is not None
        if paper := self._paper(nth):
            there = [file.position for file in self.rows[PaperFile] if file.paper_id == paper.pk]
            paper.bring_later = False
            dossier.saved_at = at
            file = self.scene.paper(paper.name, seed=1)
            self._file(paper, file, by=by, at=at, position=max(there, default=0) + 1)
        asked.answered_at, asked.answer_note, self.asked = at, note, None
        if asked.before_acceptance:
            self._answer_is_due(at)
            lifecycle.change(dossier, State.SUBMITTED)
            self._time_of(ClockOwner.AGENCY, at, dossier.reception_agency)
        else:
            self._go_on(asked.requested_at, at, dossier.rule_set.supplement_mode, "Đã bổ sung, hoàn thiện hồ sơ")
        self._tell("dossier.supplement_answered", by=by, at=at, request=asked.pk)

    def charge(self, *, amount: int, reason: str, by: Person, at: datetime) -> None:
        lifecycle.change(self.dossier, State.AWAITING_PAYMENT)
        self._time_of(ClockOwner.APPLICANT, at)
        self.owed = self._keep(
            PaymentRequest(
                dossier_id=self.dossier.pk, amount=amount, reason=reason, requested_by_id=by.pk, requested_at=at
            )
        )
        self._tell("dossier.payment_requested", by=by, at=at, amount=amount)

    def pay(self, *, receipt_number: str, by: Person, at: datetime) -> None:
        owed, self.owed = self.owed, None
        assert owed is not None
        owed.paid_at, owed.receipt_number = at, receipt_number
        self._go_on(owed.requested_at, at, SupplementMode.PAUSE, "Đã thực hiện nghĩa vụ tài chính")
        self._tell("dossier.payment_settled", by=by, at=at)

    def _go_on(self, since: datetime, at: datetime, mode: str, reason: str) -> None:
        dossier, interval = self.dossier, self.interval
        assert interval is not None
        if dossier.due_at is not None:
            after = clock.resumed(dossier, since=since, at=at, mode=mode, calendar=self._calendar)
            if move := clock.moved(dossier, after, reason=reason, at=at):
                self._keep(move)
        lifecycle.change(dossier, processing.state_after_waiting([interval], self._was_handed))
        self._stand(at)
        processing.counted_anew(interval, at, self.scene.calendar(interval.unit))

    # At the agency ---------------------------------------------------------------------------------------------------

    def hand(self, *, note: str, by: Person, at: datetime) -> None:
        following = self._end_step(Outcome.DONE, by=by, at=at, note=note)
        if self.dossier.state == State.ACCEPTED:
            lifecycle.change(self.dossier, State.IN_PROGRESS)
        self._enter(following[0], at)
        self._tell("dossier.handed_to_agency", by=by, at=at, step=following[0].pk, unit=self.dossier.at_unit_id)

    def do(self, *, note: str, by: Person, at: datetime) -> None:
        step = self._of_step()
        self._enter(self._end_step(Outcome.DONE, by=by, at=at, note=note)[0], at)
        self._tell("dossier.step_done", by=by, at=at, **step)

    def give_back(self, *, reason: str, by: Person, at: datetime) -> None:
        """To whoever did the step before (processing.return_step, enter_before)."""
        step, interval = self._of_step(), self.interval
        assert interval is not None
        before = self.scene.step_before(self.dossier, interval.step)
        self._end_step(Outcome.RETURNED, by=by, at=at, note=reason)
        done = [one for one in self.rows[StepInterval] if one.step_id == before.pk and one.outcome == Outcome.DONE]
        self._enter(before, at, unit=done[-1].unit, holder=processing.who_did(done[-1]))
        self._tell("dossier.step_returned", by=by, at=at, **step)

    def approve(self, *, granted: bool, number: str, summary: str, file: File | None, by: Person, at: datetime) -> None:
        step = self._of_step()
        self.decision = self._keep(
            Decision(
                dossier_id=self.dossier.pk,
                granted=granted,
                number=number,
                summary=summary,
                decided_by_id=by.pk,
                decided_at=at,
                file_id=file[0].pk if file else None,
                file_name=clean_name(file[1]) if file else "",
            )
        )
        following = self._end_step(Outcome.APPROVED, by=by, at=at)
        self._tell("dossier.approved", by=by, at=at, granted=granted, **step)
        if following:
            self._enter(following[0], at)
        else:
            self._bring_back(by=by, at=at, **step)

    def finish(self, *, by: Person, at: datetime) -> None:
        step = self._of_step()
        self._end_step(Outcome.DONE, by=by, at=at)
        self._bring_back(by=by, at=at, **step)

    def _bring_back(self, *, by: Person, at: datetime, **step: int) -> None:
        dossier = self.dossier
        processing.finished(dossier, self._no_time(at), self.scene.receiving(dossier.agency)[1])
        self._tell("dossier.finished", by=by, at=at, **step)
        assert dossier.accepted_at is not None and dossier.finished_at is not None
        minutes = durations.minutes_of_offices(
            self._calendar, self.rows[ClockInterval], dossier.accepted_at, dossier.finished_at
        )
        self.rows[Duration].append(Duration(dossier_id=dossier.pk, **durations.facts(dossier, minutes)))

    def post(self, *, number: str, by: Person, at: datetime) -> None:
        self.posted = self._keep(posting.given(self.dossier, posting.Carries.RESULT, number, by=by, at=at))
        self._tell("dossier.result_posted", by=by, at=at, item=self.posted.pk)

    def hand_over(self, *, method: str, name: str, id_number: str, by: Person, at: datetime) -> None:
        if self.posted:
            posting.arrived(self.posted, self.dossier, by=by, at=at)
        self._keep(
            HandOver(
                dossier_id=self.dossier.pk,
                by_id=by.pk,
                at=at,
                method=ReturnBy(method),
                recipient_name=name,
                recipient_id_number=id_number,
            )
        )
        self.dossier.closed_at = at
        lifecycle.change(self.dossier, State.RETURNED)
        self._tell("dossier.returned", by=by, at=at, method=method)

    # Sorry, and ends without a result --------------------------------------------------------------------------------

    def draft_apology(self, *, at: datetime) -> None:
        """Laid out by the watchdog at the warning time (apologies.draft_in_time)."""
        assert self.dossier.due_at is not None
        self.apology = self._keep(Apology(dossier_id=self.dossier.pk, due_before=self.dossier.due_at, drafted_at=at))
        self._tell("dossier.apology_drafted", by=None, at=at)

    def write_apology(self, *, reason: str, until: datetime, by: Person, at: datetime) -> None:
        assert self.apology is not None
        self.apology.reason, self.apology.renewed_due_at, self.apology.drafted_by = reason, until, by
        self._tell("dossier.apology_written", by=by, at=at)

    def sign_apology(self, *, by: Person, at: datetime) -> None:
        assert self.apology is not None
        slip = self._issue(SlipKind.APOLOGY, by=by, at=at)
        self.apology.signed_by, self.apology.signed_at, self.apology.slip = by, at, slip
        self.dossier.renewed_due_at = self.apology.renewed_due_at
        self._tell("dossier.apologised", by=by, at=at, slip=slip.pk)

    def withdraw(self, *, reason: str, by: Person, at: datetime) -> None:
        self._break_off(State.WITHDRAWN, reason, by=by, at=at)
        self._tell("dossier.withdrawn", by=by, at=at)

    def stop(self, *, reason: str, by: Person, at: datetime) -> None:
        self._break_off(State.STOPPED, reason, by=by, at=at)
        if SlipKind.STOP in self.scene.forms_on(timezone.localdate(at)).slips:
            self._issue(SlipKind.STOP, by=by, at=at)
        self._tell("dossier.stopped", by=by, at=at)

    def _break_off(self, to: State, reason: str, *, by: Person, at: datetime) -> None:
        if self.interval:
            processing.ended(self.interval, Outcome.BROKEN_OFF, by=by, at=at)
            self.interval = None
        processing.broken_off(self.dossier, to, self._no_time(at))
        self._end(to, reason, "", by=by, at=at)

    # What is common --------------------------------------------------------------------------------------------------

    @property
    def papers(self) -> list[Paper]:
        return self.rows[Paper]

    def _paper(self, nth: int | None) -> Paper | None:
        return None if nth is None else self.papers[nth]

    @property
    def _calendar(self):
        return self.scene.calendar(self.dossier.agency)

    def _keep(self, row: Row) -> Row:
        row.pk = self._number(type(row))
        self.rows[type(row)].append(row)
        return row

    def _made(self, channel: Channel, *, account: Person | None, at: datetime) -> None:
        story = self.story
        self.dossier = Dossier(
            pk=self._number(Dossier),
            public_id=story.public_id,
            case=story.case,
            procedure_version=story.version,
            channel=channel,
            agency=story.agency,
            reception_agency=self.scene.receiving(story.agency)[0],
            account=account,
            created_at=at,
            saved_at=at,
        )
        self.rows[Dossier].append(self.dossier)

    def _file(self, paper: Paper, file: File, *, by: Person, at: datetime, position: int = 0) -> None:
        stored, name = file
        self._keep(
            PaperFile(
                paper_id=paper.pk,
                file_id=stored.pk,
                name=clean_name(name),
                added_at=at,
                added_by_id=by.pk,
                position=position,
            )
        )

    def _answer_is_due(self, at: datetime) -> None:
        calendar = self.scene.calendar(self.dossier.reception_agency)
        self.dossier.reception_due_at = clock.reception_due(self.dossier, at, calendar)

    def _time_of(self, owner: ClockOwner, at: datetime, agency: Agency | None = None) -> None:
        if begun := clock.turn(self.running, self.dossier, owner, at, agency):
            self.running = self._keep(begun)

    def _no_time(self, at: datetime) -> datetime:
        running, self.running = self.running, None
        return clock.end(running, at) if running else at

    def _enter(self, step: ProcessStep, at: datetime, *, unit: Any = None, holder: int | None = None) -> None:
        unit = unit or self.scene.unit_of(step, self.dossier, at)
        before = None
        if step.shares_time:
            earlier = (one for one in reversed(self.rows[StepInterval]) if one.step.position < step.position)
            before = next(earlier, None)
        due_at = processing.due_of(step, before, at, lambda: self.scene.calendar(unit))
        self.interval = self._keep(
            StepInterval(
                dossier_id=self.dossier.pk, step=step, unit=unit, started_at=at, due_at=due_at, holder_id=holder
            )
        )
        self._stand(at)

    def _stand(self, at: datetime) -> None:
        assert self.interval is not None
        processing.stand_at(self.dossier, self.interval)
        self._time_of(ClockOwner.AGENCY, at, self.interval.unit.agency)

    def _end_step(self, outcome: Outcome, *, by: Person, at: datetime, note: str = "") -> Sequence[ProcessStep]:
        """What begins when it has ended; nothing where it was the last."""
        interval, self.interval = self.interval, None
        assert interval is not None
        processing.ended(interval, outcome, by=by, at=at, note=note)
        return self.scene.beyond(interval.step)

    def _of_step(self) -> dict[str, int]:
        assert self.interval is not None
        return {"step": self.interval.step_id, "unit": self.interval.unit_id}

    def _was_handed(self) -> bool:
        return any(one.step.position > 1 for one in self.rows[StepInterval])

    def _issue(self, kind: SlipKind, *, by: Person, at: datetime) -> Slip:
        form_set = self.scene.forms_on(timezone.localdate(at))
        return self._keep(slips.filled(self.dossier, kind, form_set, by=by, at=at))

    def _end(self, state: State, reason: str, legal_basis: str, *, by: Person, at: datetime) -> None:
        self._keep(
            Ending(dossier_id=self.dossier.pk, state=state, reason=reason, legal_basis=legal_basis, by_id=by.pk, at=at)
        )

    def _tell(self, event: str, *, by: Person | None, at: datetime, **facts: Any) -> None:
        told = self.rows[Entry]
        entry = self._keep(
            Entry(
                subject=self.dossier.subject,
                number=len(told) + 1,
                event=event,
                at=at,
                actor_id=by.pk if by else None,
                facts=facts,
                previous_hash=told[-1].hash if told else "",
            )
        )
        entry.hash = digest(entry)
        if event in tallies.COUNTED:
            self.rows[Tallied].append(Tallied(entry_id=entry.pk))
