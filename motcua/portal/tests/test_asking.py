"""What people ask: messages, readings, shared results, as their pages show them (tin nhắn, lượt xem, chia sẻ)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from motcua.accounts.models import Person
from motcua.accounts.testing import a_citizen, sign_in
from motcua.dossiers import conversation, processing, readings, results
from motcua.dossiers.models import Duration, Message, ReadingQuestion, ResultShare, State
from motcua.dossiers.testing import MONDAY, RESULT, TUESDAY, a_dossier, a_stored_file, it_is
from motcua.journal.models import Reading
from motcua.journal.reading import read
from motcua.journal.testing import run_jobs
from motcua.messaging.testing import run_deliveries
from motcua.portal.testing import text
from motcua.portal.tests.test_weight import LATER, page_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger():
    return Client()


def of(dossier, name="dossier", *more):
    return reverse(f"portal:{name}", args=[dossier.code, *more])


def with_result(office):
    dossier = a_dossier(office)
    step = processing.running_step(dossier)
    dossier = processing.do_step(dossier, at_step=step.pk, by=office.officer, at=TUESDAY)
    step, file = processing.running_step(dossier), a_stored_file(RESULT, at=TUESDAY)
    told = {"granted": True, "number": "12/TLKS", "stored": file, "file_name": "ket-qua.pdf"}
    dossier = processing.approve(dossier, at_step=step.pk, by=office.leader, at=TUESDAY, **told)
    step = processing.running_step(dossier)
    return results.finish(dossier, at_step=step.pk, by=office.clerk, at=TUESDAY)


# Messages -------------------------------------------------------------------------------------------------------------


def test_a_citizen_writes_and_reads_who_answered(pao, office):
    dossier = a_dossier(office)

    sent = pao.post(of(dossier, "conversation"), {"text": "Bao giờ xong ạ?"})
    conversation.answer(dossier, text="Chiều thứ Tư.", by=office.officer, at=MONDAY)
    before = text(pao.get(of(dossier)))
    shown = text(pao.get(of(dossier, "conversation")))
    after = text(pao.get(of(dossier)))

    assert sent.url == of(dossier, "conversation")
    assert "1 trả lời mới" in before and "trả lời mới" not in after
    assert "Bao giờ xong ạ?" in shown and "Chiều thứ Tư." in shown
    assert "Hoàng Văn Hùng, Công chức Tư pháp - Hộ tịch" in shown
    assert "Hoàng Văn Hùng đã đọc" in shown
    assert "Nhắn tin không thay cho bổ sung giấy tờ" in shown


def test_what_is_refused_stays_typed(pao, office):
    dossier = a_dossier(office)
    for number in range(5):
        pao.post(of(dossier, "conversation"), {"text": f"Câu {number}"})

    refused = pao.post(of(dossier, "conversation"), {"text": "Câu nữa"})
    empty = pao.post(of(dossier, "conversation"), {"text": ""})

    assert refused.status_code == empty.status_code == 422
    assert "Câu nữa</textarea>" in text(refused) and "tin này chưa gửi" in text(refused)
    assert Message.objects.count() == 5


def test_who_follows_by_code_is_told_to_sign_in(client, office):
    dossier = a_dossier(office)
    client.post("/tra-cuu/", {"code": dossier.code, "second_fact": dossier.phone[-4:]})

    assert "Nhắn tin với cán bộ cần đăng nhập" in text(client.get(of(dossier)))
    assert client.get(of(dossier, "conversation")).url.startswith("/dang-nhap/")


def test_an_ended_dossier_says_where_to_ask(pao, office, monkeypatch):
    dossier = a_dossier(office, State.RETURNED)
    it_is(monkeypatch, MONDAY + timedelta(days=40))

    shown = text(pao.get(of(dossier, "conversation")))

    assert "không nhắn thêm được. Xin hỏi Ủy ban nhân dân xã Hùng Đức" in shown
    assert "<textarea" not in shown


def test_words_are_taken_back(pao, office):
    dossier = a_dossier(office)
    pao.post(of(dossier, "conversation"), {"text": "Số tài khoản của tôi là…"})

    pao.post(of(dossier, "remove_message", Message.objects.get().pk))

    shown = text(pao.get(of(dossier, "conversation")))
    assert "Số tài khoản" not in shown and "Người nhắn đã xóa nội dung" in shown


# Readings -------------------------------------------------------------------------------------------------------------


def test_a_question_about_a_reading_and_its_answer(pao, office):
    dossier = a_dossier(office)
    read(dossier, reader=office.officer, at=MONDAY, purpose="Giải quyết bước được giao")
    one = Reading.objects.get()
    where = of(dossier, "reading", one.pk)
    assert "Hỏi về lượt xem này" in text(pao.get(of(dossier)))

    pao.post(where, {"text": "Vì sao xem?"})
    waiting = text(pao.get(where))
    again = pao.post(where, {"text": "Lần nữa?"}, follow=True)
    readings.explain(ReadingQuestion.objects.get(), answer="Đúng việc được giao.", by=office.head, at=MONDAY)
    answered = text(pao.get(where))

    assert "mốc nhắc việc, không phải thời hạn luật định" in waiting and "Thứ Hai 30/10/2023" in waiting
    assert "Bạn đã hỏi về lượt xem này rồi" in text(again)
    assert "Đúng việc được giao." in answered and "Ma Thị Dung" in answered
    assert "Đã có trả lời cho câu hỏi của bạn" in text(pao.get(of(dossier, "read_by")))


def test_every_reading_stands_on_pages_of_thirty(pao, office):
    dossier = a_dossier(office)
    for hour in range(40):
        read(dossier, reader=office.officer, at=MONDAY + timedelta(hours=hour), purpose="Xem")

    front, first = text(pao.get(of(dossier))), pao.get(of(dossier, "read_by"))
    onward = text(first).split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    last = text(pao.get(of(dossier, "read_by") + onward))

    assert front.count("Hoàng Văn Hùng</b>") == 5 and "Mọi lượt xem" in front
    assert text(first).count("Hoàng Văn Hùng</b>") == 30
    assert last.count("Hoàng Văn Hùng</b>") == 10
    assert pao.get(of(dossier, "read_by") + "?sau=2023139999.1").status_code == 404


def test_who_follows_reads_but_does_not_ask(client, office):
    dossier = a_dossier(office)
    read(dossier, reader=office.officer, at=MONDAY, purpose="Xem")
    client.post("/tra-cuu/", {"code": dossier.code, "second_fact": dossier.phone[-4:]})

    shown = text(client.get(of(dossier, "read_by")))

    assert "Hoàng Văn Hùng" in shown and "Hỏi về lượt xem này" not in shown
    assert "cần đăng nhập" in shown


# Sharing --------------------------------------------------------------------------------------------------------------


def test_a_result_is_shared_opened_without_account_and_taken_back(pao, office, stranger):
    dossier = with_result(office)
    assert "Chia sẻ kết quả" in text(pao.get(of(dossier)))

    pao.post(of(dossier, "shares"), {"days": 7, "times": 1})
    mine = text(pao.get(of(dossier, "shares")))
    made = ResultShare.objects.get()
    link = reverse("portal:shared", args=[made.public_id])
    page = stranger.get(link)
    taken = stranger.post(reverse("portal:take_shared", args=[made.public_id]))
    again = stranger.get(link)

    assert f"http://testserver{link}" in mine and "Đã tải 0 trên 1 lần" in mine
    assert "Đã tải 1 trên 1 lần, gần nhất" in text(pao.get(of(dossier, "shares")))
    assert page.status_code == 200 and page["X-Robots-Tag"] == "noindex, nofollow"
    assert made.file.sha256 in text(page) and "không chứng thực" in text(page)
    assert dossier.owner_name not in text(page) and dossier.code not in text(page)
    assert b"".join(taken.streaming_content) == RESULT
    assert again.status_code == 410 and "đã được tải đủ số lần" in text(again)


def test_looking_counts_nothing_and_taking_back_is_at_once(pao, office, stranger):
    dossier = with_result(office)
    pao.post(of(dossier, "shares"), {"days": 1, "times": 3})
    made = ResultShare.objects.get()
    for _ in range(3):
        stranger.get(reverse("portal:shared", args=[made.public_id]))

    pao.post(of(dossier, "end_share", made.public_id))

    made.refresh_from_db()
    assert made.taken == 0 and made.ended_at
    assert stranger.post(reverse("portal:take_shared", args=[made.public_id])).status_code == 410
    assert "Người chia sẻ đã thu hồi" in text(pao.get(of(dossier, "shares")))


def test_others_share_nothing_and_guessed_links_lead_nowhere(client, office):
    dossier = with_result(office)
    sign_in(client, a_citizen("Người khác"))

    assert client.get(of(dossier, "shares")).status_code == 404
    assert client.get("/chia-se/00000000-0000-4000-8000-000000000000/").status_code == 404
    assert not ResultShare.objects.exists()


# How long it took others ----------------------------------------------------------------------------------------------


def test_how_long_it_took_stands_on_the_procedures_and_the_dossiers_page(pao, office):
    procedure = f"/thu-tuc/{office.version.code}/"
    assert "chưa đủ 5 hồ sơ có kết quả" in text(pao.get(procedure))
    for days in (1, 1, 1, 1, 9):
        done = a_dossier(office, State.READY)
        Duration.objects.create(
            dossier=done, procedure=office.version.procedure, finished_at=MONDAY, minutes=days * 480
        )
    told = (
        "Thực tế gần đây: một nửa xong trong 8 giờ làm việc, chín phần mười xong trong 9 ngày làm việc. "
        "Tính 5 hồ sơ có kết quả gần nhất, từ 23/10/2023: giờ của cơ quan, không tính lúc chờ người nộp."
    )

    assert told in text(pao.get(procedure))
    assert told in text(pao.get(of(a_dossier(office))))
    assert "Thực tế" not in text(pao.get(of(done)))


# Told by telephone ----------------------------------------------------------------------------------------------------


def test_the_page_says_what_was_sent_and_the_number_is_for_its_own_people(pao, office, stranger, settings):
    settings.SMS, settings.MAIL = "console:", ""
    dossier = a_dossier(office, State.ACCEPTED)
    run_jobs()
    run_deliveries()
    masked = f"{office.citizen.phone[:2]}•••••{office.citizen.phone[-3:]}"

    mine = text(pao.get(of(dossier)))
    stranger.post("/tra-cuu/", {"code": dossier.code, "second_fact": dossier.phone[-4:]})
    followed = text(stranger.get(of(dossier)))

    assert f"Đã nhắn tin tới {masked}, " in mine and "· Đã tiếp nhận" in mine
    assert "Đã nhắn tin cho người nộp, " in followed and masked not in followed


def test_after_filing_the_message_is_told(pao, office, settings):
    settings.SMS = "console:"
    dossier = a_dossier(office, State.SUBMITTED)
    run_jobs()

    assert "Đang nhắn tin tới" in text(pao.get(of(dossier, "filed")))


def test_an_account_chooses_what_it_hears_of(pao, office, settings):
    settings.SMS, settings.MAIL = "console:", "console:"
    assert "tài khoản của bạn chưa có" in text(pao.get("/ho-so-cua-toi/nhan-tin/"))  # a mailbox
    Person.objects.filter(pk=office.citizen.pk).update(email="pao@example.vn")
    page = text(pao.get("/ho-so-cua-toi/nhan-tin/"))
    assert 'name="result-SMS" checked' in page and 'name="result-EMAIL">' in page

    pao.post("/ho-so-cua-toi/nhan-tin/", {"result-EMAIL": "on"})

    page = text(pao.get("/ho-so-cua-toi/nhan-tin/"))
    assert 'name="result-SMS">' in page and 'name="result-EMAIL" checked' in page


def test_pages_of_asking_are_light_however_much_was_written(pao, office):
    dossier = with_result(office)
    for number in range(25):
        Message.objects.create(dossier=dossier, by=office.citizen, text=f"{number} " + "chữ " * 240, at=MONDAY)
    for hour in range(40):
        read(dossier, reader=office.officer, at=MONDAY + timedelta(hours=hour), purpose="Giải quyết bước được giao")
    for _ in range(5):
        pao.post(of(dossier, "shares"), {"days": 7, "times": 3})

    pages = (of(dossier, "conversation"), of(dossier, "read_by"), of(dossier, "shares"), "/ho-so-cua-toi/nhan-tin/")

    assert {where: weight for where in pages if (weight := page_bytes(pao, where)) > LATER} == {}
