"""Everything that runs on this machine, started together and ended together: database, web, worker (phục vụ)."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NoReturn

import psycopg

from motcua.embedded import APPLICATION, OWNER, Cluster, not_yours, why

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
SETTINGS = "motcua.config.settings"
# A child that lives shorter than this did not really start.
AT_ONCE = 10.0
TOO_OFTEN = 3
# The longest pause, in seconds, before one that had worked is started again.
REST = 30.0
# Seconds between two looks at the database, which is not a child of ours.
LOOK_EVERY = 2.0
LOG_BYTES = 5 * 1024 * 1024
# Names, in the surroundings of every process started here, the folder it works for.
MARK = "MOTCUA_STARTED_FOR"
# Commands that change tables run as the role that owns them.
OWNERS_COMMANDS = {"migrate", "createcachetable", "dbshell", "flush", "sqlflush", "fill"}


class CannotServe(Exception):
    """Said to a person: why nothing runs, and what to do."""


class Stopped(BaseException):
    """Somebody asked us to end."""


def say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


# Where things lie ------------------------------------------------------------------------------------------------


def own_folder() -> Path:
    """The folder of everything written, ours and closed to others."""
    var = Path(os.environ.get("MOTCUA_VAR", ROOT / "var")).absolute()
    with explained(var):
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        if var.stat().st_uid != os.geteuid() or not os.access(var, os.W_OK | os.X_OK):
            raise CannotServe(not_yours(var))
        (var / "log").mkdir(exist_ok=True)
    return var


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn a refusal of the file system into a sentence."""
    try:
        yield
    except PermissionError:
        raise CannotServe(not_yours(folder)) from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CannotServe(why("No space left on device", folder)) from None
        raise CannotServe(
            f"Không ghi được vào {folder}: {error.strerror}. (The folder cannot be written: {error.strerror}.)"
        ) from None


def opened(path: Path, mode: str) -> IO[str]:
    with explained(path.parent):
        return open(path, mode)


