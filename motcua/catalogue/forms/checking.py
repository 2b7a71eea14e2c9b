"""Whether a definition keeps to the vocabulary; the sentence names the field (kiểm tra biểu mẫu)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from motcua.refusal import Refusal
from motcua.vietnamese import compose

from . import computing
from .vocabulary import MOST_ITEMS, PARTS, SIMPLE, TYPES, USUAL_PARTS, Definition, wanted

KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
MOST_FIELDS = 100
SEPARATOR = "|"
WORDS = {"key", "type", "label", "required", "help", "options", "show_if"}
MORE_WORDS: dict[str, set[str]] = {
    "person": {"parts", "needed"},
    "organisation": {"parts", "needed"},
    "group": {"fields", "min", "max", "item"},
    "paper": {"component"},
    "computed": {"expression", "result"},
}


class WrongForm(Refusal):
    """A definition outside the vocabulary; `path` says which field, for whoever shows the form being written."""

    message = "Biểu mẫu chưa đúng."

    def __init__(self, message: str | None = None, *, path: tuple[int, ...] = ()) -> None:
        self.path = path
        super().__init__(message)


def check(definition: Definition, *, components: Collection[str] | None = None) -> None:
    """Refuse a definition that does not keep to the vocabulary; with `components`, also one that asks for a paper nobody hands in."""
    _check(definition, TYPES, components, "", ())


def _check(
    definition: Any, types: tuple[str, ...], components: Collection[str] | None, whose: str, path: tuple[int, ...]
) -> None:
    if not isinstance(definition, list) or len(definition) > MOST_FIELDS:
        raise WrongForm(f"Biểu mẫu phải là danh sách không quá {MOST_FIELDS} mục.", path=path)
    before: dict[str, Mapping[str, Any]] = {}
    for place, field in enumerate(definition, start=1):
        here = (*path, place - 1)
        if not isinstance(field, dict) or not isinstance(field.get("key"), str):
            raise WrongForm(f"Mục thứ {place} của biểu mẫu{whose} thiếu khóa (key).", path=here)
        if reason := _wrong(field, before, types, components):
            raise WrongForm(f"Mục “{field['key']}” của biểu mẫu{whose}: {reason}", path=here)
        if field["type"] == "group":
            _check(field["fields"], SIMPLE, components, f", trong nhóm “{field['key']}”", here)
        before[field["key"]] = field


def _wrong(
    field: Mapping[str, Any],
    before: Mapping[str, Mapping[str, Any]],
    types: tuple[str, ...],
    components: Collection[str] | None,
) -> str | None:
    key, kind, options = field["key"], field.get("type"), field.get("options")
    if not KEY.fullmatch(key):
        return "khóa chỉ gồm chữ thường không dấu, số và dấu gạch dưới."
    if key in before:
        return "khóa đã có ở mục khác."
    more = MORE_WORDS.get(kind, set()) if isinstance(kind, str) else set()
    if unknown := set(field) - WORDS - more:
        return f"không hiểu {', '.join(sorted(unknown))}."
    if kind not in TYPES:
        return f"không có kiểu {kind}."
    if kind not in types:
        return f"trong nhóm không hỏi được kiểu {kind}."
    if not is_text(field.get("label")) or not isinstance(field.get("required"), bool):
        return "thiếu nhãn (label) hoặc không rõ có bắt buộc (required)."
    if not isinstance(field.get("help", ""), str):
        return "lời hướng dẫn (help) phải là chữ."
    if kind in ("choice", "choices"):
        if not isinstance(options, list) or len(options) < 2 or not all(map(is_text, options)):
            return "phải có ít nhất hai lựa chọn (options)."
        if len(set(options)) < len(options):
            return "có lựa chọn trùng nhau."
        if any(SEPARATOR in option for option in options):
            return f"lựa chọn không được có dấu {SEPARATOR}."
    elif options is not None:
        return "kiểu này không có lựa chọn (options)."
    return _wrong_words(field, before, components) or _wrong_condition(field.get("show_if", {}), before)


def _wrong_words(
    field: Mapping[str, Any], before: Mapping[str, Mapping[str, Any]], components: Collection[str] | None
) -> str | None:
    """What only this type says."""
    match field["type"]:
        case "person" | "organisation" as kind:
            return _wrong_parts(field, [part["key"] for part in PARTS[kind]], USUAL_PARTS[kind])
        case "group":
            return _wrong_group(field)
        case "paper":
            component = field.get("component")
            if not isinstance(component, str) or not component:
                return "phải ghi khóa của thành phần hồ sơ (component)."
            if components is not None and component not in components:
                return f"thành phần hồ sơ không có giấy tờ “{component}”."
        case "computed":
            if field["required"]:
                return "mục tự tính không thể bắt buộc."
            if field.get("result", "number") not in computing.MADE:
                return "kết quả (result) phải là number, money hoặc text."
            return computing.wrong(field.get("expression"), before)
    return None


def _wrong_parts(field: Mapping[str, Any], known: list[str], usual: list[str]) -> str | None:
    parts, needed = field.get("parts"), field.get("needed")
    for word, told in (("parts", parts), ("needed", needed)):
        if told is None:
            continue
        if not isinstance(told, list) or any(part not in known for part in told) or len(set(told)) < len(told):
            return f"{word} chỉ gồm các phần {', '.join(known)}, mỗi phần một lần."
    if parts is not None and "name" not in parts:
        return "phải hỏi tên (name)."
    if needed is not None and "name" not in needed:
        return "tên (name) luôn phải có."
    if needed and set(needed) - set(parts or usual):
        return "phần bắt buộc (needed) phải nằm trong các phần được hỏi (parts)."
    return None


def _wrong_group(field: Mapping[str, Any]) -> str | None:
    inside, least, most = field.get("fields"), field.get("min", 0), field.get("max", MOST_ITEMS)
    if not isinstance(inside, list) or not inside:
        return "nhóm phải có ít nhất một mục bên trong (fields)."
    if any(isinstance(number, bool) or not isinstance(number, int) for number in (least, most)):
        return "số lần ít nhất (min), nhiều nhất (max) phải là số."
    if not 0 <= least <= most <= MOST_ITEMS or most < 1:
        return f"số lần phải từ min đến max, nhiều nhất {MOST_ITEMS}."
    if not is_text(field.get("item", "mục")):
        return "tên của một mục trong nhóm (item) phải là chữ."
    return None


def _wrong_condition(condition: Any, before: Mapping[str, Mapping[str, Any]]) -> str | None:
    if not isinstance(condition, dict):
        return "điều kiện hiện (show_if) phải ghi mục và lựa chọn."
    for other, told in condition.items():
        if other not in before:
            return "điều kiện hiện (show_if) phải dựa vào một mục đứng trước."
        allowed, values = before[other].get("options") or [], wanted(told)
        if not values or any(value not in allowed for value in values):
            return "điều kiện hiện (show_if) phải là một lựa chọn của mục đứng trước."
    return None


def is_text(value: Any) -> bool:
    """Whether this is a text as it is stored: composed, and not empty."""
    return isinstance(value, str) and value == compose(value) != ""
