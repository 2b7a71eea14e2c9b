"""The inbox, the choices and who is away in a real browser: axe at both sizes, and everything without JavaScript."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from motcua.accounts.models import Delegation
from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.dossiers import watching
from motcua.dossiers.models import Dossier
from motcua.dossiers.testing import MONDAY, WEDNESDAY, a_dossier, it_is
from motcua.journal.testing import run_jobs
from motcua.organisations.models import UnitKind
from motcua.organisations.testing import a_unit
from motcua.ui.testing import wrong_with

from .test_browser import office, sit_down  # noqa: F401  the same desk

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ["/motcua/thong-bao/", "/motcua/thong-bao/?xem=tat-ca", "/motcua/thong-bao/lua-chon/", "/motcua/vang-mat/"]


@pytest.fixture
def overdue(office, monkeypatch):  # noqa: F811
    dossier = a_dossier(office)
    Dossier.objects.filter(pk=dossier.pk).update(due_at=WEDNESDAY, first_due_at=WEDNESDAY)
    it_is(monkeypatch, MONDAY + timedelta(days=3))
    watching.watch(MONDAY + timedelta(days=3))
    run_jobs()
    return dossier


def test_axe_finds_nothing_and_no_page_scrolls_sideways(sit_down, office, overdue):  # noqa: F811
    an_officer(a_unit(office.agency, UnitKind.PROFESSIONAL, "Địa chính"), Role.PROCESSING_OFFICER, "Lê Quang")
    page = sit_down(office.head)
    found = {}
    for where in PAGES:
        page.goto(where)
        if wrong := wrong_with(page, dark=True):
            found[where] = wrong
    page.get_by_role("button", name="Phân công thay").click()
    if wrong := wrong_with(page, dark=True):
        found["refused"] = wrong

    assert found == {}


def test_somebody_is_named_and_notices_are_read_without_javascript(sit_down, office, overdue):  # noqa: F811
    an_officer(a_unit(office.agency, UnitKind.PROFESSIONAL, "Địa chính"), Role.PROCESSING_OFFICER, "Lê Quang")
    page = sit_down(office.head, java_script_enabled=False)

    page.goto("/motcua/vang-mat/")
    page.get_by_label("Ai vắng").select_option(label="Hoàng Văn Hùng – Chuyên viên, Công chức Tư pháp - Hộ tịch")
    page.get_by_label("Ai thay").select_option(label="Lê Quang – Chuyên viên, Địa chính")
    page.get_by_label("Lý do").fill("Nghỉ phép")
    page.get_by_role("button", name="Phân công thay").click()
    expect(page.get_by_text("Người thay đã được báo")).to_be_visible()
    page.get_by_role("button", name="Thôi thay Hoàng Văn Hùng").click()
    expect(page.get_by_text("thôi thay Hoàng Văn Hùng")).to_be_visible()
    assert Delegation.objects.get().ended_by == office.head

    page.goto("/motcua/thong-bao/")
    page.get_by_role("link", name=overdue.procedure_name).first.click()
    expect(page).to_have_url(f"{page.url.split('/motcua/')[0]}/motcua/ho-so/{overdue.code}/")
    page.goto("/motcua/thong-bao/")
    expect(page.get_by_text("Bạn đã xem hết thông báo")).to_be_visible()
