"""What browsers are told with every answer besides Django's own headers and the content policy."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# The camera reads the code of a card at the desk and on the portal; nothing here asks for more of a device.
DEVICE = "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), serial=(), bluetooth=(), midi=(), display-capture=()"


def device_and_embedding(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what pages may use of a device, and that only our own pages embed what we send (the open API says otherwise)."""

    def answer_with_both(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.headers.setdefault("Permissions-Policy", DEVICE)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return answer_with_both
