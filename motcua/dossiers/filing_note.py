"""What a person keeps of an online filing until the office answers (ghi nhận đã nộp hồ sơ trực tuyến).

No form of the law: Mẫu số 01 is given at acceptance (one-stop.md §2.11); this says so, and what happens next and when.
"""

from __future__ import annotations

from django.conf import settings

from . import paper_forms
from .models import Dossier
from .paper_forms import FilingNoteSheet
from .paper_forms.words import moment_in_words
from .slips import DEMONSTRATION_MARK


def pdf(dossier: Dossier, *, follow_address: str) -> bytes:
    """The sheet to keep or print."""
    return paper_forms.pdf(sheet(dossier, follow_address=follow_address))


def sheet(dossier: Dossier, *, follow_address: str) -> FilingNoteSheet:
    papers = list(dossier.papers.prefetch_related("files").order_by("position", "pk"))
    assert dossier.rule_set is not None  # a filed dossier follows the rules of its day
    return FilingNoteSheet(
        title="Ghi nhận đã nộp hồ sơ trực tuyến",
        code=dossier.code or "",
        follow_address=follow_address,
        mark=DEMONSTRATION_MARK if settings.DEMONSTRATION else "",
        facts=[
            ("Thủ tục", dossier.procedure_name),
            ("Chủ hồ sơ", dossier.owner_name),
            ("Nộp lúc", moment_in_words(dossier.submitted_at)),
            ("Nơi tiếp nhận", dossier.reception_agency.name),
            ("Cơ quan giải quyết", dossier.agency.name),
            ("Nhận kết quả", dossier.get_return_by_display()),
        ],
        next=[
            f"Nơi tiếp nhận kiểm tra hồ sơ và trả lời trong {dossier.rule_set.reception_hours} giờ làm việc, "
            f"trước {moment_in_words(dossier.reception_due_at)}.",
            "Đủ thì hồ sơ được tiếp nhận và có ngày hẹn trả. Thiếu thì được báo một lần, đầy đủ, ngay trên trang hồ sơ.",
            "Theo dõi bằng mã hồ sơ và 4 số cuối điện thoại đã khai, hoặc quét mã QR ở trên.",
        ],
        papers=[one.name for one in papers if any(file.replaced_at is None for file in one.files.all())],
        to_bring=[one.name for one in papers if one.bring_later],
    )
