"""What a scanner types into the search box: the QR code of a citizen's card or of a receipt (đọc mã QR thẻ căn cước, giấy hẹn)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit


def sought(text: str) -> str:
    """What to look for when a card or a receipt was scanned into the search box; typed words stay as they are."""
    if "|" in text:
        return text.split("|", 1)[0].strip()
    if text.lower().startswith(("http://", "https://")):
        return next(iter(parse_qs(urlsplit(text).query).get("ma", [])), text)
    return text
