"""A file that comes in pieces is judged when all of it is there, and lies at its paper once (tệp gửi từng phần)."""

import os
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.storage import InMemoryStorage, default_storage

from motcua.dossiers import intake, papers, uploads
from motcua.dossiers.lifecycle import NotNow
from motcua.dossiers.models import PaperFile, Upload
from motcua.dossiers.testing import MONDAY, TUESDAY, a_draft, a_one_stop, a_stored_file
from motcua.files import pieces, storing
from motcua.files.models import StoredFile
from motcua.files.scanning import Infected, ScannerSilent
from motcua.files.testing import HTML, PDF

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


@pytest.fixture
def office():
    return a_one_stop()


@pytest.fixture
def paper(office):
    return a_draft(office).papers.last()


def announced(paper, office, content=PDF, name="giay.pdf", **more):
    told = {"key": uuid4(), "name": name, "size": len(content), "by": office.citizen, "at": MONDAY}
    return uploads.begin(paper, **(told | more))


def sent(upload, office, content=PDF):
    upload = uploads.take(upload, content, offset=upload.received, at=MONDAY)
    return uploads.finish(upload, by=office.citizen, at=MONDAY)


def left():
    folder = default_storage.path(pieces.FOLDER)
    return default_storage.listdir(pieces.FOLDER)[1] if default_storage.exists(folder) else []


def test_pieces_become_one_page_of_the_paper(paper, office):
    upload = announced(paper, office)
    for start in range(0, len(PDF), 20):
        upload = uploads.take(upload, PDF[start : start + 20], offset=start, at=MONDAY)
    assert len(left()) == 4 and not StoredFile.objects.filter(size=len(PDF)).exists()

    page = uploads.finish(upload, by=office.citizen, at=MONDAY)

    assert (page.paper, page.name, page.added_by) == (paper, "giay.pdf", office.citizen)
    with storing.open_file(page.file) as content:
        assert content.read() == PDF
    assert left() == []


def test_the_same_file_announced_again_goes_on_where_it_was_and_finished_again_adds_nothing(paper, office):
    upload = announced(paper, office)
    uploads.take(upload, PDF[:10], offset=0, at=MONDAY)
    assert announced(paper, office, key=upload.key).received == 10
    upload = uploads.take(Upload.objects.get(), PDF[10:], offset=10, at=MONDAY)
    stale = Upload.objects.get()

    page = uploads.finish(upload, by=office.citizen, at=MONDAY)
    assert uploads.finish(Upload.objects.get(), by=office.citizen, at=MONDAY) is None
    papers.remove(page, by=office.citizen, at=MONDAY)
    with pytest.raises(uploads.WrongOffset):  # an answer that was lost does not bring a page back that was thrown away
        uploads.finish(stale, by=office.citizen, at=MONDAY)

    assert not paper.files.exists()


def test_a_piece_that_does_not_follow_is_refused_and_says_from_where_to_go_on(paper, office):
    upload = announced(paper, office)
    stale = Upload.objects.get()
    uploads.take(upload, PDF[:10], offset=0, at=MONDAY)

    for offset, seen in ((0, stale), (0, Upload.objects.get()), (30, Upload.objects.get())):
        with pytest.raises(uploads.WrongOffset) as refused:
            uploads.take(seen, PDF[:10], offset=offset, at=MONDAY)
        assert refused.value.received in (0, 10)
    with pytest.raises(uploads.TooLong):
        uploads.take(Upload.objects.get(), PDF, offset=10, at=MONDAY)

    assert Upload.objects.get().received == 10
    assert len(left()) == 1


def test_an_empty_piece_changes_nothing(paper, office):
    upload = uploads.take(announced(paper, office), b"", offset=0, at=MONDAY)

    assert upload.received == 0
    assert left() == []


def test_what_is_refused_in_the_end_leaves_nothing_behind(paper, office):
    upload = announced(paper, office, HTML, name="anh.jpg")

    with pytest.raises(storing.WrongType, match="“anh.jpg” không thuộc loại được nhận"):
        sent(upload, office, HTML)

    assert not Upload.objects.exists() and left() == []
    assert not paper.files.exists()


def test_what_the_scanner_finds_is_refused_and_leaves_nothing_behind(paper, office, monkeypatch):
    def finds(content):
        raise Infected

    monkeypatch.setattr(storing, "scan", finds)

    with pytest.raises(Infected, match="không an toàn nên tệp không được lưu"):
        sent(announced(paper, office), office)

    assert not Upload.objects.exists() and left() == []
    assert not StoredFile.objects.filter(size=len(PDF)).exists()


@pytest.mark.parametrize(("size", "why"), [(0, storing.Empty), (20 * 1024 * 1024 + 1, storing.TooBig)])
def test_nothing_and_too_much_are_refused_before_anything_is_sent(paper, office, size, why):
    with pytest.raises(why):
        announced(paper, office, size=size)

    assert not Upload.objects.exists()


