"""Following a dossier without an account: its code and a second fact that only its people know (tra cứu hồ sơ)."""

from __future__ import annotations

import re
from datetime import date, datetime

from motcua.refusal import Refusal
from motcua.vietnamese import compose

from .models import Dossier

LAST_DIGITS = 4


class NotFollowed(Refusal):
    """The same sentence whatever was wrong, so that nobody learns which codes exist."""

    message = (
        "Không tìm thấy hồ sơ với mã và thông tin này. Xin xem lại mã trên giấy tiếp nhận. "
        "Xin xem cả 4 số cuối điện thoại của chủ hồ sơ (hoặc 4 số cuối giấy tờ, ngày sinh)."
    )


def follow(code: str, second_fact: str) -> Dossier:
    """The dossier of that code, for one who knows the last four digits of its phone or ID number, or the owner's birth date."""
    written = re.sub(r"\s", "", compose(code)).upper().replace("–", "-")
    dossier = Dossier.objects.filed().filter(code=written).first() if written else None
    if dossier is None or not knows(dossier, second_fact):
        raise NotFollowed
    return dossier


def knows(dossier: Dossier, second_fact: str) -> bool:
    """Whether the second fact is one of the dossier's."""
    said = compose(second_fact)
    if day := _day(said):
        return day == dossier.owner_birth_date
    digits = re.sub(r"[\s.\-]", "", said)
    if not re.fullmatch(rf"[0-9]{{{LAST_DIGITS},15}}", digits):
        return False
    facts = (dossier.phone, dossier.owner_id_number, dossier.submitter_id_number)
    return any(fact.endswith(digits) for fact in facts if fact)


def _day(text: str) -> date | None:
    for form in ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 a day of the calendar has no zone
        except ValueError:
            continue
    return None
