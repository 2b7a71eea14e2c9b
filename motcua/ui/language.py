"""Pages are in Vietnamese until somebody chooses another language (tiếng Việt trước)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


def chosen_language(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the language button's cookie decides; many phones here speak English though their owners do not."""
    known = dict(settings.LANGUAGES)

    def answer_in_it(request: HttpRequest) -> HttpResponse:
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = language if language in known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = answer(request)
            response.headers.setdefault("Content-Language", language)
        return response

    return answer_in_it


def in_vietnamese(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The officers' pages speak Vietnamese whatever language the browser asks for."""

    @wraps(view)
    def spoken(*args, **kwargs):
        with translation.override("vi"):
            response = view(*args, **kwargs)
        response.headers.setdefault("Content-Language", "vi")
        return response

    return spoken
