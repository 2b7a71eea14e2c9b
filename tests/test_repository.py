"""The habits of the house that no linter knows: each is a rule, and a test that names whoever breaks it."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from django.apps import apps
from django.conf import settings
from django.template.loader import get_template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from motcua.accounts.permissions import CITIZEN, PUBLIC, Can
from motcua.accounts.testing import a_citizen, sign_in
from motcua.api.scopes import CLIENT
from motcua.dossiers.lifecycle import DONE, NEXT, PORTAL_CODE, TURN
from motcua.dossiers.models import State
from motcua.dossiers.timeline import TOLD

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ROOT / "motcua"


# Who may enter ------------------------------------------------------------------------------------------------------


class Door(NamedTuple):
    """One address and the view behind it."""

    address: str
    permission: object
    name: str


def doors(resolver: URLResolver | None = None, before: str = "/") -> Iterator[Door]:
    """Every address of the product, with an example for each part that varies."""
    for pattern in (resolver or get_resolver()).url_patterns:
        address = before + example(str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield Door(address, permission_of(pattern.callback), pattern.lookup_str)
        else:
            yield from doors(pattern, address)


def example(route: str) -> str:
    examples = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000"}
    return re.sub(r"<(?:(\w+):)?\w+>", lambda part: examples.get(part[1], "x"), route)


def permission_of(view: object) -> object:
    """Who may enter: told by the view, by its class, or by what a decorator wraps."""
    while view is not None:
        told = getattr(view, "permission", None) or getattr(getattr(view, "view_class", None), "permission", None)
        if told is not None:
            return told
        view = getattr(view, "__wrapped__", None)
    return None


def is_permission(told: object) -> bool:
    acts = isinstance(told, tuple) and bool(told) and all(isinstance(act, Can) for act in told)
    return told in (PUBLIC, CITIZEN, CLIENT) or acts


def test_every_view_says_who_may_enter():
    unguarded = [door.name for door in doors() if not is_permission(door.permission)]

    assert unguarded == []


def test_there_are_doors_of_every_kind():
    """Else the tests about doors would say nothing."""
    told = [door.permission for door in doors()]

    assert PUBLIC in told
    assert CITIZEN in told
    assert any(isinstance(permission, tuple) for permission in told)


def answers(client: Client, door: Door) -> set[str]:
    """How a door answers to being read and being written to: in, sent to sign in, forbidden, or not that way."""
    said = set()
    for ask in (client.get, client.post):
        response = ask(door.address)
        if response.status_code == 302 and response["Location"].startswith(settings.LOGIN_URL):
            said.add("sign in")
        else:
            said.add({401: "sign in", 403: "forbidden", 405: "not that way"}.get(response.status_code, "in"))
    return said - {"not that way"}


@pytest.mark.django_db
def test_a_stranger_is_sent_to_sign_in_at_every_guarded_door():
    guarded = [door for door in doors() if door.permission != PUBLIC]

    assert {door.name for door in guarded if answers(Client(), door) != {"sign in"}} == set()


@pytest.mark.django_db
def test_a_citizen_is_let_into_no_officers_room():
    client = Client()
    sign_in(client, a_citizen())
    officers = [door for door in doors() if isinstance(door.permission, tuple)]

    assert {door.name for door in officers if answers(client, door) != {"forbidden"}} == set()


# What happens and who hears of it -----------------------------------------------------------------------------------


@cache
def sources() -> dict[Path, ast.Module]:
    """The product's own code, tests left out."""
    files = [file for file in HOUSE.rglob("*.py") if "tests" not in file.parts and file.name != "testing.py"]
    return {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}


def events(function: str) -> dict[str, set[str]]:
    """The events named in calls of the journal's `record` or `listens`, and where; one that is no literal is "?"."""
    found: dict[str, set[str]] = {}
    for file, tree in sources().items():
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
        for node in calls if takes_from_the_journal(tree, function) else ():
            if isinstance(node.func, ast.Name) and node.func.id == function:
                first = node.args[0]
                told = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else "?"
                found.setdefault(told, set()).add(f"{file.relative_to(ROOT)}:{node.lineno}")
    return found


def takes_from_the_journal(tree: ast.Module, function: str) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and (node.module or "").endswith("journal.recording")
        and function in [name.name for name in node.names]
        for node in ast.walk(tree)
    )


def test_events_are_literals_named_noun_and_past_participle():
    wrong = {
        event: where
        for event, where in (events("record") | events("listens")).items()
        if not re.fullmatch(r"[a-z]+\.[a-z_]+", event)
    }

    assert wrong == {}


