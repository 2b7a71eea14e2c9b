"""Choose the demonstration's procedures from the national records (chọn thủ tục trình diễn).

`python -m motcua.demo.facts.select_procedures <data folder>` writes `procedures.csv` and `procedures_communes.csv`
beside this file. The data folder holds `procedures.jsonl.gz` and `field_department_map.json`; the same folder always
gives the same two files. How the choice is made stands in `README.md`.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
AT_THE_CENTRE = 1427
COLUMNS = ("code", "name", "field", "agency", "level", "term_value", "term_unit", "fee", "has_online_channel")
UNITS = {"working_day": "WORKING_DAYS", "hour": "WORKING_HOURS", "day": "CALENDAR_DAYS", "month": "MONTHS"}

# Decisions of police departments and some misspelt numbers do not end with the ministry's name.
MINISTRIES = {"C06": "BCA", "C07": "BCA", "QLXNC": "BCA", "9303": "BCA", "2045/QĐ_BYT": "BYT"}
# Fields whose commune-level procedures people meet most; settled by every commune's People's Committee.
COMMUNE_DEPARTMENTS = ("STP", "SLDTBXH")
FREE = re.compile(r"(không( có| thu)?( phí| lệ phí)?|miễn( phí| lệ phí| thu)?.*|phí ?: ?không.*)\.?", re.IGNORECASE)

Record = dict[str, Any]


def department(record: Record, departments: dict[tuple[str | None, str], str | None]) -> str | None:
    """The department of 2021 for the ministry that announced the record and its field."""
    ministry = (record["decision"] or "").split("-")[-1].strip()
    return departments.get((MINISTRIES.get(ministry, ministry), record["field"]))


def channel(record: Record) -> Record | None:
    """The direct channel, or else the first that is told."""
    channels = sorted(record["channels"], key=lambda one: one["method"] != "direct")
    return channels[0] if channels else None


def term(record: Record) -> tuple[str, str]:
    """Amount and unit as whole numbers; empty where the record tells none that can be read."""
    told = (channel(record) or {}).get("time") or {}
    value, unit = told.get("value"), told.get("unit")
    if not value or unit not in UNITS:
        return "", ""
    if value != int(value):
        value, unit = (value * 8, "hour") if unit == "working_day" else (1, unit)
    return str(int(value)), UNITS[unit]


def fee(record: Record) -> str:
    """The one amount in đồng that holds for every case; empty where it is unknown, varies or is not in đồng."""
    fees = (channel(record) or {}).get("fees") or []
    amounts = {one.get("amount") for one in fees}
    if len(amounts) != 1 or any(one.get("currency") != "VND" for one in fees):
        return ""
    (amount,) = amounts
    notes = [text(one.get("note") or "") for one in fees]
    if amount == 0:
        return "0" if all(not note or FREE.fullmatch(note) for note in notes) else ""
    if amount is None or amount < 1000:
        return ""
    told = {int(found.replace(".", "")) for note in notes for found in re.findall(r"\d{1,3}(?:\.\d{3})+(?!\d)", note)}
    return str(amount) if told <= {amount} else ""


def text(words: str) -> str:
    return " ".join(unicodedata.normalize("NFC", words).split())


def row(record: Record, agency: str, level: str) -> dict[str, str]:
    amount, unit = term(record)
    return {
        "code": record["code"],
        "name": text(record["name"]),
        "field": text(record["field"]),
        "agency": agency,
        "level": level,
        "term_value": amount,
        "term_unit": unit,
        "fee": fee(record),
        "has_online_channel": "1" if record["has_online_channel"] else "0",
    }


def in_turns(records: dict[str, list[Record]], order: list[str]) -> Iterable[tuple[str, Record]]:
    """One record of each agency in turn until none is left, so that only the richest agencies are cut."""
    longest = max((len(one) for one in records.values()), default=0)
    for position in range(longest):
        for agency in order:
            if position < len(records[agency]):
                yield agency, records[agency][position]


def select(folder: Path) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The 1,427 rows of the centre and the rows of the communes, each sorted by code."""
    with gzip.open(folder / "procedures.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = sorted((json.loads(line) for line in lines), key=lambda one: one["code"])
    mapping = json.loads((folder / "field_department_map.json").read_text(encoding="utf-8"))["map"]
    departments = {(one["ministry"], one["field"]): one["department_2021"] for one in mapping}
    with (HERE / "agencies.csv").open(encoding="utf-8", newline="") as file:
        order = [one["id"] for one in csv.DictReader(file) if one["at_centre"] == "1"]
    told_in_full = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((HERE / "complete").glob("*.json"))]
    of_communes = {one["code"] for one in told_in_full if one["level"] == "COMMUNE"}
    first = {one["code"] for one in told_in_full} - of_communes

    # Three baskets: told in full; settled by the province alone; settled by a ministry too.
    baskets: list[dict[str, list[Record]]] = [defaultdict(list) for _ in range(3)]
    communes = []
    for record in records:
        agency = department(record, departments)
        if record["code"] in of_communes or (
            agency in COMMUNE_DEPARTMENTS and "xa" in record["levels"] and not {"bo", "tinh"} & set(record["levels"])
        ):
            communes.append(row(record, "", "COMMUNE"))
        elif agency and agency in order and "tinh" in record["levels"]:
            basket = 0 if record["code"] in first else 2 if "bo" in record["levels"] else 1
            baskets[basket][agency].append(record)

    # An agency with fewer than ten keeps what a ministry settles too: otherwise it might have none at the centre.
    for agency in order:
        if len(baskets[0][agency]) + len(baskets[1][agency]) < 10:
            baskets[1][agency] += baskets[2].pop(agency, [])
    chosen = [pair for basket in baskets for pair in in_turns(basket, order)][:AT_THE_CENTRE]
    centre = sorted((row(record, agency, "PROVINCE") for agency, record in chosen), key=lambda one: one["code"])
    return centre, communes


def table(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def main(arguments: list[str]) -> None:
    if len(arguments) != 1:
        sys.exit("Cách dùng: python -m motcua.demo.facts.select_procedures <thư mục dữ liệu>")
    for name, rows in zip(("procedures.csv", "procedures_communes.csv"), select(Path(arguments[0])), strict=True):
        (HERE / name).write_text(table(rows), encoding="utf-8")
        sys.stdout.write(f"{name}: {len(rows)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
