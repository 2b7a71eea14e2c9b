"""Who read a dossier, for which unit, and the question about it that the head answers."""

from datetime import timedelta

import pytest

from motcua.accounts import standing_in
from motcua.accounts.models import Assignment
from motcua.accounts.permissions import Role
from motcua.accounts.testing import a_citizen, an_officer
from motcua.dossiers import lifecycle, readings, watching
from motcua.dossiers.models import Notice, ReadingQuestion
from motcua.dossiers.testing import MONDAY, TUESDAY, WEDNESDAY, a_dossier, a_one_stop, it_is
from motcua.journal.models import Entry, Reading
from motcua.journal.reading import read
from motcua.journal.testing import run_jobs


@pytest.fixture
def office(db, monkeypatch):
    it_is(monkeypatch, TUESDAY)
    return a_one_stop()


def a_reading(dossier, reader):
    read(dossier, reader=reader, at=MONDAY, purpose="Giải quyết bước được giao")
    return Reading.objects.get(subject=dossier.subject, reader=reader)


def ask(dossier, reading, by, question="Vì sao cán bộ này xem hồ sơ của tôi?", at=TUESDAY):
    return readings.ask(dossier, reading, question=question, by=by, at=at)


def test_a_reading_says_for_which_unit(office):
    dossier = a_dossier(office)
    Assignment.objects.create(
        person=office.officer,
        unit=a_one_stop("Xã khác", code="1.002").clerks,
        role=Role.CLERK,
        valid_from=MONDAY.date(),
    )
    a_reading(dossier, office.officer)

    (told,), more = readings.of(dossier)

    assert (told.reading.reader, told.unit, told.question, more) == (office.officer, office.professional, None, False)


def test_who_read_in_the_stead_of_another_read_for_that_unit(office):
    dossier = a_dossier(office)
    assignment = office.head.assignments.get()
    standing_in.appoint(
        assignment,
        delegate=office.clerk,
        valid_from=TUESDAY.date(),
        valid_to=WEDNESDAY.date(),
        reason="Đi họp",
        by=office.head,
        at=TUESDAY,
    )
    office.clerk.assignments.update(valid_to=MONDAY.date())
    read(dossier, reader=office.clerk, at=WEDNESDAY, purpose="Giải quyết bước được giao")

    assert readings.of(dossier)[0][0].unit == office.professional


def test_the_head_of_the_unit_is_told_and_answers(office):
    dossier = a_dossier(office)
    asked = ask(dossier, a_reading(dossier, office.officer), office.citizen)
    run_jobs()
    assert [notice.person for notice in Notice.objects.filter(kind="reading_questioned")] == [office.head]

    for other in (office.officer, office.leader, office.reception, office.clerk):
        with pytest.raises(lifecycle.NotYours):
            readings.explain(asked, answer="Vì…", by=other, at=WEDNESDAY)
    readings.explain(asked, answer="Anh Hùng thẩm định hồ sơ.", by=office.head, at=WEDNESDAY)

    asked.refresh_from_db()
    assert (asked.answered_by, asked.answer) == (office.head, "Anh Hùng thẩm định hồ sơ.")
    lines = Entry.objects.filter(event__in=("dossier.reading_questioned", "dossier.reading_explained"))
    assert [line.facts for line in lines] == [{"question": asked.pk, "unit": office.professional.pk}] * 2


def test_a_unit_without_a_head_and_what_a_head_read_go_to_the_head_of_the_agency(office):
    dossier = a_dossier(office)
    of_desk = ask(dossier, a_reading(dossier, office.reception), office.citizen)
    of_head = ask(dossier, a_reading(dossier, office.head), office.citizen)
    run_jobs()

    told = Notice.objects.filter(kind="reading_questioned").values_list("person", flat=True)
    assert set(told) == {office.leader.pk}
    for asked in (of_desk, of_head):
        with pytest.raises(lifecycle.NotYours):
            readings.explain(asked, answer="Tự tôi.", by=office.head, at=WEDNESDAY)
        readings.explain(asked, answer="Đúng việc.", by=office.leader, at=WEDNESDAY)


