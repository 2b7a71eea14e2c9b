"""How often one may be wrong before one has to wait (giới hạn số lần thử).

The counting is allauth's, over the cache all processes share; ours is only that nothing is written before a failure. Looking
first and counting afterwards lets as many guesses through at once as there are worker processes, not more.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import wraps
from math import ceil

from allauth.core.internal.ratelimit import Rate, apply_rate, consume, get_cache_key, get_ip, get_rates
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext

from motcua.refusal import Refusal

from . import puzzles

# Wrong passwords are counted by account and address together: nobody can lock another person out from elsewhere. A second
# factor is asked of those only who know the password, so there the account alone counts. A whole office may share an address.
LIMITS = {
    "password": "5/5m/key,60/10m/ip",
    "second_factor": "5/5m/key,50/d/key",
    "passkey": "30/10m/ip",
    "registration": "20/h/ip",
    # Following a dossier by its code: the key is the code, so that many addresses together cannot try all endings of a number.
    "following": "10/h/ip,30/h/key",
    # Telling that a search did not help: every time counts.
    "feedback": "30/h/ip",
    # A code sent to a phone or a mailbox: every one counts, for it costs money and whoever did not ask for it is disturbed.
    "code_sent": "3/15m/key,10/d/key,30/h/ip",
    "code": "5/15m/key,60/h/ip",
    # The secret of another system (api/): by its name and address together, so that nobody shuts it out from elsewhere.
    "client_secret": "10/5m/key,60/10m/ip",
}
# From how many counted tries of one address on each further one costs a small sum of the machine (puzzles.py).
PUZZLED = {"password": 15, "registration": 3, "following": 5, "code_sent": 3, "code": 10}
# Pages that only read: far above what a whole office reads; of what is read by the hundred one in ten is written down.
READ = {
    "search": "600/10m/ip",
    "places": "1200/10m/ip",
    "posters": "120/10m/ip",
    "catalogue": "20/h/ip",
    "api": "3000/10m/ip",
    "shared": "120/10m/ip",
}
EACH = 10


class TooManyAttempts(Refusal):
    """Says how long to wait; the right answer waits as well."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            gettext("Đã có nhiều lần nhập sai, nên vì an toàn hãy chờ %(wait)s rồi thử lại.")
            % {"wait": in_words(seconds)}
        )


class TooManyRequests(Refusal):
    """One address reads faster than people do."""

    def __init__(self, seconds: float) -> None:
        self.seconds = ceil(seconds)
        super().__init__(
            gettext("Mạng bạn đang dùng vừa mở quá nhiều trang. Hãy chờ %(wait)s rồi thử lại.")
            % {"wait": in_words(seconds)}
        )


def in_words(seconds: float) -> str:
    minutes = max(1, ceil(seconds / 60))
    if minutes <= 90:
        return ngettext("%(n)s phút", "%(n)s phút", minutes) % {"n": minutes}
    return ngettext("%(n)s giờ", "%(n)s giờ", ceil(minutes / 60)) % {"n": ceil(minutes / 60)}


class Attempt:
    """One try, of a kind named in LIMITS, by whoever `key` names; refused when there were too many failures before."""

    def __init__(self, request: HttpRequest, kind: str, key: str = "") -> None:
        self.request, self.kind, self.key = request, kind, key
        self.places = {self._place(rate): rate for rate in get_rates(app="", action=kind, config=LIMITS)}
        self.failures: dict[str, list[float]] = cache.get_many(self.places)
        now = time.time()
        waits = [
            history[-1] + rate.duration - now
            for place, rate in self.places.items()
            if (history := list(self.failures.get(place, []))) and not apply_rate(history, now, rate, dry_run=True)[0]
        ]
        if waits:
            raise TooManyAttempts(max(waits))
        here = sum(len(history) for place, history in self.failures.items() if self.places[place].per == "ip")
        if here >= PUZZLED.get(kind, here + 1) and not puzzles.paid(request, kind):
            raise puzzles.Wanted(kind)

    def failed(self) -> None:
        consume(self.request, app="motcua", action=self.kind, config=LIMITS, key=self.key)

    def succeeded(self) -> None:
        """Forget this key's failures, if there were any; those of the address stay."""
        known = [place for place, rate in self.places.items() if rate.per == "key" and place in self.failures]
        if known:
            cache.delete_many(known)

    def _place(self, rate: Rate) -> str:
        return get_cache_key(self.request, app="motcua", action=self.kind, rate=rate, key=self.key)


def bounded(kind: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page that only reads, read without end from one address, asks to wait (slowing.py answers it)."""
    (most,) = get_rates(app="", action=kind, config=READ)
    each = EACH if most.amount >= 100 else 1
    rate = Rate(most.amount // each, most.duration, most.per)

    def bound(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def counted(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
            place = get_cache_key(request, app="motcua", action=kind, rate=rate)
            allowed, history = apply_rate(cache.get(place, []), time.time(), rate)
            if not allowed:
                raise TooManyRequests(history[-1] + rate.duration - time.time())
            if one_in(each):
                cache.set(place, history, rate.duration)
            return view(request, *args, **named)

        return counted

    return bound


def one_in(many: int) -> bool:
    return random.randrange(many) == 0


def from_here(request: HttpRequest, account: str) -> str:
    """The key of one account tried from one address."""
    return f"{get_ip(request)} {account}"
