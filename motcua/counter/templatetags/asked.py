"""The one line of a dossier's page that says what its people wrote and asked."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Count, Q

from motcua.accounts.permissions import Can
from motcua.dossiers.models import Dossier

register = template.Library()


@register.inclusion_tag("counter/asked_line.html", takes_context=True)
def what_people_asked(context: dict[str, Any], dossier: Dossier) -> dict[str, Any]:
    """How many messages there are and how many nobody has read; how many questions wait; one statement."""
    told = Dossier.objects.filter(pk=dossier.pk).aggregate(
        messages=Count("conversation", distinct=True),
        unread=Count("conversation", distinct=True, filter=Q(conversation__unit=None, conversation__read_at=None)),
        questions=Count("reading_questions", distinct=True),
        open=Count("reading_questions", distinct=True, filter=Q(reading_questions__answered_at=None)),
    )
    explains = context["request"].user.may(Can.EXPLAIN_READING)
    return {"dossier": dossier, "explains": explains, **told}
