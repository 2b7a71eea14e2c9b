"""The acts beside the straight way, through the real pages: opinions, apologies, corrections, recall, transfer."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer, sign_in
from motcua.dossiers import opinions, processing, supplement
from motcua.dossiers.models import Apology, Opinion, SlipKind, State
from motcua.dossiers.testing import MONDAY, PDF, TUESDAY, a_dossier, a_one_stop, it_is
from motcua.organisations.models import AgencyKind, Level, UnitKind
from motcua.organisations.testing import a_unit, an_agency

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    it_is(monkeypatch, TUESDAY)


def page(client, dossier, name="dossier", *more):
    return client.get(reverse(f"counter:{name}", args=[dossier.code, *more]))


def do(client, dossier, name, *more, **told):
    return client.post(reverse(f"counter:{name}", args=[dossier.code, *more]), told, follow=True)


def said(response):
    return response.content.decode()


def the_department():
    agency = an_agency("Sở Tư pháp", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT)
    unit = a_unit(agency, UnitKind.PROFESSIONAL, "Phòng Hành chính tư pháp")
    return unit, an_officer(unit, Role.PROCESSING_OFFICER, "Đặng Thị Hoa")


def test_an_opinion_is_asked_given_with_a_document_and_read(client):
    office = a_one_stop()
    unit, hoa = the_department()
    dossier = a_dossier(office)
    sign_in(client, office.officer)

    asked = said(page(client, dossier, "ask_opinion"))
    assert '<optgroup label="Sở Tư pháp">' in asked and "Phòng Hành chính tư pháp</option>" in asked
    assert asked.index(office.agency.short_name) < asked.index('label="Sở Tư pháp"')
    do(client, dossier, "ask_opinion", unit=unit.pk, question="Có trùng hồ sơ không?", days=2)
    opinion = Opinion.objects.get()

    sign_in(client, hoa)
    assert "Cho ý kiến" in said(page(client, dossier))
    do(client, dossier, "give_opinion", opinion.pk, text="Không trùng.", tep=SimpleUploadedFile("y-kien.pdf", PDF))

    sign_in(client, office.officer)
    shown = said(page(client, dossier))
    assert "Không trùng." in shown and "y-kien.pdf" in shown
    assert page(client, dossier, "opinion_file", opinion.pk).status_code == 200


def test_what_was_typed_stays_when_an_opinion_is_refused(client):
    office = a_one_stop()
    unit, _ = the_department()
    dossier = a_dossier(office)
    sign_in(client, office.officer)

    refused = do(client, dossier, "ask_opinion", unit=unit.pk, question="Câu hỏi đã gõ", days=99)

    assert refused.status_code == 422
    assert "từ 1 đến 60" in said(refused) and "Câu hỏi đã gõ" in said(refused)
    assert not Opinion.objects.exists()


def test_who_was_not_asked_finds_no_way_to_answer(client):
    office = a_one_stop()
    unit, _ = the_department()
    other = an_officer(a_unit(unit.agency, UnitKind.PROFESSIONAL, "Phòng khác"), Role.PROCESSING_OFFICER, "Lò Văn Hải")
    dossier = opinions.ask(a_dossier(office), unit=unit, question="?", days=2, by=office.officer, at=MONDAY)
    opinion = dossier.opinions.get()
    sign_in(client, other)

    assert "Cho ý kiến</a>" not in said(page(client, dossier))
    assert page(client, dossier, "give_opinion", opinion.pk).status_code == 422
    do(client, dossier, "give_opinion", opinion.pk, text="Chen vào")
    assert Opinion.objects.get().answered_at is None


def test_an_officer_drafts_the_apology_and_the_head_signs_it_with_one_press(client):
    office = a_one_stop()
    dossier = a_dossier(office)
    sign_in(client, office.officer)
    do(client, dossier, "draft_apology", reason="Mất điện ba ngày.", renewed="06/11/2023")

    sign_in(client, office.leader)
    assert "Mất điện ba ngày." in said(page(client, dossier))
    shown = said(do(client, dossier, "sign_apology"))

    assert "Hẹn lại" in shown and "Đã xin lỗi" in shown
    slip = dossier.slips.get(kind=SlipKind.APOLOGY)
    assert page(client, dossier, "slip", slip.pk)["Content-Type"] == "application/pdf"
    assert do(client, dossier, "sign_apology").status_code == 422
    assert Apology.objects.count() == 1


def test_an_earlier_date_is_refused_at_the_form_with_what_was_typed(client):
    office = a_one_stop()
    dossier = a_dossier(office)
    sign_in(client, office.officer)

    refused = do(client, dossier, "draft_apology", reason="Lý do đã gõ", renewed="24/10/2023")

    assert refused.status_code == 422 and "Lý do đã gõ" in said(refused)
    assert not Apology.objects.exists()


def test_a_wrong_result_is_taken_back_by_the_head(client):
    office = a_one_stop()
    dossier = a_dossier(office, State.READY)
    sign_in(client, office.leader)

    shown = said(do(client, dossier, "correct", reason="Sai năm sinh."))

    assert "Kết quả đã thu về để đính chính" in shown and "Sai năm sinh." in shown
    dossier.refresh_from_db()
    assert dossier.state == State.IN_PROGRESS


def test_what_was_handed_on_by_mistake_is_recalled(client):
    office = a_one_stop()
    dossier = a_dossier(office)
    running = processing.running_step(dossier)
    dossier = processing.do_step(dossier, at_step=running.pk, by=office.officer, at=TUESDAY)
    sign_in(client, office.officer)

    assert "Thu hồi hồ sơ vừa chuyển" in said(page(client, dossier))
    do(client, dossier, "recall", reason="Quên đính kèm.")

    dossier.refresh_from_db()
    assert dossier.at_unit == office.professional


def test_a_head_moves_a_step_to_another_unit_from_the_list_of_the_own_agency_only(client):
    office = a_one_stop()
    second = a_unit(office.agency, UnitKind.PROFESSIONAL, "Công chức Văn hóa - Xã hội")
    elsewhere, _ = the_department()
    dossier = a_dossier(office)
    sign_in(client, office.leader)
    step = processing.running_step(dossier).pk

    assert elsewhere.name not in said(page(client, dossier, "transfer"))
    refused = do(client, dossier, "transfer", unit=elsewhere.pk, reason="x", at_step=step)
    assert refused.status_code == 422
    do(client, dossier, "transfer", unit=second.pk, reason="Đi học.", at_step=step)

    dossier.refresh_from_db()
    assert dossier.at_unit == second


def test_the_desk_sends_an_accepted_dossier_where_it_belongs(client):
    office, other = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    dossier = a_dossier(office, State.ACCEPTED)
    sign_in(client, office.reception)

    do(client, dossier, "send_elsewhere", agency=other.agency.pk, reason="Cư trú ở Minh Hương.")

    dossier.refresh_from_db()
    assert dossier.agency == other.agency


def test_the_head_allows_asking_once_more_and_reads_that_it_will_count_as_overdue(client):
    office = a_one_stop()
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    dossier = supplement.answer(dossier, by=office.reception, at=TUESDAY)
    sign_in(client, office.leader)

    assert "tính là quá hạn" in said(page(client, dossier, "allow_supplement_again"))
    do(client, dossier, "allow_supplement_again", reason="Giấy tờ mới có sai lệch.")

    sign_in(client, office.officer)
    assert page(client, dossier, "request_supplement").status_code == 200


def test_a_step_is_assigned_taken_away_and_given_back_on_the_page_of_the_dossier(client):
    office = a_one_stop()
    yen = an_officer(office.professional, Role.PROCESSING_OFFICER, "Đặng Thị Yến")
    dossier = a_dossier(office)
    step = processing.running_step(dossier).pk
    sign_in(client, office.officer)

    assert "chưa ai nhận" in said(page(client, dossier))
    assert "Hoàng Văn Hùng thụ lý" in said(do(client, dossier, "take", at_step=step))
    sign_in(client, office.head)
    asked = said(page(client, dossier, "assign"))
    assert "Đặng Thị Yến" in asked and "Phùng Thị Mai" not in asked
    assert do(client, dossier, "assign", at_step=step, holder=office.clerk.pk, reason="x").status_code == 422
    assert do(client, dossier, "assign", at_step=step, holder=yen.pk).status_code == 422
    do(client, dossier, "assign", at_step=step, holder=yen.pk, reason="Anh Hùng đi học.")

    sign_in(client, office.officer)
    refused = do(client, dossier, "do_step", at_step=step)
    assert refused.status_code == 422 and "Đặng Thị Yến thụ lý" in said(refused)
    sign_in(client, yen)
    given_back = said(do(client, dossier, "give_back", at_step=step, reason="Chưa rõ việc."))
    assert given_back.index("Chưa rõ việc.") < given_back.index("Anh Hùng đi học.")
    assert "Hoàng Văn Hùng → Đặng Thị Yến" in given_back and "Đặng Thị Yến → chưa ai nhận" in given_back
    assert processing.running_step(dossier).holder is None
