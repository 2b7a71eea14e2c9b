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
    absences,
    acts,
    asked,
    batch,
    board,
    closing,
    closures,
    desk,
    dossier,
    exports,
    fees,
    handovers,
    lists,
    notices,
    reception,
    register,
)
from .views.bundles import bundle, receive_together
from .views.comparing import compare, tell_apart
from .views.mandates import attach_mandate, end_mandate, mandate_paper, mandates
from .worklists import LISTS

app_name = "counter"


def path(route: str, view: Callable[..., HttpResponse], name: str, **given: Any) -> URLPattern:
    return address(route, in_vietnamese(view), given, name=name)


WORK_LISTS = [path(one.path, lists.worklist, one.name, listed=one.name) for one in LISTS.values()]
FINDING = [path("tim/", lists.search, "search")]
RECEPTION = [
    path("tiep-nhan/", reception.choose, "receive"),
    path("tiep-nhan/<str:procedure>/", reception.receive, "receive_person"),
    path("tiep-nhan-lien-thong/", receive_together, "receive_together"),
    path("ho-so/<str:code>/da-tiep-nhan/", reception.received, "received"),
    path("ho-so/<str:code>/giay-hen-chung/", reception.common_receipt, "common_receipt"),
    path("ho-so/<str:code>/bien-nhan-tra-ket-qua/", dossier.return_receipt, "return_receipt"),
]
DOSSIER = [
    path("ho-so/<str:code>/", dossier.page, "dossier"),
    path("ho-so/<str:code>/tep/<int:pk>/", dossier.paper_file, "paper_file"),
    path("ho-so/<str:code>/ket-qua/", dossier.result_file, "result_file"),
    path("ho-so/<str:code>/phieu/<int:pk>/", dossier.slip, "slip"),
    path("ho-so/<str:code>/to-khai/", dossier.declaration, "declaration"),
    path("ho-so/<str:code>/phieu-kiem-soat/", dossier.control_slip, "control_slip"),
    path("ho-so/<str:code>/so-sanh/<str:other>/", compare, "compare"),
    path("ho-so/<str:code>/so-sanh/<str:other>/khong-trung/", tell_apart, "tell_apart"),
    path("ho-so/<str:code>/tin-nhan/", asked.conversation, "conversation"),
    path("ho-so/<str:code>/luot-xem/", asked.questions, "questions"),
    path("ho-so/<str:code>/luot-xem/<int:pk>/tra-loi/", asked.explain, "explain"),
    path("ho-so/<str:code>/thu-phi/", fees.collect, "collect_fee"),
    path("ho-so/<str:code>/bien-lai/<int:pk>/huy/", fees.cancel, "cancel_receipt"),
    path("ho-so/<str:code>/uy-quyen/", mandates, "mandates"),
    path("ho-so/<str:code>/uy-quyen/<uuid:mandate>/tep/", mandate_paper, "mandate_paper"),
    path("ho-so/<str:code>/uy-quyen/<uuid:mandate>/gan/", attach_mandate, "attach_mandate"),
    path("ho-so/<str:code>/uy-quyen/<uuid:mandate>/cham-dut/", end_mandate, "end_mandate"),
    path("ho-so-lien-thong/<uuid:public_id>/", bundle, "bundle"),
]
ACTS = [
    *(path(f"ho-so/<str:code>/{way.path}/", getattr(acts, name), name) for name, way in WAYS.items()),
    path("ho-so/<str:code>/y-kien/<int:pk>/", acts.give_opinion, "give_opinion"),
    path("ho-so/<str:code>/y-kien/<int:pk>/khong-cho/", acts.waive_opinion, "waive_opinion"),
    path("ho-so/<str:code>/y-kien/<int:pk>/tep/", dossier.opinion_file, "opinion_file"),
]

DESK = [
    path("bo-loc/", desk.filters, "filters"),
    path("bo-loc/<str:listed>/luu/", desk.save_filter, "save_filter"),
    path("bo-loc/<int:pk>/ten/", desk.rename_filter, "rename_filter"),
    path("bo-loc/<int:pk>/bo/", desk.remove_filter, "remove_filter"),
    path("cot/<str:listed>/", desk.choose_columns, "choose_columns"),
    path("nhan/", desk.labels, "labels"),
    path("nhan/them/", desk.make_label, "make_label"),
    path("nhan/<int:pk>/ten/", desk.rename_label, "rename_label"),
    path("nhan/<int:pk>/bo/", desk.remove_label, "remove_label"),
    path("ho-so/<str:code>/nhan/", desk.put_label, "put_label"),
    path("ho-so/<str:code>/nhan/<int:pk>/bo/", desk.take_label, "take_label"),
    path("ho-so/<str:code>/ghi-chu/", desk.write_note, "write_note"),
    path("ho-so/<str:code>/ghi-chu/<int:pk>/bo/", desk.remove_note, "remove_note"),
    path("ho-so/<str:code>/theo-doi/", desk.follow, "follow"),
    path("ho-so/<str:code>/co-mat/", desk.present, "present"),
]
BATCH = [path(f"hang-loat/{one.path}/", getattr(batch, name), f"batch_{name}") for name, one in BATCHES.items()]
BOARD = [
    path("bang-lanh-dao/", board.page, "board"),
    path("bang-lanh-dao/danh-sach/", board.dossiers, "board_list"),
]

OFFICE = [
    path("so-theo-doi/", register.page, "register"),
    path("xuat/", exports.mine, "exports"),
    path("xuat/moi/", exports.new, "new_export"),
    path("xuat/<uuid:public_id>/", exports.export, "export"),
    path("xuat/<uuid:public_id>/tep/", exports.file, "export_file"),
    path("ban-giao/", handovers.lists, "handovers"),
    path("ban-giao/lap/", handovers.give, "give_handover"),
    path("ban-giao/<int:pk>/", handovers.handover, "handover"),
    path("ban-giao/<int:pk>/ky-nhan/", handovers.receive, "receive_handover"),
    path("ban-giao/<int:pk>/rut/<int:item>/", handovers.take_back, "take_back_handover"),
    path("ban-giao/<int:pk>/in/", handovers.printed, "print_handover"),
    path("ngay/", closing.today, "today_closing"),
    path("ngay/<str:on>/", closing.day, "day"),
    path("ngay/<str:on>/chot/", closing.close, "close_day"),
    path("ngay/<str:on>/<str:path>/", closing.day_list, "day_list"),
]

CLOSURES = [
    path("dong-cua/", closures.declared, "closures"),
    path("dong-cua/cong-bo/", closures.declare, "declare_closure"),
    path("dong-cua/<int:pk>/", closures.closure, "closure"),
    path("dong-cua/<int:pk>/rut-lai/", closures.take_back, "take_back_closure"),
]

TOLD = [
    path("thong-bao/", notices.inbox, "notices"),
    path("thong-bao/da-xem/", notices.read_all, "read_notices"),
    path("thong-bao/lua-chon/", notices.choose, "notice_choices"),
    path("thong-bao/<int:pk>/", notices.opened, "notice"),
    path("vang-mat/", absences.absences, "absences"),
    path("vang-mat/<int:pk>/thoi/", absences.end, "end_absence"),
]

urlpatterns = [*WORK_LISTS, *FINDING, *RECEPTION, *DOSSIER, *ACTS, *DESK, *BATCH, *BOARD, *OFFICE, *CLOSURES, *TOLD]
