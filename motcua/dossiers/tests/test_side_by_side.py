"""Branches of a process begin together, each in its own hands, and the next stage waits for all of them (bước song song)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.catalogue import processes
from motcua.catalogue.models import Process
from motcua.catalogue.testing import steps
from motcua.dossiers import holding, intake, moving, processing, results, slips, supplement, watching
from motcua.dossiers.acts import acts
from motcua.dossiers.lifecycle import NotYours
from motcua.dossiers.models import ClockOwner, Dossier, Notice, Outcome, SlipKind, State
from motcua.dossiers.supplement import Item
from motcua.dossiers.testing import MONDAY, TUESDAY, a_dossier, a_one_stop, a_walk_in, it_is
from motcua.journal.testing import events, run_jobs
from motcua.organisations.models import AgencyKind, Level, UnitKind
from motcua.organisations.testing import a_unit, an_agency

pytestmark = pytest.mark.django_db
HALF = timedelta(minutes=30)


def an_office_and_its_police():
    """A commune whose officer and the police of the district work at the same time, the police in two steps."""
    office = a_one_stop()
    police = an_agency("Công an huyện", level=Level.DISTRICT, kind=AgencyKind.VERTICAL)
    desk = a_unit(police, UnitKind.PROFESSIONAL, "Đội Quản lý hành chính")
    binh = an_officer(desk, Role.PROCESSING_OFFICER, "Lê Văn Bình")
    chief = an_officer(desk, Role.HEAD_OF_UNIT, "Đỗ Thị Chi")
    first, examine, sign, stamp = steps()
    theirs = {"unit_kind": UnitKind.PROFESSIONAL, "agency": police, "stage": 2, "branch": "b", "hours": 1}
    give = {"work": "Trả kết quả", "unit_kind": UnitKind.ONE_STOP, "role": Role.RECEPTION_OFFICER, "hours": 0.5}
    table = [
        first,
        examine | {"stage": 2, "branch": "a"},
        {"work": "Xác minh", "role": Role.PROCESSING_OFFICER, **theirs},
        {"work": "Trả lời", "role": Role.HEAD_OF_UNIT, **theirs},
        sign,
        stamp,
        give,
    ]
    processes.issue(office.version, [row | {"position": nth} for nth, row in enumerate(table, start=1)])
    return SimpleNamespace(office=office, police=police, desk=desk, binh=binh, chief=chief)


def running(dossier):
    return [(interval.step.work, interval.unit.name) for interval in processing.running_steps(dossier)]


def do(dossier, by, at=TUESDAY):
    return processing.do_step(dossier, at_step=processing.running_step(dossier, by).pk, by=by, at=at)


def test_branches_begin_at_the_same_moment():
    cast = an_office_and_its_police()

    dossier = a_dossier(cast.office, State.IN_PROGRESS)

    intervals = processing.running_steps(dossier)
    assert running(dossier) == [
        ("Thẩm định, dự thảo kết quả", "Công chức Tư pháp - Hộ tịch"),
        ("Xác minh", "Đội Quản lý hành chính"),
    ]
    assert len({interval.started_at for interval in intervals}) == 1
    # From half past ten: two hours of work go over the noon rest of two hours.
    assert [interval.due_at - interval.started_at for interval in intervals] == [timedelta(hours=4), timedelta(hours=1)]
    assert (dossier.at_unit, dossier.at_role) == (cast.office.professional, Role.PROCESSING_OFFICER)


@pytest.mark.parametrize("first", ["ours", "theirs"])
def test_the_next_stage_waits_for_every_branch(first):
    cast = an_office_and_its_police()
    dossier = a_dossier(cast.office, State.IN_PROGRESS)

    if first == "ours":
        dossier = do(dossier, cast.office.officer)
        assert running(dossier) == [("Xác minh", "Đội Quản lý hành chính")]
        assert (dossier.at_unit, dossier.at_role) == (cast.desk, Role.PROCESSING_OFFICER)
        dossier = do(dossier, cast.binh)
        assert running(dossier) == [("Trả lời", "Đội Quản lý hành chính")]
        dossier = do(dossier, cast.chief)
    else:
        dossier = do(do(dossier, cast.binh), cast.chief)
        assert running(dossier) == [("Thẩm định, dự thảo kết quả", "Công chức Tư pháp - Hộ tịch")]
        assert dossier.at_unit == cast.office.professional
        dossier = do(dossier, cast.office.officer)

    assert running(dossier) == [("Xem xét, ký", "Lãnh đạo Ủy ban nhân dân")]
    assert (dossier.at_unit, dossier.at_role) == (cast.office.leaders, Role.LEADER)


def test_the_main_ledger_stays_with_the_lead_agency_without_gap():
    cast = an_office_and_its_police()
    dossier = a_dossier(cast.office, State.IN_PROGRESS)
    dossier = do(dossier, cast.office.officer)
    dossier = do(do(dossier, cast.binh), cast.chief)

    assert [(one.owner_kind, one.agency) for one in dossier.clock.all()] == [(ClockOwner.AGENCY, cast.office.agency)]
    police = dossier.step_intervals.filter(unit__agency=cast.police)
    ours = dossier.step_intervals.get(step__position=2)
    assert police.count() == 2
    assert police.first().started_at < ours.ended_at  # they overlap


def test_each_branch_has_a_holder_of_its_own_and_the_dossier_names_that_of_the_lead():
    cast = an_office_and_its_police()
    dossier = a_dossier(cast.office, State.IN_PROGRESS)
    yen = an_officer(cast.office.professional, Role.PROCESSING_OFFICER, "Đặng Thị Yến")
    ours = processing.running_step(dossier, cast.office.officer).pk
    theirs = processing.running_step(dossier, cast.binh).pk

    holding.take(dossier, at_step=theirs, by=cast.binh, at=TUESDAY)
    dossier.refresh_from_db()
    assert dossier.holder is None
    dossier = holding.take(dossier, at_step=ours, by=cast.office.officer, at=TUESDAY)
    with pytest.raises(holding.NotYours):
        holding.assign(dossier, at_step=ours, holder=yen, by=cast.chief, at=TUESDAY, reason="Đi học")
    holding.assign(dossier, at_step=ours, holder=yen, by=cast.office.head, at=TUESDAY, reason="Đi học")

    dossier.refresh_from_db()
    assert {one.pk: one.holder for one in processing.running_steps(dossier)} == {ours: yen, theirs: cast.binh}
    assert dossier.holder == yen


def test_each_does_only_the_step_in_their_own_hands():
    cast = an_office_and_its_police()
    dossier = a_dossier(cast.office, State.IN_PROGRESS)
    ours, theirs = processing.running_steps(dossier)

    with pytest.raises(NotYours):
        processing.do_step(dossier, at_step=theirs.pk, by=cast.office.officer, at=TUESDAY)
    with pytest.raises(NotYours):
        processing.do_step(dossier, at_step=ours.pk, by=cast.binh, at=TUESDAY)
    with pytest.raises(NotYours):
        processing.do_step(dossier, at_step=theirs.pk, by=cast.chief, at=TUESDAY)
    with pytest.raises(processing.MovedOn):
        processing.do_step(dossier, at_step=0, by=cast.binh, at=TUESDAY)

    assert len(processing.running_steps(dossier)) == 2
    assert dossier.step_intervals.exclude(ended_at=None).count() == 1


def test_both_are_offered_their_step_and_the_other_agency_sees_the_dossier():
    cast = an_office_and_its_police()
    dossier = a_dossier(cast.office, State.IN_PROGRESS)

    for officer in (cast.office.officer, cast.binh):
        assert next(act for act in acts(dossier, officer) if act.name == "do_step").allowed
        assert Dossier.objects.handled_by(officer).get() == dossier
    assert not next(act for act in acts(dossier, cast.chief) if act.name == "do_step").allowed


def test_a_branch_gives_back_within_itself_and_never_over_the_others():
    cast = an_office_and_its_police()
    dossier = a_dossier(cast.office, State.IN_PROGRESS)

    with pytest.raises(processing.SideBySide):
        processing.return_step(
            dossier, at_step=processing.running_step(dossier, cast.binh).pk, reason="Thiếu", by=cast.binh, at=TUESDAY
        )
    dossier = do(dossier, cast.binh)
    chief = processing.running_step(dossier, cast.chief)
    dossier = processing.return_step(dossier, at_step=chief.pk, reason="Thiếu", by=cast.chief, at=TUESDAY)

    assert [work for work, _ in running(dossier)] == ["Thẩm định, dự thảo kết quả", "Xác minh"]


def test_the_leader_gives_back_to_the_lead_agencys_branch_and_waits_for_it_alone():
    cast = an_office_and_its_police()
    dossier = a_dossier(cast.office, State.IN_PROGRESS)
    dossier = do(do(do(dossier, cast.office.officer), cast.binh), cast.chief)

    dossier = processing.return_step(
        dossier, at_step=processing.running_step(dossier).pk, reason="Xem lại", by=cast.office.leader, at=TUESDAY
    )
    assert [work for work, _ in running(dossier)] == ["Thẩm định, dự thảo kết quả"]
    dossier = do(dossier, cast.office.officer)

    assert [work for work, _ in running(dossier)] == ["Xem xét, ký"]


def test_nobody_approves_what_they_did_in_any_branch():
    cast = an_office_and_its_police()
    for unit in (cast.office.professional, cast.office.leaders):
        cast.office.leader.assignments.get_or_create(
            unit=unit, role=Role.PROCESSING_OFFICER, defaults={"valid_from": MONDAY.date()}
        )
    cast.office.leader.__dict__.pop("duties", None)
    dossier = a_dossier(cast.office, State.IN_PROGRESS)
    dossier = do(do(do(dossier, cast.office.leader), cast.binh), cast.chief)  # the police end last

    with pytest.raises(processing.OwnDraft):
        processing.approve(
            dossier,
            at_step=processing.running_step(dossier).pk,
            granted=True,
            number="1",
            by=cast.office.leader,
            at=TUESDAY,
        )


def test_while_the_applicant_completes_both_wait_and_both_get_their_time_again():
    cast = an_office_and_its_police()
    dossier = a_dossier(cast.office, State.IN_PROGRESS)
    dossier = supplement.request(dossier, items=[Item("Bản sao")], reason="Mờ", by=cast.binh, at=TUESDAY)
    assert dossier.state == State.AWAITING_APPLICANT

    dossier = supplement.answer(dossier, by=cast.office.reception, at=TUESDAY + HALF)

    assert dossier.state == State.IN_PROGRESS
    assert [interval.due_at - (TUESDAY + HALF) for interval in processing.running_steps(dossier)] == [
        timedelta(hours=2),
        timedelta(hours=1),
    ]
    assert dossier.clock.get(ended_at=None).agency == cast.office.agency


def test_stopping_ends_every_branch():
    cast = an_office_and_its_police()
    dossier = a_dossier(cast.office, State.STOPPED)

    assert processing.running_steps(dossier) == []
    assert dossier.step_intervals.filter(outcome=Outcome.BROKEN_OFF).count() == 2


def test_a_table_that_ends_with_handing_over_is_finished_by_the_clerk_and_handed_over_at_the_counter():
    cast = an_office_and_its_police()
    dossier = a_dossier(cast.office, State.IN_PROGRESS)
    dossier = do(do(do(dossier, cast.office.officer), cast.binh), cast.chief)
    dossier = processing.approve(
        dossier,
        at_step=processing.running_step(dossier).pk,
        granted=True,
        number="1",
        by=cast.office.leader,
        at=TUESDAY,
    )
    clerk = processing.running_step(dossier)
    with pytest.raises(processing.LastStep):
        processing.do_step(dossier, at_step=clerk.pk, by=cast.office.clerk, at=TUESDAY)

    dossier = results.finish(dossier, at_step=clerk.pk, by=cast.office.clerk, at=TUESDAY)

    assert dossier.state == State.READY
    assert processing.running_steps(dossier) == []
    dossier = results.hand_over(
        dossier, method="COUNTER", recipient_name="Lý A Pao", by=cast.office.reception, at=TUESDAY
    )
    assert dossier.state == State.RETURNED


def test_time_shared_with_the_step_before_ends_when_that_would_have():
    office = a_one_stop()
    table = [row | {"hours": 8, "shares_time": row["position"] > 1} for row in steps()]
    processes.issue(office.version, table)

    dossier = a_dossier(office, State.IN_PROGRESS)

    first, second = dossier.step_intervals.order_by("id")
    assert second.started_at > first.started_at
    assert second.due_at == first.due_at


def test_the_control_slip_tells_that_two_took_over_together():
    cast = an_office_and_its_police()
    dossier = a_dossier(cast.office, State.IN_PROGRESS)
    dossier = do(do(do(dossier, cast.office.officer), cast.binh), cast.chief)
    slip = slips.issue(dossier, SlipKind.CONTROL, by=cast.office.reception, at=TUESDAY)

    told = slips.sheet(slip).handovers
    assert [(one.giver, one.taker) for one in told][:3] == [
        ("Bộ phận TN&TKQ", "Công chức Tư pháp - Hộ tịch; Đội Quản lý hành chính, Công an huyện"),
        ("Công chức Tư pháp - Hộ tịch", "Lãnh đạo Ủy ban nhân dân"),
        ("Đội Quản lý hành chính, Công an huyện", "Đội Quản lý hành chính, Công an huyện"),
    ]


# Which process a dossier follows


def test_a_dossier_keeps_its_process_and_a_new_one_takes_the_new():
    office = a_one_stop()
    old = office.version.process()
    under_way = a_dossier(office, State.IN_PROGRESS)

    new = processes.issue(office.version, [row | {"hours": 2} for row in steps()])

    assert a_walk_in(office).process == new
    under_way.refresh_from_db()
    assert under_way.process == old
    assert [step.hours for step in old.steps.all()] == [1, 2, 1, 0.5]
    with pytest.raises(Exception, match="protected"):
        Process.objects.get(pk=old.pk).delete()


def test_a_dossier_follows_the_process_of_its_case_and_channel():
    office = a_one_stop()
    plain = office.version.process()
    verified = processes.issue(office.version, steps(), case="Có xác minh")
    online = processes.issue(office.version, steps(), channel="ONLINE")
    both = processes.issue(office.version, steps(), case="Có xác minh", channel="ONLINE")

    def followed(dossier, case):
        Dossier.objects.filter(pk=dossier.pk).update(case=case)
        return intake.accept(Dossier.objects.get(pk=dossier.pk), by=office.reception, at=MONDAY).process

    assert followed(a_dossier(office, State.SUBMITTED), "Có xác minh") == both
    assert followed(a_dossier(office, State.SUBMITTED), "") == online
    by_hand = a_dossier(office, State.SUBMITTED)
    Dossier.objects.filter(pk=by_hand.pk).update(channel="DIRECT")
    assert followed(by_hand, "Có xác minh") == verified
    assert a_walk_in(office).process == plain


def test_a_late_step_of_an_agency_that_takes_part_is_told_there_and_to_nobody_else(monkeypatch):
    cast = an_office_and_its_police()
    office = cast.office
    dossier = a_dossier(office, State.IN_PROGRESS)
    late = MONDAY + timedelta(hours=5)  # the police had an hour from half past ten
    it_is(monkeypatch, late)

    watching.watch(late)
    watching.watch(late + HALF)
    run_jobs()

    assert events(dossier).count("dossier.step_overdue") == 1
    told = set(Notice.objects.filter(kind="step_overdue").values_list("person__full_name", flat=True))
    assert told == {"Lê Văn Bình", "Đỗ Thị Chi"}


def test_a_branch_of_another_agency_is_not_moved_by_who_leads_the_dossier():
    cast = an_office_and_its_police()
    dossier = a_dossier(cast.office, State.IN_PROGRESS)
    theirs = processing.running_step(dossier, cast.binh).pk
    other = a_unit(cast.police, UnitKind.PROFESSIONAL, "Đội Cảnh sát khu vực")

    with pytest.raises(NotYours):
        moving.transfer(dossier, at_step=theirs, unit=other, reason="Nhầm đội.", by=cast.office.leader, at=TUESDAY)

    assert processing.running_step(dossier, cast.binh).unit == cast.desk
