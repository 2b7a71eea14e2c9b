"""How long a procedure really took: half and nine tenths of the last hundred, in the office's time."""

from datetime import timedelta

import pytest

from motcua.dossiers import correcting, durations, processing, supplement
from motcua.dossiers.models import Dossier, Duration, State
from motcua.dossiers.testing import MONDAY, TUESDAY, a_dossier, a_one_stop, to_the_end
from motcua.journal.testing import run_jobs

pytestmark = pytest.mark.django_db
HOUR, DAY = 60, 8 * 60


@pytest.fixture
def office():
    return a_one_stop()


def took(office, *minutes):
    """Finished dossiers that took so long, the last one the newest."""
    model = a_dossier(office, State.SUBMITTED)
    for number, taken in enumerate(minutes):
        code = f"000.00.00.H60-231001-{number:04d}"
        values = {
            field.attname: getattr(model, field.attname)
            for field in Dossier._meta.fields
            if field.name not in ("id", "public_id", "code")
        }
        one = Dossier.objects.create(**values | {"code": code})
        at = MONDAY + timedelta(minutes=number)
        Duration.objects.create(dossier=one, procedure=office.version.procedure, finished_at=at, minutes=taken)


def test_the_listener_keeps_what_the_office_needed_and_nothing_twice(office):
    dossier = a_dossier(office, State.READY)  # accepted at 10:00, its result at 11:00
    run_jobs()
    durations.keep(dossier.pk)

    kept = Duration.objects.get()

    assert kept.minutes == HOUR
    assert kept.finished_at == dossier.finished_at
    assert kept.procedure == office.version.procedure


def test_the_time_an_applicant_needed_is_not_the_offices(office):
    dossier = a_dossier(office, State.AWAITING_APPLICANT)  # accepted at 10:00, asked at 11:00
    for item in supplement.open_request(dossier).items.all():
        assert item.paper is None
    dossier = supplement.answer(dossier, by=office.citizen, at=TUESDAY + timedelta(days=2, hours=1))  # Thursday 10:00
    dossier = to_the_end(dossier, office, at=TUESDAY + timedelta(days=2, hours=2))  # Thursday 11:00

    assert durations.worked(dossier) == 2 * HOUR


def test_what_ended_without_a_result_counts_nothing(office):
    for state in (State.STOPPED, State.WITHDRAWN, State.REFUSED):
        a_dossier(office, state)
    run_jobs()

    assert not Duration.objects.exists()
    assert durations.lately(office.version.procedure) is None


def test_a_result_that_went_back_counts_when_it_has_come_again(office):
    dossier = a_dossier(office, State.READY)
    dossier = correcting.correct(dossier, reason="Sai tên.", by=office.leader, at=MONDAY + timedelta(hours=3))
    run_jobs()
    assert not Duration.objects.exists()

    to_the_end(dossier, office, at=MONDAY + timedelta(hours=6))  # 15:00, after the break at noon
    run_jobs()

    assert Duration.objects.get().minutes == durations.worked(Dossier.objects.get(pk=dossier.pk)) > HOUR


def test_half_and_nine_tenths_are_of_the_last_hundred(office):
    took(office, *[90 * DAY] * 50, *range(1, 101))

    lately = durations.lately(office.version.procedure)

    assert (lately.of, lately.median, lately.ninetieth) == (100, 50, 90)
    assert lately.since == MONDAY + timedelta(minutes=50)


def test_a_few_that_lay_for_a_year_move_nothing(office):
    took(office, *[2 * DAY] * 95, *[200 * DAY] * 5)

    lately = durations.lately(office.version.procedure)

    assert lately.median == lately.ninetieth == 2 * DAY


def test_what_still_lies_somewhere_is_not_counted(office):
    took(office, *[DAY] * 6)
    old = a_dossier(office, State.IN_PROGRESS, at=MONDAY - timedelta(days=300))
    processing.look(old)
    run_jobs()

    assert durations.lately(office.version.procedure).ninetieth == DAY


def test_four_are_too_few_and_five_are_enough(office):
    took(office, *[DAY] * 4)
    assert not durations.lately(office.version.procedure).enough

    took_more = a_dossier(office, State.READY)
    durations.keep(took_more.pk)

    assert durations.lately(office.version.procedure).enough


def test_a_page_asks_one_statement_however_much_there_is(office, django_assert_num_queries):
    took(office, *range(1, 151))

    with django_assert_num_queries(1):
        assert durations.lately(office.version.procedure).of == 100


def test_counted_anew_it_is_the_same(office):
    for state in (State.READY, State.RETURNED, State.IN_PROGRESS, State.STOPPED):
        a_dossier(office, state)
    run_jobs()
    kept = list(Duration.objects.order_by("pk").values())

    assert durations.recount() == 2
    assert list(Duration.objects.order_by("pk").values()) == kept
