"""All that an officer sees of one dossier on one screen (một hồ sơ trên một màn hình)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.catalogue import forms
from motcua.catalogue.models import Channel
from motcua.dossiers import acts, clock, collecting, opinions, posting, processing, timeline, together
from motcua.dossiers import papers as paper_rules
from motcua.dossiers.models import (
    OPEN,
    Apology,
    Dossier,
    Paper,
    PaperFile,
    PostalItem,
    Slip,
    SlipKind,
    State,
    SupplementRequest,
)
from motcua.files import limits
from motcua.files.models import StoredFile
from motcua.refusal import Refusal
from motcua.ui.templatetags.ui import amount_of_time, vn_date, vn_datetime

from .worklists import AT_WORK


class Way(NamedTuple):
    """How one gets to an act: its address below the dossier's, the letter that presses it, and whether it asks for words first."""

    path: str
    key: str
    asks_words: bool = True


WAYS: dict[str, Way] = {
    "accept": Way("tiep-nhan", "t", asks_words=False),
    "hand_to_agency": Way("chuyen-co-quan", "c", asks_words=False),
    "settle_at_once": Way("tra-ket-qua-ngay", "1"),
    "do_step": Way("xong-buoc", "x", asks_words=False),
    "approve": Way("phe-duyet", "d"),
    "finish": Way("ket-qua-ve-mot-cua", "v", asks_words=False),
    "hand_over": Way("tra-ket-qua", "r"),
    "post_result": Way("gui-buu-dien", "2"),
    "take_back": Way("buu-dien-tra-lai", "4"),
    "note_arrival": Way("da-den-noi", "3", asks_words=False),
    "record_answer": Way("ghi-nhan-bo-sung", "g"),
    "request_supplement": Way("yeu-cau-bo-sung", "b"),
    "return_step": Way("tra-lai-buoc", "l"),
    "take": Way("nhan-viec", "6", asks_words=False),
    "give_back": Way("tra-viec", "7"),
    "assign": Way("giao-viec", "8"),
    "request_payment": Way("nghia-vu-tai-chinh", "m"),
    "settle_payment": Way("xac-nhan-nop-tien", "q"),
    "ask_opinion": Way("lay-y-kien", "y"),
    "allow_supplement_again": Way("cho-phep-bo-sung-lan-nua", "a"),
    "draft_apology": Way("soan-xin-loi", "e"),
    "sign_apology": Way("ky-xin-loi", "w", asks_words=False),
    "recall": Way("thu-hoi", "o"),
    "transfer": Way("chuyen-bo-phan", "f"),
    "send_elsewhere": Way("chuyen-noi-khac", "i"),
    "correct": Way("dinh-chinh", "z"),
    "refuse": Way("tu-choi", "h"),
    "withdraw": Way("rut", "u"),
    "stop": Way("dung", "s"),
}
FORWARD = (
    *("accept", "hand_to_agency", "settle_at_once", "do_step", "approve", "finish"),
    *("hand_over", "note_arrival", "record_answer", "settle_payment"),
)
WITH_NOTE = ("hand_to_agency", "do_step")
# What was laid out and never signed is said as long as it may still be signed.
OPEN_TO_APOLOGY = [state for state in OPEN if state != State.READY]


class Act(NamedTuple):
    """An act that can be done now, as a button or a link."""

    name: str
    label: str
    href: str
    key: str
    asks_words: bool
    takes_note: bool
    primary: bool
    goes_by_post: bool  # papers may go to another house


class File(NamedTuple):
    """A file beside its paper, and how the browser can show it."""

    pk: int
    name: str
    size: int
    href: str
    look: str  # "image", "pdf" or "" for what is only downloaded
    added_at: datetime
    replaced_at: datetime | None
    mark: str


class Versions(NamedTuple):
    """A file that came later and one it took the place of."""

    new: File
    old: File


