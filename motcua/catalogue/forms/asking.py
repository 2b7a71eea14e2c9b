"""The form on the screen and the answers it stores (biểu mẫu trên màn hình)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, cast

from django import forms
from django.forms.boundfield import BoundField
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from .inputs import Choice, Choices, Day, LongText, Money, Number, PartialDay, Phone, PlaceInput, Text
from .showing import said
from .vocabulary import (
    NOTHING,
    Definition,
    Field,
    computed_over,
    fields,
    inner,
    least,
    most,
    shown,
    wanted,
)

LONGEST = {"text": 500, "long_text": 5000, "place": 250}
BUTTONS_UP_TO = 7
MORE, LESS = "them-muc", "bo-muc"  # the buttons of a group: one more, without this one; no key has a hyphen
MOST_NUMBERS = 40
SHORT = ("date", "partial_date", "number", "money", "phone")


class AnswersForm(forms.Form):
    """A form made from a definition; `answers()` is what is stored."""

    definition: Definition = ()
    draft = False
    quiet = False  # what was sent is shown again, and nothing is judged

    def is_valid(self) -> bool:
        return super().is_valid() and not self.quiet

    def full_clean(self) -> None:
        super().full_clean()
        if self.quiet:
            self._errors = cast(Any, forms.utils.ErrorDict())

    def clean(self) -> dict[str, Any]:
        """Ask only what is shown: a hidden field is neither required nor stored."""
        cleaned = super().clean() or {}
        known: dict[str, Any] = {}
        for field in self.definition:
            key = field["key"]
            if not shown(field, known):
                cleaned.pop(key, None)
                self.errors.pop(key, None)
                continue
            known[key] = cleaned.get(key)
            if self.draft or key in self.errors or field["type"] in ("paper", "computed"):
                continue
            if field["required"] and known[key] in NOTHING:
                self.add_error(key, _missing(field))
        return cleaned

    def answers(self) -> dict[str, Any]:
        """The answers as JSON: dates as ISO text, numbers as text, sums in đồng as whole numbers; computed ones are computed here."""
        return computed_over(self.definition, self._stored())

    def _stored(self) -> dict[str, Any]:
        stored: dict[str, Any] = {}
        for key, value in self.cleaned_data.items():
            if value in NOTHING:
                continue
            if isinstance(value, date):
                value = value.isoformat()
            elif isinstance(value, Decimal):
                value = f"{value.normalize():f}"
            stored[key] = value
        return stored

    def kept(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """What is right is stored; where something is wrong, what was stored before stays, and what is right inside it is not lost."""
        wrong = self.errors
        stored = self._stored()
        for key in wrong:
            if key not in self.fields:
                continue
            bound = self[key]
            if isinstance(bound, NestedField):
                stored[key] = bound.kept(before.get(key))
            elif key in before:
                stored[key] = before[key]
        return computed_over(self.definition, stored)


def form_class(
    definition: Definition | None,
    *,
    places: str = "",
    draft: bool = False,
    papers: Mapping[str, str] | None = None,
) -> type[AnswersForm]:
    """The Django form of a definition; a draft may leave everything open but not wrong.

    `places` is the address where places are searched while one types. `papers` says of each paper, by the key of its
    component, what is there of it.
    """
    known = fields(definition)
    made = {field["key"]: _made(field, places, draft, papers or {}) for field in known}
    form: type[AnswersForm] = type("ProcedureForm", (AnswersForm,), made)
    # Set afterwards, so that a question may have any key, "draft" too.
    form.definition, form.draft = known, draft
    return form


def _made(field: Field, places: str, draft: bool, papers: Mapping[str, str]) -> forms.Field:
    told = {"label": field["label"], "help_text": field.get("help", ""), "required": False}
    options = [(option, option) for option in field.get("options", ())]
    made: forms.Field
    match field["type"]:
        case "choice" if len(options) <= BUTTONS_UP_TO:
            made = Choice(choices=options, widget=forms.RadioSelect, **told)
        case "choice":
            made = Choice(choices=[("", "Chọn…"), *options], **told)
        case "choices":
            made = Choices(choices=options, widget=forms.CheckboxSelectMultiple, **told)
        case "date":
            made = Day(**told)
        case "partial_date":
            made = PartialDay(**told)
        case "number":
            made = Number(**told)
        case "money":
            made = Money(**told)
        case "phone":
            made = Phone(**told)
        case "long_text":
            made = LongText(LONGEST["long_text"], widget=forms.Textarea(attrs={"rows": 5}), **told)
        case "place":
            made = Text(LONGEST["place"], widget=PlaceInput(places), **told)
        case "person" | "organisation" | "group":
            inside = form_class(inner(field), places=places, draft=draft)
            made = (Items if field["type"] == "group" else Parts)(field, inside, **told)
        case "paper":
            made = Shown(papers.get(field["component"], ""), **told)
        case "computed":
            made = Shown("", **told)
        case _:
            made = Text(LONGEST["text"], **told)
    if field["required"]:
        made.widget.attrs["aria-required"] = "true"
    return made


def _missing(field: Field) -> str:
    verb = {
        "choice": "Hãy chọn",
        "choices": "Hãy chọn ít nhất một mục ở",
        "date": "Hãy ghi ngày ở",
        "partial_date": "Hãy ghi ngày, hoặc tháng và năm, hoặc năm ở",
        "group": "Hãy khai",
    }
    return f"{verb.get(field['type'], 'Hãy điền')} “{field['label']}”."


class NothingTyped(forms.Widget):
    """A question with no box of its own."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> None:
        return None


