"""A result shared by link: made by its owner, ended by time, count, hand or correction."""

from datetime import timedelta

import pytest

from motcua.accounts.testing import a_citizen
from motcua.dossiers import correcting, lifecycle, processing, results, sharing
from motcua.dossiers.models import Mandate, MandateScope, ResultShare, State
from motcua.dossiers.testing import MONDAY, RESULT, TUESDAY, WEDNESDAY, a_dossier, a_one_stop, a_stored_file, it_is
from motcua.journal.models import Entry
from motcua.journal.testing import events


@pytest.fixture
def office(db, monkeypatch):
    it_is(monkeypatch, MONDAY)
    return a_one_stop()


def with_result(office):
    """A dossier whose electronic result is at the desk."""
    dossier = a_dossier(office)
    for by in (office.officer, office.leader):
        step = processing.running_step(dossier)
        if step.step.is_approval:
            file = a_stored_file(RESULT, at=TUESDAY)
            told = {"granted": True, "number": "12/TLKS", "stored": file, "file_name": "ket-qua.pdf"}
            dossier = processing.approve(dossier, at_step=step.pk, by=by, at=TUESDAY, **told)
        else:
            dossier = processing.do_step(dossier, at_step=step.pk, by=by, at=TUESDAY)
    step = processing.running_step(dossier)
    return results.finish(dossier, at_step=step.pk, by=office.clerk, at=TUESDAY)


def share(dossier, by, *, days=7, times=3):
    return sharing.share(dossier, days=days, times=times, by=by, at=TUESDAY)


def test_whoever_has_the_link_takes_the_result_and_it_is_counted(office):
    made = share(with_result(office), office.citizen)

    file, name = sharing.take(made, at=WEDNESDAY)

    made.refresh_from_db()
    assert (file, name) == (made.file, "ket-qua.pdf")
    assert (made.taken, made.taken_at) == (1, WEDNESDAY)
    assert events(made) == ["share.made", "share.taken"]
    assert Entry.objects.get(event="share.taken").actor is None


def test_it_ends_by_count_by_time_and_by_hand(office):
    dossier = with_result(office)
    once, brief, taken_back = (share(dossier, office.citizen, days=1, times=1) for _ in range(3))
    sharing.take(once, at=TUESDAY)
    sharing.end(taken_back, by=office.citizen, at=TUESDAY)
    sharing.end(taken_back, by=office.citizen, at=TUESDAY)

    for made, refusal in ((once, sharing.UsedUp), (taken_back, sharing.TakenBack)):
        with pytest.raises(refusal):
            sharing.take(made, at=TUESDAY)
    with pytest.raises(sharing.Expired):
        sharing.take(brief, at=TUESDAY + timedelta(days=1))

    assert list(ResultShare.objects.order_by("pk").values_list("taken", flat=True)) == [1, 0, 0]
    assert events(taken_back) == ["share.made", "share.ended"]


def test_a_result_that_is_corrected_is_no_longer_given(office):
    dossier = with_result(office)
    made = share(dossier, office.citizen)

    correcting.correct(dossier, reason="Sai tên.", by=office.leader, at=WEDNESDAY)

    with pytest.raises(sharing.Replaced):
        sharing.take(made, at=WEDNESDAY)


def test_without_an_electronic_result_there_is_nothing_to_share(office):
    for state in (State.IN_PROGRESS, State.READY):  # in the other tests' READY there is a paper only
        with pytest.raises(sharing.NoResult):
            share(a_dossier(office, state), office.citizen)

    assert not ResultShare.objects.exists()


def test_an_agent_does_not_share_what_is_the_owners(office):
    dossier, giver = with_result(office), a_citizen("Lý Thị Mẩy")
    dossier.mandate = Mandate.objects.create(
        owner_name=giver.full_name,
        owner_id_number="008185000111",
        owner_account=giver,
        agent_name=office.citizen.full_name,
        agent_id_number="008085000222",
        agent_account=office.citizen,
        scope=MandateScope.ALL,
        valid_from=MONDAY.date(),
        recorded_by=giver,
        recorded_at=MONDAY,
    )
    dossier.save(update_fields=["mandate"])

    for nobody in (office.citizen, a_citizen("Người khác"), office.officer):
        with pytest.raises(lifecycle.NotYours):
            share(dossier, nobody)
    assert share(dossier, giver).made_by == giver


def test_five_links_at_a_time_are_enough(office):
    dossier = with_result(office)
    made = [share(dossier, office.citizen) for _ in range(5)]
    with pytest.raises(sharing.Enough):
        share(dossier, office.citizen)

    sharing.end(made[0], by=office.citizen, at=TUESDAY)

    assert share(dossier, office.citizen)
