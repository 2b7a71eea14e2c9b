"""Dates, amounts and sizes as Vietnamese offices write them, and the little logic components need."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, ngettext

register = template.Library()

NOTHING = "–"
WORKING_DAY = 8 * 60
WEEKDAYS = (
    gettext_noop("Thứ Hai"),
    gettext_noop("Thứ Ba"),
    gettext_noop("Thứ Tư"),
    gettext_noop("Thứ Năm"),
    gettext_noop("Thứ Sáu"),
    gettext_noop("Thứ Bảy"),
    gettext_noop("Chủ Nhật"),
)


def here(at: date) -> date:
    """The same moment on the clocks of the province."""
    return timezone.localtime(at) if isinstance(at, datetime) and timezone.is_aware(at) else at


@register.filter
def vn_date(day: date | None, form: str = "") -> str:
    """Thứ Sáu 03/11/2023, or 03/11/2023 for `short`."""
    if not day:
        return NOTHING
    day = here(day)
    short = f"{day:%d/%m/%Y}"
    return short if form == "short" else f"{gettext(WEEKDAYS[day.weekday()])} {short}"


@register.filter
def vn_time(at: datetime | None) -> str:
    return f"{here(at):%H:%M}" if at else NOTHING


@register.filter
def vn_datetime(at: datetime | None) -> str:
    """Thứ Sáu 03/11/2023, 09:30."""
    return f"{vn_date(at)}, {vn_time(at)}" if at else NOTHING


def amount_of_time(seconds: float) -> str:
    """The largest unit that fits, rounded down: nobody is promised more than there is."""
    minutes = int(seconds // 60)
    if minutes < 60:
        return ngettext("%(n)s phút", "%(n)s phút", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 24:
        return ngettext("%(n)s giờ", "%(n)s giờ", hours) % {"n": hours}
    days = hours // 24
    if days < 60:
        return ngettext("%(n)s ngày", "%(n)s ngày", days) % {"n": days}
    if days < 730:
        return ngettext("%(n)s tháng", "%(n)s tháng", days // 30) % {"n": days // 30}
    return ngettext("%(n)s năm", "%(n)s năm", days // 365) % {"n": days // 365}


@register.filter
def vn_ago(at: date | None, now: datetime | None = None) -> str:
    """2 giờ trước, còn 2 ngày: calendar time, to stand beside a date."""
    if not at:
        return NOTHING
    if not isinstance(at, datetime):
        gap = at - timezone.localdate(now)
        if gap == timedelta(0):
            return gettext("hôm nay")
    else:
        gap = at - (now or timezone.now())
    seconds = gap.total_seconds()
    if abs(seconds) < 60:
        return gettext("vừa xong") if seconds <= 0 else gettext("ngay bây giờ")
    words = amount_of_time(abs(seconds))
    return (gettext("còn %s") if seconds > 0 else gettext("%s trước")) % words


@register.filter
def vn_hours(minutes: int | None) -> str:
    """Working minutes as days of eight hours: 2 ngày 3 giờ, 45 phút."""
    if minutes is None:
        return NOTHING
    days, rest = divmod(int(minutes), WORKING_DAY)
    hours, rest = divmod(rest, 60)
    parts = []
    if days:
        parts.append(ngettext("%(n)s ngày", "%(n)s ngày", days) % {"n": days})
    if hours:
        parts.append(ngettext("%(n)s giờ", "%(n)s giờ", hours) % {"n": hours})
    if rest and not days or not parts:
        parts.append(ngettext("%(n)s phút", "%(n)s phút", rest) % {"n": rest})
    return " ".join(parts)


@register.filter
def vn_number(number: float | Decimal | None) -> str:
    """1.427, and 12,5 with a decimal comma."""
    if number is None or number == "":
        return NOTHING
    return f"{number:,}".translate(str.maketrans(",.", ".,"))


@register.filter
def dong(amount: int | Decimal | None) -> str:
    """35.000 đ; nothing to pay is said in words."""
    if amount is None or amount == "":
        return NOTHING
    return f"{vn_number(int(amount))} đ" if amount else gettext("Miễn phí")


@register.filter
def filesize_vn(size: int | None) -> str:
    """1,4 MB."""
    if size is None:
        return NOTHING
    for unit, bytes_in_unit in (("GB", 1024**3), ("MB", 1024**2), ("KB", 1024)):
        if size >= bytes_in_unit:
            in_unit = size / bytes_in_unit
            shown = f"{in_unit:.0f}" if in_unit >= 10 else f"{in_unit:.1f}".removesuffix(".0")
            return f"{shown.replace('.', ',')} {unit}"
    return f"{size} byte"


@register.filter
def code_tail(code: str) -> str:
    """…0412-0007: day, month and number tell a dossier apart on one office's desk."""
    head, _, number = str(code).rpartition("-")
    return f"…{head[-4:]}-{number}" if head else str(code)


@register.filter
def first_id(field: BoundField) -> str:
    """Where a link to the field leads: its control, or the first of its choices."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def short_label(field: BoundField) -> str:
    """The name of a field inside a sentence: a label that is itself a sentence loses its last sign."""
    return str(field.label).rstrip("?.:! ")


@register.simple_tag
def widget(field: BoundField, hint: str = "") -> str:
    """The control alone, tied to its hint and its error for those who listen to the page."""
    described = [f"{field.auto_id}_{part}" for part, there in (("helptext", hint), ("error", field.errors)) if there]
    return field.as_widget(attrs={"aria-describedby": " ".join(described)} if described else {})


GAP = 4  # of 1000, between two shares


class Segment(NamedTuple):
    x: int
    width: int
    look: str
    label: str
    minutes: int
    running: bool


@register.simple_tag
def clock_segments(shares: Iterable[Any]) -> list[Segment]:
    """A bar 1000 wide; the shortest share stays visible, two agencies side by side look different."""
    shares = list(shares)
    if not shares:
        return []
    least = 14
    total = sum(share.minutes for share in shares) or 1
    free = 1000 - least * len(shares)
    x, agencies, segments = 0, 0, []
    for share in shares:
        width = least + round(free * share.minutes / total)
        look = str(share.kind).lower()
        if look == "agency":
            look = f"agency-{agencies % 3 + 1}"
            agencies += 1
        segments.append(Segment(x, width - GAP, look, share.label, share.minutes, share.running))
        x += width
    return segments
