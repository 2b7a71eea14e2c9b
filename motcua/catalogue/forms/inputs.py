"""How one answer is typed, checked and shown again (ô nhập của biểu mẫu)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from motcua.vietnamese import compose

LARGEST = Decimal(10) ** 15
FIRST_YEAR, YEARS_AHEAD = 1900, 100
WRONG_YEAR = "Năm chưa đúng. Hãy kiểm tra lại năm của ngày này."


class Text(forms.CharField):
    """One line, composed and without what cannot be stored."""

    def __init__(self, longest: int, **told: Any):
        super().__init__(**told)
        self.widget.attrs["maxlength"] = longest
        self.validators = [MaxLengthValidator(longest, f"Dài quá {longest} ký tự; hãy viết ngắn lại.")]

    def to_python(self, value: Any) -> str:
        return compose(str(value or ""))


class LongText(Text):
    """Several lines, each composed."""

    def to_python(self, value: Any) -> str:
        lines = [compose(line) for line in str(value or "").splitlines()]
        return "\n".join(lines).strip()


class Phone(Text):
    def __init__(self, **told: Any):
        super().__init__(20, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}), **told)

    def to_python(self, value: Any) -> str:
        text = re.sub(r"[\s.\-()]", "", super().to_python(value))
        text = re.sub(r"^\+?84", "0", text)
        if text and not re.fullmatch(r"0[0-9]{9,10}", text):
            raise forms.ValidationError("Số điện thoại gồm 10 hoặc 11 chữ số, bắt đầu bằng 0. Ví dụ: 0912 345 678.")
        return text


class Day(forms.DateField):
    """A day between 1900 and a century from now."""

    WRITTEN = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")

    def __init__(self, **told: Any):
        super().__init__(
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            input_formats=list(self.WRITTEN),
            error_messages={"invalid": "Ngày chưa đúng. Hãy ghi ngày/tháng/năm, ví dụ 05/09/2021."},
            **told,
        )

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and not date(FIRST_YEAR, 1, 1) <= value <= _latest():
            raise forms.ValidationError(WRONG_YEAR)


def _latest() -> date:
    return timezone.localdate() + timedelta(days=36_525)


class Typed(str):
    """What a person typed, shown again as it was typed."""


class AsTyped(forms.Field):
    """An answer stored in another spelling than it is typed in."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        return Typed(data) if isinstance(data, str) else data


class PartialDay(AsTyped):
    """A day of which perhaps only month and year, or the year, are known; stored as far as it is known."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": "ngày/tháng/năm"})
    invalid = "Ngày chưa đúng. Hãy ghi 07/03/1952, chỉ tháng và năm 03/1952, hoặc chỉ năm 1952."

    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, Typed):
            return value
        return "/".join(reversed(str(value).split("-")))

    def to_python(self, value: Any) -> str:
        """As people write it: `1952`, `03/1952`, `7-3-1952`, and `00/00/1952` for what is not known."""
        text = re.sub(r"\s", "", compose(str(value or "")))
        if not text:
            return ""
        parts = re.split(r"[/.\-]", text)
        if re.fullmatch(r"\d{4}(-\d{1,2}){1,2}", text):
            parts.reverse()
        if len(parts) > 3 or not re.fullmatch(r"\d{4}", parts[-1]):
            raise forms.ValidationError(self.invalid)
        if not all(re.fullmatch(r"[0-9]{1,2}", part) for part in parts[:-1]):
            raise forms.ValidationError(self.invalid)
        known = [int(part) for part in reversed(parts)]
        while known[-1] == 0:
            known.pop()
            if not known:
                raise forms.ValidationError(self.invalid)
        try:
            day = date(*known, *[1] * (3 - len(known)))
        except ValueError:
            raise forms.ValidationError(self.invalid) from None
        if not date(FIRST_YEAR, 1, 1) <= day <= _latest():
            raise forms.ValidationError(WRONG_YEAR)
        return day.isoformat()[: (4, 7, 10)[len(known) - 1]]


class Number(AsTyped):
    """A number as Vietnamese write it: a comma before the part, points between thousands."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    invalid = "Hãy ghi một số, dùng dấu phẩy cho phần lẻ. Ví dụ: 120 hoặc 85,5."

    def prepare_value(self, value: Any) -> Any:
        """A stored number with a comma; what was typed is left alone."""
        if value is None or isinstance(value, Typed):
            return value
        return str(value).replace(".", ",")

    def to_python(self, value: Any) -> Any:
        text = re.sub(r"\s", "", compose(str(value or "")))
        if not text:
            return None
        if re.fullmatch(r"-?[1-9]\d{0,2}(\.\d{3})+(,\d+)?", text):
            text = text.replace(".", "")
        text = text.replace(",", ".")
        if not re.fullmatch(r"-?\d{1,20}(\.\d{1,6})?", text):
            raise forms.ValidationError(self.invalid)
        number = Decimal(text)
        if abs(number) > LARGEST:
            raise forms.ValidationError("Số này lớn quá. Hãy kiểm tra lại.")
        return number


class Money(Number):
    """A sum in whole đồng."""

    widget = forms.TextInput(attrs={"inputmode": "numeric"})
    invalid = "Hãy ghi số tiền bằng đồng, không có phần lẻ. Ví dụ: 35.000."

    def prepare_value(self, value: Any) -> Any:
        return f"{value:,}".replace(",", ".") if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        text = re.sub(r"(?i)\s*(đồng|đ|vnd|vnđ)\.?$", "", compose(str(value or "")))
        if re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+", text):  # there is no part of a đồng, so these are thousands
            text = text.replace(",", "")
        number = super().to_python(text)
        if number is None:
            return None
        if number < 0 or number % 1:
            raise forms.ValidationError(self.invalid)
        return int(number)


class Choice(forms.ChoiceField):
    default_error_messages = {"invalid_choice": "Hãy chọn một mục trong danh sách."}


class Choices(forms.MultipleChoiceField):
    default_error_messages = {
        "invalid_choice": "Hãy chọn các mục trong danh sách.",
        "invalid_list": "Hãy chọn các mục trong danh sách.",
    }


class PlaceInput(forms.TextInput):
    """A place in words, down to the hamlet; known ones are searched while one types, at the address `search` where there is one."""

    def __init__(self, search: str = ""):
        super().__init__(attrs={"autocomplete": "off", "placeholder": "Thôn, xã, huyện, tỉnh"})
        self.search = search

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        if not self.search:
            return super().render(name, value, attrs, renderer)
        known = f"{name}-places"
        attrs = {**(attrs or {}), "list": known, "data-places": self.search}
        typed = super().render(name, value, attrs, renderer)
        return format_html('{}<datalist id="{}"></datalist>', typed, known)
