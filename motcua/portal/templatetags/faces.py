"""Which face the portal shows today, for the pages of a draft."""

from __future__ import annotations

from django import template
from django.utils import timezone

from .. import faces

register = template.Library()


@register.simple_tag
def filed_elsewhere() -> faces.Elsewhere | None:
    """Where online filings go today, when not here."""
    return faces.elsewhere(timezone.localdate())