def of(dossier: Dossier, officer: Person, at: datetime, *, chosen: str = "", beside: str = "") -> dict[str, Any]:
    """The context of the page; `chosen` is the mark of the file to show, `beside` of an earlier one to compare it with."""
    running = processing.running_step(dossier, officer)
    done, refused, elsewhere = _acts(dossier, officer)
    requests = list(
        dossier.supplement_requests.select_related("requested_by")
        .prefetch_related("items__paper")
        .order_by("-requested_at")
    )
    payments = list(dossier.payment_requests.order_by("-requested_at"))
    return {
        "dossier": dossier,
        "lateness": clock.lateness(dossier, at),
        "time": time_in_words(dossier, at),
        "running": running,
        "step_holder": processing.holder_of(running) if running else None,
        "beside": [one for one in processing.running_steps(dossier) if one != running],
        "step_runs": dossier.state in AT_WORK,
        "turn": timeline.turn(dossier),
        "shares": clock.bar(dossier, at),
        "owner": _owner(dossier),
        "filing": _filing(dossier),
        "answers": forms.answered(
            dossier.procedure_version.form, dossier.form, papers=paper_rules.asked_about(dossier)
        ),
        **papers(dossier, chosen, beside=beside),
        "acts": done,
        "refused": refused,
        "elsewhere": elsewhere,
        "at_step": running.pk if running else 0,
        "promises": _promises(dossier, at, requests),
        "requests": requests,
        "payments": payments,
        "fees": list(dossier.fee_receipts.select_related("taken_by", "cancelled_by").order_by("pk")),
        "may_collect": _judged(collecting.may_collect, dossier, officer),
        "may_cancel_receipt": _judged(collecting.may_cancel, dossier, officer),
        "opinions": _opinions(dossier, officer, at),
        "apology": _apology(dossier),
        "ends": _ends(dossier),
        "lines": timeline.lines(dossier)[::-1],
        "slips": slips_of(dossier),
        "on_common_receipt": dossier.shares_receipt and bool(together.seen_whole(dossier, officer)),  # type: ignore[attr-defined]
    }


def time_in_words(dossier: Dossier, at: datetime) -> str:
    """The badge of the page: how long there still is, or how long it has been too long."""
    look = clock.lateness(dossier, at)
    moment = dossier.reception_due_at if dossier.state == State.SUBMITTED else dossier.due_at
    if look in (clock.Lateness.WAITING, clock.Lateness.NONE) or moment is None or dossier.finished_at:
        return ""
    if look != clock.Lateness.OVERDUE and moment < at:
        return "Phải xong trong hôm nay"
    words = amount_of_time(abs((at - moment).total_seconds()))
    return f"Quá hạn {words}" if moment < at else f"Còn {words}"


# Who and what ------------------------------------------------------------------------------------------------------


def _owner(dossier: Dossier) -> list[tuple[str, Any]]:
    facts = [
        ("Họ và tên", dossier.owner_name),
        ("Loại", dossier.get_owner_kind_display() if dossier.owner_kind != "1" else ""),
        ("Số giấy tờ", dossier.owner_id_number),
        ("Ngày sinh", vn_date(dossier.owner_birth_date, "short") if dossier.owner_birth_date else ""),
        ("Điện thoại", dossier.phone),
        ("Thư điện tử", dossier.email),
        ("Địa chỉ", dossier.address),
        ("Người nộp thay", " · ".join(filter(None, (dossier.submitter_name, dossier.submitter_id_number)))),
    ]
    return [fact for fact in facts if fact[1]]


def _filing(dossier: Dossier) -> list[tuple[str, Any]]:
    where = dossier.get_return_by_display()
    facts = [
        ("Kênh nộp", dossier.get_channel_display()),
        ("Nộp lúc", vn_datetime(dossier.submitted_at) if dossier.submitted_at else ""),
        ("Lĩnh vực", dossier.procedure_version.field.name),
        ("Trường hợp", dossier.case),
        ("Cơ quan giải quyết", dossier.agency.short_name),
        (
            "Nơi tiếp nhận",
            dossier.reception_agency.short_name if dossier.reception_agency_id != dossier.agency_id else "",
        ),
        ("Tiếp nhận", _by(dossier.accepted_by, dossier.accepted_at)),
        ("Số bộ", dossier.sets if dossier.sets != 1 else ""),
        ("Nhận kết quả", f"{where}: {dossier.return_address}" if dossier.return_address else where),
        *((item.get_carries_display(), _carried(item)) for item in posting.items(dossier)),
    ]
    return [fact for fact in facts if fact[1]]


