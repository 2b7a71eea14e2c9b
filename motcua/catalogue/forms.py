"""Forms told as data: the vocabulary, the check, the form on the screen and the answers read back (biểu mẫu điện tử; docs/forms.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from motcua.refusal import Refusal
from motcua.vietnamese import compose

Definition = Sequence[Mapping[str, Any]]

TYPES = ("text", "long_text", "number", "money", "date", "choice", "choices", "place", "phone")
WORDS = {"key", "type", "label", "required", "help", "options", "show_if"}
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
LONGEST = {"text": 500, "long_text": 5000, "place": 250}
MOST_FIELDS = 100
LARGEST = Decimal(10) ** 15
SEPARATOR = "|"  # between the values of a condition, on its way to the browser

DEFAULT_FORM: list[dict[str, Any]] = [
    {
        "key": "noi_dung",
        "type": "long_text",
        "label": "Bạn đề nghị giải quyết việc gì?",
        "required": True,
        "help": "Viết ngắn gọn, đủ để cơ quan giải quyết hiểu yêu cầu của bạn.",
    },
    {"key": "ghi_chu", "type": "long_text", "label": "Ghi chú thêm", "required": False},
]


class WrongForm(Refusal):
    message = "Biểu mẫu chưa đúng."


def fields(definition: Definition | None) -> Definition:
    """The fields of a procedure's form; the default form serves a procedure that has none of its own."""
    return definition or DEFAULT_FORM


def check(definition: Definition) -> None:
    """Refuse a definition that does not keep to the vocabulary; the sentence names the field."""
    if not isinstance(definition, list) or len(definition) > MOST_FIELDS:
        raise WrongForm(f"Biểu mẫu phải là danh sách không quá {MOST_FIELDS} mục.")
    options_of: dict[str, list[str] | None] = {}
    for place, field in enumerate(definition, start=1):
        if not isinstance(field, dict) or not isinstance(field.get("key"), str):
            raise WrongForm(f"Mục thứ {place} của biểu mẫu thiếu khóa (key).")
        if reason := _wrong(field, options_of):
            raise WrongForm(f"Mục “{field['key']}” của biểu mẫu: {reason}")
        options_of[field["key"]] = field.get("options")


def _wrong(field: Mapping[str, Any], before: Mapping[str, list[str] | None]) -> str | None:
    key, kind, options = field["key"], field.get("type"), field.get("options")
    if not KEY.fullmatch(key):
        return "khóa chỉ gồm chữ thường không dấu, số và dấu gạch dưới."
    if key in before:
        return "khóa đã có ở mục khác."
    if unknown := set(field) - WORDS:
        return f"không hiểu {', '.join(sorted(unknown))}."
    if kind not in TYPES:
        return f"không có kiểu {kind}."
    if not _is_text(field.get("label")) or not isinstance(field.get("required"), bool):
        return "thiếu nhãn (label) hoặc không rõ có bắt buộc (required)."
    if not isinstance(field.get("help", ""), str):
        return "lời hướng dẫn (help) phải là chữ."
    if kind in ("choice", "choices"):
        if not isinstance(options, list) or len(options) < 2 or not all(map(_is_text, options)):
            return "phải có ít nhất hai lựa chọn (options)."
        if len(set(options)) < len(options):
            return "có lựa chọn trùng nhau."
        if any(SEPARATOR in option for option in options):
            return f"lựa chọn không được có dấu {SEPARATOR}."
    elif options is not None:
        return "kiểu này không có lựa chọn (options)."
    return _wrong_condition(field.get("show_if", {}), before)


def _wrong_condition(condition: Any, before: Mapping[str, list[str] | None]) -> str | None:
    if not isinstance(condition, dict):
        return "điều kiện hiện (show_if) phải ghi mục và lựa chọn."
    for other, wanted in condition.items():
        if other not in before:
            return "điều kiện hiện (show_if) phải dựa vào một mục đứng trước."
        allowed, values = before[other] or [], _wanted(wanted)
        if not values or any(value not in allowed for value in values):
            return "điều kiện hiện (show_if) phải là một lựa chọn của mục đứng trước."
    return None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value == compose(value) != ""


