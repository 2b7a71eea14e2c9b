"""The pages about what is sent to other systems, in a real browser: one walk, readable to all."""

import pytest
from playwright.sync_api import expect

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer, session_cookies
from motcua.api.testing import a_system
from motcua.api.webhooks_testing import a_receiver, run_posts
from motcua.dossiers.models import State
from motcua.dossiers.testing import MONDAY, a_dossier, a_one_stop, it_is
from motcua.journal.testing import run_jobs
from motcua.ui.testing import wrong_with

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_way_from_the_list_to_a_post_that_failed_and_its_sending_again(page, live_server, monkeypatch):
    it_is(monkeypatch, MONDAY)
    office = a_one_stop()
    director = an_officer(office.one_stop, Role.DIRECTOR, "Vi Thị Ngân")
    page.context.add_cookies(session_cookies(director, live_server.url))
    page.set_viewport_size({"width": 1366, "height": 768})
    with a_receiver() as receiver:
        system = a_system(agency=office.agency, name="Phần mềm hộ tịch")
        system.post("webhooks", {"url": receiver.url})
        a_dossier(office, State.SUBMITTED)
        receiver.answers = [410]
        run_jobs()
        run_posts()
        made = system.client.webhooks.get().deliveries.get()
        made.state, made.next_at, made.ended_at = "FAILED", None, MONDAY
        made.save()

        page.goto(f"{live_server.url}/van-hanh/webhook/")
        assert wrong_with(page) == []
        page.get_by_role("link", name="Phần mềm hộ tịch").click()
        page.get_by_role("link", name="Không gửi được", exact=True).click()
        assert wrong_with(page) == []
        page.get_by_role("row").get_by_role("link").first.click()
        expect(page.get_by_role("cell", name="410")).to_be_visible()
        assert wrong_with(page) == []
        page.get_by_role("button", name="Gửi lại").click()
        expect(page.get_by_text("Sẽ gửi lại trong giây lát")).to_be_visible()
        run_posts()
        page.reload()
        expect(page.get_by_role("cell", name="204")).to_be_visible()
        assert len(receiver.posts) == 2
