"""Versions by day, terms by channel."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from motcua.catalogue.models import Channel, ProcedureVersion, TermOfChannel
from motcua.catalogue.testing import a_procedure
from motcua.worktime.terms import Term

pytestmark = pytest.mark.django_db


def test_the_version_in_force_is_the_one_of_the_day():
    old = a_procedure(valid_from=date(2021, 1, 1))
    new = a_procedure(name="Đăng ký khai sinh, tên mới", valid_from=date(2023, 6, 1))

    days = (date(2020, 12, 31), date(2021, 1, 1), date(2023, 5, 31), date(2023, 6, 1))
    assert [old.is_in_force(day) for day in days] == [False, True, True, False]
    assert [new.is_in_force(day) for day in days] == [False, False, False, True]


def test_a_version_ends_after_it_begins():
    version = a_procedure()
    version.valid_to = version.valid_from - timedelta(days=1)

    with pytest.raises(IntegrityError, match="a_version_ends_after_it_begins"), transaction.atomic():
        version.save()


def test_a_channel_without_a_term_takes_the_direct_one():
    version = a_procedure(term=Term.days(5))
    version.terms.filter(channel=Channel.ONLINE).update(amount=3)

    assert version.term(Channel.ONLINE).term == Term.days(3)
    assert version.term(Channel.POST).term == Term.days(5)


def test_a_version_without_any_term_has_none():
    version = a_procedure(process=False)
    version.terms.all().delete()

    assert version.term(Channel.DIRECT) is None


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ({"amount": 5, "unit": "WORKING_DAYS"}, "5 ngày làm việc"),
        ({"same_day": True}, "Trong ngày (nhận sau 15 giờ: ngày làm việc tiếp theo)"),
        ({}, "Không quy định"),
    ],
)
def test_a_term_is_told_in_words(term, words):
    assert str(TermOfChannel(channel=Channel.DIRECT, **term)) == words


@pytest.mark.parametrize(
    "wrong", [{"amount": 5}, {"unit": "MONTHS"}, {"same_day": True, "amount": 1, "unit": "WORKING_DAYS"}]
)
def test_a_term_has_amount_and_unit_or_neither(wrong):
    version = a_procedure()
    version.terms.all().delete()

    with pytest.raises(IntegrityError), transaction.atomic():
        version.terms.create(channel=Channel.DIRECT, **wrong)


def test_a_version_is_found_by_its_folded_words():
    version = a_procedure(keywords="giấy khai sinh")

    assert version.name_folded == "dang ky khai sinh"
    assert "ho tich" in version.words_folded
    assert ProcedureVersion.objects.filter(search_vector="giay khai sinh").get() == version
