"""Filing online, without JavaScript, as Django's client sees it (nộp hồ sơ trực tuyến)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from motcua.accounts.models import Assurance
from motcua.accounts.testing import a_citizen, sign_in
from motcua.catalogue.testing import FORM, a_procedure
from motcua.dossiers import intake
from motcua.dossiers.models import Dossier, OwnerKind, PaperFile, ReturnBy, RuleSet, State
from motcua.dossiers.testing import MONDAY, a_draft, a_one_stop, it_is
from motcua.files import limits
from motcua.journal.models import Entry
from motcua.portal import saving
from motcua.portal.testing import ANSWERS, OWNER, a_photo, begin, fill, page, text

pytestmark = pytest.mark.django_db


def test_a_dossier_is_filed_from_the_procedure_to_its_code_without_javascript(pao, office):
    shown = pao.get(reverse("portal:procedure", args=[office.version.code]))
    assert f'action="{reverse("portal:file", args=[office.version.code])}"' in text(shown)

    dossier = begin(pao, office)
    review = fill(pao, dossier)
    assert "Còn thiếu" not in text(review)
    filed = pao.post(page("submit", dossier), follow=True)

    dossier.refresh_from_db()
    assert dossier.state == State.SUBMITTED
    assert filed.redirect_chain[-1][0] == reverse("portal:filed", args=[dossier.code])
    told = text(filed)
    assert dossier.code in told
    assert "8 giờ làm việc" in told and "Thứ Ba 24/10/2023, 09:00" in told
    assert "Giấy tờ tùy thân" in told  # to be brought
    assert (dossier.owner_id_number, dossier.phone) == ("008085001234", "0912345678")
    assert dossier.form == {"ten_con": "Lý Gia Bảo", "ngay_sinh": "2023-10-01", "co_cha": "Không"}
    assert PaperFile.objects.get().name == "trang-1.jpg"
    assert Entry.objects.filter(subject=dossier.subject, event="dossier.submitted").count() == 1


def test_pressing_twice_going_back_and_a_second_tab_lead_to_the_same_dossier(pao, office):
    dossier = begin(pao, office)
    fill(pao, dossier)

    first = pao.post(page("submit", dossier))
    second = pao.post(page("submit", dossier))
    pages = [pao.get(page(name, dossier)) for name in ("owner", "form", "papers", "return", "review")]
    late = pao.post(page("form", dossier), {**ANSWERS, "ten_con": "Tên khác"})

    dossier.refresh_from_db()
    assert first.url == second.url == reverse("portal:filed", args=[dossier.code])
    assert {shown.url for shown in [*pages, late]} == {reverse("portal:dossier", args=[dossier.code])}
    assert Dossier.objects.count() == 1
    assert dossier.form["ten_con"] == "Lý Gia Bảo"


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_the_same_moment_file_once():
    office = a_one_stop()
    draft = a_draft(office)
    start, answers = threading.Barrier(4), []

    def file():
        tab = Client()
        sign_in(tab, office.citizen)
        start.wait()
        try:
            answers.append(tab.post(page("submit", draft)))
        finally:
            connection.close()

    tabs = [threading.Thread(target=file) for _ in range(4)]
    [tab.start() for tab in tabs]
    [tab.join() for tab in tabs]

    code = Dossier.objects.filed().get().code
    assert [answer.url for answer in answers] == [reverse("portal:filed", args=[code])] * 4


@pytest.mark.django_db(transaction=True)
def test_pressing_the_first_button_twice_at_once_begins_one_draft():
    office = a_one_stop()
    start = threading.Barrier(4)

    def press():
        tab = Client()
        sign_in(tab, office.citizen)
        start.wait()
        try:
            tab.post(reverse("portal:file", args=[office.version.code]), {"agency": office.agency.pk})
        finally:
            connection.close()

    tabs = [threading.Thread(target=press) for _ in range(4)]
    [tab.start() for tab in tabs]
    [tab.join() for tab in tabs]

    assert Dossier.objects.count() == 1


def test_an_open_draft_is_continued_and_said_to_be(pao, office):
    draft = begin(pao, office)

    again = pao.post(reverse("portal:file", args=[office.version.code]), {"agency": office.agency.pk}, follow=True)

    assert Dossier.objects.get() == draft
    assert "Bạn đang có bản nháp của thủ tục này tại UBND xã Hùng Đức, lưu lúc 09:00 ngày 23/10/2023" in text(again)


def test_a_draft_of_an_older_version_is_continued_under_the_new_one(pao, office, monkeypatch):
    old = begin(pao, office)
    it_is(monkeypatch, MONDAY + timedelta(days=7))
    new_version = a_procedure(name="Đăng ký khai sinh (mới)", valid_from=(MONDAY + timedelta(days=7)).date())

    again = pao.post(reverse("portal:file", args=[office.version.code]), {"agency": office.agency.pk}, follow=True)

    old.refresh_from_db()
    assert Dossier.objects.get() == old
    assert old.procedure_version == new_version
    assert again.redirect_chain[-1][0] == page("form", old)
    assert "Thủ tục có quy định mới từ ngày 30/10/2023" in text(again)


def test_saving_a_page_of_a_draft_that_was_filed_or_thrown_away_meanwhile_breaks_nothing(pao, office, monkeypatch):
    filed, gone = a_draft(office), a_draft(office)
    real = saving.save

    def late(dossier, *told, **how):
        """In another tab, between opening the page and keeping it."""
        if dossier == filed:
            intake.submit(Dossier.objects.get(pk=filed.pk), by=office.citizen, at=MONDAY)
        else:
            intake.discard(Dossier.objects.get(pk=gone.pk), by=office.citizen)
        return real(dossier, *told, **how)

    monkeypatch.setattr(saving, "save", late)

    answers = [pao.post(page("form", draft), ANSWERS) for draft in (filed, gone)]

    filed.refresh_from_db()
    assert answers[0].url == reverse("portal:dossier", args=[filed.code])
    assert answers[1].status_code == 404
    assert all(typed in text(answers[1]) for typed in (*ANSWERS.values(), "Hãy chép lại những gì cần giữ"))


def test_what_is_typed_into_a_draft_that_is_no_more_stands_there_to_be_copied(pao, office):
    draft = a_draft(office)
    intake.discard(draft, by=office.citizen)

    answer = pao.post(page("form", draft), {"ten_con": "Lý <b>Gia</b> Bảo"})

    assert answer.status_code == 404
    assert "Lý &lt;b&gt;Gia&lt;/b&gt; Bảo" in answer.content.decode()
    assert pao.get(page("form", draft)).status_code == 404
    assert not Dossier.objects.exists()


def test_a_filed_dossier_does_not_stand_in_the_way_of_a_new_draft(pao, office):
    first = begin(pao, office)
    fill(pao, first)
    pao.post(page("submit", first))

    assert begin(pao, office) != first


def test_who_is_not_signed_in_comes_back_to_the_same_place_and_agency(client, office):
    answer = client.post(reverse("portal:file", args=[office.version.code]), {"agency": office.agency.pk})
    assert answer.url == f"/dang-nhap/?next=/thu-tuc/1.001193/nop/%3Fagency%3D{office.agency.pk}"

    sign_in(client, office.citizen)
    start = client.get(f"/thu-tuc/1.001193/nop/?agency={office.agency.pk}")

    assert "Bắt đầu nộp hồ sơ" in text(start)
    assert office.agency.name in text(start)
    assert not Dossier.objects.exists()  # looking begins nothing


def test_one_of_several_places_must_be_chosen(pao, office):
    a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")

    answer = pao.post(reverse("portal:file", args=[office.version.code]), {"agency": ""})

    assert answer.status_code == 422
    assert "Hãy chọn nơi nhận hồ sơ." in text(answer)
    assert not Dossier.objects.exists()


def test_the_national_portal_takes_filings_since_july_2025(pao, office, monkeypatch):
    before = text(pao.get("/thu-tuc/1.001193/"))
    it_is(monkeypatch, MONDAY.replace(year=2025, month=7, day=1))

    after = text(pao.get("/thu-tuc/1.001193/"))
    pressed = pao.post("/thu-tuc/1.001193/nop/", {"agency": office.agency.pk})

    assert "dichvucong.gov.vn" not in before and ">Nộp hồ sơ</button>" in before
    assert 'href="https://dichvucong.gov.vn/"' in after and ">Nộp hồ sơ</button>" not in after
    assert pressed.url == "/thu-tuc/1.001193/"
    assert not Dossier.objects.exists()


def test_a_draft_of_the_days_before_is_kept_but_not_filed_after_june_2025(pao, office, monkeypatch):
    draft = a_draft(office)
    it_is(monkeypatch, MONDAY.replace(year=2025))

    answer = pao.post(page("submit", draft))

    assert answer.status_code == 422
    assert "Cổng Dịch vụ công quốc gia" in text(answer)
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_for_oneself_the_account_fills_the_page(pao, office):
    dossier = begin(pao, office)

    pao.post(page("whose", dossier), {"whose": "mine"})
    shown = text(pao.get(page("owner", dossier)))

    assert f'value="{office.citizen.full_name}"' in shown
    assert f'value="{office.citizen.phone}"' in shown


def test_for_an_enterprise_owner_and_submitter_are_told_apart(pao, office):
    dossier = begin(pao, office)

    pao.post(page("whose", dossier), {"whose": "enterprise"})
    wrong = pao.post(page("owner", dossier), {"owner_name": "", "owner_id_number": "123", "phone": "0912345678"})
    right = pao.post(
        page("owner", dossier),
        {
            "owner_name": "Công ty TNHH Chè Khau Mút",
            "owner_id_number": "5000123456",
            "address": "Tổ 4",
            "phone": "0912345678",
            "submitter_name": "Lý A Pao",
        },
    )

    assert wrong.status_code == 422
    assert "Hãy ghi tên doanh nghiệp." in text(wrong) and "Mã số doanh nghiệp gồm 10 chữ số" in text(wrong)
    assert right.url == page("form", dossier)
    dossier.refresh_from_db()
    assert (dossier.owner_kind, dossier.submitter_name) == (OwnerKind.ENTERPRISE, "Lý A Pao")


def test_what_is_right_is_kept_when_something_is_wrong(pao, office):
    dossier = begin(pao, office)
    pao.post(page("whose", dossier), {"whose": "mine"})

    answer = pao.post(page("owner", dossier), {**OWNER, "address": "Thôn Mới", "phone": "12"})

    assert answer.status_code == 422
    assert "Số điện thoại gồm 10 hoặc 11 chữ số" in text(answer) and 'value="12"' in text(answer)
    dossier.refresh_from_db()
    assert dossier.address == "Thôn Mới"
    assert dossier.phone == office.citizen.phone  # the wrong one took nobody's place


def test_a_question_tells_when_it_is_asked_and_is_needed_only_then(pao, office):
    dossier = begin(pao, office)
    pao.post(page("whose", dossier), {"whose": "mine"})

    shown = text(pao.get(page("form", dossier)))
    refused = pao.post(page("form", dossier), {**ANSWERS, "co_cha": "Có"})
    passed = pao.post(page("form", dossier), {**ANSWERS, "co_cha": "Không", "cha": "không hỏi nữa"})

    assert "Chỉ trả lời khi bạn chọn “Có” ở câu “Khai cả phần cha”." in shown
    assert refused.status_code == 422 and "Hãy điền “Họ và tên cha”." in text(refused)
    assert passed.url == page("papers", dossier)
    dossier.refresh_from_db()
    assert "cha" not in dossier.form


def test_names_are_kept_composed_and_whole(pao, office):
    dossier = begin(pao, office)
    pao.post(page("whose", dossier), {"whose": "mine"})
    decomposed = "Nguye\u0302\u0303n Thi\u0323 Hue\u0323\u0302"

    pao.post(page("form", dossier), {**ANSWERS, "ten_con": f"{decomposed} 🌸"})

    dossier.refresh_from_db()
    assert dossier.form["ten_con"] == "Nguyễn Thị Huệ 🌸"


def test_several_files_of_a_paper_are_kept_though_one_is_refused(pao, office):
    dossier = begin(pao, office)
    birth = dossier.papers.first()
    program = a_photo("cài-đặt.jpg")
    program.file.seek(0)
    program.file.write(b"MZ" + b"\x00" * 30)
    program.file.seek(0)

    answer = pao.post(
        page("papers", dossier),
        {f"paper-{birth.pk}": [a_photo("1.jpg", salt="1"), program, a_photo("2.jpg", salt="2")], "paper": birth.pk},
    )

    assert answer.status_code == 422
    assert "Tệp “cài-đặt.jpg” không thuộc loại được nhận" in text(answer)
    assert "Đã lưu 2 tệp lúc 09:00." in text(answer)
    assert list(birth.files.values_list("name", flat=True)) == ["1.jpg", "2.jpg"]


def test_the_limits_are_told_before_the_upload(pao, office):
    dossier = begin(pao, office)

    shown = text(pao.get(page("papers", dossier)))

    assert limits.told() in shown
    assert f'data-limit="{limits.MAX_BYTES}"' in shown and f'accept="{limits.accept()}"' in shown


def test_a_file_too_big_is_told_in_words_and_costs_nothing_else(pao, office, monkeypatch):
    monkeypatch.setattr(limits, "MAX_BYTES", 100)
    dossier = begin(pao, office)
    birth, other, _ = dossier.papers.all()

    answer = pao.post(
        page("papers", dossier),
        {f"paper-{birth.pk}": a_photo("lớn.jpg", salt="x" * 200), f"paper-{other.pk}": a_photo("nhỏ.jpg")},
    )

    assert "Tệp “lớn.jpg” nặng" in text(answer)
    assert PaperFile.objects.get().paper == other


def test_paper_is_brought_later_only_where_the_procedure_allows_it(pao, office):
    dossier = begin(pao, office)
    birth, identity, _ = dossier.papers.all()
    shown = text(pao.get(page("papers", dossier)))

    pao.post(page("papers", dossier), {f"asked-{identity.pk}": "1", f"later-{identity.pk}": "on"})
    forged = pao.post(page("papers", dossier), {f"asked-{birth.pk}": "1", f"later-{birth.pk}": "on"})

    assert f'name="later-{identity.pk}"' in shown and f'name="later-{birth.pk}"' not in shown
    assert dossier.papers.get(pk=identity.pk).bring_later
    assert forged.status_code == 422 and "không mang đến sau được" in text(forged)
    assert not dossier.papers.get(pk=birth.pk).bring_later


def test_a_file_is_taken_back_after_asking_once(pao, office):
    dossier = begin(pao, office)
    birth = dossier.papers.first()
    pao.post(page("papers", dossier), {f"paper-{birth.pk}": a_photo()})
    file = PaperFile.objects.get()
    address = reverse("portal:draft_remove", args=[dossier.public_id, file.pk])

    asked = pao.get(address)
    assert "Bỏ tệp này?" in text(asked) and PaperFile.objects.exists()
    answer = pao.post(address)

    assert answer.url == f"{page('papers', dossier)}#giay-to-{birth.pk}"
    assert not PaperFile.objects.exists()


def test_one_reads_back_what_one_sent(pao, office):
    dossier = begin(pao, office)
    pao.post(page("papers", dossier), {f"paper-{dossier.papers.first().pk}": a_photo()})
    address = reverse("portal:draft_file", args=[dossier.public_id, PaperFile.objects.get().pk])

    answer = pao.get(address)

    assert b"".join(answer.streaming_content) == a_photo().read()
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_post_needs_an_address(pao, office):
    dossier = begin(pao, office)

    refused = pao.post(page("return", dossier), {"return_by": "POST", "return_address": ""})
    passed = pao.post(page("return", dossier), {"return_by": "POST", "return_address": "Thôn Khuổi Phát"})

    assert refused.status_code == 422 and "Hãy ghi địa chỉ để bưu chính mang kết quả đến." in text(refused)
    assert passed.url == page("review", dossier)
    dossier.refresh_from_db()
    assert (dossier.return_by, dossier.return_address) == (ReturnBy.POST, "Thôn Khuổi Phát")


def test_the_check_links_everything_missing_to_where_it_is_put_right(pao, office):
    dossier = begin(pao, office)
    birth = dossier.papers.first()

    shown = pao.get(page("review", dossier))
    told = text(shown)
    pressed = pao.post(page("submit", dossier))

    assert "Bản nháp, chưa nộp" in told and "Còn thiếu 8 mục" in told
    assert f'href="{page("form", dossier)}?ve=kiem-tra#id_ten_con"' in told
    assert f'href="{page("papers", dossier)}?ve=kiem-tra#giay-to-{birth.pk}"' in told
    assert ">Nộp hồ sơ</button>" not in told
    assert pressed.status_code == 422
    dossier.refresh_from_db()
    assert dossier.state == State.DRAFT


def test_from_the_check_one_returns_to_the_check(pao, office):
    dossier = begin(pao, office)
    fill(pao, dossier)

    answer = pao.post(f"{page('form', dossier)}?ve=kiem-tra", ANSWERS)

    assert answer.url == page("review", dossier)


def test_a_draft_is_thrown_away_after_asking_once(pao, office):
    dossier = begin(pao, office)

    assert "Bỏ bản nháp này?" in text(pao.get(page("discard", dossier)))
    assert Dossier.objects.exists()
    pao.post(page("discard", dossier))

    assert not Dossier.objects.exists()


def test_a_procedure_without_a_form_of_its_own_asks_the_common_one(client):
    office = a_one_stop(form=[])
    sign_in(client, office.citizen)
    dossier = begin(client, office)

    shown = text(client.get(page("form", dossier)))

    assert "Bạn đề nghị giải quyết việc gì?" in shown


def test_the_draft_of_somebody_else_does_not_exist(client, office):
    dossier = a_draft(office)
    file = PaperFile.objects.first()
    sign_in(client, a_citizen("Kẻ khác"))
    names = ("whose", "owner", "form", "papers", "return", "review", "discard")
    addresses = [page(name, dossier) for name in names]
    addresses += [reverse(f"portal:draft_{name}", args=[dossier.public_id, file.pk]) for name in ("file", "remove")]
    addresses += [reverse("portal:draft", args=[dossier.public_id])]

    assert {client.get(address).status_code for address in addresses} == {404}
    assert {client.post(address, ANSWERS).status_code for address in addresses[:7]} == {404}
    assert client.post(page("submit", dossier)).status_code == 404
    assert client.post(reverse("portal:draft_save", args=[dossier.public_id, "form"]), ANSWERS).status_code == 404
    dossier.refresh_from_db()
    assert dossier.state == State.DRAFT


def test_the_draft_saves_itself_and_says_when(pao, office, monkeypatch):
    dossier = begin(pao, office)
    it_is(monkeypatch, MONDAY + timedelta(hours=1, minutes=32))

    answer = pao.post(reverse("portal:draft_save", args=[dossier.public_id, "form"]), {"ten_con": "Lý Gia Bảo"})

    assert answer.json() == {"saved_at": "10:32"}
    dossier.refresh_from_db()
    assert dossier.form == {"ten_con": "Lý Gia Bảo"}


def test_saving_keeps_the_right_answers_and_names_the_wrong_one(pao, office):
    dossier = begin(pao, office)
    save = reverse("portal:draft_save", args=[dossier.public_id, "form"])
    pao.post(save, {"ngay_sinh": "2023-10-01"})

    answer = pao.post(save, {"ten_con": "Lý Gia Bảo", "ngay_sinh": "hôm qua"})

    assert answer.json() == {"saved_at": "09:00", "except": "“Ngày sinh” chưa đúng nên chưa lưu"}
    dossier.refresh_from_db()
    assert dossier.form == {"ten_con": "Lý Gia Bảo", "ngay_sinh": "2023-10-01"}


def test_saving_after_the_session_has_ended_says_so(client, office):
    dossier = a_draft(office)

    answer = client.post(
        reverse("portal:draft_save", args=[dossier.public_id, "form"]), ANSWERS, headers={"accept": "application/json"}
    )

    assert answer.status_code == 401
    assert "phiên đăng nhập đã hết" in answer.json()["error"]


def test_saving_a_filed_dossier_changes_nothing_and_says_so(pao, office):
    dossier = begin(pao, office)
    fill(pao, dossier)
    pao.post(page("submit", dossier))

    answer = pao.post(reverse("portal:draft_save", args=[dossier.public_id, "form"]), {"ten_con": "Khác"})

    assert answer.status_code == 409
    assert answer.json()["error"] == "hồ sơ này đã nộp, không sửa được nữa."
    dossier.refresh_from_db()
    assert dossier.form["ten_con"] == "Lý Gia Bảo"


def test_autosave_says_that_the_draft_was_thrown_away_on_another_page(client, office):
    draft = a_draft(office)
    sign_in(client, office.citizen)
    client.post(page("discard", draft))

    answer = client.post(reverse("portal:draft_save", args=[draft.public_id, "form"]), {"ten_con": "Khác"})

    assert answer.status_code == 404
    assert answer.json()["error"].startswith("bản nháp này đã bị bỏ ở một trang khác.")
    assert not Dossier.objects.exists()


def test_what_was_typed_survives_the_end_of_the_session_without_javascript(office):
    """Signed out, the page comes back; signed in again, its old token is renewed; sent a third time, it is kept."""
    draft = a_draft(office)
    client = Client(enforce_csrf_checks=True)
    client.get("/")
    token = client.cookies["csrftoken"].value

    ended = client.post(page("form", draft), {**ANSWERS, "ten_con": "Tên mới", "csrfmiddlewaretoken": token})
    assert ended.status_code == 401 and 'name="ten_con" value="Tên mới"' in text(ended)
    sign_in(client, office.citizen)
    client.cookies["csrftoken"] = "x" * 32
    stale = client.post(page("form", draft), {**ANSWERS, "ten_con": "Tên mới", "csrfmiddlewaretoken": token})
    assert stale.status_code == 422 and 'value="Tên mới"' in text(stale)
    draft.refresh_from_db()
    assert draft.form["ten_con"] == "Lý Gia Bảo"  # nothing is kept without a token that fits
    fresh = text(stale).split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    kept = client.post(page("form", draft), {**ANSWERS, "ten_con": "Tên mới", "csrfmiddlewaretoken": fresh})

    assert kept.url == page("papers", draft)
    draft.refresh_from_db()
    assert draft.form["ten_con"] == "Tên mới"


def test_a_page_with_an_old_token_files_and_throws_away_nothing(office):
    draft = a_draft(office)
    client = Client(enforce_csrf_checks=True)
    sign_in(client, office.citizen)

    answers = [client.post(page(name, draft)) for name in ("submit", "discard", "whose")]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert "Trang này đã cũ, chưa gửi gì" in text(answers[0])
    assert Dossier.objects.get().state == State.DRAFT


def test_autosave_with_an_old_token_is_given_the_new_one(office):
    draft = a_draft(office)
    client = Client(enforce_csrf_checks=True)
    sign_in(client, office.citizen)
    save = reverse("portal:draft_save", args=[draft.public_id, "form"])

    stale = client.post(save, {**ANSWERS, "ten_con": "Mới"}, headers={"accept": "application/json"})
    token = stale.json()["token"]
    kept = client.post(
        save, {**ANSWERS, "ten_con": "Mới", "csrfmiddlewaretoken": token}, headers={"accept": "application/json"}
    )

    assert stale.status_code == 403
    assert kept.json() == {"saved_at": "09:00"}


def test_files_chosen_after_the_session_has_ended_are_said_to_be_lost(client, office):
    draft = a_draft(office)

    answer = client.post(page("papers", draft), {f"paper-{draft.papers.last().pk}": a_photo()})

    assert answer.status_code == 422  # so that the script that sends files shows the page
    assert "Riêng các tệp vừa chọn không giữ lại được" in text(answer)


def test_a_draft_needs_an_account(client, office):
    draft = a_draft(office)

    assert client.get(page("form", draft)).url.startswith("/dang-nhap/?next=")


# A new version comes while a draft lies open


LATER = MONDAY + timedelta(days=7)
NEW_FORM = [FORM[0], {"key": "dan_toc", "type": "text", "label": "Dân tộc của con", "required": True}]


def test_an_old_draft_opened_shows_the_new_form_with_all_that_was_typed(pao, office, monkeypatch):
    draft = a_draft(office, form=dict(ANSWERS))
    a_procedure(valid_from=LATER.date(), form=NEW_FORM)
    it_is(monkeypatch, LATER)

    shown = text(pao.get(page("review", draft), follow=True))

    assert "Thủ tục có quy định mới từ ngày 30/10/2023" in shown
    assert 'value="Lý Gia Bảo"' in shown and "Dân tộc của con" in shown
    assert "Phần bạn đã điền ở biểu mẫu trước, nay không còn hỏi" in shown and "01/10/2023" in shown


def test_pressing_file_on_an_old_draft_is_refused_and_leads_to_the_new_form(pao, office, monkeypatch):
    draft = a_draft(office, form=dict(ANSWERS))
    a_procedure(valid_from=LATER.date(), form=NEW_FORM)
    it_is(monkeypatch, LATER)

    answer = pao.post(page("submit", draft), follow=True)

    assert answer.redirect_chain == [(page("form", draft), 302)]
    assert "xin xem lại trang này trước khi nộp" in text(answer)
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_what_was_typed_on_a_page_opened_before_the_new_version_is_kept(pao, office, monkeypatch):
    draft = a_draft(office, form={})
    a_procedure(valid_from=LATER.date(), form=NEW_FORM)
    it_is(monkeypatch, LATER)

    answer = pao.post(page("form", draft), {**ANSWERS, "phien-ban": office.version.pk}, follow=True)

    assert answer.redirect_chain[-1][0] == page("form", draft)
    draft.refresh_from_db()
    assert draft.form == {"ten_con": "Lý Gia Bảo"}
    assert ["Ngày sinh", "01/10/2023"] in draft.left_over


def test_a_page_left_open_in_another_tab_does_not_wipe_the_new_answers(pao, office, monkeypatch):
    draft = a_draft(office, form=dict(ANSWERS))
    new = a_procedure(valid_from=LATER.date(), form=NEW_FORM)
    it_is(monkeypatch, LATER)
    pao.get(page("form", draft))
    pao.post(page("form", draft), {"ten_con": "Lý Gia Bảo", "dan_toc": "Dao", "phien-ban": new.pk})

    old = {**ANSWERS, "ten_con": "Lý Gia An", "phien-ban": office.version.pk}
    saved = pao.post(f"/ho-so-nhap/{draft.public_id}/luu/form/", old)
    sent = pao.post(page("form", draft), old)

    assert saved.status_code == 409 and "biểu mẫu vừa đổi theo quy định mới" in saved.json()["error"]
    assert sent.url == page("form", draft)
    draft.refresh_from_db()
    assert draft.form == {"ten_con": "Lý Gia An", "dan_toc": "Dao"}


def test_a_draft_of_a_retired_procedure_is_read_and_not_filed(pao, office, monkeypatch):
    draft = a_draft(office, form=dict(ANSWERS))
    type(office.version).objects.update(valid_to=MONDAY.date())
    it_is(monkeypatch, LATER)

    shown = text(pao.get(page("form", draft)))
    refused = pao.post(page("submit", draft))

    assert "Thủ tục này đã bị bãi bỏ từ ngày 24/10/2023" in shown and 'value="Lý Gia Bảo"' in shown
    assert refused.status_code == 422 and "Bản nháp vẫn được giữ" in text(refused)


# Questions with questions inside

FAMILY = [
    *FORM,
    {"key": "me", "type": "person", "label": "Người mẹ", "required": True},
    {
        "key": "anh_em",
        "type": "group",
        "label": "Anh, chị, em",
        "required": False,
        "item": "người",
        "fields": [
            {"key": "ten", "type": "text", "label": "Họ tên", "required": True},
            {"key": "sinh", "type": "partial_date", "label": "Năm sinh", "required": False},
        ],
    },
    {"key": "so_con", "type": "computed", "label": "Số anh, chị, em", "required": False, "expression": "count(anh_em)"},
    {"key": "uy_quyen", "type": "paper", "label": "Văn bản ủy quyền", "required": True, "component": "uy_quyen"},
]


@pytest.fixture
def family(office):
    office.version.form = FAMILY
    office.version.save()
    return office


def test_one_more_person_keeps_what_was_typed_without_javascript(pao, family):
    draft = a_draft(family, form={})
    sent = {
        **ANSWERS,
        "me-name": "Triệu Thị Mẩy",
        "anh_em-items": "0",
        "anh_em-0-ten": "Lý Gia An",
        "anh_em-0-sinh": "x",
    }

    shown = pao.post(page("form", draft), {**sent, "them-muc": "anh_em"})

    told = text(shown)
    assert 'name="anh_em-1-ten"' in told and 'value="0,1"' in told
    assert 'value="Lý Gia An"' in told and 'value="x"' in told and "Ngày chưa đúng" in told
    draft.refresh_from_db()
    assert draft.form["anh_em"] == [{"ten": "Lý Gia An"}] and draft.form["me"] == {"name": "Triệu Thị Mẩy"}
    assert draft.form["so_con"] == "1"

    gone = text(pao.post(page("form", draft), {**sent, "bo-muc": "anh_em-0"}))
    assert 'name="anh_em-0-ten"' not in gone
    draft.refresh_from_db()
    assert "anh_em" not in draft.form


def test_what_is_wrong_inside_is_told_on_top_with_its_place(pao, family):
    draft = a_draft(family, form={})

    refused = pao.post(page("form", draft), {**ANSWERS, "me-birth": "1990", "anh_em-items": "3", "anh_em-3-sinh": "x"})

    told = text(refused)
    assert refused.status_code == 422
    assert '<a href="#id_me-name">Người mẹ: Hãy điền “Họ, chữ đệm, tên”.</a>' in told
    assert '<a href="#id_anh_em-3-ten">Người thứ 1: Hãy điền “Họ tên”.</a>' in told
    assert '<a href="#id_anh_em-3-sinh">Người thứ 1: Năm sinh: Ngày chưa đúng.' in told


def test_the_draft_saves_itself_with_all_its_persons(pao, family):
    draft = a_draft(family, form={})

    answer = pao.post(
        f"/ho-so-nhap/{draft.public_id}/luu/form/",
        {
            **ANSWERS,
            "me-name": "Mẩy",
            "anh_em-items": "0,1",
            "anh_em-0-ten": "An",
            "anh_em-1-sinh": "2015",
            "so_con": "99",
        },
    )

    assert "saved_at" in answer.json() and "except" not in answer.json()
    draft.refresh_from_db()
    assert draft.form["anh_em"] == [{"ten": "An"}, {"sinh": "2015"}] and draft.form["so_con"] == "2"


def test_the_check_names_what_is_missing_inside_and_the_paper_a_question_asks_for(pao, family):
    draft = a_draft(family, form={**ANSWERS, "me": {"birth": "1990"}, "anh_em": [{"sinh": "2015"}]})

    shown = text(pao.get(page("review", draft)))

    assert "“Họ, chữ đệm, tên” ở “Người mẹ”" in shown and "“Họ tên” của người thứ 1" in shown
    assert f"/giay-to/?ve=kiem-tra#giay-to-{draft.papers.get(component__key='uy_quyen').pk}" in shown
    assert "1. Năm sinh: 2015" in shown


def test_the_declaration_of_a_draft_is_looked_at_before_filing_and_kept_afterwards_by_its_owner_alone(client, office):
    draft = a_draft(office)
    sign_in(client, office.citizen)

    before = client.get(page("declaration", draft))
    assert before["Content-Type"] == "application/pdf" and before.content.startswith(b"%PDF")
    assert page("declaration", draft) in text(client.get(page("review", draft)))
    client.post(page("submit", draft))
    draft.refresh_from_db()
    after = reverse("portal:declaration", args=[draft.code])

    assert after in text(client.get(reverse("portal:dossier", args=[draft.code])))
    assert client.get(after).content.startswith(b"%PDF")
    assert client.get(page("declaration", draft)).url == reverse("portal:dossier", args=[draft.code])
    sign_in(client, a_citizen("Người khác"))
    assert client.get(after).status_code == 404


def test_whose_sign_in_is_not_sure_enough_reads_so_before_filling_anything_in(pao, office):
    start = reverse("portal:file", args=[office.version.code])
    assert "chưa nộp được" not in text(pao.get(start))

    RuleSet.objects.update(filing_needs=Assurance.LEVEL_2)

    told = text(pao.get(start))
    assert "chỉ nộp được khi đăng nhập bằng định danh điện tử mức độ 2" in told
    assert "Bạn vẫn điền trước được" in told
