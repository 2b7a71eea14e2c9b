from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from motcua.counter.testing import address, at_the_desk
from motcua.dossiers import processing, supplement
from motcua.dossiers.models import Slip, SlipKind, State
from motcua.dossiers.testing import MONDAY, RESULT, TUESDAY, WEDNESDAY, a_dossier, a_stored_file, a_walk_in, it_is
from motcua.files import storing
from motcua.journal.models import Reading

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc000000301010018dd8db00000000049454e44ae426082"
)


def text(response):
    return response.content.decode()


def test_one_page_tells_who_what_when_and_what_can_be_done(office, monday):
    dossier = a_dossier(office, State.IN_PROGRESS)

    page = text(at_the_desk(office.officer).get(address(dossier)))

    for told in (
        dossier.code,
        "Đăng ký khai sinh",
        "Lý A Pao",
        "008885123456",
        "Thôn Khuổi Phát, xã Hùng Đức, huyện Hàm Yên",
        "Họ, chữ đệm, tên của con",
        "Lý Gia Bảo",
        "Giấy chứng sinh",
        "Thẩm định, dự thảo kết quả",
        "Hẹn trả lần đầu",
        "Chuyển đến cơ quan giải quyết",
        "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        "Hoàn thành bước, chuyển tiếp",
    ):
        assert told in page, told


def test_what_cannot_be_done_says_why(office, monday):
    dossier = a_dossier(office, State.IN_PROGRESS)

    page = text(at_the_desk(office.reception).get(address(dossier)))

    assert "Việc chưa làm được" in page
    assert "Từ chối tiếp nhận" in page
    assert "Hồ sơ đang ở trạng thái “Đang giải quyết”. Nguyễn Thị Lan đã chuyển hồ sơ đến cơ quan giải quyết" in page
    assert f'action="{address(dossier, "accept")}"' not in page


def test_dates_are_told_with_every_move(office, monkeypatch):
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    dossier = supplement.answer(dossier, by=office.reception, at=WEDNESDAY)
    it_is(monkeypatch, WEDNESDAY + timedelta(hours=1))

    page = text(at_the_desk(office.officer).get(address(dossier)))

    # Accepted on Monday at 10:00 with five working days, complete again on Wednesday at 9:00.
    assert "Thứ Hai 30/10/2023, 10:00" in page
    assert "Dời 25/10: Đã bổ sung, hoàn thiện hồ sơ" in page
    assert "Thứ Tư 01/11/2023, 09:00" in page


def test_a_supplement_request_is_told_item_by_item(office, monday):
    dossier = a_dossier(office, State.AWAITING_APPLICANT)

    page = text(at_the_desk(office.officer).get(address(dossier)))

    assert "Bản chụp rõ cả hai mặt" in page
    assert "Ảnh mờ." in page
    assert "Chờ bổ sung trước hết Thứ Năm 02/11/2023" in page


def test_who_opens_a_dossier_is_told_to_its_citizen_once_an_hour_with_the_purpose(office, monday):
    dossier = a_dossier(office, State.IN_PROGRESS)
    desk = at_the_desk(office.officer)

    for _ in range(3):
        desk.get(address(dossier))
    at_the_desk(office.reception).get(address(dossier))

    readings = Reading.objects.filter(subject=dossier.subject).order_by("reader__full_name")
    assert [(str(one.reader), one.purpose) for one in readings] == [
        ("Hoàng Văn Hùng", "Giải quyết bước được giao"),
        ("Nguyễn Thị Lan", "Theo dõi hồ sơ đã tiếp nhận"),
    ]


def test_lists_and_search_are_no_reading(office, monday):
    a_dossier(office, State.IN_PROGRESS)
    a_dossier(office, State.IN_PROGRESS)
    desk = at_the_desk(office.officer)

    desk.get("/motcua/")
    desk.get("/motcua/tim/?q=pao")

    assert not Reading.objects.exists()


def test_a_picture_lies_open_beside_the_answers_and_another_paper_can_be_chosen(office, monday):
    dossier = a_dossier(office, State.SUBMITTED)
    paper = dossier.papers.first()
    picture = paper.files.create(
        file=storing.store(ContentFile(PNG, name="trang-1.png"), at=MONDAY),
        name="trang-1.png",
        added_at=MONDAY,
        added_by=office.citizen,
    )
    paper.files.exclude(pk=picture.pk).delete()
    desk = at_the_desk(office.reception)

    page = text(desk.get(address(dossier)))
    pdf = dossier.papers.last().files.first() or dossier.papers.all()[1].files.first()
    other = text(desk.get(f"{address(dossier)}?tep={pdf.pk}"))

    assert f'<img src="{address(dossier, "paper_file", picture.pk)}"' in page
    assert f'<iframe src="{address(dossier, "paper_file", pdf.pk)}#' in other


