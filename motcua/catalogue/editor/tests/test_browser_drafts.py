"""A keeper writes, compares and publishes a version in a real browser, with scripts and without (soạn và công bố)."""

import pytest
from playwright.sync_api import expect

from motcua.accounts.testing import session_cookies
from motcua.catalogue.models import ProcedureVersion
from motcua.catalogue.testing import a_keeper, a_procedure
from motcua.ui.testing import wrong_with

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def procedure():
    return a_procedure(
        sequence="Nộp hồ sơ.\nNhận kết quả.",
        subjects=["Công dân Việt Nam"],
        agency_text="Ủy ban nhân dân cấp xã",
        guidance="Mang theo hộ chiếu gốc.",
        results=[{"position": 1, "name": "Giấy khai sinh"}],
    )


def a_desk(browser, live_server, *, width=1366, **more):
    context = browser.new_context(
        viewport={"width": width, "height": 768}, base_url=live_server.url, locale="vi-VN", **more
    )
    context.add_cookies(session_cookies(a_keeper(), live_server.url))
    return context.new_page()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_version_is_written_compared_and_published(browser, live_server, procedure, scripts):
    page = a_desk(browser, live_server, java_script_enabled=scripts)
    page.goto("/motcua/danh-muc/?q=khai+sinh")
    page.get_by_role("link", name="Đăng ký khai sinh").click()
    page.get_by_role("button", name="Soạn phiên bản mới").click()

    page.get_by_role("link", name="Sửa Hướng dẫn, từ khóa").click()
    page.get_by_label("Hướng dẫn dễ hiểu").fill("Mang theo căn cước gốc.")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text("Đã lưu “Hướng dẫn, từ khóa”")).to_be_visible()

    page.get_by_role("link", name="Sửa Quyết định công bố").click()
    page.get_by_label("Số quyết định công bố").fill("1520/QĐ-UBND")
    page.get_by_label("Ngày ký quyết định").fill("2021-12-01")
    page.get_by_role("button", name="Lưu").click()

    page.get_by_role("link", name="So sánh với bản đang áp dụng").click()
    expect(page.locator("del", has_text="hộ chiếu")).to_be_visible()
    expect(page.locator("ins", has_text="căn cước")).to_be_visible()
    page.go_back()

    page.get_by_role("link", name="Công bố…").click()
    page.get_by_role("button", name="Công bố thủ tục").click()
    expect(page.get_by_text("Đã công bố 1.001193")).to_be_visible()
    assert ProcedureVersion.objects.filter(decision="1520/QĐ-UBND", valid_to=None).count() == 1


def test_rows_are_added_and_kept_with_the_keyboard_alone(browser, live_server, procedure):
    page = a_desk(browser, live_server)
    page.goto("/motcua/danh-muc/thu-tuc/1.001193/")
    page.get_by_role("button", name="Soạn phiên bản mới").press("Enter")
    page.get_by_role("link", name="Sửa Kết quả").press("Enter")

    page.get_by_role("button", name="Thêm một dòng").press("Enter")
    page.get_by_role("group", name="Dòng 2").get_by_label("Kết quả", exact=True).fill("Bản sao trích lục")
    page.get_by_role("button", name="Lưu").press("Enter")

    expect(page.get_by_text("Bản sao trích lục")).to_be_visible()
    expect(page.get_by_text("Giấy khai sinh", exact=True)).to_be_visible()


def test_axe_finds_nothing_on_the_keepers_pages(browser, live_server, procedure):
    page = a_desk(browser, live_server)
    page.goto("/motcua/danh-muc/thu-tuc/1.001193/")
    page.get_by_role("button", name="Soạn phiên bản mới").click()
    page.wait_for_url("**/du-thao/*/")
    draft = page.url

    for address in (
        "/motcua/danh-muc/",
        "/motcua/danh-muc/thu-tuc/1.001193/",
        "/motcua/danh-muc/thu-tuc-moi/",
        "/motcua/danh-muc/thu-tuc/1.001193/bai-bo/",
        "/motcua/danh-muc/du-thao/",
        draft,
        f"{draft}phan/giay-to/",
        f"{draft}phan/ten-goi/",
        f"{draft}so-sanh/",
        f"{draft}ban-hanh/",
        f"{draft}lich-su/",
        "/motcua/danh-muc/han-cong-bo/",
        "/motcua/danh-muc/nhap-xuat/",
    ):
        page.goto(address)
        assert wrong_with(page) == [], address
