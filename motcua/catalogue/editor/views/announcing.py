"""What is due to be announced and made public, and what was late (hạn công bố, công khai)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.views.decorators.http import require_safe

from motcua.accounts.permissions import Can, requires
from motcua.catalogue import completeness, drafts
from motcua.catalogue.announcing import Kept, deadlines, deadlines_of
from motcua.catalogue.models import Draft, ProcedureVersion
from motcua.worktime.calendar import national_calendar

from ..frame import page
from ..parts import of_own_agencies

MOST = 200


@requires(Can.EDIT_CATALOGUE)
@require_safe
def announced(request):
    """Deadlines of open drafts, the nearest first; how the versions of this year kept theirs; how many tell all seven parts."""
    today, calendar = timezone.localdate(), national_calendar()
    coming = []
    for draft in Draft.objects.edited_by(request.user).open().order_by("-pk")[:MOST]:
        told = drafts.told_in(draft)
        for deadline in deadlines(
            calendar, basis_effective_on=told.basis_effective_on, decided_on=told.decided_on, public_on=None
        ):
            if deadline.met is None:
                coming.append({"draft": draft, "name": told.name, "deadline": deadline})
    for row in coming:
        row["kept"] = row["deadline"].kept(today, calendar)
    coming.sort(key=lambda row: row["deadline"].due)
    own = ProcedureVersion.objects.filter(of_own_agencies(request.user))
    done: list[dict[str, Any]] = []
    published = own.filter(published_at__year=today.year).select_related("procedure").defer("sequence", "search_vector")
    for version in published.order_by("-published_at")[:MOST]:
        met = [(one, one.kept(today, calendar)) for one in deadlines_of(version, calendar)]
        done.append({"version": version, "met": met, "late": any(kept == Kept.LATE for _, kept in met)})
    in_force = own.valid_on(today)
    context = {
        "coming": coming,
        "done": done,
        "late": sum(row["late"] for row in done),
        "in_force": in_force.count(),
        "incomplete": completeness.incomplete(in_force).count(),
        "year": today.year,
    }
    return page(request, "catalogue/announced.html", context, current="announced")
