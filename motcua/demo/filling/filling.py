"""Any number of dossiers into a demonstration, the same for the same seed, by as many hands as there are cores (nạp hồ sơ)."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, connections, models
from django.utils import timezone

from motcua.dossiers import codes
from motcua.dossiers.models import CodeCounter, Dossier
from motcua.organisations.models import Agency
from motcua.refusal import Refusal

from ..accounts import expect_demonstration
from ..loading import SINCE
from . import writing
from .on_paper import TABLES, OnPaper
from .plot import Life, Plot
from .scene import Scene
from .story import Beginning, Days, Story, agency_of, begin, name_of

PROCEDURES = 400
ROWS = 40  # of one table a dossier has at most
BATCH = 500
OPEN_SINCE = timedelta(days=75)
PATIENCE = 12  # beginnings tried for a dossier that should be open, or over, now
A_DAY = timedelta(days=1)

Tell = Callable[[str], Any]


class NothingToFill(Refusal):
    message = "Cơ sở dữ liệu chưa có dữ liệu trình diễn (thủ tục, cơ quan, cán bộ). Hãy chạy ./run demo trước; chưa có gì được ghi."


class FilledBefore(Refusal):
    message = "Đã nạp hồ sơ với --seed này rồi; hãy chọn số khác. Chưa có gì được ghi."


class TooMany(Refusal):
    """More rows of one table than a dossier has room for."""


@dataclass(frozen=True)
class Order:
    """How many, how many of them open, from which seed, as of when."""

    past: int
    open: int
    seed: int
    now: datetime

    @property
    def all(self) -> int:
        return self.past + self.open


def fill(order: Order, *, hands: int = 1, tell: Tell = lambda line: None) -> int:
    """Write the dossiers; what is written stays whole where it is cut off. Returns how many."""
    expect_demonstration()
    began = time.monotonic()
    scene = Scene(SINCE + A_DAY, procedures=PROCEDURES)
    if not scene.offerings:
        raise NothingToFill
    expect_new(scene, order)
    scene.settle(order.all // 8, now=order.now)
    numbers = {table: writing.reserve(table, room(table) * order.all) for table in TABLES if has_number(table)}
    shares = shared_out(scene, order, hands)
    tell(f"{len(scene.offerings)} thủ tục; chuẩn bị trong {time.monotonic() - began:.0f} giây")
    ours = [Hand(scene, order, numbers, share) for share in shares]
    if hands == 1:
        return ours[0].work(tell)
    connections.close_all()  # each hand has its own
    many = multiprocessing.get_context("fork")
    working = [many.Process(target=_work, args=(hand, tell)) for hand in ours]
    for one in working:
        one.start()
    for one in working:
        one.join()
    if failed := [one.exitcode for one in working if one.exitcode]:
        raise RuntimeError(f"{len(failed)} of {hands} hands failed")
    return order.all


def expect_new(scene: Scene, order: Order) -> None:
    """The same seed makes the same dossiers, so it fills a database once."""
    if Dossier.objects.filter(public_id=name_of(agency_of(scene, order.seed, 0)[0])).exists():
        raise FilledBefore


def _work(hand: Hand, tell: Tell) -> None:
    hand.work(tell)


def has_number(table: type[models.Model]) -> bool:
    return table._meta.pk is not None and table._meta.pk.name == "id"


def room(table: type[models.Model]) -> int:
    return 1 if table is Dossier else ROWS


def shared_out(scene: Scene, order: Order, hands: int) -> list[frozenset[int]]:
    """Agencies, to one hand each: the numbers of an agency's day are given by one hand, whoever else works."""
    sample = Counter(agency_of(scene, order.seed, serial)[2].pk for serial in range(min(order.all, 20_000)))
    loads = [0] * hands
    shares: list[set[int]] = [set() for _ in range(hands)]
    agencies = {agency.pk for offering in scene.offerings for agency in offering.agencies}
    for agency in sorted(agencies, key=lambda pk: (-sample[pk], pk)):
        least = loads.index(min(loads))
        shares[least].add(agency)
        loads[least] += sample[agency] + 1
    return [frozenset(share) for share in shares]


