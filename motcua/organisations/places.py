"""Finding a place by what was typed of it (tìm địa danh)."""

from __future__ import annotations

from datetime import date

from motcua.vietnamese import fold

from .models import Level, Place

MOST = 8
LEAST_TYPED = 2
LEVEL_WORDS = ("tinh", "thanh pho", "quan", "huyen", "thi xa", "phuong", "xa", "thi tran", "dac khu")


def find(typed: str, *, day: date, limit: int = MOST) -> list[str]:
    """Places with what stands above them, whose words begin as the typed ones do; what stands before the last comma, the hamlet, stays in front."""
    hamlet, _comma, last = typed.rpartition(",")
    wanted = fold(last).split()
    if len("".join(wanted)) < LEAST_TYPED:
        return []
    rows = Place.objects.valid_on(day).values_list("name", "parent__name", "parent__parent__name", "level")
    found = []
    for *names, level in rows:
        words = fold(names[0]).split()
        if all(any(word.startswith(part) for word in words) for part in wanted):
            found.append(
                (
                    not _bare(names[0]).startswith(" ".join(wanted)),
                    level != Level.COMMUNE,
                    ", ".join(filter(None, names)),
                )
            )
    front = f"{hamlet.strip()}, " if hamlet.strip() else ""
    return [front + name for *_rank, name in sorted(found)[:limit]]


def _bare(name: str) -> str:
    """The name without what kind of place it is."""
    folded = fold(name)
    return next((folded.removeprefix(f"{word} ") for word in LEVEL_WORDS if folded.startswith(f"{word} ")), folded)
