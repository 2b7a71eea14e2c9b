from datetime import date

import pytest

from motcua.organisations import offices
from motcua.organisations.models import AgencyKind, Level, UnitKind
from motcua.organisations.testing import a_place, a_unit, an_agency
from motcua.refusal import Refusal

pytestmark = pytest.mark.django_db

DAY = date(2023, 10, 23)


def a_department(**told):
    return an_agency("Sở Tư pháp", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT, **told)


def a_centre(name="Trung tâm Phục vụ hành chính công", *, level=Level.PROVINCE, **told):
    return an_agency(name, level=level, kind=AgencyKind.CENTRE, **told)


def test_an_agency_that_sits_at_the_centre_is_received_for_there():
    department, centre = a_department(at_centre=True), a_centre()

    assert offices.reception_agency(department, DAY) == centre


def test_any_other_agency_receives_for_itself():
    a_centre()
    department = a_department(at_centre=False)

    assert offices.reception_agency(department, DAY) == department


def test_the_centre_of_a_commune_receives_for_no_department_and_for_no_other_commune():
    here, there = a_place("Phường Nông Tiến"), a_place("Phường Minh Xuân")
    centre_there = a_centre("Trung tâm PVHCC phường Minh Xuân", level=Level.COMMUNE, place=there)
    centre_here = a_centre("Trung tâm PVHCC phường Nông Tiến", level=Level.COMMUNE, place=here)
    in_the_same_place = a_department(at_centre=True, place=there)

    assert offices.reception_agency(an_agency(at_centre=True, place=here), DAY) == centre_here
    assert offices.reception_agency(an_agency(at_centre=True, place=there), DAY) == centre_there
    with pytest.raises(offices.NoCentre):
        offices.reception_agency(in_the_same_place, DAY)


@pytest.mark.parametrize(("open_from", "open_to"), [(date(2023, 10, 24), None), (date(2021, 9, 1), date(2023, 10, 22))])
def test_a_centre_that_is_not_open_that_day_receives_nothing(open_from, open_to):
    a_centre(valid_from=open_from, valid_to=open_to)

    with pytest.raises(offices.NoCentre):
        offices.reception_agency(a_department(at_centre=True), DAY)


def test_the_unit_is_found_by_its_name_or_is_the_first_of_its_kind(django_assert_num_queries):
    department = a_department()
    first = a_unit(department, UnitKind.PROFESSIONAL, "Phòng Công chứng")
    second = a_unit(department, UnitKind.PROFESSIONAL, "Phòng Hành chính tư pháp")
    a_unit(an_agency(), UnitKind.PROFESSIONAL, "Phòng Công chứng")

    assert offices.unit_for(department, UnitKind.PROFESSIONAL, "", DAY) == first
    assert offices.unit_for(department, UnitKind.PROFESSIONAL, "Phòng Hành chính tư pháp", DAY) == second
    with django_assert_num_queries(1):
        assert offices.unit_for(department, UnitKind.PROFESSIONAL, "", DAY).agency == department


def test_a_unit_that_was_dissolved_is_not_found():
    department = a_department()
    a_unit(department, UnitKind.ONE_STOP, "Tổ một cửa cũ", valid_to=date(2023, 10, 22))
    now = a_unit(department, UnitKind.ONE_STOP, "Bộ phận Một cửa", valid_from=DAY)

    assert offices.one_stop_unit(department, DAY) == now


def test_a_missing_unit_is_a_refusal_that_names_agency_and_unit():
    department = a_department()
    a_unit(department, UnitKind.CLERK)

    with pytest.raises(Refusal, match="Sở Tư pháp chưa có “Phòng Công chứng”"):
        offices.unit_for(department, UnitKind.PROFESSIONAL, "Phòng Công chứng", DAY)
    with pytest.raises(offices.NoUnit, match="“Bộ phận Một cửa”"):
        offices.one_stop_unit(department, DAY)