def _by(person: Person | None, at: datetime | None) -> str:
    return f"{person}, {vn_datetime(at)}" if person and at else ""


def _carried(item: PostalItem) -> str:
    """Since when the post has or had it, its number, and how it ended."""
    given = f"Bưu gửi {item.number}, {vn_date(item.given_at, 'short')}"
    if item.came_back_at:
        return f"{given}; bưu điện trả lại {vn_datetime(item.came_back_at)}: {item.came_back_why}"
    if item.arrived_at:
        return f"{given}; đến {vn_datetime(item.arrived_at)}"
    return f"{given}; đang trên đường"


def _ends(dossier: Dossier) -> list[tuple[str, list[tuple[str, Any]]]]:
    """The decision, the hand-over, the ending: what came of it."""
    ends: list[tuple[str, list[tuple[str, Any]]]] = []
    if decision := getattr(dossier, "decision", None):
        facts = [
            ("Kết quả", "Đồng ý giải quyết" if decision.granted else "Từ chối giải quyết"),
            ("Số, ký hiệu", decision.number),
            ("Trích yếu", decision.summary),
            ("Phê duyệt", _by(decision.decided_by, decision.decided_at)),
        ]
        ends.append(("Kết quả", facts))
    if hand_over := getattr(dossier, "hand_over", None):
        who = " · ".join(filter(None, (hand_over.recipient_name, hand_over.recipient_id_number)))
        facts = [
            ("Người nhận", who),
            ("Điện thoại", hand_over.recipient_phone),
            ("Cách trả", hand_over.get_method_display()),
            ("Giấy tờ gốc thu lại", hand_over.taken_back),
            ("Trả", _by(hand_over.by, hand_over.at)),
        ]
        ends.append(("Đã trả kết quả", facts))
    for wrong in dossier.corrected_decisions.all():
        facts = [
            ("Số, ký hiệu", wrong.number),
            ("Phê duyệt", _by(wrong.decided_by, wrong.decided_at)),
            ("Xử lý xong", vn_datetime(wrong.finished_at)),
            ("Lý do đính chính", wrong.reason),
            ("Đính chính", _by(wrong.corrected_by, wrong.corrected_at)),
        ]
        ends.append(("Kết quả đã thu về để đính chính", facts))
    if ending := getattr(dossier, "ending", None):
        facts = [
            ("Lý do", ending.reason),
            ("Căn cứ", ending.legal_basis),
            ("Người thực hiện", _by(ending.by, ending.at)),
        ]
        ends.append((dossier.get_state_display(), facts))
    return [(title, [fact for fact in facts if fact[1]]) for title, facts in ends]


def _opinions(dossier: Dossier, officer: Person, at: datetime) -> list[dict[str, Any]]:
    """What was asked of others and what they said; whoever is asked finds the way to answer here."""
    asked = dossier.opinions.select_related("unit__agency", "asked_by", "answered_by", "waived_by", "file")
    return [
        {
            "opinion": one,
            "awaited": _judged(opinions.expect_awaited, one),
            "late": opinions.is_late(one, at),
            "may_answer": _judged(opinions.may_answer, one, officer),
            "may_waive": officer.may(Can.WAIVE_OPINION) and _judged(opinions.may_waive, one, officer),
        }
        for one in asked.order_by("-asked_at", "-pk")
    ]


def _judged(guard: Callable[..., None], *about: Any) -> bool:
    try:
        guard(*about)
    except Refusal:
        return False
    return True


