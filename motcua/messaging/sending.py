"""Messages to telephones and mailboxes: written with the step that causes them, sent afterwards (gửi tin).

A message is a row and a job of the caller's transaction; a rollback takes both. The job sends it outside any transaction, at
least once: a worker killed between the sending and the note of it sends again. How many one receiver gets is counted before
the row is written, so that many at once may overshoot by as many as there are processes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q

from .models import Channel, Message, Purpose
from .routes import ROUTES, NoSuchReceiver, NotTaken

# How many a receiver is sent in a day, for each purpose.
IN_A_DAY = {Purpose.CODE: 20, Purpose.DOSSIER: 30, Purpose.DRAFT: 5, Purpose.ACCOUNT: 10}
ATTEMPTS = 6
TEXT_IS_KEPT = timedelta(days=90)
ROW_IS_KEPT = timedelta(days=365)

NOT_SET_UP = "Nơi này chưa được cấu hình để gửi."
TOO_MANY = "Người nhận đã được gửi đủ số tin trong một ngày."
TOO_LATE = "Đã quá lúc tin còn ý nghĩa."
GONE = "Người nhận đã đóng tài khoản."


def reaches(channel: Channel) -> bool:
    """Whether this installation was told how to send so."""
    return bool(settings.SMS if channel == Channel.SMS else settings.MAIL)


def send(
    channel: Channel,
    to: str,
    text: str,
    *,
    purpose: Purpose,
    at: datetime,
    title: str = "",
    about: str = "",
    good_until: datetime | None = None,
) -> Message:
    """Have this sent; what cannot be is written down as such, and the step goes on.

    `about` is the journal's name of what it concerns ("dossier:7"); `title` is for letters only. After `good_until` it is not
    sent any more.
    """
    no = _reason_against(channel, to, purpose, at)
    message = Message.objects.create(
        channel=channel,
        to=to,
        purpose=purpose,
        about=about,
        title=title,
        text="" if no and purpose == Purpose.CODE else text,
        created_at=at,
        good_until=good_until,
        answer=no,
        failed_at=at if no else None,
    )
    if not no:
        from .tasks import deliver  # the job framework is ready only when all apps are

        deliver.defer(message=message.pk)
    return message


def _reason_against(channel: Channel, to: str, purpose: Purpose, at: datetime) -> str:
    if not reaches(channel):
        return NOT_SET_UP
    lately = Message.objects.filter(to=to, purpose=purpose, created_at__gt=at - timedelta(days=1), failed_at=None)
    return TOO_MANY if lately.count() >= IN_A_DAY[purpose] else ""


class NotSent(Exception):
    """The queue tries again; the row says what was answered."""


def deliver(pk: int, *, at: datetime) -> None:
    """Send one message, unless that was done or given up before; the last failure gives it up."""
    message = Message.objects.filter(pk=pk, sent_at=None, failed_at=None).first()
    if message is None:
        return
    if message.good_until and message.good_until <= at:
        _ended(message, TOO_LATE, failed_at=at)
        return
    Message.objects.filter(pk=pk).update(attempts=F("attempts") + 1)
    try:
        answer = ROUTES[Channel(message.channel)](message)
    except NoSuchReceiver as refusal:
        _ended(message, str(refusal), failed_at=at)
    except Exception as error:
        # Of what broke on the way only the kind is kept: libraries put addresses and keys into their words.
        answer = str(error) if isinstance(error, NotTaken) else type(error).__name__
        if message.attempts + 1 >= ATTEMPTS:
            _ended(message, answer, failed_at=at)
            return
        Message.objects.filter(pk=pk).update(answer=answer[:200])
        raise NotSent(f"message {pk}, attempt {message.attempts + 1}: {type(error).__name__}") from None
    else:
        _ended(message, answer, sent_at=at)


def _ended(message: Message, answer: str, **when: datetime) -> None:
    text = {"text": ""} if message.purpose == Purpose.CODE else {}
    Message.objects.filter(pk=message.pk).update(answer=answer[:200], **text, **when)


def forget(at: datetime) -> None:
    """Texts go after ninety days, codes once they are good for nothing, rows after a year (thời hạn lưu)."""
    spent = Q(created_at__lt=at - TEXT_IS_KEPT) | Q(purpose=Purpose.CODE, good_until__lt=at)
    Message.objects.exclude(text="").filter(spent).update(text="", title="")
    Message.objects.filter(created_at__lt=at - ROW_IS_KEPT).delete()


def forget_receiver(*addresses: str, at: datetime) -> None:
    """Whoever leaves takes the texts and the address with them, and gets nothing more; that something was sent stays counted."""
    theirs = Message.objects.filter(to__in=[address for address in addresses if address])
    theirs.filter(sent_at=None, failed_at=None).update(failed_at=at, answer=GONE, text="")
    theirs.update(to="", text="", title="")
