"""What provinces write in their tables, read: durations, who does it, numbers of steps (cách ghi trong quy trình nội bộ)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from motcua.accounts.permissions import Role
from motcua.organisations.models import UnitKind
from motcua.vietnamese import fold
from motcua.worktime.terms import HOURS_A_DAY

HALVES = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4)}
AMOUNT = r"(?P<number>\d+(?:[.,]\d+)?)(?:\s*/\s*(?P<below>[1-9]\d*))?\s*(?P<part>[½¼¾])?|(?P<alone>[½¼¾])"
UNIT = r"(?P<unit>ngay lam viec|ngay|gio|h\b|phut|'|tuan|thang|buoi)"
# Not "sau 15 giờ": that is a time of the day.
DURATION = re.compile(rf"(?<!sau )(?<!truoc )(?<!luc )(?<![\d.,/])(?:{AMOUNT})\s*(?:\([^)\d]*\))?\s*{UNIT}")
CALENDAR_DAY = Fraction(HOURS_A_DAY * 5, 7)
HOURS = {
    "phut": Fraction(1, 60),
    "'": Fraction(1, 60),
    "gio": Fraction(1),
    "h": Fraction(1),
    "buoi": Fraction(HOURS_A_DAY, 2),
    "ngay": Fraction(HOURS_A_DAY),
    "ngay lam viec": Fraction(HOURS_A_DAY),
    "tuan": Fraction(HOURS_A_DAY * 5),
    "thang": Fraction(HOURS_A_DAY * 22),
}
CENT = Decimal("0.01")


class Duration(NamedTuple):
    """So many of a unit, as written; a bare "ngày" is a working day unless the term itself is in days of the calendar."""

    amount: Fraction
    unit: str

    def hours(self, *, calendar: bool = False) -> Fraction:
        return self.amount * (CALENDAR_DAY if calendar and self.unit == "ngay" else HOURS[self.unit])


def durations(text: str) -> Iterator[Duration]:
    """Every duration in a text, in order."""
    for match in DURATION.finditer(fold(text)):
        yield _duration(match)


def _duration(match: re.Match[str]) -> Duration:
    if match["alone"]:
        amount = HALVES[match["alone"]]
    else:
        amount = Fraction(match["number"].replace(",", ".")) / int(match["below"] or 1)
        amount += HALVES.get(match["part"] or "", Fraction(0))
    return Duration(amount, match["unit"])


def hours(text: str, *, calendar: bool = False) -> Decimal | None:
    """The working hours of the first duration written ("1 ngày 4 giờ" is one); None where there is none to read."""
    folded = fold(text)
    total, end = None, 0
    for match in DURATION.finditer(folded):
        if total is not None and folded[end : match.start()].strip() not in ("", "va"):
            break
        total = (total or Fraction(0)) + _duration(match).hours(calendar=calendar)
        end = match.end()
    return None if total is None else decimal(total)


def decimal(hours: Fraction) -> Decimal:
    return (Decimal(hours.numerator) / hours.denominator).quantize(CENT)


def told(hours: Decimal) -> str:
    """Hours with a decimal comma and no needless noughts: 40, 2,5."""
    return f"{hours:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def has_number_only(text: str) -> bool:
    """Whether an amount is written without its unit: "01", "1/2", "0,5"."""
    return bool(re.fullmatch(AMOUNT, fold(text)))


class Actor(NamedTuple):
    """Whom the words name; what they do not name stays empty."""

    unit_kind: str = ""
    role: str = ""
    agency: str = ""


# The first pattern that fits says who it is; a unit named without a person has no role.
ACTORS: tuple[tuple[str, Actor], ...] = (
    (r"van thu", Actor(UnitKind.CLERK, Role.CLERK)),
    (r"(lanh dao|giam doc) (cua )?trung tam", Actor(UnitKind.LEADERS, Role.LEADER)),
    (
        r"tiep nhan|mot cua|tra ket qua|trung tam (phuc vu )?hanh chinh cong|\b(tt ?pvhcc|pvhcc|bpmc|bptn|tn&tkq)\b",
        Actor(UnitKind.ONE_STOP, Role.RECEPTION_OFFICER),
    ),
    (
        r"(lanh dao|truong|pho truong|phu trach) (cac )?(phong|bo phan|don vi|van phong|chi cuc)|chanh van phong",
        Actor(UnitKind.PROFESSIONAL, Role.HEAD_OF_UNIT),
    ),
    (r"lanh dao|giam doc|chu tich|thu truong|cuc truong", Actor(UnitKind.LEADERS, Role.LEADER)),
    (r"chuyen vien|cong chuc|can bo|vien chuc|can su|thu ly", Actor(UnitKind.PROFESSIONAL, Role.PROCESSING_OFFICER)),
    (r"^(cac )?(phong|van phong hdnd|van phong ubnd|van phong so|bo phan)\b", Actor(UnitKind.PROFESSIONAL)),
)
AGENCIES = re.compile(
    r"^(so|ban|cuc|chi cuc|tong cuc|bo|cong an|uy ban nhan dan|ubnd|kho bac|bao hiem|ngan hang|toa an|vien kiem sat|"
    r"thanh tra|thue|co quan|van phong dang ky dat dai|van phong chinh phu|hoi dong|hoi)\b"
)


def actor(text: str) -> Actor:
    """Who the words name: the unit, the role that ends the step, or another agency; never guessed beyond them."""
    folded = fold(text)
    for pattern, found in ACTORS:
        if re.search(pattern, folded):
            return found
    return Actor(agency=" ".join(text.split())) if AGENCIES.match(folded) else Actor()


NUMBER = re.compile(
    r"^\W*(?:buoc|b)?\s*(?:(?P<number>\d{1,3})(?:[.,]\d{1,2})*|(?P<roman>[ivx]{1,5}))\s*[.\-]?\s*(?P<branch>[a-h])?\W*$"
)
ROMAN = {"i": 1, "v": 5, "x": 10}
BESIDE = re.compile(r"song song (?:voi|cung)(?: buoc)?\s*(?P<number>\d{1,3})")
SIDE_BY_SIDE = re.compile(r"\b(dong thoi|song song)\b")


class Place(NamedTuple):
    """Where a step stands: its number, and its branch where it runs beside others ("3a")."""

    number: int
    branch: str


def place(text: str) -> Place | None:
    """The number a step is given: "3", "Bước 3", "3a", "3.1", "III"."""
    match = NUMBER.match(fold(text))
    if match is None:
        return None
    return Place(int(match["number"]) if match["number"] else _roman(match["roman"]), match["branch"] or "")


def _roman(text: str) -> int:
    values = [ROMAN[letter] for letter in text]
    return sum(
        -value if any(value < later for later in values[nth + 1 :]) else value for nth, value in enumerate(values)
    )


def beside(text: str) -> int | None:
    """The step this one says it runs beside: "song song với bước 3" is 3, "thực hiện song song" is 0 (the one before)."""
    folded = fold(text)
    if match := BESIDE.search(folded):
        return int(match["number"])
    return 0 if "thuc hien song song" in folded else None


CODE = re.compile(r"\b\d{1,2}\.\d{6}(?:\.[0-9A-Z.]*[0-9A-Z])?")
APPROVES = re.compile(r"\b(phe duyet|ky duyet|duyet|ky)\b")


def approves(work: str) -> bool:
    """Whether the work is to decide: duyệt, ký."""
    return bool(APPROVES.search(fold(work)))


def case_of(label: str) -> str:
    """The case a heading of a time column names: "Thời gian có xác minh: 08 ngày" is "Có xác minh"."""
    text = " ".join(label.split())
    text = re.sub(r"(?i)^\W*(tổng\s+)?thời\s+(gian|hạn)(\s+(thực hiện|giải quyết))?", "", text)
    text = re.sub(r"(?i)[½¼¾\d/.,]+\s*(ngày làm việc|ngày|giờ làm việc|giờ|phút|tháng)", "", text)
    text = re.sub(r"(?i)\((ngày làm việc|ngày|giờ làm việc|giờ|phút)\)", "", text)
    text = re.sub(r"^[\s:;,.()\-–]+|[\s:;,.()\-–]+$", "", text)
    if fold(text) in ("", "gio", "ngay", "gio lam viec", "ngay lam viec", "phut", "lam viec"):
        return ""
    return text[0].upper() + text[1:]


def unit_of_heading(label: str) -> str:
    """The unit a heading of a time column gives to bare numbers: "Thời gian (ngày)" is "ngày"."""
    folded = fold(label)
    if re.search(r"\d", folded):
        return ""
    for unit in ("ngày làm việc", "giờ làm việc", "ngày", "giờ", "phút"):
        if re.search(rf"\b{fold(unit)}\b", folded):
            return unit
    return ""
