"""The two faces of the portal: where online filings go today (NĐ 61/2018, NĐ 107/2021; since 01/7/2025 NĐ 118/2025/NĐ-CP).

Under the older rules this portal takes filings. Under the newer ones it guides, follows and answers what was filed before, and its
buttons to file lead to the national portal or VNeID.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from motcua.dossiers import rules

NATIONAL_PORTAL = "https://dichvucong.gov.vn/"
VNEID = "https://vneid.gov.vn/"
# NĐ 367/2025/NĐ-CP, signed that day, adds filing in the VNeID app; from when exactly is not known to us.
VNEID_SIGNED = date(2025, 12, 31)


class Elsewhere(NamedTuple):
    """Where online filings go when not here, since when and by which decree."""

    national: str
    vneid: str
    since: date
    legal_basis: str


def elsewhere(day: date) -> Elsewhere | None:
    """Nothing while this portal takes filings, or while it has no rules at all."""
    try:
        in_force = rules.rules_on(day)
    except rules.NoRules:
        return None
    if in_force.portal_takes_filings:
        return None
    vneid = VNEID if day > VNEID_SIGNED else ""
    return Elsewhere(NATIONAL_PORTAL, vneid, in_force.valid_from, in_force.legal_basis)
