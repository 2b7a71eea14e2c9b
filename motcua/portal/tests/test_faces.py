"""The two faces of the portal: before July 2025 it takes filings, since then it guides, follows and answers (NĐ 118/2025/NĐ-CP)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from motcua.dossiers import intake, supplement
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.supplement import Item
from motcua.dossiers.testing import MONDAY, a_dossier, a_draft, it_is
from motcua.portal import faces
from motcua.portal.testing import page, text
from motcua.portal.tests.test_english_pages import vietnamese_in

pytestmark = pytest.mark.django_db

AFTER = MONDAY.replace(year=2025, month=7, day=1)
NATIONAL = 'href="https://dichvucong.gov.vn/"'
PLACES = ["/", "/tim-kiem/?q=khai+sinh", "/thu-tuc/1.001193/", "/cap/xa/"]


def test_before_july_2025_no_page_sends_anybody_elsewhere(pao, office):
    a_draft(office)
    pages = {where: text(pao.get(where)) for where in (*PLACES, "/ho-so-cua-toi/")}

    assert not [where for where, shown in pages.items() if "dichvucong.gov.vn" in shown]
    assert ">Nộp hồ sơ</button>" in pages["/thu-tuc/1.001193/"]
    assert "Nộp được trực tuyến" in pages["/tim-kiem/?q=khai+sinh"]


def test_since_then_every_page_that_offered_filing_leads_to_the_national_portal(pao, monkeypatch):
    it_is(monkeypatch, AFTER)
    pages = {where: text(pao.get(where)) for where in PLACES}

    assert [where for where, shown in pages.items() if NATIONAL not in shown] == ["/cap/xa/"]
    assert 'Từ 01/07/2025 (<span lang="vi">Nghị định 118/2025/NĐ-CP</span>)' in pages["/"]
    assert "Nộp trực tuyến tại Cổng Dịch vụ công quốc gia" in pages["/cap/xa/"]
    assert not [where for where, shown in pages.items() if "Nộp được trực tuyến" in shown or ">Nộp hồ sơ<" in shown]


def test_the_app_is_named_once_its_decree_is_signed(pao, monkeypatch):
    it_is(monkeypatch, AFTER)
    assert "vneid.gov.vn" not in text(pao.get("/thu-tuc/1.001193/"))

    it_is(monkeypatch, AFTER.replace(year=2026))
    assert 'href="https://vneid.gov.vn/"' in text(pao.get("/thu-tuc/1.001193/"))


def test_page_and_step_refuse_with_the_same_sentence(pao, office, monkeypatch):
    it_is(monkeypatch, AFTER)

    told = "Theo quy định hiện nay, hồ sơ trực tuyến nộp tại Cổng Dịch vụ công quốc gia."
    assert told in text(pao.get("/thu-tuc/1.001193/"))
    with pytest.raises(intake.PortalClosed, match=told):
        intake.begin(office.version, agency=office.agency, by=office.citizen, at=AFTER)
    assert pao.post("/thu-tuc/1.001193/nop/", {"agency": office.agency.pk}).url == "/thu-tuc/1.001193/"
    assert not Dossier.objects.exists()


def test_a_draft_begun_before_says_what_to_do_and_keeps_its_text(pao, office, monkeypatch):
    draft = a_draft(office)
    it_is(monkeypatch, AFTER)

    listed = text(pao.get("/ho-so-cua-toi/"))
    review = text(pao.get(page("review", draft)))
    form = text(pao.get(page("form", draft)))
    printed = pao.get(reverse("portal:draft_declaration", args=[draft.public_id]))

    assert NATIONAL in listed and "In tờ khai đã điền" in listed and "chỉ còn bấm nộp" not in listed
    for shown in (review, form):
        assert "Bản nháp này không nộp được tại đây nữa" in shown and NATIONAL in shown
        assert "Lý Gia Bảo" in shown
    assert ">Nộp hồ sơ</button>" not in review
    assert printed["Content-Type"] == "application/pdf"


def test_what_was_filed_before_is_still_followed_and_completed_here(pao, office, monkeypatch):
    filed = MONDAY.replace(year=2025, month=6, day=27)
    it_is(monkeypatch, filed)
    dossier = a_dossier(office, State.SUBMITTED, at=filed)
    item = Item("Chụp lại", paper=dossier.papers.first())
    supplement.request(dossier, items=[item], reason="Ảnh mờ.", by=office.reception, at=filed + timedelta(hours=2))
    it_is(monkeypatch, AFTER)

    follower = Client()
    followed = follower.post("/tra-cuu/", {"code": dossier.code, "second_fact": dossier.phone[-4:]})
    shown = text(pao.get(f"/ho-so/{dossier.code}/"))
    answer = pao.get(reverse("portal:answer", args=[dossier.code]))
    written = pao.post(reverse("portal:conversation", args=[dossier.code]), {"text": "Tôi bổ sung ở đây được chứ?"})

    assert followed.status_code == written.status_code == 302
    assert "Bổ sung ngay" in shown and "dichvucong.gov.vn" not in shown
    assert answer.status_code == 200


def test_the_other_face_speaks_english(pao, office, monkeypatch):
    draft = a_draft(office)
    it_is(monkeypatch, AFTER.replace(year=2026))
    pao.post("/ngon-ngu/", {"language": "en", "next": "/"})

    asked = (*PLACES, "/ho-so-cua-toi/", page("review", draft), page("form", draft))

    assert {where: found for where in asked if (found := vietnamese_in(pao, where))} == {}


def test_without_rules_there_is_no_other_face():
    assert faces.elsewhere(MONDAY.date()) is None
