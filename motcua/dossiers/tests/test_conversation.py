"""An applicant and the office write to each other; it moves nothing, and the journal keeps no words."""

from datetime import timedelta

import pytest

from motcua.accounts.permissions import Role
from motcua.accounts.testing import a_citizen, an_officer
from motcua.dossiers import conversation, lifecycle, mandates, opinions, watching
from motcua.dossiers.models import Mandate, MandateScope, Message, Notice, State
from motcua.dossiers.testing import MONDAY, TUESDAY, WEDNESDAY, a_dossier, a_one_stop, it_is
from motcua.journal.models import Entry
from motcua.journal.testing import events, run_jobs
from motcua.organisations.models import AgencyKind, Level, UnitKind
from motcua.organisations.testing import a_unit, an_agency

MINUTE = timedelta(minutes=1)


@pytest.fixture
def office(db, monkeypatch):
    it_is(monkeypatch, MONDAY)
    return a_one_stop()


def write(dossier, by, text="Tôi nộp thêm ảnh được không?", at=TUESDAY):
    return conversation.write(dossier, text=text, by=by, at=at)


def test_who_holds_the_dossier_is_told_and_the_journal_keeps_no_words(office):
    dossier = a_dossier(office)

    message = write(dossier, office.citizen)
    run_jobs()

    line = Entry.objects.get(event="dossier.message_written")
    assert line.facts == {"message": message.pk}
    assert [notice.person for notice in Notice.objects.filter(kind="message_written")] == [office.officer]


def test_before_acceptance_and_at_the_end_the_desk_is_told(office):
    for state in (State.SUBMITTED, State.READY):
        dossier = a_dossier(office, state)
        write(dossier, office.citizen)
        run_jobs()
        told = Notice.objects.filter(dossier=dossier, kind="message_written")
        assert [notice.person for notice in told] == [office.reception], state


def test_an_officer_answers_for_a_unit_and_has_read_what_was_written(office):
    dossier = a_dossier(office)
    asked = write(dossier, office.citizen)

    answered = conversation.answer(dossier, text="Được, bạn nộp ở mục bổ sung.", by=office.officer, at=WEDNESDAY)

    asked.refresh_from_db()
    assert answered.unit == office.professional and answered.read_at is None
    assert (asked.read_by, asked.read_at) == (office.officer, WEDNESDAY)
    conversation.read_by_applicant(dossier, by=office.citizen, at=WEDNESDAY + MINUTE)
    answered.refresh_from_db()
    assert answered.read_by == office.citizen


def test_an_office_does_not_begin(office):
    dossier = a_dossier(office)

    with pytest.raises(conversation.NothingToAnswer):
        conversation.answer(dossier, text="Nộp thêm giấy.", by=office.officer, at=TUESDAY)

    assert not Message.objects.exists()


def test_whoever_was_only_asked_for_an_opinion_does_not_answer(office):
    department = an_agency("Sở Tư pháp", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT)
    unit = a_unit(department, UnitKind.PROFESSIONAL, "Phòng Hành chính tư pháp")
    hoa = an_officer(unit, Role.PROCESSING_OFFICER, "Đặng Thị Hoa")
    dossier = opinions.ask(a_dossier(office), unit=unit, question="Trùng?", days=2, by=office.officer, at=TUESDAY)
    write(dossier, office.citizen)

    with pytest.raises(lifecycle.NotYours):
        conversation.answer(dossier, text="Không rõ.", by=hoa, at=WEDNESDAY)


def test_others_write_nothing(office):
    dossier = a_dossier(office)

    with pytest.raises(lifecycle.NotYours):
        write(dossier, a_citizen("Người khác"))

    assert "dossier.message_written" not in events(dossier)


def test_who_gave_the_mandate_writes_and_an_agent_whose_mandate_ended_does_not(office):
    dossier = a_dossier(office)
    giver = a_citizen("Lý Thị Mẩy")
    mandate = Mandate.objects.create(
        owner_name=giver.full_name,
        owner_id_number="008185000111",
        owner_account=giver,
        agent_name=office.citizen.full_name,
        agent_id_number="008085000222",
        agent_account=office.citizen,
        scope=MandateScope.ALL,
        valid_from=MONDAY.date(),
        recorded_by=giver,
        recorded_at=MONDAY,
    )
    dossier.mandate = mandate
    dossier.save(update_fields=["mandate"])
    assert write(dossier, giver).by == giver
    assert write(dossier, office.citizen).by == office.citizen

    mandates.end(mandate, why="Tự làm.", by=giver, at=TUESDAY)

    with pytest.raises(mandates.NoMandate):
        write(dossier, office.citizen, "Còn gì nữa không?", WEDNESDAY)


def test_a_second_tap_is_one_message(office):
    dossier = a_dossier(office)

    assert write(dossier, office.citizen) == write(dossier, office.citizen, at=TUESDAY + MINUTE)

    assert Message.objects.count() == 1


def test_a_sixth_message_in_an_hour_waits_and_nothing_is_left_of_it(office):
    dossier = a_dossier(office)
    for number in range(5):
        write(dossier, office.citizen, f"Câu {number}", TUESDAY + number * MINUTE)

    with pytest.raises(conversation.TooMany):
        write(dossier, office.citizen, "Câu 6", TUESDAY + 10 * MINUTE)

    assert Message.objects.count() == events(dossier).count("dossier.message_written") == 5
    assert write(dossier, office.citizen, "Câu 6", TUESDAY + 61 * MINUTE)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 1001])
def test_nothing_and_too_much_are_refused(office, text):
    with pytest.raises((conversation.NothingSaid, conversation.TooLong)):
        write(a_dossier(office), office.citizen, text)


def test_thirty_days_after_the_end_it_is_over(office):
    dossier = a_dossier(office, State.RETURNED)
    write(dossier, office.citizen, at=dossier.closed_at + timedelta(days=30))

    with pytest.raises(conversation.Over) as refused:
        write(dossier, office.citizen, "Nữa", dossier.closed_at + timedelta(days=30, minutes=1))

    assert "Xin hỏi Ủy ban nhân dân xã Hùng Đức" in str(refused.value)


def test_words_move_nothing_the_watchdog_still_sees_a_standstill(office):
    dossier = a_dossier(office)  # on Monday
    write(dossier, office.citizen, at=WEDNESDAY)
    conversation.answer(dossier, text="Đang xem.", by=office.officer, at=WEDNESDAY)

    watching.watch(MONDAY + timedelta(days=3, hours=7))

    assert "dossier.nothing_moved" in events(dossier)


def test_the_words_can_be_taken_back_by_who_wrote_them(office):
    dossier = a_dossier(office)
    message = write(dossier, office.citizen)
    with pytest.raises(lifecycle.NotYours):
        conversation.remove(message, by=office.officer, at=TUESDAY)

    conversation.remove(message, by=office.citizen, at=TUESDAY)

    message.refresh_from_db()
    assert (message.text, message.removed_at) == ("", TUESDAY)
    assert "dossier.message_written" in events(dossier)


def test_pages_of_twenty(office):
    dossier = a_dossier(office)
    Message.objects.bulk_create(
        Message(dossier=dossier, by=office.citizen, text=f"Câu {number}", at=TUESDAY) for number in range(25)
    )

    first, older = conversation.page(dossier)
    last, end = conversation.page(dossier, older)

    assert [message.text for message in first][:1] == ["Câu 24"]
    assert len(first) == 20 and len(last) == 5 and end is None
