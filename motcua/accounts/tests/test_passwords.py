"""Passwords that whoever guesses tries first are refused; what is one's own is not."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from motcua.accounts.models import Person

LAN = Person(username="lan.nt", full_name="Nguyễn Thị Lan", phone="0912345678", id_number="008092012345")


@pytest.mark.parametrize(
    "guessed",
    [
        "Tuyên Quang 2026",
        "motcua-tuyenquang",
        "MộtCửa@123456",
        "dichvucong2025!",
        "Mat_Khau_2026_ubnd",
        "1234567890",
        "qwertyuiop",
        "nguyenthilan",
        "0912345678",
        "ngắn quá",
    ],
)
def test_what_is_tried_first_is_refused(guessed):
    with pytest.raises(ValidationError) as refused:
        validate_password(guessed, LAN)

    assert all("password" not in sentence.lower() for sentence in refused.value.messages)  # told in Vietnamese


@pytest.mark.parametrize(
    "own",
    ["nắng sớm trên sông Lô", "cam sành Hàm Yên ngọt", "một cửa sổ nhìn ra ruộng bậc thang", "x" * 20 + "k7" * 30],
)
def test_a_sentence_of_ones_own_is_taken(own):
    validate_password(own, LAN)
