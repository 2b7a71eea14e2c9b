"""Slips of the hand and of the ear, word by word: Telex, VNI, doubled letters, neighbouring keys (lỗi gõ, lỗi chính tả).

Pure functions over folded words; which of the answers is a word of the catalogue is asked elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

ONSETS = "ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdghklmnprstvx]"
OPEN = "oai|oay|oao|oeo|uay|uoi|uou|uya|uyu|ieu|yeu|uao|ai|ao|au|ay|eo|eu|ia|iu|oi|ui|uu"
CLOSING = "uye|ie|ye|uo|oa|oe|ua|ue|ui|uy|[aeiouy]"
SYLLABLE = re.compile(rf"(?:{ONSETS})?(?:(?:{OPEN})|(?:{CLOSING})(?:ch|ng|nh|[cmnpt])?)")
ONSET = re.compile(rf"(?:{ONSETS}|[fjwz])")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
BESIDE = frozenset(
    {pair for row in KEYBOARD for one, two in zip(row, row[1:], strict=False) for pair in ((one, two), (two, one))}
    | {pair for one, two in ("qa", "ws", "ed", "rf", "tg", "yh", "uj", "ik", "ol", "az", "sx", "dc", "fv", "gb", "hn", "jm") for pair in ((one, two), (two, one))}
)  # fmt: skip
# Sounds that are one in some part of the country, at the beginning and at the end of a syllable; i and y are one everywhere.
BEGINNINGS = (
    ("s", "x"), ("ch", "tr"), ("l", "n"), ("d", "gi"), ("d", "r"), ("gi", "r"), ("d", "v"), ("ng", "ngh"), ("g", "gh"),
    ("c", "k"), ("k", "q"), ("z", "d"), ("j", "gi"), ("f", "ph"), ("w", "qu"), ("gi", "z"), ("gi", "j"),
)  # fmt: skip
ENDS = (
    ("n", "ng"),
    ("c", "t"),
    ("i", "y"),
    ("n", "nh"),
    ("ch", "t"),
    ("au", "ao"),
    ("ay", "ai"),
    ("iu", "uu"),
    ("ieu", "uou"),
)


def is_syllable(word: str) -> bool:
    """Whether Vietnamese can have this syllable, written without marks."""
    return SYLLABLE.fullmatch(word) is not None


def undone(word: str) -> list[str]:
    """What was meant when marks were typed as letters or digits and stayed, or a key stayed down; the likeliest first."""
    tries = []
    letters = re.sub(r"[0-9]", "", word)
    if letters != word and letters.isalpha():  # VNI: d9a6t1
        tries.append(letters)
    plain = re.sub(r"(aa|ee|oo|dd)", lambda double: double[0][0], letters)  # Telex: ddaats, hoj
    plain = re.sub(r"(?<=[aou])w|(?<=[aou][aeiou])w", "", plain).replace("w", "u")
    toneless = re.sub(r"(?<=[aeiouy])([a-z]*?)[sfrxjz](?=[a-z]*$)", r"\1", plain, count=1)
    tries += [toneless, plain]
    tries.append(re.sub(r"(.)\1+", r"\1", letters))  # khaii, sinhh
    tries.append(re.sub(r"(.)\1+", r"\1", toneless))
    late = re.fullmatch(r"d(.+)d", toneless)  # Telex with the stroke last: dangd
    if late:
        tries.append(f"d{late[1]}")
    return list(dict.fromkeys(one for one in tries if one != word and one and is_syllable(one)))


def parts(word: str) -> Iterator[tuple[str, ...]]:
    """How words written in one may be told apart, two to four syllables."""
    yield from _parts(word, 4)


def _parts(word: str, most: int) -> Iterator[tuple[str, ...]]:
    for at in range(1, min(len(word), 7)):
        head, rest = word[:at], word[at:]
        if is_syllable(head):
            if is_syllable(rest):
                yield head, rest
            if most > 2:
                yield from ((head, *more) for more in _parts(rest, most - 1))


def sounds_like(word: str) -> list[str]:
    """Syllables that sound the same somewhere."""
    onset = ONSET.match(word)
    head = onset[0] if onset else ""
    rest = word[len(head) :]
    alike = []
    for couple in BEGINNINGS:
        alike += [two + rest for one, two in (couple, couple[::-1]) if head == one]
    for couple in ENDS:
        alike += [head + rest.removesuffix(one) + two for one, two in (couple, couple[::-1]) if rest.endswith(one)]
    return [other for other in dict.fromkeys(alike) if other != word and is_syllable(other)]


@lru_cache(maxsize=512)
def near(word: str) -> dict[str, float]:
    """Words one slip away, with how unlikely the slip is: 0.3 the same sound, 1 a letter that lies nowhere near."""
    found: dict[str, float] = {}

    def keep(other: str, cost: float) -> None:
        if other != word and len(other) > 1:
            found[other] = min(cost, found.get(other, 9.0))

    for at in range(len(word) + 1):
        before, here, after = word[:at], word[at : at + 1], word[at + 1 :]
        if here:
            keep(before + after, 0.5 if before[-1:] == here or after[:1] == here else 0.8)
            if after:
                keep(before + after[0] + here + after[1:], 0.5)
        for letter in LETTERS:
            if here:
                keep(before + letter + after, 0.6 if (here, letter) in BESIDE else 1.0)
            keep(before + letter + here + after, 0.7 if letter in (before[-1:], here) else 0.8)
    for other in sounds_like(word):
        keep(other, 0.3)
    return found
