"""What every way of filing asks by the same rules (số giấy tờ của chủ hồ sơ)."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_noop

from motcua.catalogue.forms import Text

from .models import OwnerKind

RULES = {
    OwnerKind.CITIZEN: (
        re.compile(r"\d{12}|\d{9}|[A-Z]{1,2}\d{6,8}|\d{8}"),
        gettext_noop(
            "Số căn cước gồm 12 chữ số, chứng minh nhân dân 9 chữ số; hộ chiếu có chữ cái ở đầu, ví dụ C1234567."
        ),
    ),
    OwnerKind.ENTERPRISE: (
        re.compile(r"\d{10}(-?\d{3})?"),
        gettext_noop("Mã số doanh nghiệp gồm 10 chữ số, có thể thêm 3 chữ số của đơn vị phụ thuộc."),
    ),
}


class OwnerNumber(Text):
    """The number of an identity paper, an enterprise or an agency, without spaces."""

    def __init__(self, kind: OwnerKind, **told: Any) -> None:
        super().__init__(20, **told)
        self.kind = kind

    def to_python(self, value: Any) -> str:
        text = re.sub(r"[\s.]" if self.kind in RULES else r"\s", "", super().to_python(value)).upper()
        right, words = RULES.get(self.kind, (None, ""))
        if text and right and not right.fullmatch(text):
            raise forms.ValidationError(gettext(words))
        return text
