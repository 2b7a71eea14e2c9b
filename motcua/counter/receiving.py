"""Receiving a person in front of the desk: which procedures, for whom, with which papers (tiếp nhận trực tiếp)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django import forms
from django.db import IntegrityError
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from motcua.accounts import cards
from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.catalogue import cases, searching
from motcua.catalogue import forms as told
from motcua.catalogue.models import Channel, Fee, ProcedureVersion, Routing
from motcua.dossiers import clock, collecting, duplicates, intake, rules, together
from motcua.dossiers.models import Dossier, OwnerKind
from motcua.dossiers.papers import Brought
from motcua.organisations.models import Agency, AgencyKind
from motcua.refusal import Refusal

from . import keeping
from .forms import OTHERS, PapersForm, PersonForm, TakenForm, line_of
from .keeping import Kept

ROUND = 100
MOST_ROUNDS = 5
SHOWN = 20
LATELY = 100  # receptions looked back on for what is received most


# Which procedures ---------------------------------------------------------------------------------------------------


def counters(officer: Person) -> list[Agency]:
    """The agencies at whose counter this officer receives."""
    return list(Agency.objects.filter(pk__in=officer.agencies(Can.RECEIVE)).order_by("pk"))


def settling_agency(version: ProcedureVersion, at_counters: list[Agency]) -> Agency | None:
    """Who settles what is received here: the agency the centre receives for, or the desk's own; None: not received here."""
    if at_ministry(version):
        return None
    for counter in at_counters:
        if counter.kind == AgencyKind.CENTRE:
            if version.agency and version.agency.at_centre:
                return version.agency
        elif not counter.at_centre and intake.settles(version, counter):
            return counter
    return None


def settling_agencies(version: ProcedureVersion, at_counters: list[Agency], day: date) -> list[Agency]:
    """Who may settle what is received here: the desk's own first; where any desk receives, whoever is competent in the province.

    NĐ 118/2025/NĐ-CP: not bound to administrative boundaries within the province (one-stop.md §1.2).
    """
    own = settling_agency(version, at_counters)
    first = [own] if own else []
    if at_ministry(version) or not rules.rules_on(day).any_desk_receives:
        return first
    if version.agency:
        competent = [version.agency]
    else:
        valid = Agency.objects.valid_on(day)
        competent = list(valid.peoples_committees(version.level).order_by("name", "pk"))  # type: ignore[attr-defined]
    return first + [agency for agency in competent if agency != own]


def at_ministry(version: ProcedureVersion) -> bool:
    """Whether people who come for it are told where to go instead (hệ thống tập trung của bộ)."""
    return version.routing == Routing.MINISTRY


class Found(NamedTuple):
    """The best of what was typed, and whether there may be more of it."""

    versions: list[ProcedureVersion]
    more: bool = False


def find(text: str, at_counters: list[Agency], *, day: date, any_desk: bool = False) -> Found:
    """Procedures by what was typed, only those this desk receives; `any_desk` where the rules let it receive all."""
    found: list[ProcedureVersion] = []
    after = None
    for _ in range(MOST_ROUNDS):
        batch = searching.search(text, day=day, limit=ROUND, after=after)
        found += [
            version for version in batch if any_desk or at_ministry(version) or settling_agency(version, at_counters)
        ]
        if len(batch) < ROUND:
            return Found(found[:SHOWN], more=len(found) > SHOWN)
        if len(found) > SHOWN:
            break
        after = batch[-1].mark  # type: ignore[attr-defined]
    return Found(found[:SHOWN], more=True)


def often(officer: Person, *, day: date, limit: int = 9) -> list[ProcedureVersion]:
    """What this officer received most among the last receptions, each to be opened by its digit."""
    last = Dossier.objects.filter(accepted_by=officer).order_by("-pk").values_list("procedure_version_id", flat=True)
    counted = Counter(last[:LATELY]).most_common(limit)
    in_force = ProcedureVersion.objects.valid_on(day).select_related("procedure", "field", "agency")  # type: ignore[attr-defined]
    versions = in_force.only("name", "routing", "procedure__code", "field__name", "agency").in_bulk(
        [pk for pk, _ in counted]
    )
    return [versions[pk] for pk, _ in counted if pk in versions]


