"""Where a dossier is received and which unit of an agency does what (nơi tiếp nhận, bộ phận thực hiện)."""

from __future__ import annotations

from datetime import date

from motcua.refusal import Refusal

from .models import Agency, Unit, UnitKind


class NoCentre(Refusal):
    message = (
        "Chưa có Trung tâm Phục vụ hành chính công đang hoạt động để tiếp nhận cho cơ quan này. "
        "Hồ sơ vẫn giữ nguyên. Xin báo người quản trị."
    )


class NoUnit(Refusal):
    """The agency has no unit of that kind on that day (cơ quan chưa có bộ phận này)."""


def reception_agency(agency: Agency, day: date) -> Agency:
    """Who receives for an agency: the centre where it sits there, else itself (NĐ 61/2018/NĐ-CP Điều 7)."""
    if not agency.at_centre:
        return agency
    centre = Agency.objects.valid_on(day).receiving_for(agency).order_by("id").first()
    if centre is None:
        raise NoCentre
    return centre


def one_stop_unit(agency: Agency, day: date) -> Unit:
    """The desk of an agency that receives and hands over (Bộ phận Một cửa)."""
    return unit_for(agency, UnitKind.ONE_STOP, "", day)


def unit_for(agency: Agency, kind: str, name: str, day: date) -> Unit:
    """The unit of that kind, by its name where one is given, else the first."""
    unit = Unit.objects.valid_on(day).doing(kind, name).filter(agency=agency).select_related("agency").first()
    if unit is None:
        wanted = name or UnitKind(kind).label
        raise NoUnit(
            "%(agency)s chưa có “%(unit)s” nên hồ sơ chưa chuyển đến đó được. Xin báo người quản trị.",
            agency=agency.name,
            unit=wanted,
        )
    return unit
