"""The database that comes with the product outlives whatever happens to it."""

import errno
import os
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from motcua.embedded import OWNER, Cluster, DatabaseDidNotStart, why


@pytest.fixture(scope="module")
def cluster():
    with tempfile.TemporaryDirectory(prefix="motcua-", ignore_cleanup_errors=True) as folder:
        cluster = Cluster(Path(folder, "pg"))
        with cluster.used():
            yield cluster


def postmaster(cluster):
    return int((cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])


def kept(cluster):
    with psycopg.connect(cluster.url(OWNER)) as connection:
        return connection.execute("SELECT what FROM kept").fetchall()


@contextmanager
def a_small_disk(megabytes):
    with tempfile.TemporaryDirectory(prefix="motcua-") as folder:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], capture_output=True
        )
        if mounted.returncode:
            pytest.skip("không được gắn một ổ đĩa nhỏ để thử đĩa đầy (no right to mount a small disk)")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def test_what_was_committed_outlives_a_killed_server_and_a_stranger_with_its_number(cluster):
    with psycopg.connect(cluster.url(OWNER)) as connection:
        connection.execute("CREATE TABLE kept (what text)")
        connection.execute("INSERT INTO kept VALUES ('hồ sơ')")
    os.kill(postmaster(cluster), signal.SIGKILL)
    cluster.start()
    assert kept(cluster) == [("hồ sơ",)]

    cluster.stop()
    # As after a restart of the machine: the number in the file is a living process, but not a server.
    stranger = cluster.data / "postmaster.pid"
    stranger.write_text(f"{os.getpid()}\n{cluster.data}\n0\n5432\n{cluster.socket}\n\n0 0\nready\n")
    assert not cluster.running()
    cluster.start()

    assert cluster.running()
    assert kept(cluster) == [("hồ sơ",)]


def test_a_second_start_joins_the_server_that_runs_and_the_last_to_leave_stops_it(cluster):
    number = postmaster(cluster)

    with Cluster(cluster.data).used() as second:
        assert postmaster(second) == number

    assert cluster.running()


def test_a_full_disk_is_told_in_a_sentence():
    with a_small_disk(megabytes=12) as disk, pytest.raises(DatabaseDidNotStart) as refusal:
        Cluster(disk / "pg", forgetful=True).start()

    assert "đã đầy" in str(refusal.value)
    assert os.strerror(errno.ENOSPC) not in str(refusal.value)


def test_a_missing_library_is_named():
    said = "postgres: error while loading shared libraries: libz.so.1: cannot open shared object file: No such file"

    assert "libz.so.1" in why(said, Path("var/pg"))
    assert "apt install" in why(said, Path("var/pg"))


def test_a_folder_of_another_user_is_left_alone(tmp_path):
    if os.geteuid():
        pytest.skip("chỉ root mới tạo được thư mục của người khác (only root can make a folder of another user)")
    foreign = tmp_path / "pg"
    foreign.mkdir()
    os.chown(foreign, 12345, 12345)

    with pytest.raises(DatabaseDidNotStart, match="người dùng khác"):
        Cluster(foreign).start()

    assert not list(foreign.iterdir())
