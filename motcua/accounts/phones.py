"""One spelling for a phone number, however it was typed (số điện thoại)."""

from __future__ import annotations

import re


def normal(text: str) -> str:
    """0912345678 for "+84 912 345 678" and its kin; empty when the text is no phone number of ours."""
    digits = re.sub(r"^(\+?84|0084)", "0", re.sub(r"[\s.\-()]", "", text))
    return digits if re.fullmatch(r"0[0-9]{9,10}", digits) else ""
