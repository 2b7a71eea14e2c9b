"""Several procedures of one person at the desk, and what became of them (hồ sơ liên thông)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.accounts.permissions import Can, requires
from motcua.catalogue.models import ProcedureVersion
from motcua.dossiers import bundles, clock
from motcua.dossiers.models import Bundle, Dossier
from motcua.files import limits
from motcua.refusal import Refusal

from .. import frame, receiving
from ..bundling import BundleReception
from ..receiving import Found


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Can.RECEIVE)
def receive_together(request):
    """First which procedures, then the person once with the papers and form of each, then all are received or none."""
    at = timezone.now()
    at_counters = receiving.counters(request.user)
    codes = list(dict.fromkeys(request.GET.getlist("tt")))[: bundles.MOST]
    chosen = _chosen(codes, at_counters, at)
    if "nhap" not in request.GET or len(chosen) < bundles.FEWEST:
        return _choose(request, chosen, at_counters, at)
    sent = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    reception = BundleReception(chosen, request.user, at=at, **sent)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if not reception.shows_again and reception.is_valid():
                return redirect("counter:bundle", reception.receive().public_id)
        except Refusal as refusal:
            reception.person.add_error(None, str(refusal))
    context = {
        "reception": reception,
        "back": _query([version.code for version, _agency in chosen]),
        "told": f"{limits.told()}.",
        "accept": limits.accept(),
        "max_bytes": limits.MAX_BYTES,
    }
    return frame.page(request, "counter/bundles/receive.html", context, status=status, at=at)


def _chosen(codes, at_counters, at):
    """The procedures asked for that this desk receives, each with who settles it, in the order they were chosen."""
    versions = (
        ProcedureVersion.objects.valid_on(timezone.localdate(at))
        .select_related("procedure", "agency", "field")
        .prefetch_related("terms", "components", "processes")
        .filter(procedure__code__in=codes)
        .order_by("valid_from")
    )
    by_code = {version.code: version for version in versions}
    found = [by_code[code] for code in codes if code in by_code]
    return [(version, agency) for version in found if (agency := receiving.settling_agency(version, at_counters))]


def _choose(request, chosen, at_counters, at):
    text = request.GET.get("tim", "").strip()[:200]
    today = timezone.localdate(at)
    found = receiving.find(text, at_counters, day=today) if text else Found(receiving.often(request.user, day=today))
    codes = [version.code for version, _agency in chosen]
    context = {
        "text": text,
        "codes": codes,
        "chosen": [
            {"version": version, "agency": agency, "without": _query([code for code in codes if code != version.code])}
            for version, agency in chosen
        ],
        "found": [
            {"version": version, "agency": agency, "with": _query([*codes, version.code])}
            for version in found.versions
            if version.code not in codes and (agency := receiving.settling_agency(version, at_counters))
        ],
        "more": found.more,
        "go_on": f"{_query(codes)}&nhap=1" if len(codes) >= bundles.FEWEST else "",
        "full": len(codes) >= bundles.MOST,
    }
    return frame.page(request, "counter/bundles/choose.html", context, at=at)


def _query(codes) -> str:
    return f"?{urlencode([('tt', code) for code in codes])}"


@requires(Can.SEE_DOSSIERS)
@require_safe
def bundle(request, public_id):
    """The children tell it; of those at another agency only where they are and how far."""
    at = timezone.now()
    one = get_object_or_404(Bundle.objects.select_related("agency", "made_by"), public_id=public_id)
    children = bundles.children(one)
    mine = set(
        Dossier.objects.handled_by(request.user)
        .filter(pk__in=[child.dossier.pk for child in children])
        .values_list("pk", flat=True)
    )
    if not mine:
        raise Http404
    seen = [child.dossier for child in children if child.dossier.pk in mine]
    context = {
        "bundle": one,
        "sentence": bundles.sentence(children),
        "children": [
            {
                "dossier": child.dossier,
                "turn": child.turn,
                "lateness": clock.lateness(child.dossier, at),
                "mine": child.dossier.pk in mine,
            }
            for child in children
        ],
        "lines": bundles.lines(seen)[::-1],
        "common_receipt": seen[0] if len(seen) == len(children) else None,
    }
    return frame.page(request, "counter/bundles/bundle.html", context, at=at)
