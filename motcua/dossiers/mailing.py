"""Letters to officers: one each morning, and a few at once; they hold codes and no names (thư điện tử nhắc việc)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.organisations.calendars import calendar_of
from motcua.organisations.models import Unit
from motcua.worktime.due import add_working_days

from .models import Notice, NoticeDigest, Telling
from .notices import KINDS, of

MORNING = time(7, 30)
NOON = time(12)
MOST_AT_ONCE = 10  # letters an hour to one person; what comes beyond waits for the morning
MOST_IN_A_DIGEST = 50


def line(notice: Notice) -> str:
    """What it is about, and the address that opens exactly that."""
    what = KINDS[notice.kind].label
    about = f"{what}: {notice.dossier.code}" if notice.dossier else what
    return f"{about}\n  {settings.ADDRESS}{settings.COUNTER_URL}thong-bao/{notice.pk}/"


def _send(person: Person, subject: str, body: str) -> None:
    choices = f"{settings.ADDRESS}{settings.COUNTER_URL}thong-bao/lua-chon/"
    foot = f"Chọn việc nào báo ngay, gộp hay không báo: {choices}"
    send_mail(f"Một Cửa: {subject}", f"{body}\n\n{foot}\n", None, [person.email])


def is_on() -> bool:
    """Whether this installation was told where letters go."""
    return bool(settings.MAIL)


def may_mail(person: Person) -> bool:
    return bool(is_on() and person.email and person.is_active and person.is_officer)


# At once --------------------------------------------------------------------------------------------------------------


def at_once(pk: int, *, at: datetime) -> bool:
    """One letter about one notice, unless it was read or written before, or there were many in the last hour."""
    with transaction.atomic():
        notice = (
            Notice.objects.select_for_update(of=("self",)).select_related("person", "dossier").filter(pk=pk).first()
        )
        if notice is None or notice.mailed_at or notice.read_at or not may_mail(notice.person):
            return False
        if not of(notice.person).filter(pk=pk).exists():
            return False
        # Held by the person: two letters at once would both find one place left.
        Person.objects.select_for_update().get(pk=notice.person_id)
        lately = Notice.objects.filter(
            person=notice.person_id, telling=Telling.AT_ONCE, mailed_at__gt=at - timedelta(hours=1)
        )
        if lately.count() >= MOST_AT_ONCE:
            Notice.objects.filter(pk=pk).update(telling=Telling.DIGEST)
            return False
        Notice.objects.filter(pk=pk).update(mailed_at=at)
    try:
        _send(notice.person, KINDS[notice.kind].label.lower(), line(notice))
    except Exception:
        # Not sent: the queue tries again, and finds it unsent.
        Notice.objects.filter(pk=pk).update(mailed_at=None)
        raise
    return True


# Each morning ---------------------------------------------------------------------------------------------------------


def to_write_to(at: datetime) -> list[int]:
    """Who has something unread and unmailed this morning; nobody before half past seven, after noon, or without mail."""
    here = timezone.localtime(at).time()
    if not is_on() or not MORNING <= here < NOON:
        return []
    written = NoticeDigest.objects.filter(day=timezone.localdate(at)).values("person")
    waiting = Notice.objects.filter(read_at=None, mailed_at=None).exclude(person__in=written)
    people = waiting.filter(person__is_active=True).exclude(person__email="")
    return list(people.order_by("person").values_list("person", flat=True).distinct())


def digest(person: Person, *, at: datetime) -> bool:
    """The one letter of a working day: what is unread and was not written about before."""
    day = timezone.localdate(at)
    if not may_mail(person) or not _works_on(person, day):
        return False
    with transaction.atomic():
        letter, first = NoticeDigest.objects.get_or_create(person=person, day=day, defaults={"sent_at": at})
        waiting = list(_waiting(person).select_for_update(of=("self",)))
        if not first or not waiting:
            return False
        told = [notice.pk for notice in waiting]
        Notice.objects.filter(pk__in=told).update(mailed_at=at)
    try:
        _send(person, f"{len(waiting)} việc cần xem", _body(waiting))
    except Exception:
        Notice.objects.filter(pk__in=told).update(mailed_at=None)
        letter.delete()
        raise
    return True


def _waiting(person: Person) -> QuerySet[Notice]:
    return of(person).filter(read_at=None, mailed_at=None).select_related("dossier").order_by("-id")


def _body(notices: list[Notice]) -> str:
    """The newest under the heads of their kinds, in the order of the kinds; beyond fifty only how many."""
    shown = notices[:MOST_IN_A_DIGEST]
    parts = []
    for kind in KINDS:
        if lines := [line(notice) for notice in shown if notice.kind == kind]:
            parts.append("\n".join(lines))
    if more := len(notices) - len(shown):
        parts.append(f"Và {more} việc nữa: {settings.ADDRESS}{settings.COUNTER_URL}thong-bao/")
    return "\n\n".join(parts)


def _works_on(person: Person, day: date) -> bool:
    """By the calendar of the person's own office."""
    duty = person.duties[0]
    return add_working_days(calendar_of(Unit(pk=duty.unit, agency_id=duty.agency)), day, 0) == day
