"""Counts of the day are kept by listeners and can be made again from the journal (số đếm trong ngày)."""

import pytest

from motcua.dossiers import tallies
from motcua.dossiers.listeners import tally
from motcua.dossiers.models import State, Tally
from motcua.dossiers.testing import MONDAY, a_dossier, a_one_stop, a_walk_in
from motcua.journal.models import Entry
from motcua.journal.testing import run_jobs

pytestmark = pytest.mark.django_db


def kept():
    return sorted(Tally.objects.values_list("agency_id", "day", "event", "count"))


def test_the_worker_counts_what_the_steps_recorded():
    office = a_one_stop()
    a_dossier(office, State.RETURNED)
    a_walk_in(office)
    assert tallies.of_day(MONDAY.date()) == {}

    run_jobs()

    assert tallies.of_day(MONDAY.date()) == {
        "dossier.submitted": 1,
        "dossier.accepted": 2,
        "dossier.finished": 1,
        "dossier.returned": 1,
    }


def test_a_line_told_twice_counts_once():
    a_walk_in(a_one_stop())
    run_jobs()

    tally(Entry.objects.get(event="dossier.accepted"))

    assert tallies.of_day(MONDAY.date()) == {"dossier.accepted": 1}


def test_counting_anew_makes_the_same_figures():
    first, second = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    for office in (first, second, second):
        a_dossier(office, State.READY)
    run_jobs()
    before = kept()

    counted = tallies.recount()

    assert kept() == before
    assert counted == 9
    run_jobs()
    tally(Entry.objects.filter(event="dossier.accepted").first())
    assert kept() == before
