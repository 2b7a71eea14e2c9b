"""Addresses of who keeps the catalogue (soạn thảo, công bố danh mục TTHC); one list for each chapter."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern
from django.urls import path as address

from motcua.ui.language import in_vietnamese

from .views import announcing, drafts, exchange, feedback, forms, procedures, processes, synonyms

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
FORMS = [
    path("du-thao/<int:pk>/bieu-mau/", forms.builder, "form"),
    path("du-thao/<int:pk>/bieu-mau/xem/", forms.preview, "form_preview"),
    path("du-thao/<int:pk>/bieu-mau/json/", forms.as_json, "form_json"),
    path("du-thao/<int:pk>/bieu-mau/tai-ve/", forms.download, "form_download"),
]
ANNOUNCING = [path("han-cong-bo/", announcing.announced, "announced")]
EXCHANGE = [
    path("nhap-xuat/", exchange.files, "files"),
    *(path(f"nhap-xuat/xuat.{kind}", exchange.take_out, "take_out", kind=kind) for kind in ("jsonl", "json", "xlsx")),
    path("nhap-xuat/<int:pk>/", exchange.upload, "upload"),
    path("nhap-xuat/<int:pk>/ghi/", exchange.apply, "apply"),
]
PROCESSES = [
    path("quy-trinh/", processes.listed, "processes"),
    path("quy-trinh/moi/", processes.new, "process_new"),
    path("quy-trinh/nhap/", processes.upload, "process_upload"),
    path("quy-trinh/nhap/them/", processes.take, "process_take"),
    path("quy-trinh/du-thao/<int:pk>/", processes.draft, "process_draft"),
    path("quy-trinh/du-thao/<int:pk>/bo/", processes.discard, "process_discard"),
    path("quy-trinh/du-thao/<int:pk>/in/", processes.printed, "process_draft_print"),
    path("quy-trinh/du-thao/<int:pk>/bpmn/", processes.exported, "process_draft_bpmn"),
    path("quy-trinh/<int:pk>/", processes.process, "process"),
    path("quy-trinh/<int:pk>/soan-lai/", processes.again, "process_again"),
    path("quy-trinh/<int:pk>/in/", processes.process_printed, "process_print"),
    path("quy-trinh/<int:pk>/bpmn/", processes.process_exported, "process_bpmn"),
]
SYNONYMS = [
    path("tu-dong-nghia/", synonyms.listed, "synonyms"),
    path("tu-dong-nghia/<int:pk>/", synonyms.synonym, "synonym"),
    path("tu-dong-nghia/<int:pk>/bo/", synonyms.remove, "synonym_remove"),
]
FEEDBACK = [
    path("y-kien-tra-cuu/", feedback.listed, "feedback"),
    path("y-kien-tra-cuu/<int:pk>/xong/", feedback.settle, "feedback_settle"),
]

urlpatterns = [*PROCEDURES, *DRAFTS, *FORMS, *ANNOUNCING, *EXCHANGE, *PROCESSES, *SYNONYMS, *FEEDBACK]
