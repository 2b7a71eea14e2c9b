"""People find a procedure by what they type."""

import unicodedata
from datetime import date, timedelta

import pytest

from motcua.catalogue import searching
from motcua.catalogue.models import Field, ProcedureVersion
from motcua.catalogue.searching import browse, life_events, search
from motcua.catalogue.testing import a_procedure
from motcua.organisations.testing import an_agency

pytestmark = pytest.mark.django_db

DAY = date(2021, 12, 30)


@pytest.fixture
def catalogue():
    """Five procedures that share some of their words."""
    for code, name, told in (
        ("1.001193", "Đăng ký khai sinh", {"results": [{"position": 1, "name": "Giấy khai sinh"}]}),
        ("1.000894", "Đăng ký kết hôn", {"keywords": "cưới"}),
        ("2.000635", "Cấp bản sao trích lục hộ tịch", {}),
        ("1.013236", "Cấp giấy phép xây dựng mới nhà ở riêng lẻ", {"field": "Xây dựng"}),
        ("1.004363", "Cấp Giấy chứng nhận đủ điều kiện buôn bán thuốc bảo vệ thực vật", {"field": "Bảo vệ thực vật"}),
    ):
        a_procedure(code, name=name, process=False, **told)


def codes(found):
    return [version.code for version in found]


def found(text, **more):
    return codes(search(text, day=DAY, **more))


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("khai sinh", "1.001193"),
        ("Đăng Ký KHAI SINH", "1.001193"),
        ("dang ky khai sinh", "1.001193"),
        (unicodedata.normalize("NFD", "đăng ký khai sinh"), "1.001193"),
        ("  khai   sinh?! ", "1.001193"),
        ("làm giấy khai sinh cho con", "1.001193"),
        ("cưới", "1.000894"),  # a keyword, not in the name
        ("giấy phép xây nhà", "1.013236"),
        ("thuốc trừ sâu bảo vệ thực vật", "1.004363"),
        ("trích lục", "2.000635"),
    ],
)
def test_what_is_typed_finds_the_procedure_first(catalogue, typed, first):
    assert found(typed)[0] == first


def test_two_syllables_together_weigh_more_than_apart(catalogue):
    a_procedure("1.000001", name="Khai báo nơi sinh hoạt", process=False)

    assert found("khai sinh")[:2] == ["1.001193", "1.000001"]


@pytest.mark.parametrize("typed", ["", "   ", "?!", "…", "😀", "\0"])
def test_nothing_typed_finds_nothing(catalogue, typed):
    assert found(typed) == []


@pytest.mark.parametrize(
    "typed", ["' OR 1=1 --", "khai & !sinh | (", "%", "_", "\\", "a:*", "'''", "khai" * 1000, "sinh " * 500, "1.0' OR"]
)
def test_strange_signs_are_only_letters(catalogue, typed):
    search(typed, day=DAY)  # does not fail


@pytest.mark.parametrize("typed", ["1.001193", "001193", "1193", " 1.001193 "])
def test_a_part_of_the_code_finds_the_procedure(catalogue, typed):
    (version,) = search(typed, day=DAY)

    assert (version.code, version.why) == ("1.001193", "code")


def test_a_spelling_mistake_finds_what_is_alike(catalogue):
    (first, *_) = search("kết hônn", day=DAY)
    assert (first.code, first.why) == ("1.000894", "name")  # one word of the two is right

    (first, *_) = search("khaii sinhh", day=DAY)
    assert (first.code, first.why) == ("1.001193", "alike")


def test_why_says_where_the_words_were_found(catalogue):
    assert search("khai sinh", day=DAY)[0].why == "name"
    assert search("cưới", day=DAY)[0].why == "also"


def test_only_what_is_in_force_is_found(catalogue):
    a_procedure("1.001193", name="Đăng ký khai sinh tại nhà", process=False, valid_from=DAY + timedelta(days=1))

    assert [version.name for version in search("khai sinh", day=DAY)] == ["Đăng ký khai sinh"]
    assert [version.name for version in search("khai sinh", day=DAY + timedelta(days=1))] == [
        "Đăng ký khai sinh tại nhà"
    ]
    assert search("khai sinh", day=date(2020, 1, 1)) == []


