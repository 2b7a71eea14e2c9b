"""A place is found by what was typed of it (tìm địa danh)."""

from datetime import date, timedelta

import pytest

from motcua.organisations.models import Level
from motcua.organisations.places import find
from motcua.organisations.testing import SINCE, a_place

pytestmark = pytest.mark.django_db

TODAY = date(2023, 10, 23)


@pytest.fixture(autouse=True)
def places():
    province = a_place("Tỉnh Tuyên Quang", level=Level.PROVINCE)
    district = a_place("Huyện Hàm Yên", level=Level.DISTRICT, parent=province)
    a_place("Xã Hùng Đức", parent=district)
    a_place("Xã Đức Ninh", parent=district)
    a_place("Xã Minh Dân", parent=district, valid_to=SINCE + timedelta(days=300))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("hung duc", ["Xã Hùng Đức, Huyện Hàm Yên, Tỉnh Tuyên Quang"]),
        ("HÙNG Đ", ["Xã Hùng Đức, Huyện Hàm Yên, Tỉnh Tuyên Quang"]),
        ("Thôn Khuổi Phát, xã hung", ["Thôn Khuổi Phát, Xã Hùng Đức, Huyện Hàm Yên, Tỉnh Tuyên Quang"]),
        ("ham yen", ["Huyện Hàm Yên, Tỉnh Tuyên Quang"]),
        ("h", []),
        ("Thôn 1,", []),
        ("minh dan", []),  # no longer there; whoever lived there writes it themselves
        ("\0%_'", []),
        ("", []),
    ],
)
def test_a_place_is_found_without_its_marks_and_the_hamlet_stays_in_front(typed, found):
    assert find(typed, day=TODAY) == found


def test_what_begins_so_comes_first_and_the_list_is_short():
    for number in range(20):
        a_place(f"Xã Số {number} Đức")

    found = find("duc", day=TODAY)

    assert found[0] == "Xã Đức Ninh, Huyện Hàm Yên, Tỉnh Tuyên Quang"
    assert len(found) == 8
