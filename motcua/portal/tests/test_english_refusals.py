"""What the rules refuse on the portal is told in English too, with the names and days it is about."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext

from motcua.accounts.testing import sign_in
from motcua.dossiers.models import PaperFile, State
from motcua.dossiers.testing import a_dossier, a_draft, a_one_stop
from motcua.portal.testing import a_photo, page
from motcua.portal.tests.test_english_pages import Reader
from motcua.refusal import Refusal

HOUSE = Path(__file__).parents[2]
# Whose refusals a citizen may read: all steps the portal and the account call.
CHAPTERS = [
    "accounts.attempts",
    "accounts.cards",
    "accounts.closing",
    "accounts.e_identity",
    "accounts.one_time_codes",
    "accounts.registration",
    "accounts.second_factor",
    "accounts.sign_in",
    "accounts.views.codes",
    "dossiers.conversation",
    "dossiers.following",
    "dossiers.intake",
    "dossiers.joining",
    "dossiers.mandates",
    "dossiers.papers",
    "dossiers.readings",
    "dossiers.renewing",
    "dossiers.rules",
    "dossiers.sharing",
    "dossiers.uploads",
    "files.scanning",
    "files.storing",
    "organisations.offices",
]
# Said at the counter only, where the language is one.
OF_OFFICERS = {
    "ImproperlyConfigured",  # of whoever starts the house
    "StillTime",
    "NothingToAnswer",
    "AlreadyAnswered",
    "NoReason",
    "NotTheOwner",
    "NoPaper",
    "NotYours",
}


def refusals(chapter):
    """The refusals of a module that are its own, and the sentences it raises them with."""
    module = importlib.import_module(f"motcua.{chapter}")
    for name, one in inspect.getmembers(module, inspect.isclass):
        own = one.__module__ == module.__name__ and issubclass(one, Refusal) and "message" in vars(one)
        if own and name not in OF_OFFICERS:
            yield name, one.message
    tree = ast.parse(inspect.getsource(module))
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            name, told = ast.unparse(node.exc.func), node.exc.args[0]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__" and node.args:
            name, told = "__init__", node.args[0]
        else:
            continue
        if name in OF_OFFICERS or name.endswith("Error"):
            continue
        if isinstance(told, ast.JoinedStr):
            yield name, None
        elif isinstance(told, ast.Constant):
            yield name, told.value
        elif isinstance(told, ast.Name) and isinstance(said := getattr(module, told.id, None), str):
            yield name, said


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_refusal_is_put_together_from_pieces_and_each_has_its_english(chapter):
    with translation.override("en"):
        faults = [(name, said) for name, said in refusals(chapter) if said is None or gettext(said) == said]

    assert faults == []


def test_what_a_refusal_is_about_stands_in_its_sentence_in_either_language():
    refusal = Refusal("Tệp “%(name)s” không có nội dung nên chưa được lưu.", name="100%.pdf")

    assert str(refusal) == "Tệp “100%.pdf” không có nội dung nên chưa được lưu."


def left_in_vietnamese(answer):
    html = answer.content.decode()
    assert '<html lang="en"' in html
    reader = Reader()
    reader.feed(html)
    return reader.found


@pytest.mark.django_db
def test_refused_pages_speak_english(client, settings):
    """A file of the wrong kind, too big, empty; a dossier that is not complete; a withdrawal too late; a code that is not there."""
    client.post("/ngon-ngu/", {"language": "en", "next": "/"})
    office = a_one_stop()
    draft = a_draft(office)
    PaperFile.objects.all().delete()
    paper = draft.papers.first()
    sign_in(client, office.citizen)
    wrong, empty = a_photo("trang.pdf"), a_photo("trống.jpg")
    empty.file.truncate(0)
    empty.size = 0

    answers = [client.post(page("papers", draft), {f"paper-{paper.pk}": file}) for file in (wrong, empty)]
    answers.append(client.post(page("submit", draft), follow=True))
    answers.append(client.post("/tra-cuu/", {"code": "000.00.99.H60-231023-0001", "second_fact": "0000"}))
    late = a_dossier(office, State.IN_PROGRESS)
    answers.append(client.post(f"/ho-so/{late.code}/rut/", {"reason": "Không cần nữa"}))

    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 422]
    assert [left_in_vietnamese(answer) for answer in answers] == [set()] * 5
    assert "“trang.pdf” ends in .pdf but holds" in re.sub(r"\s+", " ", answers[0].content.decode())
