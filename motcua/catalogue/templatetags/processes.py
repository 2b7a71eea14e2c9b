"""How steps and variants of a process are worded on a page (cách ghi bước, trường hợp)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from motcua.catalogue.models import Channel
from motcua.catalogue.processes import drawing

register = template.Library()
register.filter("step_lane", drawing.lane_of)
register.filter("step_actor", drawing.actor_of)
register.filter("step_time", drawing.time_of)


@register.simple_tag
def variant(process: Any) -> str:
    """For which case and channel: "Có xác minh, trực tuyến", "mọi trường hợp"."""
    parts = [process.case] if process.case else []
    if process.channel:
        parts.append(Channel(process.channel).label.lower() if parts else Channel(process.channel).label)
    return ", ".join(parts) or "mọi trường hợp"


@register.filter
def name_of(names: Mapping[str, str], code: str) -> str:
    return names.get(code, "")
