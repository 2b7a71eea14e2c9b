"""Suggesting places while one types (gợi ý địa danh)."""

from __future__ import annotations

from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.accounts.attempts import bounded
from motcua.accounts.permissions import public
from motcua.organisations import places

LONGEST = 250


@public
@require_safe
@bounded("places")
def find(request):
    """A few places; whoever finds none writes the name as they know it."""
    found = places.find(request.GET.get("q", "")[:LONGEST], day=timezone.localdate())
    answer = JsonResponse(found, safe=False)
    answer["Cache-Control"] = "public, max-age=3600"
    return answer
