"""One style sheet and one module for each face, because on 2G every further request costs a second (800 ms round trip).

Pieces lie in `<app>/static/<app>/{common,portal,counter}/`; an app adds a screen's piece by putting the file there.
"""

import os
import re
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

FACES = ("portal", "counter")
KINDS = ("css", "js")
LAYERS = "@layer reset, base, components, screens;\n"


def pieces(face: str, kind: str) -> list[Path]:
    """The files of one face, lower apps first, what both faces share before what is its own."""
    return [
        piece
        for app in apps.get_app_configs()
        for folder in ("common", face)
        for piece in sorted(Path(app.path, "static", app.label, folder).glob(f"*.{kind}"))
    ]


def text(face: str, kind: str) -> str:
    """The whole bundle; comments and indents stay at home."""
    parts = (piece.read_text(encoding="utf-8") for piece in pieces(face, kind))
    if kind == "css":
        joined = re.sub(r"/\*.*?\*/", "", "\n".join(parts), flags=re.DOTALL)
        return LAYERS + re.sub(r"\s*\n\s*", "\n", joined).strip() + "\n"
    # A block of its own for every piece, so that two may use the same name.
    joined = "".join(f"{{\n{part}\n}}\n" for part in parts)
    return re.sub(r"(?m)^\s*(//.*\n)?| // .*$| /\* .*? \*/", "", joined)


def write(folder: Path) -> None:
    """Write what has changed, each file in one movement, so that two processes may do it at once."""
    for face in FACES:
        for kind in KINDS:
            target, new = folder / "ui" / f"{face}.{kind}", text(face, kind).encode()
            if target.exists() and target.read_bytes() == new:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=target.parent, delete=False) as file:
                file.write(new)
            os.chmod(file.name, 0o644)
            os.replace(file.name, target)


class Bundles(BaseFinder):
    """Lets staticfiles find `ui/portal.css` and its three sisters."""

    def __init__(self, app_names: object = None, *args: object, **kwargs: object) -> None:
        self.folder = Path(settings.VAR) / "bundles"
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: object) -> list:
        return []

    def find(self, path, find_all=False, **kwargs):
        found = []
        if path in {f"ui/{face}.{kind}" for face in FACES for kind in KINDS}:
            write(self.folder)
            found = [str(self.folder / path)]
        if find_all or kwargs.get("all"):
            return found
        return found[0] if found else []

    def list(self, ignore_patterns):
        write(self.folder)
        storage = FileSystemStorage(location=self.folder)
        for face in FACES:
            for kind in KINDS:
                yield f"ui/{face}.{kind}", storage
