"""Every row of the table of the life of a dossier, its guards, and what no row allows, for anybody (one-stop.md §2.3)."""

from datetime import timedelta

import pytest

from motcua.accounts.models import Assignment
from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.dossiers import intake, lifecycle, processing, results, supplement
from motcua.dossiers.acts import ACTS
from motcua.dossiers.lifecycle import NEXT, PORTAL_CODE, NotNow
from motcua.dossiers.models import Dossier, Ending, State
from motcua.dossiers.testing import MONDAY, TUESDAY, a_dossier, a_one_stop
from motcua.journal.testing import events
from motcua.refusal import Refusal

pytestmark = pytest.mark.django_db

# From a state to the codes of the national portal, as the table says. Two things are narrower here:
# 5 leads to 3 only before acceptance and to 8 only after it, and what waits for money (6) goes back to where it waited:
# whoever paid still has to get a decision, so that 6 never becomes 9 by itself.
TABLE = {
    State.SUBMITTED: {2, 3, 5, 7},
    State.ACCEPTED: {4, 5, 6, 7, 8, 9},
    State.IN_PROGRESS: {5, 6, 7, 8, 9},
    State.AWAITING_COMPLETION: {1, 3, 7},
    State.AWAITING_APPLICANT: {2, 4, 7, 8},
    State.AWAITING_PAYMENT: {2, 4, 7, 8},
    State.READY: {4, 10},
    State.REFUSED: set(),
    State.WITHDRAWN: set(),
    State.STOPPED: set(),
    State.RETURNED: set(),
}
ENDS = [state for state, leads_to in TABLE.items() if not leads_to]
A_YEAR_LATER = MONDAY + timedelta(days=365)


def in_every_role(office, *others):
    """Somebody who holds every role at every unit: what they cannot do nobody can."""
    person = an_officer(office.one_stop, Role.RECEPTION_OFFICER, "Người có mọi vai trò")
    for one in (office, *others):
        for unit in (one.one_stop, one.professional, one.leaders, one.clerks):
            for role in Role:
                Assignment.objects.get_or_create(person=person, unit=unit, role=role, valid_from=MONDAY.date())
    return type(person).objects.get(pk=person.pk)


@pytest.mark.parametrize("state", TABLE)
def test_a_state_leads_where_the_table_says_and_nowhere_else(state):
    assert {PORTAL_CODE[to] for to in NEXT[state]} == TABLE[state]


@pytest.mark.parametrize("state", State)
def test_no_step_of_the_house_moves_a_dossier_past_the_table(state):
    dossier = a_dossier(a_one_stop(), state)

    for to in set(State) - NEXT[state]:
        with pytest.raises(NotNow):
            lifecycle.move(dossier, to=to)

    assert Dossier.objects.get(pk=dossier.pk).state == state


@pytest.mark.parametrize("state", ENDS)
def test_what_is_over_is_over_also_for_somebody_who_holds_every_role(state):
    office = a_one_stop()
    dossier = a_dossier(office, state)
    told = events(dossier)
    everybody = in_every_role(office)

    for name, (_label, can, guard) in ACTS.items():
        assert everybody.may(can), name
        with pytest.raises(Refusal):
            guard(dossier, everybody)

    assert Dossier.objects.get(pk=dossier.pk).state == state
    assert events(dossier) == told


def test_nobody_sends_what_waits_to_the_counter_as_done():
    """Not even who holds every role: 5 and 6 never become 9 (cấm theo thiết kế)."""
    office = a_one_stop()
    everybody = in_every_role(office)

    for state in (State.AWAITING_COMPLETION, State.AWAITING_APPLICANT, State.AWAITING_PAYMENT):
        dossier = a_dossier(office, state)
        for guard in (results.may_finish, processing.may_approve, processing.may_settle_at_once):
            with pytest.raises(NotNow):
                guard(dossier, everybody)
        assert Dossier.objects.get(pk=dossier.pk).finished_at is None


# The guards of the rows ----------------------------------------------------------------------------------------------


def test_reception_is_refused_only_with_a_reason():
    office = a_one_stop()
    dossier = a_dossier(office, State.SUBMITTED)

    with pytest.raises(lifecycle.NoReason):
        intake.refuse(dossier, reason=" ", by=office.reception, at=TUESDAY)

    assert Dossier.objects.get().state == State.SUBMITTED
    assert not Ending.objects.exists()


def test_who_was_asked_before_acceptance_is_refused_only_after_their_term():
    office = a_one_stop()
    dossier = a_dossier(office, State.AWAITING_COMPLETION)

    with pytest.raises(intake.StillTime):
        intake.refuse(dossier, reason="Không bổ sung.", by=office.reception, at=TUESDAY)
    assert Dossier.objects.get().state == State.AWAITING_COMPLETION

    assert intake.refuse(dossier, reason="Không bổ sung.", by=office.reception, at=A_YEAR_LATER).state == State.REFUSED


def test_who_was_asked_after_acceptance_is_stopped_only_after_their_term():
    office = a_one_stop()
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    last = supplement.open_request(dossier).answer_by
    on_it = MONDAY + timedelta(days=(last - MONDAY.date()).days)

    with pytest.raises(processing.StillTheirTime, match=f"{last:%d/%m/%Y}"):
        processing.stop(dossier, reason="Không bổ sung.", by=office.leader, at=on_it)
    assert Dossier.objects.get().state == State.AWAITING_APPLICANT

    stopped = processing.stop(dossier, reason="Không bổ sung.", by=office.leader, at=on_it + timedelta(days=1))
    assert stopped.state == State.STOPPED


def test_who_owes_money_is_stopped_only_after_the_day_of_the_notice():
    office = a_one_stop()
    dossier = a_dossier(office)
    day = MONDAY.date() + timedelta(days=10)
    with pytest.raises(processing.TooSoonToPay):
        processing.request_payment(
            dossier, amount=8000, reason="Lệ phí", pay_by=MONDAY.date(), by=office.officer, at=TUESDAY
        )
    dossier = processing.request_payment(
        dossier, amount=8000, reason="Lệ phí", pay_by=day, by=office.officer, at=TUESDAY
    )

    with pytest.raises(processing.StillTheirTime, match="nộp tiền"):
        processing.stop(dossier, reason="Không nộp.", by=office.leader, at=MONDAY + timedelta(days=10))
    assert Dossier.objects.get().state == State.AWAITING_PAYMENT

    stopped = processing.stop(dossier, reason="Không nộp.", by=office.leader, at=MONDAY + timedelta(days=11))
    assert stopped.state == State.STOPPED


def test_they_may_withdraw_while_their_term_still_runs():
    office = a_one_stop()

    for state in (State.AWAITING_COMPLETION, State.AWAITING_APPLICANT, State.AWAITING_PAYMENT):
        dossier = a_dossier(office, state)
        assert results.withdraw(dossier, reason="Thôi.", by=office.reception, at=TUESDAY).state == State.WITHDRAWN
