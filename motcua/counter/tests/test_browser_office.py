"""What the office writes down for itself, in a real browser: readable to all, and a file that comes by itself."""

from datetime import datetime
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from motcua.counter import exporting
from motcua.counter.tasks import make_export
from motcua.dossiers import closings, handovers
from motcua.dossiers.models import Export, HandoverKind, State
from motcua.dossiers.testing import VIETNAM, a_dossier, a_one_stop, it_is
from motcua.ui.testing import wrong_with

from .test_browser import sit_down  # noqa: F401 a fixture

pytestmark = pytest.mark.django_db(transaction=True)

EVENING = datetime(2023, 10, 23, 16, 30, tzinfo=VIETNAM)


@pytest.fixture
def office(monkeypatch):
    it_is(monkeypatch, EVENING)
    return a_one_stop()


def test_axe_finds_nothing_and_no_page_scrolls_sideways(sit_down, office):  # noqa: F811
    for state in (State.ACCEPTED, State.IN_PROGRESS, State.IN_PROGRESS, State.READY, State.RETURNED):
        a_dossier(office, state)
    *given, _ = [one.pk for one in handovers.waiting(HandoverKind.DOSSIERS, office.reception, EVENING)]
    handover = handovers.give(
        HandoverKind.DOSSIERS,
        office.agency,
        office.professional,
        given,
        public_id=uuid4(),
        by=office.reception,
        at=EVENING,
    )
    lost = handover.items.first()
    handovers.receive(handover, {lost.pk: "thiếu bản chính"}, by=office.officer, at=EVENING)
    closings.close(office.agency, EVENING.date(), by=office.reception, at=EVENING)
    asked = [
        exporting.ask("agency", {}, format=form, purpose="Báo cáo tuần", by=office.reception, at=EVENING)
        for form in ("xlsx", "csv")
    ]
    make_export(export=asked[0].pk)
    span = f"so=quay-{office.agency.pk}&tu=2023-10-01&den=2023-10-23"
    desks = {
        office.reception: [
            "/motcua/xuat/",
            "/motcua/xuat/moi/?danh-sach=agency",
            f"/motcua/xuat/moi/?danh-sach=register&{span}",
            *(f"/motcua/xuat/{export.public_id}/" for export in asked),
            f"/motcua/so-theo-doi/?{span}",
            f"/motcua/so-theo-doi/?{span.replace('2023-10-01', '2023-11-01')}",
            "/motcua/ban-giao/",
            f"/motcua/ban-giao/{handover.pk}/",
            "/motcua/ngay/2023-10-23/",
            "/motcua/ngay/2023-10-22/",
            "/motcua/ngay/2023-10-23/tiep-nhan/",
        ],
        office.officer: ["/motcua/ban-giao/", f"/motcua/ban-giao/{handover.pk}/"],
    }
    found = {}
    for officer, addresses in desks.items():
        page = sit_down(officer)
        for where in addresses:
            page.goto(where)
            page.evaluate("document.querySelectorAll('details.fold').forEach((one) => { one.open = true })")
            if wrong := wrong_with(page, dark=True):
                found[where] = wrong

    assert found == {}


def test_a_file_comes_by_itself_and_a_list_is_signed(sit_down, office):  # noqa: F811
    dossier = a_dossier(office)
    desk = sit_down(office.reception)
    desk.goto("/motcua/co-quan/")
    desk.get_by_role("link", name="Xuất danh sách này").click()
    desk.get_by_label("Mục đích sử dụng").fill("Báo cáo tuần")
    desk.get_by_role("button", name="Lập tệp").click()
    expect(desk.get_by_role("status")).to_contain_text("Đang chờ lập")

    make_export(export=Export.objects.get().pk)

    link = desk.get_by_role("link", name="Tải tệp Excel (.xlsx)")
    expect(link).to_be_visible()
    with desk.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "co-quan-20231023-1630.xlsx"

    desk.goto("/motcua/ban-giao/")
    desk.get_by_role("button", name="Lập danh sách và ký giao").click()
    expect(desk.get_by_role("status")).to_contain_text("Chờ bên nhận kiểm đếm và ký nhận.")
    where = desk.url
    taker = sit_down(office.officer, java_script_enabled=False)
    taker.goto(where)
    expect(taker.get_by_text(dossier.code, exact=True)).to_be_visible()
    taker.get_by_role("button", name="Ký nhận những hồ sơ không ghi thiếu").click()
    expect(taker.get_by_role("status")).to_contain_text("Đã ký nhận đủ: Hoàng Văn Hùng")
