"""Processes in a real browser: brought in, edited without JavaScript, read by axe in light and dark."""

import csv

import pytest
from django.urls import reverse

from motcua.accounts.testing import session_cookies
from motcua.catalogue.models import ProcessDraft
from motcua.catalogue.testing import a_procedure
from motcua.ui.testing import wrong_with

from .test_processes_drafts import TABLE, a_draft, a_keeper
from .test_processes_tables import EXAMINE, HEADING, RECEIVE, SIGN, STAMP

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browse(browser, live_server):
    """A page of a person in a window of this size."""
    contexts = []

    def opened(person, **told):
        context = browser.new_context(
            base_url=live_server.url, locale="vi-VN", **({"viewport": {"width": 1366, "height": 768}} | told)
        )
        contexts.append(context)
        context.add_cookies(session_cookies(person, live_server.url))
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "quy-trinh.csv"
    with file.open("w", encoding="utf-8") as content:
        csv.writer(content).writerows([["Quy trình: Việc mẫu, mã 1.001193"], HEADING, RECEIVE, EXAMINE, SIGN, STAMP])
    return file


@pytest.mark.parametrize("script", [True, False])
def test_a_table_is_brought_in_moved_saved_and_issued_with_and_without_javascript(browse, table, script):
    version = a_procedure(process=False)
    page = browse(a_keeper(), java_script_enabled=script)

    page.goto(reverse("catalogue:process_upload"))
    page.get_by_label("Tệp có bảng quy trình").set_input_files(table)
    page.get_by_role("button", name="Đọc tệp và xem trước").click()
    page.get_by_role("button", name="Thêm vào danh sách dự thảo").click()
    page.get_by_role("link", name="Đăng ký khai sinh").click()
    page.get_by_role("button", name="Chuyển bước 2 xuống").click()
    page.get_by_role("button", name="Chuyển bước 3 lên").click()
    page.get_by_label("Bước 2: nội dung công việc").fill("Thẩm định hồ sơ")
    page.get_by_role("button", name="Lưu và ban hành").click()

    assert page.get_by_text("Đã ban hành. Hồ sơ mới đi theo quy trình này").is_visible()
    works = [step.work for step in version.process().steps.all()]
    assert works == ["Nhận hồ sơ", "Thẩm định hồ sơ", "Ký", "Đóng dấu"]


def test_axe_finds_nothing_and_no_page_scrolls_sideways(browse, table):
    process = a_procedure("1.000001").process()
    a_procedure(process=False)
    keeper = a_keeper()
    lacking = a_draft(keeper, TABLE[:2])
    a_draft(keeper)
    page = browse(keeper)
    found = {}

    def look(where):
        if wrong := wrong_with(page, dark=True):
            found[where] = wrong

    addresses = [
        reverse("catalogue:processes"),
        reverse("catalogue:processes") + "?loc=da-ban-hanh",
        reverse("catalogue:process_new"),
        reverse("catalogue:process_draft", args=[lacking.pk]),
        reverse("catalogue:process", args=[process.pk]),
        reverse("catalogue:process_draft_print", args=[lacking.pk]),
        reverse("catalogue:process_upload"),
    ]
    for address in addresses:
        page.goto(address)
        look(address)
    page.get_by_label("Tệp có bảng quy trình").set_input_files(table)
    page.get_by_role("button", name="Đọc tệp và xem trước").click()
    page.get_by_text("Các bước và điều chưa đạt").click()
    look("preview")

    assert found == {}
    assert ProcessDraft.objects.count() == 2
