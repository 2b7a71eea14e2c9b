"""Durations, people and cases are read as provinces write them, and what is not written is not read."""

from decimal import Decimal

import pytest

from motcua.accounts.permissions import Role
from motcua.catalogue.processes import words
from motcua.organisations.models import UnitKind


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("0,5 ngày", 4),
        ("½ ngày", 4),
        ("1/2 ngày", 4),
        ("1½ ngày", 12),
        ("2.5 ngày", 20),
        ("01 ngày làm việc", 8),
        ("02 (hai) ngày làm việc", 16),
        ("02 giờ", 2),
        ("02 giờ làm việc", 2),
        ("4h", 4),
        ("30 phút", "0.5"),
        ("1 ngày 4 giờ", 12),
        ("01 buổi", 4),
        ("10 ngày, kể từ ngày nhận đủ hồ sơ hợp lệ", 80),
        ("- 30 ngày, kể từ ngày nhận báo cáo.\n- 15 ngày, kể từ ngày nhận văn bản", 240),
        ("-1/2 ngày (không quá 90 ngày khi có lý do)", 4),
        ("Không quá 03 ngày", 24),
        ("01 tuần", 40),
        ("01", None),
        ("1/2", None),
        ("", None),
        ("Không quy định", None),
        ("trước 15 giờ", None),
        ("Ngay sau khi nhận", None),
    ],
)
def test_a_duration_is_read_as_written(written, hours):
    assert words.hours(written) == (None if hours is None else Decimal(hours))


def test_a_bare_day_is_one_of_the_calendar_where_the_law_counts_those():
    assert words.hours("07 ngày", calendar=True) == 40
    assert words.hours("07 ngày làm việc", calendar=True) == 56


@pytest.mark.parametrize(
    ("written", "kind", "role", "agency"),
    [
        ("Cán bộ tiếp nhận hồ sơ tại Trung tâm PVHCC", UnitKind.ONE_STOP, Role.RECEPTION_OFFICER, ""),
        ("Bộ phận tiếp nhận và trả kết quả", UnitKind.ONE_STOP, Role.RECEPTION_OFFICER, ""),
        ("Công chức Tư pháp - Hộ tịch", UnitKind.PROFESSIONAL, Role.PROCESSING_OFFICER, ""),
        ("Chuyên viên phòng Quản lý đất đai", UnitKind.PROFESSIONAL, Role.PROCESSING_OFFICER, ""),
        ("Lãnh đạo phòng", UnitKind.PROFESSIONAL, Role.HEAD_OF_UNIT, ""),
        ("Trưởng phòng Hành chính", UnitKind.PROFESSIONAL, Role.HEAD_OF_UNIT, ""),
        ("Lãnh đạo Sở", UnitKind.LEADERS, Role.LEADER, ""),
        ("Giám đốc Trung tâm Phục vụ hành chính công", UnitKind.LEADERS, Role.LEADER, ""),
        ("Lãnh đạo\nỦy ban nhân dân cấp xã", UnitKind.LEADERS, Role.LEADER, ""),
        ("Chủ tịch UBND", UnitKind.LEADERS, Role.LEADER, ""),
        ("VĂN THƯ", UnitKind.CLERK, Role.CLERK, ""),
        ("Phòng chuyên môn", UnitKind.PROFESSIONAL, "", ""),
        ("Công an thành phố", "", "", "Công an thành phố"),
        ("Cục Thuế", "", "", "Cục Thuế"),
        ("Công chứng viên", "", "", ""),
        ("", "", "", ""),
    ],
)
def test_who_does_it_is_read_from_the_words_and_never_beyond_them(written, kind, role, agency):
    assert words.actor(written) == (kind, role, agency)


@pytest.mark.parametrize(
    ("heading", "case"),
    [
        ("Thời gian (01 ngày làm việc)", ""),
        ("Thời gian (ngày)", ""),
        ("Thời gian giải quyết", ""),
        ("Thời gian không xác minh: 03 ngày làm việc", "Không xác minh"),
        ("Thời gian có xác minh (08 ngày làm việc)", "Có xác minh"),
        ("Thời gian: 05 ngày làm việc (GH cử)", "GH cử"),
        ("Thời gian thực hiện trực tuyến", "Trực tuyến"),
    ],
)
def test_the_heading_of_a_column_of_time_names_its_case(heading, case):
    assert words.case_of(heading) == case


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("1", (1, "")),
        ("Bước 2", (2, "")),
        ("B3.", (3, "")),
        ("3a", (3, "a")),
        ("Bước 3 b", (3, "b")),
        ("3.1", (3, "")),
        ("IV", (4, "")),
        ("IX.", (9, "")),
        ("Ký", None),
        ("", None),
    ],
)
def test_the_number_of_a_step_is_read_with_its_branch(written, place):
    assert words.place(written) == place


def test_a_step_says_beside_which_it_runs():
    assert words.beside("Lấy ý kiến (song song với bước 3)") == 3
    assert words.beside("Thực hiện song song") == 0
    assert words.beside("Lấy ý kiến") is None
