"""Received, settled and handed over in one go at the desk (trả kết quả ngay)."""

import pytest

from motcua.catalogue import processes
from motcua.catalogue.testing import a_procedure, steps_at_one_desk
from motcua.counter.testing import address, at_the_desk, what_is_typed
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.testing import a_walk_in
from motcua.journal.testing import events

pytestmark = pytest.mark.usefixtures("monday")
OFFER = "Tiếp nhận, trả kết quả ngay"


def text(response):
    return response.content.decode()


@pytest.fixture
def at_desk(office):
    """The same office, which certifies signatures itself."""
    office.version = a_procedure("1.001197", name="Chứng thực chữ ký", same_day=True, process=False)
    processes.issue(office.version, steps_at_one_desk())
    return office


def test_a_person_is_served_from_the_empty_page_to_the_result(at_desk):
    desk = at_the_desk(at_desk.reception)
    page = f"/motcua/tiep-nhan/{at_desk.version.code}/"
    assert OFFER in text(desk.get(page))

    received = desk.post(page, what_is_typed(at_desk, then="at_once"))
    dossier = Dossier.objects.get()
    assert received.url == address(dossier, "settle_at_once")

    step = desk.get(received.url).context["form"]["at_step"].value()
    settled = desk.post(received.url, {"at_step": step, "granted": "1", "number": "12/CT"})
    assert settled.url == address(dossier, "hand_over")

    form = desk.get(settled.url).context["form"]
    said = {name: form[name].value() for name in ("method", "recipient_name")}
    desk.post(settled.url, said)
    assert Dossier.objects.get().state == State.RETURNED
    assert events(dossier) == ["dossier.accepted", "dossier.approved", "dossier.finished", "dossier.returned"]


def test_a_procedure_with_steps_elsewhere_does_not_offer_it(office):
    desk = at_the_desk(office.reception)
    dossier = a_walk_in(office)

    assert OFFER not in text(desk.get(f"/motcua/tiep-nhan/{office.version.code}/"))
    refused = desk.get(address(dossier, "settle_at_once"))
    assert refused.status_code == 422
    assert "còn bước ở cơ quan giải quyết" in text(refused)


def test_what_was_typed_stays_when_the_number_is_missing(at_desk):
    dossier = a_walk_in(at_desk)
    desk = at_the_desk(at_desk.reception)
    href = address(dossier, "settle_at_once")
    step = desk.get(href).context["form"]["at_step"].value()

    refused = desk.post(href, {"at_step": step, "granted": "1", "number": "", "summary": "Chữ ký của ông Pao"})

    assert refused.status_code == 422
    assert "Chữ ký của ông Pao" in text(refused)
    assert Dossier.objects.get().state == State.ACCEPTED
