"""Another system files for people: once, in full, by the same rules."""

from datetime import timedelta

import pytest

from motcua.api import filing, idempotency
from motcua.api.models import KeptAnswer, Upload
from motcua.api.tasks import forget
from motcua.api.testing import a_filing, a_system
from motcua.catalogue.testing import ANSWERS, PAPERS, SPOILED
from motcua.dossiers import intake, supplement
from motcua.dossiers.models import Dossier, OwnerKind, State
from motcua.dossiers.testing import MONDAY, PDF, TUESDAY, a_one_stop, it_is
from motcua.files.models import StoredFile
from motcua.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def system():
    return a_system()


def faults(answer):
    """Where a request is wrong, without the body's own name."""
    assert answer.status_code == 422, answer.content
    return {".".join(one["where"][1:]): one["detail"] for one in answer.json()["errors"]}


# Papers


def test_a_paper_waits_for_its_dossier(system):
    answer = system.send(name="giay chung sinh.pdf")

    told = answer.json()
    assert answer.status_code == 201
    assert (told["name"], told["size"], told["media_type"]) == ("giay chung sinh.pdf", len(PDF), "application/pdf")
    assert Upload.objects.get().client == system.client


def test_a_paper_is_judged_by_what_it_holds_and_nothing_is_kept(system, settings):
    hostile = system.send(b"MZ\x90\x00 this is a program", "giay.pdf")
    empty = system.send(b"", "giay.pdf")

    assert (hostile.status_code, hostile.json()["type"]) == (422, "urn:motcua:wrong-type")
    assert (empty.status_code, empty.json()["type"]) == (422, "urn:motcua:empty")
    assert not Upload.objects.exists() and not StoredFile.objects.exists()


def test_a_paper_that_is_too_big_is_told_so(system, monkeypatch):
    monkeypatch.setattr("motcua.files.limits.MAX_BYTES", 100)

    assert system.send().status_code == 413
    assert not Upload.objects.exists()


# The dossier


def test_a_dossier_is_filed_in_one_call(office, system):
    answer = system.post("dossiers", a_filing(office, system))

    told, dossier = answer.json(), Dossier.objects.get()
    assert (answer.status_code, answer["Location"]) == (201, f"/api/v1/dossiers/{dossier.code}")
    assert (told["code"], told["state"], told["turn"]) == (dossier.code, "SUBMITTED", "Bộ phận Một cửa")
    assert told["reception_due_at"].startswith("2023-10-24T")
    assert (dossier.channel, dossier.account, dossier.state) == ("ONLINE", system.person, State.SUBMITTED)
    assert (dossier.owner_name, dossier.phone, dossier.submitter_name) == (
        "Lý A Pao",
        "0912345678",
        "Bưu điện huyện Hàm Yên",
    )
    assert dossier.form == ANSWERS
    birth, identity, _mandate = dossier.papers.all()
    assert (birth.files.get().name, identity.bring_later) == ("giay.pdf", True)
    assert [entry.event for entry in Entry.objects.filter(subject=dossier.subject).order_by("number")] == [
        "dossier.drafted",
        "dossier.submitted",
    ]


def test_a_dossier_is_filed_for_a_firm_by_who_brings_it(office, system):
    firm = {"kind": "enterprise", "name": "Công ty Chè Hàm Yên", "id_number": "5000123456", "address": "Hàm Yên"}
    system.post("dossiers", a_filing(office, system, owner=firm))

    assert Dossier.objects.get().owner_kind == OwnerKind.ENTERPRISE
    wrong = faults(system.post("dossiers", a_filing(office, system, owner=firm, submitter=None)))
    assert wrong == {"submitter.name": "Hãy ghi họ và tên người nộp."}


def test_every_fault_is_named_at_its_place_and_nothing_is_left_behind(office, system):
    sent = a_filing(
        office,
        system,
        owner={"name": " ", "id_number": "12", "address": "Hùng Đức"},
        contact={"phone": "123", "email": "không"},
        case="Không có",
        answers={"ten_con": "Bảo", "ngay_sinh": "hôm qua", "co_cha": "Có thể", "la": 1},
        papers=[
            {"component": "chung_sinh", "files": ["00000000-0000-4000-8000-000000000000"]},
            {"component": "khong_co"},
            {"component": "chung_sinh"},
        ],
        return_to={"by": "POST"},
    )

    wrong = faults(system.post("dossiers", sent))

    assert set(wrong) == {
        "owner.name",
        "owner.id_number",
        "contact.phone",
        "contact.email",
        "case",
        "answers.ngay_sinh",
        "answers.co_cha",
        "answers.la",
        "papers.0.files.0",
        "papers.1.component",
        "papers.2.component",
        "return_to.address",
    }
    assert wrong["contact.phone"].startswith("Số điện thoại gồm")
    assert not Dossier.objects.exists() and not Entry.objects.filter(event="dossier.drafted").exists()


