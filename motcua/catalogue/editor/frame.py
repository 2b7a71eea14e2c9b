"""What stands around every page of the catalogue's keepers (khung trang soạn thảo danh mục)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

# The chapters of the work, as they stand beside every page: the name of the address, and the words.
CHAPTERS = (
    ("home", "Thủ tục"),
    ("drafts", "Bản dự thảo"),
    ("processes", "Quy trình"),
    ("announced", "Hạn công bố"),
    ("synonyms", "Từ đồng nghĩa"),
    ("feedback", "Ý kiến tra cứu"),
    ("files", "Nhập, xuất"),
)


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, current: str = "", status: int = 200
) -> HttpResponse:
    """A page with its frame; `current` names the chapter one is in."""
    nav = [
        {"label": label, "href": reverse(f"catalogue:{name}"), "count": None, "current": name == current}
        for name, label in CHAPTERS
    ]
    return render(request, template, {"nav_items": nav, "desk": "Danh mục thủ tục", **context}, status=status)
