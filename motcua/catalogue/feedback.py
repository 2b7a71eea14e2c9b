"""Searches that did not give what was needed, and what the editor did about them (không phải cái tôi cần)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.journal.recording import record
from motcua.refusal import Refusal
from motcua.vietnamese import compose

from .models import SearchFeedback

A_DAY = 500  # lines kept of one day, so that nobody fills the table
LONGEST_TYPED, LONGEST_WANTED = 200, 500
SHOWN = 20


class AlreadySettled(Refusal):
    message = "Ý kiến này vừa được người khác xử lý xong; phần bạn gõ chưa được ghi."


class SaysNothing(Refusal):
    message = "Cần ghi đã làm gì, để người sau biết."


@transaction.atomic
def tell(typed: str, *, wanted: str, shown: Sequence[str], at: datetime) -> SearchFeedback | None:
    """Keep one line; the same text of the same day is counted on it, and a day too full keeps no more."""
    typed = compose(typed).lower()[:LONGEST_TYPED].strip()
    wanted = compose(wanted)[:LONGEST_WANTED].strip()
    if not typed:
        return None
    day = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    today = SearchFeedback.objects.filter(at__gte=day, at__lt=day + timedelta(days=1))
    same = today.select_for_update().filter(typed=typed, wanted__in=["", wanted], settled_at=None).first()
    if same:
        same.times = F("times") + 1
        same.wanted = wanted or same.wanted
        same.save(update_fields=["times", "wanted"])
        return same
    if today.count() >= A_DAY:
        return None
    return SearchFeedback.objects.create(typed=typed, wanted=wanted, shown=list(shown)[:SHOWN], at=at)


@transaction.atomic
def settle(feedback: SearchFeedback, answer: str, *, by: Person, at: datetime) -> None:
    """What was done about it, by whom."""
    answer = compose(answer)
    if not answer:
        raise SaysNothing
    feedback = SearchFeedback.objects.select_for_update().get(pk=feedback.pk)
    if feedback.settled_at:
        raise AlreadySettled
    feedback.settled_at, feedback.settled_by, feedback.answer = at, by, answer[:500]
    feedback.save(update_fields=["settled_at", "settled_by", "answer"])
    record("feedback.settled", about=feedback, by=by, at=at)
