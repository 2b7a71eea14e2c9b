"""Finding a procedure to write about (tìm thủ tục để soạn thảo)."""

from __future__ import annotations

from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.accounts.permissions import Can, requires
from motcua.catalogue import searching

from ..frame import page

PAGE = 50


@requires(Can.EDIT_CATALOGUE)
@require_safe
def find(request):
    """What was typed, among the procedures in force."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[: searching.LONGEST]
    found = searching.search(text, day=timezone.localdate(), limit=PAGE) if text else []
    return page(request, "catalogue/find.html", {"text": text, "found": found}, current="home")
