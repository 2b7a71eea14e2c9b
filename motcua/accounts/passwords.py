"""What a password must be, said in Vietnamese where Django's own translation does not reach."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext


class LongEnough(MinimumLengthValidator):
    def get_error_message(self) -> str:
        return gettext("Mật khẩu quá ngắn, cần ít nhất %(length)s ký tự.") % {"length": self.min_length}
