"""The code a dossier keeps for life (mã hồ sơ; one-stop.md §4.1: mã định danh – ngày – số thứ tự trong ngày)."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

from motcua.organisations.models import Agency

from .models import CodeCounter, CodePattern


def compose(agency: Agency, day: date, number: int, pattern: str) -> str:
    """Write the code; the number has four digits and grows when the day needs more."""
    identifier = agency.qcvn_identifier if pattern == CodePattern.QCVN else agency.identifier
    return f"{identifier}-{day:%y%m%d}-{number:04d}"


def take(agency: Agency, day: date, pattern: str) -> str:
    """Take the agency's next number of the day in a transaction of its own: gaps are allowed, doubles are not."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        # Safe without waiting for the disk: a dossier's own commit flushes this one before it.
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(
            f"""INSERT INTO {CodeCounter._meta.db_table} (agency_id, day, last) VALUES (%s, %s, 1)
                ON CONFLICT (agency_id, day) DO UPDATE SET last = {CodeCounter._meta.db_table}.last + 1
                RETURNING last""",
            [agency.pk, day],
        )
        return compose(agency, day, cursor.fetchone()[0], pattern)
