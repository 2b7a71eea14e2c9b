"""Every request has a number, is measured, and where it fails leaves a line for the operator (theo dõi yêu cầu)."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from . import figures
from .logs import answering, where
from .models import Trouble

logger = logging.getLogger("motcua.requests")
# What a proxy of ours may have given the request already; anything else could break a line of a log.
GIVEN = re.compile(r"[A-Za-z0-9-]{8,36}")
# Asked by machines every few seconds: said only when something is wrong.
ASKED_BY_MACHINES = {"operation:alive", "operation:ready", "operation:figures"}


class Counted:
    """How many statements one request sends."""

    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute: Callable[..., Any], *asked: Any) -> Any:
        self.statements += 1
        return execute(*asked)


class Followed:
    """Middleware, the outermost one: what is measured here is what the person waited for."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.number = given if GIVEN.fullmatch(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        before = answering.set(request.number)  # type: ignore[attr-defined]
        counted, began = Counted(), time.perf_counter()
        try:
            with connection.execute_wrapper(counted):
                response = self.answer(request)
            self._note(request, response, time.perf_counter() - began, counted.statements)
        finally:
            answering.reset(before)
        # A page that nobody asks after goes without it: in a valley every byte is waited for.
        if given or response.status_code >= 500:
            response["X-Request-ID"] = request.number  # type: ignore[attr-defined]
        return response

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """A fault of ours; what the rules refuse or is not there was answered before it came here."""
        if database_is_away(fault):
            logger.error("Cơ sở dữ liệu không trả lời (the database does not answer)")
            return come_again()
        if not isinstance(fault, EXPECTED):
            keep(fault, route_of(request), getattr(request, "number", ""))
        return None

    def _note(self, request: HttpRequest, response: HttpResponse, seconds: float, statements: int) -> None:
        found = request.resolver_match
        name = found.view_name if found else ""
        figures.answered(name, response.status_code, seconds, statements)
        if name in ASKED_BY_MACHINES and response.status_code < 500:
            return
        told = {
            "method": request.method,
            "route": route_of(request),
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
            "statements": statements,
        }
        level = logging.ERROR if response.status_code >= 500 else logging.INFO
        logger.log(level, "Trả lời %s (answered)", response.status_code, extra=told)


def _expected() -> tuple[type[Exception], ...]:
    from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
    from django.http import Http404

    from motcua.accounts.attempts import TooManyRequests
    from motcua.accounts.puzzles import Wanted

    return (Http404, PermissionDenied, SuspiciousOperation, BadRequest, TooManyRequests, Wanted)


EXPECTED = _expected()


def database_is_away(fault: Exception) -> bool:
    """The connection broke or could not be made; a statement that took too long or met another one is a fault of ours."""
    if not isinstance(fault, (OperationalError, InterfaceError)):
        return False
    code = getattr(fault.__cause__, "sqlstate", None) or ""
    return not code or code.startswith(("08", "57P"))


def come_again() -> HttpResponse:
    """The same sentence as for any fault, with a status that says that it will pass; nothing is asked of the database for it."""
    response = HttpResponse(render_to_string("500.html"), status=503)
    response["Retry-After"] = "10"
    return response


def route_of(request: HttpRequest) -> str:
    """The pattern of the address, without what stood in it."""
    return f"/{request.resolver_match.route}" if request.resolver_match else ""


def keep(fault: Exception, route: str, number: str) -> None:
    """Count it for the operator's page; where the database itself is away, the log has it."""
    at = timezone.now()
    place = (where(fault.__traceback__, most=1) or [""])[0]
    same = {"fault": type(fault).__name__[:100], "place": place[:200], "route": route[:200]}
    with suppress(DatabaseError, InterfaceError, transaction.TransactionManagementError):
        if _again(same, at, number):
            return
        try:
            with transaction.atomic():
                Trouble.objects.create(**same, first_at=at, last_at=at, last_request=number)
        except IntegrityError:
            _again(same, at, number)


def _again(same: dict[str, str], at: Any, number: str) -> int:
    return Trouble.objects.filter(**same).update(times=F("times") + 1, last_at=at, last_request=number)
