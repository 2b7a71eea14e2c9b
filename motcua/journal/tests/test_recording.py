"""One line a step, in the transaction of the step, and whoever listens is told by a job."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.journal import recording
from motcua.journal.models import Entry
from motcua.journal.recording import digest, listens, record
from motcua.journal.tasks import UnknownListener, tell
from motcua.journal.testing import events, run_jobs, waiting
from motcua.journal.verifying import verify

from .cast import NINE, Thing, a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def listeners(monkeypatch):
    """Only those who listen within this test."""
    monkeypatch.setattr(recording, "LISTENERS", {})
    monkeypatch.setattr("motcua.journal.tasks.LISTENERS", recording.LISTENERS)
    return recording.LISTENERS


def test_a_line_says_what_about_whom_by_whom_and_when():
    lan = a_person()

    record("thing.made", about=Thing(), by=lan, at=NINE, code="H60-1", papers=3)

    line = Entry.objects.get()
    assert (line.subject, line.number, line.event, line.actor, line.at) == ("thing:1", 1, "thing.made", lan, NINE)
    assert line.facts == {"code": "H60-1", "papers": 3}
    assert line.previous_hash == ""


def test_the_line_given_back_is_the_line_that_was_written():
    given = record("thing.made", about=Thing(), by=None, at=NINE, words="đã nhận “một cửa” \\ 😀", none=None, yes=True)

    kept = Entry.objects.get()
    assert {**vars(given), "_state": 0} == {**vars(kept), "_state": 0}


def test_lines_about_one_thing_are_a_chain():
    first, second = (record("thing.made", about=Thing(), by=None, at=NINE) for _ in range(2))

    assert (first.number, second.number) == (1, 2)
    assert second.previous_hash == first.hash
    assert first.hash != second.hash


def test_every_thing_has_a_chain_of_its_own():
    record("thing.made", about=Thing("thing:1"), by=None, at=NINE)
    other = record("thing.made", about=Thing("thing:2"), by=None, at=NINE)

    assert (other.number, other.previous_hash) == (1, "")


def test_the_database_computes_the_hash_that_is_checked_later():
    for second, zone in enumerate((UTC, NINE.tzinfo, timezone(timedelta(hours=-3, minutes=-30)))):
        at = datetime(2023, 10, 23, 9, 0, second, 123456 * second, tzinfo=zone)
        record(
            "thing.made", about=Thing("hồ sơ:ế"), by=a_person(f"{second}"), at=at, words="Tuyên Quang", ids=[3, 1, 2]
        )

    assert [digest(line) for line in Entry.objects.all()] == [line.hash for line in Entry.objects.all()]


def test_a_line_is_written_in_one_statement(django_assert_num_queries):
    lan = a_person()

    with django_assert_num_queries(1):
        record("thing.made", about=Thing(), by=lan, at=NINE)


@pytest.mark.django_db(transaction=True)
def test_a_line_outside_a_step_is_refused():
    with pytest.raises(transaction.TransactionManagementError):
        record("thing.made", about=Thing(), by=None, at=NINE)

    assert not Entry.objects.exists()


def test_facts_the_journal_cannot_spell_leave_no_line():
    with pytest.raises(TypeError):
        record("thing.made", about=Thing(), by=None, at=NINE, day=NINE.date())

    assert not Entry.objects.exists()


def test_whoever_listens_is_told_by_a_job_of_its_own(listeners):
    told = []

    @listens("thing.made")
    def one(entry):
        told.append(("one", entry.number))

    @listens("thing.made")
    @listens("thing.lost")
    def other(entry):
        told.append(("other", entry.number))

    record("thing.made", about=Thing(), by=None, at=NINE)
    record("thing.lost", about=Thing(), by=None, at=NINE)
    record("thing.kept", about=Thing(), by=None, at=NINE)

    assert told == []  # nothing happens inside the step
    assert len(waiting()) == 3
    assert run_jobs() == 3
    assert told == [("one", 1), ("other", 1), ("other", 2)]


def test_two_listeners_cost_one_statement(listeners, django_assert_num_queries):
    listens("thing.made")(lambda entry: None)
    listens("thing.made")(lambda entry: None)

    with django_assert_num_queries(2):
        record("thing.made", about=Thing(), by=None, at=NINE)


def test_a_rollback_takes_the_line_and_its_jobs(listeners):
    listens("thing.made")(lambda entry: None)

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record("thing.made", about=Thing(), by=None, at=NINE)
        assert waiting()
        _ = 1 / 0

    assert events(Thing()) == []
    assert waiting() == []


def test_a_listener_that_fails_is_called_again(listeners):
    tries = []

    @listens("thing.made")
    def second_time_lucky(entry):
        tries.append(entry.number)
        if len(tries) == 1:
            raise ConnectionError

    record("thing.made", about=Thing(), by=None, at=NINE)

    with pytest.raises(ConnectionError):
        run_jobs()
    assert run_jobs() == 1  # it was still there
    assert tries == [1, 1]
    assert tell.get_retry_exception(ConnectionError(), ProcrastinateJob(attempts=1)) is not None


def test_a_job_for_a_listener_nobody_knows_fails_and_names_it(listeners):
    entry = record("thing.made", about=Thing(), by=None, at=NINE)

    with pytest.raises(UnknownListener, match=r"motcua\.gone\.away no longer listens to thing\.made"):
        tell("motcua.gone.away", entry.pk)


@pytest.mark.django_db(transaction=True)
def test_two_lines_at_once_without_the_lock_do_not_fork_the_chain():
    start, refused = threading.Barrier(8), []

    def write():
        try:
            with transaction.atomic():
                start.wait()
                record("thing.made", about=Thing(), by=None, at=NINE)
        except IntegrityError:
            refused.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    numbers = list(Entry.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 8 - len(refused) + 1))
    assert list(verify()) == []
