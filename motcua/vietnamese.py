"""Vietnamese text as people type it: one spelling to store, one to search by."""

import unicodedata


def compose(text: str) -> str:
    """The stored spelling: NFC, no NUL, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text.replace("\x00", "")).split())


def fold(text: str) -> str:
    """The search spelling: no tone, no diacritic, small letters, đ as d."""
    letters = unicodedata.normalize("NFD", text.replace("\x00", "").lower().replace("đ", "d"))
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())
