from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.worktime.calendar import (
    DEFAULT_HOURS,
    VIETNAM,
    Calendar,
    Hours,
    OutsideCalendar,
    Season,
    national_calendar,
    national_facts,
)
from motcua.worktime.due import (
    add_working_days,
    due,
    due_many,
    elapsed,
    minutes_since_1970,
    moment_of,
    same_day_due,
)
from motcua.worktime.terms import Term

NATIONAL = national_calendar()
FIFTEEN = time(15)


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def hours(*spans):
    return Hours.between(*((time.fromisoformat(a), time.fromisoformat(b)) for a, b in spans))


SUMMER = Season("04-16", dict.fromkeys(range(5), hours(("07:00", "11:00"), ("13:00", "16:30"))))
WINTER = Season("10-16", dict.fromkeys((0, 1, 3), DEFAULT_HOURS) | {2: hours(("08:00", "11:30"))})
# Short summers, winters with half a Wednesday and no Friday, a day of flood, and other hours from March 2025.
OFFICE = Calendar.build(
    days_off=[date(2024, 4, 30), date(2024, 5, 1), date(2024, 9, 2), date(2025, 1, 1)],
    working_saturdays=[date(2024, 5, 4)],
    seasons=[SUMMER, WINTER],
    closures=[date(2024, 9, 10)],
    later={date(2025, 3, 1): [Season("01-01", dict.fromkeys(range(5), hours(("08:00", "16:00"))))]},
)
CALENDARS = {"the country's": NATIONAL, "an office's own": OFFICE}

# one-stop.md §2.5, and what it says in words below.
VECTORS = [
    ("2023-10-27 09:32", Term.days(5), "2023-11-03 09:32"),
    ("2025-04-24 15:30", Term.days(3), "2025-04-28 15:30"),  # Saturday 26/4 is worked
    ("2025-12-29 09:00", Term.days(5), "2026-01-07 09:00"),
    ("2026-01-08 08:00", Term.days(2), "2026-01-10 08:00"),  # the worked Saturday itself
    ("2026-08-20 08:00", Term.days(3), "2026-08-24 08:00"),
    ("2026-11-23 10:00", Term.days(1), "2026-11-25 10:00"),  # 24/11 is a holiday
    ("2026-11-20 16:00", Term.hours(8), "2026-11-23 16:00"),
    ("2026-11-21 09:00", Term.hours(8), "2026-11-23 17:00"),  # a Saturday
    ("2026-11-23 16:30", Term.hours(8), "2026-11-25 16:30"),
    # before opening, in the lunch break, after closing, on a Sunday
    ("2023-10-23 05:40", Term.days(1), "2023-10-24 07:00"),
    ("2023-10-23 12:10", Term.days(1), "2023-10-24 13:30"),
    ("2023-10-23 17:20", Term.days(1), "2023-10-25 07:00"),
    ("2023-10-22 10:00", Term.days(1), "2023-10-24 07:00"),
    ("2023-10-23 17:00", Term.days(1), "2023-10-24 17:00"),  # still open
    # hours that are worked off end at a close, not at the opening after it
    ("2023-10-23 07:00", Term.minutes(270), "2023-10-23 11:30"),
    ("2023-10-23 07:00", Term.minutes(271), "2023-10-23 13:31"),
    ("2023-10-23 07:00", Term.hours(8), "2023-10-23 17:00"),
    ("2023-10-23 17:00", Term.minutes(1), "2023-10-24 07:01"),
    ("2023-10-23 12:00", Term.minutes(0), "2023-10-23 13:30"),
    # calendar days run to the close of the last day (Bộ luật Dân sự Điều 148), or of the next working day
    ("2023-10-23 09:00", Term.calendar_days(10), "2023-11-02 17:00"),
    ("2023-10-23 09:00", Term.calendar_days(5), "2023-10-30 17:00"),
    ("2021-02-08 09:00", Term.calendar_days(3), "2021-02-17 17:00"),  # over Tết Tân Sửu
    ("2023-10-22 09:00", Term.calendar_days(1), "2023-10-24 17:00"),  # a Sunday's begins on Monday
    ("2023-10-23 09:00", Term.calendar_days(0), "2023-10-23 17:00"),
    # months have the same day, or their last one
    ("2023-10-23 09:00", Term.months(1), "2023-11-23 17:00"),
    ("2023-10-31 09:00", Term.months(1), "2023-11-30 17:00"),
    ("2024-01-31 09:00", Term.months(1), "2024-02-29 17:00"),
    ("2023-11-30 09:00", Term.months(3), "2024-02-29 17:00"),
    ("2023-10-23 09:00", Term.months(15), "2025-01-23 17:00"),
    ("2023-10-04 09:00", Term.months(1), "2023-11-06 17:00"),  # 4/11 is a Saturday
]


