"""What the house says to people is short and plain, in Vietnamese and in English (viết dễ hiểu).

Every sentence of the portal and of the account is read: from the templates, from the code, and from the refusals a citizen may
meet. The words are our own list: what an office writes, and what a good officer says at the window.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from motcua.portal.tests.test_english_refusals import CHAPTERS, refusals

HOUSE = Path(__file__).parents[1] / "motcua"
LONGEST = 25  # syllables of Vietnamese, words of English
# Words of the office, and what is said instead. A term of the law that people meet on their papers stays as it is.
PLAINER = {
    "đề nghị quý": "xin",
    "quý khách": "bạn",
    "quý công dân": "bạn",
    "ông/bà": "bạn",
    "vui lòng": "xin, hãy",
    "tiến hành": "(bỏ)",
    "thực hiện việc": "làm",
    "nhằm mục đích": "để",
    "trong trường hợp": "nếu",
    "trường hợp bạn": "nếu bạn",
    "căn cứ vào": "theo",
    "đối với": "với, của",
    "nêu trên": "ở trên",
    "hợp lệ": "đúng",
    "không hợp lệ": "chưa đúng",
    "kê khai": "khai, ghi",
    "tra soát": "xem lại",
    "truy cập": "mở, vào",
    "đăng tải": "gửi lên",
    "tải lên": "gửi",
    "thao tác": "việc, bước",
    "dữ liệu đầu vào": "điều bạn ghi",
    "trường bắt buộc": "phải ghi",
    "thất bại": "chưa được",
    "hệ thống xảy ra lỗi": "có lỗi ở máy chủ",
    "người dùng": "bạn",
    "click": "bấm",
    "nhấn chuột": "bấm",
    "submit": "gửi",
    "upload": "gửi",
    "download": "tải về",
    "file": "tệp",
    "email": "thư điện tử",
    "online": "trực tuyến",
    "please be advised": "(leave out)",
    "in order to": "to",
    "prior to": "before",
    "utilise": "use",
    "utilize": "use",
    "pursuant to": "under",
    "commence": "begin",
    "in the event": "if",
    "aforementioned": "this",
    "herein": "here",
    "invalid": "not right",
    "an error occurred": "what happened",
}
ENGLISH = {"file", "email", "online", "download", "upload", "submit"}  # plain in their own language
# “khóa truy cập” is what telephones call a passkey in Vietnamese.
NAMES = ("khóa truy cập", "Khóa truy cập", "danh tính điện tử")
TWICE_NO = re.compile(
    r"\b(không|chưa) (?:thể |phải |được )?(không|chưa)\b|\bnot un\w+|\bnot in(?!to|side|stead|\b)\w+", re.I
)
PASSIVE = re.compile(r"\b(được|bị)\b[^.,;:]{0,24}\b(được|bị)\b[^.,;:]{0,24}\b(được|bị)\b")
CAPITALS = re.compile(r"\b[A-ZĐĂÂÊÔƠƯ]{4,}\b")
KNOWN_CAPITALS = {"JSON", "CCCD", "VNEID", "HTML", "JPEG", "WEBP", "DOCX", "XLSX", "JSONL", "UBND", "HTTP"}


def texts(language: str) -> dict[str, str]:
    """Each sentence with where it is said: msgid is Vietnamese, msgstr English."""
    found: dict[str, str] = {}
    for app in ("portal", "accounts", "ui"):
        po = (HOUSE / app / "locale/en/LC_MESSAGES/django.po").read_text(encoding="utf-8")
        po = re.sub(r'"\n"', "", po)
        key = r"msgid(?:_plural)?" if language == "vi" else r"msgstr(?:\[\d\])?"
        found |= {
            text: f"{app}/locale"
            for text in re.findall(rf'^{key} "(.+)"$', po, re.MULTILINE)
            if "Content-Type" not in text
        }
    if language == "vi":
        for page in (*HOUSE.glob("portal/templates/**/*.html"), *HOUSE.glob("accounts/templates/**/*.html")):
            source = page.read_text(encoding="utf-8")
            found |= dict.fromkeys(re.findall(r'{% translate "([^"]+)"', source), page.name)
            found |= dict.fromkeys(re.findall(r"{% blocktranslate[^%]*%}(.*?){%", source, re.DOTALL), page.name)
        for chapter in CHAPTERS:
            found |= {said: chapter for _, said in refusals(chapter) if said}
    return found


def sentences(text: str) -> list[str]:
    text = re.sub(r"%\(\w+\)s|{{ *\w+ *}}", "…", text)
    for name in NAMES:
        text = text.replace(name, "…")
    return [one for one in re.split(r"(?<=[.!?])\s+", text) if one.strip()]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_sentence_is_long(language):
    long = {
        f"{len(one.split())} ({where}): {one}"
        for text, where in texts(language).items()
        for one in sentences(text)
        if len(one.split()) > LONGEST
    }

    assert long == set()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_word_of_the_office_stands_where_a_plain_one_would(language):
    found = {
        f"{word} → {plainer} ({where}): {text}"
        for text, where in texts(language).items()
        for word, plainer in PLAINER.items()
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", " ".join(sentences(text)), re.IGNORECASE)
        if language == "vi" or word not in ENGLISH
    }

    assert found == set()


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("fault", "pattern"), [("two negations", TWICE_NO), ("a chain of passives", PASSIVE), ("capitals", CAPITALS)]
)
def test_no_sentence_turns_round_itself_or_shouts(language, fault, pattern):
    found = {
        f"{fault} ({where}): {one}"
        for text, where in texts(language).items()
        for one in sentences(text)
        if (said := pattern.search(one)) and said.group() not in KNOWN_CAPITALS
    }

    assert found == set()


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (TWICE_NO, "Bạn không thể không khai."),
        (PASSIVE, "Hồ sơ được gửi để được xem và được ký."),
        (CAPITALS, "Bạn KHÔNG ĐƯỢC nộp."),
    ],
)
def test_what_is_looked_for_would_be_found(pattern, said):
    assert pattern.search(said)
    assert len(texts("vi")) > 500 and len(texts("en")) > 500
