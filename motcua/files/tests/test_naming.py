"""Names as people give them, and as they are safe to keep and to send back."""

import unicodedata

import pytest

from motcua.files.naming import LONGEST, clean_name, extension


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Đơn đề nghị.pdf", "Đơn đề nghị.pdf"),
        (unicodedata.normalize("NFD", "Giấy chứng sinh ộ.pdf"), "Giấy chứng sinh ộ.pdf"),
        ("giấy 📄 tờ 👍🏽.jpg", "giấy 📄 tờ 👍🏽.jpg"),
        ("  hai   khoảng\ttrắng .pdf ", "hai khoảng trắng .pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Lan\\Desktop\\anh.jpg", "anh.jpg"),
        ("/", "tep"),
        ("", "tep"),
        ("...", "tep"),
        (".htaccess", "htaccess"),
        ("\u202egpj.exe", "gpj.exe"),  # reads "exe.jpg" with the mark
        ("a\0b\r\nSet-Cookie: x.pdf", "ab Set-Cookie: x.pdf"),
        ("zero\u200bwidth\ufeff.pdf", "zerowidth.pdf"),
        ("nửa \ud83d.pdf", "nửa .pdf"),
        ("Z" + "\u0308" * 100 + ".pdf", "Z" + "\u0308" * 4 + ".pdf"),
        ('"a"; filename=b.pdf', '"a"; filename=b.pdf'),
    ],
)
def test_a_name_is_made_safe(given, kept):
    assert clean_name(given) == kept


def test_a_long_name_keeps_its_ending():
    name = clean_name("Đơn " * 100 + ".pdf")

    assert len(name) <= LONGEST
    assert name.startswith("Đơn Đơn")
    assert name.endswith(".pdf")


def test_cleaning_twice_is_cleaning_once():
    for name in ("Đơn " * 100 + ".pdf", "\u202e../x.pdf", "a" * 300, "a." + "b" * 300):
        assert clean_name(clean_name(name)) == clean_name(name)
        assert len(clean_name(name)) <= LONGEST


@pytest.mark.parametrize(
    ("name", "ending"), [("a.PDF", "pdf"), ("a.tar.gz", "gz"), ("a", ""), (".pdf", ""), ("a.", ""), ("a. pdf", "pdf")]
)
def test_the_ending_is_what_stands_behind_the_last_dot(name, ending):
    assert extension(name) == ending
