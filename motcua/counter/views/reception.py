"""Receiving a person at the counter (tiếp nhận trực tiếp)."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from motcua.accounts.permissions import Can, requires
from motcua.catalogue import cases
from motcua.catalogue import forms as told
from motcua.catalogue.models import Channel, ProcedureVersion
from motcua.dossiers.models import SlipKind
from motcua.files import limits
from motcua.refusal import Refusal

from .. import frame, receiving, showing
from ..opening import opened
from ..receiving import Reception


@requires(Can.RECEIVE)
@require_safe
def choose(request):
    """Find the procedure the person came for among those this desk receives."""
    text, today = request.GET.get("tim", "").strip()[:200], timezone.localdate()
    at_counters = receiving.counters(request.user)
    found = receiving.find(text, at_counters, day=today) if text else []
    often = [] if text else receiving.often(request.user, day=today)
    rows = [
        {"version": version, "agency": agency}
        for version in found or often
        if (agency := receiving.settling_agency(version, at_counters)) or receiving.at_ministry(version)
    ]
    if len(found) == 1 and found[0].why == "code":
        return redirect("counter:receive_person", found[0].code)
    context = {"text": text, "rows": rows}
    return frame.page(request, "counter/reception/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Can.RECEIVE)
def receive(request, procedure: str):
    """One page from the card to the receipt; what was typed and scanned stays until the dossier is made."""
    at = timezone.now()
    version, agency = _received_here(request, procedure)
    sent = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    if receiving.at_ministry(version):
        return frame.page(request, "counter/reception/elsewhere.html", {"version": version}, at=at)
    reception = Reception(version, agency, request.user, at=at, **sent)
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
                return redirect(f"{reverse('counter:received', args=[reception.receive().code])}?in=1")
        except Refusal as refusal:
            reception.person.add_error(None, str(refusal))
        status = 422
    context = {
        "reception": reception,
        "version": version,
        "agency": agency,
        "cases": [(cases.key(case), case, case == reception.case) for case in reception.cases],
        "fees": cases.fees(version, case=reception.case, channel=Channel.DIRECT),
        "reliefs": cases.reliefs(version, Channel.DIRECT),
        "term": version.term(Channel.DIRECT, agency.level),
        "promise": receiving.promise(version, agency, at),
        "told": f"{limits.told()}.",
        "accept": limits.accept(),
        "max_bytes": limits.MAX_BYTES,
    }
    return frame.page(request, "counter/reception/receive.html", context, status=status, at=at)


def _received_here(request, code: str):
    """The version in force and who settles it; a procedure this desk does not receive has no page here."""
    version = (
        ProcedureVersion.objects.valid_on(timezone.localdate())
        .select_related("procedure", "agency", "field")
        .prefetch_related("terms", "fees", "reliefs", "components", "processes")
        .filter(procedure__code=code)
        .order_by("-valid_from")
        .first()
    )
    agency = receiving.settling_agency(version, receiving.counters(request.user)) if version else None
    if agency is None and not (version and receiving.at_ministry(version)):
        raise Http404
    return version, agency


@requires(Can.RECEIVE)
@require_safe
def received(request, code: str):
    """The dossier is made: its code, its date, its receipt to print, and the next person."""
    at = timezone.now()
    dossier = opened(request, code, at)
    receipt = next((slip for slip in showing.slips_of(dossier) if slip["kind"] == SlipKind.RECEIPT), None)
    context = {"dossier": dossier, "receipt": receipt, "print_now": "in" in request.GET}
    return frame.page(request, "counter/reception/received.html", context, at=at)
