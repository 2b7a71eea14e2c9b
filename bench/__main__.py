"""`./run bench`: measure, print, and write docs/performance.md."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench import place, report


def main(arguments: list[str]) -> None:
    seconds = float(arguments[0]) if arguments else 4.0
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder, place.Place(Path(folder)) as where:
        from bench import filing, search, worktime  # Django reads its settings when these are imported

        told = report.text(
            filing=filing.measure(where, seconds=seconds), due=worktime.measure(), search=search.measure()
        )
    print(told)
    report.FILE.write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
