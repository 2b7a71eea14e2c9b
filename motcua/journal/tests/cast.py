"""A thing to write about, a person who acts, and a guard put aside."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from django.contrib.auth import get_user_model
from django.db import connection

NINE = datetime(2023, 10, 23, 9, 0, tzinfo=timezone(timedelta(hours=7)))


@dataclass
class Thing:
    """Something the journal can name."""

    subject: str = "thing:1"


def a_person(name="lan"):
    return get_user_model().objects.create(username=name, full_name=name)


def set_guard(which, *, on, table="journal_entry"):
    """What only the owner of the database can do: put a trigger of the journal aside, or back."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} {'ENABLE' if on else 'DISABLE'} TRIGGER {which}")
