"""A code sent to a telephone or a mailbox proves that whoever types it holds it (mã dùng một lần).

Six digits, ten minutes, five tries, good once. What is kept is made of the code with the secret key, so that a copy of the
database tells no code. Whether there is an account is told to nobody but who has proved to hold its address.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Lower
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext, gettext_noop

from motcua.messaging import sending
from motcua.messaging.models import Channel, Purpose
from motcua.refusal import Refusal

from . import phones
from .models import CodeTask, OneTimeCode, Person

HOLDS = timedelta(minutes=10)
TRIES = 5
DIGITS = 6


class WrongOneTimeCode(Refusal):
    message = gettext_noop("Mã chưa đúng. Hãy xem lại tin mới nhất và nhập đủ 6 số.")


class SpentOneTimeCode(Refusal):
    message = gettext_noop(
        "Mã này không còn dùng được: đã quá 10 phút, đã dùng, hoặc nhập sai nhiều lần. Hãy xin mã mới."
    )


def channels() -> list[Channel]:
    """By what this installation can send codes; empty where neither messages nor letters are set up."""
    return [channel for channel in Channel if sending.reaches(channel)]


def channel_of(to: str) -> Channel:
    return Channel.EMAIL if "@" in to else Channel.SMS


def spelled_address(typed: str) -> str:
    """One spelling of a telephone number or a mailbox; empty when it is neither."""
    if number := phones.normal(typed):
        return number
    try:
        validate_email(typed.strip())
    except ValidationError:
        return ""
    return typed.strip().lower()


def masked(to: str) -> str:
    """Enough for its owner to know it again."""
    if "@" in to:
        name, _, house = to.partition("@")
        return f"{name[:2]}…@{house}"
    return f"{to[:4]} ••• {to[-3:]}"


def owner_of(to: str) -> Person | None:
    """The account in use whose address this is; a mailbox counts once it was verified."""
    people = Person.objects.filter(is_active=True)
    if channel_of(to) == Channel.SMS:
        return people.filter(phone=to).first()
    return people.filter(email_verified_at__isnull=False).alias(box=Lower("email")).filter(box=to.lower()).first()


def is_verified(person: Person, to: str) -> bool:
    return bool(person.phone_verified_at if to == person.phone else person.email_verified_at)


def addresses(person: Person) -> list[str]:
    """Where codes for this person can go: verified, and within this installation's reach."""
    known = [
        (Channel.SMS, person.phone, person.phone_verified_at),
        (Channel.EMAIL, person.email.lower(), person.email_verified_at),
    ]
    return [to for channel, to, verified in known if verified and sending.reaches(channel)]


@transaction.atomic
def send(to: str, task: CodeTask, *, at: datetime) -> OneTimeCode:
    """Make a code and have it sent; the caller counts how often (attempts.py)."""
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    kept = OneTimeCode.objects.create(to=to, task=task, made_of=_made_of(to, task, code), created_at=at)
    house = f"Một Cửa {settings.PROVINCE_NAME}"
    sending.send(
        channel_of(to),
        to,
        gettext("%(code)s là mã %(house)s của bạn, dùng trong 10 phút. Đừng đưa cho ai.")
        % {"code": code, "house": house},
        title=gettext("Mã của bạn ở %(house)s") % {"house": house},
        purpose=Purpose.CODE,
        good_until=at + HOLDS,
        at=at,
    )
    return kept


def prove(pk: int, code: str, task: CodeTask, *, at: datetime) -> str:
    """The address this code was sent to; right or wrong, the try counts."""
    with transaction.atomic():
        kept = OneTimeCode.objects.select_for_update().filter(pk=pk, task=task, used_at=None).first()
        if kept is None or kept.created_at + HOLDS <= at or kept.tries >= TRIES:
            raise SpentOneTimeCode
        right = constant_time_compare(kept.made_of, _made_of(kept.to, task, code))
        kept.tries += 1
        kept.used_at = at if right else None
        kept.save(update_fields=["tries", "used_at"])
    if not right:
        raise WrongOneTimeCode
    return kept.to


def _made_of(to: str, task: str, code: str) -> str:
    return salted_hmac("motcua.one_time_code", f"{to} {task} {code}", algorithm="sha256").hexdigest()


def forget(at: datetime) -> None:
    """Codes are good for ten minutes and kept for a day."""
    OneTimeCode.objects.filter(created_at__lt=at - timedelta(days=1)).delete()
