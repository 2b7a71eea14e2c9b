"""Everything that is checked before a change is accepted, told at the end in one list (kiểm tra)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from motcua.embedded import OWNER, Cluster

ROOT = Path(__file__).resolve().parents[1]
# Two workers, the tests of a file together: some share what their module made. Long files come first (conftest.py).
SIDE_BY_SIDE = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
SECOND_TIME = "pytest, PostgreSQL 15"
POSTGRESQL_15 = Path("/usr/lib/postgresql/15/bin")
# Screens ask the layers below them; of their own they have only the SQL of the work lists.
BELOW_THE_SCREENS = [
    *(f"motcua/{app}" for app in ("accounts", "api", "dossiers", "files", "journal", "messaging", "organisations")),
    "motcua/catalogue/tests",
    "motcua/counter/tests/test_worklists.py",
    "motcua/counter/tests/test_desk.py",
]
NO_TESTS = 5


@dataclass
class Check:
    """One program that judges the repository; `forgives` is an exit code that is no fault."""

    name: str
    command: list[str]
    surroundings: dict[str, str] = field(default_factory=dict)
    forgives: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    def run(self) -> bool:
        """Run it with its output in sight; whether it found nothing to complain about."""
        print(f"\n== {self.name}", flush=True)
        began = time.monotonic()
        with subprocess.Popen(
            [sys.executable, *self.command],
            cwd=ROOT,
            env={**os.environ, **self.surroundings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                if told := re.match(r"SKIPPED \[(\d+)\] \S+ (.*)", line):
                    self.skipped[told[2]] += int(told[1])
        passed = process.returncode in (0, self.forgives)
        print(f"== {self.name}: {'đạt' if passed else 'KHÔNG ĐẠT'} ({time.monotonic() - began:.0f} s)", flush=True)
        return passed


def checks(database: str) -> list[Check]:
    """The quick ones first."""
    settings = {
        "DJANGO_SETTINGS_MODULE": "motcua.config.settings",
        "DATABASE_URL": database,
        "MOTCUA_SECRET_KEY": "a key for checks, which protects nothing and is known to all",
    }
    return [
        Check("ruff check", ["-m", "ruff", "check", "."]),
        Check("ruff format", ["-m", "ruff", "format", "--check", "."]),
        Check(
            "lint-imports", ["-c", "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"]
        ),
        Check("mypy", ["-m", "mypy"], settings),
        Check("makemigrations --check", ["-m", "django", "makemigrations", "--check", "--dry-run"], settings),
    ]


def tests(paths: list[str]) -> Check:
    return Check("pytest", ["-m", "pytest", "-q", "-rfEs", *(paths or SIDE_BY_SIDE)])


def database_tests_on(binaries: Path) -> Check:
    """Production may run Debian's own PostgreSQL: whatever writes SQL is tested there too."""
    marked = ["-m", "database and not browser and not long"]
    command = ["-m", "pytest", "-q", "-rfEs", *marked, *SIDE_BY_SIDE, *BELOW_THE_SCREENS]
    return Check(SECOND_TIME, command, {"MOTCUA_TEST_POSTGRESQL": str(binaries)}, forgives=NO_TESTS)


def check(paths: list[str]) -> int:
    """Run everything, or only the tests at some paths; a failure stops nothing."""
    began = time.monotonic()
    with ExitStack() as while_running:
        chosen = [tests(paths)] if paths else everything(while_running)
        failed = [each.name for each in chosen if not each.run()]
    skipped = [f"{each.name}, {count} ×: {why}" for each in chosen for why, count in each.skipped.items()]
    if not paths and SECOND_TIME not in [each.name for each in chosen]:
        skipped.append(f"{SECOND_TIME}: không có {POSTGRESQL_15} (apt install postgresql-15), hoặc đã đặt DATABASE_URL")
    tell(failed, skipped, time.monotonic() - began)
    return 1 if failed else 0


def everything(while_running: ExitStack) -> list[Check]:
    """Checks and tests, on the server named by DATABASE_URL or on clusters of our own."""
    if given := os.environ.get("DATABASE_URL"):
        return [*checks(given), tests([])]
    var = Path(os.environ.get("MOTCUA_VAR", ROOT / "var")).absolute()
    cluster = while_running.enter_context(Cluster(var / "pgtest", forgetful=True).used())
    second = [database_tests_on(POSTGRESQL_15)] if POSTGRESQL_15.exists() else []
    return [*checks(cluster.url(OWNER, "postgres")), tests([]), *second]


def tell(failed: list[str], skipped: list[str], seconds: float) -> None:
    """The end of the output, where people look."""
    print(f"\n{'─' * 100}\nMất {seconds:.0f} giây (seconds).")
    for reason in skipped:
        print(f"Bỏ qua (skipped): {reason}")
    for name in failed:
        print(f"KHÔNG ĐẠT (failed): {name}")
    if not failed:
        print("Tất cả đều đạt. (Everything passed.)")
    sys.stdout.flush()
