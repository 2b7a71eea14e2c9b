"""What every answer of the API has in common: open to other origins, kept by caches, its faults told as problems (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import conditional_page

PROBLEM = "application/problem+json"
WORDS = {
    HTTPStatus.NOT_FOUND: "Không có gì ở địa chỉ này.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Địa chỉ này chỉ để đọc; hãy dùng GET.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Tham số không đúng.",
}
View = Callable[..., HttpResponse]


def problem(status: int, detail: str = "", **more: Any) -> HttpResponse:
    """A fault as a problem: what it is, and what to do."""
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status)}
    told["detail"] = detail or WORDS.get(HTTPStatus(status), "")
    body = json.dumps(told | more, ensure_ascii=False)
    return HttpResponse(body, status=status, content_type=PROBLEM)


def open_to_all(view: View, operations: object = None) -> View:
    """Read from any origin, five minutes in any cache, and only asked again whether it changed."""
    asked = conditional_page(view)

    @wraps(view)
    def answered(request, *args: Any, **named: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        elif request.method not in ("GET", "HEAD"):
            response = problem(HTTPStatus.METHOD_NOT_ALLOWED)
        else:
            # A HEAD is answered alike; the server leaves the body out.
            method, request.method = request.method, "GET"
            response = asked(request, *args, **named)
            request.method = method
            if response.status_code in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
                patch_cache_control(response, public=True, max_age=300)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Last-Modified"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.method not in ("GET", "HEAD"):
            response["Allow"] = response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
            response["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
        return response

    return answered
