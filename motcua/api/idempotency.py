"""Asked twice, done once: the Idempotency-Key of a POST (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from . import sealing
from .models import Client, KeptAnswer
from .open import problem

HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{1,100}")
KEPT_FOR = timedelta(hours=48)
REPLAYED = "Idempotency-Replayed"
TOLD_AGAIN = ("Content-Type", "Location")
DRAFTS = uuid.UUID("8a9a2d3c-5f0e-4f4b-9a54-6a1f5d3c7b10")

NO_KEY = "Hãy gửi kèm Idempotency-Key: một chuỗi của riêng yêu cầu này, 1 đến 100 ký tự ASCII không có dấu cách."
OTHER_BODY = (
    "Idempotency-Key này đã dùng cho một yêu cầu khác. Chưa có gì được ghi nhận; hãy gửi lại với một khóa chưa dùng."
)
AT_WORK = "Yêu cầu mang khóa này đang được thực hiện; hãy gửi lại sau giây lát để nhận câu trả lời."


def once(view: Callable[..., HttpResponse], request: HttpRequest, client: Client, *args: Any, **named: Any) -> Any:
    """Let a POST through once for each key of a client; asked again, it is answered alike.

    Kept is the answer to what did something. A refused request did nothing, and may be sent again, corrected, with its key.
    """
    key = request.headers.get(HEADER, "")
    if not KEY.fullmatch(key):
        return problem(HTTPStatus.BAD_REQUEST, NO_KEY)
    asked = fingerprint(request)
    with alone(client, key) as free:
        if not free:
            response = problem(HTTPStatus.CONFLICT, AT_WORK)
            response["Retry-After"] = "1"
            return response
        if kept := KeptAnswer.objects.filter(client=client, key=key).first():
            return again(kept) if kept.asked == asked else problem(HTTPStatus.UNPROCESSABLE_ENTITY, OTHER_BODY)
        response = view(request, *args, **named)
        if HTTPStatus.OK <= response.status_code < HTTPStatus.MULTIPLE_CHOICES:
            keep(client, key, asked, response)
        return response


def keep(client: Client, key: str, asked: str, response: HttpResponse) -> None:
    KeptAnswer.objects.create(
        client=client,
        key=key,
        asked=asked,
        status=response.status_code,
        headers={name: response[name] for name in TOLD_AGAIN if name in response},
        body=sealing.seal(response.content.decode()),  # it may hold names, and secrets that are shown once
        answered_at=timezone.now(),
    )


def again(kept: KeptAnswer) -> HttpResponse:
    return HttpResponse(sealing.unseal(kept.body), status=kept.status, headers={**kept.headers, REPLAYED: "true"})


def forget(at: datetime) -> int:
    """Throw away what nobody will ask for again."""
    gone, _each = KeptAnswer.objects.filter(answered_at__lt=at - KEPT_FOR).delete()
    return gone


def fingerprint(request: HttpRequest) -> str:
    """What was asked, in one line; a form counts by its fields, for the boundary between them is another each time."""
    told = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        told.update(request.body)
        return told.hexdigest()
    for name, values in sorted(request.POST.lists()):
        told.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            told.update(repr((name, file.name, hashlib.file_digest(file, "sha256").hexdigest())).encode())  # type: ignore[arg-type]
            file.seek(0)
    return told.hexdigest()


@contextmanager
def alone(client: Client, key: str) -> Iterator[bool]:
    """Whether nobody else is at work under this key; a process that dies lets go of it by itself."""
    number = int.from_bytes(hashlib.sha256(f"{client.pk}:{key}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        (free,) = cursor.fetchone()
    try:
        yield free
    finally:
        if free:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def draft_of(client: Client, key: str) -> uuid.UUID:
    """The name of the one draft made under this key: whoever begins again after a stop finds it."""
    return uuid.uuid5(DRAFTS, f"{client.pk}:{key}")
