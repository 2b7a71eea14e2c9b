"""A one-stop office with its people, and dossiers brought to any state by the real steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.permissions import Role
from motcua.accounts.testing import a_citizen, an_officer
from motcua.catalogue.models import ProcedureVersion
from motcua.catalogue.testing import a_procedure
from motcua.files import storing
from motcua.files.models import StoredFile
from motcua.journal.models import Entry
from motcua.journal.verifying import verify
from motcua.organisations.models import Agency, Unit, UnitKind
from motcua.organisations.testing import a_unit, an_agency
from motcua.worktime.models import load_national_days

from . import intake, papers, posting, processing, results, rules, supplement
from .lifecycle import NEXT, PORTAL_CODE
from .models import OPEN, SETTLING, Apology, ClockOwner, Decision, Dossier, HandOver, ReturnBy, State
from .papers import Brought

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = datetime(2023, 10, 23, 9, 0, tzinfo=VIETNAM)  # an ordinary week under ND107_2021
TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)

# One empty page of A5, which a browser opens.
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 595]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)

RESULT = PDF + b"% as signed\n"  # a result is no paper of its dossier


def it_is(monkeypatch: Any, moment: datetime) -> None:
    """Let every page think it is this moment: the clock is read at the door of a view and nowhere else."""
    monkeypatch.setattr(timezone, "now", lambda: moment)


@dataclass
class OneStop:
    """An agency, its units and one officer for every role; `citizen` files there."""

    agency: Agency
    one_stop: Unit
    professional: Unit
    leaders: Unit
    clerks: Unit
    reception: Person
    officer: Person
    head: Person
    leader: Person
    clerk: Person
    citizen: Person
    version: ProcedureVersion


def a_one_stop(name: str = "Ủy ban nhân dân xã Hùng Đức", *, code: str = "1.001193", **told: Any) -> OneStop:
    """A commune's office that settles one procedure; `told` goes to a_procedure."""
    rules.load_rules()
    load_national_days()
    agency = an_agency(name)
    one_stop = a_unit(agency, UnitKind.ONE_STOP, "Bộ phận Một cửa")
    professional = a_unit(agency, UnitKind.PROFESSIONAL, "Công chức Tư pháp - Hộ tịch")
    leaders = a_unit(agency, UnitKind.LEADERS, "Lãnh đạo Ủy ban nhân dân")
    clerks = a_unit(agency, UnitKind.CLERK, "Văn phòng - Thống kê")
    return OneStop(
        agency=agency,
        one_stop=one_stop,
        professional=professional,
        leaders=leaders,
        clerks=clerks,
        reception=an_officer(one_stop, Role.RECEPTION_OFFICER, "Nguyễn Thị Lan"),
        officer=an_officer(professional, Role.PROCESSING_OFFICER, "Hoàng Văn Hùng"),
        head=an_officer(professional, Role.HEAD_OF_UNIT, "Ma Thị Dung"),
        leader=an_officer(leaders, Role.LEADER, "Trần Quốc Toản"),
        clerk=an_officer(clerks, Role.CLERK, "Phùng Thị Mai"),
        citizen=a_citizen("Lý A Pao"),
        version=a_procedure(code, **told),
    )


def a_stored_file(content: bytes = PDF, *, at: datetime = MONDAY) -> StoredFile:
    """A real stored file."""
    return storing.store(ContentFile(content, name="giay.pdf"), at=at)


def a_draft(office: OneStop, *, at: datetime = MONDAY, **facts: Any) -> Dossier:
    """A complete draft of the office's citizen, not yet filed."""
    dossier = intake.begin(office.version, agency=office.agency, by=office.citizen, at=at)
    dossier = intake.save(dossier, by=office.citizen, at=at, **(owner(office) | facts))
    for paper in dossier.papers.select_related("component"):
        if paper.component and paper.component.required:
            papers.add(paper, a_stored_file(at=at), name="giay.pdf", by=office.citizen, at=at)
    return dossier


def at_step(dossier: Dossier) -> int:
    """The step that stands on an officer's page."""
    running = processing.running_step(dossier)
    assert running is not None  # a dossier being settled is always at a step
    return running.pk


def owner(office: OneStop) -> dict[str, Any]:
    """Who the dossier is of, with the answers the office's form asks."""
    return {
        "owner_name": office.citizen.full_name,
        "owner_id_number": "008885123456",
        "phone": office.citizen.phone,
        "address": "Thôn Khuổi Phát, xã Hùng Đức, huyện Hàm Yên",
        "form": answers(office.version),
    }


def answers(version: ProcedureVersion) -> dict[str, Any]:
    """An answer to every required question of the form."""
    given: dict[str, Any] = {}
    for field in version.form:
        if field["required"]:
            given[field["key"]] = {
                "date": "2022-04-01",
                "choice": field.get("options", [""])[0],
                "choices": field.get("options", [""])[:1],
                "number": "1",
                "money": 1000,
                "phone": "0912345678",
            }.get(field["type"], "Lý Gia Bảo")
    return given


