"""The words an act of the catalogue's keepers needs (biểu mẫu của các việc soạn thảo, công bố)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.catalogue.forms import Day, Text
from motcua.catalogue.models import Field
from motcua.organisations.models import Agency, Level

from .parts import Form, Suggested


class NewProcedureForm(Form):
    code = Text(30, label="Mã thủ tục", help_text="Mã trong Cơ sở dữ liệu quốc gia về TTHC. Ví dụ: 1.001193.")
    name = Text(2000, label="Tên thủ tục", widget=forms.Textarea(attrs={"rows": 2}))
    field = Text(200, label="Lĩnh vực")
    level = forms.ChoiceField(label="Cấp giải quyết", choices=Level.choices, initial=Level.PROVINCE)
    agency = forms.ModelChoiceField(label="Cơ quan giải quyết", queryset=Agency.objects.none(), required=False)

    def __init__(self, *args: Any, officer: Person, **kwargs: Any):
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.valid_on(timezone.localdate()).filter(level=Level.PROVINCE)
        choice: Any = self.fields["agency"]
        if officer.may(Can.PUBLISH_CATALOGUE):
            choice.queryset = agencies.order_by("name")
            choice.empty_label = "Mỗi Ủy ban nhân dân của cấp giải quyết"
        else:
            choice.queryset = agencies.filter(pk__in=officer.agencies(Can.EDIT_CATALOGUE)).order_by("name")
            choice.empty_label, choice.initial = None, choice.queryset.first()
        self.fields["field"].widget = Suggested(Field.objects.order_by("name").values_list("name", flat=True))
        for name, what in (("code", "mã"), ("name", "tên"), ("field", "lĩnh vực của")):
            self.fields[name].error_messages["required"] = f"Hãy ghi {what} thủ tục."


class RetireForm(Form):
    from_day = Day(label="Hết hiệu lực từ ngày")
    decision = Text(100, label="Quyết định bãi bỏ")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["from_day"].error_messages["required"] = "Hãy ghi từ ngày nào thủ tục không còn áp dụng."
        self.fields["decision"].error_messages["required"] = "Hãy ghi số quyết định bãi bỏ."


class PublishForm(Form):
    valid_from = Day(label="Có hiệu lực từ ngày", help_text="Bản đang áp dụng kết thúc vào hôm trước ngày này.")
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].error_messages["required"] = "Hãy ghi ngày có hiệu lực."
