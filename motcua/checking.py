"""Everything that is checked before a change is accepted, told at the end in one list (kiểm tra)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from motcua.embedded import OWNER, Cluster

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = Path("/usr/bin/chromium")
# Two workers, the tests of a file together: some share what their module made.
SIDE_BY_SIDE = ["-n", "2", "--dist", "loadfile"]
POSTGRESQL_15 = Path("/usr/lib/postgresql/15/bin")
NO_TESTS = 5


@dataclass
class Check:
    """One program that judges the repository; `forgives` is an exit code that is no fault."""

    name: str
    command: list[str]
    surroundings: dict[str, str] = field(default_factory=dict)
    forgives: int = 0
    skipped: list[str] = field(default_factory=list)

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
        ) as process:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                if line.startswith("SKIPPED "):
                    self.skipped.append(f"{self.name}: {line.split(' ', 2)[2].strip()}")
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
    return Check("pytest", ["-m", "pytest", "-q", "-rs", *(paths or SIDE_BY_SIDE)])


def database_tests_on(binaries: Path) -> Check:
    """Production may run Debian's own PostgreSQL: whatever touches the database is tested there too."""
    command = ["-m", "pytest", "-q", "-m", "database and not browser", *SIDE_BY_SIDE]
    return Check("pytest, PostgreSQL 15", command, {"MOTCUA_TEST_POSTGRESQL": str(binaries)}, forgives=NO_TESTS)


def check(paths: list[str]) -> int:
    """Run everything, or only the tests at some paths; a failure stops nothing."""
    began = time.monotonic()
    var = Path(os.environ.get("MOTCUA_VAR", ROOT / "var")).absolute()
    with ExitStack() as stack:
        if paths:
            run = [tests(paths)]
        else:
            database = os.environ.get("DATABASE_URL") or stack.enter_context(
                Cluster(var / "pgtest", forgetful=True).used()
            ).url(OWNER, "postgres")
            run = [*checks(database), tests([])]
            if POSTGRESQL_15.exists() and "DATABASE_URL" not in os.environ:
                run.append(database_tests_on(POSTGRESQL_15))
        failed = [each.name for each in run if not each.run()]
    skipped = [reason for each in run for reason in each.skipped]
    tell(failed, [*skipped, *missing_here(whole=not paths)], time.monotonic() - began)
    return 1 if failed else 0


def missing_here(*, whole: bool) -> list[str]:
    """What this machine cannot check at all, and why."""
    reasons = []
    if not CHROMIUM.exists():
        reasons.append(f"thử bằng trình duyệt: không có {CHROMIUM}, hãy apt install chromium (browser tests)")
    if whole and not POSTGRESQL_15.exists():
        reasons.append(
            f"thử cơ sở dữ liệu trên PostgreSQL 15: không có {POSTGRESQL_15}, hãy apt install postgresql-15"
            " (database tests on PostgreSQL 15)"
        )
    return reasons


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
