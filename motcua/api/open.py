"""What every answer of the API has in common: open to other origins, kept by caches, its faults told as problems (RFC 9457)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import conditional_page

from motcua.accounts.attempts import TooManyRequests, bounded
from motcua.dossiers.lifecycle import NotNow
from motcua.files.storing import StorageFull, StorageUnreachable, TooBig
from motcua.refusal import Refusal

PROBLEM = "application/problem+json"
WORDS = {
    HTTPStatus.NOT_FOUND: "Không có gì ở địa chỉ này.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Địa chỉ này chỉ để đọc; hãy dùng GET.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Tham số không đúng.",
}
View = Callable[..., HttpResponse]


class Fault(NamedTuple):
    """One thing that is wrong with what was sent: where it stands, and how it is put right."""

    where: Sequence[str]
    detail: str


class Wrong(Exception):
    """What was sent does not hold; every fault is named, and nothing was done."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = faults
        super().__init__(*[fault.detail for fault in faults])


# What else than 422 a refusal is in the words of HTTP.
STATUS: dict[type[Refusal], HTTPStatus] = {
    NotNow: HTTPStatus.CONFLICT,
    TooBig: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    StorageFull: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageUnreachable: HTTPStatus.SERVICE_UNAVAILABLE,
}

# What is wrong with the shape of a request, by the checker's own names (pydantic).
SHAPES = {
    "missing": "Thiếu trường này.",
    "extra_forbidden": "Không có trường này; hãy xem lại tên.",
    "string_too_long": "Dài quá {max_length} ký tự.",
    "string_too_short": "Cần ít nhất {min_length} ký tự.",
    "string_pattern_mismatch": "Không đúng dạng: {pattern}",
    "string_type": "Cần một chuỗi ký tự.",
    "string_unicode": "Có ký tự không lưu được.",
    "too_long": "Nhiều quá {max_length} mục.",
    "too_short": "Cần ít nhất {min_length} mục.",
    "literal_error": "Chỉ nhận một trong: {expected}.",
    "enum": "Chỉ nhận một trong: {expected}.",
    "bool_parsing": "Cần true hoặc false.",
    "bool_type": "Cần true hoặc false.",
    "list_type": "Cần một danh sách.",
    "dict_type": "Cần một đối tượng JSON.",
    "model_attributes_type": "Cần một đối tượng JSON.",
    "greater_than_equal": "Ít nhất là {ge}.",
    "less_than_equal": "Nhiều nhất là {le}.",
    "less_than": "Phải nhỏ hơn {lt}.",
}
SHAPES_BY_BEGINNING = {
    "int_": "Cần một số nguyên.",
    "date_": "Cần một ngày dạng YYYY-MM-DD.",
    "datetime_": "Cần một thời điểm dạng 2026-11-25T08:00:00+07:00.",
    "uuid_": "Cần một mã dạng UUID.",
    "url_": "Cần một địa chỉ https đầy đủ.",
}


def problem(status: int, detail: str = "", *, kind: str = "", **more: Any) -> HttpResponse:
    """A fault as a problem: what it is, and what to do; `kind` names it for programs."""
    told = {
        "type": f"urn:motcua:{kind}" if kind else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
    }
    told["detail"] = detail or WORDS.get(HTTPStatus(status), "")
    body = json.dumps(told | more, ensure_ascii=False)
    return HttpResponse(body, status=status, content_type=PROBLEM)


def refused(refusal: Refusal, **more: Any) -> HttpResponse:
    """What the rules refuse, with the sentence a person would read and the refusal's own name."""
    status = next((said for kind, said in STATUS.items() if isinstance(refusal, kind)), HTTPStatus.UNPROCESSABLE_ENTITY)
    kind = re.sub(r"(?<!^)(?=[A-Z])", "-", type(refusal).__name__).lower()
    return problem(status, str(refusal), kind=kind, **more)


def wrong(faults: Sequence[Fault]) -> HttpResponse:
    """What does not hold, each thing at its place."""
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        errors=[{"where": [str(part) for part in one.where], "detail": one.detail} for one in faults],
    )


def shape(fault: Mapping[str, Any]) -> Fault:
    """A fault of shape in Vietnamese."""
    kind, about = fault["type"], fault.get("ctx", {})
    words = SHAPES.get(kind) or next(
        (said for beginning, said in SHAPES_BY_BEGINNING.items() if kind.startswith(beginning)),
        "Giá trị này không nhận được.",
    )
    where = [str(part) for part in fault["loc"]]
    if where[0] == "body":
        del where[1:2]  # how the view calls it
    return Fault(where, words.format_map(about))


def open_to_all(view: View, operations: object = None) -> View:
    """Read from any origin, five minutes in any cache, and only asked again whether it changed."""
    asked = bounded("api")(conditional_page(view))

    @wraps(view)
    def answered(request, *args: Any, **named: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        elif request.method not in ("GET", "HEAD"):
            response = problem(HTTPStatus.METHOD_NOT_ALLOWED)
        else:
            # A HEAD is answered alike; the server leaves the body out.
            method, request.method = request.method, "GET"
            try:
                response = asked(request, *args, **named)
            except TooManyRequests as refusal:
                response = problem(HTTPStatus.TOO_MANY_REQUESTS, str(refusal))
                response["Retry-After"] = str(refusal.seconds)
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
