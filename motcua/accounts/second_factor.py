"""The second thing a person proves: a code from an application, a passkey, or one of the codes kept on paper (xác thực hai bước).

Keys, codes and passkeys are allauth's. Ours is that a code is good once (RFC 6238 §5.2) and that secrets are stored encrypted.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_noop

from motcua.journal.recording import record
from motcua.refusal import Refusal

from .models import Person

Kind = Authenticator.Type
CHALLENGE_HOLDS = 10 * 60
CHALLENGED_AT = "passkey_at"


class WrongCode(Refusal):
    message = gettext_noop("Mã chưa đúng. Hãy nhập mã đang hiện trong ứng dụng, hoặc một mã dự phòng chưa dùng.")


class UsedCode(Refusal):
    message = gettext_noop("Mã này vừa được dùng rồi. Hãy chờ ứng dụng hiện mã mới, chưa đến 30 giây.")


class WrongPasskey(Refusal):
    message = gettext_noop("Chưa xác nhận được khóa truy cập này. Hãy thử lại, hoặc dùng cách khác.")


class LastFactor(Refusal):
    message = gettext_noop("Cán bộ luôn cần một cách xác thực thứ hai. Hãy thêm cách mới trước khi bỏ cách này.")


class Adapter(DefaultMFAAdapter):
    """What allauth asks us: how secrets are kept, and under which names people see their keys."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text).decode()

    def get_totp_label(self, user: Any) -> str:
        return str(user.phone or user.username)

    def get_totp_issuer(self) -> str:
        return house()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": house()}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        named = {"name": self.get_totp_label(user), "display_name": user.full_name}
        return super().get_public_key_credential_user_entity(user) | named


def house() -> str:
    return f"Một Cửa {settings.PROVINCE_NAME}"


def _box() -> MultiFernet:
    """Made of the secret key, so that a copy of the database alone opens nothing."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(HKDF(SHA256(), 32, None, b"motcua second factor").derive(key.encode())))
        for key in map(str, keys)
    )


def kept(person: Person) -> list[Authenticator]:
    """Everything this person has to prove themselves with, oldest first."""
    return list(Authenticator.objects.filter(user=person).order_by("created_at", "pk"))


def has_one(person: Person) -> bool:
    """Recovery codes alone are no second factor."""
    return Authenticator.objects.filter(user=person, type__in=[Kind.TOTP, Kind.WEBAUTHN]).exists()


# The application that shows codes


def enrol_totp(person: Person, secret: str) -> Authenticator:
    """Let this secret (base32) stand for the person's application, in place of any other."""
    Authenticator.objects.filter(user=person, type=Kind.TOTP).delete()
    return TOTP.activate(person, secret).instance


@transaction.atomic
def add_totp(person: Person, secret: str, code: str, *, at: datetime) -> Authenticator:
    """The application is taken on once it has shown a right code."""
    counter = _counter(secret, code)
    if counter is None:
        raise WrongCode(gettext_noop("Mã chưa đúng. Hãy nhập mã 6 số đang hiện trong ứng dụng; giờ của máy cần đúng."))
    authenticator = enrol_totp(_locked(person), secret)
    authenticator.data["last_counter"] = counter
    authenticator.save(update_fields=["data"])
    _added(person, authenticator, at)
    return authenticator


def _counter(secret: str, code: str) -> int | None:
    """The half minute this code belongs to, if it is one of this one's neighbours."""
    for counter in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))):
            return counter
    return None


@transaction.atomic
def accept(person: Person, code: str, *, at: datetime) -> Authenticator:
    """The thing that made this code; the code is spent."""
    known = {
        each.type: each
        for each in Authenticator.objects.select_for_update().filter(user=person).exclude(type=Kind.WEBAUTHN)
    }
    if totp := known.get(Kind.TOTP):
        counter = _counter(decrypt(totp.data["secret"]), code)
        if counter is not None:
            if counter <= totp.data.get("last_counter", 0):
                raise UsedCode
            totp.data["last_counter"], totp.last_used_at = counter, at
            totp.save(update_fields=["data", "last_used_at"])
            return totp
    codes = known.get(Kind.RECOVERY_CODES)
    if codes and RecoveryCodes(codes).validate_code(code):
        Authenticator.objects.filter(pk=codes.pk).update(last_used_at=at)
        return codes
    raise WrongCode


# Recovery codes


def unused_codes(authenticators: list[Authenticator]) -> list[str]:
    """The recovery codes not used yet."""
    return [
        code
        for each in authenticators
        if each.type == Kind.RECOVERY_CODES
        for code in RecoveryCodes(each).get_unused_codes()
    ]


