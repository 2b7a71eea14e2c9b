"""The public catalogue: everything the law asks for, honest about what is missing (công khai thủ tục hành chính)."""

import gzip
import json
from datetime import date, timedelta

import pytest
from django.urls import reverse

from motcua.accounts.testing import a_citizen
from motcua.catalogue import exchange, reading
from motcua.catalogue.announcing import retire
from motcua.catalogue.models import ProcedureVersion, Process
from motcua.catalogue.testing import COMPONENTS, a_procedure
from motcua.dossiers.testing import MONDAY
from motcua.organisations.models import AgencyKind, Level, OfficeHours
from motcua.organisations.testing import a_place, an_agency
from motcua.portal.testing import LONG, PARTS, text

pytestmark = pytest.mark.django_db

TODAY = MONDAY.date()


def shown(client, name, *args, **query):
    return text(client.get(reverse(f"portal:{name}", args=args), query))


@pytest.mark.parametrize("name", ["procedure", "print"])
def test_a_procedure_tells_everything_the_law_asks_for(client, name):
    version = a_procedure(**PARTS)
    version.terms.create(channel="DIRECT", level=Level.COMMUNE, amount=2, unit="WORKING_DAYS")

    page = shown(client, name, "1.001193")

    for words in (
        "Đăng ký khai sinh",
        "Nộp tờ khai",
        "Trực tuyến",
        "Giấy chứng sinh",
        "5 ngày làm việc",
        "Cấp xã: 2 ngày làm việc",
        "Công dân Việt Nam",
        "Bộ phận Một cửa của Ủy ban nhân dân xã",
        "Bạn sẽ được hỏi 4 câu",
        "Ngày sinh",
        "8.000 đ",
        "85/2019/TT-BTC",
        '<b>Miễn</b>: <span lang="vi">Người có công',
        '<b>Giảm 50%</b>: <span lang="vi">Trẻ em</span> · Trực tuyến',
        "Giấy khai sinh",
        "60/2014/QH13",
        "Trẻ sinh ra có khai báo",
        "12/QĐ-UBND",
        "01/12/2020",
        "từ 01/01/2021",
        "Quy trình giải quyết trong cơ quan",
        "Thẩm định, dự thảo kết quả",
        "<svg",
    ):
        assert words in page, words
    assert "Bản công bố còn thiếu: cơ quan thực hiện" in page


def test_what_is_not_told_is_said_to_be_missing(client):
    a_procedure(term=None, components=[], form=[], process=False, online=False)

    page = shown(client, "procedure", "1.001193")

    missing = "trình tự thực hiện, thành phần hồ sơ, thời hạn giải quyết, đối tượng thực hiện, cơ quan thực hiện"
    assert f"Bản công bố còn thiếu: {missing}" in page
    assert page.count("Chưa có dữ liệu.") >= 6
    assert "Quy trình giải quyết trong cơ quan" not in page


def test_a_coming_version_is_announced_and_may_be_read_but_not_filed_by(client):
    a_procedure(name="Tên cũ")
    a_procedure(name="Tên mới", valid_from=TODAY + timedelta(days=7))

    now, coming = shown(client, "procedure", "1.001193"), shown(client, "version", "1.001193", "2023-10-30")

    assert "Từ ngày 30/10/2023 áp dụng bản mới" in now and "Tên mới" in now
    assert "Bản này có hiệu lực từ 30/10/2023" in coming and "Tên mới" in coming
    assert 'action="/thu-tuc/1.001193/nop/"' not in coming


def test_earlier_versions_stay_readable(client):
    a_procedure(name="Tên cũ")
    a_procedure(name="Tên mới", valid_from=TODAY - timedelta(days=7))

    assert "01/01/2021 đến 15/10/2023" in shown(client, "procedure", "1.001193")
    assert "Tên cũ" in shown(client, "version", "1.001193", "2021-01-01")


@pytest.mark.parametrize("day", ["2022-01-01", "hom-nay", "2023-13-45"])
def test_a_version_that_never_was_has_no_page(client, day):
    a_procedure()

    assert client.get(reverse("portal:version", args=["1.001193", day])).status_code == 404