@pytest.mark.parametrize(("received", "term", "promised"), VECTORS)
def test_a_term_ends_where_the_law_says(received, term, promised):
    assert due(NATIONAL, moment(received), term) == moment(promised)


@pytest.mark.parametrize(("received", "term", "promised"), VECTORS)
def test_many_at_once_are_the_same_as_one_by_one(received, term, promised):
    [ended] = due_many(NATIONAL, [minutes_since_1970(moment(received))], term)

    assert moment_of(ended) == moment(promised)


def test_the_moment_may_be_told_in_any_zone_and_is_answered_in_ours():
    promised = due(NATIONAL, datetime(2023, 10, 27, 2, 32, tzinfo=UTC), Term.days(5))

    assert (promised, promised.utcoffset()) == (moment("2023-11-03 09:32"), timedelta(hours=7))


def test_seconds_are_dropped():
    assert due(NATIONAL, moment("2023-10-27 09:32:59"), Term.days(5)) == moment("2023-11-03 09:32")


def test_a_moment_without_a_zone_is_a_mistake():
    with pytest.raises(TypeError):
        due(NATIONAL, datetime(2023, 10, 27, 9, 32), Term.days(5))


def test_holidays_inside_a_period_may_be_left_out_of_the_count():
    monday = moment("2024-04-15 09:00")  # 18/4 is a holiday

    assert due(NATIONAL, monday, Term.calendar_days(8)) == moment("2024-04-23 17:00")
    assert due(NATIONAL, monday, Term.calendar_days(8), skip_holidays=True) == moment("2024-04-24 17:00")


def test_a_promise_keeps_its_clock_time_as_far_as_the_last_day_is_open():
    # from a summer afternoon into a winter Wednesday that closes at 11:30
    assert due(OFFICE, moment("2024-10-15 15:00"), Term.days(1)) == moment("2024-10-16 11:30")
    # from an early summer morning into a winter one
    assert due(OFFICE, moment("2024-10-15 07:10"), Term.days(1)) == moment("2024-10-16 08:00")


def test_a_local_closure_is_no_working_day():
    assert due(OFFICE, moment("2024-09-09 09:00"), Term.days(1)) == moment("2024-09-11 09:00")
    assert due(OFFICE, moment("2024-09-10 09:00"), Term.hours(1)) == moment("2024-09-11 08:00")


def test_a_saturday_that_is_worked_has_the_hours_of_friday():
    assert due(OFFICE, moment("2024-05-03 16:00"), Term.hours(1)) == moment("2024-05-04 07:30")
    assert elapsed(OFFICE, moment("2024-05-04 00:00"), moment("2024-05-05 00:00")) == 7 * 60 + 30


@pytest.mark.parametrize(
    ("received", "promised"),
    [
        ("2023-10-27 06:00", "2023-10-27 17:00"),
        ("2023-10-27 09:00", "2023-10-27 17:00"),
        ("2023-10-27 12:00", "2023-10-27 17:00"),
        ("2023-10-27 15:00", "2023-10-27 17:00"),
        ("2023-10-27 15:01", "2023-10-30 17:00"),
        ("2023-10-27 19:00", "2023-10-30 17:00"),
        ("2023-10-28 09:00", "2023-10-30 17:00"),
        ("2023-10-29 20:00", "2023-10-30 17:00"),
        ("2026-11-23 15:30", "2026-11-25 17:00"),
    ],
)
def test_what_is_settled_within_the_day_is_due_at_its_close(received, promised):
    assert same_day_due(NATIONAL, moment(received), FIFTEEN) == moment(promised)


def test_on_a_half_day_within_the_day_means_until_noon():
    wednesday = moment("2024-10-16 11:00")

    assert same_day_due(OFFICE, wednesday, FIFTEEN) == moment("2024-10-16 11:30")
    assert same_day_due(OFFICE, wednesday.replace(hour=14), FIFTEEN) == moment("2024-10-17 17:00")


