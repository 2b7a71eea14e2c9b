"""What was altered behind the product's back is named."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from motcua.journal import verifying
from motcua.journal.models import Entry
from motcua.journal.recording import record
from motcua.journal.verifying import Break, verify

from .cast import NINE, Thing, set_guard

pytestmark = pytest.mark.django_db

EVENTS = ("thing.made", "thing.moved", "thing.mended", "thing.kept")


@pytest.fixture
def chain():
    """Two things with four lines each, and a database owner who has put the guards aside."""
    for event in EVENTS:
        for thing in (Thing("thing:1"), Thing("thing:2")):
            record(event, about=thing, by=None, at=NINE, step=7)
    set_guard("an_entry_is_final", on=False)


def lines(number, subject="thing:1"):
    return Entry.objects.filter(subject=subject, number=number)


def test_an_untouched_journal_is_whole(chain):
    assert list(verify()) == []


@pytest.mark.parametrize(
    "change", [{"event": "thing.lost"}, {"facts": {"step": 8}}, {"at": NINE.replace(hour=8)}, {"facts": {}}]
)
def test_an_altered_line_is_named(chain, change):
    lines(2).update(**change)

    assert list(verify()) == [Break("thing:1", 2, "nội dung không khớp mã băm")]


def test_a_line_altered_with_its_hash_breaks_the_next_one(chain):
    line = lines(2).get()
    line.event = "thing.lost"
    lines(2).update(event=line.event, hash=verifying.digest(line))

    assert list(verify()) == [Break("thing:1", 3, "không nối với dòng trước")]


def test_a_line_dropped_from_the_beginning_or_the_middle_is_named(chain):
    lines(1).delete()
    lines(3, "thing:2").delete()

    assert list(verify()) == [Break("thing:1", 2, "thiếu dòng 1"), Break("thing:2", 4, "thiếu dòng 3")]


def test_a_dropped_line_stays_seen_when_the_rest_is_numbered_anew(chain):
    lines(2).delete()
    lines(3).update(number=2)
    lines(4).update(number=3)

    assert {place.number for place in verify()} == {2, 3}


def test_a_line_moved_to_another_thing_is_named(chain):
    lines(4).update(subject="thing:2", number=5)

    assert [(place.subject, place.number) for place in verify()] == [("thing:2", 5), ("thing:2", 5)]


def test_a_dropped_last_line_is_not_seen(chain):
    """The limit of a chain, told in the docstring: only a copy of the last hash kept elsewhere tells it."""
    lines(4).delete()

    assert list(verify()) == []


def test_one_thing_may_be_asked_alone(chain):
    lines(2).update(event="thing.lost")

    assert list(verify("thing:2")) == []
    assert len(list(verify("thing:1"))) == 1


def test_the_journal_is_read_in_batches_and_none_is_left_out(chain, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(verifying, "BATCH", 3)
    lines(4, "thing:2").update(event="thing.lost")

    with django_assert_num_queries(4):  # 3 + 3 + 2, and one that finds nothing more
        found = list(verify())

    assert found == [Break("thing:2", 4, "nội dung không khớp mã băm")]


def test_the_command_says_that_all_is_well(chain):
    said = StringIO()

    call_command("verify_journal", stdout=said)

    assert "Nhật ký nguyên vẹn: 8 dòng." in said.getvalue()


def test_the_command_names_every_break_and_fails(chain):
    lines(2).update(event="thing.lost")
    lines(3, "thing:2").delete()
    said = StringIO()

    with pytest.raises(CommandError, match="Nhật ký bị đứt ở 2 chỗ"):
        call_command("verify_journal", stderr=said)

    assert said.getvalue().splitlines() == [
        "thing:1 dòng 2: nội dung không khớp mã băm",
        "thing:2 dòng 4: thiếu dòng 3",
    ]
