"""Every change kept elsewhere within seconds, and back to any moment since (giữ liên tục, khôi phục về một thời điểm).

PostgreSQL's write-ahead log is received as it is written, into a folder of another disk, and stored files are copied there a moment
after they came. A slot makes the server keep what has not yet been received. A base is a copy of the whole cluster; a base and the
log that follows it give every moment in between.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import psycopg

from motcua.embedded import SUPERUSER, Cluster
from motcua.serving import CannotServe, ends_with_us, own_folder, remember, remembered, say, until_stopped

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
SLOT = "motcua_keep"
# What the server keeps for a receiver that is away; beyond it, a new stream is begun with a new base.
MOST_BEHIND = "4GB"
LOOK_EVERY = 5.0
# A base that could not be made, for want of room, is not tried again at once.
BASE_EVERY = 300.0
# A row may be committed a while after a row with a higher number.
LATE_ROWS = 600.0
BASE, FILES, UNTIL = "base/base.tar.gz", "files", "kept-until"
STREAM = re.compile(r"wal-\d{8}-\d{6}")
BEGINS = re.compile(r"START WAL LOCATION: .*\(file ([0-9A-F]{24})\)")
STATE = "SELECT wal_status, active FROM pg_replication_slots WHERE slot_name = %s"
RECEIVED = """
SELECT coalesce(bool_or(replication.flush_lsn >= %s), false) FROM pg_stat_replication AS replication
JOIN pg_replication_slots AS slot ON slot.active_pid = replication.pid WHERE slot.slot_name = %s
"""


class Kept(NamedTuple):
    """Up to when, and up to which place of the log, everything lies in a folder."""

    folder: Path
    stream: str
    until: datetime | None
    place: str


def wanted() -> Path | None:
    """Where the person who runs this wants everything kept."""
    folder = os.environ.get("MOTCUA_KEEP")
    return Path(folder).absolute() if folder else None


def kept(var: Path) -> Kept | None:
    """What the keeper of this place said last; nothing where none was ever asked for."""
    told = remembered(var / "keeping")
    if not told:
        return None
    folder, stream = json.loads(told)
    return _told(Path(folder), stream)


def _told(folder: Path, stream: str) -> Kept:
    until, _, place = remembered(folder / stream / UNTIL).partition(" ")
    return Kept(folder, stream, datetime.fromisoformat(until) if until else None, place)


# Keeping --------------------------------------------------------------------------------------------------------------


class Keeper:
    """Receives the log and copies files for as long as it runs; what is in its way is said once, and tried again."""

    def __init__(self, var: Path, folder: Path) -> None:
        self.var, self.folder = var, folder
        self.cluster = Cluster(var / "pg")
        self.receiver: subprocess.Popen[bytes] | None = None
        self.base: subprocess.Popen[bytes] | None = None
        self.base_begun = 0.0
        self.trouble = ""
        # Rows up to the first number were copied long enough ago; the marks say when each highest number was seen.
        self.copied = 0
        self.marks: list[tuple[float, int]] = []

    def look(self) -> None:
        """Once round: the stream goes on, files are copied, and what is safe now is written down."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with psycopg.connect(self.cluster.url(SUPERUSER), autocommit=True, connect_timeout=10) as connection:
                stream = self._stream(connection)
                self._receive(stream)
                moment = datetime.now(VIETNAM)
                (place,) = _row(connection, "SELECT pg_current_wal_flush_lsn()::text")
                self._copy_files(connection)
                if _row(connection, RECEIVED, place, SLOT)[0]:
                    remember(stream / UNTIL, f"{moment.isoformat(timespec='seconds')} {place}")
                self._have_a_base(stream)
            self._say("")
        except (OSError, psycopg.Error, CannotServe) as error:
            reason = " ".join(str(error).split())
            self._say(
                f"Chưa giữ được dữ liệu liên tục ở {self.folder}: {reason}; sẽ thử lại. (Changes are not kept at the moment.)"
            )

    def end(self) -> None:
        for process in (self.base, self.receiver):
            if process and process.poll() is None:
                process.terminate()
                process.wait()

    def _say(self, trouble: str) -> None:
        if trouble and trouble != self.trouble:
            say(trouble)
        elif self.trouble and not trouble:
            say(f"Đã giữ được dữ liệu liên tục trở lại ở {self.folder}. (Changes are kept again.)")
        self.trouble = trouble

    def _stream(self, connection: psycopg.Connection) -> Path:
        """The folder of the stream that goes on; a new one where the old has a gap, or lies in another folder."""
        now = kept(self.var)
        state = connection.execute(STATE, [SLOT]).fetchone()
        if now and now.folder == self.folder and (self.folder / now.stream).is_dir() and state and state[0] != "lost":
            return self.folder / now.stream
        self._stop_receiving()
        forget(connection)
        connection.execute(f"ALTER SYSTEM SET max_slot_wal_keep_size = '{MOST_BEHIND}'".encode())
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("SELECT pg_create_physical_replication_slot(%s, true)", [SLOT])
        stream = self.folder / f"wal-{datetime.now(VIETNAM):%Y%m%d-%H%M%S}"
        stream.mkdir(mode=0o700)
        remember(self.var / "keeping", json.dumps([str(self.folder), stream.name]))
        self.copied, self.marks = 0, []
        return stream

    def _receive(self, stream: Path) -> None:
        if self.receiver and self.receiver.poll() is None:
            return
        program = str(self.cluster.binaries / "pg_receivewal")
        address = self.cluster.url(SUPERUSER, "postgres")
        self.receiver = subprocess.Popen(
            [*ends_with_us(), program, "-d", address, "-D", str(stream), "-S", SLOT, "--synchronous", "--no-password"],
            stdin=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )

    def _stop_receiving(self) -> None:
        if self.receiver and self.receiver.poll() is None:
            self.receiver.terminate()
            self.receiver.wait()

    def _copy_files(self, connection: psycopg.Connection) -> None:
        """What came since, and once more what came in the last minutes: a higher number may be committed first."""
        now, newest = time.monotonic(), self.copied
        for number, sha256 in connection.execute(
            "SELECT id, sha256 FROM files_storedfile WHERE id > %s ORDER BY id", [self.copied]
        ):
            _copy(self.var / "files" / _place(sha256), self.folder / FILES / _place(sha256))
            newest = max(newest, number)
        self.marks.append((now, newest))
        while self.marks and now - self.marks[0][0] > LATE_ROWS:
            self.copied = self.marks.pop(0)[1]

    def _have_a_base(self, stream: Path) -> None:
        """A stream without a base brings nothing back: its first backup is made at once, later ones by night."""
        if self.base and (self.base.poll() is None or time.monotonic() - self.base_begun < BASE_EVERY):
            return
        if not (stream / UNTIL).exists() or any(base["stream"] == stream.name for base in bases(self.folder)):
            return
        self.base_begun = time.monotonic()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
        self.base = subprocess.Popen(
            [*ends_with_us(), sys.executable, "-m", "motcua", "backup", str(self.folder)],
            stdin=subprocess.DEVNULL,
            env=clean,
        )


