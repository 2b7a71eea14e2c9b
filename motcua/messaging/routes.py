"""How a message leaves the house: an HTTP gateway of a telephone company, or a mail server (cổng gửi tin)."""

from __future__ import annotations

import logging
import smtplib
import unicodedata
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit

import requests
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import send_mail

from .models import Channel, Message

logger = logging.getLogger(__name__)
SECONDS = 20
# What a gateway says of a message it will never take; anything else may be better later.
FOR_GOOD = {400, 404, 410, 422}


class NoSuchReceiver(Exception):
    """The other side will never take it; trying again is no use."""


class NotTaken(Exception):
    """The other side did not take it this time; its words are kept."""


class Gateway(NamedTuple):
    """Where messages to telephones are posted, and what proves who we are."""

    address: str
    token: str


def gateway(url: str) -> Gateway | None:
    """Read https://:token@gateway/path; `console:` prints, nothing sends nothing."""
    parts = urlsplit(url)
    if not url or parts.scheme == "console":
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ImproperlyConfigured(
            "MOTCUA_SMS_URL chưa đúng: hãy ghi như https://:khóa@cổng-tin-nhắn/đường-dẫn, console: để chỉ in ra, "
            "hoặc bỏ trống để không gửi tin nhắn."
        )
    host = parts.hostname + (f":{parts.port}" if parts.port else "")
    return Gateway(urlunsplit((parts.scheme, host, parts.path or "/", parts.query, "")), unquote(parts.password or ""))


def by_gateway(message: Message) -> str:
    """POST {id, to, text} as JSON; any 2xx is a yes. The id lets the gateway drop what it has had already."""
    where = gateway(settings.SMS)
    if where is None:
        logger.warning("SMS %s to %s: %s", message.pk, message.to, message.text)
        return "console"
    headers = {"Idempotency-Key": f"motcua-{message.pk}"}
    if where.token:
        headers["Authorization"] = f"Bearer {where.token}"
    told = {"id": f"motcua-{message.pk}", "to": message.to, "text": unmarked(message.text)}
    answered = requests.post(where.address, json=told, headers=headers, timeout=SECONDS, allow_redirects=False)
    said = f"{answered.status_code} {answered.text[:150]}".strip()
    if answered.status_code in FOR_GOOD:
        raise NoSuchReceiver(said)
    if not 200 <= answered.status_code < 300:
        raise NotTaken(said)
    return said


def unmarked(text: str) -> str:
    """Letters without marks: every old telephone shows them, and one message holds 160 of them instead of 70 (tin không dấu)."""
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def by_mail(message: Message) -> str:
    try:
        send_mail(message.title, message.text, None, [message.to])
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        words = f"{code} {said.decode(errors='replace')}"
        if 500 <= code < 600:
            raise NoSuchReceiver(words)
        raise NotTaken(words)
    return "250"


ROUTES: dict[Channel, Callable[[Message], str]] = {Channel.SMS: by_gateway, Channel.EMAIL: by_mail}
