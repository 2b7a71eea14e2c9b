"""A result shared by a link: for a while, a few times, taken back at any moment (chia sẻ kết quả điện tử).

It gives what this system holds and says so; it certifies nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from motcua.accounts.models import Person
from motcua.files.models import StoredFile
from motcua.journal.recording import record
from motcua.refusal import Refusal

from .lifecycle import NotYours
from .models import Decision, Dossier, ResultShare, State

MOST_OPEN = 5  # links to one result at a time
SHOWN = 20
DAYS = (1, 7, 30)
TIMES = (1, 3, 10)


class NoResult(Refusal):
    message = "Hồ sơ chưa có kết quả điện tử để chia sẻ."


class Enough(Refusal):
    message = f"Kết quả này đang có {MOST_OPEN} liên kết còn dùng được; hãy thu hồi bớt một liên kết rồi tạo lại."


class Gone(Refusal):
    """The link no longer gives anything; the sentence says why and nothing about the dossier."""


class TakenBack(Gone):
    message = "Người chia sẻ đã thu hồi liên kết này."


class Expired(Gone):
    message = "Liên kết này đã hết hạn."


class UsedUp(Gone):
    message = "Liên kết này đã được tải đủ số lần cho phép."


class Replaced(Gone):
    message = "Kết quả này đã được cơ quan đưa về đính chính nên liên kết không còn dùng được."


def of_owner(dossiers: QuerySet[Dossier], person: Person) -> QuerySet[Dossier]:
    """Whose results an account may share: those it filed for no one else by mandate, and those filed under a mandate it gave."""
    return dossiers.filter(Q(account=person, mandate=None) | Q(mandate__owner_account=person))


def result_of(dossier: Dossier) -> Decision | None:
    """The electronic result, once it has come back to the one-stop office."""
    decision = getattr(dossier, "decision", None) if dossier.state in (State.READY, State.RETURNED) else None
    return decision if decision and decision.file_id else None


def open_at(at: datetime) -> Q:
    return Q(ended_at=None, expires_at__gt=at, taken__lt=F("most"))


@transaction.atomic
def share(dossier: Dossier, *, days: int, times: int, by: Person, at: datetime) -> ResultShare:
    """The owner makes a link that ends by itself."""
    dossier = Dossier.objects.locked(dossier.pk)
    if not of_owner(Dossier.objects.filter(pk=dossier.pk), by).exists():
        raise NotYours("Chỉ chủ hồ sơ, bằng tài khoản đã nộp hoặc đã ủy quyền, chia sẻ được kết quả.")
    decision = result_of(dossier)
    if decision is None or decision.file is None:
        raise NoResult
    if days not in DAYS or times not in TIMES:
        raise Refusal("Hãy chọn lại thời gian và số lần tải của liên kết.")
    if dossier.shares.filter(open_at(at)).count() >= MOST_OPEN:
        raise Enough
    made = ResultShare.objects.create(
        dossier=dossier,
        file=decision.file,
        made_by=by,
        made_at=at,
        expires_at=at + timedelta(days=days),
        most=times,
    )
    record("share.made", about=made, by=by, at=at, dossier=dossier.pk, days=days, times=times)
    return made


@transaction.atomic
def end(made: ResultShare, *, by: Person, at: datetime) -> None:
    """From this moment on the link gives nothing (thu hồi); asked again it stays ended."""
    made = ResultShare.objects.select_for_update().get(pk=made.pk)
    if not of_owner(Dossier.objects.filter(pk=made.dossier_id), by).exists():
        raise NotYours("Chỉ chủ hồ sơ thu hồi được liên kết.")
    if made.ended_at is None:
        made.ended_at = at
        made.save(update_fields=["ended_at"])
        record("share.ended", about=made, by=by, at=at, dossier=made.dossier_id)


def expect_open(made: ResultShare, at: datetime) -> Decision:
    """What the link gives now; else why it gives nothing."""
    if made.ended_at:
        raise TakenBack
    if made.expires_at <= at:
        raise Expired
    if made.taken >= made.most:
        raise UsedUp
    decision = result_of(made.dossier)
    if decision is None or decision.file_id != made.file_id:
        raise Replaced
    return decision


@transaction.atomic
def take(made: ResultShare, *, at: datetime) -> tuple[StoredFile, str]:
    """Whoever has the link takes the file, counted and written down; looking at its page counts nothing."""
    made = ResultShare.objects.select_for_update(of=("self",)).select_related("dossier__decision__file").get(pk=made.pk)
    decision = expect_open(made, at)
    made.taken, made.taken_at = made.taken + 1, at
    made.save(update_fields=["taken", "taken_at"])
    record("share.taken", about=made, by=None, at=at, dossier=made.dossier_id, taken=made.taken)
    assert decision.file is not None
    return decision.file, decision.file_name
