"""Pages of a paper from a telephone: small, upright, in order, and once, through a dead zone and a reload (chụp giấy tờ)."""

import base64
import struct

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from motcua.accounts.testing import session_cookies
from motcua.dossiers.models import PaperFile, State, Upload
from motcua.dossiers.testing import a_draft
from motcua.files import storing
from motcua.portal.testing import JPEG
from motcua.ui.testing import wrong_with

pytestmark = pytest.mark.django_db(transaction=True)

# Lines of writing on a grainy sheet, as large as a telephone takes them.
SHEET = """([width, height, words]) => {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const sheet = canvas.getContext("2d");
  sheet.fillStyle = "#f4f0e6"; sheet.fillRect(0, 0, width, height);
  for (let n = 0; n < 60000; n += 1) {
    sheet.fillStyle = `rgb(${n % 255},${n % 200},${n % 150})`;
    sheet.fillRect((n * 7919) % width, (n * 104729) % height, 3, 3);
  }
  sheet.fillStyle = "#222"; sheet.font = "60px sans-serif";
  for (let y = 100; y < height; y += 90) sheet.fillText(words.repeat(8), 60, y);
  return canvas.toDataURL("image/jpeg", 0.95).split(",")[1];
}"""
ON_ITS_SIDE = 6


def photo(page, words, name="image.jpg", *, width=4000, height=3000):
    """A JPEG of that size which says that it was taken with the telephone on its side."""
    plain = base64.b64decode(page.evaluate(SHEET, [width, height, words]))
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, ON_ITS_SIDE, 0)
    exif = b"Exif\0\0" + b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)
    turned = plain[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + plain[2:]
    return {"name": name, "mimeType": "image/jpeg", "buffer": turned}


def measures(file):
    """Width, height and bytes of a stored JPEG, read from its frame."""
    with storing.open_file(file.file) as content:
        jpeg = content.read()
    at = 2
    while jpeg[at + 1] not in (0xC0, 0xC2):
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    height, width = struct.unpack(">HH", jpeg[at + 5 : at + 9])
    return width, height, len(jpeg)


@pytest.fixture
def draft(office):
    draft = a_draft(office)
    draft.papers.first().files.all().delete()
    return draft


@pytest.fixture
def phone(browser, live_server, office):
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, base_url=live_server.url, locale="vi-VN", has_touch=True, is_mobile=True
    )
    context.add_cookies(session_cookies(office.citizen, live_server.url))
    return context.new_page()


def at(name, draft):
    return reverse(f"portal:draft_{name}", args=[draft.public_id])


