"""The way of `./run bench valley`, without its slow line: how few bytes and requests it takes, and how it reads to who sees it
large, wide, in colours of their own or not at all (WCAG 2.2: 1.4.4, 1.4.10, 1.4.12, 2.4.2, 2.5.8, 3.3.1, 4.1.3)."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from bench.valley import PAPERS, Meter, walk
from motcua.accounts.testing import PASSWORD, session_cookies
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.testing import a_draft, a_one_stop
from motcua.portal.testing import JPEG
from motcua.portal.testing import page as address

pytestmark = pytest.mark.django_db(transaction=True)

REFLOW = """() => {
  const wide = [], root = document.documentElement;
  const look = (how) => { if (root.scrollWidth > innerWidth) wide.push(`${how}: ${root.scrollWidth}`); };
  look("320");
  const spaced = new CSSStyleSheet();
  spaced.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }");
  document.adoptedStyleSheets = [spaced];
  look("spaced");
  for (const one of document.querySelectorAll("a, button, label, h1, h2, p, li, dd")) {
    if (one.scrollWidth > one.clientWidth + 2 && getComputedStyle(one).overflow !== "visible" && one.clientWidth > 1) wide.push(`cut: ${one.textContent.trim().slice(0, 40)}`);
  }
  document.adoptedStyleSheets = [];
  const small = [...document.querySelectorAll("button, .button, input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea, summary")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.5).map((one) => `small: ${one.outerHTML.slice(0, 80)}`);
  return [...wide, ...small];
}"""

TWICE = """() => {
  const root = document.documentElement;
  root.style.fontSize = "200%";
  const wide = root.scrollWidth > innerWidth ? [`letters of twice the size: ${root.scrollWidth}`] : [];
  root.style.fontSize = "";
  return wide;
}"""


@pytest.fixture
def phone(browser, live_server):
    context = browser.new_context(viewport={"width": 320, "height": 640}, base_url=live_server.url, locale="vi-VN")
    return context.new_page()


# What a screen reader says first on each page: its title, and its one heading of the first level.
SAID = {
    "first page": ("Dịch vụ công", "Dịch vụ công tỉnh Tuyên Quang"),
    "search": ("khai sinh", "Kết quả cho “khai sinh”"),
    "procedure": ("Đăng ký khai sinh", "Đăng ký khai sinh"),
    "to sign in": ("Đăng nhập", "Đăng nhập"),
    "signed in, begin": ("Nộp hồ sơ", "Bắt đầu nộp hồ sơ"),
    "whose it is": ("Hồ sơ này của ai?", "Hồ sơ này của ai?"),
    "owner": ("Chủ hồ sơ", "Thông tin của bạn"),
    "form": ("Nội dung", "Nội dung cần khai"),
    "papers": ("Giấy tờ", "Giấy tờ kèm theo"),
    "photo sent, where the result goes": ("Nhận kết quả", "Bạn muốn nhận kết quả ở đâu?"),
    "check": ("Kiểm tra và nộp", "Kiểm tra trước khi nộp"),
    "filed, the code": ("Đã nộp hồ sơ", "Bạn đã nộp hồ sơ"),
}
# Pages alone: style, script and icon come once and are weighed in test_weight.py.
REQUESTS, RECEIVED, SENT = 28, 46 * 1024, 40 * 1024


def test_filing_takes_few_bytes_and_requests_and_fits_a_narrow_phone(phone, tmp_path):
    office = a_one_stop(components=PAPERS)
    photo = tmp_path / "giay-chung-sinh.jpg"
    photo.write_bytes(JPEG)
    meter, said, wrong = Meter(phone.context.new_cdp_session(phone), besides="/static/"), {}, {}

    @contextmanager
    def leg(name):
        with meter.leg(name, phone):
            yield
        (heading,) = phone.get_by_role("heading", level=1).all_inner_texts()
        said[name] = (phone.title().removesuffix(" · Một Cửa Tuyên Quang"), heading)
        wrong[name] = phone.evaluate(REFLOW)
        phone.set_viewport_size({"width": 640, "height": 640})
        wrong[name] += phone.evaluate(TWICE)
        phone.set_viewport_size({"width": 320, "height": 640})

    walk(phone, leg, phone=office.citizen.phone, password=PASSWORD, photo=photo)

    assert Dossier.objects.get().state == State.SUBMITTED
    assert said == SAID
    assert {name: faults for name, faults in wrong.items() if faults} == {}
    assert sum(one.requests for one in meter.legs) <= REQUESTS
    assert sum(one.received for one in meter.legs) <= RECEIVED
    assert sum(one.sent for one in meter.legs) <= SENT


def spoken(page, *roles):
    """What the accessibility tree holds of these roles: role, name, description, and whether it is invalid, needed, in focus."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    for node in tree:
        role = node.get("role", {}).get("value")
        if role in roles and not node.get("ignored"):
            states = {one["name"]: one["value"].get("value") for one in node.get("properties", ())}
            on = {name for name in ("invalid", "required", "focused") if states.get(name) in (True, "true")}
            yield role, node["name"].get("value", ""), node.get("description", {}).get("value", ""), on


def test_a_wrong_answer_and_what_is_saved_are_spoken(phone, live_server):
    office = a_one_stop(components=PAPERS)
    phone.context.add_cookies(session_cookies(office.citizen, live_server.url))
    draft = a_draft(office)
    phone.goto(address("owner", draft))

    phone.get_by_label("Số điện thoại").fill("12")
    phone.get_by_role("button", name="Lưu và tiếp tục").click()
    expect(phone.get_by_role("alert")).to_be_focused()

    sentence = "Số điện thoại gồm 10 hoặc 11 chữ số, bắt đầu bằng 0. Ví dụ: 0912 345 678."
    told = list(spoken(phone, "alert", "heading", "link", "textbox"))
    assert ("alert", "", "", {"focused"}) in told
    assert ("heading", "Chưa gửi được. Xin xem lại:", "", set()) in told
    assert ("link", sentence, "", set()) in told
    hint = "Để báo tin, và 4 số cuối dùng để tra cứu hồ sơ."
    assert ("textbox", "Số điện thoại", f"{hint} {sentence}", {"required", "invalid"}) in told
    assert [name for _, name, _, _ in told if not name] == [
        ""
    ]  # the alert speaks its content; nothing else is without a name

    phone.get_by_label("Số điện thoại").fill("0912 345 678")
    phone.get_by_role("status").filter(has_text="Đã lưu lúc 09:00").wait_for()