def test_who_stands_in_for_the_head_answers_unless_it_was_they_who_read(office):
    dossier = a_dossier(office)
    reading = a_reading(dossier, office.officer)
    other = an_officer(office.professional, Role.PROCESSING_OFFICER, "Vàng Thị Say")
    for delegate in (office.officer, other):
        for one in office.head.absences.filter(ended_at=None):
            standing_in.end(one, by=office.head, at=TUESDAY)
        standing_in.appoint(
            office.head.assignments.get(),
            delegate=delegate,
            valid_from=TUESDAY.date(),
            valid_to=WEDNESDAY.date(),
            reason="Đi họp",
            by=office.head,
            at=TUESDAY,
        )
        office.officer.__dict__.pop("duties", None)
        if delegate == office.officer:
            asked = ask(dossier, reading, office.citizen)
            with pytest.raises(lifecycle.NotYours):
                readings.explain(asked, answer="Tự tôi.", by=office.officer, at=WEDNESDAY)

    assert readings.explain(asked, answer="Thay trưởng phòng.", by=other, at=WEDNESDAY).answered_by == other


def test_one_question_a_reading_and_one_answer(office):
    dossier = a_dossier(office)
    reading = a_reading(dossier, office.officer)
    asked = ask(dossier, reading, office.citizen)
    with pytest.raises(readings.AlreadyAsked):
        ask(dossier, reading, office.citizen, "Lần nữa?")

    readings.explain(asked, answer="Một.", by=office.head, at=WEDNESDAY)
    with pytest.raises(readings.AlreadyAnswered):
        readings.explain(asked, answer="Hai.", by=office.head, at=WEDNESDAY)

    assert ReadingQuestion.objects.get().answer == "Một."


def test_only_its_people_ask_and_only_of_their_own_dossier(office):
    dossier, other = a_dossier(office), a_dossier(office)
    reading = a_reading(dossier, office.officer)

    for which, who in ((dossier, a_citizen("Người khác")), (other, office.citizen)):
        with pytest.raises(lifecycle.NotYours):
            ask(which, reading, who)

    assert not ReadingQuestion.objects.exists()


def test_the_reminder_is_five_working_days_away(office):
    dossier = a_dossier(office)

    asked = ask(dossier, a_reading(dossier, office.officer), office.citizen)  # on Tuesday

    assert f"{asked.wanted_by:%A %d/%m}" == "Tuesday 31/10"


def test_all_readings_are_told_in_bounded_statements(office, django_assert_max_num_queries):
    dossier = a_dossier(office)
    for reader in (office.officer, office.head, office.leader, office.clerk, office.reception):
        a_reading(dossier, reader)

    with django_assert_max_num_queries(5):
        told, more = readings.of(dossier, most=3)
    last = told[-1].reading
    rest, end = readings.of(dossier, after=(last.hour, last.pk))

    assert more and not end and len(told) + len(rest) == 5


def test_a_question_nobody_answered_in_its_days_is_reminded_of_once_and_an_answered_one_never(office):
    dossier = a_dossier(office)
    asked = ask(dossier, a_reading(dossier, office.officer), office.citizen)
    answered = ask(dossier, a_reading(dossier, office.clerk), office.citizen)
    readings.explain(answered, answer="Trình ký kết quả.", by=office.leader, at=WEDNESDAY)
    late = TUESDAY + timedelta(days=8)  # five working days and a weekend

    assert watching.remind_of_questions(late - timedelta(days=1)) == 0
    assert watching.remind_of_questions(late) == 1
    assert watching.remind_of_questions(late) == 0
    run_jobs()

    lines = Entry.objects.filter(subject=dossier.subject, event="dossier.reading_unexplained")
    assert [line.facts["question"] for line in lines] == [asked.pk]
    assert [notice.person for notice in Notice.objects.filter(kind="reading_unexplained")] == [office.head]
