"""The cases of a procedure, and what is asked of one: papers, fees, reliefs (trường hợp; phí, lệ phí, miễn, giảm)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from django.db.models import Value

from motcua.vietnamese import fold

from .models import Component, Fee, ProcedureVersion, Process, Relief

# Announcements also write headings and measures where a case stands: papers to hand in and papers to show, notes, sums a page;
# and what comes on top of any case: a mandate, a channel, what one authority submits to another.
NO_CASE = re.compile(
    r"^\W*(\d+[.)]\s*)?(cac )?(giay to|chung tu|tai lieu|ho so)?\s*"
    r"((can |phai )+(nop|xuat trinh|gui)\b|(nop|xuat trinh|(bao )?gom)\b|(khac|bat buoc)?\W*$)"
    r"|^\W*(luu y|ghi chu|chu y|ten mau don|mau don, to khai|ho so cua|moi |theo mau|khong quy dinh)"
    r"|^\W*thanh phan ho so\s*(:|$|bao gom|gom|theo|ban hanh)"
    r"|\d\s*(d|dong|vnd|usd)\b"
    r"|\buy quyen\b|\btruc tuyen\b|\bmoi truong dien tu\b|\bbuu chinh\b|\btrinh (phe duyet|uy ban|hoi dong|thu tuong)\b"
)


def is_case(named: str) -> bool:
    """Whether these words tell one situation from another, and are not a heading, a note or a measure."""
    return bool(named) and not NO_CASE.search(fold(named))


def of(version: ProcedureVersion) -> list[str]:
    """The cases an applicant chooses among, in their order; fewer than two are no question.

    Papers and processes tell them; fees only where neither does, and only of a named charge: else their words are a note.
    """
    told, of_fees = _told(version)
    return _several(told) or _several(of_fees)


def _told(version: ProcedureVersion) -> tuple[list[str], list[str]]:
    """What papers and processes call a case, and what fees of a named charge do; in one statement where nothing is read yet."""
    if "components" in getattr(version, "_prefetched_objects_cache", ()):
        told = [paper.case for paper in version.components.all()] + [way.case for way in version.processes.all()]
        return told, [fee.case for fee in version.fees.all() if fee.name]
    papers = Component.objects.filter(version=version).values_list(Value(0), "position", "case")
    ways = Process.objects.filter(version=version).values_list(Value(1), "number", "case")
    fees = Fee.objects.filter(version=version).exclude(name="").values_list(Value(2), "position", "case")
    rows = sorted(papers.union(ways, fees, all=True))
    return [case for kind, _, case in rows if kind < 2], [case for kind, _, case in rows if kind == 2]


def _several(named: Iterable[str]) -> list[str]:
    cases = list(dict.fromkeys(filter(is_case, named)))
    return cases if len(cases) > 1 else []


def papers(version: ProcedureVersion, case: str) -> list[Component]:
    """The papers of a case and those of all; while nothing is chosen, every paper."""
    others = _others(version, case)
    return [paper for paper in version.components.all() if paper.case not in others]


def required(paper: Component, case: str) -> bool:
    """Whether a dossier of this case must hold the paper; one of a case is required only where the case was chosen."""
    return paper.required and paper.case in ("", case)


def fees(version: ProcedureVersion, *, case: str, channel: str) -> list[Fee]:
    """What is paid in a case by a channel; while no case is chosen, what all of them pay."""
    others = _others(version, case)
    return [fee for fee in version.fees.all() if fee.channel in ("", channel) and fee.case not in others]


def reliefs(version: ProcedureVersion, channel: str) -> list[Relief]:
    """Who pays nothing or less by a channel."""
    return [relief for relief in version.reliefs.all() if relief.channel in ("", channel)]


def _others(version: ProcedureVersion, case: str) -> set[str]:
    return set(of(version)) - {case} if case else set()


def key(case: str) -> str:
    """A short name for a case in an address or a form; some are told in hundreds of words."""
    return hashlib.sha256(case.encode()).hexdigest()[:12]


def named(version: ProcedureVersion, short: str) -> str | None:
    """The case a short name stands for; None: the version has no such case."""
    return next((case for case in of(version) if key(case) == short), None)
