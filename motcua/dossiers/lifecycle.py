"""The whole life of a dossier on one screen (vòng đời hồ sơ; the ten codes of the national portal)."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import get_language, gettext

from motcua.accounts.models import Person
from motcua.accounts.permissions import Role
from motcua.accounts.standing_in import OthersDuty
from motcua.journal.models import Entry
from motcua.refusal import Refusal

from .models import Dossier, State

NEXT: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.SUBMITTED, State.ACCEPTED}),
    State.SUBMITTED: frozenset({State.ACCEPTED, State.REFUSED, State.AWAITING_COMPLETION, State.WITHDRAWN}),
    State.AWAITING_COMPLETION: frozenset({State.SUBMITTED, State.REFUSED, State.WITHDRAWN}),
    State.ACCEPTED: frozenset(
        {
            State.IN_PROGRESS,
            State.AWAITING_APPLICANT,
            State.AWAITING_PAYMENT,
            State.READY,
            State.WITHDRAWN,
            State.STOPPED,
        }
    ),
    State.IN_PROGRESS: frozenset(
        {State.AWAITING_APPLICANT, State.AWAITING_PAYMENT, State.READY, State.WITHDRAWN, State.STOPPED}
    ),
    State.AWAITING_APPLICANT: frozenset({State.ACCEPTED, State.IN_PROGRESS, State.WITHDRAWN, State.STOPPED}),
    State.AWAITING_PAYMENT: frozenset({State.ACCEPTED, State.IN_PROGRESS, State.WITHDRAWN, State.STOPPED}),
    State.READY: frozenset({State.RETURNED, State.IN_PROGRESS}),
    State.REFUSED: frozenset(),
    State.RETURNED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.STOPPED: frozenset(),
}

# The state code of the national portal (Cổng DVCQG); a draft is not known there.
PORTAL_CODE: dict[State, int | None] = {
    State.DRAFT: None,
    State.SUBMITTED: 1,
    State.ACCEPTED: 2,
    State.REFUSED: 3,
    State.IN_PROGRESS: 4,
    State.AWAITING_COMPLETION: 5,
    State.AWAITING_APPLICANT: 5,
    State.AWAITING_PAYMENT: 6,
    State.WITHDRAWN: 7,
    State.STOPPED: 8,
    State.READY: 9,
    State.RETURNED: 10,
}

# Who must act next.
TURN: dict[State, str] = {
    State.DRAFT: "Người nộp",
    State.SUBMITTED: "Bộ phận Một cửa",
    State.AWAITING_COMPLETION: "Người nộp",
    State.REFUSED: "",
    State.ACCEPTED: "Bộ phận Một cửa",
    State.IN_PROGRESS: "Cơ quan giải quyết",
    State.AWAITING_APPLICANT: "Người nộp",
    State.AWAITING_PAYMENT: "Người nộp",
    State.READY: "Bộ phận Một cửa",
    State.RETURNED: "",
    State.WITHDRAWN: "",
    State.STOPPED: "",
}

# What a line of the journal says an officer or a person did.
DONE: dict[str, str] = {
    "dossier.drafted": "đã bắt đầu soạn hồ sơ",
    "dossier.submitted": "đã nộp hồ sơ trực tuyến",
    "dossier.accepted": "đã tiếp nhận hồ sơ",
    "dossier.refused": "đã từ chối tiếp nhận hồ sơ",
    "dossier.supplement_requested": "đã yêu cầu bổ sung hồ sơ",
    "dossier.supplement_answered": "đã ghi nhận bổ sung hồ sơ",
    "dossier.handed_to_agency": "đã chuyển hồ sơ đến cơ quan giải quyết",
    "dossier.step_done": "đã hoàn thành một bước xử lý",
    "dossier.step_returned": "đã trả hồ sơ về bước trước",
    "dossier.step_taken": "đã nhận việc",
    "dossier.step_assigned": "đã giao việc",
    "dossier.step_given_back": "đã trả việc",
    "dossier.approved": "đã phê duyệt kết quả",
    "dossier.payment_requested": "đã yêu cầu thực hiện nghĩa vụ tài chính",
    "dossier.payment_settled": "đã xác nhận nghĩa vụ tài chính",
    "dossier.finished": "đã chuyển kết quả về Bộ phận Một cửa",
    "dossier.returned": "đã trả kết quả",
    "dossier.withdrawn": "đã rút hồ sơ",
    "dossier.stopped": "đã dừng giải quyết hồ sơ",
    "dossier.supplement_allowed_again": "đã cho phép yêu cầu bổ sung lần nữa",
    "dossier.opinion_asked": "đã lấy ý kiến bộ phận khác",
    "dossier.opinion_given": "đã cho ý kiến",
    "dossier.opinion_waived": "đã ghi lý do không chờ ý kiến nữa",
    "dossier.recalled": "đã thu hồi hồ sơ vừa chuyển",
    "dossier.papers_posted": "đã gửi hồ sơ giấy qua bưu điện",
    "dossier.papers_arrived": "đã nhận hồ sơ giấy từ bưu điện",
    "dossier.result_posted": "đã giao kết quả cho bưu điện",
    "dossier.result_came_back": "đã nhận lại kết quả bưu điện không phát được",
    "dossier.transferred": "đã chuyển hồ sơ sang bộ phận khác",
    "dossier.sent_elsewhere": "đã chuyển hồ sơ đến cơ quan có thẩm quyền ở nơi khác",
    "dossier.apology_drafted": "đã soạn văn bản xin lỗi",
    "dossier.apologised": "đã ký văn bản xin lỗi, hẹn lại",
    "dossier.apology_written": "đã ghi lý do, ngày hẹn lại vào văn bản xin lỗi",
    "dossier.corrected": "đã đưa kết quả về để đính chính",
    "dossier.due_date_moved": "đã dời ngày hẹn trả do đóng cửa theo quyết định",
    "dossier.due_soon": "đã nhắc hồ sơ sắp đến hạn",
    "dossier.overdue": "đã nhắc hồ sơ quá hạn",
    "dossier.reception_overdue": "đã nhắc hồ sơ quá hạn tiếp nhận",
    "dossier.opinion_overdue": "đã nhắc ý kiến quá hạn",
    "dossier.applicant_silent": "đã nhắc hết hạn bổ sung",
    "dossier.nothing_moved": "đã nhắc hồ sơ không có diễn biến",
    "dossier.step_overdue": "đã nhắc bước quá hạn",
    "dossier.apology_unsigned": "đã nhắc ký văn bản xin lỗi",
    "dossier.renewed_date_moved": "đã dời ngày hẹn lại do đóng cửa theo quyết định",
    "dossier.bundled": "đã nộp hồ sơ trong một bộ hồ sơ liên thông",
    "dossier.acted_for": "đã ghi nhận việc làm theo ủy quyền",
    "dossier.told_apart": "đã ghi nhận hồ sơ không trùng",
    "dossier.fee_collected": "đã ghi nhận thu phí, lệ phí",
    "dossier.fee_cancelled": "đã hủy một biên lai thu phí, lệ phí",
    "dossier.message_written": "đã nhắn tin về hồ sơ",
    "dossier.message_answered": "đã trả lời tin nhắn về hồ sơ",
    "dossier.reading_questioned": "đã hỏi về một lượt xem hồ sơ",
    "dossier.reading_explained": "đã trả lời về một lượt xem hồ sơ",
    "dossier.reading_unexplained": "đã nhắc trả lời câu hỏi về lượt xem",
}

# Words about a dossier that leave it where it is: nobody has settled anything by them.
ASIDE = frozenset(
    {
        "dossier.message_written",
        "dossier.message_answered",
        "dossier.reading_questioned",
        "dossier.reading_explained",
        "dossier.step_taken",
        "dossier.step_assigned",
        "dossier.step_given_back",
    }
)


class NotNow(Refusal):
    """The dossier is elsewhere by now; the sentence tells who moved it."""


class NotYours(OthersDuty):
    """Somebody else holds the dossier (không phải hồ sơ do bạn đang giữ)."""


class NoReason(Refusal):
    message = "Cần ghi rõ lý do để người nộp hiểu và biết phải làm gì."


def last_act(dossier: Dossier) -> str:
    """Who did what last, as a sentence for somebody who came second."""
    if dossier.told_last is not None:
        return dossier.told_last
    acts = Entry.objects.filter(subject=dossier.subject, actor__isnull=False).exclude(event__in=ASIDE)
    entry = acts.select_related("actor").order_by("-number").first()
    if entry is None:
        return ""
    at = timezone.localtime(entry.at)
    return f" {entry.actor} {DONE.get(entry.event, 'đã xử lý hồ sơ')} lúc {at:%H:%M} ngày {at:%d/%m/%Y}."


def refuse_now(dossier: Dossier) -> NotNow:
    """The refusal to give to whoever comes too late."""
    # Who did what last is told in the words of the office, which have no other language.
    last = last_act(dossier) if get_language() == "vi" else ""
    return NotNow("Hồ sơ đang ở trạng thái “%(state)s”.%(last)s", state=gettext(dossier.get_state_display()), last=last)


def expect(dossier: Dossier, *states: State) -> None:
    """The step is for these states only."""
    if dossier.state not in states:
        raise refuse_now(dossier)


def expect_holder(dossier: Dossier, by: Person) -> None:
    """The step is for whoever holds the dossier: an officer of its unit, in its role."""
    if any(duty.unit == dossier.at_unit_id and duty.role == dossier.at_role for duty in by.duties):
        return
    raise NotYours(
        f"Hồ sơ đang ở {dossier.at_unit}, vị trí {dossier.get_at_role_display().lower()}; vị trí đó thực hiện việc này."
    )


def expect_counter(dossier: Dossier, by: Person) -> None:
    """The step is for an officer of the one-stop office that received the dossier."""
    if any(duty.agency == dossier.reception_agency_id and duty.role == Role.RECEPTION_OFFICER for duty in by.duties):
        return
    raise NotYours(f"Việc này do cán bộ một cửa ở {dossier.reception_agency} thực hiện.")


def move(dossier: Dossier, to: State) -> None:
    """Change the state and keep the dossier as it now is."""
    change(dossier, to)
    dossier.save()


def change(dossier: Dossier, to: State) -> None:
    """Change the state; nothing else in the code base writes it."""
    if to not in NEXT[State(dossier.state)]:
        raise refuse_now(dossier)
    dossier.state = to
