"""What an agency's system may do at its counter: an assignment of the system's own person, as an officer has one (phân công).

A system acts in the name of nobody who works there: the journal names the system. What is signed for the agency, approving and
stopping, belongs to roles that only persons are given.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from motcua.accounts.models import Assignment, Person
from motcua.accounts.permissions import Role
from motcua.journal.recording import record
from motcua.organisations.models import Unit
from motcua.refusal import Refusal

from .models import Client
from .webhooks import held

# Those whose work is to take in, to pass on and to give out.
ROLES = (Role.RECEPTION_OFFICER, Role.PROCESSING_OFFICER, Role.CLERK)


class NotForSystems(Refusal):
    message = "Vị trí này ký, quyết định thay mặt cơ quan nên chỉ giao cho người, không giao cho hệ thống."


class OtherAgency(Refusal):
    message = "Hệ thống chỉ được giao việc ở bộ phận của cơ quan mình."


class MayNotAct(Refusal):
    message = "Hệ thống này chưa có phạm vi “acts:write”; hãy đăng ký với phạm vi đó trước khi giao việc."


@transaction.atomic
def give(client: Client, unit: Unit, role: Role, *, by: Person | None, at: datetime) -> Assignment:
    """Let the system do at this unit what an officer in this role does there; given twice, it is given once."""
    client = held(client)
    if role not in ROLES:
        raise NotForSystems
    if "acts:write" not in client.allowed:
        raise MayNotAct
    if unit.agency_id != client.agency_id:
        raise OtherAgency
    day = timezone.localdate(at)
    known = Assignment.objects.valid_on(day).filter(person=client.user, unit=unit, role=role).first()
    if known:
        return known
    given = Assignment.objects.create(person=client.user, unit=unit, role=role, valid_from=day)
    record("client.entrusted", about=client, by=by, at=at, unit=unit.pk, role=role.value)
    return given


@transaction.atomic
def end(client: Client, *, by: Person | None, at: datetime) -> int:
    """Take everything back from now on; what the system did stays done. How many assignments ended."""
    client = held(client)
    day = timezone.localdate(at)
    ended = Assignment.objects.valid_on(day).filter(person=client.user)
    # One that began today never was; any other ended with yesterday.
    count = ended.filter(valid_from=day).delete()[0]
    count += ended.update(valid_to=day - timedelta(days=1))
    if count:
        record("client.released", about=client, by=by, at=at)
    return count
