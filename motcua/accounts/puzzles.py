"""A small sum instead of a picture riddle: who tries often from one address pays for each further try (bài toán nhỏ thay cho mã hình).

The browser looks for a number whose hash with the puzzle begins with enough zeros; a person notices a few seconds, a machine that
tries a million times notices. Without scripts one waits instead, one person at a time from one address. The puzzle is signed and
carries its time, so the server keeps nothing of it until it is spent, and then only for as long as it would be good.
"""

from __future__ import annotations

import time
from hashlib import sha256
from secrets import token_urlsafe

from allauth.core.internal.ratelimit import get_ip
from django.core.cache import cache
from django.core.signing import BadSignature, TimestampSigner, b62_decode
from django.http import HttpRequest

SIGNER = TimestampSigner(salt="motcua.puzzle")
BITS = 17  # 131,072 hashes on average: 0.6 s in a browser, 4 s on a processor six times slower
HOLDS = 15 * 60
WAIT = 30


class Wanted(Exception):
    """A puzzle before this try; no refusal of a step, so no view answers it, but slowing.py."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def new(kind: str) -> str:
    return SIGNER.sign(f"{kind}.{token_urlsafe(9)}")


def paid(request: HttpRequest, kind: str) -> bool:
    """Whether this try brings a puzzle of this door that was solved or waited for, and not brought before."""
    puzzle = request.POST.get("puzzle", "")
    if not _holds(puzzle, kind):
        return False
    if not solved(puzzle, request.POST.get("solution", "")) and not _waited(request, puzzle):
        return False
    return cache.add(_spent(puzzle), True, HOLDS)


def solved(puzzle: str, solution: str) -> bool:
    if not (solution.isascii() and solution.isdigit() and len(solution) <= 12):
        return False
    return int.from_bytes(sha256(f"{puzzle}:{solution}".encode()).digest()[:4], "big") >> (32 - BITS) == 0


def _waited(request: HttpRequest, puzzle: str) -> bool:
    return left(puzzle) <= 0 and cache.add(f"puzzle-waited:{get_ip(request)}", True, WAIT)


def left(puzzle: str) -> int:
    """The seconds one still waits without a solution."""
    return round(b62_decode(puzzle.rsplit(":", 2)[1]) + WAIT - time.time())


def open_still(puzzle: str, kind: str) -> bool:
    """A puzzle of this door that was not spent: who pressed too early goes on waiting for the same."""
    return _holds(puzzle, kind) and not cache.get(_spent(puzzle))


def _holds(puzzle: str, kind: str) -> bool:
    try:
        return SIGNER.unsign(puzzle, max_age=HOLDS).partition(".")[0] == kind
    except BadSignature:
        return False


def _spent(puzzle: str) -> str:
    return f"puzzle-spent:{puzzle}"
