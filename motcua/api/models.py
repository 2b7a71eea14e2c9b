"""The systems that are let in, and what each has asked (hệ thống kết nối)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from oauth2_provider.models import AbstractApplication

from motcua.accounts.models import Person
from motcua.dossiers.models import Dossier, State
from motcua.files.models import StoredFile
from motcua.journal.models import Entry
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


# Events and who is told of them ---------------------------------------------------------------------------------------


class Feed(models.Model):
    """How many events a client has been told; whoever tells one more holds this row until it is seen (sổ diễn biến)."""

    client = models.OneToOneField(Client, models.CASCADE, primary_key=True, related_name="feed")
    last = models.BigIntegerField("số dòng đã báo", default=0)


class Event(models.Model):
    """One line of the journal as one client is told it; `number` is its place among all that this client is told (diễn biến)."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="events", db_index=False)
    number = models.BigIntegerField("dòng thứ")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="+", db_index=False)
    state = models.CharField("trạng thái sau đó", max_length=20, choices=State)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "number"], name="a_place_in_a_feed_is_taken_once"),
            models.UniqueConstraint(fields=["entry", "client"], name="a_line_is_told_to_a_client_once"),
        ]
        indexes = [models.Index(fields=["dossier", "client", "number"], name="what_is_told_of_a_dossier")]


class Webhook(models.Model):
    """An address of a client to which its events are posted (nơi nhận tin báo)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="webhooks")
    url = models.CharField("địa chỉ nhận", max_length=500)
    events = ArrayField(models.CharField(max_length=60), default=list, verbose_name="chỉ những việc này")
    contact = models.EmailField("thư của người phụ trách", blank=True)
    secret = models.TextField("mã bí mật, đã mã hóa")
    former_secret = models.TextField("mã bí mật trước đó, đã mã hóa", blank=True)
    former_until = models.DateTimeField("mã trước còn dùng đến", null=True, blank=True)
    made_at = models.DateTimeField("đăng ký lúc")
    failures = models.PositiveIntegerField("số lần liền không gửi được", default=0)
    failing_since = models.DateTimeField("không gửi được từ", null=True, blank=True)
    resume_at = models.DateTimeField("nghỉ đến", null=True, blank=True)
    off_at = models.DateTimeField("ngừng gửi lúc", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(failures=0, failing_since__isnull=True) | Q(failures__gt=0, failing_since__isnull=False),
                name="a_failing_webhook_says_since_when",
            ),
            models.CheckConstraint(
                condition=Q(former_secret="", former_until__isnull=True)
                | ~Q(former_secret="") & Q(former_until__isnull=False),
                name="a_former_secret_ends_some_day",
            ),
        ]


class DeliveryState(models.TextChoices):
    WAITING = "WAITING", "Đang chờ gửi"
    DELIVERED = "DELIVERED", "Đã nhận"
    FAILED = "FAILED", "Không gửi được"


class Delivery(models.Model):
    """One event owed to one address; without an event it is a test (lượt gửi)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", db_index=False)
    event = models.ForeignKey(Event, models.CASCADE, null=True, related_name="deliveries", db_index=False)
    state = models.CharField("tình trạng", max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    made_at = models.DateTimeField("lúc")
    tries = models.PositiveSmallIntegerField("số lần gửi của lượt này", default=0)
    next_at = models.DateTimeField("gửi vào lúc", null=True, blank=True)
    give_up_at = models.DateTimeField("thôi gửi lúc")
    ended_at = models.DateTimeField("xong lúc", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "webhook"],
                condition=Q(event__isnull=False),
                name="an_event_is_owed_to_an_address_once",
            ),
            models.CheckConstraint(
                condition=Q(state="WAITING", next_at__isnull=False, ended_at__isnull=True)
                | ~Q(state="WAITING") & Q(next_at__isnull=True, ended_at__isnull=False),
                name="a_delivery_waits_or_has_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["webhook", "next_at"], condition=Q(state="WAITING"), name="deliveries_that_wait"),
            models.Index(fields=["webhook", "id"], name="deliveries_of_an_address"),
            models.Index(fields=["webhook", "id"], condition=Q(state="FAILED"), name="deliveries_that_failed"),
            models.Index(fields=["ended_at"], name="deliveries_by_their_end"),
        ]


class DeliveryAttempt(models.Model):
    """One post, and what was answered; without an answer the sender was stopped meanwhile (lần gửi)."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    at = models.DateTimeField("lúc")
    status = models.PositiveSmallIntegerField("mã trả lời", null=True, blank=True)
    answer = models.CharField("trả lời", max_length=200, blank=True)
    milliseconds = models.PositiveIntegerField("mất", null=True, blank=True)
