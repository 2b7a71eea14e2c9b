"""A step of a dossier is held by a person (nhận việc, giao việc, trả việc)."""

import threading

import pytest
from django.db import connection

from motcua.accounts import standing_in
from motcua.accounts.models import Assignment
from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.dossiers import holding, notices, processing
from motcua.dossiers.acts import acts
from motcua.dossiers.lifecycle import NoReason, NotYours
from motcua.dossiers.models import HolderChange, State
from motcua.dossiers.testing import MONDAY, TUESDAY, WEDNESDAY, a_dossier, a_one_stop, at_step, it_is
from motcua.journal.models import Entry
from motcua.journal.testing import events

pytestmark = pytest.mark.django_db


def a_unit_of_two():
    """An office whose unit has two officers."""
    office = a_one_stop()
    return office, an_officer(office.professional, Role.PROCESSING_OFFICER, "Đặng Thị Yến")


def take(dossier, by):
    return holding.take(dossier, at_step=at_step(dossier), by=by, at=TUESDAY)


def assign(dossier, holder, by, reason=""):
    return holding.assign(dossier, at_step=at_step(dossier), holder=holder, by=by, at=TUESDAY, reason=reason)


def held_by(dossier):
    return processing.running_step(dossier).holder


def allowed(dossier, officer):
    return {act.name for act in acts(dossier, officer) if act.allowed}


def test_an_officer_takes_a_step_that_waits_at_the_unit():
    office, _ = a_unit_of_two()
    dossier = a_dossier(office)

    dossier = take(dossier, office.officer)

    assert held_by(dossier) == office.officer
    assert events(dossier)[-1] == "dossier.step_taken"
    with pytest.raises(holding.AlreadyYours):
        take(dossier, office.officer)


def test_a_colleague_neither_takes_nor_does_what_is_held_and_reads_whose_it_is():
    office, colleague = a_unit_of_two()
    dossier = take(a_dossier(office), office.officer)

    with pytest.raises(processing.HeldByColleague, match="Hoàng Văn Hùng thụ lý"):
        take(dossier, colleague)
    with pytest.raises(processing.HeldByColleague, match="chuyển người thụ lý"):
        processing.do_step(dossier, at_step=at_step(dossier), by=colleague, at=TUESDAY)

    assert held_by(dossier) == office.officer
    assert events(dossier)[-1] == "dossier.step_taken"
    assert not {"take", "do_step", "return_step", "give_back"} & allowed(dossier, colleague)
    assert {"do_step", "give_back"} <= allowed(dossier, office.officer)


def test_a_head_assigns_and_takes_away_only_with_a_reason():
    office, colleague = a_unit_of_two()
    dossier = assign(a_dossier(office), office.officer, office.head)

    with pytest.raises(NoReason, match="lý do chuyển"):
        assign(dossier, colleague, office.head)
    assert held_by(dossier) == office.officer
    dossier = assign(dossier, colleague, office.leader, "Đi học.")

    assert held_by(dossier) == colleague
    told = HolderChange.objects.values_list("before", "after", "reason", "by")
    assert list(told) == [
        (None, office.officer.pk, "", office.head.pk),
        (office.officer.pk, colleague.pk, "Đi học.", office.leader.pk),
    ]


def test_whoever_is_assigned_hears_of_it_and_nobody_else():
    office, colleague = a_unit_of_two()
    dossier = assign(a_dossier(office), colleague, office.head)

    notices.tell(Entry.objects.get(event="dossier.step_assigned"))

    assert [notice.kind for notice in notices.of(colleague)] == ["step_assigned"]
    assert not notices.of(office.officer).exists()
    assert dossier.state == State.IN_PROGRESS


def test_only_the_unit_own_people_are_given_its_work_and_only_by_who_directs_them():
    office, colleague = a_unit_of_two()
    elsewhere = a_one_stop("Ủy ban nhân dân xã Thái Hòa", code="1.001194")
    dossier = a_dossier(office)

    with pytest.raises(holding.NotOfTheUnit):
        assign(dossier, elsewhere.officer, office.head)
    with pytest.raises(NotYours):
        assign(dossier, colleague, elsewhere.head)
    with pytest.raises(NotYours):
        assign(dossier, colleague, office.officer)
    with pytest.raises(NotYours):
        take(dossier, elsewhere.officer)

    assert held_by(dossier) is None
    assert not HolderChange.objects.exists()


