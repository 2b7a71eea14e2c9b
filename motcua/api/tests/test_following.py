"""Another system follows dossiers: its own, and those of its agency where it may."""

import pytest

from motcua.api.testing import a_filing, a_system
from motcua.dossiers import intake, processing, results
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.testing import (
    MONDAY,
    RESULT,
    TUESDAY,
    a_dossier,
    a_one_stop,
    a_stored_file,
    at_step,
    it_is,
    to_the_end,
)
from motcua.journal.models import Reading

pytestmark = pytest.mark.django_db


@pytest.fixture
def system():
    return a_system()


def filed(office, system):
    answer = system.post("dossiers", a_filing(office, system))
    assert answer.status_code == 201, answer.content
    return Dossier.objects.get(code=answer.json()["code"])


def codes(answer):
    return [one["code"] for one in answer.json()["items"]]


def test_a_system_sees_what_it_filed_and_nothing_else(office, system):
    own = filed(office, system)
    of_a_citizen = a_dossier(office, State.SUBMITTED)
    of_another = filed(office, a_system())

    assert codes(system.get("dossiers")) == [own.code]
    assert system.get(f"dossiers/{own.code}").status_code == 200
    for other in (of_a_citizen, of_another):
        answer = system.get(f"dossiers/{other.code}")
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
        file = other.papers.exclude(files=None).first().files.first()
        assert system.get(f"dossiers/{other.code}/papers/{file.pk}").status_code == 404
        assert system.get(f"dossiers/{other.code}/result").status_code == 404


def test_a_system_of_an_agency_sees_what_its_agency_receives_or_settles(office):
    there = a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="1.001194")
    here, elsewhere = a_dossier(office, State.SUBMITTED), a_dossier(there, State.SUBMITTED)
    a_dossier(office, State.DRAFT)

    with_scope = a_system("dossiers:read", "dossiers:agency", agency=office.agency)
    without = a_system("dossiers:read", agency=office.agency)

    assert codes(with_scope.get("dossiers")) == [here.code]
    assert with_scope.get(f"dossiers/{elsewhere.code}").status_code == 404
    assert codes(without.get("dossiers")) == []
    assert without.get(f"dossiers/{here.code}").status_code == 404


def test_that_an_agencys_system_read_a_dossier_is_kept_for_its_citizen(office, system):
    dossier = filed(office, system)
    agencys = a_system(agency=office.agency)

    system.get(f"dossiers/{dossier.code}")
    assert not Reading.objects.exists()
    agencys.get("dossiers")
    assert not Reading.objects.exists()
    agencys.get(f"dossiers/{dossier.code}")

    reading = Reading.objects.get()
    assert (reading.subject, reading.reader) == (dossier.subject, agencys.person)


def test_dossiers_are_read_page_by_page_the_newest_first(office, system):
    filings = [filed(office, system) for _ in range(5)]

    first = system.get("dossiers", limit=2)
    second = system.get("dossiers", limit=2, cursor=first.json()["next"])
    last = system.get("dossiers", limit=2, cursor=second.json()["next"])

    assert codes(first) + codes(second) + codes(last) == [one.code for one in reversed(filings)]
    assert last.json()["next"] is None
    assert codes(system.get("dossiers", cursor="00000000-0000-4000-8000-000000000000")) == []
    assert codes(system.get("dossiers", state="ACCEPTED")) == []


def test_a_cursor_of_what_one_may_not_see_opens_nothing(office, system):
    filed(office, system)
    other = filed(office, a_system())

    assert codes(system.get("dossiers", cursor=other.public_id)) == []


def test_one_dossier_is_told_with_its_clock_and_whose_turn_it_is(office, system, monkeypatch):
    dossier = filed(office, system)
    intake.accept(dossier, by=office.reception, at=MONDAY)
    processing.hand_to_agency(dossier, at_step=at_step(dossier), by=office.reception, at=MONDAY)
    it_is(monkeypatch, TUESDAY)

    told = system.renewed().get(f"dossiers/{dossier.code}").json()

    assert (told["state"], told["portal_state"], told["turn"]) == ("IN_PROGRESS", 4, office.professional.name)
    assert told["due_at"] == told["first_due_at"]
    assert [(share["kind"], share["minutes"], share["running"]) for share in told["clock"]] == [("AGENCY", 480, True)]
    assert [line["event"] for line in told["timeline"]][:3] == [
        "dossier.drafted",
        "dossier.submitted",
        "dossier.accepted",
    ]
    assert office.reception.full_name not in str(told)
    assert [paper["component"] for paper in told["papers"]] == ["chung_sinh", "giay_to_tuy_than", "uy_quyen"]


def test_what_was_sent_is_read_again(office, system):
    dossier = filed(office, system)
    file = system.get(f"dossiers/{dossier.code}").json()["papers"][0]["files"][0]

    answer = system.get(f"dossiers/{dossier.code}/papers/{file['id']}")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert len(b"".join(answer.streaming_content)) == file["size"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_result_is_there_once_it_is_given_out_and_not_before(office, system):
    dossier = filed(office, system)
    intake.accept(dossier, by=office.reception, at=MONDAY)
    dossier = processing.hand_to_agency(dossier, at_step=at_step(dossier), by=office.reception, at=MONDAY)
    step = processing.running_step(dossier)
    dossier = processing.do_step(dossier, at_step=step.pk, by=office.officer, at=MONDAY)
    step = processing.running_step(dossier)
    dossier = processing.approve(
        dossier,
        at_step=step.pk,
        granted=True,
        number="12/TLKS",
        by=office.leader,
        at=MONDAY,
        stored=a_stored_file(RESULT),
        file_name="giay-khai-sinh.pdf",
    )

    before = system.get(f"dossiers/{dossier.code}")
    assert before.json()["result"] is None
    assert system.get(f"dossiers/{dossier.code}/result").status_code == 404
    to_the_end(dossier, office, at=MONDAY)
    told = system.get(f"dossiers/{dossier.code}").json()
    answer = system.get(f"dossiers/{dossier.code}/result")

    assert (told["state"], told["result"]["number"], told["result"]["file_name"]) == (
        "READY",
        "12/TLKS",
        "giay-khai-sinh.pdf",
    )
    assert b"".join(answer.streaming_content) == RESULT


def test_why_it_ended_is_told(office, system):
    dossier = filed(office, system)
    results.withdraw(dossier, reason="Nhầm.", by=system.person, at=MONDAY)

    told = system.get(f"dossiers/{dossier.code}").json()

    assert (told["state"], told["ending"]["reason"], told["turn"]) == ("WITHDRAWN", "Nhầm.", "")


def test_reading_costs_the_same_for_one_and_for_many(office, system, django_assert_max_num_queries):
    for _ in range(4):
        last = filed(office, system)

    with django_assert_max_num_queries(6):
        assert len(codes(system.get("dossiers"))) == 4
    with django_assert_max_num_queries(30):
        system.get(f"dossiers/{last.code}")
