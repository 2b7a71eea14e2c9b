"""A citizen opens an account and keeps its facts right (đăng ký tài khoản, thông tin liên hệ)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_noop

from motcua.journal.recording import record
from motcua.refusal import Refusal

from .models import Person
from .sign_in import spelled

LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class PhoneTaken(Refusal):
    """The one thing registration cannot help telling: that the number already has an account."""

    message = gettext_noop("Số điện thoại này đã có tài khoản. Nếu là số của bạn, hãy đăng nhập.")


@transaction.atomic
def register(
    *, full_name: str, phone: str, password: str, email: str = "", id_number: str = "", at: datetime
) -> Person:
    """An account of lower assurance: nobody has checked who it is (tài khoản chưa định danh)."""
    # People sign in with their phone number; the user name is inside the house only, as a number may change hands.
    person = Person(
        username=f"cd-{get_random_string(12, LETTERS)}",
        full_name=full_name,
        phone=phone,
        email=email,
        id_number=id_number,
        created_at=at,
    )
    person.set_password(spelled(password))
    _save(person, force_insert=True)
    record("person.registered", about=person, by=person, at=at)
    return person


@transaction.atomic
def correct(
    person: Person,
    *,
    full_name: str | None = None,
    phone: str = "",
    email: str = "",
    id_number: str = "",
    birth_date: date | None = None,
    address: str = "",
    at: datetime,
) -> Person:
    """Put right how a person is called and reached; an officer's name is their office's to change."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    told = {"phone": phone, "email": email, "id_number": id_number, "birth_date": birth_date, "address": address}
    if full_name is not None and not person.is_officer:
        told["full_name"] = full_name
    changed = [name for name, value in told.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, told[name])
    if changed:
        _save(person, update_fields=changed)
        record("person.corrected", about=person, by=person, at=at, changed=sorted(changed))
    return person


def _save(person: Person, **how: object) -> None:
    try:
        with transaction.atomic():
            person.save(**how)  # type: ignore[arg-type]
    except IntegrityError as error:
        if "a_phone_belongs_to_one_account" not in str(error):
            raise
        raise PhoneTaken
