"""Finding a procedure by what a person types (tra cứu thủ tục hành chính)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.db import connection

from motcua.organisations.models import Agency, ValidQuerySet
from motcua.vietnamese import fold

from .models import Field, ProcedureVersion

MOST_WORDS = 12
LONGEST = 200
ALIKE = "~"  # before the mark of a similar spelling
CODE_PART = re.compile(r"[0-9.]*[0-9][0-9.]*")

# A term is a word or two neighbouring words, because most Vietnamese words have two syllables. Rare terms weigh more, a pair
# more than a word, the name more than field, result and keywords, and a long name less; a word of every sixth procedure finds
# nothing unless there is no rarer one. What counts is what is in force, so that old versions do not change the order.
BY_WORDS = """
WITH everything AS (
    SELECT count(*) AS total FROM catalogue_procedure
), terms AS MATERIALIZED (
    SELECT anywhere::tsquery, named::tsquery, pair, (
        SELECT count(*) FROM catalogue_procedureversion v WHERE v.search_vector @@ anywhere::tsquery AND {in_force}
    ) AS hits
    FROM unnest(%(anywhere)s::text[], %(named)s::text[], %(pairs)s::bool[]) AS t(anywhere, named, pair)
), weighed AS MATERIALIZED (
    SELECT anywhere, named, ln(1 + total / hits::float) * CASE WHEN pair THEN 1.5::float ELSE 1 END AS weight
    FROM terms, everything
    WHERE hits > 0 AND (hits < greatest(total / 6, 50) OR hits = (SELECT min(hits) FROM terms WHERE hits > 0))
), scored AS (
    SELECT v.id, round(
        1000 * sum(weight * CASE WHEN v.search_vector @@ named THEN 1::float ELSE 0.5 END)
        / (1 + ln(1 + length(v.name_folded) / 60::float))
    )::int AS score
    FROM weighed, LATERAL (
        SELECT v.id, v.search_vector, v.name_folded
        FROM catalogue_procedureversion v WHERE v.search_vector @@ anywhere AND {in_force} AND {wanted}
        OFFSET 0 -- keeps this a search of its own for each term, which the partial index answers
    ) AS v
    GROUP BY v.id, v.name_folded
)
SELECT id, score FROM scored
WHERE (score, -id) < (%(score)s, -%(id)s)
ORDER BY score DESC, id LIMIT %(limit)s
"""

# Spelling mistakes: names whose letters in threes are like those typed.
BY_LIKENESS = """
SELECT id, score FROM (
    SELECT v.id, round(1000 * word_similarity(%(typed)s, v.name_folded)::numeric)::int AS score
    FROM catalogue_procedureversion v WHERE %(typed)s <%% v.name_folded AND {in_force} AND {wanted}
) AS alike
WHERE (score, -id) < (%(score)s, -%(id)s)
ORDER BY score DESC, id LIMIT %(limit)s
"""

BY_CODE = """
SELECT v.id, 0 AS score
FROM catalogue_procedureversion v JOIN catalogue_procedure p ON p.id = v.procedure_id
WHERE p.code LIKE %(part)s AND {in_force} AND {wanted} AND v.id > %(id)s
ORDER BY v.id LIMIT %(limit)s
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
    """Procedures in force that fit what was typed, the best first; each says `why` and gives `mark` for the next page.

    `why` is "code", "name", "also" (field, result, keywords) or "alike" (a similar spelling).
    """
    typed = fold(text[:LONGEST])
    words = re.findall(r"[a-z0-9]+", typed)[:MOST_WORDS]
    if not words:
        return []
    alike, score, last = _mark(after)
    given: dict[str, Any] = {
        "day": day,
        "agency": agency and agency.pk,
        "field": field and field.pk,
        "limit": limit,
        "score": score,
        "id": last,
    }
    if CODE_PART.fullmatch(typed) and len(typed) >= 3:
        return _fetch(BY_CODE, given | {"part": f"%{typed}%"}, why="code")
    found = [] if alike else _fetch(BY_WORDS, given | _terms(words), words=words)
    if alike or (not found and after is None):
        found = _fetch(BY_LIKENESS, given | {"typed": " ".join(words)}, why="alike")
    return found


def _terms(words: list[str]) -> dict[str, Any]:
    singles = list(dict.fromkeys(words))
    pairs = [pair for pair in dict.fromkeys(zip(words, words[1:], strict=False)) if pair[0] != pair[1]]
    return {
        "anywhere": [f"'{word}'" for word in singles] + [f"'{one}' <-> '{two}'" for one, two in pairs],
        "named": [f"'{word}':A" for word in singles] + [f"'{one}':A <-> '{two}':A" for one, two in pairs],
        "pairs": [False] * len(singles) + [True] * len(pairs),
    }


def _fetch(
    query: str, given: dict[str, Any], *, why: str = "", words: list[str] | None = None
) -> list[ProcedureVersion]:
    with connection.cursor() as cursor:
        cursor.execute(query.format(in_force=IN_FORCE, wanted=WANTED), given)
        scores = dict(cursor.fetchall())
    versions = _listed().in_bulk(scores) if scores else {}
    found = []
    for pk, score in scores.items():
        version = versions[pk]
        version.why = why or ("name" if set(words or ()) & set(version.name_folded.split()) else "also")
        version.mark = f"{ALIKE if version.why == 'alike' else ''}{score}.{pk}"
        found.append(version)
    return found


def _mark(after: str | None) -> tuple[bool, int, int]:
    """Where the page before ended, and whether it told similar spellings; what is not a mark begins at the start."""
    match = re.fullmatch(rf"({ALIKE}?)(\d{{1,9}})\.(\d{{1,18}})", after or "")
    return (bool(match[1]), int(match[2]), int(match[3])) if match else (False, 2**31 - 1, 0)


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
        version.mark, version.why = version.code, ""
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
