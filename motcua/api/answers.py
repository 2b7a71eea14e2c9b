"""The answers of a form as JSON, judged by the form the portal asks (nội dung biểu mẫu)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from motcua.catalogue import forms as told_forms
from motcua.catalogue.forms import AnswersForm, Definition, form_class
from motcua.catalogue.forms.vocabulary import PARTS, most

from .open import Fault

SIMPLE = (str, int, float)
UNKNOWN = "Biểu mẫu không có câu hỏi này."
WRONG_KIND = "Câu trả lời không đúng kiểu; hãy xem biểu mẫu của thủ tục."
TOO_MANY = "Khai nhiều nhất {most} mục ở đây."


def bound(definition: Definition | None, given: Mapping[str, Any], where: list[str]) -> tuple[AnswersForm, list[Fault]]:
    """The form with these answers typed into it, and what is wrong with it."""
    known = told_forms.fields(definition)
    made = form_class(definition)
    data: MultiValueDict[str, Any] = MultiValueDict()
    wrong = list(_type(known, made(), given, data, "", where))
    form = made(data)
    form.is_valid()
    wrong += [
        Fault([*where, *field.html_name.split("-")], sentence)
        for field, _inside, sentence in told_forms.faults(form)
        if not any(fault.where == [*where, *field.html_name.split("-")] for fault in wrong)
    ]
    return form, wrong


def _type(
    definition: Definition,
    form: AnswersForm,
    given: Mapping[str, Any],
    data: MultiValueDict[str, Any],
    prefix: str,
    where: list[str],
) -> Iterator[Fault]:
    """Type each answer into its box, as a person would."""
    known = {field["key"]: field for field in definition}
    for key, value in given.items():
        place = [*where, key]
        field, name = known.get(key), f"{prefix}{key}"
        if field is None:
            yield Fault(place, UNKNOWN)
        elif value in told_forms.NOTHING or field["type"] in ("paper", "computed"):
            continue  # computed here, and papers are put to the dossier by themselves
        elif field["type"] == "group":
            yield from _type_items(field, form, value, data, name, place)
        elif field["type"] in PARTS:
            if isinstance(value, dict):
                inside = form.fields[key].made()  # type: ignore[attr-defined]
                yield from _type(told_forms.inner(field), inside, value, data, f"{name}-", place)
            else:
                yield Fault(place, WRONG_KIND)
        elif field["type"] == "choices":
            if isinstance(value, list) and all(isinstance(one, str) for one in value):
                data.setlist(name, value)
            else:
                yield Fault(place, WRONG_KIND)
        elif isinstance(value, SIMPLE) and not isinstance(value, bool):
            data[name] = _spelled(form.fields[key], value)
        else:
            yield Fault(place, WRONG_KIND)


def _type_items(
    field: Any, form: AnswersForm, items: Any, data: MultiValueDict[str, Any], name: str, where: list[str]
) -> Iterator[Fault]:
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        yield Fault(where, WRONG_KIND)
        return
    if len(items) > most(field):
        yield Fault(where, TOO_MANY.format(most=most(field)))
        return
    inside = form.fields[field["key"]].made()  # type: ignore[attr-defined]
    data[f"{name}-items"] = ",".join(str(number) for number in range(len(items)))
    for number, item in enumerate(items):
        yield from _type(told_forms.inner(field), inside, item, data, f"{name}-{number}-", [*where, str(number)])


def _spelled(field: forms.Field, value: Any) -> str:
    """A number with a comma before its part, a part of a day the way people write it."""
    return str(field.prepare_value(value))
