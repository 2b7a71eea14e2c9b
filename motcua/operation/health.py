"""Can this process do its work: database, migrations, storage, queue (còn sống, sẵn sàng)."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.core.files.storage import default_storage
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from motcua.files.storing import INCOMING

from . import queue

logger = logging.getLogger(__name__)
# A disk across the network that does not answer must not hold the question for ever.
PATIENCE = 3.0
# Less than this many bytes, and the next large paper may not find room.
ROOM = 100 * 1024 * 1024
# Clocks of one house agree within seconds; an hour apart, receipts and due dates would say what is not so.
APART = 60.0
# A worker gives a sign every ten seconds.
SILENT = 60.0
_asking = ThreadPoolExecutor(2, thread_name_prefix="storage")


class Part(NamedTuple):
    """One thing that is needed; what is not `needed` is told, and pages are served without it."""

    name: str
    well: bool
    said: str
    needed: bool = True


def parts() -> list[Part]:
    """Each by itself, so that one that is away does not hide the others."""
    return [
        _asked("database", _database),
        _asked("migrations", _migrations),
        _storage(),
        _asked("queue", _queue, needed=False),
        _asked("clock", _clock, needed=False),
    ]


def ready(found: list[Part]) -> bool:
    return all(part.well for part in found if part.needed)


def _asked(name: str, ask: Callable[[], str], *, needed: bool = True) -> Part:
    try:
        trouble = ask()
    except (DatabaseError, InterfaceError):
        trouble = "không hỏi được cơ sở dữ liệu"
    return Part(name, not trouble, trouble or "được", needed)


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


@cache
def _expected() -> frozenset[tuple[str, str]]:
    """The migrations this code knows; they change only with the code."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _migrations() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        seen = set(cursor.fetchall())
    missing = sorted(".".join(one) for one in _expected() - seen)
    return f"chưa chạy: {', '.join(missing[:3])}" if missing else ""


def _storage() -> Part:
    """Write a little and take it away again; a full disk is full for every machine, so people are still sent here to read."""
    try:
        trouble: Future[int | None] = _asking.submit(_write_a_little)
        room = trouble.result(PATIENCE)
    except TookTooLong:
        return Part("storage", False, "kho tệp không trả lời")
    except OSError as error:
        logger.error("The storage cannot be written: %s", error.strerror or type(error).__name__)
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        told = "hết chỗ" if full else f"không ghi được: {error.strerror or type(error).__name__}"
        return Part("storage", False, told, needed=not full)
    if room is not None and room < ROOM:
        return Part("storage", False, "sắp hết chỗ", needed=False)
    return Part("storage", True, "được")


def _write_a_little() -> int | None:
    """How much room is left then, where the storage is a disk."""
    try:
        folder = Path(default_storage.path(INCOMING))
    except NotImplementedError:  # an object store
        default_storage.exists(INCOMING)
        return None
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder)
    try:
        os.write(descriptor, b"x" * 4096)
    finally:
        os.close(descriptor)
        os.unlink(name)
    return shutil.disk_usage(folder).free


def _clock() -> str:
    """This machine's clock beside the database's."""
    apart = clock_apart()
    return f"đồng hồ máy này lệch {apart:+.0f} giây so với cơ sở dữ liệu" if abs(apart) > APART else ""


def clock_apart() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return float((timezone.now() - cursor.fetchone()[0]).total_seconds())


def _queue() -> str:
    stands = queue.stands()
    if stands.worker_heard is None or stands.worker_heard > SILENT:
        return "chưa thấy tiến trình làm việc nền"
    return ""
