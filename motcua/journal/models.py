"""What happened: one line a step, never changed (nhật ký)."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Entry(models.Model):
    """A line of the journal, chained by hash with the line before it about the same subject."""

    subject = models.CharField("về", max_length=60)
    number = models.PositiveIntegerField("dòng thứ")
    event = models.CharField("việc", max_length=60)
    at = models.DateTimeField("lúc")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField("dữ kiện", default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["subject", "number"]
        constraints = [models.UniqueConstraint(fields=["subject", "number"], name="a_subject_numbers_its_lines_once")]
        indexes = [models.Index(fields=["event", "id"], name="entries_by_event")]

    def __str__(self) -> str:
        return f"{self.subject} #{self.number} {self.event}"


class Reading(models.Model):
    """An officer opened one subject; one line an officer, subject and hour (lượt xem hồ sơ)."""

    subject = models.CharField("về", max_length=60)
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    hour = models.DateTimeField("trong giờ")
    purpose = models.CharField("mục đích", max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "reader", "hour"], name="a_reading_is_told_once_an_hour")
        ]
