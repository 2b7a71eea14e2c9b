"""Before anything else of the product is loaded: a database to test on, and the browser of the system."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import django
import psycopg
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from playwright._impl._driver import compute_driver_executable
from pytest_django.plugin import DjangoDbBlocker

ROOT = Path(__file__).parent
VAR = Path(os.environ.get("MOTCUA_VAR", ROOT / "var"))
CHROMIUM = "/usr/bin/chromium"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
os.environ.setdefault("MOTCUA_SECRET_KEY", "a key for tests, which protects nothing and is known to all")
# Playwright keeps an event loop in the thread of the tests; the views themselves are synchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


# Styles are collected by ./run; tests only need the place to be there.
(VAR / "static").mkdir(parents=True, exist_ok=True)

# pytest-django reads the settings after this file, as long as no configuration file names them.
if "DATABASE_URL" not in os.environ:
    from motcua.embedded import OWNER, Cluster

    # Runs of tests side by side share the cluster, each with a database of its own (MOTCUA_TEST_DB); whoever ends last stops it.
    # Another PostgreSQL has a cluster of its own: ./test runs the database tests a second time on Debian's.
    _other = os.environ.get("MOTCUA_TEST_POSTGRESQL")
    _cluster = Cluster(
        VAR / ("pgtest-other" if _other else "pgtest"), binaries=Path(_other) if _other else None, forgetful=True
    )
    _in_use = ExitStack()
    _in_use.enter_context(_cluster.used())
    os.environ["DATABASE_URL"] = _cluster.url(OWNER, "postgres")

    def pytest_unconfigure() -> None:
        _in_use.close()


# Test modules import models when they are collected, and pytest-django does this only where a configuration file names the settings.
django.setup()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Every database of tests is a copy of one that has seen the migrations: a copy takes a moment, they take ten seconds."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = _migrated()


def _migrated() -> str:
    """The name of the database that has seen the migrations as they are now, made by whoever needs it first."""
    code = sha256()
    for file in [*sorted(ROOT.glob("motcua/*/migrations/*.py")), ROOT / "requirements/run.txt"]:
        code.update(file.read_bytes())
    name = f"migrated_{code.hexdigest()[:12]}"
    own = connection.settings_dict["NAME"]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext('one makes it, the others wait'))")
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        server.execute("DROP DATABASE IF EXISTS being_migrated WITH (FORCE)")
        server.execute("CREATE DATABASE being_migrated")
        try:
            connection.close()
            connection.settings_dict["NAME"] = "being_migrated"
            call_command("migrate", verbosity=0)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = own
        server.execute(f"ALTER DATABASE being_migrated RENAME TO {name}")
    return name


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tests with threads or a browser empty all tables afterwards, which the journal refuses everywhere else."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER entries_are_not_truncated")
        cursor.execute("ALTER TABLE journal_reading DISABLE TRIGGER readings_are_not_truncated")


@pytest.fixture(autouse=True)
def nothing_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written once in ten times (accounts/attempts.py) would make statements uncountable."""
    monkeypatch.setattr("motcua.accounts.attempts.one_in", lambda many: many == 1)


@pytest.fixture(autouse=True)
def nothing_counted_stays(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Tests that are not rolled back empty all tables of models; the cache's, where attempts are counted, is none."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if {"live_server", "transactional_db"} & set(request.fixturenames) or marker and marker.kwargs.get("transaction"):
        with django_db_blocker.unblock():
            cache.clear()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Debian's Chromium, quiet: no download, no sandbox (tests may run as root), nothing sent home."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ["--no-sandbox", "--disable-gpu", *quiet]}


@lru_cache
def no_browser() -> str:
    """Why no page can be opened here; nothing when one can."""
    if not os.path.exists(CHROMIUM):
        return f"không có {CHROMIUM} (apt install chromium)"
    driver = subprocess.run([compute_driver_executable()[0], "--version"], capture_output=True, text=True)
    return f"trình điều khiển trình duyệt không chạy: {driver.stderr.strip()}" if driver.returncode else ""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever opens a page is a browser test, and needs a browser to be there; whatever asks for rows is a database test."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if {"page", "context", "browser"} & fixtures:
            item.add_marker(pytest.mark.browser)
            if reason := no_browser():
                item.add_marker(pytest.mark.skip(reason=reason))
        if {"db", "transactional_db", "live_server"} & fixtures or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.database)
    # Files with a long walk begin first, so that nobody waits for the last of them at the end.
    long = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in long)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Pages a test has opened are closed before its server is: each keeps a connection to the database for as long as it lives."""
    if browser := getattr(item, "funcargs", {}).get("browser"):
        for context in browser.contexts:
            context.close()
