"""Procedures for tests: told in full, small, and of our own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from motcua.accounts.models import Person
from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.organisations.models import Agency, AgencyKind, Level, Unit, UnitKind
from motcua.organisations.testing import a_unit, an_agency
from motcua.worktime.terms import Term

from . import processes, synonyms
from .models import Channel, ProcedureVersion, Synonym
from .publishing import Told, numbered, publish

FORM: list[dict[str, Any]] = [
    {"key": "ten_con", "type": "text", "label": "Họ, chữ đệm, tên của con", "required": True},
    {"key": "ngay_sinh", "type": "date", "label": "Ngày sinh", "required": True},
    {
        "key": "co_cha",
        "type": "choice",
        "label": "Khai cả phần cha?",
        "required": True,
        "options": ["Có", "Không"],
    },
    {"key": "cha", "type": "text", "label": "Họ và tên cha", "required": True, "show_if": {"co_cha": "Có"}},
]
ANSWERS: dict[str, Any] = {"ten_con": "Hoàng Thị Mai", "ngay_sinh": "2021-12-20", "co_cha": "Không"}

COMPONENTS: list[dict[str, Any]] = [
    {"key": "chung_sinh", "name": "Giấy chứng sinh", "originals": 1, "required": True},
    {"key": "giay_to_tuy_than", "name": "Giấy tờ tùy thân", "originals": 1, "required": True, "may_bring_later": True},
    {"key": "uy_quyen", "name": "Văn bản ủy quyền", "copies": 1, "required": False},
]


# A procedure with two cases, each with its own paper and fee.
LOST, SPOILED = "Cấp lại do bị mất", "Cấp lại do bị hỏng"
PAPERS: list[dict[str, Any]] = [
    {"key": "don", "name": "Đơn đề nghị", "originals": 1},
    {"key": "trinh_bao", "name": "Đơn trình báo mất giấy", "originals": 1, "case": LOST},
    {"key": "giay_cu", "name": "Giấy cũ", "originals": 1, "case": SPOILED},
]
FEES: list[dict[str, Any]] = numbered(
    [
        {"kind": "LE_PHI", "name": "Lệ phí cấp lại", "amount": 400_000, "case": LOST},
        {"kind": "LE_PHI", "name": "Lệ phí cấp lại", "amount": 200_000, "case": SPOILED},
        {"kind": "PHI", "name": "Phí trả kết quả", "amount": 10_000, "channel": "ONLINE"},
    ]
)


def a_procedure(
    code: str = "1.001193",
    *,
    agency: Agency | None = None,
    level: Level = Level.COMMUNE,
    name: str = "Đăng ký khai sinh",
    field: str = "Hộ tịch",
    term: Term | None = Term.days(5),  # noqa: B008  a value that cannot change
    same_day: bool = False,
    online: bool = True,
    components: Sequence[Mapping[str, Any]] = COMPONENTS,
    form: Sequence[Mapping[str, Any]] = FORM,
    process: bool = True,
    professional: Sequence[Unit | None] = (None,),
    valid_from: date = date(2021, 1, 1),  # noqa: B008
    **told: Any,
) -> ProcedureVersion:
    """A published version with papers, terms and form, and unless told otherwise a process; more of `Told` by name.

    A process has one step for each of the `professional` units; None is found by its kind where the dossier is settled.
    """
    amount, unit = (term.amount, term.unit) if term and not same_day else (None, "")
    length = {"amount": amount, "unit": str(unit), "same_day": same_day}
    channels = (Channel.DIRECT, Channel.ONLINE) if online else (Channel.DIRECT,)
    publish(
        [
            Told(
                code=code,
                name=name,
                field=field,
                level=str(level),
                agency=agency,
                online=online,
                form=[dict(row) for row in form],
                components=numbered([dict(row) for row in components]),
                terms=[{"channel": str(channel), **length} for channel in channels],
                **told,
            )
        ],
        day=valid_from,
    )
    version = ProcedureVersion.objects.select_related("procedure", "agency").get(
        procedure__code=code, valid_from=valid_from
    )
    if process:
        processes.issue(version, steps(professional))
    return version


def a_synonym(said: str = "bìa đỏ", means: str = "giấy chứng nhận quyền sử dụng đất") -> Synonym:
    """What people say for words of the catalogue, as it comes with the product."""
    return Synonym.objects.create(said=synonyms.spoken(said), said_folded=synonyms.key(said), means=means)


def steps(professional: Sequence[Unit | None] = (None,)) -> list[dict[str, Any]]:
    """One-stop, the professional units, leaders, clerk: six and a half hours with two units, within a day."""
    table: list[dict[str, Any]] = [
        {"work": "Nhận hồ sơ, chuyển chuyên môn", "unit_kind": UnitKind.ONE_STOP, "role": Role.RECEPTION_OFFICER},
        *(
            {
                "work": "Thẩm định, dự thảo kết quả",
                "unit_kind": UnitKind.PROFESSIONAL,
                "unit": unit,
                "role": Role.PROCESSING_OFFICER,
                "hours": 2,
            }
            for unit in professional
        ),
        {"work": "Xem xét, ký", "unit_kind": UnitKind.LEADERS, "role": Role.LEADER, "is_approval": True},
        {"work": "Đóng dấu, chuyển kết quả", "unit_kind": UnitKind.CLERK, "role": Role.CLERK, "hours": 0.5},
    ]
    return [{"hours": 1, "position": position, **row} for position, row in enumerate(table, start=1)]


def steps_at_one_desk() -> list[dict[str, Any]]:
    """Received, settled and handed over by the officer of the one-stop office, while the person waits."""
    desk = {"unit_kind": UnitKind.ONE_STOP, "role": Role.RECEPTION_OFFICER, "hours": 0.5}
    works = ("Tiếp nhận, kiểm tra hồ sơ", "Giải quyết, ký", "Trả kết quả")
    table = [{"work": work, "position": position, **desk} for position, work in enumerate(works, start=1)]
    table[1]["is_approval"] = True
    return table


def a_keeper(name: str = "Hà Thị Thu") -> Person:
    """Who keeps the whole catalogue, at the Office of the People's Committee."""
    office = an_agency("Văn phòng Ủy ban nhân dân tỉnh", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT)
    return an_officer(a_unit(office, UnitKind.CONTROL), Role.CATALOGUE_KEEPER, name)


def an_editor(agency: Agency, name: str = "Bàn Văn Phúc") -> Person:
    """Who writes about the procedures of one agency."""
    return an_officer(a_unit(agency, UnitKind.CONTROL), Role.CATALOGUE_EDITOR, name)
