"""Which cases are asked for, and what is asked of one."""

import pytest

from motcua.catalogue import cases
from motcua.catalogue.models import Channel
from motcua.catalogue.testing import FEES, LOST, PAPERS, SPOILED, a_procedure
from motcua.organisations.models import Level

pytestmark = pytest.mark.django_db


def names(papers):
    return [paper.name for paper in papers]


def test_a_case_asks_its_own_papers_and_those_of_all():
    version = a_procedure(components=PAPERS)

    assert cases.of(version) == [LOST, SPOILED]
    assert names(cases.papers(version, LOST)) == ["Đơn đề nghị", "Đơn trình báo mất giấy"]
    assert len(cases.papers(version, "")) == 3
    of_none, of_one, of_another = version.components.all()
    assert cases.required(of_none, LOST) and cases.required(of_one, LOST)
    assert not cases.required(of_another, LOST) and not cases.required(of_one, "")


def test_fees_are_of_a_case_and_a_channel():
    version = a_procedure(components=PAPERS, fees=FEES)

    assert [fee.amount for fee in cases.fees(version, case=LOST, channel=Channel.DIRECT)] == [400_000]
    assert [fee.amount for fee in cases.fees(version, case=SPOILED, channel=Channel.ONLINE)] == [200_000, 10_000]
    assert len(cases.fees(version, case="", channel=Channel.ONLINE)) == 3


def test_fees_alone_tell_cases_too_but_only_of_a_named_charge():
    named = a_procedure("1.000001", fees=FEES)
    unnamed = a_procedure("1.000002", fees=[{**fee, "name": ""} for fee in FEES])

    assert cases.of(named) == [LOST, SPOILED]
    assert cases.of(unnamed) == []


@pytest.mark.parametrize(
    "heading",
    [
        "* Giấy tờ phải nộp:",
        "Giấy tờ phải xuất trình",
        "* Lưu ý :",
        "Thành phần hồ sơ",
        "1. Chứng từ phải nộp",
        "Hồ sơ khác",
        "Hồ sơ của người nhận con nuôi",
        "Trường hợp ủy quyền thực hiện thủ tục",
        "Trường hợp hồ sơ được gửi trên môi trường điện tử",
        "Mỗi trang, hai trang đầu",
        "50.000 đồng/lần",
        "40.000đ/giấy thông hành",
    ],
)
def test_a_heading_a_note_and_a_measure_are_no_case(heading):
    version = a_procedure(components=[*PAPERS[:2], {"key": "khac", "name": "Thẻ cũ", "case": heading}])

    assert cases.of(version) == []
    assert len(cases.papers(version, LOST)) == 3  # nobody chose, so nothing is hidden


@pytest.mark.parametrize(
    "situation",
    [
        "Trường hợp ký hợp đồng lần đầu",
        "a) Đối với cấp mới",
        "Thành phần hồ sơ đối với học sinh chuyển trường",
        "Hồ sơ đề nghị cấp đổi",
        "Cấp lần đầu",
    ],
)
def test_a_situation_is_a_case(situation):
    assert cases.is_case(situation)


def test_one_case_alone_is_no_question():
    assert cases.of(a_procedure(components=PAPERS[:2])) == []


def test_a_term_is_of_a_channel_and_of_the_level_that_settles():
    version = a_procedure(term=None)
    version.terms.all().delete()
    for channel, level, days in (
        ("DIRECT", "", 15),
        ("DIRECT", Level.COMMUNE, 10),
        ("ONLINE", Level.PROVINCE, 7),
    ):
        version.terms.create(channel=channel, level=level, amount=days, unit="WORKING_DAYS")

    def days(channel, level=""):
        return version.term(channel, level).amount

    assert days(Channel.DIRECT, Level.COMMUNE) == 10
    assert days(Channel.DIRECT, Level.PROVINCE) == 15  # none of its own: that of every level
    assert days(Channel.ONLINE, Level.PROVINCE) == 7
    assert days(Channel.ONLINE, Level.COMMUNE) == 10  # the direct one, not another level's
    assert days(Channel.DIRECT) == 15
    assert days(Channel.ONLINE) == 7


def test_the_term_of_another_level_is_nobody_elses():
    version = a_procedure(term=None)
    version.terms.all().delete()
    version.terms.create(channel="DIRECT", level=Level.PROVINCE, amount=7, unit="WORKING_DAYS")

    assert version.term(Channel.DIRECT, Level.COMMUNE) is None
    assert version.term(Channel.DIRECT).amount == 7
