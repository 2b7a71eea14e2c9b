"""The QR code of an identity card is read field by field (thẻ căn cước)."""

import pytest

from motcua.accounts.cards import NotACard, card

CARD = "008092012345|070912345|Hoàng Văn Sơn|02091992|Nam|Thôn Khuổi Phát, xã Hùng Đức, huyện Hàm Yên|01102021"


def test_a_card_is_read_field_by_field():
    read = card(CARD)

    assert read.id_number == "008092012345"
    assert read.name == "Hoàng Văn Sơn"
    assert f"{read.birth_date:%d/%m/%Y}" == "02/09/1992"
    assert read.address == "Thôn Khuổi Phát, xã Hùng Đức, huyện Hàm Yên"


@pytest.mark.parametrize(
    "text",
    ["", "|||||", "khai sinh", "12|x|y|z|a|b", "٠٠٨٠٩٢٠١٢٣٤٥||Sơn|02091992|Nam|x|y", "008092012345|||02091992|Nam|x"],
)
def test_what_is_no_card_is_refused_with_a_way_out(text):
    with pytest.raises(NotACard, match="nhập tay"):
        card(text)


def test_a_card_whose_birth_day_is_not_a_day_leaves_it_to_be_asked():
    assert card("008092012345||Hoàng Văn Sơn|00001992|Nam|Xã Hùng Đức|").birth_date is None
