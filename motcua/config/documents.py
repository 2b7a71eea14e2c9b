"""What the code says about itself, written out for readers: `python -m motcua.config.documents` (docs/generated)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "generated"
HEAD = "<!-- Made from the code by `python -m motcua.config.documents`; do not edit. -->\n\n"


def documents() -> dict[str, str]:
    """Every generated page by its file name."""
    return {"states.md": states(), "roles.md": roles(), "listeners.md": listeners()}


def states() -> str:
    """The state diagram of a dossier with the codes of the national portal (vòng đời hồ sơ)."""
    from motcua.dossiers.lifecycle import NEXT, PORTAL_CODE, TURN
    from motcua.dossiers.models import State

    arrows = [f"    {state.name} --> {to.name}" for state in State for to in State if to in NEXT[state]]
    ends = [f"    {state.name} --> [*]" for state in State if not NEXT[state]]
    diagram = "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> DRAFT", *arrows, *ends, "```"])
    rows = [
        (
            f"`{state.name}`",
            state.label,
            str(PORTAL_CODE[state] or "–"),
            TURN[state] or "–",
            ", ".join(f"`{to.name}`" for to in State if to in NEXT[state]) or "kết thúc",
        )
        for state in State
    ]
    table = markdown(("State", "Trạng thái", "Mã Cổng DVCQG", "Đến lượt", "Leads to"), rows)
    return f"{HEAD}# The life of a dossier\n\n{diagram}\n\n{table}"


def roles() -> str:
    """Who may do what (phân quyền)."""
    from motcua.accounts.permissions import Can, table

    roles = table()
    rows = [(f"`{act.name}`", act.value, *("●" if act.value in acts else "" for _, acts in roles)) for act in Can]
    told = markdown(("Act", "Việc", *(role for role, _ in roles)), rows)
    return f"{HEAD}# Who may do what\n\nWhose dossier it is, the queryset says; when an act is possible, the step.\n\n{told}"


def listeners() -> str:
    """Who listens to which line of the journal."""
    from motcua.journal.recording import LISTENERS, name_of

    rows = [(f"`{event}`", ", ".join(f"`{name_of(one)}`" for one in told)) for event, told in sorted(LISTENERS.items())]
    return f"{HEAD}# Who listens to what\n\n{markdown(('Event', 'Listeners'), rows)}"


def markdown(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
    django.setup()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in documents().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