def _wanted(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def shown(field: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
    """Whether a field is asked, given the answers to the fields before it."""
    for other, wanted in field.get("show_if", {}).items():
        given = answers.get(other)
        if not set(given if isinstance(given, list) else [given]) & set(_wanted(wanted)):
            return False
    return True


def asked(definition: Definition, answers: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The fields that these answers lead to; what is hidden counts as not answered."""
    visible: list[Mapping[str, Any]] = []
    known: dict[str, Any] = {}
    for field in fields(definition):
        if shown(field, known):
            visible.append(field)
            known[field["key"]] = answers.get(field["key"])
    return visible


def answered(definition: Definition, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Labels and answers as a person reads them; unanswered and hidden fields are left out."""
    told = ((field["label"], said(field, answers.get(field["key"]))) for field in asked(definition, answers))
    return [(label, text) for label, text in told if text]


def said(field: Mapping[str, Any], value: Any) -> str:
    """One answer as a person reads it."""
    if value in (None, "", []):
        return ""
    match field["type"]:
        case "date":
            return date.fromisoformat(value).strftime("%d/%m/%Y")
        case "money":
            return f"{int(value):,} đ".replace(",", ".")
        case "number":
            whole, _, part = f"{Decimal(str(value)):,f}".partition(".")
            return ",".join(filter(None, [whole.replace(",", "."), part]))
        case "choices":
            return "; ".join(value)
    return str(value)


# The form on the screen


class AnswersForm(forms.Form):
    """A form made from a definition; `answers()` is what is stored."""

    definition: Definition = ()
    draft = False

    def clean(self) -> dict[str, Any]:
        """Ask only what is shown: a hidden field is neither required nor stored."""
        cleaned = super().clean() or {}
        known: dict[str, Any] = {}
        for field in self.definition:
            key = field["key"]
            if not shown(field, known):
                cleaned.pop(key, None)
                self.errors.pop(key, None)
                continue
            known[key] = cleaned.get(key)
            if field["required"] and not self.draft and key not in self.errors and known[key] in (None, "", []):
                self.add_error(key, _missing(field))
        return cleaned

    def answers(self) -> dict[str, Any]:
        """The answers as JSON: dates as ISO text, numbers as text, sums in đồng as whole numbers."""
        stored: dict[str, Any] = {}
        for key, value in self.cleaned_data.items():
            if value in (None, "", []):
                continue
            if isinstance(value, date):
                value = value.isoformat()
            elif isinstance(value, Decimal):
                value = f"{value.normalize():f}"
            stored[key] = value
        return stored


def form_class(definition: Definition | None, *, places: Iterable[str] = (), draft: bool = False) -> type[AnswersForm]:
    """The Django form of a definition; a draft may leave everything open but not wrong."""
    known = fields(definition)
    suggestions = list(places)
    made = {field["key"]: _made(field, suggestions) for field in known}
    form: type[AnswersForm] = type("ProcedureForm", (AnswersForm,), made)
    # Set afterwards, so that a question may have any key, "draft" too.
    form.definition, form.draft = known, draft
    return form


def _made(field: Mapping[str, Any], places: list[str]) -> forms.Field:
    told = {"label": field["label"], "help_text": field.get("help", ""), "required": False}
    options = [(option, option) for option in field.get("options", ())]
    made: forms.Field
    match field["type"]:
        case "choice" if len(options) <= 7:
            made = Choice(choices=options, widget=forms.RadioSelect, **told)
        case "choice":
            made = Choice(choices=[("", "Chọn…"), *options], **told)
        case "choices":
            made = Choices(choices=options, widget=forms.CheckboxSelectMultiple, **told)
        case "date":
            made = Day(**told)
        case "number":
            made = Number(**told)
        case "money":
            made = Money(**told)
        case "phone":
            made = Phone(**told)
        case "long_text":
            made = LongText(LONGEST["long_text"], widget=forms.Textarea(attrs={"rows": 5}), **told)
        case "place":
            made = Text(LONGEST["place"], widget=PlaceInput(places), **told)
        case _:
            made = Text(LONGEST["text"], **told)
    if field["required"]:
        made.widget.attrs["aria-required"] = "true"
    if condition := field.get("show_if"):
        other, wanted = next(iter(condition.items()))
        made.widget.attrs |= {"data-show-if": other, "data-show-values": SEPARATOR.join(_wanted(wanted))}
    return made


def _missing(field: Mapping[str, Any]) -> str:
    verb = {"choice": "Hãy chọn", "choices": "Hãy chọn ít nhất một mục ở", "date": "Hãy ghi ngày ở"}
    return f"{verb.get(field['type'], 'Hãy điền')} “{field['label']}”."


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
        if value and not date(1900, 1, 1) <= value <= timezone.localdate() + timedelta(days=36_525):
            raise forms.ValidationError("Năm chưa đúng. Hãy kiểm tra lại năm của ngày này.")


class Typed(str):
    """What a person typed, shown again as it was typed."""


class Number(forms.Field):
    """A number as Vietnamese write it: a comma before the part, points between thousands."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    invalid = "Hãy ghi một số, dùng dấu phẩy cho phần lẻ. Ví dụ: 120 hoặc 85,5."

    def bound_data(self, data: Any, initial: Any) -> Any:
        return Typed(data) if isinstance(data, str) else data

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
    """A place in words, down to the hamlet, with the communes of the province suggested."""

    def __init__(self, places: list[str]):
        super().__init__(attrs={"autocomplete": "off", "placeholder": "Thôn, xã, huyện, tỉnh"})
        self.places = places

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        if not self.places:
            return super().render(name, value, attrs, renderer)
        known = f"{name}-places"
        typed = super().render(name, value, {**(attrs or {}), "list": known}, renderer)
        options = format_html_join("", '<option value="{}">', ((place,) for place in self.places))
        return format_html('{}<datalist id="{}">{}</datalist>', typed, known, options)
