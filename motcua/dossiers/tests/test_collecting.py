"""Fees taken at the desk have their receipt, once (biên lai thu phí, lệ phí)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.dossiers import closings, collecting, together
from motcua.dossiers.closings import Day
from motcua.dossiers.collecting import Line
from motcua.dossiers.lifecycle import NoReason, NotNow, NotYours
from motcua.dossiers.models import Dossier, FeeReceipt, State
from motcua.dossiers.register import Book, entered, entries
from motcua.dossiers.testing import MONDAY, TUESDAY, WEDNESDAY, a_dossier, a_one_stop, a_walk_in
from motcua.journal.testing import events

pytestmark = pytest.mark.django_db
CHARGE = Line("Lệ phí", 8000, 8000)


def take(dossier, office, *lines, number="0000123", by=None, at=TUESDAY):
    return collecting.collect(dossier, lines=lines or [CHARGE], number=number, by=by or office.reception, at=at)


def money_of(office, day):
    return closings.count(Day.of(office.agency.pk, day.date(), WEDNESDAY + timedelta(days=7)))


def test_a_receipt_says_what_was_taken_line_by_line_and_by_whom():
    office = a_one_stop()
    dossier = a_walk_in(office)

    receipt = take(dossier, office, CHARGE, Line("Phí bản sao", 2000, 1000, "Giảm 50%: hộ nghèo"))

    assert (receipt.amount, receipt.number, receipt.taken_by) == (9000, "0000123", office.reception)
    assert [line["taken"] for line in receipt.lines] == [8000, 1000]
    assert events(dossier)[-1] == "dossier.fee_collected"


def test_who_is_exempt_pays_nothing_and_needs_no_receipt():
    office = a_one_stop()

    receipt = take(a_walk_in(office), office, Line("Lệ phí", 8000, 0, "Miễn: người có công"), number="")

    assert (receipt.amount, receipt.number) == (0, "")


@pytest.mark.parametrize(
    ("lines", "number", "refusal"),
    [
        ([], "1", collecting.NothingTaken),
        ([Line("Lệ phí", 8000, -1)], "1", collecting.NothingTaken),
        ([CHARGE], " ", collecting.NoReceipt),
        ([Line("Lệ phí", 8000, 5000)], "1", collecting.WhyLess),
    ],
)
def test_what_does_not_add_up_is_refused_and_nothing_is_kept(lines, number, refusal):
    office = a_one_stop()
    dossier = a_walk_in(office)

    with pytest.raises(refusal):
        collecting.collect(dossier, lines=lines, number=number, by=office.reception, at=TUESDAY)

    assert not FeeReceipt.objects.exists()
    assert "dossier.fee_collected" not in events(dossier)


def test_a_receipt_number_is_given_once_at_a_counter_even_after_it_was_cancelled():
    office, elsewhere = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    first, second = a_walk_in(office), a_walk_in(office)
    receipt = take(first, office)

    with pytest.raises(collecting.ReceiptUsed, match=first.code):
        take(second, office)
    collecting.cancel(receipt, why="Ghi nhầm.", by=office.reception, at=TUESDAY)
    with pytest.raises(collecting.ReceiptUsed, match="đã hủy"):
        take(second, office)

    assert take(a_walk_in(elsewhere), elsewhere).number == receipt.number
    assert FeeReceipt.objects.count() == 2


def together_at_the_desk(office):
    first, second = a_walk_in(office), a_walk_in(office)
    together.join(second, after=first, by=office.reception, at=MONDAY)
    return first, second


def test_one_receipt_stands_for_what_was_received_together_and_is_cancelled_for_all_of_it():
    office = a_one_stop()
    first, second = together_at_the_desk(office)

    receipts = [take(one, office, at=MONDAY) for one in (first, second)]

    assert [one.number for one in receipts] == ["0000123"] * 2
    collecting.cancel(receipts[1], why="Ghi nhầm số tiền.", by=office.reception, at=MONDAY)
    assert not FeeReceipt.objects.filter(cancelled_at=None).exists()
    assert [events(one)[-1] for one in (first, second)] == ["dossier.fee_cancelled"] * 2


@pytest.mark.django_db(transaction=True)
def test_whoever_notes_a_receipt_while_it_is_being_cancelled_finds_it_cancelled(monkeypatch):
    office = a_one_stop()
    first, second = together_at_the_desk(office)
    receipt = take(first, office, at=MONDAY)
    cancelling, noted, refused = threading.Event(), threading.Event(), []
    may_cancel = collecting.may_cancel

    def in_the_middle(dossier, by):
        may_cancel(dossier, by)
        cancelling.set()
        noted.wait(0.5)  # as long as it takes who does not have to wait

    def note():
        cancelling.wait()
        try:
            take(second, office, at=MONDAY)
        except collecting.ReceiptUsed as refusal:
            refused.append(str(refusal))
        finally:
            noted.set()
            connection.close()

    monkeypatch.setattr(collecting, "may_cancel", in_the_middle)
    other = threading.Thread(target=note)
    other.start()
    collecting.cancel(receipt, why="Ghi nhầm số tiền.", by=office.reception, at=MONDAY)
    other.join()

    assert "đã hủy" in refused[0]
    assert not FeeReceipt.objects.filter(cancelled_at=None).exists()


def test_a_receipt_of_another_officer_or_another_day_does_not_stand_for_it():
    office = a_one_stop()
    colleague = an_officer(office.one_stop, Role.RECEPTION_OFFICER, "Vi Thị Ngân")
    first, second = together_at_the_desk(office)
    take(first, office, at=MONDAY)

    for told in ({"by": colleague, "at": MONDAY}, {"at": TUESDAY}):
        with pytest.raises(collecting.ReceiptUsed):
            take(second, office, **told)

    assert FeeReceipt.objects.get().dossier == first


def test_the_same_is_not_taken_twice_unless_the_first_receipt_was_cancelled():
    office = a_one_stop()
    dossier = a_walk_in(office)
    receipt = take(dossier, office)

    with pytest.raises(collecting.AlreadyTaken, match="0000123"):
        take(dossier, office, number="0000124")
    collecting.cancel(receipt, why="Ghi nhầm.", by=office.reception, at=TUESDAY)

    assert take(dossier, office, number="0000124").amount == 8000


def test_only_the_counter_that_received_it_takes_money_and_only_while_it_is_open():
    office, elsewhere = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    dossier = a_walk_in(office)

    for by in (office.officer, office.leader, elsewhere.reception):
        with pytest.raises(NotYours):
            take(dossier, office, by=by)
    with pytest.raises(NotNow):
        take(a_dossier(office, State.RETURNED), office)

    assert not FeeReceipt.objects.exists()


def test_a_cancelled_receipt_keeps_its_number_and_says_why():
    office = a_one_stop()
    dossier = a_walk_in(office)
    receipt = take(dossier, office)

    with pytest.raises(NoReason):
        collecting.cancel(receipt, why=" ", by=office.reception, at=WEDNESDAY)
    with pytest.raises(NotYours):
        collecting.cancel(receipt, why="Sai.", by=office.leader, at=WEDNESDAY)
    collecting.cancel(receipt, why="Ghi nhầm số tiền.", by=office.reception, at=WEDNESDAY)
    with pytest.raises(collecting.Cancelled):
        collecting.cancel(receipt, why="Lần nữa.", by=office.reception, at=WEDNESDAY)

    kept = FeeReceipt.objects.get()
    assert (kept.number, kept.amount, kept.cancelled_why) == ("0000123", 8000, "Ghi nhầm số tiền.")
    assert events(dossier)[-1] == "dossier.fee_cancelled"


def test_the_register_names_the_receipts_that_count():
    office = a_one_stop()
    dossier = a_walk_in(office)
    collecting.cancel(take(dossier, office, number="0000122"), why="Ghi nhầm.", by=office.reception, at=TUESDAY)
    take(dossier, office)

    book = Book(office.agency.pk, at_counter=True)
    line = entries(entered(Dossier.objects.all(), book, MONDAY.date(), MONDAY.date()))[0]

    assert line.note == "Thu 8.000 đồng, biên lai 0000123"


def test_the_days_closing_counts_the_money_and_a_day_that_is_over_keeps_its_own():
    office = a_one_stop()
    colleague = an_officer(office.one_stop, Role.RECEPTION_OFFICER, "Vi Thị Ngân")
    dossier = a_walk_in(office)
    receipt = take(dossier, office)
    take(dossier, office, Line("Phí bản sao", 8000, 8000), number="0000124", by=colleague)
    collecting.cancel(receipt, why="Ghi nhầm.", by=colleague, at=WEDNESDAY)

    tuesday, wednesday = money_of(office, TUESDAY), money_of(office, WEDNESDAY)

    assert (tuesday["counter"]["fees"], tuesday["counter"]["money"]) == (1, 16000)
    assert tuesday["officers"][str(colleague.pk)]["money"] == 8000
    assert (wednesday["counter"]["receipts_cancelled"], wednesday["counter"]["money"]) == (1, -8000)
