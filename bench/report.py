"""The figures as docs/performance.md tells them: what was measured, where, when, at which commit, and what limits it."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import datetime
from pathlib import Path

from bench.place import Figures

FILE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"


def text(*, filing: Figures, due: Figures, search: Figures | None) -> str:
    return f"""# Speed

Measured by `./run bench` on {machine()}, on {datetime.now().astimezone():%Y-%m-%d}, at commit `{commit()}`. Web server, database and load generator share
the cores; PostgreSQL runs with its default durability. Rates on a shared machine are noisy: compare the ratios, which come from interleaved rounds of
one run, and the counts, which carry no noise.

## Filing

The POST that turns a complete draft, its papers stored, into a dossier: complete request with session, permission, CSRF check, validation, code, journal
line and job. Beside it pgbench writes the same rows (dossier with a form of 2 kB, three papers with a file each, clock, journal line, job, the day's number) in
one prepared transaction. {filing["clients"]} clients, {filing["filed"]} filings.

| | through HTTP | raw |
|---|---|---|
| a second | {filing["rate"]:.0f} | {filing["raw"]:.0f} |
| share of raw | {filing["ratio"]:.3f} | 1 |
| processor, web and database | {filing["processor_ms"]:.1f} ms | – |
| waiting, median / 99 of 100 | {filing["p50_ms"]:.0f} ms / {filing["p99_ms"]:.0f} ms | – |
| statements | {filing["statements"]} | – |

First figures; no bar is set for them yet. What limits filing today is the processor time of the web process: the object layer and the template-free
request path of Django around {filing["statements"]} statements, not the disk.

## Due dates

{due_table(due)}
{search_told(search)}"""


def search_told(search: Figures | None) -> str:
    """How well and how fast people find a procedure; nothing where the national records are not at hand."""
    if search is None:
        return ""
    rows = "".join(
        f"| {name} | {told['first']} of {told['queries']} | {told['five']} of {told['queries']} | {told['p50_ms']:.0f} ms"
        f" / {told['p95_ms']:.0f} ms | {told['processor_ms']:.0f} ms |\n"
        for name, told in (("hundred given queries", search["shared"]), ("our own queries", search["own"]))
    )
    return f"""## Search

As people type, over {search["procedures"]} national procedures: an acceptable one first, and among the first five; the time of one search with the rows of its
first page, the best of three, database included. Our own queries are those the weights were chosen on; the hundred given ones were looked at for classes of
failures only.

| | first | first five | median / 95 of 100 | processor of the web process |
|---|---|---|---|---|
{rows}"""


def with_section(whole: str, section: str) -> str:
    """The page with this section in place of the one of the same heading, or at its end."""
    heading = section.split("\n", 1)[0]
    parts = re.split(r"(?m)^(?=## )", whole)
    kept = [part for part in parts if not part.startswith(f"{heading}\n")]
    return "".join(kept).rstrip("\n") + "\n\n" + section


def with_what_was_not_measured(told: str, before: str) -> str:
    """The new page, with the sections of the one before that this run says nothing of."""
    measured = set(re.findall(r"(?m)^## .*$", told))
    kept = [part for part in re.split(r"(?m)^(?=## )", before)[1:] if part.split("\n", 1)[0] not in measured]
    return "\n\n".join(part.strip("\n") for part in (told, *kept)) + "\n"


def due_table(due: Figures) -> str:
    rows = "".join(f"| {name} | {value} |\n" for name, value in due.items())
    return f"| | |\n|---|---|\n{rows}"


def machine() -> str:
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}"


def commit() -> str:
    told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=FILE.parent)
    return told.stdout.strip() or "unknown"
