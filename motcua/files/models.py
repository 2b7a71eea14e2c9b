"""Stored files, named by their content (tệp lưu trữ)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Scan(models.TextChoices):
    """What the malware scanner said (kết quả quét mã độc)."""

    NOT_SCANNED = "NOT_SCANNED", "Chưa quét"
    CLEAN = "CLEAN", "Sạch"


class StoredFile(models.Model):
    """Content kept once under its SHA-256 and never overwritten; an infected file is refused and never stored."""

    sha256 = models.CharField("mã băm", max_length=64, unique=True)
    size = models.PositiveBigIntegerField("dung lượng (byte)")
    media_type = models.CharField("loại nội dung", max_length=100)
    scan = models.CharField("quét mã độc", max_length=12, choices=Scan, default=Scan.NOT_SCANNED)
    stored_at = models.DateTimeField("lưu lúc")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="a_stored_file_has_content")]

    def __str__(self) -> str:
        return self.sha256[:12]
