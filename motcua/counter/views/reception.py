"""Receiving a person at the counter (tiếp nhận trực tiếp)."""

from __future__ import annotations

from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.accounts.permissions import Can, requires

from .. import frame, receiving


@requires(Can.RECEIVE)
@require_safe
def choose(request):
    """Find the procedure the person came for."""
    text = request.GET.get("q", "").strip()[:200]
    found = receiving.find(text, receiving.counters(request.user), day=timezone.localdate()) if text else []
    return frame.page(request, "counter/reception/choose.html", {"text": text, "found": found})
