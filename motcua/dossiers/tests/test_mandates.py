"""Who may act for the owner, in what and until when; and every act under a mandate is told to who gave it."""

from datetime import timedelta

import pytest

from motcua.accounts.models import Person
from motcua.accounts.testing import a_citizen
from motcua.dossiers import intake, mandates, results
from motcua.dossiers.models import HandOver, Mandate, MandateScope, ReturnBy, State
from motcua.dossiers.testing import MONDAY, TUESDAY, a_dossier, a_draft, a_one_stop, a_stored_file, a_walk_in
from motcua.journal.testing import events

pytestmark = pytest.mark.django_db
AGENT = {"agent_name": "Triệu Thị Mùi", "agent_id_number": "008190001111"}
OWNER_NUMBER = "008885123456"  # of the dossiers of testing.owner


def a_paper_mandate(office, dossier, scope=MandateScope.COLLECT, **told):
    """A mandate on paper, recorded at the counter on Monday."""
    given = AGENT | {"paper": a_stored_file(), "paper_name": "uy-quyen.pdf", "by": office.reception, "at": MONDAY}
    return mandates.record_paper(dossier, scope=scope, **(given | told))


def two_accounts(office):
    """The office's citizen and somebody who files for them, both with their numbers."""
    mui = a_citizen("Triệu Thị Mùi")
    Person.objects.filter(pk=mui.pk).update(id_number=AGENT["agent_id_number"])
    Person.objects.filter(pk=office.citizen.pk).update(id_number=OWNER_NUMBER)
    return Person.objects.get(pk=office.citizen.pk), Person.objects.get(pk=mui.pk)


def given(pao, mui, scope=MandateScope.FILE, **told):
    facts = AGENT | {"agent_phone": mui.phone, "by": pao, "at": MONDAY} | told
    return mandates.give(scope=scope, **facts)


def hand_over(office, dossier, mandate=None, **told):
    facts = {"recipient_name": AGENT["agent_name"], "recipient_id_number": AGENT["agent_id_number"]} | told
    return results.hand_over(
        dossier, method=ReturnBy.COUNTER, mandate=mandate, by=office.reception, at=TUESDAY, **facts
    )


def nothing_was_handed_over(dossier):
    dossier.refresh_from_db()
    return dossier.state == State.READY and not HandOver.objects.filter(dossier=dossier).exists()


# At the counter -----------------------------------------------------------------------------------------------------


def test_an_agent_collects_under_a_mandate_and_both_journals_tell_it():
    office = a_one_stop()
    dossier = a_dossier(office, State.READY)
    mandate = a_paper_mandate(office, dossier)

    dossier = hand_over(office, dossier, mandate)

    assert dossier.hand_over.mandate == mandate
    assert events(mandate) == ["mandate.given", "mandate.used"]
    assert events(dossier)[-2:] == ["dossier.acted_for", "dossier.returned"]
    assert [one["what"] for one in mandates.acts(mandate)] == ["Nhận kết quả", "Ủy quyền"]


def test_without_mandate_or_paper_a_stranger_gets_nothing():
    office = a_one_stop()
    dossier = a_dossier(office, State.READY)

    for told in ({}, {"paper_noted": "Giấy ủy quyền", "recipient_id_number": ""}):
        with pytest.raises(results.NotTheirs):
            hand_over(office, dossier, **told)

    assert nothing_was_handed_over(dossier)


def test_a_namesake_with_another_number_is_a_stranger():
    office = a_one_stop()
    dossier = a_dossier(office, State.READY)

    with pytest.raises(results.NotTheirs):
        hand_over(office, dossier, recipient_name=dossier.owner_name, recipient_id_number="008190009999")

    assert nothing_was_handed_over(dossier)


def test_a_paper_that_was_looked_at_is_noted_with_the_number():
    office = a_one_stop()
    dossier = hand_over(office, a_dossier(office, State.READY), paper_noted="Giấy ủy quyền số 12, UBND xã")

    assert dossier.hand_over.paper_noted == "Giấy ủy quyền số 12, UBND xã"
    assert dossier.hand_over.mandate is None


@pytest.mark.parametrize(
    ("told", "recipient", "sentence"),
    [
        ({"scope": MandateScope.FILE}, {}, "chỉ cho phép “nộp hồ sơ”, không gồm việc “nhận kết quả”"),
        ({"valid_to": MONDAY.date()}, {}, "đã hết hạn từ ngày 23/10/2023"),
        ({"valid_from": (TUESDAY + timedelta(days=3)).date()}, {}, "chỉ có hiệu lực từ ngày 27/10/2023"),
        ({}, {"recipient_name": "Ma Thị Dung"}, "là cho Triệu Thị Mùi"),
        ({}, {"recipient_id_number": "008190009999"}, "là cho Triệu Thị Mùi"),
        ({}, {"recipient_id_number": ""}, "là cho Triệu Thị Mùi"),
    ],
)
def test_a_mandate_is_refused_outside_its_bounds(told, recipient, sentence):
    office = a_one_stop()
    dossier = a_dossier(office, State.READY)
    mandate = a_paper_mandate(office, dossier, **told)

    with pytest.raises(mandates.NoMandate, match=sentence):
        hand_over(office, dossier, mandate, **recipient)

    assert nothing_was_handed_over(dossier)
    assert events(mandate) == ["mandate.given"]