class Hand:
    """Lives through the dossiers of some agencies, and writes them."""

    def __init__(
        self, scene: Scene, order: Order, numbers: dict[type[models.Model], int], agencies: frozenset[int]
    ) -> None:
        self.scene, self.order, self.numbers, self.agencies = scene, order, numbers, agencies
        last = CodeCounter.objects.filter(agency__in=agencies).values_list("agency_id", "day", "last")
        self.codes: dict[tuple[int, date], int] = {(agency, day): number for agency, day, number in last}
        self.fresh: dict[tuple[int, date], int] = {}

    def work(self, tell: Tell = lambda line: None) -> int:
        began, done, batch = time.monotonic(), 0, []
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SET synchronous_commit = off")  # a crash may lose the last of them
        for life in self.lives():
            batch.append(life)
            if len(batch) == BATCH:
                self._write(batch)
                done, batch = done + BATCH, []
                if done % (BATCH * 20) == 0:
                    tell(f"  {done} hồ sơ, {done / (time.monotonic() - began):.0f} hồ sơ/giây")
        self._write(batch)
        return done + len(batch)

    def _write(self, batch: list[OnPaper]) -> None:
        writing.write(batch, self.fresh)
        self.fresh = {}

    def lives(self) -> Iterator[OnPaper]:
        """In the order in which they come: those that are over, then those that are open now."""
        order, now = self.order, self.order.now
        yesterday = timezone.localdate(now) - A_DAY
        past = Days(self.scene.since, yesterday, most=max(order.past, 1), growth=0.15)
        late = Days(timezone.localdate(now - OPEN_SINCE), yesterday, most=max(order.open, 1), growth=12)
        for serial in range(order.all):
            chosen = agency_of(self.scene, order.seed, serial)
            if chosen[2].pk not in self.agencies:
                continue
            is_open = serial >= order.past
            day, share = late.moment(serial - order.past) if is_open else past.moment(serial)
            yield self._lived(serial, day, share, is_open=is_open)

    def _lived(self, serial: int, day: date, share: float, *, is_open: bool) -> OnPaper:
        """Once more from another beginning where it is over though it should be open, or the other way round."""
        life = self._try(Beginning(serial, day, share, 0, hasty=False))
        today = timezone.localdate(self.order.now)
        for attempt in range(1, PATIENCE):
            if life and life.dossier.is_open() == is_open:
                break
            if is_open:
                day, share = day + (today - day) // 2, (1 + share) / 2
                day = min(day, today - A_DAY)
            else:
                day = max(self.scene.since, day - A_DAY * 9 * attempt)
            hasty = not is_open and attempt > 2
            life = self._try(Beginning(serial, day, share, attempt, hasty)) or life
        assert life is not None
        self.codes |= life.taken
        self.fresh |= life.taken
        return life

    def _try(self, begun: Beginning) -> Lived | None:
        life = Lived(self, begun)
        self.plot(life, begun).tell()
        return life if life.taken else None

    def story(self, begun: Beginning) -> Story:
        """The same whenever it is asked for."""
        chosen = agency_of(self.scene, self.order.seed, begun.serial)
        return begin(self.scene, chosen, begun)

    def plot(self, life: Life, begun: Beginning) -> Plot:
        return Plot(life, self.scene, now=self.order.now, hasty=begun.hasty)


class Lived(OnPaper):
    """On paper, with the numbers that are its own."""

    def __init__(self, hand: Hand, begun: Beginning) -> None:
        self.of, self.begun = hand, begun
        self.given: Counter[type[models.Model]] = Counter()
        self.taken: dict[tuple[int, date], int] = {}
        super().__init__(hand.scene, hand.story(begun), number=self._next, take_code=self._code)

    def _next(self, table: type[models.Model]) -> int:
        self.given[table] += 1
        if self.given[table] > room(table):
            raise TooMany(table.__name__)
        return self.of.numbers[table] + self.begun.serial * room(table) + self.given[table]

    def _code(self, agency: Agency, at: datetime, pattern: str) -> str:
        day = timezone.localdate(at)
        number = self.of.codes.get((agency.pk, day), 0) + 1
        self.taken[agency.pk, day] = number
        return codes.compose(agency, day, number, pattern)


def hands() -> int:
    return len(os.sched_getaffinity(0))