def forget(connection: psycopg.Connection) -> None:
    """Keep nothing any longer for a receiver that will not come back."""
    connection.execute(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s", [SLOT]
    )


def keep_nothing(var: Path, cluster: Cluster) -> None:
    """Where keeping was ended, the server need not wait for the receiver."""
    if kept(var):
        with psycopg.connect(cluster.url(SUPERUSER), autocommit=True) as connection:
            forget(connection)
        (var / "keeping").unlink()
        say("Từ nay không giữ dữ liệu liên tục (MOTCUA_KEEP trống). (Changes are no longer kept continuously.)")


def _place(sha256: str) -> Path:
    return Path(sha256[:2], sha256[2:4], sha256)


def _copy(source: Path, target: Path) -> None:
    """A stored file never changes, so what has the name is the same; half a copy never has it."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f"{target.name}.half")
    shutil.copyfile(source, half)
    with open(half, "rb") as file:
        os.fsync(file.fileno())
    half.rename(target)


# A base ---------------------------------------------------------------------------------------------------------------


def streaming_into(folder: Path, var: Path, superuser: str) -> str:
    """The stream into this folder that runs now; empty where none does."""
    now = kept(var)
    if not now or now.folder != folder:
        return ""
    with psycopg.connect(superuser) as connection:
        state = connection.execute(STATE, [SLOT]).fetchone()
    return now.stream if state and state[1] else ""


def make_base(program: str, superuser: str, half: Path, var: Path) -> dict[str, str]:
    """Copy the whole cluster, and wait until the log that makes the copy whole has been received."""
    stream = kept(var)
    assert stream is not None  # somebody streams into the folder
    wait = [
        program,
        "-d",
        superuser,
        "-D",
        str((half / BASE).parent),
        "-F",
        "tar",
        "-X",
        "none",
        "-c",
        "fast",
        "-Z",
        "gzip:1",
    ]
    done = subprocess.run([*wait, "--no-password"], capture_output=True, text=True)
    if done.returncode:
        raise CannotServe(f"pg_basebackup không làm được: {done.stderr.strip()[-300:]} (pg_basebackup failed.)")
    whole = datetime.now(VIETNAM)
    for _ in range(600):
        now = kept(var)
        if now and now.until and now.stream == stream.stream and now.until > whole:
            return {"stream": stream.stream, "begins": _begins(half / BASE), "whole_at": now.until.isoformat()}
        time.sleep(0.1)
    raise CannotServe(
        "Nhật ký ghi trước chưa được giữ kịp nên bản gốc chưa trọn; hãy xem var/log/keeper.log rồi sao lưu lại."
        " (The write-ahead log is not being received; the base is not whole.)"
    )


def _begins(base: Path) -> str:
    """The first file of the log this base needs."""
    with tarfile.open(base, "r|gz") as archive:
        for member in archive:
            label = archive.extractfile(member) if member.name == "backup_label" else None
            if label and (found := BEGINS.search(label.read().decode())):
                return found[1]
    raise CannotServe(f"{base} không có backup_label. (The base says not where it begins.)")


def bases(folder: Path) -> list[dict[str, str]]:
    """The bases there, the oldest first; each says in which backup it lies."""
    found = []
    for manifest in sorted(folder.glob("motcua-*/manifest.json")):
        base = json.loads(manifest.read_text(encoding="utf-8")).get("base")
        if base:
            found.append({**base, "backup": manifest.parent.name})
    return found


def drop_what_no_base_needs(folder: Path, now: str, program: str) -> None:
    """The log before the oldest base of its stream, and streams without a base that have ended."""
    oldest: dict[str, str] = {}
    for base in bases(folder):
        oldest.setdefault(base["stream"], base["begins"])
    for stream in folder.iterdir():
        if not STREAM.fullmatch(stream.name):
            continue
        if stream.name in oldest:
            subprocess.run([program, str(stream), oldest[stream.name]], check=True)
        elif stream.name != now:
            shutil.rmtree(stream)


# Back to a moment -----------------------------------------------------------------------------------------------------


def moment_of(text: str) -> datetime | None:
    """`25/11/2026 14:30`, with or without seconds, in Vietnam's time; `latest` has none of its own."""
    if text == "latest":
        return None
    for pattern in ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"):
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=VIETNAM)
        except ValueError:
            continue
    raise CannotServe(
        f'“{text}” không phải thời điểm; hãy ghi như --to "25/11/2026 14:30" (giờ Việt Nam) hoặc --to latest.'
        " (Not a moment: day/month/year hour:minute in Vietnam's time, or latest.)"
    )


