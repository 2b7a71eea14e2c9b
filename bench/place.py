"""A place to measure in: a database of its own with default durability, the web server as in `./run`, and their processor time."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from motcua.embedded import APPLICATION, DATABASE, OWNER, Cluster
from motcua.serving import WEB

TICKS = os.sysconf("SC_CLK_TCK")
WORKERS = 2


class Place:
    """Database and web server over an empty folder; gone afterwards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cluster = Cluster(folder / "pg")
        self.port = free_port()
        self.web: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Place:
        self.folder.chmod(0o755)  # the server runs as another user
        self.cluster.start()
        os.environ |= {
            "DATABASE_URL": self.cluster.url(OWNER),
            "MOTCUA_SECRET_KEY": "a key for measuring, which protects nothing and is known to all",
            "MOTCUA_VAR": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "motcua.config.settings",
        }
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        return self

    def __exit__(self, *_: object) -> None:
        if self.web:
            self.web.terminate()
            self.web.wait()
        self.cluster.stop()

    def serve(self) -> None:
        """Start the web server as the product does."""
        command = [sys.executable, *WEB, "--workers", str(WORKERS)]
        self.web = subprocess.Popen(
            [*command, "--bind", f"127.0.0.1:{self.port}", "--log-level", "warning"],
            env={**os.environ, "DATABASE_URL": self.cluster.url(APPLICATION)},
        )
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise SystemExit("The web server did not answer.")

    def processor_seconds(self) -> float:
        """What web and database have used so far, ended children included."""
        postmaster = int((self.cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])
        roots = [postmaster] + ([self.web.pid] if self.web else [])
        return sum(spent(pid) for root in roots for pid in family(root))

    def pgbench(self, script: Path, *, seconds: float, clients: int) -> float:
        """Transactions a second of a script, with prepared statements."""
        binary = self.cluster.binaries / "pgbench"
        where = ["-h", str(self.cluster.socket), "-U", OWNER, "-d", DATABASE]
        how = ["-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(round(seconds)), "-f", str(script)]
        ran = subprocess.run([str(binary), *where, *how], capture_output=True, text=True, check=True)
        return float(next(line for line in ran.stdout.splitlines() if line.startswith("tps")).split()[2])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def family(root: int) -> list[int]:
    """A process and its descendants."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


def spent(pid: int) -> float:
    """Own time and that of children already buried, in seconds."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


Figures = dict[str, Any]


def beside_raw(rates: list[float], raws: list[float], waits: list[float], processor: list[float]) -> Figures:
    """What interleaved rounds say: rates and their share of the raw ones are medians, waiting times are over all rounds."""
    return {
        "rate": median(rates),
        "raw": median(raws),
        "ratio": median(ours / theirs for ours, theirs in zip(rates, raws, strict=True)),
        "processor_ms": median(processor),
        "p50_ms": quantile(waits, 0.5),
        "p99_ms": quantile(waits, 0.99),
    }
