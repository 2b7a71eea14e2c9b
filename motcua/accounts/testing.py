"""People for tests, and how they are signed in without a form."""

from __future__ import annotations

import time
from datetime import date
from importlib import import_module
from itertools import count

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from motcua.organisations.models import Unit

from .models import Assignment, Person
from .permissions import Role
from .sessions import begun
from .sign_in import CONFIRMED_AT, SECOND_FACTOR

PASSWORD = "nắng sớm trên sông Lô"
_serial = count(1)


def an_officer(
    unit: Unit,
    role: Role = Role.RECEPTION_OFFICER,
    name: str = "Nguyễn Thị Lan",
    *,
    valid_from: date = date(2020, 1, 1),
    valid_to: date | None = None,
) -> Person:
    """A person assigned to the unit in this role."""
    officer = Person(username=f"can-bo-{next(_serial)}", full_name=name)
    officer.set_password(PASSWORD)
    officer.save()
    Assignment.objects.create(person=officer, unit=unit, role=role, valid_from=valid_from, valid_to=valid_to)
    return officer


def a_citizen(name: str = "Lý A Pao", phone: str | None = None) -> Person:
    """A person with an account and no assignment."""
    number = next(_serial)
    citizen = Person(username=f"cong-dan-{number}", full_name=name, phone=phone or f"0901{number:06d}")
    citizen.set_password(PASSWORD)
    citizen.save()
    return citizen


def a_session(person: Person, *, second_factor: bool | None = None) -> str:
    """The value of the session cookie; officers have done their second factor unless told otherwise."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    if person.is_officer if second_factor is None else second_factor:
        session[SECOND_FACTOR] = True
    session.update({CONFIRMED_AT: int(time.time()), **begun(officer=person.is_officer)})
    session.save()
    return str(session.session_key)


def sign_in(client: Client, person: Person, *, second_factor: bool | None = None) -> None:
    """Sign this person in for Django's test client."""
    client.cookies[settings.SESSION_COOKIE_NAME] = a_session(person, second_factor=second_factor)


def session_cookies(person: Person, address: str) -> list[dict[str, str]]:
    """For a browser: `context.add_cookies(session_cookies(lan, live_server.url))`."""
    return [{"name": settings.SESSION_COOKIE_NAME, "value": a_session(person), "url": address}]
