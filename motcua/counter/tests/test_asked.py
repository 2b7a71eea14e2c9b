"""What applicants wrote and asked, at the desk: who sees it, who answers, and why others do not."""

import pytest

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.counter.testing import address, at_the_desk
from motcua.dossiers import conversation, opinions, readings
from motcua.dossiers.models import Message
from motcua.dossiers.testing import MONDAY, TUESDAY, a_dossier, a_one_stop, it_is
from motcua.journal.models import Reading
from motcua.journal.reading import read
from motcua.journal.testing import run_jobs
from motcua.organisations.models import AgencyKind, Level, UnitKind
from motcua.organisations.testing import a_unit, an_agency


@pytest.fixture
def office(db, monkeypatch):
    it_is(monkeypatch, TUESDAY)
    return a_one_stop()


@pytest.fixture
def dossier(office):
    dossier = a_dossier(office)
    conversation.write(dossier, text="Bao giờ xong ạ?", by=office.citizen, at=TUESDAY)
    return dossier


def text(response):
    return " ".join(response.content.decode().split())


def test_the_list_and_the_page_say_that_somebody_wrote_and_it_goes_when_read(office, dossier):
    run_jobs()
    desk = at_the_desk(office.officer)

    assert "Người nộp nhắn tin" in text(desk.get("/motcua/"))
    assert "1 chưa đọc" in text(desk.get(address(dossier)))
    desk.get(address(dossier, "conversation"))

    assert "chưa đọc" not in text(desk.get(address(dossier)))
    assert Message.objects.get().read_by == office.officer


def test_an_answer_that_is_refused_stays_typed(office, dossier):
    desk = at_the_desk(office.officer)

    refused = desk.post(address(dossier, "conversation"), {"text": "x" * 1001})
    empty = desk.post(address(dossier, "conversation"), {"text": " "})

    assert refused.status_code == empty.status_code == 422
    assert "x" * 1001 in text(refused)
    assert Message.objects.count() == 1


def test_who_was_asked_for_an_opinion_reads_without_having_read_it_for_the_office(office, dossier):
    department = an_agency("Sở Tư pháp", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT)
    unit = a_unit(department, UnitKind.PROFESSIONAL, "Phòng Hành chính tư pháp")
    hoa = an_officer(unit, Role.PROCESSING_OFFICER, "Đặng Thị Hoa")
    opinions.ask(dossier, unit=unit, question="Trùng?", days=2, by=office.officer, at=TUESDAY)
    desk = at_the_desk(hoa)

    shown = text(desk.get(address(dossier, "conversation")))
    desk.post(address(dossier, "conversation"), {"text": "Không rõ."})

    assert "Bao giờ xong ạ?" in shown and "Cán bộ ở nơi tiếp nhận hoặc cơ quan giải quyết trả lời" in shown
    assert "<textarea" not in shown
    assert Message.objects.get().read_at is None


def test_a_question_is_answered_by_the_head_and_told_why_not_to_others(office, dossier):
    read(dossier, reader=office.officer, at=MONDAY, purpose="Giải quyết bước được giao")
    asked = readings.ask(
        dossier,
        Reading.objects.get(reader=office.officer),
        question="Vì sao xem?",
        by=office.citizen,
        at=TUESDAY,
    )
    where = address(dossier, "explain", asked.pk)

    leader, head = at_the_desk(office.leader), at_the_desk(office.head)
    told = text(leader.get(address(dossier, "questions")))
    refused = leader.post(where, {"text": "Thay phòng."})
    empty = head.post(where, {"text": ""})
    done = head.post(where, {"text": "Đúng việc được giao."})

    assert "Câu hỏi này do lãnh đạo Công chức Tư pháp - Hộ tịch trả lời" in told and "<textarea" not in told
    assert refused.status_code == empty.status_code == 422
    assert done.status_code == 302
    asked.refresh_from_db()
    assert asked.answered_by == office.head
    assert at_the_desk(office.officer).get(address(dossier, "questions")).status_code == 403


def test_a_dossier_nobody_asked_about_has_no_such_page(office):
    assert at_the_desk(office.head).get(address(a_dossier(office), "questions")).status_code == 404
