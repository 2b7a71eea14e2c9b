"""Who may do what: one list of acts, one table of roles (phân quyền)."""

from __future__ import annotations

import enum
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models

PUBLIC = "public"
CITIZEN = "citizen"


class Can(enum.Enum):
    SEE_DOSSIERS = "Xem hồ sơ thuộc phạm vi được giao"
    RECEIVE = "Tiếp nhận hồ sơ"
    REFUSE_RECEPTION = "Từ chối tiếp nhận hồ sơ"
    REQUEST_SUPPLEMENT = "Yêu cầu bổ sung, hoàn thiện hồ sơ"
    RECORD_ANSWER = "Ghi nhận giấy tờ bổ sung tại quầy"
    HAND_TO_AGENCY = "Chuyển hồ sơ đến cơ quan giải quyết"
    DO_STEP = "Xử lý bước được giao"
    RETURN_STEP = "Trả lại bước trước"
    ASSIGN = "Giao việc, chuyển người thụ lý"
    APPROVE = "Phê duyệt kết quả"
    REQUEST_PAYMENT = "Yêu cầu thực hiện nghĩa vụ tài chính"
    FINISH = "Chuyển kết quả về Bộ phận Một cửa"
    SETTLE_AT_ONCE = "Giải quyết, có kết quả ngay tại quầy theo quy trình"
    HAND_OVER = "Trả kết quả"
    RECORD_WITHDRAWAL = "Ghi nhận đề nghị rút hồ sơ"
    STOP = "Dừng giải quyết hồ sơ"
    ASK_OPINION = "Lấy ý kiến bộ phận, cơ quan khác"
    GIVE_OPINION = "Cho ý kiến khi được hỏi"
    WAIVE_OPINION = "Ghi lý do không chờ ý kiến nữa"
    RECALL = "Thu hồi hồ sơ vừa chuyển"
    TRANSFER = "Chuyển hồ sơ giữa các bộ phận của cơ quan"
    SEND_ELSEWHERE = "Chuyển hồ sơ đến cơ quan có thẩm quyền ở nơi khác trong tỉnh"
    ALLOW_SUPPLEMENT_AGAIN = "Cho phép yêu cầu bổ sung lần nữa"
    DRAFT_APOLOGY = "Soạn văn bản xin lỗi, hẹn lại"
    SIGN_APOLOGY = "Ký văn bản xin lỗi, hẹn lại"
    CORRECT = "Đính chính kết quả chưa trả"
    WRITE_TO_APPLICANT = "Trả lời tin nhắn của người nộp"
    EXPLAIN_READING = "Trả lời câu hỏi của người dân về lượt xem hồ sơ"
    DELEGATE = "Phân công người thay khi cán bộ của mình vắng"
    SEE_BOARD = "Xem bảng lãnh đạo của cơ quan"
    HAND_PAPERS = "Lập và ký nhận danh sách bàn giao"
    CLOSE_DAY = "Chốt ngày tại quầy"
    CLOSE_AGENCY = "Công bố ngày đóng cửa của cơ quan mình theo quyết định"
    CLOSE_PROVINCE = "Ghi nhận quyết định đóng cửa toàn tỉnh"
    KEEP_CONNECTIONS = "Đăng ký, khóa hệ thống kết nối; xem, gửi lại tin báo"
    OPERATE = "Xem tình trạng vận hành, cho chạy lại việc nền bị hỏng"
    EDIT_CATALOGUE = "Soạn thảo danh mục thủ tục của cơ quan mình"
    PUBLISH_CATALOGUE = "Công bố, bãi bỏ thủ tục của mọi cơ quan"


class Role(models.TextChoices):
    """What a person is to a unit (vị trí được giao)."""

    RECEPTION_OFFICER = "RECEPTION_OFFICER", "Cán bộ một cửa"
    PROCESSING_OFFICER = "PROCESSING_OFFICER", "Chuyên viên"
    HEAD_OF_UNIT = "HEAD_OF_UNIT", "Lãnh đạo phòng"
    LEADER = "LEADER", "Lãnh đạo cơ quan"
    CLERK = "CLERK", "Văn thư"
    DIRECTOR = "DIRECTOR", "Giám đốc Trung tâm"
    CATALOGUE_EDITOR = "CATALOGUE_EDITOR", "Đầu mối kiểm soát TTHC"
    CATALOGUE_KEEPER = "CATALOGUE_KEEPER", "Chuyên viên kiểm soát TTHC"
    OPERATOR = "OPERATOR", "Cán bộ vận hành hệ thống"


