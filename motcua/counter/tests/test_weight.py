"""What the counter costs: 150 KB for a page with everything it needs, and few statements whatever the list holds."""

import gzip
from pathlib import Path

import django_htmx
import pytest

from motcua.counter.testing import address, at_the_desk
from motcua.dossiers.models import State
from motcua.dossiers.testing import a_dossier
from motcua.files.limits import in_words
from motcua.ui import bundle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

MOST = 150 * 1024


def static_bytes():
    """Style sheet, script, icon and htmx, compressed once as whitenoise does."""
    htmx = next(Path(django_htmx.__file__).parent.glob("static/**/htmx*.min.js"))
    icon = Path(bundle.__file__).parent / "static/ui/favicon.svg"
    parts = [bundle.text("counter", "css").encode(), bundle.text("counter", "js").encode()]
    return sum(len(gzip.compress(part, 9)) + 300 for part in [*parts, htmx.read_bytes(), icon.read_bytes()])


def test_every_page_of_the_counter_fits_an_old_machine(office):
    for _ in range(20):
        dossier = a_dossier(office, State.IN_PROGRESS)
    desk = at_the_desk(office.officer)
    fixed = static_bytes()

    for where in ("/motcua/", address(dossier), address(dossier, "request_supplement"), "/motcua/tim/?q=231023"):
        answer = desk.get(where, headers={"accept-encoding": "gzip"})
        assert answer.status_code == 200
        assert fixed + len(answer.content) <= MOST, (where, in_words(fixed + len(answer.content)))


def test_a_list_and_a_dossier_send_few_statements_however_many_there_are(office, django_assert_max_num_queries):
    for _ in range(3):
        dossier = a_dossier(office, State.IN_PROGRESS)
    desk = at_the_desk(office.officer)
    desk.get(address(dossier))

    with django_assert_max_num_queries(8):
        desk.get("/motcua/")
    with django_assert_max_num_queries(10):
        desk.get("/motcua/tim/?q=231023")
    with django_assert_max_num_queries(60):
        desk.get(address(dossier))
