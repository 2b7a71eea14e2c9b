"""Rows of many dossiers written at once by COPY, with the counts that go with them (ghi hàng loạt)."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db import connection, models, transaction

from motcua.dossiers import tallies
from motcua.dossiers.models import CodeCounter, Tally
from motcua.journal.models import Entry

from .on_paper import TABLES, OnPaper

Counts = Counter[tuple[int, date, str]]
Write = Callable[[Any], Any]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _columns(table: type[models.Model]) -> list[tuple[str, str, Write | None]]:
    """Of each column its name, where a row has it, and how it is written: words of a choice as words, forms as JSON."""
    found: list[tuple[str, str, Write | None]] = []
    for field in table._meta.concrete_fields:
        write: Write | None = None
        if isinstance(field, models.JSONField):
            write = _json
        elif isinstance(field, models.CharField | models.TextField | models.UUIDField):
            write = _text
        assert field.column is not None
        found.append((field.column, field.attname, write))
    return found


COLUMNS = {table: _columns(table) for table in TABLES}


@transaction.atomic
def write(lives: Iterable[OnPaper], codes: dict[tuple[int, date], int]) -> None:
    """Some dossiers with everything that belongs to them, whole or not at all; `codes` are the last numbers of their days."""
    rows: dict[type[models.Model], list[Any]] = defaultdict(list)
    counts: Counts = Counter()
    for life in lives:
        for table, made in life.rows.items():
            rows[table] += made
        told: list[Entry] = life.rows[Entry]
        counts.update(
            tallies.counted_under(one, life.dossier.agency_id) for one in told if one.event in tallies.COUNTED
        )
    for table in TABLES:
        _copy(table, rows[table])
    _count(counts)
    _number(codes)


def _copy(table: type[models.Model], rows: list[Any]) -> None:
    if not rows:
        return
    columns = COLUMNS[table]
    names = ", ".join(f'"{column}"' for column, *_ in columns)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table._meta.db_table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            told = vars(row)
            copy.write_row([write(told[name]) if write else told[name] for _, name, write in columns])


def _count(counts: Counts) -> None:
    """Added to what the listeners have counted; in one order, so that two who add do not wait for each other in a circle."""
    if not counts:
        return
    table = Tally._meta.db_table
    with connection.cursor() as cursor:
        cursor.executemany(
            f"""INSERT INTO {table} (agency_id, day, event, count) VALUES (%s, %s, %s, %s)
                ON CONFLICT (agency_id, day, event) DO UPDATE SET count = {table}.count + excluded.count""",
            [(*key, number) for key, number in sorted(counts.items())],
        )


def _number(codes: dict[tuple[int, date], int]) -> None:
    if not codes:
        return
    table = CodeCounter._meta.db_table
    with connection.cursor() as cursor:
        cursor.executemany(
            f"""INSERT INTO {table} (agency_id, day, last) VALUES (%s, %s, %s)
                ON CONFLICT (agency_id, day) DO UPDATE SET last = greatest({table}.last, excluded.last)""",
            [(*key, last) for key, last in sorted(codes.items())],
        )


def reserve(table: type[models.Model], many: int) -> int:
    """The number before the first of so many that are ours alone, also while others write."""
    name = table._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {name}")
        highest = cursor.fetchone()[0]
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [name])
        first = max(highest, cursor.fetchone()[0])
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [name, first + many])
        return int(first)
