"""A dossier is of one case, and a ministry's procedure is not filed here (trường hợp; hệ thống tập trung của bộ)."""

import pytest

from motcua.catalogue.publishing import numbered
from motcua.catalogue.testing import FEES, LOST, PAPERS, SPOILED
from motcua.dossiers import intake, papers, slips
from motcua.dossiers.models import CodeCounter, Dossier, State
from motcua.dossiers.testing import MONDAY, a_dossier, a_draft, a_one_stop, a_stored_file, a_walk_in, owner
from motcua.organisations.models import Level
from motcua.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return a_one_stop(components=PAPERS, fees=numbered(FEES))


def names(dossier):
    return [paper.name for paper in dossier.papers.all()]


def test_a_draft_of_a_case_asks_only_its_papers_and_all_of_them(office):
    draft = intake.begin(office.version, agency=office.agency, by=office.citizen, at=MONDAY)
    assert len(names(draft)) == 3

    draft = intake.choose_case(draft, LOST, by=office.citizen, at=MONDAY)

    assert names(draft) == ["Đơn đề nghị", "Đơn trình báo mất giấy"]
    lacking = [one.what for one in intake.missing(draft) if one.where.startswith("paper")]
    assert lacking == ["Đơn đề nghị", "Đơn trình báo mất giấy"]


def test_a_paper_sent_under_another_case_stays(office):
    draft = intake.begin(office.version, agency=office.agency, by=office.citizen, at=MONDAY)
    draft = intake.choose_case(draft, LOST, by=office.citizen, at=MONDAY)
    lost = draft.papers.get(component__case=LOST)
    papers.add(lost, a_stored_file(), name="trinh-bao.pdf", by=office.citizen, at=MONDAY)

    draft = intake.choose_case(draft, SPOILED, by=office.citizen, at=MONDAY)

    assert names(draft) == ["Đơn đề nghị", "Đơn trình báo mất giấy", "Giấy cũ"]
    assert "Đơn trình báo mất giấy" not in [one.what for one in intake.missing(draft)]
    draft = intake.choose_case(draft, LOST, by=office.citizen, at=MONDAY)
    assert names(draft) == ["Đơn đề nghị", "Đơn trình báo mất giấy"]
    assert draft.papers.get(component__case=LOST).files.get().name == "trinh-bao.pdf"


def test_who_does_not_know_the_case_is_asked_as_before(office):
    draft = a_draft(office)

    draft = intake.choose_case(draft, "", by=office.citizen, at=MONDAY)

    assert len(names(draft)) == 3
    assert intake.missing(draft) == []


def test_a_case_the_procedure_does_not_have_is_refused_and_nothing_changes(office):
    draft = a_draft(office)

    with pytest.raises(intake.NoSuchCase):
        intake.choose_case(draft, "Trường hợp khác", by=office.citizen, at=MONDAY)

    draft.refresh_from_db()
    assert draft.case == ""
    assert len(names(draft)) == 3


def test_a_filed_dossier_keeps_its_case(office):
    filed = a_dossier(office, State.SUBMITTED)

    with pytest.raises(Refusal):
        intake.choose_case(filed, LOST, by=office.citizen, at=MONDAY)

    filed.refresh_from_db()
    assert filed.case == ""


def test_the_receipt_names_the_fee_of_the_case(office):
    lost, unknown = (a_walk_in(office, case=case) for case in (LOST, ""))

    assert slips._fee(lost) == "Lệ phí cấp lại: 400.000 đồng"
    assert slips._fee(unknown) == ""  # the officer writes in what is to be paid


def test_the_term_of_the_level_that_settles_is_promised(office):
    office.version.terms.create(channel="DIRECT", level=Level.COMMUNE, amount=1, unit="WORKING_DAYS")
    office.version.terms.create(channel="DIRECT", level=Level.PROVINCE, amount=30, unit="WORKING_DAYS")

    dossier = a_walk_in(office)

    assert dossier.due_at.date().isoformat() == "2023-10-24"


def test_what_a_ministry_settles_is_neither_drafted_filed_nor_received_here(office):
    draft = a_draft(office)
    version = office.version
    version.routing, version.system_name = "MINISTRY", "Hệ thống cấp hộ chiếu của Bộ Công an"
    version.system_url = "https://dichvucong.bocongan.gov.vn/"
    version.save()
    draft.procedure_version = version

    for step in (
        lambda: intake.begin(version, agency=office.agency, by=office.citizen, at=MONDAY),
        lambda: intake.submit(draft, by=office.citizen, at=MONDAY),
        lambda: intake.receive(
            version, agency=office.agency, by=office.reception, at=MONDAY, papers=[], **owner(office)
        ),
    ):
        with pytest.raises(intake.AtMinistry, match="Bộ Công an” tại https://dichvucong.bocongan.gov.vn/"):
            step()

    assert list(Dossier.objects.values_list("state", flat=True)) == [State.DRAFT]
    assert not CodeCounter.objects.exists()
