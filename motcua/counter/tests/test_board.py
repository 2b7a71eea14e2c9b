"""The head's board: every figure opens exactly its list, of one's own agency only, and costs the same few statements."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.accounts.permissions import ROLES, Can, Role
from motcua.accounts.testing import an_officer
from motcua.counter import board, worklists
from motcua.counter.board import PARTS, Wanted
from motcua.counter.testing import at_the_desk
from motcua.dossiers import processing
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.testing import MONDAY, a_dossier, a_one_stop, it_is, to_the_end
from motcua.journal.testing import run_jobs
from motcua.organisations.models import AgencyKind, Level, UnitKind
from motcua.organisations.testing import a_unit, an_agency

from .test_worklists import EVERY_STATE, codes

LATER = MONDAY + timedelta(days=30)
BOARD = "/motcua/bang-lanh-dao/"


def text(response):
    return unescape(response.content.decode())


def figures(response):
    """Every number of the board with the address it opens."""
    return re.findall(r'<a href="(/motcua/bang-lanh-dao/danh-sach/\?[^"]+)">(\d+)(?: hồ sơ)?</a>', text(response))


@pytest.fixture
def busy(office, monkeypatch):
    """Dossiers in every state, late ones, some due soon, some settled in time and some not."""
    for state in EVERY_STATE:
        a_dossier(office, state)
    to_the_end(a_dossier(office, State.IN_PROGRESS), office, at=LATER)
    for days in (3, 4, 6, 7):
        a_dossier(office, State.IN_PROGRESS, at=LATER - timedelta(days=days))
    run_jobs()
    it_is(monkeypatch, LATER + timedelta(hours=1))
    return office


@pytest.mark.parametrize("role", ["head", "leader"])
def test_every_figure_opens_exactly_its_list(busy, role):
    desk = at_the_desk(getattr(busy, role))

    found = figures(desk.get(BOARD))

    assert len(found) > 12
    for href, number in found:
        assert len(codes(desk.get(href))) == int(number), href
    parts = {re.search(r"phan=([^&]+)", href)[1] for href, _ in found if "phan=" in href}
    assert parts >= {"qua-han", "dang-giu"} and parts & set(board.THIS_WEEK)
    assert any("cham=1" in href and "can-bo" in href for href, _ in found)


def test_the_three_questions_stand_in_their_order(busy):
    page = text(at_the_desk(busy.leader).get(BOARD))

    questions = ["Đang quá hạn", "Đến hạn trong bảy ngày tới, và đang ở đâu", "Mười hai tuần qua: có khá hơn không"]
    assert sorted(questions, key=page.index) == questions
    assert 'style="' not in page


def test_load_is_set_against_people(busy):
    an_officer(busy.professional, Role.PROCESSING_OFFICER, "Nông Văn Páo")
    an_officer(busy.professional, Role.PROCESSING_OFFICER, "Đã nghỉ", valid_to=MONDAY.date())

    place = next(
        one
        for one in board.places(busy.leader, LATER + timedelta(hours=1))
        if (one.unit, one.role) == (busy.professional.pk, Role.PROCESSING_OFFICER)
    )

    assert place.people == 2
    assert place.each == place.numbers["dang-giu"] / 2


def test_each_dossier_at_work_stands_in_one_part_of_time_only(busy):
    at = LATER + timedelta(hours=1)
    dated = [set(board.listed(busy.leader, Wanted(part), at)) for part in PARTS if part != "dang-giu"]

    assert sum(len(part) for part in dated) == len(set().union(*dated)) > 4


def test_the_past_is_told_by_week_by_unit_and_by_officer(busy):
    at = LATER + timedelta(hours=1)

    weeks, work = board.weeks(busy.leader, at), board.work(busy.leader, at)

    assert len(weeks) == 12
    assert weeks[-1].spread.settled == 1 and weeks[-1].spread.share == 0
    assert sum(week.spread.settled for week in weeks) == 3  # ready, returned, and the late one
    assert [(one.unit, one.officer, one.spread.settled) for one in work] == [
        (busy.professional.pk, None, 3),
        (busy.professional.pk, busy.officer.pk, 3),
    ]


def test_another_agencys_head_sees_nothing_of_it(busy):
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    stranger = at_the_desk(other.leader)

    for href, _ in figures(at_the_desk(busy.leader).get(BOARD)):
        assert codes(stranger.get(href)) == []
    page = stranger.get(BOARD)
    assert [number for _, number in figures(page)] == ["0"] * 5
    assert "Không có hồ sơ nào quá hạn" in text(page)


@pytest.mark.parametrize("role", ["reception", "officer", "clerk"])
def test_whoever_heads_nothing_has_no_board(office, role):
    desk = at_the_desk(getattr(office, role))

    assert desk.get(BOARD).status_code == 403
    assert desk.get(f"{BOARD}danh-sach/?phan=qua-han").status_code == 403
    assert "Bảng lãnh đạo" not in text(desk.get("/motcua/"))


def test_the_director_sees_what_the_centre_received_whoever_settles_it(office, monkeypatch):
    centre = an_agency("Trung tâm Phục vụ hành chính công", level=Level.PROVINCE, kind=AgencyKind.CENTRE)
    director = an_officer(a_unit(centre, UnitKind.ONE_STOP), Role.DIRECTOR, "Lê Minh Đức")
    received, elsewhere = a_dossier(office, State.IN_PROGRESS), a_dossier(office, State.IN_PROGRESS)
    Dossier.objects.filter(pk=received.pk).update(reception_agency=centre)
    to_the_end(Dossier.objects.get(pk=received.pk), office, at=LATER)
    late = a_dossier(office, State.IN_PROGRESS)
    Dossier.objects.filter(pk=late.pk).update(reception_agency=centre)
    run_jobs()
    it_is(monkeypatch, LATER + timedelta(hours=1))
    desk = at_the_desk(director)

    found = figures(desk.get(BOARD))

    assert (f"{BOARD}danh-sach/?phan=qua-han", "1") in found
    assert codes(desk.get(f"{BOARD}danh-sach/?phan=qua-han")) == [late.code]
    for href, number in found:
        assert elsewhere.code not in codes(desk.get(href))
        assert len(codes(desk.get(href))) == int(number), href


def test_a_board_is_only_for_whoever_may_see_the_dossiers_behind_it():
    assert all(Can.SEE_DOSSIERS in acts for acts in ROLES.values() if Can.SEE_BOARD in acts)


def test_an_address_nobody_gave_opens_what_was_settled(busy):
    desk = at_the_desk(busy.leader)

    for wrong in ("phan=x", "don-vi=1;drop", "tuan=2023-99-99", "tuan=x", "vi-tri=BOSS", "can-bo=-1"):
        answer = desk.get(f"{BOARD}danh-sach/?{wrong}")
        assert answer.status_code == 200, wrong
        assert "Đã giải quyết" in text(answer), wrong


def test_what_is_settled_is_listed_by_pages(busy, monkeypatch):
    for _ in range(3):
        a_dossier(busy, State.READY, at=LATER)
    run_jobs()
    whole = board.listed(busy.leader, Wanted(), LATER)

    first = worklists.page(whole, "finished_at", size=4)
    second = worklists.page(whole, "finished_at", size=4, after=first.after)

    assert {row.pk for row in (*first.rows, *second.rows)} == set(whole.values_list("pk", flat=True))
    assert len(first.rows) == 4 and not second.after


def test_the_board_costs_the_same_few_statements_however_much_there_is(busy):
    desk = at_the_desk(busy.leader)
    desk.get(BOARD)
    with CaptureQueriesContext(connection) as before:
        desk.get(BOARD)
    for state in (State.READY, State.IN_PROGRESS, State.ACCEPTED):
        for _ in range(3):
            a_dossier(busy, state, at=LATER - timedelta(days=2))
    run_jobs()

    with CaptureQueriesContext(connection) as after:
        desk.get(BOARD)

    assert len(after) == len(before) <= 12, "\n".join(query["sql"][:150] for query in after)


def test_the_past_is_never_aggregated_from_dossiers(busy):
    desk = at_the_desk(busy.leader)

    with CaptureQueriesContext(connection) as asked:
        desk.get(BOARD)

    summed = [query["sql"] for query in asked if "SUM(" in query["sql"]]
    assert summed and all("counter_settledinweek" in sql and "dossiers_dossier" not in sql for sql in summed)


def test_a_dossier_nobody_moved_for_three_working_days_is_listed(office, monkeypatch):
    still, moved = a_dossier(office, State.IN_PROGRESS), a_dossier(office, State.IN_PROGRESS)
    step = processing.running_step(moved)
    # Friday to Wednesday are three working days.
    processing.do_step(moved, at_step=step.pk, by=office.officer, at=MONDAY + timedelta(days=4, hours=3))
    it_is(monkeypatch, MONDAY + timedelta(days=9))

    assert codes(at_the_desk(office.officer).get("/motcua/khong-chuyen-bien/")) == [still.code]
    assert codes(at_the_desk(office.leader).get("/motcua/khong-chuyen-bien/")) == [still.code]
    assert codes(at_the_desk(office.clerk).get("/motcua/khong-chuyen-bien/")) == []
    it_is(monkeypatch, MONDAY + timedelta(days=9, hours=4))
    assert len(codes(at_the_desk(office.leader).get("/motcua/khong-chuyen-bien/"))) == 2


def test_an_address_names_no_citizen(busy):
    desk = at_the_desk(busy.leader)
    where = reverse("counter:board_list")

    officer = desk.get(where, {"phan": "dang-giu", "can-bo": busy.officer.pk}).content.decode()
    citizen = desk.get(where, {"phan": "dang-giu", "can-bo": busy.citizen.pk}).content.decode()

    assert str(busy.officer) in officer
    assert str(busy.citizen) not in re.sub("<tbody>.*</tbody>", "", citizen, flags=re.DOTALL)
