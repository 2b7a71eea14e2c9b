import re
import shutil
import subprocess
import threading
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import segno
from barcode import Code128

from motcua.dossiers import paper_forms
from motcua.dossiers.paper_forms import (
    ControlSheet,
    Count,
    Handover,
    PaperLine,
    ReceiptSheet,
    RefusalSheet,
    SupplementSheet,
    legible,
)
from motcua.dossiers.paper_forms.words import day_in_words, moment_in_words, money

CODE = "000.00.31.H60-231027-0361"
FOLLOW = f"https://dichvucong.example.vn/tra-cuu/?ma={CODE}"
HEADING = {
    "form": "Mẫu số 01 – Thông tư 01/2018/TT-VPCP",
    "title": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    "above": "Ủy ban nhân dân phường Phan Thiết,\nthành phố Tuyên Quang",
    "office": "Bộ phận Tiếp nhận và Trả kết quả",
    "number": "……/BPTNTKQ",
    "place": "Phan Thiết",
    "day": "ngày 27 tháng 10 năm 2023",
    "code": CODE,
    "owner": "Lý A Pao",
    "address": "Tổ 5, phường Phan Thiết",
    "phone": "0912345678",
    "email": "",
    "request": "Đăng ký khai sinh",
    "follow_address": FOLLOW,
}
RECEIPT = ReceiptSheet(
    **HEADING,
    office_label="Bộ phận Tiếp nhận và Trả kết quả",
    office_name="Ủy ban nhân dân phường Phan Thiết",
    id_number="008085123456",
    papers=[
        PaperLine(name="Tờ khai", counts=[Count(kind="Bản chính", amount="1")]),
        PaperLine(
            name="Giấy chứng sinh", counts=[Count(kind="Bản chính", amount="1"), Count(kind="Bản sao", amount="2")]
        ),
    ],
    sets="1 (bộ)",
    term="5 ngày làm việc",
    received_at="09 giờ 32 phút, ngày 27 tháng 10 năm 2023",
    due_at="09 giờ 32 phút, ngày 03 tháng 11 năm 2023",
    return_at="Bộ phận Tiếp nhận và Trả kết quả",
    fee="8.000 đồng",
    submitter="Lý A Pao",
    officer="Nguyễn Thị Lan",
    as_table=False,
)
SUPPLEMENT = SupplementSheet(
    **HEADING,
    items=["Giấy chứng sinh: chụp lại cho rõ"],
    reason="Ảnh mờ.",
    answer_by="đến hết ngày 06 tháng 11 năm 2023",
    contact="Nguyễn Thị Lan",
    contact_phone="",
    officer="Nguyễn Thị Lan",
)
REFUSAL = RefusalSheet(
    **HEADING,
    office_label="Bộ phận Tiếp nhận và Trả kết quả",
    office_name="Ủy ban nhân dân phường Phan Thiết",
    reason="Không thuộc thẩm quyền.",
    submitter="Lý A Pao",
    officer="Nguyễn Thị Lan",
)
CONTROL = ControlSheet(
    **HEADING | {"follow_address": ""},
    settling="Ủy ban nhân dân phường Phan Thiết",
    consulted="",
    received_at="09 giờ 32 phút, ngày 27 tháng 10 năm 2023",
    due_at="09 giờ 32 phút, ngày 03 tháng 11 năm 2023",
    handovers=[
        Handover(
            giver="Bộ phận TN&TKQ",
            taker="Công chức Tư pháp - Hộ tịch",
            at="10 giờ 00 phút, ngày 27 tháng 10 năm 2023",
            outcome="Trước hạn",
        ),
        Handover(giver="Công chức Tư pháp - Hộ tịch", taker=""),
    ],
)
ALL = [RECEIPT, replace(RECEIPT, as_table=True), SUPPLEMENT, REFUSAL, CONTROL]
LONG_NAME = ("Cấp giấy phép hoạt động của chi nhánh, văn phòng đại diện, địa điểm kinh doanh " * 14)[:1094].strip()
TWENTY = [PaperLine(name=f"Giấy tờ của nhà đầu tư thứ {n}", counts=[]) for n in range(1, 21)]

needs_poppler = pytest.mark.skipif(
    not shutil.which("pdftotext"), reason="không có pdftotext (apt install poppler-utils)"
)


def words(sheet: paper_forms.Sheet) -> str:
    """What is read on the sheet, line breaks aside."""
    return " ".join(read(sheet).split())


def pages(sheet: paper_forms.Sheet) -> list[str]:
    return read(sheet).removesuffix("\f").split("\f")


def read(sheet: paper_forms.Sheet, program: tuple[str, ...] = ("pdftotext", "-layout", "-", "-")) -> str:
    return subprocess.run(program, input=paper_forms.pdf(sheet), capture_output=True, check=True).stdout.decode()


