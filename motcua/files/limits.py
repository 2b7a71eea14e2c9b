"""What may be stored, told to people before they choose a file (giới hạn tệp đính kèm)."""

from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext

MAX_BYTES: int = settings.FILE_MAX_BYTES


class Kind(NamedTuple):
    """A type of file the office can open (loại tệp)."""

    words: str
    extensions: tuple[str, ...]
    shown_in_browser: bool = False

    def __str__(self) -> str:
        return self.words


# HEIC is left out on purpose: most offices cannot open it, and a phone that is not offered it sends JPEG by itself.
ALLOWED: dict[str, Kind] = {
    "application/pdf": Kind("PDF", ("pdf",), shown_in_browser=True),
    "image/jpeg": Kind("JPG", ("jpg", "jpeg"), shown_in_browser=True),
    "image/png": Kind("PNG", ("png",), shown_in_browser=True),
    "image/webp": Kind("WEBP", ("webp",), shown_in_browser=True),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Kind("DOCX", ("docx",)),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Kind("XLSX", ("xlsx",)),
}


UNKNOWN = Kind("tệp", ())  # kept under an older list: still sent out, as it is


def kind_of(media_type: str) -> Kind:
    """The kind of a stored file, whatever the list is today."""
    return ALLOWED.get(media_type, UNKNOWN)


def endings_like(media_type: str) -> set[str]:
    """The endings a file of this type may have: its own, and those of all pictures for a picture."""
    pictures = media_type.startswith("image/")
    alike = [kind for other, kind in ALLOWED.items() if other == media_type or pictures and other.startswith("image/")]
    return {ending for kind in alike for ending in kind.extensions}


def kinds() -> str:
    """The allowed types in one breath: "PDF, JPG, … hoặc XLSX"."""
    *most, last = (kind.words for kind in ALLOWED.values())
    return gettext("%(kinds)s hoặc %(last)s") % {"kinds": ", ".join(most), "last": last}


def told() -> str:
    """The limits as a person reads them beside the upload button."""
    return f"{kinds()}, tối đa {in_words(MAX_BYTES)} mỗi tệp"


def accept() -> str:
    """The same for the browser's file chooser: the accept attribute."""
    return ",".join(f".{extension}" for kind in ALLOWED.values() for extension in kind.extensions)


def in_words(size: int) -> str:
    """A size with a decimal comma, in the unit a person would choose."""
    for unit, factor in (("MB", 1024 * 1024), ("KB", 1024)):
        if size >= factor:
            return f"{size / factor:.1f}".removesuffix(".0").replace(".", ",") + f" {unit}"
    return f"{size} byte"