ROLES: dict[str, frozenset[Can]] = {
    Role.RECEPTION_OFFICER: frozenset(
        {
            Can.SEE_DOSSIERS,
            Can.RECEIVE,
            Can.REFUSE_RECEPTION,
            Can.REQUEST_SUPPLEMENT,
            Can.RECORD_ANSWER,
            Can.HAND_TO_AGENCY,
            Can.SETTLE_AT_ONCE,
            Can.DO_STEP,
            Can.REQUEST_PAYMENT,
            Can.HAND_OVER,
            Can.RECORD_WITHDRAWAL,
            Can.RECALL,
            Can.SEND_ELSEWHERE,
            Can.HAND_PAPERS,
            Can.CLOSE_DAY,
            Can.WRITE_TO_APPLICANT,
        }
    ),
    Role.PROCESSING_OFFICER: frozenset(
        {
            Can.SEE_DOSSIERS,
            Can.REQUEST_SUPPLEMENT,
            Can.DO_STEP,
            Can.RETURN_STEP,
            Can.REQUEST_PAYMENT,
            Can.ASK_OPINION,
            Can.GIVE_OPINION,
            Can.WAIVE_OPINION,
            Can.RECALL,
            Can.DRAFT_APOLOGY,
            Can.HAND_PAPERS,
            Can.WRITE_TO_APPLICANT,
        }
    ),
    Role.HEAD_OF_UNIT: frozenset(
        {
            Can.SEE_DOSSIERS,
            Can.ASSIGN,
            Can.REQUEST_SUPPLEMENT,
            Can.DO_STEP,
            Can.RETURN_STEP,
            Can.REQUEST_PAYMENT,
            Can.STOP,
            Can.ASK_OPINION,
            Can.GIVE_OPINION,
            Can.WAIVE_OPINION,
            Can.RECALL,
            Can.TRANSFER,
            Can.DRAFT_APOLOGY,
            Can.HAND_PAPERS,
            Can.SEE_BOARD,
            Can.DELEGATE,
            Can.WRITE_TO_APPLICANT,
            Can.EXPLAIN_READING,
        }
    ),
    Role.LEADER: frozenset(
        {
            Can.SEE_DOSSIERS,
            Can.ASSIGN,
            Can.DO_STEP,
            Can.RETURN_STEP,
            Can.APPROVE,
            Can.STOP,
            Can.GIVE_OPINION,
            Can.WAIVE_OPINION,
            Can.RECALL,
            Can.TRANSFER,
            Can.ALLOW_SUPPLEMENT_AGAIN,
            Can.DRAFT_APOLOGY,
            Can.SIGN_APOLOGY,
            Can.CORRECT,
            Can.CLOSE_AGENCY,
            Can.HAND_PAPERS,
            Can.SEE_BOARD,
            Can.DELEGATE,
            Can.WRITE_TO_APPLICANT,
            Can.EXPLAIN_READING,
        }
    ),
    Role.CLERK: frozenset({Can.SEE_DOSSIERS, Can.DO_STEP, Can.RETURN_STEP, Can.FINISH, Can.RECALL, Can.HAND_PAPERS}),
    Role.DIRECTOR: frozenset(
        {
            Can.SEE_DOSSIERS,
            Can.ASSIGN,
            Can.ALLOW_SUPPLEMENT_AGAIN,
            Can.DELEGATE,
            Can.SEE_BOARD,
            Can.CLOSE_AGENCY,
            Can.EXPLAIN_READING,
            Can.KEEP_CONNECTIONS,
        }
    ),
    Role.CATALOGUE_EDITOR: frozenset({Can.EDIT_CATALOGUE}),
    # At the Office of the provincial People's Committee, which issues the Chairman's decisions: what holds for all agencies.
    Role.CATALOGUE_KEEPER: frozenset({Can.EDIT_CATALOGUE, Can.PUBLISH_CATALOGUE, Can.CLOSE_PROVINCE}),
    # Looks after the machines and sees no dossier.
    Role.OPERATOR: frozenset({Can.OPERATE}),
}

View = Callable[..., Any]


def _to_sign_in(request):
    # Imported here: the models of this app read the roles before there is a model of persons.
    from .handing_back import to_sign_in

    return to_sign_in(request)


def table() -> list[tuple[str, list[str]]]:
    """Who may do what, in words: one row a role, its acts in the order of `Can`."""
    return [(str(role.label), [act.value for act in Can if act in ROLES[role]]) for role in Role]


def public(view: View) -> View:
    """Anybody may enter."""
    view.permission = PUBLIC  # type: ignore[attr-defined]
    return view


def requires_account(view: View) -> View:
    """Only a person who signed in may enter; what they see is their own."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        whose, level = request.session.get("assured", (None, 0))
        request.user.assured = level if whose == request.user.pk else 0
        return view(request, *args, **kwargs)

    guarded.permission = CITIZEN  # type: ignore[attr-defined]
    return guarded


def requires(*acts: Can) -> Callable[[View], View]:
    """Only an officer who may do one of these acts, signed in with a second factor, may enter."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if not any(request.user.may(act) for act in acts):
                raise PermissionDenied("Bạn chưa được giao việc này.")
            if not request.session.get("second_factor"):
                return _to_sign_in(request)
            return view(request, *args, **kwargs)

        guarded.permission = acts  # type: ignore[attr-defined]
        return guarded

    return declare
