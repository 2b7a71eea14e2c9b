"""Addresses of who looks after the connections with other systems (vận hành: tin báo cho hệ thống kết nối)."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern
from django.urls import path as address

from motcua.ui.language import in_vietnamese

from . import webhooks_views as views

app_name = "connections"


def path(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
    return address(route, in_vietnamese(view), name=name)


urlpatterns = [
    path("", views.addresses, "webhooks"),
    path("<uuid:webhook>/", views.log, "log"),
    path("<uuid:webhook>/gui-thu/", views.test, "test"),
    path("<uuid:webhook>/<uuid:delivery>/", views.delivery, "delivery"),
    path("<uuid:webhook>/<uuid:delivery>/gui-lai/", views.send_again, "send_again"),
]
