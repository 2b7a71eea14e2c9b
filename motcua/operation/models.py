"""What went wrong while somebody waited for a page (lỗi khi phục vụ)."""

from __future__ import annotations

from django.db import models


class Trouble(models.Model):
    """One fault of the program, counted; it knows a place in the code and the pattern of an address, no person and no dossier."""

    fault = models.CharField("lỗi", max_length=100)
    place = models.CharField("ở", max_length=200)
    route = models.CharField("địa chỉ", max_length=200)
    times = models.PositiveIntegerField("số lần", default=1)
    first_at = models.DateTimeField("lần đầu")
    last_at = models.DateTimeField("lần cuối")
    last_request = models.CharField("mã yêu cầu", max_length=36)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fault", "place", "route"], name="a_fault_at_a_place_is_counted_once")
        ]
        indexes = [models.Index(fields=["-last_at"], name="troubles_by_time")]

    def __str__(self) -> str:
        return f"{self.fault} – {self.route}"
