"""Whoever reads one page without end is told to wait, in words and for how long."""

import pytest

from motcua.dossiers.testing import a_one_stop
from motcua.portal.testing import text

pytestmark = pytest.mark.django_db


def test_the_whole_catalogue_is_taken_twenty_times_an_hour(client):
    a_one_stop()
    taken = [client.get("/du-lieu/danh-muc/") for _ in range(20)]
    again = client.get("/du-lieu/danh-muc/")

    assert {answer.status_code for answer in taken} == {200}
    assert again.status_code == 429
    assert "vừa mở quá nhiều trang. Hãy chờ" in text(again)
    assert 0 < int(again["Retry-After"]) <= 3600
    assert client.get("/du-lieu/danh-muc/", REMOTE_ADDR="198.51.100.4").status_code == 200
    assert client.get("/tim-kiem/?q=khai+sinh").status_code == 200  # one door says nothing of another
