"""Finding a procedure and reading what it asks (tra cứu thủ tục hành chính)."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from motcua.accounts.attempts import bounded
from motcua.accounts.permissions import public
from motcua.catalogue import searching
from motcua.catalogue.models import Field, ProcedureVersion, Routing
from motcua.dossiers import rules, tallies
from motcua.organisations.models import Agency, AgencyKind, Level
from motcua.vietnamese import fold

from .. import faces
from ..telling import facts as _facts

PAGE = 20


@public
@require_safe
def home(request):
    today = timezone.localdate()
    counted = tallies.of_day(today)
    context = {
        "elsewhere": faces.elsewhere(today),
        "life_events": [(slug(event), event, _(event)) for event in searching.life_events(today)[:12]],
        "accepted": counted.get("dossier.accepted", 0),
        "returned": counted.get("dossier.returned", 0),
    }
    return render(request, "portal/home.html", context)


@public
@require_safe
@bounded("search")
def search(request):
    """What was typed, or a field, an agency or an event in life; twenty a page."""
    today = timezone.localdate()
    asked = {name: value.replace("\x00", "") for name, value in request.GET.items()}
    text = asked.get("q", "").strip()[: searching.LONGEST]
    agency = _chosen(Agency, asked.get("co-quan"))
    field = _chosen(Field, asked.get("linh-vuc"))
    event = asked.get("su-kien", "")[:100]
    after = asked.get("sau")
    if text:
        found = searching.search(text, day=today, agency=agency, field=field, limit=PAGE + 1, after=after)
    elif agency or field or event:
        found = searching.browse(day=today, agency=agency, field=field, life_event=event, limit=PAGE + 1, after=after)
    else:
        found = []
    shown = found[:PAGE]
    more = None
    if len(found) > PAGE:
        more = "?" + urlencode({**asked, "sau": shown[-1].mark})
    elsewhere = faces.elsewhere(today)
    context = {
        "elsewhere": elsewhere,
        "text": text,
        "about": agency or field or event,
        "agency": agency,
        "field": field,
        "asked": bool(text or agency or field or event),
        "rows": [{"version": version, "facts": _facts(version, elsewhere=elsewhere is not None)} for version in shown],
        "alike": bool(shown) and shown[0].why == "alike",
        "more": more,
        "later_page": after is not None,
    }
    return render(request, "portal/search.html", context)


def slug(event: str) -> str:
    """An event in life as it stands in an address."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in fold(event)).split())


def in_force(code: str) -> ProcedureVersion:
    """The version in force today, or a page that does not exist."""
    versions = ProcedureVersion.objects.valid_on(timezone.localdate()).select_related("procedure", "field", "agency")
    version = versions.filter(procedure__code=code).order_by("-valid_from").first()
    if version is None:
        raise Http404("Không có thủ tục nào mang mã này đang có hiệu lực.")
    return version


def places_to_file(version: ProcedureVersion) -> list[Agency]:
    """The agencies that settle this procedure: its own, or every committee of its level for one that communes or districts settle."""
    if version.routing == Routing.MINISTRY:
        return []
    if version.agency:
        return [version.agency]
    if version.level not in (Level.COMMUNE, Level.DISTRICT):
        return []
    committees = Agency.objects.valid_on(timezone.localdate()).filter(
        level=version.level, kind=AgencyKind.PEOPLES_COMMITTEE
    )
    return list(committees.order_by("name"))


class Door(NamedTuple):
    """Whether this procedure is filed here online; if not, why, and where instead."""

    here: bool
    why_not: str = ""
    elsewhere: str = ""
    vneid: str = ""


def door(version: ProcedureVersion, where: list[Agency]) -> Door:
    """Where an online filing goes today: since 01/7/2025 to the national portal (NĐ 118/2025/NĐ-CP)."""
    if version.routing == Routing.MINISTRY:
        system = version.system_name or _("hệ thống tập trung của bộ")
        told = _("Thủ tục này nộp và giải quyết trên %(system)s, không nhận hồ sơ tại cổng này và tại quầy của tỉnh.")
        return Door(False, told % {"system": system}, version.system_url)
    if not version.online:
        return Door(False, _("Thủ tục này chưa nộp được trực tuyến."))
    if not where:
        return Door(False, _("Chưa có dữ liệu về cơ quan tiếp nhận nên chưa nộp được tại cổng này."))
    try:
        rules.rules_on(timezone.localdate())
    except rules.NoRules:
        return Door(False, _("Cổng này đang được chuẩn bị, chưa nhận hồ sơ trực tuyến."))
    if there := faces.elsewhere(timezone.localdate()):
        return Door(
            False,
            _("Theo quy định hiện nay, hồ sơ trực tuyến nộp tại Cổng Dịch vụ công quốc gia."),
            there.national,
            there.vneid,
        )
    return Door(True)


def _chosen(model: type, value: str | None) -> Any:
    """The agency or field an address names; none named is none, an unknown one is a page that does not exist."""
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise Http404
    return get_object_or_404(model, pk=int(value))
