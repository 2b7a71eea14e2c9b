"""What a filing asks besides the form of its procedure, as the portal asks it (nộp hồ sơ); and what a system is registered with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.catalogue.forms import Day, Phone, Text
from motcua.dossiers.forms import OwnerNumber
from motcua.dossiers.models import OwnerKind, ReturnBy
from motcua.organisations.models import Agency

from . import clients
from .scopes import SCOPES

KINDS = {
    "citizen": OwnerKind.CITIZEN,
    "enterprise": OwnerKind.ENTERPRISE,
    "state_body": OwnerKind.STATE_BODY,
    "organisation": OwnerKind.ORGANISATION,
}


class FilingForm(forms.Form):
    """Whose it is, how to reach them, who brings it and where the result goes."""

    owner_name = Text(200, error_messages={"required": "Hãy ghi họ tên hoặc tên của chủ hồ sơ."})
    owner_birth_date = Day(required=False)
    address = Text(250, error_messages={"required": "Hãy ghi địa chỉ của chủ hồ sơ."})
    phone = Phone(error_messages={"required": "Hãy ghi số điện thoại để báo tin cho người nộp."})
    email = forms.EmailField(
        required=False, error_messages={"invalid": "Địa chỉ thư chưa đúng. Ví dụ: lan@example.vn."}
    )
    submitter_name = Text(200, required=False)
    submitter_id_number = OwnerNumber(OwnerKind.CITIZEN, required=False)
    return_address = Text(250, required=False)

    def __init__(self, kind: OwnerKind, return_by: str, data: Mapping[str, Any]):
        super().__init__(data)
        self.kind, self.return_by = kind, return_by
        self.fields["owner_id_number"] = OwnerNumber(kind, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.return_by == ReturnBy.POST and "return_address" not in self.errors and not cleaned["return_address"]:
            self.add_error("return_address", "Hãy ghi địa chỉ để bưu chính mang kết quả đến.")
        # Who files for an organisation has a name; a citizen may file for themselves (portal/forms.py).
        if self.kind != OwnerKind.CITIZEN and "submitter_name" not in self.errors and not cleaned["submitter_name"]:
            self.add_error("submitter_name", "Hãy ghi họ và tên người nộp.")
        return cleaned

    def facts(self) -> dict[str, Any]:
        """As intake keeps them."""
        told = self.cleaned_data | {"owner_kind": self.kind, "return_by": self.return_by}
        if self.return_by != ReturnBy.POST:
            told["return_address"] = ""
        return told


class AllowanceForm(forms.Form):
    """What a system may ask and how often (phạm vi, số lần gọi)."""

    scopes = forms.MultipleChoiceField(
        label="Được làm gì",
        choices=[(scope, f"{words} ({scope})") for scope, words in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn ít nhất một việc."},
    )
    requests_a_minute = forms.IntegerField(label="Số lần gọi mỗi phút", min_value=1, max_value=100_000, initial=300)


class SystemForm(AllowanceForm):
    """A new system: its name, and whose it is (đăng ký hệ thống kết nối)."""

    name = Text(120, label="Tên hệ thống và đơn vị chịu trách nhiệm")
    agency = forms.CharField(
        label="Mã định danh của cơ quan",
        max_length=40,
        required=False,
        help_text="Ví dụ: H60.41.001. Để trống nếu là đối tác ngoài cơ quan.",
    )
    field_order = ("name", "agency", "scopes", "requests_a_minute")

    def __init__(self, by: Person, data: Mapping[str, Any] | None = None):
        super().__init__(data)
        self.by = by

    def clean_agency(self) -> Agency | None:
        identifier, own = self.cleaned_data["agency"].strip(), clients.agencies_of(self.by)
        if not identifier and own:
            raise forms.ValidationError("Hãy ghi cơ quan của bạn; hệ thống của đối tác do cấp tỉnh đăng ký.")
        if not identifier:
            return None
        agency = Agency.objects.valid_on(timezone.localdate()).filter(identifier=identifier).first()
        if agency is None or (own and agency.pk not in own):
            raise forms.ValidationError("Không có cơ quan nào của bạn mang mã định danh này.")
        return agency

    def clean_name(self) -> str:
        """A page sent twice registers once."""
        name = self.cleaned_data["name"]
        if clients.kept_by(self.by).filter(name=name, disabled_at=None).exists():
            raise forms.ValidationError("Đã có hệ thống mang tên này; mở nó trong danh sách, hoặc đặt tên khác.")
        return name
