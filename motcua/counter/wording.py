"""How a list tells a dossier in one line: time first (cách ghi một dòng)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from motcua.catalogue.models import Channel
from motcua.dossiers import clock
from motcua.dossiers.models import OPEN, Dossier, State
from motcua.ui.templatetags.ui import amount_of_time, code_tail, vn_datetime

from .worklists import AT_WORK, Row

SEARCHED = ("owner", "step", "unit")
DAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")


class Told(NamedTuple):
    """A row as it is shown."""

    look: str
    shape: str
    time: str
    exactly: str
    code: str
    tail: str
    href: str
    procedure: str
    cells: list[tuple[str, str]]  # the chosen columns: name and text
    labels: Sequence[str] = ()
    news: Sequence[str] = ()
    tick: str = ""  # what stands for the row in a batch; empty where there is nothing to do at once
    sorry: bool = False
    late_step: bool = False  # the step that waits for this officer is beyond its own time
    instead_of: str = ""  # whose work it is, where the officer stands in for them


# What the life of a dossier brings to those who hold or follow it, in the fewest words.
NEWS: Mapping[str, str] = {
    "dossier.supplement_answered": "Bổ sung đã về",
    "dossier.payment_settled": "Đã nộp tiền",
    "dossier.opinion_asked": "Cần cho ý kiến",
    "dossier.opinion_given": "Có ý kiến",
    "dossier.opinion_waived": "Không chờ ý kiến nữa",
    "dossier.step_returned": "Trả lại bước trước",
    "dossier.step_assigned": "Được giao việc",
    "dossier.recalled": "Bên chuyển thu hồi",
    "dossier.papers_posted": "Hồ sơ giấy đang đến",
    "dossier.result_came_back": "Bưu điện trả lại",
    "dossier.transferred": "Chuyển từ bộ phận khác",
    "dossier.sent_elsewhere": "Chuyển từ nơi khác",
    "dossier.supplement_allowed_again": "Được yêu cầu bổ sung lần nữa",
    "dossier.apology_drafted": "Cần xin lỗi, hẹn lại",
    "dossier.apologised": "Đã xin lỗi, hẹn lại",
    "dossier.corrected": "Đưa về đính chính",
    "dossier.supplement_requested": "Đã yêu cầu bổ sung",
    "dossier.approved": "Đã phê duyệt",
    "dossier.finished": "Đã có kết quả",
    "dossier.returned": "Đã trả kết quả",
    "dossier.withdrawn": "Người nộp rút hồ sơ",
    "dossier.stopped": "Đã dừng giải quyết",
    "dossier.message_written": "Người nộp nhắn tin",
}


def told(
    row: Row,
    at: datetime,
    *,
    columns: Sequence[str],
    batch: Sequence[str] = (),
    to_assign: int | None = None,
    instead_of: str = "",
) -> Told:
    look = row.lateness(at)
    moment = row.reception_due_at if row.state == State.SUBMITTED else row.due_at
    return Told(
        look=look,
        shape=shape(look),
        time=time_of(row.state, moment, look, at),
        exactly=vn_datetime(moment) if moment else "Không có ngày hẹn",
        code=row.code,
        tail=code_tail(row.code),
        href=reverse("counter:dossier", args=[row.code]),
        procedure=row.procedure,
        cells=[(name, CELLS[name](row)) for name in columns],
        labels=row.labels,
        news=list(dict.fromkeys(NEWS.get(event, "Có thay đổi") for event in row.news)),
        tick=f"{row.code} {to_assign}" if to_assign else _tick(row, batch),
        sorry=row.sorry,
        late_step=_late_step(row, at),
        instead_of=instead_of,
    )


def _late_step(row: Row, at: datetime) -> bool:
    due = row.held["due"] if row.held else None
    return due is not None and datetime.fromisoformat(due) < at


def _tick(row: Row, batch: Sequence[str]) -> str:
    """The row in a batch: its code and the step that stood on the page, so that a page grown old does nothing."""
    if "sign_apology" in batch:
        return f"{row.code} 0" if row.sorry else ""
    return f"{row.code} {row.held['step']}" if batch and row.held else ""


def _day(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%d/%m/%Y}" if moment else "–"


CELLS: Mapping[str, Callable[[Row], str]] = {
    "owner": lambda row: row.owner,
    "step": lambda row: where_it_is(row),
    "unit": lambda row: row.unit or "" if row.state in OPEN else "",
    "holder": lambda row: row.holder or "",
    "labels": lambda row: " · ".join(row.labels),
    "field": lambda row: row.field,
    "agency": lambda row: row.agency,
    "channel": lambda row: str(Channel(row.channel).label) if row.channel else "",
    "submitted": lambda row: _day(row.submitted_at),
    "accepted": lambda row: _day(row.accepted_at),
}


def where_it_is(row: Row) -> str:
    """The step it is at; for what waits at the counter, since when."""
    if row.state in AT_WORK and row.step:
        return row.step
    if row.state == State.SUBMITTED and row.submitted_at:
        return f"Nộp lúc {timezone.localtime(row.submitted_at):%H:%M %d/%m}"
    if row.state == State.READY and row.finished_at:
        return f"Có kết quả lúc {timezone.localtime(row.finished_at):%H:%M %d/%m}"
    return State(row.state).label


def told_of(dossier: Dossier, at: datetime) -> Told:
    """The same line for a dossier that was found by search."""
    row = Row(
        pk=dossier.pk,
        code=dossier.code or "",
        state=dossier.state,
        procedure=dossier.procedure_version.name,
        owner=dossier.owner_name,
        unit=dossier.at_unit.name if dossier.at_unit else None,
        step=None,
        due_at=dossier.due_at,
        reception_due_at=dossier.reception_due_at,
        finished_at=dossier.finished_at,
        submitted_at=dossier.submitted_at,
        accepted_at=dossier.accepted_at,
    )
    return told(row, at, columns=SEARCHED)


@cache
def shape(look: str) -> str:
    """The sign of a state of time, drawn once a process and not once a row."""
    if look not in ("early", "on_time", "due_soon", "overdue", "waiting"):
        return ""
    return mark_safe(render_to_string("ui/components/shape.html", {"state": look}).strip())


def time_of(state: str, moment: datetime | None, look: str, at: datetime) -> str:
    """The time in as few letters as tell it: quá 2 giờ, 16:30, mai 09:00, T6 03/11."""
    if look == clock.Lateness.WAITING:
        return "Chờ"
    if state in (State.READY, State.RETURNED, State.STOPPED, State.WITHDRAWN):
        return {"early": "Trước hạn", "on_time": "Đúng hạn", "overdue": "Quá hạn"}.get(look, "–")
    if look == clock.Lateness.NONE:
        return "–"
    if moment is None:
        return "Không hẹn"
    if look == clock.Lateness.OVERDUE:
        return f"Quá {amount_of_time((at - moment).total_seconds())}"
    here, today = timezone.localtime(moment), timezone.localdate(at)
    if here.date() == today:
        return f"{here:%H:%M}"
    if here.date() == today + timedelta(days=1):
        return f"mai {here:%H:%M}"
    return f"{DAYS[here.weekday()]} {here:%d/%m}"
