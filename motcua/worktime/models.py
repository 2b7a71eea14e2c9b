"""National days off and worked Saturdays as dated rows (ngày nghỉ lễ, ngày làm bù; Bộ luật Lao động 2019 Điều 112)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from .calendar import national_facts


class DayKind(models.TextChoices):
    """What makes a day unlike its weekday."""

    HOLIDAY = "HOLIDAY", "Nghỉ lễ, Tết"
    SWAP_OFF = "SWAP_OFF", "Nghỉ hoán đổi"
    SWAP_WORK = "SWAP_WORK", "Làm bù"


class NationalDay(models.Model):
    """A day off or a worked Saturday announced for the whole country, with the document that announces it."""

    day = models.DateField("ngày", unique=True)
    kind = models.CharField("loại", max_length=10, choices=DayKind)
    legal_basis = models.CharField("căn cứ", max_length=200)
    provisional = models.BooleanField("tạm tính, chờ thông báo chính thức", default=False)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.CheckConstraint(condition=~Q(legal_basis=""), name="a_national_day_has_a_legal_basis"),
            models.CheckConstraint(
                condition=~Q(kind="SWAP_WORK") | Q(day__iso_week_day__gte=6), name="a_worked_day_is_one_of_the_weekend"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.get_kind_display()}"


def load_national_days() -> None:
    """Write the shipped table; a row that is there already was announced since and is left alone."""
    NationalDay.objects.bulk_create(
        [
            NationalDay(
                day=date.fromisoformat(fact["date"]),
                kind=fact["kind"],
                legal_basis=fact["legal_basis"],
                provisional=fact["provisional"] == "1",
            )
            for fact in national_facts()
        ],
        ignore_conflicts=True,
    )
