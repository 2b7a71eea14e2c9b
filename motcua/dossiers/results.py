"""The end of a dossier: the result comes back and is handed over, or it is withdrawn (trả kết quả, rút hồ sơ; NĐ 61/2018/NĐ-CP Điều 20)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.accounts.standing_in import own_first
from motcua.journal.recording import record
from motcua.refusal import Refusal
from motcua.vietnamese import fold

from . import mandates, posting
from .lifecycle import NoReason, NotYours, expect, expect_counter, move
from .models import SETTLING, Dossier, HandOver, Mandate, MandateScope, Outcome, ReturnBy, State
from .processing import (
    Decided,
    beyond,
    break_off,
    bring_back,
    end_step,
    expect_step,
    is_decided,
    step_on_page,
    was_decided,
)


class NotLast(Refusal):
    message = "Quy trình còn bước phía sau nên chưa chuyển kết quả về Bộ phận Một cửa được."


class NoDecision(Refusal):
    message = "Hồ sơ chưa có kết quả được phê duyệt."


class NoRecipient(Refusal):
    message = "Cần ghi họ tên người nhận kết quả."


class NotPosted(Refusal):
    message = "Kết quả chưa được giao cho bưu điện. Hãy gửi qua bưu điện trước; khi bưu điện báo đã phát thì ghi nhận trả kết quả."


class NotOnline(Refusal):
    message = (
        "Chưa trả qua Cổng được: hồ sơ không có tài khoản nộp hoặc kết quả không có tệp bản điện tử. "
        "Hãy trả tại quầy hoặc qua bưu chính. Kết quả vẫn giữ tại quầy."
    )


class NotTheirs(Refusal):
    message = (
        "Người nhận không phải chủ hồ sơ hay người đã nộp. Hãy chọn ủy quyền còn hiệu lực của họ, "
        "hoặc ghi giấy ủy quyền, giới thiệu đã xem và số giấy tờ của người nhận. Kết quả vẫn giữ tại quầy."
    )


class AskTheOffice(Refusal):
    message = "Hồ sơ đã được tiếp nhận; xin đến hoặc gọi Bộ phận Một cửa để đề nghị rút. Hồ sơ vẫn giữ nguyên."


@own_first
def may_finish(dossier: Dossier, by: Person) -> None:
    interval = expect_step(dossier, by, State.IN_PROGRESS)
    if beyond(interval.step):
        raise NotLast
    if not is_decided(dossier):
        raise NoDecision


@transaction.atomic
def finish(dossier: Dossier, *, at_step: int, by: Person, at: datetime) -> Dossier:
    """The result goes to the one-stop office; the clock stops for good (đã xử lý xong)."""
    dossier = Dossier.objects.locked(dossier.pk)
    interval = step_on_page(dossier, at_step)
    may_finish(dossier, by)
    end_step(interval, Outcome.DONE, by=by, at=at)
    bring_back(dossier, at)
    record("dossier.finished", about=dossier, by=by, at=at, step=interval.step_id, unit=interval.unit_id)
    return dossier


@own_first
def may_hand_over(dossier: Dossier, by: Person) -> None:
    expect(dossier, State.READY)
    expect_counter(dossier, by)


@transaction.atomic
def hand_over(
    dossier: Dossier,
    *,
    method: str,
    recipient_name: str,
    by: Person,
    at: datetime,
    recipient_id_number: str = "",
    recipient_phone: str = "",
    taken_back: str = "",
    mandate: Mandate | None = None,
    paper_noted: str = "",
) -> Dossier:
    """Give the result to its recipient; who is neither owner nor submitter shows a mandate or a paper (trả kết quả)."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_hand_over(dossier, by)
    if not recipient_name.strip():
        raise NoRecipient
    if method == ReturnBy.POST:
        # Handed over when the post says that it was delivered (§9.2 khoản 4).
        if not dossier.at_post:
            raise NotPosted
        posting.arrive(dossier, by=by, at=at)
    else:
        posting.expect_nothing_on_the_way(dossier)
    if method == ReturnBy.ONLINE and not (dossier.account_id and dossier.decision.file_id):
        raise NotOnline
    if method != ReturnBy.COUNTER or is_theirs(dossier, recipient_name, recipient_id_number):
        # The post delivers to the address and the portal to the account; the owner needs nobody's leave.
        mandate = None
    elif mandate:
        if not mandates.is_agent(mandate, recipient_name, recipient_id_number):
            raise mandates.NoMandate(
                f"Ủy quyền đã chọn là cho {mandate.agent_name}; họ tên và số giấy tờ của người nhận không khớp."
            )
        mandate = mandates.use(mandate, dossier, MandateScope.COLLECT, by=by, at=at)
    elif not paper_noted.strip() or not recipient_id_number.strip():
        raise NotTheirs
    HandOver.objects.create(
        dossier=dossier,
        by=by,
        at=at,
        method=ReturnBy(method),
        recipient_name=recipient_name,
        recipient_id_number=recipient_id_number,
        recipient_phone=recipient_phone,
        taken_back=taken_back.strip(),
        mandate=mandate,
        paper_noted=paper_noted,
    )
    dossier.closed_at = at
    move(dossier, to=State.RETURNED)
    record("dossier.returned", about=dossier, by=by, at=at, method=method)
    return dossier


def is_theirs(dossier: Dossier, name: str, id_number: str) -> bool:
    """Whether the recipient is the owner or who brought the dossier: by name, and by number where both are known."""
    people = (
        (dossier.owner_name, dossier.owner_id_number),
        (dossier.submitter_name, dossier.submitter_id_number),
    )
    return any(
        fold(name) == fold(known) and (not id_number or not number or id_number == number)
        for known, number in people
        if known
    )


@own_first
def may_withdraw(dossier: Dossier, by: Person) -> None:
    expect(dossier, State.SUBMITTED, State.AWAITING_COMPLETION, *SETTLING)
    if dossier.account_id == by.pk:
        if dossier.accepted_at:
            raise AskTheOffice
    elif dossier.reception_agency_id not in by.agencies(Can.RECORD_WITHDRAWAL):
        raise NotYours(f"Việc này do cán bộ một cửa ở {dossier.reception_agency} thực hiện.")
    if was_decided(dossier):
        raise Decided


@transaction.atomic
def withdraw(dossier: Dossier, *, reason: str, by: Person, at: datetime) -> Dossier:
    """End the dossier at its applicant's wish, before a decision is made (công dân yêu cầu rút hồ sơ)."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_withdraw(dossier, by)
    if not reason.strip():
        raise NoReason
    break_off(dossier, State.WITHDRAWN, reason=reason, by=by, at=at)
    record("dossier.withdrawn", about=dossier, by=by, at=at)
    return dossier
