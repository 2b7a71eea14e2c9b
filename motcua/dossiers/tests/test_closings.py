"""The end of a counter's day: put down once, and held against what the steps say."""

from datetime import date, datetime, timedelta

import pytest

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.dossiers import closings, intake, processing, results
from motcua.dossiers.models import DayClosing, ReturnBy, State
from motcua.dossiers.testing import MONDAY, TUESDAY, VIETNAM, a_dossier, a_one_stop, at_step
from motcua.journal.models import Entry

DAY = date(2023, 10, 23)
EVENING = datetime(2023, 10, 23, 17, 0, tzinfo=VIETNAM)


@pytest.fixture
def office(db):
    return a_one_stop()


def counted(office, day=DAY, until=EVENING):
    return closings.count(closings.Day.of(office.agency.pk, day, until))


def test_a_day_tells_what_each_officer_did_and_what_is_still_there(office):
    a_dossier(office, State.SUBMITTED)
    a_dossier(office, State.ACCEPTED)
    a_dossier(office, State.IN_PROGRESS)
    a_dossier(office, State.READY)
    a_dossier(office, State.RETURNED)
    a_dossier(office, State.REFUSED)
    a_dossier(office, State.STOPPED)
    a_dossier(office, at=MONDAY - timedelta(days=4))  # of another day

    told = counted(office)

    flows = {
        "received": 5,
        "handed_on": 4,
        "returned": 1,
        "refused": 1,
        "fees": 0,
        "receipts_cancelled": 0,
        "paid": 0,
        "money": 0,
    }
    assert told["counter"] == flows
    assert told["officers"] == {str(office.reception.pk): flows}
    assert told["standing"] == {"to_receive": 1, "to_hand_on": 1, "to_return": 1}


def test_a_payment_is_noted_by_whoever_noted_it(office):
    colleague = an_officer(office.one_stop, Role.RECEPTION_OFFICER, "Bàn Thị Mùi")
    for dossier, by in ((a_dossier(office, State.AWAITING_PAYMENT), colleague) for _ in range(2)):
        processing.settle_payment(dossier, receipt_number="12", by=by, at=EVENING - timedelta(hours=1))

    told = counted(office)

    assert (told["counter"]["paid"], told["counter"]["money"]) == (2, 16_000)
    assert told["officers"][str(colleague.pk)]["paid"] == 2
    assert told["officers"][str(colleague.pk)]["money"] == 16_000
    assert told["officers"][str(office.reception.pk)]["paid"] == 0


def test_every_number_is_as_long_as_its_list(office):
    colleague = an_officer(office.one_stop, Role.RECEPTION_OFFICER, "Bàn Thị Mùi")
    for state in (State.SUBMITTED, State.ACCEPTED, State.IN_PROGRESS, State.READY, State.RETURNED, State.REFUSED):
        a_dossier(office, state)
    waiting = a_dossier(office, State.SUBMITTED)
    intake.accept(waiting, by=colleague, at=EVENING - timedelta(hours=2))
    of = closings.Day.of(office.agency.pk, DAY, EVENING)

    told = closings.count(of)

    for figure in closings.FLOWS:
        assert figure.chosen(of, None).count() == told["counter"][figure.name]
        for officer, numbers in told["officers"].items():
            assert figure.chosen(of, int(officer)).count() == numbers[figure.name], figure.name
    for figure in closings.STANDING:
        assert figure.chosen(of, None).count() == told["standing"][figure.name]
    assert told["officers"][str(colleague.pk)]["received"] == 1


def test_another_counter_is_another_day(office):
    a_dossier(office)
    elsewhere = a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="2.000635")

    assert set(counted(elsewhere)["counter"].values()) == {0}


def test_a_day_is_closed_once_with_who_and_when(office):
    a_dossier(office, State.ACCEPTED)

    closing = closings.close(office.agency, DAY, by=office.reception, at=EVENING)
    with pytest.raises(closings.Closed):
        closings.close(office.agency, DAY, by=office.reception, at=EVENING + timedelta(minutes=1))

    assert DayClosing.objects.get() == closing
    assert (closing.closed_by, closing.closed_at) == (office.reception, EVENING)
    assert closing.figures["counter"]["received"] == 1
    line = Entry.objects.get(event="closing.recorded")
    assert (line.actor, line.facts["received"], line.facts["to_hand_on"]) == (office.reception, 1, 1)


@pytest.mark.parametrize("who", ["officer", "leader", "clerk"])
def test_only_the_counter_closes_its_day(office, who):
    with pytest.raises(closings.NotYourCounter):
        closings.close(office.agency, DAY, by=getattr(office, who), at=EVENING)
    with pytest.raises(closings.NotYourCounter):
        stranger = a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="2.000635").reception
        closings.close(office.agency, DAY, by=stranger, at=EVENING)

    assert not DayClosing.objects.exists()


def test_a_day_that_has_not_come_is_not_closed(office):
    with pytest.raises(closings.NotYet):
        closings.close(office.agency, DAY + timedelta(days=1), by=office.reception, at=EVENING)

    assert not DayClosing.objects.exists()


def test_what_happens_on_later_days_changes_no_closed_day(office):
    accepted, ready = a_dossier(office, State.ACCEPTED), a_dossier(office, State.READY)
    closing = closings.close(office.agency, DAY, by=office.reception, at=EVENING)

    processing.hand_to_agency(accepted, at_step=at_step(accepted), by=office.reception, at=TUESDAY)
    results.hand_over(ready, method=ReturnBy.COUNTER, recipient_name="Lý A Pao", by=office.reception, at=TUESDAY)
    results.withdraw(
        a_dossier(office, State.ACCEPTED, at=TUESDAY),
        reason="Thôi.",
        by=office.reception,
        at=TUESDAY + timedelta(hours=2),
    )

    assert closings.since(closing, TUESDAY + timedelta(days=9)) == []
    assert closing.figures["standing"] == {"to_receive": 0, "to_hand_on": 1, "to_return": 1}


def test_what_was_done_after_the_closing_on_the_same_day_is_told(office):
    accepted = a_dossier(office, State.ACCEPTED)
    closing = closings.close(office.agency, DAY, by=office.reception, at=EVENING)

    processing.hand_to_agency(
        accepted, at_step=at_step(accepted), by=office.reception, at=EVENING + timedelta(minutes=20)
    )

    assert closings.since(closing, TUESDAY) == [("Chuyển đến cơ quan giải quyết", 0, 1)]
    closing.refresh_from_db()
    assert closing.figures["counter"]["handed_on"] == 0