def test_old_versions_do_not_change_the_order(catalogue):
    texts = ("khai sinh", "cấp giấy", "đăng ký hộ tịch", "bảo vệ nhà ở")
    before = [found(text) for text in texts]

    for version in ProcedureVersion.objects.filter(valid_from__lt=DAY).select_related("procedure", "field"):
        for year in range(2010, 2020):
            version.pk, version.valid_from, version.valid_to = None, date(year, 1, 1), date(year, 12, 31)
            version.save(force_insert=True)

    assert [found(text) for text in texts] == before


def test_an_agency_or_a_field_narrows(catalogue):
    agency = an_agency()
    a_procedure("1.000002", name="Đăng ký lại khai sinh", agency=agency, process=False)

    assert found("khai sinh", agency=agency) == ["1.000002"]
    assert found("cấp", field=Field.objects.get(name="Xây dựng")) == ["1.013236"]


def test_pages_follow_each_other_without_gap_or_repetition(catalogue):
    for n in range(20):
        a_procedure(f"1.1000{n:02d}", name="Đăng ký khai thác khoáng sản", process=False)
    whole = found("đăng ký khai", limit=100)

    paged, after = [], None
    while page := search("đăng ký khai", day=DAY, limit=7, after=after):
        paged += codes(page)
        after = page[-1].mark

    assert paged == whole
    assert len(whole) == 22


def test_pages_of_what_is_alike_follow_each_other_too():
    for n in range(5):
        a_procedure(f"1.1000{n:02d}", name=f"Trợ cấp thất nghiệp {n}", process=False)

    paged, after = [], None
    while page := search("thatt nghiepp", day=DAY, limit=2, after=after):
        assert {version.why for version in page} == {"alike"}
        paged += codes(page)
        after = page[-1].mark

    assert sorted(paged) == [f"1.1000{n:02d}" for n in range(5)]


def test_pages_by_code_follow_each_other_too(catalogue):
    first = search("1.0", day=DAY, limit=3)

    rest = search("1.0", day=DAY, limit=3, after=first[-1].mark)

    assert sorted(codes(first) + codes(rest)) == ["1.000894", "1.001193", "1.004363", "1.013236"]


@pytest.mark.parametrize("mark", ["", "x", "1.2.3", "~", "9" * 30 + ".1", "-1.-1", "1e5.2", "' OR 1"])
def test_what_is_no_mark_begins_at_the_start(catalogue, mark):
    assert found("khai sinh", after=mark)[0] == "1.001193"


def test_a_page_of_results_costs_four_statements(catalogue, django_assert_num_queries):
    with django_assert_num_queries(4):  # the search, the rows, their terms, their fees
        for version in search("cấp giấy", day=DAY):
            str(version.field), version.agency, version.code, list(version.terms.all()), list(version.fees.all())


def test_only_so_many_words_are_looked_for(catalogue):
    assert searching.MOST_WORDS == 12
    assert found(" ".join(f"x{n}" for n in range(12)) + " khai sinh") == []


# Browsing


def test_procedures_are_listed_by_code(catalogue):
    assert codes(browse(day=DAY)) == ["1.000894", "1.001193", "1.004363", "1.013236", "2.000635"]
    assert codes(browse(day=DAY, limit=2, after="1.001193")) == ["1.004363", "1.013236"]
    assert codes(browse(day=DAY, field=Field.objects.get(name="Xây dựng"))) == ["1.013236"]


def test_an_event_in_life_lists_what_belongs_to_it():
    a_procedure("1.001193", life_events=["Có con nhỏ"], process=False)
    a_procedure("1.000894", life_events=["Hôn nhân và gia đình", "Có con nhỏ"], process=False)

    assert codes(browse(day=DAY, life_event="Có con nhỏ")) == ["1.000894", "1.001193"]
    assert browse(day=DAY, life_event="Có con") == []
    assert life_events(DAY) == ["Có con nhỏ", "Hôn nhân và gia đình"]
    assert life_events(date(2020, 1, 1)) == []
