"""A receiver of webhooks for tests: a real server on this machine, which keeps what it is sent and answers as it is told."""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, NamedTuple

from django.db import connection
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from .models import Webhook
from .tasks import post_to

HANGS = 0  # an answer that says nothing until the receiver is closed
THINKS = 1  # a yes, after a while
BREAKS = -1  # a receiver that dies in the middle of its answer


class Post(NamedTuple):
    """What came, as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        return json.loads(self.body)

    def is_signed_with(self, secret: str) -> bool:
        """Checked as docs/api.md tells a receiver to."""
        parts = [part.partition("=") for part in self.headers["Motcua-Signature"].split(",")]
        seconds = next(value for name, _is, value in parts if name == "t")
        right = hmac.new(secret.encode(), seconds.encode() + b"." + self.body, hashlib.sha256).hexdigest()
        return any(name == "v1" and hmac.compare_digest(value, right) for name, _is, value in parts)


class Receiver(ThreadingHTTPServer):
    """`answers` says how it answers next, 204 when it is empty."""

    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.posts: list[Post] = []
        self.answers: list[int] = []
        self.never: set[int] = set()  # what it cannot stomach, by its sequence
        self.closing = Event()
        self.scheme = "https" if tls else "http"
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}/nhan?tu=motcua"

    def handle_error(self, *_: object) -> None:
        """Quiet."""


class _Taking(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append(Post(self.path, dict(self.headers), body))
        status = self.server.answers.pop(0) if self.server.answers else 204
        if json.loads(body)["sequence"] in self.server.never:
            status = 500
        if status == HANGS:
            self.server.closing.wait(30)
            return
        if status == THINKS:
            self.server.closing.wait(0.3)
            status = 204
        if status == BREAKS:
            self.wfile.write(b"HTTP/1.1 2")
            return
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/noi-khac")
        self.end_headers()
        if status >= 400:
            self.wfile.write("Không được\n".encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def a_receiver(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """It runs on this machine, where the house posts to for as long."""
    receiver = Receiver(tls)
    thread = Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        with override_settings(WEBHOOKS_LOCAL=True):
            yield receiver
    finally:
        receiver.closing.set()
        receiver.shutdown()
        receiver.server_close()
        thread.join()


def run_posts(*, stopped: type[BaseException] | None = None) -> int:
    """Post what waits, as the worker would; how many jobs ended. A job that is `stopped` stays to be taken up again."""
    done = 0
    known = set(Webhook.objects.values_list("pk", flat=True))
    for job in ProcrastinateJob.objects.filter(task_name=post_to.name, status="todo").order_by("pk"):
        with suppress(*([stopped] if stopped else [])):
            if job.args["webhook"] in known:
                post_to.func(**job.args)
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])
            done += 1
    return done
