"""Which rules and which forms hold on a day (bộ quy định, bộ biểu mẫu theo thời kỳ; one-stop.md §1.6, §3.1)."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.utils.translation import gettext

from motcua.accounts.models import Assurance, Person
from motcua.refusal import Refusal

from .models import CodePattern, FormSet, RuleSet, SupplementMode


class NoRules(Refusal):
    message = "Chưa có bộ quy định cho ngày này. Xin báo người quản trị hệ thống."


class NeedsIdentity(Refusal):
    """The rules let only accounts of a surer kind file (sử dụng dịch vụ theo mức độ bảo đảm của đăng nhập; one-stop.md §5.6)."""

    def __init__(self, needed: int) -> None:
        super().__init__(
            gettext(
                "Theo quy định hiện nay, hồ sơ trực tuyến chỉ nộp được khi đăng nhập bằng %(account)s. Bản nháp của bạn vẫn được giữ; "
                "xin đăng nhập lại bằng danh tính điện tử, hoặc nộp tại Bộ phận Một cửa."
            )
            % {"account": gettext(str(Assurance(needed).label))}
        )


COMMON: dict[str, Any] = {
    "reception_hours": 8,
    "same_day_until": time(15, 0),
    "supplement_mode": SupplementMode.RESTART,
    "supplements_allowed": 1,
    "supplement_days": 10,
    "warning_days": 2,
    "standstill_days": 3,
}

RULE_SETS: list[dict[str, Any]] = [
    {
        **COMMON,
        "key": "ND61_2018",
        "valid_from": date(2018, 6, 21),
        "valid_to": date(2021, 12, 5),
        "legal_basis": "Nghị định 61/2018/NĐ-CP",
        "portal_takes_filings": True,
        "code_pattern": CodePattern.QCVN,
    },
    {
        **COMMON,
        "key": "ND107_2021",
        "valid_from": date(2021, 12, 6),
        "valid_to": date(2025, 6, 30),
        "legal_basis": "Nghị định 61/2018/NĐ-CP, sửa đổi bởi Nghị định 107/2021/NĐ-CP",
        "portal_takes_filings": True,
        "code_pattern": CodePattern.QCVN,
    },
    {
        **COMMON,
        "key": "ND118_2025",
        "valid_from": date(2025, 7, 1),
        "valid_to": None,
        "legal_basis": "Nghị định 118/2025/NĐ-CP",
        "portal_takes_filings": False,
        # Not bound to administrative boundaries within the province (NĐ 118/2025/NĐ-CP; one-stop.md §1.2).
        "any_desk_receives": True,
        # QĐ 29/2026/QĐ-TTg: from 20/7/2026 the national portal takes filings of e-identity accounts only.
        "filing_needs": Assurance.LEVEL_1,
        "code_pattern": CodePattern.QD20,
    },
]

FORM_SETS: list[dict[str, Any]] = [
    {
        "key": "TT01_2018",
        "valid_from": date(2018, 6, 21),
        "valid_to": date(2025, 9, 14),
        "legal_basis": "Thông tư 01/2018/TT-VPCP",
        "slips": {
            "RECEIPT": {"number": "01", "title": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"},
            "SUPPLEMENT": {"number": "02", "title": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"},
            "REFUSAL": {"number": "03", "title": "Phiếu từ chối tiếp nhận giải quyết hồ sơ"},
            "APOLOGY": {"number": "04", "title": "Phiếu xin lỗi và hẹn lại ngày trả kết quả"},
            "CONTROL": {"number": "05", "title": "Phiếu kiểm soát quá trình giải quyết hồ sơ"},
            "REGISTER": {"number": "06", "title": "Sổ theo dõi hồ sơ"},
        },
    },
    {
        "key": "TT03_2025",
        "valid_from": date(2025, 9, 15),
        "valid_to": None,
        "legal_basis": "Thông tư 03/2025/TT-VPCP",
        "slips": {
            "RECEIPT": {"number": "01", "title": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "layout": "table"},
            "SUPPLEMENT": {"number": "02", "title": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"},
            "REFUSAL": {"number": "03", "title": "Phiếu từ chối tiếp nhận giải quyết hồ sơ"},
            "APOLOGY": {"number": "04", "title": "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết"},
            "STOP": {"number": "05", "title": "Thông báo dừng giải quyết hồ sơ"},
            "CONTROL": {"number": "06", "title": "Phiếu kiểm soát quá trình giải quyết hồ sơ"},
            "REGISTER": {"number": "07", "title": "Sổ theo dõi hồ sơ"},
        },
    },
]


def rules_on(day: date) -> RuleSet:
    """The rule set in force on that day."""
    rules = RuleSet.objects.valid_on(day).order_by("-valid_from").first()
    if rules is None:
        raise NoRules
    return rules


def forms_on(day: date) -> FormSet:
    """The form set in force on the day a slip is issued."""
    forms = FormSet.objects.valid_on(day).order_by("-valid_from").first()
    if forms is None:
        raise NoRules
    return forms


def expect_account(rules: RuleSet, by: Person) -> None:
    """Whether this person, signed in as they are, may file under these rules (tài khoản được nộp hồ sơ)."""
    if by.assured < rules.filing_needs:
        raise NeedsIdentity(rules.filing_needs)


def load_rules() -> None:
    """Write the known rule and form sets; what is there already is left alone."""
    for facts in RULE_SETS:
        RuleSet.objects.get_or_create(key=facts["key"], defaults=facts)
    for facts in FORM_SETS:
        FormSet.objects.get_or_create(key=facts["key"], defaults=facts)
