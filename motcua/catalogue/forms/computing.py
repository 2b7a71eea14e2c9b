"""Answers nobody types: sums, counts, ages and words put together, computed on the server only (mục tự tính).

An expression is a small part of Python's grammar, read as a tree and never run:
keys of earlier questions, numbers, texts, + - * /, and the functions below.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, DivisionByZero, InvalidOperation
from typing import Any

from django.utils import timezone

LONGEST_EXPRESSION = 300
LARGEST = Decimal(10) ** 15
MADE = ("number", "money", "text")
FUNCTIONS = ("sum", "count", "age", "join")
COUNTED = ("number", "money")
DATED = ("date", "partial_date")


def value(field: Mapping[str, Any], answers: Mapping[str, Any]) -> Any:
    """What the field comes to, as it is stored; nothing where an answer it needs is missing."""
    made = _Reckoning(answers).visit(ast.parse(field["expression"], mode="eval").body)
    if made is None or made == "":
        return None
    kind = field.get("result", "number")
    if kind == "text":
        return (made if isinstance(made, str) else _plain(made))[:500]
    if not isinstance(made, Decimal) or abs(made) > LARGEST:
        return None
    return int(made.to_integral_value()) if kind == "money" else _plain(round(made, 6))


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


class _Reckoning(ast.NodeVisitor):
    """Walks the tree; whatever `wrong` has not let through is nothing."""

    def __init__(self, answers: Mapping[str, Any]):
        self.answers = answers

    def generic_visit(self, node: ast.AST) -> None:
        return None

    def visit_Constant(self, node: ast.Constant) -> Any:
        return node.value if isinstance(node.value, str) else Decimal(str(node.value))

    def visit_Name(self, node: ast.Name) -> Any:
        return _known(self.answers.get(node.id))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        number = self.visit(node.operand)
        return -number if isinstance(number, Decimal) else None

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        left, right = self.visit(node.left), self.visit(node.right)
        if not isinstance(left, Decimal) or not isinstance(right, Decimal):
            return None
        try:
            return OPERATIONS[type(node.op)](left, right)
        except (DivisionByZero, InvalidOperation):
            return None

    def visit_Call(self, node: ast.Call) -> Any:
        assert isinstance(node.func, ast.Name)
        match node.func.id:
            case "count":
                items = self.answers.get(node.args[0].id)  # type: ignore[attr-defined]
                return Decimal(len(items) if isinstance(items, list) else 0)
            case "sum":
                numbers = [number for arg in node.args for number in self._numbers(arg)]
                return sum(numbers, Decimal(0)) if numbers else None
            case "age":
                return self._age(*node.args)
        parts = [self.visit(arg) for arg in node.args]
        return " ".join(" ".join(_plain(p) if isinstance(p, Decimal) else p for p in parts if p is not None).split())

    def _numbers(self, arg: ast.expr) -> list[Decimal]:
        """One number, or that of every item of a group."""
        if isinstance(arg, ast.Attribute):
            items = self.answers.get(arg.value.id) or []  # type: ignore[attr-defined]
            found = [_known(item.get(arg.attr)) for item in items]
        else:
            found = [self.visit(arg)]
        return [number for number in found if isinstance(number, Decimal)]

    def _age(self, born: ast.expr, on: ast.expr | None = None) -> Decimal | None:
        """Full years at a day, today unless told; where only the year is known, by years alone."""
        day = self._date(on) if on is not None else timezone.localdate().isoformat()
        birth = self._date(born)
        if not birth or not day:
            return None
        first, then = birth.split("-"), day.split("-")
        known = min(len(first), len(then))
        years = int(then[0]) - int(first[0])
        if known > 1 and then[1:known] < first[1:known]:
            years -= 1
        return Decimal(years) if years >= 0 else None

    def _date(self, arg: ast.expr) -> str | None:
        if isinstance(arg, ast.Attribute):
            told = (self.answers.get(arg.value.id) or {}).get(arg.attr)  # type: ignore[attr-defined]
        else:
            told = self.answers.get(arg.id)  # type: ignore[attr-defined]
        return told if isinstance(told, str) and re.fullmatch(r"\d{4}(-\d{2}){0,2}", told) else None


OPERATIONS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: lambda one, two: one + two,
    ast.Sub: lambda one, two: one - two,
    ast.Mult: lambda one, two: one * two,
    ast.Div: lambda one, two: one / two,
}


def _known(told: Any) -> Any:
    """A stored answer as something to reckon with."""
    if isinstance(told, bool) or told is None:
        return None
    if isinstance(told, int):
        return Decimal(told)
    if isinstance(told, str) and re.fullmatch(r"-?\d{1,20}(\.\d{1,6})?", told):
        return Decimal(told)
    if isinstance(told, list):
        return ", ".join(one for one in told if isinstance(one, str)) or None
    return told if isinstance(told, str) and told else None


# Is it an expression?


def wrong(expression: Any, before: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Why this is no expression over the questions before it, told to whoever writes the form."""
    if not isinstance(expression, str) or not expression.strip():
        return "thiếu cách tính (expression)."
    if len(expression) > LONGEST_EXPRESSION:
        return f"cách tính (expression) dài quá {LONGEST_EXPRESSION} ký tự."
    try:
        tree = ast.parse(expression, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "cách tính (expression) viết chưa đúng; xem lại dấu ngoặc, dấu phẩy."
    return _wrong(tree, before)


def _wrong(node: ast.expr, before: Mapping[str, Mapping[str, Any]]) -> str | None:
    match node:
        case ast.Constant(value=bool() | None):
            return "cách tính chỉ nhận số và chữ."
        case ast.Constant(value=int() | float() | str()):
            return None
        case ast.Name(id=key):
            if key not in before:
                return f"cách tính dùng “{key}”, không phải một mục đứng trước."
            if before[key]["type"] in ("group", "person", "organisation", "paper"):
                return f"cách tính phải nói rõ phần nào của “{key}”, ví dụ sum({key}.…)."
            return None
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _wrong(operand, before)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right=right):
            return _wrong(left, before) or _wrong(right, before)
        case ast.Call(func=ast.Name(id="count"), args=[ast.Name(id=key)], keywords=[]):
            if before.get(key, {}).get("type") not in ("group", "choices"):
                return f"count đếm một nhóm lặp lại hoặc mục chọn nhiều đứng trước; “{key}” không phải."
            return None
        case ast.Call(func=ast.Name(id="sum"), args=[_, *_] as args, keywords=[]):
            return next(filter(None, (_wrong_sum(arg, before) for arg in args)), None)
        case ast.Call(func=ast.Name(id="age"), args=[_] | [_, _] as args, keywords=[]):
            return next(filter(None, (_wrong_day(arg, before) for arg in args)), None)
        case ast.Call(func=ast.Name(id="join"), args=[_, *_] as args, keywords=[]):
            return next(filter(None, (_wrong(arg, before) for arg in args)), None)
    return f"cách tính chỉ dùng mục đứng trước, số, chữ trong ngoặc kép, + - * / và {', '.join(FUNCTIONS)}."


