from datetime import date, datetime, time

import pytest

from motcua.organisations.calendars import calendar_of
from motcua.organisations.models import Closure, OfficeHours
from motcua.organisations.testing import a_unit, an_agency
from motcua.worktime.calendar import VIETNAM, national_calendar
from motcua.worktime.due import due, elapsed
from motcua.worktime.models import NationalDay, load_national_days
from motcua.worktime.terms import Term

pytestmark = pytest.mark.django_db

MONDAY = datetime(2023, 10, 23, 9, 0, tzinfo=VIETNAM)
A_DAY, TWO_DAYS = Term.days(1), Term.days(2)


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def opens(agency, *spans, unit=None, weekdays=range(5), since="2021-01-01", until=None, season="01-01"):
    for weekday in weekdays:
        for start, end in spans:
            OfficeHours.objects.create(
                agency=agency,
                unit=unit,
                weekday=weekday,
                opens=time.fromisoformat(start),
                closes=time.fromisoformat(end),
                season_from=season,
                valid_from=since,
                valid_to=until,
            )


def close(agency, day):
    Closure.objects.create(agency=agency, day=day, reason="Lũ ống", legal_basis="QĐ 12/QĐ-UBND")


def test_an_agency_without_rows_of_its_own_keeps_the_national_days_and_the_default_hours():
    load_national_days()

    assert calendar_of(an_agency()) == national_calendar()


def test_the_calendar_costs_one_statement(django_assert_num_queries):
    load_national_days()
    agency = an_agency()
    opens(agency, ("08:00", "12:00"))
    close(agency, date(2023, 10, 24))

    with django_assert_num_queries(1):
        calendar_of(agency)


def test_a_closed_agency_works_on_the_next_day_and_its_neighbour_as_always():
    flooded, dry = an_agency("UBND xã Bình Xa"), an_agency("UBND xã Minh Hương")
    close(flooded, date(2023, 10, 24))

    assert due(calendar_of(flooded), MONDAY, A_DAY) == moment("2023-10-25 09:00")
    assert due(calendar_of(dry), MONDAY, A_DAY) == moment("2023-10-24 09:00")


def test_a_closure_of_the_province_closes_everybody():
    agency = an_agency()
    close(None, date(2023, 10, 24))

    assert due(calendar_of(agency), MONDAY, A_DAY) == moment("2023-10-25 09:00")


def test_a_closure_decided_now_holds_at_once():
    agency = an_agency()
    before = due(calendar_of(agency), MONDAY, A_DAY)

    close(agency, date(2023, 10, 24))

    assert before == moment("2023-10-24 09:00")
    assert due(calendar_of(agency), MONDAY, A_DAY) == moment("2023-10-25 09:00")


def test_a_day_off_announced_for_the_country_is_taken_from_its_row():
    agency = an_agency()
    NationalDay.objects.create(day=date(2023, 10, 24), kind="HOLIDAY", legal_basis="Thông báo 1/TB-BNV")
    NationalDay.objects.create(day=date(2023, 10, 28), kind="SWAP_WORK", legal_basis="Thông báo 1/TB-BNV")

    assert due(calendar_of(agency), MONDAY, A_DAY) == moment("2023-10-25 09:00")
    assert due(calendar_of(agency), moment("2023-10-27 09:00"), A_DAY) == moment("2023-10-28 09:00")


def test_an_agency_works_its_own_hours():
    agency = an_agency()
    opens(agency, ("08:00", "12:00"), ("14:00", "16:00"))

    assert due(calendar_of(agency), moment("2023-10-23 11:30"), Term.hours(2)) == moment("2023-10-23 15:30")
    assert due(calendar_of(agency), moment("2023-10-23 16:30"), A_DAY) == moment("2023-10-25 08:00")


def test_a_weekday_without_hours_is_no_working_day_of_that_agency():
    agency = an_agency()
    opens(agency, ("08:00", "12:00"), weekdays=[0, 2, 4])

    assert due(calendar_of(agency), MONDAY, TWO_DAYS) == moment("2023-10-27 09:00")


def test_a_saturday_morning_of_reception_makes_no_working_day():
    agency = an_agency()
    opens(agency, ("07:30", "11:30"), ("13:30", "17:00"))
    opens(agency, ("07:30", "11:30"), weekdays=[5])

    assert due(calendar_of(agency), moment("2023-10-27 09:00"), A_DAY) == moment("2023-10-30 09:00")


def test_summer_and_winter_have_their_hours():
    agency = an_agency()
    opens(agency, ("07:00", "11:00"), season="04-16")
    opens(agency, ("08:00", "12:00"), season="10-16")
    calendar = calendar_of(agency)

    assert due(calendar, moment("2023-10-13 06:00"), A_DAY) == moment("2023-10-16 08:00")
    assert due(calendar, moment("2024-04-15 06:00"), A_DAY) == moment("2024-04-16 08:00")  # the clock time it keeps
    assert due(calendar, moment("2024-04-16 06:00"), A_DAY) == moment("2024-04-17 07:00")
    assert due(calendar, moment("2024-01-10 06:00"), A_DAY) == moment("2024-01-11 08:00")  # last year's winter


def test_the_hours_of_a_unit_replace_those_of_its_agency():
    agency = an_agency()
    desk, office = a_unit(agency, "ONE_STOP"), a_unit(agency, "PROFESSIONAL")
    opens(agency, ("08:00", "12:00"))
    opens(agency, ("06:00", "10:00"), unit=desk)

    morning = moment("2023-10-23 05:00")
    assert due(calendar_of(desk), morning, A_DAY) == moment("2023-10-24 06:00")
    assert due(calendar_of(office), morning, A_DAY) == moment("2023-10-24 08:00")
    assert due(calendar_of(agency), morning, A_DAY) == moment("2023-10-24 08:00")
    assert due(calendar_of(desk), morning, Term.minutes(241)) == moment("2023-10-24 06:01")  # and closes at ten


def test_hours_changed_by_a_decision_hold_from_that_day_on_and_leave_the_past_as_it_was():
    agency = an_agency()
    opens(agency, ("07:00", "11:00"), until="2023-10-24")
    opens(agency, ("08:00", "16:00"), since="2023-10-25")
    calendar = calendar_of(agency)

    assert elapsed(calendar, moment("2023-10-24 00:00"), moment("2023-10-25 00:00")) == 4 * 60
    assert elapsed(calendar, moment("2023-10-25 00:00"), moment("2023-10-26 00:00")) == 8 * 60


def test_when_the_own_hours_have_ended_the_default_ones_hold_again():
    agency = an_agency()
    opens(agency, ("07:00", "08:00"), since="2023-10-23", until="2023-10-24")
    calendar = calendar_of(agency)

    worked = [elapsed(calendar, moment(f"2023-10-{day} 00:00"), moment(f"2023-10-{day} 23:59")) for day in (20, 23, 25)]
    assert worked == [8 * 60, 60, 8 * 60]


def test_rows_that_tell_the_same_hour_twice_count_it_once():
    agency = an_agency()
    opens(agency, ("07:00", "11:00"), ("10:00", "12:00"), ("12:00", "13:00"))

    assert elapsed(calendar_of(agency), moment("2023-10-23 00:00"), moment("2023-10-24 00:00")) == 6 * 60
