"""The shapes of what is asked around an account; whether it is right is judged by the steps."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from motcua.messaging.models import Channel
from motcua.vietnamese import compose

from . import one_time_codes, phones
from .models import Person
from .sign_in import spelled


class Words(forms.CharField):
    """One line of text in one spelling."""

    def to_python(self, value: Any) -> str:
        return compose(super().to_python(value) or "")


class Phone(forms.CharField):
    """A phone number in any spelling."""

    def __init__(self, **told: Any) -> None:
        attributes = {"inputmode": "tel", "autocomplete": "tel"}
        super().__init__(max_length=20, widget=forms.TextInput(attrs=attributes), **told)

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        number = phones.normal(typed)
        if typed and not number:
            raise ValidationError(gettext("Số điện thoại gồm 10 hoặc 11 chữ số, bắt đầu bằng 0. Ví dụ: 0912 345 678."))
        return number


class IdNumber(forms.CharField):
    """The personal identification number, or the older identity card's (số định danh cá nhân/CCCD, số CMND)."""

    def __init__(self, **told: Any) -> None:
        super().__init__(
            max_length=20, widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}), **told
        )

    def to_python(self, value: Any) -> str:
        number = re.sub(r"[\s.\-]", "", super().to_python(value) or "")
        if number and not re.fullmatch(r"[0-9]{9}|[0-9]{12}", number):
            raise ValidationError(gettext("Số định danh gồm 12 chữ số; số chứng minh nhân dân cũ gồm 9 chữ số."))
        return number


class Password(forms.CharField):
    """A password as typed, spaces and all; `data-reveal` lets its owner look at it."""

    def __init__(self, *, new: bool = False, **told: Any) -> None:
        attributes = {"autocomplete": "new-password" if new else "current-password", "data-reveal": ""}
        super().__init__(strip=False, max_length=200, widget=forms.PasswordInput(attrs=attributes), **told)


class SignIn(forms.Form):
    login = forms.CharField(
        label=gettext_lazy("Số điện thoại hoặc tên đăng nhập"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Bạn chưa nhập số điện thoại hoặc tên đăng nhập.")},
    )
    password = Password(
        label=gettext_lazy("Mật khẩu"), error_messages={"required": gettext_lazy("Bạn chưa nhập mật khẩu.")}
    )


class Confirmation(forms.Form):
    password = Password(
        label=gettext_lazy("Mật khẩu"), error_messages={"required": gettext_lazy("Bạn chưa nhập mật khẩu.")}
    )


class Code(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Mã xác thực"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "class": "figures-typed"}
        ),
        error_messages={"required": gettext_lazy("Bạn chưa nhập mã.")},
    )


class NewCode(Code):
    """The first code of an application, without taking the eye from the picture above."""

    code = forms.CharField(
        label=gettext_lazy("Mã 6 số đang hiện trong ứng dụng"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "figures-typed"}
        ),
        error_messages={"required": gettext_lazy("Bạn chưa nhập mã.")},
    )


class Passkey(forms.Form):
    """The browser's answer; written by the page's module."""

    credential = forms.CharField(max_length=20_000, widget=forms.HiddenInput)


class NewPasskey(Passkey):
    name = Words(
        label=gettext_lazy("Tên để nhận ra khóa này"),
        max_length=60,
        help_text=gettext_lazy("Ví dụ: Điện thoại của tôi, Máy quầy 3."),
        error_messages={"required": gettext_lazy("Bạn chưa đặt tên cho khóa.")},
    )


