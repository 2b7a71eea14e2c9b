"""What became of the dossiers a client may see, since the last line it has read (diễn biến hồ sơ)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema

from motcua.dossiers.models import State

from . import events_feed
from .scopes import scoped

router = Router(tags=["events"])

MOST = 500


class EventTold(Schema):
    """Một diễn biến: chỉ có mã, không có thông tin cá nhân. `state` là trạng thái hồ sơ ngay sau đó."""

    sequence: int
    event: str
    dossier: str
    state: State
    portal_state: int
    at: datetime


class EventPage(Schema):
    items: list[EventTold]
    next: int | None


@router.get("/events", response=EventPage, auth=scoped("events:read"), summary="Diễn biến, cũ trước mới sau")
def events(
    request: HttpRequest,
    cursor: Annotated[int, Query(ge=0, lt=2**63, description="`sequence` của dòng cuối đã đọc, hoặc `next`")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
):
    """Mọi dòng sau `cursor`, mỗi dòng một số tăng dần của riêng hệ thống này; không dòng nào đến sau lại mang số đã qua."""
    found = events_feed.since(request.auth, request.scopes, cursor, limit=limit + 1)  # type: ignore[attr-defined]
    read = found[:limit]
    return {
        "items": [events_feed.told(event, code) for event, code in read if code],
        "next": read[-1][0].number if len(found) > limit else None,
    }
