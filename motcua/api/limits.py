"""How often a client may ask (giới hạn số lần gọi)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.http import HttpResponse

from .models import Client, Usage

MINUTE = 60
COUNT = f"""
INSERT INTO {Usage._meta.db_table} AS known (client_id, minute, used, last_used_at) VALUES (%s, %s, 1, %s)
ON CONFLICT (client_id) DO UPDATE SET
    used = CASE WHEN known.minute = excluded.minute THEN known.used + 1 ELSE 1 END,
    minute = excluded.minute,
    last_used_at = excluded.last_used_at
RETURNING used
"""


class Allowance(NamedTuple):
    """What a client may ask in a minute, what of it is left, and in how many seconds it is whole again."""

    limit: int
    left: int
    seconds: int

    @property
    def exceeded(self) -> bool:
        return self.left < 0

    def tell(self, response: HttpResponse) -> None:
        """Say it as draft-ietf-httpapi-ratelimit-headers does."""
        response["RateLimit-Policy"] = f'"minute";q={self.limit};w={MINUTE}'
        response["RateLimit"] = f'"minute";r={max(0, self.left)};t={self.seconds}'
        if self.exceeded:
            response["Retry-After"] = str(self.seconds)


def count(client: Client, at: datetime) -> Allowance:
    """Count one more request of this client, in one statement that all processes share."""
    minute, second = divmod(int(at.timestamp()), MINUTE)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [client.pk, minute, at])
        (used,) = cursor.fetchone()
    return Allowance(client.requests_a_minute, client.requests_a_minute - used, MINUTE - second)
