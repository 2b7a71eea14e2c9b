"""Sheets for the notice board, set in print: a procedure, or a list of them, with a QR code (niêm yết thủ tục hành chính)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import fontpkg_be_vietnam_pro
import typst
from django.conf import settings
from django.utils import timezone, translation

from motcua.catalogue import cases
from motcua.catalogue.models import ProcedureVersion
from motcua.dossiers.paper_forms import legible, qr
from motcua.dossiers.slips import DEMONSTRATION_MARK

from . import faces, telling

HERE = Path(__file__).parent / "poster_forms"
MOST_PAPERS = 12


def of_procedure(version: ProcedureVersion, address: str, day: date) -> bytes:
    """What to bring, how long, how much, where; the rest is behind the code."""
    with translation.override("vi"):  # what hangs on the wall is Vietnamese
        asked = cases.of(version)
        papers = [paper for paper in version.components.all() if not asked or not paper.case or paper.case not in asked]
        sheet = {
            "name": version.name,
            "code": version.code,
            "papers": [_paper(paper) for paper in papers[:MOST_PAPERS]],
            "more_papers": max(0, len(papers) - MOST_PAPERS),
            "cases": [case for case in asked if any(paper.case == case for paper in version.components.all())][:6],
            "terms": _terms(version),
            "fees": _fees(version)[:8],
            "reliefs": [_relief(one) for one in telling.reliefs(version)][:6],
            "where": _where(version, day),
            "result": "; ".join(result.name for result in version.results.all()[:3]),
            "decision": version.decision,
        }
    return _set("procedure.typ", sheet, address)


def _paper(paper: Any) -> str:
    counts = [f"{n} {kind}" for n, kind in ((paper.originals, "bản chính"), (paper.copies, "bản sao")) if n]
    notes = [*counts, *([] if paper.required else ["nếu có"])]
    return f"{paper.name} ({', '.join(notes)})" if notes else paper.name


def _fees(version: ProcedureVersion) -> list[str]:
    """How much, and for what; the same for several channels is said once."""
    told: dict[str, list[str]] = {}
    for group in telling.fees(version):
        for fee in group["fees"]:
            said = f"{fee['amount']} · {fee['name']}" + (f" ({fee['case']})" if fee["case"] else "")
            told.setdefault(said, []).append(str(fee["channel"]))
    return [f"{said} · {', '.join(channels)}" if all(channels) else said for said, channels in told.items()]


def _relief(relief: dict[str, Any]) -> str:
    return " · ".join(filter(None, (f"{relief['how']}: {relief['who']}", relief["fee"], str(relief["channel"]))))


def _terms(version: ProcedureVersion) -> list[dict[str, str]]:
    """How long, said once for the channels that take the same time."""
    same: dict[str, list[str]] = {}
    for way in telling.ways(version):
        channel = str(way["channel"])
        same.setdefault("; ".join(_term(term) for term in way["terms"]), []).append(channel[0].lower() + channel[1:])
    return [{"said": said, "channels": ", ".join(channels)} for said, channels in same.items()]


def _term(term: dict[str, Any]) -> str:
    return f"{term['level']}: {term['length']}" if term["level"] else str(term["length"])


def _where(version: ProcedureVersion, day: date) -> str:
    if version.routing == "MINISTRY":
        return " · ".join(filter(None, (version.system_name or "Hệ thống tập trung của bộ", version.system_url)))
    if centre := telling.centre_for(version.agency, day):
        return centre.name
    if version.agency:
        return version.agency.name
    if version.level in ("COMMUNE", "DISTRICT"):
        return "Bộ phận Một cửa của Ủy ban nhân dân nơi bạn ở"
    return version.agency_text


def of_list(title: str, versions: Sequence[ProcedureVersion], address: str, *, more: bool) -> bytes:
    """Many procedures with how long and how much each takes."""
    with translation.override("vi"):
        elsewhere = faces.elsewhere(timezone.localdate()) is not None
        rows = [
            {"name": version.name, "code": version.code, "facts": telling.facts(version, elsewhere=elsewhere)}
            for version in versions
        ]
    return _set("list.typ", {"name": title, "rows": rows, "more": more}, address)


def _set(template: str, sheet: dict[str, Any], address: str) -> bytes:
    told = {
        **sheet,
        "address": address,
        "province": settings.PROVINCE_NAME,
        "day": f"{timezone.localdate():%d/%m/%Y}",
        "mark": DEMONSTRATION_MARK if settings.DEMONSTRATION else "",
    }
    inputs = {"sheet": json.dumps(legible(told), ensure_ascii=False), "qr": qr(address)}
    with _one_at_a_time:  # a compiler holds the sheet it is working on
        made = _compiler().compile(HERE / template, format="pdf", sys_inputs=inputs)
    assert isinstance(made, bytes)
    return made


_one_at_a_time = Lock()


@cache
def _compiler() -> typst.Compiler:
    """One for the life of the process: reading the fonts takes longer than setting a sheet."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[fontpkg_be_vietnam_pro.ROOT])
    return typst.Compiler(root=HERE, font_paths=fonts)
