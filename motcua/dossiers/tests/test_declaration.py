"""The filled form as it is printed and signed (tờ khai)."""

import shutil
import subprocess

import pytest

from motcua.catalogue.testing import FORM
from motcua.dossiers import declaration, paper_forms
from motcua.dossiers.models import OwnerKind, State
from motcua.dossiers.testing import a_dossier, a_draft, a_one_stop, a_walk_in

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not shutil.which("pdftotext"), reason="không có pdftotext (apt install poppler-utils)"),
]

FAMILY = [
    *FORM,
    {
        "key": "anh_em",
        "type": "group",
        "label": "Anh, chị, em",
        "required": False,
        "fields": [
            {"key": "ten", "type": "text", "label": "Họ tên", "required": True},
            {"key": "sinh", "type": "partial_date", "label": "Năm sinh", "required": False},
        ],
    },
    {"key": "me", "type": "person", "label": "Người mẹ", "required": True},
    {"key": "kem", "type": "paper", "label": "Giấy chứng sinh", "required": False, "component": "chung_sinh"},
]
TOLD = {
    "ten_con": "Lý Gia Bảo",
    "ngay_sinh": "2022-04-01",
    "co_cha": "Không",
    "anh_em": [{"ten": "Lý Gia An", "sinh": "2015"}, {"ten": "Lý Gia Lộc"}],
    "me": {"name": "Triệu Thị Mẩy", "birth": "1990-03"},
}


@pytest.fixture
def office():
    return a_one_stop(form=FAMILY)


def read(dossier, program=("pdftotext", "-layout", "-", "-")):
    made = declaration.pdf(dossier)
    return subprocess.run(program, input=made, capture_output=True, check=True).stdout.decode()


def words(dossier):
    return " ".join(read(dossier).split())


def test_a_declaration_tells_to_whom_who_what_and_under_whose_word(office):
    told = words(a_dossier(office, State.SUBMITTED, form=TOLD))

    for fact in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc",
        "TỜ KHAI, ĐƠN ĐỀ NGHỊ Đăng ký khai sinh",
        "Kính gửi: Ủy ban nhân dân xã Hùng Đức",
        "Họ, chữ đệm, tên: Lý A Pao",
        "Địa chỉ: Thôn Khuổi Phát, xã Hùng Đức, huyện Hàm Yên",
        "1. Họ, chữ đệm, tên của con: Lý Gia Bảo",
        "2. Ngày sinh: 01/04/2022",
        "3. Khai cả phần cha?: Không",
        "STT Họ tên Năm sinh 1 Lý Gia An 2015 2 Lý Gia Lộc",
        "5. Người mẹ: Họ, chữ đệm, tên: Triệu Thị Mẩy Ngày sinh: 03/1990",
        "6. Giấy chứng sinh: Giấy chứng sinh: giay.pdf",
        "Tôi cam đoan những nội dung khai trên đây là đúng sự thật",
        "ngày 23 tháng 10 năm 2023 NGƯỜI KHAI (Ký, ghi rõ họ tên) Lý A Pao",
    ):
        assert fact in told, fact
    assert "BẢN NHÁP" not in told


def test_a_draft_says_that_it_is_one_and_leaves_the_day_to_the_pen(office):
    told = words(a_draft(office, form=TOLD))

    assert "BẢN NHÁP, CHƯA NỘP" in told
    assert "23 tháng 10" not in told


def test_a_declaration_is_a_tagged_page_of_a4_and_says_its_code(office):
    dossier = a_dossier(office, State.SUBMITTED, form=TOLD)

    info = read(dossier, ("pdfinfo", "-"))

    assert "Tagged:          yes" in info and "(A4)" in info and "Pages:           1" in info
    assert f"{dossier.code} – trang 1/1" in words(dossier)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Tờ khai đăng ký khai sinh theo mẫu số 01", "TỜ KHAI ĐĂNG KÝ KHAI SINH"),
        ("Đơn đề nghị cấp lại (Mẫu 02)", "ĐƠN ĐỀ NGHỊ CẤP LẠI"),
        ("Giấy chứng sinh", "TỜ KHAI, ĐƠN ĐỀ NGHỊ"),
        ("Đơn " + "rất dài " * 30, "TỜ KHAI, ĐƠN ĐỀ NGHỊ"),
    ],
)
def test_its_title_is_that_of_the_form_among_the_papers(name, title):
    office = a_one_stop(components=[{"key": "giay", "name": name, "required": True}])

    assert title in words(a_draft(office))


def test_marks_emoji_markup_and_very_long_answers_do_not_break_it(office):
    typed = '#panic("x") ] $a$ *đậm* \\ <nhãn> @ai'
    told = TOLD | {
        "ten_con": "Nguye\u0302\u0303n 👨‍👩‍👧 中文 " + typed,
        "anh_em": [{"ten": "x" * 500}] * 30,
        "me": {"name": "một câu dài " * 300, "birth": "1990"},
    }
    dossier = a_draft(office, form=told)

    shown = words(dossier).replace("“", '"')

    assert f"Nguyễn □ □ {typed}" in shown
    assert "x" * 500 in "".join(shown.replace("\u200b", "").split())
    assert "NGƯỜI KHAI" in shown


def test_a_question_left_open_keeps_its_line_for_the_pen():
    walk_in = a_walk_in(a_one_stop(), form={}, owner_kind=OwnerKind.ENTERPRISE, owner_name="Công ty Hùng Đức")

    sheet = declaration.sheet(walk_in)

    assert [answer.text for answer in sheet.answers] == ["", "", ""]
    assert ("Tên tổ chức", "Công ty Hùng Đức") in sheet.person
    assert sheet.signer == ""
    assert paper_forms.pdf(sheet).startswith(b"%PDF")
