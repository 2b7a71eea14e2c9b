"""Addresses of the counter (Bộ phận Một cửa); one list for each chapter."""

from django.urls import path

from .views import dossier, lists, reception
from .worklists import LISTS

app_name = "counter"

WORK_LISTS = [path(one.path, lists.worklist, {"name": one.name}, name=one.name) for one in LISTS.values()]
FINDING = [path("tim/", lists.search, name="search")]
RECEPTION = [path("tiep-nhan/", reception.choose, name="receive")]
DOSSIER = [path("ho-so/<str:code>/", dossier.page, name="dossier")]

urlpatterns = [*WORK_LISTS, *FINDING, *RECEPTION, *DOSSIER]
