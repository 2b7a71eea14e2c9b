"""What happens to a dossier, when and by whom: the same plot is lived on paper and through the steps (diễn biến)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, Protocol

from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.permissions import Role
from motcua.catalogue import cases
from motcua.catalogue.models import ProcessStep
from motcua.dossiers import clock
from motcua.dossiers.models import Apology, Decision, Dossier, Paper, ReturnBy, State
from motcua.worktime.calendar import VIETNAM
from motcua.worktime.due import add_working_days, elapsed

from .. import words
from ..pace import after
from .scene import File, Scene
from .story import Story, choose

# How often something happens, of a hundred dossiers.
REFUSED, ASKED_BEFORE, SILENT = 2.0, 5.0, 8.0
ASKED, CHARGED, WITHDRAWN, GIVEN_BACK, NOT_GRANTED = 6.0, 4.0, 0.8, 3.0, 2.0
APOLOGISED = 60.0  # of those that will be late
# The share of its term a dossier takes, and how often.
PACES = ((0.35, 0.75, 55), (0.75, 0.97, 37), (1.05, 1.6, 6), (1.6, 3.0, 2))
LATE_REASONS = (
    "Phải xác minh thêm ở cơ quan khác, kết quả xác minh đến chậm.",
    "Số hồ sơ trong kỳ tăng nhiều, bộ phận giải quyết chưa kịp xử lý.",
)


class Life(Protocol):
    """Somebody to whom it happens: on paper, or in the database by the steps."""

    story: Story
    dossier: Dossier
    apology: Apology | None
    decision: Decision | None

    @property
    def papers(self) -> Sequence[Paper]: ...
    @property
    def step(self) -> ProcessStep | None: ...
    @property
    def holder(self) -> Person | None: ...

    def draft(self, *, by: Person, at: datetime, saved_at: datetime, facts: dict[str, Any]) -> None: ...
    def submit(self, *, by: Person, at: datetime) -> None: ...
    def receive(self, *, by: Person, at: datetime, facts: dict[str, Any]) -> None: ...
    def accept(self, *, by: Person, at: datetime) -> None: ...
    def refuse(self, *, reason: str, legal_basis: str, by: Person, at: datetime) -> None: ...
    def ask(self, *, nth: int | None, what: str, reason: str, by: Person, at: datetime) -> None: ...
    def answer(self, *, nth: int | None, note: str, by: Person, at: datetime) -> None: ...
    def charge(self, *, amount: int, reason: str, by: Person, at: datetime) -> None: ...
    def pay(self, *, receipt_number: str, by: Person, at: datetime) -> None: ...
    def hand(self, *, note: str, by: Person, at: datetime) -> None: ...
    def do(self, *, note: str, by: Person, at: datetime) -> None: ...
    def give_back(self, *, reason: str, by: Person, at: datetime) -> None: ...
    def approve(
        self, *, granted: bool, number: str, summary: str, file: File | None, by: Person, at: datetime
    ) -> None: ...
    def finish(self, *, by: Person, at: datetime) -> None: ...
    def post(self, *, number: str, by: Person, at: datetime) -> None: ...
    def hand_over(self, *, method: str, name: str, id_number: str, by: Person, at: datetime) -> None: ...
    def draft_apology(self, *, at: datetime) -> None: ...
    def write_apology(self, *, reason: str, until: datetime, by: Person, at: datetime) -> None: ...
    def sign_apology(self, *, by: Person, at: datetime) -> None: ...
    def withdraw(self, *, reason: str, by: Person, at: datetime) -> None: ...
    def stop(self, *, reason: str, by: Person, at: datetime) -> None: ...


class NotYet(Exception):
    """What comes next lies in the future."""


class Plot:
    """One story, told until it ends or until now."""

    def __init__(self, life: Life, scene: Scene, *, now: datetime, hasty: bool = False) -> None:
        """`hasty`: whatever may go fast does."""
        self.life, self.story, self.scene, self.now = life, life.story, scene, now
        story = life.story
        self.random = story.random
        self.calendar = scene.calendar(story.agency)
        self.at = story.at
        self.hasty, self.asked = hasty, False
        least, most, _ = choose_weighted(self.random, PACES)
        self.pace = 0.2 if hasty else least + self.random.random() * (most - least)
        self.finish_at: datetime | None = None
        self.sorry_at: datetime | None = None

    def tell(self) -> bool:
        """Whether the story came to its end before now."""
        try:
            self._enter() and self._settle() and self._return()
        except NotYet:
            return False
        return True

    # Into the office -------------------------------------------------------------------------------------------------

    def _enter(self) -> bool:
        life, story = self.life, self.story
        if story.at > self.now:
            raise NotYet
        if story.account is None:
            life.receive(by=self._desk(), at=self.at, facts=story.facts(self.scene))
            return True
        begun = self.at - timedelta(minutes=12 + int(self.random.random() * 38))
        facts = story.facts(self.scene)
        life.draft(by=story.account, at=begun, saved_at=begun + timedelta(minutes=6), facts=facts)
        life.submit(by=story.account, at=self.at)
        if self._happens(REFUSED):
            self._work(20, 300)
            life.refuse(
                reason=choose(self.random, words.NOT_RECEIVED),
                legal_basis=words.NOT_RECEIVED_BASIS,
                by=self._desk(),
                at=self.at,
            )
            return False
        if self._happens(ASKED_BEFORE) and not self.hasty:
            self._work(20, 300)
            if not self._complete(self._desk()):
                return False
        self._work(15, 430 if self._happens(96) else 900)
        life.accept(by=self._desk(), at=self.at)
        return True

    def _complete(self, by: Person) -> bool:
        """One paper is asked anew; whether it came. Who stays silent is ended when their term is over."""
        life, random, papers = self.life, self.random, self.life.papers
        self.asked = True
        nth = int(random.random() * len(papers)) if papers else None
        reason, wanted = choose(random, words.GIVEN)
        paper = papers[nth].name if nth is not None else "Giấy tờ kèm theo"
        before = life.dossier.state == State.SUBMITTED
        life.ask(nth=nth, what=wanted.format(paper=paper), reason=reason, by=by, at=self.at)
        if self._happens(SILENT):
            self._days(11, 14)
            if before:
                why = "Hết hạn mà hồ sơ chưa được bổ sung."
                life.refuse(reason=why, legal_basis=words.NOT_RECEIVED_BASIS, by=self._desk(), at=self.at)
            else:
                life.stop(reason="Hết hạn mà hồ sơ chưa được bổ sung.", by=self._leader(), at=self.at)
            return False
        self._days(0, 8)
        account = self.story.account
        note = choose(random, words.COMPLETED if account else words.RECORDED)
        life.answer(nth=nth, note=note, by=account or self._desk(), at=self.at)
        return True

    # At the agency ---------------------------------------------------------------------------------------------------

    def _settle(self) -> bool:
        life = self.life
        self._aim()
        self._work(5, 120)
        life.hand(note=choose(self.random, words.NOTES[Role.RECEPTION_OFFICER]), by=self._holder(), at=self.at)
        if self._happens(WITHDRAWN):
            self._work(60, 600)
            life.withdraw(reason=choose(self.random, words.WITHDRAWN), by=self._desk(), at=self.at)
            return False
        if not self._stop_for_the_applicant():
            return False
        gives_back = self._happens(GIVEN_BACK)
        while life.dossier.state == State.IN_PROGRESS:
            step = life.step
            assert step is not None
            self._do_its_part(step)
            if gives_back and step.position >= 3 and life.decision is None:
                gives_back = False
                life.give_back(reason=choose(self.random, words.GIVEN_BACK), by=self._holder(), at=self.at)
            elif step.is_approval:
                self._approve()
            elif not self.scene.beyond(step):
                life.finish(by=self._holder(), at=self.at)
            else:
                note = choose(self.random, words.NOTES[life.dossier.at_role])
                life.do(note=note, by=self._holder(), at=self.at)
        return True

    def _stop_for_the_applicant(self) -> bool:
        life, story = self.life, self.story
        if self._happens(ASKED) and not self.asked and not self.hasty:
            self._work(60, 700)
            if not self._complete(self._holder()):
                return False
            self._aim()
        if self._happens(CHARGED) and not self.hasty:
            self._work(60, 500)
            fees = cases.fees(story.version, case=story.case, channel=life.dossier.channel)
            found = next(((fee.amount, fee.name) for fee in fees if fee.amount), (30_000, "Lệ phí giải quyết"))
            life.charge(amount=found[0], reason=found[1][:300], by=self._holder(), at=self.at)
            self._days(0, 5)
            life.pay(receipt_number=f"BL{self.random.randrange(100_000):05d}", by=self._desk(), at=self.at)
            self._aim()
        return True

    def _approve(self) -> None:
        life, random, code = self.life, self.random, self.story.version.procedure.code
        granted = not self._happens(NOT_GRANTED)
        file = None
        if granted and random.random() < 0.7:
            file = self.scene.paper("Kết quả giải quyết", seed=2)
        sign = words.SIGNS.get(code, words.RESULT) if granted else words.REFUSAL
        life.approve(
            granted=granted,
            number=f"{random.randrange(12, 980)}/{sign}",
            summary="" if granted else choose(random, words.REFUSED_RESULT),
            file=file,
            by=self._holder(),
            at=self.at,
        )

    def _return(self) -> bool:
        """To its recipient: at the counter within days, by post, or by the portal where there is a file."""
        life, dossier, random = self.life, self.life.dossier, self.random
        method = dossier.return_by
        if method == ReturnBy.ONLINE and not (life.decision and life.decision.file_id):
            method = ReturnBy.COUNTER
        self._work(30, 30 + round(2_500 * random.random() ** 3))
        if method == ReturnBy.POST:
            life.post(number=f"CT{random.randrange(1_000_000_000):09d}VN", by=self._desk(), at=self.at)
            self._work(400, 1_500)
        brought = bool(dossier.submitter_name)
        life.hand_over(
            method=method,
            name=dossier.submitter_name if brought else dossier.owner_name,
            id_number=dossier.submitter_id_number if brought else dossier.owner_id_number,
            by=self._desk(),
            at=self.at,
        )
        return True

    # When ------------------------------------------------------------------------------------------------------------

    def _aim(self) -> None:
        """When the result should be there, at the pace of this dossier; late ones are mostly apologised for in time."""
        dossier = self.life.dossier
        due_at = dossier.due_at
        minutes = elapsed(self.calendar, self.at, due_at) if due_at else 2_400
        self.finish_at = after(self.calendar, self.at, max(40, round(minutes * self.pace)))
        self.sorry_at = None
        if due_at and self.pace > 1 and not self.life.apology and self._happens(APOLOGISED):
            warned = clock.warned_from(dossier, self.calendar)
            if warned and warned > self.at:
                self.sorry_at = warned

    def _do_its_part(self, step: ProcessStep) -> None:
        """The time of this step: its part of what is left, by the hours of the steps."""
        assert self.finish_at is not None
        hours, following = float(step.hours or 1), self.scene.beyond(step)
        left = hours
        while following:
            left += float(following[0].hours or 1)
            following = self.scene.beyond(following[0])
        rest = max(0, elapsed(self.calendar, self.at, self.finish_at))
        at = after(self.calendar, self.at, max(5, round(rest * hours / left)))
        if self.sorry_at and self.sorry_at < at:
            self._apologise()
        self._reach(max(at, self.at))

    def _apologise(self) -> None:
        life, dossier = self.life, self.life.dossier
        assert self.sorry_at is not None and self.finish_at is not None and dossier.due_at is not None
        (at, self.sorry_at) = (self.sorry_at, None)
        self._reach(at)
        life.draft_apology(at=self.at)
        self._work(20, 200)
        until = add_working_days(self.calendar, max(self.finish_at, dossier.due_at).astimezone(VIETNAM).date(), 2)
        renewed = timezone.make_aware(datetime.combine(until, time(16, 30)))
        leader = self._leader()
        life.write_apology(reason=choose(self.random, LATE_REASONS), until=renewed, by=leader, at=self.at)
        self._work(20, 300)
        life.sign_apology(by=leader, at=self.at)

    def _work(self, least: int, most: int) -> None:
        """Working minutes later."""
        minutes = least + int(self.random.random() * (most - least))
        self._reach(after(self.calendar, self.at, 6 if self.hasty else minutes))

    def _days(self, least: int, most: int) -> None:
        """Days later, by day or in the evening for those who act from home, else when the desk is open."""
        days = least + int(self.random.random() * (most - least + 1))
        later = self.at + timedelta(days=days, minutes=10 + int(self.random.random() * 200))
        self._reach(later if self.story.account else after(self.calendar, later, 5))

    def _reach(self, at: datetime) -> None:
        if at > self.now:
            raise NotYet
        self.at = at

    def _happens(self, of_hundred: float) -> bool:
        return self.random.random() * 100 < of_hundred

    # By whom ---------------------------------------------------------------------------------------------------------

    def _desk(self) -> Person:
        return choose(self.random, self.scene.desks[self.scene.receiving(self.story.agency)[0].pk])

    def _leader(self) -> Person:
        return choose(self.random, self.scene.leaders[self.story.agency.pk])

    def _holder(self) -> Person:
        dossier = self.life.dossier
        return self.life.holder or choose(self.random, self.scene.officers[dossier.at_unit_id or 0, dossier.at_role])


def choose_weighted(random: Any, among: Sequence[tuple[float, float, int]]) -> tuple[float, float, int]:
    return random.choices(among, [weight for *_, weight in among])[0]
