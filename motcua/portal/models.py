"""What the portal itself keeps: the answer to a supplement request while it is being written."""

from __future__ import annotations

from django.db import models

from motcua.dossiers.models import SupplementRequest


class AnswerDraft(models.Model):
    """Fields and note of an answer not yet sent (bản nháp phần bổ sung); gone when it is sent."""

    request = models.OneToOneField(SupplementRequest, models.CASCADE, related_name="+")
    form = models.JSONField("nội dung biểu mẫu", default=dict)
    note = models.TextField("lời nhắn", blank=True)
    saved_at = models.DateTimeField("lưu lúc")
