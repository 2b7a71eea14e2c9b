import re

import pytest

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


def test_search_keeps_to_what_the_officer_may_see_and_to_a_bounded_length(office):
    assert look_for(office, "x" * 10_000).status_code == 200
    assert look_for(office, "a\x00b").status_code == 200
    assert look_for(office, "").status_code == 200
