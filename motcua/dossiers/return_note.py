"""What both sides sign when a result is handed over (giấy biên nhận trả kết quả; one-stop.md §2.11).

Practice gives its lines, no circular its form: procedure, owner, who gave, who received, what, number, abstract, day, signatures.
"""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from . import paper_forms
from .models import Dossier, HandOver
from .paper_forms import ReturnNoteSheet
from .paper_forms.words import day_in_words, moment_in_words
from .slips import DEMONSTRATION_MARK


def pdf(hand_over: HandOver) -> bytes:
    """The sheet to print in two copies."""
    return paper_forms.pdf(sheet(hand_over))


def sheet(hand_over: HandOver) -> ReturnNoteSheet:
    dossier: Dossier = hand_over.dossier
    decision = dossier.decision
    receiver = " · ".join(
        filter(None, (hand_over.recipient_name, hand_over.recipient_id_number, hand_over.recipient_phone))
    )
    carried = dossier.postal_items.filter(arrived_at=hand_over.at, carries="RESULT").first()
    facts = [
        ("Thủ tục", dossier.procedure_name),
        ("Chủ hồ sơ", dossier.owner_name),
        ("Kết quả", "Đồng ý giải quyết" if decision.granted else "Văn bản từ chối giải quyết"),
        ("Số, ký hiệu", decision.number),
        ("Trích yếu", decision.summary),
        ("Người trả", " · ".join(filter(None, (hand_over.by.full_name, hand_over.by.phone)))),
        ("Người nhận", receiver),
        ("Giấy ủy quyền", hand_over.mandate.agent_name if hand_over.mandate else hand_over.paper_noted),
        ("Cách trả", f"{hand_over.get_method_display()}{f', mã bưu gửi {carried.number}' if carried else ''}"),
        ("Giấy tờ gốc thu lại", hand_over.taken_back),
        ("Trả lúc", moment_in_words(hand_over.at)),
    ]
    return ReturnNoteSheet(
        title="Giấy biên nhận trả kết quả",
        code=dossier.code or "",
        mark=DEMONSTRATION_MARK if settings.DEMONSTRATION else "",
        office=dossier.reception_agency.name,
        facts=[(label, said) for label, said in facts if said],
        day=day_in_words(timezone.localdate(hand_over.at)).capitalize(),
        giver=hand_over.by.full_name,
        receiver=hand_over.recipient_name,
    )
