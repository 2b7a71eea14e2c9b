"""What a phone on 2G has to load: the first page 60 KB in all, each later one 30 KB, compressed as it is sent."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from motcua.accounts.testing import sign_in
from motcua.catalogue.testing import FORM, a_procedure
from motcua.dossiers import sharing
from motcua.dossiers.models import Decision, State
from motcua.dossiers.testing import MONDAY, RESULT, a_dossier, a_draft, a_one_stop, a_stored_file
from motcua.files.limits import in_words
from motcua.organisations.models import Level
from motcua.organisations.testing import a_place, an_agency
from motcua.ui import bundle

pytestmark = pytest.mark.django_db

FIRST, LATER = 60 * 1024, 30 * 1024


OF_ITS_OWN = re.compile(rb'(?:src|href)="/static/((?!ui/portal)[^"]+\.(?:js|css))"')


def page_bytes(client, address):
    """The answer as it goes over the wire, its head included, and the modules only this page loads."""
    answer = client.get(address, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200, address
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    head = sum(len(name) + len(value) + 4 for name, value in answer.items()) + len(answer.cookies.output())
    html = gzip.decompress(body) if answer.get("Content-Encoding") == "gzip" else body
    own = [Path(finders.find(name.decode())).read_bytes() for name in OF_ITS_OWN.findall(html)]
    return len(body) + head + sum(len(gzip.compress(one, 9)) + 300 for one in own)


def static_bytes():
    """Style sheet, script and icon of the portal, compressed once as whitenoise does."""
    icon = finders.find("ui/favicon.svg")
    parts = [bundle.text("portal", "css").encode(), bundle.text("portal", "js").encode(), Path(icon).read_bytes()]
    return sum(len(gzip.compress(part, 9)) + 300 for part in parts)


def test_the_first_page_is_light_with_everything_it_needs(client):
    a_one_stop()

    weight = page_bytes(client, "/") + static_bytes()

    assert weight <= FIRST, in_words(weight)


def test_every_later_page_is_light(client):
    office = a_one_stop()
    for number in range(30):
        a_procedure(f"1.9{number:05d}", name="Thủ tục đăng ký khai sinh " * 8)
    draft, waiting = a_draft(office), a_dossier(office, State.AWAITING_APPLICANT)
    dossier = a_dossier(office, State.RETURNED)
    Decision.objects.filter(dossier=dossier).update(file=a_stored_file(RESULT))
    shared = sharing.share(dossier, days=7, times=3, by=office.citizen, at=MONDAY)
    sign_in(client, office.citizen)

    addresses = [
        "/tim-kiem/?q=khai+sinh",
        "/linh-vuc/",
        "/co-quan/",
        f"/thu-tuc/{office.version.code}/",
        f"/thu-tuc/{office.version.code}/nop/",
        *(
            reverse(f"portal:draft_{page}", args=[draft.public_id])
            for page in ("whose", "owner", "form", "papers", "return", "review")
        ),
        "/tra-cuu/",
        "/ho-so-cua-toi/",
        f"/ho-so/{dossier.code}/",
        f"/ho-so/{waiting.code}/bo-sung/",
        *(f"/ho-so/{dossier.code}/{rest}/" for rest in ("tin-nhan", "luot-xem", "chia-se")),
        f"/chia-se/{shared.public_id}/",
        "/ho-so-cua-toi/nhan-tin/",
        "/uy-quyen/",
        "/tai-khoan/",
        "/tai-khoan/gop/",
    ]
    weights = {}
    for address in addresses:
        weights[address] = page_bytes(client, address)

    assert {address: in_words(weight) for address, weight in weights.items() if weight > LATER} == {}


def test_a_whole_province_of_communes_stays_light(client):
    """The choice of the commune, and the places suggested in a form, as of 2021: 138 communes."""
    office = a_one_stop(form=[*FORM, {"key": "que_quan", "type": "place", "label": "Quê quán", "required": True}])
    above = a_place("Huyện Chiêm Hóa", level=Level.DISTRICT)
    for number in range(137):
        name = f"Ủy ban nhân dân xã {number} Hùng Đức, huyện Hàm Yên"
        an_agency(name, place=a_place(f"Xã {number} Hùng Đức", parent=above))
    sign_in(client, office.citizen)
    draft = a_draft(office)

    addresses = [f"/thu-tuc/{office.version.code}/", f"/thu-tuc/{office.version.code}/nop/"]
    addresses += [reverse(f"portal:draft_{page}", args=[draft.public_id]) for page in ("owner", "form", "return")]
    weights = {address: page_bytes(client, address) for address in addresses}

    assert {address: in_words(weight) for address, weight in weights.items() if weight > LATER / 2} == {}


@pytest.mark.parametrize(("address", "most"), [("/", 4), ("/tim-kiem/?q=khai+sinh", 12), ("/tra-cuu/", 2)])
def test_pages_send_few_statements(client, django_assert_max_num_queries, address, most):
    a_one_stop()

    with django_assert_max_num_queries(most):
        assert client.get(address).status_code == 200


def test_my_dossiers_and_one_dossier_do_not_grow_with_their_number(client, django_assert_max_num_queries):
    office = a_one_stop()
    for _ in range(12):
        dossier = a_dossier(office, State.IN_PROGRESS)
    sign_in(client, office.citizen)

    with django_assert_max_num_queries(14):
        client.get("/ho-so-cua-toi/")
    with django_assert_max_num_queries(24):
        client.get(f"/ho-so/{dossier.code}/")


def test_a_procedure_and_each_page_of_a_draft_send_few_statements(client, django_assert_max_num_queries):
    office = a_one_stop()
    draft = a_draft(office)
    sign_in(client, office.citizen)

    with django_assert_max_num_queries(17):
        client.get(f"/thu-tuc/{office.version.code}/")
    for page in ("whose", "owner", "form", "papers", "return", "review"):
        with django_assert_max_num_queries(12):
            client.get(reverse(f"portal:draft_{page}", args=[draft.public_id]))


def test_many_drafts_cost_as_much_as_five(client, django_assert_max_num_queries):
    office = a_one_stop()
    for _ in range(9):
        a_draft(office)
    sign_in(client, office.citizen)

    with django_assert_max_num_queries(18):
        assert client.get("/ho-so-cua-toi/").status_code == 200


def test_following_asks_little_and_a_failure_writes_little(client, django_assert_max_num_queries):
    office = a_one_stop()
    dossier = a_dossier(office, State.IN_PROGRESS)

    with django_assert_max_num_queries(3):
        client.post("/tra-cuu/", {"code": dossier.code, "second_fact": dossier.phone[-4:]})
    with django_assert_max_num_queries(30):
        client.post("/tra-cuu/", {"code": dossier.code, "second_fact": "0000"})
