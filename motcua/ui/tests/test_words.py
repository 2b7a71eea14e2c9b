import gettext
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from motcua.ui.templatetags import ui

FRIDAY = datetime(2023, 11, 3, 2, 30, tzinfo=UTC)  # 09:30 in Hà Nội


@pytest.fixture(autouse=True)
def vietnamese():
    with translation.override("vi"):
        yield


def test_a_moment_is_told_with_its_weekday_on_local_clocks():
    assert ui.vn_datetime(FRIDAY) == "Thứ Sáu 03/11/2023, 09:30"


def test_late_in_the_evening_of_greenwich_is_already_tomorrow():
    assert ui.vn_date(datetime(2023, 11, 4, 20, tzinfo=UTC)) == "Chủ Nhật 05/11/2023"


def test_a_day_has_no_hour():
    assert ui.vn_date(date(2023, 11, 6)) == "Thứ Hai 06/11/2023"
    assert ui.vn_date(date(2023, 11, 6), "short") == "06/11/2023"


@pytest.mark.parametrize(
    ("gap", "told"),
    [
        (timedelta(seconds=-20), "vừa xong"),
        (timedelta(minutes=-45), "45 phút trước"),
        (timedelta(hours=-2, minutes=-59), "2 giờ trước"),
        (timedelta(days=2, hours=5), "còn 2 ngày"),
        (timedelta(days=90), "còn 3 tháng"),
        (timedelta(days=-800), "2 năm trước"),
    ],
)
def test_distance_is_rounded_down_to_one_unit(gap, told):
    assert ui.vn_ago(FRIDAY + gap, FRIDAY) == told


def test_a_day_is_counted_in_days():
    assert ui.vn_ago(date(2023, 11, 3), FRIDAY) == "hôm nay"
    assert ui.vn_ago(date(2023, 11, 5), FRIDAY) == "còn 2 ngày"


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(0, "0 phút"), (45, "45 phút"), (90, "1 giờ 30 phút"), (480, "1 ngày"), (1150, "2 ngày 3 giờ")],
)
def test_working_time_counts_days_of_eight_hours(minutes, told):
    assert ui.vn_hours(minutes) == told


@pytest.mark.parametrize(
    ("amount", "told"), [(35000, "35.000 đ"), (Decimal("1250000.00"), "1.250.000 đ"), (0, "Miễn phí"), (None, "–")]
)
def test_money_has_points_and_nothing_to_pay_has_words(amount, told):
    assert ui.dong(amount) == told


def test_numbers_are_written_the_vietnamese_way():
    assert ui.vn_number(1427) == "1.427"
    assert ui.vn_number(12.5) == "12,5"


@pytest.mark.parametrize(
    ("size", "told"), [(900, "900 byte"), (1536, "1,5 KB"), (20 * 1024**2, "20 MB"), (1_432_000, "1,4 MB")]
)
def test_sizes_are_told_in_the_unit_people_know(size, told):
    assert ui.filesize_vn(size) == told


def test_the_tail_of_a_code_tells_day_and_number():
    assert ui.code_tail("000.00.12.H60-220412-0007") == "…0412-0007"
    assert ui.code_tail("lạ") == "lạ"


def test_what_is_not_known_is_a_dash():
    assert [say(None) for say in (ui.vn_date, ui.vn_datetime, ui.vn_time, ui.vn_ago, ui.vn_hours)] == ["–"] * 5


def test_an_english_page_is_told_in_english():
    with translation.override("en"):
        assert ui.vn_datetime(FRIDAY) == "Friday 03/11/2023, 09:30"
        assert ui.vn_ago(FRIDAY - timedelta(hours=1), FRIDAY) == "1 hour ago"
        assert ui.vn_hours(1150) == "2 days 3 hours"
        assert ui.dong(0) == "Free of charge"


def test_the_compiled_english_words_are_those_of_the_readable_file():
    folder = Path(ui.__file__).parents[1] / "locale/en/LC_MESSAGES"
    written = re.findall(
        r'^msgid "(.+)"\nmsgstr "(.+)"$', (folder / "django.po").read_text(encoding="utf-8"), re.MULTILINE
    )
    with (folder / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    assert len(written) > 40
    assert [compiled.gettext(vietnamese) for vietnamese, _ in written] == [english for _, english in written]