def test_while_the_scanner_is_silent_the_pieces_wait(paper, office, settings):
    settings.CLAMD = "unix:/nowhere/socket"
    upload = announced(paper, office)
    with pytest.raises(ScannerSilent):
        sent(upload, office)

    settings.CLAMD = ""
    assert uploads.finish(Upload.objects.get(), by=office.citizen, at=MONDAY).name == "giay.pdf"


def test_a_piece_that_was_lost_is_sent_again_from_the_beginning(paper, office):
    upload = uploads.take(announced(paper, office), PDF, offset=0, at=MONDAY)
    pieces.remove(upload.pieces)

    with pytest.raises(uploads.WrongOffset) as refused:
        uploads.finish(upload, by=office.citizen, at=MONDAY)

    assert refused.value.received == Upload.objects.get().received == 0
    assert sent(Upload.objects.get(), office).name == "giay.pdf"


def test_pages_keep_the_place_they_were_announced_at_whichever_arrives_first(paper, office):
    first = announced(paper, office, PDF + b"1", name="1.pdf")
    second = announced(paper, office, PDF + b"2", name="2.pdf")
    papers.add(paper, a_stored_file(PDF + b"3"), name="3.pdf", by=office.citizen, at=MONDAY)

    sent(second, office, PDF + b"2")
    sent(first, office, PDF + b"1")

    assert [file.name for file in paper.files.all()] == ["1.pdf", "2.pdf", "3.pdf"]


def test_a_page_taken_anew_stands_where_the_old_one_stood(paper, office):
    names = ["1.pdf", "2.pdf", "3.pdf"]
    files = [
        papers.add(paper, a_stored_file(PDF + name.encode()), name=name, by=office.citizen, at=MONDAY) for name in names
    ]

    sent(announced(paper, office, PDF + b"x", name="lai.pdf", instead_of=files[1].pk), office, PDF + b"x")

    assert [file.name for file in paper.files.all()] == ["1.pdf", "lai.pdf", "3.pdf"]


def test_one_account_has_only_so_much_on_its_way(paper, office, monkeypatch):
    monkeypatch.setattr(uploads, "MOST", 2)
    announced(paper, office)
    announced(paper, office)

    with pytest.raises(uploads.TooManyOnTheirWay):
        announced(paper, office)

    monkeypatch.setattr(uploads, "MOST", 60)
    monkeypatch.setattr(uploads, "MOST_BYTES", 3 * len(PDF) - 1)
    with pytest.raises(uploads.TooManyOnTheirWay):
        announced(paper, office)
    assert Upload.objects.count() == 2


def test_what_comes_after_the_dossier_was_filed_is_refused(office):
    draft = a_draft(office)
    upload = announced(draft.papers.last(), office)
    intake.submit(draft, by=office.citizen, at=MONDAY)
    before = PaperFile.objects.count()

    with pytest.raises(NotNow):
        sent(upload, office)

    assert PaperFile.objects.count() == before
    assert not Upload.objects.exists() and left() == []


class Bucket(InMemoryStorage):
    """An object store: names and contents, no folders, no paths."""

    def _relative_path(self, name):
        return name

    def path(self, name):
        raise NotImplementedError


def test_an_object_store_which_cannot_append_takes_pieces_too(paper, office, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "motcua.dossiers.tests.test_uploads.Bucket"},
    }
    upload = announced(paper, office)
    for start in range(0, len(PDF), 20):
        upload = uploads.take(upload, PDF[start : start + 20], offset=start, at=MONDAY)

    page = uploads.finish(upload, by=office.citizen, at=MONDAY)

    with storing.open_file(page.file) as content:
        assert content.read() == PDF
    assert default_storage.listdir(pieces.FOLDER)[1] == []


def test_what_was_begun_and_never_came_is_thrown_away_after_a_week(paper, office):
    uploads.take(announced(paper, office), PDF[:10], offset=0, at=MONDAY)
    killed = pieces.keep(b"x", "a process killed before it wrote the row")
    assert uploads.forget(TUESDAY) == 0
    assert Upload.objects.count() == 1 and len(left()) == 2

    os.utime(default_storage.path(f"{pieces.FOLDER}/{killed}"), (0, 0))
    assert uploads.forget(MONDAY + uploads.KEPT + timedelta(hours=1)) == 1

    assert not Upload.objects.exists() and left() == []


def test_pages_change_places_with_their_neighbours_only(paper, office):
    files = [
        papers.add(paper, a_stored_file(PDF + name.encode()), name=name, by=office.citizen, at=MONDAY) for name in "abc"
    ]

    def order():
        return "".join(file.name for file in paper.files.all())

    papers.move(files[2], up=True, by=office.citizen, at=MONDAY)
    assert order() == "acb"
    papers.move(files[0], up=True, by=office.citizen, at=MONDAY)
    papers.move(files[1], up=False, by=office.citizen, at=MONDAY)
    assert order() == "acb"
    papers.move(files[0], up=False, by=office.citizen, at=MONDAY)
    assert order() == "cab"
