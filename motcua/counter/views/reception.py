"""Receiving a person at the counter (tiếp nhận trực tiếp)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can, requires
from motcua.catalogue import cases
from motcua.catalogue import forms as told
from motcua.catalogue.models import Channel, ProcedureVersion
from motcua.dossiers import duplicates, rules, together
from motcua.dossiers.models import Dossier, SlipKind
from motcua.files import limits
from motcua.organisations.models import Agency
from motcua.refusal import Refusal

from .. import frame, receiving, showing
from ..opening import dossier_of, opened
from ..receiving import Reception
from .dossier import SHOWN_HERE

NTH = re.compile("[1-9]")


@requires(Can.RECEIVE)
@require_safe
def choose(request):
    """Find the procedure the person came for among those this desk receives; a digit opens what is received most."""
    text, today = request.GET.get("tim", "").strip()[:200], timezone.localdate()
    after = _same_visit(request, request.GET, timezone.now())
    if after and text == "0":
        return redirect(_received(after))
    at_counters = receiving.counters(request.user)
    nth = int(text) if NTH.fullmatch(text) else 0
    any_desk = rules.rules_on(today).any_desk_receives
    if text and not nth:
        found, more = receiving.find(text, at_counters, day=today, any_desk=any_desk)
    else:
        found, more = receiving.often(request.user, day=today), False
    rows: list[dict[str, Any]] = [
        {"version": version, "agency": agency or version.agency}
        for version in found
        if (agency := receiving.settling_agency(version, at_counters)) or any_desk or receiving.at_ministry(version)
    ]
    if 0 < nth <= len(rows):
        return redirect(_address("receive_person", rows[nth - 1]["version"].code, after=after))
    if text and len(found) == 1 and found[0].why == "code":
        return redirect(_address("receive_person", found[0].code, after=after))
    context = {
        "text": text,
        "rows": [] if nth else rows,
        "more": more,
        "after": after,
        "received_so_far": together.all_of(after) if after else [],
        "finish": _received(after) if after else "",
    }
    return frame.page(request, "counter/reception/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Can.RECEIVE)
def receive(request, procedure: str):
    """One page from the card to the receipt; what was typed and scanned stays until the dossier is made."""
    at = timezone.now()
    version, agencies = _received_here(request, procedure, at)
    agency = _chosen(request, version, agencies)
    sent = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    if receiving.at_ministry(version):
        return frame.page(request, "counter/reception/elsewhere.html", {"version": version}, at=at)
    if agency is None:
        context = {"version": version, "agencies": agencies, "after": request.GET.get("cung", "")}
        return frame.page(request, "counter/reception/agency.html", context, at=at)
    after = _same_visit(request, request.POST or request.GET, at)
    at_counters = receiving.counters(request.user)
    elsewhere = agency != receiving.settling_agency(version, at_counters)
    reception = Reception(
        version, agency, request.user, at=at, after=after, received_at=at_counters[0] if elsewhere else None, **sent
    )
    status = 200
    if "read" in request.POST:
        try:
            reception.read(request.POST)
        except Refusal as refusal:
            reception.refuse(request.POST, "qr", str(refusal))
            status = 422
    elif (changed := told.reshaped(request.POST)) is not None:
        reception.one_more_or_less(request.POST, changed)
        status = 422  # nothing is wrong, but the page comes back as it is
    elif "case_chosen" in request.POST:
        reception.choose_case(request.POST)
    elif request.method == "POST":
        try:
            if reception.is_valid():
                return _go_on(request, *reception.receive())
        except Refusal as refusal:
            reception.person.add_error(None, str(refusal))
        status = 422
    context = {
        "reception": reception,
        "version": version,
        "agency": agency,
        "elsewhere": elsewhere,
        "other_agencies": len(agencies) > 1,
        "cases": [(cases.key(case), case, case == reception.case) for case in reception.cases],
        "fees": reception.fees,
        "reliefs": cases.reliefs(version, Channel.DIRECT),
        "term": version.term(Channel.DIRECT, agency.level),
        "promise": receiving.promise(version, agency, at),
        "at_once": receiving.settled_here(version, reception.case),
        "told": f"{limits.told()}.",
        "accept": limits.accept(),
        "max_bytes": limits.MAX_BYTES,
    }
    return frame.page(request, "counter/reception/receive.html", context, status=status, at=at)


def _go_on(request, dossier: Dossier, apart: str):
    """To the receipt, or to the next dossier of whoever still stands there."""
    if apart:
        messages.warning(request, f"Hồ sơ {dossier.code} đã được tiếp nhận. {apart}")
    if request.POST.get("then") == "more":
        return redirect(_address("receive", after=dossier))
    if request.POST.get("then") == "at_once":
        return redirect("counter:settle_at_once", dossier.code)
    return redirect(_received(dossier))


def _received(dossier: Dossier) -> str:
    """Where the receipt is printed, once."""
    return f"{reverse('counter:received', args=[dossier.code])}?in=1"


def _address(name: str, *args: str, after: Dossier | None) -> str:
    href = reverse(f"counter:{name}", args=args)
    return f"{href}?{urlencode({'cung': after.code})}" if after else href


def _same_visit(request, told, at) -> Dossier | None:
    """The dossier received a moment ago for the same person; one of another day or colleague is said and left aside."""
    code = told.get("cung", "")
    if not code:
        return None
    dossier = dossier_of(request.user, code)
    try:
        together.may_join(dossier, request.user, at)
    except Refusal as refusal:
        messages.warning(request, f"Không tiếp nhận cùng hồ sơ {code} được nữa. {refusal}")
        return None
    return dossier


def _received_here(request, code: str, at):
    """The version in force and who may settle it; a procedure this desk does not receive has no page here."""
    version = (
        ProcedureVersion.objects.valid_on(timezone.localdate(at))
        .select_related("procedure", "agency", "field")
        .prefetch_related("terms", "fees", "reliefs", "components", "processes")
        .filter(procedure__code=code)
        .order_by("-valid_from")
        .first()
    )
    if version is None:
        raise Http404
    agencies = receiving.settling_agencies(version, receiving.counters(request.user), timezone.localdate(at))
    if not agencies and not receiving.at_ministry(version):
        raise Http404
    return version, agencies


def _chosen(request, version: ProcedureVersion, agencies: list[Agency]) -> Agency | None:
    """Who settles it: as the address says; else the desk's own, or the only one there is. None: it is to be chosen."""
    told = request.GET.get("co-quan")
    if told is not None:
        return next((agency for agency in agencies if str(agency.pk) == told), None)
    own = receiving.settling_agency(version, receiving.counters(request.user))
    return own or (agencies[0] if len(agencies) == 1 else None)


