"""The QR code of an identity card, as a camera or a scanner reads it (mã QR trên thẻ căn cước)."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import NamedTuple

from motcua.refusal import Refusal
from motcua.vietnamese import compose


class NotACard(Refusal):
    message = "Không đọc được mã QR này. Hãy quét lại mã ở góc trên bên phải mặt trước thẻ căn cước, hoặc nhập tay."


class Card(NamedTuple):
    """The seven fields of the QR code on an identity card, in its order."""

    id_number: str
    name: str
    birth_date: date | None
    address: str


def card(text: str) -> Card:
    """Read `số định danh|số CMND cũ|họ tên|ngày sinh|giới tính|địa chỉ|ngày cấp`; dates are written ddmmyyyy."""
    parts = [compose(part) for part in text.strip().split("|")]
    if len(parts) < 6 or not re.fullmatch(r"\d{12}|\d{9}", parts[0], re.ASCII) or not parts[2]:
        raise NotACard
    return Card(id_number=parts[0], name=parts[2], birth_date=_day(parts[3]), address=parts[5][:250])


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%d%m%Y").date()  # noqa: DTZ007 a day of the calendar has no zone
    except ValueError:
        return None
