"""Addresses of the portal (Cổng dịch vụ công); one list for each chapter."""

from django.urls import path, register_converter

from .views import (
    asking,
    bundle,
    case,
    catalogue,
    changes,
    filing,
    following,
    informing,
    joining,
    leaving,
    mandates,
    missing,
    papers,
    places,
    preview,
    procedure,
    sending,
    sharing,
    supplement,
    ways,
)

app_name = "portal"


class Code:
    """The code of a procedure or a dossier; nothing else reaches a view."""

    regex = r"[0-9A-Za-z.\-]{1,60}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Code, "code")

CATALOGUE = [
    path("", catalogue.home, name="home"),
    path("tim-kiem/", catalogue.search, name="search"),
    path("tim-kiem/chua-dung/", missing.tell, name="missing"),
    path("linh-vuc/", ways.fields, name="fields"),
    path("co-quan/", ways.agencies, name="agencies"),
    path("co-quan/<int:agency>/", ways.agency, name="agency"),
    path("co-quan/<int:agency>/niem-yet/", ways.agency_poster, name="agency_poster"),
    path("cap/<slug:level>/", ways.level, name="level"),
    path("su-kien/", ways.life_events, name="life_events"),
    path("su-kien/<slug:event>/", ways.life_event, name="life_event"),
    path("su-kien/<slug:event>/niem-yet/", ways.life_event_poster, name="life_event_poster"),
    path("thu-tuc/<code:code>/", procedure.procedure, name="procedure"),
    path("thu-tuc/<code:code>/phien-ban/<code:day>/", procedure.version, name="version"),
    path("thu-tuc/<code:code>/in/", procedure.printed, name="print"),
    path("thu-tuc/<code:code>/niem-yet/", procedure.poster, name="poster"),
    path("thay-doi/", changes.changes, name="changes"),
    path("thay-doi/atom/", changes.feed, name="feed"),
    path("dia-danh/", places.find, name="places"),
    path("du-lieu/", changes.data, name="data"),
    path("du-lieu/danh-muc/", changes.download, name="download"),
]

FILING = [
    path("thu-tuc/<code:code>/nop/", filing.file, name="file"),
    path("ho-so-nhap/<uuid:draft>/", filing.draft, name="draft"),
    path("ho-so-nhap/<uuid:draft>/truong-hop/", case.choose, name="draft_case"),
    path("ho-so-nhap/<uuid:draft>/cua-ai/", filing.whose_is_it, name="draft_whose"),
    path("ho-so-nhap/<uuid:draft>/uy-quyen/", mandates.choose, name="draft_mandate"),
    path("ho-so-nhap/<uuid:draft>/chu-ho-so/", filing.owner, name="draft_owner"),
    path("ho-so-nhap/<uuid:draft>/noi-dung/", filing.form, name="draft_form"),
    path("ho-so-nhap/<uuid:draft>/giay-to/", papers.lay_out, name="draft_papers"),
    path("ho-so-nhap/<uuid:draft>/giay-to/<int:file>/", papers.draft_file, name="draft_file"),
    path("ho-so-nhap/<uuid:draft>/giay-to/<int:file>/bo/", papers.remove, name="draft_remove"),
    path("ho-so-nhap/<uuid:draft>/nhan-ket-qua/", filing.result, name="draft_return"),
    path("ho-so-nhap/<uuid:draft>/kiem-tra/", filing.review, name="draft_review"),
    path("ho-so-nhap/<uuid:draft>/xem-truoc/", preview.preview, name="draft_preview"),
    path("ho-so-nhap/<uuid:draft>/to-khai/", filing.declaration, name="draft_declaration"),
    path("ho-so-nhap/<uuid:draft>/nop/", filing.submit, name="draft_submit"),
    path("ho-so-nhap/<uuid:draft>/bo/", filing.discard, name="draft_discard"),
    path("ho-so-nhap/<uuid:draft>/giu-lai/", filing.keep_draft, name="draft_keep"),
    path("ho-so-nhap/<uuid:draft>/luu/<str:page>/", filing.save, name="draft_save"),
]

FOLLOWING = [
    path("tra-cuu/", following.follow, name="follow"),
    path("tra-cuu/thoi/", following.stop_following, name="stop_following"),
    path("ho-so-cua-toi/", following.mine, name="mine"),
    path("ho-so-cua-toi/nhan-tin/", informing.choose, name="informing"),
    path("ho-so/<code:code>/", following.dossier, name="dossier"),
    path("ho-so/<code:code>/da-nop/", following.filed, name="filed"),
    path("ho-so/<code:code>/giay-to/<int:file>/", following.paper, name="paper"),
    path("ho-so/<code:code>/phieu/<int:slip>/", following.slip, name="slip"),
    path("ho-so/<code:code>/to-khai/", following.declaration, name="declaration"),
    path("ho-so/<code:code>/da-nop.pdf", following.filing_note_sheet, name="filing_note"),
    path("ho-so/<code:code>/ket-qua/", following.result, name="result"),
    path("ho-so/<code:code>/rut/", following.withdraw, name="withdraw"),
    path("ho-so/<code:code>/tin-nhan/", asking.conversation, name="conversation"),
    path("ho-so/<code:code>/tin-nhan/<int:message>/xoa/", asking.remove_message, name="remove_message"),
    path("ho-so/<code:code>/luot-xem/", asking.read_by, name="read_by"),
    path("ho-so/<code:code>/luot-xem/<int:reading>/", asking.reading, name="reading"),
    path("ho-so/<code:code>/chia-se/", sharing.shares, name="shares"),
    path("ho-so/<code:code>/chia-se/<uuid:public_id>/thu-hoi/", sharing.end, name="end_share"),
    path("chia-se/<uuid:public_id>/", sharing.shared, name="shared"),
    path("chia-se/<uuid:public_id>/tai/", sharing.take, name="take_shared"),
    path("ho-so-lien-thong/<uuid:public_id>/", bundle.bundle, name="bundle"),
    path("uy-quyen/", mandates.mandates, name="mandates"),
    path("uy-quyen/<uuid:public_id>/", mandates.mandate, name="mandate"),
]

SUPPLEMENT = [
    path("ho-so/<code:code>/bo-sung/", supplement.answer, name="answer"),
    path("ho-so/<code:code>/bo-sung/luu/", supplement.save, name="answer_save"),
    path("ho-so/<code:code>/bo-sung/giay-to/<int:file>/bo/", supplement.remove, name="answer_remove"),
]

SENDING = [
    path("gui-tep/<int:paper>/", sending.begin, name="upload_begin"),
    path("gui-tep/<uuid:key>/", sending.piece, name="upload"),
    path("gui-tep/<uuid:key>/bo/", sending.give_up, name="upload_give_up"),
]

ACCOUNT = [
    path("tai-khoan/gop/", joining.join, name="join"),
    path("tai-khoan/gop/ma/", joining.by_code, name="join_code"),
    path("tai-khoan/gop/mat-khau/", joining.by_password, name="join_password"),
    path("tai-khoan/du-lieu/", leaving.data, name="own_data"),
    path("tai-khoan/du-lieu/<uuid:public_id>/", leaving.fetch, name="own_data_file"),
    path("tai-khoan/dong/", leaving.leave, name="leave"),
]

urlpatterns = [*ACCOUNT, *CATALOGUE, *FILING, *FOLLOWING, *SUPPLEMENT, *SENDING]
