"""Searching on a small screen, with and without JavaScript, read by axe."""

import pytest
from django.core.cache import cache

from motcua.catalogue.models import SearchFeedback
from motcua.catalogue.testing import a_procedure
from motcua.ui.testing import wrong_with

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scripts", [True, False])
def test_whoever_does_not_find_what_they_need_says_so(browser, live_server, scripts):
    cache.clear()
    a_procedure("1.001193", name="Đăng ký khai sinh", process=False)
    page = browser.new_context(
        viewport={"width": 360, "height": 740}, base_url=live_server.url, locale="vi-VN", java_script_enabled=scripts
    ).new_page()

    page.goto("/tim-kiem/?q=khia+sinh")
    assert page.get_by_text("sửa “khia” thành “khai”").first.is_visible()
    page.get_by_text("Không phải cái tôi cần").click()
    page.get_by_label("Bạn cần làm việc gì?").fill("đổi tên cho con")
    if scripts:
        assert wrong_with(page, every_size=False) == []
    page.get_by_role("button", name="Gửi ý kiến").click()

    assert page.get_by_text("Cảm ơn bạn").is_visible()
    assert page.get_by_label("Bạn cần làm thủ tục gì?").input_value() == "khia sinh"
    kept = SearchFeedback.objects.get()
    assert (kept.typed, kept.wanted) == ("khia sinh", "đổi tên cho con")