def _apology(dossier: Dossier) -> dict[str, Any] | None:
    """The apology as far as it has come."""
    apology = Apology.objects.filter(dossier=dossier).select_related("drafted_by", "signed_by").first()
    if apology is None or (apology.signed_at is None and dossier.state not in OPEN_TO_APOLOGY):
        return None
    return {"apology": apology, "in_time": _signed_in_time(apology)}


def _signed_in_time(apology: Apology) -> bool:
    """Signed and sent at the latest one day before the promised date (NĐ 61/2018/NĐ-CP Điều 19)."""
    if apology.signed_at is None:
        return False
    return timezone.localdate(apology.signed_at) < timezone.localdate(apology.due_before)


def _promises(dossier: Dossier, at: datetime, asked: list[SupplementRequest]) -> list[tuple[str, str]]:
    """The first date, each move with its reason, the date that holds now, and how the national portal counts it."""
    promises = []
    if dossier.state == State.SUBMITTED and dossier.reception_due_at:
        promises.append(("Trả lời tiếp nhận trước", vn_datetime(dossier.reception_due_at)))
    if dossier.first_due_at:
        promises.append(("Hẹn trả lần đầu", vn_datetime(dossier.first_due_at)))
    if dossier.first_due_at != dossier.due_at:
        for move in dossier.due_date_moves.order_by("moved_at", "pk"):
            promises.append((f"Dời {timezone.localdate(move.moved_at):%d/%m}: {move.reason}", vn_datetime(move.after)))
    if dossier.renewed_due_at:
        promises.append(("Hẹn lại sau xin lỗi", vn_datetime(dossier.renewed_due_at)))
    if dossier.accepted_at and not dossier.due_at:
        promises.append(("Hẹn trả", "Thủ tục không quy định thời hạn"))
    if dossier.finished_at:
        promises.append(("Kết thúc xử lý", vn_datetime(dossier.finished_at)))
    if dossier.due_at:
        kept = clock.on_time_by_the_minute(dossier, at, asked)
        promises.append(("Cổng quốc gia tính (QĐ 766)", "Đúng hạn" if kept else "Quá hạn"))
    return promises


# Papers ------------------------------------------------------------------------------------------------------------


def papers(dossier: Dossier, chosen: str, *, result_first: bool = False, beside: str = "") -> dict[str, Any]:
    """The papers, the file that lies open, and an earlier one of the same paper beside it when that was asked for."""
    every = _papers(dossier)
    shown = _shown(every[::-1] if result_first else every, chosen)
    if shown:
        files = shown["paper"]["files"]
        shown["versions"] = _versions(files, shown["file"])
        other = next((one for one in files if one.mark == beside and one != shown["file"]), None)
        shown["beside"] = other
        shown["both"] = sorted(filter(None, (shown["file"], other)), key=lambda one: one.added_at)
    return {"papers": every, "shown": shown}


def _versions(files: list[File], file: File) -> Versions | None:
    """What the open file took the place of; for one that was replaced, what lies there now."""
    if file.replaced_at:
        later = [one for one in files if one.replaced_at is None and one.added_at > file.added_at]
        return Versions(later[0], file) if later else None
    earlier = [one for one in files if one.replaced_at and one.added_at < file.added_at]
    return Versions(file, earlier[-1]) if earlier else None


def _papers(dossier: Dossier) -> list[dict[str, Any]]:
    """Every paper with its counts and files; the result, when it has a file, stands last."""
    files = Prefetch("files", queryset=PaperFile.objects.select_related("file").order_by("position", "pk"))
    papers: list[dict[str, Any]] = [
        {
            "name": paper.name,
            # Online nobody counts sheets; what was sent is what lies there.
            "counts": counts(paper) if dossier.channel != Channel.ONLINE else "",
            "later": paper.bring_later,
            # What counts now stands before what it replaced.
            "files": [
                _file(dossier, one.pk, one.file, one.name, one.added_at, one.replaced_at)
                for one in sorted(paper.files.all(), key=lambda one: one.replaced_at is not None)
            ],
        }
        for paper in dossier.papers.prefetch_related(files)
    ]
    decision = getattr(dossier, "decision", None)
    if decision and decision.file:
        href = reverse("counter:result_file", args=[dossier.code])
        result = _shown_as(decision.file, decision.file_name, href, "ket-qua", decision.decided_at)
        papers.append({"name": f"Kết quả {decision.number}", "counts": "", "later": False, "files": [result]})
    return papers


