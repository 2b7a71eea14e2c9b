"""A closure is seen before it is declared, and whoever may not declare it sees nothing of it (công bố ngày đóng cửa)."""

from datetime import timedelta

import pytest

from motcua.accounts.testing import sign_in
from motcua.catalogue.testing import a_keeper
from motcua.dossiers import closures
from motcua.dossiers.models import ClosureDeclaration, Dossier, State
from motcua.dossiers.testing import MONDAY, TUESDAY, a_dossier, a_one_stop, it_is
from motcua.organisations.models import Closure
from motcua.ui.templatetags.ui import vn_datetime

pytestmark = pytest.mark.django_db

AT = "/motcua/dong-cua/"
NEW = f"{AT}cong-bo/"


def told(where, **other):
    words = {"ly_do": "Bão số 5", "can_cu": "Công điện 12/CĐ-UBND"}
    return {"o": where, "tu": "26/10/2023", "den": "26/10/2023", **words, **other}


@pytest.fixture
def office(monkeypatch):
    it_is(monkeypatch, TUESDAY)
    return a_one_stop()


def test_what_would_move_is_shown_from_when_to_when_and_nothing_is_done_yet(client, office):
    dossier = a_dossier(office)
    sign_in(client, office.leader)

    page = client.get(NEW, told(office.agency.pk)).content.decode()

    assert "1 ngày hẹn trả sẽ dời" in page
    assert dossier.code in page
    assert "10:00" in page
    assert not ClosureDeclaration.objects.exists()
    assert not Closure.objects.exists()


def test_once_declared_its_page_tells_what_moved(client, office):
    dossier = a_dossier(office)
    sign_in(client, office.leader)

    answer = client.post(NEW, told(office.agency.pk))
    declared = ClosureDeclaration.objects.get()
    assert answer["Location"] == f"{AT}{declared.pk}/"
    closures.lay_out(declared, at=TUESDAY)

    page = client.get(answer["Location"]).content.decode()
    assert "Đã dời xong" in page
    assert dossier.code in page
    assert "Bão số 5" in client.get(AT).content.decode()


def test_the_preview_goes_on_page_by_page_without_leaving_anything_out(client, office, monkeypatch):
    monkeypatch.setattr("motcua.counter.views.closures.PAGE", 2)
    dossiers = {a_dossier(office, at=MONDAY + timedelta(minutes=n // 2)).code for n in range(5)}
    sign_in(client, office.leader)

    seen, address = [], NEW + "?" + "&".join(f"{key}={value}" for key, value in told(office.agency.pk).items())
    while address:
        answer = client.get(address)
        seen += [move.dossier.code for move in answer.context["moves"]]
        address = NEW + answer.context["next"] if answer.context["next"] else ""

    assert len(seen) == 5
    assert set(seen) == dossiers


def test_the_head_is_not_offered_another_agency_or_the_province(client, office):
    other = a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="1.001194")
    sign_in(client, office.leader)

    for where in (other.agency.pk, "tinh"):
        answer = client.post(NEW, told(where))
        assert answer.status_code == 422
        assert "Hãy chọn một nơi được giao." in answer.content.decode()

    assert not Closure.objects.exists()


def test_the_provinces_office_closes_all_agencies_and_reads_nobodys_name(client, office):
    dossier = a_dossier(office)
    sign_in(client, a_keeper())

    page = client.get(NEW, told("tinh")).content.decode()
    assert dossier.code in page
    assert dossier.owner_name not in page
    assert f"/motcua/ho-so/{dossier.code}/" not in page

    client.post(NEW, told("tinh"))
    assert Closure.objects.get().agency is None


@pytest.mark.parametrize("who", ["reception", "officer", "head", "clerk"])
def test_others_do_not_enter(client, office, who):
    sign_in(client, getattr(office, who))

    assert {client.get(AT).status_code, client.get(NEW).status_code, client.post(NEW, {}).status_code} == {403}


def test_another_agencys_closure_is_not_seen(client, office):
    other = a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="1.001194")
    sign_in(client, office.leader)
    client.post(NEW, told(office.agency.pk))
    declared = ClosureDeclaration.objects.get()

    sign_in(client, other.leader)

    assert client.get(f"{AT}{declared.pk}/").status_code == 404
    assert client.post(f"{AT}{declared.pk}/rut-lai/").status_code == 404
    assert "Bão số 5" not in client.get(AT).content.decode()


def test_it_is_taken_back_until_it_begins(client, office, monkeypatch):
    dossier = a_dossier(office)
    sign_in(client, office.leader)
    client.post(NEW, told(office.agency.pk))
    declared = ClosureDeclaration.objects.get()
    closures.lay_out(declared, at=TUESDAY)
    assert "Rút lại" in client.get(f"{AT}{declared.pk}/").content.decode()

    client.post(f"{AT}{declared.pk}/rut-lai/")
    closures.lay_out(declared, at=TUESDAY)

    assert Dossier.objects.get(pk=dossier.pk).due_at == dossier.due_at
    assert "Đã rút lại" in client.get(f"{AT}{declared.pk}/").content.decode()


def test_the_citizen_reads_from_when_to_when_and_why(client, office):
    dossier = a_dossier(office)
    sign_in(client, office.leader)
    client.post(NEW, told(office.agency.pk))
    closures.lay_out(ClosureDeclaration.objects.get(), at=TUESDAY)

    sign_in(client, office.citizen)
    page = client.get(f"/ho-so/{dossier.code}/").content.decode()

    assert "Ngày hẹn trả được dời do đóng cửa theo quyết định" in page
    after = vn_datetime(Dossier.objects.get(pk=dossier.pk).due_at)
    assert f"Đã hẹn {vn_datetime(dossier.due_at)}, nay hẹn {after}." in page
    assert "Bão số 5 (Công điện 12/CĐ-UBND)" in page


def test_a_refusal_keeps_what_was_typed(client, office):
    a_dossier(office, State.ACCEPTED)
    sign_in(client, office.leader)

    answer = client.get(NEW, told(office.agency.pk, tu="28/10/2023", den="29/10/2023"))

    assert answer.status_code == 422
    assert "vốn là ngày nghỉ" in answer.content.decode()
    assert "Công điện 12/CĐ-UBND" in answer.content.decode()
