"""A citizen writes on a phone, an officer answers at the desk, the citizen reads; and all of these pages by axe (hỏi và trả lời)."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from motcua.accounts.testing import session_cookies
from motcua.dossiers import sharing
from motcua.dossiers.models import State
from motcua.dossiers.testing import MONDAY, a_dossier, it_is
from motcua.journal.testing import run_jobs
from motcua.portal.tests.test_asking import with_result
from motcua.ui.testing import wrong_with

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browse(browser, live_server):
    def opened(person, width, height):
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=live_server.url, locale="vi-VN"
        )
        if person:
            context.add_cookies(session_cookies(person, live_server.url))
        return context.new_page()

    return opened


def test_a_citizen_asks_the_office_answers_and_the_citizen_reads(browse, office):
    dossier = a_dossier(office)
    phone, desk = browse(office.citizen, 360, 740), browse(office.officer, 1366, 768)
    wrong = {}

    def look(page, where):
        if found := wrong_with(page, every_size=False):
            wrong[where] = found

    phone.goto(f"/ho-so/{dossier.code}/")
    phone.get_by_role("link", name="Nhắn tin với cán bộ đang giữ hồ sơ").click()
    phone.get_by_label("Lời nhắn của bạn").fill("Tôi đi làm cả tuần, nhờ người khác nhận được không?")
    phone.get_by_role("button", name="Gửi tin nhắn").click()
    expect(phone.get_by_text("Chưa ai đọc")).to_be_visible()
    look(phone, "conversation")

    run_jobs()
    desk.goto("/motcua/thong-bao/")
    expect(desk.get_by_text("Người nộp nhắn tin")).to_be_visible()
    desk.locator("a[data-open]").click()
    desk.wait_for_url(f"**/ho-so/{dossier.code}/")
    expect(desk.get_by_text("1 chưa đọc")).to_be_visible()
    desk.get_by_role("link", name="Tin nhắn với người nộp (1)").click()
    desk.get_by_label("Trả lời").fill("Được, người đó mang giấy ủy quyền.")
    desk.get_by_role("button", name="Gửi trả lời").click()
    expect(desk.get_by_text("Người nộp chưa đọc")).to_be_visible()
    look(desk, "the desk's conversation")

    phone.goto(f"/ho-so/{dossier.code}/")
    expect(phone.get_by_text("1 trả lời mới")).to_be_visible()
    look(phone, "dossier")
    phone.get_by_role("link", name="Nhắn tin với cán bộ đang giữ hồ sơ").click()
    expect(phone.get_by_text("Được, người đó mang giấy ủy quyền.")).to_be_visible()
    expect(phone.get_by_text("Hoàng Văn Hùng, Công chức Tư pháp - Hộ tịch")).to_be_visible()

    # The officer opened the dossier to answer: that is a reading, and one may ask about it.
    phone.goto(f"/ho-so/{dossier.code}/luot-xem/")
    look(phone, "readings")
    phone.get_by_role("link", name="Hỏi về lượt xem này").first.click()
    look(phone, "a reading")
    phone.get_by_label("Bạn muốn hỏi gì về lượt xem này?").fill("Anh Hùng xem để làm gì?")
    phone.get_by_role("button", name="Gửi câu hỏi").click()
    expect(phone.get_by_text("mốc nhắc việc, không phải thời hạn luật định")).to_be_visible()

    head = browse(office.head, 1366, 768)
    head.goto(f"/motcua/ho-so/{dossier.code}/")
    head.get_by_role("link", name="Hỏi về lượt xem (1)").click()
    look(head, "questions")
    head.get_by_label("Trả lời").fill("Anh Hùng đọc tin nhắn của anh để trả lời.")
    head.get_by_role("button", name="Gửi trả lời").click()
    expect(head.get_by_text("Ma Thị Dung trả lời")).to_be_visible()
    phone.reload()
    expect(phone.get_by_text("Anh Hùng đọc tin nhắn của anh để trả lời.")).to_be_visible()

    assert wrong == {}


def test_axe_finds_nothing_where_results_are_shared_and_news_are_chosen(browse, office, settings):
    settings.SMS = "console:"
    dossier = with_result(office)
    made = sharing.share(dossier, days=7, times=3, by=office.citizen, at=MONDAY)
    over = sharing.share(dossier, days=7, times=3, by=office.citizen, at=MONDAY)
    sharing.end(over, by=office.citizen, at=MONDAY)
    page = browse(office.citizen, 360, 740)

    found = {}
    for address in (
        f"/ho-so/{dossier.code}/chia-se/",
        reverse("portal:shared", args=[made.public_id]),
        reverse("portal:shared", args=[over.public_id]),
        "/ho-so-cua-toi/nhan-tin/",
    ):
        page.goto(address)
        if wrong := wrong_with(page):
            found[address] = wrong

    assert found == {}


def test_axe_finds_nothing_on_the_other_face(browse, office, monkeypatch):
    a_dossier(office, State.DRAFT)
    it_is(monkeypatch, MONDAY.replace(year=2026))
    page = browse(office.citizen, 360, 740)

    found = {}
    for address in ("/", f"/thu-tuc/{office.version.code}/", "/tim-kiem/?q=khai+sinh", "/ho-so-cua-toi/"):
        page.goto(address)
        if wrong := wrong_with(page):
            found[address] = wrong

    assert found == {}
