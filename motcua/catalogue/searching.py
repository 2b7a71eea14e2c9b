"""Finding a procedure by what a person types (tra cứu thủ tục hành chính)."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from django.db import connection

from motcua.organisations.models import Agency
from motcua.vietnamese import fold

from .models import Field, ProcedureVersion

MOST_WORDS = 12
LONGEST = 200
CODE_PART = re.compile(r"[\d.]*\d[\d.]*")

BY_CODE, BY_WORDS, BY_LIKENESS = "code", "words", "likeness"

# A term is a word or two neighbouring words (Vietnamese words mostly have two syllables). Rare terms weigh more, a hit in the name more than
# one elsewhere, and a long name less. Counting and finding both use the index of words.
WORDS = """
WITH terms AS MATERIALIZED (
    SELECT term::tsquery AS term, (term || ':A')::text AS written, pair,
           (SELECT count(*) FROM catalogue_procedureversion v WHERE v.search_vector @@ term::tsquery) AS hits
    FROM unnest(%(terms)s::text[], %(pairs)s::bool[]) AS t(term, pair)
), weighed AS MATERIALIZED (
    SELECT term, pair, ln(1 + %(all)s / (hits + 1.0)) * CASE WHEN pair THEN 1.6 ELSE 1 END AS weight FROM terms WHERE hits > 0
), scored AS (
    SELECT v.id, sum(weighed.weight * CASE WHEN ts_filter(v.search_vector, '{a}') @@ weighed.term THEN 1 ELSE 0.4 END)
                 / (1 + length(v.name_folded) / 400.0) AS score
    FROM weighed JOIN catalogue_procedureversion v ON v.search_vector @@ weighed.term
    WHERE TRUE
    GROUP BY v.id
)
SELECT 1
"""
