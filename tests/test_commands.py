"""The commands as a newcomer meets them: real processes, a folder and a port of their own."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from motcua import serving
from motcua.embedded import APPLICATION, OWNER, Cluster
from motcua.serving import MARK, ROOT
from motcua.write_ahead import VIETNAM

pytestmark = pytest.mark.long

PATIENCE = 180


class Running:
    """A start of the product, its output read as a person would."""

    def __init__(self, var, port, **more):
        self.var, self.port = var, port
        self.output = open(var.parent / "output", "w+")  # noqa: SIM115 (closed when stopped)
        self.process = subprocess.Popen(
            command(),
            cwd=ROOT,
            env=surroundings(var, port, **more),
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=self.output,
        )

    def said(self):
        self.output.seek(0)
        return self.output.read()

    def wait_for(self, words):
        for _ in range(PATIENCE * 10):
            if words in self.said():
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(f"“{words}” was not said, but:\n{self.said()}")

    def get(self, path, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.body = answer.read()
        return answer

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(timeout=PATIENCE)


def command(*arguments):
    return [sys.executable, "-m", "motcua", *arguments]


def surroundings(var, port=1, **more):
    """What a terminal of a newcomer would hold, and nothing of this test run."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MOTCUA_", "DATABASE_", "DJANGO_", "PYTEST_"))
    }
    return {**clean, "MOTCUA_VAR": str(var), "MOTCUA_PORT": str(port), "MOTCUA_DEMO": "0", **more}


