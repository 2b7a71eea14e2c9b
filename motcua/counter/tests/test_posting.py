"""At the desk: what came by post, what goes by post, and what the post says (bưu chính công ích)."""

import pytest
from django.urls import reverse

from motcua.catalogue.models import Channel
from motcua.counter.testing import address, at_the_desk, what_is_typed
from motcua.dossiers import moving, posting
from motcua.dossiers.models import ClockOwner, Dossier, ReturnBy, State
from motcua.dossiers.testing import MONDAY, a_dossier, a_one_stop, a_walk_in, to_the_end

pytestmark = pytest.mark.usefixtures("monday")


def text(response):
    return response.content.decode()


def test_what_came_by_post_is_received_with_its_number_and_day(office):
    desk, page = at_the_desk(office.reception), f"/motcua/tiep-nhan/{office.version.code}/"
    sent = what_is_typed(office, posted_number="CP 1 VN")

    lacking = desk.post(page, sent)
    assert lacking.status_code == 422
    assert "Hãy ghi ngày gửi theo dấu bưu điện." in text(lacking)
    assert "CP 1 VN" in text(lacking)
    assert desk.post(page, sent | {"posted_on": "20/10/2023"}).status_code == 302

    dossier = Dossier.objects.get()
    assert dossier.channel == Channel.POST
    assert dossier.clock.first().owner_kind == ClockOwner.POST
    assert "Bưu gửi CP1VN" in text(desk.get(address(dossier)))


def test_a_result_goes_by_post_waits_in_its_list_and_is_handed_over_when_it_was_delivered(office):
    dossier = a_dossier(office, State.READY, return_by=ReturnBy.POST, return_address="Thôn Khuổi Phát")
    desk = at_the_desk(office.reception)
    at_the_counter = text(desk.get(address(dossier, "hand_over")))
    assert "Tại nhà, qua bưu chính công ích</label>" not in at_the_counter

    said = desk.post(address(dossier, "post_result"), {"number": "RR 7 VN"}, follow=True)

    assert "Đã ghi nhận giao kết quả cho bưu điện." in text(said)
    assert dossier.code in text(desk.get(reverse("counter:posted")))
    assert dossier.code not in text(desk.get(reverse("counter:ready")))
    refused = desk.post(address(dossier, "post_result"), {"number": "RR 8 VN"})
    assert refused.status_code == 422
    assert "đang ở bưu điện" in text(refused)
    done = desk.post(address(dossier, "hand_over"), {"method": "POST", "recipient_name": dossier.owner_name})
    assert done.status_code == 302
    dossier.refresh_from_db()
    assert dossier.state == State.RETURNED
    assert "Bưu gửi RR7VN" in text(desk.get(address(dossier)))


def test_what_the_post_could_not_deliver_comes_back_with_its_reason(office):
    dossier = posting.post_result(a_dossier(office, State.READY), number="RR7", by=office.reception, at=MONDAY)
    desk = at_the_desk(office.reception)

    assert "Hãy ghi vì sao bưu điện không phát được." in text(desk.post(address(dossier, "take_back"), {"reason": ""}))
    desk.post(address(dossier, "take_back"), {"reason": "Sai địa chỉ."})

    assert dossier.code in text(desk.get(reverse("counter:ready")))
    assert "Sai địa chỉ." in text(desk.get(address(dossier)))


def test_papers_go_by_post_only_to_another_house_and_whoever_settles_notes_that_they_came(office):
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    here, there = a_dossier(office, State.ACCEPTED), a_walk_in(office)
    there = moving.send_elsewhere(there, agency=other.agency, reason="Cư trú ở đó.", by=office.reception, at=MONDAY)
    desk, settling = at_the_desk(office.reception), at_the_desk(other.officer)
    assert 'name="postal_number"' not in text(desk.get(address(here)))
    page = text(desk.get(address(there)))
    assert 'name="postal_number"' in page

    desk.post(
        address(there, "hand_to_agency"),
        {"at_step": there.step_intervals.get(ended_at=None).pk, "postal_number": "CP 5"},
    )

    waiting = text(settling.get(address(there)))
    assert "Hồ sơ giấy đang ở bưu điện" in waiting
    assert "Đã nhận hồ sơ giấy từ bưu điện" in waiting
    settling.post(address(there, "note_arrival"))
    there.refresh_from_db()
    assert not there.at_post
    assert to_the_end(there, other, at=MONDAY).state == State.READY


def test_both_sides_sign_a_receipt_of_what_was_handed_over(office):
    dossier = a_dossier(office, State.READY)
    desk = at_the_desk(office.reception)
    assert desk.get(address(dossier, "return_receipt")).status_code == 404
    told = {
        "method": "COUNTER",
        "recipient_name": dossier.owner_name,
        "recipient_phone": "0900000001",
        "taken_back": "Giấy khai sinh cũ số 12",
    }

    page = text(desk.post(address(dossier, "hand_over"), told, follow=True))

    assert "In giấy biên nhận ở mục Phiếu." in page
    assert address(dossier, "return_receipt") in page
    assert "Giấy khai sinh cũ số 12" in page
    receipt = desk.get(address(dossier, "return_receipt"))
    assert (receipt["Content-Type"], receipt["Cache-Control"]) == ("application/pdf", "private, no-store")
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    assert at_the_desk(other.reception).get(address(dossier, "return_receipt")).status_code == 404
