"""The one line of a dossier's page that says what its people wrote and asked."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Count, Q

from motcua.accounts.permissions import Can
from motcua.dossiers.models import Dossier, Message, ReadingQuestion

register = template.Library()


@register.inclusion_tag("counter/asked_line.html", takes_context=True)
def what_people_asked(context: dict[str, Any], dossier: Dossier) -> dict[str, Any]:
    """How many messages there are and how many nobody has read; how many questions wait."""
    told = Message.objects.filter(dossier=dossier).aggregate(
        messages=Count("pk"), unread=Count("pk", filter=Q(unit=None, read_at=None))
    )
    asked = ReadingQuestion.objects.filter(dossier=dossier).aggregate(
        questions=Count("pk"), open=Count("pk", filter=Q(answered_at=None))
    )
    explains = context["request"].user.may(Can.EXPLAIN_READING)
    return {"dossier": dossier, "explains": explains, **told, **asked}
