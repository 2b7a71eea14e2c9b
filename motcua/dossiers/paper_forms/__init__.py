"""The paper forms as shown values and their typesetting (biểu mẫu giấy); knows no dossier, only what stands on the sheet."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from functools import cache
from io import BytesIO
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar
from unicodedata import category

import fontpkg_be_vietnam_pro
import segno
import typst
from barcode import Code128

from motcua.vietnamese import compose

HERE = Path(__file__).parent

# A bar of 0.254 mm is three dots of an office printer; a code too long for that is narrowed to the room beside the QR.
BAR_MM = 0.254
BARS_ROOM_MM = 96


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many of which kind (bản chính, bản sao)."""

    kind: str
    amount: str


@dataclass(frozen=True, kw_only=True)
class PaperLine:
    """One line of the receipt's list of papers (một giấy tờ)."""

    name: str
    counts: list[Count] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Handover:
    """One block of the control slip: who gave the dossier to whom, when; what is empty is left to the pen (giao, nhận)."""

    giver: str
    taker: str
    at: str = ""
    giving_person: str = ""
    taking_person: str = ""
    outcome: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Printed:
    """Whatever is typeset: what it is called, which dossier it is about, and what stands at its foot."""

    template: ClassVar[str]
    title: str
    code: str
    follow_address: str = ""
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One numbered answer of a declaration: words, the facts of somebody, or a table of what is repeated."""

    label: str
    text: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class DeclarationSheet(Printed):
    """The filled form as the applicant signs it (tờ khai, đơn đề nghị); before filing it is a draft and has no code."""

    template: ClassVar[str] = "declaration.typ"
    under: str
    to: str
    person: list[tuple[str, str]]
    answers: list[Answer]
    papers: list[str]
    place: str
    day: str
    signer: str
    draft: bool


@dataclass(frozen=True, kw_only=True)
class FilingNoteSheet(Printed):
    """What a person keeps of an online filing until the office answers (ghi nhận đã nộp)."""

    template: ClassVar[str] = "filing_note.typ"
    facts: list[tuple[str, str]]
    next: list[str]
    papers: list[str]
    to_bring: list[str]


@dataclass(frozen=True, kw_only=True)
class ReturnNoteSheet(Printed):
    """What both sides sign when a result is handed over (giấy biên nhận trả kết quả)."""

    template: ClassVar[str] = "return_note.typ"
    office: str
    facts: list[tuple[str, str]]
    day: str
    giver: str
    receiver: str


@dataclass(frozen=True, kw_only=True)
class Sheet(Printed):
    """What every form of the office has in common: its heading, and the dossier it is about; what is empty becomes a dotted line."""

    form: str
    above: str
    office: str
    number: str
    place: str
    day: str
    owner: str
    address: str
    phone: str
    email: str
    request: str


@dataclass(frozen=True, kw_only=True)
class ReceiptSheet(Sheet):
    """Mẫu số 01: giấy tiếp nhận hồ sơ và hẹn trả kết quả; as a table with id number and fee, it is the sheet of 15/9/2025."""

    template: ClassVar[str] = "receipt.typ"
    office_label: str
    office_name: str
    id_number: str
    papers: list[PaperLine]
    sets: str
    term: str
    received_at: str
    due_at: str
    return_at: str
    fee: str
    submitter: str
    officer: str
    as_table: bool


@dataclass(frozen=True, kw_only=True)
class ReceivedDossier:
    """One line of the list behind a receipt of several dossiers."""

    code: str
    request: str
    agency: str
    received_at: str
    due_at: str
    term: str
    sets: str
    owner: str
    return_at: str
    papers: list[PaperLine]
    fee: str
    qr: str


@dataclass(frozen=True, kw_only=True)
class ReceiptsSheet(Sheet):
    """Mẫu số 01 of several dossiers, with the list of them behind (số lượng hồ sơ: N, kèm theo danh sách)."""

    template: ClassVar[str] = "receipts.typ"
    office_label: str
    office_name: str
    id_number: str
    rows: list[ReceivedDossier]
    submitter: str
    officer: str
    as_table: bool


@dataclass(frozen=True, kw_only=True)
class SupplementSheet(Sheet):
    """Mẫu số 02: phiếu yêu cầu bổ sung, hoàn thiện hồ sơ."""

    template: ClassVar[str] = "supplement.typ"
    items: list[str]
    reason: str
    answer_by: str
    contact: str
    contact_phone: str
    officer: str


@dataclass(frozen=True, kw_only=True)
class RefusalSheet(Sheet):
    """Mẫu số 03: phiếu từ chối tiếp nhận giải quyết hồ sơ."""

    template: ClassVar[str] = "refusal.typ"
    office_label: str
    office_name: str
    reason: str
    submitter: str
    officer: str


@dataclass(frozen=True, kw_only=True)
class LetterSheet(Sheet):
    """What the settling agency writes to the applicant: mẫu số 04 (xin lỗi, hẹn lại), from 15/9/2025 mẫu số 05 (dừng giải quyết)."""

    template: ClassVar[str] = "letter.typ"
    paragraphs: list[str]
    through: str
    signer: str


@dataclass(frozen=True, kw_only=True)
class ControlSheet(Sheet):
    """Phiếu kiểm soát quá trình giải quyết hồ sơ (mẫu số 05, từ 15/9/2025 mẫu số 06)."""

    template: ClassVar[str] = "control.typ"
    settling: str
    consulted: str
    received_at: str
    due_at: str
    handovers: list[Handover]


@dataclass(frozen=True, kw_only=True)
class RegisterSheet(Printed):
    """Sổ theo dõi hồ sơ (mẫu số 06, từ 15/9/2025 mẫu số 07): as many sheets as there are dossiers, its head on each."""

    template: ClassVar[str] = "register.typ"
    form: str
    office: str
    side: str
    span: str
    place: str
    day: str
    maker: str
    rows: list[list[str]]


@dataclass(frozen=True, kw_only=True)
class Signed:
    """Who signed for one side, and when; what is empty is left to the pen (ký giao, ký nhận)."""

    name: str = ""
    at: str = ""


@dataclass(frozen=True, kw_only=True)
class GivenDossier:
    """One line of both parts of a giấy bàn giao hồ sơ."""

    code: str
    content: str
    submitter: str
    owner: str
    received_at: str
    term: str
    due_at: str
    papers: list[PaperLine]
    note: str = ""
    result: str = ""
    result_at: str = ""


@dataclass(frozen=True, kw_only=True)
class HandoverSheet(Printed):
    """What both sheets of handing over have in common: who gives, who takes, who signed."""

    above: str
    office: str
    number: str
    place: str
    day: str
    giver: str
    taker: str
    given: Signed
    received: Signed


@dataclass(frozen=True, kw_only=True)
class DossierHandoverSheet(HandoverSheet):
    """Giấy bàn giao hồ sơ (one-stop.md §3.8), two copies: part I is signed when dossiers are given, part II when results come back."""

    template: ClassVar[str] = "handover.typ"
    rows: list[GivenDossier]
    copies: list[str]


@dataclass(frozen=True, kw_only=True)
class ResultHandoverSheet(HandoverSheet):
    """Phiếu bàn giao kết quả giải quyết thủ tục hành chính (one-stop.md §3.8)."""

    template: ClassVar[str] = "handover_results.typ"
    rows: list[list[str]]


def pdf(sheet: Printed) -> bytes:
    """The form as a tagged PDF, the same bytes for the same sheet."""
    # Data go in as JSON through sys.inputs, so no name or reason can become markup.
    inputs = {
        "sheet": json.dumps(legible(asdict(sheet)), ensure_ascii=False),
        "barcode": barcode(sheet.code) if sheet.code else "",
        "barcode-width": f"{barcode_width(sheet.code) if sheet.code else 0:.2f}mm",
        "qr": qr(sheet.follow_address),
    }
    with _one_at_a_time:  # a compiler holds the sheet it is working on
        made = _compiler().compile(HERE / sheet.template, format="pdf", sys_inputs=inputs)
    assert isinstance(made, bytes)
    return made


_one_at_a_time = Lock()


@cache
def _compiler() -> typst.Compiler:
    """One for the life of the process: reading the fonts takes longer than setting a sheet."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[fontpkg_be_vietnam_pro.ROOT])
    return typst.Compiler(root=HERE, font_paths=fonts)