@requires(Can.RECEIVE)
@require_safe
def received(request, code: str):
    """The dossier is made: its code, its date, its receipt to print, and the next person."""
    at = timezone.now()
    dossier = opened(request, code, at)
    every = together.all_of(dossier)
    receipt = next((slip for slip in showing.slips_of(dossier) if slip["kind"] == SlipKind.RECEIPT), None)
    if len(every) > 1:
        receipt = {"title": "Giấy hẹn chung", "href": reverse("counter:common_receipt", args=[code])}
    context = {
        "dossier": dossier,
        "every": every,
        "receipt": receipt,
        "print_now": "in" in request.GET,
        "may_add": _may_add(dossier, request.user, at),
        "suspects": duplicates.suspects(dossier, request.user, at),
    }
    return frame.page(request, "counter/reception/received.html", context, at=at)


def _may_add(dossier: Dossier, officer: Person, at) -> bool:
    try:
        together.may_join(dossier, officer, at)
    except Refusal:
        return False
    return True


@requires(Can.SEE_DOSSIERS)
@require_safe
@xframe_options_sameorigin
def common_receipt(request, code: str):
    """The one receipt of all that was received with this dossier; whoever may not see one of them does not see it."""
    dossier = opened(request, code, timezone.now())
    every = together.seen_whole(dossier, request.user)
    if not every:
        raise Http404
    follow = [request.build_absolute_uri(f"{reverse('portal:follow')}?ma={one.code}") for one in every]
    response = HttpResponse(together.pdf(every, follow_addresses=follow), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{every[0].code}-giay-hen-chung.pdf"'
    response["Content-Security-Policy"] = SHOWN_HERE
    response["Cache-Control"] = "private, no-store"
    return response
