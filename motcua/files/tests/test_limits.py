"""What may be sent is told before, in words a person reads."""

import pytest

from motcua.files import limits


def test_the_limits_are_told_as_a_sentence():
    assert limits.told() == "PDF, JPG, PNG, WEBP, DOCX hoặc XLSX, tối đa 20 MB mỗi tệp"


def test_the_browsers_chooser_offers_the_same():
    assert limits.accept() == ".pdf,.jpg,.jpeg,.png,.webp,.docx,.xlsx"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 byte"),
        (1023, "1023 byte"),
        (1024, "1 KB"),
        (1536, "1,5 KB"),
        (20 * 1024**2, "20 MB"),
        (3 * 1024**3, "3072 MB"),
    ],
)
def test_a_size_is_told_in_the_unit_a_person_would_choose(size, words):
    assert limits.in_words(size) == words
