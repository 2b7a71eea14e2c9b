"""A desk that receives for the whole province (tiếp nhận không phụ thuộc địa giới hành chính; NĐ 118/2025/NĐ-CP)."""

from importlib import import_module

import pytest
from django.apps import apps

from motcua.counter.testing import at_the_desk, what_is_typed
from motcua.dossiers import intake, processing
from motcua.dossiers.models import Dossier, RuleSet, State
from motcua.dossiers.testing import MONDAY, a_one_stop, a_walk_in, at_step, it_is, to_the_end

IN_2025 = MONDAY.replace(year=2025)


def text(response):
    return response.content.decode()


def page_of(office):
    return f"/motcua/tiep-nhan/{office.version.code}/"


def test_since_july_2025_a_commune_receives_what_another_settles_and_hands_the_result_over(office, monkeypatch):
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    it_is(monkeypatch, IN_2025)
    desk, page = at_the_desk(office.reception), page_of(office)
    assert "Giải quyết ở nơi khác trong tỉnh" in text(desk.get(page))
    assert other.agency.name in text(desk.get(page, {"co-quan": ""}))
    there = f"{page}?co-quan={other.agency.pk}"
    assert "Phi địa giới" in text(desk.get(there))

    received = desk.post(there, what_is_typed(office))

    assert received.status_code == 302
    dossier = Dossier.objects.get()
    assert (dossier.agency, dossier.reception_agency, dossier.at_unit) == (other.agency, office.agency, office.one_stop)
    assert dossier.code.startswith(f"{other.agency.identifier}-251023-")
    dossier = processing.hand_to_agency(dossier, at_step=at_step(dossier), by=office.reception, at=IN_2025)
    assert dossier.at_unit == other.professional
    dossier = to_the_end(dossier, other, at=IN_2025)
    assert (dossier.state, dossier.at_unit) == (State.READY, office.one_stop)


def test_what_one_agency_settles_is_received_at_every_desk_and_one_that_is_not_competent_is_not_taken(
    office, monkeypatch
):
    it_is(monkeypatch, IN_2025)
    desk = at_the_desk(office.reception)

    refused = desk.post(f"{page_of(office)}?co-quan=999999", what_is_typed(office))

    assert "Cơ quan nào giải quyết?" in text(refused)
    assert not Dossier.objects.exists()


def test_before_july_2025_a_desk_receives_for_its_own(office, monday):
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    desk = at_the_desk(office.reception)

    assert "Giải quyết ở nơi khác" not in text(desk.get(page_of(office)))
    desk.post(f"{page_of(office)}?co-quan={other.agency.pk}", what_is_typed(office))
    with pytest.raises(intake.NotReceivedHere):
        a_walk_in(office, received_at=other.agency)

    assert not Dossier.objects.exists()


def test_the_rules_that_stand_in_a_database_already_learn_it(office):
    RuleSet.objects.update(any_desk_receives=False)

    import_module("motcua.dossiers.migrations.0023_any_desk_receives_since_july_2025").any_desk_receives(apps, None)

    assert list(RuleSet.objects.filter(any_desk_receives=True).values_list("key", flat=True)) == ["ND118_2025"]