class Shown(forms.Field):
    """A question nobody types an answer to: a paper, or what is computed; `told` is what is known of it."""

    widget = NothingTyped

    def __init__(self, told: str, **more: Any):
        super().__init__(**more)
        self.told = told


# Questions with questions inside


class NestedField(BoundField):
    """A person, an organisation or a group: small forms inside the form, one for each item."""

    field: Nested

    @cached_property
    def inside(self) -> list[tuple[int, AnswersForm]]:
        """Each small form with its number; a number once given stays with its item until the page is left."""
        return self.field.inside(self)

    @property
    def data(self) -> list[tuple[int, AnswersForm]]:
        return self.inside

    def value(self) -> Any:
        return self.inside

    def own_errors(self) -> list[str]:
        """What is wrong with the whole; what is wrong inside stands at its own place."""
        found = self.form.errors.as_data().get(self.name, [])
        return [str(error.message) for error in found if error.code != "inside"]

    def kept(self, before: Any) -> Any:
        return self.field.kept(self.inside, before)


class Nested(forms.Field):
    widget = NothingTyped

    def __init__(self, definition: Field, made: type[AnswersForm], **told: Any):
        super().__init__(**told)
        self.definition, self.made = definition, made

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> NestedField:
        return NestedField(form, self, field_name)

    def one(self, bound: NestedField, prefix: str, initial: Any) -> AnswersForm:
        """One of the small forms, as the form around it: sent or not, judged or only shown again."""
        data = bound.form.data if bound.form.is_bound else None
        made = self.made(data, prefix=prefix, initial=initial or {}, auto_id=bound.form.auto_id)
        made.quiet = getattr(bound.form, "quiet", False)
        return made

    def inside(self, bound: NestedField) -> list[tuple[int, AnswersForm]]:
        raise NotImplementedError

    def kept(self, inside: list[tuple[int, AnswersForm]], before: Any) -> Any:
        raise NotImplementedError


