"""Finding a dossier by whatever part of it somebody remembers (tìm hồ sơ)."""

from __future__ import annotations

from django.db.models import QuerySet

from motcua.vietnamese import fold

from .models import Dossier

SHORTEST = 2
MOST_WORDS = 8


def find(dossiers: QuerySet[Dossier], text: str, *, limit: int = 50) -> list[Dossier]:
    """The newest dossiers of this audience's queryset that hold every word."""
    return list(matching(dossiers, text)[:limit])


def matching(dossiers: QuerySet[Dossier], text: str) -> QuerySet[Dossier]:
    """All that hold every word: parts of code, name without accents, phone, ID number; the newest first."""
    words = fold(text[:200]).split()[:MOST_WORDS]
    if not words or max(map(len, words)) < SHORTEST:
        return dossiers.none()
    for word in words:
        dossiers = dossiers.filter(search_text__contains=word)
    return dossiers.order_by("-submitted_at", "-id")
