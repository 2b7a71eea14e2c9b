"""The conversation in which a file comes piece by piece, and a paper of several pages, without JavaScript (gửi giấy tờ)."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from motcua.accounts.testing import a_citizen, sign_in
from motcua.dossiers import supplement, uploads
from motcua.dossiers.models import Dossier, PaperFile, State, Upload
from motcua.dossiers.supplement import Item
from motcua.dossiers.testing import MONDAY, a_dossier, a_draft
from motcua.files import limits, pieces
from motcua.files.testing import HTML, PDF, PNG
from motcua.portal.testing import a_photo, page, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(office):
    draft = a_draft(office)
    PaperFile.objects.all().delete()
    return draft.papers.first()


def announce(client, paper, content=PDF, **more):
    told = {"key": str(uuid4()), "name": "giay.pdf", "size": len(content)} | more
    return told["key"], client.post(reverse("portal:upload_begin", args=[paper.pk]), told)


def send(client, key, content, offset):
    return client.patch(
        reverse("portal:upload", args=[key]),
        content,
        content_type="application/octet-stream",
        headers={"Upload-Offset": str(offset)},
    )


def test_a_file_comes_in_two_pieces_and_its_row_comes_back(pao, paper):
    key, answer = announce(pao, paper)
    assert (answer.status_code, answer.json()) == (201, {"received": 0, "saved": False})

    assert send(pao, key, PDF[:30], 0).json() == {"received": 30, "saved": False}
    assert pao.get(reverse("portal:upload", args=[key])).json() == {"received": 30, "saved": False}
    last = send(pao, key, PDF[30:], 30).json()

    file = PaperFile.objects.get()
    assert (last["saved"], last["saved_at"], last["file"]) == (True, "09:00", file.pk)
    assert reverse("portal:draft_file", args=[paper.dossier.public_id, file.pk]) in last["row"]
    assert send(pao, key, b"", len(PDF)).status_code == 409  # said once more after the answer was lost
    assert announce(pao, paper, key=key)[1].json() == {"received": len(PDF), "saved": True}
    assert PaperFile.objects.count() == 1


def test_a_wrong_offset_is_told_the_right_one(pao, paper):
    key, _ = announce(pao, paper)
    send(pao, key, PDF[:30], 0)

    answer = send(pao, key, PDF[10:], 10)

    assert (answer.status_code, answer.json()) == (409, {"received": 30, "saved": False})
    assert [send(pao, key, b"x", offset).status_code for offset in ("", "-1", "1e3", "٣", "9" * 40)] == [400] * 5


def test_nobody_else_sends_looks_or_takes_back(client, office, paper):
    sign_in(client, office.citizen)
    key, _ = announce(client, paper)
    sign_in(client, a_citizen("Người khác"))

    answers = [
        announce(client, paper)[1],
        announce(client, paper, key=key)[1],
        send(client, key, PDF, 0),
        client.get(reverse("portal:upload", args=[key])),
        client.post(reverse("portal:upload_give_up", args=[key])),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert Upload.objects.get().received == 0


def test_who_is_signed_out_is_told_so_and_nothing_is_lost(client, pao, paper):
    key, _ = announce(pao, paper)
    client.logout()

    answer = client.post(reverse("portal:upload_begin", args=[paper.pk]), headers={"Accept": "application/json"})

    assert (answer.status_code, "đăng nhập lại" in answer.json()["error"]) == (401, True)
    assert send(client, key, PDF, 0).status_code == 302
    assert Upload.objects.get().received == 0


def test_too_much_is_refused_before_and_while_it_is_sent(pao, paper, monkeypatch):
    _, answer = announce(pao, paper, size=limits.MAX_BYTES + 1)
    assert answer.status_code == 413 and "mỗi tệp được tối đa 20 MB" in answer.json()["error"]
    assert announce(pao, paper, size=0)[1].status_code == 422

    key, _ = announce(pao, paper)
    assert send(pao, key, PDF + b"x", 0).status_code == 413
    monkeypatch.setattr(pieces, "LARGEST", 10)
    assert send(pao, key, PDF[:11], 0).status_code == 413

    assert Upload.objects.get().received == 0


def test_what_is_no_paper_is_refused_with_its_sentence(pao, paper):
    key, _ = announce(pao, paper, HTML, name="giay-khai-sinh.jpg")

    answer = send(pao, key, HTML, 0)

    assert answer.status_code == 422
    assert "“giay-khai-sinh.jpg” không thuộc loại được nhận nên chưa được lưu" in answer.json()["error"]
    assert send(pao, key, HTML, 0).status_code == 404
    assert not PaperFile.objects.exists()


def test_an_announcement_that_is_none_is_refused(pao, paper):
    answers = [announce(pao, paper, **wrong)[1] for wrong in ({"key": "1"}, {"size": "-1"}, {"name": ""})]

    assert [answer.status_code for answer in answers] == [400] * 3
    assert not Upload.objects.exists()


def test_what_has_not_arrived_stands_on_the_page_and_is_taken_back_without_javascript(pao, paper):
    key, _ = announce(pao, paper)
    send(pao, key, PDF[:30], 0)
    address = page("papers", paper.dossier)
    assert f"Đã gửi {3000 // len(PDF)} %, chưa xong" in text(pao.get(address))

    answer = pao.post(reverse("portal:upload_give_up", args=[key]), follow=True)

    assert answer.redirect_chain[-1][0] == f"{address}#giay-to-{paper.pk}"
    assert "Đã bỏ tệp “giay.pdf”." in text(answer)
    assert not Upload.objects.exists()


def test_nothing_is_filed_silently_without_what_has_not_arrived(pao, office):
    draft = a_draft(office)
    announce(pao, draft.papers.last(), name="trang-2.pdf")
    review = text(pao.get(page("review", draft)))
    assert "Còn 1 tệp chưa gửi xong" in review and "trang-2.pdf" in review

    refused = pao.post(page("submit", draft))
    draft.refresh_from_db()
    assert (refused.status_code, draft.state) == (422, State.DRAFT)

    pao.post(page("submit", draft), {"without": "on"})
    draft.refresh_from_db()
    assert draft.state == State.SUBMITTED


def test_pages_are_put_in_another_order_by_buttons(pao, paper):
    address = page("papers", paper.dossier)
    pao.post(address, {f"paper-{paper.pk}": [a_photo("1.jpg", salt="1"), a_photo("2.jpg", salt="2")]})
    first, second = PaperFile.objects.all()

    answer = pao.post(address, {"move": f"{second.pk}:up"})

    assert answer.url == f"{address}#giay-to-{paper.pk}"
    assert list(paper.files.values_list("name", flat=True)) == ["2.jpg", "1.jpg"]
    pao.post(address, {"move": "999999999999999999999:up"})
    assert list(paper.files.values_list("name", flat=True)) == ["2.jpg", "1.jpg"]


def test_before_filing_one_sees_the_papers_as_the_officer_will_page_by_page(pao, paper):
    draft = paper.dossier
    files = [a_photo("mat-sau.jpg", salt="2"), a_photo("mat-truoc.jpg", salt="1")]
    pao.post(page("papers", draft), {f"paper-{paper.pk}": files})
    pao.post(page("papers", draft), {"move": f"{PaperFile.objects.last().pk}:up"})
    assert page("preview", draft) in text(pao.get(page("review", draft)))

    shown = text(pao.get(page("preview", draft)))

    assert re.findall(r"Trang \d trên 2 · <a href=\"[^\"]+\">([^<]+)", shown) == ["mat-truoc.jpg", "mat-sau.jpg"]
    images = re.findall(r'<img src="([^"]+)"', shown)
    assert images == [page("papers", draft) + f"{file.pk}/" for file in paper.files.all()]
    assert draft.owner_name in shown and draft.form["ten_con"] in shown


def test_a_page_asked_for_in_a_supplement_comes_the_same_way(pao, office):
    dossier = a_dossier(office, State.SUBMITTED)
    asked, other, _ = dossier.papers.all()
    supplement.request(dossier, items=[Item("Chụp lại", paper=asked)], reason="Mờ", by=office.reception, at=MONDAY)

    key, _ = announce(pao, asked, PNG, name="ro.png")
    row = send(pao, key, PNG, 0).json()["row"]

    assert reverse("portal:answer_remove", args=[dossier.code, asked.files.last().pk]) in row
    assert announce(pao, other)[1].status_code == 422
    assert "ro.png" in text(pao.get(reverse("portal:answer", args=[dossier.code])))


def test_a_filed_dossier_takes_no_more_pages(pao, office):
    dossier = a_dossier(office, State.SUBMITTED)

    _, answer = announce(pao, dossier.papers.first())

    assert answer.status_code == 422
    assert not Upload.objects.exists() and uploads.waiting(Dossier.objects.get()).count() == 0
