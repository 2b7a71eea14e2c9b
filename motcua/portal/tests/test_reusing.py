"""A paper filed before is used again with one press, and never somebody else's (dùng lại giấy đã nộp)."""

import gzip

import pytest
from django.core.files.storage import default_storage

from motcua.accounts.testing import a_citizen, sign_in
from motcua.catalogue.testing import COMPONENTS, a_procedure
from motcua.dossiers import intake
from motcua.dossiers.models import Dossier, PaperFile, State
from motcua.dossiers.testing import MONDAY, PDF, a_dossier, a_one_stop, a_stored_file
from motcua.files import storing
from motcua.files.models import StoredFile
from motcua.files.scanning import Infected
from motcua.portal.testing import a_photo, page, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(office):
    """Begun again for the same procedure; no paper is there yet."""
    return intake.begin(office.version, agency=office.agency, by=office.citizen, at=MONDAY)


def paper(dossier, key="chung_sinh"):
    return dossier.papers.get(component__key=key)


def press(client, draft, source, key="chung_sinh", **sent):
    return client.post(page("papers", draft), {"reuse": f"{paper(draft, key).pk}:{source.pk}", **sent}, follow=True)


def test_a_paper_filed_before_is_offered_with_its_day_and_used_with_one_press(pao, office, draft):
    before = a_dossier(office, State.SUBMITTED)
    files = StoredFile.objects.count()

    offered = text(pao.get(page("papers", draft)))
    shown = press(pao, draft, paper(before))

    (used,) = paper(draft).files.all()
    assert "Dùng lại giấy đã nộp ngày 23/10/2023" in offered and before.code in offered
    assert used.file == paper(before).files.get().file and used.name == "giay.pdf"
    assert StoredFile.objects.count() == files  # referred to, not copied
    assert shown.redirect_chain[-1][0] == f"{page('papers', draft)}#giay-to-{paper(draft).pk}"
    assert "Đã dùng lại giấy tờ bạn nộp trước đây" in text(shown)
    assert text(shown).count("Dùng lại giấy đã nộp") == 1  # the other paper still may be


def test_what_was_chosen_besides_is_kept_with_the_same_press(pao, office, draft):
    before = a_dossier(office, State.SUBMITTED)

    press(pao, draft, paper(before), **{f"paper-{paper(draft, 'giay_to_tuy_than').pk}": a_photo()})

    assert [one.name for one in PaperFile.objects.filter(paper__dossier=draft)] == ["giay.pdf", "trang-1.jpg"]


def test_nothing_is_used_across_accounts_and_nothing_an_officer_found_wrong(pao, office, draft):
    strange, asked, refused = (
        a_dossier(office, state) for state in (State.SUBMITTED, State.AWAITING_COMPLETION, State.REFUSED)
    )
    Dossier.objects.filter(pk=strange.pk).update(account=a_citizen("Sùng Thị Dợ"))

    shown = text(pao.get(page("papers", draft)))
    answers = [press(pao, draft, paper(one)) for one in (strange, asked, refused)]

    assert "Dùng lại giấy đã nộp" not in shown
    assert {answer.status_code for answer in answers} == {422}
    assert "không dùng lại được nữa" in text(answers[0])
    assert not PaperFile.objects.filter(paper__dossier=draft).exists()


def test_a_paper_goes_only_to_the_same_one_and_a_form_to_fill_in_to_none(pao, office):
    a_dossier(office, State.SUBMITTED)
    one = {**COMPONENTS[0], "key": "khac"}
    form = {**COMPONENTS[1], "template_name": "Mẫu số 1", "key": "to_khai"}
    other = a_procedure("1.000002", components=[one, form, COMPONENTS[2]], agency=None)
    draft = intake.begin(other, agency=office.agency, by=office.citizen, at=MONDAY)

    shown = text(pao.get(page("papers", draft)))
    wrong = press(pao, draft, paper(Dossier.objects.filed().get()), key="uy_quyen")

    assert shown.count("Dùng lại giấy đã nộp") == 1  # the same name in another procedure
    assert wrong.status_code == 422


def test_a_declaration_is_made_anew_though_the_catalogue_has_no_form_for_it(pao):
    declared = {"key": "to_khai", "name": "Tờ khai đăng ký khai sinh", "originals": 1, "required": True}
    office = a_one_stop(components=[declared, COMPONENTS[0]], code="1.000003")
    sign_in(pao, office.citizen)
    a_dossier(office, State.SUBMITTED)
    draft = intake.begin(office.version, agency=office.agency, by=office.citizen, at=MONDAY)

    shown = text(pao.get(page("papers", draft)))

    assert shown.count("Dùng lại giấy đã nộp") == 1
    assert press(pao, draft, paper(Dossier.objects.filed().get(), "to_khai"), key="to_khai").status_code == 422


@pytest.mark.parametrize("fault", ["infected", "gone"])
def test_a_file_that_is_refused_today_is_not_used_and_nothing_is_left_behind(pao, office, draft, monkeypatch, fault):
    before = a_dossier(office, State.SUBMITTED)
    if fault == "gone":
        default_storage.delete(storing.place(paper(before).files.get().file.sha256))
    else:
        monkeypatch.setattr(storing, "scan", lambda content: (_ for _ in ()).throw(Infected("giay.pdf")))

    answer = press(pao, draft, paper(before))

    assert answer.status_code == 422
    assert not PaperFile.objects.filter(paper__dossier=draft).exists()


@pytest.mark.parametrize("pressed", ["", ":", "x:1", "1:x", "9:99999999999999999999", "0:0"])
def test_what_is_no_paper_changes_nothing(pao, office, draft, pressed):
    a_dossier(office, State.SUBMITTED)

    answer = pao.post(page("papers", draft), {"reuse": pressed.replace("9:", f"{paper(draft).pk}:")})

    assert answer.status_code in (302, 422)
    assert not PaperFile.objects.filter(paper__dossier=draft).exists()


def test_offers_are_few_light_and_told_in_english(pao, office, draft, django_assert_max_num_queries):
    for number in range(4):
        dossier = a_dossier(office, State.SUBMITTED)
        PaperFile.objects.filter(paper=paper(dossier)).update(file=a_stored_file(PDF + b"%" * number))
    pao.post("/ngon-ngu/", {"language": "en", "next": "/"})

    with django_assert_max_num_queries(14):
        shown = pao.get(page("papers", draft))

    assert text(shown).count("Use the one filed on") == 3  # two of one paper, and the same files once of the other
    assert len(gzip.compress(shown.content)) <= 8 * 1024
