"""Every procedure that the demonstration tells in full is published with form and process."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from motcua.catalogue import cases, completeness
from motcua.catalogue.complete import NoSuchUnit, load_complete
from motcua.catalogue.models import ProcedureVersion, Process
from motcua.catalogue.processes import WrongProcess
from motcua.catalogue.publishing import told_of
from motcua.organisations.models import AgencyKind, Level, UnitKind
from motcua.organisations.testing import a_unit, an_agency

pytestmark = pytest.mark.django_db

DAY = date(2021, 12, 1)
FILES = sorted(Path(settings.BASE_DIR, "motcua/demo/facts/complete").glob("*.json"))


def read(file):
    return json.loads(file.read_text(encoding="utf-8"))


def an_agency_for(data):
    """The agency the file names, with the units of its process; its desk is the centre's."""
    if data["agency"] is None:
        return None
    agency = an_agency(data["agency"], level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT, at_centre=True)
    centre = an_agency("Trung tâm", level=Level.PROVINCE, kind=AgencyKind.CENTRE)
    for kind, name in {(step["unit"], step["unit_name"]) for step in data["process"]}:
        a_unit(centre if kind == UnitKind.ONE_STOP else agency, kind, name)
    return agency


def test_there_are_files_to_load():
    assert len(FILES) >= 40


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_is_loaded_whole_and_a_second_time_changes_nothing(file):
    data = read(file)
    agency = an_agency_for(data)

    version = load_complete(data, agency=agency, day=DAY)

    assert (version.code, version.name, version.agency) == (data["code"], data["name"], agency)
    assert version.form == data["form"]
    assert [paper.key for paper in version.components.all()] == [paper["key"] for paper in data["components"]]
    assert version.terms.count() == len(data["terms"])
    assert version.guidance.splitlines() == data["plain_words"]
    assert version.decision == data["decision"]
    assert [(relief.kind, relief.who) for relief in version.reliefs.all()] == [
        (relief["kind"], relief["who"]) for relief in data.get("reliefs", [])
    ]
    assert completeness.missing(told_of(version)) == []
    process = version.process()
    assert [step.unit_name for step in process.steps.all()] == [step["unit_name"] for step in data["process"]]
    assert process.steps.filter(is_approval=True).count() == 1
    assert all((step.unit is None) == (agency is None) for step in process.steps.select_related("unit"))

    assert load_complete(data, agency=agency, day=date(2022, 1, 1)) == version
    assert Process.objects.count() == 1


def test_people_read_the_order_of_the_work_from_filing_to_the_result():
    data = next(data for data in map(read, FILES) if data["code"] == "1.000656")

    version = load_complete(data, agency=None, day=DAY)

    first, second, *_, last = version.sequence.splitlines()
    assert first == "Bước 1. Chuẩn bị giấy tờ và nộp trực tiếp, trực tuyến hoặc qua bưu chính công ích."
    assert second == "Bước 2. Bộ phận Một cửa: Nhận hồ sơ, đối chiếu giấy tờ, chuyển công chức chuyên môn."
    assert last == "Bước 6. Nhận kết quả theo giấy hẹn."


def test_papers_of_a_case_are_asked_in_that_case_only():
    data = next(data for data in map(read, FILES) if data["code"] == "1.001699")

    version = load_complete(data, agency=None, day=DAY)

    first, again = cases.of(version)
    assert [paper.key for paper in cases.papers(version, again)] == ["don_lai", "giay_cu"]
    assert {paper.key for paper in cases.papers(version, first)} == {"don", "giay_to_y_te", "ket_luan"}


def test_the_reception_step_of_an_agency_at_the_centre_is_the_centres():
    data = next(data for data in map(read, FILES) if data["agency"])
    agency = an_agency_for(data)

    version = load_complete(data, agency=agency, day=DAY)

    assert version.process().steps.get(position=1).unit.agency.kind == AgencyKind.CENTRE
    assert version.process().steps.get(position=2).unit.agency == agency


def test_a_unit_nobody_knows_is_named_and_nothing_is_left_behind():
    data = next(data for data in map(read, FILES) if data["agency"])
    agency = an_agency_for(data)
    agency.units.all().delete()

    with pytest.raises(NoSuchUnit, match=f"Không có bộ phận “.+” ở {agency.name}"):
        load_complete(data, agency=agency, day=DAY)

    assert not ProcedureVersion.objects.exists()


def test_a_process_longer_than_the_term_is_refused_and_nothing_is_left_behind():
    data = read(FILES[0])
    data["process"][1]["hours"] = 1000

    with pytest.raises(WrongProcess, match="vượt thời hạn"):
        load_complete(data, agency=an_agency_for(data), day=DAY)

    assert not ProcedureVersion.objects.exists()