@pytest.mark.parametrize(
    ("day", "n", "answer"),
    [
        ("2023-10-27", 1, "2023-10-30"),
        ("2023-10-27", 0, "2023-10-27"),
        ("2023-10-27", -1, "2023-10-26"),
        ("2023-10-30", -1, "2023-10-27"),
        ("2023-10-28", 1, "2023-10-30"),
        ("2023-10-28", 0, "2023-10-30"),
        ("2023-10-28", -1, "2023-10-27"),
        ("2026-01-09", 1, "2026-01-10"),
        ("2026-11-25", -1, "2026-11-23"),
    ],
)
def test_working_days_are_counted_forwards_and_backwards(day, n, answer):
    assert add_working_days(NATIONAL, date.fromisoformat(day), n) == date.fromisoformat(answer)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2023-10-23 07:00", "2023-10-23 17:00", 480),
        ("2023-10-23 11:00", "2023-10-23 14:00", 60),
        ("2023-10-27 16:00", "2023-10-30 08:00", 120),
        ("2023-10-28 00:00", "2023-10-29 23:00", 0),
        ("2023-10-23 17:00", "2023-10-23 07:00", -480),
        ("2023-10-23 09:00:50", "2023-10-23 09:01:10", 1),
    ],
)
def test_only_office_hours_are_time(start, end, minutes):
    assert elapsed(NATIONAL, moment(start), moment(end)) == minutes


@pytest.mark.parametrize("term", [Term.days(1), Term.hours(1), Term.calendar_days(1), Term.months(1)])
@pytest.mark.parametrize("at", ["2014-12-31 23:59", "2045-12-31 16:30", "2046-01-01 09:00"])
def test_outside_the_calendar_no_date_is_made_up(at, term):
    with pytest.raises(OutsideCalendar):
        due(NATIONAL, moment(at), term)
    with pytest.raises(OutsideCalendar):
        due_many(NATIONAL, [minutes_since_1970(moment(at))], term)


def test_nothing_else_looks_outside_the_calendar_either():
    before, after = moment("2014-12-31 09:00"), moment("2046-01-02 09:00")

    for ask in (
        lambda: same_day_due(NATIONAL, before, FIFTEEN),
        lambda: same_day_due(NATIONAL, after, FIFTEEN),
        lambda: elapsed(NATIONAL, before, after),
        lambda: add_working_days(NATIONAL, date(2015, 1, 2), -5),
        lambda: add_working_days(NATIONAL, date(2045, 12, 28), 5),
        lambda: add_working_days(NATIONAL, date(2046, 1, 1), 0),
        lambda: due(NATIONAL, moment("2023-10-23 09:00"), Term.months(12 * 9000)),
    ):
        with pytest.raises(OutsideCalendar):
            ask()


def test_the_last_days_are_answered_as_far_as_there_are_days():
    morning, evening = moment("2045-12-29 09:00"), moment("2045-12-29 18:00")  # the last Friday

    assert due_many(NATIONAL, [minutes_since_1970(morning)], Term.hours(1)) == [minutes_since_1970(morning) + 60]
    with pytest.raises(OutsideCalendar):
        due_many(NATIONAL, [minutes_since_1970(evening)], Term.hours(1))


def test_many_answers_keep_the_order_of_the_questions():
    starts = [minutes_since_1970(moment(f"2023-10-{day} 09:00")) for day in (27, 23, 25)]

    answers = due_many(NATIONAL, starts, Term.days(1))

    assert [f"{moment_of(answer):%d/%m}" for answer in answers] == ["30/10", "24/10", "26/10"]
    assert due_many(NATIONAL, [], Term.days(1)) == []


# ---- whatever the moment, the term and the calendar ----

calendars = st.sampled_from(list(CALENDARS)).map(CALENDARS.__getitem__)
moments = st.datetimes(
    datetime(2023, 1, 1), datetime(2026, 12, 31), timezones=st.sampled_from([VIETNAM, UTC]), allow_imaginary=False
)
units = st.sampled_from([Term.minutes, Term.hours, Term.days, Term.calendar_days, Term.months])
amounts = st.integers(0, 120)
days = st.dates(date(2023, 1, 1), date(2026, 12, 31))
thoroughly = settings(max_examples=200, deadline=None)


def is_open(calendar, at):
    """Asked day by day, not from the tables by minute that `due` uses: from opening to close, a break's edges included."""
    plan = calendar.plan[(at.date() - date(2015, 1, 1)).days]
    minute = at.hour * 60 + at.minute
    return plan.total > 0 and plan.start[minute] == minute and plan.opens <= minute <= plan.closes


@given(calendars, moments, units, amounts)
@thoroughly
def test_a_term_ends_while_the_office_is_open(calendar, at, unit, amount):
    assert is_open(calendar, due(calendar, at, unit(amount)))


@given(calendars, moments, moments, units, amounts)
@thoroughly
def test_who_comes_later_is_never_promised_an_earlier_date(calendar, one, other, unit, amount):
    first, second = sorted([one, other])

    assert due(calendar, first, unit(amount)) <= due(calendar, second, unit(amount))


