"""The ways through a table of steps: stages one after the other, branches of a stage side by side (bước song song)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from motcua.accounts.permissions import Can, Role
from motcua.organisations.models import UnitKind

Row = Mapping[str, Any]
Stage = list[list[Row]]


def stages(rows: Sequence[Row]) -> list[Stage]:
    """The stages in order, each a list of branches, each a list of steps; a step without a stage is one of its own."""
    found: list[dict[str, list[Row]]] = []
    last = None
    for row in rows:
        stage = row.get("stage")
        if stage is None or stage != last:
            found.append({})
        found[-1].setdefault(row.get("branch") or "", []).append(row)
        last = stage
    return [list(branches.values()) for branches in found]


def longest(rows: Sequence[Row]) -> Decimal:
    """The hours of the longest path; time shared with the step before counts once, time not told counts nothing."""
    return sum(
        (max(sum((_alone(row) for row in branch), Decimal(0)) for branch in stage) for stage in stages(rows)),
        Decimal(0),
    )


def _alone(row: Row) -> Decimal:
    if row.get("shares_time") or row.get("hours") is None:
        return Decimal(0)
    return Decimal(str(row["hours"]))


def is_return(rows: Sequence[Row], place: int) -> bool:
    """Whether the row is the handing over at the one-stop office, which ends the table (trả kết quả)."""
    return (
        place == len(rows) - 1
        and place > 1
        and rows[place].get("unit_kind") == UnitKind.ONE_STOP
        and any(row.get("is_approval") for row in rows[:place])
    )


def is_at_once(rows: Sequence[Row]) -> bool:
    """Whether one desk does it all while the person waits: received, settled and handed over there (trả kết quả ngay; one-stop.md §2.3: 2 → 9)."""
    at_desk = all(
        row.get("unit_kind") == UnitKind.ONE_STOP
        and row.get("role") == Role.RECEPTION_OFFICER
        and not row.get("agency")
        for row in rows
    )
    return at_desk and len(rows) == 3 and bool(rows[1].get("is_approval")) and is_return(rows, 2)


def endings(rows: Sequence[Row]) -> list[Can]:
    """By which act each step ends, in the order of the table."""
    if is_at_once(rows):
        return [Can.SETTLE_AT_ONCE, Can.SETTLE_AT_ONCE, Can.HAND_OVER]
    last = len(rows) - 1
    finishing = last - 1 if rows and is_return(rows, last) else last
    acts = []
    for place, row in enumerate(rows):
        if place == 0:
            acts.append(Can.HAND_TO_AGENCY)
        elif row.get("is_approval"):
            acts.append(Can.APPROVE)
        elif place > finishing:
            acts.append(Can.HAND_OVER)
        else:
            acts.append(Can.FINISH if place == finishing else Can.DO_STEP)
    return acts
