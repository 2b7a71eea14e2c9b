"""A version is written as a draft, by several people, and nobody's words are lost."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from motcua.catalogue import drafts
from motcua.catalogue.models import Draft, ProcedureVersion
from motcua.catalogue.publishing import told_of
from motcua.catalogue.testing import a_keeper, a_procedure, an_editor
from motcua.journal.models import Entry
from motcua.organisations.models import AgencyKind, Level
from motcua.organisations.testing import an_agency

pytestmark = pytest.mark.django_db

NOW = datetime(2021, 12, 20, 9, 0, tzinfo=timezone.get_default_timezone())
NEXT_MONTH = date(2022, 1, 20)


def the_department(name="Sở Tư pháp"):
    return an_agency(name, level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT)


def a_whole_procedure(agency=None, **told):
    """A procedure that tells all seven parts."""
    return a_procedure(
        "2.000635",
        agency=agency,
        level=Level.PROVINCE if agency else Level.COMMUNE,
        name="Cấp bản sao trích lục hộ tịch",
        sequence="Nộp hồ sơ.\nNhận kết quả.",
        subjects=["Công dân Việt Nam"],
        agency_text="" if agency else "Ủy ban nhân dân cấp xã",
        **told,
    )


def ready(draft, by):
    """A draft with its decision."""
    return drafts.save(
        draft,
        revision=draft.revision,
        changes={"decision": "12/QĐ-UBND", "decided_on": date(2021, 12, 17)},
        by=by,
        at=NOW,
    )


def test_a_draft_begins_with_what_the_version_in_force_tells():
    thu = a_keeper()
    version = a_whole_procedure(guidance="Mang theo căn cước.", keywords="trích lục")

    draft = drafts.begin(version, by=thu, at=NOW)

    assert drafts.told_in(draft) == told_of(version)
    assert draft.told["keywords"] == "trích lục"


def test_a_procedure_has_one_draft_at_a_time():
    thu = a_keeper()
    version = a_whole_procedure()
    drafts.begin(version, by=thu, at=NOW)

    with pytest.raises(drafts.AlreadyInDraft):
        drafts.begin(version, by=thu, at=NOW)

    assert Draft.objects.count() == 1
    assert Entry.objects.filter(event="procedure.draft_begun").count() == 1


def test_saving_changes_one_part_and_says_what_it_was():
    thu = a_keeper()
    draft = drafts.begin(a_whole_procedure(), by=thu, at=NOW)

    drafts.save(draft, revision=1, changes={"guidance": "Đến quầy số 3."}, by=thu, at=NOW)

    draft.refresh_from_db()
    assert draft.told["guidance"] == "Đến quầy số 3."
    change = draft.changes.get()
    assert (change.by, change.revision, change.changed) == (thu, 2, {"guidance": ["", "Đến quầy số 3."]})
    assert Entry.objects.get(event="procedure.draft_saved").facts == {"revision": 2, "parts": ["guidance"]}


def test_saving_the_same_again_is_no_saving():
    thu = a_keeper()
    draft = drafts.begin(a_whole_procedure(), by=thu, at=NOW)

    drafts.save(draft, revision=1, changes={"name": draft.told["name"]}, by=thu, at=NOW)

    assert not draft.changes.exists()


def test_two_editors_of_one_part_the_second_is_told_and_the_first_stays():
    thu, tam = a_keeper(), a_keeper("Nông Văn Tâm")
    draft = drafts.begin(a_whole_procedure(), by=thu, at=NOW)
    drafts.save(draft, revision=1, changes={"guidance": "Của Thu"}, by=thu, at=NOW)

    with pytest.raises(drafts.ChangedMeanwhile) as refused:
        drafts.save(draft, revision=1, changes={"guidance": "Của Tâm"}, by=tam, at=NOW)

    assert "Hà Thị Thu" in str(refused.value) and "Hướng dẫn dễ hiểu" in str(refused.value)
    draft.refresh_from_db()
    assert (draft.told["guidance"], draft.revision) == ("Của Thu", 2)


def test_two_editors_of_different_parts_both_keep_their_words():
    thu, tam = a_keeper(), a_keeper("Nông Văn Tâm")
    draft = drafts.begin(a_whole_procedure(), by=thu, at=NOW)

    drafts.save(draft, revision=1, changes={"guidance": "Của Thu"}, by=thu, at=NOW)
    drafts.save(draft, revision=1, changes={"keywords": "Của Tâm"}, by=tam, at=NOW)

    draft.refresh_from_db()
    assert (draft.told["guidance"], draft.told["keywords"]) == ("Của Thu", "Của Tâm")


def test_the_last_saving_can_be_undone_and_the_undoing_too():
    thu = a_keeper()
    draft = drafts.begin(a_whole_procedure(), by=thu, at=NOW)
    draft = drafts.save(draft, revision=1, changes={"guidance": "Mới"}, by=thu, at=NOW)

    draft = drafts.undo(draft, revision=2, by=thu, at=NOW)
    assert draft.told["guidance"] == ""

    draft = drafts.undo(draft, revision=3, by=thu, at=NOW)
    assert draft.told["guidance"] == "Mới"


def test_undoing_what_somebody_else_saved_meanwhile_is_refused():
    thu = a_keeper()
    draft = drafts.begin(a_whole_procedure(), by=thu, at=NOW)
    drafts.save(draft, revision=1, changes={"guidance": "Một"}, by=thu, at=NOW)
    drafts.save(draft, revision=2, changes={"guidance": "Hai"}, by=thu, at=NOW)

    with pytest.raises(drafts.ChangedMeanwhile):
        drafts.undo(draft, revision=2, by=thu, at=NOW)


def test_an_editor_writes_about_the_procedures_of_the_own_agency_only():
    own, other = the_department(), the_department("Sở Y tế")
    phuc = an_editor(own)

    drafts.begin(a_whole_procedure(own), by=phuc, at=NOW)
    with pytest.raises(drafts.NotYours):
        drafts.begin(a_procedure("1.000001", agency=other, level=Level.PROVINCE), by=phuc, at=NOW)

    assert list(Draft.objects.edited_by(phuc).values_list("code", flat=True)) == ["2.000635"]
    assert not Draft.objects.edited_by(an_editor(other, "Lò Văn Hải")).exists()


def test_an_editor_gives_no_procedure_away_to_another_agency():
    own, other = the_department(), the_department("Sở Y tế")
    phuc = an_editor(own)
    draft = drafts.begin(a_whole_procedure(own), by=phuc, at=NOW)

    with pytest.raises(drafts.NotYours):
        drafts.save(draft, revision=1, changes={"agency": other}, by=phuc, at=NOW)

    draft.refresh_from_db()
    assert (draft.agency, draft.revision) == (own, 1)


def test_a_published_draft_is_in_force_from_its_day_and_the_old_version_ends_on_the_eve():
    thu = a_keeper()
    old = a_whole_procedure()
    draft = ready(drafts.begin(old, by=thu, at=NOW), thu)
    draft = drafts.save(draft, revision=2, changes={"guidance": "Bản mới"}, by=thu, at=NOW)

    version = drafts.publish_draft(draft, revision=3, valid_from=NEXT_MONTH, by=thu, at=NOW)

    old.refresh_from_db()
    assert old.valid_to == NEXT_MONTH - timedelta(days=1)
    assert (version.guidance, version.valid_from, version.valid_to) == ("Bản mới", NEXT_MONTH, None)
    assert (version.published_by, version.published_at) == (thu, NOW)
    assert version.own_process() is not None  # the process goes over
    draft.refresh_from_db()
    assert draft.published == version
    assert Entry.objects.get(event="procedure.published").facts == {"version": version.pk}


def test_what_a_draft_leaves_out_is_left_out_of_the_new_version():
    thu = a_keeper()
    draft = ready(drafts.begin(a_whole_procedure(guidance="Cũ", life_events=["Kết hôn"]), by=thu, at=NOW), thu)
    draft = drafts.save(draft, revision=2, changes={"guidance": "", "life_events": []}, by=thu, at=NOW)

    version = drafts.publish_draft(draft, revision=3, valid_from=NEXT_MONTH, by=thu, at=NOW)

    assert (version.guidance, version.life_events) == ("", [])


def test_an_incomplete_draft_names_everything_that_is_missing_and_is_not_published():
    thu = a_keeper()
    draft = drafts.begin_new(
        "1.999999", name="Thủ tục mới", field="Hộ tịch", level="COMMUNE", agency=None, by=thu, at=NOW
    )

    with pytest.raises(drafts.Incomplete) as refused:
        drafts.publish_draft(draft, revision=1, valid_from=NEXT_MONTH, by=thu, at=NOW)

    for part in ("Trình tự", "Cách thức", "Thành phần", "Thời hạn", "Đối tượng", "Cơ quan", "quyết định công bố"):
        assert part in str(refused.value)
    assert not ProcedureVersion.objects.filter(procedure__code="1.999999").exists()
    assert Draft.objects.open().count() == 1


def test_only_the_keeper_publishes():
    own = the_department()
    phuc = an_editor(own)
    draft = ready(drafts.begin(a_whole_procedure(own), by=phuc, at=NOW), phuc)

    with pytest.raises(drafts.NotYours):
        drafts.publish_draft(draft, revision=2, valid_from=NEXT_MONTH, by=phuc, at=NOW)

    assert ProcedureVersion.objects.count() == 1


def test_a_draft_is_not_published_unseen_after_somebody_saved_again():
    thu = a_keeper()
    draft = ready(drafts.begin(a_whole_procedure(), by=thu, at=NOW), thu)

    with pytest.raises(drafts.ChangedMeanwhile):
        drafts.publish_draft(draft, revision=1, valid_from=NEXT_MONTH, by=thu, at=NOW)

    assert ProcedureVersion.objects.count() == 1


def test_a_draft_older_than_the_version_in_force_is_compared_again_before_it_is_published():
    thu = a_keeper()
    draft = ready(drafts.begin(a_whole_procedure(), by=thu, at=NOW), thu)
    newer = a_whole_procedure(valid_from=date(2021, 12, 1), guidance="Nhập từ CSDL quốc gia")

    with pytest.raises(drafts.NoLongerTrue):
        drafts.publish_draft(draft, revision=2, valid_from=NEXT_MONTH, by=thu, at=NOW)

    draft.refresh_from_db()
    assert draft.closed_at is None
    assert ProcedureVersion.objects.latest("valid_from") == newer


def test_a_version_is_never_published_for_days_that_have_passed():
    thu = a_keeper()
    draft = ready(drafts.begin(a_whole_procedure(), by=thu, at=NOW), thu)

    with pytest.raises(drafts.Incomplete, match="không được trước hôm nay"):
        drafts.publish_draft(draft, revision=2, valid_from=date(2021, 12, 19), by=thu, at=NOW)


def test_a_draft_that_says_the_same_is_not_published():
    thu = a_keeper()
    version = a_whole_procedure(decision="12/QĐ-UBND", decided_on=date(2021, 12, 17))
    draft = drafts.begin(version, by=thu, at=NOW)

    with pytest.raises(drafts.Incomplete, match="chưa khác gì"):
        drafts.publish_draft(draft, revision=1, valid_from=NEXT_MONTH, by=thu, at=NOW)

    version.refresh_from_db()
    assert version.valid_to is None and ProcedureVersion.objects.count() == 1


def test_a_closed_draft_is_no_longer_written():
    thu = a_keeper()
    draft = drafts.begin(a_whole_procedure(), by=thu, at=NOW)
    drafts.discard(draft, by=thu, at=NOW)

    with pytest.raises(drafts.Closed):
        drafts.save(draft, revision=1, changes={"guidance": "Muộn"}, by=thu, at=NOW)

    assert not draft.changes.exists()


def test_a_wrong_code_or_one_that_is_there_begins_no_new_procedure():
    thu = a_keeper()
    a_whole_procedure()
    new = {"name": "Mới", "field": "Hộ tịch", "level": "COMMUNE", "agency": None, "by": thu, "at": NOW}

    with pytest.raises(drafts.WrongCode):
        drafts.begin_new("khai-sinh", **new)
    with pytest.raises(drafts.AlreadyThere):
        drafts.begin_new("2.000635", **new)

    assert not Draft.objects.exists()
