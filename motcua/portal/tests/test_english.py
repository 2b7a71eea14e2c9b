"""Everything the portal says has an English text, the words of the dossier included."""

import json
import re
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext

from motcua.dossiers import following, intake, timeline
from motcua.dossiers.lifecycle import TURN
from motcua.dossiers.models import ClockOwner, ReturnBy, State
from motcua.dossiers.testing import MONDAY, a_one_stop
from motcua.portal.tests.test_english_refusals import CHAPTERS, refusals

PORTAL = Path(__file__).parents[1]
TOLD_IN_FULL = PORTAL.parent.glob("demo/facts/complete/*.json")
EVENTS = {event for told in TOLD_IN_FULL for event in json.loads(told.read_text(encoding="utf-8"))["life_events"]}
IN_TEMPLATES = re.compile(r'{% translate "([^"]+)"')
IN_BLOCKS = re.compile(r"{% blocktranslate(?P<how>[^%]*)%}(?P<text>.*?){% endblocktranslate %}", re.DOTALL)
IN_CODE = re.compile(r'\b(?:_|gettext|gettext_lazy)\(\s*"((?:[^"\\]|\\.)+)"')


def words_of_pages():
    for page in PORTAL.rglob("templates/**/*.html"):
        text = page.read_text(encoding="utf-8")
        yield from IN_TEMPLATES.findall(text)
        for block in IN_BLOCKS.finditer(text):
            if "count " not in block["how"]:
                yield re.sub(r"{{ *(\w+) *}}", r"%(\1)s", block["text"])
    for module in PORTAL.glob("**/*.py"):
        if "tests" not in module.parts:
            yield from IN_CODE.findall(module.read_text(encoding="utf-8"))


def words_of_dossiers():
    yield from (state.label for state in State)
    yield from (owner.label for owner in ClockOwner)
    yield from timeline.TOLD.values()
    yield from timeline.MILESTONES
    yield from filter(None, TURN.values())
    yield following.NotFollowed.message


@pytest.mark.parametrize("words", [words_of_pages, words_of_dossiers])
def test_every_sentence_has_its_english(words):
    said = {word for word in words() if re.search(r"[^\W\d_]", word)}
    assert len(said) > 30

    with translation.override("en"):
        vietnamese = sorted(word for word in said - {"đồng"} if gettext(word) == word)

    assert vietnamese == []


def test_one_and_many_are_told_apart():
    with translation.override("en"):
        one, two = (ngettext("Còn thiếu %(n)s mục", "Còn thiếu %(n)s mục", n) % {"n": n} for n in (1, 2))

    assert (one, two) == ("1 item still missing", "2 items still missing")


@pytest.mark.django_db
def test_what_is_missing_in_every_filing_has_its_english():
    office = a_one_stop()
    dossier = intake.begin(office.version, agency=office.agency, by=office.citizen, at=MONDAY)
    dossier = intake.save(dossier, by=office.citizen, at=MONDAY, return_by=ReturnBy.POST)
    common = [one.what for one in intake.missing(dossier) if one.where in ("owner", "return")]

    with translation.override("en"):
        assert [what for what in common if gettext(what) == what] == []
    assert len(common) == 4


def test_no_english_is_kept_for_what_nobody_says_any_more():
    catalogue = (PORTAL / "locale/en/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    known = {text.replace('\\"', '"') for text in re.findall(r'^msgid "(.+)"$', catalogue, re.MULTILINE)}
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (*PORTAL.rglob("*.py"), *PORTAL.rglob("*.html"), *PORTAL.parent.rglob("*.py"))
        if "tests" not in path.parts
    )
    sources = re.sub(r'"\s*\n\s*"', "", sources)
    said = {*words_of_pages(), *words_of_dossiers(), *(told for one in CHAPTERS for _, told in refusals(one))}

    forgotten = {
        text
        for text in known - said
        if text not in sources and re.sub(r"%\((\w+)\)s", r"{{ \1 }}", text) not in sources and text not in EVENTS
    }

    assert forgotten == set()


@pytest.mark.django_db
def test_who_chose_english_reads_the_page_in_english(client):
    office = a_one_stop()
    client.post("/ngon-ngu/", {"language": "en", "next": "/"})

    home = client.get("/").content.decode()
    page = client.get(f"/thu-tuc/{office.version.code}/").content.decode()

    assert '<html lang="en"' in home
    assert "What do you need to do?" in home
    assert "What you need" in page
    assert "Bạn cần" not in home + page
