"""Drafts nobody has saved for long: told of twice, thrown away with notice, kept by one tap (bản nháp bị bỏ quên).

No law sets these days; they are this house's own. A count begins with the last saving; each day is counted from the reminder
before it, so that a draft is never thrown away without both, however late the worker was.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.dossiers import informing
from motcua.dossiers.lifecycle import expect, refuse_now
from motcua.dossiers.models import Dossier, State
from motcua.messaging import sending
from motcua.messaging.models import Purpose

from .models import DraftReminder, ForgottenDraft

REMINDED_AFTER = (timedelta(days=7), timedelta(days=23))
REMOVED_AFTER = timedelta(days=30)
TOLD_FOR = timedelta(days=30)  # that it was thrown away stands in the list
BATCH = 500


def work(at: datetime) -> None:
    """What is due today, each draft in a transaction of its own; done twice it does nothing more."""
    for pk in _due(at).values_list("pk", flat=True)[:BATCH]:
        _look_after(pk, at)
    ForgottenDraft.objects.filter(removed_at__lt=at - TOLD_FOR).delete()


def _due(at: datetime) -> QuerySet[Any]:
    """Drafts whose next day has come: the first reminder, the second, the end."""
    last = DraftReminder.objects.filter(dossier=OuterRef("pk"), saved_at=OuterRef("saved_at")).order_by("-number")
    first, second = REMINDED_AFTER
    drafts = Dossier.objects.filter(state=State.DRAFT, account__isnull=False, saved_at__lte=at - first)
    return drafts.annotate(told=Subquery(last.values("number")[:1]), told_at=Subquery(last.values("at")[:1])).filter(
        Q(told=None)
        | Q(told=1, told_at__lte=at - (second - first))
        | Q(told=2, told_at__lte=at - (REMOVED_AFTER - second))
    )


@transaction.atomic
def _look_after(pk: int, at: datetime) -> None:
    draft = (
        Dossier.objects.select_for_update(of=("self",))
        .select_related("account")
        .filter(pk=pk, state=State.DRAFT)
        .first()
    )
    due = _due(at).filter(pk=pk).first()
    if draft is None or draft.account is None or due is None:
        return
    if due.told == len(REMINDED_AFTER):
        _throw_away(draft, draft.account, at)
    else:
        reminder = DraftReminder.objects.create(
            dossier=draft, number=(due.told or 0) + 1, saved_at=draft.saved_at, at=at
        )
        link = settings.ADDRESS + reverse("portal:draft_keep", args=[draft.public_id])
        _send(
            draft.account,
            f"Bạn có bản nháp hồ sơ chưa nộp, lưu ngày {_day(draft.saved_at)}. Từ ngày {_day(ends(reminder))} bản nháp "
            f"được bỏ nếu bạn không giữ lại: {link}",
            "Bản nháp hồ sơ chưa nộp",
            at,
        )


def _throw_away(draft: Dossier, account: Person, at: datetime) -> None:
    """As its owner would: with its papers; what it was stays told for a while."""
    ForgottenDraft.objects.create(
        account=account,
        procedure_version=draft.procedure_version,
        agency=draft.agency,
        saved_at=draft.saved_at,
        removed_at=at,
    )
    saved_at = draft.saved_at
    draft.delete()
    _send(
        account,
        f"Bản nháp hồ sơ lưu ngày {_day(saved_at)} đã được bỏ vì {REMOVED_AFTER.days} ngày không ai lưu. "
        f"Bạn có thể nộp lại từ đầu: {settings.ADDRESS}{reverse('portal:mine')}",
        "Đã bỏ bản nháp hồ sơ",
        at,
    )


def _send(person: Person, text: str, title: str, at: datetime) -> None:
    """By the ways this account has chosen; who has none reads it in the list."""
    if not person.is_active:
        return
    wanted = informing.wanted(person)
    for channel, to in informing.ways(person).items():
        if wanted["draft", channel]:
            sending.send(channel, to, text, purpose=Purpose.DRAFT, at=at, title=title)


def ends(reminder: DraftReminder) -> datetime:
    """From when the draft may be thrown away, unless it is saved or kept."""
    return reminder.at + (REMOVED_AFTER - REMINDED_AFTER[reminder.number - 1])


def ending(drafts: Iterable[Dossier]) -> dict[int, datetime]:
    """Of which of these it has been said that they end, and when."""
    saved = {draft.pk: draft.saved_at for draft in drafts}
    reminders = DraftReminder.objects.filter(dossier__in=saved).order_by("number")
    return {one.dossier_id: ends(one) for one in reminders if one.saved_at == saved[one.dossier_id]}


def removed(person: Person, at: datetime) -> list[ForgottenDraft]:
    """What was thrown away lately, the newest first."""
    rows = ForgottenDraft.objects.filter(account=person, removed_at__gte=at - TOLD_FOR)
    return list(rows.select_related("procedure_version", "agency").order_by("-removed_at")[:5])


@transaction.atomic
def keep(dossier: Dossier, *, by: Person, at: datetime) -> None:
    """Begin the count anew (giữ lại bản nháp)."""
    dossier = Dossier.objects.locked(dossier.pk)
    if dossier.account_id != by.pk:
        raise refuse_now(dossier)
    expect(dossier, State.DRAFT)
    dossier.saved_at = at
    dossier.save(update_fields=["saved_at"])


def _day(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%d/%m/%Y}"
