import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from motcua.accounts.models import Assignment
from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.counter.showing import WAYS
from motcua.counter.testing import address, at_the_desk
from motcua.dossiers import opinions, processing, supplement
from motcua.dossiers.models import Decision, Dossier, HandOver, PaymentRequest, SlipKind, State, SupplementRequest
from motcua.dossiers.testing import MONDAY, PDF, TUESDAY, a_dossier, a_walk_in, at_step, it_is
from motcua.files.models import StoredFile
from motcua.journal.testing import events
from motcua.organisations.models import UnitKind
from motcua.organisations.testing import a_unit, an_agency


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    """The day after everything was filed."""
    it_is(monkeypatch, TUESDAY)


def text(response):
    return response.content.decode()


def to_the_leader(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    return processing.do_step(dossier, at_step=at_step(dossier), by=office.officer, at=MONDAY + timedelta(hours=4))


def to_the_clerk(office):
    dossier = to_the_leader(office)
    return processing.approve(
        dossier,
        at_step=at_step(dossier),
        granted=True,
        number="12/TLKS",
        by=office.leader,
        at=MONDAY + timedelta(hours=5),
    )


# What goes well ------------------------------------------------------------------------------------------------------


def test_an_online_filing_is_accepted(office):
    dossier = a_dossier(office, State.SUBMITTED)

    response = at_the_desk(office.reception).post(address(dossier, "accept"), follow=True)

    dossier.refresh_from_db()
    assert dossier.state == State.ACCEPTED
    assert "Đã tiếp nhận hồ sơ. Hẹn trả Thứ Ba 31/10/2023, 09:00." in text(response)
    assert dossier.slips.filter(kind=SlipKind.RECEIPT).exists()


def test_an_online_filing_is_refused_with_a_reason_and_a_slip(office):
    dossier = a_dossier(office, State.SUBMITTED)

    at_the_desk(office.reception).post(
        address(dossier, "refuse"), {"reason": "Không thuộc thẩm quyền.", "legal_basis": "Luật Hộ tịch, Điều 13"}
    )

    dossier.refresh_from_db()
    assert dossier.state == State.REFUSED
    assert dossier.ending.reason == "Không thuộc thẩm quyền."
    assert dossier.slips.filter(kind=SlipKind.REFUSAL).exists()


def test_a_dossier_is_handed_to_the_agency_with_a_word(office):
    dossier = a_dossier(office, State.ACCEPTED)

    response = at_the_desk(office.reception).post(
        address(dossier, "hand_to_agency"),
        {"at_step": at_step(dossier), "note": "Ưu tiên, người cao tuổi"},
        follow=True,
    )

    dossier.refresh_from_db()
    assert dossier.state == State.IN_PROGRESS
    assert dossier.step_intervals.get(step__position=1).note == "Ưu tiên, người cao tuổi"
    assert "Hồ sơ đã chuyển đến Công chức Tư pháp - Hộ tịch." in text(response)


def test_a_step_is_done_returned_done_again_and_approved_and_the_result_goes_to_the_counter_and_its_owner(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    officer, leader, clerk, reception = map(
        at_the_desk, (office.officer, office.leader, office.clerk, office.reception)
    )

    officer.post(address(dossier, "do_step"), {"at_step": at_step(dossier), "note": "Trình ký"})
    leader.post(address(dossier, "return_step"), {"at_step": at_step(dossier), "reason": "Ghi thiếu ngày sinh"})
    officer.post(address(dossier, "do_step"), {"at_step": at_step(dossier)})
    leader.post(
        address(dossier, "approve"),
        {"at_step": at_step(dossier), "granted": "1", "number": "15/TLKS", "ket-qua": a_pdf("ket-qua.pdf", b"%result")},
    )
    clerk.post(address(dossier, "finish"), {"at_step": at_step(dossier)})
    page = text(reception.get(address(dossier, "hand_over")))
    reception.post(address(dossier, "hand_over"), {"method": "COUNTER", "recipient_name": "Lý A Pao"})

    dossier.refresh_from_db()
    assert dossier.state == State.RETURNED
    assert (dossier.decision.number, dossier.decision.file_name) == ("15/TLKS", "ket-qua.pdf")
    assert 'value="Lý A Pao"' in page  # the owner stands there already
    assert dossier.hand_over.recipient_name == "Lý A Pao"
    assert events(dossier)[-6:] == [
        "dossier.step_done",
        "dossier.step_returned",
        "dossier.step_done",
        "dossier.approved",
        "dossier.finished",
        "dossier.returned",
    ]


def a_pdf(name="giay.pdf", salt=b""):
    return SimpleUploadedFile(name, PDF + salt, content_type="application/pdf")


def test_a_supplement_is_asked_for_item_by_item(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    paper = dossier.papers.first()

    at_the_desk(office.officer).post(
        address(dossier, "request_supplement"),
        {
            f"paper_{paper.pk}": "Chụp cả mặt sau",
            "field_ten_con": "Viết đủ chữ đệm",
            "other_1": "Mang theo bản chính",
            "reason": "Chưa đủ để thẩm định",
            "answer_by": "2023-11-06",
        },
    )

    asked = SupplementRequest.objects.get(dossier=dossier)
    assert [(item.paper_id, item.field, item.what) for item in asked.items.all()] == [
        (paper.pk, "", "Chụp cả mặt sau"),
        (None, "ten_con", "Viết đủ chữ đệm"),
        (None, "", "Mang theo bản chính"),
    ]
    assert f"{asked.answer_by:%d/%m/%Y}" == "06/11/2023"
    assert dossier.slips.filter(kind=SlipKind.SUPPLEMENT).exists()


def test_the_rule_set_suggests_until_when_to_answer(office):
    dossier = a_dossier(office, State.IN_PROGRESS)

    page = text(at_the_desk(office.officer).get(address(dossier, "request_supplement")))

    assert 'value="2023-11-03"' in page  # ten days after Tuesday 24/10


def test_what_was_brought_to_the_counter_is_recorded_with_its_scan_and_the_corrected_field(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    paper = dossier.papers.first()
    supplement.request(
        dossier,
        items=[supplement.Item("Mặt sau", paper=paper), supplement.Item("Chữ đệm", field="ten_con")],
        reason="Thiếu",
        by=office.officer,
        at=MONDAY + timedelta(hours=4),
    )

    response = at_the_desk(office.reception).post(
        address(dossier, "record_answer"),
        {f"tep-{paper.pk}": a_pdf("mat-sau.pdf", b"%2"), "ten_con": "Lý Gia Bảo An", "note": "Mang bản chính"},
        follow=True,
    )

    dossier.refresh_from_db()
    assert dossier.state == State.IN_PROGRESS
    assert dossier.form["ten_con"] == "Lý Gia Bảo An"
    assert paper.files.filter(added_by=office.reception, name="mat-sau.pdf").exists()
    assert "Đã ghi nhận bổ sung." in text(response)


def test_money_is_asked_for_and_its_payment_confirmed(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    officer = at_the_desk(office.officer)

    officer.post(address(dossier, "request_payment"), {"amount": "35.000", "reason": "Lệ phí"})
    asked = PaymentRequest.objects.get(dossier=dossier)
    page = text(officer.get(address(dossier)))
    at_the_desk(office.reception).post(address(dossier, "settle_payment"), {"receipt_number": "BL 0012"})

    dossier.refresh_from_db()
    assert asked.amount == 35_000
    assert "Chờ nộp 35.000 đ" in page
    assert dossier.state == State.IN_PROGRESS
    assert PaymentRequest.objects.get(dossier=dossier).receipt_number == "BL 0012"


def test_a_dossier_is_withdrawn_and_another_stopped(office):
    withdrawn, stopped = a_dossier(office, State.ACCEPTED), a_dossier(office, State.IN_PROGRESS)

    at_the_desk(office.reception).post(address(withdrawn, "withdraw"), {"reason": "Người nộp đổi ý"})
    at_the_desk(office.leader).post(
        address(stopped, "stop"), {"reason": "Không còn điều kiện", "legal_basis": "Điều 5"}
    )

    withdrawn.refresh_from_db()
    stopped.refresh_from_db()
    assert (withdrawn.state, stopped.state) == (State.WITHDRAWN, State.STOPPED)


# What is refused -----------------------------------------------------------------------------------------------------


def test_an_act_is_done_once_however_often_it_is_sent(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    desk, step = at_the_desk(office.officer), at_step(dossier)

    first = desk.post(address(dossier, "do_step"), {"at_step": step})
    second = desk.post(address(dossier, "do_step"), {"at_step": step})

    assert (first.status_code, second.status_code) == (302, 422)
    assert events(dossier).count("dossier.step_done") == 1
    assert dossier.step_intervals.filter(ended_at=None).count() == 1


def test_of_two_officers_with_the_same_page_the_second_reads_who_did_what(office):
    dossier = to_the_leader(office)
    colleague = a_second_leader(office)
    step = at_step(dossier)
    at_the_desk(office.leader).post(address(dossier, "approve"), {"at_step": step, "granted": "1", "number": "15/TLKS"})

    response = at_the_desk(colleague).post(
        address(dossier, "approve"),
        {"at_step": step, "granted": "0", "number": "16/TLKS", "summary": "Thiếu điều kiện"},
    )

    assert response.status_code == 422
    assert (
        "Hồ sơ đã sang bước khác sau khi bạn mở trang này. Trần Quốc Toản đã phê duyệt kết quả lúc 09:00 ngày 24/10/2023."
        in text(response)
    )
    assert "Thiếu điều kiện" in text(response)  # what was typed is still there
    assert Decision.objects.get(dossier=dossier).number == "15/TLKS"


def a_second_leader(office):
    return an_officer(office.leaders, Role.LEADER, "Lương Văn Đạt")


def test_a_page_of_an_earlier_round_is_not_taken_for_the_same_step(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    old = at_step(dossier)
    dossier = processing.do_step(dossier, at_step=old, by=office.officer, at=TUESDAY)
    processing.return_step(dossier, at_step=at_step(dossier), reason="Xem lại", by=office.leader, at=TUESDAY)

    response = at_the_desk(office.officer).post(address(dossier, "do_step"), {"at_step": old})

    assert response.status_code == 422
    assert "Trần Quốc Toản đã trả hồ sơ về bước trước" in text(response)


REASONS = {
    "refuse": (State.SUBMITTED, "reception", {"reason": " "}, "Hãy ghi rõ lý do"),
    "return_step": (State.IN_PROGRESS, "officer", {"reason": ""}, "Hãy ghi rõ lý do"),
    "request_payment": (State.IN_PROGRESS, "officer", {"amount": "0", "reason": "Phí"}, "lớn hơn 0 đồng"),
    "withdraw": (State.ACCEPTED, "reception", {"reason": ""}, "Hãy ghi lý do người nộp nêu"),
    "stop": (State.IN_PROGRESS, "leader", {"reason": ""}, "Hãy ghi rõ lý do dừng giải quyết"),
    "hand_over": (State.READY, "reception", {"method": "COUNTER", "recipient_name": ""}, "Hãy ghi họ tên người nhận"),
    "settle_payment": (State.AWAITING_PAYMENT, "reception", {"receipt_number": ""}, "Hãy ghi số biên lai"),
    "request_supplement": (
        State.IN_PROGRESS,
        "officer",
        {"reason": "Thiếu", "answer_by": "2023-11-06"},
        "Chưa có nội dung nào cần bổ sung",
    ),
}


@pytest.mark.parametrize("act", REASONS)
def test_an_act_without_its_words_says_what_is_missing_and_leaves_nothing_behind(office, act):
    state, who, typed, said = REASONS[act]
    dossier = a_dossier(office, state)
    before = events(dossier)

    response = at_the_desk(getattr(office, who)).post(address(dossier, act), typed)

    dossier.refresh_from_db()
    assert response.status_code == 422
    assert said in text(response)
    assert dossier.state == state
    assert events(dossier) == before


def test_the_step_judges_what_the_form_cannot_know_and_the_words_stay(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    paper = dossier.papers.first()

    response = at_the_desk(office.officer).post(
        address(dossier, "request_supplement"),
        {f"paper_{paper.pk}": "Chụp cả mặt sau", "reason": "Chưa rõ", "answer_by": "2023-10-24"},
    )

    assert response.status_code == 422
    assert "Hạn bổ sung phải sau ngày hôm nay." in text(response)
    assert 'value="Chụp cả mặt sau"' in text(response)
    assert not SupplementRequest.objects.exists()


def test_asking_twice_is_refused_before_anything_is_typed(office):
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    supplement.answer(dossier, by=office.reception, at=TUESDAY)

    response = at_the_desk(office.officer).get(address(dossier, "request_supplement"))

    assert response.status_code == 422
    assert "Hồ sơ này đã được yêu cầu bổ sung một lần" in text(response)
    assert 'name="reason"' not in text(response)


def test_whoever_prepared_a_result_does_not_approve_it(office):
    Assignment.objects.create(
        person=office.officer, unit=office.leaders, role=Role.LEADER, valid_from=MONDAY.date() - timedelta(days=9)
    )
    dossier = to_the_leader(office)

    response = at_the_desk(office.officer).post(
        address(dossier, "approve"), {"at_step": at_step(dossier), "granted": "1", "number": "15/TLKS"}
    )

    assert response.status_code == 422
    assert "Người soạn kết quả không được tự phê duyệt" in text(response)
    assert not Decision.objects.exists()


def test_a_refusal_to_settle_needs_its_reason(office):
    dossier = to_the_leader(office)

    response = at_the_desk(office.leader).post(
        address(dossier, "approve"), {"at_step": at_step(dossier), "granted": "0", "number": "15/TLKS"}
    )

    assert response.status_code == 422
    assert "Văn bản từ chối giải quyết phải ghi rõ lý do." in text(response)


def test_a_result_file_is_sent_once_even_when_the_number_was_forgotten(office):
    dossier = to_the_leader(office)
    desk = at_the_desk(office.leader)

    refused = text(
        desk.post(
            address(dossier, "approve"),
            {"at_step": at_step(dossier), "granted": "1", "number": "", "ket-qua": a_pdf("quyet-dinh.pdf", b"%result")},
        )
    )
    word = re.search(r'name="giu" value="([^"]+)"', refused)[1]
    desk.post(
        address(dossier, "approve"), {"at_step": at_step(dossier), "granted": "1", "number": "15/TLKS", "giu": word}
    )

    assert "Đã nhận tệp <b>quyet-dinh.pdf</b>" in refused
    assert Decision.objects.get(dossier=dossier).file_name == "quyet-dinh.pdf"


def test_a_word_for_a_kept_file_is_worth_nothing_to_somebody_else(office):
    dossier = to_the_leader(office)
    refused = text(
        at_the_desk(office.leader).post(
            address(dossier, "approve"),
            {"at_step": at_step(dossier), "granted": "1", "ket-qua": a_pdf(salt=b"%result")},
        )
    )
    word = re.search(r'name="giu" value="([^"]+)"', refused)[1]

    at_the_desk(a_second_leader(office)).post(
        address(dossier, "approve"),
        {"at_step": at_step(dossier), "granted": "1", "number": "16/TLKS", "giu": [word, "1:bịa"]},
    )

    assert Decision.objects.get(dossier=dossier).file is None


def test_a_file_that_is_no_paper_is_refused_and_nothing_approved(office):
    dossier = to_the_leader(office)
    wrong = SimpleUploadedFile("ket-qua.pdf", b"MZ\x90\x00 no paper", content_type="application/pdf")

    response = at_the_desk(office.leader).post(
        address(dossier, "approve"),
        {"at_step": at_step(dossier), "granted": "1", "number": "15/TLKS", "ket-qua": wrong},
    )

    assert response.status_code == 422
    assert "không thuộc loại được nhận" in text(response)
    assert not Decision.objects.exists()


def test_when_the_answer_is_refused_no_scan_stays_in_the_dossier(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    paper = dossier.papers.first()
    supplement.request(
        dossier,
        items=[supplement.Item("Mặt sau", paper=paper), supplement.Item("Chữ đệm", field="ten_con")],
        reason="Thiếu",
        by=office.officer,
        at=MONDAY + timedelta(hours=4),
    )
    before = paper.files.count()
    other = SimpleUploadedFile("mat-sau.pdf", PDF + b"%other", content_type="application/pdf")

    response = at_the_desk(office.reception).post(
        address(dossier, "record_answer"), {f"tep-{paper.pk}": other, "ten_con": ""}
    )

    assert response.status_code == 422
    assert "Hãy điền “Họ, chữ đệm, tên của con”." in text(response)
    assert paper.files.count() == before
    assert StoredFile.objects.count() >= 2  # kept for the next try, but in no dossier
    assert f'name="giu-{paper.pk}"' in text(response)


def test_an_act_of_another_state_is_refused_with_the_dossier_as_it_is_now(office):
    dossier = a_walk_in(office)

    response = at_the_desk(office.reception).post(address(dossier, "accept"))

    assert response.status_code == 422
    assert "Hồ sơ đang ở trạng thái “Được tiếp nhận”. Nguyễn Thị Lan đã tiếp nhận hồ sơ" in text(response)


def test_a_result_is_handed_over_once(office):
    dossier = a_dossier(office, State.READY)
    desk = at_the_desk(office.reception)
    typed = {"method": "COUNTER", "recipient_name": "Lý A Pao"}

    first, second = (desk.post(address(dossier, "hand_over"), typed) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 422)
    assert HandOver.objects.filter(dossier=dossier).count() == 1
    assert "Nguyễn Thị Lan đã trả kết quả lúc" in text(second)


def test_every_act_has_an_address_a_letter_of_its_own_and_no_letter_of_the_house():
    letters = [way.key for way in WAYS.values()]

    assert len(set(letters)) == len(letters)
    assert not set(letters) & set("/n?jkp")


def test_acts_without_words_are_only_done_by_a_post(office):
    dossier = a_dossier(office, State.SUBMITTED)

    assert at_the_desk(office.reception).get(address(dossier, "accept")).status_code == 405


def test_the_leader_is_led_from_an_opinion_that_never_came_to_the_reason_and_on_to_the_approval(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    unit = a_unit(an_agency("Sở Tư pháp"), UnitKind.PROFESSIONAL, "Phòng Hành chính tư pháp")
    dossier = opinions.ask(dossier, unit=unit, question="Trùng không?", days=1, by=office.officer, at=MONDAY)
    dossier = processing.do_step(dossier, at_step=at_step(dossier), by=office.officer, at=MONDAY + timedelta(hours=4))
    desk = at_the_desk(office.leader)
    way = reverse("counter:waive_opinion", args=[dossier.code, dossier.opinions.get().pk])

    page = desk.get(reverse("counter:dossier", args=[dossier.code])).content.decode()
    refused = desk.post(way, {"reason": " "})
    done = desk.post(way, {"reason": "Quá hạn trả lời ba ngày."})

    assert way in page
    assert refused.status_code == 422
    assert done.status_code == 302
    assert dossier.opinions.get().waived_by == office.leader
    assert processing.may_approve(Dossier.objects.get(pk=dossier.pk), office.leader) is None


def test_who_asks_once_more_reads_who_allowed_it_and_what_it_costs(office):
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    dossier = supplement.answer(dossier, by=office.reception, at=TUESDAY)
    supplement.allow_again(dossier, reason="Giấy mới bị mờ.", by=office.leader, at=TUESDAY)

    page = text(at_the_desk(office.officer).get(address(dossier, "request_supplement")))

    assert "hồ sơ này sẽ tính là quá hạn" in page
    assert "Trần Quốc Toản cho phép" in page and "Giấy mới bị mờ." in page