def test_an_ended_mandate_is_refused_and_ends_once():
    office = a_one_stop()
    dossier = a_dossier(office, State.READY)
    mandate = a_paper_mandate(office, dossier)
    mandates.end(mandate, why="Chủ hồ sơ tự đến nhận", by=office.reception, at=MONDAY)

    with pytest.raises(mandates.NoMandate, match="đã chấm dứt từ 09:00 23/10/2023"):
        hand_over(office, dossier, mandate)
    with pytest.raises(mandates.Ended):
        mandates.end(mandate, why="Lần nữa", by=office.reception, at=TUESDAY)

    assert nothing_was_handed_over(dossier)
    assert mandates.usable(dossier, MandateScope.COLLECT, TUESDAY.date()) == []


def test_a_mandate_for_one_dossier_is_not_for_another_and_one_for_all_is():
    office = a_one_stop()
    first, second = a_dossier(office, State.READY), a_dossier(office, State.READY)
    for_one, for_all = a_paper_mandate(office, first), a_paper_mandate(office, first, for_all=True)

    with pytest.raises(mandates.NoMandate, match="không áp dụng cho hồ sơ đang làm"):
        hand_over(office, second, for_one)

    assert mandates.usable(second, MandateScope.COLLECT, TUESDAY.date()) == [for_all]
    assert hand_over(office, second, for_all).state == State.RETURNED


def test_another_owners_mandate_says_nothing_about_this_dossier():
    office = a_one_stop()
    theirs = a_dossier(office, State.READY, owner_id_number="008190002222", owner_name="Ma Thị Dung")
    mandate = a_paper_mandate(office, theirs, for_all=True)
    dossier = a_dossier(office, State.READY)

    with pytest.raises(mandates.NoMandate):
        hand_over(office, dossier, mandate)

    assert nothing_was_handed_over(dossier)


def test_a_paper_needs_its_scan_two_numbers_two_people_and_days_to_come():
    office = a_one_stop()
    dossier = a_dossier(office, State.READY)
    unnumbered = a_dossier(office, State.READY, owner_id_number="")

    with pytest.raises(mandates.NoPaper):
        a_paper_mandate(office, dossier, paper=None)
    with pytest.raises(mandates.NoNumber):
        a_paper_mandate(office, unnumbered)
    with pytest.raises(mandates.Themself):
        a_paper_mandate(office, dossier, agent_id_number=OWNER_NUMBER)
    with pytest.raises(mandates.WrongDays):
        a_paper_mandate(office, dossier, valid_to=(MONDAY - timedelta(days=1)).date())

    assert not Mandate.objects.exists()


def test_another_agencys_counter_records_and_ends_nothing():
    office = a_one_stop()
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    dossier = a_dossier(office, State.READY)
    mandate = a_paper_mandate(office, dossier)

    with pytest.raises(Exception, match="cán bộ một cửa ở"):
        a_paper_mandate(office, dossier, by=other.reception)
    with pytest.raises(mandates.NotYourMandate):
        mandates.end(mandate, why="Thử", by=other.reception, at=TUESDAY)

    mandate.refresh_from_db()
    assert mandate.ended_at is None and Mandate.objects.count() == 1


def test_whoever_brought_a_dossier_for_its_owner_is_tied_to_the_mandate_once():
    office = a_one_stop()
    dossier = a_walk_in(office, submitter_name="Triệu Thị Mùi", submitter_id_number="008190001111")
    mandate = a_paper_mandate(office, dossier, MandateScope.ALL)

    for _ in range(2):
        dossier = mandates.attach(dossier, mandate, by=office.reception, at=TUESDAY)

    assert dossier.mandate == mandate
    assert events(dossier).count("dossier.acted_for") == 1


def test_the_submitter_is_who_the_mandate_names():
    office = a_one_stop()
    dossier = a_walk_in(office, submitter_name="Ma Thị Dung")
    mandate = a_paper_mandate(office, dossier, MandateScope.ALL)

    with pytest.raises(mandates.NoMandate, match="không phải người nộp hồ sơ là Ma Thị Dung"):
        mandates.attach(dossier, mandate, by=office.reception, at=TUESDAY)

    dossier.refresh_from_db()
    assert dossier.mandate is None and events(mandate) == ["mandate.given"]


