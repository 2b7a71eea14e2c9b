"""What an officer may do with a dossier now, and why not the rest (việc có thể làm)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.refusal import Refusal

from . import apologies, correcting, holding, intake, moving, opinions, posting, processing, results, supplement
from .lifecycle import NotNow
from .models import Dossier


class Act(NamedTuple):
    """One act with its reason when it is refused; `of_this_state` unless it belongs to another part of the dossier's life."""

    name: str
    label: str
    allowed: bool
    why_not: str
    of_this_state: bool = True


Guard = Callable[[Dossier, Person], None]

# In the order of a dossier's life; the guard is the one the step itself asks.
ACTS: dict[str, tuple[str, Can, Guard]] = {
    "accept": ("Tiếp nhận", Can.RECEIVE, intake.may_accept),
    "hand_to_agency": ("Chuyển cơ quan giải quyết", Can.HAND_TO_AGENCY, processing.may_hand_to_agency),
    "settle_at_once": ("Giải quyết, trả kết quả ngay", Can.SETTLE_AT_ONCE, processing.may_settle_at_once),
    "do_step": ("Hoàn thành bước, chuyển tiếp", Can.DO_STEP, processing.may_do_step),
    "approve": ("Phê duyệt kết quả", Can.APPROVE, processing.may_approve),
    "finish": ("Chuyển kết quả về Một cửa", Can.FINISH, results.may_finish),
    "hand_over": ("Trả kết quả", Can.HAND_OVER, results.may_hand_over),
    "post_result": ("Gửi kết quả qua bưu điện", Can.HAND_OVER, posting.may_post_result),
    "take_back": ("Nhận lại kết quả không phát được", Can.HAND_OVER, posting.may_take_back),
    "note_arrival": ("Đã nhận hồ sơ giấy từ bưu điện", Can.DO_STEP, processing.may_note_arrival),
    "record_answer": ("Ghi nhận bổ sung", Can.RECORD_ANSWER, supplement.may_answer),
    "request_supplement": ("Yêu cầu bổ sung", Can.REQUEST_SUPPLEMENT, supplement.may_request),
    "return_step": ("Trả lại bước trước", Can.RETURN_STEP, processing.may_return_step),
    "take": ("Nhận việc", Can.DO_STEP, holding.may_take),
    "give_back": ("Trả việc", Can.DO_STEP, holding.may_give_back),
    "assign": ("Giao việc, chuyển người thụ lý", Can.ASSIGN, holding.may_assign),
    "request_payment": ("Yêu cầu nộp tiền", Can.REQUEST_PAYMENT, processing.may_request_payment),
    "settle_payment": ("Xác nhận đã nộp tiền", Can.REQUEST_PAYMENT, processing.may_settle_payment),
    "ask_opinion": ("Lấy ý kiến", Can.ASK_OPINION, opinions.may_ask),
    "allow_supplement_again": (
        "Cho phép bổ sung lần nữa",
        Can.ALLOW_SUPPLEMENT_AGAIN,
        supplement.may_allow_again,
    ),
    "draft_apology": ("Soạn xin lỗi, hẹn lại", Can.DRAFT_APOLOGY, apologies.may_draft),
    "sign_apology": ("Ký xin lỗi, hẹn lại", Can.SIGN_APOLOGY, apologies.may_sign),
    "recall": ("Thu hồi hồ sơ vừa chuyển", Can.RECALL, moving.may_recall),
    "transfer": ("Chuyển bộ phận khác", Can.TRANSFER, moving.may_transfer),
    "send_elsewhere": ("Chuyển nơi khác có thẩm quyền", Can.SEND_ELSEWHERE, moving.may_send_elsewhere),
    "correct": ("Đưa kết quả về đính chính", Can.CORRECT, correcting.may_correct),
    "refuse": ("Từ chối tiếp nhận", Can.REFUSE_RECEPTION, intake.may_refuse),
    "withdraw": ("Rút hồ sơ theo đề nghị", Can.RECORD_WITHDRAWAL, results.may_withdraw),
    "stop": ("Dừng giải quyết", Can.STOP, processing.may_stop),
}


def acts(dossier: Dossier, officer: Person) -> list[Act]:
    """Every act the officer's roles include; what may be done now first."""
    judged = [
        Act(name, label, *_judge(guard, dossier, officer))
        for name, (label, can, guard) in ACTS.items()
        if officer.may(can)
    ]
    return sorted(judged, key=lambda act: not act.allowed)


def _judge(guard: Guard, dossier: Dossier, officer: Person) -> tuple[bool, str, bool]:
    try:
        guard(dossier, officer)
    except Refusal as refusal:
        return False, str(refusal), not isinstance(refusal, NotNow)
    return True, "", True