def test_pages_taken_with_the_phone_arrive_small_upright_in_order_and_once_through_a_dead_zone(phone, draft):
    paper = draft.papers.first()
    phone.goto(at("papers", draft))
    box = phone.locator(f"#giay-to-{paper.pk}")
    pages = box.locator(".pages > li")
    choose = box.locator("input[type=file]")
    expect(box.get_by_role("button", name="Chụp ảnh")).to_be_visible()
    big = photo(phone, "Giấy chứng sinh ")
    assert len(big["buffer"]) > 1_000_000

    for _ in range(2):  # the same page sent a second time is one page
        with phone.expect_response("**/gui-tep/**"):
            choose.set_input_files([big])
        expect(box.locator(".going")).to_have_count(0, timeout=20_000)
        expect(pages.nth(0).get_by_text("Đã lưu lúc 09:00")).to_be_visible(timeout=20_000)
    expect(pages).to_have_count(1)

    phone.reload()  # and the next one begins with a small piece
    sent = []

    def dead_zone(route):
        if route.request.method == "PATCH" and not sent:
            sent.append(route.request)
            return route.continue_()
        return route.abort()

    phone.route(
        "**/gui-tep/**", lambda route: route.continue_() if route.request.method == "POST" else dead_zone(route)
    )
    choose.set_input_files([photo(phone, "Trang sau ", "img.jpg")])
    expect(pages.nth(1).get_by_text("chờ có mạng")).to_be_visible(timeout=20_000)
    assert "Đã gửi 0 %" not in pages.nth(1).inner_text()
    phone.context.set_offline(True)
    expect(phone.get_by_role("status").filter(has_text="Còn 1 tệp chưa gửi xong.")).to_be_visible()

    assert wrong_with(phone, every_size=False) == []
    phone.context.set_offline(False)
    warned = []
    phone.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
    phone.get_by_role("heading", level=1).click()
    phone.reload()
    assert warned == ["beforeunload"]
    expect(pages.nth(1).get_by_text("chờ có mạng")).to_be_visible(timeout=20_000)
    expect(pages.nth(1).locator("img.thumb")).to_be_visible()
    choose.set_input_files([{"name": "ghi chu.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"}])
    expect(pages.nth(2).get_by_text("không thuộc loại được nhận")).to_be_visible()
    phone.unroute("**/gui-tep/**")
    phone.evaluate("window.dispatchEvent(new Event('online'))")

    expect(pages.nth(1).get_by_text("Đã lưu lúc 09:00")).to_be_visible(timeout=20_000)
    first, second = PaperFile.objects.filter(paper=paper)
    assert [first.name, second.name] == ["trang-1.jpg", "trang-2.jpg"]
    for file in (first, second):
        width, height, weight = measures(file)
        assert 1200 <= width < height <= 2000 and weight <= 400 * 1024
    assert Upload.objects.filter(arrived_at=None).count() == 0

    box.get_by_role("button", name="Đưa “trang-2.jpg” lên trước").click()
    expect(pages.nth(0).get_by_role("link", name="trang-2.jpg", exact=True)).to_be_visible()
    with phone.expect_file_chooser() as chooser:
        pages.nth(1).get_by_role("button", name="Chụp lại").click()
    assert "image/jpeg" in choose.get_attribute("accept") and choose.get_attribute("capture") == "environment"
    chooser.value.set_files([photo(phone, "Chụp lại ", width=800, height=600)])
    expect(pages.nth(1).get_by_text("Đã lưu lúc 09:00")).to_be_visible(timeout=20_000)
    assert PaperFile.objects.filter(paper=paper).count() == 2
    assert measures(PaperFile.objects.filter(paper=paper).last())[:2] == (800, 600)  # small already: as it was taken


def test_nothing_is_filed_before_what_was_taken_has_arrived(phone, draft):
    paper = draft.papers.first()
    phone.goto(at("papers", draft))
    phone.route("**/gui-tep/**", lambda route: route.abort())
    phone.locator(f"#giay-to-{paper.pk} input[type=file]").set_input_files(
        [{"name": "giay.jpg", "mimeType": "image/jpeg", "buffer": JPEG}]
    )
    expect(phone.get_by_text("chờ có mạng")).to_be_visible()
    phone.get_by_role("button", name="Lưu và tiếp tục").click()
    phone.wait_for_url("**/nhan-ket-qua/")
    expect(phone.get_by_text("Còn 1 tệp chưa gửi xong.")).to_be_visible()
    phone.get_by_role("button", name="Lưu và tiếp tục").click()
    phone.wait_for_url("**/kiem-tra/")
    expect(phone.get_by_text("Còn 1 tệp chưa gửi xong.")).to_be_visible()
    expect(phone.get_by_role("button", name="Nộp hồ sơ")).to_have_count(0)  # what is required is not there

    phone.unroute("**/gui-tep/**")
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    phone.get_by_role("button", name="Nộp hồ sơ").click()
    phone.wait_for_url("**/da-nop/")

    draft.refresh_from_db()
    assert draft.state == State.SUBMITTED
    assert PaperFile.objects.get(paper=paper).name == "giay.jpg"


def test_without_javascript_several_pages_are_sent_as_ever(browser, live_server, office, draft):
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, base_url=live_server.url, java_script_enabled=False
    )
    context.add_cookies(session_cookies(office.citizen, live_server.url))
    page = context.new_page()
    paper = draft.papers.first()
    page.goto(at("papers", draft))
    box = page.locator(f"#giay-to-{paper.pk}")

    files = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": JPEG + n.encode()} for n in "12"]
    box.locator("input[type=file]").set_input_files(files)
    box.get_by_role("button", name="Gửi tệp đã chọn").click()
    box.get_by_role("button", name="Đưa “2.jpg” lên trước").click()

    expect(box.locator(".pages a").first).to_have_text("2.jpg")
    assert list(PaperFile.objects.filter(paper=paper).values_list("name", flat=True)) == ["2.jpg", "1.jpg"]
