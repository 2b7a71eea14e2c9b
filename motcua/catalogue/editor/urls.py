"""Addresses of who keeps the catalogue (soạn thảo, công bố danh mục TTHC); one list for each chapter."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern
from django.urls import path as address

from motcua.ui.language import in_vietnamese

from .views import procedures

app_name = "catalogue"


def path(route: str, view: Callable[..., HttpResponse], name: str, **given: Any) -> URLPattern:
    return address(route, in_vietnamese(view), given, name=name)


PROCEDURES = [path("", procedures.find, "home")]

urlpatterns = [*PROCEDURES]
