"""File names as people give them, made safe to keep and to send back (tên tệp)."""

import unicodedata

LONGEST = 255


def clean_name(name: str) -> str:
    """The bare name: NFC, without path, control or text-direction characters, at most 255 characters, extension kept."""
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    # Category C holds controls and the direction marks that make "gpj.exe" read as "exe.jpg".
    visible = "".join(c for c in unicodedata.normalize("NFC", bare) if c.isspace() or unicodedata.category(c)[0] != "C")
    tidy = " ".join(visible.split()).lstrip(". ") or "tep"
    if len(tidy) <= LONGEST:
        return tidy
    ending = extension(tidy)
    return tidy[: LONGEST - len(ending) - 1] + "." + ending if 0 < len(ending) <= 10 else tidy[:LONGEST]


def extension(name: str) -> str:
    """The declared extension in small letters without its dot, or nothing."""
    stem, dot, ending = name.rpartition(".")
    return ending.strip().lower() if dot and stem else ""
