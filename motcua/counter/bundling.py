"""Several procedures of one person received in one go: the person once, papers and form of each (tiếp nhận hồ sơ liên thông)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.datastructures import MultiValueDict

from motcua.accounts.models import Person
from motcua.catalogue import cases
from motcua.catalogue import forms as told
from motcua.catalogue.models import ProcedureVersion
from motcua.dossiers import bundles, duplicates
from motcua.dossiers.bundles import Wanted
from motcua.dossiers.models import Bundle
from motcua.dossiers.papers import Brought
from motcua.organisations.models import Agency
from motcua.refusal import Refusal

from . import keeping, receiving
from .forms import PersonForm
from .keeping import Kept
from .receiving import OTHERS, PaperLine, PapersForm


class Part:
    """One procedure of the bundle on the page: its papers with their scans, and its form; every name has its number."""

    def __init__(
        self, number: int, version: ProcedureVersion, agency: Agency, data: Any = None, *, quiet: bool = False
    ):
        self.number, self.version, self.agency = number, version, agency
        self.cases = cases.of(version)
        self.case = (cases.named(version, data.get(f"case-{number}", "")) or "") if data is not None else ""
        self.components = cases.papers(version, self.case)
        # What was scanned under another case stays on the page, as a paper brought besides.
        for one in version.components.all():
            if one not in self.components and data is not None and data.getlist(f"giu-{number}-{one.pk}"):
                self.components.append(one)
        self.papers = PapersForm(
            None if quiet else data, components=self.components, case=self.case, prefix=f"p{number}"
        )
        if quiet:
            # What the papers of a case just chosen expect is counted anew.
            anew = ("", "0") if data.get("case_chosen") == str(number) else ()
            typed = {name: data.get(self.papers.add_prefix(name)) for name in self.papers.fields}
            self.papers.initial = {
                name: value for name, value in typed.items() if value is not None and value not in anew
            }
        line = {one.key: f"Ghi số bản hoặc gửi tệp ở dòng “{one.name}” của bảng Giấy tờ." for one in self.components}
        self.answers = told.form_class(version.form, papers=line)(data, prefix=f"form{number}")
        self.answers.quiet = quiet
        self.kept: dict[str, list[Kept]] = {}
        self.wrong: dict[str, list[str]] = {}
        self.suspects = duplicates.NOBODY

    def take(self, data: Any, files: MultiValueDict, officer: Person, at: datetime) -> None:
        """Store what was scanned at once, so that a wrong word elsewhere does not cost a second scan."""
        for key in self.keys():
            again = keeping.again(data.getlist(f"giu-{self.number}-{key}"), by=officer)
            sent, self.wrong[key] = keeping.store(files.getlist(f"tep-{self.number}-{key}"), by=officer, at=at)
            self.kept[key] = [*again, *sent]

    def keys(self) -> list[str]:
        return [str(one.pk) for one in self.components] + [f"other_{n}" for n in range(1, OTHERS + 1)]

    def lines(self) -> list[PaperLine]:
        """Every paper as the page shows it."""
        known = {str(one.pk): one for one in self.components}
        lines = []
        for key in self.keys():
            component = known.get(key)
            lines.append(
                PaperLine(
                    component.name if component else f"Giấy tờ khác {key[-1]}",
                    " · ".join(filter(None, (component.case, component.note))) if component else "",
                    cases.required(component, self.case) if component else False,
                    self.papers[f"originals_{key}"],
                    self.papers[f"copies_{key}"],
                    None if component else self.papers[key],
                    f"{self.number}-{key}",
                    self.kept.get(key, []),
                    self.wrong.get(key, []),
                )
            )
        return lines

    def choices(self) -> list[tuple[str, str, bool]]:
        """The cases to choose among: short name, words, chosen."""
        return [(cases.key(case), case, case == self.case) for case in self.cases]

    def questions(self) -> list[dict[str, Any]]:
        return told.questions(self.answers)

    def is_valid(self) -> bool:
        if not all([self.papers.is_valid(), self.answers.is_valid()]):
            return False
        there = {one.component for one in self.brought()}
        needed = told.needed_papers(self.version.form, self.answers.answers())
        for one in self.components:
            if (cases.required(one, self.case) or one.key in needed) and one not in there:
                self.papers.add_error(
                    f"originals_{one.pk}",
                    f"“{one.name}” là giấy tờ bắt buộc của thủ tục {self.version.name}. "
                    "Hãy ghi số bản, hoặc bỏ thủ tục này ra và tiếp nhận sau.",
                )
        return not self.papers.errors and not any(self.wrong.values())

    def brought(self) -> list[Brought]:
        counted, known = self.papers.cleaned_data, {str(one.pk): one for one in self.components}
        papers = []
        for key in self.keys():
            component = known.get(key)
            name = component.name if component else counted.get(key, "")
            originals, copies = counted.get(f"originals_{key}") or 0, counted.get(f"copies_{key}") or 0
            files = [(one.stored, one.name) for one in self.kept.get(key, [])]
            if name and (originals or copies or files):
                papers.append(Brought(component, name, originals, copies, files))
        return papers

    def wanted(self) -> Wanted:
        return Wanted(self.version, self.agency, self.brought(), self.answers.answers(), self.case)


class BundleReception:
    """The person and every procedure they came for, filled in, judged and received together."""

    def __init__(
        self,
        chosen: Sequence[tuple[ProcedureVersion, Agency]],
        officer: Person,
        *,
        data: Any = None,
        files: MultiValueDict | None = None,
        at: datetime,
    ):
        self.officer, self.at = officer, at
        self.public_id = _uuid(data.get("reception")) if data is not None else uuid4()
        self.said = ""
        self.offer: receiving.Offer | None = None
        changed = told.reshaped(data) if data is not None else None
        # The page comes back as it is: a card was read, a case chosen, or a group of questions got one more or less.
        self.shows_again = data is not None and (changed is not None or "read" in data or "case_chosen" in data)
        shown = data if changed is None else changed
        self.person = PersonForm(None if self.shows_again else data)
        self.parts = [
            Part(number, *one, data=shown, quiet=self.shows_again) for number, one in enumerate(chosen, start=1)
        ]
        if data is None:
            # A card read by a scanner types at once: into the field, and not into shortcuts.
            self.person.fields["qr"].widget.attrs["autofocus"] = True
        if self.shows_again:
            self.person.initial = {name: data[name] for name in self.person.fields if name in data}
            if "read" in data:
                self._read(data)
        if data is not None:
            for part in self.parts:
                part.take(data, files or MultiValueDict(), officer, at)

    def _read(self, data: Any) -> None:
        """Who stands there, by the card or an earlier dossier, and what of theirs may be the same."""
        try:
            read = receiving.filled(self.person.initial, self.officer, take=data["read"] == "known")
        except Refusal as refusal:
            self.said = str(refusal)
            return
        self.person.initial, self.said, self.offer = read
        person = receiving.known_of(self.person.initial)
        for part in self.parts:
            part.suspects = duplicates.of_person(person, part.version.procedure, self.officer, self.at)

    # What the summary of errors asks of a form

    @property
    def forms(self) -> list[forms.BaseForm]:
        return [self.person, *(form for part in self.parts for form in (part.papers, part.answers))]

    @property
    def errors(self) -> bool:
        return any(form.errors for form in self.forms) or any(any(part.wrong.values()) for part in self.parts)

    def non_field_errors(self) -> list[str]:
        own = [str(error) for form in self.forms for error in form.non_field_errors()]
        return own + [error for part in self.parts for errors in part.wrong.values() for error in errors]

    def __iter__(self):
        for form in self.forms:
            yield from form

    @property
    def more(self) -> bool:
        """Whether the part about a submitter has something to show."""
        return any(self.person[name].value() for name in ("submitter_name", "submitter_id_number"))

    def is_valid(self) -> bool:
        return all([self.person.is_valid(), *(part.is_valid() for part in self.parts)])

    def receive(self) -> Bundle:
        return bundles.receive_together(
            [part.wanted() for part in self.parts],
            public_id=self.public_id,
            by=self.officer,
            at=self.at,
            **self.person.facts(),
        )


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        return uuid4()