def test_a_file_opens_in_the_page_and_nowhere_else(office, monday):
    dossier = a_dossier(office, State.SUBMITTED)
    file = dossier.papers.first().files.get()

    response = at_the_desk(office.reception).get(address(dossier, "paper_file", file.pk))

    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("inline")
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content).startswith(b"%PDF")


def test_a_file_is_only_found_at_its_own_dossier(office, monday):
    one, other = a_dossier(office, State.SUBMITTED), a_dossier(office, State.SUBMITTED)
    file = one.papers.first().files.get()

    assert at_the_desk(office.reception).get(address(other, "paper_file", file.pk)).status_code == 404


def test_the_result_can_be_opened(office, monday):
    dossier = a_dossier(office, State.IN_PROGRESS)
    step = processing.running_step(dossier)
    dossier = processing.do_step(dossier, at_step=step.pk, by=office.officer, at=TUESDAY)
    step = processing.running_step(dossier)
    dossier = processing.approve(
        dossier,
        at_step=step.pk,
        granted=True,
        number="12/TLKS",
        by=office.leader,
        at=TUESDAY,
        stored=a_stored_file(RESULT),
        file_name="ket-qua.pdf",
    )
    desk = at_the_desk(office.clerk)

    assert "12/TLKS" in text(desk.get(address(dossier)))
    assert desk.get(address(dossier, "result_file")).headers["Content-Type"] == "application/pdf"


def test_a_dossier_without_a_result_has_no_file_of_one(office, monday):
    dossier = a_dossier(office, State.IN_PROGRESS)

    assert at_the_desk(office.officer).get(address(dossier, "result_file")).status_code == 404


def test_slips_are_printed_with_the_address_where_the_dossier_is_followed(office, monday, monkeypatch):
    dossier = a_dossier(office, State.ACCEPTED)
    receipt = dossier.slips.get(kind=SlipKind.RECEIPT)
    given = {}
    monkeypatch.setattr("motcua.dossiers.slips.pdf", lambda slip, **told: given.update(told, slip=slip) or b"%PDF-1.7")

    response = at_the_desk(office.reception).get(address(dossier, "slip", receipt.pk))

    assert response.headers["Content-Type"] == "application/pdf"
    assert given == {"slip": receipt, "follow_address": f"http://testserver/tra-cuu/?ma={dossier.code}"}


def test_a_receipt_is_a_real_pdf(office, monday):
    dossier = a_walk_in(office)
    receipt = dossier.slips.get(kind=SlipKind.RECEIPT)

    response = at_the_desk(office.reception).get(address(dossier, "slip", receipt.pk))

    assert response.content.startswith(b"%PDF-")
    assert response.headers["Cache-Control"] == "private, no-store"


def test_the_control_slip_is_drawn_up_by_a_post_and_opens(office, monday):
    dossier = a_dossier(office, State.RETURNED)
    desk = at_the_desk(office.reception)

    assert desk.get(address(dossier, "control_slip")).status_code == 405
    response = desk.post(address(dossier, "control_slip"), follow=True)

    assert response.headers["Content-Type"] == "application/pdf"
    assert Slip.objects.filter(dossier=dossier, kind=SlipKind.CONTROL, issued_by=office.reception).count() == 1


def test_a_finished_dossier_tells_what_came_of_it(office, monday):
    dossier = a_dossier(office, State.RETURNED)

    page = text(at_the_desk(office.reception).get(address(dossier)))

    assert "Đồng ý giải quyết" in page
    assert "Đã trả kết quả" in page
    assert "Không có việc nào cần làm ở hồ sơ này." in page


@pytest.mark.parametrize("state", [State.SUBMITTED, State.IN_PROGRESS, State.AWAITING_APPLICANT, State.READY])
def test_the_page_costs_so_many_statements_however_long_the_dossiers_life(office, state, monday):
    dossier = a_dossier(office, state)
    desk = at_the_desk(office.reception)
    desk.get(address(dossier))

    with CaptureQueriesContext(connection) as asked:
        assert desk.get(address(dossier)).status_code == 200

    assert len(asked) <= 27, "\n".join(query["sql"][:160] for query in asked)


def test_more_steps_and_papers_do_not_cost_more_statements(office, monday):
    short, long = a_dossier(office, State.IN_PROGRESS), a_dossier(office, State.IN_PROGRESS)
    for serial in range(4):
        step = processing.running_step(long)
        long = processing.do_step(long, at_step=step.pk, by=office.officer, at=TUESDAY)
        step = processing.running_step(long)
        long = processing.return_step(
            long, at_step=step.pk, reason=f"Xem lại lần {serial}", by=office.leader, at=TUESDAY
        )
        long.papers.create(position=20 + serial, name=f"Giấy tờ {serial}")
    desk = at_the_desk(office.officer)
    counts = []
    for dossier in (short, long):
        desk.get(address(dossier))
        with CaptureQueriesContext(connection) as asked:
            desk.get(address(dossier))
        counts.append(len(asked))

    assert counts[0] == counts[1]
