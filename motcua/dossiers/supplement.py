"""Asking the applicant once, and completely, for what is missing (bổ sung, hoàn thiện hồ sơ; NĐ 61/2018/NĐ-CP Điều 17, 19)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.accounts.standing_in import own_first
from motcua.catalogue import forms
from motcua.journal.recording import record
from motcua.refusal import Refusal

from . import clock, mandates, processing, rules, slips
from .intake import Incomplete, Missing
from .lifecycle import NoReason, NotYours, expect, expect_counter, expect_holder, move
from .models import (
    ClockOwner,
    Dossier,
    MandateScope,
    Paper,
    RuleSet,
    SlipKind,
    State,
    SupplementItem,
    SupplementLeave,
    SupplementRequest,
)


class AlreadyAsked(Refusal):
    message = (
        "Hồ sơ này đã được yêu cầu bổ sung một lần; theo quy định không được yêu cầu thêm lần nữa,"
        " trừ khi người đứng đầu cho phép bằng văn bản và hồ sơ bị tính quá hạn."
    )


class NeedlessLeave(Refusal):
    message = "Hồ sơ chưa được yêu cầu bổ sung lần nào, hoặc đã được phép yêu cầu lần nữa; không cần cho phép thêm."


class NothingAsked(Refusal):
    message = "Hãy ghi từng nội dung cần bổ sung và lý do, để người nộp chỉ phải làm một lần."


class TooSoon(Refusal):
    message = "Hạn bổ sung phải sau ngày hôm nay."


class Item(NamedTuple):
    """One thing to complete: a paper of the dossier, a field of its form, or something else in words."""

    what: str
    paper: Paper | None = None
    field: str = ""


def open_request(dossier: Dossier) -> SupplementRequest | None:
    """The request the applicant has to answer now."""
    return dossier.supplement_requests.filter(answered_at=None).prefetch_related("items__paper").first()


@own_first
def may_request(dossier: Dossier, by: Person) -> None:
    expect(dossier, State.SUBMITTED, State.ACCEPTED, State.IN_PROGRESS)
    if dossier.state == State.SUBMITTED:
        expect_holder(dossier, by)
    else:
        processing.expect_step(dossier, by, State.ACCEPTED, State.IN_PROGRESS)
    if asked_enough(dossier) and not leave(dossier):
        raise AlreadyAsked
    if processing.is_decided(dossier):
        raise processing.Decided


def asked_enough(dossier: Dossier) -> bool:
    """Whether the rules allow no further request by themselves (NĐ 61/2018/NĐ-CP Điều 11)."""
    allowed = dossier.rule_set.supplements_allowed if dossier.rule_set else 1
    return dossier.supplement_requests.count() >= allowed


def leave(dossier: Dossier) -> SupplementLeave | None:
    """The head's leave to ask once more that nobody has used yet."""
    return dossier.supplement_leaves.filter(used_by=None).first()


@own_first
def may_allow_again(dossier: Dossier, by: Person) -> None:
    expect(dossier, State.SUBMITTED, State.ACCEPTED, State.IN_PROGRESS)
    if not {dossier.agency_id, dossier.reception_agency_id} & by.agencies(Can.ALLOW_SUPPLEMENT_AGAIN):
        raise NotYours("Người đứng đầu cơ quan giải quyết hoặc nơi tiếp nhận cho phép việc này.")
    if not asked_enough(dossier) or leave(dossier):
        raise NeedlessLeave
    if processing.is_decided(dossier):
        raise processing.Decided


@transaction.atomic
def allow_again(dossier: Dossier, *, reason: str, by: Person, at: datetime) -> Dossier:
    """The head allows one more request, in writing; the national index then counts the dossier as overdue (§2.6)."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_allow_again(dossier, by)
    if not reason.strip():
        raise NoReason
    SupplementLeave.objects.create(dossier=dossier, reason=reason, given_by=by, given_at=at)
    record("dossier.supplement_allowed_again", about=dossier, by=by, at=at)
    return dossier


@transaction.atomic
def request(
    dossier: Dossier, *, items: Sequence[Item], reason: str, by: Person, at: datetime, answer_by: date | None = None
) -> Dossier:
    """Ask for everything at once, item by item (phiếu yêu cầu bổ sung, hoàn thiện hồ sơ, Mẫu số 02)."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_request(dossier, by)
    if not reason.strip() or not items or not all(item.what.strip() for item in items):
        raise NothingAsked
    _expect_of_this_dossier(dossier, items)
    in_force = dossier.rule_set or rules.rules_on(timezone.localdate(at))
    until = answer_by or last_day(in_force, at)
    if until <= timezone.localdate(at):
        raise TooSoon
    before = dossier.state == State.SUBMITTED
    move(dossier, to=waiting_state(before))
    clock.start(dossier, ClockOwner.APPLICANT, at)
    asked = SupplementRequest.objects.create(
        dossier=dossier, before_acceptance=before, reason=reason, requested_by=by, requested_at=at, answer_by=until
    )
    SupplementItem.objects.bulk_create(
        SupplementItem(request=asked, paper=item.paper, field=item.field, what=item.what) for item in items
    )
    if given := leave(dossier):
        given.used_by = asked
        given.save(update_fields=["used_by"])
    slips.issue(dossier, SlipKind.SUPPLEMENT, by=by, at=at)
    record("dossier.supplement_requested", about=dossier, by=by, at=at, request=asked.pk, items=len(items))
    return dossier