@needs_poppler
def test_a_receipt_tells_what_was_received_and_when_to_come_back():
    told = words(RECEIPT)

    for fact in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        "(Liên: Lưu/giao khách hàng)",
        f"Mã hồ sơ: {CODE}",
        "Tiếp nhận hồ sơ của: Lý A Pao",
        "4. Thời gian nhận hồ sơ: 09 giờ 32 phút, ngày 27 tháng 10 năm 2023",
        "5. Thời gian trả kết quả giải quyết hồ sơ: 09 giờ 32 phút, ngày 03 tháng 11 năm 2023",
        "Phan Thiết, ngày 27 tháng 10 năm 2023",
        "NGƯỜI NỘP HỒ SƠ NGƯỜI TIẾP NHẬN HỒ SƠ",
        "địa chỉ: dichvucong.example.vn/tra-cuu/",
    ):
        assert fact in told
    assert re.search(r"2\) Giấy chứng sinh [ .]+ 1 bản chính, 2 bản sao", told)
    assert "CCCD/MST" not in told
    assert "Phí, lệ phí" not in told


@needs_poppler
def test_the_receipt_of_september_2025_has_a_table_an_id_number_and_a_fee():
    told = words(replace(RECEIPT, as_table=True))

    for fact in (
        "STT Tên giấy tờ Loại giấy tờ Số lượng",
        "CCCD/MST: 008085123456",
        "Thủ tục hành chính cần giải quyết: Đăng ký khai sinh",
        "5. Đăng ký trả kết quả tại: Bộ phận Tiếp nhận và Trả kết quả",
        "6. Phí, lệ phí (nếu có): 8.000 đồng",
    ):
        assert fact in told
    assert re.search(r"1 Tờ khai Bản chính 1 Bản chính 1 2 Giấy chứng sinh Bản sao 2", told)


@needs_poppler
def test_what_is_not_known_is_left_to_the_pen():
    told = words(replace(RECEIPT, address="", due_at="", papers=[], place="", submitter=""))

    for blank in (
        r"Địa chỉ: [. ]{30,}",
        r"giấy tờ gồm: [. ]{10,}",
        r"giải quyết hồ sơ: [. ]+ giờ [. ]+ phút, ngày [. ]+ tháng [. ]+ năm [. ]+ 6\.",
        r"[. ]{10,}, ngày 27 tháng 10 năm 2023",
        r"Số: [. ]+/BPTNTKQ",
        r"Quyển số: [. ]+ Số thứ tự: [. ]+",
    ):
        assert re.search(blank, told), blank


@needs_poppler
def test_a_supplement_slip_says_what_why_until_when_and_whom_to_ask():
    told = words(SUPPLEMENT)

    for fact in (
        "1. Giấy chứng sinh: chụp lại cho rõ",
        "Lý do: Ảnh mờ.",
        "đến hết ngày 06 tháng 11 năm 2023",
        "liên hệ với Nguyễn Thị Lan số điện thoại",
        "NGƯỜI HƯỚNG DẪN",
    ):
        assert fact in told


@needs_poppler
def test_a_refusal_slip_gives_its_reason():
    told = words(REFUSAL)

    assert "thông báo không tiếp nhận, giải quyết hồ sơ này với lý do cụ thể như sau: Không thuộc thẩm quyền." in told


@needs_poppler
def test_a_control_slip_has_a_block_for_each_handover_and_room_for_the_next():
    told = words(CONTROL)

    assert f"Mã số hồ sơ: {CODE}" in told
    assert told.count("Người giao (ký)") == told.count("Người nhận (ký)") == 2
    assert "Trước hạn" in told
    assert re.search(r"[. ]+ giờ [. ]+ phút,", told)


@needs_poppler
@pytest.mark.parametrize("as_table", [False, True])
def test_long_names_and_many_papers_flow_on_under_code_and_page_number(as_table):
    sheet = replace(RECEIPT, request=LONG_NAME, papers=TWENTY, as_table=as_table)

    told = pages(sheet)

    assert len(told) > 1
    for number, page in enumerate(told, start=1):
        assert f"{CODE} – trang {number}/{len(told)}" in page
    assert " ".join(LONG_NAME.split()[-3:]) in words(sheet)
    assert "nhà đầu tư thứ 20" in words(sheet)
    assert "NGƯỜI TIẾP NHẬN HỒ SƠ" in told[-1]


@needs_poppler
@pytest.mark.parametrize("sheet", ALL, ids=lambda sheet: f"{sheet.template}")
def test_an_ordinary_form_is_one_tagged_page_of_a5(sheet):
    told = read(sheet, ("pdfinfo", "-"))

    assert len(pages(sheet)) == 1
    assert "trang 1" not in words(sheet)
    assert re.search(r"Page size: +419\.5\d* x 595\.2\d* pts", told)
    assert re.search(r"Tagged: +yes", told)


