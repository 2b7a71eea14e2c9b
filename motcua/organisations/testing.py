"""Places, agencies and units for tests."""

from __future__ import annotations

from datetime import date
from itertools import count

from .models import Agency, AgencyKind, Level, Place, Unit, UnitKind

SINCE = date(2021, 1, 1)
_numbers = count(1)


def a_place(name: str = "Xã Hùng Đức", *, level: Level = Level.COMMUNE, **told: object) -> Place:
    """A place with an official code of its own."""
    told = {"code": f"{next(_numbers):05d}", "valid_from": SINCE} | told
    return Place.objects.create(name=name, level=level, **told)


def an_agency(
    name: str = "Ủy ban nhân dân xã Hùng Đức",
    *,
    level: Level = Level.COMMUNE,
    kind: AgencyKind = AgencyKind.PEOPLES_COMMITTEE,
    **told: object,
) -> Agency:
    """An agency with both identifiers of its own."""
    thousand, number = divmod(next(_numbers), 1000)
    told = {
        "identifier": f"H60.{40 + thousand}.{number:03d}",
        "qcvn_identifier": f"{number:03d}.{40 + thousand}.00.H60",
        "short_name": name.replace("Ủy ban nhân dân", "UBND")[:60],
        "valid_from": SINCE,
    } | told
    return Agency.objects.create(name=name, level=level, kind=kind, **told)


def a_unit(agency: Agency, kind: UnitKind = UnitKind.ONE_STOP, name: str | None = None, **told: object) -> Unit:
    """A unit of an agency."""
    return Unit.objects.create(
        agency=agency, kind=kind, name=name or UnitKind(kind).label, **({"valid_from": SINCE} | told)
    )