def a_dossier(office: OneStop, state: State = State.IN_PROGRESS, *, at: datetime = MONDAY, **facts: Any) -> Dossier:
    """A dossier filed online and brought to this state by the office's people, a step every half hour from `at`."""
    clock = at

    def then() -> datetime:
        nonlocal clock
        clock += timedelta(minutes=30)
        return clock

    dossier = a_draft(office, at=at, **facts)
    if state == State.DRAFT:
        return dossier
    dossier = intake.submit(dossier, by=office.citizen, at=then())
    if state == State.SUBMITTED:
        return dossier
    if state == State.REFUSED:
        return intake.refuse(dossier, reason="Không thuộc thẩm quyền.", by=office.reception, at=then())
    item = supplement.Item("Bản chụp rõ cả hai mặt")
    if state == State.AWAITING_COMPLETION:
        return supplement.request(dossier, items=[item], reason="Ảnh mờ.", by=office.reception, at=then())
    dossier = intake.accept(dossier, by=office.reception, at=then())
    if state == State.ACCEPTED:
        return dossier
    if state == State.WITHDRAWN:
        return results.withdraw(dossier, reason="Người nộp đề nghị.", by=office.reception, at=then())
    dossier = processing.hand_to_agency(dossier, at_step=at_step(dossier), by=office.reception, at=then())
    if state == State.AWAITING_APPLICANT:
        return supplement.request(dossier, items=[item], reason="Ảnh mờ.", by=office.officer, at=then())
    if state == State.AWAITING_PAYMENT:
        return processing.request_payment(dossier, amount=8000, reason="Lệ phí", by=office.officer, at=then())
    if state == State.STOPPED:
        return processing.stop(dossier, reason="Không đủ điều kiện.", by=office.leader, at=then())
    if state == State.IN_PROGRESS:
        return dossier
    dossier = to_the_end(dossier, office, at=then())
    if state == State.READY:
        return dossier
    return results.hand_over(
        dossier, method=ReturnBy.COUNTER, recipient_name=dossier.owner_name, by=office.reception, at=then()
    )


def to_the_end(dossier: Dossier, office: OneStop, *, at: datetime) -> Dossier:
    """Through every step that is left, approval included, back to the one-stop office."""
    who = {
        Role.PROCESSING_OFFICER: office.officer,
        Role.HEAD_OF_UNIT: office.head,
        Role.LEADER: office.leader,
        Role.CLERK: office.clerk,
    }
    while dossier.state == State.IN_PROGRESS:
        interval = processing.running_step(dossier)
        assert interval is not None
        by = who[Role(interval.step.role)]
        if interval.step.is_approval:
            dossier = processing.approve(dossier, at_step=interval.pk, granted=True, number="12/TLKS", by=by, at=at)
        elif not processing.beyond(interval.step):
            dossier = results.finish(dossier, at_step=interval.pk, by=by, at=at)
        else:
            dossier = processing.do_step(dossier, at_step=interval.pk, by=by, at=at)
    return dossier


def a_walk_in(office: OneStop, *, at: datetime = MONDAY, **facts: Any) -> Dossier:
    """A person received at the counter with every paper the procedure asks."""
    brought = [
        Brought(component, component.name, component.originals, component.copies)
        for component in office.version.components.all()
    ]
    return intake.receive(
        office.version, agency=office.agency, by=office.reception, at=at, papers=brought, **(owner(office) | facts)
    )


# The rules that hold for every dossier at every moment (tính bất biến; one-stop.md §2) ---------------------------------

ENDED = {state for state in State if not NEXT[state]}
WAITING = {
    State.AWAITING_COMPLETION: ClockOwner.APPLICANT,
    State.AWAITING_APPLICANT: ClockOwner.APPLICANT,
    State.AWAITING_PAYMENT: ClockOwner.APPLICANT,
}


def keeps_its_rules(dossier: Dossier) -> None:
    """Ask every rule of a dossier as the database has it."""
    for holds in RULES:
        holds(dossier)


def the_ledger_covers_the_life(dossier: Dossier) -> None:
    """From filing to finish without gap or overlap, and whose time runs is told by the state."""
    ledger = list(dossier.clock.order_by("id"))
    if dossier.state == State.DRAFT:
        assert ledger == []
        return
    assert ledger[0].started_at == dossier.submitted_at
    for before, after in zip(ledger, ledger[1:], strict=False):
        assert before.ended_at == after.started_at
    running = ledger[-1].ended_at is None
    assert running == (dossier.state in OPEN and dossier.state != State.READY)
    if running:
        whose = ClockOwner.POST if dossier.at_post else WAITING.get(State(dossier.state), ClockOwner.AGENCY)
        assert ledger[-1].owner_kind == whose
    else:
        assert ledger[-1].ended_at == (dossier.finished_at or dossier.closed_at)
    if dossier.state == State.SUBMITTED:
        assert ledger[-1].agency_id == dossier.reception_agency_id


