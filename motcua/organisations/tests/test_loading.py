import csv
from datetime import date
from pathlib import Path

import pytest

from motcua.organisations import offices
from motcua.organisations.loading import BadTable, load_structure
from motcua.organisations.models import Agency, AgencyKind, Level, Place, Unit, UnitKind

pytestmark = pytest.mark.django_db

FACTS = Path(__file__).parents[2] / "demo" / "facts"
LAST_DAY, DAY_AFTER = date(2025, 6, 30), date(2025, 7, 1)


def table(name):
    with open(FACTS / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(*, open_ended):
    return load_structure(table("places"), table("agencies"), table("units"), open_ended=open_ended)


def everything():
    return [
        sorted(Place.objects.values_list()),
        sorted(Place.successors.through.objects.values_list()),
        sorted(Agency.objects.values_list()),
        sorted(Unit.objects.values_list()),
    ]


def place(code, since="2021-06-01"):
    return Place.objects.get(code=code, valid_from=since)


def test_the_province_of_2021_stands_in_its_three_levels():
    agencies = load(open_ended=False)

    assert len(agencies) == 170
    on_that_day = Place.objects.valid_on(date(2021, 12, 30))
    assert [on_that_day.filter(level=level).count() for level in ("PROVINCE", "DISTRICT", "COMMUNE")] == [1, 7, 138]
    commune = agencies["UBND-02200"]
    assert [commune.place.name, commune.place.parent.name] == ["Phường Phan Thiết", "Thành phố Tuyên Quang"]
    assert commune.parent == agencies["UBND-070"]
    assert commune.parent.parent == agencies["UBND"]
    assert (commune.identifier, commune.qcvn_identifier) == ("H60.31.01", "000.01.31.H60")


def test_districts_end_with_june_2025_and_have_no_successor():
    load(open_ended=False)

    districts = Place.objects.filter(level=Level.DISTRICT)
    assert districts.valid_on(LAST_DAY).count() == 7
    assert not districts.valid_on(DAY_AFTER).exists()
    assert not Place.objects.filter(predecessors__level=Level.DISTRICT).exists()
    assert not Agency.objects.valid_on(DAY_AFTER).filter(level=Level.DISTRICT).exists()
    assert not Unit.objects.valid_on(DAY_AFTER).filter(agency__level=Level.DISTRICT).exists()


def test_every_commune_of_2021_leads_to_one_of_2025():
    load(open_ended=False)

    communes = Place.objects.filter(level=Level.COMMUNE)
    assert communes.valid_on(DAY_AFTER).count() == 124
    assert communes.valid_on(LAST_DAY).filter(successors=None).count() == 0
    successors = place("02200").successors.all()
    assert [(one.code, one.valid_from, one.parent.level) for one in successors] == [("02215", DAY_AFTER, "PROVINCE")]
    assert set(place("02215", "2025-07-01").predecessors.values_list("code", flat=True)) >= {"02200", "02215"}


def test_a_code_that_lives_on_is_its_own_successor_with_another_row():
    load(open_ended=False)

    province = place("08")
    assert province.valid_to == LAST_DAY
    assert [one.valid_from for one in province.successors.all()] == [DAY_AFTER]


def test_the_demonstration_runs_the_structure_of_2021_without_an_end():
    agencies = load(open_ended=True)

    assert Place.objects.count() == 146
    assert not Place.objects.exclude(valid_to=None).exists()
    assert not Place.successors.through.objects.exists()
    today = date.today()
    assert Agency.objects.valid_on(today).count() == len(agencies) == 170
    assert not Unit.objects.exclude(valid_to=None).exists()


def test_the_agencies_at_the_centre_are_received_for_there():
    agencies = load(open_ended=True)
    day = date(2021, 12, 30)

    assert offices.reception_agency(agencies["STP"], day) == agencies["TTPVHCC"]
    assert offices.reception_agency(agencies["UBND-02200"], day) == agencies["UBND-02200"]
    assert sum(agency.at_centre for agency in agencies.values()) == 20


def test_every_peoples_committee_of_a_level_has_the_units_of_that_level():
    load(open_ended=True)

    committees = Agency.objects.filter(kind=AgencyKind.PEOPLES_COMMITTEE)
    for level in (Level.DISTRICT, Level.COMMUNE):
        for committee in committees.filter(level=level).prefetch_related("units"):
            kinds = {unit.kind for unit in committee.units.all()}
            assert kinds == set(UnitKind.values) - {UnitKind.CONTROL}, committee
    assert Unit.objects.count() == 96 + (7 + 138) * 5


@pytest.mark.parametrize("open_ended", [True, False])
def test_loading_twice_changes_nothing(open_ended):
    first = load(open_ended=open_ended)
    before = everything()

    again = load(open_ended=open_ended)

    assert everything() == before
    assert {key: agency.pk for key, agency in again.items()} == {key: agency.pk for key, agency in first.items()}


def test_what_an_office_has_corrected_since_is_left_alone():
    agencies = load(open_ended=True)
    Agency.objects.filter(pk=agencies["STP"].pk).update(short_name="Tư pháp")

    assert load(open_ended=True)["STP"].short_name == "Tư pháp"


def test_the_whole_province_takes_few_statements(django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        load(open_ended=False)


@pytest.mark.parametrize(
    ("name", "column", "reason"),
    [("places", "parent", "mã 999"), ("agencies", "parent", "cấp trên “999”"), ("units", "agency", "cơ quan “999”")],
)
def test_a_row_that_leads_nowhere_is_named_and_nothing_is_loaded(name, column, reason):
    tables = {one: table(one) for one in ("places", "agencies", "units")}
    tables[name][-1][column] = "999"

    with pytest.raises(BadTable, match=reason):
        load_structure(**tables, open_ended=False)

    assert not Place.objects.exists()
