"""Telling each client what became of the dossiers it may see, every line once and in an order that is final (diễn biến).

Transactions end in another order than they began, so neither the number nor the moment of a journal line says what a reader has
already been past. Each client therefore has its own numbering, given after the step has ended, by one teller at a time: whoever
tells holds the client's row until its lines are there to be seen. A number can be read only when all before it can be read too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction

from motcua.dossiers.lifecycle import PORTAL_CODE
from motcua.dossiers.models import State
from motcua.journal.models import Entry

from . import webhooks
from .following import visible
from .models import Client, Event, Feed

# Who may hear of dossiers at all.
HEARING = ["events:read", "webhooks:manage"]

# Where a dossier is after each line; nothing where the line leaves it where it was. Listeners.tell hears of exactly these: not
# of drafts, which nobody has filed, nor of what people and officers write to each other.
LEADS_TO: dict[str, State | None] = {
    "dossier.submitted": State.SUBMITTED,
    "dossier.bundled": None,
    "dossier.acted_for": None,
    "dossier.accepted": State.ACCEPTED,
    "dossier.refused": State.REFUSED,
    "dossier.supplement_requested": State.AWAITING_APPLICANT,
    "dossier.supplement_answered": State.IN_PROGRESS,
    "dossier.supplement_allowed_again": None,
    "dossier.handed_to_agency": State.IN_PROGRESS,
    "dossier.step_done": None,
    "dossier.step_returned": None,
    "dossier.step_taken": None,
    "dossier.step_assigned": None,
    "dossier.step_given_back": None,
    "dossier.recalled": None,
    "dossier.papers_posted": None,
    "dossier.papers_arrived": None,
    "dossier.result_posted": None,
    "dossier.result_came_back": None,
    "dossier.transferred": None,
    "dossier.sent_elsewhere": None,
    "dossier.opinion_asked": None,
    "dossier.opinion_given": None,
    "dossier.opinion_waived": None,
    "dossier.payment_requested": State.AWAITING_PAYMENT,
    "dossier.payment_settled": State.IN_PROGRESS,
    "dossier.approved": None,
    "dossier.finished": State.READY,
    "dossier.corrected": State.IN_PROGRESS,
    "dossier.returned": State.RETURNED,
    "dossier.withdrawn": State.WITHDRAWN,
    "dossier.stopped": State.STOPPED,
    "dossier.apology_drafted": None,
    "dossier.apology_written": None,
    "dossier.apologised": None,
    "dossier.due_date_moved": None,
    "dossier.due_soon": None,
    "dossier.overdue": None,
    "dossier.reception_overdue": None,
    "dossier.opinion_overdue": None,
    "dossier.applicant_silent": None,
    "dossier.nothing_moved": None,
    "dossier.step_overdue": None,
    "dossier.apology_unsigned": None,
    "dossier.renewed_date_moved": None,
}
BACK = ("dossier.supplement_answered", "dossier.payment_settled")
AT_WORK = (State.ACCEPTED, State.IN_PROGRESS)


def states(events: Iterable[str]) -> Iterator[State]:
    """The state of a dossier after each line of its journal, read from the first line on."""
    state, worked_in = State.DRAFT, State.ACCEPTED
    for event in events:
        to = LEADS_TO.get(event)
        if event == "dossier.supplement_requested" and state == State.SUBMITTED:
            to = State.AWAITING_COMPLETION
        elif event in BACK:
            to = State.SUBMITTED if state == State.AWAITING_COMPLETION else worked_in
        state = to or state
        if state in AT_WORK:
            worked_in = state
        yield state


def tell(entry: Entry, *, at: datetime) -> None:
    """Tell everybody who may see the dossier what its journal says up to this line, as far as they do not know it yet."""
    dossier = int(entry.subject.removeprefix("dossier:"))
    story: list[tuple[Entry, State]] = []
    for client in Client.objects.filter(allowed__overlap=HEARING).order_by("pk"):
        if visible(client, client.allowed).filter(pk=dossier).exists():
            story = story or _story(entry)
            _tell(client, dossier, story, at)


def _story(entry: Entry) -> list[tuple[Entry, State]]:
    """What has happened to the dossier up to this line, with the state each line left it in."""
    lines = list(Entry.objects.filter(subject=entry.subject, number__lte=entry.number).order_by("number"))
    after = states(line.event for line in lines)
    return [(line, state) for line, state in zip(lines, after, strict=True) if line.event in LEADS_TO]


@transaction.atomic
def _tell(client: Client, dossier: int, story: list[tuple[Entry, State]], at: datetime) -> None:
    Feed.objects.bulk_create([Feed(client=client)], ignore_conflicts=True)
    feed = Feed.objects.select_for_update().get(pk=client.pk)
    told = Event.objects.filter(dossier=dossier, client=client).order_by("-number")
    known = told.values_list("entry__number", flat=True).first() or 0
    news = [(line, state) for line, state in story if line.number > known]
    if not news:
        return
    events = Event.objects.bulk_create(
        Event(client=client, number=feed.last + nth, entry=line, dossier_id=dossier, state=state)
        for nth, (line, state) in enumerate(news, start=1)
    )
    feed.last += len(events)
    feed.save(update_fields=["last"])
    webhooks.owe(client, events, at=at)


def since(client: Client, scopes: list[str], number: int, *, limit: int) -> list[tuple[Event, str | None]]:
    """What the client was told after that place, with the dossier's code; no code where it may no longer see the dossier."""
    read = Event.objects.filter(client=client, number__gt=number).select_related("entry").order_by("number")
    events = list(read[:limit])
    seen = visible(client, scopes).filter(pk__in={event.dossier_id for event in events})
    codes = dict(seen.values_list("pk", "code"))
    return [(event, codes.get(event.dossier_id)) for event in events]


def told(event: Event, code: str) -> dict[str, object]:
    """An event as other systems read it: codes and no names."""
    return {
        "sequence": event.number,
        "event": event.entry.event,
        "dossier": code,
        "state": event.state,
        "portal_state": PORTAL_CODE[State(event.state)],
        "at": event.entry.at,
    }
