"""A consistent copy of database and files while the product runs, and back into an empty place (sao lưu, khôi phục).

The database is read as of one moment, and the files after it: a stored file is named by its SHA-256, in place before its row is
written and never changed, so that what lies there later holds everything the rows name.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from motcua import write_ahead
from motcua.embedded import SUPERUSER, Cluster, packaged_binaries
from motcua.serving import CannotServe, Place, database, own_folder, remember, remembered, say
from motcua.write_ahead import VIETNAM

NAME = re.compile(r"motcua-\d{8}-\d{6}-\d{3}")
DUMP, MANIFEST, FILES = "database.dump", "manifest.json", "files"
NOT_KEPT = {"incoming", "outgoing"}  # half written, and lists that anybody makes anew
COMPARED = ("dossiers_dossier", "journal_entry", "journal_reading", "files_storedfile", "accounts_person")
DEFAULTS = """
SELECT DISTINCT defaclobjtype::text, grantee::regrole::text FROM pg_default_acl, aclexplode(defaclacl)
WHERE defaclrole = current_user::regrole AND grantee NOT IN (0, current_user::regrole) AND defaclobjtype IN ('r', 'S')
"""
KINDS = {"r": "TABLES", "S": "SEQUENCES"}
OPEN = "SELECT has_table_privilege('journal_entry', 'UPDATE, DELETE')"
HEAD = "SELECT coalesce(max(id), 0), count(DISTINCT subject) FROM journal_entry"


# A backup -------------------------------------------------------------------------------------------------------------


def backup(arguments: list[str]) -> int:
    """`./run backup FOLDER [--keep N]`: a new folder below FOLDER, whole or not there at all."""
    folder, keep = _asked(arguments)
    with database(own_folder()) as place:
        moment = datetime.now(VIETNAM)
        whole = folder / f"motcua-{moment:%Y%m%d-%H%M%S-%f}"[:-3]
        half = folder / f".{whole.name}.half"
        try:
            half.mkdir(parents=True)
            manifest = _dump(place, half)
            if base := _base(place, folder, half):
                manifest["base"] = base
            manifest["files"] = _keep_files(place.var / "files", half / FILES, _known(folder))
            manifest["demonstration"] = remembered(place.var / "demo") == "1"
            manifest["made_at"] = moment.isoformat(timespec="seconds")
            _write(half / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
            half.rename(whole)
            _settle(folder)
            remember(place.var / "backed-up", f"{manifest['made_at']} {whole}")
        except OSError as error:
            shutil.rmtree(half, ignore_errors=True)
            raise CannotServe(
                f"Không ghi được bản sao lưu vào {folder}: {error.strerror or error}. Các bản trước vẫn còn nguyên."
                " (The backup could not be written; earlier ones are untouched.)"
            ) from None
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise
    counts = manifest["counts"]
    say(
        f"Đã sao lưu vào {whole}: {counts.get('dossiers_dossier', 0)} hồ sơ, {counts.get('journal_entry', 0)} dòng nhật ký, "
        f"{manifest['files']['count']} tệp. (Backed up.)",
        "Khóa bí mật không nằm trong bản sao lưu; hãy giữ riêng (var/secret-key hoặc MOTCUA_SECRET_KEY).",
    )
    for old in _finished(folder)[: -keep or None] if keep else []:
        shutil.rmtree(old)
        say(f"Đã bỏ bản cũ {old.name}.")
    if keep and "base" in manifest:
        cleanup = _program(place, manifest["postgresql"], "pg_archivecleanup")
        write_ahead.drop_what_no_base_needs(folder, manifest["base"]["stream"], cleanup)
    return 0


def _asked(arguments: list[str]) -> tuple[Path, int]:
    words = list(arguments)
    keep = 0
    if "--keep" in words:
        at = words.index("--keep")
        number = words[at + 1] if at + 1 < len(words) else ""
        if not number.isdigit() or not int(number):
            raise CannotServe("Sau --keep là số bản muốn giữ, từ 1 trở lên. (--keep takes a number.)")
        keep = int(number)
        del words[at : at + 2]
    if len(words) != 1:
        raise CannotServe("Dùng: ./run backup THƯ_MỤC [--keep SỐ_BẢN] (usage: ./run backup FOLDER [--keep N])")
    return Path(words[0]).absolute(), keep


def _dump(place: Place, into: Path) -> dict[str, Any]:
    """The database as of one moment, with what it held then counted in the same moment."""
    with psycopg.connect(place.owner) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        snapshot = _one(connection, "SELECT pg_export_snapshot()")[0]
        version = int(_one(connection, "SHOW server_version_num")[0]) // 10000
        counts = {table: _count(connection, table) for table in COMPARED if _is_there(connection, table)}
        head, chains = _one(connection, HEAD) if "journal_entry" in counts else (0, 0)
        _run(place, version, "pg_dump", "-Fc", f"--snapshot={snapshot}", "-f", str(into / DUMP), "-d", place.owner)
    _sync(into / DUMP)
    return {
        "postgresql": version,
        "journal_open": _journal_is_open(place) if "journal_entry" in counts else False,
        "counts": counts,
        "journal": {"last": head, "chains": chains},
        "dump_sha256": _sha256(into / DUMP),
    }


def _base(place: Place, folder: Path, half: Path) -> dict[str, str]:
    """A copy of the whole cluster too, where the log that follows it is kept in the same folder."""
    if not place.cluster:
        return {}
    superuser = place.cluster.url(SUPERUSER)
    if not write_ahead.streaming_into(folder, place.var, superuser):
        return {}
    program = str(place.cluster.binaries / "pg_basebackup")
    base = write_ahead.make_base(program, superuser, half, place.var)
    return {**base, "sha256": _sha256(half / write_ahead.BASE)}


def _keep_files(here: Path, there: Path, before: list[Path]) -> dict[str, int]:
    """Every stored file; one that is kept there already is linked to it. Never to the live one: damage there must stay there."""
    count = size = 0
    there.mkdir()
    for name in _stored(here):
        target = there / name
        target.parent.mkdir(parents=True, exist_ok=True)
        length = (here / name).stat().st_size
        same = (old / name for old in before if (old / name).exists() and (old / name).stat().st_size == length)
        if known := next(same, None):
            os.link(known, target)
        else:
            shutil.copyfile(here / name, target)
            _sync(target)
        count, size = count + 1, size + length
    return {"count": count, "bytes": size}


def _stored(folder: Path) -> Iterator[Path]:
    if folder.exists():
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if path.is_file() and name.parts[0] not in NOT_KEPT:
                yield name


def _finished(folder: Path) -> list[Path]:
    """The backups there, the oldest first; what has no manifest is none."""
    return sorted(one for one in folder.iterdir() if NAME.fullmatch(one.name) and (one / MANIFEST).exists())


def _known(folder: Path) -> list[Path]:
    """Where the same files may lie already: in what is kept continuously, and in the last backup."""
    return [folder / write_ahead.FILES, *(last / FILES for last in _finished(folder)[-1:])]


# Back again -----------------------------------------------------------------------------------------------------------


def restore(arguments: list[str]) -> int:
    """`./run restore BACKUP`: into an empty place only, and looked over before it says that it is done."""
    if len(arguments) == 3 and arguments[1] == "--to":
        return _restore_to(Path(arguments[0]).absolute(), write_ahead.moment_of(arguments[2]))
    if len(arguments) != 1:
        raise CannotServe(
            'Dùng: ./run restore BẢN_SAO_LƯU, hoặc ./run restore THƯ_MỤC --to "25/11/2026 14:30" '
            "(usage: ./run restore BACKUP, or ./run restore FOLDER --to MOMENT)"
        )
    source = Path(arguments[0]).absolute()
    manifest = _manifest(source)
    with database(own_folder()) as place:
        files = place.var / "files"
        with psycopg.connect(place.owner) as connection:
            tables = _one(connection, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")[0]
            version = int(_one(connection, "SHOW server_version_num")[0]) // 10000
        if tables or any(_stored(files)):
            raise _not_empty(f"cơ sở dữ liệu có {tables} bảng, hoặc {files} có tệp")
        say("Đang khôi phục cơ sở dữ liệu… (Restoring the database.)")
        _give_nothing_by_default(place)
        _run(
            place,
            version,
            "pg_restore",
            *("--no-owner", "--no-comments", "--exit-on-error", "-d", place.owner, str(source / DUMP)),
        )
        say("Đang chép tệp… (Copying files.)")
        for name in _stored(source / FILES):
            target = files / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / FILES / name, target.with_name(f"{target.name}.half"))
            target.with_name(f"{target.name}.half").rename(target)
        _look_over(place, manifest)
        # Nobody's dossiers become a demonstration because a folder is new.
        remember(place.var / "demo", "1" if manifest["demonstration"] else "0")
    say(
        f"Đã khôi phục bản {source.name} và kiểm tra: số dòng khớp, nhật ký liền mạch, tệp nguyên vẹn. "
        "(Restored and verified.)"
    )
    return 0


def _restore_to(folder: Path, moment: datetime | None) -> int:
    """`./run restore FOLDER --to MOMENT`: the last base before it and the log as far as it, files, all looked over."""
    if os.environ.get("DATABASE_URL"):
        raise CannotServe(
            "Về một thời điểm thì ./run chỉ làm với PostgreSQL đi kèm; với máy chủ riêng hãy làm như docs/operating.md."
            " (Only for the embedded PostgreSQL; for a server of its own see docs/operating.md.)"
        )
    base, log, moment = write_ahead.base_for(folder, moment)
    backup = folder / base["backup"]
    var = own_folder()
    if (var / "pg").exists() or any(_stored(var / "files")):
        raise _not_empty(f"{var} có dữ liệu")
    if _sha256(backup / write_ahead.BASE) != base["sha256"]:
        raise CannotServe(
            f"Bản gốc trong {backup} đã hỏng. Chưa có gì thay đổi. (The base is damaged; nothing was changed.)"
        )
    # Nobody's dossiers become a demonstration because a folder is new.
    manifest = json.loads((backup / MANIFEST).read_text(encoding="utf-8"))
    remember(var / "demo", "1" if manifest["demonstration"] else "0")
    say(f"Đang khôi phục về {moment:%d/%m/%Y %H:%M:%S} từ {backup.name}… (Rolling forward to that moment.)")
    cluster = Cluster(var / "pg")
    try:
        write_ahead.roll_forward(cluster, backup / write_ahead.BASE, log, moment)
    finally:
        cluster.stop()
    with database(var) as place:
        with psycopg.connect(place.owner) as connection:
            names = [row[0] for row in connection.execute("SELECT sha256 FROM files_storedfile")]
            counts = {table: _count(connection, table) for table in COMPARED}
        write_ahead.bring_files(folder, names, place.var / "files")
        _look_over(place, {**manifest, "counts": counts})
    say(
        f"Đã khôi phục về {moment:%d/%m/%Y %H:%M:%S}: {counts['dossiers_dossier']} hồ sơ, {counts['journal_entry']} dòng nhật ký, "
        f"{len(names)} tệp; đã kiểm tra: nhật ký liền mạch, tệp nguyên vẹn. (Restored and verified.)"
    )
    return 0


def _not_empty(what: str) -> CannotServe:
    return CannotServe(
        f"Chỉ khôi phục vào nơi trống: {what}. Chưa có gì thay đổi. "
        "Hãy dùng MOTCUA_VAR khác hoặc cơ sở dữ liệu mới. (Restores only into an empty place; nothing was changed.)"
    )


def _give_nothing_by_default(place: Place) -> None:
    """What is given by default would be given on top of what the backup says, and the journal would be open to changes.

    The backup brings these defaults with it, for tables to come.
    """
    with psycopg.connect(place.owner, autocommit=True) as connection:
        given = connection.execute(DEFAULTS).fetchall()
        for kind, grantee in given:
            revoke = sql.SQL("ALTER DEFAULT PRIVILEGES REVOKE ALL ON {} FROM {}")
            connection.execute(revoke.format(sql.SQL(KINDS[kind]), sql.Identifier(grantee)))


def _manifest(source: Path) -> dict[str, Any]:
    """What the backup says it holds; a broken one is refused whole."""
    try:
        manifest: dict[str, Any] = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
        sound = _sha256(source / DUMP) == manifest["dump_sha256"]
        files = list(_stored(source / FILES))
        there = len(files) == manifest["files"]["count"]
        # Each is named by what it holds.
        sound = sound and all(_sha256(source / FILES / name) == name.name for name in files)
    except (OSError, ValueError, KeyError):
        raise CannotServe(
            f"{source} không phải bản sao lưu hoàn chỉnh. Chưa có gì thay đổi. (Not a whole backup; nothing was changed.)"
        ) from None
    if not (sound and there):
        raise CannotServe(
            f"Bản sao lưu {source} đã hỏng: nội dung không khớp với bản kê. Chưa có gì thay đổi; hãy dùng bản khác. "
            "(The backup is damaged; nothing was changed.)"
        )
    return manifest


def _look_over(place: Place, manifest: dict[str, Any]) -> None:
    with psycopg.connect(place.owner, autocommit=True) as connection:
        found = {table: _count(connection, table) for table in manifest["counts"]}
        connection.execute("ANALYZE")
    wrong = [
        f"{table}: {found[table]}/{counted}" for table, counted in manifest["counts"].items() if found[table] != counted
    ]
    if _journal_is_open(place) and not manifest["journal_open"]:
        wrong.append("vai trò của ứng dụng sửa được nhật ký (the application may change the journal)")
    for command in ("verify_journal", "check_files"):
        looked = subprocess.run(
            [sys.executable, "-m", "django", command], env=place.environ(), capture_output=True, text=True
        )
        if looked.returncode:
            wrong.append((looked.stderr or looked.stdout).strip())
    if wrong:
        raise CannotServe(
            "Đã khôi phục nhưng không khớp: "
            + "; ".join(wrong)
            + ". Đừng dùng nơi này; hãy khôi phục bản khác vào nơi trống. "
            "(Restored, but it does not agree; do not use it.)"
        )


def _journal_is_open(place: Place) -> bool:
    """Whether the application's role may change what is final; on one role only, nothing but the trigger closes it."""
    with psycopg.connect(place.application) as connection:
        return bool(_one(connection, OPEN)[0])


