"""What was sent to a telephone or a mailbox, and what became of it (tin nhắn, thư điện tử gửi đi)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Channel(models.TextChoices):
    SMS = "SMS", "tin nhắn"
    EMAIL = "EMAIL", "thư điện tử"


class Purpose(models.TextChoices):
    """What a message is for; each is counted by itself, so that none of them shuts another out."""

    CODE = "CODE", "mã dùng một lần"
    DOSSIER = "DOSSIER", "tin về hồ sơ"
    DRAFT = "DRAFT", "nhắc hồ sơ đang soạn"
    ACCOUNT = "ACCOUNT", "tin về tài khoản"


class Message(models.Model):
    """One message to one address; the row says whether it went, when, and why not. It knows an address and no person."""

    channel = models.CharField("bằng", max_length=5, choices=Channel)
    to = models.CharField("đến", max_length=254)
    purpose = models.CharField("để", max_length=10, choices=Purpose)
    about = models.CharField("về", max_length=60, blank=True)
    title = models.CharField("tiêu đề thư", max_length=200, blank=True)
    text = models.TextField("nội dung", blank=True)
    created_at = models.DateTimeField("lúc")
    good_until = models.DateTimeField("hết ý nghĩa lúc", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("số lần gửi", default=0)
    answer = models.CharField("trả lời", max_length=200, blank=True)
    sent_at = models.DateTimeField("đã gửi lúc", null=True, blank=True)
    failed_at = models.DateTimeField("thôi gửi lúc", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(failed_at__isnull=True), name="a_message_is_sent_or_given_up"
            ),
            # A code may be read by nobody afterwards, not even where messages are kept.
            models.CheckConstraint(
                condition=~Q(purpose="CODE") | Q(sent_at__isnull=True, failed_at__isnull=True) | Q(text=""),
                name="a_code_is_forgotten_once_it_went",
            ),
        ]
        indexes = [
            models.Index(fields=["to", "purpose", "created_at"], name="messages_of_a_receiver"),
            models.Index(fields=["about", "id"], name="messages_about_a_subject", condition=~Q(about="")),
            models.Index(fields=["created_at"], name="messages_with_a_text", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.pk}: {self.get_purpose_display()}"
