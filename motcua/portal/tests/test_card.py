"""The owner filled in from the QR code of an identity card, with and without a camera (điền bằng thẻ căn cước)."""

import pytest
from playwright.sync_api import expect

from motcua.accounts.testing import session_cookies
from motcua.dossiers.testing import a_draft
from motcua.portal.forms import Whose, beginning
from motcua.portal.testing import page, text

CARD = "008092012345|070123456|Hoàng Văn Sơn|02091992|Nam|Thôn Khuổi Phát, xã Hùng Đức, huyện Hàm Yên|01012022"
EMPTY = {"owner_name": "", "owner_id_number": "", "owner_birth_date": "", "address": "", "phone": "0912345678"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(office):
    return a_draft(office, **beginning(Whose.PERSON, office.citizen))


def test_a_pasted_code_fills_the_empty_fields_and_is_kept(pao, draft):
    shown = text(pao.post(page("owner", draft), EMPTY | {"card_code": CARD, "card": "read"}))

    assert "Đã điền từ thẻ" in shown and 'value="Hoàng Văn Sơn"' in shown
    assert CARD not in shown
    draft.refresh_from_db()
    assert (draft.owner_name, draft.owner_id_number) == ("Hoàng Văn Sơn", "008092012345")
    assert f"{draft.owner_birth_date:%d/%m/%Y}" == "02/09/1992"
    assert draft.address == "Thôn Khuổi Phát, xã Hùng Đức, huyện Hàm Yên"
    assert draft.phone == "0912345678"  # and what was typed besides is kept with it


def test_a_scanner_that_ends_with_enter_reads_the_card_whichever_button_that_presses(pao, draft):
    answer = pao.post(page("owner", draft), EMPTY | {"card_code": CARD})

    assert answer.status_code == 200 and "Đã điền từ thẻ" in text(answer)


def test_what_was_typed_differently_stays_and_is_told_until_the_card_is_said_to_be_right(pao, draft):
    typed = EMPTY | {"owner_name": "hoàng văn sơn", "owner_id_number": "008 092 012 345", "address": "Số 5, Hà Giang"}
    typed |= {"owner_birth_date": "1990-09-05"}

    shown = text(pao.post(page("owner", draft), typed | {"card_code": CARD}))

    assert "đang ghi <b>Số 5, Hà Giang</b>, thẻ ghi <b>Thôn Khuổi Phát" in shown
    assert "đang ghi <b>05/09/1990</b>, thẻ ghi <b>02/09/1992</b>" in shown
    assert shown.count("thẻ ghi <b>") == 2  # the same name and number, written differently
    draft.refresh_from_db()
    assert (draft.address, f"{draft.owner_birth_date:%d/%m/%Y}") == ("Số 5, Hà Giang", "05/09/1990")

    pao.post(page("owner", draft), typed | {"card_text": CARD, "card": "take"})
    draft.refresh_from_db()
    assert draft.address.startswith("Thôn Khuổi Phát") and f"{draft.owner_birth_date:%d/%m/%Y}" == "02/09/1992"


@pytest.mark.parametrize("code", ["khai sinh", "|||||||", "<script>|x|y|01011990|Nam|z|"])
def test_what_is_no_card_is_refused_and_everything_typed_stays(pao, draft, code):
    before = draft.address

    answer = pao.post(page("owner", draft), EMPTY | {"owner_name": "Sơn", "card_code": code})

    assert answer.status_code == 422
    assert "Không đọc được mã QR này" in text(answer) and 'value="Sơn"' in text(answer)
    draft.refresh_from_db()
    assert draft.address == before


def test_an_organisation_has_no_card(pao, office):
    draft = a_draft(office, **beginning(Whose.ENTERPRISE, office.citizen))

    assert "card_code" not in text(pao.get(page("owner", draft)))


CAMERA = """
window.stopped = 0;
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return [{ rawValue: "%s" }]; }
};
navigator.mediaDevices.getUserMedia = async () => {
  const stream = document.createElement("canvas").captureStream();
  stream.getTracks().forEach((track) => { track.stop = () => { sessionStorage.stopped = "yes"; }; });
  return stream;
};
"""


@pytest.mark.django_db(transaction=True)
def test_a_camera_reads_the_card_where_the_browser_can_and_is_put_away(browser, live_server, office, draft):
    context = browser.new_context(viewport={"width": 360, "height": 740}, base_url=live_server.url, locale="vi-VN")
    context.add_cookies(session_cookies(office.citizen, live_server.url))
    phone = context.new_page()
    phone.add_init_script(CAMERA % CARD)
    phone.goto(page("owner", draft))

    phone.get_by_text("Điền nhanh bằng mã QR").click()
    phone.get_by_role("button", name="Quét bằng máy ảnh").click()

    expect(phone.locator("#id_owner_name")).to_have_value("Hoàng Văn Sơn")
    assert phone.evaluate("sessionStorage.stopped") == "yes"
    phone.add_init_script("delete window.BarcodeDetector")
    phone.goto(page("owner", draft))
    phone.get_by_text("Điền nhanh bằng mã QR").click()
    expect(phone.get_by_role("button", name="Đọc mã")).to_be_visible()
    expect(phone.get_by_role("button", name="Quét bằng máy ảnh")).to_have_count(0)
