"""Who read a dossier is told once an hour."""

from datetime import timedelta

import pytest

from motcua.journal.models import Entry, Reading
from motcua.journal.reading import read

from .cast import NINE, Thing, a_person

pytestmark = pytest.mark.django_db


def test_a_reading_says_who_what_and_why():
    lan = a_person()

    read(Thing(), reader=lan, at=NINE + timedelta(minutes=17), purpose="xử lý hồ sơ")

    reading = Reading.objects.get()
    assert (reading.subject, reading.reader, reading.hour, reading.purpose) == ("thing:1", lan, NINE, "xử lý hồ sơ")


def test_looking_again_within_the_hour_adds_nothing():
    lan = a_person()
    for minute in (0, 1, 59):
        read(Thing(), reader=lan, at=NINE + timedelta(minutes=minute), purpose="xử lý hồ sơ")
    assert Reading.objects.count() == 1

    read(Thing(), reader=lan, at=NINE + timedelta(minutes=60), purpose="xử lý hồ sơ")

    assert Reading.objects.count() == 2


def test_every_officer_and_every_dossier_counts_for_itself():
    lan, hung = a_person(), a_person("hung")

    read(Thing(), reader=lan, at=NINE, purpose="xử lý hồ sơ")
    read(Thing(), reader=hung, at=NINE, purpose="xử lý hồ sơ")
    read(Thing("thing:2"), reader=lan, at=NINE, purpose="xử lý hồ sơ")

    assert Reading.objects.count() == 3


def test_a_reading_writes_no_line_of_the_journal():
    read(Thing(), reader=a_person(), at=NINE, purpose="xử lý hồ sơ")

    assert not Entry.objects.exists()
