"""What a filing asks besides the form of its procedure, as the portal asks it (nộp hồ sơ)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from motcua.catalogue.forms import Day, Phone, Text
from motcua.dossiers.forms import OwnerNumber
from motcua.dossiers.models import OwnerKind, ReturnBy

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