@needs_poppler
@pytest.mark.parametrize("sheet", ALL, ids=lambda sheet: f"{sheet.template}")
def test_what_people_type_stays_text(sheet):
    typed = '#let x = 1; ] $a$ *đậm* _nghiêng_ `mã` <nhãn> @ai \\ // "lời" #panic("x") [#sheet.code'

    assert typed in words(replace(sheet, owner=typed)).replace("“", '"')


@needs_poppler
def test_every_list_stays_text_too():
    typed = '#panic("x") ] = Tên'

    assert typed in words(replace(RECEIPT, papers=[PaperLine(name=typed, counts=[Count(kind=typed, amount="1")])]))
    assert typed in words(replace(SUPPLEMENT, items=[typed]))
    assert typed in words(replace(REFUSAL, reason=typed))
    assert typed in words(replace(CONTROL, handovers=[Handover(giver=typed, taker="", note="")]))


@needs_poppler
def test_letters_no_font_has_show_as_a_box_and_decomposed_ones_are_composed():
    told = words(replace(RECEIPT, owner="Nguye\u0302\u0303n 👨‍👩‍👧 中文 Ελλάδα Жуков", address="\u202eđảo\x00 ngược"))

    assert "Nguyễn □ □ Ελλάδα Жуков" in told
    assert "Địa chỉ: đảo ngược" in told


def test_a_reason_keeps_its_lines_and_a_word_its_letters():
    assert legible({"reason": " Một \t hai\r\n\n ba\u200b "}) == {"reason": "Một hai\nba"}
    assert legible(["a\u0310\u0323\u0489", 1, True]) == ["ạ̐҉", 1, True]


@needs_poppler
def test_a_word_longer_than_the_line_does_not_leave_the_paper():
    address = "mot-dia-chi-rat-dai.cua-phong-to-chuc-hanh-chinh@cong-ty-hoang-lien-son-tuyen-quang.com.vn"

    told = "".join(words(replace(RECEIPT, email=address, owner="x" * 200)).replace("\u200b", "").split())

    assert "x" * 200 in told
    assert "cong-ty-hoang" in told and "tuyen-quang.com.vn" in told


@needs_poppler
def test_a_demonstration_says_so_at_the_foot():
    mark = "Dữ liệu trình diễn, cơ cấu năm 2021. Không có giá trị sử dụng."

    assert all(mark in page for page in pages(replace(RECEIPT, mark=mark, request=LONG_NAME, papers=TWENTY)))
    assert "trình diễn" not in words(RECEIPT)


def test_the_qr_opens_the_page_that_follows_the_dossier(monkeypatch):
    asked = []
    made = segno.make
    monkeypatch.setattr(segno, "make", lambda content, **how: asked.append(content) or made(content, **how))

    drawn = paper_forms.qr(FOLLOW)

    assert asked == [FOLLOW]
    assert drawn.startswith("<svg")
    assert paper_forms.qr("") == ""


def test_the_bars_are_the_code_in_code_128():
    drawn = paper_forms.barcode(CODE)

    (modules,) = Code128(CODE).build()
    dark = ["0"] * len(modules)
    for at, width in re.findall(r"M(\d+) 0h(\d+)v1", drawn):
        dark[int(at) : int(at) + int(width)] = "1" * int(width)
    assert "".join(dark) == modules
    assert f'viewBox="0 0 {len(modules)} 1"' in drawn


def test_bars_of_an_ordinary_code_are_three_printer_dots_and_of_a_long_one_leave_room_for_the_qr():
    ordinary, long = CODE, "H60.12.345.678-" + "9" * 45

    assert paper_forms.barcode_width(ordinary) == pytest.approx(len(Code128(ordinary).build()[0]) * 0.254)
    assert paper_forms.barcode_width(long) <= 96


def test_the_same_sheet_is_the_same_file_from_several_threads_at_once():
    expected = [paper_forms.pdf(sheet) for sheet in ALL]
    made: list[list[bytes]] = []

    def print_all():
        made.append([paper_forms.pdf(sheet) for sheet in ALL])

    threads = [threading.Thread(target=print_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert made == [expected] * 4


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2023, 11, 3), "ngày 03 tháng 11 năm 2023"),
        (date(2026, 2, 14), "ngày 14 tháng 02 năm 2026"),
        (date(2025, 9, 15), "ngày 15 tháng 9 năm 2025"),
    ],
)
def test_days_are_worded_as_office_papers_word_them(day, told):
    assert day_in_words(day) == told


def test_moments_are_told_in_the_time_of_the_office():
    assert moment_in_words(datetime(2023, 11, 3, 18, 5, tzinfo=UTC)) == "01 giờ 05 phút, ngày 04 tháng 11 năm 2023"
    assert moment_in_words(None) == ""


def test_money_is_told_in_dong():
    assert [money(8000), money(1_250_000), money(0)] == ["8.000 đồng", "1.250.000 đồng", "Miễn phí"]
