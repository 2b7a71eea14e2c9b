"""Finding a procedure by what a person types, and listing procedures (tra cứu thủ tục hành chính).

`reading` says what was meant, the database who comes into question, `ranking` in which order; docs/adr/0008 says why so.
"""

from __future__ import annotations

import re
from datetime import date
from math import log
from typing import Any

from django.db import connection

from motcua.organisations.models import Agency, ValidQuerySet
from motcua.vietnamese import fold

from ..models import Field, ProcedureVersion
from . import reasons
from .ranking import Candidate, ranked
from .reading import MOST_WORDS, WORDS, Reading, is_small, read, words_of

__all__ = ["LONGEST", "MOST_WORDS", "browse", "life_events", "search"]

LONGEST = 200
MOST_FOUND = 100
MOST_NEIGHBOURS = 12
# Words of every fifth procedure, its agency included: whoever has only these is not looked at when rarer ones were typed.
COMMON = words_of(
    "cap nhan so ban tinh dan giay va dinh co cua doi uy quan cong thu dong tai tu quyet thong van tuc thanh voi chung ly hoat"
    " dung nuoc bao chi xa bo chinh ve ky dang phep to chuc theo thuc hien kinh doanh truong hop viet nam cac du dieu kien"
)
ONE_CODE = re.compile(r"(?<!\d)(\d{1,2})[\s.,_-]?(\d{6})(?!\d)")
CODE_PART = re.compile(r"(?:(?:ma|so|tthc|thu tuc|code|so hieu)[\s:.]*)*([0-9][0-9.,\s_-]*|\.[0-9.]+)")

# Who comes into question: a sum over rare words alone, in force on the day, and common words beside them; rarity counts what
# is in force, so that old versions do not change the order.
CANDIDATES = """
WITH terms AS (
    SELECT word, weight, at FROM unnest(%(words)s::text[]::tsquery[], %(weights)s::float[]) WITH ORDINALITY AS t(word, weight, at)
), hits AS MATERIALIZED (
    SELECT at, weight, v.id, v.wanted FROM terms, LATERAL (
        SELECT v.id, {wanted} AS wanted
        FROM catalogue_procedureversion v WHERE v.search_vector @@ word AND {in_force}
        OFFSET 0 -- keeps this a search of its own for each word, which the partial index answers
    ) AS v
), counted AS (
    SELECT at, count(*) AS hits FROM hits GROUP BY at
), everything AS (
    SELECT count(*) AS total FROM catalogue_procedure
), better AS (
    SELECT id, sum(weight * ln(1 + total / counted.hits::float)) AS score
    FROM hits JOIN counted USING (at), everything
    WHERE wanted GROUP BY id ORDER BY score DESC, id LIMIT 300
), best AS (
    SELECT v.id, v.name, v.name_folded, v.words_folded, v.level
    FROM better JOIN catalogue_procedureversion v USING (id)
    ORDER BY (
        score + (SELECT count(*) FROM unnest(%(common)s::text[]::tsquery[]) AS one WHERE v.search_vector @@ one)
    ) / (1 + ln(1 + length(v.name_folded) / 120::float)) DESC, v.id
    LIMIT {most}
)
SELECT best.*, (SELECT array_agg(ARRAY[at, hits]) FROM counted), total FROM best, everything
"""

# Spelling mistakes beyond one slip a word: names whose letters in threes are like those typed.
BY_LIKENESS = """
SELECT v.id, round(1000 * word_similarity(%(typed)s, v.name_folded)::numeric)::int AS score
FROM catalogue_procedureversion v WHERE %(typed)s <%% v.name_folded AND {in_force} AND {wanted}
ORDER BY score DESC, v.id LIMIT {most}
"""

BY_CODE = """
SELECT v.id, CASE WHEN p.code = %(part)s THEN 3 WHEN p.code LIKE %(part)s || '%%' THEN 2 ELSE 1 END AS score
FROM catalogue_procedureversion v JOIN catalogue_procedure p ON p.id = v.procedure_id
WHERE (p.code LIKE '%%' || %(part)s || '%%' OR replace(p.code, '.', '') LIKE '%%' || %(digits)s || '%%') AND {in_force} AND {wanted}
ORDER BY score DESC, v.id LIMIT {most}
"""

IN_FORCE = "v.valid_from <= %(day)s AND (v.valid_to IS NULL OR v.valid_to >= %(day)s)"
WANTED = """(%(agency)s::bigint IS NULL OR v.agency_id = %(agency)s)
    AND (%(field)s::bigint IS NULL OR v.field_id = %(field)s)"""


def search(
    text: str,
    *,
    day: date,
    agency: Agency | None = None,
    field: Field | None = None,
    limit: int = 20,
    after: str | None = None,
) -> list[ProcedureVersion]:
    """Procedures in force that fit what was typed, the best first; each says why and gives `mark` for the next page.

    `why` is "code", "name", "said" (a synonym), "mended" (a slip), "also" (field, result, agency, keywords) or "alike" (a
    similar spelling); `because` tells it in sentences. At most MOST_FOUND are found in all.
    """
    text = text[:LONGEST].replace("\x00", "")
    given = {"day": day, "agency": agency and agency.pk, "field": field and field.pk}
    reading = Reading([], [])
    found = _by_code(text, given)
    if not found:
        reading = read(text)
        found = _by_words(reading, given) or _alike(reading, given)
    score, last = _mark(after)
    page = [one for one in found if (one.score, -one.id) < (score, -last)][:limit]
    return _fetch(page, reading)


