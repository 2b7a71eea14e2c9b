"""Citizens who do not exist, with the names of the province's peoples (công dân trình diễn)."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, TypedDict

FACTS = Path(__file__).parent / "facts"
FIRST_BIRTH, LAST_BIRTH = date(1948, 1, 1), date(2003, 12, 31)


class Citizen(TypedDict):
    full_name: str
    sex: str
    people: str
    birth_date: date
    id_number: str
    phone: str
    commune: str
    hamlet: str


@cache
def names() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FACTS / "names.json").read_text(encoding="utf-8"))
    return found


@cache
def communes() -> list[tuple[str, str]]:
    """Code and type of the 138 communes of 2021, in the order of their codes."""
    with (FACTS / "places.csv").open(encoding="utf-8", newline="") as file:
        places = [row for row in csv.DictReader(file) if row["level"] == "COMMUNE" and row["valid_to"]]
    return sorted((row["code"], row["type"]) for row in places)


def citizen(random: Random, serial: int | None = None) -> Citizen:
    """One citizen, the same for the same state of `random`; a `serial` below 100,000 makes phone and ID number unique.

    Nobody can own the ID number: after the province's 008 a century digit of 8 or 9 says "born in 2300 to 2399".
    The phone is plainly made up (0900 0…); nothing is to be sent to it.
    """
    peoples = names()["peoples"]
    people = random.choices(list(peoples), [one["weight"] for one in peoples.values()])[0]
    of, kinh = peoples[people], peoples["Kinh"]
    sex = random.choice(("Nam", "Nữ"))
    side = "male" if sex == "Nam" else "female"
    family = random.choices(list(of["family"]), list(of["family"].values()))[0]
    middle = random.choice(of[f"{side}_middle"])
    givens = of[f"{side}_given"] or kinh[f"{side}_given"]
    given = random.choice([one for one in givens if one not in (family, middle.split()[-1])])
    born = FIRST_BIRTH + timedelta(days=random.randrange((LAST_BIRTH - FIRST_BIRTH).days))
    commune, kind = random.choice(communes())
    hamlet = f"Tổ dân phố {random.randint(1, 20)}" if kind != "xã" else f"Thôn {random.choice(names()['hamlets'])}"
    number = random.randrange(100_000) if serial is None else serial
    if not 0 <= number < 100_000:
        raise ValueError("serial must be below 100,000")
    return Citizen(
        full_name=f"{family} {middle} {given}",
        sex=sex,
        people=people,
        birth_date=born,
        id_number=f"008{8 if sex == 'Nam' else 9}{born:%y}{number:06d}",
        phone=f"0900{number:06d}",
        commune=commune,
        hamlet=hamlet,
    )
