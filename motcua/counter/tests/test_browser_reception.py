"""Reception in a real browser: how many keys it costs, several dossiers in one go, and the camera."""

import pytest
from playwright.sync_api import expect

from motcua.accounts.testing import session_cookies
from motcua.catalogue.testing import a_procedure
from motcua.counter.testing import address
from motcua.dossiers import together
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.testing import MONDAY, a_dossier, a_walk_in
from motcua.ui.testing import wrong_with

from .test_browser import focused, office, sit_down  # noqa: F401  the same desk
from .test_reception import page_of
from .test_search import CARD
from .test_versions import replaced

pytestmark = pytest.mark.django_db(transaction=True)

MOST = 12
PAPERS = [
    {"key": "to_khai", "name": "Tờ khai cấp bản sao trích lục", "originals": 1},
    {"key": "giay_to", "name": "Giấy tờ tùy thân", "copies": 1},
    {"key": "uy_quyen", "name": "Văn bản ủy quyền", "originals": 1, "required": False},
]
FORM = [
    {
        "key": "loai",
        "type": "choice",
        "label": "Bản sao của",
        "required": True,
        "options": ["Giấy khai sinh", "Trích lục kết hôn", "Trích lục khai tử"],
    },
    {"key": "ho_ten", "type": "text", "label": "Họ và tên người trong giấy tờ hộ tịch", "required": True},
    {"key": "noi", "type": "text", "label": "Nơi đã đăng ký", "required": True},
    {"key": "nam", "type": "text", "label": "Năm đăng ký", "required": False},
]


def test_axe_finds_nothing_in_a_visit_an_offer_and_two_versions(sit_down, office):  # noqa: F811
    first, second = a_walk_in(office), a_walk_in(office)
    together.join(second, after=first, by=office.reception, at=MONDAY)
    old, new = replaced(a_dossier(office, State.IN_PROGRESS), office, picture=True)
    desk, inside = sit_down(office.reception), sit_down(office.officer)

    found = {}
    for where in (
        f"/motcua/tiep-nhan/?cung={first.code}",
        "/motcua/tiep-nhan/?tim=khai+sinh",
        address(second, "received"),
    ):
        desk.goto(where)
        found[where] = wrong_with(desk, dark=True)
    desk.goto(page_of(office))
    desk.locator("[name=qr]").fill("008885123456")
    desk.locator("[data-read]").click()
    desk.locator(".offer").wait_for()
    found["offer"] = wrong_with(desk, dark=True)
    inside.goto(f"{address(old.paper.dossier)}?tep={new.pk}&voi={old.pk}")
    found["versions"] = wrong_with(inside, dark=True)

    assert {where: wrong for where, wrong in found.items() if wrong} == {}


def test_nothing_typed_is_lost_when_the_session_has_ended(sit_down, office):  # noqa: F811
    first = a_walk_in(office)
    desk = sit_down(office.reception)
    desk.goto(page_of(office))
    desk.locator("[name=owner_name]").fill("Lò Thị Muôn")
    desk.locator("[name=qr]").fill(CARD)
    desk.context.clear_cookies()

    desk.locator("[data-read]").click()
    told = desk.get_by_role("alert")
    expect(told).to_contain_text("Phiên đăng nhập đã hết")
    assert told.get_by_role("link").get_attribute("target") == "_blank"
    desk.context.add_cookies(session_cookies(office.reception, desk.url))
    desk.context.new_page().goto(address(first))  # and the token of now
    desk.locator("[data-read]").click()
    expect(told).to_contain_text("hãy bấm lần nữa")
    assert desk.locator("[name=owner_name]").input_value() == "Lò Thị Muôn"
    desk.locator("[data-read]").click()

    expect(told).to_be_empty()
    expect(desk.locator("[name=owner_name]")).to_have_value("Hoàng Văn Sơn")  # as the card says


class Hands:
    """What the officer presses is counted; what is told by the person, and what the scanner types, is data."""

    def __init__(self, page):
        self.page, self.pressed = page, 0

    def press(self, keys):
        self.pressed += len(keys.split("+"))
        self.page.keyboard.press(keys)

    def tell(self, words):
        self.page.keyboard.type(words)

    def scan(self, card):
        self.page.keyboard.type(card)
        self.page.keyboard.press("Enter")  # the scanner's own


@pytest.fixture
def extract(office):  # noqa: F811
    """Cấp bản sao trích lục, which this desk receives more than anything else."""
    version = a_procedure("2.000635", name="Cấp bản sao trích lục hộ tịch", form=FORM, components=PAPERS)
    registered, office.version = office.version, version
    for _ in range(2):
        a_walk_in(office, owner_id_number="001111222333")
    office.version = registered
    return version