def promise(version: ProcedureVersion, agency: Agency, at: datetime) -> datetime | None:
    """The date the receipt would carry if the person were received now."""
    in_force = rules.rules_on(timezone.localdate(at))
    return clock.settlement_due(
        Dossier(procedure_version=version, agency=agency, channel=Channel.DIRECT, rule_set=in_force), at
    )


def settled_here(version: ProcedureVersion, case: str) -> bool:
    """Whether the desk that receives it settles it too, while the person waits (trả kết quả ngay)."""
    process = version.process(Channel.DIRECT, case)
    first = process.steps.first() if process else None
    return first is not None and first.of_one_desk


# Who is there --------------------------------------------------------------------------------------------------------


def known(officer: Person, id_number: str) -> Dossier | None:
    """The last dossier of the person with this ID number among those the officer may see."""
    if len(id_number) < 9:
        return None
    # The search text has the index; the number itself decides.
    dossiers = Dossier.objects.handled_by(officer).filter(search_text__contains=id_number, owner_id_number=id_number)
    return dossiers.order_by("-pk").first()


class Offer(NamedTuple):
    """What an earlier dossier of the same ID number says about what is still empty; the officer takes it or leaves it."""

    dossier: Dossier
    facts: dict[str, Any]

    @property
    def said(self) -> list[tuple[str, Any]]:
        return [(str(PersonForm.base_fields[name].label), value) for name, value in self.facts.items()]


class Read(NamedTuple):
    """The person after a card or a number was read: the facts, a word about them, and what might be taken over."""

    facts: dict[str, Any]
    said: str
    offer: Offer | None = None


OFFERED = ("owner_name", "owner_birth_date", "phone", "email", "address")
NUMBER = re.compile(r"\d{9}|\d{12}", re.ASCII)


def filled(typed: Mapping[str, Any], officer: Person, *, take: bool = False) -> Read:
    """What the card says; what an earlier dossier says is offered, and fills only what is empty when it is taken."""
    facts, said = dict(typed), ""
    text = (typed.get("qr") or "").strip()
    if NUMBER.fullmatch(text.replace(" ", "")):
        facts |= {"owner_id_number": text.replace(" ", ""), "qr": ""}
    elif text:
        card = cards.card(text)
        facts |= {"owner_name": card.name, "owner_id_number": card.id_number, "address": card.address, "qr": ""}
        if card.birth_date:
            facts["owner_birth_date"] = card.birth_date
        said = "Đã đọc thẻ căn cước."
    number = (facts.get("owner_id_number") or "").replace(" ", "")
    before = known(officer, number)
    if before:
        lacking = [name for name in OFFERED if not facts.get(name) and getattr(before, name)]
        offer = Offer(before, {name: getattr(before, name) for name in lacking})
        if lacking and not take:
            return Read(facts, said, offer)
        if lacking:
            said = f"{said} Đã điền những ô còn trống theo hồ sơ {before.code}; xin hỏi lại người nộp.".strip()
        return Read(facts | offer.facts, said)
    if not said:
        said = (
            "Chưa có hồ sơ nào với số giấy tờ này; xin nhập tiếp." if number else "Hãy quét thẻ hoặc nhập số giấy tờ."
        )
    return Read(facts, said)


def of_the_same(dossier: Dossier) -> dict[str, Any]:
    """Who stands at the desk, as the dossier received a moment ago says."""
    return {name: getattr(dossier, name) for name in STAYS}


STAYS = (
    "owner_kind",
    *("owner_name", "owner_id_number", "owner_birth_date", "phone", "email", "address"),
    *("submitter_name", "submitter_id_number", "return_by", "return_address"),
)


# Which papers --------------------------------------------------------------------------------------------------------