def test_whatever_is_listened_to_is_recorded_somewhere():
    assert events("listens").keys() <= events("record").keys()
    assert events("listens")


def test_every_line_about_a_dossier_can_be_told_in_words():
    recorded = {event for event in events("record") if event.startswith("dossier.")}

    assert recorded == DONE.keys() == TOLD.keys()


def test_every_state_leads_somewhere_and_is_reached():
    assert NEXT.keys() == PORTAL_CODE.keys() == TURN.keys() == set(State)
    reached, new = set(), {State.DRAFT}
    while new:
        reached |= new
        new = {to for state in new for to in NEXT[state]} - reached
    assert reached == set(State)
    # Who has nowhere to go has nobody to wait for, and the other way round.
    assert {state for state in State if not NEXT[state]} == {state for state in State if not TURN[state]}


# What the browser gets ----------------------------------------------------------------------------------------------

TEMPLATES = {
    str(file.relative_to(folder)): file
    for folder in sorted(HOUSE.glob("*/templates"))
    for file in sorted(folder.rglob("*.html"))
}
INLINE = {
    "a style attribute": r"<[a-z][^<>]*\sstyle\s*=",
    "a style element": r"<style\b",
    "a script without a source": r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")",
    "an on… attribute": r"<[a-z][^<>]*\son[a-z]+\s*=",
    "hx-on": r"\bhx-on\b",
    "a javascript: address": r"javascript:",
    "something from outside": r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)=\"(?:https?:)?//",
}


@pytest.mark.parametrize("what", INLINE)
def test_no_template_holds_what_the_content_security_policy_forbids(what):
    holding = [
        f"{name}: {found[0]}"
        for name, file in TEMPLATES.items()
        for found in re.finditer(INLINE[what], without_comments(file), re.IGNORECASE)
    ]

    assert holding == []


@pytest.mark.parametrize(
    ("what", "bad", "good"),
    [
        ("a style attribute", '<p class="a" style="color: red">', '<p data-style="a">style = x</p>'),
        ("a style element", "<style>p {}</style>", '<link rel="stylesheet">'),
        ("a script without a source", "<script>let a</script>", '<script type="module" src="/a.js"></script>'),
        ("an on… attribute", "<button type=button\nonclick='x()'>", '<p data-on="x">on = 1</p>'),
        ("hx-on", '<p hx-on:click="x">', '<p hx-one="x">'),
        ("a javascript: address", '<a href="JavaScript:x()">', '<a href="/javascript/">'),
        ("something from outside", '<img src="//a.vn/b.png">', '<a href="https://a.vn"><img src="/b.png"></a>'),
    ],
)
def test_what_is_forbidden_would_be_found(what, bad, good):
    assert re.search(INLINE[what], bad, re.IGNORECASE)
    assert not re.search(INLINE[what], good, re.IGNORECASE)


def without_comments(file: Path) -> str:
    text = file.read_text(encoding="utf-8")
    return re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}|<!--.*?-->", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_and_all_it_includes_can_be_read(name):
    get_template(name)

    for included in re.findall(r"{% (?:include|extends) \"([^\"]+)\"", without_comments(TEMPLATES[name])):
        get_template(included)


# What stands in the repository --------------------------------------------------------------------------------------


