"""Who is told of what, as each of them chose; once, whatever the queue does twice."""

from datetime import timedelta

import pytest
from django.core import mail

from motcua.accounts import standing_in
from motcua.accounts.models import Person
from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.dossiers import apologies, listeners, mailing, notices, processing, watching
from motcua.dossiers.models import Dossier, Notice, NoticeDigest, Telling
from motcua.dossiers.testing import MONDAY, WEDNESDAY, a_dossier, a_one_stop, it_is
from motcua.journal.models import Entry
from motcua.journal.testing import run_jobs

THURSDAY = MONDAY + timedelta(days=3)
MORNING = THURSDAY.replace(hour=7, minute=30)
SATURDAY = MORNING + timedelta(days=2)
NEXT_MONDAY = MONDAY + timedelta(days=7)


@pytest.fixture
def office(db, monkeypatch):
    it_is(monkeypatch, MONDAY)
    return a_one_stop()


@pytest.fixture
def post(settings):
    """Letters go out, into the hands of the test."""
    settings.MAIL = "smtp://may-chu"
    settings.ADDRESS = "https://motcua.example"


def promised(dossier, due_at):
    Dossier.objects.filter(pk=dossier.pk).update(due_at=due_at, first_due_at=due_at)
    dossier.refresh_from_db()
    return dossier


def overdue(office):
    """A dossier whose date has passed, warned of, and everybody told."""
    dossier = promised(a_dossier(office), WEDNESDAY)
    watching.watch(THURSDAY - timedelta(hours=2))
    run_jobs()
    return dossier


def told(person, dossier=None):
    mine = Notice.objects.filter(person=person).order_by("pk")
    return list((mine.filter(dossier=dossier) if dossier else mine).values_list("kind", flat=True))


def reachable(*people):
    for person in people:
        Person.objects.filter(pk=person.pk).update(email=f"{person.username}@tinh.example")
        person.refresh_from_db()


def test_holder_head_and_leader_are_told_by_steps(office):
    dossier = promised(a_dossier(office), NEXT_MONDAY)

    watching.watch(THURSDAY)
    run_jobs()
    assert told(office.officer) == ["apology_to_write"]  # one event, one notice
    assert told(office.head) == ["apology_to_write"]
    assert told(office.leader) == []

    apologies.draft(
        dossier, reason="Chờ.", renewed_due_at=NEXT_MONDAY + timedelta(days=2), by=office.officer, at=THURSDAY
    )
    run_jobs()
    assert told(office.leader) == ["apology_to_sign"]

    watching.watch(NEXT_MONDAY + timedelta(days=1))
    run_jobs()
    for person in (office.officer, office.head, office.leader):
        assert {"apology_unsigned", "overdue"} <= set(told(person))
    assert told(office.reception) == [] and told(office.clerk) == []


def test_what_is_promised_for_the_day_is_due_soon_for_holder_and_head(office):
    dossier = promised(a_dossier(office), MONDAY + timedelta(hours=8))

    watching.watch(MONDAY + timedelta(hours=6))
    run_jobs()

    assert told(office.officer, dossier) == told(office.head, dossier) == ["due_soon"]


def test_nobody_of_another_agency_is_told(office):
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    overdue(office)

    people = (other.reception, other.officer, other.head, other.leader, other.clerk)
    assert [told(person) for person in people] == [[], [], [], [], []]


def test_whoever_stands_in_is_told_too(office):
    quang = an_officer(office.clerks, Role.PROCESSING_OFFICER, "Lê Quang")
    standing_in.appoint(
        office.leader.assignments.get(),
        delegate=quang,
        valid_from=MONDAY.date(),
        valid_to=MONDAY.date() + timedelta(days=5),
        reason="Họp",
        by=office.leader,
        at=MONDAY,
    )
    run_jobs()
    assert told(quang) == ["delegated"]

    dossier = overdue(office)
    assert "overdue" in told(quang, dossier)


