"""What a password must be, said in Vietnamese where Django's own words do not reach (mật khẩu)."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from motcua.vietnamese import fold

# What whoever guesses tries first here: of a password made of these words, a year and a row of digits too little is left.
OF_THIS_PLACE = (
    "motcua",
    "dichvucong",
    "hanhchinh",
    "thutuc",
    "hoso",
    "ubnd",
    "congdan",
    "canbo",
    "matkhau",
    "password",
)
YEAR_OR_ROW = r"(?:19|20)\d\d|0?123\d*"
LEFT_AT_LEAST = 6


class LongEnough(MinimumLengthValidator):
    def get_error_message(self) -> str:
        return gettext("Mật khẩu quá ngắn, cần ít nhất %(length)s ký tự.") % {"length": self.min_length}


class NotOfThisPlace:
    """Something of one's own must be in it, besides the words of this place."""

    def validate(self, password: str, user: Any = None) -> None:
        left = _letters(password)
        for word in (*OF_THIS_PLACE, _letters(settings.PROVINCE_NAME)):
            left = left.replace(word, "")
        if len(re.sub(YEAR_OR_ROW, "", left)) < LEFT_AT_LEAST:
            raise ValidationError(self.get_help_text(), code="of_this_place")

    def get_help_text(self) -> str:
        return gettext("Mật khẩu này dễ đoán: hãy thêm những từ của riêng bạn, ngoài tên tỉnh, tên Cổng và năm.")


def _letters(text: str) -> str:
    """However it is written: without marks, spaces and signs."""
    return re.sub(r"[\W_]", "", fold(text))
