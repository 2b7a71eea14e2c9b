"""Addresses of the API; each view says who may enter, as every other of the house does."""

from __future__ import annotations

from http import HTTPStatus

from django.http import Http404, HttpResponse, JsonResponse
from django.urls import URLPattern, path, re_path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation
from ninja.renderers import JSONRenderer

from motcua.accounts.permissions import public

from .catalogue import router
from .door import for_clients
from .open import open_to_all, problem
from .scopes import CLIENT, scoped
from .tokens import token


class AsWritten(JSONRenderer):
    """Vietnamese as it is written, half as long."""

    json_dumps_params = {"ensure_ascii": False}


# The pages ninja draws load scripts from elsewhere: the description is openapi.json and docs/api.md.
api = NinjaAPI(
    title="Một Cửa: danh mục thủ tục hành chính",
    version="1",
    description="Danh mục công khai, chỉ đọc. Dùng lại tự do; xin ghi nguồn và ngày lấy dữ liệu.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    renderer=AsWritten(),
)
api.add_router("", router)


@api.exception_handler(ValidationError)
def wrong_parameter(request, fault: ValidationError) -> HttpResponse:
    errors = [{"where": [str(part) for part in one["loc"]], "detail": one["msg"]} for one in fault.errors]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors=errors)


@api.exception_handler(Http404)
def nothing_there(request, fault: Http404) -> HttpResponse:
    return problem(HTTPStatus.NOT_FOUND, str(fault))


@api.exception_handler(HttpError)
def refused(request, fault: HttpError) -> HttpResponse:
    return problem(fault.status_code, str(fault))


@public
def openapi(request) -> HttpResponse:
    """The description of the API, for programs."""
    return JsonResponse(api.get_openapi_schema(path_prefix="/api/v1/"), json_dumps_params={"ensure_ascii": False})


@public
def nowhere(request, rest: str = "") -> HttpResponse:
    """Any other address below this one."""
    return problem(HTTPStatus.NOT_FOUND)


def guarded(pattern: URLPattern) -> URLPattern:
    """An address of ninja's that says who may enter: only what all its operations say with one voice."""
    operations = operations_at(str(pattern.pattern))
    told = {permission_of(operation) for operation in operations.values()}
    permission = told.pop() if len(told) == 1 else None
    view = (for_clients if permission == CLIENT else open_to_all)(pattern.callback, operations)
    view.permission = permission  # type: ignore[attr-defined]
    view.csrf_exempt = True  # type: ignore[attr-defined]
    return path(str(pattern.pattern), view, name=pattern.name)


def operations_at(address: str) -> dict[str, Operation]:
    """Every operation at an address, by its method."""
    return {
        method: operation
        for router in api._get_bound_routers()
        for where, view in router.path_operations.items()
        if where.strip("/").replace("{", "<").replace("}", ">") == address
        for operation in view.operations
        for method in operation.methods
    }


def permission_of(operation: Operation) -> str | None:
    """Clients, where a scope is asked for; else what the view itself says."""
    asked = [one.permission for one in operation.auth_callbacks if isinstance(one, scoped)]
    return asked[0] if asked else getattr(operation.view_func, "permission", None)


app_name = "api"
urlpatterns = [
    path("oauth/token", token, name="token"),
    *(guarded(one) for one in api._get_urls() if isinstance(one, URLPattern) and one.name != "api-root"),
    path("openapi.json", open_to_all(openapi), name="openapi"),
    re_path(r"^(?P<rest>.*)$", open_to_all(nowhere)),
]