def test_a_retired_procedure_says_so_and_has_no_print(client):
    version = a_procedure()
    ProcedureVersion.objects.update(valid_to=TODAY - timedelta(days=1), retired_by="99/QĐ-UBND")

    answer = client.get(reverse("portal:procedure", args=["1.001193"]))

    assert answer.status_code == 410
    assert "hết hiệu lực sau ngày 22/10/2023" in text(answer) and "99/QĐ-UBND" in text(answer)
    for name in ("print", "poster", "file"):
        assert client.get(reverse(f"portal:{name}", args=[version.code])).status_code == 404


def test_a_procedure_that_ends_says_until_when(client):
    version = a_procedure()
    retire(version.procedure, from_day=TODAY + timedelta(days=8), decision="99/QĐ-UBND", by=a_citizen(), at=MONDAY)

    assert "áp dụng đến hết ngày 30/10/2023" in shown(client, "procedure", "1.001193")


def test_one_not_yet_in_force_says_since_when(client):
    a_procedure(valid_from=TODAY + timedelta(days=7))

    answer = client.get(reverse("portal:procedure", args=["1.001193"]))

    assert answer.status_code == 200
    assert "có hiệu lực từ 30/10/2023" in text(answer)


def test_an_unknown_procedure_has_no_page(client):
    assert client.get("/thu-tuc/9.999999/").status_code == 404


# Ways in -------------------------------------------------------------------------------------------------------------


def test_an_agency_says_what_it_settles_where_it_receives_and_when_it_is_open(client):
    centre = an_agency("Trung tâm Phục vụ hành chính công", level=Level.PROVINCE, kind=AgencyKind.CENTRE)
    office = an_agency("Sở Tư pháp", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT, at_centre=True)
    a_procedure("3.000333", field="Lý lịch tư pháp", agency=office, level=Level.PROVINCE)
    for weekday in range(5):
        for opens, closes in (("07:30", "11:30"), ("13:30", "17:00")):
            OfficeHours.objects.create(
                agency=centre, weekday=weekday, opens=opens, closes=closes, valid_from=date(2021, 1, 1)
            )

    page = shown(client, "agency", office.pk)

    assert "Trung tâm Phục vụ hành chính công" in page
    assert "Thứ Hai đến Thứ Sáu" in page and "07:30 – 11:30, 13:30 – 17:00" in page
    assert f"/tim-kiem/?co-quan={office.pk}&amp;linh-vuc=" in page and "Lý lịch tư pháp" in page
    assert f"/co-quan/{office.pk}/" in shown(client, "agencies")


def test_an_agency_without_hours_of_its_own_keeps_the_usual_ones(client):
    commune = an_agency("Ủy ban nhân dân xã Hùng Đức", place=a_place("Xã Hùng Đức"))

    page = shown(client, "agency", commune.pk)

    assert "07:00 – 11:30, 13:30 – 17:00" in page
    assert "Thủ tục mọi Ủy ban nhân dân cùng cấp giải quyết" in page and "/cap/xa/" in page


@pytest.mark.parametrize("address", ["/co-quan/99/", f"/co-quan/{10**30}/", "/cap/thon/", "/su-kien/khong-co/"])
def test_what_does_not_exist_has_no_page(client, address):
    assert client.get(address).status_code == 404


def test_a_level_is_read_page_by_page(client):
    for number in range(25):
        a_procedure(f"1.0000{number:02}", process=False)

    first = client.get("/cap/xa/")
    more = client.get("/cap/xa/?sau=1.000019")

    assert "/thu-tuc/1.000019/" in text(first) and "/thu-tuc/1.000020/" not in text(first)
    assert "?sau=1.000019" in text(first)
    assert "/thu-tuc/1.000020/" in text(more) and "/thu-tuc/1.000019/" not in text(more)
    assert "/cap/xa/" in shown(client, "agencies")


def test_an_event_in_life_has_its_page_in_both_languages(client):
    a_procedure(life_events=["Có con nhỏ"])

    assert "/su-kien/co-con-nho/" in text(client.get("/"))
    assert "/su-kien/co-con-nho/" in text(client.get("/su-kien/"))
    assert "Đăng ký khai sinh" in text(client.get("/su-kien/co-con-nho/"))


# What changed, and all of it -------------------------------------------------------------------------------------------


