"""One spelling to store, one to search by."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.vietnamese import compose, fold


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Hoàng   Thị\tMai\n", "Hoàng Thị Mai"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Ường"), "Nguyễn Thị Ường"),
        ("a\0b", "ab"),
        ("Mai\u00a0Anh", "Mai Anh"),
        ("👩🏽‍🌾 chị nông dân", "👩🏽‍🌾 chị nông dân"),
        ("", ""),
    ],
)
def test_a_text_is_stored_in_one_spelling(typed, stored):
    assert compose(typed) == stored


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("Đăng ký khai sinh", "dang ky khai sinh"),
        ("ĐẶNG THỊ ƯỚC", "dang thi uoc"),
        (unicodedata.normalize("NFD", "Tuyên Quang"), "tuyen quang"),
        ("dang ky", "dang ky"),
        ("  Nghị  định 118/2025/NĐ-CP ", "nghi dinh 118/2025/nd-cp"),
        ("\0", ""),
    ],
)
def test_a_text_is_searched_without_accents(typed, searched):
    assert fold(typed) == searched


@given(st.text())
def test_composing_and_folding_twice_is_doing_it_once(text):
    assert compose(compose(text)) == compose(text)
    assert fold(fold(text)) == fold(text)
    assert unicodedata.is_normalized("NFC", compose(text))


@given(st.text())
def test_both_spellings_of_a_letter_are_stored_and_searched_alike(text):
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))

    assert compose(composed) == compose(decomposed)
    assert fold(composed) == fold(decomposed)
