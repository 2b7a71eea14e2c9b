"""A person in front of you: found, written down once, received with a receipt (tiếp nhận trực tiếp)."""

import pytest

from motcua.catalogue.testing import a_procedure
from motcua.counter.testing import address, at_the_desk, what_is_typed
from motcua.dossiers.models import CodeCounter, Dossier, Paper, Slip, SlipKind, State
from motcua.dossiers.testing import PDF, a_one_stop
from motcua.organisations.models import AgencyKind, Level, UnitKind
from motcua.organisations.testing import a_unit, an_agency

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


def page_of(office):
    return f"/motcua/tiep-nhan/{office.version.code}/"


def test_a_person_is_received_and_the_receipt_is_a_pdf_with_the_code(office):
    desk = at_the_desk(office.reception)

    answer = desk.post(page_of(office), what_is_typed(office), follow=True)

    dossier = Dossier.objects.get()
    assert answer.redirect_chain[-1][0].split("?")[0] == address(dossier, "received")
    assert dossier.code in answer.content.decode()
    assert dossier.state == State.ACCEPTED
    slip = Slip.objects.get()
    assert slip.kind == SlipKind.RECEIPT
    receipt = desk.get(address(dossier, "slip", slip.pk))
    assert b"".join(receipt).startswith(b"%PDF")
    assert receipt["X-Content-Type-Options"] == "nosniff"


def test_a_wrong_field_keeps_everything_typed_and_takes_no_number(office):
    answer = at_the_desk(office.reception).post(page_of(office), what_is_typed(office, owner_name="", phone="12"))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Hãy ghi họ tên chủ hồ sơ." in page
    assert "Thôn Khuổi Phát" in page and "Lý Gia Bảo" in page
    assert not Dossier.objects.exists()
    assert not CodeCounter.objects.exists()


def test_the_same_page_sent_twice_receives_once(office):
    desk = at_the_desk(office.reception)
    typed = what_is_typed(office, reception="6b0e9f0e-7a0c-4a7e-9c43-0d8f3a1f2b77")

    first, second = desk.post(page_of(office), typed), desk.post(page_of(office), typed)

    assert Dossier.objects.count() == 1
    assert first.url.split("?")[0] == second.url.split("?")[0]


def test_papers_are_written_down_as_they_were_counted(office):
    birth, identity, mandate = office.version.components.all()
    typed = what_is_typed(office) | {
        f"originals_{birth.pk}": "2",
        f"copies_{birth.pk}": "1",
        f"originals_{identity.pk}": "1",
        f"originals_{mandate.pk}": "0",
        f"copies_{mandate.pk}": "0",
    }

    at_the_desk(office.reception).post(page_of(office), typed)

    counted = list(Paper.objects.values_list("component_id", "originals", "copies"))
    assert (birth.pk, 2, 1) in counted
    assert mandate.pk not in [component for component, _, _ in counted]


def test_a_scanned_card_fills_in_the_person(office):
    card = "008085001234|121234567|Nguyễn Thị Ánh Tuyết|05091990|Nữ|Thôn Khuổi Phát, xã Hùng Đức|01012022"

    page = at_the_desk(office.reception).post(page_of(office), {"qr": card, "read": "1"}).content.decode()

    for fact in ("008085001234", "Nguyễn Thị Ánh Tuyết", "05/09/1990", "Thôn Khuổi Phát, xã Hùng Đức"):
        assert fact in page
    assert not Dossier.objects.exists()


def test_something_else_scanned_is_told_and_keeps_the_rest(office):
    page = (
        at_the_desk(office.reception)
        .post(page_of(office), {"qr": "https://example.vn/khong-phai-the", "read": "1", "owner_name": "Ma Thị Dung"})
        .content.decode()
    )

    assert "Ma Thị Dung" in page
    assert not Dossier.objects.exists()


def test_a_desk_receives_only_its_own_procedures(office):
    a_procedure("1.001456", name="Cấp hộ chiếu phổ thông", agency=an_agency("Công an tỉnh", level=Level.PROVINCE))
    desk = at_the_desk(office.reception)

    assert "1.001456" not in desk.get("/motcua/tiep-nhan/", {"tim": "ho chieu"}).content.decode()
    assert desk.get("/motcua/tiep-nhan/1.001456/").status_code in (403, 404)


def test_the_centre_receives_for_the_agencies_that_sit_there():
    centre = a_one_stop("Trung tâm Phục vụ hành chính công")
    centre.agency.kind, centre.agency.level = AgencyKind.CENTRE, Level.PROVINCE
    centre.agency.save()
    police = an_agency("Công an tỉnh", level=Level.PROVINCE, kind=AgencyKind.VERTICAL, at_centre=True)
    for kind in (UnitKind.PROFESSIONAL, UnitKind.LEADERS, UnitKind.CLERK):
        a_unit(police, kind)
    centre.version = a_procedure("1.001456", name="Cấp hộ chiếu phổ thông", agency=police, level=Level.PROVINCE)

    at_the_desk(centre.reception).post(page_of(centre), what_is_typed(centre))

    dossier = Dossier.objects.get()
    assert (dossier.agency, dossier.reception_agency) == (police, centre.agency)
    assert dossier.code.startswith(police.qcvn_identifier)


def test_a_scan_sent_with_the_papers_is_kept_with_its_paper(office, tmp_path):
    birth = office.version.components.first()
    from django.core.files.uploadedfile import SimpleUploadedFile

    scan = SimpleUploadedFile("quét trang 1.pdf", PDF, content_type="application/pdf")

    at_the_desk(office.reception).post(page_of(office), what_is_typed(office) | {f"tep-{birth.pk}": scan})

    file = Dossier.objects.get().papers.get(component=birth).files.get()
    assert file.name == "quét trang 1.pdf"
