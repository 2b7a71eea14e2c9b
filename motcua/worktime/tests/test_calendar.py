import json
from datetime import date, time
from pathlib import Path

import pytest

from motcua.worktime.calendar import Calendar, Hours, Season, index_of, national_calendar, national_facts

SHARED = Path(__file__).parents[4] / "shared" / "data" / "holidays_vn.json"
ALL_WEEK = dict.fromkeys(range(5), Hours.between((time(8), time(12))))


def working_days(calendar, year):
    return calendar.working_before[index_of(date(year + 1, 1, 1))] - calendar.working_before[index_of(date(year, 1, 1))]


@pytest.mark.parametrize(
    ("year", "days"), [(2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 250), (2026, 249)]
)
def test_a_year_has_its_working_days(year, days):
    assert working_days(national_calendar(), year) == days


def test_each_day_stands_once_and_with_its_legal_basis():
    facts = national_facts()

    assert [fact["date"] for fact in facts] == sorted({fact["date"] for fact in facts})
    assert all(fact["legal_basis"] for fact in facts)
    assert {fact["kind"] for fact in facts} == {"HOLIDAY", "SWAP_OFF", "SWAP_WORK"}


def test_what_is_not_announced_yet_is_marked():
    provisional = {fact["date"] for fact in national_facts() if fact["provisional"] == "1"}

    assert provisional == {"2026-11-24"} | {fact["date"] for fact in national_facts() if fact["date"] > "2027"}


@pytest.mark.skipif(not SHARED.exists(), reason="không có ../shared/data")
def test_the_shipped_table_tells_what_its_source_tells():
    source = json.loads(SHARED.read_text(encoding="utf-8"))
    days = {(day["date"], True) for day in source["days_off"]} | {
        (day["date"], False) for day in source["working_saturdays"]
    }

    shipped = {(fact["date"], fact["kind"] != "SWAP_WORK") for fact in national_facts()}
    assert shipped == {(day, off) for day, off in days if day >= "2021"}


def test_equal_facts_are_the_same_value_whatever_their_order():
    one = Calendar.build([date(2024, 1, 1), date(2024, 2, 8)], [date(2024, 5, 4)], [Season("01-01", ALL_WEEK)])
    same = Calendar.build([date(2024, 2, 8), date(2024, 1, 1)], [date(2024, 5, 4)], [Season("01-01", dict(ALL_WEEK))])
    other = Calendar.build([date(2024, 1, 1)], [date(2024, 5, 4)], [Season("01-01", ALL_WEEK)])

    assert one is same
    assert one != other
    assert one.version != other.version


def test_hours_that_change_later_make_another_calendar():
    same = [Season("01-01", ALL_WEEK)]
    changed = Calendar.build(
        [], [], same, later={date(2025, 3, 1): [Season("01-01", dict.fromkeys(range(3), ALL_WEEK[0]))]}
    )

    assert changed != Calendar.build([], [], same)
    assert [working_days(changed, year) for year in (2024, 2026)] == [262, 156]


def test_a_closure_wins_over_a_saturday_that_should_be_worked():
    saturday = date(2024, 5, 4)
    closed = Calendar.build([], [saturday], closures=[saturday])

    assert working_days(closed, 2024) == working_days(Calendar.build([], []), 2024)


def test_before_the_first_season_of_a_year_the_last_one_still_runs():
    calendar = Calendar.build([], [], [Season("04-16", ALL_WEEK), Season("10-16", {0: ALL_WEEK[0]})])

    assert calendar.plan[index_of(date(2024, 1, 8))].total == 4 * 60  # a Monday
    assert calendar.plan[index_of(date(2024, 1, 9))].total == 0
    assert calendar.plan[index_of(date(2024, 4, 16))].total == 4 * 60


def test_hours_that_change_in_winter_begin_with_their_winter():
    whole, half = ALL_WEEK, dict.fromkeys(range(5), Hours.between((time(8), time(10))))
    changed = [Season("01-16", half), Season("06-01", whole)]
    calendar = Calendar.build([], [], [Season("01-01", whole)], later={date(2025, 2, 3): changed})

    assert [calendar.plan[index_of(day)].total for day in (date(2025, 1, 31), date(2025, 2, 3), date(2025, 6, 2))] == [
        4 * 60,
        2 * 60,
        4 * 60,
    ]


def test_a_worked_saturday_has_the_hours_of_a_friday():
    short_friday = ALL_WEEK | {4: Hours.between((time(8), time(10)))}
    calendar = Calendar.build([], [date(2024, 5, 4)], [Season("01-01", short_friday)])

    assert calendar.plan[index_of(date(2024, 5, 4))].total == 2 * 60


@pytest.mark.parametrize(
    "spans",
    [[("11:00", "07:00")], [("07:00", "07:00")], [("07:00", "11:00"), ("10:00", "12:00")]],
)
def test_hours_open_before_they_close_and_do_not_overlap(spans):
    with pytest.raises(ValueError, match="office hours"):
        Hours.between(*((time.fromisoformat(a), time.fromisoformat(b)) for a, b in spans))


def test_hours_are_said_as_an_office_says_them():
    assert str(Hours.between((time(13, 30), time(17)), (time(7), time(11, 30)))) == "07:00–11:30, 13:30–17:00"


def test_a_calendar_without_seasons_is_a_mistake():
    with pytest.raises(ValueError, match="at least one season"):
        Calendar.build([], [], [])
