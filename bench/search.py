"""`python -m bench.search`: how well and how fast people find a procedure, over all national records at hand.

The records and queries lie beside the repository (../shared/data), never in it; without them there is nothing to measure.
"""

from __future__ import annotations

import csv
import gzip
import json
import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from time import perf_counter, process_time

from bench.place import Figures, Place, quantile

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
OWN = ROOT / "motcua" / "catalogue" / "tests" / "queries.csv"
SINCE, DAY = date(2025, 1, 1), date(2026, 1, 1)
ROUNDS = 3
SHOWN = 20


def measure() -> Figures | None:
    """Quality on both sets of queries; the time of a search with the rows of its first page, best of the rounds."""
    records, asked = SHARED / "procedures.jsonl.gz", SHARED / "search_queries.json"
    if not records.exists() or not asked.exists():
        return None
    from django.db import connection

    from motcua.catalogue import synonyms
    from motcua.catalogue.importing import import_lines

    with gzip.open(records, "rb") as lines:
        report = import_lines(lines, day=SINCE)
    synonyms.load()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    shared = [
        (one["query"], [one["best"], *one["acceptable"]]) for one in json.loads(asked.read_text(encoding="utf-8"))
    ]
    with OWN.open(encoding="utf-8", newline="") as file:
        own = [(row["typed"], row["acceptable"].split()) for row in csv.DictReader(file)]
    return {"procedures": report.created, "shared": _asked(shared), "own": _asked(own)}


def _asked(queries: Iterable[tuple[str, list[str]]]) -> Figures:
    from motcua.catalogue.searching import search

    first = five = 0
    waits, used = [], []
    queries = list(queries)
    for typed, acceptable in queries:
        best, least = float("inf"), float("inf")
        for _ in range(ROUNDS):
            begun, spent = perf_counter(), process_time()
            found = search(typed, day=DAY, limit=SHOWN)
            best, least = min(best, perf_counter() - begun), min(least, process_time() - spent)
        codes = [version.code for version in found[:5]]
        first += bool(codes) and codes[0] in acceptable
        five += bool(set(codes) & set(acceptable))
        waits.append(best * 1e3)
        used.append(least * 1e3)
    return {
        "queries": len(queries),
        "first": first,
        "five": five,
        "p50_ms": quantile(waits, 0.5),
        "p95_ms": quantile(waits, 0.95),
        "processor_ms": quantile(used, 0.5),
    }


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder, Place(Path(folder)):
        from bench.report import search_told

        print(search_told(measure()))


if __name__ == "__main__":
    main()
