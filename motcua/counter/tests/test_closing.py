"""The end of a counter's day on the screen."""

import re
from datetime import datetime, timedelta

import pytest

from motcua.counter.testing import at_the_desk
from motcua.dossiers import processing
from motcua.dossiers.models import DayClosing, State
from motcua.dossiers.testing import TUESDAY, VIETNAM, a_dossier, a_one_stop, at_step, it_is

EVENING = datetime(2023, 10, 23, 17, 0, tzinfo=VIETNAM)
DAY = "/motcua/ngay/2023-10-23/"


@pytest.fixture(autouse=True)
def evening(monkeypatch):
    it_is(monkeypatch, EVENING)


def test_the_link_in_the_menu_opens_today(office):
    desk = at_the_desk(office.reception)

    assert 'href="/motcua/ngay/"' in desk.get("/motcua/").content.decode()
    assert desk.get("/motcua/ngay/")["Location"] == DAY


def test_every_number_opens_exactly_its_list(office):
    for state in (State.SUBMITTED, State.ACCEPTED, State.IN_PROGRESS, State.READY, State.RETURNED, State.REFUSED):
        a_dossier(office, state)
    desk = at_the_desk(office.reception)

    page = desk.get(DAY).content.decode()

    links = re.findall(r'<a href="(/motcua/ngay/[^"]+/[a-z-]+/\?[^"]+)">(\d+)</a>', page)
    assert len(links) == 11  # four numbers of one officer, the same of the counter, three of what is there
    for href, number in links:
        told = desk.get(href.replace("&amp;", "&")).content.decode()
        assert told.count("<tr data-row>") == int(number), href


def test_a_day_is_closed_once_however_often_it_is_pressed(office):
    a_dossier(office, State.ACCEPTED)
    desk = at_the_desk(office.reception)

    first, second = (desk.post(f"{DAY}chot/", {"checked": "1"}) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 422)
    assert "Ngày này đã được chốt" in second.content.decode()
    told = desk.get(DAY).content.decode()
    assert DayClosing.objects.count() == 1
    assert "Đã chốt" in told
    assert "không có gì khác" in told
    assert f'action="{DAY}chot/' not in told


def test_a_day_whose_figures_nobody_checked_is_not_closed(office):
    desk = at_the_desk(office.reception)

    answer = desk.post(f"{DAY}chot/")

    assert answer.status_code == 422
    assert "đánh dấu đã đối chiếu" in answer.content.decode()
    assert not DayClosing.objects.exists()


def test_what_came_after_the_closing_is_told(office, monkeypatch):
    accepted = a_dossier(office, State.ACCEPTED)
    desk = at_the_desk(office.reception)
    desk.post(f"{DAY}chot/", {"checked": "1"})
    processing.hand_to_agency(
        accepted, at_step=at_step(accepted), by=office.reception, at=EVENING + timedelta(minutes=5)
    )
    it_is(monkeypatch, TUESDAY)

    told = at_the_desk(office.reception).get(DAY).content.decode()

    assert "Chuyển đến cơ quan giải quyết: lúc chốt 0, nay 1" in told


@pytest.mark.parametrize("who", ["officer", "head", "leader", "clerk"])
def test_whoever_sits_at_no_counter_has_no_day_to_close(office, who):
    desk = at_the_desk(getattr(office, who))

    assert desk.get(DAY).status_code == 404
    assert desk.get("/motcua/ngay/").status_code == 404
    assert desk.post(f"{DAY}chot/").status_code == 403
    assert 'href="/motcua/ngay/"' not in desk.get("/motcua/").content.decode()
    assert not DayClosing.objects.exists()


def test_another_counter_neither_sees_nor_closes_our_day(office):
    a_dossier(office)
    stranger = at_the_desk(a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="2.000635").reception)

    for address in (f"{DAY}?quay={office.agency.pk}", f"{DAY}tiep-nhan/?quay={office.agency.pk}"):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"{DAY}chot/?quay={office.agency.pk}", {"checked": "1"}).status_code == 404
    assert not DayClosing.objects.exists()


@pytest.mark.parametrize("on", ["2023-10-24", "1999-01-01", "hom-nay", "2023-02-30"])
def test_a_day_that_is_none_is_not_found(office, on):
    assert at_the_desk(office.reception).get(f"/motcua/ngay/{on}/").status_code == 404


def test_a_list_of_no_number_is_not_found(office):
    assert at_the_desk(office.reception).get(f"{DAY}gi-do/").status_code == 404


def test_an_address_names_nobody_but_the_people_of_the_counter(office):
    a_dossier(office, State.RETURNED)
    desk = at_the_desk(office.reception)

    assert str(office.reception) in desk.get(f"{DAY}tiep-nhan/?can-bo={office.reception.pk}").content.decode()
    for stranger in (office.citizen, a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894").officer):
        assert desk.get(f"{DAY}tiep-nhan/?can-bo={stranger.pk}").status_code == 404
