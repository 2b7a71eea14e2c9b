"""A page is read aloud by the voice of the device, where it has one (đọc trang này)."""

import pytest
from playwright.sync_api import expect

from motcua.dossiers.testing import a_one_stop

pytestmark = pytest.mark.django_db(transaction=True)

# A device with a voice: what it is given to say is noted instead of said.
VOICE = """
window.said = [];
const voice = new EventTarget();
Object.assign(voice, {
  getVoices: () => [{ lang: "%s" }],
  speak: (part) => { said.push([part.lang, part.text]); window.last = part; },
  cancel: () => said.push(["", "silence"]),
});
Object.defineProperty(window, "speechSynthesis", { value: voice });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""


def test_a_page_is_read_in_its_order_and_each_part_in_its_language(browser, live_server):
    office = a_one_stop()
    context = browser.new_context(base_url=live_server.url, locale="vi-VN", viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto("/")
    button = page.get_by_role("button", name="Đọc trang này", include_hidden=True)
    expect(button).to_be_hidden()  # this browser has no voice

    context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    context.add_init_script(VOICE % "en-US")
    page.goto(f"/thu-tuc/{office.version.code}/")
    page.get_by_role("button", name="Read this page aloud").click()
    expect(page.get_by_role("button", name="Stop reading")).to_be_visible()

    said = page.evaluate("said")
    assert said[0] == ["", "silence"]
    assert said[1] == ["vi-VN", "Đăng ký khai sinh"]
    spoken = [text for _, text in said]
    assert spoken.index("What you need") < spoken.index("Steps")
    assert {text: lang for lang, text in said}["What you need"] == "en-GB"
    assert "Read this page aloud" not in spoken and "Sign in" not in spoken

    page.get_by_role("button", name="Stop reading").click()
    expect(page.get_by_role("button", name="Read this page aloud")).to_be_visible()
    assert page.evaluate("said.at(-1)") == ["", "silence"]
