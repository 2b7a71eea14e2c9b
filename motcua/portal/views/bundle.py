"""Several dossiers that were filed together, as their owner sees them (hồ sơ liên thông)."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from motcua.accounts.permissions import public
from motcua.dossiers import bundles
from motcua.dossiers.models import Bundle, State

from ..following import visible
from .following import WAITING, _late, _told, _turn, _until, answer_dates


@public
@require_safe
def bundle(request, public_id):
    """Each child with its state, due date and whose turn it is, and one story; whoever may see one child sees them all: they are one person's."""
    one = get_object_or_404(Bundle.objects.select_related("agency"), public_id=public_id)
    if not visible(request).filter(bundle=one).exists():
        raise Http404
    now = timezone.now()
    children = [child.dossier for child in bundles.children(one)]
    asked = answer_dates(children)
    opened = set(visible(request).filter(bundle=one).values_list("pk", flat=True))
    context = {
        "bundle": one,
        "children": [
            {
                "dossier": dossier,
                "state": _(dossier.get_state_display()),
                "late": _late(dossier, now),
                "turn": _turn(dossier),
                "to_do": dossier.state in (*WAITING, State.AWAITING_PAYMENT),
                "until": _until(dossier, asked.get(dossier.pk)),
                "opens": dossier.pk in opened,
            }
            for dossier in children
        ],
        "lines": [
            {**_told(told.line), "procedure": told.dossier.procedure_name} for told in bundles.lines(children)[::-1]
        ],
    }
    return render(request, "portal/bundle.html", context)
