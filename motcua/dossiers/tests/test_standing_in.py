"""Whoever stands in for somebody does their work, in their name and with their limits."""

from datetime import date, timedelta

import pytest

from motcua.accounts import standing_in
from motcua.accounts.models import Assignment, Delegation, Person
from motcua.accounts.permissions import Can, Role
from motcua.accounts.testing import an_officer
from motcua.catalogue.processes.issuing import issue
from motcua.catalogue.testing import steps
from motcua.dossiers import processing, timeline
from motcua.dossiers.lifecycle import NotYours
from motcua.dossiers.models import Dossier, Outcome, State
from motcua.dossiers.testing import MONDAY, TUESDAY, a_dossier, a_one_stop, at_step, it_is
from motcua.journal.models import Entry
from motcua.journal.testing import events
from motcua.organisations.models import UnitKind
from motcua.organisations.testing import a_unit

DAY = MONDAY.date()
FRIDAY = DAY + timedelta(days=4)


@pytest.fixture
def office(db, monkeypatch):
    it_is(monkeypatch, MONDAY)
    return a_one_stop()


@pytest.fixture
def quang(office):
    """An officer of another unit of the same agency."""
    return an_officer(
        a_unit(office.agency, UnitKind.PROFESSIONAL, "Công chức Địa chính"), Role.PROCESSING_OFFICER, "Lê Quang"
    )


def duty_of(person: Person) -> Assignment:
    return person.assignments.get()


def lend(whose: Person, delegate: Person, *, since: date = DAY, until: date = FRIDAY, by: Person | None = None):
    return standing_in.appoint(
        duty_of(whose),
        delegate=delegate,
        valid_from=since,
        valid_to=until,
        reason="Đi tập huấn",
        by=by or whose,
        at=MONDAY,
    )


def anew(person: Person) -> Person:
    """As the next request finds them."""
    return Person.objects.get(pk=person.pk)


def test_during_the_period_the_delegate_has_the_duty_and_not_a_day_longer(office, quang, monkeypatch):
    lend(office.officer, quang, since=DAY + timedelta(days=1))

    held = {}
    for day in range(7):
        it_is(monkeypatch, MONDAY + timedelta(days=day))
        held[day] = anew(quang).stands_in_for

    assert [day for day, whom in held.items() if whom == [office.officer.pk]] == [1, 2, 3, 4]
    assert [day for day, whom in held.items() if whom not in ([], [office.officer.pk])] == []


def test_the_duties_are_read_in_one_statement(office, quang, django_assert_num_queries):
    lend(office.officer, quang)
    person, unit = anew(quang), duty_of(quang).unit_id

    with django_assert_num_queries(1):
        assert [(duty.unit, duty.instead_of) for duty in person.duties] == [
            (unit, None),
            (office.professional.pk, office.officer.pk),
        ]


def test_an_act_done_for_somebody_says_for_whom(office, quang):
    dossier = a_dossier(office, State.IN_PROGRESS)
    lend(office.officer, quang)
    quang = anew(quang)

    step = processing.running_step(dossier).pk
    processing.do_step(dossier, at_step=step, by=quang, at=TUESDAY)

    entry = Entry.objects.filter(subject=dossier.subject).order_by("-number").first()
    assert (entry.event, entry.actor_id, entry.facts["instead_of"]) == (
        "dossier.step_done",
        quang.pk,
        office.officer.pk,
    )
    assert "Hoàng" not in str(entry.facts)
    interval = dossier.step_intervals.get(pk=step)
    assert (interval.ended_by, interval.ended_for) == (quang, office.officer)
    line = timeline.lines(dossier)[-1]
    assert (line.who, line.instead_of) == ("Lê Quang", "Hoàng Văn Hùng")


def test_ones_own_work_is_done_in_nobodys_stead(office, quang):
    dossier = a_dossier(office, State.IN_PROGRESS)
    lend(quang, office.officer)
    hung = anew(office.officer)

    processing.do_step(dossier, at_step=processing.running_step(dossier).pk, by=hung, at=TUESDAY)

    entry = Entry.objects.filter(subject=dossier.subject).order_by("-number").first()
    assert "instead_of" not in entry.facts


def test_who_stands_in_for_two_is_told_apart_by_the_work(office, quang):
    dossier = a_dossier(office, State.IN_PROGRESS)
    lend(office.clerk, quang)
    lend(office.officer, quang)
    quang = anew(quang)

    assert set(quang.stands_in_for) == {office.clerk.pk, office.officer.pk}
    processing.do_step(dossier, at_step=processing.running_step(dossier).pk, by=quang, at=TUESDAY)

    entry = Entry.objects.filter(subject=dossier.subject).order_by("-number").first()
    assert entry.facts["instead_of"] == office.officer.pk


