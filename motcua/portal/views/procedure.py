"""One procedure: its page, its other versions, its print and its poster (công khai thủ tục hành chính; NĐ 63/2010/NĐ-CP Điều 8)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from motcua.accounts.attempts import bounded
from motcua.accounts.permissions import public
from motcua.catalogue import cases, reading
from motcua.catalogue.models import ProcedureVersion, Routing
from motcua.catalogue.processes import drawing, rows
from motcua.dossiers import paper_forms
from motcua.organisations.models import Level

from .. import faces, posters, telling
from .catalogue import door, places_to_file

FEW = 12


@public
@require_safe
def procedure(request, code):
    """Everything a person must know to file, and the way to file."""
    version, today = reading.version_of(code, timezone.localdate()), timezone.localdate()
    if version is None:
        return _not_in_force(request, code, today)
    where = places_to_file(version)
    context = {
        **_told(version, today),
        "where": where,
        "door": door(version, where),
        "choice": {"searched": len(where) > FEW},
        "lately": telling.lately(version.procedure) if version.routing != Routing.MINISTRY else "",
        "versions": _other_versions(version, today),
    }
    return render(request, "portal/procedure.html", context)


def _not_in_force(request, code: str, today: date):
    """A procedure that has ended, or is not yet in force, says so; an unknown code has no page."""
    versions = reading.history(code)
    if not versions:
        raise Http404("Không có thủ tục nào mang mã này.")
    coming = [version for version in versions if version.valid_from > today]
    context = {"version": versions[0], "coming": coming[-1] if coming else None, "versions": versions}
    return render(request, "portal/procedure_ended.html", context, status=200 if coming else 410)


def _other_versions(version: ProcedureVersion, today: date) -> dict[str, Any]:
    """The version that comes, and those that were."""
    others = [one for one in reading.history(version.code) if one.pk != version.pk]
    coming = [one for one in others if one.valid_from > today]
    return {
        "coming": coming[-1] if coming else None,
        "earlier": [one for one in others if one.valid_from < version.valid_from],
    }


@public
@require_safe
def version(request, code, day):
    """A version that was or will be in force, to be read and not to be filed by."""
    found = reading.in_full(ProcedureVersion.objects.filter(procedure__code=code, valid_from=_day(day))).first()
    if found is None:
        raise Http404
    today = timezone.localdate()
    context = {**_told(found, today), "another": True, "is_coming": found.valid_from > today}
    return render(request, "portal/procedure.html", context)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


@public
@require_safe
def printed(request, code):
    """The whole procedure on A4, with the way back to its page."""
    version = _in_force(code)
    address = request.build_absolute_uri(reverse("portal:procedure", args=[code]))
    context = {
        **_told(version, timezone.localdate()),
        "printed": True,
        "address": address,
        "qr": _scalable(paper_forms.qr(address)),
    }
    return render(request, "portal/procedure_print.html", context)


def _scalable(svg: str) -> SafeString:
    """A drawing as large as its place; drawn by segno out of an address of our own."""
    return mark_safe(re.sub(r'width="(\d+)" height="(\d+)"', r'viewBox="0 0 \1 \2"', svg, count=1))


@public
@require_safe
@bounded("posters")
def poster(request, code):
    """One sheet for the notice board, by its QR code opened on a phone (niêm yết thủ tục hành chính)."""
    version = _in_force(code)
    address = request.build_absolute_uri(reverse("portal:procedure", args=[code]))
    return pdf(posters.of_procedure(version, address, timezone.localdate()), f"niem-yet-{code}.pdf")


def pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _in_force(code: str) -> ProcedureVersion:
    version = reading.version_of(code, timezone.localdate())
    if version is None:
        raise Http404("Không có thủ tục nào mang mã này đang có hiệu lực.")
    return version


def _told(version: ProcedureVersion, today: date) -> dict[str, Any]:
    """The parts of the law's list in its order, and what is not told (one-stop.md §4.4)."""
    asked = telling.questions(version)
    return {
        "version": version,
        "facts": telling.facts(version, elsewhere=faces.elsewhere(today) is not None),
        "levels": [telling.LEVELS[Level(level)] for level in version.levels or [version.level]],
        "ways": telling.ways(version),
        "fees": telling.fees(version),
        "reliefs": telling.reliefs(version),
        "cases": telling.papers(version),
        "chosen_between": set(cases.of(version)) & {paper.case for paper in version.components.all()},
        "results": version.results.all(),
        "legal_bases": version.legal_bases.all(),
        "guidance": version.guidance.splitlines(),
        "sequence": version.sequence.splitlines(),
        "requirements": version.requirements.splitlines(),
        "questions": asked if version.online else [],
        "missing": telling.missing(version),
        "centre": telling.centre_for(version.agency, today),
        "ministry": version.routing == Routing.MINISTRY,
        "processes": [_process(process) for process in version.own_processes()],
    }


def _process(process: Any) -> dict[str, Any]:
    """The internal process as a table and as lanes."""
    steps = rows(process)
    return {
        "decision": process.decision,
        "case": process.case,
        "channel": telling.CHANNELS[process.channel] if process.channel else "",
        "steps": [
            {
                "work": step["work"],
                "who": f"{drawing.lane_of(step)} · {drawing.actor_of(step)}",
                "time": drawing.time_of(step),
            }
            for step in steps
        ],
        "picture": drawing.svg(steps),
    }
