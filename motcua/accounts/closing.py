"""An account ends: its owner leaves, or it becomes part of another of the same person (đóng tài khoản)."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from motcua.journal.recording import record
from motcua.messaging import sending
from motcua.refusal import Refusal

from . import second_factor
from .models import Identity, OneTimeCode, Person

NAMELESS = "Tài khoản đã đóng"


class OfficersStay(Refusal):
    """What an officer did stands on papers and in the journal under their name."""

    message = gettext_noop("Tài khoản của cán bộ do cơ quan quản lý, không tự đóng hay gộp ở đây được.")


class SameAccount(Refusal):
    message = gettext_noop("Đây vẫn là tài khoản bạn đang dùng. Hãy chứng minh tài khoản kia.")


class GoneAlready(Refusal):
    message = gettext_noop("Một trong hai tài khoản vừa được đóng. Hãy tải lại trang.")


class DifferentPeople(Refusal):
    message = gettext_noop(
        "Hai tài khoản ghi hai số định danh khác nhau nên không gộp được. "
        "Nếu một số ghi nhầm, hãy đăng nhập vào tài khoản đó, sửa lại rồi gộp."
    )


class ProvedFromThere(Refusal):
    message = gettext_noop(
        "Tài khoản kia có xác thực hai bước. Hãy đăng nhập vào tài khoản kia, rồi từ đó gộp tài khoản này."
    )


def expect_joinable(kept: Person, other: Person) -> None:
    """Two accounts of one person, both in use and neither an officer's (điều kiện gộp tài khoản)."""
    if kept.pk == other.pk:
        raise SameAccount
    if not (kept.is_active and other.is_active):
        raise GoneAlready
    if kept.assignments.exists() or other.assignments.exists():
        raise OfficersStay
    if kept.id_number and other.id_number and kept.id_number != other.id_number:
        raise DifferentPeople
    if second_factor.has_one(other):
        raise ProvedFromThere


@transaction.atomic
def absorb(kept: Person, other: Person, *, at: datetime) -> tuple[Person, Person]:
    """What the other account knows goes where there is nothing yet, or nothing so sure; the other one ends."""
    people = {
        one.pk: one for one in Person.objects.select_for_update().filter(pk__in=[kept.pk, other.pk]).order_by("pk")
    }
    kept, other = people[kept.pk], people[other.pk]
    expect_joinable(kept, other)
    told = {name: getattr(other, name) for name in FACTS}
    identified = Identity.objects.filter(person=other).exclude(issuer__in=kept.identities.values("issuer"))
    if identified.exists() and not kept.identities.exists():
        kept.full_name, kept.id_number, kept.birth_date = other.full_name, other.id_number, other.birth_date
    identified.update(person=kept)
    _end(other, at)
    other.joined_to = kept
    other.save(update_fields=["joined_to"])
    for field in ("phone", "email"):
        surer = told[f"{field}_verified_at"] and not getattr(kept, f"{field}_verified_at")
        if told[field] and (surer or not getattr(kept, field)):
            setattr(kept, field, told[field])
            setattr(kept, f"{field}_verified_at", told[f"{field}_verified_at"])
    for field in ("id_number", "birth_date", "address"):
        setattr(kept, field, getattr(kept, field) or told[field])
    kept.save(update_fields=["full_name", *FACTS])
    return kept, other


FACTS = ("phone", "phone_verified_at", "email", "email_verified_at", "id_number", "birth_date", "address")


@transaction.atomic
def leave(person: Person, *, at: datetime) -> Person:
    """The owner leaves: the account's facts and ways to sign in go; the row stays, as dossiers and the journal name its number."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if not person.is_active:
        raise GoneAlready
    if person.assignments.exists():
        raise OfficersStay
    sending.forget_receiver(person.phone, person.email, at=at)
    OneTimeCode.objects.filter(to__in=[address for address in (person.phone, person.email.lower()) if address]).delete()
    person.full_name = NAMELESS
    person.save(update_fields=["full_name"])
    _end(person, at)
    record("person.closed", about=person, by=person, at=at)
    return person


def _end(person: Person, at: datetime) -> None:
    """Nothing opens it any more, and it holds no address that somebody else could want."""
    Authenticator.objects.filter(user=person).delete()
    Identity.objects.filter(person=person).delete()
    person.phone = person.email = person.id_number = person.address = ""
    person.phone_verified_at = person.email_verified_at = person.birth_date = None
    person.set_unusable_password()
    person.is_active, person.closed_at, person.revocation = False, at, F("revocation") + 1
    person.save(update_fields=[*FACTS, "password", "is_active", "closed_at", "revocation"])
    person.refresh_from_db(fields=["revocation"])
