"""What is new is told to whoever holds or follows a dossier, says what changed, and goes when it is read."""

from datetime import timedelta

import pytest

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.counter import badges, desk, listeners
from motcua.counter.models import Badge
from motcua.counter.testing import address, at_the_desk
from motcua.counter.wording import NEWS
from motcua.dossiers import opinions, processing, results, supplement
from motcua.dossiers.models import ReturnBy, State
from motcua.dossiers.testing import MONDAY, TUESDAY, WEDNESDAY, a_dossier, it_is
from motcua.journal.models import Entry
from motcua.journal.recording import LISTENERS
from motcua.journal.testing import run_jobs
from motcua.organisations.models import UnitKind
from motcua.organisations.testing import a_unit

from .test_worklists import codes

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def told():
    """Who has something to read, and of what."""
    return {(badge.officer.full_name, badge.event) for badge in Badge.objects.select_related("officer")}


def answered(office, *, by=None):
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    return supplement.answer(dossier, by=by or office.reception, at=TUESDAY)


def test_whoever_holds_the_dossier_is_told_that_the_supplement_came(office, monkeypatch):
    dossier = answered(office)
    run_jobs()
    it_is(monkeypatch, WEDNESDAY)
    hung = at_the_desk(office.officer)

    assert ("Hoàng Văn Hùng", "dossier.supplement_answered") in told()
    page = hung.get("/motcua/")
    assert codes(page) == [dossier.code]
    assert "Mới: Bổ sung đã về" in text(page)
    assert codes(hung.get("/motcua/tin-moi/")) == [dossier.code]


def test_opening_the_dossier_tells_it_once_more_and_takes_the_badge_away(office, monkeypatch):
    dossier = answered(office)
    run_jobs()
    it_is(monkeypatch, WEDNESDAY)
    colleague = an_officer(office.professional, Role.PROCESSING_OFFICER, "Nông Văn Páo")
    badges.tell(Entry.objects.get(event="dossier.supplement_answered"))
    hung = at_the_desk(office.officer)

    assert "Mới: Bổ sung đã về" in text(hung.get(address(dossier)))
    assert "Mới:" not in text(hung.get(address(dossier)))
    assert "Mới:" not in text(hung.get("/motcua/"))
    # For a colleague in the same position it is still new.
    assert Badge.objects.get(event="dossier.supplement_answered").officer == colleague


def test_a_line_told_twice_makes_one_badge_and_none_once_it_was_read(office, monkeypatch):
    dossier = answered(office)
    run_jobs()
    entry = Entry.objects.get(event="dossier.supplement_answered")
    badges.tell(entry)
    assert Badge.objects.filter(entry=entry, officer=office.officer).count() == 1

    it_is(monkeypatch, WEDNESDAY)
    at_the_desk(office.officer).get(address(dossier))
    badges.tell(entry)

    assert not Badge.objects.filter(entry=entry, officer=office.officer).exists()


def test_whoever_did_it_is_not_told(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    desk.follow(dossier, office.officer, at=MONDAY)
    step = processing.running_step(dossier)

    processing.return_step(dossier, at_step=step.pk, reason="Thiếu bản chính", by=office.officer, at=TUESDAY)
    run_jobs()

    assert told() == {("Nguyễn Thị Lan", "dossier.step_returned")}


def test_who_is_asked_for_an_opinion_and_who_asked_are_told(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    asked = a_unit(office.agency, UnitKind.PROFESSIONAL, "Công chức Địa chính")
    expert = an_officer(asked, Role.PROCESSING_OFFICER, "Vi Văn Thực")
    opinions.ask(dossier, unit=asked, question="Có tranh chấp không?", days=2, by=office.officer, at=MONDAY)
    run_jobs()
    assert told() == {("Vi Văn Thực", "dossier.opinion_asked")}

    opinions.answer(dossier.opinions.get(), text="Không.", by=expert, at=TUESDAY)
    run_jobs()

    assert ("Hoàng Văn Hùng", "dossier.opinion_given") in told()


def test_a_follower_hears_how_it_ends_and_others_do_not(office):
    dossier = a_dossier(office, State.READY)
    run_jobs()
    Badge.objects.all().delete()
    desk.follow(dossier, office.officer, at=MONDAY)

    results.hand_over(dossier, method=ReturnBy.COUNTER, recipient_name="Lý A Pao", by=office.reception, at=TUESDAY)
    run_jobs()

    assert told() == {("Hoàng Văn Hùng", "dossier.returned")}


def test_a_follower_who_left_the_agency_hears_nothing_more(office):
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    former = an_officer(office.clerks, Role.CLERK, "Đặng Văn Sơn", valid_to=MONDAY.date() - timedelta(days=1))
    desk.follow(dossier, former, at=MONDAY)

    supplement.answer(dossier, by=office.reception, at=TUESDAY)
    run_jobs()

    assert "Đặng Văn Sơn" not in {name for name, _ in told()}


def test_every_line_that_makes_a_badge_has_its_words():
    listened = {event for event, those in LISTENERS.items() if listeners.tell in those}

    assert listened == set(NEWS)
    assert listened >= badges.FOR_HOLDERS


def test_news_nobody_read_for_two_months_is_put_away(office):
    answered(office)
    run_jobs()
    assert Badge.objects.exists()

    desk.clear(TUESDAY + timedelta(days=59))
    assert Badge.objects.exists()
    desk.clear(TUESDAY + timedelta(days=61))

    assert not Badge.objects.exists()
