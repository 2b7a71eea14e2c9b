"""Paper forms issued for a dossier: which, under which form set, and what stands on them (phiếu đã lập)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.catalogue import cases, forms
from motcua.catalogue.models import Channel, ProcessStep
from motcua.organisations import offices
from motcua.organisations.models import Agency, AgencyKind, Unit, UnitKind

from . import paper_forms, rules
from .models import (
    ClockInterval,
    ClockOwner,
    Dossier,
    FormSet,
    Outcome,
    OwnerKind,
    Paper,
    ReturnBy,
    Slip,
    SlipKind,
    StepInterval,
    SupplementItem,
)
from .paper_forms import (
    ControlSheet,
    Count,
    Handover,
    LetterSheet,
    PaperLine,
    ReceiptSheet,
    RefusalSheet,
    Sheet,
    SupplementSheet,
)
from .paper_forms.words import day_in_words, moment_in_words, money

CENTRE = AgencyKind.CENTRE.label
DESK = "Bộ phận Tiếp nhận và Trả kết quả"
DEMONSTRATION_MARK = "Dữ liệu trình diễn, cơ cấu năm 2021. Không có giá trị sử dụng."
LEVEL_WORDS = ("Tỉnh ", "Thành phố ", "Quận ", "Huyện ", "Thị xã ", "Phường ", "Xã ", "Thị trấn ", "Đặc khu ")


def issue(dossier: Dossier, kind: SlipKind, *, by: Person, at: datetime) -> Slip:
    """Issue a slip under the form set of that day (TT 01/2018/TT-VPCP, TT 03/2025/TT-VPCP)."""
    slip = filled(dossier, kind, rules.forms_on(timezone.localdate(at)), by=by, at=at)
    slip.save()
    return slip


def filled(dossier: Dossier, kind: SlipKind, form_set: FormSet, *, by: Person, at: datetime) -> Slip:
    return Slip(dossier=dossier, kind=kind, form_set=form_set, issued_at=at, issued_by=by)


def pdf(slip: Slip, *, follow_address: str = "") -> bytes:
    """The slip to print; `follow_address` is the page that follows this dossier, for the QR."""
    return paper_forms.pdf(sheet(slip, follow_address=follow_address))


def sheet(slip: Slip, *, follow_address: str = "") -> Sheet:
    """What stands on the slip."""
    return SHEETS[SlipKind(slip.kind)](slip, _heading(slip, follow_address))


def number(slip: Slip) -> str:
    """The number as the form words it; the figure itself is given by hand, from the register (số phiếu)."""
    if slip.kind == SlipKind.RECEIPT:
        return "……/TTPVHCC" if _office(slip).label == CENTRE else "……/BPTNTKQ"
    return NUMBERS.get(SlipKind(slip.kind), "……")


NUMBERS = {SlipKind.SUPPLEMENT: "……/HDHS", SlipKind.APOLOGY: "……/PXL-……", SlipKind.STOP: "……/TB-……"}


# The heading, the same on every form ---------------------------------------------------------------------------------


class Office(NamedTuple):
    """The office that received, as forms name it: who stands above it, what it is, whose it is."""

    above: str
    label: str
    whose: str


def _office(slip: Slip) -> Office:
    agency = slip.dossier.reception_agency
    if agency.kind == AgencyKind.CENTRE:
        return Office(
            heading_name(committee_above(agency)), CENTRE, agency.name.removeprefix(CENTRE).strip() or agency.name
        )
    desk = offices.one_stop_unit(agency, timezone.localdate(slip.issued_at))
    return Office(heading_name(agency), CENTRE if desk.name.startswith(CENTRE) else DESK, agency.name)


def committee_above(agency: Agency) -> Agency:
    """The People's Committee over a centre, or the highest body there is."""
    while agency.parent and agency.kind != AgencyKind.PEOPLES_COMMITTEE:
        agency = agency.parent
    return agency


def heading_name(agency: Agency) -> str:
    """A committee that names its district takes two lines."""
    return agency.name.replace(", ", ",\n") if agency.kind == AgencyKind.PEOPLES_COMMITTEE else agency.name


def _heading(slip: Slip, follow_address: str) -> dict[str, Any]:
    dossier, office = slip.dossier, _office(slip)
    form = slip.form_set.slips[slip.kind]
    return {
        "form": f"Mẫu số {form['number']} – {slip.form_set.legal_basis}",
        "title": form["title"],
        "above": office.above,
        "office": office.label,
        "number": number(slip),
        "place": place_of_signing(dossier.reception_agency),
        "day": day_in_words(timezone.localdate(slip.issued_at)),
        "code": dossier.code,
        "owner": dossier.owner_name,
        "address": dossier.address,
        "phone": dossier.phone,
        "email": dossier.email,
        "request": dossier.procedure_name,
        "follow_address": follow_address,
        "mark": DEMONSTRATION_MARK if settings.DEMONSTRATION else "",
    }


