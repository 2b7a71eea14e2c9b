"""What happened to a dossier, where it is and whose turn it is, in words (diễn biến hồ sơ)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from motcua.accounts.models import Person
from motcua.catalogue.models import ProcessStep
from motcua.journal.models import Entry
from motcua.organisations.models import Unit

from .lifecycle import ASIDE, TURN
from .models import ClockOwner, Dossier, DueDateMove, State

TOLD: dict[str, str] = {
    "dossier.drafted": "Bắt đầu soạn hồ sơ",
    "dossier.submitted": "Nộp hồ sơ trực tuyến",
    "dossier.accepted": "Tiếp nhận hồ sơ, hẹn ngày trả kết quả",
    "dossier.refused": "Từ chối tiếp nhận hồ sơ",
    "dossier.supplement_requested": "Yêu cầu bổ sung, hoàn thiện hồ sơ",
    "dossier.supplement_answered": "Đã bổ sung, hoàn thiện hồ sơ",
    "dossier.handed_to_agency": "Chuyển đến cơ quan giải quyết",
    "dossier.step_done": "Hoàn thành bước",
    "dossier.step_returned": "Trả lại bước trước",
    "dossier.step_taken": "Cán bộ nhận việc",
    "dossier.step_assigned": "Lãnh đạo giao việc cho cán bộ",
    "dossier.step_given_back": "Cán bộ trả việc để giao người khác",
    "dossier.approved": "Phê duyệt kết quả",
    "dossier.payment_requested": "Yêu cầu thực hiện nghĩa vụ tài chính",
    "dossier.payment_settled": "Đã thực hiện nghĩa vụ tài chính",
    "dossier.finished": "Có kết quả tại nơi trả kết quả",
    "dossier.returned": "Đã trả kết quả",
    "dossier.withdrawn": "Rút hồ sơ theo đề nghị của người nộp",
    "dossier.stopped": "Dừng giải quyết hồ sơ",
    "dossier.supplement_allowed_again": "Người đứng đầu cho phép yêu cầu bổ sung lần nữa",
    "dossier.opinion_asked": "Lấy ý kiến bộ phận, cơ quan khác",
    "dossier.opinion_given": "Có ý kiến trả lời",
    "dossier.opinion_waived": "Làm tiếp, không chờ ý kiến nữa",
    "dossier.recalled": "Thu hồi hồ sơ vừa chuyển",
    "dossier.papers_posted": "Hồ sơ giấy gửi qua bưu điện",
    "dossier.papers_arrived": "Hồ sơ giấy đã đến nơi giải quyết",
    "dossier.result_posted": "Giao kết quả cho bưu điện",
    "dossier.result_came_back": "Bưu điện không phát được, đã chuyển kết quả trở lại",
    "dossier.transferred": "Chuyển bộ phận khác giải quyết",
    "dossier.sent_elsewhere": "Chuyển đến cơ quan có thẩm quyền ở nơi khác",
    "dossier.apology_drafted": "Soạn văn bản xin lỗi",
    "dossier.apology_written": "Ghi lý do, ngày hẹn lại vào văn bản xin lỗi",
    "dossier.apologised": "Xin lỗi và hẹn lại ngày trả kết quả",
    "dossier.corrected": "Kết quả được đưa về để đính chính",
    "dossier.due_date_moved": "Ngày hẹn trả được dời do đóng cửa theo quyết định",
    "dossier.due_soon": "Sắp đến hạn: đã nhắc cơ quan giải quyết",
    "dossier.overdue": "Đã quá ngày hẹn trả: đã nhắc lãnh đạo cơ quan giải quyết",
    "dossier.reception_overdue": "Đã quá hạn trả lời tiếp nhận: đã nhắc Bộ phận Một cửa",
    "dossier.opinion_overdue": "Quá hạn cho ý kiến: đã nhắc nơi được hỏi",
    "dossier.applicant_silent": "Hết hạn bổ sung, chưa nhận được phần bổ sung",
    "dossier.nothing_moved": "Chưa có diễn biến mới: đã nhắc lãnh đạo nơi đang giữ hồ sơ",
    "dossier.step_overdue": "Bước của cơ quan phối hợp quá hạn: đã nhắc cơ quan đó",
    "dossier.apology_unsigned": "Văn bản xin lỗi chưa ký: đã nhắc người đứng đầu cơ quan",
    "dossier.renewed_date_moved": "Ngày hẹn lại được dời do đóng cửa theo quyết định",
    "dossier.bundled": "Nộp cùng các hồ sơ khác trong một bộ hồ sơ liên thông",
    "dossier.acted_for": "Thực hiện theo ủy quyền của chủ hồ sơ",
    "dossier.told_apart": "Đã đối chiếu với hồ sơ tương tự: không trùng",
    "dossier.fee_collected": "Thu phí, lệ phí tại quầy",
    "dossier.fee_cancelled": "Hủy biên lai thu phí, lệ phí",
    "dossier.message_written": "Người nộp nhắn tin cho cán bộ",
    "dossier.message_answered": "Cán bộ trả lời tin nhắn của người nộp",
    "dossier.reading_questioned": "Người nộp hỏi về một lượt xem hồ sơ",
    "dossier.reading_explained": "Lãnh đạo trả lời về một lượt xem hồ sơ",
    "dossier.reading_unexplained": "Câu hỏi về lượt xem chưa được trả lời: đã nhắc lãnh đạo nơi đó",
}

# Lines that the eye should find: something is asked of the applicant, or it is over.
KINDS = {
    "dossier.supplement_requested": "waiting",
    "dossier.payment_requested": "waiting",
    "dossier.refused": "overdue",
    "dossier.stopped": "overdue",
    "dossier.apologised": "overdue",
    "dossier.corrected": "overdue",
    "dossier.overdue": "overdue",
    "dossier.reception_overdue": "overdue",
    "dossier.result_came_back": "waiting",
    "dossier.step_overdue": "overdue",
    "dossier.applicant_silent": "waiting",
    "dossier.nothing_moved": "waiting",
    "dossier.returned": "done",
}


class Line(NamedTuple):
    """One thing that happened: when, what, at which unit, by whom."""

    at: datetime
    text: str
    who: str
    kind: str
    unit: str = ""
    work: str = ""
    instead_of: str = ""
    event: str = ""

    @property
    def acted(self) -> bool:
        """Whether somebody did something, and not the watchdog alone; words about it are none."""
        return bool(self.who) and self.event not in ASIDE


def lines(dossier: Dossier) -> list[Line]:
    """The journal of the dossier in words, the newest last; three statements however long it is, and one for whom somebody stood in."""
    entries = list(Entry.objects.filter(subject=dossier.subject).select_related("actor").order_by("number"))
    steps = ProcessStep.objects.in_bulk({entry.facts["step"] for entry in entries if "step" in entry.facts})
    units = Unit.objects.in_bulk({entry.facts["unit"] for entry in entries if "unit" in entry.facts})
    people = Person.objects.in_bulk({entry.facts["instead_of"] for entry in entries if "instead_of" in entry.facts})
    moves = DueDateMove.objects.in_bulk({entry.facts["move"] for entry in entries if "move" in entry.facts})
    told = []
    for entry in entries:
        whom = people.get(entry.facts.get("instead_of"))
        step, unit = steps.get(entry.facts.get("step")), units.get(entry.facts.get("unit"))
        told.append(
            Line(
                at=entry.at,
                text=TOLD.get(entry.event, entry.event),
                who=entry.actor.full_name if entry.actor else "",
                kind=KINDS.get(entry.event, ""),
                unit=unit.name if unit else "",
                work=_moved(moves.get(entry.facts.get("move")))
                or (step.work if step and entry.event == "dossier.step_done" else ""),
                instead_of=whom.full_name if whom else "",
                event=entry.event,
            )
        )
    return told


def _moved(move: DueDateMove | None) -> str:
    """From when to when, and why: the notice a closure owes the applicant."""
    if move is None:
        return ""
    before, after = (f"{timezone.localtime(one):%H:%M %d/%m/%Y}" for one in (move.before, move.after))
    return f"{before} → {after}, {move.reason}"


def still_since(lines: list[Line]) -> datetime | None:
    """Since when nobody has done anything, once the watchdog has said so; nothing while it moves."""
    since, still = None, False
    for line in lines:
        if line.acted:
            since, still = line.at, False
        elif line.event == "dossier.nothing_moved":
            still = True
    return since if still else None


MILESTONES = ("Nộp", "Tiếp nhận", "Giải quyết", "Có kết quả", "Trả kết quả")


def progress(dossier: Dossier) -> list[dict[str, Any]]:
    """The five milestones for the stepper; a dossier that ended on the way stops where it ended."""
    reached = {
        State.DRAFT: 0,
        State.SUBMITTED: 1,
        State.AWAITING_COMPLETION: 1,
        State.REFUSED: 1,
        State.ACCEPTED: 2,
        State.IN_PROGRESS: 2,
        State.AWAITING_APPLICANT: 2,
        State.AWAITING_PAYMENT: 2,
        State.READY: 4,
        State.RETURNED: 5,
    }
    # A dossier withdrawn or stopped got as far as its own moments tell.
    at = reached.get(State(dossier.state), 2 if dossier.accepted_at else 1)
    moments = (dossier.submitted_at, dossier.accepted_at, None, dossier.finished_at, dossier.closed_at)
    return [
        {
            "label": label,
            "state": "done" if number < at else "current" if number == at else "todo",
            "at": moments[number] if number < at else None,
        }
        for number, label in enumerate(MILESTONES)
    ]


def turn(dossier: Dossier) -> str:
    """Who must act next, in words; empty when nobody must."""
    if dossier.at_post:
        return ClockOwner.POST.label
    if dossier.state == State.IN_PROGRESS and dossier.at_unit:
        return dossier.at_unit.name
    return TURN[State(dossier.state)]
