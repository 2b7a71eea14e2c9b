"""A form being written: its questions by their keys, and what may be done to each (soạn biểu mẫu)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django import forms

from motcua.catalogue.forms import NAMES, PARTS, SIMPLE, TYPES, Choices, LongText, Text, WrongForm
from motcua.catalogue.forms.checking import KEY
from motcua.catalogue.forms.computing import FUNCTIONS, LONGEST_EXPRESSION
from motcua.catalogue.forms.vocabulary import MOST_ITEMS, USUAL_PARTS, wanted
from motcua.refusal import Refusal
from motcua.vietnamese import fold

Rows = list[dict[str, Any]]
NEW = "Câu hỏi mới"
WHEN = "khi-"  # before the key of the question a condition rests on
RESULTS = {"number": "Số", "money": "Số tiền", "text": "Chữ"}


class Gone(Refusal):
    message = (
        "Câu hỏi này không còn trong biểu mẫu; có lẽ đã được bỏ hoặc đổi khóa. Danh sách dưới đây là bản mới nhất."
    )


# Where a question stands: "con" or, inside a group, "con.ten"


@dataclass(frozen=True)
class Place:
    """A question, the list it stands in, and where in it."""

    rows: Rows
    at: int
    group: dict[str, Any] | None

    @property
    def field(self) -> dict[str, Any]:
        return self.rows[self.at]

    def numbers(self, definition: Rows) -> tuple[int, ...]:
        """Where it stands, as the check tells it."""
        return (definition.index(self.group), self.at) if self.group else (self.at,)


def find(definition: Rows, path: str) -> Place:
    """The question with this key, or with this key inside that group."""
    outer, _dot, key = path.partition(".")
    group = None
    rows = definition
    if key:
        group = next((one for one in definition if one["key"] == outer and one["type"] == "group"), None)
        if group is None:
            raise Gone
        rows = group["fields"]
    at = next((at for at, one in enumerate(rows) if one["key"] == (key or outer)), None)
    if at is None:
        raise Gone
    return Place(rows, at, group)


def free_key(rows: Sequence[Mapping[str, Any]], label: str, *, own: str = "") -> str:
    """A key made of the label that no other question of the list has."""
    taken = {one["key"] for one in rows} - {own}
    base = re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")[:50].strip("_")
    if not KEY.fullmatch(base):
        base = f"muc_{base}".strip("_") if base else "muc"
    numbers = (f"{base}_{number}" for number in range(2, 1000))
    return next(key for key in (base, *numbers) if key not in taken)


def blank(kind: str, components: Mapping[str, str]) -> dict[str, Any]:
    """What a new question of a type says of its own, so that it is right from the start."""
    match kind:
        case "choice" | "choices":
            return {"options": ["Có", "Không"]}
        case "group":
            inside = {"key": "ho_ten", "type": "text", "label": "Họ và tên", "required": True}
            return {"fields": [inside], "item": "người"}
        case "paper":
            return {"component": next(iter(components), "giay_to")}
        case "computed":
            return {"expression": "0"}
    return {}


# What may be done, each to a copy of the definition; the path of the question to look at afterwards comes back with it


def add(definition: Rows, kind: str, *, after: str, components: Mapping[str, str]) -> tuple[Rows, str]:
    """A new question behind another, inside its group when that is where one stands; without one, at the end."""
    rows = deepcopy(definition)
    here = find(rows, after) if after else Place(rows, len(rows) - 1, None)
    field = {"key": free_key(here.rows, NEW), "type": kind, "label": NEW, "required": False, **blank(kind, components)}
    here.rows.insert(here.at + 1, field)
    return rows, _path(here.group, field)


def add_inside(definition: Rows, group: str, kind: str) -> tuple[Rows, str]:
    """A new question at the end of a group."""
    rows = deepcopy(definition)
    here = find(rows, group)
    inside = here.field.get("fields")
    if inside is None:
        raise Gone
    field = {"key": free_key(inside, NEW), "type": kind, "label": NEW, "required": False, **blank(kind, {})}
    inside.append(field)
    return rows, _path(here.field, field)


def remove(definition: Rows, path: str) -> tuple[Rows, str]:
    rows = deepcopy(definition)
    here = find(rows, path)
    here.rows.pop(here.at)
    return rows, here.group["key"] if here.group else ""


def move(definition: Rows, path: str, by: int) -> tuple[Rows, str]:
    rows = deepcopy(definition)
    here = find(rows, path)
    to = here.at + by
    if 0 <= to < len(here.rows):
        here.rows.insert(to, here.rows.pop(here.at))
    return rows, path


def duplicate(definition: Rows, path: str) -> tuple[Rows, str]:
    rows = deepcopy(definition)
    here = find(rows, path)
    copy = deepcopy(here.field)
    copy["key"] = free_key(here.rows, copy["key"])
    here.rows.insert(here.at + 1, copy)
    return rows, _path(here.group, copy)


def replace(definition: Rows, path: str, field: dict[str, Any]) -> tuple[Rows, str]:
    """A question changed; whoever rests on its old key rests on the new one."""
    rows = deepcopy(definition)
    here = find(rows, path)
    old = here.field["key"]
    here.rows[here.at] = field
    if field["key"] != old:
        for other in here.rows[here.at + 1 :]:
            if old in other.get("show_if", {}):
                other["show_if"] = {field["key"] if key == old else key: v for key, v in other["show_if"].items()}
    return rows, _path(here.group, field)


ACTS: dict[str, Callable[[Rows, str], tuple[Rows, str]]] = {
    "len": lambda rows, path: move(rows, path, -1),
    "xuong": lambda rows, path: move(rows, path, +1),
    "nhan-doi": duplicate,
    "bo": remove,
}


def _path(group: Mapping[str, Any] | None, field: Mapping[str, Any]) -> str:
    return f"{group['key']}.{field['key']}" if group else field["key"]


def listed(definition: Rows) -> Iterator[dict[str, Any]]:
    """The questions as the list shows them, those of a group behind it."""
    for at, field in enumerate(definition):
        yield _listed(field, field["key"], at, len(definition), 0)
        for inside, one in enumerate(field.get("fields", ())):
            yield _listed(one, f"{field['key']}.{one['key']}", inside, len(field["fields"]), 1)


def _listed(field: dict[str, Any], path: str, at: int, count: int, depth: int) -> dict[str, Any]:
    told = [NAMES[field["type"]]]
    if field["required"]:
        told.append("bắt buộc")
    if field.get("show_if"):
        told.append("có điều kiện")
    return {
        "field": field,
        "path": path,
        "told": " · ".join(told),
        "first": at == 0,
        "last": at == count - 1,
        "depth": depth,
    }


# One question as a page


class QuestionForm(forms.Form):
    """What one question says, by its type; the check of the whole form judges it."""

    use_required_attribute = False

    def __init__(
        self, field: dict[str, Any], earlier: Rows, *, components: Mapping[str, str], inside: bool = False, **given: Any
    ):
        super().__init__(initial=_initial(field), **given)
        self.field, self.earlier, self.components = field, earlier, components
        kinds = [(kind, NAMES[kind]) for kind in (SIMPLE if inside else TYPES)]
        self.fields |= {
            "label": Text(500, label="Câu hỏi", required=False),
            "help": Text(
                500, label="Lời hướng dẫn", help_text="Một câu dưới câu hỏi; có thể để trống.", required=False
            ),
            "required": forms.BooleanField(label="Bắt buộc trả lời", required=False),
            "type": forms.ChoiceField(
                label="Kiểu", choices=kinds, error_messages={"invalid_choice": "Hãy chọn một kiểu."}
            ),
        }
        self.kind = field["type"]
        for name, made in _own(field, components).items():
            self.fields[name] = made
        if self.kind == "computed":
            del self.fields["required"]
        for one in earlier:
            if one.get("options"):
                self.fields[f"{WHEN}{one['key']}"] = Choices(
                    label=f"Chỉ hỏi khi “{one['label']}” là",
                    choices=[(option, option) for option in one["options"]],
                    widget=forms.CheckboxSelectMultiple,
                    required=False,
                )
        self.fields["key"] = Text(
            60,
            label="Khóa",
            help_text="Tên của câu trả lời trong dữ liệu; để trống thì đặt theo câu hỏi.",
            required=False,
        )

    def of_its_type(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in BASE and not name.startswith(WHEN)]

    def conditions(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(WHEN)]

    def told(self, rows: Rows) -> dict[str, Any]:
        """The question as it is stored; `rows` are those it stands among."""
        given = self.cleaned_data
        kind = given.get("type") or self.kind
        key = given.get("key", "")
        if not key or (key == self.field["key"] and key.startswith(free_key([], NEW)) and given["label"] != NEW):
            key = free_key(rows, given["label"], own=self.field["key"])
        told: dict[str, Any] = {
            "key": key,
            "type": kind,
            "label": given["label"],
            "required": kind != "computed" and given.get("required", False),
        }
        if given.get("help"):
            told["help"] = given["help"]
        if when := {
            name.removeprefix(WHEN): given[name] for name in self.fields if name.startswith(WHEN) and given.get(name)
        }:
            told["show_if"] = {key: values[0] if len(values) == 1 else values for key, values in when.items()}
        if kind != self.kind:
            same: dict[str, Any] = {
                word: self.field[word] for word in ("options", "parts", "needed") if word in self.field
            }
            fresh = blank(kind, self.components)
            return told | {word: same.get(word, value) for word, value in fresh.items()}
        return told | self._own()

    def _own(self) -> dict[str, Any]:
        given = self.cleaned_data
        match self.kind:
            case "choice" | "choices":
                return {"options": [line for line in given["options"].splitlines() if line]}
            case "person" | "organisation":
                usual = USUAL_PARTS[self.kind]
                parts = ["name", *(part for part in given["parts"] if part != "name")]
                needed = ["name", *(part for part in given["needed"] if part != "name")]
                own: dict[str, Any] = {} if set(parts) == set(usual) else {"parts": parts}
                return own if needed == ["name"] else own | {"needed": needed}
            case "group":
                group: dict[str, Any] = {"fields": self.field["fields"]}
                if given["item"]:
                    group["item"] = given["item"]
                return group | {word: given[word] for word in ("min", "max") if given[word] is not None}
            case "paper":
                return {"component": given["component"]}
            case "computed":
                result = {} if given["result"] == "number" else {"result": given["result"]}
                return {"expression": given["expression"], **result}
        return {}

    def add_refusal(self, refused: WrongForm, *, its_own: bool) -> None:
        """A refusal of the check: its own at the box it is about, that of another question above all."""
        sentence = str(refused)
        reason = sentence.partition(": ")[2] or sentence
        boxes = (name for word, name in ABOUT.items() if word in reason and name in self.fields)
        name = next(boxes, None) if its_own else None
        self.add_error(name, f"{reason[:1].upper()}{reason[1:]}" if name else sentence)


BASE = ("label", "help", "required", "type", "key")
# What the sentences of the check are about, the narrower first.
ABOUT = {
    "(component)": "component",
    "thành phần hồ sơ không có": "component",
    "khóa": "key",
    "nhãn": "label",
    "lựa chọn": "options",
    "cách tính": "expression",
    "sum cộng": "expression",
    "count đếm": "expression",
    "age cần": "expression",
    "(item)": "item",
    "số lần": "min",
    "(needed)": "needed",
}


def _initial(field: dict[str, Any]) -> dict[str, Any]:
    told = dict(field)
    told["options"] = "\n".join(field.get("options", ()))
    told.setdefault("result", "number")
    if field["type"] in PARTS:
        told["parts"] = field.get("parts", USUAL_PARTS[field["type"]])
        told["needed"] = field.get("needed", ["name"])
    return told | {f"{WHEN}{key}": wanted(values) for key, values in field.get("show_if", {}).items()}


def _own(field: dict[str, Any], components: Mapping[str, str]) -> dict[str, forms.Field]:
    """The boxes that only this type has."""
    match field["type"]:
        case "choice" | "choices":
            about = "Mỗi dòng một lựa chọn, ít nhất hai dòng."
            return {
                "options": LongText(
                    5000,
                    label="Các lựa chọn",
                    help_text=about,
                    required=False,
                    widget=forms.Textarea(attrs={"rows": 4}),
                )
            }
        case "person" | "organisation" as kind:
            parts = [(part["key"], part["label"]) for part in PARTS[kind]]
            boxes = forms.CheckboxSelectMultiple
            return {
                "parts": Choices(label="Hỏi những gì", choices=parts, widget=boxes, required=False),
                "needed": Choices(label="Phải có", choices=parts, widget=boxes, required=False),
            }
        case "group":
            number = {"min_value": 0, "max_value": MOST_ITEMS, "required": False}
            wrong = {
                "invalid": "Hãy ghi một số.",
                "max_value": f"Nhiều nhất {MOST_ITEMS}.",
                "min_value": "Từ 0 trở lên.",
            }
            return {
                "item": Text(60, label="Gọi một mục là", help_text="Ví dụ: người con, thành viên.", required=False),
                "min": forms.IntegerField(label="Ít nhất", error_messages=wrong, **number),  # type: ignore[arg-type]
                "max": forms.IntegerField(label="Nhiều nhất", error_messages=wrong, **number),  # type: ignore[arg-type]
            }
        case "paper":
            known = dict(components)
            known.setdefault(field["component"], f"{field['component']} (không có trong thành phần hồ sơ)")
            return {"component": forms.ChoiceField(label="Giấy tờ", choices=list(known.items()))}
        case "computed":
            about = f"Dùng khóa của câu đứng trước, + - * / và {', '.join(FUNCTIONS)}. Ví dụ: sum(con.tro_cap), age(ngay_sinh)."
            return {
                "expression": Text(LONGEST_EXPRESSION, label="Cách tính", help_text=about, required=False),
                "result": forms.ChoiceField(label="Kết quả là", choices=list(RESULTS.items())),
            }
    return {}
