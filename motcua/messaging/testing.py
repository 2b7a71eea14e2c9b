"""A telephone company and a mail server for tests: real ones on this machine, which keep what they were sent."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from django.db import connection
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from .models import Message
from .tasks import deliver


class Telephones(ThreadingHTTPServer):
    """An SMS gateway; `answers` says with which status it answers next, 202 when it is empty."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.received: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []


class _Taking(BaseHTTPRequestHandler):
    server: Telephones

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status = self.server.answers.pop(0) if self.server.answers else 202
        if status < 300:
            self.server.received.append(told)
        self.server.headers.append(dict(self.headers))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(b"ok" if status < 300 else b"no")

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def telephones() -> Iterator[Telephones]:
    """This house sends messages to telephones, and here they arrive."""
    company = Telephones()
    thread = Thread(target=company.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        with override_settings(SMS=f"http://:khoa%20bi%20mat@127.0.0.1:{company.server_port}/gui?nhan=MOTCUA"):
            yield company
    finally:
        company.shutdown()
        company.server_close()
        thread.join()


class Mailboxes:
    """Takes letters for everybody but `unknown`."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.unknown = "khong.co@example.vn"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address == self.unknown:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"


@contextmanager
def mailboxes() -> Iterator[Mailboxes]:
    """This house sends letters, and here they arrive."""
    from aiosmtpd.controller import Controller  # of the tests' requirements, not the product's

    boxes = Mailboxes()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(boxes, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        backend = "django.core.mail.backends.smtp.EmailBackend"
        with override_settings(
            MAIL=f"smtp://127.0.0.1:{port}", EMAIL_BACKEND=backend, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port
        ):
            yield boxes
    finally:
        controller.stop()


def run_deliveries() -> int:
    """Send what waits, as the worker would, each once; how many jobs ended."""
    waiting = list(ProcrastinateJob.objects.filter(task_name=deliver.name, status="todo").order_by("pk"))
    known = set(Message.objects.values_list("pk", flat=True))
    for job in waiting:
        if job.args["message"] in known:
            deliver.func(**job.args)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])
    return len(waiting)
