"""What people say for the words of the law, kept by the office (từ đồng nghĩa để tìm)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from motcua.accounts.models import Person
from motcua.journal.recording import record
from motcua.refusal import Refusal
from motcua.vietnamese import compose, fold

from .models import Synonym
from .searching.reading import LONGEST_SAID, WORDS

SHIPPED = Path(__file__).parent / "facts" / "synonyms.csv"


class AlreadyThere(Refusal):
    message = "Từ này đã có trong danh sách; hãy tìm và sửa dòng đó. Những gì bạn gõ vẫn còn dưới đây."


class SaysNothing(Refusal):
    message = "Cần ít nhất một chữ hoặc số ở cả hai ô."


class TooLong(Refusal):
    message = f"Người dân nói: tối đa {LONGEST_SAID} tiếng. Câu dài hơn hãy rút lấy những tiếng quan trọng nhất."


class ChangedMeanwhile(Refusal):
    def __init__(self, synonym: Synonym) -> None:
        who = f" bởi {synonym.changed_by.full_name}" if synonym.changed_by else ""
        now = "đã bị bỏ" if synonym.removed_at else f"nay là “{synonym.said}” = “{synonym.means}”"
        super().__init__(
            f"Dòng này vừa được sửa{who}: {now}. Những gì bạn gõ vẫn còn dưới đây; xem lại rồi lưu lần nữa nếu vẫn muốn thay."
        )


def spoken(text: str) -> str:
    """As kept: small letters, one spelling."""
    return compose(text).lower()


def key(said: str) -> str:
    """As looked for: its words without marks and signs."""
    return " ".join(WORDS.findall(fold(said)))


@transaction.atomic
def add(said: str, means: str, *, by: Person, at: datetime) -> Synonym:
    """A new synonym; one that had been removed comes back with what it means now."""
    said, means = _checked(said, means)
    known = Synonym.objects.select_for_update().filter(said=said).first()
    if known and not known.removed_at:
        raise AlreadyThere
    synonym = known or Synonym(said=said)
    _save(synonym, said, means, by=by, at=at)
    record("synonym.added", about=synonym, by=by, at=at)
    return synonym


@transaction.atomic
def change(synonym: Synonym, said: str, means: str, *, seen: str, by: Person, at: datetime) -> Synonym:
    """Other words for the same line; `seen` is the state the officer started from."""
    said, means = _checked(said, means)
    synonym = _as_seen(synonym, seen)
    if Synonym.objects.filter(said=said).exclude(pk=synonym.pk).exists():
        raise AlreadyThere
    _save(synonym, said, means, by=by, at=at)
    record("synonym.changed", about=synonym, by=by, at=at)
    return synonym


@transaction.atomic
def remove(synonym: Synonym, *, seen: str, by: Person, at: datetime) -> None:
    """No longer searched by; the line stays, so that the next loading does not bring it back."""
    synonym = _as_seen(synonym, seen)
    synonym.removed_at, synonym.changed_by, synonym.changed_at = at, by, at
    synonym.save(update_fields=["removed_at", "changed_by", "changed_at"])
    record("synonym.removed", about=synonym, by=by, at=at)


def state(synonym: Synonym) -> str:
    """What an officer sees of a line, to tell whether another one changed it since."""
    return synonym.changed_at.isoformat() if synonym.changed_at else ""


def load() -> int:
    """The shipped synonyms that are not there yet, and the new words of those nobody here has changed; how many."""
    shipped = {row["said"]: row["means"] for row in _shipped()}
    ours = {synonym.said: synonym for synonym in Synonym.objects.filter(said__in=shipped)}
    fresh = [
        Synonym(said=said, said_folded=key(said), means=means) for said, means in shipped.items() if said not in ours
    ]
    told_anew = [one for one in ours.values() if one.changed_by_id is None and one.means != shipped[one.said]]
    for one in told_anew:
        one.means = shipped[one.said]
    Synonym.objects.bulk_create(fresh, ignore_conflicts=True)
    Synonym.objects.bulk_update(told_anew, ["means"])
    return len(fresh) + len(told_anew)


def _shipped() -> list[Mapping[str, str]]:
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _checked(said: str, means: str) -> tuple[str, str]:
    said, means = spoken(said), compose(means)
    if not key(said) or not key(means):
        raise SaysNothing
    if len(key(said).split()) > LONGEST_SAID:
        raise TooLong
    return said, means


def _as_seen(synonym: Synonym, seen: str) -> Synonym:
    now = Synonym.objects.select_for_update(of=("self",)).select_related("changed_by").get(pk=synonym.pk)
    if state(now) != seen or now.removed_at:
        raise ChangedMeanwhile(now)
    return now


def _save(synonym: Synonym, said: str, means: str, *, by: Person, at: datetime) -> None:
    synonym.said, synonym.said_folded, synonym.means = said, key(said), means
    synonym.changed_by, synonym.changed_at, synonym.removed_at = by, at, None
    try:
        with transaction.atomic():
            synonym.save()
    except IntegrityError:
        raise AlreadyThere from None
