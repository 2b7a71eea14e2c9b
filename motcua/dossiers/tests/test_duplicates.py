"""The same person with the same procedure twice: who is suspected, who may see it, and what an officer decides."""

from datetime import date, timedelta

import pytest
from django.db import connection

from motcua.dossiers import duplicates, intake, results
from motcua.dossiers.models import Dossier, State, ToldApart
from motcua.dossiers.testing import MONDAY, TUESDAY, a_dossier, a_one_stop, a_stored_file, a_walk_in
from motcua.journal.testing import events

pytestmark = pytest.mark.django_db
BORN = date(1990, 9, 5)


def suspected(dossier, officer, at=TUESDAY):
    return duplicates.suspects(dossier, officer, at).here


def test_the_same_number_and_procedure_is_suspected_from_both_sides():
    office = a_one_stop()
    first, second = a_walk_in(office), a_walk_in(office, owner_name="Lý A Páo")

    assert suspected(second, office.reception) == [first]
    assert suspected(first, office.reception) == [second]


def test_without_a_number_the_name_in_any_spelling_with_birth_date_or_phone_is_enough():
    office = a_one_stop()
    first = a_walk_in(office, owner_name="Lý A Pao", owner_id_number="", owner_birth_date=BORN, phone="0911000001")
    by_birth = a_walk_in(office, owner_name="ly a  pao", owner_id_number="", owner_birth_date=BORN, phone="")
    by_phone = a_walk_in(office, owner_name="LÝ A PAO", owner_id_number="", phone="0911000001")
    a_walk_in(office, owner_name="Lý A Pao", owner_id_number="", phone="0911000009")

    assert suspected(first, office.reception) == [by_phone, by_birth]


def test_two_numbers_are_two_people_and_another_procedure_is_another_matter():
    office = a_one_stop()
    other = a_one_stop(code="2.000635", name="Ủy ban nhân dân xã Minh Hương")
    first = a_walk_in(office, owner_birth_date=BORN)
    a_walk_in(office, owner_id_number="008885999999", owner_birth_date=BORN)
    a_walk_in(other, owner_birth_date=BORN)

    assert not duplicates.suspects(first, office.reception, TUESDAY)


def test_a_dossier_refused_or_withdrawn_was_meant_to_be_filed_again():
    office = a_one_stop()
    a_dossier(office, State.REFUSED)
    a_dossier(office, State.WITHDRAWN)
    again = a_dossier(office, State.SUBMITTED)

    assert not duplicates.suspects(again, office.reception, TUESDAY)


def test_one_returned_ninety_days_ago_is_still_asked_about_and_then_no_more():
    office = a_one_stop()
    returned = a_dossier(office, State.RETURNED)
    again = a_walk_in(office, at=TUESDAY)

    assert suspected(again, office.reception, returned.closed_at + timedelta(days=90)) == [returned]
    assert not duplicates.suspects(again, office.reception, returned.closed_at + timedelta(days=91))


def test_an_ended_dossier_asks_nothing():
    office = a_one_stop()
    a_walk_in(office)
    ended = a_dossier(office, State.REFUSED)

    assert not duplicates.suspects(ended, office.reception, TUESDAY)


def test_of_another_agency_only_that_there_is_one_is_told():
    office = a_one_stop()
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    elsewhere = a_walk_in(other)
    Dossier.objects.filter(pk=elsewhere.pk).update(procedure_version=office.version)
    here = a_walk_in(office)

    found = duplicates.suspects(here, office.reception, TUESDAY)

    assert (found.here, found.elsewhere) == ([], True)


def test_told_apart_once_nobody_is_asked_again_and_both_journals_say_so_once():
    office = a_one_stop()
    first, second = a_walk_in(office), a_walk_in(office)

    for _ in range(2):
        duplicates.tell_apart(second, first, by=office.reception, at=TUESDAY)

    assert not duplicates.suspects(first, office.reception, TUESDAY)
    assert not duplicates.suspects(second, office.reception, TUESDAY)
    assert events(first).count("dossier.told_apart") == events(second).count("dossier.told_apart") == 1


def test_what_does_not_look_alike_is_not_told_apart():
    office = a_one_stop()
    first, other = a_walk_in(office), a_walk_in(office, owner_name="Ma Thị Dung", owner_id_number="008190001111")

    with pytest.raises(duplicates.NotAlike):
        duplicates.tell_apart(first, other, by=office.reception, at=TUESDAY)

    assert not ToldApart.objects.exists()
    assert "dossier.told_apart" not in events(first)


def test_the_same_matter_is_ended_by_the_steps_that_are_there_and_then_nothing_is_suspected():
    office = a_one_stop()
    first, second = a_walk_in(office), a_dossier(office, State.SUBMITTED)
    why = duplicates.reason(second, first)

    intake.refuse(second, reason=why, by=office.reception, at=TUESDAY)

    assert f"Hồ sơ trùng với hồ sơ {first.code}" in second.ending.reason
    assert not duplicates.suspects(first, office.reception, TUESDAY)


def test_a_dossier_is_no_duplicate_of_one_that_was_withdrawn():
    office = a_one_stop()
    first, second = a_walk_in(office), a_walk_in(office)
    results.withdraw(first, reason="Người nộp đề nghị.", by=office.reception, at=TUESDAY)

    with pytest.raises(Exception, match="Đã rút hồ sơ"):
        duplicates.reason(second, Dossier.objects.get(pk=first.pk))


def test_the_same_file_is_known_by_its_content():
    office = a_one_stop()
    first, second = a_dossier(office, State.SUBMITTED), a_dossier(office, State.SUBMITTED)

    assert duplicates.same_files(first, second) == {a_stored_file(at=MONDAY).pk}


def test_the_question_finds_its_index():
    office = a_one_stop()
    dossier = a_walk_in(office, owner_birth_date=BORN)
    asked = Dossier.objects.filter(duplicates._maybe_of(dossier))

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = asked.explain()

    for index in ("dossiers_of_an_id_number", "dossiers_of_a_phone", "dossiers_of_a_birth_date"):
        assert index in plan, plan
