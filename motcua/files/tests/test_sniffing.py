"""A file is what it holds."""

import io

import pytest

from motcua.files import sniffing
from motcua.files.sniffing import CONTENTS, DOCX, XLSX, media_type
from motcua.files.testing import EXE, HTML, JPEG, PDF, PNG, SVG, WEBP, a_docx, a_zip, an_xlsx


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (PDF, "application/pdf"),
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (WEBP, "image/webp"),
        (a_docx(), DOCX),
        (an_xlsx(), XLSX),
    ],
)
def test_what_is_taken_is_known(content, told):
    assert media_type(io.BytesIO(content)) == told


@pytest.mark.parametrize(
    "content", [HTML, SVG, b"Tuy\xc3\xaan Quang", b"\0", b"%PD", b"PK", b"PK\3\4", b"PK\5\6" + bytes(18)]
)
def test_what_is_none_of_them_is_nothing(content):
    assert media_type(io.BytesIO(content)) is None


def test_a_program_stays_a_program():
    assert media_type(io.BytesIO(EXE)) not in (None, "application/pdf")


def test_the_order_of_an_office_documents_parts_does_not_matter():
    parts = {"mimetype": "", "docProps/app.xml": "x" * 9000, "word/document.xml": ""}
    contents = f'<Override PartName="/word/document.xml" ContentType="{DOCX}.main+xml"/>'

    assert media_type(io.BytesIO(a_zip({**parts, CONTENTS: contents}))) == DOCX


@pytest.mark.parametrize(
    "parts",
    [
        {"doc.txt": "x"},
        {"word/document.xml": "x"},  # looks like one by the names alone
        {CONTENTS: "<Types/>", "_rels/.rels": "", "word/document.xml": ""},
        {
            CONTENTS: '<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>',
            "word/vbaProject.bin": "",
        },
    ],
)
def test_another_zip_is_no_office_document(parts):
    assert media_type(io.BytesIO(a_zip(parts))) is None


def test_a_broken_archive_is_nothing():
    whole = a_docx("x" * 5000)

    assert media_type(io.BytesIO(whole[:-40])) is None
    assert media_type(io.BytesIO(whole[:40] + bytes(40) + whole[80:])) is None


def test_a_list_of_millions_of_parts_is_not_even_read(monkeypatch):
    monkeypatch.setattr(sniffing, "MOST_PARTS", 2)

    assert media_type(io.BytesIO(a_docx())) is None


def test_a_table_of_contents_that_swells_is_read_only_so_far():
    swollen = a_zip({CONTENTS: " " * 5_000_000 + f"{DOCX}.main+xml", "word/document.xml": ""})

    assert len(swollen) < 20_000
    assert media_type(io.BytesIO(swollen)) is None
