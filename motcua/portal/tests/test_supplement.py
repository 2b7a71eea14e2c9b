"""Answering a supplement request on the portal (bổ sung, hoàn thiện hồ sơ)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from motcua.accounts.testing import sign_in
from motcua.dossiers import supplement
from motcua.dossiers.models import PaperFile, State
from motcua.dossiers.supplement import Item
from motcua.dossiers.testing import MONDAY, TUESDAY, a_dossier, it_is
from motcua.portal.models import AnswerDraft
from motcua.portal.testing import a_photo, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(client, office, monkeypatch):
    """A dossier whose first paper and name of the child are asked for, on the day after."""
    dossier = a_dossier(office, State.SUBMITTED)
    dossier = supplement.request(
        dossier,
        items=[
            Item("Chụp lại trang hai cho rõ", paper=dossier.papers.first()),
            Item("Ghi đủ họ, chữ đệm, tên", field="ten_con"),
            Item("Cho biết giờ đến lấy được"),
        ],
        reason="Ảnh mờ, tên thiếu chữ đệm.",
        by=office.reception,
        at=MONDAY + timedelta(hours=2),
    )
    it_is(monkeypatch, TUESDAY)
    sign_in(client, office.citizen)
    return dossier


def page(dossier, name="answer"):
    return reverse(f"portal:{name}", args=[dossier.code])


def test_the_page_shows_exactly_what_was_asked(client, asked):
    shown = text(client.get(page(asked)))

    paper, other, _ = asked.papers.all()
    assert "Chụp lại trang hai cho rõ" in shown and "Ghi đủ họ, chữ đệm, tên" in shown
    assert "Cho biết giờ đến lấy được" in shown and "Ảnh mờ, tên thiếu chữ đệm." in shown
    assert f'name="paper-{paper.pk}"' in shown and f'name="paper-{other.pk}"' not in shown
    assert 'name="ten_con" value="Lý Gia Bảo"' in shown and 'name="ngay_sinh"' not in shown


def test_one_press_sends_files_fields_and_note(client, asked):
    paper = asked.papers.first()

    answer = client.post(
        page(asked),
        {f"paper-{paper.pk}": a_photo("trang-2.jpg"), "ten_con": "Lý Gia Bảo Anh", "note": "Sáng thứ Tư.", "send": "1"},
        follow=True,
    )

    asked.refresh_from_db()
    assert asked.state == State.SUBMITTED
    assert asked.form["ten_con"] == "Lý Gia Bảo Anh"
    request = asked.supplement_requests.get()
    assert (request.answered_at, request.answer_note) == (TUESDAY, "Sáng thứ Tư.")
    assert "Đã gửi phần bổ sung." in text(answer)
    assert not AnswerDraft.objects.exists()


def test_files_are_kept_at_once_and_nothing_is_sent_before_the_button(client, asked):
    paper = asked.papers.first()

    answer = client.post(
        page(asked),
        {f"paper-{paper.pk}": a_photo("trang-2.jpg"), "ten_con": "Lý Gia", "note": "Đợi tôi", "paper": paper.pk},
    )
    back = text(client.get(page(asked)))

    assert "Đã lưu 1 tệp lúc 09:00." in text(answer)
    assert 'value="Lý Gia"' in back and "Đợi tôi" in back and "trang-2.jpg" in back
    asked.refresh_from_db()
    assert asked.state == State.AWAITING_COMPLETION
    assert asked.form["ten_con"] == "Lý Gia Bảo"


def test_an_answer_without_its_paper_is_refused_and_keeps_the_rest(client, asked):
    answer = client.post(page(asked), {"ten_con": "Lý Gia Bảo Anh", "note": "", "send": "1"})

    assert answer.status_code == 422
    assert "Chưa gửi được, còn thiếu:" in text(answer) and "Chưa có tệp mới cho giấy tờ này." in text(answer)
    assert 'value="Lý Gia Bảo Anh"' in text(answer)
    asked.refresh_from_db()
    assert (asked.state, asked.form["ten_con"]) == (State.AWAITING_COMPLETION, "Lý Gia Bảo")


def test_an_empty_field_that_was_asked_for_is_refused(client, asked):
    paper = asked.papers.first()

    answer = client.post(page(asked), {f"paper-{paper.pk}": a_photo(), "ten_con": " ", "send": "1"})

    assert answer.status_code == 422 and "Hãy điền “Họ, chữ đệm, tên của con”." in text(answer)
    assert PaperFile.objects.filter(paper=paper, added_at=TUESDAY).exists()


def test_what_was_not_asked_cannot_be_changed(client, asked):
    paper, other, _ = asked.papers.all()

    client.post(
        page(asked),
        {
            f"paper-{paper.pk}": a_photo(),
            f"paper-{other.pk}": a_photo("lén.jpg"),
            "ten_con": "Lý Gia Bảo Anh",
            "ngay_sinh": "1999-01-01",
            "send": "1",
        },
    )

    asked.refresh_from_db()
    assert asked.form["ngay_sinh"] == "2022-04-01"
    assert not PaperFile.objects.filter(name="lén.jpg").exists()


def test_the_answer_saves_itself(client, asked):
    saved = client.post(page(asked, "answer_save"), {"ten_con": "Lý Gia Bảo Anh", "note": "Chiều"})

    assert saved.json() == {"saved_at": "09:00"}
    assert 'value="Lý Gia Bảo Anh"' in text(client.get(page(asked)))


def test_sending_twice_answers_once(client, asked):
    paper = asked.papers.first()
    sent = {"ten_con": "Lý Gia Bảo Anh", "send": "1"}

    first = client.post(page(asked), {f"paper-{paper.pk}": a_photo(), **sent})
    second = client.post(page(asked), sent)
    late = client.post(page(asked, "answer_save"), sent)

    assert first.url == second.url == reverse("portal:dossier", args=[asked.code])
    assert late.status_code == 409
    assert asked.supplement_requests.count() == 1


def test_a_new_file_is_taken_back_and_stays_as_replaced(client, asked):
    paper = asked.papers.first()
    client.post(page(asked), {f"paper-{paper.pk}": a_photo("nhầm.jpg")})
    file = PaperFile.objects.get(name="nhầm.jpg")

    client.post(reverse("portal:answer_remove", args=[asked.code, file.pk]))

    file.refresh_from_db()
    assert file.replaced_at == TUESDAY
    client.get(page(asked))  # says once that it was removed
    assert "nhầm.jpg" not in text(client.get(page(asked)))


def test_a_file_not_asked_for_stays(client, asked):
    other = PaperFile.objects.filter(paper=asked.papers.all()[1]).first()

    answer = client.post(reverse("portal:answer_remove", args=[asked.code, other.pk]), follow=True)

    other.refresh_from_db()
    assert other.replaced_at is None
    assert "không nằm trong nội dung cần bổ sung" in text(answer)


def test_nothing_is_asked_when_nothing_was(client, office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    sign_in(client, office.citizen)

    assert client.get(page(dossier)).url == reverse("portal:dossier", args=[dossier.code])
