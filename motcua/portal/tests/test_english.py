"""Everything the portal says has an English text, the words of the dossier included."""

import re
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext

from motcua.dossiers import following, timeline
from motcua.dossiers.lifecycle import TURN
from motcua.dossiers.models import ClockOwner, State
from motcua.dossiers.testing import a_one_stop

PORTAL = Path(__file__).parents[1]
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
def test_who_chose_english_reads_the_page_in_english(client):
    office = a_one_stop()
    client.post("/ngon-ngu/", {"language": "en", "next": "/"})

    home = client.get("/").content.decode()
    page = client.get(f"/thu-tuc/{office.version.code}/").content.decode()

    assert '<html lang="en"' in home
    assert "What do you need to do?" in home
    assert "What you need" in page
    assert "Bạn cần" not in home + page
