"""The catalogue as other systems read it."""

import json
from datetime import timedelta

import pytest
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from ninja import Schema

from motcua.accounts.testing import a_citizen
from motcua.catalogue import exchange, reading
from motcua.catalogue.announcing import retire
from motcua.catalogue.models import ProcedureVersion
from motcua.catalogue.publishing import told_of
from motcua.catalogue.testing import a_procedure
from motcua.dossiers.testing import MONDAY
from motcua.organisations.models import Level
from motcua.organisations.testing import an_agency

pytestmark = pytest.mark.django_db


def get(client, address, **told):
    answer = client.get(f"/api/v1/{address}", told)
    assert answer.status_code == 200, answer.content
    return answer.json()


def codes(page):
    return [one["code"] for one in page["items"]]


def settle():
    """The minute has passed in which a change may still be under way."""
    ProcedureVersion.objects.update(changed_at=F("changed_at") - timedelta(hours=1))


def test_procedures_are_read_page_by_page(client):
    for number in range(5):
        a_procedure(f"1.00000{number}", process=False)

    first = get(client, "procedures", limit=2)
    second = get(client, "procedures", limit=2, cursor=first["next"])
    last = get(client, "procedures", limit=2, cursor=second["next"])

    assert [codes(page) for page in (first, second, last)] == [
        ["1.000000", "1.000001"],
        ["1.000002", "1.000003"],
        ["1.000004"],
    ]
    assert last["next"] is None


def test_procedures_are_found_by_words_field_agency_level_and_event(client):
    office = an_agency("Sở Tư pháp", level=Level.PROVINCE)
    a_procedure(process=False, life_events=["Có con nhỏ"])
    history = a_procedure(
        "3.000333",
        name="Cấp phiếu lý lịch tư pháp",
        field="Lý lịch tư pháp",
        agency=office,
        level=Level.PROVINCE,
        process=False,
    )

    assert codes(get(client, "procedures", text="ly lich")) == ["3.000333"]
    assert codes(get(client, "procedures", field=history.field_id)) == ["3.000333"]
    assert codes(get(client, "procedures", agency=office.identifier)) == ["3.000333"]
    assert codes(get(client, "procedures", level="COMMUNE")) == ["1.001193"]
    assert codes(get(client, "procedures", life_event="Có con nhỏ")) == ["1.001193"]
    assert codes(get(client, "procedures", text="ly lich", level="COMMUNE")) == []


def test_one_procedure_is_told_in_full_as_in_the_download(client):
    version = a_procedure(
        process=False,
        fees=[{"position": 1, "kind": "LE_PHI", "amount": 8000, "name": "Lệ phí", "legal_basis": "281/2016/TT-BTC"}],
        reliefs=[{"position": 1, "kind": "GIAM", "percent": 50, "who": "Trẻ em", "legal_basis": "85/2019/TT-BTC"}],
    )

    told = get(client, "procedures/1.001193")

    record = exchange.as_record(told_of(version))
    assert {key: told[key] for key in record} == json.loads(json.dumps(record))
    assert told["valid_from"] == "2021-01-01"
    assert told["missing"] == ["sequence", "subjects", "agency"]
    line = next(reading.lines(MONDAY.date()))
    assert json.loads(line) == {key: told[key] for key in record}
    [(_, read_again)] = exchange.readers(line)
    assert exchange.as_record(read_again()) == json.loads(line)


def test_the_version_of_another_day_and_all_versions_are_told(client):
    a_procedure(process=False, name="Tên cũ")
    a_procedure(process=False, name="Tên mới", valid_from=MONDAY.date() + timedelta(days=7))

    assert get(client, "procedures/1.001193")["name"] == "Tên cũ"
    assert get(client, "procedures/1.001193", on="2023-10-30")["name"] == "Tên mới"
    assert [one["name"] for one in get(client, "procedures/1.001193/versions")] == ["Tên mới", "Tên cũ"]


def test_the_ways_in_are_counted(client):
    office = an_agency("Sở Tư pháp", level=Level.PROVINCE)
    a_procedure(agency=office, level=Level.PROVINCE, process=False, life_events=["Có con nhỏ"])

    assert [(one["name"], one["procedures"]) for one in get(client, "fields")] == [("Hộ tịch", 1)]
    assert [one["identifier"] for one in get(client, "agencies")] == [office.identifier]
    assert get(client, "levels") == [{"level": "PROVINCE", "name": "Cấp tỉnh", "procedures": 1}]
    assert get(client, "life-events") == [{"name": "Có con nhỏ", "procedures": 1}]