def last_day(in_force: RuleSet, at: datetime) -> date:
    """Until when the applicant may complete the dossier, where nobody sets another day."""
    return timezone.localdate(at) + timedelta(days=in_force.supplement_days)


def waiting_state(before_acceptance: bool) -> State:
    return State.AWAITING_COMPLETION if before_acceptance else State.AWAITING_APPLICANT


def _expect_of_this_dossier(dossier: Dossier, items: Sequence[Item]) -> None:
    papers = set(dossier.papers.values_list("pk", flat=True))
    keys = {field["key"] for field in forms.fields(dossier.procedure_version.form)}
    for item in items:
        if (item.paper and item.paper.pk not in papers) or (item.field and item.field not in keys):
            raise NothingAsked(f"“{item.what}” không thuộc giấy tờ hay biểu mẫu của hồ sơ này; xin chọn lại.")


@own_first
def may_answer(dossier: Dossier, by: Person) -> None:
    expect(dossier, State.AWAITING_COMPLETION, State.AWAITING_APPLICANT)
    if dossier.account_id != by.pk:
        expect_counter(dossier, by)


@transaction.atomic
def answer(
    dossier: Dossier, *, by: Person, at: datetime, note: str = "", form: dict[str, Any] | None = None
) -> Dossier:
    """Take the completed papers and fields back to where they were asked for; `form` holds the asked fields anew."""
    dossier = Dossier.objects.locked(dossier.pk)
    may_answer(dossier, by)
    if dossier.mandate and dossier.mandate.agent_account_id == by.pk:
        mandates.use(dossier.mandate, dossier, MandateScope.SUPPLEMENT, by=by, at=at)
    asked = open_request(dossier)
    assert asked is not None  # whoever waits for the applicant has asked
    _correct(dossier, asked, form or {})
    if dossier.account_id == by.pk and (lacking := unanswered(asked, form or {})):
        raise Incomplete(lacking)
    asked.answered_at, asked.answer_note = at, note
    asked.save(update_fields=["answered_at", "answer_note"])
    if asked.before_acceptance:
        dossier.reception_due_at = clock.reception_due(dossier, at)
        move(dossier, to=State.SUBMITTED)
        clock.start(dossier, ClockOwner.AGENCY, at, dossier.reception_agency)
    else:
        assert dossier.rule_set is not None
        processing.go_on(
            dossier,
            since=asked.requested_at,
            at=at,
            mode=dossier.rule_set.supplement_mode,
            reason="Đã bổ sung, hoàn thiện hồ sơ",
        )
    record("dossier.supplement_answered", about=dossier, by=by, at=at, request=asked.pk)
    return dossier


def unanswered(asked: SupplementRequest, form: dict[str, Any]) -> list[Missing]:
    """Which of the asked papers and fields are not there yet."""
    lacking = []
    for item in asked.items.all():
        if item.paper:
            given = item.paper.files.filter(added_at__gte=asked.requested_at, replaced_at=None).exists()
            if not given:
                lacking.append(Missing(item.paper.name, f"paper:{item.paper_id}"))
        elif item.field and form.get(item.field) in forms.NOTHING:
            lacking.append(Missing(item.what, f"form:{item.field}"))
    return lacking


def _correct(dossier: Dossier, asked: SupplementRequest, form: dict[str, Any]) -> None:
    """Only what was asked for changes; everything else stays as it was filed."""
    for item in asked.items.all():
        if item.field and item.field in form:
            dossier.form[item.field] = form[item.field]
    dossier.form = forms.recomputed(dossier.procedure_version.form, dossier.form)
