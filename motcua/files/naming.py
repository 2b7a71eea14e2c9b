"""File names as people give them, made safe to keep and to send back (tên tệp)."""

import re
import unicodedata

LONGEST = 255
MARK = r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
TOWERS = re.compile(f"({MARK}{{4}}){MARK}+")


def clean_name(name: str) -> str:
    """The bare name: NFC, without path, control or text-direction characters, at most 255 characters, extension kept."""
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    # Category C holds controls and the direction marks that make "gpj.exe" read as "exe.jpg".
    visible = "".join(c for c in unicodedata.normalize("NFC", bare) if c.isspace() or unicodedata.category(c)[0] != "C")
    # No letter of any language bears more than four marks; a tower of them covers the lines above.
    visible = TOWERS.sub(r"\1", visible)
    tidy = " ".join(visible.split()).lstrip(". ") or "tep"
    if len(tidy) <= LONGEST:
        return tidy
    ending = extension(tidy)
    return tidy[: LONGEST - len(ending) - 1] + "." + ending if 0 < len(ending) <= 10 else tidy[:LONGEST]


def extension(name: str) -> str:
    """The declared extension in small letters without its dot, or nothing."""
    stem, dot, ending = name.rpartition(".")
    return ending.strip().lower() if dot and stem else ""