def test_the_shape_of_a_request_is_told_in_vietnamese_too(system):
    wrong = faults(system.post("dossiers", {"procedure": 1, "owner": {"kind": "cat"}, "extra": 1}))

    assert wrong["agency"] == "Thiếu trường này."
    assert wrong["extra"] == "Không có trường này; hãy xem lại tên."
    assert wrong["owner.kind"].startswith("Chỉ nhận một trong:")
    assert wrong["procedure"] == "Cần một chuỗi ký tự."


def test_what_is_missing_is_told_and_the_draft_is_gone(office, system):
    wrong = faults(system.post("dossiers", a_filing(office, system, papers=[])))

    assert set(wrong) == {"papers.chung_sinh", "papers.giay_to_tuy_than"}
    assert not Dossier.objects.exists()


def test_what_must_come_with_the_dossier_cannot_be_brought_later(office, system):
    papers = [{"component": "chung_sinh", "bring_later": True}]

    answer = system.post("dossiers", a_filing(office, system, papers=papers))

    assert (answer.status_code, answer.json()["type"]) == (422, "urn:motcua:must-come")
    assert not Dossier.objects.exists()


def test_groups_persons_and_numbers_are_answered_as_json(system):
    form = [
        {"key": "cha", "type": "person", "label": "Cha", "required": False},
        {"key": "dien_tich", "type": "number", "label": "Diện tích", "required": True},
        {"key": "gia", "type": "money", "label": "Giá", "required": False},
        {"key": "biet", "type": "partial_date", "label": "Biết từ", "required": False},
        {
            "key": "con",
            "type": "group",
            "label": "Các con",
            "required": True,
            "fields": [{"key": "ten", "type": "text", "label": "Tên", "required": True}],
        },
    ]
    office = a_one_stop(form=form)
    answers = {
        "cha": {"name": "Lý A Sùng"},
        "dien_tich": 1.234,
        "gia": 35000,
        "biet": "1952-03",
        "con": [{"ten": "Mai"}, {"ten": "Bảo"}],
    }

    told = system.post("dossiers", a_filing(office, system, answers=answers))
    wrong = faults(system.post("dossiers", a_filing(office, system, answers=answers | {"con": [{"ten": ""}, 1]})))
    inside = faults(
        system.post("dossiers", a_filing(office, system, answers=answers | {"con": [{"ten": "Mai"}, {"x": "y"}]}))
    )

    assert told.status_code == 201, told.content
    assert Dossier.objects.get().form == answers | {"dien_tich": "1.234"}
    assert "answers.con" in wrong
    assert "answers.con.1.x" in inside


def test_a_case_decides_which_papers_are_asked(system):
    office = a_one_stop(components=PAPERS, form=[])
    paper = system.send().json()["id"]
    papers = [{"component": key, "files": [paper]} for key in ("don", "giay_cu")]

    answer = system.post(
        "dossiers", a_filing(office, system, case=SPOILED, papers=papers, answers={"noi_dung": "Cấp lại"})
    )

    assert answer.status_code == 201, answer.content
    assert [paper["component"] for paper in answer.json()["papers"]] == ["don", "giay_cu"]


def test_nobody_files_with_papers_of_another_system(office, system):
    other = a_system(name="Phần mềm khác")

    wrong = faults(system.post("dossiers", a_filing(office, other)))

    assert set(wrong) == {"papers.0.files.0"}


@pytest.mark.parametrize(
    ("told", "where"),
    [({"procedure": "9.999999"}, "procedure"), ({"agency": "H60.99.99"}, "agency")],
)
def test_a_procedure_or_an_agency_that_is_not_there_is_named(office, system, told, where):
    assert set(faults(system.post("dossiers", a_filing(office, system, **told)))) == {where}


