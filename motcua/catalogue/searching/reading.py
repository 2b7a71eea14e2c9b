"""What a person meant by what they typed: slips mended, words told apart, everyday words told in words of the law.

The catalogue says which words it knows (KnownWord), the office what people say (Synonym); nothing is kept in a process.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

from django.db import connection

from motcua.vietnamese import compose, fold

from . import slips

MOST_WORDS = 12
MOST_READ = 20  # words after abbreviations and words in one were told apart
LONGEST_WRITTEN_OUT = 7  # words of one abbreviation
LONGEST_SAID = 8  # words of one synonym
FURTHEST = 3  # other words that may stand between those of a synonym
APART = 0.7  # how sure a synonym is whose words stand apart or in another order
WORDS = re.compile(r"[^\W_]+")


def words_of(told: str) -> frozenset[str]:
    return frozenset(told.split())


# What questions are made of; they hardly count, less surely so when no marks were typed.
SMALL = words_of(
    "tôi mình em anh chị cháu bác muốn cần phải làm thế nào như gì ở đâu khi bao lâu nhiêu xin cho hỏi giúp với được không có"
    " bị là và thì mà để rồi chưa của những các một này đó ra vào lên đi về việc thủ tục hồ sơ giấy tờ cách hướng dẫn quy định ai trình"
    " gồm nhé ạ cũng hay hoặc tại theo đến từ nếu trong trên"
)  # fmt: skip
SMALL_FOLDED = frozenset(fold(word) for word in SMALL)
# May stand between the words of a synonym: "con tôi mới đẻ" is "con mới đẻ".
BETWEEN = words_of("toi minh em anh chi bi la thi ma cua cho duoc xin lam muon can vua da nha dang")

KNOWN = "SELECT word FROM catalogue_knownword WHERE word = ANY(%s)"
SAID = """
SELECT said_folded, said, means FROM catalogue_synonym WHERE removed_at IS NULL AND said_folded = ANY(%(phrases)s)
UNION ALL
SELECT said_folded, said, means FROM catalogue_synonym
WHERE removed_at IS NULL AND said_folded LIKE '%% %% %%' AND string_to_array(said_folded, ' ') <@ %(words)s::text[]
    AND said_folded <> ALL(%(phrases)s)
