"""Addresses of who keeps the catalogue (soạn thảo, công bố danh mục TTHC); one list for each chapter."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern
from django.urls import path as address

from motcua.ui.language import in_vietnamese

from .views import announcing, drafts, procedures

app_name = "catalogue"


def path(route: str, view: Callable[..., HttpResponse], name: str, **given: Any) -> URLPattern:
    return address(route, in_vietnamese(view), given, name=name)


PROCEDURES = [
    path("", procedures.find, "home"),
    path("thu-tuc-moi/", procedures.new, "new"),
    path("thu-tuc/<str:code>/", procedures.procedure, "procedure"),
    path("thu-tuc/<str:code>/soan/", procedures.begin, "begin"),
    path("thu-tuc/<str:code>/bai-bo/", procedures.retire, "retire"),
    path("thu-tuc/<str:code>/khoi-phuc/", procedures.reinstate, "reinstate"),
]
DRAFTS = [
    path("du-thao/", drafts.listed, "drafts"),
    path("du-thao/<int:pk>/", drafts.draft, "draft"),
    path("du-thao/<int:pk>/so-sanh/", drafts.compare, "compare"),
    path("du-thao/<int:pk>/lich-su/", drafts.history, "history"),
    path("du-thao/<int:pk>/hoan-tac/", drafts.undo, "undo"),
    path("du-thao/<int:pk>/bo/", drafts.discard, "discard"),
    path("du-thao/<int:pk>/ban-hanh/", drafts.publish, "publish"),
    path("du-thao/<int:pk>/phan/<slug:name>/", drafts.part, "part"),
]
ANNOUNCING = [path("han-cong-bo/", announcing.announced, "announced")]

urlpatterns = [*PROCEDURES, *DRAFTS, *ANNOUNCING]