def test_changes_are_told_on_a_page_and_in_a_feed(client):
    a_procedure(decision="01/QĐ-UBND")
    a_procedure(name="Đăng ký khai sinh lại", decision="02/QĐ-UBND", valid_from=TODAY + timedelta(days=7))

    page, feed = shown(client, "changes"), client.get(reverse("portal:feed"))

    assert page.index("02/QĐ-UBND") < page.index("01/QĐ-UBND")
    assert "<b>Sửa đổi, bổ sung</b>, áp dụng từ 30/10/2023" in page and "<b>Mới công bố</b>" in page
    assert feed["Content-Type"].startswith("application/atom+xml")
    assert "<title>Sửa đổi, bổ sung: Đăng ký khai sinh lại</title>" in feed.content.decode()
    assert "http://testserver/thu-tuc/1.001193/" in feed.content.decode()


def test_the_page_and_the_feed_are_bounded(client, django_assert_max_num_queries):
    for number in range(60):
        a_procedure(f"1.0000{number:02}", process=False)

    with django_assert_max_num_queries(4):
        page = shown(client, "changes")
    with django_assert_max_num_queries(4):
        feed = client.get(reverse("portal:feed")).content.decode()
    mark = page.partition("?truoc=")[2].partition('"')[0]
    second = shown(client, "changes", truoc=mark)

    assert page.count("Mới công bố</b>") == second.count("Mới công bố</b>") == 20
    assert "1.000059" in page and "1.000039" in second and "1.000040" not in second
    assert feed.count("<entry>") == 50


def test_the_whole_catalogue_is_taken_away_and_read_back(client):
    for number in range(3):
        a_procedure(f"1.00000{number}", **PARTS, process=False)
    a_procedure("1.000009", valid_from=TODAY + timedelta(days=7), process=False)

    answer = client.get(reverse("portal:download"), headers={"accept-encoding": "gzip"})
    packed = b"".join(answer.streaming_content)

    assert 'filename="danh-muc-tthc-2023-10-23.jsonl.gz"' in answer["Content-Disposition"]
    lines = gzip.decompress(packed).splitlines()
    assert [json.loads(line)["code"] for line in lines] == ["1.000000", "1.000001", "1.000002"]
    told = [again() for _, again in exchange.readers(gzip.decompress(packed))]
    assert [one.reliefs[1]["percent"] for one in told] == [50, 50, 50]
    again = client.get(reverse("portal:download"), headers={"if-modified-since": answer["Last-Modified"]})
    assert again.status_code == 304
    assert "Tải toàn bộ danh mục" in shown(client, "data") and "Xin ghi nguồn" in shown(client, "data")
    assert reverse("portal:data") in text(client.get("/"))


def test_the_download_is_packed_while_it_is_read(monkeypatch):
    from motcua.portal.views import changes

    read = []

    def many():
        for number in range(2000):
            read.append(number)
            yield (json.dumps({"code": number, "text": str(hash(str(number))) * 40}) + "\n").encode()

    packed = changes.packed(many())
    next(packed)

    assert 0 < len(read) < 1500  # the first piece goes out before the last line was read
    assert reading.lines(TODAY)


# For the wall ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", [PARTS, {"name": LONG, "term": None, "components": [], "process": False}])
def test_a_procedure_has_a_sheet_for_the_notice_board(client, told):
    a_procedure(**told)

    answer = client.get(reverse("portal:poster", args=["1.001193"]))

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_an_agency_and_an_event_have_sheets_too(client):
    office = an_agency("Sở Tư pháp", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT)
    for number in range(70):
        a_procedure(
            f"1.0000{number:02}", agency=office, level=Level.PROVINCE, life_events=["Có con nhỏ"], process=False
        )

    for address in (reverse("portal:agency_poster", args=[office.pk]), "/su-kien/co-con-nho/niem-yet/"):
        assert client.get(address).content.startswith(b"%PDF")
    empty = an_agency("Thanh tra tỉnh", level=Level.PROVINCE)
    assert client.get(reverse("portal:agency_poster", args=[empty.pk])).status_code == 404


def test_the_papers_of_the_poster_cannot_become_markup(client):
    a_procedure(components=[{**COMPONENTS[0], "name": '#panic("x") *đậm* $x$ \\ [ <b>'}], process=False)

    assert client.get(reverse("portal:poster", args=["1.001193"])).content.startswith(b"%PDF")


def test_a_process_of_a_case_is_told_with_it(client):
    version = a_procedure()
    Process.objects.filter(version=version).update(case="Trường hợp ủy quyền", decision="77/QĐ-UBND")

    page = shown(client, "procedure", "1.001193")

    assert "Quy trình giải quyết trong cơ quan" in page
    assert "Trường hợp ủy quyền" in page and "77/QĐ-UBND" in page
