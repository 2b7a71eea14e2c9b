"""The door of the other systems: who asks, whether they may, and how often (OAuth 2, RFC 6749, RFC 6750)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import conditional_page
from ninja.operation import Operation
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.www_authenticate import build_bearer_challenge
from oauthlib.common import Request

from motcua.files import limits as limits_of_files

from . import idempotency, limits
from .open import problem
from .scopes import scoped

View = Callable[..., HttpResponse]

NO_KEY = "Hãy lấy khóa truy cập ở địa chỉ cấp khóa rồi gửi kèm: Authorization: Bearer <khóa>."
WRONG_KEY = "Khóa truy cập không đúng, đã hết hạn hoặc đã bị thu hồi; hãy lấy khóa mới."
TOO_OFTEN = "Hệ thống của bạn gọi quá nhiều lần trong một phút; hãy chờ {seconds} giây rồi gọi lại."


def scope_of(operation: Operation) -> str:
    """What an operation for clients asks for."""
    return next(one.scope for one in operation.auth_callbacks if isinstance(one, scoped))


def for_clients(view: View, operations: Mapping[str, Operation]) -> View:
    """Let in who has a key with the scope of the operation, as often as was agreed; `request.client` is who asks."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        operation = operations.get(request.method or "")
        if operation is None:
            response = problem(HTTPStatus.METHOD_NOT_ALLOWED, f"Địa chỉ này nhận {', '.join(operations)}.")
            response["Allow"] = ", ".join(operations)
            return response
        key = bearer(request)
        asked = Request(request.build_absolute_uri(), request.method)
        if not key or not OAuth2Validator().validate_bearer_token(key, [], asked):
            return unknown(request, key)
        request.client, request.scopes = asked.client, asked.scopes  # type: ignore[attr-defined]
        allowance = limits.count(asked.client, timezone.now())
        if allowance.exceeded:
            words = TOO_OFTEN.format(seconds=allowance.seconds)
            response = problem(HTTPStatus.TOO_MANY_REQUESTS, words)
        elif (scope := scope_of(operation)) not in asked.scopes:
            response = out_of_scope(request, scope)
        else:
            response = let_in(view, operation, request, *args, **named)
        allowance.tell(response)
        patch_vary_headers(response, ["Authorization"])
        if "Cache-Control" not in response:
            patch_cache_control(response, private=True, no_cache=True)
        return response

    return entered


def let_in(view: View, operation: Operation, request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
    """What is sent is read as what it is said to be, up to the size that is taken; a POST is done once for its key."""
    sent = content_type(operation)
    if sent and request.content_type != sent:
        return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Hãy gửi nội dung dạng {sent}.")
    most = limits_of_files.MAX_BYTES + ROOM if sent == FORM else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if int(request.META.get("CONTENT_LENGTH") or 0) > most:
        words = f"Nội dung gửi lên quá lớn; mỗi lần được tối đa {limits_of_files.in_words(most)}."
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, words)
    try:
        if request.method == "POST":
            return idempotency.once(view, request, request.client, *args, **named)  # type: ignore[attr-defined]
        return conditional_page(view)(request, *args, **named)
    except (SuspiciousOperation, BadRequest, MultiPartParserError):
        return problem(HTTPStatus.BAD_REQUEST, "Không đọc được nội dung gửi lên; hãy kiểm tra lại cách gửi.")


FORM, JSON = "multipart/form-data", "application/json"
ROOM = 64 * 1024  # what a form takes around its file


def content_type(operation: Operation) -> str:
    """How an operation is sent what it needs, where it needs anything."""
    sources = {model.__ninja_param_source__ for model in operation.models}
    return FORM if "file" in sources else JSON if "body" in sources else ""


def bearer(request: HttpRequest) -> str:
    """The key that was sent, in the header and nowhere else (RFC 9700 §4.3.2)."""
    kind, _space, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


def unknown(request: HttpRequest, key: str) -> HttpResponse:
    response = problem(HTTPStatus.UNAUTHORIZED, WRONG_KEY if key else NO_KEY)
    response["WWW-Authenticate"] = _challenge(request, {"error": "invalid_token"} if key else {})
    return response


def out_of_scope(request: HttpRequest, scope: str) -> HttpResponse:
    response = problem(HTTPStatus.FORBIDDEN, f"Khóa truy cập này không có phạm vi “{scope}”.")
    response["WWW-Authenticate"] = _challenge(request, {"error": "insufficient_scope", "scope": scope})
    return response


def _challenge(request: HttpRequest, fault: dict[str, str]) -> str:
    return build_bearer_challenge(request, fault, realm="motcua", resource_metadata_url=None)
