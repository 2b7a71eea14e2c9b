from datetime import date, time

import pytest
from django.db import IntegrityError, transaction

from motcua.organisations.models import Agency, Closure, Level, OfficeHours, Place
from motcua.organisations.testing import a_place, a_unit, an_agency

pytestmark = pytest.mark.django_db


def refused(constraint):
    """The database itself says no, by the name of its rule."""
    return pytest.raises(IntegrityError, match=constraint)


@pytest.mark.parametrize(
    ("day", "is_there"),
    [("2021-05-31", False), ("2021-06-01", True), ("2025-06-30", True), ("2025-07-01", False)],
)
def test_a_place_exists_from_its_first_to_its_last_day(day, is_there):
    place = a_place(valid_from="2021-06-01", valid_to="2025-06-30")

    assert Place.objects.valid_on(date.fromisoformat(day)).filter(pk=place.pk).exists() == is_there


def test_what_has_no_last_day_exists_today():
    agency = an_agency()

    assert agency in Agency.objects.valid_on(date.today())


def test_a_code_may_live_on_with_another_area_from_another_day():
    old = a_place("Xã Hùng Đức", code="02449", valid_to="2025-06-30")
    new = a_place("Xã Hùng Đức", code="02449", valid_from="2025-07-01")

    with refused("a_place_code_starts_once_a_day"), transaction.atomic():
        a_place("Xã nào khác", code="02449", valid_from="2025-07-01")

    old.successors.add(new)
    assert list(new.predecessors.all()) == [old]


@pytest.mark.parametrize("code", ["8", "0818", "1234a", "xã 12"])
def test_a_place_has_an_official_code(code):
    with refused("a_place_code_is_an_official_one"):
        a_place(code=code)


@pytest.mark.parametrize("identifier", ["H60", "H60.03", "H60.31.07", "H60.01.01.02"])
def test_an_identifier_has_a_group_for_each_level(identifier):
    assert an_agency(identifier=identifier).identifier == identifier


@pytest.mark.parametrize("identifier", ["", "60", "h60", "H60.", "H60.3", "H60-03", "000.00.03.H60"])
def test_an_identifier_of_another_shape_is_refused(identifier):
    with refused("an_agency_identifier_has_its_shape"):
        an_agency(identifier=identifier)


@pytest.mark.parametrize("identifier", ["", "H60.03", "000.03.H60", "000.000.3.H60"])
def test_the_older_identifier_has_four_groups_of_fixed_length(identifier):
    with refused("an_agency_qcvn_identifier_has_its_shape"):
        an_agency(qcvn_identifier=identifier)


def test_no_two_agencies_begin_their_codes_alike():
    one = an_agency()

    with refused("an_agency_identifier_starts_once_a_day"), transaction.atomic():
        an_agency(identifier=one.identifier)
    with refused("an_agency_qcvn_identifier_starts_once_a_day"), transaction.atomic():
        an_agency(qcvn_identifier=one.qcvn_identifier)


def test_nothing_ends_before_it_begins():
    with refused("an_agency_ends_after_it_begins"), transaction.atomic():
        an_agency(valid_from="2021-06-01", valid_to="2021-05-31")
    with refused("a_unit_ends_after_it_begins"), transaction.atomic():
        a_unit(an_agency(), valid_from="2021-06-01", valid_to="2021-05-31")


def test_the_peoples_committees_of_a_level_are_the_ones_that_settle_there():
    commune = an_agency("UBND xã Bình Xa")
    an_agency("UBND huyện Hàm Yên", level=Level.DISTRICT)
    an_agency("Trạm Y tế xã Bình Xa", kind="DEPARTMENT")

    assert list(Agency.objects.peoples_committees(Level.COMMUNE)) == [commune]


def test_a_closure_needs_a_decision_and_is_made_once_a_day():
    Closure.objects.create(day=date(2023, 10, 24), reason="Bão số 3", legal_basis="CĐ 9/CĐ-UBND")

    with refused("an_agency_closes_once_a_day"), transaction.atomic():
        Closure.objects.create(day=date(2023, 10, 24), reason="Bão số 3", legal_basis="CĐ 9/CĐ-UBND")
    with refused("a_closure_has_a_legal_basis"), transaction.atomic():
        Closure.objects.create(day=date(2023, 10, 25), reason="Bão số 3", legal_basis="")


@pytest.mark.parametrize("season", ["02-29", "04-31", "13-01", "1-1", "10/16"])
def test_a_season_starts_on_a_day_that_every_year_has(season):
    with refused("a_season_starts_on_a_day_of_the_year"):
        OfficeHours.objects.create(
            agency=an_agency(), season_from=season, weekday=0, opens=time(7), closes=time(11), valid_from="2021-01-01"
        )
