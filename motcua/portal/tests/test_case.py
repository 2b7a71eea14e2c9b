"""One question about the case; what was sent under another one is not lost (trường hợp của bạn)."""

import pytest
from django.urls import reverse

from motcua.accounts.testing import sign_in
from motcua.catalogue import cases
from motcua.catalogue.testing import LOST, PAPERS, SPOILED
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.testing import a_draft, a_one_stop
from motcua.organisations.testing import an_agency
from motcua.portal.testing import ANSWERS, OWNER, a_photo, begin, page, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return a_one_stop(components=PAPERS)


def choose(client, dossier, case):
    return client.post(page("case", dossier), {"case": cases.key(case)})


def test_a_procedure_with_cases_asks_which_and_then_only_its_papers(pao, office):
    started = pao.post(reverse("portal:file", args=[office.version.code]), {"agency": office.agency.pk})
    dossier = Dossier.objects.get()
    assert started.url == page("case", dossier)
    asked = text(pao.get(started.url))
    assert "Trường hợp của bạn?" in asked
    assert 'Cần thêm: <span lang="vi">Đơn trình báo mất giấy</span>' in asked

    answered = choose(pao, dossier, LOST)

    assert answered.url == page("whose", dossier)
    papers = text(pao.get(page("papers", dossier)))
    assert "Đơn trình báo mất giấy" in papers and "Giấy cũ" not in papers
    assert LOST in text(pao.get(page("review", dossier)))


def test_the_case_may_be_changed_until_filing_and_nothing_sent_is_lost(pao, office):
    dossier = begin(pao, office)
    choose(pao, dossier, LOST)
    pao.post(page("whose", dossier), {"whose": "mine"})
    pao.post(page("owner", dossier), OWNER)
    pao.post(page("form", dossier), ANSWERS)
    application, report = dossier.papers.all()
    pao.post(page("papers", dossier), {f"paper-{application.pk}": a_photo(), f"paper-{report.pk}": a_photo(salt="2")})

    changed = pao.post(page("case", dossier) + "?ve=kiem-tra", {"case": cases.key(SPOILED)}, follow=True)

    told = text(changed)
    assert "Giấy tờ bạn đã gửi vẫn còn nguyên" in told
    assert "Đơn trình báo mất giấy" in told and "Giấy cũ" in told and "Còn thiếu 1 mục" in told
    old = dossier.papers.get(name="Giấy cũ")
    pao.post(page("papers", dossier), {f"paper-{old.pk}": a_photo(salt="3")})
    filed = pao.post(page("submit", dossier))
    dossier.refresh_from_db()
    assert (dossier.state, dossier.case, dossier.papers.count()) == (State.SUBMITTED, SPOILED, 3)
    assert filed.url == reverse("portal:filed", args=[dossier.code])


def test_who_does_not_know_sees_the_papers_of_every_case_and_may_file(pao, office):
    dossier = a_draft(office)

    answered = pao.post(page("case", dossier), {"case": "chua-ro"})

    assert answered.url == page("whose", dossier)
    assert dossier.papers.count() == 3
    assert "papers" not in text(pao.get(page("review", dossier)))
    assert "Còn thiếu" not in text(pao.get(page("review", dossier)))


@pytest.mark.parametrize("sent", [{}, {"case": ""}, {"case": "khong-co"}])
def test_nothing_chosen_is_asked_again_and_nothing_changes(pao, office, sent):
    dossier = begin(pao, office)

    answered = pao.post(page("case", dossier), sent)

    assert answered.status_code == 422
    assert "Hãy chọn trường hợp của bạn." in text(answered)
    assert dossier.papers.count() == 3
    dossier.refresh_from_db()
    assert dossier.case == ""


def test_a_procedure_without_cases_asks_nothing(client):
    office = a_one_stop()
    sign_in(client, office.citizen)

    started = client.post(reverse("portal:file", args=[office.version.code]), {"agency": office.agency.pk})

    dossier = Dossier.objects.get()
    assert started.url == page("whose", dossier)
    assert client.get(page("case", dossier)).url == page("whose", dossier)
    assert "Trường hợp" not in text(client.get(page("review", dossier)))


def test_nobody_answers_for_another(client, office):
    dossier = a_draft(office)
    sign_in(client, office.officer)

    assert choose(client, dossier, LOST).status_code == 404
    dossier.refresh_from_db()
    assert dossier.case == ""


def test_a_commune_is_searched_not_listed(pao, office):
    for number in range(30):
        an_agency(f"Ủy ban nhân dân xã Phú Lương {number}")
    start = reverse("portal:file", args=[office.version.code])

    shown = text(pao.get(reverse("portal:procedure", args=[office.version.code])))
    assert 'name="tim"' in shown and "Phú Lương 7" not in shown
    assert "Hùng Đức" not in text(pao.get(start))
    found = text(pao.get(start, {"tim": "hung duc"}))
    assert f'value="{office.agency.pk}"' in found and "Phú Lương" not in found
    assert "gõ thêm tên huyện" in text(pao.get(start, {"tim": "phu luong"}))
    assert "Không thấy nơi nào" in text(pao.get(start, {"tim": "khong co"}))

    assert pao.post(start, {"agency": office.agency.pk}).status_code == 302
    assert Dossier.objects.get().agency == office.agency


def test_the_commune_searched_for_is_kept_through_signing_in(client, office):
    an_agency("Ủy ban nhân dân xã Phú Lương")
    start = reverse("portal:file", args=[office.version.code])

    assert client.get(start, {"tim": "hung duc"}).url.endswith("%3Ftim%3Dhung%2Bduc")


def test_a_ministrys_procedure_is_filed_in_its_own_system(pao, office):
    version = office.version
    version.routing, version.system_name = "MINISTRY", "Cổng dịch vụ công Bộ Công an"
    version.system_url = "https://dichvucong.bocongan.gov.vn/"
    version.save()
    dossier = begin_refused(pao, office)

    shown = text(pao.get(reverse("portal:procedure", args=[version.code])))

    assert dossier is None
    assert "nộp và giải quyết trên Cổng dịch vụ công Bộ Công an" in shown
    assert 'href="https://dichvucong.bocongan.gov.vn/"' in shown
    assert "Nộp hồ sơ</button>" not in shown


def begin_refused(client, office):
    client.post(reverse("portal:file", args=[office.version.code]), {"agency": office.agency.pk})
    return Dossier.objects.first()
