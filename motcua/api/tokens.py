"""Where a client gets its key: the client credentials grant of OAuth 2, and nothing else of it (RFC 6749 §4.4)."""

from __future__ import annotations

import base64
import binascii
from http import HTTPStatus
from urllib.parse import unquote_plus

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from oauth2_provider.oauth2_backends import get_oauthlib_core

from motcua.accounts.attempts import Attempt, TooManyAttempts, from_here
from motcua.accounts.permissions import public

from .open import problem

FORM = "application/x-www-form-urlencoded"
WAIT = 300  # seconds: as long as failures with one secret are remembered (attempts.LIMITS)


@csrf_exempt
@public
@sensitive_post_parameters("client_secret")
@sensitive_variables("body")
def token(request: HttpRequest) -> HttpResponse:
    """Take the identifier and the secret, give a key for an hour; whoever guesses is soon asked to wait."""
    if request.method != "POST":
        response = problem(HTTPStatus.METHOD_NOT_ALLOWED, "Hãy gửi yêu cầu cấp khóa bằng POST.")
        response["Allow"] = "POST"
        return response
    if request.content_type != FORM:
        return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Hãy gửi yêu cầu cấp khóa dạng {FORM}.")
    try:
        attempt = Attempt(request, "client_secret", from_here(request, _name(request)))
    except TooManyAttempts as refusal:
        response = problem(HTTPStatus.TOO_MANY_REQUESTS, str(refusal))
        response["Retry-After"] = str(WAIT)
        return response
    except SuspiciousOperation:
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Yêu cầu cấp khóa dài quá mức.")
    _uri, headers, body, status = get_oauthlib_core().create_token_response(request)
    if status == HTTPStatus.UNAUTHORIZED:
        attempt.failed()
    response = HttpResponse(body, status=status)
    for name, value in headers.items():
        response[name] = value
    return response


def _name(request: HttpRequest) -> str:
    """Which client says it asks: in the header, or in the form."""
    in_form = request.POST.get("client_id", "")
    kind, _space, told = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return in_form[:100]
    try:
        decoded = base64.b64decode(told).decode()
    except (binascii.Error, ValueError):
        return ""
    return unquote_plus(decoded.partition(":")[0])[:100]
