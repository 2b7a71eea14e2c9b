"""The paper forms as shown values and their typesetting (biểu mẫu giấy); knows no dossier, only what stands on the sheet."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import ClassVar, NamedTuple

import fontpkg_be_vietnam_pro
import segno
import typst
from barcode import Code128

HERE = Path(__file__).parent


class Paper(NamedTuple):
    """One line of the receipt's list of papers (một giấy tờ)."""

    name: str
    kind: str
    count: str


class Handover(NamedTuple):
    """One block of the control slip: who gave the dossier to whom, when (một lượt giao, nhận)."""

    giver: str
    taker: str
    at: str
    giving_person: str = ""
    taking_person: str = ""
    outcome: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What every form has in common: whose it is, its number, date, and the dossier it is about."""

    template: ClassVar[str]
    title: str
    above: str
    office: str
    number: str
    place_and_date: str
    code: str
    owner: str
    address: str
    phone: str
    email: str
    request: str
    officer: str = ""
    mark: str = ""

    def lookup(self) -> str:
        """The address the QR opens; forms without a QR have none."""
        return ""


@dataclass(frozen=True, kw_only=True)
class ReceiptSheet(Sheet):
    """Mẫu số 01: giấy tiếp nhận hồ sơ và hẹn trả kết quả; with `fee` the sheet of TT 03/2025, without it TT 01/2018."""

    template: ClassVar[str] = "receipt.typ"
    id_number: str
    submitter: str
    papers: list[Paper] = field(default_factory=list)
    sets: str
    term: str
    received_at: str
    due_at: str
    return_at: str
    site: str
    follow_address: str
    with_table: bool = False
    fee: str = ""

    def lookup(self) -> str:
        return self.follow_address


@dataclass(frozen=True, kw_only=True)
class SupplementSheet(Sheet):
    """Mẫu số 02: phiếu yêu cầu bổ sung, hoàn thiện hồ sơ."""

    template: ClassVar[str] = "supplement.typ"
    items: list[str]
    reason: str
    answer_by: str
    contact: str
    contact_phone: str = ""


@dataclass(frozen=True, kw_only=True)
class RefusalSheet(Sheet):
    """Mẫu số 03: phiếu từ chối tiếp nhận giải quyết hồ sơ."""

    template: ClassVar[str] = "refusal.typ"
    submitter: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ControlSheet(Sheet):
    """Phiếu kiểm soát quá trình giải quyết hồ sơ (mẫu số 05, từ 15/9/2025 mẫu số 06)."""

    template: ClassVar[str] = "control.typ"
    settling: str
    consulted: str
    received_at: str
    due_at: str
    handovers: list[Handover]


def pdf(sheet: Sheet) -> bytes:
    """The form as a tagged PDF."""
    made = _typeset(sheet, format="pdf")
    assert isinstance(made, bytes)
    return made


def _typeset(sheet: Sheet, **how):
    # Data go in as JSON through sys.inputs, so no name or reason can become markup.
    inputs = {"sheet": json.dumps(asdict(sheet), ensure_ascii=False), "barcode": barcode(sheet.code), "qr": qr(sheet.lookup())}
    with _one_at_a_time:  # a compiler holds the sheet it is working on
        return _compiler().compile(HERE / sheet.template, sys_inputs=inputs, **how)


_one_at_a_time = Lock()


@cache
def _compiler() -> typst.Compiler:
    """One for the life of the process: reading the fonts takes longer than setting a sheet."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fontpkg_be_vietnam_pro.ROOT])
    return typst.Compiler(root=HERE, font_paths=fonts)


def barcode(code: str) -> str:
    """The code as Code 128, an SVG one unit high and as wide as it has modules."""
    (modules,) = Code128(code).build()
    bars, at = [], 0
    for dark, run in _runs(modules):
        if dark == "1":
            bars.append(f"M{at} 0h{run}v1h-{run}z")
        at += run
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {at} 1" preserveAspectRatio="none" '
        f'width="{at}" height="20"><path d="{"".join(bars)}"/></svg>'
    )


def _runs(modules: str) -> list[tuple[str, int]]:
    """Neighbouring equal modules counted together."""
    runs: list[tuple[str, int]] = []
    for module in modules:
        if runs and runs[-1][0] == module:
            runs[-1] = (module, runs[-1][1] + 1)
        else:
            runs.append((module, 1))
    return runs


def qr(address: str) -> str:
    """The address as a QR code, an SVG; nothing for nothing."""
    if not address:
        return ""
    drawn = BytesIO()
    segno.make(address, micro=False, error="m").save(drawn, kind="svg", border=1, xmldecl=False)
    return drawn.getvalue().decode()
