"""`./run bench`: measure, print, and write docs/performance.md; `./run bench export` or `valley` measures and writes that section alone,
`./run bench province [N] [SECONDS]` what officers and people wait for on N dossiers of past years."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from bench import place, report


def main(arguments: list[str]) -> None:
    if arguments[:1] in (["export"], ["valley"]):
        alone(arguments[0])
        return
    if arguments[:1] == ["province"]:
        province(*arguments[1:3])
        return
    seconds = float(arguments[0]) if arguments else 4.0
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder, place.Place(Path(folder)) as where:
        from bench import filing, search, worktime  # Django reads its settings when these are imported

        told = report.text(
            filing=filing.measure(where, seconds=seconds), due=worktime.measure(), search=search.measure()
        )
        told += "\n" + section("export", where)
    print(told)
    before = report.FILE.read_text(encoding="utf-8")
    report.FILE.write_text(report.with_what_was_not_measured(told, before), encoding="utf-8")
    # One commune and nothing else: a place of its own.
    subprocess.run([sys.executable, "-m", "bench", "valley"], check=True)


def alone(name: str) -> None:
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder, place.Place(Path(folder)) as where:
        told = section(name, where)
    print(told)
    report.FILE.write_text(report.with_section(report.FILE.read_text(encoding="utf-8"), told), encoding="utf-8")


def province(past: str = "1000000", seconds: str = "4") -> None:
    os.environ["MOTCUA_DEMO"] = "1"
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder, place.Place(Path(folder)) as where:
        from bench import province  # Django reads its settings when this is imported

        measured = province.measure(where, past=int(past), seconds=float(seconds))
        day = f"{datetime.now().astimezone():%Y-%m-%d}"
        told = province.text(measured, machine=report.machine(), commit=report.commit(), day=day)
    print(told)
    report.FILE.write_text(report.with_section(report.FILE.read_text(encoding="utf-8"), told), encoding="utf-8")


def section(name: str, where: place.Place) -> str:
    from bench import export, valley  # Django reads its settings when these are imported

    return valley.text(*valley.measure(where)) if name == "valley" else export.text(export.measure(where))


if __name__ == "__main__":
    main(sys.argv[1:])
