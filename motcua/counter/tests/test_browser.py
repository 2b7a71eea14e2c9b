"""The counter in a real browser: the keyboard alone, no JavaScript, axe in light and dark at both sizes."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from motcua.accounts.testing import session_cookies
from motcua.counter.testing import address, it_is
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.testing import MONDAY, a_dossier, a_one_stop

pytestmark = pytest.mark.django_db(transaction=True)

RULES = {"iframes": False, "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def office(monkeypatch):
    it_is(monkeypatch, MONDAY)
    return a_one_stop()


@pytest.fixture
def sit_down(browser, live_server):
    """This officer's own browser at the desk."""

    def opened(officer, width=1366, height=768, **how):
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=live_server.url, locale="vi-VN", **how
        )
        context.add_cookies(session_cookies(officer, live_server.url))
        context.add_init_script("window.print = () => {}")
        return context.new_page()

    return opened


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1366, 768)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_no_page_scrolls_sideways(sit_down, office, width, height, scheme):
    submitted, running = a_dossier(office, State.SUBMITTED), a_dossier(office, State.IN_PROGRESS)
    waiting, ready = a_dossier(office, State.AWAITING_COMPLETION), a_dossier(office, State.READY)
    desks = {
        office.reception: [
            "/motcua/",
            "/motcua/cho-tiep-nhan/",
            "/motcua/tim/?q=231023",
            "/motcua/tim/?q=khongcoai",
            "/motcua/tiep-nhan/",
            "/motcua/tiep-nhan/?tim=khai+sinh",
            f"/motcua/tiep-nhan/{office.version.code}/",
            address(submitted),
            address(submitted, "request_supplement"),
            address(submitted, "refuse"),
            address(waiting),
            address(waiting, "record_answer"),
            address(ready, "hand_over"),
        ],
        office.officer: [address(running), address(running, "return_step"), address(running, "request_payment")],
    }

    found = {}
    for officer, addresses in desks.items():
        page = sit_down(officer, width, height, color_scheme=scheme)
        for where in addresses:
            page.goto(where)
            wrong = [
                (one["id"], one["nodes"][0]["html"][:120])
                for one in Axe().run(page, options=RULES).response["violations"]
            ]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(("scrolls sideways", ""))
            if wrong:
                found[where] = wrong

    assert found == {}


def test_the_first_row_is_opened_and_its_step_done_with_the_keyboard(sit_down, office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    page = sit_down(office.officer)
    page.goto("/motcua/")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{dossier.code}/")
    page.keyboard.press("x")
    page.get_by_text("Hồ sơ đã chuyển đến").wait_for()

    assert Dossier.objects.get().at_unit == office.leaders


def test_a_letter_typed_into_a_field_is_a_letter(sit_down, office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    page = sit_down(office.officer)
    page.goto(address(dossier))

    page.get_by_label("Ý kiến kèm theo").fill("")
    page.get_by_label("Ý kiến kèm theo").press_sequentially("xong, xin trình")

    assert page.get_by_label("Ý kiến kèm theo").input_value() == "xong, xin trình"
    assert Dossier.objects.get().at_unit == office.professional


def test_a_filing_is_accepted_and_handed_on_without_javascript(sit_down, office):
    dossier = a_dossier(office, State.SUBMITTED)
    page = sit_down(office.reception, java_script_enabled=False)
    page.goto("/motcua/cho-tiep-nhan/")
    page.get_by_role("main").get_by_role("link", name="Đăng ký khai sinh").click()
    page.get_by_role("button", name="Tiếp nhận").click()
    page.get_by_role("button", name="Chuyển cơ quan giải quyết").click()

    dossier.refresh_from_db()
    assert dossier.state == State.IN_PROGRESS
    assert page.get_by_text("Hồ sơ đã chuyển đến").is_visible()
