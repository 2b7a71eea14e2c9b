"""Addresses of the API; each view says who may enter, as every other of the house does."""

from __future__ import annotations

from http import HTTPStatus

from django.http import Http404, HttpResponse, JsonResponse
from django.urls import URLPattern, path, re_path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.renderers import JSONRenderer

from motcua.accounts.permissions import public

from .catalogue import router
from .open import open_to_all, problem


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
    view = pattern.callback
    operations = [one for one in api_operations() if one[0] == str(pattern.pattern)]
    told = {getattr(function, "permission", None) for _, function in operations}
    opened = open_to_all(view)
    if len(told) == 1:
        opened.permission = told.pop()  # type: ignore[attr-defined]
    opened.csrf_exempt = True  # type: ignore[attr-defined]
    return path(str(pattern.pattern), opened, name=pattern.name)


def api_operations():
    """Every operation with its address as Django writes it."""
    for where, view in router.path_operations.items():
        address = where.strip("/").replace("{", "<").replace("}", ">")
        for operation in view.operations:
            yield address, operation.view_func


app_name = "api"
urlpatterns = [
    *(guarded(one) for one in api._get_urls() if isinstance(one, URLPattern) and one.name != "api-root"),
    path("openapi.json", open_to_all(openapi), name="openapi"),
    re_path(r"^(?P<rest>.*)$", open_to_all(nowhere)),
]
