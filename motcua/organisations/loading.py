"""A province's places, agencies and units from tables of facts (nạp địa giới, cơ quan, đơn vị).

The columns are those of `demo/facts/README.md`. What is there already is left alone, so loading twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction

from motcua.vietnamese import compose

from .models import Agency, AgencyKind, Level, Place, Unit

Row = Mapping[str, str]

FROM_ABOVE = (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE)


class BadTable(ValueError):
    """A row names a parent, place or agency that the tables do not hold."""


@transaction.atomic
def load_structure(
    places: Iterable[Row], agencies: Iterable[Row], units: Iterable[Row], *, open_ended: bool
) -> dict[str, Agency]:
    """Write the three tables and give the agencies by their `id`.

    An agency ends with its place, and its units with it. With `open_ended` the first structure of the tables never ends
    and what followed it is left out: so the demonstration runs the structure of 2021 on today's clock.
    """
    rows = list(places)
    there = _load_places(_first_structure(rows) if open_ended else rows, open_ended)
    loaded = _load_agencies(list(agencies), there)
    _load_units(units, loaded)
    return loaded


def _first_structure(rows: list[Row]) -> list[Row]:
    ended = min((row["valid_to"] for row in rows if row["valid_to"]), default="9999-12-31")
    return [row for row in rows if row["valid_from"] <= ended]


class _Places(dict[str, list[Place]]):
    """The places of each code, which may live on with another area."""

    def add(self, place: Place) -> None:
        self.setdefault(place.code, []).append(place)

    def on(self, code: str, day: date) -> Place:
        """The place that bore the code on that day."""
        for place in self.get(code, ()):
            if place.valid_from <= day and (place.valid_to is None or place.valid_to >= day):
                return place
        raise BadTable(f"Không có đơn vị hành chính mã {code} vào ngày {day:%d/%m/%Y}.")

    def since(self, code: str, day: date) -> Place | None:
        """The place that bears the code from that very day on."""
        return next((place for place in self.get(code, ()) if place.valid_from == day), None)


def _load_places(rows: list[Row], open_ended: bool) -> _Places:
    there = _Places()
    for place in Place.objects.all():
        there.add(place)
    for level in FROM_ABOVE:
        new = [
            _place(row, there, open_ended)
            for row in rows
            if row["level"] == level and not there.since(row["code"], date.fromisoformat(row["valid_from"]))
        ]
        for place in Place.objects.bulk_create(new):
            there.add(place)
    if not open_ended:
        _link_successors(rows, there)
    return there


def _place(row: Row, there: _Places, open_ended: bool) -> Place:
    valid_from = date.fromisoformat(row["valid_from"])
    return Place(
        code=row["code"],
        name=compose(row["name"]),
        level=row["level"],
        parent=there.on(row["parent"], valid_from) if row["parent"] else None,
        valid_from=valid_from,
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] and not open_ended else None,
    )


def _link_successors(rows: list[Row], there: _Places) -> None:
    """A successor begins on the day after; an asterisk says that only a part of the place went there."""
    follows = Place.successors.through
    links = []
    for row in rows:
        for code in row["successors"].replace("*", "").split():
            ended = date.fromisoformat(row["valid_to"])
            before, after = there.on(row["code"], ended), there.on(code, date.fromordinal(ended.toordinal() + 1))
            links.append(follows(from_place=before, to_place=after))
    follows.objects.bulk_create(links, ignore_conflicts=True)


def _load_agencies(rows: list[Row], places: _Places) -> dict[str, Agency]:
    there = {(agency.identifier, agency.valid_from): agency for agency in Agency.objects.all()}
    loaded: dict[str, Agency] = {}
    waiting = rows
    while waiting:
        # Wave after wave from above, so that each finds its parent.
        wave = [row for row in waiting if not row["parent"] or row["parent"] in loaded]
        if not wave:
            raise BadTable(f"Không có cơ quan cấp trên “{waiting[0]['parent']}” của “{waiting[0]['id']}”.")
        agencies = {row["id"]: _agency(row, loaded, places) for row in wave}
        agencies = {key: there.get((one.identifier, one.valid_from), one) for key, one in agencies.items()}
        Agency.objects.bulk_create([agency for agency in agencies.values() if agency.pk is None])
        loaded |= agencies
        waiting = [row for row in waiting if row["id"] not in loaded]
    return loaded


def _agency(row: Row, loaded: dict[str, Agency], places: _Places) -> Agency:
    valid_from = date.fromisoformat(row["valid_from"])
    place = places.on(row["place"], valid_from) if row["place"] else None
    return Agency(
        identifier=row["identifier"],
        qcvn_identifier=row["qcvn_identifier"],
        name=compose(row["name"]),
        short_name=compose(row["short_name"]),
        kind=row["kind"],
        level=row["level"],
        parent=loaded[row["parent"]] if row["parent"] else None,
        place=place,
        at_centre=row["at_centre"] == "1",
        valid_from=valid_from,
        valid_to=place.valid_to if place else None,
    )


def _load_units(rows: Iterable[Row], agencies: dict[str, Agency]) -> None:
    units = [
        Unit(
            agency=agency,
            kind=row["kind"],
            name=compose(row["name"]),
            valid_from=agency.valid_from,
            valid_to=agency.valid_to,
        )
        for row in rows
        for agency in _agencies_of(row["agency"], agencies)
    ]
    Unit.objects.bulk_create(units, ignore_conflicts=True)


def _agencies_of(named: str, agencies: dict[str, Agency]) -> list[Agency]:
    """The agency of that `id`, or every People's Committee of that level."""
    if named in (Level.DISTRICT, Level.COMMUNE):
        return [a for a in agencies.values() if a.kind == AgencyKind.PEOPLES_COMMITTEE and a.level == named]
    if named not in agencies:
        raise BadTable(f"Không có cơ quan “{named}” trong bảng.")
    return [agencies[named]]