def test_a_line_is_told_once_however_often_the_job_runs(office):
    dossier = overdue(office)
    entry = Entry.objects.get(subject=dossier.subject, event="dossier.overdue")
    before = Notice.objects.count()

    listeners.tell_officers(entry)
    listeners.tell_officers(entry)

    assert Notice.objects.count() == before
    assert told(office.officer, dossier).count("overdue") == 1


def test_what_was_read_does_not_come_back_when_the_job_runs_again(office):
    dossier = overdue(office)
    notices.seen(notices.unread(office.officer), THURSDAY)

    listeners.tell_officers(Entry.objects.get(subject=dossier.subject, event="dossier.overdue"))

    assert not notices.unread(office.officer).exists()


def test_who_wants_to_hear_nothing_of_a_kind_hears_nothing_of_it(office):
    notices.choose(office.officer, [("overdue", Telling.NEVER)])
    notices.choose(office.head, [("overdue", Telling.DIGEST)])
    overdue(office)

    assert "overdue" not in told(office.officer)
    assert Notice.objects.get(person=office.head, kind="overdue").telling == Telling.DIGEST
    assert Notice.objects.get(person=office.leader, kind="overdue").telling == Telling.AT_ONCE


def test_a_choice_is_changed_and_not_doubled(office):
    notices.choose(office.officer, [("overdue", Telling.NEVER)])
    notices.choose(office.officer, [("overdue", Telling.AT_ONCE)])

    assert notices.choices(office.officer)["overdue"] == Telling.AT_ONCE
    assert office.officer.notice_choices.count() == 1
    assert notices.choices(office.head)["due_soon"] == Telling.DIGEST


def test_the_one_who_did_it_is_not_told(office):
    dossier = a_dossier(office)
    step = processing.running_step(dossier)
    dossier = processing.do_step(dossier, at_step=step.pk, by=office.officer, at=MONDAY + timedelta(hours=4))
    step = processing.running_step(dossier)
    by = {Role.HEAD_OF_UNIT: office.head, Role.LEADER: office.leader}[step.step.role]
    processing.return_step(dossier, at_step=step.pk, reason="Thiếu chữ ký.", by=by, at=MONDAY + timedelta(hours=5))
    run_jobs()

    assert told(office.officer) == ["step_returned"]
    assert told(by) == []


def test_a_notice_of_a_dossier_one_handles_no_more_is_gone(office):
    dossier = overdue(office)
    assert notices.unread(office.officer).filter(dossier=dossier).exists()

    office.officer.assignments.update(valid_to=MONDAY.date() - timedelta(days=1))

    assert not notices.of(Person.objects.get(pk=office.officer.pk)).exists()


def test_without_a_mail_address_in_the_environment_no_letter_is_written(office):
    reachable(office.officer)
    overdue(office)

    assert not mailing.to_write_to(MORNING)
    assert not mailing.at_once(Notice.objects.filter(person=office.officer).first().pk, at=THURSDAY)
    assert mail.outbox == []


def test_a_letter_at_once_holds_code_and_address_and_no_name(office, post):
    reachable(office.officer)
    dossier = overdue(office)
    notice = Notice.objects.get(person=office.officer, kind="overdue")

    assert mailing.at_once(notice.pk, at=THURSDAY)
    assert not mailing.at_once(notice.pk, at=THURSDAY)  # told twice by the queue

    (letter,) = mail.outbox
    assert letter.to == [office.officer.email] and letter.subject == "Một Cửa: quá hạn"
    assert dossier.code in letter.body and f"https://motcua.example/motcua/thong-bao/{notice.pk}/" in letter.body
    for personal in (dossier.owner_name, dossier.owner_id_number, dossier.phone, dossier.address):
        assert personal not in letter.body + letter.subject


def test_letters_at_once_are_limited_and_the_rest_waits_for_the_morning(office, post):
    reachable(office.officer)
    dossier = overdue(office)
    entries = Entry.objects.filter(subject=dossier.subject).order_by("pk")
    Notice.objects.filter(person=office.officer).delete()
    many = [
        Notice(
            person=office.officer, entry=entry, dossier=dossier, kind="overdue", telling=Telling.AT_ONCE, at=entry.at
        )
        for entry in [*entries, *a_dossier_more(office)]
    ]
    Notice.objects.bulk_create(many)
    assert len(many) > mailing.MOST_AT_ONCE

    sent = [mailing.at_once(one.pk, at=THURSDAY) for one in Notice.objects.filter(person=office.officer).order_by("pk")]

    assert sum(sent) == mailing.MOST_AT_ONCE == len(mail.outbox)
    left = Notice.objects.filter(person=office.officer, mailed_at=None)
    assert {one.telling for one in left} == {Telling.DIGEST}