def test_where_the_law_closes_the_portal_a_system_cannot_file_either(office, system, monkeypatch):
    """NĐ 118/2025/NĐ-CP: own online filing ended on 1/7/2025, whoever would file."""
    sent = a_filing(office, system)
    it_is(monkeypatch, MONDAY.replace(year=2026))
    new = system.renewed()
    sent["papers"][0]["files"] = [new.send().json()["id"]]

    answer = new.post("dossiers", sent)

    assert (answer.status_code, answer.json()["type"]) == (422, "urn:motcua:portal-closed")
    assert "Cổng Dịch vụ công quốc gia" in answer.json()["detail"]
    assert not Dossier.objects.exists()


def test_a_scope_to_read_does_not_file(office):
    reader = a_system("dossiers:read", "papers:write")

    assert reader.post("dossiers", a_filing(office, reader)).status_code == 403
    assert not Dossier.objects.exists()


# Once


def test_the_same_request_sent_again_files_once_and_is_answered_alike(office, system):
    sent = a_filing(office, system)

    first = system.post("dossiers", sent, idempotency_key="a")
    again = system.post("dossiers", sent, idempotency_key="a")

    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again["Location"]) == (first.content, first["Location"])
    assert again["Idempotency-Replayed"] == "true"
    assert Dossier.objects.count() == 1


def test_a_key_is_not_used_for_another_request(office, system):
    system.post("dossiers", a_filing(office, system), idempotency_key="a")

    answer = system.post("dossiers", a_filing(office, system, answers={}), idempotency_key="a")

    assert (answer.status_code, Dossier.objects.count()) == (422, 1)
    assert "Idempotency-Key" in answer.json()["detail"]


def test_two_systems_may_think_of_the_same_key(office, system):
    other = a_system()

    system.post("dossiers", a_filing(office, system), idempotency_key="a")
    other.post("dossiers", a_filing(office, other), idempotency_key="a")

    assert Dossier.objects.count() == 2


@pytest.mark.parametrize("key", ["a b", "x" * 101, "\x01"])
def test_a_post_without_a_key_of_its_own_is_not_done(office, system, key):
    body = a_filing(office, system)

    none = system._asked().post("/api/v1/dossiers", body, content_type="application/json")

    assert system.post("dossiers", body, idempotency_key=key).status_code == 400
    assert (none.status_code, none["Content-Type"]) == (400, "application/problem+json")
    assert not Dossier.objects.exists()


def test_what_was_refused_may_be_corrected_under_its_key(office, system):
    refused = system.post("dossiers", a_filing(office, system, papers=[]), idempotency_key="a")
    corrected = system.post("dossiers", a_filing(office, system), idempotency_key="a")

    assert (refused.status_code, corrected.status_code) == (422, 201)


def test_the_same_paper_sent_again_waits_once(system):
    first, again = (system.send(idempotency_key="a") for _ in range(2))
    other = system.send(PDF + b"%\n", idempotency_key="a")

    assert first.json() == again.json()
    assert (other.status_code, Upload.objects.count()) == (422, 1)


def test_a_process_that_died_after_filing_files_no_second_time(office, system):
    sent = a_filing(office, system)
    first = system.post("dossiers", sent, idempotency_key="a")
    KeptAnswer.objects.all().delete()  # as if it had died before it could answer

    again = system.post("dossiers", sent, idempotency_key="a")

    assert (again.status_code, again.json()["code"]) == (201, first.json()["code"])
    assert Dossier.objects.count() == 1


def test_a_draft_left_by_a_process_that_died_is_begun_again(office, system):
    begun = intake.begin(office.version, agency=office.agency, by=system.person, at=MONDAY)
    Dossier.objects.filter(pk=begun.pk).update(public_id=idempotency.draft_of(system.client, "a"))

    answer = system.post("dossiers", a_filing(office, system), idempotency_key="a")

    assert answer.status_code == 201
    assert Dossier.objects.get().code == answer.json()["code"]


def test_a_request_at_work_is_not_begun_a_second_time(office, system, monkeypatch):
    sent, answers = a_filing(office, system), []

    def asked_meanwhile(*args, **named):
        with monkeypatch.context() as patch:
            patch.setattr(idempotency, "alone", lambda client, key: taken())
            answers.append(system.post("dossiers", sent, idempotency_key="a"))
        return filed(*args, **named)

    filed = filing.file
    monkeypatch.setattr(filing, "file", asked_meanwhile)

    first = system.post("dossiers", sent, idempotency_key="a")

    assert (first.status_code, answers[0].status_code, Dossier.objects.count()) == (201, 409, 1)
    assert answers[0]["Retry-After"] == "1"


