"""What is answered to whoever tries or reads too often from one address (làm chậm, không chặn hẳn)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from . import puzzles
from .attempts import TooManyRequests


class Slowing:
    """Middleware: what was typed stands hidden on a page that solves a puzzle and sends it on; who reads too fast is told to wait."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        if isinstance(fault, puzzles.Wanted):
            return _puzzle(request, fault.kind)
        if isinstance(fault, TooManyRequests):
            response = render(request, "accounts/too_fast.html", {"told": str(fault)}, status=429)
            response["Retry-After"] = str(fault.seconds)
            return response
        return None


def _puzzle(request: HttpRequest, kind: str) -> HttpResponse:
    puzzle = request.POST.get("puzzle", "")
    if not puzzles.open_still(puzzle, kind):
        puzzle = puzzles.new(kind)
    own = ("csrfmiddlewaretoken", "puzzle", "solution")
    typed = [(name, value) for name in request.POST if name not in own for value in request.POST.getlist(name)]
    shown = {"typed": typed, "puzzle": puzzle, "bits": puzzles.BITS, "left": max(puzzles.left(puzzle), 1)}
    response = render(request, "accounts/puzzle.html", shown, status=429)
    add_never_cache_headers(response)
    return response
