"""A citizen opens an account and keeps its facts right (đăng ký tài khoản, thông tin liên hệ)."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext, gettext_noop

from motcua.journal.recording import record
from motcua.messaging import sending
from motcua.messaging.models import Channel, Purpose
from motcua.refusal import Refusal

from . import one_time_codes
from .models import Person
from .sign_in import spelled

# What an e-identity says and its owner cannot type over.
BY_IDENTITY = ("full_name", "id_number", "birth_date")
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class PhoneTaken(Refusal):
    """The one thing registration cannot help telling: that the number already has an account."""

    message = gettext_noop("Số điện thoại này đã có tài khoản. Nếu là số của bạn, hãy đăng nhập.")


class AddressTaken(Refusal):
    """Told only to who has proved to hold the address."""

    message = gettext_noop(
        "Nơi này thuộc một tài khoản khác nên chưa đổi được. Nếu tài khoản đó cũng là của bạn, hãy gộp hai tài khoản."
    )


class Identified(Refusal):
    message = gettext_noop("Họ tên, số định danh và ngày sinh lấy từ danh tính điện tử nên không sửa ở đây được.")


@transaction.atomic
def register(
    *,
    full_name: str,
    phone: str = "",
    password: str | None = None,
    email: str = "",
    id_number: str = "",
    verified: bool = False,
    at: datetime,
) -> Person:
    """An account of lower assurance: nobody has checked who it is (tài khoản chưa định danh).

    `verified` when a code has shown that the phone, or without one the mailbox, is theirs; then it needs no password.
    """
    # People sign in with their phone number; the user name is inside the house only, as a number may change hands.
    person = Person(
        username=f"cd-{get_random_string(12, LETTERS)}",
        full_name=full_name,
        phone=phone,
        email=email,
        id_number=id_number,
        phone_verified_at=at if verified and phone else None,
        email_verified_at=at if verified and not phone else None,
        created_at=at,
    )
    person.set_password(None if password is None else spelled(password))
    _save(person, force_insert=True)
    record("person.registered", about=person, by=person, at=at)
    return person


@transaction.atomic
def take_address(person: Person, to: str, *, at: datetime) -> Person:
    """The phone number or mailbox this person has proved to hold; the one before is told that it is so no more."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    field = "email" if one_time_codes.channel_of(to) == Channel.EMAIL else "phone"
    before = getattr(person, field)
    setattr(person, field, to)
    setattr(person, f"{field}_verified_at", at)
    _save(person, update_fields=[field, f"{field}_verified_at"])
    record("person.address_verified", about=person, by=person, at=at, kind=field)
    if before and before.lower() != to:
        _tell_before(before, at)
    return person


def _tell_before(before: str, at: datetime) -> None:
    sending.send(
        one_time_codes.channel_of(before),
        before,
        gettext("Tài khoản Một Cửa %(province)s của bạn vừa đổi địa chỉ liên hệ. Nếu không phải bạn đổi, hãy báo ngay.")
        % {"province": settings.PROVINCE_NAME},
        title=gettext("Địa chỉ liên hệ của tài khoản đã đổi"),
        purpose=Purpose.ACCOUNT,
        at=at,
    )


@transaction.atomic
def correct(
    person: Person,
    *,
    full_name: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    id_number: str = "",
    birth_date: date | None = None,
    address: str = "",
    at: datetime,
) -> Person:
    """Put right how a person is called and reached; an officer's name is their office's to change.

    A phone or mailbox typed here is not proved; one that is not told stays.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    told: dict[str, object] = {"id_number": id_number, "birth_date": birth_date, "address": address}
    told |= {name: value for name, value in (("phone", phone), ("email", email)) if value is not None}
    if full_name is not None and not person.is_officer:
        told["full_name"] = full_name
    changed = [name for name, value in told.items() if getattr(person, name) != value]
    if set(changed) & set(BY_IDENTITY) and person.identities.exists():
        raise Identified
    for name in changed:
        setattr(person, name, told[name])
    unproved = [f"{name}_verified_at" for name in ("phone", "email") if name in changed]
    for name in unproved:
        setattr(person, name, None)
    if changed:
        _save(person, update_fields=[*changed, *unproved])
        record("person.corrected", about=person, by=person, at=at, changed=sorted(changed))
    return person


def _save(person: Person, **how: object) -> None:
    try:
        with transaction.atomic():
            person.save(**how)  # type: ignore[arg-type]
    except IntegrityError as error:
        if "a_phone_belongs_to_one_account" in str(error):
            raise PhoneTaken
        if "a_verified_mailbox_belongs_to_one_account" in str(error):
            raise AddressTaken
        raise
