"""Officers of parallel steps find their dossier, do their own step on its page, and nobody else's (bước song song)."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from motcua.counter.testing import at_the_desk
from motcua.dossiers import processing
from motcua.dossiers.models import State
from motcua.dossiers.testing import MONDAY, a_dossier, a_one_stop, it_is
from motcua.dossiers.tests.test_side_by_side import an_office_and_its_police

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(monkeypatch):
    it_is(monkeypatch, MONDAY.replace(hour=15))
    return an_office_and_its_police()


def test_the_other_agencys_officer_has_a_list_of_their_own_while_there_is_something_in_it(cast):
    dossier = a_dossier(cast.office, State.IN_PROGRESS)
    ours, theirs = at_the_desk(cast.office.officer), at_the_desk(cast.binh)

    assert "Làm song song" not in ours.get("/motcua/").content.decode()
    assert dossier.code in ours.get("/motcua/").content.decode()
    assert "Làm song song" in theirs.get("/motcua/").content.decode()
    assert dossier.code in theirs.get("/motcua/song-song/").content.decode()

    processing.do_step(
        dossier, at_step=processing.running_step(dossier, cast.binh).pk, by=cast.binh, at=MONDAY.replace(hour=14)
    )

    assert "Làm song song" not in theirs.get("/motcua/").content.decode()
    assert dossier.code in at_the_desk(cast.chief).get("/motcua/song-song/").content.decode()


def test_a_late_step_is_seen_where_it_is_done_and_counted_on_that_agencys_board(cast, monkeypatch):
    dossier = a_dossier(cast.office, State.IN_PROGRESS)
    it_is(monkeypatch, MONDAY + timedelta(hours=5))  # theirs was due at half past eleven, ours is at half past two
    theirs, chief, ours = (at_the_desk(one) for one in (cast.binh, cast.chief, cast.office.officer))

    assert dossier.code in theirs.get("/motcua/buoc-qua-han/").content.decode()
    assert dossier.code not in ours.get("/motcua/buoc-qua-han/").content.decode()
    assert "Bước quá hạn</span>" in theirs.get("/motcua/song-song/").content.decode()
    assert "bước quá hạn" in theirs.get(f"/motcua/ho-so/{dossier.code}/").content.decode()
    board = chief.get("/motcua/bang-lanh-dao/").content.decode()
    assert "đã quá hạn của bước" in board
    assert dossier.code in chief.get("/motcua/bang-lanh-dao/danh-sach/?phan=buoc-qua-han").content.decode()


def test_each_does_their_own_step_from_the_page(cast):
    dossier = a_dossier(cast.office, State.IN_PROGRESS)
    address = f"/motcua/ho-so/{dossier.code}/"

    told = at_the_desk(cast.binh).get(address).content.decode()
    assert "song song: Thẩm định, dự thảo kết quả" in told
    step = re.search(r'name="at_step"[^>]*value="(\d+)"', told)[1]
    assert int(step) == processing.running_step(dossier, cast.binh).pk

    page = at_the_desk(cast.binh).post(reverse("counter:do_step", args=[dossier.code]), {"at_step": step}, follow=True)

    assert "Hồ sơ đang ở Công chức Tư pháp - Hộ tịch và Đội Quản lý hành chính." in page.content.decode()
    assert [interval.step.work for interval in processing.running_steps(dossier)] == [
        "Thẩm định, dự thảo kết quả",
        "Trả lời",
    ]


def test_an_ordinary_dossier_shows_nothing_beside(cast):
    dossier = a_dossier(a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894"), State.IN_PROGRESS)

    officer = processing.running_step(dossier).unit.assignments.get(role="PROCESSING_OFFICER").person
    assert "song song" not in at_the_desk(officer).get(f"/motcua/ho-so/{dossier.code}/").content.decode().lower()


def test_whoever_heads_the_unit_sees_the_branch_its_people_work_on_and_what_stands_still_in_it(cast, monkeypatch):
    dossier = a_dossier(cast.office, State.IN_PROGRESS)

    assert dossier.code in at_the_desk(cast.chief).get("/motcua/song-song/").content.decode()
    assert dossier.code not in at_the_desk(cast.office.head).get("/motcua/").content.decode().split("<tbody>")[0]
    it_is(monkeypatch, MONDAY + timedelta(days=7))
    assert dossier.code in at_the_desk(cast.chief).get("/motcua/khong-chuyen-bien/").content.decode()
