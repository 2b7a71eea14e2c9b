"""Two dossiers side by side, so that an officer sees whether they are the same matter (so sánh hồ sơ nghi trùng)."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from motcua.accounts.models import Person
from motcua.catalogue import forms
from motcua.dossiers import acts, duplicates
from motcua.dossiers import papers as paper_rules
from motcua.dossiers.models import Dossier
from motcua.refusal import Refusal
from motcua.ui.templatetags.ui import vn_date, vn_datetime

# How a dossier that is the same as an earlier one ends; each is a step of its own with its own guard.
ENDINGS = ("refuse", "withdraw", "stop")
OF_THE_FILING = ("Tình trạng", "Nộp lúc", "Kênh nộp", "Cơ quan giải quyết")


class Row(NamedTuple):
    """What both say to one thing, and whether they say the same; of a state or an hour that is said of no one."""

    label: str
    left: str
    right: str
    told_of_person: bool = True

    @property
    def same(self) -> bool:
        return self.told_of_person and bool(self.left) and self.left.casefold() == self.right.casefold()


def facts(one: Dossier, other: Dossier) -> list[Row]:
    """What is known of owner and filing."""
    told = [_facts(one), _facts(other)]
    rows = [Row(label, told[0][label], told[1][label], label not in OF_THE_FILING) for label in told[0]]
    return [row for row in rows if row.left or row.right]


def _facts(dossier: Dossier) -> dict[str, str]:
    return {
        "Tình trạng": dossier.get_state_display(),
        "Nộp lúc": vn_datetime(dossier.submitted_at) if dossier.submitted_at else "",
        "Kênh nộp": dossier.get_channel_display(),
        "Cơ quan giải quyết": dossier.agency.short_name,
        "Trường hợp": dossier.case,
        "Chủ hồ sơ": dossier.owner_name,
        "Số giấy tờ": dossier.owner_id_number,
        "Ngày sinh": vn_date(dossier.owner_birth_date, "short") if dossier.owner_birth_date else "",
        "Điện thoại": dossier.phone,
        "Địa chỉ": dossier.address,
        "Người nộp thay": dossier.submitter_name,
    }


def answers(one: Dossier, other: Dossier) -> list[Row]:
    """What both filled in, by the question; a question only one was asked stands too."""
    told = [
        {
            str(label): str(answer)
            for label, answer in forms.answered(
                dossier.procedure_version.form, dossier.form, papers=paper_rules.asked_about(dossier)
            )
        }
        for dossier in (one, other)
    ]
    return [Row(label, told[0].get(label, ""), told[1].get(label, "")) for label in dict.fromkeys([*told[0], *told[1]])]


def papers(one: Dossier, other: Dossier) -> list[list[dict[str, Any]]]:
    """The papers of each, every file marked that the other has too, whatever its name."""
    both = duplicates.same_files(one, other)
    return [
        [
            {
                "name": paper.name,
                "files": [
                    {
                        "name": file.name,
                        "href": reverse("counter:paper_file", args=[dossier.code, file.pk]),
                        "same": file.file_id in both,
                    }
                    for file in paper.files.all()
                    if file.replaced_at is None
                ],
            }
            for paper in dossier.papers.prefetch_related("files")
        ]
        for dossier in (one, other)
    ]


def ways_to_end(later: Dossier, earlier: Dossier, officer: Person) -> tuple[list[dict[str, str]], str]:
    """The existing steps that may end the later one now, with the reason written already; or why there is none."""
    try:
        duplicates.reason(later, earlier)
    except Refusal as refusal:
        return [], str(refusal)
    judged = [one for one in acts.acts(later, officer) if one.name in ENDINGS]
    query = urlencode({"trung": earlier.code})
    ways = [
        {"label": one.label, "href": f"{reverse(f'counter:{one.name}', args=[later.code])}?{query}"}
        for one in judged
        if one.allowed
    ]
    return ways, "" if ways else " ".join(dict.fromkeys(one.why_not for one in judged))