def test_whoever_keeps_a_copy_asks_what_changed_since(client):
    a_procedure(process=False)
    a_procedure("1.000002", process=False)
    settle()
    read = get(client, "changes")
    assert [(one["kind"], one["code"]) for one in read["items"]] == [
        ("published", "1.001193"),
        ("published", "1.000002"),
    ]
    cursor = read["items"][-1]["cursor"]
    assert get(client, "changes", cursor=cursor)["items"] == []

    a_procedure(process=False, name="Tên mới", valid_from=MONDAY.date())
    retire(
        ProcedureVersion.objects.get(procedure__code="1.000002").procedure,
        from_day=MONDAY.date() + timedelta(days=7),
        decision="12/QĐ-UBND",
        by=a_citizen(),
        at=timezone.now(),
    )
    # What was read is an hour old, what is new has just settled.
    new = Q(name="Tên mới") | Q(valid_to__gt=MONDAY.date())
    ProcedureVersion.objects.filter(new).update(changed_at=Now() - timedelta(minutes=2))

    since = get(client, "changes", cursor=cursor)["items"]
    assert {(one["kind"], one["code"], one["day"], one["decision"]) for one in since} == {
        ("changed", "1.001193", "2023-10-23", ""),
        ("retired", "1.000002", "2023-10-30", "12/QĐ-UBND"),
    }
    assert get(client, "changes", cursor=since[-1]["cursor"])["items"] == []


def test_a_retired_procedure_is_told_with_its_decision_and_last_day():
    version = a_procedure(process=False)
    retire(
        version.procedure,
        from_day=MONDAY.date() + timedelta(days=7),
        decision="12/QĐ-UBND",
        by=a_citizen(),
        at=MONDAY,
    )

    [change] = reading.changes(limit=10)

    assert (change.kind, change.day.isoformat(), change.version.retired_by) == ("retired", "2023-10-30", "12/QĐ-UBND")


def test_what_was_published_a_moment_ago_waits_until_nothing_before_it_can_come(client):
    a_procedure(process=False)

    assert get(client, "changes")["items"] == []
    settle()
    assert len(get(client, "changes")["items"]) == 1


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("procedures/9.999999", 404),
        ("procedures/9.999999/versions", 404),
        ("procedures?field=99", 404),
        ("procedures?agency=H60.99", 404),
        ("procedures?limit=0", 422),
        ("procedures?limit=101", 422),
        ("procedures?level=HUYEN", 422),
        ("procedures?text=%00", 422),
        ("procedures?field=99999999999999999999", 422),
        ("procedures/1.001193?on=hom-nay", 422),
        ("khong-co", 404),
        ("", 404),
        ("docs", 404),
    ],
)
def test_a_fault_is_a_problem_that_says_what_to_do(client, address, status):
    answer = client.get(f"/api/v1/{address}")

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"]
    assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("cursor", ["bịa", "1.2.3", "9" * 60, "~1.2", "99999999999999999.999999999999999999"])
def test_a_cursor_that_is_none_breaks_nothing(client, cursor):
    a_procedure(process=False)

    for address in ("procedures", "changes", "procedures?text=khai+sinh"):
        assert client.get(f"/api/v1/{address}", {"cursor": cursor}).status_code == 200


def test_nothing_can_be_written(client):
    answer = client.post("/api/v1/procedures", {"code": "1.000001"})

    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, OPTIONS"
    assert not ProcedureVersion.objects.exists()


def test_a_head_is_the_same_without_its_body(client):
    a_procedure(process=False)

    whole, head = client.get("/api/v1/procedures"), client.head("/api/v1/procedures")

    assert (head.status_code, head.content, head["ETag"]) == (200, b"", whole["ETag"])


def test_other_origins_may_read_and_caches_may_keep(client):
    a_procedure(process=False)

    answer = client.get("/api/v1/procedures/1.001193", headers={"origin": "https://example.org"})
    again = client.get("/api/v1/procedures/1.001193", headers={"if-none-match": answer["ETag"]})
    asked = client.options("/api/v1/procedures/1.001193", headers={"origin": "https://example.org"})

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "public" in answer["Cache-Control"] and "max-age=300" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer and "Cookie" not in answer.get("Vary", "")
    assert (again.status_code, again.content) == (304, b"")
    assert (asked.status_code, asked["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")


def test_the_description_names_every_address_and_loads_nothing_from_elsewhere(client):
    told = client.get("/api/v1/openapi.json").json()

    public = {address for address, ways in told["paths"].items() if not any("security" in way for way in ways.values())}
    assert public == {
        "/api/v1/procedures",
        "/api/v1/procedures/{code}",
        "/api/v1/procedures/{code}/versions",
        "/api/v1/fields",
        "/api/v1/agencies",
        "/api/v1/levels",
        "/api/v1/life-events",
        "/api/v1/changes",
    }


def test_no_two_things_of_the_description_share_a_name(client):
    def below(kind):
        return [each for sub in kind.__subclasses__() for each in (sub, *below(sub))]

    names = [each.__name__ for each in set(below(Schema)) if each.__module__.startswith("motcua.api")]
    described = client.get("/api/v1/openapi.json").json()["components"]["schemas"]

    assert len(names) > 30
    assert sorted(names) == sorted(set(names))
    assert set(described["ProcedureResultTold"]["properties"]) == {"code", "name", "position"}


def test_a_page_costs_the_same_for_one_and_for_many(client, django_assert_max_num_queries):
    for number in range(30):
        a_procedure(f"1.0000{number:02}", process=False)

    with django_assert_max_num_queries(4):
        get(client, "procedures", limit=30)
    with django_assert_max_num_queries(9):
        get(client, "procedures/1.000001")
    settle()
    with django_assert_max_num_queries(3):
        get(client, "changes")
