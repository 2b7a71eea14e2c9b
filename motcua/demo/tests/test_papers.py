import json
from pathlib import Path

import pytest

from motcua.demo import facts
from motcua.demo.papers import scanned_paper

COMPLETE = Path(facts.__file__).parent / "complete"
TITLES = sorted(
    {
        paper["name"]
        for path in COMPLETE.glob("*.json")
        for paper in json.loads(path.read_text(encoding="utf-8"))["components"]
    },
    key=len,
)


@pytest.mark.parametrize(("kind", "magic"), [("pdf", b"%PDF-"), ("png", b"\x89PNG\r\n\x1a\n")])
def test_a_paper_is_a_small_real_file(kind, magic):
    for title in TITLES[:3] + TITLES[-3:]:
        name, made = scanned_paper(title, "Chẩu Thị Hồng Ánh", kind=kind)

        assert made.startswith(magic)
        assert len(made) < 30_000
        assert name.endswith(f".{kind}") and name.isascii()


def test_the_same_paper_is_made_twice_alike():
    assert scanned_paper("Giấy chứng sinh", "Ma Văn Páo") == scanned_paper("Giấy chứng sinh", "Ma Văn Páo")
    assert scanned_paper("Giấy chứng sinh", "Ma Văn Páo") != scanned_paper("Giấy chứng sinh", "Ma Văn Páo", seed=1)


def test_a_name_with_markup_stays_text():
    _, made = scanned_paper('#panic("x") $', "*Bàn* #let")

    assert made.startswith(b"%PDF-")
