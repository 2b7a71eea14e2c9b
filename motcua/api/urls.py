"""Addresses of the API; each view says who may enter, as every other of the house does."""

from __future__ import annotations

from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation
from ninja.renderers import JSONRenderer

from motcua.accounts.permissions import public
from motcua.refusal import Refusal

from . import acts, catalogue, events, filing, webhooks_calls
from .description import ABOUT, described
from .door import for_clients
from .open import Wrong, open_to_all, problem, refused, shape, wrong
from .scopes import CLIENT, scoped
from .tokens import token


class AsWritten(JSONRenderer):
    """Vietnamese as it is written, half as long."""

    json_dumps_params = {"ensure_ascii": False}


class API(NinjaAPI):
    """An operation is called as its view is, without the folder it stands in."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


# The pages ninja draws load scripts from elsewhere: the description is openapi.json and docs/api.md.
api = API(
    title="Một Cửa: thủ tục, hồ sơ và diễn biến cho hệ thống khác",
    version="1",
    description=ABOUT,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    renderer=AsWritten(),
)
for router in (catalogue.router, filing.router, acts.router, events.router, webhooks_calls.router):
    api.add_router("", router)

NOT_READ = "Không đọc được nội dung gửi lên; hãy gửi JSON (UTF-8) hợp lệ."


@api.exception_handler(ValidationError)
def wrong_shape(request, fault: ValidationError) -> HttpResponse:
    return wrong([shape(one) for one in fault.errors])


@api.exception_handler(Wrong)
def wrong_content(request, fault: Wrong) -> HttpResponse:
    return wrong(fault.faults)


@api.exception_handler(Refusal)
def refused_by_the_rules(request, refusal: Refusal) -> HttpResponse:
    return refused(refusal)


@api.exception_handler(PermissionDenied)
def forbidden(request, fault: PermissionDenied) -> HttpResponse:
    return problem(HTTPStatus.FORBIDDEN, str(fault))


@api.exception_handler(Http404)
def nothing_there(request, fault: Http404) -> HttpResponse:
    return problem(HTTPStatus.NOT_FOUND, str(fault.args[0]) if fault.args and "matches" not in str(fault) else "")


@api.exception_handler(HttpError)
def unreadable(request, fault: HttpError) -> HttpResponse:
    return problem(fault.status_code, NOT_READ if fault.status_code == HTTPStatus.BAD_REQUEST else str(fault))


@public
def openapi(request) -> HttpResponse:
    """The description of the API, for programs."""
    return JsonResponse(described(api), json_dumps_params={"ensure_ascii": False})


@csrf_exempt
@public
def nowhere(request, rest: str = "") -> HttpResponse:
    """Any other address below this one, however it is asked."""
    response = problem(HTTPStatus.NOT_FOUND)
    response["Access-Control-Allow-Origin"] = "*"
    return response


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
    re_path(r"^(?P<rest>.*)$", nowhere),
]
