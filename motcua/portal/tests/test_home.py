"""The first page: what do you need, and what happened today."""

import pytest

from motcua.dossiers.models import State
from motcua.dossiers.testing import a_dossier, a_one_stop
from motcua.journal.testing import run_jobs
from motcua.portal.testing import text

pytestmark = pytest.mark.django_db


def test_the_first_page_tells_what_happened_today(client):
    office = a_one_stop()
    a_dossier(office, State.RETURNED)
    a_dossier(office, State.ACCEPTED)
    run_jobs()

    assert "Hôm nay toàn tỉnh: 2 hồ sơ được tiếp nhận · 1 hồ sơ đã trả kết quả" in text(client.get("/"))


def test_a_morning_without_dossiers_boasts_of_nothing(client):
    a_one_stop()

    assert "Hôm nay toàn tỉnh" not in text(client.get("/"))
