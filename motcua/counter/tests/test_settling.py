"""What settling takes is kept week by week, once for each dossier, and can be counted again to the same figures."""

from datetime import date, timedelta

import pytest

from motcua.counter import settling
from motcua.counter.listeners import settled
from motcua.counter.models import Settled, SettledInWeek
from motcua.counter.settling import Spread, rounded, spread
from motcua.dossiers import correcting, supplement
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.testing import MONDAY, WEDNESDAY, a_dossier, a_one_stop, to_the_end
from motcua.journal.models import Entry
from motcua.journal.testing import run_jobs

pytestmark = pytest.mark.django_db
NEXT_MONTH = MONDAY + timedelta(days=30)


def kept():
    return sorted(
        SettledInWeek.objects.values_list(
            "week", "agency", "reception_agency", "unit", "officer", "hours", "count", "late"
        )
    )


def test_a_settled_dossier_is_counted_for_whoever_worked_on_it(office):
    a_dossier(office, State.READY)
    run_jobs()

    # Accepted at ten, settled at eleven.
    told = (MONDAY.date(), office.agency.pk, office.agency.pk, office.professional.pk, office.officer.pk, 1, 1, 0)
    assert kept() == [told]


def test_a_line_told_twice_counts_once(office):
    a_dossier(office, State.READY)
    run_jobs()
    before = kept()

    settled(Entry.objects.get(event="dossier.finished"))

    assert kept() == before


def test_the_time_of_the_applicant_is_not_the_agencys(office):
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    dossier = supplement.answer(dossier, by=office.reception, at=WEDNESDAY)
    to_the_end(dossier, office, at=WEDNESDAY + timedelta(hours=1))
    run_jobs()

    # An hour on Monday before it was asked to complete, an hour on Wednesday after.
    assert Settled.objects.get().hours == 2


def test_what_is_settled_after_its_day_is_late(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    to_the_end(dossier, office, at=NEXT_MONTH)
    run_jobs()

    one = SettledInWeek.objects.get()
    assert (one.count, one.late, one.week) == (1, 1, date(2023, 11, 20))
    assert one.hours % 8 == 0


def test_a_result_taken_back_is_no_longer_counted_and_the_corrected_one_is_in_its_place(office):
    dossier = a_dossier(office, State.READY)
    run_jobs()

    dossier = correcting.correct(dossier, reason="Sai ngày sinh", by=office.leader, at=MONDAY + timedelta(hours=5))
    run_jobs()
    assert kept() == []
    assert not Settled.objects.exists()

    to_the_end(dossier, office, at=NEXT_MONTH)
    run_jobs()
    assert SettledInWeek.objects.get().late == 1
    # The line of the first result, told once more and late, changes nothing.
    before = kept()
    settled(Entry.objects.filter(event="dossier.finished").first())
    assert kept() == before


def test_what_ended_without_a_result_is_not_settled(office):
    for state in (State.WITHDRAWN, State.STOPPED, State.REFUSED):
        a_dossier(office, state)
    run_jobs()

    assert kept() == []


def test_counting_anew_makes_the_same_figures():
    first, second = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    for office in (first, second, second):
        a_dossier(office, State.READY)
    to_the_end(a_dossier(first, State.IN_PROGRESS), first, at=NEXT_MONTH)
    corrected = correcting.correct(
        Dossier.objects.filter(agency=second.agency).first(), reason="Sai tên", by=second.leader, at=NEXT_MONTH
    )
    run_jobs()
    before = kept()

    counted = settling.recount()

    assert kept() == before
    assert counted == 3
    assert not Settled.objects.filter(dossier=corrected).exists()


def test_where_nobody_worked_before_the_signature_it_is_of_those_who_signed(office):
    dossier = a_dossier(office, State.READY)
    dossier.step_intervals.filter(unit=office.professional).delete()
    run_jobs()

    one = Settled.objects.get()
    assert (one.unit, one.officer) == (office.leaders, office.leader)


@pytest.mark.parametrize(
    ("minutes", "hours"), [(0, 1), (1, 1), (60, 1), (61, 2), (480, 8), (481, 16), (960, 16), (961, 24)]
)
def test_time_is_kept_in_hours_and_from_a_day_on_in_days(minutes, hours):
    assert rounded(minutes) == hours


def test_half_and_nine_out_of_ten_are_within_their_times():
    assert spread([(8, 1, 0), (1, 5, 0), (16, 3, 1), (80, 1, 1)]) == Spread(10, 2, 1, 16)
    assert spread([(8, 10, 0)]) == Spread(10, 0, 8, 8)
    assert spread([]) == Spread(0, 0, 0, 0)


def test_all_but_one_on_time_is_not_all_of_them():
    assert spread([(8, 1000, 1)]).share == 99
