"""A page in English holds Vietnamese only where it says so: names, procedures, what people wrote (lang="vi")."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from motcua.accounts import one_time_codes
from motcua.accounts.models import Person
from motcua.accounts.testing import sign_in
from motcua.dossiers import sharing, supplement
from motcua.dossiers.models import Decision, PaperFile, State
from motcua.dossiers.supplement import Item
from motcua.dossiers.testing import MONDAY, RESULT, a_dossier, a_draft, a_stored_file, a_walk_in
from motcua.journal.reading import read
from motcua.messaging.models import Channel
from motcua.organisations.models import Agency, Unit
from motcua.portal.testing import page

pytestmark = pytest.mark.django_db

VIETNAMESE = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
NAMES = {"Một Cửa", "Tiếng Việt", "Tuyên Quang", "Thôn Khuổi Phát, xã Hùng Đức, huyện Hàm Yên"}
SAID_ALOUD = ("aria-label", "placeholder", "title", "alt")
EMPTY = {"meta", "link", "input", "br", "hr", "img", "path", "rect", "circle"}


class Reader(HTMLParser):
    """Collects text and spoken attributes outside of any element marked as Vietnamese."""

    def __init__(self):
        super().__init__()
        self.open, self.found = [], set()

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        language = given.get("lang", self.open[-1][1] if self.open else "en")
        if language != "vi":
            self._note(*(given.get(name) or "" for name in SAID_ALOUD))
        if tag not in EMPTY:
            self.open.append((tag, language))

    def handle_endtag(self, tag):
        if tag not in EMPTY:
            while self.open and self.open.pop()[0] != tag:
                pass

    def handle_data(self, data):
        tag, language = self.open[-1] if self.open else ("", "en")
        if language != "vi" and tag not in ("script", "style", "textarea", "title"):
            self._note(data)

    def _note(self, *texts):
        self.found |= {text.strip() for text in texts if VIETNAMESE.search(_without_names(text))}


def _without_names(text):
    """A proper name stays what it is in any language (WCAG 3.1.2)."""
    known = set(NAMES)
    for model, fields in ((Agency, ("name", "short_name")), (Unit, ("name",)), (Person, ("full_name",))):
        for row in model.objects.values_list(*fields):
            known |= set(row)
    for name in sorted(known, key=len, reverse=True):
        text = text.replace(name, "")
    return re.sub(r"\d đ\b|“[^”]*”", "", text)  # sums, and what is quoted from a form


def vietnamese_in(client, address):
    answer = client.get(address, follow=True)
    assert answer.status_code in (200, 404), address
    html = answer.content.decode()
    assert '<html lang="en"' in html
    reader = Reader()
    reader.feed(html)
    return reader.found


@pytest.fixture
def english(client):
    client.post("/ngon-ngu/", {"language": "en", "next": "/"})
    return client


def test_pages_for_everybody_speak_english(english, office):
    code = office.version.code
    addresses = ["/", "/tim-kiem/", "/tim-kiem/?q=khai+sinh", "/tim-kiem/?q=xyzzy", "/linh-vuc/", "/co-quan/"]
    addresses += [f"/thu-tuc/{code}/", "/tra-cuu/", "/khong-co/"]

    assert {address: found for address in addresses if (found := vietnamese_in(english, address))} == {}


def test_filing_speaks_english(english, office):
    sign_in(english, office.citizen)
    empty = a_draft(office, owner_name="", phone="", submitter_name="Lý A Pao")
    whole = a_draft(office)
    file = PaperFile.objects.filter(paper__dossier=whole).first()
    names = ("whose", "owner", "form", "papers", "return", "review", "preview", "discard")
    addresses = [f"/thu-tuc/{office.version.code}/nop/", "/ho-so-cua-toi/"]
    addresses += [page(name, draft) for draft in (empty, whole) for name in names]
    addresses += [reverse("portal:draft_remove", args=[whole.public_id, file.pk])]

    assert {address: found for address in addresses if (found := vietnamese_in(english, address))} == {}


@pytest.mark.parametrize("state", [state for state in State if state != State.DRAFT])
def test_a_dossier_in_any_state_speaks_english(english, office, state):
    dossier = a_dossier(office, state)
    read(dossier, reader=office.reception, at=MONDAY, purpose="để tiếp nhận")
    sign_in(english, office.citizen)

    assert vietnamese_in(english, f"/ho-so/{dossier.code}/") == set()
    assert vietnamese_in(english, "/ho-so-cua-toi/") == set()


def test_the_page_after_filing_and_withdrawing_speak_english(english, office):
    dossier = a_dossier(office, State.SUBMITTED)
    sign_in(english, office.citizen)

    assert vietnamese_in(english, reverse("portal:filed", args=[dossier.code])) == set()
    assert vietnamese_in(english, reverse("portal:withdraw", args=[dossier.code])) == set()


def test_a_supplement_speaks_english(english, office):
    dossier = a_dossier(office, State.SUBMITTED)
    supplement.request(
        dossier,
        items=[Item("Chụp lại", paper=dossier.papers.first()), Item("Ghi đủ", field="ten_con"), Item("Gọi lại")],
        reason="Ảnh mờ.",
        by=office.reception,
        at=MONDAY + timedelta(hours=1),
    )
    sign_in(english, office.citizen)

    assert vietnamese_in(english, reverse("portal:answer", args=[dossier.code])) == set()


def test_what_one_may_do_with_an_account_speaks_english(english, office, monkeypatch):
    monkeypatch.setattr(one_time_codes, "channels", lambda: list(Channel))
    doors = ["/dang-nhap/", "/dang-ky/", "/dang-nhap/ma/"]
    found = {address: said for address in doors if (said := vietnamese_in(english, address))}
    sign_in(english, office.citizen)
    own = ["", "thong-tin/", "mat-khau/", "xac-nhan/", "so-dien-thoai/", "thu-dien-tu/", "ung-dung/", "khoa/", "gop/"]
    found |= {part: said for part in own if (said := vietnamese_in(english, f"/tai-khoan/{part}"))}
    found |= {
        part: said for part in ("/uy-quyen/", "/ho-so-cua-toi/nhan-tin/") if (said := vietnamese_in(english, part))
    }

    assert found == {}


def test_what_is_written_and_asked_about_a_dossier_speaks_english(english, office):
    dossier = a_dossier(office, State.RETURNED)
    read(dossier, reader=office.reception, at=MONDAY, purpose="để tiếp nhận")
    Decision.objects.filter(dossier=dossier).update(file=a_stored_file(RESULT))
    shared = sharing.share(dossier, days=7, times=3, by=office.citizen, at=MONDAY)
    sign_in(english, office.citizen)
    parts = ("tin-nhan/", "luot-xem/", "chia-se/")

    found = {part: said for part in parts if (said := vietnamese_in(english, f"/ho-so/{dossier.code}/{part}"))}

    assert found == {}
    assert vietnamese_in(english, f"/chia-se/{shared.public_id}/") == set()


def test_a_follower_reads_english(english, office):
    dossier = a_walk_in(office)
    english.post("/tra-cuu/", {"code": dossier.code, "second_fact": dossier.phone[-4:]})

    assert vietnamese_in(english, f"/ho-so/{dossier.code}/") == set()


def test_a_wrong_answer_is_explained_in_english(english, office):
    sign_in(english, office.citizen)
    draft = a_draft(office)

    answer = english.post(page("owner", draft), {"owner_name": "", "phone": "12", "owner_id_number": "1", "email": "x"})
    reader = Reader()
    reader.feed(answer.content.decode())

    assert answer.status_code == 422
    assert reader.found == set()