def _wrong_sum(arg: ast.expr, before: Mapping[str, Mapping[str, Any]]) -> str | None:
    if not isinstance(arg, ast.Attribute):
        return _wrong(arg, before)
    kind = _kind_inside(arg, before, ("group",))
    return None if kind in COUNTED else "sum cộng số hoặc số tiền của một nhóm, viết là sum(nhom.muc)."


def _wrong_day(arg: ast.expr, before: Mapping[str, Mapping[str, Any]]) -> str | None:
    match arg:
        case ast.Name(id=key):
            kind = before.get(key, {}).get("type")
        case ast.Attribute():
            kind = _kind_inside(arg, before, ("person",))
        case _:
            kind = None
    return None if kind in DATED else "age cần một mục ngày đứng trước, ví dụ age(ngay_sinh) hoặc age(cha.birth)."


def _kind_inside(node: ast.Attribute, before: Mapping[str, Mapping[str, Any]], kinds: tuple[str, ...]) -> str | None:
    """The type of one of a group's fields or a person's parts."""
    from .vocabulary import inner

    if not isinstance(node.value, ast.Name):
        return None
    field = before.get(node.value.id)
    if not field or field["type"] not in kinds:
        return None
    return next((one["type"] for one in inner(field) if one["key"] == node.attr), None)
