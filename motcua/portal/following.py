"""Which dossiers one may see from outside (tra cứu hồ sơ)."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from motcua.accounts.sessions import begun
from motcua.dossiers.models import Dossier

FOLLOWED = "followed"  # in the signed session: dossiers whose code and second fact were told
MOST_FOLLOWED = 20


def visible(request: HttpRequest) -> QuerySet[Dossier]:
    """The filed dossiers this person may see: of their account, and followed with a second fact."""
    may = Q(pk__in=request.session.get(FOLLOWED, []))
    if request.user.is_authenticated:
        # Who gave a mandate sees what was filed under it.
        may |= Q(account=request.user) | Q(mandate__owner_account=request.user)
    return Dossier.objects.filed().filter(may)


def remember(request: HttpRequest, dossier: Dossier) -> None:
    """Keep the dossier in the session, which ends as that of somebody signed in; the oldest of too many goes."""
    for fact, value in begun(officer=False).items():
        request.session.setdefault(fact, value)
    others = [pk for pk in request.session.get(FOLLOWED, []) if pk != dossier.pk]
    request.session[FOLLOWED] = [dossier.pk, *others][:MOST_FOLLOWED]


def forget(request: HttpRequest) -> None:
    request.session.pop(FOLLOWED, None)