# From account to account --------------------------------------------------------------------------------------------


def test_an_agent_files_online_for_the_owner_and_the_owner_sees_the_act():
    office = a_one_stop()
    pao, mui = two_accounts(office)
    mandate = given(pao, mui)
    office.citizen = mui
    draft = a_draft(office)
    draft = mandates.choose(draft, mandate, by=mui, at=MONDAY)

    dossier = intake.submit(draft, by=mui, at=MONDAY)

    assert (dossier.owner_name, dossier.owner_id_number) == (pao.full_name, OWNER_NUMBER)
    assert (dossier.submitter_name, dossier.mandate) == (mui.full_name, mandate)
    assert events(dossier) == ["dossier.drafted", "dossier.submitted", "dossier.acted_for"]
    assert mandates.acts(mandate)[0]["dossier"] == dossier


def test_a_mandate_that_ended_while_the_draft_lay_there_files_nothing():
    office = a_one_stop()
    pao, mui = two_accounts(office)
    mandate = given(pao, mui)
    office.citizen = mui
    draft = mandates.choose(a_draft(office), mandate, by=mui, at=MONDAY)
    mandates.end(mandate, why="Tôi tự nộp", by=pao, at=MONDAY)

    with pytest.raises(mandates.NoMandate, match="đã chấm dứt"):
        intake.submit(type(draft).objects.get(pk=draft.pk), by=mui, at=TUESDAY)

    draft.refresh_from_db()
    assert draft.state == State.DRAFT and draft.code is None


def test_a_draft_whose_owner_was_changed_is_not_filed_under_the_mandate():
    office = a_one_stop()
    pao, mui = two_accounts(office)
    office.citizen = mui
    draft = mandates.choose(a_draft(office), given(pao, mui), by=mui, at=MONDAY)
    draft = intake.save(draft, by=mui, at=MONDAY, owner_id_number="008190007777")

    with pytest.raises(mandates.NotTheOwner):
        intake.submit(draft, by=mui, at=TUESDAY)

    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_a_mandate_for_another_procedure_or_another_person_is_not_chosen():
    office = a_one_stop()
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    pao, mui = two_accounts(office)
    elsewhere = given(pao, mui, procedure=other.version.procedure)
    stranger = a_citizen("Hoàng Văn Sơn")
    Person.objects.filter(pk=stranger.pk).update(id_number="008190005555")
    not_mine = mandates.give(
        agent_name="Hoàng Văn Sơn",
        agent_id_number="008190005555",
        agent_phone=stranger.phone,
        scope=MandateScope.FILE,
        by=pao,
        at=MONDAY,
    )
    office.citizen = mui
    draft = a_draft(office)

    for mandate in (elsewhere, not_mine):
        with pytest.raises(mandates.NoMandate):
            mandates.choose(draft, mandate, by=mui, at=MONDAY)

    draft.refresh_from_db()
    assert draft.mandate is None


def test_what_an_account_says_of_itself_counts_for_its_own_dossiers_only():
    office = a_one_stop()
    pao, mui = two_accounts(office)
    thief = a_citizen("Lý A Pao")
    Person.objects.filter(pk=thief.pk).update(id_number=OWNER_NUMBER)
    forged = given(Person.objects.get(pk=thief.pk), mui, MandateScope.ALL)
    office.citizen = pao
    dossier = a_dossier(office, State.READY)
    own = given(pao, mui, MandateScope.COLLECT)

    with pytest.raises(mandates.NoMandate):
        hand_over(office, dossier, forged)

    assert nothing_was_handed_over(dossier)
    assert mandates.usable(dossier, MandateScope.COLLECT, TUESDAY.date()) == [own]


def test_an_agent_is_named_by_phone_name_and_number_together():
    office = a_one_stop()
    pao, mui = two_accounts(office)

    for wrong in ({"agent_name": "Triệu Thị Mai"}, {"agent_id_number": "008190001112"}, {"agent_phone": "0999999999"}):
        with pytest.raises(mandates.NoSuchAgent):
            given(pao, mui, **wrong)
    with pytest.raises(mandates.Unnamed):
        given(a_citizen("Không Có Số"), mui)

    assert not Mandate.objects.exists()


def test_only_who_gave_it_takes_it_back():
    office = a_one_stop()
    pao, mui = two_accounts(office)
    mandate = given(pao, mui)

    for other in (mui, office.reception):
        with pytest.raises(mandates.NotYourMandate):
            mandates.end(mandate, why="Thử", by=other, at=MONDAY)

    mandate.refresh_from_db()
    assert mandate.ended_at is None