def place_of_signing(agency: Agency) -> str:
    """Where a paper is signed: the name of the place, with its level only where the name is a number (NĐ 30/2020/NĐ-CP)."""
    name = agency.place.name if agency.place else ""
    for level in LEVEL_WORDS:
        bare = name.removeprefix(level)
        if bare != name and not bare.isdigit():
            return bare
    return name


def signer(dossier: Dossier) -> str:
    """Who signs as the one who filed; for a firm that named nobody the line stays empty."""
    if dossier.submitter_name:
        return dossier.submitter_name
    return dossier.owner_name if dossier.owner_kind == OwnerKind.CITIZEN else ""


# Mẫu số 01 -----------------------------------------------------------------------------------------------------------


def _receipt(slip: Slip, heading: dict[str, Any]) -> Sheet:
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả; it shows the first due date, however often that moved since."""
    dossier, office = slip.dossier, _office(slip)
    term = dossier.procedure_version.term(dossier.channel, dossier.agency.level)
    return ReceiptSheet(
        **heading,
        office_label=office.label,
        office_name=office.whose,
        id_number=dossier.owner_id_number,
        papers=_papers(slip),
        sets=f"{dossier.sets} (bộ)",
        term=str(term) if term else "",
        received_at=moment_in_words(dossier.accepted_at),
        due_at=moment_in_words(dossier.first_due_at),
        return_at=_return_at(dossier, office),
        fee=_fee(dossier),
        submitter=signer(dossier),
        officer=slip.issued_by.full_name,
        as_table=slip.form_set.slips[slip.kind].get("layout") == "table",
    )


def _papers(slip: Slip) -> list[PaperLine]:
    """The papers as they were received; an online filing has none for what its applicant left out."""
    dossier = slip.dossier
    papers = dossier.papers.order_by("position").prefetch_related("files")
    if dossier.channel != Channel.ONLINE:
        return [PaperLine(name=paper.name, counts=counts(paper)) for paper in papers]
    lines = []
    for paper in papers:
        files = [
            one
            for one in paper.files.all()
            if one.added_at <= slip.issued_at and (one.replaced_at is None or one.replaced_at > slip.issued_at)
        ]
        if files:
            lines.append(PaperLine(name=paper.name, counts=[Count(kind="Bản điện tử", amount=str(len(files)))]))
        elif paper.bring_later:
            lines.append(PaperLine(name=f"{paper.name} (sẽ mang đến)", counts=counts(paper)))
    return lines


def counts(paper: Paper) -> list[Count]:
    """Originals and copies; with neither counted the officer writes them in."""
    counted = (("Bản chính", paper.originals), ("Bản sao", paper.copies))
    return [Count(kind=kind, amount=str(amount)) for kind, amount in counted if amount]


def _return_at(dossier: Dossier, office: Office) -> str:
    if dossier.return_by == ReturnBy.POST:
        return f"Tại nhà (qua dịch vụ bưu chính công ích), {dossier.return_address or dossier.address}"
    if dossier.return_by == ReturnBy.ONLINE:
        return ReturnBy.ONLINE.label
    agency = dossier.reception_agency
    return agency.name if agency.kind == AgencyKind.CENTRE else f"{office.label}, {agency.name}"


def _fee(dossier: Dossier) -> str:
    """The fees of the case and channel where nothing about them is open; else the officer writes in what is to be paid."""
    version = dossier.procedure_version
    fees = cases.fees(version, case=dossier.case, channel=dossier.channel)
    told = []
    for fee in fees:
        if fee.amount is None or (fee.case and fee.case != dossier.case and len(fees) > 1):
            return ""
        told.append(f"{fee.name}: {money(fee.amount)}" if fee.name else money(fee.amount))
    return "; ".join(told)


# Mẫu số 02, 03 -------------------------------------------------------------------------------------------------------


def _supplement(slip: Slip, heading: dict[str, Any]) -> Sheet:
    """Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ, of the request made when the slip was issued."""
    asked = slip.dossier.supplement_requests.filter(requested_at__lte=slip.issued_at).order_by("requested_at").last()
    assert asked is not None  # the slip is issued by the request
    labels = {row["key"]: row["label"] for row in forms.fields(slip.dossier.procedure_version.form)}
    return SupplementSheet(
        **heading,
        items=[_item(item, labels) for item in asked.items.select_related("paper").order_by("id")],
        reason=asked.reason,
        answer_by=f"đến hết {day_in_words(asked.answer_by)}",
        contact=asked.requested_by.full_name,
        contact_phone="",
        officer=slip.issued_by.full_name,
    )


def _item(item: SupplementItem, labels: dict[str, str]) -> str:
    about = item.paper.name if item.paper else labels.get(item.field, "")
    return f"{about}: {item.what}" if about and not item.what.startswith(about) else item.what


def _refusal(slip: Slip, heading: dict[str, Any]) -> Sheet:
    """Phiếu từ chối tiếp nhận giải quyết hồ sơ."""
    ending, office = slip.dossier.ending, _office(slip)
    return RefusalSheet(
        **heading,
        office_label=office.label,
        office_name=office.whose,
        reason=f"{ending.reason}\nCăn cứ: {ending.legal_basis}" if ending.legal_basis else ending.reason,
        submitter=signer(slip.dossier),
        officer=slip.issued_by.full_name,
    )


# Mẫu số 04, 05: the settling agency writes ----------------------------------------------------------------------------


def _letter(slip: Slip, heading: dict[str, Any], paragraphs: list[str]) -> Sheet:
    """A letter of the agency that settles, through the office that received (one-stop.md §2.8)."""
    agency = slip.dossier.agency
    own = {
        "above": heading_name(committee_above(agency.parent)) if agency.parent else "",
        "office": agency.name,
        "place": place_of_signing(agency),
    }
    return LetterSheet(
        **heading | own,
        paragraphs=paragraphs,
        through=slip.dossier.reception_agency.name,
        signer=slip.issued_by.full_name,
    )


def _apology(slip: Slip, heading: dict[str, Any]) -> Sheet:
    """Phiếu xin lỗi và hẹn lại ngày trả kết quả (one-stop.md §3.5); statistics go on with the date promised first."""
    dossier, apology = slip.dossier, slip.apology  # type: ignore[misc]
    agency, owner = dossier.agency.name, dossier.owner_name
    late = apology.signed_at and apology.signed_at > apology.due_before
    assert dossier.accepted_at and apology.renewed_due_at
    return _letter(
        slip,
        heading,
        [
            f"{day_in_words(timezone.localdate(dossier.accepted_at)).capitalize()}, {agency} tiếp nhận giải quyết hồ sơ "
            f"“{dossier.procedure_name}” của {owner}; mã số: {dossier.code}.",
            f"Thời gian hẹn trả kết quả giải quyết hồ sơ: {moment_in_words(apology.due_before)}.",
            f"Tuy nhiên, {agency} {'chưa trả' if late else 'không trả được'} kết quả giải quyết hồ sơ của Ông/Bà/Tổ chức "
            "đúng thời hạn quy định ghi trên Giấy tiếp nhận hồ sơ và hẹn trả kết quả.",
            f"Lý do: {apology.reason}",
            "Sự chậm trễ này đã gây phiền hà, tốn kém chi phí, công sức của Ông/Bà/Tổ chức.",
            f"{agency} xin lỗi Ông/Bà/Tổ chức và sẽ trả kết quả giải quyết hồ sơ vào {moment_in_words(apology.renewed_due_at)}.",
            "Mong nhận được sự thông cảm của Ông/Bà/Tổ chức vì sự chậm trễ này./.",
        ],
    )


def _stop(slip: Slip, heading: dict[str, Any]) -> Sheet:
    """Thông báo dừng giải quyết hồ sơ (TT 03/2025/TT-VPCP mẫu số 05)."""
    dossier = slip.dossier
    ending = dossier.ending
    paragraphs = [
        f"{dossier.agency.name} thông báo dừng giải quyết hồ sơ “{dossier.procedure_name}” của {dossier.owner_name}; "
        f"mã số: {dossier.code}.",
        f"Lý do: {ending.reason}",
    ]
    if ending.legal_basis:
        paragraphs.append(f"Căn cứ: {ending.legal_basis}.")
    return _letter(slip, heading, [*paragraphs, "Xin thông báo cho Ông/Bà/Tổ chức được biết./."])


# Phiếu kiểm soát -----------------------------------------------------------------------------------------------------

# How a step ended, where it did not simply go on.
NOTED = (Outcome.RETURNED, Outcome.APPROVED, Outcome.BROKEN_OFF, Outcome.RECALLED, Outcome.TRANSFERRED)
WAITED = {
    ClockOwner.APPLICANT: "Chờ người nộp",
    ClockOwner.POST: "Ở bưu điện",
    ClockOwner.OUTSIDE: "Đóng cửa theo quyết định",
}


def _control(slip: Slip, heading: dict[str, Any]) -> Sheet:
    """Phiếu kiểm soát quá trình giải quyết hồ sơ; it travels with the dossier, so it tells all that happened so far."""
    dossier = slip.dossier
    steps = list(dossier.step_intervals.select_related("step", "unit__agency", "ended_by").order_by("started_at", "id"))
    ours = {dossier.agency_id, dossier.reception_agency_id}
    others = {step.unit.agency.name: None for step in steps if step.unit.agency_id not in ours}
    return ControlSheet(
        **heading | {"follow_address": ""},
        settling=dossier.agency.name,
        consulted="; ".join(others),
        received_at=moment_in_words(dossier.accepted_at),
        due_at=moment_in_words(dossier.due_at),
        handovers=list(_handovers(dossier, steps, _office(slip))),
    )


def _handovers(dossier: Dossier, steps: list[StepInterval], office: Office) -> Iterator[Handover]:
    """One block for each handover, and one to be filled in by whoever holds the dossier now."""
    desk = CENTRE if office.label == CENTRE else "Bộ phận TN&TKQ"
    waits = list(dossier.clock.filter(owner_kind__in=WAITED))

    def named(unit: Unit) -> str:
        if unit.kind == UnitKind.ONE_STOP:
            return desk
        return unit.name if unit.agency_id == dossier.reception_agency_id else f"{unit.name}, {unit.agency.short_name}"

    def block(given: StepInterval, taker: str, taken: StepInterval | None = None) -> Handover:
        return Handover(
            giver=named(given.unit),
            taker=taker,
            at=moment_in_words(given.ended_at),
            giving_person=given.ended_by.full_name if given.ended_by else "",
            taking_person=_taker(taken),
            outcome=_kept(given),
            note="\n".join(_notes(given, waits)),
        )

    for nth, given in enumerate(steps):
        later = [one for one in steps[nth + 1 :] if _takes_over(one, given)]
        if later:
            # Branches that begin together are handed over together.
            stage = later[0].step.stage
            together = [one for one in later if one.started_at == later[0].started_at and one.step.stage == stage]
            taken = later[:1] if stage is None else together
            yield block(given, "; ".join(dict.fromkeys(named(one.unit) for one in taken)), taken[0])
        elif given.outcome == Outcome.BROKEN_OFF:
            yield block(given, "")
        else:
            yield block(given, _next_holder(given.step) or desk)


def _taker(taken: StepInterval | None) -> str:
    """Who did the step that took over; while it runs, whoever holds it."""
    person = (taken.ended_by or taken.holder) if taken else None
    return person.full_name if person else ""


def _takes_over(one: StepInterval, given: StepInterval) -> bool:
    """Whether a step begins after another had ended, and not in a branch beside it."""
    if given.ended_at is None or one.started_at < given.ended_at:
        return False
    return given.step.stage is None or one.step.stage != given.step.stage or one.step.branch == given.step.branch


def _next_holder(step: ProcessStep) -> str:
    """The unit the process names next; nothing after its last step."""
    following = step.process.steps.filter(position=step.position + 1).select_related("unit").first()
    if following is None:
        return ""
    return following.unit.name if following.unit else following.unit_name or UnitKind(following.unit_kind).label


def _kept(step: StepInterval) -> str:
    """Early, on time or overdue: a step is given hours, so it is overdue by the minute, and early by a day (§2.7)."""
    if step.ended_at is None:
        return ""
    if step.due_at is None or step.ended_at <= step.due_at:
        early = step.due_at and timezone.localdate(step.ended_at) < timezone.localdate(step.due_at)
        return "Trước hạn" if early else "Đúng hạn"
    return "Quá hạn"


def _notes(step: StepInterval, waits: list[ClockInterval]) -> Iterator[str]:
    """What the times alone do not tell: how the step ended, and when the time was not the agency's."""
    if step.outcome in NOTED:
        yield Outcome(step.outcome).label
    for wait in waits:
        if wait.started_at >= step.started_at and (step.ended_at is None or wait.started_at < step.ended_at):
            until = f" đến {_short(wait.ended_at)}" if wait.ended_at else ""
            yield f"{WAITED[ClockOwner(wait.owner_kind)]} từ {_short(wait.started_at)}{until}"


def _short(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M %d/%m/%Y}"


SHEETS: dict[SlipKind, Callable[[Slip, dict[str, Any]], Sheet]] = {
    SlipKind.RECEIPT: _receipt,
    SlipKind.SUPPLEMENT: _supplement,
    SlipKind.REFUSAL: _refusal,
    SlipKind.CONTROL: _control,
    SlipKind.APOLOGY: _apology,
    SlipKind.STOP: _stop,
}
