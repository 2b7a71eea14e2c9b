"""At the desk: the papers and fees of the case, who is exempt, and what a ministry receives itself."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from motcua.catalogue import cases
from motcua.catalogue.models import Relief
from motcua.catalogue.publishing import numbered
from motcua.catalogue.testing import FEES, LOST, PAPERS, SPOILED
from motcua.counter.testing import at_the_desk, what_is_typed
from motcua.dossiers.models import CodeCounter, Dossier
from motcua.dossiers.testing import PDF, a_one_stop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def office():
    told = a_one_stop(components=PAPERS, fees=numbered(FEES))
    Relief.objects.create(
        version=told.version, position=1, kind="MIEN", who="Trẻ em", legal_basis="85/2019/TT-BTC, Điều 5"
    )
    return told


def page_of(office):
    return f"/motcua/tiep-nhan/{office.version.code}/"


def text(response):
    return response.content.decode()


def typed(office, case, **more):
    """What is on the page of a case: only its papers."""
    sent = what_is_typed(office, case=cases.key(case) if case else "", **more)
    shown = {str(paper.pk) for paper in cases.papers(office.version, case)}
    return {name: value for name, value in sent.items() if "s_" not in name or name.rpartition("_")[2] in shown}


def test_the_officer_sees_the_papers_the_fees_and_who_is_exempt(office):
    desk = at_the_desk(office.reception)

    before = text(desk.get(page_of(office)))
    chosen = text(desk.post(page_of(office), {"case_chosen": "1", "case": cases.key(LOST), "owner_name": "Lý A Pao"}))

    assert "Giấy cũ" in before and "400.000 đ" in before and "200.000 đ" in before
    assert "Đơn trình báo mất giấy" in chosen and "Giấy cũ" not in chosen
    assert "400.000 đ" in chosen and "200.000 đ" not in chosen
    assert "Miễn: Trẻ em" in chosen and "85/2019/TT-BTC" in chosen
    assert 'value="Lý A Pao"' in chosen  # what was typed stays


def test_a_dossier_is_received_with_its_case_and_its_fee_stands_on_the_receipt(office):
    desk = at_the_desk(office.reception)

    desk.post(page_of(office), typed(office, LOST))

    dossier = Dossier.objects.get()
    assert dossier.case == LOST
    assert [paper.name for paper in dossier.papers.all()] == ["Đơn đề nghị", "Đơn trình báo mất giấy"]


def test_the_paper_of_the_case_must_be_there(office):
    lost = office.version.components.get(case=LOST)

    refused = at_the_desk(office.reception).post(
        page_of(office), typed(office, LOST) | {f"originals_{lost.pk}": "0", f"copies_{lost.pk}": "0"}
    )

    assert refused.status_code == 422
    assert "“Đơn trình báo mất giấy” là giấy tờ bắt buộc" in text(refused)
    assert not Dossier.objects.exists()


def test_what_was_scanned_under_another_case_comes_along(office):
    desk = at_the_desk(office.reception)
    lost = office.version.components.get(case=LOST)
    scan = SimpleUploadedFile("trinh-bao.pdf", PDF, content_type="application/pdf")

    page = text(desk.post(page_of(office), {"case_chosen": "1", "case": cases.key(SPOILED), f"tep-{lost.pk}": scan}))

    assert "Đã nhận trinh-bao.pdf" in page and "Giấy cũ" in page
    kept = re.search(rf'name="giu-{lost.pk}" value="([^"]+)"', page)[1]
    desk.post(page_of(office), typed(office, SPOILED) | {f"giu-{lost.pk}": kept})
    dossier = Dossier.objects.get()
    assert dossier.case == SPOILED
    assert dossier.papers.get(component=lost).files.get().name == "trinh-bao.pdf"


def test_a_case_that_does_not_exist_is_as_none(office):
    desk = at_the_desk(office.reception)

    desk.post(page_of(office), what_is_typed(office, case="bịa"))

    assert Dossier.objects.get().case == ""


def test_what_a_ministry_settles_is_not_received_but_people_are_told_where_to_go(office):
    version = office.version
    version.routing, version.system_name = "MINISTRY", "Cổng dịch vụ công Bộ Công an"
    version.system_url = "https://dichvucong.bocongan.gov.vn/"
    version.save()
    desk = at_the_desk(office.reception)

    assert version.name in text(desk.get("/motcua/tiep-nhan/?tim=khai sinh"))
    for page in (desk.get(page_of(office)), desk.post(page_of(office), typed(office, ""))):
        assert "Không tiếp nhận tại quầy này" in text(page)
        assert "https://dichvucong.bocongan.gov.vn/" in text(page)
    assert not Dossier.objects.exists() and not CodeCounter.objects.exists()
