"""When something is wrong, a page of the house says so kindly and tells what to do (trang lỗi)."""

import re

import pytest
from django.test import Client

from motcua.accounts.testing import PASSWORD, sign_in
from motcua.catalogue import searching
from motcua.dossiers import processing
from motcua.dossiers.models import PaperFile, State
from motcua.dossiers.testing import a_dossier, a_draft
from motcua.portal.testing import ANSWERS, a_photo, page, text

pytestmark = pytest.mark.django_db


def test_a_page_that_does_not_exist_shows_where_to_go(client):
    answer = client.get("/khong-co-trang-nay/")

    assert answer.status_code == 404
    assert "Không có trang này" in text(answer) and 'href="/tra-cuu/"' in text(answer)


@pytest.mark.parametrize("code", ["khong-co", "1.001193%00", "'%20OR%201=1", "9" * 400])
def test_a_procedure_that_does_not_exist_is_such_a_page(client, office, code):
    assert client.get(f"/thu-tuc/{code}/").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/tim-kiem/?q=%00", "/tim-kiem/?su-kien=%00a", "/tim-kiem/?su-kien=a&sau=%00", "/tra-cuu/?ma=%00", "/ho-so/%00/"],
)
def test_an_address_of_nonsense_breaks_nothing(client, office, address):
    assert client.get(address).status_code in (200, 404)


def test_the_counter_is_closed_to_citizens_in_words(client, office):
    sign_in(client, office.citizen)

    answer = client.get("/motcua/")

    assert answer.status_code == 403
    assert "Trang này không mở được với tài khoản của bạn" in text(answer)
    assert "Không có gì bị thay đổi." in text(answer)


def test_a_fault_of_the_server_says_that_nothing_is_lost(monkeypatch, office):
    def broken(day):
        raise RuntimeError

    monkeypatch.setattr(searching, "life_events", broken)
    client = Client(raise_request_exception=False)

    answer = client.get("/")

    assert answer.status_code == 500
    assert "Máy chủ gặp lỗi, xin thử lại sau ít phút" in text(answer)
    assert 'href="/static/ui/portal.css"' in text(answer)


def test_too_much_at_once_is_told_in_words_and_what_was_saved_stays(client, office, settings):
    draft = a_draft(office)
    sign_in(client, office.citizen)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 500

    answer = client.post(page("form", draft), {**ANSWERS, "ten_con": "a" * 1000})

    assert answer.status_code == 400
    assert "gửi quá nhiều trong một lần" in text(answer)
    draft.refresh_from_db()
    assert draft.form["ten_con"] == "Lý Gia Bảo"


def test_too_many_files_at_once_are_told_in_words(client, office, settings):
    draft = a_draft(office)
    paper = draft.papers.last()
    sign_in(client, office.citizen)
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 3

    answer = client.post(page("papers", draft), {f"paper-{paper.pk}": [a_photo(salt=str(n)) for n in range(4)]})

    assert answer.status_code == 400
    assert "từng giấy tờ một" in text(answer)
    assert not PaperFile.objects.filter(paper=paper).exists()


def test_an_old_page_is_shown_again_with_what_was_chosen_for_the_papers_told_apart(office):
    draft = a_draft(office)
    client = Client(enforce_csrf_checks=True)
    sign_in(client, office.citizen)

    answer = client.post(page("papers", draft), {f"paper-{draft.papers.last().pk}": a_photo()})

    assert answer.status_code == 422
    assert "tệp thì xin chọn lại" in text(answer)
    assert not PaperFile.objects.filter(paper=draft.papers.last()).exists()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_error_page_speaks_the_language_that_was_chosen(client, language):
    client.post("/ngon-ngu/", {"language": language, "next": "/"})

    shown = text(client.get("/khong-co/"))

    assert ("There is no such page" in shown) == (language == "en")


@pytest.mark.parametrize("address", ["/khong-co/", "/apple-touch-icon.png", "/favicon.ico", "/thu-tuc/khong-co/"])
def test_what_a_browser_fetches_beside_the_first_page_brings_no_cookie(client, office, address):
    answer = client.get(address)

    assert answer.status_code == (200 if address == "/favicon.ico" else 404)
    assert not answer.cookies


def test_the_language_can_be_chosen_before_there_is_any_cookie(office):
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/ngon-ngu/", {"language": "en", "next": "/khong-co/"})

    assert answer.url == "/khong-co/"
    assert "There is no such page" in text(client.get(answer.url))


def fields(answer):
    """What the first form of the page itself sends."""
    form = re.search(r"<main.*?(<form.*?</form>)", text(answer), re.DOTALL)[1]
    return dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))


def two_tabs(address):
    """A browser without cookies that asked for the page twice at once, and the form of the page that came first."""
    client = Client(enforce_csrf_checks=True)
    first = fields(client.get(address))
    client.cookies.clear()
    client.get(address)
    return client, first


def test_of_two_tabs_opened_at_once_the_first_sends_too_and_nothing_is_typed_twice(office):
    client, form = two_tabs("/dang-nhap/?next=/ho-so-cua-toi/")

    old = client.post("/dang-nhap/", form | {"login": office.citizen.username, "password": PASSWORD})
    assert old.status_code == 403 and "Trang này đã cũ, chưa gửi gì" in text(old)
    assert "no-store" in old["Cache-Control"]
    assert "_auth_user_id" not in client.session
    sent = client.post("/dang-nhap/", fields(old))

    assert (sent.status_code, sent.url) == (302, "/ho-so-cua-toi/")


def test_what_another_site_sends_is_not_offered_to_be_sent_again(office):
    client, form = two_tabs("/dang-nhap/")
    sent = form | {"login": office.citizen.username, "password": PASSWORD}

    answer = client.post("/dang-nhap/", sent, headers={"origin": "https://la.example"})

    assert answer.status_code == 403
    assert "Gửi lại" not in text(answer) and PASSWORD not in text(answer)


def test_an_officer_with_an_old_page_sends_what_was_written_once_more(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    client = Client(enforce_csrf_checks=True)
    sign_in(client, office.officer)
    act = f"/motcua/ho-so/{dossier.code}/xong-buoc/"
    written = {"at_step": str(processing.running_step(dossier).pk), "note": "Đã đối chiếu bản chính"}

    old = client.post(act, written)
    dossier.refresh_from_db()
    assert dossier.at_unit == office.professional
    assert fields(old).items() >= written.items()
    assert f"Bạn đang đăng nhập với tên {office.officer.full_name}." in text(old)
    client.post(act, fields(old))

    dossier.refresh_from_db()
    assert dossier.at_unit == office.leaders