def counts(paper: Paper) -> str:
    parts = [f"{paper.originals} bản chính"] if paper.originals else []
    parts += [f"{paper.copies} bản sao"] if paper.copies else []
    return ", ".join(parts)


def _file(
    dossier: Dossier, pk: int, stored: StoredFile, name: str, added_at: datetime, replaced_at: datetime | None
) -> File:
    href = reverse("counter:paper_file", args=[dossier.code, pk])
    return _shown_as(stored, name, href, str(pk), added_at, replaced_at)


def _shown_as(
    stored: StoredFile, name: str, href: str, mark: str, added_at: datetime, replaced_at: datetime | None = None
) -> File:
    kind = limits.ALLOWED[stored.media_type]
    look = "" if not kind.shown_in_browser else "pdf" if stored.media_type == "application/pdf" else "image"
    return File(stored.pk, name, stored.size, href, look, added_at, replaced_at, mark)


def _shown(papers: list[dict[str, Any]], chosen: str) -> dict[str, Any] | None:
    """The file that lies open: the one asked for, else the first that the browser can show."""
    all_of_them = [(paper, file) for paper in papers for file in paper["files"]]
    for paper, file in all_of_them:
        if file.mark == chosen:
            return {"paper": paper, "file": file}
    if chosen:
        return None
    for paper, file in all_of_them:
        if file.look and file.replaced_at is None:
            return {"paper": paper, "file": file}
    return None


# Acts --------------------------------------------------------------------------------------------------------------


Reasons = list[dict[str, Any]]


def _acts(dossier: Dossier, officer: Person) -> tuple[list[Act], Reasons, Reasons]:
    """What can be done as buttons, one of them primary; what would lead on now and cannot, by reason; and the rest."""
    judged = acts.acts(dossier, officer)
    allowed = [one for one in judged if one.allowed]
    first = next((one.name for one in allowed if one.name in FORWARD), "")
    done = [
        Act(
            one.name,
            one.label,
            href=reverse(f"counter:{one.name}", args=[dossier.code]),
            key=WAYS[one.name].key,
            asks_words=WAYS[one.name].asks_words,
            takes_note=one.name in WITH_NOTE,
            primary=one.name == first,
            goes_by_post=one.name == "hand_to_agency" and dossier.agency_id != dossier.reception_agency_id,
        )
        for one in allowed
    ]
    not_now = [one for one in judged if not one.allowed]
    return (
        done,
        _by_reason([one for one in not_now if one.of_this_state and one.name in FORWARD]),
        _by_reason([one for one in not_now if not (one.of_this_state and one.name in FORWARD)]),
    )


def _by_reason(refused: list[acts.Act]) -> Reasons:
    """One sentence for all it speaks of."""
    refused.sort(key=lambda one: one.why_not)
    return [
        {"reason": reason, "labels": [one.label for one in those]}
        for reason, those in groupby(refused, key=lambda one: one.why_not)
    ]


# Slips -------------------------------------------------------------------------------------------------------------


def slips_of(dossier: Dossier) -> list[dict[str, Any]]:
    """The slips issued, the newest first, each by the title of its form set."""
    issued = Slip.objects.filter(dossier=dossier).select_related("form_set", "issued_by").order_by("-issued_at", "-pk")
    return [
        {
            "title": slip.form_set.slips.get(slip.kind, {}).get("title", SlipKind(slip.kind).label),
            "number": slip.form_set.slips.get(slip.kind, {}).get("number", ""),
            "kind": slip.kind,
            "href": reverse("counter:slip", args=[dossier.code, slip.pk]),
            "at": slip.issued_at,
            "by": slip.issued_by,
        }
        for slip in issued
    ]
