"""An agency's own system does the work of a counter: by the same rules as its officers, and no more than it was entrusted with."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from motcua.accounts.models import Assignment
from motcua.accounts.permissions import ROLES, Role
from motcua.api import acts, acts_duties
from motcua.api.models import Client
from motcua.api.testing import a_system
from motcua.dossiers import acts as acts_of_the_office
from motcua.dossiers import processing
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.testing import MONDAY, PDF, RESULT, TUESDAY, a_dossier, a_one_stop, at_step, it_is
from motcua.journal.models import Entry
from motcua.journal.testing import events

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    it_is(monkeypatch, TUESDAY)


@pytest.fixture
def office():
    return a_one_stop()


def of(office, *duties):
    """A system of the office, entrusted with these."""
    system = a_system(agency=office.agency, name="Phần mềm một cửa của xã")
    for unit, role in duties:
        acts_duties.give(system.client, unit, role, by=None, at=MONDAY)
    return system


@pytest.fixture
def desk(office):
    return of(office, (office.one_stop, Role.RECEPTION_OFFICER))


def do(system, dossier, act, **words):
    return system.post(f"dossiers/{dossier.code}/acts/{act}", words)


def told(system, dossier):
    answer = system.get(f"dossiers/{dossier.code}/acts").json()
    return answer, {one["act"]: one for one in answer["acts"]}


def as_it_is(dossier):
    """What a refusal must leave as it was."""
    fresh = Dossier.objects.get(pk=dossier.pk)
    return fresh.state, events(dossier), fresh.papers.filter(files__isnull=False).count()


def test_a_system_takes_a_dossier_in_and_the_journal_names_the_system(office, desk):
    dossier = a_dossier(office, State.SUBMITTED)

    answer = do(desk, dossier, "accept")

    line = Entry.objects.get(subject=dossier.subject, event="dossier.accepted")
    assert (answer.status_code, answer.json()["state"]) == (200, "ACCEPTED")
    assert line.actor == desk.person and str(line.actor) == "Phần mềm một cửa của xã"
    assert Dossier.objects.get(pk=dossier.pk).accepted_by == desk.person


def test_it_is_told_what_may_be_done_and_why_not_the_rest_as_an_officer_is(office, desk):
    dossier = a_dossier(office, State.SUBMITTED)

    answer, acts_told = told(desk, dossier)

    seen = {one.name: one for one in acts_of_the_office.acts(dossier, office.reception)}
    assert answer["state"] == "SUBMITTED" and answer["at_step"] is None
    assert {name: (one["allowed"], one["why_not"]) for name, one in acts_told.items()} == {
        name: (one.allowed, one.why_not) for name, one in seen.items() if name in acts.WAYS
    }
    assert (
        acts_told["accept"]["allowed"] and not acts_told["hand_over"]["allowed"] and acts_told["hand_over"]["why_not"]
    )
    assert acts_told["request_supplement"]["needs"] == ["items", "reason"]


def test_a_whole_life_goes_through_systems_but_for_what_a_person_signs(office, desk):
    agencys = of(office, (office.professional, Role.PROCESSING_OFFICER))
    clerks = of(office, (office.clerks, Role.CLERK))
    dossier = a_dossier(office, State.SUBMITTED)
    assert do(desk, dossier, "accept").status_code == 200
    assert do(desk, dossier, "hand_to_agency", at_step=at_step(dossier), note="Đủ giấy tờ").status_code == 200
    asked = do(agencys, dossier, "request_payment", amount=8000, reason="Lệ phí")
    paid = do(agencys, dossier, "settle_payment", receipt_number="BL-7")
    assert (asked.json()["state"], paid.json()["state"]) == ("AWAITING_PAYMENT", "IN_PROGRESS")

    walked = Dossier.objects.get(pk=dossier.pk)
    while walked.state == State.IN_PROGRESS:
        answer, told_acts = told(agencys, walked)
        if told_acts["do_step"]["allowed"]:
            assert do(agencys, walked, "do_step", at_step=answer["at_step"]).status_code == 200
        elif (finishing := told(clerks, walked))[1]["finish"]["allowed"]:
            assert do(clerks, walked, "finish", at_step=finishing[0]["at_step"]).status_code == 200
        else:
            a_person_signs(office, walked)
        walked = Dossier.objects.get(pk=dossier.pk)
    returned = do(desk, walked, "hand_over", method="COUNTER", recipient_name=walked.owner_name)

    assert returned.json()["state"] == "RETURNED"
    by = Entry.objects.filter(subject=dossier.subject, event="dossier.approved").get().actor
    assert by == office.leader


def a_person_signs(office, dossier):
    """The one step that belongs to a person, whichever it is."""
    running = processing.running_step(dossier)
    if running.step.is_approval:
        processing.approve(dossier, at_step=running.pk, granted=True, number="12/TLKS", by=office.leader, at=TUESDAY)
    else:
        who = {Role.HEAD_OF_UNIT: office.head, Role.LEADER: office.leader, Role.CLERK: office.clerk}
        processing.do_step(dossier, at_step=running.pk, by=who[Role(running.step.role)], at=TUESDAY)


def test_a_supplement_is_asked_for_and_what_was_brought_is_recorded(office, desk):
    dossier = a_dossier(office, State.SUBMITTED)
    paper = dossier.papers.exclude(files=None).first()
    asked = do(
        desk, dossier, "request_supplement", reason="Ảnh mờ.", items=[{"what": "Bản chụp rõ", "paper": paper.pk}]
    )
    assert asked.json()["state"] == "AWAITING_COMPLETION"

    file = desk.send(PDF + b"% clearer\n").json()["id"]
    wrong = do(desk, dossier, "record_answer", papers=[{"paper": 10**9, "files": [file]}])
    right = do(desk, dossier, "record_answer", papers=[{"paper": paper.pk, "files": [file]}], note="Mang đến quầy")

    assert (wrong.status_code, wrong.json()["errors"][0]["where"]) == (422, ["body", "papers", "0", "paper"])
    assert right.json()["state"] == "SUBMITTED"
    assert paper.files.filter(added_by=desk.person).count() == 1


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("hand_over", {"method": "COUNTER", "recipient_name": "Lý A Pao"}),
        ("finish", {"at_step": 1}),
        ("hand_to_agency", {"at_step": 1}),
    ],
)
def test_what_cannot_be_done_now_is_refused_with_the_sentence_and_leaves_nothing(office, act, words):
    system = of(office, (office.one_stop, Role.RECEPTION_OFFICER), (office.clerks, Role.CLERK))
    dossier = a_dossier(office, State.SUBMITTED)
    before = as_it_is(dossier)

    answer = do(system, dossier, act, **words)

    assert answer["Content-Type"] == "application/problem+json"
    assert answer.status_code in (409, 422) and answer.json()["detail"].startswith("Hồ sơ đ")
    assert as_it_is(dossier) == before


def test_acts_that_belong_to_another_role_are_forbidden_and_leave_nothing(office, desk):
    agencys = of(office, (office.professional, Role.PROCESSING_OFFICER))
    dossier, ready = a_dossier(office, State.SUBMITTED), a_dossier(office, State.READY)
    before = as_it_is(dossier), as_it_is(ready)

    refused = [
        do(agencys, dossier, "accept"),
        do(agencys, dossier, "refuse", reason="Không thuộc thẩm quyền"),
        do(agencys, ready, "hand_over", method="COUNTER", recipient_name=ready.owner_name),
        do(desk, ready, "finish", at_step=1),
    ]

    assert [one.status_code for one in refused] == [403] * 4
    assert "chưa được giao việc" in refused[0].json()["detail"]
    assert (as_it_is(dossier), as_it_is(ready)) == before
    assert "accept" not in told(agencys, dossier)[1]


def test_who_holds_another_step_is_refused_as_an_officer_would_be(office):
    clerks = of(office, (office.clerks, Role.CLERK))
    dossier = a_dossier(office, State.IN_PROGRESS)
    before = as_it_is(dossier)

    answer = do(clerks, dossier, "do_step", at_step=told(clerks, dossier)[0]["at_step"])

    assert answer.status_code == 422 and "vị trí đó thực hiện việc này" in answer.json()["detail"]
    assert as_it_is(dossier) == before


def test_a_step_that_has_moved_on_is_not_ended_again(office):
    agencys = of(office, (office.professional, Role.PROCESSING_OFFICER))
    dossier = a_dossier(office, State.IN_PROGRESS)
    step = told(agencys, dossier)[0]["at_step"]
    assert do(agencys, dossier, "do_step", at_step=step).status_code == 200
    before = as_it_is(dossier)

    answer = do(agencys, dossier, "do_step", at_step=step)

    assert answer.status_code in (409, 422) and "bước khác" in answer.json()["detail"]
    assert as_it_is(dossier) == before


def test_an_act_sent_twice_under_one_key_is_done_once(office):
    agencys = of(office, (office.professional, Role.PROCESSING_OFFICER))
    dossier = a_dossier(office, State.IN_PROGRESS)
    words = {"at_step": told(agencys, dossier)[0]["at_step"]}
    address = f"dossiers/{dossier.code}/acts/do_step"

    first = agencys.post(address, words, idempotency_key="mot-lan")
    second = agencys.post(address, words, idempotency_key="mot-lan")

    assert first.status_code == second.status_code == 200 and first.content == second.content
    assert events(dossier).count("dossier.step_done") == 1


def test_words_are_those_of_the_act_and_each_fault_is_named(office, desk):
    dossier = a_dossier(office, State.SUBMITTED)
    before = as_it_is(dossier)

    lacking = do(desk, dossier, "refuse")
    too_much = do(desk, dossier, "accept", reason="Vì sao", amount=1)
    unknown = do(desk, dossier, "accept", ly_do="x")
    no_paper = do(desk, dossier, "request_supplement", reason="Mờ", items=[{"what": "Bản rõ", "paper": 10**9}])
    no_act = do(desk, dossier, "approve", at_step=1, granted=True, number="1")

    where = [one["where"] for one in lacking.json()["errors"] + too_much.json()["errors"]]
    assert where == [["body", "reason"], ["body", "reason"], ["body", "amount"]]
    assert no_paper.json()["errors"][0]["where"] == ["body", "items", "0", "paper"]
    assert [one.status_code for one in (lacking, too_much, unknown, no_paper, no_act)] == [422] * 5
    assert as_it_is(dossier) == before


def test_a_dossier_of_another_agency_does_not_exist_for_it(office, desk):
    there = a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="1.001194")
    dossier = a_dossier(there, State.SUBMITTED)
    before = as_it_is(dossier)

    assert do(desk, dossier, "accept").status_code == 404
    assert desk.get(f"dossiers/{dossier.code}/acts").status_code == 404
    assert as_it_is(dossier) == before


def test_a_system_without_a_duty_or_without_the_scope_does_nothing(office):
    idle, reading = of(office), a_system("dossiers:read", agency=office.agency)
    dossier = a_dossier(office, State.SUBMITTED)

    assert do(idle, dossier, "accept").status_code == 403
    assert idle.get(f"dossiers/{dossier.code}/acts").status_code == 404
    assert do(reading, dossier, "accept").status_code == 403
    assert events(dossier)[-1] == "dossier.submitted"


def test_the_result_of_what_is_settled_at_the_desk_is_a_file_sent_before(office, desk, monkeypatch):
    """The desk settles only what its process lets it; here it does not, and the file stays unattached."""
    dossier = a_dossier(office, State.ACCEPTED)
    file = desk.send(RESULT).json()["id"]
    words = {"at_step": told(desk, dossier)[0]["at_step"], "granted": True, "number": "12/TL"}

    unknown = do(desk, dossier, "settle_at_once", **words, file="00000000-0000-4000-8000-000000000000")
    refused = do(desk, dossier, "settle_at_once", **words, file=file)

    assert unknown.json()["errors"][0]["where"] == ["body", "file"]
    assert refused.status_code == 409 and not hasattr(Dossier.objects.get(pk=dossier.pk), "decision")


# What a system is entrusted with ----------------------------------------------------------------------------------------


def test_a_system_is_given_no_role_that_signs_and_none_elsewhere(office):
    there = a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="1.001194")
    client = of(office).client
    reader = a_system("dossiers:read", agency=office.agency).client

    with pytest.raises(acts_duties.NotForSystems):
        acts_duties.give(client, office.leaders, Role.LEADER, by=None, at=MONDAY)
    with pytest.raises(acts_duties.OtherAgency):
        acts_duties.give(client, there.one_stop, Role.RECEPTION_OFFICER, by=None, at=MONDAY)
    with pytest.raises(acts_duties.MayNotAct):
        acts_duties.give(reader, office.one_stop, Role.RECEPTION_OFFICER, by=None, at=MONDAY)

    assert not Assignment.objects.filter(person__client__isnull=False).exists()


def test_what_no_role_of_a_system_may_do_is_not_among_its_acts():
    reachable = set().union(*(ROLES[role] for role in acts_duties.ROLES))

    assert {acts_of_the_office.ACTS[name][1] for name in acts.WAYS} <= reachable
    assert not {"approve", "sign_apology", "stop", "correct"} & acts.WAYS.keys()


def test_a_duty_that_has_ended_lets_nothing_more_be_done(office, desk):
    dossier = a_dossier(office, State.SUBMITTED)

    assert acts_duties.end(desk.client, by=None, at=TUESDAY) == 1
    assert acts_duties.end(desk.client, by=None, at=TUESDAY + timedelta(days=1)) == 0

    assert do(desk, dossier, "accept").status_code == 403
    assert events(desk.client) == ["client.registered", "client.entrusted", "client.released"]


def test_the_operator_gives_and_takes_duties_by_name(office, capsys):
    client = of(office).client

    call_command("api_duty", "give", client.client_id, office.one_stop.name, "RECEPTION_OFFICER")
    call_command("api_duty", "list", client.client_id)
    call_command("api_duty", "end", client.client_id)
    with pytest.raises(CommandError, match="không có bộ phận"):
        call_command("api_duty", "give", client.client_id, "Phòng lạ", "CLERK")
    with pytest.raises(CommandError, match="Không có hệ thống"):
        call_command("api_duty", "list", "lạ")

    said = capsys.readouterr().out
    assert "Đã giao" in said and "Cán bộ một cửa, Bộ phận Một cửa" in said and "thôi giao 1 việc" in said
    assert not Assignment.objects.filter(person=Client.objects.get(pk=client.pk).user).exists()
