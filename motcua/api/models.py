"""The systems that are let in, and what each has asked (hệ thống kết nối)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from oauth2_provider.models import AbstractApplication

from motcua.accounts.models import Person
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