@cache
def tracked() -> dict[str, str]:
    """Every text under version control, by its path."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("không có git, hoặc đây không phải kho mã nguồn")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    texts = {}
    for path in filter(None, listed.split("\0")):
        try:
            texts[path] = (ROOT / path).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # a compiled catalogue; or deleted and not yet committed
    return texts


# A letter in brackets matches only itself, so that this file does not hold what it looks for.
FORBIDDEN = {
    "the path of somebody's machine": r"(?<![\w.])/(?:work|home|root|[U]sers)/[\w.]",
    "a package registry": r"[p]ythonhosted|[r]egistry\.npmjs|[p]ypi\.org|--(?:extra-)?[i]ndex-url|[a]rtifactory",
    "something to be done one day": r"\b(?:[T]ODO|[F]IXME|[X]XX)\b",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds_what_does_not_belong_there(what):
    holding = [
        f"{path}: {found[0]}" for path, text in tracked().items() for found in re.finditer(FORBIDDEN[what], text)
    ]

    assert holding == []


# Secrets come from the environment (config/settings.py); what is written here is known to everybody.
SECRETS = {
    "a private key": r"-----[B]EGIN (?:[A-Z]+ )*PRIVATE KEY",
    "a key of a known house": r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|xox[abp]-[\w-]{10,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.)",
    "a long word called secret": r"(?i)(?:secret|token|passw|api_?key|credential)\w*[\"']?\s*[=:]\s*[\"'][\w+=-][\w+/=-]{19,}[\"']",
    "a password in an address": r"://[^\s:/@]+:[A-Za-z0-9_-]{12,}@",
}
# An application of the tests, which no account knows.
MADE_UP = {"motcua/accounts/tests/codes.py": "a long word called secret"}


@pytest.mark.parametrize("what", SECRETS)
def test_no_file_holds_what_looks_like_a_secret(what):
    holding = {path for path, text in tracked().items() if re.search(SECRETS[what], text)}

    assert holding == {path for path, known in MADE_UP.items() if known == what}


@pytest.mark.parametrize(
    ("what", "bad"),
    [
        ("a private key", "-----BEG" + "IN RSA PRIVATE KEY-----"),
        ("a key of a known house", "ghp" + "_" + "a1" * 18),
        ("a long word called secret", "MOTCUA_SECRET_KEY" + ' = "' + "q7Xw" * 6 + '"'),
        ("a long word called secret", "'client_secret" + "': '" + "q7Xw" * 6 + "'"),
        ("a password in an address", "postgresql://motcua:" + "q7Xw" * 4 + "@db/motcua"),
    ],
)
def test_a_secret_would_be_found(what, bad):
    assert re.search(SECRETS[what], bad)


def test_the_list_of_asvs_names_only_what_is_there():
    text = (ROOT / "docs/asvs.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:motcua|tests|requirements)/[^`:]*)(?:::(\w+))?`", text)
    linked = re.findall(r"\]\(([\w/.-]+)\)", text)

    gone = [path for path, _ in named if not (ROOT / path).exists()]
    gone += [path for path in linked if not (ROOT / "docs" / path).exists()]
    untold = [
        f"{path}::{test}"
        for path, test in named
        if test and (ROOT / path).exists() and f"def {test}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert (gone, untold) == ([], [])
    assert len(named) > 150


# How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; those of level 3 stand at its end.
OF_LEVELS_1_AND_2 = {
    1: (2, 9, 11, 3, 2),
    2: (3, 3, 4, 1),
    3: (0, 2, 4, 6, 5, 0, 2),
    4: (3, 1, 2, 4),
    5: (1, 3, 2, 3),
    6: (3, 12, 4, 4, 5, 3, 0, 4),
    7: (3, 4, 2, 5, 2, 2),
    8: (2, 3, 1, 1),
    9: (3, 4),
    10: (2, 2, 4, 11, 5, 2, 3),
    11: (2, 3, 3, 4, 1, 1),
    12: (3, 2, 4),
    13: (1, 5, 2, 5),
    14: (2, 4, 3),
    15: (3, 3, 7),
    16: (1, 5, 4, 3, 3),
    17: (1, 4, 2),
}


def test_the_list_of_asvs_tells_of_every_requirement_once():
    asked = [
        (chapter, section, number)
        for chapter, sections in OF_LEVELS_1_AND_2.items()
        for section, many in enumerate(sections, 1)
        for number in range(1, many + 1)
    ]
    told = []
    for cell in re.findall(r"^\| ([\d., –]+) \|", (ROOT / "docs/asvs.md").read_text(encoding="utf-8"), re.MULTILINE):
        for part in cell.split(", "):
            first, _, last = part.partition("–")
            begin, end = (tuple(map(int, each.split("."))) for each in (first, last or first))
            told += [each for each in asked if begin <= each <= end]

    assert sorted(told) == asked
    assert len(asked) == 253


def test_no_module_is_named_for_no_purpose():
    vague = {"utils", "util", "helpers", "services", "selectors", "repositories", "managers", "misc", "common"}

    modules = [path for path in tracked() if path.endswith(".py")]
    assert [path for path in modules if vague & {Path(part).stem for part in Path(path).parts}] == []


def test_the_first_migration_of_an_app_is_named_for_its_fact():
    ours = [app for app in apps.get_app_configs() if app.name.startswith("motcua.") and list(app.get_models())]
    wrong = []
    for app in ours:
        names = [file.stem for file in Path(app.path, "migrations").glob("[0-9]*.py")]
        first = [name for name in names if name.startswith("0001_")]
        if len(first) != 1 or any(re.search(r"_(initial|auto|alter|add|remove)(_|$)", name) for name in names):
            wrong.append((app.label, names))

    assert wrong == []
    assert ours
