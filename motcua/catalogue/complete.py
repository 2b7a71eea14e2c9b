"""Loading a procedure told in full: papers, terms, fees, form and process (demo/facts/README.md)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q

from motcua.organisations.models import Agency, AgencyKind, Unit
from motcua.refusal import Refusal

from . import forms, processes
from .models import ProcedureVersion
from .publishing import Told, numbered, publish

WAYS = {"DIRECT": "trực tiếp", "ONLINE": "trực tuyến", "POST": "qua bưu chính công ích"}


class NoSuchUnit(Refusal):
    message = "Không có bộ phận này."


@transaction.atomic
def load_complete(data: dict[str, Any], *, agency: Agency | None, day: date) -> ProcedureVersion:
    """Publish one procedure with its form and process; loading the same again changes nothing."""
    forms.check(data["form"])
    told = Told(
        code=data["code"],
        name=data["name"],
        field=data["field"],
        level=data["level"],
        agency=agency,
        agency_text="" if agency else "Ủy ban nhân dân cấp xã",
        decision=data["decision"],
        subjects=data["subjects"],
        sequence=_sequence(data),
        requirements="\n".join(data.get("requirements", ())),
        online=data["online"],
        guidance="\n".join(data["plain_words"]),
        life_events=data["life_events"],
        form=data["form"],
        terms=data["terms"],
        components=numbered(data["components"]),
        fees=numbered(data["fees"]),
        reliefs=numbered(data.get("reliefs", ())),
        results=numbered(data["results"]),
        legal_bases=numbered(data["legal_bases"]),
        source=data["source"],
    )
    publish([told], day=day)
    version = ProcedureVersion.objects.filter(procedure__code=told.code).latest("valid_from")
    processes.issue(version, [_step(row, agency, day) for row in data["process"]])
    return version


def _sequence(data: dict[str, Any]) -> str:
    """The order of the work as people see it: they file, the units do their steps, they fetch the result (trình tự thực hiện)."""
    ways = list(dict.fromkeys(WAYS[term["channel"]] for term in data["terms"]))
    filed = " hoặc ".join(filter(None, (", ".join(ways[:-1]), ways[-1])))
    steps = [f"Chuẩn bị giấy tờ và nộp {filed}."]
    steps += [f"{row['unit_name']}: {row['work']}." for row in data["process"]]
    steps.append("Nhận kết quả theo giấy hẹn.")
    return "\n".join(f"Bước {number}. {step}" for number, step in enumerate(steps, start=1))


def _step(row: dict[str, Any], agency: Agency | None, day: date) -> dict[str, Any]:
    return {
        "position": row["position"],
        "work": row["work"],
        "unit": _unit(row, agency, day) if agency else None,
        "unit_kind": row["unit"],
        "unit_name": row["unit_name"],
        "role": row["role"],
        "hours": row["hours"],
        "is_approval": row["approval"],
    }


def _unit(row: dict[str, Any], agency: Agency, day: date) -> Unit:
    """The unit of that name at the agency, or at the centre, which receives for it."""
    where = Q(agency=agency)
    if agency.at_centre:
        where |= Q(agency__kind=AgencyKind.CENTRE)
    units = Unit.objects.valid_on(day).filter(where, kind=row["unit"], name=row["unit_name"])
    unit = units.order_by("agency__kind").first()
    if unit is None:
        raise NoSuchUnit(f"Không có bộ phận “{row['unit_name']}” ở {agency.name}.")
    return unit
