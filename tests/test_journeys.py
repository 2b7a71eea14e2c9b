"""The main job in a real browser, from the citizen's phone to the officers' desks and back, journal and clock included."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page

from motcua.accounts.models import Person
from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer, session_cookies
from motcua.catalogue.testing import a_procedure
from motcua.dossiers import timeline
from motcua.dossiers.models import ClockOwner, Dossier, Slip, SlipKind, State
from motcua.dossiers.testing import MONDAY, a_one_stop, it_is
from motcua.journal.models import Entry
from motcua.journal.testing import events, run_jobs
from motcua.journal.verifying import verify
from motcua.organisations.models import UnitKind
from motcua.organisations.testing import a_unit
from motcua.portal.testing import JPEG
from motcua.ui.testing import wrong_with
from motcua.worktime.terms import Term

pytestmark = [pytest.mark.django_db(transaction=True)]

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1366, "height": 768}
PHOTO = {"name": "trang-1.jpg", "mimeType": "image/jpeg", "buffer": JPEG}
CLEARER = {"name": "ro-hon.jpg", "mimeType": "image/jpeg", "buffer": JPEG + b"ro"}


class Journey:
    """People with their own browsers, and one clock on the wall."""

    def __init__(self, browser: Browser, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.browser, self.address, self.monkeypatch = browser, address, monkeypatch
        self.now = MONDAY
        self.at(MONDAY)

    def at(self, moment: datetime) -> None:
        self.now = moment
        it_is(self.monkeypatch, moment)

    def page_of(self, person: Person | None, view: dict[str, int]) -> Page:
        context = self.browser.new_context(viewport=view, base_url=self.address, locale="vi-VN")
        if person:
            context.add_cookies(session_cookies(person, self.address))
        context.add_init_script("window.print = () => {}")  # a browser without a screen crashes when it prints a PDF
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"JavaScript: {error}"))
        return page


@pytest.fixture
def journey(browser, live_server, monkeypatch, settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }
    return Journey(browser, live_server.url, monkeypatch)


def clean(page: Page) -> None:
    """axe finds nothing on the screen as it is now."""
    assert wrong_with(page, every_size=False) == [], page.url


def press(page: Page, name: str) -> None:
    """A button or a link by its words, and the page it leads to, however long that takes to come."""
    there = page.get_by_role("main")
    page.evaluate("document.documentElement.dataset.before = ''")
    there.get_by_role("button", name=name).or_(there.get_by_role("link", name=name)).first.click()
    page.locator("html:not([data-before])").wait_for(state="attached")
    page.wait_for_load_state()


@pytest.mark.long
def test_a_dossier_filed_online_comes_back_as_a_result(journey):
    office = a_one_stop()
    second = a_unit(office.agency, UnitKind.PROFESSIONAL, "Công chức Văn hóa - Xã hội")
    son = an_officer(second, Role.PROCESSING_OFFICER, "Hoàng Văn Sơn")
    office.version = a_procedure(
        "1.000894", name="Đăng ký kết hôn", term=Term.days(5), professional=(office.professional, second)
    )

    # The citizen finds the procedure and files it, on a phone.
    pao = journey.page_of(office.citizen, PHONE)
    pao.goto("/")
    clean(pao)
    pao.get_by_label("Bạn cần làm thủ tục gì?").fill("dang ky ket hon")
    press(pao, "Tìm")
    clean(pao)
    press(pao, "Đăng ký kết hôn")
    clean(pao)
    press(pao, "Nộp hồ sơ")
    pao.get_by_label("Của tôi").check()
    clean(pao)
    press(pao, "Lưu và tiếp tục")
    pao.get_by_label("Địa chỉ").first.fill("Thôn Khuổi Phát, xã Hùng Đức")
    clean(pao)
    press(pao, "Lưu và tiếp tục")
    pao.get_by_label("Họ, chữ đệm, tên của con").fill("Lý Gia Bảo")
    pao.get_by_label("Ngày sinh").fill("2023-10-01")
    pao.get_by_label("Không", exact=True).check()
    pao.get_by_text("Đã lưu lúc 09:00").wait_for()
    clean(pao)
    press(pao, "Lưu và tiếp tục")
    dossier = Dossier.objects.get()
    birth, identity, _ = dossier.papers.all()
    pao.locator(f"#giay-to-{birth.pk} input[type=file]").set_input_files([PHOTO, CLEARER])
    pao.locator(f"#later-{identity.pk}").check()
    clean(pao)
    press(pao, "Lưu và tiếp tục")
    clean(pao)
    press(pao, "Lưu và tiếp tục")
    clean(pao)
    press(pao, "Nộp hồ sơ")
    dossier.refresh_from_db()
    assert dossier.state == State.SUBMITTED
    assert pao.get_by_text(dossier.code).first.is_visible()
    clean(pao)

    # The counter asks for one paper again, within its eight hours.
    journey.at(MONDAY + timedelta(hours=1))
    lan = journey.page_of(office.reception, DESK)
    lan.goto("/motcua/cho-tiep-nhan/")
    clean(lan)
    press(lan, "Đăng ký kết hôn")
    clean(lan)
    press(lan, "Yêu cầu bổ sung")
    lan.get_by_label("Giấy chứng sinh").fill("Chụp lại, ảnh bị lóa")
    lan.get_by_label("Lý do").fill("Không đọc được số giấy.")
    clean(lan)
    press(lan, "Yêu cầu bổ sung")
    assert lan.get_by_text("Chờ bổ sung trước hết").is_visible()

    # The citizen answers exactly that.
    journey.at(MONDAY + timedelta(days=1))
    pao.goto("/ho-so-cua-toi/")
    clean(pao)
    press(pao, "Đăng ký kết hôn")
    assert pao.get_by_text("Chụp lại, ảnh bị lóa").is_visible()
    clean(pao)
    press(pao, "Bổ sung ngay")
    pao.locator("input[type=file]").set_input_files(
        [{"name": "chup-lai.jpg", "mimeType": "image/jpeg", "buffer": JPEG + b"lai"}]
    )
    clean(pao)
    press(pao, "Gửi phần bổ sung")
    pao.wait_for_url(f"**/ho-so/{dossier.code}/")
    dossier.refresh_from_db()
    assert dossier.state == State.SUBMITTED

    # Accepted and handed on; the receipt is there to print.
    journey.at(MONDAY + timedelta(days=1, hours=1))
    lan.goto(f"/motcua/ho-so/{dossier.code}/")
    press(lan, "Tiếp nhận")
    assert lan.get_by_text("Giấy tiếp nhận hồ sơ và hẹn trả kết quả").first.is_visible()
    press(lan, "Chuyển cơ quan giải quyết")
    dossier.refresh_from_db()
    assert dossier.state == State.IN_PROGRESS

    # Two units, the leader, the clerk.
    journey.at(MONDAY + timedelta(days=2))
    for officer in (office.officer, son):
        desk = journey.page_of(officer, DESK)
        desk.goto("/motcua/")
        press(desk, "Đăng ký kết hôn")
        clean(desk)
        press(desk, "Hoàn thành bước")
    leader = journey.page_of(office.leader, DESK)
    leader.goto(f"/motcua/ho-so/{dossier.code}/")
    press(leader, "Phê duyệt kết quả")
    leader.get_by_label("Số, ký hiệu kết quả").fill("15/2023")
    clean(leader)
    press(leader, "Phê duyệt kết quả")
    clerk = journey.page_of(office.clerk, DESK)
    clerk.goto(f"/motcua/ho-so/{dossier.code}/")
    press(clerk, "Chuyển kết quả về Một cửa")

    # Handed over, and the citizen sees it, with the account and with the code alone.
    journey.at(MONDAY + timedelta(days=3))
    lan.goto("/motcua/cho-tra-ket-qua/")
    press(lan, "Đăng ký kết hôn")
    press(lan, "Trả kết quả")
    clean(lan)
    press(lan, "Trả kết quả")
    pao.goto(f"/ho-so/{dossier.code}/")
    assert pao.get_by_text("Đã trả kết quả").first.is_visible()
    clean(pao)
    anyone = journey.page_of(None, PHONE)
    anyone.goto("/tra-cuu/")
    clean(anyone)
    anyone.get_by_label("Mã hồ sơ").fill(dossier.code)
    anyone.get_by_label("4 số cuối").fill(office.citizen.phone[-4:])
    press(anyone, "Xem hồ sơ")
    assert anyone.get_by_text("15/2023").first.is_visible()
    clean(anyone)

    dossier.refresh_from_db()
    assert events(dossier) == [
        "dossier.drafted",
        "dossier.submitted",
        "dossier.supplement_requested",
        "dossier.supplement_answered",
        "dossier.accepted",
        "dossier.handed_to_agency",
        "dossier.step_done",
        "dossier.step_done",
        "dossier.approved",
        "dossier.finished",
        "dossier.returned",
    ]
    assert list(verify()) == []
    intervals = list(dossier.clock.order_by("id"))
    assert [one.owner_kind for one in intervals] == [ClockOwner.AGENCY, ClockOwner.APPLICANT, ClockOwner.AGENCY]
    assert intervals[0].started_at == dossier.submitted_at == MONDAY
    assert [one.ended_at for one in intervals[:2]] == [one.started_at for one in intervals[1:]]
    assert intervals[-1].ended_at == dossier.finished_at == MONDAY + timedelta(days=2)
    assert dossier.due_at == dossier.first_due_at == MONDAY + timedelta(days=8, hours=1)
    assert timeline.lines(dossier)[-1].text == "Đã trả kết quả"
    run_jobs()


def test_a_person_at_the_counter_leaves_with_a_receipt_and_comes_back_for_the_result(journey):
    office = a_one_stop(term=Term.days(3))
    lan = journey.page_of(office.reception, DESK)

    lan.goto("/motcua/")
    lan.keyboard.press("n")
    lan.wait_for_url("**/tiep-nhan/")
    clean(lan)
    lan.keyboard.type(office.version.code)
    lan.keyboard.press("Enter")
    lan.wait_for_url(f"**/tiep-nhan/{office.version.code}/")  # a whole code opens by itself
    clean(lan)
    lan.get_by_label("Số căn cước, giấy tờ").fill("008885123456")
    lan.get_by_label("Họ và tên chủ hồ sơ").fill("Ma Thị Dung")
    lan.get_by_label("Số điện thoại").fill("0912345678")
    lan.get_by_label("Địa chỉ", exact=True).fill("Thôn Khuổi Phát, xã Hùng Đức")
    lan.get_by_label("Họ, chữ đệm, tên của con").fill("Ma Gia Hân")
    lan.get_by_role("group", name="Nội dung khai").get_by_label("Ngày sinh").fill("2023-10-01")
    lan.get_by_label("Không", exact=True).check()
    press(lan, "Tiếp nhận và in giấy hẹn")
    dossier = Dossier.objects.get()
    assert lan.get_by_text(dossier.code).first.is_visible()
    clean(lan)
    receipt = lan.context.request.get(
        f"{journey.address}{lan.get_by_role('link', name='In giấy hẹn').get_attribute('href')}"
    )
    assert receipt.body().startswith(b"%PDF")
    assert Slip.objects.get().kind == SlipKind.RECEIPT

    lan.goto(f"/motcua/ho-so/{dossier.code}/")
    press(lan, "Chuyển cơ quan giải quyết")
    journey.at(MONDAY + timedelta(days=1))
    hung = journey.page_of(office.officer, DESK)
    hung.goto(f"/motcua/ho-so/{dossier.code}/")
    press(hung, "Hoàn thành bước")
    leader = journey.page_of(office.leader, DESK)
    leader.goto(f"/motcua/ho-so/{dossier.code}/phe-duyet/")
    leader.get_by_label("Số, ký hiệu kết quả").fill("27/2023")
    press(leader, "Phê duyệt kết quả")
    clerk = journey.page_of(office.clerk, DESK)
    clerk.goto(f"/motcua/ho-so/{dossier.code}/")
    press(clerk, "Chuyển kết quả về Một cửa")
    lan.goto("/motcua/")
    lan.keyboard.press("/")
    lan.keyboard.type("ma thi dung")
    lan.keyboard.press("Enter")
    lan.wait_for_url(f"**/{dossier.code}/")
    press(lan, "Trả kết quả")
    press(lan, "Trả kết quả")

    dossier.refresh_from_db()
    assert dossier.state == State.RETURNED
    assert dossier.hand_over.recipient_name == "Ma Thị Dung"
    assert events(dossier) == [
        "dossier.accepted",
        "dossier.handed_to_agency",
        "dossier.step_done",
        "dossier.approved",
        "dossier.finished",
        "dossier.returned",
    ]
    interval = dossier.clock.get()
    assert (interval.started_at, interval.ended_at) == (MONDAY, MONDAY + timedelta(days=1))
    assert Entry.objects.count() == 6
    assert list(verify()) == []
