"""What a filing asks besides the form of its procedure: whose it is, how to reach them, where the result goes (nộp hồ sơ)."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.accounts.models import Person
from motcua.catalogue.forms import AnswersForm, Day, Phone, PlaceInput, Text, form_class
from motcua.dossiers import papers
from motcua.dossiers.forms import OwnerNumber
from motcua.dossiers.models import Dossier, OwnerKind, ReturnBy

NAME, ADDRESS = 200, 250


class Whose(models.TextChoices):
    """For whom a person files (chủ hồ sơ: LoaiDoiTuong of the national portal, and whether they file for themselves)."""

    MINE = "mine", gettext_lazy("Của tôi")
    PERSON = "person", gettext_lazy("Của một người khác, tôi nộp thay")
    ENTERPRISE = "enterprise", gettext_lazy("Của doanh nghiệp")
    STATE_BODY = "state_body", gettext_lazy("Của cơ quan nhà nước")
    ORGANISATION = "organisation", gettext_lazy("Của tổ chức khác")


KIND = {
    Whose.MINE: OwnerKind.CITIZEN,
    Whose.PERSON: OwnerKind.CITIZEN,
    Whose.ENTERPRISE: OwnerKind.ENTERPRISE,
    Whose.STATE_BODY: OwnerKind.STATE_BODY,
    Whose.ORGANISATION: OwnerKind.ORGANISATION,
}


def whose(dossier: Dossier) -> Whose | None:
    """Whose a draft was said to be; None before anybody said so."""
    if not dossier.owner_name and not dossier.submitter_name:
        return None
    if dossier.owner_kind == OwnerKind.CITIZEN:
        return Whose.PERSON if dossier.submitter_name else Whose.MINE
    return next(said for said, kind in KIND.items() if kind == dossier.owner_kind)


def beginning(said: Whose, person: Person) -> dict[str, Any]:
    """What the account already knows, so that nobody types it again."""
    known: dict[str, Any] = {"owner_kind": KIND[said], "phone": person.phone, "email": person.email}
    if said == Whose.MINE:
        return known | {
            "owner_name": person.full_name,
            "owner_id_number": person.id_number,
            "owner_birth_date": person.birth_date,
            "address": person.address,
            "submitter_name": "",
            "submitter_id_number": "",
        }
    return known | {
        "owner_name": "",
        "owner_id_number": "",
        "owner_birth_date": None,
        "address": "",
        "submitter_name": person.full_name,
        "submitter_id_number": person.id_number,
    }


def place_input() -> PlaceInput:
    """A place in words, its example in the language of the page."""
    widget = PlaceInput(reverse("portal:places"))
    widget.attrs["placeholder"] = _("Thôn, xã, huyện, tỉnh")
    return widget


class WhoseForm(forms.Form):
    whose = forms.ChoiceField(
        label=gettext_lazy("Hồ sơ này của ai?"),
        choices=Whose.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Hãy chọn hồ sơ này của ai.")},
    )


class OwnerForm(forms.Form):
    """Owner, contact, and the submitter when it is somebody else; a draft may leave everything open but not wrong."""

    owner = ("owner_name", "owner_id_number", "owner_birth_date", "address")
    contact = ("phone", "email")
    submitter = ("submitter_name", "submitter_id_number")

    def __init__(self, said: Whose, *, draft: bool = False, **given: Any):
        super().__init__(**given)
        self.said, self.draft = said, draft
        citizen = KIND[said] == OwnerKind.CITIZEN
        labels = LABELS[said]
        fields: dict[str, forms.Field] = {
            "owner_name": Text(NAME, label=labels.name, required=False),
            "owner_id_number": OwnerNumber(KIND[said], label=labels.number, required=False),
            "owner_birth_date": Day(label=gettext_lazy("Ngày sinh"), required=False),
            "address": Text(ADDRESS, label=labels.address, widget=place_input(), required=False),
            "phone": Phone(
                label=gettext_lazy("Số điện thoại"),
                help_text=gettext_lazy("Để báo tin, và 4 số cuối dùng để tra cứu hồ sơ."),
                required=False,
            ),
            "email": forms.EmailField(
                label=gettext_lazy("Thư điện tử"),
                required=False,
                error_messages={"invalid": gettext_lazy("Địa chỉ thư chưa đúng. Ví dụ: lan@example.vn.")},
                widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
            ),
            "submitter_name": Text(NAME, label=gettext_lazy("Họ và tên người nộp"), required=False),
            "submitter_id_number": OwnerNumber(
                OwnerKind.CITIZEN, label=gettext_lazy("Số giấy tờ tùy thân của người nộp"), required=False
            ),
        }
        if not citizen:
            del fields["owner_birth_date"]
        if said == Whose.MINE:
            del fields["submitter_name"], fields["submitter_id_number"]
            for name, purpose in (("owner_name", "name"), ("owner_birth_date", "bday"), ("address", "street-address")):
                fields[name].widget.attrs["autocomplete"] = purpose
        else:
            fields["submitter_name"].widget.attrs["autocomplete"] = "name"
        self.fields.update(fields)
        for name in self.asked():
            self.fields[name].widget.attrs["aria-required"] = "true"

    def asked(self) -> dict[str, str]:
        """What may not stay open when a dossier is filed, with the sentence that says so."""
        labels = LABELS[self.said]
        needed = {
            "owner_name": labels.no_name,
            "address": _("Hãy ghi địa chỉ."),
            "phone": _("Hãy ghi số điện thoại, để chúng tôi báo tin cho bạn."),
        }
        if self.said != Whose.MINE:
            needed["submitter_name"] = _("Hãy ghi họ và tên người nộp.")
        return needed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.draft:
            for name, sentence in self.asked().items():
                if name not in self.errors and not cleaned.get(name):
                    self.add_error(name, sentence)
        return cleaned

    def facts(self) -> dict[str, Any]:
        """What is right; a submitter once named stays until another is."""
        told = {name: self.cleaned_data[name] for name in self.fields if name in self.cleaned_data}
        if not told.get("submitter_name"):
            told.pop("submitter_name", None)
        return told

    def groups(self) -> list[dict[str, Any]]:
        """The fields as they stand on the page, in groups."""
        told = [
            ("" if self.said == Whose.MINE else LABELS[self.said].title, self.owner),
            (gettext_lazy("Liên hệ"), self.contact),
            (gettext_lazy("Người nộp"), self.submitter),
        ]
        return [
            {"title": title, "fields": [{"field": self[name], "optional": name not in self.asked()} for name in there]}
            for title, names in told
            if (there := [name for name in names if name in self.fields])
        ]


class Labels(NamedTuple):
    title: Any
    name: Any
    number: Any
    address: Any
    no_name: Any


PERSONS_NUMBER = gettext_lazy("Số căn cước hoặc giấy tờ tùy thân khác")
LABELS = {
    Whose.MINE: Labels(
        gettext_lazy("Chủ hồ sơ"),
        gettext_lazy("Họ và tên"),
        PERSONS_NUMBER,
        gettext_lazy("Địa chỉ"),
        gettext_lazy("Hãy ghi họ và tên."),
    ),
    Whose.PERSON: Labels(
        gettext_lazy("Chủ hồ sơ"),
        gettext_lazy("Họ và tên chủ hồ sơ"),
        PERSONS_NUMBER,
        gettext_lazy("Địa chỉ"),
        gettext_lazy("Hãy ghi họ và tên chủ hồ sơ."),
    ),
    Whose.ENTERPRISE: Labels(
        gettext_lazy("Doanh nghiệp"),
        gettext_lazy("Tên doanh nghiệp"),
        gettext_lazy("Mã số doanh nghiệp (mã số thuế)"),
        gettext_lazy("Địa chỉ trụ sở"),
        gettext_lazy("Hãy ghi tên doanh nghiệp."),
    ),
    Whose.STATE_BODY: Labels(
        gettext_lazy("Cơ quan"),
        gettext_lazy("Tên cơ quan"),
        gettext_lazy("Mã định danh của cơ quan"),
        gettext_lazy("Địa chỉ trụ sở"),
        gettext_lazy("Hãy ghi tên cơ quan."),
    ),
    Whose.ORGANISATION: Labels(
        gettext_lazy("Tổ chức"),
        gettext_lazy("Tên tổ chức"),
        gettext_lazy("Mã số của tổ chức"),
        gettext_lazy("Địa chỉ trụ sở"),
        gettext_lazy("Hãy ghi tên tổ chức."),
    ),
}


def ways_to_return(counter: str) -> dict[ReturnBy, str]:
    return {
        ReturnBy.COUNTER: _("Tại Bộ phận Một cửa: %(agency)s") % {"agency": counter},
        ReturnBy.POST: _("Tại nhà, qua bưu chính công ích"),
        ReturnBy.ONLINE: _("Bản điện tử, tải về từ Cổng này"),
    }


class ReturnForm(forms.Form):
    """Where the result goes (đăng ký nhận kết quả)."""

    return_by = forms.ChoiceField(
        label=gettext_lazy("Bạn muốn nhận kết quả ở đâu?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Hãy chọn nơi nhận kết quả.")},
    )
    return_address = Text(ADDRESS, label=gettext_lazy("Địa chỉ nhận qua bưu chính"), required=False)

    def __init__(self, *, counter: str, draft: bool = False, **given: Any):
        super().__init__(**given)
        self.draft = draft
        self.fields["return_by"].choices = list(ways_to_return(counter).items())  # type: ignore[attr-defined]
        self.fields["return_by"].required = not draft
        self.fields["return_address"].widget = place_input()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        by_post = cleaned.get("return_by") == ReturnBy.POST
        if by_post and not cleaned.get("return_address") and not self.draft:
            self.add_error("return_address", _("Hãy ghi địa chỉ để bưu chính mang kết quả đến."))
        return cleaned

    def facts(self) -> dict[str, Any]:
        told = {name: self.cleaned_data[name] for name in self.fields if name in self.cleaned_data}
        if not told.get("return_by"):
            told.pop("return_by", None)
        if told.get("return_by") != ReturnBy.POST and "return_by" in told:
            told["return_address"] = ""
        return told


# The form of the procedure


def answers_form(dossier: Dossier, data: Any = None, *, draft: bool = False) -> AnswersForm:
    """The form of the dossier's own version, filled with what its draft already holds."""
    made = form_class(
        dossier.procedure_version.form,
        places=reverse("portal:places"),
        draft=draft,
        papers=papers.asked_about(dossier),
    )
    return made(data) if data is not None else made(initial=dossier.form)


def in_language(form: forms.Form) -> forms.Form:
    """Sentences of the layers below in the language of the page, where there is a translation."""
    for errors in form.errors.values():
        for error in errors.as_data():
            if isinstance(error.message, str):
                error.message = _(error.message)
    return form
