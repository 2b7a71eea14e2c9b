"""The same act for several dossiers at once; each is its own step in its own transaction (xử lý hàng loạt)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.dossiers import apologies, holding, processing, results
from motcua.dossiers.models import Apology, Dossier
from motcua.refusal import Refusal

from .worklists import PAGE, Row, WorkList

TICK = re.compile(r"([0-9A-Za-z.\-]{1,60}) ([0-9]{1,18})", re.ASCII)


class Batch(NamedTuple):
    """An act that the law lets one do for several: nothing in it is decided dossier by dossier."""

    name: str
    path: str
    label: str
    question: str
    can: Can
    step: Callable[..., Dossier]  # (dossier, at_step=, by=, at=) and what the page asks for besides


BATCHES: dict[str, Batch] = {
    one.name: one
    for one in (
        Batch(
            "hand_to_agency",
            "chuyen-co-quan",
            "Chuyển cơ quan giải quyết",
            "Chuyển các hồ sơ này đến cơ quan giải quyết?",
            Can.HAND_TO_AGENCY,
            processing.hand_to_agency,
        ),
        Batch(
            "do_step",
            "xong-buoc",
            "Hoàn thành bước, chuyển tiếp",
            "Hoàn thành bước của các hồ sơ này và chuyển tiếp?",
            Can.DO_STEP,
            processing.do_step,
        ),
        Batch(
            "finish",
            "ket-qua-ve-mot-cua",
            "Chuyển kết quả về Một cửa",
            "Chuyển kết quả của các hồ sơ này về Bộ phận Một cửa?",
            Can.FINISH,
            results.finish,
        ),
        Batch(
            "take",
            "nhan-viec",
            "Nhận việc",
            "Nhận thụ lý các hồ sơ này?",
            Can.DO_STEP,
            holding.take,
        ),
        Batch(
            "assign",
            "giao-viec",
            "Giao việc",
            "Giao các hồ sơ này cho một người?",
            Can.ASSIGN,
            holding.assign,
        ),
        Batch(
            "sign_apology",
            "ky-xin-loi",
            "Ký xin lỗi, hẹn lại",
            "Ký và gửi văn bản xin lỗi của các hồ sơ này?",
            Can.SIGN_APOLOGY,
            lambda dossier, at_step, by, at: apologies.sign(dossier, by=by, at=at),
        ),
    )
}


def offered(officer: Person, one: WorkList, rows: Sequence[Row]) -> list[Batch]:
    """The acts for which there is something to tick on the page."""
    held = [row.held for row in rows if row.held]
    waits = {
        "hand_to_agency": any(step["position"] == 1 for step in held),
        "do_step": any(step["position"] > 1 and not step["last"] for step in held),
        "finish": any(step["position"] > 1 and step["last"] for step in held),
        "take": any(row.held and row.held["position"] > 1 and row.holder is None for row in rows),
        "sign_apology": any(row.sorry for row in rows),
    }
    return [BATCHES[name] for name in one.batch if waits[name] and officer.may(BATCHES[name].can)]


class Ticked(NamedTuple):
    """A row that was ticked: the dossier, and the step that stood on the page."""

    dossier: Dossier
    at_step: int

    @property
    def mark(self) -> str:
        return f"{self.dossier.code} {self.at_step}"


def ticked(officer: Person, marks: Sequence[str]) -> list[Ticked]:
    """The dossiers that were ticked, as far as this officer handles them; never more than a page."""
    steps = {match[1]: int(match[2]) for mark in marks if (match := TICK.fullmatch(mark))}
    codes = list(steps)[:PAGE]
    found = Dossier.objects.handled_by(officer).filter(code__in=codes).select_related("procedure_version", "at_unit")
    by_code = {dossier.code: dossier for dossier in found}
    return [Ticked(by_code[code], steps[code]) for code in codes if code in by_code]


class Done(NamedTuple):
    """What came of one dossier."""

    dossier: Dossier
    refused: str


def carry_out(batch: Batch, chosen: Sequence[Ticked], *, by: Person, at: datetime, **asked: Any) -> list[Done]:
    """Do the act for each; what is refused says why and leaves the others alone."""
    results = []
    for dossier, at_step in chosen:
        try:
            batch.step(dossier, at_step=at_step, by=by, at=at, **asked)
        except Refusal as refusal:
            results.append(Done(dossier, str(refusal)))
        else:
            results.append(Done(dossier, ""))
    return results


def sorry_of(chosen: Sequence[Ticked]) -> dict[int, Apology]:
    """What one is about to sign, by dossier."""
    written = Apology.objects.filter(dossier__in=[one.dossier.pk for one in chosen])
    return {apology.dossier_id: apology for apology in written}
