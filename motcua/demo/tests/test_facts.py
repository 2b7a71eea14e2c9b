"""The demonstration's tables hold what their README says."""

import csv
import gzip
import json
from collections import Counter
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from motcua.catalogue import forms
from motcua.demo.facts import select_procedures

FACTS = Path(select_procedures.__file__).parent
DATA = Path(__file__).parents[4] / "shared" / "data"
LATE, NEW = "2025-06-30", "2025-07-01"
COMPLETE = sorted((FACTS / "complete").glob("*.json"))
METHODS = {"direct": "DIRECT", "online": "ONLINE", "postal": "POST"}
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")


def table(name):
    with (FACTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def told(path):
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def records():
    with gzip.open(DATA / "procedures.jsonl.gz", "rt", encoding="utf-8") as lines:
        return {record["code"]: record for record in map(json.loads, lines)}


def at_the_centre():
    return {agency["id"] for agency in table("agencies.csv") if agency["at_centre"] == "1"}


def leading_to(form, key):
    """Answers with which this question is asked."""
    field = next(field for field in form if field["key"] == key)
    given = {}
    for other, wanted in field.get("show_if", {}).items():
        given |= leading_to(form, other) | {other: wanted if isinstance(wanted, str) else wanted[0]}
    return given


def hours_of(term):
    if term["same_day"]:
        return 8
    return {
        "WORKING_HOURS": term["amount"],
        "WORKING_DAYS": term["amount"] * 8,
        "CALENDAR_DAYS": term["amount"] * 5 // 7 * 8,
    }[term["unit"]]


def test_the_province_of_2021_has_its_agencies():
    agencies = table("agencies.csv")

    assert Counter((agency["kind"], agency["level"]) for agency in agencies) == {
        ("PEOPLES_COMMITTEE", "PROVINCE"): 1,
        ("DEPARTMENT", "PROVINCE"): 20,
        ("VERTICAL", "PROVINCE"): 3,
        ("CENTRE", "PROVINCE"): 1,
        ("PEOPLES_COMMITTEE", "DISTRICT"): 7,
        ("PEOPLES_COMMITTEE", "COMMUNE"): 138,
    }
    assert len(at_the_centre()) == 20


def test_an_identifier_is_unique_and_says_the_same_in_both_formats():
    agencies = table("agencies.csv")

    assert len({agency["identifier"] for agency in agencies}) == len(agencies)
    for agency in agencies:
        groups = agency["identifier"].split(".")
        groups += ["00"] * (3 - len(groups)) + ["000"]
        assert agency["qcvn_identifier"] == ".".join(reversed(groups))
        assert (agency["demonstration_identifier"] == "0") == (agency["identifier"] == "H60")


def test_an_agency_belongs_to_one_that_exists_and_sits_in_a_place_of_2021():
    agencies = table("agencies.csv")
    places = {place["code"] for place in table("places.csv") if place["valid_to"] == LATE}
    seen = set()

    for agency in agencies:
        assert agency["parent"] in seen or (
            not agency["parent"] and agency["kind"] in ("PEOPLES_COMMITTEE", "VERTICAL")
        )
        assert agency["place"] in places
        seen.add(agency["id"])


def test_places_of_both_periods_are_counted():
    counted = Counter((place["level"], place["valid_from"]) for place in table("places.csv"))

    assert counted == {
        ("PROVINCE", "2021-06-01"): 1,
        ("DISTRICT", "2021-06-01"): 7,
        ("COMMUNE", "2021-06-01"): 138,
        ("PROVINCE", NEW): 1,
        ("COMMUNE", NEW): 124,
    }


def test_every_commune_of_2021_has_a_successor_that_exists():
    places = table("places.csv")
    rows = {(place["code"], place["valid_from"]) for place in places}

    assert len(rows) == len(places)
    for place in places:
        if place["level"] == "COMMUNE" and place["valid_to"]:
            assert place["successors"]
        for successor in place["successors"].split():
            assert (successor.removesuffix("*"), NEW) in rows
        assert not place["parent"] or (place["parent"], place["valid_from"]) in rows


def test_there_are_1427_procedures_each_once():
    procedures = table("procedures.csv")
    communes = table("procedures_communes.csv")

    assert len(procedures) == 1427
    assert len({one["code"] for one in procedures + communes}) == len(procedures) + len(communes)


def test_every_agency_at_the_centre_has_procedures_and_no_other_has():
    assert {one["agency"] for one in table("procedures.csv")} == at_the_centre()


def test_a_procedure_tells_a_term_with_its_unit_or_none():
    for one in table("procedures.csv") + table("procedures_communes.csv"):
        assert bool(one["term_value"]) == bool(one["term_unit"])
        assert one["term_unit"] in {"", "WORKING_DAYS", "WORKING_HOURS", "CALENDAR_DAYS", "MONTHS"}
        assert not one["term_value"] or int(one["term_value"]) > 0
        assert one["fee"] == "" or int(one["fee"]) >= 0
        assert one["name"] and one["field"] and one["has_online_channel"] in {"0", "1"}


def test_the_procedures_told_in_full_are_of_every_agency_at_the_centre_and_of_the_communes():
    procedures = [told(path) for path in COMPLETE]

    assert len({one["code"] for one in procedures}) == len(procedures) >= 40
    assert {one["agency"] for one in procedures} - {None} == at_the_centre()
    assert sum(one["level"] == "COMMUNE" for one in procedures) >= 12


@pytest.mark.parametrize("path", COMPLETE, ids=lambda path: path.stem)
class TestAProcedureToldInFull:
    def test_agrees_with_its_row(self, path):
        one = told(path)
        name = "procedures_communes.csv" if one["level"] == "COMMUNE" else "procedures.csv"
        row = next(row for row in table(name) if row["code"] == one["code"])

        assert (one["name"], one["field"], one["agency"] or "") == (row["name"], row["field"], row["agency"])
        assert one["online"] == (row["has_online_channel"] == "1")
        if row["term_value"]:
            assert any(
                term["same_day"] or (str(term["amount"]), term["unit"]) == (row["term_value"], row["term_unit"])
                for term in one["terms"]
            )

    @needs_data
    def test_agrees_with_its_national_record(self, path):
        one = told(path)
        record = records()[one["code"]]
        channels = {METHODS[channel["method"]] for channel in record["channels"]}

        assert (one["name"], one["field"]) == (
            select_procedures.text(record["name"]),
            select_procedures.text(record["field"]),
        )
        assert (one["decision"], one["online"]) == (record["decision"], record["has_online_channel"])
        assert one["source"].endswith(f"quyết định công bố {record['decision']}")
        assert {term["channel"] for term in one["terms"]} <= channels
        assert {result["code"] for result in one["results"] if "code" in result} <= {
            result["code"] for result in record["results"]
        }
        assert all(len(paper["name"]) < 110 for paper in one["components"])

    def test_goes_from_the_desk_over_two_other_units_within_its_term(self, path):
        one = told(path)
        steps = one["process"]

        assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
        assert steps[0]["unit"] == "ONE_STOP"
        assert len({step["unit_name"] for step in steps if step["unit"] != "ONE_STOP"}) >= 2
        assert [step["role"] for step in steps if step["approval"]] == ["LEADER"]
        assert 0 < sum(step["hours"] for step in steps) <= min(hours_of(term) for term in one["terms"])

    def test_names_only_units_that_exist(self, path):
        one = told(path)
        units = {(unit["agency"], unit["kind"], unit["name"]) for unit in table("units.csv")}

        for step in one["process"]:
            owner = one["agency"] or one["level"]
            if owner in at_the_centre() and step["unit"] == "ONE_STOP":
                owner = "TTPVHCC"
            assert (owner, step["unit"], step["unit_name"]) in units

    def test_asks_with_a_form_that_can_be_shown(self, path):
        form = told(path)["form"]

        forms.check(form)
        assert 5 <= len(form) <= 14
        assert {field["type"] for field in form} <= {
            "text",
            "long_text",
            "number",
            "money",
            "date",
            "choice",
            "choices",
            "place",
            "phone",
        }

    def test_asks_what_depends_on_an_answer_only_after_that_answer(self, path):
        form = told(path)["form"]
        options = {field["key"]: field.get("options", []) for field in form}

        for field in form:
            for other, wanted in field.get("show_if", {}).items():
                opens = {wanted} if isinstance(wanted, str) else set(wanted)
                for option in options[other]:
                    keys = [one["key"] for one in forms.asked(form, leading_to(form, other) | {other: option})]
                    assert (field["key"] in keys) == (option in opens)

    def test_wants_papers_by_one_key_each(self, path):
        components = told(path)["components"]

        assert len({paper["key"] for paper in components}) == len(components) > 0
        assert any(paper["required"] for paper in components)
        assert all(paper["originals"] + paper["copies"] > 0 for paper in components)
        cases = [case for case, _ in groupby(paper.get("case", "") for paper in components)]
        assert len(set(cases)) == len(cases) and len(set(cases) - {""}) != 1

    def test_says_who_pays_nothing_or_less_and_by_which_law(self, path):
        one = told(path)
        fees = {fee["name"] for fee in one["fees"]}

        for relief in one.get("reliefs", []):
            assert relief["who"] and relief["legal_basis"] and relief["fee"] in fees
            assert (relief["kind"] == "GIAM") == ("percent" in relief)


def test_units_belong_to_agencies_or_to_a_level():
    owners = {agency["id"] for agency in table("agencies.csv")} | {"DISTRICT", "COMMUNE"}
    units = [(unit["agency"], unit["kind"], unit["name"]) for unit in table("units.csv")]

    assert len(set(units)) == len(units)
    assert {owner for owner, _, _ in units} <= owners
    for agency in at_the_centre():
        kinds = {kind for owner, kind, _ in units if owner == agency}
        assert kinds - {"CONTROL"} == {"PROFESSIONAL", "LEADERS", "CLERK"}
    # The Office keeps the catalogue; the Department of Justice is the one that shows how an agency takes part.
    assert {owner for owner, kind, _ in units if kind == "CONTROL"} == {"VP", "STP"}


@needs_data
def test_choosing_again_gives_the_same_tables():
    centre, communes = select_procedures.select(DATA)

    assert select_procedures.table(centre) == (FACTS / "procedures.csv").read_text(encoding="utf-8")
    assert select_procedures.table(communes) == (FACTS / "procedures_communes.csv").read_text(encoding="utf-8")


@needs_data
def test_places_are_those_of_the_official_lists():
    old = json.loads((DATA / "units_2021.json").read_text(encoding="utf-8"))
    new = json.loads((DATA / "units_2025.json").read_text(encoding="utf-8"))
    places = table("places.csv")

    assert {(one["code"], one["name"], one["district_code"]) for one in old["communes"]} == {
        (one["code"], one["name"], one["parent"]) for one in places if one["level"] == "COMMUNE" and one["valid_to"]
    }
    province = next(one for one in new["provinces"] if one["code"] == "08")
    assert {(one["code"], one["name"]) for one in province["communes"]} == {
        (one["code"], one["name"]) for one in places if one["level"] == "COMMUNE" and not one["valid_to"]
    }


def test_agencies_take_turns_so_that_only_the_richest_is_cut():
    records = {"A": [{"n": 1}, {"n": 2}, {"n": 3}], "B": [{"n": 4}]}

    turns = [(agency, record["n"]) for agency, record in select_procedures.in_turns(records, ["A", "B"])]

    assert turns == [("A", 1), ("B", 4), ("A", 2), ("A", 3)]


def test_a_fee_is_told_only_where_one_amount_holds():
    def fee(*fees):
        return select_procedures.fee({"channels": [{"method": "direct", "fees": list(fees)}]})

    def of(amount, note=None, currency="VND"):
        return {"amount": amount, "note": note, "currency": currency}

    assert fee(of(300000, "300.000 đồng/chứng chỉ")) == "300000"
    assert fee(of(0)) == fee(of(0, "Miễn phí")) == "0"
    assert fee(of(0, "Theo nghị quyết của Hội đồng nhân dân")) == ""
    assert fee(of(50000, "50.000 đồng; 25.000 đồng từ 01/7/2025")) == ""
    assert fee(of(120, "20.000 vnđ/tờ khai")) == fee(of(50, None, "USD")) == fee() == ""
    assert fee(of(200000), of(400000)) == ""


def test_rows_stand_in_the_order_of_their_codes():
    for name in ("procedures.csv", "procedures_communes.csv"):
        assert all(one["code"] < other["code"] for one, other in pairwise(table(name)))
