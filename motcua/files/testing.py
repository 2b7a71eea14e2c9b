"""Small real files of every kind that is taken, and of some that are not."""

from __future__ import annotations

import io
import zipfile

from .sniffing import CONTENTS, DOCX, XLSX

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
# One pixel each.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d4944415478da63fcffff3f030005fe02fea73581840000000049454e44ae426082"
)
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb004300") + bytes([8] * 64) + bytes.fromhex("ffd9")
WEBP = bytes.fromhex("524946461a000000574542505650384c0d0000002f0000001007101111888808fe07")
EXE = b"MZ" + bytes(58) + b"\x40\0\0\0" + b"PE\0\0" + bytes(200)
HTML = b"<!doctype html><html><body><script>alert(1)</script></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def a_zip(parts: dict[str, str]) -> bytes:
    """A zip of these parts, in their order."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return written.getvalue()


def a_docx(text: str = "Đơn đề nghị", **more: str) -> bytes:
    """What a word processor writes, as small as it gets."""
    return a_zip({CONTENTS: _contents("/word/document.xml", DOCX), "_rels/.rels": "", "word/document.xml": text} | more)


def an_xlsx() -> bytes:
    return a_zip({CONTENTS: _contents("/xl/workbook.xml", XLSX), "_rels/.rels": "", "xl/workbook.xml": ""})


def _contents(part: str, media_type: str) -> str:
    return f'<Types><Override PartName="{part}" ContentType="{media_type}.main+xml"/></Types>'