# Control, format (marks that turn the reading direction), lone surrogates, private use, not assigned.
UNPRINTED = ("Cc", "Cf", "Cs", "Co", "Cn")
# Latin with all its marks, Greek, Cyrillic, punctuation and symbols: what the three fonts hold. The rest shows as a box.
WITHOUT_LETTERS = re.compile("[^\u0000-\u052f\u1d00-\u2bff\u2c60-\u2c7f\ua720-\ua7ff\ufb00-\ufb06\ufe00-\ufe0f]+")


def legible(value: Any) -> Any:
    """The same facts with every text composed, and what cannot be set in print shown as a box."""
    if isinstance(value, str):
        lines = (compose("".join(c for c in line if _is_printed(c))) for line in value.splitlines())
        return WITHOUT_LETTERS.sub("□", "\n".join(line for line in lines if line))
    if isinstance(value, list | tuple):
        return [legible(one) for one in value]
    if isinstance(value, dict):
        return {key: legible(one) for key, one in value.items()}
    return value


def _is_printed(letter: str) -> bool:
    return letter.isspace() or category(letter) not in UNPRINTED


def barcode(code: str) -> str:
    """The code as Code 128, an SVG one unit high and as wide as it has modules."""
    bars, at = [], 0
    for dark, run in groupby(_modules(code)):
        width = len(list(run))
        if dark == "1":
            bars.append(f"M{at} 0h{width}v1h-{width}z")
        at += width
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {at} 1" preserveAspectRatio="none" '
        f'width="{at}" height="20"><path d="{"".join(bars)}"/></svg>'
    )


def barcode_width(code: str) -> float:
    """How wide the bars are printed, in millimetres."""
    return min(len(_modules(code)) * BAR_MM, BARS_ROOM_MM)


def _modules(code: str) -> str:
    (modules,) = Code128(code).build()
    return str(modules)


def qr(address: str) -> str:
    """The address as a QR code, an SVG; nothing for nothing."""
    if not address:
        return ""
    drawn = BytesIO()
    segno.make(address, micro=False, error="m").save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()