class Parts(Nested):
    """A person or an organisation."""

    def inside(self, bound: NestedField) -> list[tuple[int, AnswersForm]]:
        return [(0, self.one(bound, bound.html_name, None if bound.form.is_bound else bound.initial))]

    def clean(self, value: list[tuple[int, AnswersForm]]) -> dict[str, Any]:
        form = value[0][1]
        form.is_valid()
        if _is_blank(form):
            form._errors = cast(Any, forms.utils.ErrorDict())
            return {}
        if form.errors:
            raise forms.ValidationError([_inside(error, form[name].label) for name, error in _errors(form)])
        return form.answers()

    def kept(self, inside: list[tuple[int, AnswersForm]], before: Any) -> Any:
        return inside[0][1].kept(before or {})


class Items(Nested):
    """A group: none, one or several items with the same questions."""

    def inside(self, bound: NestedField) -> list[tuple[int, AnswersForm]]:
        if bound.form.is_bound:
            numbers = _numbers(bound.form.data.get(f"{bound.html_name}-items"))
            return [(number, self.one(bound, f"{bound.html_name}-{number}", None)) for number in numbers]
        told = list(bound.initial or [])
        told += [{}] * (least(self.definition) - len(told))
        return [(number, self.one(bound, f"{bound.html_name}-{number}", item)) for number, item in enumerate(told)]

    def clean(self, value: list[tuple[int, AnswersForm]]) -> list[dict[str, Any]]:
        """Items left blank are no items, unless one must be told."""
        definition, item = self.definition, self.definition.get("item", "mục")
        told, wrong = [], []
        draft = self.made.draft
        for place, (_number, form) in enumerate(value, start=1):
            form.is_valid()
            if _is_blank(form) and (draft or len(value) > least(definition) or not least(definition)):
                form._errors = cast(Any, forms.utils.ErrorDict())
                continue
            wrong += [_inside(error, f"{item} thứ {place}") for _name, error in _errors(form)]
            told.append(form)
        if len(told) > most(definition):
            wrong.append(forms.ValidationError(f"Khai nhiều nhất {most(definition)} {item} ở “{definition['label']}”."))
        elif not draft and not wrong and (told or least(definition) > 1) and len(told) < least(definition):
            wrong.append(forms.ValidationError(f"Hãy khai ít nhất {least(definition)} {item}."))
        if wrong:
            raise forms.ValidationError(wrong)
        return [form.answers() for form in told]

    def kept(self, inside: list[tuple[int, AnswersForm]], before: Any) -> Any:
        """Which item was which is not known from before, so only what is right now is kept."""
        return [told for _number, form in inside if (told := form.kept({}))][: most(self.definition)]


def _is_blank(form: AnswersForm) -> bool:
    """Whether nothing was typed into any of its boxes."""
    return not any(str(value).strip() for field in form for value in _sent(field))


def _sent(field: BoundField) -> list[Any]:
    value = field.data
    return [one for one in (value if isinstance(value, list) else [value]) if one is not None]


def _errors(form: AnswersForm) -> Iterator[tuple[str, str]]:
    for name, errors in form.errors.items():
        for error in errors:
            yield name, str(error)


def _inside(error: str, where: Any) -> forms.ValidationError:
    return forms.ValidationError(f"{str(where)[:1].upper()}{str(where)[1:]}: {error}", code="inside")


def _numbers(told: Any) -> list[int]:
    """The numbers of the items on the page, in their order."""
    found = [int(one) for one in str(told or "").split(",") if one.isascii() and one.isdigit() and len(one) < 4]
    return list(dict.fromkeys(found))[:MOST_NUMBERS]


def reshaped(data: Any) -> MultiValueDict | None:
    """What was sent with one item more or less, where that is the button that was pressed; else nothing."""
    if name := data.get(MORE):
        where, change = f"{name}-items", lambda numbers: [*numbers, max(numbers, default=-1) + 1]
    elif name := data.get(LESS):
        group, _dash, number = name.rpartition("-")
        where, change = f"{group}-items", lambda numbers: [one for one in numbers if str(one) != number]
    else:
        return None
    changed = data.copy()
    changed[where] = ",".join(map(str, change(_numbers(data.get(where)))))
    return changed


