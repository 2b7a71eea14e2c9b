"""Before anything else of the product is loaded: a database to test on, and the browser of the system."""

import fcntl
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
VAR = Path(os.environ.get("MOTCUA_VAR", ROOT / "var"))
CHROMIUM = "/usr/bin/chromium"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
os.environ.setdefault("MOTCUA_SECRET_KEY", "a key for tests, which protects nothing and is known to all")
# Playwright keeps an event loop in the thread of the tests; the views themselves are synchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


# pytest-django reads the settings after this file, as long as no configuration file names them.
if "DATABASE_URL" not in os.environ:
    from motcua.embedded import OWNER, Cluster

    # Runs of tests side by side share the cluster, each with a database of its own (MOTCUA_TEST_DB); whoever ends last stops it.
    VAR.mkdir(parents=True, exist_ok=True)
    _in_use = open(VAR / "pgtest.in-use", "a")
    fcntl.flock(_in_use, fcntl.LOCK_SH)
    _cluster = Cluster(VAR / "pgtest", forgetful=True)
    _cluster.start()
    os.environ["DATABASE_URL"] = _cluster.url(OWNER, "postgres")
    os.environ["MOTCUA_TEST_CLUSTER"] = str(_cluster.data)

    def pytest_unconfigure() -> None:
        try:
            fcntl.flock(_in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        _cluster.stop()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Debian's Chromium, quiet: no download, no sandbox (tests may run as root), nothing sent home."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ["--no-sandbox", "--disable-gpu", *quiet]}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever opens a page is a browser test, and needs a browser to be there."""
    missing = pytest.mark.skip(reason="không có /usr/bin/chromium (apt install chromium)")
    for item in items:
        if {"page", "context", "browser"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
            if not os.path.exists(CHROMIUM):
                item.add_marker(missing)
