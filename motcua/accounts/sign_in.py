"""Who is asking: a signed cookie names the person, one row read a request says whether that still holds (đăng nhập).

Nothing about an open session is kept on the server: the cookie holds the person's number and a hash made of the password and the
number of revocations, so a new password or "đăng xuất khỏi mọi thiết bị" ends every cookie given before. The names of sessions
that were signed out stand in the person's own row until their cookies would have ended by themselves.
"""

from __future__ import annotations

import logging
import time
import unicodedata
from datetime import datetime
from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django.contrib.auth import get_user, update_session_auth_hash
from django.contrib.auth import login as open_session
from django.contrib.auth import logout as close_session
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_noop

from motcua.journal.recording import record
from motcua.refusal import Refusal

from . import one_time_codes, phones
from .attempts import Attempt, from_here
from .models import Person
from .sessions import NAME, begun, still_remembered

logger = logging.getLogger(__name__)
HALF, SECOND_FACTOR, CONFIRMED_AT = "half", "second_factor", "confirmed_at"
CODE_AT, ASSURED, BESIDE = "code_at", "assured", "beside"
HALF_HOLDS = 15 * 60
CONFIRMATION_HOLDS = 15 * 60
# So many signings-out of one person are remembered at a time.
ENDED_AT_MOST = 50


class PersonBackend(BaseBackend):
    """Reads the person of a session; passwords are asked for by `prove` alone."""

    def get_user(self, user_id: Any) -> Person | None:
        return Person.objects.filter(pk=user_id, is_active=True).first()

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        return None


class WrongSignIn(Refusal):
    """The same sentence for an account that is not there and a password that is wrong."""

    message = gettext_noop("Tên đăng nhập, số điện thoại hoặc mật khẩu chưa đúng. Hãy kiểm tra và nhập lại.")


class WrongPassword(Refusal):
    message = gettext_noop("Mật khẩu chưa đúng. Hãy nhập lại.")


def spelled(password: str) -> str:
    """One spelling of a password, as Vietnamese keyboards send two for the same letters."""
    return unicodedata.normalize("NFC", password)


def find(login: str) -> Person | None:
    """The person of a phone number, a verified mailbox or a user name; none of them is ever also another."""
    if "@" in login:
        return one_time_codes.owner_of(login.strip())
    phone = phones.normal(login)
    of = {"phone": phone} if phone else {"username": login.strip().lower()}
    return Person.objects.filter(**of).first()


def prove(request: HttpRequest, login: str, password: str) -> Person:
    """The person whose password this is."""
    named = phones.normal(login) or login.strip().lower()
    attempt = Attempt(request, "password", from_here(request, named))
    person = find(login)
    if not _knows(person, password):
        attempt.failed()
        logger.warning("wrong sign-in from %s for person %s", get_ip(request), person.pk if person else "unknown")
        raise WrongSignIn
    attempt.succeeded()
    assert person is not None
    return person


def _knows(person: Person | None, password: str) -> bool:
    """Takes as long for nobody as for somebody."""
    if person is None or not person.is_active:
        Person().set_password(password)
        return False
    return person.check_password(spelled(password))


def confirm(request: HttpRequest, password: str) -> None:
    """The person signed in says the password again, before the account itself is changed."""
    person = request.user
    attempt = Attempt(request, "password", from_here(request, f"confirm {person.pk}"))
    if not person.check_password(spelled(password)):
        attempt.failed()
        raise WrongPassword
    attempt.succeeded()
    request.session[CONFIRMED_AT] = int(time.time())


def confirmed(request: HttpRequest) -> bool:
    return time.time() - request.session.get(CONFIRMED_AT, 0) < CONFIRMATION_HOLDS


def confirm_by_code(request: HttpRequest) -> None:
    """A code sent to the person has just been typed here: as good as their password, and in place of a forgotten one."""
    request.session[CONFIRMED_AT] = request.session[CODE_AT] = int(time.time())