def base_for(folder: Path, moment: datetime | None) -> tuple[dict[str, str], Kept, datetime]:
    """The last base that was whole by then, the log that follows it, and the moment itself."""
    known = bases(folder)
    fitting = [base for base in known if moment is None or datetime.fromisoformat(base["whole_at"]) <= moment]
    if not fitting:
        since = f"sớm nhất là {_said(known[0]['whole_at'])}" if known else "không có bản gốc nào"
        raise CannotServe(
            f"{folder} không giữ dữ liệu của thời điểm đó ({since}). Chưa có gì thay đổi. (Nothing kept for that moment.)"
        )
    base = fitting[-1]
    log = _told(folder, base["stream"])
    until = log.until
    if until is None or (moment and moment > until):
        last = _said(until.isoformat()) if until else "?"
        raise CannotServe(
            f"Dữ liệu chỉ được giữ đến {last}; hãy chọn thời điểm sớm hơn hoặc --to latest. Chưa có gì thay đổi."
            " (Kept only until then; nothing was changed.)"
        )
    return base, log, moment or until


def _said(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"


def roll_forward(cluster: Cluster, base: Path, log: Kept, moment: datetime) -> None:
    """The base, then the log as far as that moment; what a moment without any later change needs is all there is."""
    wal = shlex.quote(str(log.folder / log.stream)).replace("%", "%%")
    fetch = f'cp {wal}/%f "%p" 2>/dev/null || cp {wal}/%f.partial "%p" 2>/dev/null'
    target = {"recovery_target_time": moment.isoformat(), "recovery_target_action": "promote"}
    if cluster.recover(base, {"restore_command": fetch, **target}):
        return
    # No change is later than that moment: then everything received belongs to it, if indeed everything was read.
    cluster.recover(None, {"restore_command": fetch})
    with psycopg.connect(cluster.url(SUPERUSER)) as connection:
        (whole,) = _row(connection, "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", log.place)
    if not whole:
        raise CannotServe(
            f"Nhật ký ghi trước trong {log.folder / log.stream} thiếu hoặc hỏng trước thời điểm đó. Đừng dùng nơi này."
            " (The write-ahead log has a gap; do not use this place.)"
        )


def bring_files(folder: Path, names: Iterable[str], into: Path) -> None:
    """Each file a row names; those that are not there are told by whoever looks everything over."""
    for sha256 in names:
        kept_file = folder / FILES / _place(sha256)
        if kept_file.exists():
            _copy(kept_file, into / _place(sha256))


def _row(connection: psycopg.Connection, question: str, *about: object) -> tuple[object, ...]:
    row = connection.execute(question.encode(), about).fetchone()
    assert row is not None  # each of these questions has one answer
    return row


def main() -> int:
    """The keeper beside web and worker, until asked to stop."""
    folder = wanted()
    assert folder is not None  # serving starts it only where it is wanted
    keeper = Keeper(own_folder(), folder)
    with until_stopped():
        try:
            while True:
                keeper.look()
                time.sleep(LOOK_EVERY)
        finally:
            keeper.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
