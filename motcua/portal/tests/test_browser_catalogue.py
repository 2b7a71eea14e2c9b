"""The public catalogue in a real browser: narrow and wide, read by axe, and a case chosen without JavaScript."""

import pytest
from django.urls import reverse

from motcua.accounts.testing import session_cookies, sign_in
from motcua.catalogue.testing import LOST, SPOILED
from motcua.dossiers.models import Dossier
from motcua.dossiers.testing import a_draft
from motcua.portal.testing import a_public_catalogue, public_addresses
from motcua.ui.testing import wrong_with

from .test_browser import browse  # noqa: F401  the fixture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office():
    return a_public_catalogue()


def test_every_public_address_answers_strangers_citizens_and_officers_alike(client, office):
    others = ["/thay-doi/atom/", "/du-lieu/danh-muc/", f"/thu-tuc/{office.version.code}/niem-yet/"]
    for person in (None, office.citizen, office.reception):
        if person:
            sign_in(client, person)
        wrong = {address for address in public_addresses(office) + others if client.get(address).status_code != 200}
        assert wrong == set()


def test_axe_finds_nothing_and_no_page_scrolls_sideways(browse, office):  # noqa: F811
    draft = a_draft(office)
    page = browse(office.citizen)
    start = reverse("portal:file", args=[office.version.code])
    pages = [
        *public_addresses(office),
        reverse("portal:draft_case", args=[draft.public_id]),
        start,
        f"{start}?tim=phu+luong",
    ]

    found = {}
    for address in pages:
        page.goto(address)
        if wrong := wrong_with(page):
            found[address] = wrong

    assert found == {}


def test_a_case_is_chosen_and_changed_without_javascript(browse, office, live_server):  # noqa: F811
    page = browse(None, java_script_enabled=False)
    page.context.add_cookies(session_cookies(office.citizen, live_server.url))
    page.goto(f"/thu-tuc/{office.version.code}/")
    page.get_by_label("Xã, phường, thị trấn nơi bạn nộp").fill("hung duc")
    page.get_by_role("main").get_by_role("button", name="Nộp hồ sơ").click()
    page.get_by_role("button", name="Ủy ban nhân dân xã Hùng Đức").click()
    page.get_by_label(LOST).check()
    page.get_by_role("button", name="Lưu và tiếp tục").click()

    dossier = Dossier.objects.get()
    assert dossier.case == LOST
    page.goto(reverse("portal:draft_papers", args=[dossier.public_id]))
    page.get_by_role("link", name="Đổi trường hợp").click()
    page.get_by_label(SPOILED).check()
    page.get_by_role("button", name="Lưu và về trang kiểm tra").click()
    dossier.refresh_from_db()
    assert dossier.case == SPOILED
    assert page.get_by_role("heading", name="Kiểm tra trước khi nộp").is_visible()