def remembered(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""


def remember(path: Path, value: str) -> None:
    """Write in one movement, so that a cut never leaves half a word."""
    with explained(path.parent):
        new = path.with_name(f"{path.name}.new")
        new.write_text(value + "\n")
        new.replace(path)


def secret_key(var: Path) -> str:
    """The key of this installation, made once and readable by its owner only."""
    path = var / "secret-key"
    if not remembered(path):
        with explained(var):
            new = var / f"secret-key.{os.getpid()}"
            new.touch(mode=0o600)
            new.write_text(secrets.token_urlsafe(60))
            new.replace(path)
    return remembered(path)


@contextmanager
def alone(var: Path, port: int) -> Iterator[None]:
    """Only one of us serves from a folder; the lock ends with its holder, however that ends."""
    with opened(var / "run.lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            number, _, where = lock.read().partition(" ")
            raise CannotServe(
                f"Một Cửa đang chạy từ {var} (tiến trình {number or '?'}, http://{HOST}:{where or '?'}/); không có gì bị thay đổi."
                " Hãy dùng bản đang chạy, hoặc dừng nó trước. (Already running; nothing was touched.)"
            ) from None
        with explained(var):
            lock.truncate(0)
            lock.write(f"{os.getpid()} {port}")
            lock.flush()
        yield


# The port --------------------------------------------------------------------------------------------------------


def chosen_port() -> int:
    text = os.environ.get("MOTCUA_PORT", "8000")
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise CannotServe(f"MOTCUA_PORT phải là số cổng từ 1 đến 65535, không phải “{text}”. (Not a port number.)")
    return int(text)


@contextmanager
def reserved(port: int) -> Iterator[socket.socket]:
    """Take the port now, before a minute's work is done for nothing; the web server listens on it later."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except PermissionError:
            raise CannotServe(
                f"Không được phép dùng cổng {port}; hãy chọn cổng từ 1024 trở lên bằng MOTCUA_PORT."
                f" (No right to use port {port}.)"
            ) from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise taken(port) from None
        yield listener


def taken(port: int) -> CannotServe:
    return CannotServe(
        f"Cổng {port} đang do chương trình khác dùng; hãy dừng chương trình đó hoặc chọn cổng khác: MOTCUA_PORT=8001 ./run"
        f" (Port {port} is taken.)"
    )


# The database ----------------------------------------------------------------------------------------------------


@dataclass
class Place:
    """Where we run: the folder, the database, and what every process of ours needs to know."""

    var: Path
    cluster: Cluster | None
    application: str
    owner: str
    surroundings: dict[str, str] = field(default_factory=dict)

    def environ(self, *, as_owner: bool = False) -> dict[str, str]:
        url = self.owner if as_owner else self.application
        return {**os.environ, **self.surroundings, "DATABASE_URL": url, MARK: str(self.var)}


@contextmanager
def database(var: Path) -> Iterator[Place]:
    """The database named by DATABASE_URL, else the one that comes with the product, running while it is used."""
    surroundings = {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "MOTCUA_VAR": str(var),
        "MOTCUA_DEMO": "1" if demonstration_wanted(var) else "0",
    }
    if url := os.environ.get("DATABASE_URL"):
        owner = os.environ.get("DATABASE_OWNER_URL", url)
        ask(url, "DATABASE_URL", "SELECT 1")
        ask(owner, "DATABASE_OWNER_URL", "SELECT 1")
        if not os.environ.get("MOTCUA_SECRET_KEY"):
            raise CannotServe(
                "Thiếu biến môi trường MOTCUA_SECRET_KEY: khóa bí mật dài ít nhất 50 ký tự, giữ nguyên qua các lần chạy và giống"
                " nhau ở mọi máy cùng phục vụ. (With DATABASE_URL the secret key is given by you.)"
            )
        yield Place(var, None, url, owner, surroundings)
        return
    surroundings["MOTCUA_SECRET_KEY"] = os.environ.get("MOTCUA_SECRET_KEY") or secret_key(var)
    with Cluster(var / "pg").used() as cluster:
        # The programs of the database, among them psql, are found last.
        surroundings["PATH"] = f"{os.environ.get('PATH', os.defpath)}:{cluster.binaries}"
        yield Place(var, cluster, cluster.url(APPLICATION), cluster.url(OWNER), surroundings)


def ask(url: str, name: str, question: str) -> list[tuple[object, ...]]:
    """One question to the database, before anything of Django is loaded; none of its tables there: no rows."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            return connection.execute(question.encode()).fetchall()
    except psycopg.errors.UndefinedTable:
        return []
    except psycopg.Error as error:
        # What the library says names host and role, never the password.
        said = " ".join(str(error).split())
        raise CannotServe(
            f"Không dùng được cơ sở dữ liệu ở {name}; hãy kiểm tra địa chỉ, vai trò, mật khẩu và máy chủ PostgreSQL."
            f" (The database of {name} does not answer: {said})"
        ) from None


# Bringing everything up to date ----------------------------------------------------------------------------------

# Which database answers, and which migrations it has seen; a restored or exchanged one answers differently.
SEEN = """
SELECT system_identifier, current_database(), (SELECT md5(string_agg(app || '.' || name, ' ' ORDER BY id)) FROM django_migrations)
FROM pg_control_system()
"""
CLOSED_TABLES = """
SELECT oid::regclass::text FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND NOT has_table_privilege(oid, 'SELECT')
ORDER BY 1
"""
BRING_UP_TO_DATE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
call_command("createcachetable", verbosity=0)
"""


def demonstration_wanted(var: Path) -> bool:
    """MOTCUA_DEMO decides, then what was decided for this folder; the embedded database begins as a demonstration."""
    otherwise = "0" if os.environ.get("DATABASE_URL") else "1"
    return (os.environ.get("MOTCUA_DEMO") or remembered(var / "demo") or otherwise) != "0"


def prepare(place: Place) -> None:
    """Tables, styles, rules and the demonstration; what is up to date costs next to nothing."""
    first = not ask(place.owner, "DATABASE_OWNER_URL", SEEN)
    with ExitStack() as under_way:
        waits = [wait for wait in (bring_tables_up_to_date(place, under_way), collect_static(place, under_way)) if wait]
        for wait in waits:
            wait()
    if not place.cluster:
        check_rights(place)
    wanted = demonstration_wanted(place.var)
    if not wanted:
        load_rules(place)
    load_synonyms(place)
    if place.cluster and wanted and remembered(place.var / "demo") != "1":
        load_demonstration(place)
    elif place.cluster and first and not wanted:
        remember(place.var / "demo", "0")


def bring_tables_up_to_date(place: Place, under_way: ExitStack) -> Callable[[], None] | None:
    """Start the migrations when the database has not seen them all; returns how to wait for their end."""
    code = digest(
        [
            *sorted(ROOT.glob("motcua/*/migrations/*.py")),
            ROOT / "requirements/run.txt",
            ROOT / "motcua/config/settings.py",
        ]
    )

    def now() -> str:
        return f"{code} {ask(place.owner, 'DATABASE_OWNER_URL', SEEN)}"

    if remembered(place.var / "migrated") == now():
        return None
    say("Đang chuẩn bị cơ sở dữ liệu… (preparing the database)")
    task = under_way.enter_context(
        running("migrate", ["-c", BRING_UP_TO_DATE], place, as_owner=True, MOTCUA_STATEMENT_TIMEOUT="0")
    )

    def wait() -> None:
        task()
        remember(place.var / "migrated", now())

    return wait


def collect_static(place: Place, under_way: ExitStack) -> Callable[[], None] | None:
    """Start laying out styles, scripts and pictures when one of them changed."""
    files = sorted(file for file in ROOT.glob("motcua/*/static/**/*") if file.is_file())
    code = digest([*files, ROOT / "requirements/run.txt", ROOT / "motcua/ui/bundle.py"])
    if remembered(place.var / "collected") == code:
        return None
    task = under_way.enter_context(
        running("static", ["-m", "django", "collectstatic", "--noinput", "--verbosity=0"], place)
    )

    def wait() -> None:
        task()
        remember(place.var / "collected", code)

    return wait


def load_rules(place: Place) -> None:
    """Rule sets, form sets and national days as shipped; what the office changed stays."""
    code = digest([ROOT / "motcua/dossiers/rules.py", ROOT / "motcua/worktime/facts/days.csv"])
    loaded = f"{code} {ask(place.owner, 'DATABASE_OWNER_URL', SEEN)}"
    if remembered(place.var / "rules") == loaded:
        return
    with running("rules", ["-m", "django", "load_rules"], place) as wait:
        wait()
    remember(place.var / "rules", loaded)


def load_synonyms(place: Place) -> None:
    """Words people say, as shipped; what the office changed or removed stays."""
    code = digest([ROOT / "motcua/catalogue/facts/synonyms.csv"])
    loaded = f"{code} {ask(place.owner, 'DATABASE_OWNER_URL', SEEN)}"
    if remembered(place.var / "synonyms") == loaded:
        return
    with running("synonyms", ["-m", "django", "load_synonyms"], place) as wait:
        wait()
    remember(place.var / "synonyms", loaded)


def load_demonstration(place: Place) -> None:
    """Load the demonstration, going on where it was cut off, and remember for this folder that it is one."""
    say("Đang nạp dữ liệu trình diễn, khoảng một phút… (loading the demonstration, about a minute)")
    place.surroundings["MOTCUA_DEMO"] = "1"
    with running("demo", ["-m", "django", "load_demo"], place, MOTCUA_STATEMENT_TIMEOUT="0") as wait:
        wait()
    remember(place.var / "demo", "1")


def check_rights(place: Place) -> None:
    """A database of others may have forgotten to let the product's role in."""
    closed = [str(row[0]) for row in ask(place.application, "DATABASE_URL", CLOSED_TABLES)]
    if closed:
        raise CannotServe(
            f"Vai trò của DATABASE_URL chưa được đọc {len(closed)} bảng ({', '.join(closed[:3])}…);"
            " docs/operating.md nói cách cấp quyền. (The role lacks rights, see docs/operating.md.)"
        )


def digest(files: list[Path]) -> str:
    """Names and contents of files, in few letters."""
    total = hashlib.sha256()
    for file in files:
        total.update(f"{file.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


@contextmanager
def running(
    name: str, arguments: list[str], place: Place, *, as_owner: bool = False, **surroundings: str
) -> Iterator[Callable[[], None]]:
    """A Python of ours doing one thing; gives how to wait for it, and ends it when we have to leave before it."""
    path = place.var / "log" / f"{name}.log"
    with opened(path, "w") as log:
        process = subprocess.Popen(
            [*ends_with_us(), sys.executable, *arguments],
            cwd=ROOT,
            env={**place.environ(as_owner=as_owner), **surroundings},
            stdin=subprocess.DEVNULL,
            stderr=log,
        )

    def wait() -> None:
        if process.wait():
            raise CannotServe(sentence(name, path, place.var))

    try:
        yield wait
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def sentence(name: str, log: Path, var: Path) -> str:
    """What a task said before it failed, as one sentence."""
    said = log.read_text(errors="replace")
    if "No space left" in said or "DiskFull" in said:
        return why("No space left on device", var)
    last = said.strip().splitlines()[-1:] or ["?"]
    if "InsufficientPrivilege" in said or "permission denied" in said:
        return (
            f"Vai trò của cơ sở dữ liệu thiếu quyền: {last[0]}. docs/operating.md nói cách cấp."
            " (The database role lacks rights, see docs/operating.md.)"
        )
    return f"Bước chuẩn bị “{name}” không xong: {last[0]} – xem {log}. (A step of the start failed, see the log.)"


# Web and worker --------------------------------------------------------------------------------------------------


def ends_with_us() -> list[str]:
    """Words before a command that let the kernel end it when we are killed."""
    return ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []


class Log:
    """A log file that never grows for ever: two files of a few megabytes; what is written is also said aloud."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.last = ""

    def copy(self, stream: IO[bytes]) -> None:
        for line in stream:
            text = line.decode(errors="replace")
            self.last = text.strip() or self.last
            sys.stdout.write(text)
            sys.stdout.flush()
            try:
                self._write(text)
            except OSError:
                # A full disk must not end what still serves; the line was said aloud.
                continue

    def _write(self, text: str) -> None:
        if self.path.exists() and self.path.stat().st_size > LOG_BYTES:
            self.path.replace(self.path.with_suffix(".log.1"))
        with open(self.path, "a") as file:
            file.write(text)


class Child:
    """One program we keep running (tiến trình con)."""

    def __init__(self, label: str, command: list[str], place: Place, log: Path, *, keep: tuple[int, ...] = ()) -> None:
        self.label, self.command, self.place, self.keep = label, command, place, keep
        self.again_at: float | None = None
        self.log = Log(log)
        self.died_at_once = 0
        self.has_worked = False
        self.start()

    def start(self) -> None:
        self.started, self.again_at = time.monotonic(), None
        self.process = subprocess.Popen(
            [*ends_with_us(), sys.executable, *self.command],
            cwd=ROOT,
            env=self.place.environ(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=self.keep,
            # Ctrl-C is for us; we end the children in order.
            start_new_session=True,
        )
        self.copier = threading.Thread(target=self.log.copy, args=(self.process.stdout,), daemon=True)
        self.copier.start()

    def keep_running(self) -> None:
        """Start it again when it ended; one that never worked and ends at once again and again ends everything.

        One that has worked was killed, or lost its database: it is started again for as long as it takes, less and less often.
        """
        code = self.process.poll()
        lived = time.monotonic() - self.started
        if code is None:
            self.has_worked = self.has_worked or lived > AT_ONCE
            return
        if self.again_at is None:
            self._note_the_end(code, lived)
        if self.again_at is not None and time.monotonic() >= self.again_at:
            self.start()

    def _note_the_end(self, code: int, lived: float) -> None:
        self.end()
        self.died_at_once = self.died_at_once + 1 if lived < AT_ONCE else 0
        often = self.died_at_once >= TOO_OFTEN
        if often and not self.has_worked:
            raise CannotServe(
                f"Phần {self.label} dừng ngay sau khi chạy, {TOO_OFTEN} lần liền: {self.log.last} – xem {self.log.path}."
                f" (The {self.label} ends at once again and again, see the log.)"
            )
        say(
            f"Phần {self.label} dừng bất ngờ (mã {code}), đang chạy lại. (The {self.label} ended and is started again.)"
        )
        self.again_at = time.monotonic() + (min(2 ** (self.died_at_once - TOO_OFTEN), REST) if often else 0)

    def has_spoken(self) -> bool:
        """Whether it told that it began; one that says nothing is believed after a while."""
        return bool(self.log.last) or time.monotonic() - self.started > AT_ONCE

    def ask_to_end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()

    def end(self) -> None:
        """Wait for a while, then end it with all its children."""
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            say(f"Phần {self.label} không tự dừng, buộc phải ngắt. (The {self.label} had to be killed.)")
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.copier.join(timeout=5)


# Threads, for a browser opens connections it does not use yet and a phone in a valley takes a minute to say what it wants: a
# process that waits for one of them must go on answering the others.
WEB = ["-m", "gunicorn", "motcua.config.wsgi", "--worker-class", "gthread", "--threads", "4", "--keep-alive", "15"]


def shared_figures(place: Place) -> None:
    """A folder in which the web processes of this start count together (prometheus_client); what an earlier start counted is over."""
    folder = place.var / "figures"
    with explained(place.var):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    place.surroundings["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def start_web(place: Place, listener: socket.socket) -> Child:
    shared_figures(place)
    return Child(
        "web", web(f"fd://{listener.fileno()}"), place, place.var / "log" / "web.log", keep=(listener.fileno(),)
    )


def web(bind: str) -> list[str]:
    """The words after `python` that serve pages at an address."""
    command = [*WEB, "--bind", bind, "--preload"]
    # Two for two cores; a bigger machine says how many.
    command += ["--workers", os.environ.get("WEB_CONCURRENCY", "2")]
    command += ["--timeout", "60", "--graceful-timeout", "10", "--no-control-socket", "--log-level", "warning"]
    if os.access("/dev/shm", os.W_OK):
        # The workers' sign of life must not wait for a slow disk.
        command += ["--worker-tmp-dir", "/dev/shm"]
    return command


WORKER = ["-m", "django", "procrastinate", "worker"]


def start_worker(place: Place) -> Child:
    return Child("worker", WORKER, place, place.var / "log" / "worker.log")


def start_keeper(place: Place) -> list[Child]:
    """Whoever sends every change to another disk, where that is wanted."""
    from motcua import write_ahead

    folder = write_ahead.wanted()
    if folder and not place.cluster:
        raise CannotServe(
            "MOTCUA_KEEP chỉ dùng với PostgreSQL đi kèm; máy chủ riêng có cách giữ của nó, xem docs/operating.md."
            " (MOTCUA_KEEP is for the embedded PostgreSQL; a server of its own keeps its log itself.)"
        )
    if folder:
        return [Child("keeper", ["-m", "motcua.write_ahead"], place, place.var / "log" / "keeper.log")]
    if place.cluster:
        write_ahead.keep_nothing(place.var, place.cluster)
    return []


def end_leftovers(var: Path) -> None:
    """End what a killed predecessor left behind for this folder: it would hold the port and do jobs twice."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        asked: set[int] = set()
        for _ in range(50):
            left = set(leftovers(var))
            if not left:
                return
            # Once each: a second request would cut short the ending of a job.
            for pid in left - asked:
                with suppress(ProcessLookupError):
                    os.kill(pid, kind)
            asked |= left
            time.sleep(0.1)


def leftovers(var: Path) -> list[int]:
    mark = f"{MARK}={var}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            # Gone, or somebody else's.
            continue
    return found


# The commands ----------------------------------------------------------------------------------------------------


@contextmanager
def until_stopped() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal end what is inside; while it ends they are not heard a second time."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(*_: object) -> NoReturn:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    for each in signals:
        signal.signal(each, stop)
    with suppress(Stopped):
        yield


def serve() -> int:
    """Serve until asked to stop."""
    port = chosen_port()
    with until_stopped():
        var = own_folder()
        with alone(var, port):
            end_leftovers(var)
            with reserved(port) as listener, database(var) as place:
                prepare(place)
                keep_serving(place, listener, port)
    say("Đã dừng. (Stopped.)")
    return 0


def keep_serving(place: Place, listener: socket.socket, port: int) -> None:
    children: list[Child] = []
    try:
        children += [start_web(place, listener), worker := start_worker(place)]
        children += start_keeper(place)
        demonstration = demonstration_accounts(place)
        answered, looked = False, time.monotonic()
        while True:
            dead = any(child.process.poll() is not None for child in children)
            if place.cluster and (dead or time.monotonic() - looked > LOOK_EVERY):
                # Whoever lost the database may die of it, so it comes first.
                keep_database(place.cluster)
                looked = time.monotonic()
            for child in children:
                child.keep_running()
            if not answered and worker.has_spoken() and (answered := answers(port)):
                greet(place, port, demonstration)
            time.sleep(0.3 if answered else 0.05)
    finally:
        for child in children:
            child.ask_to_end()
        for child in children:
            child.end()


def keep_database(cluster: Cluster) -> None:
    if not cluster.running():
        cluster.start()
        say("Cơ sở dữ liệu dừng bất ngờ, đã chạy lại. (The database had ended and was started again.)")


def answers(port: int) -> bool:
    """Whether the first page comes."""
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    host = os.environ.get("MOTCUA_HOSTS", HOST).split(",")[0].lstrip(".").replace("*", HOST)
    try:
        connection.request("GET", "/", headers={"Host": host})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    if status >= 500:
        say(f"Trang đầu báo lỗi {status}; xem var/log/web.log. (The first page fails, see the log.)")
    return True


def demonstration_accounts(place: Place) -> subprocess.Popen[str] | None:
    """Begin to ask for the accounts of the demonstration; nothing where there is none."""
    if place.surroundings["MOTCUA_DEMO"] != "1":
        return None
    ask = "import django; django.setup(); from motcua.demo.accounts import printed; print(printed())"
    return subprocess.Popen(
        [*ends_with_us(), sys.executable, "-c", ask],
        cwd=ROOT,
        env=place.environ(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )


def greet(place: Place, port: int, demonstration: subprocess.Popen[str] | None) -> None:
    say(
        "",
        f"Một Cửa đang chạy (Một Cửa is running):  http://{HOST}:{port}/",
        f"  Cổng dịch vụ công (portal)              http://{HOST}:{port}/",
        f"  Bộ phận Một cửa (counter)               http://{HOST}:{port}/motcua/",
    )
    accounts, _ = demonstration.communicate() if demonstration else ("", "")
    if accounts:
        say("", accounts.strip())
    say("", "Nhấn Ctrl-C để dừng. (Press Ctrl-C to stop.)")


def manage(arguments: list[str]) -> int:
    """One of Django's commands, with the database running around it."""
    with database(own_folder()) as place:
        as_owner = bool(arguments) and arguments[0] in OWNERS_COMMANDS
        os.environ.update(place.environ(as_owner=as_owner))
        os.environ.setdefault("MOTCUA_STATEMENT_TIMEOUT", "0")
        from django.core.management import ManagementUtility

        utility = ManagementUtility(["manage", *arguments])
        utility.prog_name = "./run manage"
        utility.execute()
    return 0


def alone_on_servers(part: str) -> int:
    """`prepare`, `web` and `worker`: one part by itself, for a service manager, on a PostgreSQL of its own.

    The process becomes the part, so that signals and exit codes are its own.
    """
    if not os.environ.get("DATABASE_URL"):
        raise CannotServe(
            f"./run {part} dùng với PostgreSQL riêng; hãy đặt DATABASE_URL, hoặc chạy ./run để có tất cả."
            f" (./run {part} needs DATABASE_URL; ./run alone starts everything.)"
        )
    with database(own_folder()) as place:
        if part == "prepare":
            prepare(place)
            return 0
        if part == "web":
            shared_figures(place)
        surroundings = place.environ()
    bind = f"{os.environ.get('MOTCUA_LISTEN', HOST)}:{chosen_port()}"
    command = web(bind) if part == "web" else WORKER
    os.chdir(ROOT)
    return os.execve(sys.executable, [sys.executable, *command], surroundings)


def demo() -> int:
    """Load the demonstration into the database there is."""
    with until_stopped():
        with database(own_folder()) as place:
            prepare(place)
            load_demonstration(place)
            if accounts := demonstration_accounts(place):
                say("", accounts.communicate()[0].strip())
    return 0