def codes_to_show(person: Person) -> list[str]:
    """The recovery codes, until their owner has said that they are kept."""
    codes = Authenticator.objects.filter(user=person, type=Kind.RECOVERY_CODES).first()
    if codes is None or RecoveryCodes(codes).did_view:
        return []
    return RecoveryCodes(codes).get_unused_codes()


def codes_are_kept(person: Person) -> None:
    for codes in Authenticator.objects.filter(user=person, type=Kind.RECOVERY_CODES):
        RecoveryCodes(codes).mark_as_viewed()


@transaction.atomic
def renew_codes(person: Person, *, at: datetime) -> None:
    """Ten new recovery codes; the old ones are good for nothing."""
    person = _locked(person)
    Authenticator.objects.filter(user=person, type=Kind.RECOVERY_CODES).delete()
    RecoveryCodes.activate(person)
    record("person.recovery_codes_renewed", about=person, by=person, at=at)


# Passkeys (WebAuthn). Each is asked for a fingerprint, a face or a PIN, so that one alone is two factors.


def passkey_to_make(request: HttpRequest, person: Person) -> dict[str, Any]:
    """What the browser is to be asked for a new passkey."""
    request.session[CHALLENGED_AT] = int(time.time())
    return webauthn.begin_registration(person, passwordless=True)


@transaction.atomic
def add_passkey(request: HttpRequest, person: Person, answer: str, *, name: str, at: datetime) -> Authenticator:
    credential = _read(answer)
    _in_time(request)
    try:
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    except (ValidationError, ValueError, KeyError, TypeError):
        raise WrongPasskey
    authenticator = webauthn.WebAuthn.add(_locked(person), name, credential).instance
    _added(person, authenticator, at)
    return authenticator


def passkey_to_show(request: HttpRequest, person: Person | None) -> dict[str, Any]:
    """What the browser is to be asked for a passkey it has; of one person, once the password has named them."""
    request.session[CHALLENGED_AT] = int(time.time())
    return webauthn.begin_authentication(person)


def accept_passkey(request: HttpRequest, person: Person | None, answer: str, *, at: datetime) -> Person:
    """The person who holds this passkey; the question it answers is spent."""
    credential = _read(answer)
    _in_time(request)
    try:
        webauthn.parse_authentication_response(credential)
        owner = person or webauthn.extract_user_from_response(credential)
        challenge = (webauthn.get_state() or {}).get("challenge", "")
        authenticator = webauthn.complete_authentication(owner, credential)
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError):
        raise WrongPasskey
    # The cookie that held the question may be sent again; the question may not.
    if not owner.is_active or not cache.add(f"passkey:{challenge}", True, CHALLENGE_HOLDS):
        raise WrongPasskey
    Authenticator.objects.filter(pk=authenticator.pk).update(last_used_at=at)
    return owner


def _read(answer: str) -> dict[str, Any]:
    try:
        found = json.loads(answer)
    except ValueError:
        raise WrongPasskey
    if not isinstance(found, Mapping):
        raise WrongPasskey
    return dict(found)


def _in_time(request: HttpRequest) -> None:
    if time.time() - request.session.pop(CHALLENGED_AT, 0) > CHALLENGE_HOLDS:
        raise WrongPasskey


# All of them


@transaction.atomic
def remove(person: Person, authenticator: Authenticator, *, at: datetime) -> None:
    """Take one away; an officer keeps at least one, and with the last one the recovery codes go too."""
    person = _locked(person)
    others = Authenticator.objects.filter(user=person, type__in=[Kind.TOTP, Kind.WEBAUTHN]).exclude(pk=authenticator.pk)
    if not others.exists():
        if person.is_officer:
            raise LastFactor
        Authenticator.objects.filter(user=person, type=Kind.RECOVERY_CODES).delete()
    record("person.second_factor_removed", about=person, by=person, at=at, kind=str(authenticator.type))
    authenticator.delete()


@transaction.atomic
def forget(person: Person, *, at: datetime) -> None:
    """All of them, for a person who lost them and has shown at the office who they are; a new one is asked for at sign-in."""
    person = _locked(person)
    Authenticator.objects.filter(user=person).delete()
    record("person.second_factors_forgotten", about=person, by=None, at=at)


def _locked(person: Person) -> Person:
    return Person.objects.select_for_update().get(pk=person.pk)


def _added(person: Person, authenticator: Authenticator, at: datetime) -> None:
    if not Authenticator.objects.filter(user=person, type=Kind.RECOVERY_CODES).exists():
        RecoveryCodes.activate(person)
    record("person.second_factor_added", about=person, by=person, at=at, kind=str(authenticator.type))