class Contact(forms.Form):
    """How a person is called and reached."""

    full_name = Words(
        label=gettext_lazy("Họ và tên"),
        max_length=120,
        help_text=gettext_lazy("Viết đủ dấu, như trên giấy tờ tùy thân."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "autocapitalize": "words"}),
        error_messages={"required": gettext_lazy("Bạn chưa nhập họ và tên.")},
    )
    phone = Phone(
        label=gettext_lazy("Số điện thoại"),
        help_text=gettext_lazy("Dùng để đăng nhập và để cán bộ gọi khi cần. Ví dụ: 0912 345 678."),
        error_messages={"required": gettext_lazy("Bạn chưa nhập số điện thoại.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Thư điện tử"),
        required=False,
        error_messages={"invalid": gettext_lazy("Địa chỉ thư điện tử chưa đúng. Ví dụ: lan@example.vn.")},
    )
    id_number = IdNumber(
        label=gettext_lazy("Số định danh cá nhân (CCCD)"),
        required=False,
        help_text=gettext_lazy("Có sẵn thì khi nộp hồ sơ bạn không phải gõ lại."),
    )

    def clean_full_name(self) -> str:
        name = str(self.cleaned_data["full_name"])
        if not any(letter.isalpha() for letter in name):
            raise ValidationError(gettext("Họ và tên cần có chữ cái."))
        return name


class Registration(Contact):
    """A citizen's account (đăng ký tài khoản)."""

    password = Password(
        new=True,
        label=gettext_lazy("Đặt mật khẩu"),
        help_text=gettext_lazy("Ít nhất 10 ký tự. Một câu ngắn dễ nhớ với bạn, người khác khó đoán, là tốt nhất."),
        error_messages={"required": gettext_lazy("Bạn chưa đặt mật khẩu.")},
    )
    field_order = ("full_name", "phone", "password", "email", "id_number")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if password := said.get("password"):
            known = {name: said.get(name, "") for name in ("full_name", "phone", "email", "id_number")}
            _judge(self, password, Person(**known))
        return said


class Correction(Contact):
    """All an account knows of a person."""

    birth_date = forms.DateField(
        label=gettext_lazy("Ngày sinh"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "bday"}),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"],
        error_messages={"invalid": gettext_lazy("Ngày chưa đúng. Hãy ghi ngày/tháng/năm, ví dụ 05/09/1990.")},
    )
    address = Words(
        label=gettext_lazy("Địa chỉ"),
        required=False,
        max_length=250,
        help_text=gettext_lazy("Thôn hoặc tổ dân phố, xã hoặc phường, huyện hoặc thành phố."),
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )

    def __init__(self, person: Person, data: Any = None) -> None:
        names = ("full_name", "phone", "email", "id_number", "birth_date", "address")
        super().__init__(data, initial={name: getattr(person, name) for name in names})
        self.identified = person.identities.exists()
        for name in ("full_name", "id_number", "birth_date") if self.identified else ():
            self.fields[name].disabled = True
        # What can be proved by a code has a page of its own.
        for channel in one_time_codes.channels():
            del self.fields["phone" if channel == Channel.SMS else "email"]
        if person.is_officer:
            # They sign in with a user name, and their name stands on papers.
            del self.fields["full_name"]
        elif not person.phone and "phone" in self.fields:
            # Whoever came with a mailbox or an e-identity may have no telephone.
            self.fields["phone"].required = False
        if person.is_officer and "phone" in self.fields:
            self.fields["phone"].required = False
            self.fields["phone"].help_text = gettext("Để đồng nghiệp gọi khi cần; cũng dùng để đăng nhập được.")

    def clean_birth_date(self) -> date | None:
        day: date | None = self.cleaned_data["birth_date"]
        if day and not date(1900, 1, 1) <= day <= timezone.localdate():
            raise ValidationError(gettext("Ngày sinh chưa đúng. Hãy kiểm tra lại năm."))
        return day


class NewPassword(forms.Form):
    current = Password(
        label=gettext_lazy("Mật khẩu hiện tại"),
        error_messages={"required": gettext_lazy("Bạn chưa nhập mật khẩu hiện tại.")},
    )
    password = Password(
        new=True,
        label=gettext_lazy("Mật khẩu mới"),
        help_text=gettext_lazy("Ít nhất 10 ký tự. Một câu ngắn dễ nhớ với bạn, người khác khó đoán, là tốt nhất."),
        error_messages={"required": gettext_lazy("Bạn chưa nhập mật khẩu mới.")},
    )

    def __init__(self, person: Person, data: Any = None, *, ask_current: bool = True) -> None:
        self.person = person
        super().__init__(data)
        if not ask_current:
            del self.fields["current"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if password := said.get("password"):
            _judge(self, password, self.person)
            if password == said.get("current"):
                self.add_error("password", gettext("Mật khẩu mới cần khác mật khẩu hiện tại."))
        return said


class Address(forms.CharField):
    """A telephone number or a mailbox, whichever this installation can send codes to."""

    def __init__(self, channels: list[Channel], **told: Any) -> None:
        self.channels = channels
        kind = "tel" if channels == [Channel.SMS] else "email"
        attributes = {"inputmode": kind, "autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        super().__init__(
            label=_ADDRESS_LABELS[tuple(channels)],
            max_length=254,
            widget=forms.TextInput(attrs=attributes),
            error_messages={"required": gettext_lazy("Bạn chưa nhập nơi nhận mã.")},
            **told,
        )

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        to = one_time_codes.spelled_address(typed)
        if typed and (not to or one_time_codes.channel_of(to) not in self.channels):
            raise ValidationError(
                gettext("Hãy kiểm tra lại: cần %(what)s.") % {"what": str(self.label)[0].lower() + str(self.label)[1:]}
            )
        return to


_ADDRESS_LABELS = {
    (Channel.SMS,): gettext_lazy("Số điện thoại"),
    (Channel.EMAIL,): gettext_lazy("Địa chỉ thư điện tử"),
    (Channel.SMS, Channel.EMAIL): gettext_lazy("Số điện thoại hoặc thư điện tử"),
}


class AskForCode(forms.Form):
    """Where a one-time code is to be sent."""

    def __init__(self, data: Any = None, *, channels: list[Channel], to: str = "") -> None:
        super().__init__(data, initial={"to": to})
        self.fields["to"] = Address(channels)


class SentCode(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Mã 6 số"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "class": "figures-typed"}
        ),
        error_messages={"required": gettext_lazy("Bạn chưa nhập mã.")},
    )

    def clean_code(self) -> str:
        return re.sub(r"\D", "", self.cleaned_data["code"])


class Named(forms.Form):
    """What an account needs besides a proved address."""

    full_name = Contact.base_fields["full_name"]
    id_number = Contact.base_fields["id_number"]

    clean_full_name = Contact.clean_full_name


class WhoseNumber(forms.Form):
    full_name = Words(
        label=gettext_lazy("Họ và tên ghi trong tài khoản"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autocapitalize": "words"}),
        error_messages={"required": gettext_lazy("Bạn chưa nhập họ và tên.")},
    )


def _judge(form: forms.Form, password: str, person: Person) -> None:
    try:
        validate_password(spelled(password), person)
    except ValidationError as error:
        form.add_error("password", error)
