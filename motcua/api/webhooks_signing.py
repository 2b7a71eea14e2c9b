"""How a receiver knows that a post is ours, and fresh (chữ ký của tin báo)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

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


def seal(secret: str) -> str:
    """As it is kept: a copy of the database alone signs nothing."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    return _box().decrypt(sealed.encode()).decode()


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(HKDF(SHA256(), 32, None, b"motcua webhooks").derive(key.encode())))
        for key in map(str, keys)
    )
