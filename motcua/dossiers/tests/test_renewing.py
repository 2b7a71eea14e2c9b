"""A draft meets a new version: nothing that was filled in or sent is lost (bản nháp gặp quy định mới)."""

from datetime import timedelta

import pytest

from motcua.catalogue.models import ProcedureVersion
from motcua.catalogue.testing import COMPONENTS, FORM, a_procedure
from motcua.dossiers import intake, papers, renewing
from motcua.dossiers.lifecycle import NotNow
from motcua.dossiers.models import PaperFile, State
from motcua.dossiers.testing import MONDAY, a_dossier, a_draft, a_one_stop, answers
from motcua.organisations.models import Level
from motcua.refusal import Refusal

pytestmark = pytest.mark.django_db

LATER = MONDAY + timedelta(days=7)
NEW_FORM = [
    FORM[0],
    FORM[1] | {"type": "partial_date"},
    {"key": "dan_toc", "type": "text", "label": "Dân tộc của con", "required": True},
]
NEW_COMPONENTS = [
    {"key": "to_khai", "name": "Tờ khai", "originals": 1, "required": True},
    {"key": "giay_to_tuy_than", "name": "Căn cước của người yêu cầu", "copies": 1, "required": True},
]


@pytest.fixture
def office():
    return a_one_stop()


@pytest.fixture
def draft(office):
    return a_draft(office, form=answers(office.version) | {"co_cha": "Có", "cha": "Lý A Pao"})


def a_new_version(**told):
    return a_procedure(valid_from=LATER.date(), form=NEW_FORM, components=NEW_COMPONENTS, **told)


def meet(draft, office, at=LATER):
    return renewing.meet_new_version(draft, by=office.citizen, at=at)


def test_answers_go_over_by_key_and_what_is_no_longer_asked_is_left_over_in_words(office, draft):
    new = a_new_version()

    draft = meet(draft, office)

    assert draft.procedure_version == new
    assert draft.form == {"ten_con": "Lý Gia Bảo", "ngay_sinh": "2022-04-01"}
    assert draft.left_over == [["Khai cả phần cha?", "Có"], ["Họ và tên cha", "Lý A Pao"]]
    assert [one.what for one in intake.missing(draft)] == ["“Dân tộc của con”", "Tờ khai"]


def test_papers_go_over_by_the_key_of_their_component_and_no_file_is_lost(office, draft):
    files = set(PaperFile.objects.values_list("pk", flat=True))
    a_new_version()

    draft = meet(draft, office)

    told = [(paper.name, paper.component and paper.component.key, paper.files.count()) for paper in draft.papers.all()]
    assert told == [
        ("Tờ khai", "to_khai", 0),
        ("Căn cước của người yêu cầu", "giay_to_tuy_than", 1),
        ("Giấy chứng sinh", None, 1),
    ]
    assert set(PaperFile.objects.values_list("pk", flat=True)) == files


def test_what_was_to_be_brought_later_is_asked_anew_where_it_may_no_longer_be(office):
    draft = intake.begin(office.version, agency=office.agency, by=office.citizen, at=MONDAY)
    papers.bring_later(draft.papers.all()[1], True, by=office.citizen, at=MONDAY)
    a_new_version()

    draft = meet(draft, office)

    assert not draft.papers.get(component__key="giay_to_tuy_than").bring_later


def test_a_draft_meets_one_version_after_the_other_and_remembers_all_that_was_left_over(office, draft):
    a_new_version()
    draft = meet(draft, office)
    after = LATER + timedelta(days=7)
    a_procedure(valid_from=after.date(), form=NEW_FORM[1:], components=COMPONENTS)

    draft = meet(draft, office, at=after)

    assert [label for label, _said in draft.left_over] == [
        "Khai cả phần cha?",
        "Họ và tên cha",
        "Họ, chữ đệm, tên của con",
    ]
    assert draft.papers.filter(component__key="chung_sinh", files=None).exists()
    assert draft.papers.filter(component=None, name="Giấy chứng sinh").get().files.count() == 1


def test_under_the_version_in_force_nothing_moves(office, draft):
    before = draft.saved_at

    assert not renewing.is_old(draft, MONDAY.date())
    assert meet(draft, office, at=MONDAY).saved_at == before


def test_a_draft_is_not_filed_under_rules_that_no_longer_hold(office, draft):
    a_new_version()

    with pytest.raises(intake.NewVersion, match="Những gì bạn đã điền vẫn được giữ"):
        intake.submit(draft, by=office.citizen, at=LATER)

    draft.refresh_from_db()
    assert (draft.state, draft.code) == (State.DRAFT, None)


def retire(office):
    ProcedureVersion.objects.filter(pk=office.version.pk).update(valid_to=(LATER - timedelta(days=1)).date())


def test_a_retired_procedure_leaves_its_drafts_to_be_read(office, draft):
    retire(office)

    with pytest.raises(renewing.Retired, match="đã bị bãi bỏ từ ngày 30/10/2023"):
        meet(draft, office)

    draft.refresh_from_db()
    assert renewing.is_old(draft, LATER.date())
    assert draft.form["cha"] == "Lý A Pao" and not draft.left_over


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"online": False}, "chưa nộp được trực tuyến"),
        ({"level": Level.PROVINCE}, "không còn giải quyết thủ tục này"),
        ({"routing": "MINISTRY", "system_name": "Cổng của Bộ"}, "Cổng của Bộ"),
    ],
)
def test_what_can_no_longer_be_filed_here_stays_as_it_is(office, draft, told, sentence):
    a_new_version(**told)

    with pytest.raises(Refusal, match=sentence):
        meet(draft, office)

    draft.refresh_from_db()
    assert draft.procedure_version == office.version
    assert draft.papers.filter(component__version=office.version).count() == 3


def test_only_its_owner_moves_a_draft_and_only_a_draft_moves(office, draft):
    filed = a_dossier(office, State.SUBMITTED)
    a_new_version()

    with pytest.raises(Refusal):
        renewing.meet_new_version(draft, by=office.reception, at=LATER)
    with pytest.raises(NotNow):
        meet(filed, office)
    filed.refresh_from_db()
    assert filed.procedure_version == office.version  # a dossier keeps the form it was filed with


def test_what_was_typed_on_an_old_page_afterwards_goes_where_it_fits(office, draft):
    a_new_version()
    draft = meet(draft, office)

    typed = {"ten_con": "Lý Gia An", "cha": "Lý A Sử", "co_cha": "Có"}
    draft = renewing.bring(draft, typed, told=office.version, by=office.citizen, at=LATER)

    draft.refresh_from_db()
    assert draft.form["ten_con"] == "Lý Gia An" and draft.form["ngay_sinh"] == "2022-04-01"
    assert ["Họ và tên cha", "Lý A Sử"] in draft.left_over
