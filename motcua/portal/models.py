"""What the portal itself keeps: an answer while it is being written, and what was said of forgotten drafts."""

from __future__ import annotations

from django.db import models

from motcua.accounts.models import Person
from motcua.catalogue.models import ProcedureVersion
from motcua.dossiers.models import Dossier, SupplementRequest
from motcua.organisations.models import Agency


class AnswerDraft(models.Model):
    """Fields and note of an answer not yet sent (bản nháp phần bổ sung); gone when it is sent."""

    request = models.OneToOneField(SupplementRequest, models.CASCADE, related_name="+")
    form = models.JSONField("nội dung biểu mẫu", default=dict)
    note = models.TextField("lời nhắn", blank=True)
    saved_at = models.DateTimeField("lưu lúc")


class DraftReminder(models.Model):
    """That a draft was said to be forgotten, once for each reminder and saving (nhắc bản nháp bị bỏ quên)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="reminders")
    number = models.PositiveSmallIntegerField("lần nhắc")
    saved_at = models.DateTimeField("bản nháp lưu lúc")
    at = models.DateTimeField("nhắc lúc")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "saved_at", "number"], name="a_saving_is_reminded_of_once_by_each_reminder"
            )
        ]


class ForgottenDraft(models.Model):
    """What a draft was of that was thrown away unsaved for long: its owner reads it in the list for a while (bản nháp đã bỏ)."""

    account = models.ForeignKey(Person, models.CASCADE, related_name="forgotten_drafts")
    procedure_version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="+")
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+")
    saved_at = models.DateTimeField("lưu lần cuối")
    removed_at = models.DateTimeField("bỏ lúc")

    class Meta:
        indexes = [models.Index(fields=["account", "-removed_at"], name="forgotten_drafts_of_a_person")]
