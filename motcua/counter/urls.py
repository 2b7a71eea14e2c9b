"""Addresses of the counter (Bộ phận Một cửa); one list for each chapter."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern
from django.urls import path as address

from motcua.ui.language import in_vietnamese

from .showing import WAYS
from .views import acts, dossier, lists, reception
from .worklists import LISTS

app_name = "counter"


def path(route: str, view: Callable[..., HttpResponse], name: str, **given: Any) -> URLPattern:
    return address(route, in_vietnamese(view), given, name=name)


WORK_LISTS = [path(one.path, lists.worklist, one.name, listed=one.name) for one in LISTS.values()]
FINDING = [path("tim/", lists.search, "search")]
RECEPTION = [
    path("tiep-nhan/", reception.choose, "receive"),
    path("tiep-nhan/<str:procedure>/", reception.receive, "receive_person"),
    path("ho-so/<str:code>/da-tiep-nhan/", reception.received, "received"),
]
DOSSIER = [
    path("ho-so/<str:code>/", dossier.page, "dossier"),
    path("ho-so/<str:code>/tep/<int:pk>/", dossier.paper_file, "paper_file"),
    path("ho-so/<str:code>/ket-qua/", dossier.result_file, "result_file"),
    path("ho-so/<str:code>/phieu/<int:pk>/", dossier.slip, "slip"),
    path("ho-so/<str:code>/to-khai/", dossier.declaration, "declaration"),
    path("ho-so/<str:code>/phieu-kiem-soat/", dossier.control_slip, "control_slip"),
]
ACTS = [
    *(path(f"ho-so/<str:code>/{way.path}/", getattr(acts, name), name) for name, way in WAYS.items()),
    path("ho-so/<str:code>/y-kien/<int:pk>/", acts.give_opinion, "give_opinion"),
    path("ho-so/<str:code>/y-kien/<int:pk>/khong-cho/", acts.waive_opinion, "waive_opinion"),
    path("ho-so/<str:code>/y-kien/<int:pk>/tep/", dossier.opinion_file, "opinion_file"),
]

urlpatterns = [*WORK_LISTS, *FINDING, *RECEPTION, *DOSSIER, *ACTS]