def steps_have_their_own_slices(dossier: Dossier) -> None:
    """Each step has its own slice; two overlap only where their branches run side by side."""
    slices = list(dossier.step_intervals.select_related("step").order_by("id"))
    running = [one for one in slices if one.ended_at is None]
    assert bool(running) == (dossier.state in SETTLING)
    places = {one.step_id: processing.place_of(one.step) for one in slices}
    for nth, one in enumerate(slices):
        assert one.ended_at is None or one.started_at <= one.ended_at
        assert dossier.accepted_at is not None and dossier.accepted_at <= one.started_at
        for other in slices[nth + 1 :]:
            apart = one.ended_at is not None and one.ended_at <= other.started_at
            mine, theirs = places[one.step_id], places[other.step_id]
            beside = mine.beside and mine.stage == theirs.stage and mine.branch != theirs.branch
            assert apart or beside, f"{one.step} và {other.step} chồng nhau"
    if running:
        assert dossier.at_unit_id in {one.unit_id for one in running}


def dates_move_only_as_the_law_says(dossier: Dossier) -> None:
    moves = list(dossier.due_date_moves.order_by("id"))
    reached = dossier.first_due_at
    for move in moves:
        assert move.before == reached
        reached = move.after
    assert dossier.due_at == reached
    answered = dossier.supplement_requests.filter(before_acceptance=False, answered_at__isnull=False).count()
    paid = dossier.payment_requests.filter(paid_at__isnull=False).count()
    assert len([move for move in moves if move.closure_id is None]) <= answered + paid
    told = Entry.objects.filter(subject=dossier.subject, event="dossier.due_date_moved").count()
    assert len([move for move in moves if move.closure_id]) == told
    apology = Apology.objects.filter(dossier=dossier).first()
    assert dossier.renewed_due_at == (apology.renewed_due_at if apology and apology.signed_at else None)


def what_is_finished_has_its_result(dossier: Dossier) -> None:
    decided = Decision.objects.filter(dossier=dossier).exists()
    if dossier.state in (State.READY, State.RETURNED):
        assert decided
    elif dossier.state != State.IN_PROGRESS:
        assert not decided
    assert bool(dossier.finished_at) == (
        dossier.state in (State.READY, State.RETURNED)
        or (dossier.state in (State.WITHDRAWN, State.STOPPED) and dossier.accepted_at is not None)
    )
    assert bool(dossier.closed_at) == (dossier.state in ENDED)
    assert HandOver.objects.filter(dossier=dossier).exists() == (dossier.state == State.RETURNED)


def the_applicant_is_asked_one_thing_at_a_time(dossier: Dossier) -> None:
    asked = dossier.supplement_requests.filter(answered_at=None).count()
    owed = dossier.payment_requests.filter(paid_at=None).count()
    if dossier.state not in ENDED:
        assert asked == (dossier.state in (State.AWAITING_COMPLETION, State.AWAITING_APPLICANT))
        assert owed == (dossier.state == State.AWAITING_PAYMENT)
    if dossier.rule_set:
        leaves = dossier.supplement_leaves.filter(used_by__isnull=False).count()
        assert dossier.supplement_requests.count() <= dossier.rule_set.supplements_allowed + leaves


def the_post_has_one_thing_at_a_time(dossier: Dossier) -> None:
    item = dossier.postal_items.filter(arrived_at=None, came_back_at=None).first()
    assert dossier.at_post == bool(item)
    if item:
        carried = {State.READY: posting.Carries.RESULT, State.IN_PROGRESS: posting.Carries.PAPERS}
        assert item.carries == carried[State(dossier.state)]


def its_journal_is_whole(dossier: Dossier) -> None:
    assert list(verify(dossier.subject)) == []
    assert PORTAL_CODE[State(dossier.state)] in {None, *range(1, 11)}
    assert (dossier.code is None) == (dossier.state == State.DRAFT)


def what_is_held_is_held_by_somebody_of_that_unit(dossier: Dossier) -> None:
    for held in dossier.step_intervals.filter(ended_at=None).exclude(holder=None).select_related("holder", "step"):
        assert held.holder is not None
        assert held.holder.assignments.filter(unit=held.unit, role=held.step.role).exists()


RULES: tuple[Callable[[Dossier], None], ...] = (
    the_ledger_covers_the_life,
    steps_have_their_own_slices,
    dates_move_only_as_the_law_says,
    what_is_finished_has_its_result,
    the_applicant_is_asked_one_thing_at_a_time,
    the_post_has_one_thing_at_a_time,
    its_journal_is_whole,
    what_is_held_is_held_by_somebody_of_that_unit,
)
