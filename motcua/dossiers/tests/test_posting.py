"""Filings, papers and results that travel by post, and whose days those were (bưu chính công ích; one-stop.md §9.2)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from motcua.catalogue.models import Channel
from motcua.dossiers import clock, correcting, informing, moving, posting, processing, results, timeline
from motcua.dossiers.lifecycle import NoReason, NotYours
from motcua.dossiers.models import ClockOwner, Dossier, PostalItem, ReturnBy, State
from motcua.dossiers.posting import Posted
from motcua.dossiers.testing import MONDAY, TUESDAY, WEDNESDAY, a_dossier, a_one_stop, a_walk_in, at_step, to_the_end
from motcua.journal.models import Entry
from motcua.journal.testing import events
from motcua.worktime.terms import Term

pytestmark = pytest.mark.django_db


def ledger(dossier):
    return [one.owner_kind for one in dossier.clock.order_by("started_at", "id")]


def sent_elsewhere(office, other, **facts):
    """Received here, settled there, and its papers given to the post."""
    dossier = a_walk_in(office, **facts)
    dossier = moving.send_elsewhere(dossier, agency=other.agency, reason="Cư trú ở đó.", by=office.reception, at=MONDAY)
    return processing.hand_to_agency(
        dossier, at_step=at_step(dossier), by=office.reception, at=MONDAY, postal_number="cp 123 456 vn"
    )


# What a person sent ---------------------------------------------------------------------------------------------------


def test_what_came_by_post_begins_with_the_days_of_the_post_and_its_term_with_acceptance():
    office = a_one_stop(term=Term.days(5))
    friday = timezone.localdate(MONDAY) - timedelta(days=3)

    dossier = a_walk_in(office, posted=Posted("cp 123 456 vn", friday))

    assert dossier.channel == Channel.POST
    assert ledger(dossier) == [ClockOwner.POST, ClockOwner.AGENCY]
    assert dossier.due_at == MONDAY + timedelta(days=7)
    item = dossier.postal_items.get()
    assert (item.number, item.arrived_at, item.noted_by) == ("CP123456VN", MONDAY, office.reception)
    post, agency = clock.bar(dossier, TUESDAY)
    assert (post.label, post.minutes) == ("Bưu điện", 10 * 60)  # all of Friday, and Monday until nine
    assert (agency.minutes, agency.running) == (8 * 60, True)


@pytest.mark.parametrize("days", [-1, 91])
def test_nothing_was_posted_tomorrow_or_a_season_ago(days):
    office = a_one_stop()

    with pytest.raises(posting.NotThatDay):
        a_walk_in(office, posted=Posted("CP1", timezone.localdate(MONDAY) - timedelta(days=days)))

    assert not Dossier.objects.exists()
    assert not PostalItem.objects.exists()


# Papers between offices -----------------------------------------------------------------------------------------------


def test_while_the_papers_are_on_their_way_the_time_is_the_posts_and_nobody_settles():
    office, other = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")

    dossier = sent_elsewhere(office, other)

    assert (dossier.at_post, timeline.turn(dossier)) == (True, "Bưu điện")
    assert ledger(dossier) == [ClockOwner.AGENCY, ClockOwner.POST]
    for act in (
        lambda: processing.do_step(dossier, at_step=at_step(dossier), by=other.officer, at=TUESDAY),
        lambda: processing.return_step(dossier, at_step=at_step(dossier), reason="x", by=other.officer, at=TUESDAY),
        lambda: moving.recall(dossier, reason="x", by=office.reception, at=TUESDAY),
    ):
        with pytest.raises(posting.AtThePost, match="mã bưu gửi CP123456VN"):
            act()
    assert events(dossier)[-2:] == ["dossier.handed_to_agency", "dossier.papers_posted"]


def test_what_arrived_is_the_agencys_with_the_whole_time_of_its_step():
    office, other = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    dossier = sent_elsewhere(office, other)
    due_at, step_due = dossier.due_at, processing.running_step(dossier).due_at

    dossier = processing.note_arrival(dossier, by=other.officer, at=WEDNESDAY)

    assert ledger(dossier) == [ClockOwner.AGENCY, ClockOwner.POST, ClockOwner.AGENCY]
    assert processing.running_step(dossier).due_at - step_due == WEDNESDAY - MONDAY
    assert dossier.due_at == due_at  # the promise to the applicant stays
    assert [share.label for share in clock.bar(dossier, WEDNESDAY)][1] == "Bưu điện"
    assert to_the_end(dossier, other, at=WEDNESDAY).state == State.READY
    with pytest.raises(posting.NotAtThePost):
        processing.note_arrival(a_dossier(other), by=other.officer, at=WEDNESDAY)


def test_who_does_not_hold_the_step_notes_no_arrival():
    office, other = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    dossier = sent_elsewhere(office, other)

    with pytest.raises(NotYours):
        processing.note_arrival(dossier, by=office.reception, at=TUESDAY)

    dossier.refresh_from_db()
    assert dossier.at_post


def test_within_one_house_nothing_goes_by_post():
    office = a_one_stop()
    dossier = a_dossier(office, State.ACCEPTED)

    with pytest.raises(posting.OfThisHouse):
        processing.hand_to_agency(
            dossier, at_step=at_step(dossier), by=office.reception, at=MONDAY, postal_number="CP1"
        )

    dossier = Dossier.objects.get(pk=dossier.pk)
    assert (dossier.state, dossier.at_post, dossier.postal_items.count()) == (State.ACCEPTED, False, 0)


def test_a_dossier_withdrawn_on_the_way_leaves_nothing_at_the_post():
    office, other = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    dossier = sent_elsewhere(office, other)

    dossier = results.withdraw(dossier, reason="Người nộp đề nghị.", by=office.reception, at=TUESDAY)

    item = dossier.postal_items.get()
    assert (dossier.at_post, item.came_back_at, item.came_back_why) == (False, TUESDAY, "Người nộp đề nghị.")
    assert not dossier.clock.filter(ended_at=None).exists()


# The result -----------------------------------------------------------------------------------------------------------


def test_a_result_is_handed_over_when_the_post_says_so_and_is_only_ready_until_then():
    office = a_one_stop()
    dossier = a_dossier(office, State.READY)
    finished = dossier.finished_at

    dossier = posting.post_result(dossier, number="RR 11 VN", by=office.reception, at=TUESDAY)
    assert (dossier.state, dossier.finished_at) == (State.READY, finished)
    with pytest.raises(posting.AtThePost):
        results.hand_over(
            dossier, method=ReturnBy.COUNTER, recipient_name=dossier.owner_name, by=office.reception, at=TUESDAY
        )
    with pytest.raises(posting.AtThePost):
        posting.post_result(dossier, number="RR 12 VN", by=office.reception, at=TUESDAY)
    with pytest.raises(posting.AtThePost):
        correcting.correct(dossier, reason="Sai tên.", by=office.leader, at=TUESDAY)
    dossier = results.hand_over(
        dossier, method=ReturnBy.POST, recipient_name="Lý Thị Mỷ", by=office.reception, at=WEDNESDAY
    )

    assert (dossier.state, dossier.at_post, dossier.finished_at) == (State.RETURNED, False, finished)
    assert dossier.postal_items.get().arrived_at == WEDNESDAY
    assert dossier.hand_over.method == ReturnBy.POST


def test_the_post_hands_over_nothing_that_it_was_not_given():
    office = a_one_stop()
    dossier = a_dossier(office, State.READY)

    with pytest.raises(posting.NoPostalNumber):
        posting.post_result(dossier, number="  ", by=office.reception, at=TUESDAY)
    with pytest.raises(results.NotPosted):
        results.hand_over(
            dossier, method=ReturnBy.POST, recipient_name=dossier.owner_name, by=office.reception, at=TUESDAY
        )
    with pytest.raises(NotYours):
        posting.post_result(dossier, number="RR1", by=office.officer, at=TUESDAY)

    dossier = Dossier.objects.get(pk=dossier.pk)
    assert (dossier.state, dossier.at_post, dossier.postal_items.count()) == (State.READY, False, 0)


def test_what_the_post_brought_back_waits_at_the_desk_and_may_be_sent_once_more():
    office = a_one_stop()
    dossier = posting.post_result(a_dossier(office, State.READY), number="RR1", by=office.reception, at=TUESDAY)

    with pytest.raises(NoReason):
        posting.take_back(dossier, reason=" ", by=office.reception, at=WEDNESDAY)
    dossier = posting.take_back(dossier, reason="Không có người nhận.", by=office.reception, at=WEDNESDAY)
    dossier = posting.post_result(dossier, number="RR2", by=office.reception, at=WEDNESDAY)

    assert [item.number for item in dossier.postal_items.all()] == ["RR1", "RR2"]
    assert dossier.postal_items.first().came_back_why == "Không có người nhận."
    assert posting.on_the_way(dossier).number == "RR2"


def test_the_applicant_hears_the_number_and_that_it_came_back():
    office = a_one_stop()
    dossier = posting.post_result(a_dossier(office, State.READY), number="RR1", by=office.reception, at=TUESDAY)
    posted = Entry.objects.get(event="dossier.result_posted")
    assert "đã giao bưu điện, mã bưu gửi RR1" in informing._happened(posted, dossier)

    dossier = posting.take_back(dossier, reason="Sai địa chỉ.", by=office.reception, at=WEDNESDAY)

    came_back = Entry.objects.get(event="dossier.result_came_back")
    assert "Bưu điện không phát được" in informing._happened(came_back, dossier)


def test_the_control_slip_tells_the_days_at_the_post():
    office, other = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    dossier = processing.note_arrival(sent_elsewhere(office, other), by=other.officer, at=TUESDAY)
    dossier = to_the_end(dossier, other, at=WEDNESDAY)

    assert any("Ở bưu điện" in note for note in _notes_of(dossier))


def _notes_of(dossier):
    from motcua.dossiers import slips

    waits = list(dossier.clock.filter(owner_kind__in=slips.WAITED))
    return [note for step in dossier.step_intervals.all() for note in slips._notes(step, waits)]
