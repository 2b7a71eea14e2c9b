"""Two versions of a procedure side by side: what stays, goes and comes (so sánh hai phiên bản)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import NamedTuple

from .drafts import PARTS
from .publishing import Told
from .wording import lines_of

SAME, GONE, NEW = "same", "gone", "new"
MOST_WORDS = 3000  # of a pair of lines; longer ones are shown as replaced whole
ALIKE = 0.35  # lines less alike than this are marked whole


class Piece(NamedTuple):
    """Words of a line, and whether they stay (SAME), go (GONE) or come (NEW)."""

    words: str
    kind: str


class Pair(NamedTuple):
    """A line as it was and as it will be; an empty side has no line."""

    before: list[Piece]
    after: list[Piece]


class PartCompared(NamedTuple):
    part: str
    label: str
    changed: bool
    pairs: list[Pair]


def compare(before: Told | None, after: Told) -> list[PartCompared]:
    """All parts that either tells, in their order."""
    compared = []
    for part, label in PARTS.items():
        old = lines_of(before, part) if before else []
        new = lines_of(after, part)
        if old or new:
            compared.append(PartCompared(part, label, old != new, list(_pairs(old, new))))
    return compared


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[Pair]:
    """Lines beside one another, those that were changed beside what they became."""
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            for line in old[a:b]:
                yield Pair([Piece(line, SAME)], [Piece(line, SAME)])
        else:
            for was, becomes in zip_longest(old[a:b], new[c:d]):
                yield from _words(was, becomes)


def _words(was: str | None, becomes: str | None) -> Iterator[Pair]:
    if was is None or becomes is None:
        yield Pair([Piece(was, GONE)] if was else [], [Piece(becomes, NEW)] if becomes else [])
        return
    old, new = re.findall(r"\S+\s*", was), re.findall(r"\S+\s*", becomes)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if len(old) + len(new) > MOST_WORDS or matcher.ratio() < ALIKE:
        yield Pair([Piece(was, GONE)], [Piece(becomes, NEW)])
        return
    before: list[Piece] = []
    after: list[Piece] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        same = kind == "equal"
        if b > a:
            before.append(Piece("".join(old[a:b]), SAME if same else GONE))
        if d > c:
            after.append(Piece("".join(new[c:d]), SAME if same else NEW))
    yield Pair(before, after)
