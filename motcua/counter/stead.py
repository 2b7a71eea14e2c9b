"""Which work of a list one does in somebody's stead (việc làm thay)."""

from __future__ import annotations

from collections.abc import Sequence

from motcua.accounts.models import Person
from motcua.dossiers.models import StepInterval

from .worklists import Row


def instead_of(officer: Person, rows: Sequence[Row]) -> dict[int, str]:
    """For whom the officer would do each of these dossiers' running steps; nothing asked of who stands in for nobody."""
    if not officer.stands_in_for or not rows:
        return {}
    own = {(duty.unit, duty.role) for duty in officer.duties if duty.instead_of is None}
    lent = {(duty.unit, duty.role): duty.instead_of for duty in officer.duties if duty.instead_of is not None}
    running = StepInterval.objects.filter(dossier__in=[row.pk for row in rows], ended_at=None)
    places = running.order_by("step__position").values_list("dossier", "unit", "step__role")
    names = dict(Person.objects.filter(pk__in=officer.stands_in_for).values_list("pk", "full_name"))
    stead: dict[int, str] = {}
    for dossier, unit, role in places:
        whom = lent.get((unit, role))
        if whom is not None and (unit, role) not in own:
            stead.setdefault(dossier, names[whom])
    return stead
