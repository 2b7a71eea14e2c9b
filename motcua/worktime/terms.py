"""How long a piece of work may take, as the law words it (thời hạn giải quyết)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

HOURS_A_DAY = 8  # giờ làm việc một ngày, Bộ luật Lao động 2019 Điều 105


class TermUnit(StrEnum):
    """What a term is counted in (đơn vị tính)."""

    label: str

    def __new__(cls, value: str, label: str = "") -> TermUnit:
        unit = str.__new__(cls, value)
        unit._value_ = value
        unit.label = label
        return unit

    WORKING_MINUTES = "WORKING_MINUTES", "phút làm việc"
    WORKING_HOURS = "WORKING_HOURS", "giờ làm việc"
    WORKING_DAYS = "WORKING_DAYS", "ngày làm việc"
    CALENDAR_DAYS = "CALENDAR_DAYS", "ngày"
    MONTHS = "MONTHS", "tháng"


@dataclass(frozen=True, slots=True)
class Term:
    """So many of a unit (thời hạn), for example 5 ngày làm việc."""

    amount: int
    unit: TermUnit

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not isinstance(self.amount, int) or self.amount < 0:
            raise ValueError(f"a term is a whole number from 0, not {self.amount!r}")

    @classmethod
    def minutes(cls, amount: int) -> Term:
        return cls(amount, TermUnit.WORKING_MINUTES)

    @classmethod
    def hours(cls, amount: int) -> Term:
        return cls(amount, TermUnit.WORKING_HOURS)

    @classmethod
    def days(cls, amount: int) -> Term:
        return cls(amount, TermUnit.WORKING_DAYS)

    @classmethod
    def calendar_days(cls, amount: int) -> Term:
        return cls(amount, TermUnit.CALENDAR_DAYS)

    @classmethod
    def months(cls, amount: int) -> Term:
        return cls(amount, TermUnit.MONTHS)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.label}"