"""


class Said(NamedTuple):
    """A synonym found in what was typed: which of its words, what they mean, and how sure it is that it was meant."""

    said: str
    means: str
    start: int
    end: int
    sure: float


@dataclass
class Word:
    """One word as typed and as searched, and what else it may have been meant to be."""

    typed: str
    folded: str
    marked: bool = True  # whether the marks typed can be believed
    others: dict[str, float] = field(default_factory=dict)
    mended: str = ""  # what stood there before it was mended
    short_for: str = ""  # the abbreviation that stood there

    @property
    def weight(self) -> float:
        if self.marked and self.typed != self.folded:
            return 0.1 if self.typed in SMALL else 1.0
        return 0.3 if self.folded in SMALL_FOLDED else 1.0


def is_small(word: str) -> bool:
    """Whether a word says little: được, not dược."""
    return word in SMALL


@dataclass
class Reading:
    """What was meant."""

    words: list[Word]
    said: list[Said]

    @property
    def accented(self) -> bool:
        return any(word.marked and word.typed != word.folded for word in self.words)


def read(text: str) -> Reading:
    typed = WORDS.findall(compose(text).lower())[:MOST_WORDS]
    words = [Word(one, fold(one)) for one in typed]
    words = [word for word in words if word.folded.isalnum() and word.folded.isascii()]
    if not words:
        return Reading([], [])
    said = _said(words)
    words, mended = _mend(words, said)
    words, written_out = _write_out(words, said)
    return Reading(words, _longest(words, _said(words) if mended or written_out else said))


def _write_out(words: list[Word], said: list[tuple[str, str, str]]) -> tuple[list[Word], bool]:
    """Abbreviations become their words, so that these are read together with what stands beside them; whether any did."""
    short = {
        phrase: WORDS.findall(means)
        for phrase, _, means in said
        if " " not in phrase and not slips.is_syllable(phrase) and ";" not in means
    }
    whole: list[Word] = []
    for word in words:
        full = short.get(word.folded, [])
        if full and len(full) <= LONGEST_WRITTEN_OUT:
            whole += [Word(one, fold(one), short_for=word.typed) for one in full]
        else:
            whole.append(word)
    return whole[:MOST_READ], len(whole) > len(words)


def _mend(words: list[Word], said: list[tuple[str, str, str]]) -> tuple[list[Word], bool]:
    """Words the catalogue does not know become those they were meant to be; whether any did."""
    spoken = {part for phrase, _, _ in said for part in phrase.split()}
    tries = [slips.undone(word.folded) for word in words]
    alike = [slips.sounds_like(word.folded) for word in words]
    known = _known([*(word.folded for word in words), *(one for all_of in (*tries, *alike) for one in all_of)])
    spoken |= SMALL_FOLDED
    strange = [not (word.folded in known or word.folded in spoken or word.folded.isdigit()) for word in words]
    for word, undone, is_strange in zip(words, tries, strange, strict=True):
        # A syllable with its marks that the law does not use is a word all the same.
        if is_strange and not (word.typed != word.folded and slips.is_syllable(word.folded)) and undone:
            mend = next((one for one in undone if one in known), "") or undone[0]
            word.mended, word.typed, word.folded, word.marked = word.typed, mend, mend, False
    still = [
        is_strange and word.folded not in known and word.folded not in spoken
        for word, is_strange in zip(words, strange, strict=True)
    ]
    parted: dict[int, tuple[str, ...]] = {}
    choices: list[dict[str, float]] = [{word.folded: 0.0} for word in words]
    if any(still):
        parted = _parted(words, still)
        near = [
            slips.near(word.folded) if lost and at not in parted else {}
            for at, (word, lost) in enumerate(zip(words, still, strict=True))
        ]
        existing = _known({other for choice in near for other in choice})
        for at, choice in enumerate(near):
            choices[at] |= {other: cost for other, cost in choice.items() if other in existing}
    for at, word in enumerate(words):
        if not still[at] and not word.mended:
            choices[at] |= {other: 0.3 for other in alike[at] if other in known}
    pairs = _known(
        {f"{one} {two}" for left, right in zip(choices, choices[1:], strict=False) for one, two in product(left, right)}
    )
    _choose(words, choices, pairs, still)
    mended: list[Word] = []
    for at, word in enumerate(words):
        if at in parted:
            mended += [Word(part, part, marked=False, mended=word.typed) for part in parted[at]]
        else:
            mended.append(word)
    return mended[:MOST_READ], any(word.mended for word in mended)


def _choose(words: list[Word], choices: list[dict[str, float]], pairs: set[str], still: list[bool]) -> None:
    """The word that stands beside its neighbours somewhere in the catalogue is the likelier one."""

    def company(at: int, one: str) -> int:
        left = at > 0 and any(f"{other} {one}" in pairs for other in choices[at - 1])
        right = at + 1 < len(words) and any(f"{one} {other}" in pairs for other in choices[at + 1])
        return int(left) + int(right)

    for at, word in enumerate(words):
        others = {one: cost for one, cost in choices[at].items() if one != word.folded}
        if not others:
            continue
        ranked = sorted(others, key=lambda one: (-company(at, one), others[one], one))
        best = ranked[0]
        if still[at]:
            if company(at, best) or others[best] <= 0.8 or len(words) == 1:
                word.mended, word.typed, word.folded, word.marked = word.typed, best, best, False
                word.others = {one: 0.4 for one in ranked[1:3] if company(at, one) == company(at, best)}
        elif len(words) > 1 and not company(at, word.folded) and company(at, best):
            word.others = {best: 0.7}


def _parted(words: list[Word], still: list[bool]) -> dict[int, tuple[str, ...]]:
    """Words written in one that stand side by side in the catalogue or in what people say."""
    ways = {at: list(slips.parts(word.folded)) for at, word in enumerate(words) if still[at] and len(word.folded) > 4}
    if not any(ways.values()):
        return {}
    known = _known(
        {f"{one} {two}" for all_of in ways.values() for way in all_of for one, two in zip(way, way[1:], strict=False)}
    )
    said = {phrase for phrase, _, _ in _synonyms({" ".join(way) for all_of in ways.values() for way in all_of})}
    found = {}
    for at, all_of in ways.items():
        for way in sorted(all_of, key=len):
            if " ".join(way) in said or all(f"{one} {two}" in known for one, two in zip(way, way[1:], strict=False)):
                found[at] = way
                break
    return found


def _known(words: Iterable[str]) -> set[str]:
    wanted = sorted(set(words))
    if not wanted:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [wanted])
        return {word for (word,) in cursor.fetchall()}


def _said(words: list[Word]) -> list[tuple[str, str, str]]:
    """The synonyms that what was typed holds."""
    return _synonyms({phrase for phrase, _, _ in _phrases(words)}, [word.folded for word in words])


def _phrases(words: list[Word]) -> list[tuple[str, int, int]]:
    """All that may be a synonym, and where: neighbouring words, also when words that say little stand between them."""
    found = []
    every = list(range(len(words)))
    telling = [at for at in every if words[at].folded not in BETWEEN]
    for places in (every, telling) if telling != every else (every,):
        for first in range(len(places)):
            for last in range(first, min(first + LONGEST_SAID, len(places))):
                chosen = places[first : last + 1]
                found.append((" ".join(words[at].folded for at in chosen), chosen[0], chosen[-1] + 1))
    return found


def _synonyms(phrases: Iterable[str], words: Sequence[str] = ()) -> list[tuple[str, str, str]]:
    """Those that are one of the phrases, or whose words all stand among these."""
    with connection.cursor() as cursor:
        cursor.execute(SAID, {"phrases": sorted(phrases), "words": list(words)})
        return cursor.fetchall()


def _longest(words: list[Word], said: list[tuple[str, str, str]]) -> list[Said]:
    """Where each synonym stands; a longer one hides those within it, and one whose words stand apart is less sure."""
    told: dict[str, list[tuple[str, str]]] = {}
    for phrase, with_marks, means in said:
        told.setdefault(phrase, []).append((with_marks, means))
    together = [(phrase, start, end, 1.0) for phrase, start, end in _phrases(words) if phrase in told]
    whole = {phrase for phrase, *_ in together}
    apart = [
        (phrase, *span, APART)
        for phrase in told
        if phrase not in whole and phrase.count(" ") >= 2 and (span := _span(words, phrase.split()))
    ]
    found: list[Said] = []
    for phrase, start, end, sure in sorted(
        together + apart, key=lambda row: (-row[3], -len(row[0].split()), row[2] - row[1], row[1])
    ):
        if any(one.start <= start and end <= one.end for one in found):
            continue
        if sure < 1:
            # Words apart give way to those together, unless they hold these and more: bìa đỏ … mất.
            near = [one for one in found if one.end - one.start > 1 and one.start < end and start < one.end]
            if any(not set(fold(one.said).split()) < set(phrase.split()) for one in near):
                continue
            found = [one for one in found if one not in near]
        ways = [
            Said(with_marks, means, start, end, sure * (_agreement(words[start:end], with_marks) if sure == 1 else 1))
            for with_marks, means in told[phrase]
        ]
        surest = max(way.sure for way in ways)
        found += [way for way in ways if way.sure == surest > 0]
    return found


def _span(words: list[Word], parts: list[str]) -> tuple[int, int] | None:
    """The shortest stretch that holds all these words in any order, if they do not stand too far from each other."""
    folded = [word.folded for word in words]
    spans = []
    for start in range(len(folded)):
        for end in range(start + len(parts), min(start + len(parts) + FURTHEST, len(folded)) + 1):
            stretch = folded[start:end]
            if all(stretch.count(part) >= parts.count(part) for part in parts):
                spans.append((end - start, start, end))
                break
    return min(spans)[1:] if spans else None


def _agreement(words: list[Word], with_marks: str) -> float:
    """Less sure where marks were typed and differ, though the hand may have slipped; a word alone is then another word."""
    spoken = WORDS.findall(with_marks)
    if len(spoken) != len(words):
        return 1.0
    couples = [(word.typed, other) for word, other in zip(words, spoken, strict=True) if word.marked]
    if all(plain_tone(typed) == plain_tone(other) for typed, other in couples):
        return 1.0
    if all(may_mean(typed, other) for typed, other in couples):
        return 0.9
    return 0.5 if len(words) > 1 else 0.0


def may_mean(typed: str, meant: str) -> bool:
    """Whether marks were only left out: do and đo may be đỏ, dó may not."""
    return plain_tone(typed) == plain_tone(meant) or typed in (fold(meant), _toneless(meant))


def _toneless(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(letter for letter in letters if letter not in TONES))


# The two schools of placing a tone: hoà and hòa, uỷ and ủy, thuỷ and thủy.
TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
SCHOOLS = {
    first + second: unicodedata.normalize("NFC", f"{plain}{unicodedata.normalize('NFD', second)}{tone}")
    for plain, second in ("oa", "oe", "uy")
    for tone in TONES
    for first in [unicodedata.normalize("NFC", plain + tone)]
}
SCHOOL = re.compile("|".join(SCHOOLS))


def plain_tone(word: str) -> str:
    """One spelling for the two schools of placing a tone."""
    return SCHOOL.sub(lambda pair: SCHOOLS[pair[0]], word)