class PaperLine(NamedTuple):
    """One paper as the page shows it."""

    name: str
    note: str
    required: bool
    originals: forms.BoundField
    copies: forms.BoundField
    other: forms.BoundField | None
    key: str
    kept: list[Kept]
    wrong: list[str]

    @property
    def aside(self) -> bool:
        """Whether Enter passes it by: nothing is expected, counted or wrong there."""
        counted = any(field.value() not in (None, "", 0, "0") for field in (self.originals, self.copies))
        return not self.required and not counted and not self.kept and not self.wrong


class Reception:
    """One person received: three forms and the scans, filled in, judged and made into a dossier together."""

    def __init__(
        self,
        version: ProcedureVersion,
        agency: Agency,
        officer: Person,
        *,
        data: Any = None,
        files: MultiValueDict | None = None,
        at: datetime,
        after: Dossier | None = None,
        received_at: Agency | None = None,
    ):
        self.received_at = received_at
        self.version, self.agency, self.officer, self.at, self.after = version, agency, officer, at, after
        self.cases = cases.of(version)
        self.case = (cases.named(version, data.get("case", "")) or "") if data is not None else ""
        self.components = cases.papers(version, self.case)
        self.public_id = _uuid(data.get("reception")) if data is not None else uuid4()
        self.kept: dict[str, list[Kept]] = {}
        self.wrong: dict[str, list[str]] = {}
        self.said, self.suspects = "", duplicates.NOBODY
        self.offer: Offer | None = None
        if data is None and after:
            self._make(None, person=of_the_same(after))
            self._begin_behind_person()
        elif data is None:
            self._make(None)
            self._begin_at("qr")
        else:
            self._make(data)
            self._take(data, files or MultiValueDict())

    def _make(self, data: Any, **initial: dict[str, Any]) -> None:
        self.person = PersonForm(data, initial=initial.get("person"))
        self.papers = PapersForm(data, components=self.components, case=self.case, initial=initial.get("papers"))
        self.answers = self._answers(data)
        self.fees = cases.fees(self.version, case=self.case, channel=Channel.DIRECT)
        total = _total(self.fees, self.case)
        self.taken = TakenForm(data, initial=initial.get("taken"), total=total) if total else None

    def _answers(self, data: Any, *, quiet: bool = False, draft: bool = False) -> told.AnswersForm:
        """The form of the procedure; `quiet`, it shows again what was typed and judges nothing."""
        line = {one.key: f"Ghi số bản hoặc gửi tệp ở dòng “{one.name}” của bảng Giấy tờ." for one in self.components}
        form = told.form_class(self.version.form, papers=line, draft=draft)(data, prefix="form")
        form.quiet = quiet
        return form

    def _show_again(self, data: Any, person: dict[str, Any], papers: dict[str, Any]) -> None:
        """The page with all that was typed, and no error yet."""
        self._make(None, person=person, papers=papers, taken={"receipt_number": data.get("receipt_number", "")})
        self.answers = self._answers(data, quiet=True)

    def _begin_at(self, field: str) -> None:
        self.person.fields[field].widget.attrs["autofocus"] = True

    def _begin_behind_person(self) -> None:
        """The person is known already: the first thing that is asked anew."""
        first = next(iter([*self.answers.fields.values(), *self.papers.fields.values()]))
        first.widget.attrs["autofocus"] = True

    def _take(self, data: Any, files: MultiValueDict) -> None:
        """Store what was scanned at once, so that a wrong word elsewhere does not cost a second scan."""
        # What was scanned or counted under another case stays on the page, as a paper brought besides.
        for component in self.version.components.all():
            if component not in self.components and _brought(str(component.pk), data, files):
                self.components.append(component)
        self._make(data)
        for key in self.keys():
            again = keeping.again(data.getlist(f"giu-{key}"), by=self.officer)
            sent, self.wrong[key] = keeping.store(files.getlist(f"tep-{key}"), by=self.officer, at=self.at)
            self.kept[key] = [*again, *sent]

    def keys(self) -> list[str]:
        return [str(component.pk) for component in self.components] + [f"other_{n}" for n in range(1, OTHERS + 1)]

    # What the page shows

    @property
    def forms(self) -> list[forms.Form]:
        return [self.person, self.papers, self.answers, *filter(None, [self.taken])]

    @property
    def errors(self) -> bool:
        return any(form.errors for form in self.forms) or any(self.wrong.values())

    def non_field_errors(self) -> list[str]:
        own = [str(error) for form in self.forms for error in form.non_field_errors()]
        return own + [error for errors in self.wrong.values() for error in errors]

    def __iter__(self):
        for form in self.forms:
            yield from form

    def lines(self) -> list[PaperLine]:
        of_procedure = [
            PaperLine(
                component.name,
                " · ".join(filter(None, (component.case, component.note))),
                cases.required(component, self.case),
                self.papers[f"originals_{component.pk}"],
                self.papers[f"copies_{component.pk}"],
                None,
                str(component.pk),
                self.kept.get(str(component.pk), []),
                self.wrong.get(str(component.pk), []),
            )
            for component in self.components
        ]
        others = [
            PaperLine(
                f"Giấy tờ khác {n}",
                "",
                False,
                self.papers[f"originals_other_{n}"],
                self.papers[f"copies_other_{n}"],
                self.papers[f"other_{n}"],
                f"other_{n}",
                self.kept.get(f"other_{n}", []),
                self.wrong.get(f"other_{n}", []),
            )
            for n in range(1, OTHERS + 1)
        ]
        return of_procedure + others

    def questions(self) -> list[dict[str, Any]]:
        return told.questions(self.answers)

    @property
    def more(self) -> bool:
        """Whether the part about a submitter, an organisation or the post has something to show."""
        names = ("submitter_name", "submitter_id_number", "owner_kind", "posted_number", "posted_on")
        fields = (self.person[name] for name in names)
        return any(field.errors or field.value() not in (None, "", OwnerKind.CITIZEN) for field in fields)

    # What the officer does

    def read(self, data: Any) -> None:
        """Read the scanned card or look the ID number up, and show the page again with all that was typed."""
        typed = {**_typed(self.person, data), "qr": data.get("qr", "")}
        person, self.said, self.offer = filled(typed, self.officer, take=data.get("read") == "known")
        self._show_again(data, person, _typed(self.papers, data))
        self.suspects = duplicates.of_person(known_of(person), self.version.procedure, self.officer, self.at)
        asked = ("owner_id_number", "owner_name", "phone", "address")
        if not self.offer:  # otherwise its button waits for Enter
            self._begin_at(next((name for name in asked if not person.get(name)), "phone"))

    def choose_case(self, data: Any) -> None:
        """Show the papers of the case that was chosen, with all that was typed; what its papers expect is counted anew."""
        papers = {name: value for name, value in _typed(self.papers, data).items() if value not in (None, "")}
        self._show_again(data, _typed(self.person, data), papers)

    def one_more_or_less(self, data: Any, changed: Any) -> None:
        """A group of questions got one item more or less; everything else stands as it was typed."""
        self._show_again(data, _typed(self.person, data), _typed(self.papers, data))
        self.answers = self._answers(changed, quiet=True)

    def refuse(self, data: Any, field: str, why: str) -> None:
        """Show the page again as it was typed, with one error and no other."""
        self._show_again(data, _typed(self.person, data), _typed(self.papers, data))
        self._begin_at(field)
        self.person.errors[field] = self.person.error_class([why], field_id=self.person[field].auto_id)

    def is_valid(self) -> bool:
        valid = [form.is_valid() for form in self.forms]
        if all(valid):
            self._expect_papers()
        return all(valid) and not self.errors

    def _expect_papers(self) -> None:
        """At the counter a dossier is complete before it is accepted (NĐ 61/2018/NĐ-CP Điều 17)."""
        there = {one.component for one in self.brought()}
        needed = told.needed_papers(self.version.form, self.answers.answers())
        for component in self.components:
            required = cases.required(component, self.case) or component.key in needed
            if required and component not in there:
                self.papers.add_error(
                    f"originals_{component.pk}",
                    f"“{component.name}” là giấy tờ bắt buộc. Hãy ghi số bản, hoặc hướng dẫn người nộp bổ sung rồi tiếp nhận sau.",
                )

    def brought(self) -> list[Brought]:
        counted = self.papers.cleaned_data
        papers = []
        for key in self.keys():
            component = next((one for one in self.components if str(one.pk) == key), None)
            name = component.name if component else counted.get(key, "")
            originals, copies = counted.get(f"originals_{key}") or 0, counted.get(f"copies_{key}") or 0
            files = [(one.stored, one.name) for one in self.kept.get(key, [])]
            if name and (originals or copies or files):
                papers.append(Brought(component, name, originals, copies, files))
        return papers

    def receive(self) -> tuple[Dossier, str]:
        """Receive once, put the dossier on the receipt of the one before, note the money; what may not be is said."""
        dossier = self._receive()
        refused = []
        try:
            if self.after:
                together.join(dossier, after=self.after, by=self.officer, at=self.at)
        except Refusal as refusal:
            refused.append(f"Hồ sơ có giấy hẹn riêng. {refusal}")
        try:
            self._note_money(dossier)
        except Refusal as refusal:
            refused.append(f"Chưa ghi nhận tiền đã thu. {refusal}")
        return dossier, " ".join(refused)

    def _note_money(self, dossier: Dossier) -> None:
        """What was taken under one receipt; pressed twice, it is noted once."""
        number = self.taken.cleaned_data["receipt_number"] if self.taken else ""
        if not number or dossier.fee_receipts.filter(number=number, cancelled_at=None).exists():
            return
        lines = [line_of(fee, fee.amount or 0) for fee in self.fees]
        collecting.collect(dossier, lines=lines, number=number, by=self.officer, at=self.at)

    def _receive(self) -> Dossier:
        """The page named the dossier beforehand, so that a second click finds the first one's."""
        if dossier := self._done():
            return dossier
        try:
            return intake.receive(
                self.version,
                agency=self.agency,
                by=self.officer,
                at=self.at,
                papers=self.brought(),
                public_id=self.public_id,
                case=self.case,
                form=self.answers.answers(),
                posted=self.person.posted(),
                received_at=self.received_at,
                **self.person.facts(),
            )
        except IntegrityError:
            if dossier := self._done():
                return dossier
            raise

    def _done(self) -> Dossier | None:
        return Dossier.objects.handled_by(self.officer).filter(public_id=self.public_id).first()


def _total(fees: list[Fee], case: str) -> int:
    """What is paid in all, where the catalogue names the sum of everything; else nothing can be said beforehand."""
    if any(fee.amount is None or (fee.case and fee.case != case) for fee in fees):
        return 0
    return sum(fee.amount or 0 for fee in fees)


def known_of(person: dict[str, Any]) -> Dossier:
    """What was read or typed of the person so far, to ask whether the same was filed before."""
    born = person.get("owner_birth_date")
    return Dossier(
        owner_name=person.get("owner_name") or "",
        owner_id_number=(person.get("owner_id_number") or "").replace(" ", ""),
        phone=person.get("phone") or "",
        owner_birth_date=born if isinstance(born, date) else None,
    )


def _brought(key: str, data: Any, files: MultiValueDict) -> bool:
    """Whether a paper left the desk's page with a file."""
    return bool(data.getlist(f"giu-{key}") or files.getlist(f"tep-{key}"))


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        return uuid4()


def _typed(form: forms.Form, data: Any) -> dict[str, Any]:
    """What was typed into a form, as it was typed."""
    return {
        name: field.widget.value_from_datadict(data, MultiValueDict(), form.add_prefix(name))
        for name, field in form.fields.items()
    }