def test_a_duty_that_was_taken_back_does_nothing_more(office, quang):
    dossier = a_dossier(office, State.IN_PROGRESS)
    standing_in.end(lend(office.officer, quang), by=office.officer, at=MONDAY)
    before = events(dossier)

    with pytest.raises(NotYours):
        processing.do_step(dossier, at_step=processing.running_step(dossier).pk, by=anew(quang), at=TUESDAY)

    assert events(dossier) == before
    assert events(office.officer) == ["person.delegated", "person.delegation_ended"]
    with pytest.raises(standing_in.Ended):
        standing_in.end(Delegation.objects.get(), by=office.officer, at=MONDAY)


def at_the_approval(office, drafter):
    """A dossier whose draft this officer made and which now waits for the leader."""
    dossier = a_dossier(office, State.IN_PROGRESS)
    while not (interval := processing.running_step(dossier)).step.is_approval:
        by = drafter if interval.step.role == Role.PROCESSING_OFFICER else office.head
        dossier = processing.do_step(dossier, at_step=interval.pk, by=by, at=TUESDAY)
    return dossier, interval


def last_drafter(dossier: Dossier) -> Person:
    return dossier.step_intervals.filter(outcome=Outcome.DONE).order_by("id").last().ended_by


def test_who_drafted_does_not_approve_in_the_leaders_stead(office):
    dossier, interval = at_the_approval(office, office.officer)
    drafter = last_drafter(dossier)
    lend(office.leader, drafter)

    with pytest.raises(processing.OwnDraft):
        processing.approve(dossier, at_step=interval.pk, granted=True, number="1", by=anew(drafter), at=TUESDAY)

    assert not processing.is_decided(dossier)


def test_who_drafted_does_not_approve_though_somebody_else_checked_it(office):
    first, examine, sign, stamp = steps()
    check = examine | {"work": "Kiểm tra dự thảo", "role": Role.HEAD_OF_UNIT}
    give = first | {"work": "Trả kết quả"}
    table = [first, examine, check, sign, stamp, give]
    issue(office.version, [row | {"position": nth} for nth, row in enumerate(table, start=1)])
    dossier, interval = at_the_approval(office, office.officer)
    assert last_drafter(dossier) == office.head
    lend(office.leader, office.officer)

    with pytest.raises(processing.OwnDraft):
        processing.approve(dossier, at_step=interval.pk, granted=True, number="1", by=anew(office.officer), at=TUESDAY)

    assert not processing.is_decided(dossier)


def test_a_leader_who_gave_the_work_out_signs_what_others_drafted(office):
    first, examine, sign, stamp = steps()
    give_out = sign | {"work": "Phân công", "is_approval": False}
    table = [first, give_out, examine, sign, stamp, first | {"work": "Trả kết quả"}]
    issue(office.version, [row | {"position": nth} for nth, row in enumerate(table, start=1)])
    dossier = a_dossier(office, State.IN_PROGRESS)
    dossier = processing.do_step(dossier, at_step=at_step(dossier), by=office.leader, at=TUESDAY)
    dossier = processing.do_step(dossier, at_step=at_step(dossier), by=office.officer, at=TUESDAY)

    processing.approve(dossier, at_step=at_step(dossier), granted=True, number="1", by=office.leader, at=TUESDAY)

    assert processing.is_decided(dossier)


def test_a_draft_made_in_the_leaders_stead_is_not_approved_by_the_leader(office, quang):
    """The leader also drafts; what somebody drafted for them is theirs."""
    drafting = Assignment.objects.create(
        person=office.leader, unit=office.professional, role=Role.PROCESSING_OFFICER, valid_from=date(2020, 1, 1)
    )
    drafting_head = Assignment.objects.create(
        person=office.leader, unit=office.professional, role=Role.HEAD_OF_UNIT, valid_from=date(2020, 1, 1)
    )
    for lent in (drafting, drafting_head):
        standing_in.appoint(
            lent, delegate=quang, valid_from=DAY, valid_to=FRIDAY, reason="Họp", by=anew(office.leader), at=MONDAY
        )
    quang = anew(quang)
    dossier = a_dossier(office, State.IN_PROGRESS)
    while not (interval := processing.running_step(dossier)).step.is_approval:
        dossier = processing.do_step(dossier, at_step=interval.pk, by=quang, at=TUESDAY)

    with pytest.raises(processing.OwnDraft):
        processing.approve(dossier, at_step=interval.pk, granted=True, number="1", by=anew(office.leader), at=TUESDAY)


