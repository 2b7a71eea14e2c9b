"""The form of a procedure at the desk: persons, groups, papers and what is computed (biểu mẫu tại quầy)."""

import pytest

from motcua.catalogue.testing import ANSWERS, FORM
from motcua.counter.testing import at_the_desk, what_is_typed
from motcua.dossiers import declaration, supplement
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.supplement import Item
from motcua.dossiers.testing import MONDAY, a_dossier, a_one_stop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

CHILDREN = {
    "key": "anh_em",
    "type": "group",
    "label": "Anh, chị, em",
    "required": False,
    "item": "người",
    "fields": [
        {"key": "ten", "type": "text", "label": "Họ tên", "required": True},
        {"key": "tro_cap", "type": "money", "label": "Trợ cấp", "required": False},
    ],
}
FAMILY = [
    *FORM,
    {"key": "me", "type": "person", "label": "Người mẹ", "required": False},
    CHILDREN,
    {
        "key": "tong",
        "type": "computed",
        "label": "Tổng trợ cấp",
        "required": False,
        "expression": "sum(anh_em.tro_cap)",
        "result": "money",
    },
    {
        "key": "kem",
        "type": "paper",
        "label": "Văn bản ủy quyền",
        "required": True,
        "component": "uy_quyen",
        "show_if": {"co_cha": "Có"},
    },
]
TOLD = {
    "form-me-name": "Triệu Thị Mẩy",
    "form-me-birth": "00/00/1990",
    "form-anh_em-items": "0,1",
    "form-anh_em-0-ten": "Lý Gia An",
    "form-anh_em-0-tro_cap": "500.000",
    "form-anh_em-1-ten": "Lý Gia Lộc",
}


@pytest.fixture
def office():
    return a_one_stop(form=FAMILY)


def page_of(office):
    return f"/motcua/tiep-nhan/{office.version.code}/"


def text(response):
    return " ".join(response.content.decode().split())


def test_a_family_is_received_with_all_its_members(office):
    at_the_desk(office.reception).post(page_of(office), what_is_typed(office) | TOLD | {"form-tong": "1"})

    told = Dossier.objects.get().form
    assert told["me"] == {"name": "Triệu Thị Mẩy", "birth": "1990"}
    assert told["anh_em"] == [{"ten": "Lý Gia An", "tro_cap": 500000}, {"ten": "Lý Gia Lộc"}]
    assert told["tong"] == 500000


def test_one_more_member_keeps_the_whole_page_and_judges_nothing(office):
    sent = {
        "owner_name": "Lý A Pao",
        "phone": "12",
        **TOLD,
        "form-anh_em-0-tro_cap": "1.250",
        "them-muc": "form-anh_em",
    }

    shown = at_the_desk(office.reception).post(page_of(office), sent)

    told = text(shown)
    assert 'name="form-anh_em-2-ten"' in told and 'value="Lý A Pao"' in told
    assert 'value="12"' in told and 'value="1.250"' in told and 'class="error"' not in told
    assert not Dossier.objects.exists()


def test_what_was_typed_into_the_form_survives_reading_a_card(office):
    shown = text(at_the_desk(office.reception).post(page_of(office), {**TOLD, "read": "1", "qr": ""}))

    assert 'value="Lý Gia Lộc"' in shown and 'value="Triệu Thị Mẩy"' in shown and 'value="500.000"' in shown


def test_a_paper_a_question_asks_for_must_be_there(office):
    desk = at_the_desk(office.reception)
    asks = what_is_typed(office) | {"form-co_cha": "Có", "form-cha": "Lý A Sử"}
    mandate = office.version.components.get(key="uy_quyen")

    refused = desk.post(page_of(office), asks | {f"originals_{mandate.pk}": "0", f"copies_{mandate.pk}": "0"})

    assert refused.status_code == 422 and "“Văn bản ủy quyền” là giấy tờ bắt buộc" in text(refused)
    assert not Dossier.objects.exists()
    desk.post(page_of(office), asks | {f"copies_{mandate.pk}": "1"})
    assert Dossier.objects.exists()


def test_a_group_asked_again_is_answered_at_the_desk_and_sums_follow(office):
    form = {"ten_con": "Bảo", "ngay_sinh": "2022-04-01", "co_cha": "Không", "anh_em": [{"ten": "An", "tro_cap": 1}]}
    dossier = a_dossier(office, State.SUBMITTED, form=form)
    asked = [Item("Khai đủ anh, chị, em", field="anh_em")]
    supplement.request(dossier, items=asked, reason="Thiếu.", by=office.reception, at=MONDAY.replace(hour=11))
    desk = at_the_desk(office.reception)
    address = f"/motcua/ho-so/{dossier.code}/ghi-nhan-bo-sung/"
    sent = {"anh_em-items": "0", "anh_em-0-ten": "An", "anh_em-0-tro_cap": "1"}

    shown = text(desk.get(address))
    more = desk.post(address, {**sent, "them-muc": "anh_em"})
    assert 'name="anh_em-0-ten"' in shown and more.status_code == 422 and 'name="anh_em-1-ten"' in text(more)
    answered = desk.post(address, sent | {"anh_em-items": "0,1", "anh_em-1-ten": "Lộc", "anh_em-1-tro_cap": "2"})

    assert answered.status_code == 302, text(answered)
    dossier.refresh_from_db()
    assert dossier.form["anh_em"] == [{"ten": "An", "tro_cap": 1}, {"ten": "Lộc", "tro_cap": 2}]
    assert dossier.form["tong"] == 3


def test_the_declaration_is_printed_by_whoever_sees_the_dossier_and_nobody_else(office):
    dossier = a_dossier(office, State.SUBMITTED, form={**ANSWERS, "co_cha": "Không"})
    address = f"/motcua/ho-so/{dossier.code}/to-khai/"
    stranger = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894").reception

    printed = at_the_desk(office.reception).get(address)

    assert printed.content == declaration.pdf(dossier, follow_address=f"http://testserver/tra-cuu/?ma={dossier.code}")
    assert address in text(at_the_desk(office.reception).get(f"/motcua/ho-so/{dossier.code}/"))
    assert at_the_desk(stranger).get(address).status_code == 404
