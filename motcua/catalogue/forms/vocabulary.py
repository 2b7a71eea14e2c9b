"""What a form may ask, and which of it is asked given the answers so far (vốn từ của biểu mẫu; docs/forms.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import computing

Field = Mapping[str, Any]
Definition = Sequence[Field]
Answers = Mapping[str, Any]

VERSION = 2
SIMPLE = ("text", "long_text", "number", "money", "date", "partial_date", "choice", "choices", "place", "phone")
TYPES = (*SIMPLE, "person", "organisation", "group", "paper", "computed")
MOST_ITEMS = 30
NOTHING: tuple[Any, ...] = (None, "", [], {})

# What each type is called where a form is written.
NAMES = {
    "text": "Chữ, một dòng",
    "long_text": "Chữ, nhiều dòng",
    "number": "Số",
    "money": "Số tiền",
    "date": "Ngày đầy đủ",
    "partial_date": "Ngày, có thể chỉ biết tháng hoặc năm",
    "choice": "Chọn một",
    "choices": "Chọn nhiều",
    "place": "Địa điểm đến thôn, tổ",
    "phone": "Số điện thoại",
    "person": "Một người",
    "organisation": "Một tổ chức",
    "group": "Nhóm lặp lại",
    "paper": "Giấy tờ của hồ sơ",
    "computed": "Tự tính",
}

# A person and an organisation are small forms of their own; `parts` says which of this is asked, `needed` what may not stay open.
PARTS: dict[str, list[dict[str, Any]]] = {
    "person": [
        {"key": "name", "type": "text", "label": "Họ, chữ đệm, tên"},
        {"key": "birth", "type": "partial_date", "label": "Ngày sinh"},
        {"key": "sex", "type": "choice", "label": "Giới tính", "options": ["Nam", "Nữ"]},
        {"key": "nationality", "type": "text", "label": "Quốc tịch"},
        {"key": "id_number", "type": "text", "label": "Số căn cước hoặc giấy tờ tùy thân khác"},
        {"key": "address", "type": "place", "label": "Nơi cư trú"},
    ],
    "organisation": [
        {"key": "name", "type": "text", "label": "Tên tổ chức"},
        {"key": "code", "type": "text", "label": "Mã số (doanh nghiệp, thuế hoặc định danh)"},
        {"key": "address", "type": "place", "label": "Địa chỉ trụ sở"},
    ],
}
USUAL_PARTS = {"person": ["name", "birth", "id_number", "address"], "organisation": ["name", "code", "address"]}

DEFAULT_FORM: list[dict[str, Any]] = [
    {
        "key": "noi_dung",
        "type": "long_text",
        "label": "Bạn đề nghị giải quyết việc gì?",
        "required": True,
        "help": "Viết ngắn gọn, đủ để cơ quan giải quyết hiểu yêu cầu của bạn.",
    },
    {"key": "ghi_chu", "type": "long_text", "label": "Ghi chú thêm", "required": False},
]


def fields(definition: Definition | None) -> Definition:
    """The fields of a procedure's form; the default form serves a procedure that has none of its own."""
    return definition or DEFAULT_FORM


def inner(field: Field) -> list[Field]:
    """The questions inside a question: the parts of a person or an organisation, the fields of a group's item."""
    kind = field["type"]
    if kind == "group":
        return list(field["fields"])
    if kind not in PARTS:
        return []
    wanted, needed = field.get("parts", USUAL_PARTS[kind]), field.get("needed", ["name"])
    return [part | {"required": part["key"] in needed} for part in PARTS[kind] if part["key"] in wanted]


def wanted(value: Any) -> list[str]:
    """The answers of a condition, of which one must be given."""
    return value if isinstance(value, list) else [value]


def shown(field: Field, answers: Answers) -> bool:
    """Whether a field is asked, given the answers to the fields before it: all its conditions must hold."""
    for other, values in field.get("show_if", {}).items():
        given = answers.get(other)
        if not set(given if isinstance(given, list) else [given]) & set(wanted(values)):
            return False
    return True


def asked(definition: Definition | None, answers: Answers) -> list[Field]:
    """The fields that these answers lead to; what is hidden counts as not answered."""
    visible: list[Field] = []
    known: dict[str, Any] = {}
    for field in fields(definition):
        if shown(field, known):
            visible.append(field)
            known[field["key"]] = answers.get(field["key"])
    return visible


def with_computed(definition: Definition | None, answers: Answers) -> dict[str, Any]:
    """The answers of what is asked, in the order of the form, each computed one computed anew from those before it."""
    return computed_over(fields(definition), answers)


def computed_over(definition: Definition, answers: Answers) -> dict[str, Any]:
    """The same for fields that are a part of a form."""
    known: dict[str, Any] = {}
    for field in definition:
        key = field["key"]
        if not shown(field, known):
            continue
        value = computing.value(field, known) if field["type"] == "computed" else answers.get(key)
        if value not in NOTHING:
            known[key] = value
    return known


def recomputed(definition: Definition | None, answers: Answers) -> dict[str, Any]:
    """The same answers, only what is computed from them computed anew."""
    made = {field["key"] for field in fields(definition) if field["type"] == "computed"}
    anew = with_computed(definition, answers)
    return {key: value for key, value in answers.items() if key not in made} | {
        key: value for key, value in anew.items() if key in made
    }


def lacking(definition: Definition | None, answers: Answers) -> Iterator[tuple[Field, str]]:
    """Each question that may not stay open and does, with what is missing, in words; papers are judged by whoever has them."""
    for field in asked(definition, answers):
        value, label = answers.get(field["key"]), f"“{field['label']}”"
        match field["type"]:
            case "paper" | "computed":
                continue
            case "group":
                items = value or []
                for number, item in enumerate(items, start=1):
                    for _, what in lacking(field["fields"], item):
                        yield field, f"{what} của {field.get('item', 'mục')} thứ {number}"
                if len(items) < least(field):
                    yield field, label if least(field) == 1 else f"{label} (ít nhất {least(field)})"
            case "person" | "organisation" if value:
                for _, what in lacking(inner(field), value):
                    yield field, f"{what} ở {label}"
            case _ if field["required"] and value in NOTHING:
                yield field, label


def needed_papers(definition: Definition | None, answers: Answers) -> set[str]:
    """The components a question makes needed, as long as it is asked."""
    asking = (field for field in asked(definition, answers) if field["type"] == "paper")
    return {field["component"] for field in asking if field["required"]}


def least(field: Field) -> int:
    """How many items of a group must be told."""
    return max(field.get("min", 0), int(field["required"]))


def most(field: Field) -> int:
    return field.get("max", MOST_ITEMS)
