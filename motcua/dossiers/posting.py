"""What the public post carries for a dossier: filings, papers between offices, results (bưu chính công ích; QĐ 45/2016/QĐ-TTg, one-stop.md §9.2)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.standing_in import own_first
from motcua.catalogue.models import Channel
from motcua.journal.recording import record
from motcua.refusal import Refusal

from . import clock
from .lifecycle import NoReason, NotNow, expect, expect_counter
from .models import ClockOwner, Dossier, PostalItem, State

Carries = PostalItem.Carries
LONGEST = timedelta(days=90)  # between what somebody gave to the post and its reception; more is a slip of the pen


class AtThePost(NotNow):
    """What the act needs is on its way by post (đang ở bưu điện)."""


class NotAtThePost(NotNow):
    message = "Hồ sơ này không có gì đang ở bưu điện."


class NoPostalNumber(Refusal):
    message = "Cần ghi mã bưu gửi in trên phiếu của bưu điện. Chưa có gì được ghi nhận."


class NotThatDay(Refusal):
    message = "Ngày gửi bưu điện phải là ngày đã qua hoặc hôm nay, không quá 90 ngày trước. Xin xem lại dấu bưu điện."


class OfThisHouse(Refusal):
    message = (
        "Bộ phận giải quyết ở ngay cơ quan này nên hồ sơ không đi bưu điện. "
        "Hãy để trống mã bưu gửi rồi chuyển lại; hồ sơ vẫn ở Bộ phận Một cửa."
    )


class Posted(NamedTuple):
    """A filing that came by post: the number on its postal receipt and the day it was given to the post."""

    number: str
    day: date


def on_the_way(dossier: Dossier) -> PostalItem | None:
    """What the post has now; asked of a row only where the dossier says that there is something."""
    return dossier.postal_items.filter(arrived_at=None, came_back_at=None).first() if dossier.at_post else None


def items(dossier: Dossier) -> list[PostalItem]:
    """All that the post ever had of it; not asked for where nothing can have gone by post."""
    between = dossier.agency_id != dossier.reception_agency_id
    if dossier.channel == Channel.POST or between or dossier.state in (State.READY, State.RETURNED):
        return list(dossier.postal_items.all())
    return []


def expect_nothing_on_the_way(dossier: Dossier) -> None:
    if item := on_the_way(dossier):
        what = "Kết quả" if item.carries == Carries.RESULT else "Hồ sơ giấy"
        since = timezone.localtime(item.given_at)
        raise AtThePost(f"{what} đang ở bưu điện từ {since:%H:%M ngày %d/%m/%Y}, mã bưu gửi {item.number}.")


# What a person sent ---------------------------------------------------------------------------------------------------


def given_at(posted: Posted, at: datetime) -> datetime:
    """Since when the post had it; a day that cannot be is refused."""
    if not timedelta(0) <= timezone.localdate(at) - posted.day <= LONGEST:
        raise NotThatDay
    return timezone.make_aware(datetime.combine(posted.day, time.min))


def begin(dossier: Dossier, posted: Posted, *, by: Person, at: datetime) -> None:
    """The dossier's time begins with the post's; its term begins when the office accepts it (§9.2 khoản 2, 3). Called by reception."""
    PostalItem.objects.create(
        dossier=dossier,
        carries=Carries.FILING,
        number=_number(posted.number),
        given_at=given_at(posted, at),
        arrived_at=at,
        noted_by=by,
    )
    clock.start(dossier, ClockOwner.POST, given_at(posted, at))


# Papers between offices -----------------------------------------------------------------------------------------------


def send_papers(dossier: Dossier, number: str, *, by: Person, at: datetime) -> None:
    """The papers go by post to who settles; until they are there the time is the post's (§9.2 khoản 7). Called by the step that hands on."""
    _give(dossier, Carries.PAPERS, number, by=by, at=at)


# The result -----------------------------------------------------------------------------------------------------------


@own_first
def may_post_result(dossier: Dossier, by: Person) -> None:
    expect(dossier, State.READY)
    expect_counter(dossier, by)
    expect_nothing_on_the_way(dossier)


@transaction.atomic
def post_result(dossier: Dossier, *, number: str, by: Person, at: datetime) -> Dossier:
    """Give the result to the post; it is handed over when the post says that it was delivered, until then it is only ready (§9.2 khoản 4)."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_post_result(dossier, by)
    item = _give(dossier, Carries.RESULT, number, by=by, at=at)
    record("dossier.result_posted", about=dossier, by=by, at=at, item=item.pk)
    return dossier


@own_first
def may_take_back(dossier: Dossier, by: Person) -> None:
    expect(dossier, State.READY)
    expect_counter(dossier, by)
    if not dossier.at_post:
        raise NotAtThePost


@transaction.atomic
def take_back(dossier: Dossier, *, reason: str, by: Person, at: datetime) -> Dossier:
    """The post could not deliver and brought the result back: it waits at the desk again, or is sent once more (bưu điện chuyển hoàn)."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_take_back(dossier, by)
    if not reason.strip():
        raise NoReason("Cần ghi vì sao bưu điện không phát được.")
    item = call_back(dossier, why=reason, by=by, at=at)
    record("dossier.result_came_back", about=dossier, by=by, at=at, item=item.pk)
    return dossier


# What is common -------------------------------------------------------------------------------------------------------


def arrive(dossier: Dossier, *, by: Person, at: datetime) -> PostalItem:
    """What was on its way is where it was to go. Called by the step that notes it."""
    item = on_the_way(dossier)
    if item is None:
        raise NotAtThePost
    arrived(item, dossier, by=by, at=at)
    item.save(update_fields=["arrived_at", "noted_by"])
    dossier.save(update_fields=["at_post"])
    return item


def arrived(item: PostalItem, dossier: Dossier, *, by: Person, at: datetime) -> None:
    item.arrived_at, item.noted_by = max(at, item.given_at), by
    dossier.at_post = False


def call_back(dossier: Dossier, *, why: str, by: Person, at: datetime) -> PostalItem:
    """What did not arrive, or need not any more, because the dossier ended on the way. Called by the step that knows why."""
    item = on_the_way(dossier)
    assert item is not None  # the dossier says that something is on the way
    item.came_back_at, item.came_back_why, item.noted_by = max(at, item.given_at), why.strip()[:300], by
    item.save(update_fields=["came_back_at", "came_back_why", "noted_by"])
    _nothing_there(dossier)
    return item


def _give(dossier: Dossier, carries: str, number: str, *, by: Person, at: datetime) -> PostalItem:
    item = given(dossier, carries, number, by=by, at=at)
    item.save()
    dossier.save(update_fields=["at_post"])
    return item


def given(dossier: Dossier, carries: str, number: str, *, by: Person, at: datetime) -> PostalItem:
    """What the post has from now on, under the number it gave."""
    dossier.at_post = True
    return PostalItem(dossier=dossier, carries=carries, number=_number(number), given_by=by, given_at=at)


def _nothing_there(dossier: Dossier) -> None:
    dossier.at_post = False
    dossier.save(update_fields=["at_post"])


def _number(told: str) -> str:
    number = "".join(told.split()).upper()
    if not number:
        raise NoPostalNumber
    return number[:40]