def faults(form: forms.BaseForm, where: str = "") -> Iterator[tuple[BoundField, str, str]]:
    """Each error with the box at which it is put right, and inside of what that box stands, in words."""
    for field in form:
        if not isinstance(field, NestedField):
            yield from ((field, where, str(error)) for error in field.errors)
            continue
        yield from ((field, where, error) for error in field.own_errors())
        item = field.field.definition.get("item", "mục")
        group = field.field.definition["type"] == "group"
        for place, (_number, inside) in enumerate(field.inside, start=1):
            inner_where = f"{item[:1].upper()}{item[1:]} thứ {place}" if group else str(field.label)
            if field.errors:
                yield from faults(inside, inner_where)


# The questions as a page shows them


def questions(form: AnswersForm) -> list[dict[str, Any]]:
    """Each question with the condition under which it is asked, in words and for the browser, and what is inside it."""
    labels = {field["key"]: field["label"] for field in form.definition}
    computed = computed_over(form.definition, _known(form))
    return [_question(form, field, labels, computed) for field in form.definition]


def _known(form: AnswersForm) -> dict[str, Any]:
    """The answers as far as the form knows them, for what is computed from them."""
    if not form.is_bound:
        return {key: value for key, value in form.initial.items() if value not in NOTHING}
    form.is_valid()
    return form.kept({})


def _question(form: AnswersForm, field: Field, labels: dict[str, str], computed: dict[str, Any]) -> dict[str, Any]:
    bound, kind = form[field["key"]], field["type"]
    conditions = {key: wanted(values) for key, values in field.get("show_if", {}).items()}
    told: dict[str, Any] = {
        "field": bound,
        "kind": kind if kind in ("group", "paper", "computed") else "parts" if isinstance(bound, NestedField) else "",
        "optional": not field["required"],
        "only_if": _for_the_browser(form, conditions) if conditions else "",
        "told": _in_words(conditions, labels) if conditions else "",
        "width": "short" if kind in SHORT else "",
        "suffix": _("đồng") if kind == "money" else "",
    }
    if kind == "group":
        told |= _group(bound, field)
    elif told["kind"] == "parts":
        told["inside"] = questions(cast(NestedField, bound).inside[0][1])
    elif kind == "computed":
        told["said"] = said(field, computed.get(field["key"]))
    elif kind == "paper":
        told |= {"said": cast(Shown, bound.field).told, "component": field["component"]}
    return told


def _group(bound: Any, field: Field) -> dict[str, Any]:
    item, inside = field.get("item", "mục"), bound.inside
    return {
        "item": item,
        "items": [
            {
                "title": f"{item[:1].upper()}{item[1:]} thứ {place}",
                "remove": f"{bound.html_name}-{number}",
                "id": f"{bound.auto_id}-{number}",
                "questions": questions(form),
            }
            for place, (number, form) in enumerate(inside, start=1)
        ],
        "numbers": ",".join(str(number) for number, _form in inside),
        "numbers_name": f"{bound.html_name}-items",
        "next_id": f"{bound.auto_id}-{max((number for number, _form in inside), default=-1) + 1}",
        "more": len(inside) < most(field),
    }


def _for_the_browser(form: AnswersForm, conditions: dict[str, list[str]]) -> str:
    return json.dumps({form.add_prefix(key): values for key, values in conditions.items()}, ensure_ascii=False)


def _in_words(conditions: dict[str, list[str]], labels: dict[str, str]) -> str:
    told = [
        _("bạn chọn %(values)s ở câu “%(question)s”")
        % {"values": _(" hoặc ").join(f"“{value}”" for value in values), "question": labels[key].rstrip("?.: ")}
        for key, values in conditions.items()
    ]
    return _("Chỉ trả lời khi %(condition)s.") % {"condition": _(" và ").join(told)}
