"""The systems that are let in, and what each has asked (hệ thống kết nối)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from oauth2_provider.models import AbstractApplication

from motcua.accounts.models import Person
from motcua.files.models import StoredFile
from motcua.organisations.models import Agency

from .scopes import OF_AGENCIES


class Client(AbstractApplication):
    """A system of an agency or of an outside partner, with its key (hệ thống kết nối).

    In steps and in the journal it is a person (`user`) whom nobody can sign in as.
    """

    user = models.OneToOneField(
        Person, models.PROTECT, related_name="client", verbose_name="người thực hiện trong nhật ký"
    )
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="cơ quan")
    allowed = ArrayField(models.CharField(max_length=40), verbose_name="phạm vi")
    requests_a_minute = models.PositiveIntegerField("số lần gọi mỗi phút", default=300)
    disabled_at = models.DateTimeField("khóa lúc", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agency__isnull=False) | ~Q(allowed__overlap=list(OF_AGENCIES)),
                name="what_agencies_see_only_their_systems_see",
            ),
        ]

    @property
    def subject(self) -> str:
        """The name by which the journal knows this client."""
        return f"client:{self.pk}"

    def is_usable(self, request: Any) -> bool:
        """Asked by the library before a key is given and whenever one is shown."""
        return self.disabled_at is None


class Usage(models.Model):
    """How often a client has asked in the minute at hand, and when last (số lần gọi)."""

    client = models.OneToOneField(Client, models.CASCADE, primary_key=True, related_name="usage")
    minute = models.BigIntegerField("phút, tính từ 1970")
    used = models.PositiveIntegerField("số lần gọi trong phút ấy")
    last_used_at = models.DateTimeField("gọi lần cuối")


class Upload(models.Model):
    """A file a client has sent, waiting to be put to a dossier (tệp chờ kèm vào hồ sơ)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="uploads")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField("tên tệp", max_length=255)
    sent_at = models.DateTimeField("gửi lúc")

    class Meta:
        indexes = [models.Index(fields=["sent_at"], name="uploads_by_age")]


class KeptAnswer(models.Model):
    """What was answered to a request that did something, to be answered again (Idempotency-Key)."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    asked = models.CharField("mã băm của yêu cầu", max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField()
    body = models.TextField(blank=True)
    answered_at = models.DateTimeField("trả lời lúc")

    class Meta:
        indexes = [models.Index(fields=["answered_at"], name="kept_answers_by_age")]
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="a_key_of_a_client_is_answered_once")]
