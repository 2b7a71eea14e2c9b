"""Which of the names found is meant: every word weighed by how rare it is, twins told apart by what was not asked.

Pure functions over a reading and the names; the database has chosen whom to look at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import NamedTuple

from motcua.organisations.models import Level
from motcua.vietnamese import fold

from .reading import WORDS, Reading, Said, Word, is_small, may_mean, plain_tone

# A name that says one of these is about a special case, and stands behind its plain twin unless the case was asked for.
NARROW = (
    "cap lai", "dang ky lai", "cap doi", "gia han", "sua doi", "dieu chinh", "thu hoi", "cham dut", "giai the", "tam dung",
    "tam ngung", "huy", "xoa", "dinh chinh", "thay doi", "nuoc ngoai", "luu dong", "bien gioi", "lien thong", "chuyen doi",
    "sap nhap", "tra lai", "dinh chi", "bai bo", "mien nhiem", "chi nhanh", "quang cao", "xuat khau", "nhap khau", "thi diem",
    "bo sung", "cong an nhan dan", "luu hanh tu do", "tam thoi", "tro lai", "tiep tuc", "chuyen noi", "khu vuc bien", "dung thuc hien",
    "nguoi dich", "theo yeu cau cua co quan",
)  # fmt: skip
NARROW_WORDS = tuple((phrase, re.compile(rf"\b{phrase}\b")) for phrase in NARROW)
# What happened to a paper, in words that are everywhere, and what a name says that is about this.
HAPPENED = (
    (
        "mất rơi rách hỏng cháy nát gãy mờ nhòe hư thất_lạc làm_lại cấp_lại",
        "cap lai|dang ky lai|cap doi|trinh bao mat|ban sao|doi",
    ),
    (
        "sai nhầm sửa đính_chính cải_chính",
        "cai chinh|dinh chinh|chinh sua|dieu chinh|sua doi|sua loi|thay doi|hieu dinh",
    ),
    ("hết_hạn quá_hạn gia_hạn", "gia han|cap doi|doi|tiep tuc"),
    ("đổi thay_đổi", "thay doi|cap doi|doi|chuyen doi|dieu chinh|cai chinh"),
    ("thôi hủy đóng_cửa chấm_dứt giải_thể bỏ dẹp xóa xoá", "cham dut|giai the|huy|thoi|xoa|dung"),
    ("tạm_ngừng tạm_nghỉ tạm_dừng tạm_ngưng tạm_đóng", "tam ngung|tam dung"),
    ("sang_tên chuyển_tên", "sang ten|thay doi|chuyen"),
)
EVENTS = tuple(
    (tuple(words.replace("_", " ") for words in said.split()), re.compile(rf"\b(?:{names})\b"))
    for said, names in HAPPENED
)
FIRST_TOO = re.compile(r"^(?:cap|cap moi|dang ky|xac dinh|thanh lap|khai)\s*[,/;] ")
COMMON_RARITY = 1.0
SURE = 0.6  # of a synonym, to count its own words less
TOLD_ALREADY = 0.5  # what such a word still counts
ELSEWHERE = 0.4  # a word found in field, result, agency or keywords and not in the name
OTHER_MARKS = 0.5  # the same letters with other marks: má, mã
MARKS_LEFT_OUT = 0.85  # ma, mã, where other words were typed with their marks
LONG = 160  # letters after which a name is only long
TOLD_ENOUGH = 0.6  # the share of a meaning that a name holds when it was found by it


@dataclass
class Candidate:
    """A version the database found, with what is needed to weigh it."""

    id: int
    name: str
    name_folded: str
    words_folded: str
    level: str
    score: float = 0.0
    why: str = "name"
    said: list[Said] = field(default_factory=list)
    mended: list[tuple[str, str]] = field(default_factory=list)


class Sought(NamedTuple):
    """One word of what was typed: what it may be, how much it counts, how its marks stood."""

    ways: list[tuple[str, float, float]]  # the word, how sure, how much it counts
    word: Word


class Part(NamedTuple):
    """One word of a meaning."""

    folded: str
    marked: str  # empty when a meaning was written without marks
    weight: float


class Meaning(NamedTuple):
    parts: list[Part]
    whole: float
    mass: float


class Name:
    """A name taken apart: where those of its words stand that are sought."""

    def __init__(self, one: Candidate, sought: frozenset[str]) -> None:
        self.words = WORDS.findall(one.name_folded)
        self.places: dict[str, list[int]] = {}
        for at, word in enumerate(self.words):
            if word in sought:
                self.places.setdefault(word, []).append(at)
        self.elsewhere = sought.intersection(one.words_folded.split())
        self._marked = one.name
        self.marked: list[str] = []

    def standing(self, word: str) -> list[str]:
        """How a word stands there with its marks."""
        if not self.marked:
            self.marked = [plain_tone(one) for one in WORDS.findall(self._marked.lower())]
            self.marked += [""] * (len(self.words) - len(self.marked))
        return [self.marked[at] for at in self.places[word]]

    def beside(self, left: str, right: str) -> bool:
        return any(at + 1 < len(self.words) and self.words[at + 1] == right for at in self.places.get(left, ()))


def ranked(reading: Reading, found: Sequence[Candidate], rarity: Mapping[str, float]) -> list[Candidate]:
    """The candidates that fit, the best first."""
    whole = " ".join(word.folded for word in reading.words)
    asked = " ".join([whole, *(fold(said.means) for said in reading.said)])
    events = [pattern for words, pattern in EVENTS if _happened(reading, words)]
    narrow_asked = {
        phrase
        for phrase, pattern in NARROW_WORDS
        if pattern.search(asked) or any(event.search(phrase) for event in events)
    }
    every = frozenset(
        [way for word in reading.words for way in (word.folded, *word.others)]
        + [fold(word) for said in reading.said for word in WORDS.findall(said.means)]
    )
    names = [Name(one, every) for one in found]
    rare = Rarity(rarity, names)
    sought = _sought(reading, rare)
    meanings = [(said, _meanings(said, rare)) for said in reading.said]
    for one, name in zip(found, names, strict=True):
        one.score = _weigh(one, name, sought, meanings, reading.accented)
        if one.score:
            one.score *= _fit(one, whole, narrow_asked)
            if events:
                one.score *= 1.25 if any(event.search(one.name_folded) for event in events) else 0.8
    return sorted((one for one in found if one.score > 0), key=lambda one: (-one.score, one.id))


class Rarity:
    """How rare a word is; with its marks rarer than its letters, by as much as the names looked at show: dược, được."""

    def __init__(self, known: Mapping[str, float], names: Sequence[Name]) -> None:
        self._known, self._names = known, names
        self._marked: dict[str, float] = {}

    def of(self, folded: str, marked: str = "") -> float:
        plain = self._known.get(folded, COMMON_RARITY)
        if not marked or marked == folded:
            return plain
        if marked not in self._marked:
            having = [name for name in self._names if folded in name.places]
            same = sum(marked in name.standing(folded) for name in having)
            self._marked[marked] = plain + log(len(having) / same) if same else plain
        return self._marked[marked]


def _happened(reading: Reading, events: tuple[str, ...]) -> bool:
    """Whether one of these was typed, by itself: within a synonym of several words it is told already."""
    told = {
        at
        for said in reading.said
        if said.sure >= SURE and said.end - said.start > 1
        for at in range(said.start, said.end)
    }
    for event in events:
        parts = event.split()
        for start in range(len(reading.words) - len(parts) + 1):
            here = reading.words[start : start + len(parts)]
            if not told.intersection(range(start, start + len(parts))) and all(
                word.folded == fold(part) and may_mean(word.typed if word.marked else word.folded, part)
                for word, part in zip(here, parts, strict=True)
            ):
                return True
    return False


def _sought(reading: Reading, rarity: Rarity) -> list[Sought]:
    """The words typed; those a synonym has told in other words count less."""
    told = {at for said in reading.said if said.sure >= SURE for at in range(said.start, said.end)}
    found = []
    for at, word in enumerate(reading.words):
        weight = word.weight * (TOLD_ALREADY if at in told else 1)
        ways = [
            (folded, sure, weight * rarity.of(folded, plain_tone(word.typed) if word.marked else ""))
            for folded, sure in ((word.folded, 1.0), *word.others.items())
        ]
        found.append(Sought(ways, word))
    return found


def _meanings(said: Said, rarity: Rarity) -> list[Meaning]:
    """Each meaning with what it counts; a long one does not drown what else was typed."""
    ways = []
    for meaning in said.means.lower().split(";"):
        has_marks = fold(meaning) != " ".join(meaning.split())
        parts = [
            Part(folded, marked, rarity.of(folded, marked) * (0.3 if is_small(word) else 1))
            for word in WORDS.findall(meaning)
            for folded, marked in [(fold(word), plain_tone(word) if has_marks else "")]
        ]
        if parts:
            whole = sum(part.weight for part in parts)
            ways.append(Meaning(parts, whole, min(1.6 * whole, 16.0)))
    return ways


def _weigh(
    one: Candidate, name: Name, sought: list[Sought], meanings: list[tuple[Said, list[Meaning]]], accented: bool
) -> float:
    typed, named = _typed(one, name, sought, accented)
    told = 0.0
    one.said = []
    for said, ways in meanings:
        best, share = max((_covered(name, way) for way in ways), default=(0.0, 0.0))
        told += said.sure * best
        if share >= TOLD_ENOUGH:
            one.said.append(said)
    if one.said and told > 0.3 * typed:
        one.why = "said"
    elif one.mended:
        one.why = "mended"
    else:
        one.why = "name" if named else "also"
    return typed + told


def _typed(one: Candidate, name: Name, sought: list[Sought], accented: bool) -> tuple[float, bool]:
    """What the words typed weigh in this name, neighbours more than words apart; whether one that counts is in the name."""
    score, named = 0.0, False
    one.mended = []
    before, weight_before = "", 0.0
    for ways, word in sought:
        best, which = 0.0, ""
        for folded, sure, weight in ways:
            if folded in name.places:
                strength = sure * weight * (_agreement(name, word, folded) if accented else 1)
            elif folded in name.elsewhere:
                strength = ELSEWHERE * sure * weight
            else:
                continue
            if strength > best:
                best, which = strength, folded
        score += best
        if which and before and name.beside(before, which):
            score += 0.6 * (best + weight_before)
        if which in name.places and word.weight > 0.3 and best:
            named = True
        if which and word.mended:
            one.mended.append((word.mended, which))
        before, weight_before = (which, best) if which in name.places else ("", 0.0)
    return score, named


def _agreement(name: Name, word: Word, folded: str) -> float:
    """How well the marks typed go with those of the name."""
    if not word.marked or folded != word.folded:
        return 1.0
    meant = plain_tone(word.typed)
    standing = name.standing(folded)
    if meant in standing:
        return 1.0
    return MARKS_LEFT_OUT if any(may_mean(word.typed, other) for other in standing) else OTHER_MARKS


def _covered(name: Name, meaning: Meaning) -> tuple[float, float]:
    """How much of a meaning a name holds, words and neighbours."""
    got, together, before = 0.0, 0.0, ""
    for folded, marked, weight in meaning.parts:
        if folded in name.places and (not marked or marked in name.standing(folded)):
            got += weight
            if before and name.beside(before, folded):
                together += 1
            before = folded
        else:
            if folded in name.elsewhere:
                got += ELSEWHERE * weight
            before = ""
    share = got / meaning.whole
    if len(meaning.parts) > 1:
        share *= 0.6 + 0.4 * together / (len(meaning.parts) - 1)
    return meaning.mass * share**1.5, share


def _fit(one: Candidate, whole: str, narrow_asked: set[str]) -> float:
    """The shorter name, the plain twin and the office next door come first; what stands in brackets is detail."""
    name = one.name_folded.removeprefix("thu tuc ")
    head = name.split("(", 1)[0][:LONG].strip() or name
    fit = 1 / (1 + 0.7 * log(1 + len(head) / 60))
    unasked = {
        phrase
        for phrase, pattern in NARROW_WORDS
        if phrase in head and phrase not in narrow_asked and pattern.search(head)
    }
    if FIRST_TOO.match(name):
        unasked -= {"cap lai", "cap doi", "sua doi", "bo sung", "dieu chinh"}
    fit *= 0.9 ** min(len(unasked), 3)
    if name == whole:
        fit *= 1.4
    elif name.startswith(whole):
        fit *= 1.1
    return fit * 1.05 if one.level == Level.COMMUNE else fit
