import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from motcua.ui import bundle


@pytest.mark.parametrize("face", bundle.FACES)
def test_the_style_of_a_face_stays_under_fifteen_kilobytes(face):
    assert len(gzip.compress(bundle.text(face, "css").encode())) <= 15 * 1024


@pytest.mark.parametrize("face", bundle.FACES)
def test_the_behaviour_of_a_face_stays_under_six_kilobytes(face):
    assert len(gzip.compress(bundle.text(face, "js").encode())) <= 6 * 1024


@pytest.mark.parametrize("face", bundle.FACES)
def test_a_bundle_opens_with_the_order_of_its_layers_and_closes_every_brace(face):
    css = bundle.text(face, "css")

    assert css.startswith("@layer reset, base, components, screens;")
    assert css.count("{") == css.count("}")
    assert "/*" not in css


@pytest.mark.parametrize("face", bundle.FACES)
def test_only_the_tokens_know_colours(face):
    rules = "\n".join(
        piece.read_text(encoding="utf-8") for piece in bundle.pieces(face, "css") if piece.name != "0-tokens.css"
    )

    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[\s;,)])", rules)) <= {"#fff"}


def test_every_name_a_rule_uses_is_given_a_value():
    for face in bundle.FACES:
        css = bundle.text(face, "css")

        assert set(re.findall(r"var\((--[\w-]+)", css)) <= set(re.findall(r"(--[\w-]+):", css))


def test_staticfiles_finds_what_was_joined(settings, tmp_path):
    settings.VAR = tmp_path
    finder = bundle.Bundles()

    found = finder.find("ui/counter.css")

    assert Path(found).read_text(encoding="utf-8") == bundle.text("counter", "css")
    assert finder.find("ui/nothing.css") == []
    assert {path for path, _ in finder.list([])} == {"ui/portal.css", "ui/portal.js", "ui/counter.css", "ui/counter.js"}


def test_the_product_asks_that_finder():
    assert finders.find("ui/portal.css")
    assert finders.find("ui/favicon.svg")