def by_code(request: HttpRequest) -> bool:
    return time.time() - request.session.get(CODE_AT, 0) < CONFIRMATION_HOLDS


def assure(request: HttpRequest, person: Person, level: int) -> None:
    """This sign-in has proved who it is so surely; it holds for this person in this session."""
    request.session[ASSURED] = [person.pk, level]


def half(request: HttpRequest, person: Person) -> None:
    """Remember that the password was right and the second factor is still to come; this is no sign-in."""
    _remember(request, HALF, person)


def halfway(request: HttpRequest) -> Person | None:
    """The person who gave the password a moment ago and not yet the second factor."""
    return _remembered(request, HALF)


def prove_beside(request: HttpRequest, other: Person) -> None:
    """Remember that whoever is signed in has proved to own another account too (gộp tài khoản)."""
    _remember(request, BESIDE, other)


def proved_beside(request: HttpRequest) -> Person | None:
    return _remembered(request, BESIDE)


def forget_beside(request: HttpRequest) -> None:
    request.session.pop(BESIDE, None)


def _remember(request: HttpRequest, what: str, person: Person) -> None:
    request.session[what] = [person.pk, person.get_session_auth_hash(), int(time.time())]


def _remembered(request: HttpRequest, what: str) -> Person | None:
    pk, known, at = request.session.get(what) or (None, "", 0)
    if not pk or time.time() - at > HALF_HOLDS:
        return None
    person = Person.objects.filter(pk=pk, is_active=True).first()
    return person if person and constant_time_compare(known, person.get_session_auth_hash()) else None


def enter(request: HttpRequest, person: Person, *, second_factor: bool) -> None:
    """Open the session: everything that was asked of this person has been answered."""
    open_session(request, person)
    request.session.pop(HALF, None)
    request.session.update({CONFIRMED_AT: int(time.time()), **begun(officer=person.is_officer)})
    if second_factor:
        request.session[SECOND_FACTOR] = True
    logger.info("person %s signed in from %s", person.pk, get_ip(request))


class WhoIsAsking(AuthenticationMiddleware):
    """Django's, and a session whose person signed out is nobody's, also where its cookie was copied before."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _asking(request))  # type: ignore[assignment]


def _asking(request: HttpRequest) -> Any:
    person = get_user(request)
    if isinstance(person, Person) and request.session.get(NAME) in person.ended_sessions:
        request.session.flush()
        return AnonymousUser()
    return person


def leave(request: HttpRequest) -> None:
    """Sign out: this session is over for every copy of its cookie; those on other devices go on."""
    if request.user.is_authenticated:
        _remember_the_end(request.user.pk, request.session.get(NAME, ""))
    close_session(request)


@transaction.atomic
def _remember_the_end(pk: int, name: str) -> None:
    person = Person.objects.select_for_update().get(pk=pk)
    ended = [*still_remembered(person.ended_sessions), name]
    if not name or len(ended) > ENDED_AT_MOST:
        # Begun before sessions had names, or in and out all day: then all of them end.
        ended = []
        _revoke(person)
    Person.objects.filter(pk=pk).update(ended_sessions=ended)


@transaction.atomic
def end_everywhere(person: Person, *, by: Person | None, at: datetime) -> Person:
    """End every session of this person, on every device."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    _revoke(person)
    record("person.sessions_ended", about=person, by=by, at=at)
    return person


@transaction.atomic
def change_password(person: Person, password: str, *, by: Person | None, at: datetime) -> Person:
    """A new password; whoever was signed in with the old one is not any more."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    person.set_password(spelled(password))
    person.save(update_fields=["password"])
    _revoke(person)
    record("person.password_changed", about=person, by=by, at=at)
    return person


def _revoke(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(revocation=F("revocation") + 1)
    person.refresh_from_db(fields=["revocation"])


def stay(request: HttpRequest, person: Person) -> None:
    """This session goes on, after its person has ended the others."""
    update_session_auth_hash(request, person)
