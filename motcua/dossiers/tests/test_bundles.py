"""Several procedures of one person filed together: all or none, each with its own code, clock and state."""

import threading
from uuid import uuid4

import pytest
from django.db import connection

from motcua.catalogue.testing import a_procedure
from motcua.dossiers import bundles, processing, results, slips, together
from motcua.dossiers.bundles import Wanted
from motcua.dossiers.models import Bundle, Dossier, Paper, SlipKind, State
from motcua.dossiers.papers import Brought
from motcua.dossiers.testing import MONDAY, TUESDAY, a_one_stop, answers, at_step, owner
from motcua.journal.models import Entry
from motcua.journal.testing import events
from motcua.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return a_one_stop()


@pytest.fixture
def versions(office):
    """Birth, residence, insurance: three procedures of one commune."""
    residence = a_procedure("1.004222", name="Đăng ký thường trú", field="Cư trú")
    insurance = a_procedure("2.001000", name="Cấp thẻ bảo hiểm y tế cho trẻ", field="Bảo hiểm")
    return [office.version, residence, insurance]


def wanted(office, versions):
    return [
        Wanted(
            version,
            office.agency,
            [Brought(one, one.name, one.originals, one.copies) for one in version.components.all()],
            answers(version),
        )
        for version in versions
    ]


def receive(office, versions, **told):
    facts = {key: value for key, value in owner(office).items() if key != "form"}
    given = {"public_id": uuid4(), "by": office.reception, "at": MONDAY} | facts | told
    return bundles.receive_together(wanted(office, versions), **given)


def test_each_child_has_its_own_code_papers_and_receipt_and_one_receipt_lists_all(office, versions):
    bundle = receive(office, versions)

    those = list(bundle.dossiers.order_by("pk"))
    assert [one.procedure_version for one in those] == versions
    assert len({one.code for one in those}) == 3
    assert {one.state for one in those} == {State.ACCEPTED}
    assert all(one.slips.filter(kind=SlipKind.RECEIPT).count() == 1 and one.papers.exists() for one in those)
    assert together.all_of(those[2]) == those
    assert {events(one)[-1] for one in those} == {"dossier.bundled"}
    assert events(bundle) == ["bundle.received"]


def test_the_children_go_their_own_ways_and_tell_the_story(office, versions):
    bundle = receive(office, versions)
    first, second, _third = bundle.dossiers.order_by("pk")
    processing.hand_to_agency(first, at_step=at_step(first), by=office.reception, at=TUESDAY)
    results.withdraw(second, reason="Người nộp đề nghị.", by=office.reception, at=TUESDAY)

    those = bundles.children(bundle)

    assert [one.dossier.state for one in those] == [State.IN_PROGRESS, State.WITHDRAWN, State.ACCEPTED]
    assert [one.turn for one in those] == ["Công chức Tư pháp - Hộ tịch", "", "Bộ phận Một cửa"]
    assert bundles.sentence(those) == "2 hồ sơ đang giải quyết, 1 hồ sơ đã xong"
    story = bundles.lines([one.dossier for one in those])
    assert {one.line.text for one in story[-2:]} == {
        "Chuyển đến cơ quan giải quyết",
        "Rút hồ sơ theo đề nghị của người nộp",
    }
    assert [one.line.at for one in story] == sorted(one.line.at for one in story)


def test_pressed_twice_it_is_made_once(office, versions):
    public_id = uuid4()

    first, second = (receive(office, versions, public_id=public_id) for _ in range(2))

    assert first == second
    assert (Bundle.objects.count(), Dossier.objects.count()) == (1, 3)


@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_the_same_moment_it_is_made_once(office, versions):
    named, made, start = uuid4(), [], threading.Barrier(2)

    def press():
        start.wait()
        try:
            made.append(receive(office, versions, public_id=named).pk)
        finally:
            connection.close()

    presses = [threading.Thread(target=press) for _ in range(2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()

    bundle = Bundle.objects.get()
    assert made == [bundle.pk, bundle.pk]
    assert bundle.dossiers.count() == Dossier.objects.count() == 3
    assert all(events(child).count("dossier.accepted") == 1 for child in bundle.dossiers.all())


def test_of_a_bundle_that_fails_half_way_nothing_is_left_but_a_gap_in_the_numbers(office, versions, monkeypatch):
    issue, calls = slips.issue, []

    def fails_the_second_time(*about, **told):
        calls.append(about)
        if len(calls) == 2:
            raise Refusal("Không lập được phiếu.")
        return issue(*about, **told)

    monkeypatch.setattr(slips, "issue", fails_the_second_time)
    with pytest.raises(Refusal, match="Không lập được phiếu"):
        receive(office, versions)

    assert len(calls) == 2
    assert not (Bundle.objects.exists() or Dossier.objects.exists() or Paper.objects.exists())
    assert not Entry.objects.filter(event__in=("dossier.accepted", "bundle.received")).exists()
    monkeypatch.setattr(slips, "issue", issue)
    assert receive(office, versions).dossiers.order_by("pk").first().code.endswith("-0004")


def test_one_procedure_alone_or_twice_is_no_bundle(office, versions):
    for few in (versions[:1], [versions[0], versions[0]]):
        with pytest.raises(bundles.TooFew):
            receive(office, few)

    assert not Bundle.objects.exists()


def test_another_agencys_officer_receives_nothing_here(office, versions):
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")

    with pytest.raises(Refusal):
        receive(office, versions, by=other.reception)

    assert not Bundle.objects.exists() and not Dossier.objects.exists()


def test_without_the_owners_name_no_child_is_received(office, versions):
    with pytest.raises(Refusal, match="họ tên chủ hồ sơ"):
        receive(office, versions, owner_name="")

    assert not Bundle.objects.exists() and not Dossier.objects.exists()
