"""`./run bench`: measure, print, and write docs/performance.md; `./run bench export` measures and writes that section alone."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench import place, report


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["export"]:
        exports()
        return
    seconds = float(arguments[0]) if arguments else 4.0
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder, place.Place(Path(folder)) as where:
        from bench import export, filing, search, worktime  # Django reads its settings when these are imported

        told = report.text(
            filing=filing.measure(where, seconds=seconds), due=worktime.measure(), search=search.measure()
        )
        told += "\n" + export.text(export.measure(where))
    print(told)
    report.FILE.write_text(told, encoding="utf-8")


def exports() -> None:
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder, place.Place(Path(folder)) as where:
        from bench import export  # Django reads its settings when this is imported

        told = export.text(export.measure(where))
    print(told)
    report.FILE.write_text(report.with_section(report.FILE.read_text(encoding="utf-8"), told), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
