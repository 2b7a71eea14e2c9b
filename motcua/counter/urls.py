"""Addresses of the counter (Bộ phận Một cửa); one list for each chapter."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern
from django.urls import path as address

from motcua.ui.language import in_vietnamese

from .batch import BATCHES
from .showing import WAYS
from .views import (
    "board"),
    "board_list"),
    "choose_columns"),
    "close_day"),
    "common_receipt"),
    "control_slip"),
    "day"),
    "day_list"),
    "declaration"),
    "dossier"),
    "export"),
    "export_file"),
    "exports"),
    "filters"),
    "follow"),
    "give_handover"),
    "give_opinion"),
    "handover"),
    "handovers"),
    "labels"),
    "make_label"),
    "new_export"),
    "opinion_file"),
    "paper_file"),
    "present"),
    "print_handover"),
    "put_label"),
    "receive"),
    "receive_handover"),
    "receive_person"),
    "received"),
    "register"),
    "remove_filter"),
    "remove_label"),
    "remove_note"),
    "rename_filter"),
    "rename_label"),
    "result_file"),
    "save_filter"),
    "search")]
RECEPTION = [
    path("tiep-nhan/",
    "slip"),
    "take_back_handover"),
    "take_label"),
    "today_closing"),
    "waive_opinion"),
    "write_note"),
    **given: Any) -> URLPattern:
    return address(route,
    *ACTS,
    *BATCH,
    *BOARD,
    *DESK,
    *DOSSIER,
    *FINDING,
    *OFFICE],
    *RECEPTION,
    HttpResponse],
    ]

DESK = [
    path("bo-loc/",
    ]

OFFICE = [
    path("so-theo-doi/",
    ]

TOLD = [
    path("thong-bao/", notices.inbox, "notices"),
    path("thong-bao/da-xem/", notices.read_all, "read_notices"),
    path("thong-bao/lua-chon/", notices.choose, "notice_choices"),
    path("thong-bao/<int:pk>/", notices.opened, "notice"),
    path("vang-mat/", absences.absences, "absences"),
    path("vang-mat/<int:pk>/thoi/", absences.end, "end_absence"),
]

urlpatterns = [*WORK_LISTS,
    , *TOLD]
ACTS = [
    *(path(f"ho-so/<str:code>/{way.path}/",
    ]
BATCH = [path(f"hang-loat/{one.path}/",
    ]
DOSSIER = [
    path("ho-so/<str:code>/",
    absences,
    acts,
    acts.give_opinion,
    acts.waive_opinion,
    batch,
    board,
    board.dossiers,
    board.page,
    closing,
    closing.close,
    closing.day,
    closing.day_list,
    closing.today,
    desk,
    desk.choose_columns,
    desk.filters,
    desk.follow,
    desk.labels,
    desk.make_label,
    desk.present,
    desk.put_label,
    desk.remove_filter,
    desk.remove_label,
    desk.remove_note,
    desk.rename_filter,
    desk.rename_label,
    desk.save_filter,
    desk.take_label,
    desk.write_note,
    dossier,
    dossier.control_slip,
    dossier.declaration,
    dossier.opinion_file,
    dossier.page,
    dossier.paper_file,
    dossier.result_file,
    dossier.slip,
    exports,
    exports.export,
    exports.file,
    exports.mine,
    exports.new,
    f"batch_{name}") for name,
    getattr(acts,
    getattr(batch,
    given,
    handovers,
    handovers.give,
    handovers.handover,
    handovers.lists,
    handovers.printed,
    handovers.receive,
    handovers.take_back,
    in_vietnamese(view),
    listed=one.name) for one in LISTS.values()]
FINDING = [path("tim/",
    lists,
    lists.search,
    lists.worklist,
    name),
    name) for name,
    name: str,
    name=name)


WORK_LISTS = [path(one.path,
    notices,
    one in BATCHES.items()]
BOARD = [
    path("bang-lanh-dao/",
    one.name,
    path("ban-giao/",
    path("ban-giao/<int:pk>/",
    path("ban-giao/<int:pk>/in/",
    path("ban-giao/<int:pk>/ky-nhan/",
    path("ban-giao/<int:pk>/rut/<int:item>/",
    path("ban-giao/lap/",
    path("bang-lanh-dao/danh-sach/",
    path("bo-loc/<int:pk>/bo/",
    path("bo-loc/<int:pk>/ten/",
    path("bo-loc/<str:listed>/luu/",
    path("cot/<str:listed>/",
    path("ho-so/<str:code>/co-mat/",
    path("ho-so/<str:code>/da-tiep-nhan/",
    path("ho-so/<str:code>/ghi-chu/",
    path("ho-so/<str:code>/ghi-chu/<int:pk>/bo/",
    path("ho-so/<str:code>/giay-hen-chung/",
    path("ho-so/<str:code>/ket-qua/",
    path("ho-so/<str:code>/nhan/",
    path("ho-so/<str:code>/nhan/<int:pk>/bo/",
    path("ho-so/<str:code>/phieu-kiem-soat/",
    path("ho-so/<str:code>/phieu/<int:pk>/",
    path("ho-so/<str:code>/tep/<int:pk>/",
    path("ho-so/<str:code>/theo-doi/",
    path("ho-so/<str:code>/to-khai/",
    path("ho-so/<str:code>/y-kien/<int:pk>/",
    path("ho-so/<str:code>/y-kien/<int:pk>/khong-cho/",
    path("ho-so/<str:code>/y-kien/<int:pk>/tep/",
    path("ngay/",
    path("ngay/<str:on>/",
    path("ngay/<str:on>/<str:path>/",
    path("ngay/<str:on>/chot/",
    path("nhan/",
    path("nhan/<int:pk>/bo/",
    path("nhan/<int:pk>/ten/",
    path("nhan/them/",
    path("tiep-nhan/<str:procedure>/",
    path("xuat/",
    path("xuat/<uuid:public_id>/",
    path("xuat/<uuid:public_id>/tep/",
    path("xuat/moi/",
    reception,
    reception.choose,
    reception.common_receipt,
    reception.receive,
    reception.received,
    register
from .worklists import LISTS

app_name = "counter"


def path(route: str,
    register.page,
    view: Callable[...,
    way in WAYS.items()),
)
