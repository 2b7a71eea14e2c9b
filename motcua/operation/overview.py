"""How the house stands, as the operator's page and the figures tell it (tình hình vận hành)."""

from __future__ import annotations

import shutil
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import django
from django.conf import settings
from django.db import connection
from django.db.models import Q

from motcua import write_ahead
from motcua.api.models import Delivery, DeliveryState
from motcua.dossiers.clock import day_began
from motcua.dossiers.models import OPEN, Dossier, State
from motcua.messaging.models import Message
from motcua.serving import remembered

from . import queue


class Counted(NamedTuple):
    """What waits, counted over what is open, never over everything."""

    queue: queue.Queue
    open: int
    overdue: int
    messages: int
    webhooks: int
    webhooks_failed: int


def counted(at: datetime) -> Counted:
    open_now = Dossier.objects.filter(state__in=OPEN)
    late = Q(state=State.SUBMITTED, reception_due_at__lt=at) | Q(
        state__in=(State.ACCEPTED, State.IN_PROGRESS), due_at__lt=day_began(at)
    )
    return Counted(
        queue.stands(),
        open_now.count(),
        open_now.filter(late).count(),
        Message.objects.exclude(text="").filter(sent_at=None, failed_at=None).count(),
        Delivery.objects.filter(state=DeliveryState.WAITING).count(),
        Delivery.objects.filter(state=DeliveryState.FAILED).count(),
    )


def versions() -> list[tuple[str, str]]:
    """What runs here."""
    return [
        ("Một Cửa", product()),
        ("PostgreSQL", _postgresql()),
        ("Django", django.get_version()),
        ("procrastinate", version("procrastinate")),
    ]


def _postgresql() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        return str(cursor.fetchone()[0])


def product() -> str:
    """The commit, where the checkout is one; else the day of the newest migration seen says how new it is."""
    head = Path(settings.BASE_DIR) / ".git"
    if head.is_file():  # a worktree names its own folder
        head = Path(head.read_text().removeprefix("gitdir:").strip())
    try:
        told = (head / "HEAD").read_text().strip()
    except OSError:
        return "không rõ"
    if told.startswith("ref: "):
        common = head.parent.parent if head.parent.name == "worktrees" else head
        told = remembered(common / told.removeprefix("ref: ")) or told.removeprefix("ref: ")
    return told[:12]


def free_bytes() -> int:
    return shutil.disk_usage(settings.VAR).free


def total_bytes() -> int:
    return shutil.disk_usage(settings.VAR).total


def kept_until() -> datetime | None:
    """Up to when every change also lies elsewhere; None where that is not asked for, or not begun."""
    kept = write_ahead.kept(settings.VAR)
    return kept.until if kept else None


def backed_up() -> tuple[datetime | None, str]:
    """When and where the last backup was made from here."""
    moment, _, where = remembered(settings.VAR / "backed-up").partition(" ")
    return (datetime.fromisoformat(moment), where) if moment else (None, "")