def refused(var, port=1, *arguments, **more):
    """The sentence of a command that does nothing."""
    ended = subprocess.run(
        command(*arguments),
        cwd=ROOT,
        env=surroundings(var, port, **more),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stderr.strip().splitlines()[-1]


def a_free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def processes_of(var):
    """Everything that runs for this folder: the children, who carry its name, and the database, which works in it."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            ours = f"{MARK}={var}".encode() in (folder / "environ").read_bytes()
            name = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if ours or f"{var}/pg".encode() in name:
            found.append(int(folder.name))
    return found


def workers(var):
    return [pid for pid in processes_of(var) if b"procrastinate" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def server_of(var):
    return int((var / "pg" / "postmaster.pid").read_text().split("\n", 1)[0])


def connected(var):
    return psycopg.connect(Cluster(var / "pg").url(APPLICATION), autocommit=True)


@contextmanager
def started(var, port, **more):
    running = Running(var, port, **more)
    try:
        yield running.wait_for("Ctrl-C")
    finally:
        running.stop()
        running.output.close()


@pytest.fixture(scope="module")
def port():
    return a_free_port()


@pytest.fixture(scope="module")
def var():
    with tempfile.TemporaryDirectory(prefix="motcua-", ignore_cleanup_errors=True) as folder:
        yield Path(folder, "var")


def test_one_command_serves_pages_refuses_a_second_start_and_leaves_nothing_behind_when_it_stops(var, port):
    with started(var, port) as running:
        assert running.get("/", **{"Accept-Encoding": "gzip"}).getheader("Content-Encoding") == "gzip"
        page = running.get("/")
        assert page.status == 200
        assert f"http://127.0.0.1:{port}/" in running.said()
        assert (var / "secret-key").stat().st_mode & 0o777 == 0o600

        address = next(part for part in page.body.decode().split('"') if part.endswith(".css"))
        style = running.get(address, **{"Accept-Encoding": "gzip"})
        assert style.getheader("Content-Encoding") == "gzip"
        assert "immutable" in style.getheader("Cache-Control")

        with ExitStack() as idle:
            for _ in range(6):
                idle.enter_context(socket.create_connection(("127.0.0.1", port)))
            assert running.get("/").status == 200

        lost = running.get("/khong-co-trang-nay/")
        assert lost.status == 404
        assert b"DEBUG" not in lost.body

        sentence = refused(var, port)
        assert "đang chạy" in sentence
        assert str(running.process.pid) in sentence
        assert running.get("/").status == 200

        assert running.stop(signal.SIGINT) == 0
        assert "Đã dừng" in running.said()

    assert processes_of(var) == []


def test_what_was_written_outlives_the_killing_of_everything(var, port):
    with started(var, port):
        with connected(var) as connection:
            connection.execute("INSERT INTO shared_cache VALUES ('kept', 'hồ sơ', now() + interval '1 day')")
        for pid in {server_of(var), *processes_of(var)}:
            os.kill(pid, signal.SIGKILL)

    with started(var, port) as running:
        with connected(var) as connection:
            assert connection.execute("SELECT value FROM shared_cache WHERE cache_key = 'kept'").fetchone() == (
                "hồ sơ",
            )
        assert running.get("/").status == 200


def test_children_of_a_killed_start_do_not_hold_the_port_or_do_jobs_twice(var, port):
    with started(var, port) as running:
        running.process.kill()
        running.process.wait()

        with started(var, port) as second:
            assert second.get("/").status == 200
            assert len(workers(var)) == 1

    assert processes_of(var) == []


def test_a_part_that_dies_is_started_again(var, port):
    with started(var, port) as running:
        for pid in workers(var):
            os.kill(pid, signal.SIGKILL)

        running.wait_for("Phần worker dừng bất ngờ")

        os.kill(server_of(var), signal.SIGKILL)
        running.wait_for("Cơ sở dữ liệu dừng bất ngờ")
        with connected(var) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert running.get("/").status == 200


def test_a_part_that_dies_at_once_again_and_again_ends_the_program(var, port):
    sentence = refused(var, port, WEB_CONCURRENCY="hai")

    assert "Phần web dừng ngay" in sentence
    assert "var/log/web.log" in sentence
    assert processes_of(var) == []


def test_a_part_that_has_worked_is_started_again_however_often_it_is_killed(monkeypatch, tmp_path):
    monkeypatch.setattr(serving, "AT_ONCE", 0.5)
    monkeypatch.setattr(serving, "REST", 0.1)
    place = SimpleNamespace(environ=lambda: dict(os.environ))
    part = serving.Child("worker", ["-c", "import time; time.sleep(60)"], place, tmp_path / "log")
    try:
        time.sleep(0.6)
        part.keep_running()
        for _ in range(serving.TOO_OFTEN + 2):
            before = part.process.pid
            part.process.kill()
            part.process.wait()
            wait_until(lambda: part.keep_running() or part.process.poll() is None)
            assert part.process.pid != before
    finally:
        part.ask_to_end()
        part.end()


def test_a_taken_port_is_a_sentence_and_never_another_port(var):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        sentence = refused(var, other.getsockname()[1])

    assert "đang do chương trình khác dùng" in sentence
    assert processes_of(var) == []


@pytest.mark.parametrize("port", ["tám nghìn", "0", "65536"])
def test_a_port_that_is_no_port_is_refused(var, port):
    assert "MOTCUA_PORT phải là số cổng" in refused(var, port)


def test_a_folder_that_may_not_be_written_is_a_sentence(tmp_path):
    var = tmp_path / "var"
    var.mkdir(mode=0o500)
    if os.geteuid() == 0:
        os.chown(var, 12345, 12345)

    assert "người dùng khác" in refused(var, a_free_port())
    assert not list(var.iterdir())


def test_a_full_disk_is_a_sentence(tmp_path):
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", tmp_path], capture_output=True).returncode:
        pytest.skip("không được gắn một ổ đĩa nhỏ để thử đĩa đầy (no right to mount a small disk)")
    try:
        sentence = refused(tmp_path / "var", a_free_port())
    finally:
        subprocess.run(["umount", "--lazy", tmp_path], check=True)

    assert "đã đầy" in sentence


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path):
    url = f"postgresql://motcua_app:bi-mat@127.0.0.1:{a_free_port()}/motcua"

    sentence = refused(tmp_path / "var", a_free_port(), DATABASE_URL=url)

    assert "DATABASE_URL" in sentence
    assert "bi-mat" not in sentence


def test_a_role_that_may_not_make_tables_is_told_so(var, tmp_path):
    with Cluster(var / "pg").used() as cluster:
        with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE bare OWNER {OWNER}")
        url = cluster.url(APPLICATION, "bare")
        sentence = refused(tmp_path / "var", a_free_port(), DATABASE_URL=url, MOTCUA_SECRET_KEY="x" * 60)

    assert "thiếu quyền" in sentence


def test_a_missing_variable_explains_itself(tmp_path):
    clean = {name: value for name, value in surroundings(tmp_path).items() if name != "DATABASE_URL"}
    ask = [sys.executable, "-c", "import motcua.config.settings"]

    said = subprocess.run(ask, cwd=ROOT, env=clean, capture_output=True, text=True).stderr

    assert "Thiếu biến môi trường DATABASE_URL" in said


@pytest.mark.parametrize(("https", "told"), [("1", "max-age=31536000"), ("", "None")])
def test_browsers_are_told_to_come_by_https_only_where_the_house_has_it(tmp_path, https, told):
    ask = "import django; django.setup(); from django.test import Client; print(Client().get('/api/v1/khong-co', secure=True).headers.get('Strict-Transport-Security'))"
    known = {"DATABASE_URL": "postgresql:///x", "MOTCUA_SECRET_KEY": "x" * 60, "MOTCUA_HOSTS": "testserver"}
    known |= {"MOTCUA_HTTPS": https, "DJANGO_SETTINGS_MODULE": "motcua.config.settings"}

    said = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, env={**surroundings(tmp_path), **known}, capture_output=True, text=True
    )

    assert said.stdout.strip() == told, said.stderr


def test_where_the_house_has_https_no_other_host_gives_our_cookies(tmp_path):
    ask = "import django; django.setup(); from django.test import Client; from motcua.accounts.devices import COOKIE; from django.conf import settings; print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, COOKIE, Client().post('/ngon-ngu/', {'language': 'en'}, secure=True).cookies)"
    known = {"DATABASE_URL": "postgresql:///x", "MOTCUA_SECRET_KEY": "x" * 60, "MOTCUA_HOSTS": "testserver"}
    known |= {"MOTCUA_HTTPS": "1", "DJANGO_SETTINGS_MODULE": "motcua.config.settings"}

    said = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, env={**surroundings(tmp_path), **known}, capture_output=True, text=True
    )

    assert said.stdout.startswith("__Host-session __Host-token __Secure-thiet-bi Set-Cookie: __Host-language=en;"), said
    assert "Path=/;" in said.stdout and "Secure" in said.stdout and "Domain" not in said.stdout


def test_management_commands_find_the_database_by_themselves(var):
    asked = subprocess.run(
        command("manage", "verify_journal"),
        cwd=ROOT,
        env=surroundings(var),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )

    assert asked.returncode == 0, asked.stderr
    assert "Nhật ký nguyên vẹn" in asked.stdout
    assert processes_of(var) == []


TWO_DOSSIERS = """
from datetime import datetime
from time import sleep
from motcua.dossiers.models import State
from motcua.dossiers.testing import a_dossier, a_one_stop
office = a_one_stop()
one = a_dossier(office, State.IN_PROGRESS)
sleep(1.1)
moment = datetime.now()
sleep(1.1)
two = a_dossier(office, State.IN_PROGRESS)
print("said", one.code, two.code, moment.isoformat())
"""


def done(var, *arguments):
    """What a command said that went well."""
    ended = subprocess.run(
        command(*arguments), cwd=ROOT, env=surroundings(var), capture_output=True, text=True, timeout=2 * PATIENCE
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def wait_until(true):
    for _ in range(PATIENCE * 10):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come to pass")


@pytest.fixture(scope="module")
def lived(var, port, tmp_path_factory):
    """Two dossiers filed at two moments, everything kept continuously meanwhile, and a backup made while it ran."""
    kept, nightly = tmp_path_factory.mktemp("kept"), tmp_path_factory.mktemp("nightly")
    with started(var, port, MOTCUA_KEEP=str(kept)):
        wait_until(lambda: list(kept.glob("motcua-*/base/base.tar.gz")))
        told = done(var, "manage", "shell", "-c", TWO_DOSSIERS)
        said = done(var, "backup", str(nightly))
        done(var, "backup", str(nightly), "--keep", "1")
        assert "2 hồ sơ" in said
        until = datetime.now(VIETNAM).isoformat()[:19]
        wait_until(lambda: [path for path in kept.glob("wal-*/kept-until") if path.read_text()[:19] > until])
    one, two, moment = told[told.index("said ") :].split()[1:]
    (backup,) = nightly.iterdir()
    at = datetime.fromisoformat(moment).replace(tzinfo=VIETNAM)
    return SimpleNamespace(kept=kept, backup=backup, first=one, second=two, moment=f"{at:%d/%m/%Y %H:%M:%S}")


def codes_in(var):
    with Cluster(var / "pg").used() as cluster, psycopg.connect(cluster.url(APPLICATION)) as connection:
        return [row[0] for row in connection.execute("SELECT code FROM dossiers_dossier ORDER BY id")]


def test_what_was_backed_up_while_it_ran_comes_back_in_an_empty_place_whole_and_as_final_as_it_was(lived, tmp_path):
    there = tmp_path / "there"
    assert "nhật ký liền mạch, tệp nguyên vẹn" in done(there, "restore", str(lived.backup))

    assert (there / "demo").read_text().strip() == "0"
    with Cluster(there / "pg").used() as cluster:
        with psycopg.connect(cluster.url(APPLICATION), autocommit=True) as connection:
            assert connection.execute("SELECT state FROM dossiers_dossier").fetchall() == [("IN_PROGRESS",)] * 2
            for change in (
                "UPDATE journal_entry SET event = 'x'",
                "DELETE FROM journal_entry",
                "TRUNCATE journal_entry",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(change)
    assert "Chỉ khôi phục vào nơi trống" in refused(there, 1, "restore", str(lived.backup))

    paper = next(path for path in (lived.backup / "files").rglob("*") if path.is_file())
    paper.write_bytes(paper.read_bytes()[:-1] + b"?")
    elsewhere = tmp_path / "elsewhere"
    assert "đã hỏng" in refused(elsewhere, 1, "restore", str(lived.backup))
    assert not (elsewhere / "pg").exists()


def test_what_was_kept_comes_back_as_of_one_moment_and_what_came_later_does_not(lived, tmp_path):
    there = tmp_path / "there"

    said = done(there, "restore", str(lived.kept), "--to", lived.moment)

    assert "nhật ký liền mạch, tệp nguyên vẹn" in said
    assert codes_in(there) == [lived.first]


def test_a_moment_that_was_not_kept_and_a_place_that_is_not_empty_are_refused(lived, var, tmp_path):
    back = ("restore", str(lived.kept), "--to")

    assert "Dữ liệu chỉ được giữ đến" in refused(tmp_path / "x", 1, *back, "25/11/2099 14:30")
    assert "không giữ dữ liệu của thời điểm đó" in refused(tmp_path / "x", 1, *back, "25/11/2011 14:30")
    assert "không phải thời điểm" in refused(tmp_path / "x", 1, *back, "hôm qua")
    assert "Chỉ khôi phục vào nơi trống" in refused(var, 1, *back, "latest")
    assert codes_in(var) == [lived.first, lived.second]


def test_a_backup_that_cannot_be_written_says_so_and_leaves_nothing(var, tmp_path):
    in_the_way = tmp_path / "a file"
    in_the_way.write_text("")

    assert "Không ghi được bản sao lưu" in refused(var, 1, "backup", str(in_the_way))
    assert "không phải bản sao lưu hoàn chỉnh" in refused(tmp_path / "there", 1, "restore", str(tmp_path))
    assert in_the_way.read_text() == ""


def test_an_unknown_command_shows_the_known_ones(tmp_path):
    asked = subprocess.run(command("chạy"), cwd=ROOT, env=surroundings(tmp_path), capture_output=True, text=True)

    assert asked.returncode == 2
    assert "./run manage" in asked.stderr