def taken():
    from contextlib import nullcontext

    return nullcontext(False)


def test_after_two_days_what_was_kept_is_forgotten(office, system, monkeypatch):
    system.post("dossiers", a_filing(office, system), idempotency_key="a")
    later = MONDAY + idempotency.KEPT_FOR + timedelta(hours=1)

    forget(0)
    assert (KeptAnswer.objects.count(), Upload.objects.count()) == (2, 1)
    it_is(monkeypatch, later)
    forget(0)

    assert (KeptAnswer.objects.count(), Upload.objects.count(), Dossier.objects.count()) == (0, 0, 1)
    assert a_system().get("dossiers").status_code == 200
    assert Dossier.objects.get().papers.first().files.exists()


# Afterwards


def test_what_is_asked_is_answered_with_exactly_that(office, system, monkeypatch):
    dossier = filed(office, system)
    birth = dossier.papers.first()
    items = [supplement.Item("Ảnh mờ", paper=birth), supplement.Item("Tên viết sai", field="ten_con")]
    an_hour_later = MONDAY + timedelta(hours=1)
    supplement.request(dossier, items=items, reason="Chưa rõ.", by=office.reception, at=an_hour_later)
    it_is(monkeypatch, TUESDAY)
    system = system.renewed()
    asked = system.get(f"dossiers/{dossier.code}").json()["supplement"]
    new = a_system_paper(system)

    lacking = faults(system.post(f"dossiers/{dossier.code}/supplement", {"answers": {"ten_con": "Lý Gia Bảo"}}))
    other = faults(
        system.post(
            f"dossiers/{dossier.code}/supplement",
            {"answers": {"co_cha": "Có"}, "papers": [{"paper": birth.pk + 1, "files": [new]}]},
        )
    )
    answer = system.post(
        f"dossiers/{dossier.code}/supplement",
        {"answers": {"ten_con": "Lý Gia Bảo"}, "papers": [{"paper": asked["items"][0]["paper"], "files": [new]}]},
    )

    assert [(item["what"], item["field"]) for item in asked["items"]] == [("Ảnh mờ", None), ("Tên viết sai", "ten_con")]
    assert set(lacking) == {"papers.chung_sinh"}
    assert set(other) == {"answers.co_cha", "answers.ten_con", "papers.0.paper"}
    assert (answer.status_code, answer.json()["state"], answer.json()["supplement"]) == (200, "SUBMITTED", None)
    dossier.refresh_from_db()
    assert (dossier.form["ten_con"], birth.files.count()) == ("Lý Gia Bảo", 2)


def test_nothing_is_answered_where_nothing_is_asked(office, system):
    dossier = filed(office, system)

    answer = system.post(f"dossiers/{dossier.code}/supplement", {})

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:motcua:not-now")


def test_a_dossier_is_withdrawn_before_it_is_received_and_not_after(office, system):
    early, late = filed(office, system), filed(office, system)
    intake.accept(late, by=office.reception, at=MONDAY)

    gone = system.post(f"dossiers/{early.code}/withdrawal", {"reason": "Nộp nhầm."})
    refused = system.post(f"dossiers/{late.code}/withdrawal", {"reason": "Nộp nhầm."})

    assert (gone.status_code, gone.json()["state"]) == (200, "WITHDRAWN")
    assert gone.json()["ending"]["reason"] == "Nộp nhầm."
    assert refused.status_code == 422


def test_nobody_acts_on_what_another_filed_whatever_they_may_read(office, system):
    dossier = filed(office, system)
    agencys = a_system(agency=office.agency)
    other = a_system()

    for stranger in (agencys, other):
        assert stranger.post(f"dossiers/{dossier.code}/withdrawal", {"reason": "Thử."}).status_code == 404
        assert stranger.post(f"dossiers/{dossier.code}/supplement", {}).status_code == 404
    dossier.refresh_from_db()
    assert dossier.state == State.SUBMITTED


def test_filing_costs_a_bounded_number_of_statements(office, system, django_assert_max_num_queries):
    sent = a_filing(office, system)

    with django_assert_max_num_queries(95):
        assert system.post("dossiers", sent).status_code == 201


def filed(office, system):
    answer = system.post("dossiers", a_filing(office, system))
    assert answer.status_code == 201, answer.content
    return Dossier.objects.get(code=answer.json()["code"])


def a_system_paper(system):
    return system.send(PDF + b"% again\n").json()["id"]
