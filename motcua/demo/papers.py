"""Small real files to stand for the papers of a demonstration dossier (giấy tờ mẫu)."""

from __future__ import annotations

import json
from functools import cache
from random import Random

import fontpkg_be_vietnam_pro
import typst

from motcua.vietnamese import fold

MARK = "MẪU – DỮ LIỆU TRÌNH DIỄN"

# Data come in by sys.inputs, so nothing in a title or name can become markup.
PAGE = """
#let paper = json(bytes(sys.inputs.paper))
#set document(title: paper.title, date: none)
#set page(width: 148mm, height: 210mm, margin: 14mm, fill: rgb("#fdfcf7"),
  foreground: rotate(-35deg, text(20pt, fill: rgb("#b4232348"), weight: "bold", paper.mark)))
#set text(font: "Be Vietnam Pro", size: 10pt, lang: "vi")
#align(center)[*CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM* \\ Độc lập – Tự do – Hạnh phúc]
#v(8mm)
#align(center, text(13pt, weight: "bold", upper(paper.title)))
#v(6mm)
Họ và tên: *#paper.name*
#for line in paper.lines [
  #v(3mm) #line
]
#v(1fr)
#align(right)[Người khai \\ #v(12mm) #paper.name]
#v(4mm)
#text(8pt, paper.mark + ". Không có giá trị sử dụng.")
"""


@cache
def compiler() -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[fontpkg_be_vietnam_pro.ROOT]
    )
    return typst.Compiler(font_paths=fonts)


def scanned_paper(title: str, name: str, *, kind: str = "pdf", seed: int = 0) -> tuple[str, bytes]:
    """A one-page A5 paper as `pdf` or `png`, its file name and its bytes, the same for the same arguments."""
    random = Random(f"{title}|{name}|{seed}")
    lines = [
        f"Số: {random.randint(1, 999)}/TD",
        f"Ngày {random.randint(1, 28)} tháng {random.randint(1, 12)} năm {random.randint(2015, 2024)}",
        "Nội dung: giấy tờ làm ra để trình diễn, không phải của người thật.",
    ]
    paper = json.dumps({"title": title, "name": name, "lines": lines, "mark": MARK}, ensure_ascii=False)
    inputs = {"paper": paper}
    made = (
        compiler().compile(PAGE.encode(), format="png", ppi=56, sys_inputs=inputs)
        if kind == "png"
        else compiler().compile(PAGE.encode(), format="pdf", sys_inputs=inputs, timestamp=0, pdf_tags=False)
    )
    assert isinstance(made, bytes)
    slug = "-".join("".join(c if c.isalnum() else " " for c in fold(title)).split())[:60].strip("-")
    return f"{slug}.{kind}", made
