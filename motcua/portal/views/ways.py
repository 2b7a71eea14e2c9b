"""Ways to a procedure for who does not search: field, agency, level, event in life (danh mục theo lĩnh vực, cơ quan, cấp, sự kiện)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from motcua.accounts.attempts import bounded
from motcua.accounts.permissions import public
from motcua.catalogue import reading
from motcua.organisations.models import Agency, Level

from .. import faces, posters, telling
from .catalogue import slug
from .procedure import pdf

PAGE = 20
LEVELS = {"tinh": Level.PROVINCE, "huyen": Level.DISTRICT, "xa": Level.COMMUNE, "bo": Level.MINISTRY}
ON_A_POSTER = 60


@public
@require_safe
def fields(request):
    """All fields of administration that have a procedure in force."""
    return render(request, "portal/fields.html", {"fields": reading.fields(timezone.localdate())})


@public
@require_safe
def agencies(request):
    """All agencies that settle a procedure in force, and the levels."""
    today = timezone.localdate()
    slugs = {level: slug for slug, level in LEVELS.items()}
    context = {
        "agencies": reading.agencies(today),
        "levels": [
            (slugs[Level(level)], telling.LEVELS[Level(level)], count) for level, count in reading.levels(today)
        ],
    }
    return render(request, "portal/agencies.html", context)


@public
@require_safe
def agency(request, agency):
    """One agency: what it settles by field, where it receives, when it is open."""
    today = timezone.localdate()
    found = get_object_or_404(
        Agency.objects.valid_on(today).select_related("place", "parent"), pk=min(agency, 2**63 - 1)
    )
    centre = telling.centre_for(found, today)
    settled = reading.in_force(today).filter(agency=found)
    by_field = settled.values("field", "field__name").annotate(count=Count("pk")).order_by("field__name")
    context = {
        "agency": found,
        "centre": centre,
        "hours": telling.hours(centre or found, today),
        "fields": by_field,
        "count": sum(one["count"] for one in by_field),
        "of_level": not by_field and found.kind == "PEOPLES_COMMITTEE" and found.level in ("COMMUNE", "DISTRICT"),
        "level_href": reverse("portal:level", args=["xa" if found.level == Level.COMMUNE else "huyen"]),
    }
    return render(request, "portal/agency.html", context)


@public
@require_safe
@bounded("posters")
def agency_poster(request, agency):
    """The procedures of an agency on one sheet for its notice board."""
    today = timezone.localdate()
    found = get_object_or_404(Agency.objects.valid_on(today), pk=min(agency, 2**63 - 1))
    versions = reading.listed(day=today, agency=found, limit=ON_A_POSTER + 1)
    if not versions:
        raise Http404
    address = request.build_absolute_uri(reverse("portal:agency", args=[found.pk]))
    made = posters.of_list(found.name, versions[:ON_A_POSTER], address, more=len(versions) > ON_A_POSTER)
    return pdf(made, f"niem-yet-co-quan-{found.pk}.pdf")


@public
@require_safe
def level(request, level):
    """The procedures of one level, by code."""
    if level not in LEVELS:
        raise Http404
    return _listed(request, telling.LEVELS[LEVELS[level]], level=LEVELS[level])


@public
@require_safe
def life_events(request):
    """Everything that procedures are grouped by for people: what happens in a life."""
    events = [(slug(event), _(event), event, count) for event, count in reading.life_events(timezone.localdate())]
    return render(request, "portal/life_events.html", {"events": events})


@public
@require_safe
def life_event(request, event):
    """What there is to do when something happens, by code."""
    name = _event(event)
    poster = reverse("portal:life_event_poster", args=[event])
    return _listed(request, _(name), vietnamese=_(name) == name, poster=poster, life_event=name)


@public
@require_safe
@bounded("posters")
def life_event_poster(request, event):
    """What there is to do when something happens, on one sheet for the notice board."""
    name = _event(event)
    versions = reading.listed(day=timezone.localdate(), life_event=name, limit=ON_A_POSTER + 1)
    address = request.build_absolute_uri(reverse("portal:life_event", args=[event]))
    made = posters.of_list(name, versions[:ON_A_POSTER], address, more=len(versions) > ON_A_POSTER)
    return pdf(made, f"niem-yet-{event}.pdf")


def _event(wanted: str) -> str:
    for name, _count in reading.life_events(timezone.localdate()):
        if slug(name) == wanted:
            return name
    raise Http404


def _listed(request, title: Any, *, vietnamese: bool = False, poster: str = "", **by: Any):
    after = request.GET.get("sau", "").replace("\x00", "")[:30]
    elsewhere = faces.elsewhere(timezone.localdate()) is not None
    found = reading.listed(day=timezone.localdate(), after=after, limit=PAGE + 1, **by)
    shown = found[:PAGE]
    context = {
        "title": title,
        "vietnamese": vietnamese,
        "rows": [{"version": version, "facts": telling.facts(version, elsewhere=elsewhere)} for version in shown],
        "more": "?" + urlencode({"sau": shown[-1].mark}) if len(found) > PAGE else None,
        "first": f"{request.path}" if after else None,
        "poster": poster,
    }
    return render(request, "portal/listed.html", context)
