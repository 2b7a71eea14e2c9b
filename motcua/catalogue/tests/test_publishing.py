"""Versions follow each other; what we wrote ourselves is kept, what a dossier uses is not touched."""

from datetime import date

import pytest
from django.apps import apps
from django.utils import timezone

from motcua.catalogue import processes
from motcua.catalogue.models import Channel, Procedure, ProcedureVersion
from motcua.catalogue.publishing import CHANGED, CREATED, UNCHANGED, InUse, Told, TooOld, publish
from motcua.catalogue.testing import FORM, steps
from motcua.organisations.testing import an_agency

pytestmark = pytest.mark.django_db

NEW_YEAR, SUMMER = date(2021, 1, 1), date(2021, 6, 1)


def told(code="1.001193", **more):
    """An announcement; what is not told is ordinary."""
    return Told(
        **{
            "code": code,
            "name": "Đăng ký khai sinh",
            "field": "Hộ tịch",
            "level": "COMMUNE",
            "terms": [{"channel": "DIRECT", "amount": 5, "unit": "WORKING_DAYS"}],
            "components": [{"position": 1, "key": "giay_1", "name": "Giấy chứng sinh", "originals": 1}],
            "fees": [{"position": 1, "amount": 8000}],
            "results": [{"position": 1, "name": "Giấy khai sinh"}],
            "legal_bases": [{"position": 1, "number": "60/2014/QH13", "title": "Luật Hộ tịch"}],
        }
        | more
    )


def versions(code="1.001193"):
    return list(ProcedureVersion.objects.filter(procedure__code=code).order_by("valid_from"))


def test_the_first_announcement_makes_procedure_field_and_version():
    assert publish([told()], day=NEW_YEAR) == [CREATED]

    (version,) = versions()
    assert (version.name, version.field.name, version.level, version.levels) == (
        "Đăng ký khai sinh",
        "Hộ tịch",
        "COMMUNE",
        ["COMMUNE"],
    )
    assert (version.valid_from, version.valid_to) == (NEW_YEAR, None)
    assert version.components.get().name == "Giấy chứng sinh"
    assert version.fees.get().amount == 8000
    assert version.results.get().name == "Giấy khai sinh"
    assert version.legal_bases.get().title == "Luật Hộ tịch"
    assert version.terms.get().channel == Channel.DIRECT


def test_the_same_announcement_again_changes_nothing():
    publish([told()], day=NEW_YEAR)
    before = versions()

    assert publish([told()], day=SUMMER) == [UNCHANGED]
    assert versions() == before


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Đăng ký khai sinh lại"},
        {"field": "Tư pháp"},
        {"terms": []},
        {"components": []},
        {"fees": []},
        {"legal_bases": []},
        {"keywords": "khai sinh"},
        {"online": True},
    ],
)
def test_whatever_changes_makes_a_version_that_follows(change):
    publish([told()], day=NEW_YEAR)

    assert publish([told(**change)], day=SUMMER) == [CHANGED]

    before, after = versions()
    assert (before.valid_from, before.valid_to) == (NEW_YEAR, date(2021, 5, 31))
    assert (after.valid_from, after.valid_to) == (SUMMER, None)
    assert before.components.count() == 1  # the old one still tells what it told


def test_what_we_wrote_ourselves_goes_over_where_the_announcement_is_silent():
    agency = an_agency()
    publish([told(guidance="Rất dễ.", life_events=["Có con nhỏ"], form=FORM, agency=agency)], day=NEW_YEAR)

    publish([told(name="Tên mới")], day=SUMMER)

    after = versions()[-1]
    assert (after.guidance, after.life_events, after.form, after.agency) == ("Rất dễ.", ["Có con nhỏ"], FORM, agency)


def test_what_the_announcement_tells_goes_before_ours():
    publish([told(guidance="Cũ.", form=FORM)], day=NEW_YEAR)

    publish([told(guidance="Mới.")], day=SUMMER)

    assert versions()[-1].guidance == "Mới."
    assert versions()[-1].form == FORM


def test_the_process_goes_over_when_it_fits_the_new_term():
    publish([told()], day=NEW_YEAR)
    processes.issue(versions()[0], steps())

    publish([told(name="Tên mới")], day=SUMMER)

    before, after = versions()
    assert processes.rows(after.process()) == processes.rows(before.process())
    assert after.process() != before.process()


def test_a_process_too_long_for_the_new_term_stays_behind():
    publish([told()], day=NEW_YEAR)
    processes.issue(versions()[0], steps())

    publish([told(terms=[{"channel": "DIRECT", "amount": 1, "unit": "WORKING_HOURS"}])], day=SUMMER)

    assert versions()[-1].process() is None


def test_the_general_process_is_written_anew_for_a_new_version():
    publish([told()], day=NEW_YEAR)
    processes.general(versions()[0])

    publish([told(name="Tên mới")], day=SUMMER)

    assert versions()[-1].process() is None


def test_a_version_of_the_same_day_that_nobody_uses_gives_way():
    publish([told(guidance="Rất dễ.")], day=NEW_YEAR)

    assert publish([told(name="Tên mới")], day=NEW_YEAR) == [CHANGED]

    (version,) = versions()
    assert (version.name, version.guidance) == ("Tên mới", "Rất dễ.")


def test_a_version_in_use_by_a_dossier_is_not_replaced():
    publish([told()], day=NEW_YEAR)
    (version,) = versions()
    agency, now = an_agency(), timezone.now()
    # Dossiers lie above the catalogue, so their model is asked for by name.
    apps.get_model("dossiers", "Dossier").objects.create(
        procedure_version=version,
        agency=agency,
        reception_agency=agency,
        channel="DIRECT",
        created_at=now,
        saved_at=now,
    )

    with pytest.raises(InUse):
        publish([told(name="Tên mới"), told("1.000894")], day=NEW_YEAR)

    assert versions() == [version]
    assert versions()[0].name == "Đăng ký khai sinh"
    assert versions("1.000894") == []  # all or none
    assert publish([told(name="Tên mới")], day=SUMMER) == [CHANGED]


def test_nothing_is_announced_from_a_day_before_the_newest_version():
    publish([told()], day=SUMMER)

    with pytest.raises(TooOld):
        publish([told(name="Tên mới")], day=NEW_YEAR)

    assert [version.name for version in versions()] == ["Đăng ký khai sinh"]


def test_a_version_that_had_ended_is_not_made_longer():
    publish([told()], day=NEW_YEAR)
    ProcedureVersion.objects.update(valid_to=date(2021, 2, 28))

    publish([told(name="Tên mới")], day=SUMMER)

    assert versions()[0].valid_to == date(2021, 2, 28)


def test_many_are_announced_in_few_statements(django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        publish([told(f"1.{n:06d}") for n in range(100)], day=NEW_YEAR)

    assert Procedure.objects.count() == 100
