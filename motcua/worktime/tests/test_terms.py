import pytest

from motcua.worktime.terms import Term, TermUnit


def test_a_term_is_said_as_the_law_says_it():
    assert [str(Term.days(5)), str(Term.hours(8)), str(Term.calendar_days(30)), str(Term.months(2))] == [
        "5 ngày làm việc",
        "8 giờ làm việc",
        "30 ngày",
        "2 tháng",
    ]


@pytest.mark.parametrize("amount", [-1, 2.5, "5", True])
def test_a_term_is_a_whole_number_from_zero(amount):
    with pytest.raises(ValueError, match="whole number"):
        Term.days(amount)


def test_a_unit_is_read_back_from_its_stored_value():
    assert TermUnit("WORKING_DAYS") is TermUnit.WORKING_DAYS
    assert TermUnit.WORKING_DAYS.label == "ngày làm việc"
    with pytest.raises(ValueError, match="WEEKS"):
        TermUnit("WEEKS")
