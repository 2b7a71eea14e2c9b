"""The desk notes what it took and the receipt it gave (thu phí, lệ phí)."""

from uuid import uuid4

import pytest

from motcua.catalogue import cases
from motcua.catalogue.testing import FEES, LOST, PAPERS, a_procedure
from motcua.counter.testing import address, at_the_desk, what_is_typed
from motcua.dossiers import collecting
from motcua.dossiers.collecting import Line
from motcua.dossiers.models import Dossier, FeeReceipt
from motcua.dossiers.testing import TUESDAY, a_walk_in

pytestmark = pytest.mark.usefixtures("monday")
RELIEFS = [
    {"position": 1, "kind": "GIAM", "who": "Hộ nghèo", "percent": 50, "fee": "", "channel": "", "legal_basis": "NQ 1"},
    {"position": 2, "kind": "MIEN", "who": "Người có công", "fee": "", "channel": "", "legal_basis": "NQ 1"},
]


def text(response):
    return response.content.decode()


@pytest.fixture
def dossier(office):
    office.version = a_procedure("2.001234", name="Cấp lại giấy phép", components=PAPERS, fees=FEES, reliefs=RELIEFS)
    return a_walk_in(office, case=LOST)


def fee_of(dossier):
    return dossier.procedure_version.fees.get(case=LOST)


def test_the_page_asks_what_the_catalogue_asks_of_this_case(office, dossier):
    page = text(at_the_desk(office.reception).get(address(dossier, "collect_fee")))

    assert "Mức thu 400.000 đ" in page
    assert "200.000" not in page
    assert "Giảm 50%: Hộ nghèo (NQ 1)" in page


def test_what_was_taken_stands_at_the_dossier_with_its_receipt(office, dossier):
    desk = at_the_desk(office.reception)

    desk.post(address(dossier, "collect_fee"), {f"taken_{fee_of(dossier).pk}": "400.000", "number": "0001"})

    page = text(desk.get(address(dossier)))
    assert "Đã thu 400.000 đ, biên lai 0001" in page
    assert "Lệ phí cấp lại: 400.000 đ" in page
    assert FeeReceipt.objects.get().taken_by == office.reception


@pytest.mark.parametrize(("who", "taken"), [("Hộ nghèo", 200_000), ("Người có công", 0)])
def test_a_relief_is_counted_by_the_house(office, dossier, who, taken):
    fee, relief = fee_of(dossier), dossier.procedure_version.reliefs.get(who=who)
    typed = {f"taken_{fee.pk}": "400000", f"relief_{fee.pk}": relief.pk, "number": "0001" if taken else ""}

    at_the_desk(office.reception).post(address(dossier, "collect_fee"), typed)

    assert FeeReceipt.objects.get().amount == taken


def test_without_its_receipt_nothing_is_noted_and_what_was_typed_stays(office, dossier):
    typed = {f"taken_{fee_of(dossier).pk}": "400.000", "other_what": "Phí bản sao", "other_taken": "2.000"}

    refused = at_the_desk(office.reception).post(address(dossier, "collect_fee"), typed)

    assert refused.status_code == 422
    assert "hãy ghi số biên lai" in text(refused)
    assert "Phí bản sao" in text(refused)
    assert not FeeReceipt.objects.exists()


def test_a_receipt_is_cancelled_with_a_reason_and_stays_on_the_page(office, dossier):
    receipt = collecting.collect(
        dossier, lines=[Line("Lệ phí", 400_000, 400_000)], number="0001", by=office.reception, at=TUESDAY
    )
    desk = at_the_desk(office.reception)
    href = address(dossier, "cancel_receipt", receipt.pk)

    assert desk.post(href, {"why": ""}).status_code == 422
    desk.post(href, {"why": "Ghi nhầm số tiền"})

    page = text(desk.get(address(dossier)))
    assert "Đã hủy biên lai 0001" in page
    assert "Ghi nhầm số tiền" in page


def test_who_settles_sees_the_receipt_and_changes_nothing(office, dossier):
    receipt = collecting.collect(
        dossier, lines=[Line("Lệ phí", 400_000, 400_000)], number="0001", by=office.reception, at=TUESDAY
    )
    officer = at_the_desk(office.officer)

    page = text(officer.get(address(dossier)))
    assert "biên lai 0001" in page
    assert "Hủy biên lai…" not in page
    assert officer.get(address(dossier, "collect_fee")).status_code == 403
    assert officer.post(address(dossier, "cancel_receipt", receipt.pk), {"why": "Thử"}).status_code == 403
    assert FeeReceipt.objects.get().cancelled_at is None


def received(office, version, **told):
    desk = at_the_desk(office.reception)
    return desk.post(f"/motcua/tiep-nhan/{version.code}/", what_is_typed(office, version, **told), follow=True)


def test_money_taken_while_the_person_stands_there_is_noted_with_the_reception(office):
    version = a_procedure("2.001234", name="Cấp lại giấy phép", components=PAPERS, fees=FEES)
    told = {"case": cases.key(LOST), "receipt_number": "0007", "reception": str(uuid4())}

    asked = text(at_the_desk(office.reception).get("/motcua/tiep-nhan/2.001234/"))
    received(office, version, **told)
    received(office, version, **told)  # pressed twice

    assert "Số biên lai" not in asked  # no sum before the case is chosen
    receipt = FeeReceipt.objects.get()
    assert (receipt.number, receipt.amount, receipt.dossier.code) == ("0007", 400_000, Dossier.objects.get().code)


def test_a_receipt_number_given_before_leaves_the_dossier_received_and_says_that_no_money_is_noted(office):
    version = a_procedure("2.001234", name="Cấp lại giấy phép", components=PAPERS, fees=FEES)
    told = {"case": cases.key(LOST), "receipt_number": "0007"}
    received(office, version, **told)

    page = text(received(office, version, **told | {"owner_name": "Hà Văn Khác", "owner_id_number": "008190009999"}))

    assert "đã được tiếp nhận" in page and "Chưa ghi nhận tiền đã thu" in page
    assert Dossier.objects.count() == 2 and FeeReceipt.objects.count() == 1
