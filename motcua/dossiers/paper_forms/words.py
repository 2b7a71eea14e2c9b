"""Days, moments and amounts as a paper form words them (cách ghi ngày, giờ, số tiền)."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone


def day_in_words(day: date) -> str:
    """For example `ngày 03 tháng 11 năm 2023`; days under 10 and the months 1 and 2 take a zero (NĐ 30/2020/NĐ-CP)."""
    month = f"{day.month:02d}" if day.month < 3 else day.month
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def moment_in_words(at: datetime | None) -> str:
    """For example `09 giờ 30 phút, ngày 03 tháng 11 năm 2023`; nothing for no moment."""
    if at is None:
        return ""
    here = timezone.localtime(at)
    return f"{here:%H} giờ {here:%M} phút, {day_in_words(here.date())}"


def money(amount: int) -> str:
    """For example `8.000 đồng`."""
    return f"{amount:,} đồng".replace(",", ".") if amount else "Miễn phí"