@given(calendars, moments, st.integers(0, 3 * 24 * 60), units, amounts)
@thoroughly
def test_nor_is_who_comes_a_little_later(calendar, at, minutes, unit, amount):
    assert due(calendar, at, unit(amount)) <= due(calendar, at + timedelta(minutes=minutes), unit(amount))


@given(calendars, moments, units, amounts, amounts)
@thoroughly
def test_a_longer_term_never_ends_earlier(calendar, at, unit, one, other):
    shorter, longer = sorted([one, other])

    assert due(calendar, at, unit(shorter)) <= due(calendar, at, unit(longer))


@given(calendars, moments, st.integers(0, 20_000))
@thoroughly
def test_the_time_that_passes_until_it_is_due_is_the_term(calendar, at, minutes):
    assert elapsed(calendar, at, due(calendar, at, Term.minutes(minutes))) == minutes


FACTS = national_facts()
OFF = {fact["date"] for fact in FACTS if fact["kind"] != "SWAP_WORK"}
WORKED = {fact["date"] for fact in FACTS if fact["kind"] == "SWAP_WORK"}


def is_worked(at):
    """A minute of office hours, straight from the facts."""
    day = f"{at:%Y-%m-%d}"
    hour = at.hour + at.minute / 60
    return (day in WORKED or (at.weekday() < 5 and day not in OFF)) and (7 <= hour < 11.5 or 13.5 <= hour < 17)


@given(moments, st.integers(1, 2_000))
@settings(max_examples=60, deadline=None)
def test_working_time_agrees_with_a_watch_that_runs_only_in_office_hours(at, minutes):
    watch, left = at.astimezone(VIETNAM).replace(second=0, microsecond=0), minutes
    while left:
        left -= is_worked(watch)
        watch += timedelta(minutes=1)

    assert due(NATIONAL, at, Term.minutes(minutes)) == watch


@given(calendars, moments, moments, moments)
@thoroughly
def test_time_adds_up(calendar, one, two, three):
    assert elapsed(calendar, one, two) + elapsed(calendar, two, three) == elapsed(calendar, one, three)
    assert elapsed(calendar, one, two) == -elapsed(calendar, two, one)


@given(calendars, moments, st.integers(0, 5_000), st.integers(0, 5_000))
@thoroughly
def test_minutes_given_in_two_parts_end_where_they_end_at_once(calendar, at, one, other):
    in_parts = due(calendar, due(calendar, at, Term.minutes(one)), Term.minutes(other))

    assert in_parts == due(calendar, at, Term.minutes(one + other))


@given(calendars, days, st.integers(-200, 200))
@thoroughly
def test_counting_working_days_back_leads_home(calendar, day, n):
    working = add_working_days(calendar, day, 0)

    assert add_working_days(calendar, add_working_days(calendar, working, n), -n) == working


@given(calendars, days, st.integers(1, 60))
@thoroughly
def test_between_a_day_and_its_nth_working_day_there_are_n(calendar, day, n):
    later = add_working_days(calendar, day, n)

    worked = [d for d in range(1, (later - day).days + 1) if is_working(calendar, day + timedelta(days=d))]
    assert len(worked) == n
    assert is_working(calendar, later)


def is_working(calendar, day):
    midnight = datetime.combine(day, time(), VIETNAM)
    return elapsed(calendar, midnight, midnight + timedelta(days=1)) > 0


@given(calendars, moments, st.integers(0, 60))
@thoroughly
def test_working_days_of_a_term_are_those_of_the_calendar(calendar, at, n):
    begun = due(calendar, at, Term.minutes(0)).date()

    assert due(calendar, at, Term.days(n)).date() == add_working_days(calendar, begun, n)


@given(calendars, st.lists(moments, max_size=30), units, amounts, st.booleans())
@thoroughly
def test_many_at_once_agree_with_one_by_one(calendar, many, unit, amount, skip):
    starts = [minutes_since_1970(at) for at in many]

    answers = due_many(calendar, starts, unit(amount), skip_holidays=skip)

    assert [moment_of(answer) for answer in answers] == [
        due(calendar, at, unit(amount), skip_holidays=skip) for at in many
    ]


@given(calendars, moments, st.times())
@thoroughly
def test_the_close_of_the_day_is_a_close_and_not_before(calendar, at, until):
    promised = same_day_due(calendar, at, until)

    assert is_open(calendar, promised)
    assert promised >= at.replace(second=0, microsecond=0)
    assert elapsed(calendar, promised, datetime.combine(promised.date(), time(23, 59), VIETNAM)) == 0