def test_a_simple_procedure_costs_at_most_twelve_keys_from_the_empty_screen_to_the_receipt(sit_down, office, extract):  # noqa: F811
    page = sit_down(office.reception)
    hands = Hands(page)
    papers = [f"originals_{component.pk}" for component in extract.components.filter(required=True)]
    page.goto("/motcua/tiep-nhan/")
    page.locator("#thu-tuc:focus").wait_for()

    hands.press("1")
    hands.press("Enter")
    page.wait_for_url(f"**/tiep-nhan/{extract.code}/")
    page.locator("[name=qr]:focus").wait_for()
    hands.scan(CARD)
    expect(page.locator("[name=phone]")).to_be_focused()
    hands.tell("0912345678")
    for stop in ("address", *papers, "form-loai"):
        hands.press("Enter")
        assert focused(page) == stop
    hands.tell(" ")  # the first of the choices
    hands.press("Enter")
    hands.tell("Hoàng Gia Bảo")
    hands.press("Enter")
    hands.tell("Xã Hùng Đức")
    hands.press("Control+Enter")
    page.wait_for_url("**/da-tiep-nhan/**")
    hands.press("Enter")  # the browser's own question whether to print

    dossier = Dossier.objects.latest("pk")
    assert dossier.owner_name == "Hoàng Văn Sơn"
    assert dossier.phone == "0912345678"
    assert dossier.form == {"loai": "Giấy khai sinh", "ho_ten": "Hoàng Gia Bảo", "noi": "Xã Hùng Đức"}
    assert [(paper.originals, paper.copies) for paper in dossier.papers.all()] == [(1, 0), (0, 1)]
    assert hands.pressed <= MOST
    assert page.evaluate("location.search") == ""  # asked to be printed once


def test_somebody_known_is_offered_and_taken_by_one_key(sit_down, office, extract):  # noqa: F811
    page = sit_down(office.reception)
    hands = Hands(page)
    page.goto(f"/motcua/tiep-nhan/{extract.code}/")
    page.locator("[name=qr]:focus").wait_for()

    hands.scan("001111222333")
    expect(page.get_by_role("button", name="Điền vào ô còn trống")).to_be_focused()
    assert page.locator("[name=owner_name]").input_value() == ""
    hands.press("Enter")
    expect(page.locator("[name=owner_name]")).to_have_value("Lý A Pao")

    expect(page.locator("[name=phone]")).to_be_focused()
    assert hands.pressed == 1


def test_two_dossiers_of_one_person_are_received_with_the_keyboard_and_printed_once(sit_down, office, extract):  # noqa: F811
    page = sit_down(office.reception)
    keys = page.keyboard
    page.goto(f"/motcua/tiep-nhan/{extract.code}/")
    page.locator("[name=qr]:focus").wait_for()
    keys.type(CARD)
    keys.press("Enter")
    expect(page.locator("[name=phone]")).to_be_focused()
    for name in ("loai", "ho_ten", "noi"):
        page.locator(f"[name=form-{name}]").first.focus()
        keys.type(" " if name == "loai" else "Hoàng Gia Bảo")

    keys.press("Control+Shift+Enter")
    page.wait_for_url("**/tiep-nhan/?cung=*")
    expect(page.get_by_role("heading", name="Thêm hồ sơ cho Hoàng Văn Sơn")).to_be_visible()
    page.locator("#thu-tuc:focus").wait_for()
    keys.press("1")
    keys.press("Enter")
    page.locator("[name=form-loai]:focus").wait_for()  # the person is known: straight to what is asked
    keys.type(" ")
    keys.press("Enter")
    keys.type("Hoàng Gia Bảo")
    keys.press("Enter")
    keys.type("Xã Hùng Đức")
    keys.press("Control+Enter")
    page.wait_for_url("**/da-tiep-nhan/**")

    first, second = Dossier.objects.order_by("-pk")[:2][::-1]
    assert together.all_of(second) == [first, second]
    assert {first.owner_name, second.owner_name} == {"Hoàng Văn Sơn"}
    expect(page.get_by_role("heading", name="Đã tiếp nhận 2 hồ sơ")).to_be_visible()
    expect(page.get_by_role("link", name="In giấy hẹn chung")).to_be_visible()


def test_a_procedure_found_by_words_is_opened_by_enter(sit_down, office):  # noqa: F811
    page = sit_down(office.reception)
    page.goto("/motcua/tiep-nhan/?tim=khai+sinh")

    page.locator("[data-open]:focus").wait_for()
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/tiep-nhan/{office.version.code}/")


CAMERA = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return [{ rawValue: "%s" }]; }
};
navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream();
"""


def test_a_camera_reads_the_card_where_the_browser_can(sit_down, office):  # noqa: F811
    page = sit_down(office.reception)
    page.add_init_script(CAMERA % CARD)
    page.goto(f"/motcua/tiep-nhan/{office.version.code}/")

    page.get_by_role("button", name="Quét bằng máy ảnh").click()

    expect(page.locator("[name=owner_name]")).to_have_value("Hoàng Văn Sơn")
    assert page.locator("dialog.camera").count() == 0


def test_where_the_browser_cannot_nobody_is_offered_a_camera(sit_down, office):  # noqa: F811
    page = sit_down(office.reception)
    page.add_init_script("delete window.BarcodeDetector")
    page.goto(f"/motcua/tiep-nhan/{office.version.code}/")
    page.wait_for_load_state("networkidle")

    expect(page.locator("[data-camera]")).to_be_hidden()


def test_a_camera_that_is_refused_says_what_else_to_do(sit_down, office):  # noqa: F811
    page = sit_down(office.reception)
    page.add_init_script(CAMERA % CARD)
    page.add_init_script("navigator.mediaDevices.getUserMedia = async () => { throw new Error(); }")
    page.goto(f"/motcua/tiep-nhan/{office.version.code}/")

    page.get_by_role("button", name="Quét bằng máy ảnh").click()

    expect(page.get_by_text("Không mở được máy ảnh.")).to_be_visible()
