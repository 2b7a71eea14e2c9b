"""What a person keeps of an online filing until the office answers (ghi nhận đã nộp)."""

import shutil
import subprocess

import pytest

from motcua.dossiers import filing_note
from motcua.dossiers.models import State
from motcua.dossiers.testing import a_dossier, a_one_stop

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not shutil.which("pdftotext"), reason="không có pdftotext (apt install poppler-utils)"),
]


def read(dossier):
    made = filing_note.pdf(dossier, follow_address="https://motcua.example/tra-cuu/")
    read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=made, capture_output=True, check=True)
    return " ".join(read.stdout.decode().split())


def test_the_sheet_says_the_code_what_happens_next_and_what_to_bring_and_that_it_is_no_receipt():
    dossier = a_dossier(a_one_stop(), State.SUBMITTED)
    first, second = dossier.papers.order_by("position")[:2]
    second.bring_later = True
    second.save(update_fields=["bring_later"])

    told = read(dossier)

    assert f"Mã hồ sơ: {dossier.code}" in told
    assert "trả lời trong 8 giờ làm việc, trước 09 giờ 30 phút, ngày 24 tháng 10 năm 2023" in told
    assert told.index("Giấy tờ đã gửi") < told.index(first.name)
    assert told.index("Nhớ mang bản giấy") < told.rindex(second.name)
    assert "chưa phải Giấy tiếp nhận hồ sơ và hẹn trả kết quả" in told
