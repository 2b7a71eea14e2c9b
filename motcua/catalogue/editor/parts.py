"""The forms of a draft: which parts stand on one page, and how rows are typed (các trang soạn thảo)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.catalogue.drafts import DATES
from motcua.catalogue.forms import Day, LongText, Money, Text
from motcua.catalogue.models import Channel, Draft, FeeKind, Field, ReliefKind, Routing
from motcua.organisations.models import Agency, Level
from motcua.worktime.terms import TermUnit

CHANNELS = [("", "Mọi kênh"), *Channel.choices]
LEVELS = [("", "Mọi cấp"), *Level.choices]
UNITS = [("", "–"), *((unit.value, unit.label) for unit in TermUnit)]


class Form(forms.Form):
    use_required_attribute = False


class Lines(LongText):
    """A list of texts, one a line."""

    def __init__(self, **told: Any):
        super().__init__(10_000, widget=forms.Textarea(attrs={"rows": 3}), required=False, **told)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return list(dict.fromkeys(filter(None, super().clean(value).splitlines())))


def line(label: str, longest: int, **told: Any) -> Text:
    return Text(longest, label=label, required=False, **told)


def long(label: str, **told: Any) -> LongText:
    return LongText(100_000, label=label, required=False, widget=forms.Textarea(attrs={"rows": 8}), **told)


class NameForm(Form):
    """What it is called, where it belongs, who settles it."""

    name = Text(2000, label="Tên thủ tục", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    field = line("Lĩnh vực", 200, help_text="Gõ tên lĩnh vực; lĩnh vực chưa có sẽ được thêm.")
    level = forms.ChoiceField(label="Cấp giải quyết", choices=Level.choices)
    levels = forms.MultipleChoiceField(
        label="Các cấp cùng giải quyết", choices=Level.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    agency = forms.ModelChoiceField(
        label="Cơ quan giải quyết",
        queryset=Agency.objects.none(),
        required=False,
        empty_label="Mỗi Ủy ban nhân dân của cấp giải quyết",
    )
    agency_text = line("Cơ quan thực hiện (theo công bố)", 2000)
    subjects = Lines(label="Đối tượng thực hiện", help_text="Mỗi dòng một đối tượng.")
    online = forms.BooleanField(label="Nộp được trực tuyến", required=False)
    routing = forms.ChoiceField(label="Hệ thống giải quyết", choices=Routing.choices, widget=forms.RadioSelect)
    system_name = line("Tên hệ thống của bộ", 200)
    system_url = forms.URLField(
        label="Địa chỉ hệ thống của bộ",
        required=False,
        max_length=300,
        assume_scheme="https",
        error_messages={"invalid": "Địa chỉ chưa đúng. Ví dụ: https://dichvucong.bo.gov.vn."},
    )

    def __init__(self, *args: Any, officer: Person, **kwargs: Any):
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.valid_on(timezone.localdate()).filter(level=Level.PROVINCE)
        if not officer.may(Can.PUBLISH_CATALOGUE):
            agencies = agencies.filter(pk__in=officer.agencies(Can.EDIT_CATALOGUE))
        now = self.initial.get("agency")
        self.fields["agency"].queryset = (agencies | Agency.objects.filter(pk=now or 0)).distinct().order_by("name")  # type: ignore[attr-defined]
        self.fields["field"].widget = Suggested(Field.objects.order_by("name").values_list("name", flat=True))

    def clean_name(self) -> str:
        if not self.cleaned_data["name"]:
            raise forms.ValidationError("Hãy ghi tên thủ tục.")
        return str(self.cleaned_data["name"])

    def clean_field(self) -> str:
        if not self.cleaned_data["field"]:
            raise forms.ValidationError("Hãy ghi lĩnh vực.")
        return str(self.cleaned_data["field"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("level") and cleaned["level"] not in cleaned.get("levels", ()):
            cleaned["levels"] = [cleaned["level"], *cleaned.get("levels", ())]
        return cleaned


class Suggested(forms.TextInput):
    """A line with the known words suggested by the browser."""

    def __init__(self, known: Iterable[str]):
        super().__init__(attrs={"autocomplete": "off"})
        self.known = known

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        typed = super().render(name, value, {**(attrs or {}), "list": f"{name}-known"}, renderer)
        options = format_html_join("", '<option value="{}">', ((one,) for one in self.known))
        return format_html('{}<datalist id="{}-known">{}</datalist>', typed, name, options)


class SequenceForm(Form):
    sequence = long("Trình tự thực hiện", help_text="Mỗi bước một dòng.")
    requirements = long("Yêu cầu, điều kiện")


class GuidanceForm(Form):
    """What we tell besides the announcement."""

    guidance = long("Hướng dẫn dễ hiểu", help_text="Mỗi câu một dòng, bằng lời thường ngày.")
    life_events = Lines(label="Sự kiện trong đời", help_text="Mỗi dòng một sự kiện. Ví dụ: Có con nhỏ.")
    keywords = Text(
        4000,
        label="Từ khóa để tìm",
        required=False,
        help_text="Những từ người dân hay gõ mà tên thủ tục không có.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AnnouncementForm(Form):
    """The decision, and the days from which its deadlines follow (one-stop.md §4.4)."""

    decision = line("Số quyết định công bố", 100)
    decided_on = Day(label="Ngày ký quyết định", required=False)
    basis_effective_on = Day(
        label="Ngày văn bản quy định có hiệu lực",
        required=False,
        help_text="Quyết định công bố phải ký trước ngày này ít nhất 5 ngày làm việc.",
    )
    source = line("Nguồn dữ kiện", 200)


PLAIN: dict[str, tuple[str, type[Form]]] = {
    "ten-goi": ("Tên, cơ quan, đối tượng", NameForm),
    "trinh-tu": ("Trình tự, yêu cầu", SequenceForm),
    "huong-dan": ("Hướng dẫn, từ khóa", GuidanceForm),
    "cong-bo": ("Quyết định công bố", AnnouncementForm),
}


# Rows


class TermRow(Form):
    channel = forms.ChoiceField(label="Kênh", choices=Channel.choices)
    level = forms.ChoiceField(label="Cấp", choices=LEVELS, required=False)
    same_day = forms.BooleanField(label="Trong ngày", required=False)
    amount = forms.IntegerField(
        label="Số",
        required=False,
        min_value=1,
        max_value=100_000,
        error_messages={"invalid": "Hãy ghi một số nguyên.", "min_value": "Hãy ghi số lớn hơn 0."},
    )
    unit = forms.ChoiceField(label="Đơn vị", choices=UNITS, required=False)
    text = Text(
        20_000, label="Nguyên văn trong văn bản", required=False, widget=forms.Textarea(attrs={"rows": 1, "cols": 30})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("same_day") and cleaned.get("amount"):
            self.add_error("amount", "Trong ngày thì không ghi số.")
        elif cleaned.get("amount") and not cleaned.get("unit"):
            self.add_error("unit", "Hãy chọn đơn vị.")
        if not cleaned.get("amount"):
            cleaned["unit"], cleaned["amount"] = "", None
        return cleaned


def one_row() -> forms.Textarea:
    """A line that may grow."""
    return forms.Textarea(attrs={"rows": 1})


def count(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=1000,
        initial=0,
        error_messages={"invalid": "Hãy ghi số bản."},
    )


class ComponentRow(Form):
    name = Text(5000, label="Tên giấy tờ", required=False, widget=one_row())
    originals = count("Bản chính")
    copies = count("Bản sao")
    required = forms.BooleanField(label="Bắt buộc", required=False, initial=True)
    may_bring_later = forms.BooleanField(label="Mang đến sau", required=False)
    case = Text(2000, label="Trường hợp", required=False, widget=one_row())
    template_name = line("Mẫu đơn", 300)  # type: ignore[assignment]
    note = Text(2000, label="Ghi chú", required=False, widget=one_row())
    key = Text(60, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("name"):
            self.add_error("name", "Hãy ghi tên giấy tờ, hoặc đánh dấu bỏ dòng này.")
        for kind in ("originals", "copies"):
            cleaned[kind] = cleaned.get(kind) or 0
        return cleaned


class FeeRow(Form):
    kind = forms.ChoiceField(label="Loại", choices=[("", "–"), *FeeKind.choices], required=False)
    name = Text(2000, label="Khoản thu", required=False)
    amount = Money(label="Số tiền (đồng)", required=False)
    channel = forms.ChoiceField(label="Kênh", choices=CHANNELS, required=False)
    case = Text(2000, label="Trường hợp", required=False)
    legal_basis = Text(2000, label="Căn cứ", required=False)


class ReliefRow(Form):
    kind = forms.ChoiceField(label="Miễn hay giảm", choices=ReliefKind.choices)
    percent = forms.IntegerField(
        label="Giảm %",
        required=False,
        min_value=1,
        max_value=99,
        error_messages={"invalid": "Ghi số từ 1 đến 99.", "min_value": "Từ 1 đến 99.", "max_value": "Từ 1 đến 99."},
    )
    who = Text(2000, label="Đối tượng", required=False)
    fee = Text(2000, label="Khoản thu (trống: mọi khoản)", required=False)
    channel = forms.ChoiceField(label="Kênh", choices=CHANNELS, required=False)
    legal_basis = Text(2000, label="Căn cứ", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("who"):
            self.add_error("who", "Hãy ghi ai được miễn, giảm.")
        if not cleaned.get("legal_basis"):
            self.add_error("legal_basis", "Hãy ghi căn cứ: miễn, giảm phải theo văn bản.")
        if cleaned.get("kind") == ReliefKind.REDUCED and not cleaned.get("percent") and "percent" not in self.errors:
            self.add_error("percent", "Hãy ghi giảm bao nhiêu phần trăm.")
        if cleaned.get("kind") == ReliefKind.EXEMPT:
            cleaned["percent"] = None
        return cleaned


class ResultRow(Form):
    name = Text(5000, label="Kết quả", required=False)
    code = line("Mã kết quả", 60)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("name"):
            self.add_error("name", "Hãy ghi tên kết quả.")
        return cleaned


class LegalBasisRow(Form):
    number = line("Số, ký hiệu", 200)
    title = Text(5000, label="Tên văn bản", required=False)


class Rows(forms.BaseFormSet):
    """The rows of one part: typed in any order, moved by their number, thrown away by a tick."""

    deletion_widget = forms.CheckboxInput
    ordering_widget = forms.NumberInput

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].label, form.fields["DELETE"].label = "Thứ tự", "Bỏ"
        form.fields["ORDER"].widget.attrs["class"] = "order"

    def rows(self) -> list[dict[str, Any]]:
        """What is kept, in the order of its numbers."""
        kept = [form.cleaned_data for form in self.ordered_forms]
        return [{name: value for name, value in row.items() if name not in ("ORDER", "DELETE")} for row in kept]


ROWS: dict[str, tuple[str, str, type[Form]]] = {
    "thoi-han": ("Thời hạn", "terms", TermRow),
    "giay-to": ("Thành phần hồ sơ", "components", ComponentRow),
    "phi": ("Phí, lệ phí", "fees", FeeRow),
    "mien-giam": ("Miễn, giảm", "reliefs", ReliefRow),
    "ket-qua": ("Kết quả", "results", ResultRow),
    "can-cu": ("Căn cứ pháp lý", "legal_bases", LegalBasisRow),
}
MOST_ROWS = 300


def plain_form(page: str, draft: Draft, officer: Person, data: Mapping[str, Any] | None = None) -> Form:
    _, kind = PLAIN[page]
    initial = {name: draft.told.get(name) for name in kind.base_fields}
    if kind is NameForm:
        return NameForm(data, initial=initial | {"agency": draft.agency_id}, officer=officer)
    return kind(data, initial=initial)


def changes_of(form: Form) -> dict[str, Any]:
    """What a plain form says, as a draft keeps it."""
    told = dict(form.cleaned_data)
    return {name: value.isoformat() if name in DATES and value else value for name, value in told.items()}


def rows_form(page: str, draft: Draft, data: Mapping[str, Any] | None = None, *, more: int = 0) -> Rows:
    """The rows as they are kept, or as they were typed; `more` empty ones at the end."""
    _, part, row = ROWS[page]
    made: Any = forms.formset_factory(
        row, formset=Rows, extra=more, can_order=True, can_delete=True, max_num=MOST_ROWS, absolute_max=MOST_ROWS + 5
    )
    if data is not None and more:
        data = data.copy()  # type: ignore[attr-defined]
        data["rows-TOTAL_FORMS"] = str(min(MOST_ROWS, int(data.get("rows-TOTAL_FORMS") or 0) + more))  # type: ignore[index]
    rows: Rows = made(data, initial=draft.told.get(part) or [], prefix="rows")
    return rows


def kept_rows(page: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as a draft keeps them: numbered, papers with a key of their own that stays."""
    _, part, _ = ROWS[page]
    if part == "terms":
        return rows
    if part == "components":
        taken = {row["key"] for row in rows if row.get("key")}
        for row in rows:
            if not row.get("key"):
                row["key"] = _free_key(taken)
                taken.add(row["key"])
    return [{"position": position, **row} for position, row in enumerate(rows, start=1)]


def _free_key(taken: set[str]) -> str:
    number = len(taken) + 1
    while f"giay_{number}" in taken:
        number += 1
    return f"giay_{number}"


def title_of(page: str) -> str:
    return PLAIN[page][0] if page in PLAIN else ROWS[page][0]


PAGES = ("ten-goi", "trinh-tu", "thoi-han", "giay-to", "phi", "mien-giam", "ket-qua", "can-cu", "huong-dan", "cong-bo")


def parts_on(page: str) -> list[str]:
    """Which parts of a draft stand on a page."""
    return list(PLAIN[page][1].base_fields) if page in PLAIN else [ROWS[page][1]]


def of_own_agencies(officer: Person) -> Q:
    """Which procedures an officer writes about."""
    if officer.may(Can.PUBLISH_CATALOGUE):
        return Q()
    return Q(agency__in=officer.agencies(Can.EDIT_CATALOGUE))
