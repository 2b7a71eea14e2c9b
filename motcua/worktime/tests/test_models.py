from datetime import date

import pytest
from django.db import IntegrityError

from motcua.worktime.calendar import national_facts
from motcua.worktime.models import DayKind, NationalDay, load_national_days

pytestmark = pytest.mark.django_db


def test_the_shipped_days_are_rows_with_their_legal_basis():
    load_national_days()

    assert NationalDay.objects.count() == len(national_facts())
    swap = NationalDay.objects.get(day=date(2026, 1, 10))
    assert (swap.kind, swap.provisional) == (DayKind.SWAP_WORK, False)
    assert "12729/VPCP-KGVX" in swap.legal_basis
    assert NationalDay.objects.get(day=date(2027, 2, 8)).provisional


def test_loading_twice_changes_nothing():
    load_national_days()
    before = list(NationalDay.objects.values_list())

    load_national_days()

    assert list(NationalDay.objects.values_list()) == before


def test_what_was_announced_since_is_left_alone():
    NationalDay.objects.create(day=date(2027, 2, 8), kind=DayKind.HOLIDAY, legal_basis="Thông báo 9/TB-BNV")

    load_national_days()

    announced = NationalDay.objects.get(day=date(2027, 2, 8))
    assert (announced.legal_basis, announced.provisional) == ("Thông báo 9/TB-BNV", False)


def test_a_day_needs_a_legal_basis():
    with pytest.raises(IntegrityError, match="a_national_day_has_a_legal_basis"):
        NationalDay.objects.create(day=date(2028, 1, 1), kind=DayKind.HOLIDAY, legal_basis="")


def test_only_a_day_of_the_weekend_is_worked_instead_of_another():
    with pytest.raises(IntegrityError, match="a_worked_day_is_one_of_the_weekend"):
        NationalDay.objects.create(day=date(2024, 5, 6), kind=DayKind.SWAP_WORK, legal_basis="TB 1")
