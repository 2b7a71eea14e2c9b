"""The description of the API for programs (OpenAPI), with what ninja leaves out: faults, scopes, the key of a POST."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI
from ninja.operation import Operation

from .door import content_type
from .idempotency import HEADER
from .open import PROBLEM
from .scopes import scoped

PREFIX = "/api/v1/"
ABOUT = """Danh mục thủ tục công khai, chỉ đọc, không cần khóa: dùng lại tự do, xin ghi nguồn và ngày lấy dữ liệu.

Nộp và theo dõi hồ sơ, việc tại quầy, diễn biến và tin báo dành cho hệ thống đã đăng ký (OAuth 2, client credentials).
Mọi lời từ chối là một problem (RFC 9457); mỗi POST kèm Idempotency-Key của riêng nó."""

WORDS = {
    400: "Không đọc được nội dung gửi lên, hoặc thiếu Idempotency-Key",
    401: "Thiếu khóa truy cập, hoặc khóa không còn dùng được",
    403: "Khóa không có phạm vi này, hoặc việc này không thuộc quyền",
    404: "Không có, hoặc không phải của bạn",
    409: "Hồ sơ không còn ở trạng thái làm được việc này, hoặc yêu cầu đang được thực hiện",
    413: "Nội dung gửi lên quá lớn",
    415: "Nội dung không đúng dạng",
    422: "Nội dung chưa đúng, hoặc quy định không cho phép; chưa có gì được ghi nhận",
    429: "Gọi quá nhiều lần trong một phút",
    503: "Chưa thực hiện được lúc này",
}
PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457: `type` đặt tên cho lời từ chối, `detail` nói phải làm gì, `errors` nêu từng chỗ chưa đúng.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:motcua:portal-closed"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "title": "ProblemError",
                "type": "object",
                "required": ["where", "detail"],
                "properties": {
                    "where": {"type": "array", "items": {"type": "string"}},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
KEY_PARAMETER: dict[str, Any] = {
    "in": "header",
    "name": HEADER,
    "required": True,
    "description": "Của riêng yêu cầu này: gửi lại với cùng khóa và cùng nội dung thì được trả lời như lần đầu (giữ 48 giờ)",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]{1,100}$"},
}


def described(api: NinjaAPI) -> dict[str, Any]:
    """Everything another program must know."""
    told: dict[str, Any] = api.get_openapi_schema(path_prefix=PREFIX)
    told["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
    told["components"]["securitySchemes"] = {
        "oauth2": {"type": "oauth2", "flows": scoped.openapi_flows, "description": "Khóa truy cập dùng trong một giờ"}
    }
    for router in api._get_bound_routers():
        for address, view in router.path_operations.items():
            written = PREFIX + re.sub(r"{\w+:", "{", address.strip("/"))
            for operation in view.operations:
                for method in operation.methods:
                    _complete(told["paths"][written][method.lower()], operation, method)
    return told


def _complete(told: dict[str, Any], operation: Operation, method: str) -> None:
    scopes = [one.scope for one in operation.auth_callbacks if isinstance(one, scoped)]
    if scopes:
        told["security"] = [{"oauth2": scopes}]
    if scopes and method == "POST":
        told["parameters"].append(KEY_PARAMETER)
    for status in _faults(told, operation, method, bool(scopes)):
        told["responses"].setdefault(int(status), _problem(status))


def _faults(told: dict[str, Any], operation: Operation, method: str, for_clients: bool) -> set[int]:
    """The faults an operation may answer with."""
    faults: set[int] = {HTTPStatus.TOO_MANY_REQUESTS}
    if told["parameters"]:
        faults |= {HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}
    if for_clients:
        faults |= {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
    if for_clients and method != "GET":
        faults |= {HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
    if sent := content_type(operation):
        faults |= {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE}
        if sent.startswith("multipart"):
            faults.add(HTTPStatus.SERVICE_UNAVAILABLE)
    return faults


def _problem(status: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": WORDS[status],
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        told["headers"] = {"Retry-After": {"description": "Số giây phải chờ", "schema": {"type": "integer"}}}
    return told
