"""Files are taken in once, by their content, and sent out safely."""

import errno
import hashlib
import io
import os
import signal
import threading
import time
import zipfile
from datetime import UTC, datetime

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import connection
from django.middleware.gzip import GZipMiddleware
from django.test import RequestFactory

from motcua.files import limits, storing
from motcua.files.models import StoredFile
from motcua.files.sniffing import DOCX, XLSX
from motcua.files.storing import (
    Empty,
    StorageFull,
    StorageUnreachable,
    TooBig,
    TooManyPixels,
    WrongType,
    open_file,
    place,
    respond,
    store,
)
from motcua.files.testing import EXE, HTML, JPEG, PDF, PNG, SVG, WEBP, a_docx, a_zip, an_xlsx

pytestmark = pytest.mark.django_db

NINE = datetime(2023, 10, 23, 2, 0, tzinfo=UTC)


def an_upload(content=PDF, name="Giấy chứng sinh.pdf"):
    """As a browser sends it: what it says about the type is a lie."""
    return SimpleUploadedFile(name, content, content_type="text/html")


def kept(folder):
    """Every file the storage holds, half written ones too."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


# Taking in


def test_a_file_is_kept_under_its_content(storage):
    stored = store(an_upload(), at=NINE)

    assert stored.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (stored.size, stored.media_type, stored.stored_at) == (len(PDF), "application/pdf", NINE)
    assert kept(storage) == [f"{stored.sha256[:2]}/{stored.sha256[2:4]}/{stored.sha256}"]
    with open_file(stored) as content:
        assert content.read() == PDF


def test_the_same_content_is_kept_once(storage):
    first = store(an_upload(), at=NINE)
    second = store(an_upload(name="tên khác.pdf"), at=NINE)

    assert first == second
    assert StoredFile.objects.count() == 1
    assert len(kept(storage)) == 1


def test_what_is_kept_is_never_overwritten(storage):
    stored = store(an_upload(), at=NINE)
    file = storage / place(stored.sha256)
    before = file.stat()

    store(an_upload(), at=NINE)

    assert file.stat() == before
    assert file.stat().st_mode & 0o222 == 0


def test_a_large_upload_comes_from_the_disk(storage):
    upload = TemporaryUploadedFile("to.pdf", "application/pdf", 0, None)
    upload.write(PDF + bytes(3_000_000))
    upload.size = upload.tell()

    stored = store(upload, at=NINE)

    assert stored.size == len(PDF) + 3_000_000
    assert os.path.getsize(storage / place(stored.sha256)) == stored.size


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (PDF, "a.pdf", "application/pdf"),
        (JPEG, "a.JPG", "image/jpeg"),
        (JPEG, "a.jpeg", "image/jpeg"),
        (PNG, "a.png", "image/png"),
        (WEBP, "a.webp", "image/webp"),
        (a_docx(), "a.docx", DOCX),
        (an_xlsx(), "a.xlsx", XLSX),
        (PDF, "khong co duoi", "application/pdf"),
        (PNG, "anh zalo.jpg", "image/png"),  # pictures are named as phones like
        (WEBP, "anh.png", "image/webp"),
    ],
)
def test_what_the_office_can_open_is_taken(content, name, media_type):
    assert store(an_upload(content, name), at=NINE).media_type == media_type


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (EXE, "ho so.pdf"),
        (EXE, "cai dat.exe"),
        (a_zip({"a.txt": "x"}), "don.docx"),
        (a_docx(), "bang.xlsx"),
        (a_docx(), "don.pdf"),
        (HTML, "trang.pdf"),
        (HTML + PDF, "trang.pdf"),
        (SVG, "hinh.png"),
        (SVG, "hinh.svg"),
        (HTML, "anh.jpg"),
        (b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)", "anh.jpg"),
        (PDF, "giay.html"),
        (PDF, "giay.pdf.exe"),
        (PNG, "anh.svg"),
        (b"chu thuong", "ghi chu.txt"),
        (PDF, "anh.jpg"),
    ],
)
def test_what_pretends_to_be_something_else_is_refused(storage, content, name):
    with pytest.raises(WrongType) as refusal:
        store(an_upload(content, name), at=NINE)

    assert f"Tệp “{name}”" in str(refusal.value)
    assert "Những gì đã gửi trước đó vẫn còn nguyên" in str(refusal.value)
    assert kept(storage) == []
    assert not StoredFile.objects.exists()


def test_an_empty_file_is_refused(storage):
    with pytest.raises(Empty, match="Tệp “trống.pdf” không có nội dung"):
        store(an_upload(b"", "trống.pdf"), at=NINE)

    assert kept(storage) == []


def test_a_file_at_the_limit_is_taken_and_one_byte_more_refused(storage, monkeypatch):
    monkeypatch.setattr(limits, "MAX_BYTES", len(PDF))
    store(an_upload(), at=NINE)

    with pytest.raises(TooBig, match="mỗi tệp được tối đa"):
        store(an_upload(PDF + b"\n"), at=NINE)

    assert StoredFile.objects.count() == 1
    assert len(kept(storage)) == 1


def a_jpeg_of(width, height):
    frame = b"\xff\xc2\0\x0b\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\1\1\x11\0"
    return JPEG[:-2] + b"\xff\xe1\0\x08Exif\0\0" + frame + JPEG[-2:]


@pytest.mark.parametrize(
    "bomb",
    [
        PNG[:16] + b"\x7f\xff\xff\xff" * 2 + PNG[24:],
        a_jpeg_of(65_535, 65_535),
        WEBP[:12] + b"VP8X\x0a\0\0\0" + bytes(4) + b"\xff" * 6 + WEBP[12:],
        WEBP[:21] + b"\xff\xff\xff\x0f" + WEBP[25:],
    ],
)
def test_a_picture_made_to_fill_the_memory_of_whoever_opens_it_is_refused(storage, bomb):
    with pytest.raises(TooManyPixels, match="lớn hơn mọi máy ảnh, nên chưa được lưu"):
        store(an_upload(bomb, "to"), at=NINE)

    assert kept(storage) == []


def test_the_largest_photo_a_telephone_takes_is_taken():
    assert store(an_upload(a_jpeg_of(16_320, 12_240), "anh.jpg"), at=NINE)


def test_a_document_that_swells_is_refused(storage):
    swelling = io.BytesIO(a_docx())
    with zipfile.ZipFile(swelling, "a", zipfile.ZIP_DEFLATED) as package, package.open("word/a.xml", "w") as part:
        for _ in range(64):
            part.write(bytes(10_000_000))
    assert swelling.tell() < limits.MAX_BYTES

    with pytest.raises(WrongType, match="không thuộc loại được nhận"):
        store(an_upload(swelling.getvalue(), "don.docx"), at=NINE)

    assert kept(storage) == []


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (JPEG + HTML, "anh.jpg"),
        (JPEG[:20] + b"/*" + HTML + b"*/" + JPEG[20:], "anh.html.jpg"),
        (PNG + SVG, "anh.png"),
        (PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), "giay.pdf"),
        (PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/Launch/F(cmd.exe)>>"), "giay.pdf"),
        (PDF + HTML, "giay.pdf"),
    ],
)
def test_what_is_two_things_at_once_is_only_ever_sent_as_the_harmless_one(content, name):
    """A page in the tail of a picture, a script in a document: taken, for forms of the state have scripts too, and never run."""
    response = respond(store(an_upload(content, name), at=NINE), name, inline=name.endswith(("jpg", "png")))

    assert response["Content-Type"] in ("image/jpeg", "image/png", "application/pdf")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].endswith("sandbox")
    assert response["Content-Disposition"].startswith("attachment" if name.endswith("pdf") else "inline")


@pytest.mark.django_db(transaction=True)
def test_ten_people_sending_the_same_at_once_share_one_file(storage):
    start, stored, wrong = threading.Barrier(10), [], []

    def send():
        try:
            start.wait()
            stored.append(store(an_upload(), at=NINE).pk)
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert len(stored) == 10
    assert len(set(stored)) == 1
    assert len(kept(storage)) == 1


def test_a_process_killed_while_writing_leaves_nothing_under_a_final_name(storage):
    content = PDF + bytes(1_000_000)
    name = place(hashlib.sha256(content).hexdigest())
    child = os.fork()
    if child == 0:  # pragma: no cover  the process that dies
        storing.os.fsync = lambda descriptor: time.sleep(60)
        storing._keep(ContentFile(content), name)
        os._exit(0)
    for _ in range(500):
        if any("incoming" in path and (storage / path).stat().st_size == len(content) for path in kept(storage)):
            break
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    assert [path for path in kept(storage) if "incoming" not in path] == []
    assert store(an_upload(content), at=NINE).size == len(content)  # and it may be sent again


def test_a_full_disk_is_a_sentence_and_leaves_nothing(storage, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storing.os, "fsync", full)

    with pytest.raises(StorageFull, match="đã hết chỗ nên chưa nhận được tệp “Giấy chứng sinh.pdf”"):
        store(an_upload(), at=NINE)

    assert kept(storage) == []
    assert not StoredFile.objects.exists()


def test_a_storage_that_cannot_be_written_is_a_sentence(storage):
    storage.write_text("a file where a folder should be")

    with pytest.raises(StorageUnreachable, match="đang gặp sự cố"):
        store(an_upload(), at=NINE)

    assert not StoredFile.objects.exists()


# Sending out


def test_a_paper_is_sent_under_its_name_and_can_do_nothing():
    response = respond(store(an_upload(), at=NINE), "Giấy chứng sinh “bản 1”.pdf")

    assert b"".join(response) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith(
        "attachment; filename*=utf-8''Gi%E1%BA%A5y%20ch%E1%BB%A9ng%20sinh"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Length"] == str(len(PDF))


@pytest.mark.parametrize(
    ("content", "name", "disposition"),
    [
        (PDF, "a.pdf", "inline"),
        (PNG, "a.png", "inline"),
        (a_docx(), "a.docx", "attachment"),
        (an_xlsx(), "a.xlsx", "attachment"),
    ],
)
def test_only_what_a_browser_shows_safely_is_shown_in_it(content, name, disposition):
    response = respond(store(an_upload(content, name), at=NINE), name, inline=True)

    assert response["Content-Disposition"].startswith(disposition)


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("anh.jpg", "anh.jpg.png"),
        ("anh", "anh.png"),
        ("x\r\nSet-Cookie: a=b", "x Set-Cookie: a=b.png"),
        ('a"b.png', 'a\\"b.png'),
        ("../../a.png", "a.png"),
    ],
)
def test_the_name_sent_has_the_right_ending_and_no_tricks(given, sent):
    response = respond(store(an_upload(PNG, "a.png"), at=NINE), given)

    assert response["Content-Disposition"] == f'attachment; filename="{sent}"'
    assert "\n" not in response["Content-Disposition"]


def test_papers_are_not_compressed_again():
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    stored = store(an_upload(PDF + b"x" * 5000), at=NINE)

    response = GZipMiddleware(lambda request: respond(stored, "a.pdf"))(request)

    assert response["Content-Length"] == str(stored.size)
    assert b"".join(response) == PDF + b"x" * 5000


def test_a_file_of_a_type_no_longer_taken_is_still_sent(monkeypatch):
    stored = store(an_upload(PNG, "a.png"), at=NINE)
    monkeypatch.setattr(limits, "ALLOWED", {"application/pdf": limits.ALLOWED["application/pdf"]})

    response = respond(stored, "a.png", inline=True)

    assert response["Content-Disposition"] == 'attachment; filename="a.png"'
