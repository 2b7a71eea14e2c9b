"""Who may enter, and whose dossier it is: asked of every address of the counter."""

import pytest
from django.urls import get_resolver, reverse

from motcua.accounts.permissions import Can, Role
from motcua.accounts.testing import an_officer, sign_in
from motcua.counter import urls
from motcua.counter.showing import WAYS
from motcua.counter.testing import address, at_the_desk
from motcua.dossiers.acts import ACTS
from motcua.dossiers.models import SlipKind, State
from motcua.dossiers.testing import a_dossier, a_one_stop
from motcua.journal.models import Entry, Reading
from motcua.organisations.models import UnitKind
from motcua.organisations.testing import a_unit, an_agency

PAGES = ["home", "inbox", "ready", "unit", "agency", "waiting", "today", "overdue", "search", "receive"]


@pytest.fixture
def stranger(db):
    """A reception officer of another commune, who may do everything there."""
    agency = an_agency("Ủy ban nhân dân xã Kim Quan")
    return an_officer(a_unit(agency, UnitKind.ONE_STOP), Role.RECEPTION_OFFICER, "Lục Thị Nga")


def of_a_dossier(dossier):
    """Every address below a dossier."""
    file = dossier.papers.first().files.get()
    slip = dossier.slips.get(kind=SlipKind.RECEIPT)
    return {
        "page": address(dossier),
        "file": address(dossier, "paper_file", file.pk),
        "result": address(dossier, "result_file"),
        "slip": address(dossier, "slip", slip.pk),
        "received": address(dossier, "received"),
    }


def test_another_agencys_officers_find_no_page_no_file_and_no_slip(office):
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    dossier = a_dossier(office, State.ACCEPTED)

    for stranger in (other.reception, other.officer, other.head, other.leader, other.clerk):
        desk = at_the_desk(stranger)
        for name, href in of_a_dossier(dossier).items():
            # The page after a reception is for whoever receives.
            hidden = 403 if name == "received" and stranger != other.reception else 404
            assert desk.get(href).status_code == hidden, (name, stranger.full_name)
        assert address(dossier) not in desk.get("/motcua/tim/", {"q": dossier.code}).content.decode()
    assert not Reading.objects.exists()


def test_an_assignment_that_ended_opens_nothing(office):
    former = an_officer(office.one_stop, valid_to=office.agency.valid_from)

    assert at_the_desk(former).get("/motcua/").status_code == 403


@pytest.mark.parametrize("act", WAYS)
def test_another_agencys_officer_can_do_nothing_with_the_dossier(office, stranger, act):
    dossier = a_dossier(office, State.SUBMITTED)
    before = Entry.objects.filter(subject=dossier.subject).count()

    response = at_the_desk(stranger).post(address(dossier, act), {"reason": "x", "at_step": 1})

    # A reception officer may not do what is an agency's; what is theirs elsewhere is no dossier here.
    assert response.status_code == (404 if stranger.may(ACTS[act][1]) else 403)
    assert Entry.objects.filter(subject=dossier.subject).count() == before


def test_a_draft_is_nobodys_at_the_counter(office):
    draft = a_dossier(office, State.DRAFT)

    assert draft.code is None
    assert at_the_desk(office.reception).get("/motcua/tim/", {"q": "pao"}).status_code == 200
    assert "data-row" not in at_the_desk(office.reception).get("/motcua/tim/", {"q": "pao"}).content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_a_citizen_does_not_enter(office, client, page):
    sign_in(client, office.citizen)

    assert client.get(reverse(f"counter:{page}")).status_code == 403


def test_a_citizen_does_not_enter_with_their_own_dossier_either(office, client):
    dossier = a_dossier(office, State.ACCEPTED)
    sign_in(client, office.citizen)

    for name, href in of_a_dossier(dossier).items():
        assert client.get(href).status_code == 403, name


def test_whoever_is_not_signed_in_is_asked_to(office, client):
    response = client.get("/motcua/qua-han/?loc=ho+tich")

    assert response.status_code == 302
    assert response.url == "/dang-nhap/?next=/motcua/qua-han/%3Floc%3Dho%2Btich"


@pytest.mark.parametrize("page", PAGES)
def test_an_officer_without_second_factor_is_led_to_set_it_up(office, client, page):
    sign_in(client, office.reception, second_factor=False)

    response = client.get(reverse(f"counter:{page}"))

    assert response.status_code == 302
    assert response.url.startswith("/dang-nhap/?next=/motcua/")


def test_a_processing_officer_receives_nobody(office):
    desk = at_the_desk(office.officer)

    assert desk.get("/motcua/tiep-nhan/").status_code == 403
    assert desk.get(f"/motcua/tiep-nhan/{office.version.code}/").status_code == 403


def test_every_act_asks_for_its_own_permission():
    views = {pattern.name: pattern.callback for pattern in urls.urlpatterns}

    for name, (_, can, _guard) in ACTS.items():
        assert views[name].permission == (can,), name


def test_every_view_of_the_counter_is_guarded_for_officers():
    patterns = [one for one in get_resolver().url_patterns if getattr(one, "app_name", "") == "counter"]
    views = [pattern.callback for pattern in patterns[0].url_patterns]

    assert len(views) > 25
    for view in views:
        assert isinstance(view.permission, tuple) and all(isinstance(can, Can) for can in view.permission)
