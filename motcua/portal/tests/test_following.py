"""Following a dossier by its code and a second fact, and everything of one's account (tra cứu, hồ sơ của tôi)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from motcua.accounts import attempts
from motcua.accounts.sessions import SEEN_AT
from motcua.accounts.testing import a_citizen, sign_in
from motcua.dossiers import apologies, processing, results, slips, supplement, timeline, watching
from motcua.dossiers.models import Dossier, PaperFile, ReturnBy, SlipKind, State
from motcua.dossiers.supplement import Item
from motcua.dossiers.testing import (
    MONDAY,
    RESULT,
    TUESDAY,
    a_dossier,
    a_draft,
    a_stored_file,
    a_walk_in,
    it_is,
)
from motcua.journal.reading import read
from motcua.portal.testing import text
from motcua.ui.templatetags.ui import vn_datetime

pytestmark = pytest.mark.django_db

FOLLOW = "/tra-cuu/"
NOT_FOUND = "Không tìm thấy hồ sơ với mã và thông tin này."


def follow(client, dossier, fact=None, **extra):
    fact = dossier.phone[-4:] if fact is None else fact
    return client.post(FOLLOW, {"code": dossier.code, "second_fact": fact}, **extra)


def of(dossier, name="dossier", *more):
    return reverse(f"portal:{name}", args=[dossier.code, *more])


def test_what_a_visitor_follows_is_kept_by_no_browser_and_ends_as_a_session_does(client, office, settings):
    dossier = a_dossier(office, State.IN_PROGRESS)
    before = client.get("/")

    follow(client, dossier)
    page = client.get(of(dossier))
    session = client.session
    session[SEEN_AT] -= settings.SESSION_RESTS_FOR["citizen"]
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key

    assert "Cache-Control" not in before
    assert (page.status_code, page["Cache-Control"]) == (200, "private, no-store")
    assert client.get(of(dossier)).status_code == 404


def test_code_and_last_digits_of_the_phone_show_where_the_dossier_is(client, office):
    dossier = a_dossier(office, State.IN_PROGRESS)

    answer = follow(client, dossier)
    shown = text(client.get(answer.url))

    assert answer.url == of(dossier)
    assert "Đang giải quyết" in shown
    assert "Công chức Tư pháp - Hộ tịch" in shown  # whose turn
    assert "Bạn không phải làm gì lúc này. Hẹn trả kết quả: Thứ Hai 30/10/2023, 10:00." in shown
    assert "Tiếp nhận hồ sơ, hẹn ngày trả kết quả" in shown


@pytest.mark.parametrize("fact", ["3456", "1234 56", "05/09/1990", "5-9-1990"])
def test_the_second_fact_may_be_the_identity_number_or_the_birth_date(client, office, fact):
    dossier = a_dossier(office, State.SUBMITTED, owner_birth_date="1990-09-05", phone="0977000111")

    assert follow(client, dossier, fact).status_code == 302


def test_the_code_of_the_receipt_fills_the_page(client, office):
    dossier = a_dossier(office, State.ACCEPTED)

    shown = text(client.get(FOLLOW, {"ma": dossier.code}))

    assert f'value="{dossier.code}"' in shown
    assert dossier.owner_name not in shown


def test_who_may_see_it_already_is_led_there_at_once(client, office):
    dossier = a_dossier(office, State.ACCEPTED)
    sign_in(client, office.citizen)

    assert client.get(FOLLOW, {"ma": dossier.code}).url == of(dossier)


def test_every_failure_has_the_same_words(client, office):
    dossier = a_dossier(office, State.SUBMITTED)
    draft = a_draft(office)
    unknown = Dossier(code="000.00.99.H60-231023-0001", phone="0900000000")
    answers = [
        follow(client, dossier, "0000"),
        follow(client, dossier, "09"),
        follow(client, unknown, "0000"),
        client.post(FOLLOW, {"code": str(draft.public_id), "second_fact": draft.phone[-4:]}),
        client.post(FOLLOW, {"code": "'; --", "second_fact": "%"}),
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert all(NOT_FOUND in text(answer) for answer in answers)
    assert client.get(of(dossier)).status_code == 404


def test_ten_failures_an_hour_from_one_address_are_enough(client, office, monkeypatch):
    monkeypatch.setattr(attempts, "PUZZLED", {})
    dossier = a_dossier(office, State.SUBMITTED)
    for guess in range(10):
        assert follow(client, dossier, f"{guess:04d}").status_code == 422

    refused = follow(client, dossier)  # the right answer waits as well
    elsewhere = follow(client, dossier, REMOTE_ADDR="192.0.2.7")

    assert refused.status_code == 429
    assert "hãy chờ" in text(refused) and "gọi Bộ phận Một cửa" in text(refused)
    assert elsewhere.status_code == 302


def test_many_addresses_together_cannot_try_all_endings_of_one_code(client, office):
    dossier = a_dossier(office, State.SUBMITTED)
    for guess in range(30):
        assert follow(client, dossier, f"{guess:04d}", REMOTE_ADDR=f"192.0.2.{guess}").status_code == 422

    assert follow(client, dossier, "0030", REMOTE_ADDR="198.51.100.1").status_code == 429


def test_a_code_written_otherwise_is_the_same_code_to_the_counting(client, office):
    dossier = a_dossier(office, State.SUBMITTED)
    for guess in range(30):
        client.post(
            FOLLOW,
            {"code": f" {dossier.code.lower()} " if guess % 2 else dossier.code, "second_fact": f"{guess:04d}"},
            REMOTE_ADDR=f"192.0.2.{guess}",
        )

    assert follow(client, dossier, "0030", REMOTE_ADDR="198.51.100.1").status_code == 429


def test_success_is_not_counted(client, office):
    dossier = a_dossier(office, State.SUBMITTED)

    assert {follow(client, dossier).status_code for _ in range(12)} == {302}


def test_a_shared_machine_forgets(client, office):
    dossier = a_dossier(office, State.SUBMITTED)
    follow(client, dossier)
    assert client.get(of(dossier)).status_code == 200

    client.post("/tra-cuu/thoi/")

    assert client.get(of(dossier)).status_code == 404


def test_the_session_remembers_the_last_twenty(client, office):
    dossiers = [a_dossier(office, State.SUBMITTED) for _ in range(21)]
    for dossier in dossiers:
        follow(client, dossier)

    assert client.get(of(dossiers[0])).status_code == 404
    assert client.get(of(dossiers[-1])).status_code == 200
    assert len(client.cookies["sessionid"].value) < 1000


def test_another_citizens_dossier_does_not_exist(client, office):
    dossier = a_dossier(office, State.RETURNED)
    file = PaperFile.objects.filter(paper__dossier=dossier).first()
    sign_in(client, a_citizen("Kẻ khác"))

    gets = [of(dossier), of(dossier, "filed"), of(dossier, "withdraw"), of(dossier, "answer"), of(dossier, "result")]
    gets += [of(dossier, "paper", file.pk)]
    posts = [of(dossier, "withdraw"), of(dossier, "answer"), of(dossier, "answer_save")]

    assert {client.get(address).status_code for address in gets} == {404}
    assert {client.post(address).status_code for address in posts} == {404}


def test_a_follower_sees_but_answers_and_withdraws_nothing(client, office):
    dossier = a_dossier(office, State.AWAITING_COMPLETION)
    follow(client, dossier)

    shown = text(client.get(of(dossier)))

    assert "Chờ người nộp bổ sung" in shown and "Đăng nhập bằng tài khoản đã nộp" in shown
    assert "Bổ sung ngay" not in shown and "Rút hồ sơ" not in shown
    assert dossier.owner_id_number not in shown and "Nội dung đã khai" not in shown
    assert client.post(of(dossier, "withdraw"), {"reason": "x"}).status_code == 401
    dossier.refresh_from_db()
    assert dossier.state == State.AWAITING_COMPLETION


def test_a_file_is_given_to_those_who_see_its_dossier_only(client, office):
    dossier, other = a_dossier(office, State.SUBMITTED), a_dossier(office, State.SUBMITTED)
    file, foreign = (PaperFile.objects.filter(paper__dossier=one).first() for one in (dossier, other))
    assert client.get(of(dossier, "paper", file.pk)).status_code == 404
    follow(client, dossier)

    assert client.get(of(dossier, "paper", file.pk)).status_code == 200
    assert client.get(of(dossier, "paper", foreign.pk)).status_code == 404
    assert client.get(f"/ho-so/{dossier.code}/giay-to/{10**30}/").status_code == 404


@pytest.mark.parametrize("state", [state for state in State if state != State.DRAFT])
def test_every_state_is_told_in_words_on_its_page(client, office, state):
    dossier = a_dossier(office, state)
    sign_in(client, office.citizen)

    shown = text(client.get(of(dossier)))

    assert f"<b>{dossier.get_state_display()}</b>" in shown
    assert any(
        words in shown
        for words in ("Bạn không phải làm gì lúc này", "Đến lượt bạn", "Kết quả", "Lý do", "Hồ sơ đã được rút")
    )


def test_a_supplement_is_asked_for_first_of_all(client, office):
    dossier = a_dossier(office, State.SUBMITTED)
    paper = dossier.papers.first()
    supplement.request(
        dossier,
        items=[Item("Chụp lại trang hai", paper=paper), Item("Ghi đủ họ tên", field="ten_con")],
        reason="Ảnh mờ.",
        by=office.reception,
        at=MONDAY + timedelta(hours=1),
    )
    sign_in(client, office.citizen)

    shown = text(client.get(of(dossier)))

    assert "Đến lượt bạn: bổ sung đến hết Thứ Năm 02/11/2023" in shown
    assert shown.index("Giấy chứng sinh: Chụp lại trang hai") < shown.index("Hồ sơ đang ở đâu")
    assert f'href="{of(dossier, "answer")}"' in shown


def test_a_decision_is_not_given_out_before_it_is_at_the_one_stop_office(client, office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    dossier = processing.do_step(dossier, at_step=processing.running_step(dossier).pk, by=office.officer, at=MONDAY)
    step = processing.running_step(dossier).pk
    result = a_stored_file(RESULT)
    dossier = processing.approve(
        dossier,
        at_step=step,
        granted=True,
        number="12/TLKS",
        summary="Đã đăng ký.",
        by=office.leader,
        at=MONDAY,
        stored=result,
        file_name="ket-qua.pdf",
    )
    sign_in(client, office.citizen)
    before = client.get(of(dossier))
    early = client.get(of(dossier, "result"))
    dossier = results.finish(dossier, at_step=processing.running_step(dossier).pk, by=office.clerk, at=TUESDAY)

    after = client.get(of(dossier))
    given = client.get(of(dossier, "result"))

    assert "12/TLKS" not in text(before) and early.status_code == 404
    assert "12/TLKS" in text(after) and "Tải kết quả" in text(after)
    assert given["Content-Disposition"] == 'attachment; filename="ket-qua.pdf"'


def test_the_owner_prints_the_slips_of_the_office_and_nobody_else_does(client, office):
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    receipt, request = dossier.slips.order_by("pk")
    control = slips.issue(dossier, SlipKind.CONTROL, by=office.reception, at=MONDAY)
    follow(client, dossier)
    assert "Giấy tiếp nhận hồ sơ" not in text(client.get(of(dossier)))
    assert client.get(of(dossier, "slip", receipt.pk)).url.startswith("/dang-nhap/")
    sign_in(client, office.citizen)

    shown = text(client.get(of(dossier)))
    printed = client.get(of(dossier, "slip", receipt.pk))

    assert "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" in shown and of(dossier, "slip", request.pk) in shown
    assert printed["Content-Type"] == "application/pdf" and printed.content.startswith(b"%PDF")
    assert client.get(of(dossier, "slip", control.pk)).status_code == 404
    sign_in(client, a_citizen("Kẻ khác"))
    assert client.get(of(dossier, "slip", receipt.pk)).status_code == 404


def test_after_hand_over_the_page_tells_who_took_the_result(client, office):
    dossier = a_dossier(office, State.READY)
    results.hand_over(
        dossier,
        method=ReturnBy.COUNTER,
        recipient_name="Triệu Thị Mùi",
        recipient_id_number="008190001111",
        paper_noted="Giấy ủy quyền ngày 20/10/2023",
        by=office.reception,
        at=TUESDAY,
    )
    sign_in(client, office.citizen)

    assert "Triệu Thị Mùi đã nhận, Thứ Ba 24/10/2023, 09:00" in text(client.get(of(dossier)))


def test_the_citizen_sees_who_read_the_dossier_and_why(client, office):
    dossier = a_dossier(office, State.SUBMITTED)
    read(dossier, reader=office.reception, at=MONDAY, purpose="để tiếp nhận")
    sign_in(client, office.citizen)

    shown = text(client.get(of(dossier)))

    assert "<b>Nguyễn Thị Lan</b>, Bộ phận Một cửa – " in shown  # for which unit
    assert "để tiếp nhận" in shown and "Thứ Hai 23/10/2023, 09:00" in shown


def test_a_dossier_of_the_counter_is_followed_with_its_receipt(client, office):
    dossier = a_walk_in(office)

    shown = text(client.get(follow(client, dossier).url))

    assert "Được tiếp nhận" in shown and "Tiếp nhận lúc" in shown


def test_withdrawing_asks_once_needs_a_reason_and_ends_the_dossier(client, office):
    dossier = a_dossier(office, State.SUBMITTED)
    sign_in(client, office.citizen)

    asked = client.get(of(dossier, "withdraw"))
    refused = client.post(of(dossier, "withdraw"), {"reason": " "})
    dossier.refresh_from_db()
    assert "Rút hồ sơ này?" in text(asked) and refused.status_code == 422 and dossier.state == State.SUBMITTED
    answer = client.post(of(dossier, "withdraw"), {"reason": "Tôi nộp nhầm nơi."}, follow=True)

    dossier.refresh_from_db()
    assert dossier.state == State.WITHDRAWN
    assert "Hồ sơ đã được rút theo đề nghị của bạn." in text(answer) and "Tôi nộp nhầm nơi." in text(answer)


def test_after_acceptance_withdrawal_is_asked_of_the_office(client, office):
    dossier = a_dossier(office, State.ACCEPTED)
    sign_in(client, office.citizen)

    answer = client.post(of(dossier, "withdraw"), {"reason": "Đổi ý"})

    assert "Rút hồ sơ" not in text(client.get(of(dossier)))
    assert answer.status_code == 422 and "xin đến hoặc gọi Bộ phận Một cửa" in text(answer)
    dossier.refresh_from_db()
    assert dossier.state == State.ACCEPTED


def test_the_page_after_filing_becomes_the_page_of_the_dossier(client, office):
    dossier = a_dossier(office, State.ACCEPTED)
    sign_in(client, office.citizen)

    assert client.get(of(dossier, "filed")).url == of(dossier)


def test_drafts_stand_apart_and_say_what_is_missing(client, office):
    filed = a_dossier(office, State.AWAITING_COMPLETION)
    draft = a_draft(office, owner_name="", phone="")
    sign_in(client, office.citizen)

    shown = text(client.get("/ho-so-cua-toi/"))

    drafts, dossiers = shown.split("Đã nộp</h2>")
    assert 'class="draft-edge"' in drafts and "Bản nháp, chưa nộp" in drafts
    assert reverse("portal:draft", args=[draft.public_id]) in drafts
    assert "Còn thiếu:" in drafts and "họ tên chủ hồ sơ" in drafts
    assert filed.code in dossiers and "Đến lượt bạn" in dossiers
    assert filed.code not in drafts


def test_an_empty_list_says_what_to_do(client, office):
    sign_in(client, a_citizen())

    assert "Bạn chưa có hồ sơ nào" in text(client.get("/ho-so-cua-toi/"))


def test_many_dossiers_come_page_by_page_each_exactly_once(client, office, monkeypatch):
    made = [a_dossier(office, State.SUBMITTED, at=MONDAY + timedelta(minutes=minute // 3)) for minute in range(45)]
    sign_in(client, office.citizen)
    seen, address = [], "/ho-so-cua-toi/"

    while address:
        response = client.get(address)
        seen += [row["dossier"].code for row in response.context["dossiers"]]
        address = response.context["older"] and f"/ho-so-cua-toi/{response.context['older']}"

    assert sorted(seen) == sorted(dossier.code for dossier in made)
    assert len(seen) == len(set(seen)) == 45


@pytest.mark.parametrize("mark", ["x", "99999999999999999999.1", "20231023020000000000.999999999999999999999"])
def test_a_mark_that_is_none_harms_nothing(client, office, mark):
    sign_in(client, office.citizen)

    assert client.get("/ho-so-cua-toi/", {"sau": mark}).status_code in (200, 404)


def test_mine_needs_an_account(client):
    assert client.get("/ho-so-cua-toi/").url.startswith("/dang-nhap/")


def test_another_citizens_dossiers_are_not_in_my_list(client, office, monkeypatch):
    a_dossier(office, State.SUBMITTED)
    a_draft(office)
    it_is(monkeypatch, TUESDAY)
    sign_in(client, a_citizen("Kẻ khác"))

    response = client.get("/ho-so-cua-toi/")

    assert (response.context["drafts"], response.context["dossiers"]) == ([], [])


def test_the_citizen_reads_the_apology_and_the_new_date(office, client):
    dossier = a_dossier(office)
    renewed = dossier.due_at + timedelta(days=5)
    dossier = apologies.draft(dossier, reason="Mất điện.", renewed_due_at=renewed, by=office.officer, at=TUESDAY)
    dossier = apologies.sign(dossier, by=office.leader, at=TUESDAY)
    sign_in(client, office.citizen)

    page = client.get(f"/ho-so/{dossier.code}/").content.decode()

    slip = dossier.slips.get(kind=SlipKind.APOLOGY)
    assert "Xin lỗi và hẹn lại ngày trả kết quả" in page
    assert f"/ho-so/{dossier.code}/phieu/{slip.pk}/" in page
    assert client.get(f"/ho-so/{dossier.code}/phieu/{slip.pk}/")["Content-Type"] == "application/pdf"


def test_a_dossier_in_which_nothing_moved_says_so_and_whom_to_ask(client, office, monkeypatch):
    """Where it is, since when, and that the head was reminded; when it moves again, nothing of it remains but the line."""
    dossier = a_dossier(office)
    last = timeline.lines(dossier)[-1].at
    later = last + timedelta(days=4)
    it_is(monkeypatch, later)
    sign_in(client, office.citizen)
    address = of(dossier)
    assert "chưa có diễn biến mới" not in client.get(address).content.decode()

    watching.watch(later)
    page = client.get(address).content.decode()
    assert "Hồ sơ chưa có diễn biến mới" in page
    assert f"Hồ sơ vẫn ở {office.professional.name}, chưa có ai làm thêm việc gì từ {vn_datetime(last)}" in page
    assert f"liên hệ {office.agency.name}" in page
    assert "Chưa có diễn biến mới: đã nhắc lãnh đạo nơi đang giữ hồ sơ" in page
    client.post("/ngon-ngu/", {"language": "en", "next": "/"})
    assert "nobody has done anything since" in client.get(address).content.decode()

    processing.do_step(dossier, at_step=processing.running_step(dossier).pk, by=office.officer, at=later)
    assert "nobody has done anything since" not in client.get(address).content.decode()


def test_my_dossiers_say_whose_turn_it_is_and_until_when(client, office):
    for state in (State.SUBMITTED, State.IN_PROGRESS, State.AWAITING_APPLICANT, State.RETURNED):
        a_dossier(office, state)
    sign_in(client, office.citizen)

    shown = text(client.get("/ho-so-cua-toi/"))

    assert 'Đang ở: Bộ phận Một cửa · <span class="number">trả lời trước Thứ Ba 24/10/2023, 09:30</span>' in shown
    assert 'Đang ở: Công chức Tư pháp - Hộ tịch · <span class="number">hẹn trả 30/10/2023</span>' in shown
    assert "Đến lượt bạn</b>" in shown and '<p><span class="number">bổ sung đến hết 02/11/2023</span></p>' in shown
    assert shown.count("Đang ở:") == 2


def test_while_the_applicant_is_awaited_the_date_is_said_to_be_counted_anew(client, office):
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    sign_in(client, office.citizen)

    assert "Thứ Hai 30/10/2023, 10:00, được tính lại khi hồ sơ được giải quyết tiếp" in text(client.get(of(dossier)))


def test_the_note_of_an_online_filing_is_the_filers_and_of_no_walk_in(client, office):
    filed, brought = a_dossier(office, State.SUBMITTED), a_walk_in(office)
    Dossier.objects.filter(pk=brought.pk).update(account=office.citizen)
    sign_in(client, office.citizen)

    page = client.get(reverse("portal:filed", args=[filed.code]))
    sheet = client.get(reverse("portal:filing_note", args=[filed.code]))

    assert reverse("portal:filing_note", args=[filed.code]) in page.content.decode()
    assert sheet["Content-Type"] == "application/pdf" and sheet.content.startswith(b"%PDF")
    assert "no-store" in sheet["Cache-Control"]
    assert client.get(reverse("portal:filing_note", args=[brought.code])).status_code == 404
    sign_in(client, a_citizen("Người khác"))
    assert client.get(reverse("portal:filing_note", args=[filed.code])).status_code == 404
