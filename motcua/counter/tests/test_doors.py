"""Who gets in, whose dossiers they see, and that nothing is done twice or by the wrong person."""

import pytest
from django.test import Client

from motcua.accounts.testing import a_citizen, an_officer, sign_in
from motcua.counter.showing import WAYS
from motcua.counter.testing import address, at_the_desk
from motcua.dossiers import processing
from motcua.dossiers.models import Dossier, Slip, State
from motcua.dossiers.testing import a_dossier, a_one_stop
from motcua.journal.models import Entry, Reading
from motcua.journal.testing import events

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


def pages(dossier):
    """Every address of one dossier, as (address, whether it is a POST)."""
    paper = dossier.papers.filter(files__isnull=False).first()
    yield address(dossier), False
    yield address(dossier, "paper_file", paper.files.first().pk), False
    yield address(dossier, "result_file"), False
    yield address(dossier, "slip", Slip.objects.filter(dossier=dossier).first().pk), False
    yield address(dossier, "control_slip"), True
    yield address(dossier, "received"), False
    for name in WAYS:
        yield address(dossier, name), True


def test_another_agencys_officers_find_no_page_file_slip_or_act(office):
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    dossier = a_dossier(office, State.IN_PROGRESS)
    before = events(dossier)

    for stranger in (other.reception, other.officer, other.head, other.leader, other.clerk):
        desk = at_the_desk(stranger)
        for where, post in pages(dossier):
            answer = desk.post(where) if post else desk.get(where)
            assert answer.status_code in (403, 404), (where, stranger.full_name)
        assert address(dossier) not in desk.get("/motcua/tim/", {"q": dossier.code}).content.decode()

    assert events(dossier) == before
    assert not Reading.objects.exists()


def test_a_citizen_enters_no_page_of_the_counter(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    phone = Client()
    sign_in(phone, a_citizen("Ma Thị Dung"), second_factor=True)

    for where in ("/motcua/", "/motcua/tim/", "/motcua/tiep-nhan/", "/motcua/cho-tiep-nhan/"):
        assert phone.get(where).status_code == 403
    for where, post in pages(dossier):
        assert (phone.post(where) if post else phone.get(where)).status_code == 403


def test_whoever_is_not_signed_in_is_led_to_the_door_and_back(office):
    answer = Client().get("/motcua/tim/?q=khai+sinh")

    assert answer.status_code == 302
    assert answer.url == "/dang-nhap/?next=/motcua/tim/%3Fq%3Dkhai%2Bsinh"


def test_an_officer_without_a_second_factor_is_led_to_it(office):
    desk = Client()
    sign_in(desk, office.reception, second_factor=False)

    answer = desk.get("/motcua/")

    assert answer.status_code == 302
    assert answer.url.startswith("/dang-nhap/")


def test_an_assignment_that_ended_opens_nothing(office):
    lan = an_officer(office.one_stop, valid_to=office.agency.valid_from)

    assert at_the_desk(lan).get("/motcua/").status_code == 403


def test_opening_a_dossier_is_told_once_an_hour_and_not_for_a_row_in_a_list(office):
    dossier = a_dossier(office, State.SUBMITTED)
    desk = at_the_desk(office.reception)

    desk.get("/motcua/cho-tiep-nhan/")
    assert not Reading.objects.exists()
    desk.get(address(dossier))
    desk.get(address(dossier))

    reading = Reading.objects.get()
    assert (reading.subject, reading.reader) == (dossier.subject, office.reception)
    assert reading.purpose


def test_two_officers_on_an_old_page_do_a_step_once_and_the_second_reads_who(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    seen = processing.running_step(dossier).pk
    first, second = (
        at_the_desk(office.officer),
        at_the_desk(an_officer(office.professional, "PROCESSING_OFFICER", "Bàn Văn Tài")),
    )

    done = first.post(address(dossier, "do_step"), {"at_step": seen})
    late = second.post(address(dossier, "do_step"), {"at_step": seen})

    assert done.status_code == 302
    assert late.status_code == 422
    assert "Hoàng Văn Hùng đã hoàn thành một bước xử lý" in late.content.decode()
    assert events(dossier).count("dossier.step_done") == 1


def test_an_act_is_never_done_by_following_a_link(office):
    dossier = a_dossier(office, State.SUBMITTED)

    answer = at_the_desk(office.reception).get(address(dossier, "accept"))

    assert answer.status_code == 405
    assert Dossier.objects.get().state == State.SUBMITTED


def test_a_refused_act_keeps_what_was_typed_and_leaves_nothing_behind(office):
    dossier = a_dossier(office, State.SUBMITTED)
    lines = Entry.objects.count()

    answer = at_the_desk(office.reception).post(
        address(dossier, "request_supplement"), {f"paper_{dossier.papers.first().pk}": "Chụp lại cho rõ", "reason": ""}
    )

    assert answer.status_code == 422
    assert "Chụp lại cho rõ" in answer.content.decode()
    assert "Hãy ghi lý do phải bổ sung." in answer.content.decode()
    dossier.refresh_from_db()
    assert dossier.state == State.SUBMITTED
    assert Entry.objects.count() == lines


def test_the_search_box_opens_the_only_dossier_it_finds(office):
    dossier = a_dossier(office, State.ACCEPTED, owner_name="Nguyễn Thị Ánh Tuyết")
    a_dossier(office, State.ACCEPTED)
    desk = at_the_desk(office.reception)

    one = desk.get("/motcua/tim/", {"q": "anh tuyet"})
    many = desk.get("/motcua/tim/", {"q": "231023"})
    none = desk.get("/motcua/tim/", {"q": "không có ai"})

    assert one.url == address(dossier)
    assert many.content.decode().count("data-row") == 2
    assert none.status_code == 200 and "data-row" not in none.content.decode()
