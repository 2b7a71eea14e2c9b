"""No file comes in that the malware scanner did not pass, where one is set up."""

import io
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from motcua.files import scanning
from motcua.files.models import Scan, StoredFile
from motcua.files.scanning import Infected, ScannerSilent, scan
from motcua.files.storing import store
from motcua.files.testing import PDF

NINE = datetime(2023, 10, 23, 2, 0, tzinfo=UTC)
# The harmless text every scanner knows (EICAR), in two pieces so that none finds it in this file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


# A real clamd with one signature of our own


@pytest.fixture(scope="module")
def clamd():
    """A scanner that knows one thing: the test text; Debian ships no signatures."""
    server, sigtool = shutil.which("clamd"), shutil.which("sigtool")
    if not server or not sigtool:
        pytest.skip("không có clamd (apt install clamav-daemon clamav)")
    with tempfile.TemporaryDirectory(prefix="clamd-") as name:  # short: a socket's path may have 107 bytes
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "db").mkdir()
        (folder / "eicar.txt").write_bytes(EICAR)
        signature = subprocess.run([sigtool, "--sha256", "eicar.txt"], cwd=folder, capture_output=True, check=True)
        (folder / "db" / "own.hsb").write_bytes(signature.stdout)
        (folder / "clamd.conf").write_text(
            f"LocalSocket {folder}/socket\nDatabaseDirectory {folder}/db\nForeground yes\nStreamMaxLength 3M\n"
        )
        process = subprocess.Popen(
            [server, "-c", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        try:
            wait_for(folder / "socket", process)
            yield f"unix:{folder}/socket"
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_for(path, process):
    for _ in range(300):
        if path.exists():
            return
        if process.poll() is not None:
            pytest.fail(f"clamd did not start: {process.stderr.read().decode()}")
        time.sleep(0.1)
    pytest.fail("clamd did not open its socket within 30 seconds")


def test_the_real_scanner_passes_a_clean_file(clamd, settings):
    settings.CLAMD = clamd

    assert scan(io.BytesIO(PDF + bytes(1_000_000))) == Scan.CLEAN


def test_the_real_scanner_finds_what_it_knows(clamd, settings):
    settings.CLAMD = clamd

    with pytest.raises(Infected, match="không an toàn nên tệp không được lưu"):
        scan(io.BytesIO(EICAR))


def test_the_real_scanner_hanging_up_on_a_stream_too_long_lets_nothing_in(clamd, settings):
    settings.CLAMD = clamd

    with pytest.raises(ScannerSilent):
        scan(io.BytesIO(bytes(8_000_000)))


# The conversation, with a scanner that answers as told


@contextmanager
def a_scanner(answer, settings):
    """A server that takes one stream and then answers so; gives what it was sent."""
    heard = []
    with tempfile.TemporaryDirectory(prefix="clamd-") as folder, socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{folder}/socket")
        server.listen()

        def serve():
            peer, _ = server.accept()
            with peer:
                said = b""
                while not said.endswith(bytes(4)) and (part := peer.recv(65536)):
                    said += part
                heard.append(said)
                answer(peer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        settings.CLAMD = f"unix:{folder}/socket"
        yield heard
        thread.join(5)


def test_a_stream_is_sent_in_chunks_behind_their_length(settings, monkeypatch):
    monkeypatch.setattr(scanning, "CHUNK", 4)

    with a_scanner(lambda peer: peer.sendall(b"stream: OK\0"), settings) as heard:
        assert scan(io.BytesIO(b"abcdef")) == Scan.CLEAN

    assert heard == [b"zINSTREAM\0" + b"\0\0\0\4abcd" + b"\0\0\0\2ef" + b"\0\0\0\0"]


def test_the_whole_content_is_scanned_wherever_it_was_read_to(settings):
    content = io.BytesIO(b"abcdef")
    content.seek(4)

    with a_scanner(lambda peer: peer.sendall(b"stream: OK\0"), settings) as heard:
        scan(content)

    assert b"abcdef" in heard[0]


def test_an_answer_may_come_in_pieces(settings):
    def in_pieces(peer):
        for piece in (b"stream: Eicar", b"-Test", b" FOUND", b"\0"):
            peer.sendall(piece)
            time.sleep(0.01)

    with a_scanner(in_pieces, settings), pytest.raises(Infected):
        scan(io.BytesIO(b"x"))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0",
        b"stream: OK but not quite\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\xff\xfe\0",
        b"x" * 10_000_000,  # without an end
    ],
)
def test_an_answer_that_is_no_verdict_lets_nothing_in(settings, answer):
    def say(peer):
        with suppress(OSError):  # the other side may have heard enough
            peer.sendall(answer)

    with a_scanner(say, settings), pytest.raises(ScannerSilent):
        scan(io.BytesIO(b"x"))


def test_a_scanner_that_says_nothing_is_not_waited_for_long(settings, monkeypatch):
    monkeypatch.setattr(scanning, "PATIENCE", 0.2)
    done = threading.Event()

    with a_scanner(lambda peer: done.wait(5), settings), pytest.raises(ScannerSilent):
        try:
            scan(io.BytesIO(b"x"))
        finally:
            done.set()


@pytest.mark.parametrize("address", ["unix:/nowhere/socket", "127.0.0.1:1", "localhost", "[::1]:1"])
def test_a_scanner_that_is_not_there_lets_nothing_in(settings, address):
    settings.CLAMD = address

    with pytest.raises(ScannerSilent, match="chưa kiểm tra được mã độc"):
        scan(io.BytesIO(b"x"))


def test_without_a_scanner_a_file_says_that_it_was_not_scanned(settings):
    settings.CLAMD = ""

    assert scan(io.BytesIO(b"x")) == Scan.NOT_SCANNED


# What that means for a file


@pytest.mark.django_db
def test_an_infected_file_is_not_kept(settings, storage):
    with a_scanner(lambda peer: peer.sendall(b"stream: Win.Test FOUND\0"), settings), pytest.raises(Infected):
        store(ContentFile(PDF, name="a.pdf"), at=NINE)

    assert not StoredFile.objects.exists()
    assert not storage.exists()


@pytest.mark.django_db
def test_a_file_nobody_could_scan_is_not_kept(settings, storage):
    settings.CLAMD = "unix:/nowhere/socket"

    with pytest.raises(ScannerSilent):
        store(ContentFile(PDF, name="a.pdf"), at=NINE)

    assert not StoredFile.objects.exists()
    assert not storage.exists()


@pytest.mark.django_db
def test_a_file_kept_unscanned_becomes_clean_when_it_comes_again(settings):
    settings.CLAMD = ""
    assert store(ContentFile(PDF, name="a.pdf"), at=NINE).scan == Scan.NOT_SCANNED

    with a_scanner(lambda peer: peer.sendall(b"stream: OK\0"), settings):
        assert store(ContentFile(PDF, name="a.pdf"), at=NINE).scan == Scan.CLEAN

    settings.CLAMD = ""
    assert store(ContentFile(PDF, name="a.pdf"), at=NINE).scan == Scan.CLEAN  # and stays so
