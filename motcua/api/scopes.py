"""What a client may ask for, one word each (phạm vi của hệ thống kết nối)."""

from __future__ import annotations

from typing import Any

from ninja.security.base import AuthBase
from oauth2_provider.scopes import BaseScopes

# How a view says that only another system with a key may enter (accounts/permissions.py knows persons).
CLIENT = "client"

SCOPES = {
    "papers:write": "Gửi giấy tờ để kèm vào hồ sơ",
    "dossiers:file": "Nộp, bổ sung, rút hồ sơ thay chủ hồ sơ",
    "dossiers:read": "Theo dõi hồ sơ đã nộp qua hệ thống này",
    "dossiers:agency": "Xem cả hồ sơ do cơ quan của mình tiếp nhận, giải quyết",
    "acts:write": "Ghi nhận việc tiếp nhận, giải quyết, trả kết quả của cơ quan mình",
    "events:read": "Đọc diễn biến của những hồ sơ được xem",
    "webhooks:manage": "Đăng ký nơi nhận tin báo (webhook) và xem sổ gửi",
}
# What only a system of an agency may have, for it opens dossiers the system did not file itself.
OF_AGENCIES = ("dossiers:agency", "acts:write")

TOKEN_URL = "/api/v1/oauth/token"


class Scopes(BaseScopes):
    """Each client asks for some of what it was registered with; who names none gets all of it."""

    def get_all_scopes(self) -> dict[str, str]:
        return SCOPES

    def get_available_scopes(self, application: Any = None, request: Any = None, *args: Any, **named: Any) -> list[str]:
        return list(application.allowed)

    def get_default_scopes(self, application: Any = None, request: Any = None, *args: Any, **named: Any) -> list[str]:
        return list(application.allowed)


class scoped(AuthBase):  # noqa: N801 it is read like the decorators of accounts/permissions.py
    """`auth=scoped("dossiers:read")`: only a client whose key holds this scope; `request.auth` is that client.

    The door (door.py) has read the key before; here stands what an operation asks for, for the door and for the description.
    """

    openapi_name = "oauth2"
    openapi_type = "oauth2"
    openapi_flows = {"clientCredentials": {"tokenUrl": TOKEN_URL, "scopes": SCOPES}}
    permission = CLIENT

    def __init__(self, scope: str) -> None:
        if scope not in SCOPES:
            raise LookupError(f"no such scope: {scope}")
        super().__init__()
        self.scope = scope

    def __call__(self, request: Any) -> Any:
        return request.client if self.scope in getattr(request, "scopes", ()) else None