# How it is done -------------------------------------------------------------------------------------------------------


def _program(place: Place, version: int, name: str) -> str:
    """The program of the server's own version: an older one cannot read it, a newer one writes what it cannot read."""
    folders = [place.cluster.binaries] if place.cluster else []
    folders += [Path(f"/usr/lib/postgresql/{version}/bin"), packaged_binaries()]
    folders += [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for folder in folders:
        program = folder / name
        if program.exists():
            told = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
            if told and re.search(rf"\b{version}\b", told.split(".")[0]):
                return str(program)
    raise CannotServe(
        f"Cần chương trình {name} phiên bản {version}, như máy chủ; hãy cài postgresql-client-{version}."
        f" ({name} of version {version} is missing.)"
    )


def _run(place: Place, version: int, name: str, *arguments: str) -> None:
    done = subprocess.run([_program(place, version, name), *arguments], capture_output=True, text=True)
    if done.returncode:
        said = " | ".join(done.stderr.strip().splitlines()[-3:])
        raise CannotServe(f"{name} không làm được: {said} ({name} failed.)")


def _one(connection: psycopg.Connection, question: str) -> tuple[Any, ...]:
    row = connection.execute(question.encode()).fetchone()
    assert row is not None  # each of these questions has one answer
    return row


def _count(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    assert row is not None
    return int(row[0])


def _is_there(connection: psycopg.Connection, table: str) -> bool:
    row = connection.execute("SELECT to_regclass(%s)", [table]).fetchone()
    return row is not None and row[0] is not None


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    _sync(path)


def _sync(path: Path) -> None:
    with open(path, "rb") as file:
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """The new name is on the disk too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