def a_dossier_more(office):
    return [
        entry
        for n in range(2)
        for entry in Entry.objects.filter(subject=a_dossier(office, at=MONDAY + timedelta(minutes=n)).subject)
    ]


def test_a_letter_that_failed_is_tried_again(office, post, monkeypatch):
    reachable(office.officer)
    overdue(office)
    notice = Notice.objects.get(person=office.officer, kind="overdue")

    def broken(*_args, **_told):
        raise ConnectionRefusedError

    with monkeypatch.context() as patched, pytest.raises(ConnectionRefusedError):
        patched.setattr(mailing, "send_mail", broken)
        mailing.at_once(notice.pk, at=THURSDAY)
    assert mailing.at_once(notice.pk, at=THURSDAY)
    assert len(mail.outbox) == 1


def test_one_letter_a_morning_tells_what_is_unread(office, post):
    reachable(office.officer)
    dossier = overdue(office)
    assert mailing.to_write_to(MORNING) == [office.officer.pk]

    assert mailing.digest(office.officer, at=MORNING)
    assert not mailing.digest(office.officer, at=MORNING + timedelta(minutes=10))

    (letter,) = mail.outbox
    waiting = Notice.objects.filter(person=office.officer)
    assert letter.subject == f"Một Cửa: {waiting.count()} việc cần xem"
    assert letter.body.count(dossier.code) == waiting.count() > 1
    assert not waiting.filter(mailed_at=None).exists()
    assert mailing.to_write_to(MORNING + timedelta(minutes=10)) == []


@pytest.mark.parametrize("at", [MORNING - timedelta(minutes=1), MORNING.replace(hour=12)])
def test_nobody_is_written_to_before_half_past_seven_or_after_noon(office, post, at):
    reachable(office.officer)
    overdue(office)

    assert mailing.to_write_to(at) == []


def test_no_letter_is_written_on_a_day_off(office, post, monkeypatch):
    reachable(office.officer)
    overdue(office)

    assert not mailing.digest(office.officer, at=SATURDAY)
    assert mail.outbox == [] and not NoticeDigest.objects.exists()


def test_what_was_read_is_not_written_about(office, post):
    reachable(office.officer)
    overdue(office)
    notices.seen(notices.unread(office.officer), THURSDAY)

    assert mailing.to_write_to(MORNING) == []
    assert not mailing.digest(office.officer, at=MORNING)
    assert mail.outbox == []


def test_a_morning_letter_that_failed_is_tried_again(office, post, monkeypatch):
    reachable(office.officer)
    overdue(office)

    def broken(*_args, **_told):
        raise ConnectionRefusedError

    with monkeypatch.context() as patched, pytest.raises(ConnectionRefusedError):
        patched.setattr(mailing, "send_mail", broken)
        mailing.digest(office.officer, at=MORNING)
    assert mailing.digest(office.officer, at=MORNING)
    assert len(mail.outbox) == 1


def test_whoever_is_no_officer_any_more_gets_no_letter(office, post):
    reachable(office.officer)
    overdue(office)
    office.officer.assignments.update(valid_to=MONDAY.date() - timedelta(days=1))

    assert not mailing.digest(Person.objects.get(pk=office.officer.pk), at=MORNING)
    assert mail.outbox == []


def test_read_notices_are_forgotten_after_ninety_days(office):
    overdue(office)
    notices.seen(notices.unread(office.officer), THURSDAY)
    unread = Notice.objects.filter(read_at=None).count()

    assert notices.forget(THURSDAY + timedelta(days=90)) == 0
    assert notices.forget(THURSDAY + timedelta(days=91)) > 0
    assert Notice.objects.count() == unread
