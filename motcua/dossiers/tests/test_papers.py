"""Papers and their files: when they may change, and what stays (giấy tờ trong hồ sơ)."""

import pytest

from motcua.dossiers import papers, supplement
from motcua.dossiers.lifecycle import NotNow, NotYours
from motcua.dossiers.models import PaperFile, State
from motcua.dossiers.supplement import Item
from motcua.dossiers.testing import MONDAY, TUESDAY, a_dossier, a_draft, a_one_stop, a_stored_file

pytestmark = pytest.mark.django_db


def test_the_same_content_stands_once_however_often_it_is_sent():
    office = a_one_stop()
    paper = a_draft(office).papers.last()
    stored = a_stored_file()

    one = papers.add(paper, stored, name="giay.pdf", by=office.citizen, at=MONDAY)
    two = papers.add(paper, stored, name="giay (1).pdf", by=office.citizen, at=MONDAY)

    assert one == two
    assert paper.files.count() == 1


def test_a_filed_paper_does_not_change():
    office = a_one_stop()
    dossier = a_dossier(office, State.SUBMITTED)
    paper = dossier.papers.first()

    for act in (
        lambda: papers.add(paper, a_stored_file(b"%PDF-1.4 khac"), name="b.pdf", by=office.citizen, at=TUESDAY),
        lambda: papers.remove(paper.files.get(), by=office.citizen, at=TUESDAY),
        lambda: papers.bring_later(paper, True, by=office.citizen, at=TUESDAY),
    ):
        with pytest.raises(NotNow):
            act()

    assert paper.files.get(replaced_at=None)


def test_a_file_taken_back_in_an_answer_stays_marked_as_replaced():
    office = a_one_stop()
    dossier = a_dossier(office, State.SUBMITTED)
    paper = dossier.papers.first()
    supplement.request(dossier, items=[Item("Chụp lại", paper=paper)], reason="Mờ", by=office.reception, at=MONDAY)

    papers.remove(paper.files.get(), by=office.citizen, at=TUESDAY)

    assert paper.files.get().replaced_at == TUESDAY


def test_files_of_an_asked_paper_come_from_its_owner_or_its_own_counter():
    office, other = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    dossier = a_dossier(office, State.SUBMITTED)
    paper = dossier.papers.first()
    supplement.request(dossier, items=[Item("Chụp lại", paper=paper)], reason="Mờ", by=office.reception, at=MONDAY)
    before = paper.files.count()

    for stranger in (other.reception, other.citizen, office.officer):
        with pytest.raises(NotYours):
            papers.add(paper, a_stored_file(b"%PDF-1.4 la"), name="la.pdf", by=stranger, at=TUESDAY)
    assert paper.files.count() == before
    papers.add(paper, a_stored_file(b"%PDF-1.4 quay"), name="quay.pdf", by=office.reception, at=TUESDAY)

    assert paper.files.count() == before + 1


def test_only_a_paper_that_may_come_later_is_promised():
    office = a_one_stop()
    dossier = a_draft(office)
    must, may = dossier.papers.all()[:2]

    with pytest.raises(papers.MustCome):
        papers.bring_later(must, True, by=office.citizen, at=MONDAY)
    papers.bring_later(may, True, by=office.citizen, at=MONDAY)

    may.refresh_from_db()
    must.refresh_from_db()
    assert (must.bring_later, may.bring_later) == (False, True)


def test_a_paper_takes_fifty_files_and_says_so():
    office = a_one_stop()
    paper = a_draft(office).papers.last()
    PaperFile.objects.bulk_create(
        PaperFile(paper=paper, file=a_stored_file(b"%PDF-1.4 " + str(n).encode()), name=f"{n}.pdf", added_at=MONDAY)
        for n in range(papers.MOST_FILES)
    )

    with pytest.raises(papers.TooMany):
        papers.add(paper, a_stored_file(b"%PDF-1.4 them"), name="them.pdf", by=office.citizen, at=MONDAY)

    assert paper.files.count() == papers.MOST_FILES
