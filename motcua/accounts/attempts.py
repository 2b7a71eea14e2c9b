"""How often one may be wrong before one has to wait (giới hạn số lần thử).

The counting is allauth's, over the cache all processes share; ours is only that nothing is written before a failure. Looking
first and counting afterwards lets as many guesses through at once as there are worker processes, not more.
"""

from __future__ import annotations

import time
from math import ceil

from allauth.core.internal.ratelimit import Rate, apply_rate, consume, get_cache_key, get_ip, get_rates
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from motcua.refusal import Refusal

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
}


class TooManyAttempts(Refusal):
    """Says how long to wait; the right answer waits as well."""

    def __init__(self, seconds: float) -> None:
        minutes = max(1, ceil(seconds / 60))
        if minutes <= 90:
            wait = ngettext("%(n)s phút", "%(n)s phút", minutes) % {"n": minutes}
        else:
            wait = ngettext("%(n)s giờ", "%(n)s giờ", ceil(minutes / 60)) % {"n": ceil(minutes / 60)}
        super().__init__(
            gettext("Đã có nhiều lần nhập sai, nên vì an toàn hãy chờ %(wait)s rồi thử lại.") % {"wait": wait}
        )


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

    def failed(self) -> None:
        consume(self.request, app="motcua", action=self.kind, config=LIMITS, key=self.key)

    def succeeded(self) -> None:
        """Forget this key's failures, if there were any; those of the address stay."""
        known = [place for place, rate in self.places.items() if rate.per == "key" and place in self.failures]
        if known:
            cache.delete_many(known)

    def _place(self, rate: Rate) -> str:
        return get_cache_key(self.request, app="motcua", action=self.kind, rate=rate, key=self.key)


def from_here(request: HttpRequest, account: str) -> str:
    """The key of one account tried from one address."""
    return f"{get_ip(request)} {account}"
