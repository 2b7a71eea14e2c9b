"""What both sides sign when a result is handed over (giấy biên nhận trả kết quả; one-stop.md §2.11)."""

import pytest

from motcua.dossiers import posting, results, return_note
from motcua.dossiers.models import ReturnBy, State
from motcua.dossiers.testing import TUESDAY, WEDNESDAY, a_dossier, a_one_stop

pytestmark = pytest.mark.django_db


def test_the_receipt_says_who_gave_what_to_whom_and_what_was_taken_back():
    office = a_one_stop()
    dossier = a_dossier(office, State.READY)
    dossier = results.hand_over(
        dossier,
        method=ReturnBy.COUNTER,
        recipient_name="Lý A Pao",
        recipient_phone="0900000001",
        taken_back=" Giấy khai sinh cũ số 12 ",
        by=office.reception,
        at=TUESDAY,
    )

    sheet = return_note.sheet(dossier.hand_over)

    facts = dict(sheet.facts)
    assert facts["Người nhận"] == "Lý A Pao · 0900000001"
    assert facts["Giấy tờ gốc thu lại"] == "Giấy khai sinh cũ số 12"
    assert facts["Số, ký hiệu"] == dossier.decision.number
    assert "Giấy ủy quyền" not in facts
    assert (sheet.giver, sheet.receiver) == ("Nguyễn Thị Lan", "Lý A Pao")
    assert return_note.pdf(dossier.hand_over).startswith(b"%PDF")


def test_the_receipt_of_a_result_that_went_by_post_names_its_number():
    office = a_one_stop()
    dossier = posting.post_result(a_dossier(office, State.READY), number="RR 7", by=office.reception, at=TUESDAY)
    dossier = results.hand_over(
        dossier, method=ReturnBy.POST, recipient_name="Lý Thị Mỷ", by=office.reception, at=WEDNESDAY
    )

    assert dict(return_note.sheet(dossier.hand_over).facts)["Cách trả"].endswith("mã bưu gửi RR7")