def test_who_holds_a_step_gives_it_back_with_a_reason_and_another_takes_it():
    office, colleague = a_unit_of_two()
    dossier = take(a_dossier(office), office.officer)

    with pytest.raises(NoReason):
        holding.give_back(dossier, at_step=at_step(dossier), reason=" ", by=office.officer, at=TUESDAY)
    with pytest.raises(holding.NotHeld):
        holding.give_back(dossier, at_step=at_step(dossier), reason="Bận.", by=colleague, at=TUESDAY)
    holding.give_back(dossier, at_step=at_step(dossier), reason="Đi công tác.", by=office.officer, at=TUESDAY)

    assert held_by(dossier) is None
    assert held_by(take(dossier, colleague)) == colleague


def test_whoever_does_what_nobody_took_holds_it_and_gets_it_back_when_it_is_returned():
    office, colleague = a_unit_of_two()
    dossier = a_dossier(office)
    first = processing.running_step(dossier)

    dossier = processing.do_step(dossier, at_step=first.pk, by=colleague, at=TUESDAY)
    first.refresh_from_db()
    assert first.holder == colleague
    dossier = processing.return_step(dossier, at_step=at_step(dossier), reason="Thiếu.", by=office.leader, at=WEDNESDAY)

    assert held_by(dossier) == colleague


def test_what_somebody_holds_who_left_the_unit_is_held_by_nobody():
    office, colleague = a_unit_of_two()
    dossier = take(a_dossier(office), office.officer)
    office.officer.assignments.update(valid_to=MONDAY.date())

    dossier = take(dossier, colleague)

    assert held_by(dossier) == colleague


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_take_at_once_one_has_it_and_the_other_reads_who():
    office, colleague = a_unit_of_two()
    dossier = a_dossier(office)
    step, told, start = at_step(dossier), [], threading.Barrier(2)

    def try_to_take(officer):
        assert officer.duties
        start.wait()
        try:
            holding.take(dossier, at_step=step, by=officer, at=TUESDAY)
        except processing.HeldByColleague as refusal:
            told.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=try_to_take, args=(officer,)) for officer in (office.officer, colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(told) == 1
    assert f"{held_by(dossier)} thụ lý" in told[0]
    assert events(dossier).count("dossier.step_taken") == 1


def test_once_somebody_holds_a_step_its_news_are_for_them_and_not_for_the_whole_position():
    office = a_one_stop()
    dossier, son = a_dossier(office), an_officer(office.professional, Role.PROCESSING_OFFICER, "Nông Văn Sơn")
    told = Assignment.objects.filter(notices.holders(dossier)).values_list("person", flat=True)
    assert set(told) == {office.officer.pk, son.pk}

    dossier = holding.take(dossier, at_step=at_step(dossier), by=son, at=TUESDAY)

    assert list(Assignment.objects.filter(notices.holders(dossier)).values_list("person", flat=True)) == [son.pk]


def test_at_the_desk_whoever_is_there_goes_on_with_what_comes_back():
    office = a_one_stop()
    another = an_officer(office.one_stop, Role.RECEPTION_OFFICER, "Vi Thị Ngân")
    dossier = a_dossier(office)
    dossier = processing.return_step(dossier, at_step=at_step(dossier), reason="Thiếu.", by=office.officer, at=TUESDAY)

    dossier = processing.hand_to_agency(dossier, at_step=at_step(dossier), by=another, at=TUESDAY)

    assert (dossier.at_unit, dossier.holder) == (office.professional, None)


def test_who_stands_in_for_the_holder_goes_on_in_their_stead(monkeypatch):
    office = a_one_stop()
    dossier = a_dossier(office)
    dossier = holding.take(dossier, at_step=at_step(dossier), by=office.officer, at=MONDAY)
    it_is(monkeypatch, TUESDAY)
    standing_in.appoint(
        Assignment.objects.get(person=office.officer),
        delegate=office.clerk,
        valid_from=TUESDAY.date(),
        valid_to=TUESDAY.date(),
        reason="Nghỉ phép.",
        by=office.head,
        at=TUESDAY,
    )
    office.clerk.__dict__.pop("duties", None)

    done = at_step(dossier)
    processing.do_step(dossier, at_step=done, by=office.clerk, at=TUESDAY)

    assert dossier.step_intervals.get(pk=done).ended_for == office.officer
