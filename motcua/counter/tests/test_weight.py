"""What the counter costs: 150 KB for a page with everything it needs, on real bytes as they are sent."""

import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from motcua.counter.testing import address, at_the_desk
from motcua.dossiers.models import State
from motcua.dossiers.testing import a_dossier
from motcua.files.limits import in_words
from motcua.ui import bundle

from .test_worklists import many

pytestmark = pytest.mark.usefixtures("monday")

MOST = 150 * 1024
HEAD = 500  # what an answer says before its first byte


def static_bytes():
    """Style sheet, script, htmx, icon and the modules of lists and dossiers, compressed once as whitenoise does."""
    parts = [bundle.text("counter", kind).encode() for kind in ("css", "js")]
    others = ("django_htmx/htmx-2.min.js", "ui/favicon.svg", "counter/ticking.js", "counter/present.js")
    parts += [Path(finders.find(name)).read_bytes() for name in others]
    return sum(len(gzip.compress(part, 9)) + HEAD for part in parts)


def test_every_page_of_the_counter_loads_on_a_machine_of_2015(office):
    many(office, 60)
    submitted, running = a_dossier(office, State.SUBMITTED), a_dossier(office, State.IN_PROGRESS)
    desk, inside = at_the_desk(office.reception), at_the_desk(office.officer)
    pages = {
        "/motcua/": desk,
        "/motcua/tim/?q=pao": desk,
        "/motcua/tiep-nhan/?tim=khai+sinh+con": desk,
        f"/motcua/tiep-nhan/{office.version.code}/": desk,
        address(submitted): desk,
        address(running): inside,
        address(running, "request_supplement"): inside,
    }

    static = static_bytes()
    weights = {}
    for href, officer in pages.items():
        answer = officer.get(href, headers={"accept-encoding": "gzip"})
        assert answer.status_code == 200, href
        assert answer.headers["Content-Encoding"] == "gzip"
        weights[href] = static + len(answer.content) + HEAD

    assert {href: in_words(weight) for href, weight in weights.items() if weight > MOST} == {}


def test_a_page_asks_for_nothing_from_elsewhere_and_nothing_not_counted(office):
    page = at_the_desk(office.reception).get("/motcua/").content.decode()
    sources = [part.split('"')[0] for part in page.split('src="')[1:]]
    sheets = [part.split('"')[0] for part in page.split('<link rel="stylesheet" href="')[1:]]

    assert sorted(sources) == ["/static/django_htmx/htmx-2.min.js", "/static/ui/counter.js"]
    assert sheets == ["/static/ui/counter.css"]