def _by_code(text: str, given: dict[str, Any]) -> list[Candidate]:
    """A code anywhere in what was typed, or a part of one alone."""
    folded = fold(text)
    if whole := ONE_CODE.search(folded):
        part = f"{whole[1]}.{whole[2]}"
    elif (alone := CODE_PART.fullmatch(folded)) and len(alone[1]) >= 3:
        part = re.sub(r"[\s,_-]+", ".", alone[1].strip(" ,_-"))
    else:
        return []
    digits = part.replace(".", "") if len(part.replace(".", "")) >= 3 and "." not in part.strip(".") or whole else part
    rows = _rows(BY_CODE, given | {"part": part, "digits": digits})
    return [Candidate(pk, "", "", "", "", score=score, why="code") for pk, score in rows]


def _by_words(reading: Reading, given: dict[str, Any]) -> list[Candidate]:
    terms, common = _terms(reading)
    if not terms:
        return []
    words = list(terms)
    weights = [terms[word] for word in words]
    common += [f"'{one}' <-> '{two}'" for one, two in _neighbours(reading)]
    rows = _rows(CANDIDATES, given | {"words": words, "weights": weights, "common": common})
    if not rows:
        return []
    counted, total = rows[0][5:]
    rarity = {words[at - 1]: log(1 + total / hits) for at, hits in counted}
    found = ranked(reading, [Candidate(*row[:5]) for row in rows], rarity)
    for one in found:
        one.score = round(1000 * one.score)
    return sorted(found, key=lambda one: (-one.score, one.id))


def _terms(reading: Reading) -> tuple[dict[str, float], list[str]]:
    """The words to look for and how much each counts, and beside them those too common to look for by themselves."""
    terms: dict[str, float] = {}

    def add(word: str, weight: float) -> None:
        terms[word] = max(weight, terms.get(word, 0.0))

    told = {at for said in reading.said for at in range(said.start, said.end)}
    for at, word in enumerate(reading.words):
        add(word.folded, word.weight * (0.5 if at in told else 1))
        for other, sure in word.others.items():
            add(other, word.weight * sure)
    for said in reading.said:
        for meaning in said.means.lower().split(";"):
            means = WORDS.findall(meaning)
            for one in means:
                add(fold(one), said.sure * (0.1 if is_small(one) else 1) * min(1.0, 6 / len(means)))
    rare = {word: weight for word, weight in terms.items() if word not in COMMON and weight > 0.1}
    return (rare, [word for word in terms if word not in rare]) if rare else (terms, [])


def _neighbours(reading: Reading) -> list[tuple[str, str]]:
    """Words that stand side by side in what was typed and in what it means."""
    phrases = [[word.folded for word in reading.words]]
    phrases += [WORDS.findall(fold(meaning)) for said in reading.said for meaning in said.means.split(";")]
    pairs = [pair for words in phrases for pair in zip(words, words[1:], strict=False) if pair[0] != pair[1]]
    return list(dict.fromkeys(pairs))[:MOST_NEIGHBOURS]


def _alike(reading: Reading, given: dict[str, Any]) -> list[Candidate]:
    typed = " ".join(word.folded for word in reading.words)
    if not typed:
        return []
    rows = _rows(BY_LIKENESS, given | {"typed": typed})
    return [Candidate(pk, "", "", "", "", score=score, why="alike") for pk, score in rows]


def _rows(query: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query.format(in_force=IN_FORCE, wanted=WANTED, most=MOST_FOUND), given)
        return cursor.fetchall()


def _fetch(page: list[Candidate], reading: Reading) -> list[ProcedureVersion]:
    versions = _listed().in_bulk([one.id for one in page]) if page else {}
    found = []
    for one in page:
        version = versions[one.id]
        version.why, version.mark = one.why, f"{int(one.score)}.{one.id}"
        version.because = reasons.told(one, reading, version)
        found.append(version)
    return found


def _mark(after: str | None) -> tuple[int, int]:
    """Where the page before ended; what is not a mark begins at the start."""
    match = re.fullmatch(r"(\d{1,9})\.(\d{1,18})", after or "")
    return (int(match[1]), int(match[2])) if match else (2**31 - 1, 0)


def browse(
    *,
    day: date,
    agency: Agency | None = None,
    field: Field | None = None,
    life_event: str = "",
    limit: int = 20,
    after: str | None = None,
) -> list[ProcedureVersion]:
    """Procedures in force of an agency, a field or an event in life, by code."""
    listed = _listed().valid_on(day).order_by("procedure__code", "valid_from")
    if agency:
        listed = listed.filter(agency=agency)
    if field:
        listed = listed.filter(field=field)
    if life_event:
        listed = listed.filter(life_events__contains=[life_event])
    if after:
        listed = listed.filter(procedure__code__gt=after[:30])
    found = list(listed[:limit])
    for version in found:
        version.mark, version.why, version.because = version.code, "", []
    return found


def life_events(day: date) -> list[str]:
    """The events in life that procedures in force name, the commonest first (nhóm sự kiện trong đời)."""
    told = ProcedureVersion.objects.valid_on(day).exclude(life_events=[]).values_list("life_events", flat=True)
    counts: dict[str, int] = {}
    for events in told:
        for event in events:
            counts[event] = counts.get(event, 0) + 1
    return sorted(counts, key=lambda event: (-counts[event], event))


def _listed() -> ValidQuerySet:
    """What a row of a list shows, without the long texts."""
    return (
        ProcedureVersion.objects.select_related("procedure", "field", "agency")
        .prefetch_related("terms", "fees")
        .defer("sequence", "requirements", "search_vector", "words_folded", "form", "guidance")
    )