def test_somebody_else_approves_in_the_leaders_stead(office, quang):
    dossier, interval = at_the_approval(office, office.officer)
    lend(office.leader, quang)

    processing.approve(dossier, at_step=interval.pk, granted=True, number="12/TLKS", by=anew(quang), at=TUESDAY)

    entry = Entry.objects.filter(subject=dossier.subject).order_by("-number").first()
    assert (entry.event, entry.facts["instead_of"]) == ("dossier.approved", office.leader.pk)


# Who may lend whose duty


def test_a_head_names_who_stands_in_for_their_people_and_for_nobody_elses(office, quang):
    assert lend(office.officer, quang, by=office.head).made_by == office.head

    with pytest.raises(standing_in.NotYourPeople):
        lend(office.clerk, quang, by=office.head)
    assert Delegation.objects.count() == 1


def test_a_leader_names_who_stands_in_for_anybody_of_the_agency(office, quang):
    assert lend(office.clerk, quang, by=office.leader).person == office.clerk


def test_an_officer_lends_their_own_duty_only(office, quang):
    with pytest.raises(standing_in.NotYourPeople):
        lend(office.leader, quang, by=quang)

    assert not Delegation.objects.exists()
    assert events(office.leader) == []


def test_a_lent_duty_is_not_lent_on(office, quang):
    """Not by its delegate, and not by a head's delegate in the head's power to name others."""
    lend(office.head, quang)
    quang = anew(quang)
    assert quang.may(Can.DELEGATE)

    for whose in (office.head, office.officer):
        with pytest.raises(standing_in.NotYourPeople):
            lend(whose, office.clerk, by=quang)
    assert Delegation.objects.count() == 1


def test_nobody_stands_in_for_themself(office):
    with pytest.raises(standing_in.Themself):
        lend(office.officer, office.officer)


def test_who_holds_the_place_already_needs_no_delegation(office):
    beside = an_officer(office.professional, Role.PROCESSING_OFFICER, "Đặng Thị Hoa")

    with pytest.raises(standing_in.AlreadyTheirs):
        lend(office.officer, beside)


def test_an_officer_of_another_agency_does_not_stand_in(office):
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")

    with pytest.raises(standing_in.OtherAgency):
        lend(office.officer, other.officer)
    with pytest.raises(standing_in.NotYourPeople):
        lend(office.officer, office.clerk, by=other.leader)
    assert not Delegation.objects.exists()


@pytest.mark.parametrize(("since", "until"), [(-9, -1), (3, 2), (0, 400)])
def test_the_period_is_not_over_not_turned_round_and_not_endless(office, quang, since, until):
    with pytest.raises(standing_in.NoPeriod):
        lend(office.officer, quang, since=DAY + timedelta(days=since), until=DAY + timedelta(days=until))


def test_one_duty_is_lent_to_one_person_at_a_time(office, quang):
    lend(office.officer, quang)

    with pytest.raises(standing_in.AlreadyLent, match="Lê Quang"):
        lend(office.officer, office.clerk, since=FRIDAY, until=FRIDAY)

    assert lend(office.officer, office.clerk, since=FRIDAY + timedelta(days=1), until=FRIDAY + timedelta(days=3))


def test_whoever_is_away_too_does_not_stand_in(office, quang):
    lend(quang, office.clerk)

    with pytest.raises(standing_in.AlsoAway):
        lend(office.officer, quang)


def test_who_lost_the_assignment_lends_nothing_any_more(office, quang):
    lend(office.officer, quang)
    Assignment.objects.filter(person=office.officer).update(valid_to=DAY - timedelta(days=1))

    assert anew(quang).stands_in_for == []


def test_whose_account_was_closed_lends_nothing_any_more(office, quang):
    lend(office.officer, quang)
    Person.objects.filter(pk=office.officer.pk).update(is_active=False)

    assert anew(quang).stands_in_for == []


def test_who_stands_in_for_whom_today_is_told_for_the_agency(office, quang):
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    today = lend(office.officer, quang)
    lend(office.head, office.clerk, since=FRIDAY, until=FRIDAY)

    assert list(standing_in.today_at({office.agency.pk}, DAY)) == [today]
    assert not standing_in.today_at({other.agency.pk}, DAY)
    assert list(standing_in.taken_over_by(quang, DAY)) == [today]
