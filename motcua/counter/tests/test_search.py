import re

import pytest

from motcua.counter import scanning
from motcua.counter.testing import address, at_the_desk
from motcua.dossiers.models import State
from motcua.dossiers.testing import a_dossier

CARD = "008092012345|070912345|Hoàng Văn Sơn|02091992|Nam|Thôn Khuổi Phát, xã Hùng Đức, huyện Hàm Yên|01102021"


def look_for(office, text):
    return at_the_desk(office.reception).get("/motcua/tim/", {"q": text})


@pytest.mark.parametrize(
    "part", ["whole", "tail", "number", "ly a pao", "LÝ A PAO", "pao", "008885123456", "5123456", "phone", "0901"]
)
def test_whatever_one_remembers_opens_the_only_dossier_it_fits(office, part):
    dossier = a_dossier(office, State.IN_PROGRESS)
    _, day, number = dossier.code.rsplit("-", 2)
    text = {"whole": dossier.code, "tail": f"{day}-{number}", "number": number, "phone": dossier.phone}.get(part, part)

    response = look_for(office, text)

    assert response.status_code == 302
    assert response.url == address(dossier)


def test_several_are_listed_the_newest_first(office):
    older, newer = a_dossier(office, State.IN_PROGRESS), a_dossier(office, State.SUBMITTED)

    page = look_for(office, "lý a pao").content.decode()

    assert re.findall(r'class="code" title="([^"]+)"', page) == [newer.code, older.code]


def test_nothing_found_says_what_else_to_try(office):
    page = look_for(office, "không có ai tên này").content.decode()

    assert "Không tìm thấy hồ sơ nào trong phạm vi được giao" in page


def test_the_card_of_a_person_finds_their_dossiers(office):
    dossier = a_dossier(office, State.READY, owner_id_number="008092012345", owner_name="Hoàng Văn Sơn")
    a_dossier(office, State.READY)

    assert look_for(office, CARD).url == address(dossier)


def test_the_qr_of_a_receipt_finds_its_dossier(office):
    dossier = a_dossier(office, State.READY)
    a_dossier(office, State.READY)

    assert look_for(office, f"https://motcua.vidu.vn/tra-cuu/?ma={dossier.code}").url == address(dossier)


def test_a_card_is_read_field_by_field():
    card = scanning.card(CARD)

    assert card.id_number == "008092012345"
    assert card.name == "Hoàng Văn Sơn"
    assert f"{card.birth_date:%d/%m/%Y}" == "02/09/1992"
    assert card.address == "Thôn Khuổi Phát, xã Hùng Đức, huyện Hàm Yên"


@pytest.mark.parametrize(
    "text",
    ["", "|||||", "khai sinh", "12|x|y|z|a|b", "٠٠٨٠٩٢٠١٢٣٤٥||Sơn|02091992|Nam|x|y", "008092012345|||02091992|Nam|x"],
)
def test_what_is_no_card_is_refused_with_a_way_out(text):
    with pytest.raises(scanning.NotACard, match="nhập tay"):
        scanning.card(text)


def test_a_card_whose_birth_day_is_not_a_day_leaves_it_to_be_asked():
    assert scanning.card("008092012345||Hoàng Văn Sơn|00001992|Nam|Xã Hùng Đức|").birth_date is None


def test_search_keeps_to_what_the_officer_may_see_and_to_a_bounded_length(office):
    assert look_for(office, "x" * 10_000).status_code == 200
    assert look_for(office, "a\x00b").status_code == 200
    assert look_for(office, "").status_code == 200
