"""The public catalogue in English, light, and with few statements, also for the longest procedures."""

import pytest
from django.urls import reverse

from motcua.accounts.testing import sign_in
from motcua.catalogue.testing import FEES, PAPERS
from motcua.dossiers.models import Dossier
from motcua.dossiers.testing import a_draft, a_one_stop
from motcua.files.limits import in_words
from motcua.portal.testing import PARTS, a_public_catalogue, public_addresses

from .test_english_pages import vietnamese_in
from .test_weight import LATER, page_bytes

pytestmark = pytest.mark.django_db


def test_the_public_pages_speak_english(client):
    office = a_public_catalogue()
    client.post("/ngon-ngu/", {"language": "en", "next": "/"})
    draft = a_draft(office)
    sign_in(client, office.citizen)
    start = reverse("portal:file", args=[office.version.code])
    asked = [*public_addresses(office), f"{start}?tim=phu", f"{start}?tim=xyz", *draft_pages(draft)]

    assert {address: found for address in asked if (found := vietnamese_in(client, address))} == {}


def draft_pages(draft):
    return [reverse(f"portal:draft_{name}", args=[draft.public_id]) for name in ("case", "papers", "review")]


def test_the_public_pages_are_light_also_for_the_longest_procedures(client):
    """Nineteen cases of a hundred papers, as the national database has them."""
    office = a_public_catalogue()
    version = office.version
    version.components.all().delete()
    words = "Bản sao có chứng thực giấy chứng nhận đăng ký doanh nghiệp hoặc giấy tờ có giá trị tương đương số "
    version.components.bulk_create(
        version.components.model(
            version=version,
            position=number,
            key=f"giay_{number}",
            case=f"Trường hợp thứ {number % 19}: " + words * 4,
            name=f"{words} {number}",
        )
        for number in range(100)
    )
    draft = a_draft(office)
    sign_in(client, office.citizen)

    asked = [*public_addresses(office), *draft_pages(draft), "/thay-doi/atom/"]
    weights = {address: page_bytes(client, address) for address in asked}

    assert {address: in_words(weight) for address, weight in weights.items() if weight > LATER} == {}
    assert Dossier.objects.count() == 1


def test_the_pages_of_a_procedure_with_everything_send_few_statements(client, django_assert_max_num_queries):
    office = a_one_stop(components=PAPERS, fees=FEES, **{name: told for name, told in PARTS.items() if name != "fees"})

    for name, most in (("procedure", 16), ("print", 13), ("poster", 13)):
        with django_assert_max_num_queries(most):
            assert client.get(reverse(f"portal:{name}", args=[office.version.code])).status_code == 200
    for address, most in (("/cap/xa/", 4), ("/su-kien/", 2), ("/co-quan/", 6), ("/du-lieu/", 2), ("/linh-vuc/", 2)):
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200
