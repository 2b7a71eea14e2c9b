"""Deadlines of announcing and making public, and the end of a procedure."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from motcua.catalogue import announcing, searching
from motcua.catalogue.announcing import Kept
from motcua.catalogue.testing import a_keeper, a_procedure
from motcua.journal.models import Entry
from motcua.worktime.calendar import national_calendar

NOW = datetime(2021, 12, 20, 9, 0, tzinfo=timezone.get_default_timezone())
LAST_DAY, GONE = date(2021, 12, 31), date(2022, 1, 1)


def the_deadlines(**known):
    told = {"basis_effective_on": None, "decided_on": None, "public_on": None} | known
    return announcing.deadlines(national_calendar(), **told)


def kept(deadline, today=date(2023, 11, 1)):
    return deadline.kept(today, national_calendar())


def test_the_decision_is_signed_five_working_days_before_the_basis_takes_effect():
    (deadline,) = the_deadlines(basis_effective_on=date(2023, 11, 15))  # a Wednesday

    assert deadline.due == date(2023, 11, 8)


def test_a_procedure_is_public_within_five_working_days_of_its_decision():
    (deadline,) = the_deadlines(decided_on=date(2023, 4, 27))  # before the holidays of 29 April to 3 May

    assert deadline.due == date(2023, 5, 9)


@pytest.mark.parametrize(
    ("public_on", "today", "said"),
    [
        (date(2023, 5, 9), date(2023, 6, 1), Kept.ON_TIME),
        (date(2023, 5, 10), date(2023, 6, 1), Kept.LATE),
        (None, date(2023, 5, 10), Kept.LATE),
        (None, date(2023, 5, 9), Kept.DUE_SOON),
        (None, date(2023, 5, 5), Kept.DUE_SOON),
        (None, date(2023, 5, 4), Kept.OPEN),
    ],
)
def test_a_deadline_is_kept_missed_near_or_open(public_on, today, said):
    (deadline,) = the_deadlines(decided_on=date(2023, 4, 27), public_on=public_on)

    assert kept(deadline, today) == said


@pytest.mark.django_db
def test_a_retired_procedure_is_found_until_its_last_day():
    version = a_procedure()

    announcing.retire(version.procedure, from_day=GONE, decision="99/QĐ-UBND", by=a_keeper(), at=NOW)

    version.refresh_from_db()
    assert (version.valid_to, version.retired_by) == (LAST_DAY, "99/QĐ-UBND")
    assert searching.search("khai sinh", day=LAST_DAY)
    assert not searching.search("khai sinh", day=GONE)
    assert Entry.objects.get(event="procedure.retired").facts["last_day"] == "2021-12-31"


@pytest.mark.django_db
def test_a_procedure_is_retired_once_and_not_for_days_that_have_passed():
    thu, version = a_keeper(), a_procedure()

    with pytest.raises(announcing.TooEarly):
        announcing.retire(version.procedure, from_day=date(2021, 12, 19), decision="", by=thu, at=NOW)
    announcing.retire(version.procedure, from_day=GONE, decision="", by=thu, at=NOW)
    with pytest.raises(announcing.NotInForce):
        announcing.retire(version.procedure, from_day=GONE, decision="", by=thu, at=NOW)

    assert Entry.objects.filter(event="procedure.retired").count() == 1


@pytest.mark.django_db
def test_a_procedure_with_a_coming_version_is_not_retired_before_it():
    version = a_procedure()
    a_procedure(valid_from=date(2022, 6, 1), guidance="Bản mới")

    with pytest.raises(announcing.ComingVersion):
        announcing.retire(version.procedure, from_day=GONE, decision="", by=a_keeper(), at=NOW)


@pytest.mark.django_db
def test_a_retirement_is_taken_back_while_its_last_day_has_not_passed():
    thu, version = a_keeper(), a_procedure()
    announcing.retire(version.procedure, from_day=GONE, decision="99/QĐ-UBND", by=thu, at=NOW)

    announcing.reinstate(version.procedure, by=thu, at=NOW)

    version.refresh_from_db()
    assert (version.valid_to, version.retired_by) == (None, "")
    with pytest.raises(announcing.NotRetired):
        announcing.reinstate(version.procedure, by=thu, at=NOW)
