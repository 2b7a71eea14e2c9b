"""How a receiver knows that a post is ours, and fresh (chữ ký của tin báo)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

HEADER = "Motcua-Signature"
VERSION = "v1"


def new_secret() -> str:
    return f"whsec_{secrets.token_urlsafe(32)}"


def signature(held: Sequence[str], body: bytes, *, at: datetime) -> str:
    """`t=<seconds>,v1=<hex>`: HMAC-SHA256 over `<seconds>.<body>`, once for each secret that is good now."""
    seconds = int(at.timestamp())
    signed = f"{seconds}.".encode() + body
    return ",".join([f"t={seconds}", *(f"{VERSION}={_hmac(one, signed)}" for one in held)])


def _hmac(secret: str, signed: bytes) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
